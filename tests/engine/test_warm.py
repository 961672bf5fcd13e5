"""The warm-up leaves kernels that other questions then use."""

from __future__ import annotations

from etiograph.engine import careful, kernels, kernels_block, kernels_counts, kernels_rows
from etiograph.engine.warm import warm_up


def test_warm_up_compiles_one_version_of_each_kernel():
    warm_up()
    alone = (kernels_counts.count_block, kernels_rows.run_rows)
    for kernel in (
        careful.careful_one,
        kernels.one,
        kernels.bound_one,
        kernels.entry_slopes,
        *alone,
    ):
        assert kernel.signatures
    # One for numbers that all rows share, one for numbers by row.
    assert len(kernels_block.block.signatures) == 2
