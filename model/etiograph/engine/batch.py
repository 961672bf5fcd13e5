"""Rows of one pattern, swept through the program that serves them; those in doubt are asked again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from etiograph.engine.by_row import Cells, recipe_of
from etiograph.engine.costs import A_SWEEP, A_THREAD, FEW
from etiograph.engine.counts import table_counts
from etiograph.engine.doubt import certain
from etiograph.engine.precision import SMALL
from etiograph.engine.program import LANES, Program
from etiograph.network.model import BoolArray, FloatArray, Model, TableRows
from etiograph.threads import halves, in_pieces


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows and their numbers, and where the answers go.

    ``counts`` and ``weights`` are for the numbers of entries: steps, not yet contributions. ``apart``:
    each row is to go through a program of its own; ``once``: all through one that is not kept.
    """

    rows: FloatArray
    shared: FloatArray
    by_row: TableRows | None
    weights: FloatArray | None
    log_evidence: FloatArray
    marginals: FloatArray
    counts: FloatArray
    threads: int
    limit: int | None
    again: bool
    apart: bool = False
    once: bool = False

    def __len__(self) -> int:
        return len(self.log_evidence)

    @property
    def kept(self) -> bool:
        """Whether products of the numbers are kept: not of those that change with every question."""
        return not (self.once or self.again)

    def some(self, members: NDArray[np.int64]) -> Batch:
        """Some of the rows, with answers of their own; counts add up in the same place."""
        return replace(
            self,
            rows=self.rows if len(self.rows) == 1 else self.rows[members],
            by_row=None if self.by_row is None else self.by_row.rows(members),
            weights=None if self.weights is None else self.weights[members],
            log_evidence=np.full(len(members), -np.inf),
            marginals=np.zeros((len(members), self.marginals.shape[1])),
        )


def _swept(program: Program, batch: Batch) -> BoolArray:
    """Sweep rows of one pattern; whose digits are at risk."""
    count = len(batch)
    # One kernel serves all: a read-only array would have another one compiled.
    rows = np.require(batch.rows, np.float64, ["C", "W"])
    if batch.by_row is not None:
        recipe = recipe_of(program, batch.by_row.index)
        values = batch.by_row.values[recipe.used]
        at_risk: BoolArray = np.any((values > 0) & (values < SMALL), axis=0)
        _sweep(program, partial(recipe.cells, values), rows, batch, at_risk)
    else:
        base, tiny = program.base(batch.shared, kept=batch.kept)
        at_risk = np.full(count, tiny)
        if batch.weights is not None:
            _count(program, base, rows, batch, at_risk)
        elif count <= FEW:
            _one_by_one(program, base, rows, batch, at_risk)
        else:
            _sweep(program, lambda: base, rows, batch, at_risk)
    return at_risk


def answer_by(model: Model, program: Program, batch: Batch) -> None:
    """Answer rows of one pattern by a program; a single row of likelihoods stands for all.

    Answers go into the batch. Rows whose digits are at risk are asked again, with the care each needs.
    """
    doubtful = np.flatnonzero(_swept(program, batch))
    upward = not batch.marginals.size and batch.weights is None
    if upward and len(doubtful) > 1:
        # The upward sweep alone cannot tell what is harmless from what is not: ask with marginals,
        # together, and only the rows still at risk then one by one.
        again = replace(batch.some(doubtful), marginals=np.zeros((len(doubtful), model.n_states)))
        answer_by(model, program, again)
        batch.log_evidence[doubtful] = again.log_evidence
        return
    for i in doubtful:
        numbers = batch.shared if batch.by_row is None else batch.by_row[i]
        row = batch.rows[i if len(batch.rows) > 1 else 0]
        counting = batch.weights is not None
        sure = certain(
            model, program, row, numbers, batch.limit, counting,
            alone=len(doubtful) <= FEW, kept=batch.by_row is None and not batch.once,
        )  # fmt: skip
        batch.log_evidence[i] = sure.log_p
        if batch.marginals.size:
            batch.marginals[i] = sure.marginals
        if batch.weights is not None and sure.shares.size:
            table_counts(sure.program, batch.weights[i] * sure.shares, batch.counts)


def _count(
    program: Program,
    base: FloatArray,
    rows: FloatArray,
    batch: Batch,
    at_risk: NDArray[np.bool_],
) -> None:
    """Sweep the rows and add up the expected counts of the program's entries."""
    from etiograph.engine.kernels_counts import count_block

    found: dict[int, FloatArray] = {}

    def work(first: int, end: int) -> None:
        own = found[first] = np.zeros(program.entries)
        count_block(
            program.nodes, program.inputs, program.shifts, program.segments, base, program.free,
            program.fixed_slots, rows, batch.weights, program.n_buffer, program.n_down, first, end,
            batch.log_evidence, batch.marginals, at_risk, own,
        )  # fmt: skip

    in_pieces(work, _edges(program, len(batch), batch.threads))
    for first in sorted(found):  # in their order, so that the sum is the same every time
        table_counts(program, found[first], batch.counts)


def _one_by_one(
    program: Program,
    base: FloatArray,
    rows: FloatArray,
    batch: Batch,
    at_risk: NDArray[np.bool_],
) -> None:
    """Run the kernel for one row over each."""
    from etiograph.engine.kernels import one

    n = program.n_buffer

    def work(first: int, end: int) -> None:
        up, down = np.empty(n), np.empty(n)
        for i in range(first, end):
            batch.log_evidence[i], at_risk[i] = one(
                program.nodes, program.inputs, program.segments, base, at_risk[i], program.free,
                program.fixed_slots, rows[i], up, down, batch.marginals[i],
            )  # fmt: skip

    count = len(rows)
    least = -(-A_THREAD // max(program.entries, 1))  # of a program without tables, too
    in_pieces(work, halves(count, least) if batch.threads > 1 else [0, count])


def _sweep(
    program: Program,
    numbers: Callable[[], FloatArray | Cells],
    rows: FloatArray,
    batch: Batch,
    at_risk: NDArray[np.bool_],
) -> None:
    """Run the kernel over the rows, on several threads where that pays."""
    from etiograph.engine.kernels_block import block

    def work(first: int, end: int) -> None:
        block(
            program.nodes, program.inputs, program.shifts, program.segments, numbers(),
            program.free, program.fixed_slots, rows, program.n_buffer, program.n_down, first, end,
            batch.log_evidence, batch.marginals, at_risk,
        )  # fmt: skip

    in_pieces(work, _edges(program, len(batch), batch.threads))


def _edges(program: Program, count: int, threads: int) -> list[int]:
    """Where the rows are cut into pieces for the threads."""
    blocks = -(-count // LANES)
    if threads > 1 and blocks > 1 and count * program.entries > A_SWEEP * A_THREAD:
        # Several pieces a thread: the other core may be busy with something else.
        # But a piece has buffers of its own to fill first.
        pieces = min(blocks, max(threads, min(threads * 4, blocks // 8)))
        return [LANES * (blocks * i // pieces) for i in range(pieces)] + [count]
    return [0, count]
