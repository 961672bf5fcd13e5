"""The warm-up leaves kernels that other questions then use."""

from __future__ import annotations

from etiograph.engine import kernels, kernels_block
from etiograph.engine.warm import warm_up


def test_warm_up_compiles_one_version_of_each_kernel():
    warm_up()
    for kernel in (kernels.one, kernels.bound_one, kernels.entry_slopes):
        assert kernel.signatures
    # One for numbers that all rows share, one for numbers by row.
    assert len(kernels_block.block.signatures) == 2
