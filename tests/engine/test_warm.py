"""The warm-up leaves kernels that other questions then use."""

from __future__ import annotations

from etiograph.engine import kernels
from etiograph.engine.warm import warm_up


def test_warm_up_compiles_one_version_of_each_kernel():
    warm_up()
    for kernel in (kernels.one, kernels.block, kernels.bound_one):
        assert kernel.signatures
