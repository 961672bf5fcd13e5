"""Rows in, beliefs out: the one job of the engine.

A row is a likelihood over all states of all variables and, where wanted, its own numbers in all
tables. Every question of the toolkit is a set of rows.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from etiograph.engine.ancestral import ancestors, ancestral, informative
from etiograph.engine.batch import Batch, answer_by
from etiograph.engine.compile import compile_pattern
from etiograph.engine.costs import FEW
from etiograph.engine.counts import contribution_counts, table_counts
from etiograph.engine.dense import propagate_dense
from etiograph.engine.doubt import certain
from etiograph.engine.grouping import RowCosts, row_by_row, row_groups
from etiograph.engine.plans import hard_states, numbers_for, program_for, worth_slicing
from etiograph.engine.program import LANES
from etiograph.engine.row_programs import sweep_rows
from etiograph.engine.unwritten import log_evidence
from etiograph.network.model import FloatArray, Model, TableRows, Tables
from etiograph.store import STORE, digest_of
from etiograph.threads import THREADS

KERNELS = "etiograph.engine.lanes"
"""A module that every compiled kernel imports."""


@dataclass(frozen=True, slots=True)
class Beliefs:
    """What the engine answers.

    Attributes
    ----------
    log_evidence : ndarray (B,)
        Natural log of P(row's likelihoods); -inf where the row is impossible.
    marginals : ndarray (B, S)
        Posterior of every state of every variable; zeros in impossible rows. NaN for variables that
        were left out because nothing wanted needs them; empty if none was wanted.
    counts : ndarray (T,)
        Expected counts, if asked for, else empty: of an entry of a table
        sum over rows of weight P(parents, child | row), of the numbers of a link in row 0 of its
        step matrices P(parents, contribution | row), and 0 in the other rows of these. 0 for the
        families that were left out; an impossible row counts nothing. Count over number is the slope
        of the sum of weighted log P in that number.
    """

    log_evidence: FloatArray
    marginals: FloatArray
    counts: FloatArray = field(default_factory=lambda: np.zeros(0))

    def p(self, slots: NDArray[np.intp]) -> FloatArray:
        """Probability of the event that owns these slots, (B,)."""
        total: FloatArray = self.marginals[:, slots].sum(axis=1)
        return np.clip(total, 0.0, 1.0)


def propagate_one(
    model: Model,
    row: FloatArray,
    known: Mapping[int, int] | None = None,
    limit: int | None = None,
) -> tuple[float, FloatArray]:
    """One row: (log P, marginals (S,)).

    Parameters
    ----------
    model : Model
        The model, with its own numbers.
    row : ndarray (S,)
        Likelihoods.
    known : mapping of int to int, optional
        Variables known for certain, where the caller has them at hand; only those worth it are
        sliced out.
    """
    if cold(model):
        answer = propagate_dense(model, row[None], limit)
        if answer is not None:
            return float(answer[0][0]), answer[1][0]
    found = numbers_for(model, row, known, limit)
    if found is None:
        return -math.inf, np.zeros(model.n_states)
    program, base, tiny = found
    from etiograph.engine.kernels import one

    size = program.n_buffer
    marginals = np.zeros(model.n_states)
    arrays = (program.nodes, program.inputs, program.segments, base, tiny)
    slots = (program.free, program.fixed_slots)
    log_p, risky = one(*arrays, *slots, row, np.empty(size), np.empty(size), marginals)
    if not risky:
        return log_p, marginals
    sure = certain(model, program, row, model.tables, limit, entries=False)
    return sure.log_p, sure.marginals


def cold(model: Model) -> bool:
    """Whether this is the first question about a model in a process without compiled kernels.

    Loading them takes longer than an answer without; compiling a program once they are there does
    not.
    """
    if KERNELS in sys.modules or ("asked", model.key) in STORE:
        return False
    STORE.get(("asked", model.key), lambda: None)
    return True


def propagate(
    model: Model,
    likelihoods: FloatArray,
    tables: Tables | None = None,
    *,
    wanted: Iterable[int] | None = None,
    marginals: bool = True,
    counts: bool = False,
    weights: FloatArray | None = None,
    again: bool = False,
    once: bool = False,
    threads: int = THREADS,
    limit: int | None = None,
) -> Beliefs:
    """Exact posteriors of a batch of rows, and the expected counts of EM.

    Parameters
    ----------
    model : Model
        The model.
    likelihoods : ndarray (B, S) or (S,)
        Likelihood of every state of every variable, one row a case; ones where nothing is known. A
        single row is used for every row of ``tables``.
    tables : ndarray (T,) or (B, T), or TableRows, optional
        Numbers to use instead of the model's own, for all rows or row by row. Entries outside the
        model's support must be 0.
    wanted : variables, optional
        Whose posteriors are asked, by number; None: of all. What is neither upstream of these nor of
        what some row speaks of is left out (:mod:`etiograph.engine.ancestral`). None of them,
        ``()``: log P alone.
    marginals : bool
        False: log P alone, by the programs that serve ``wanted``.
    counts : bool
        Also the expected counts of the numbers of every family that is not left out, summed over
        rows. Rows must share the numbers of their tables.
    weights : ndarray (B,), optional
        How often each row counts there; once if not given.
    again : bool
        Whether the same rows will be asked again with other numbers, as those that are counted are:
        what serves them is chosen for that and kept.
    once : bool
        Whether little like a few rows will be asked of this model again: where log P alone is asked, no
        program is written for them (:mod:`etiograph.engine.unwritten`), or none is kept.
    threads : int
        Threads to use at most.
    limit : int
        Bytes a program may take.

    Returns
    -------
    Beliefs

    Raises
    ------
    TooLarge
        If exact inference needs more than ``limit`` bytes.
    """
    rows = np.ascontiguousarray(np.atleast_2d(likelihoods), dtype=np.float64)
    shared, by_row = model.tables, None
    if tables is not None and tables.ndim == 2 and len(tables) > 1:
        by_row = tables if isinstance(tables, TableRows) else TableRows.of(tables)
    elif tables is not None:
        shared = tables[0] if tables.ndim == 2 else np.asarray(tables)
    if counts and by_row is not None:
        raise ValueError("expected counts are of rows that share the numbers of their tables")
    asked = None if wanted is None else tuple(wanted)
    if by_row is None and len(rows) > FEW:
        # Rows that are equal are worked out once.
        distinct, where = distinct_rows(rows)
        if len(distinct) < len(rows):
            if counts:
                weights = np.bincount(where, weights, len(distinct)).astype(np.float64)
            found = propagate(
                model, rows[distinct], shared, wanted=asked, marginals=marginals, counts=counts,
                weights=weights, again=again, once=once, threads=threads, limit=limit,
            )  # fmt: skip
            return Beliefs(found.log_evidence[where], found.marginals[where], found.counts)
    count = len(rows) if by_row is None else max(len(rows), len(by_row))
    batch = Batch(
        rows,
        shared,
        by_row,
        None if not counts else np.ones(count) if weights is None else np.asarray(weights, float),
        np.full(count, -np.inf),
        np.zeros((count, model.n_states if marginals and asked != () else 0)),
        np.zeros(model.n_entries if counts else 0),
        threads,
        limit,
        again or counts,
        once=once and by_row is None and not counts and count <= FEW,
    )
    groups: list[NDArray[np.int64]] = []
    if len(rows) > FEW:
        groups, apart = _arranged(model, rows, asked, counts or again, by_row is None)
        if apart:
            groups, batch = [], replace(batch, apart=True)
    for members in groups if len(groups) > 1 else [None]:
        own = batch if members is None else batch.some(members)
        if asked is None:
            _answer(model, own)
        else:
            _needed(model, own, asked)
        if members is not None:
            batch.log_evidence[members], batch.marginals[members] = own.log_evidence, own.marginals
    if counts:
        contribution_counts(model, shared, batch.counts)
    return Beliefs(batch.log_evidence, batch.marginals, batch.counts)


def _arranged(
    model: Model, rows: FloatArray, asked: tuple[int, ...] | None, again: bool, able: bool
) -> tuple[list[NDArray[np.int64]], bool]:
    """Rows in groups, and whether each goes apart instead if `able`; kept where they come again."""

    def arrange() -> tuple[list[NDArray[np.int64]], bool]:
        costs = RowCosts(model, rows, asked, again)
        groups = row_groups(costs)
        return groups, able and row_by_row(costs, groups)

    if not again:
        return arrange()
    said = digest_of(np.packbits(np.stack([rows > 0, rows == 1.0])))
    return STORE.get(("arranged", model.key, asked, len(rows), said, able), arrange)


def distinct_rows(rows: FloatArray) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The first of every set of equal rows, in their order, and for each row the place of its own."""
    cells = (rows + 0.0).view(np.uint64)  # -0.0 is 0.0
    factors = np.random.default_rng(0).integers(1, 2**63, rows.shape[1], dtype=np.uint64) | 1
    # A product modulo 2^64; rows of one code are compared to be sure.
    codes = (cells * factors).sum(axis=1, dtype=np.uint64)
    _, first, where = np.unique(codes, return_index=True, return_inverse=True)
    where = where.reshape(-1)
    if not np.array_equal(rows[first[where]], rows):
        return np.arange(len(rows)), np.arange(len(rows))
    order = np.argsort(first)
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    return first[order], place[where]


def evidence(
    model: Model, likelihoods: FloatArray, tables: Tables | None = None, *, once: bool = False
) -> FloatArray:
    """log P of every row, ``(B,)``; the upward sweep alone. ``once`` as in :func:`propagate`."""
    return propagate(model, likelihoods, tables, wanted=(), once=once).log_evidence


def _needed(model: Model, batch: Batch, asked: tuple[int, ...]) -> None:
    """Answer by the part of the model that is upstream of what is asked or spoken of."""
    whole = batch.marginals
    kept = ancestors(model, (*asked, *informative(model, batch.rows)))
    if not kept:
        batch.log_evidence[:] = 0.0
        whole[:] = np.nan
        return
    if len(kept) == len(model.cards):
        _answer(model, batch)
        return
    cut = ancestral(model, kept)
    width = len(cut.slots) if whole.shape[1] else 0
    part = replace(
        batch,
        rows=np.ascontiguousarray(batch.rows[:, cut.slots]),
        marginals=np.zeros((len(batch), width)),
    )
    _answer(cut.model, part)
    if width:
        whole[:] = np.nan
        whole[:, cut.slots] = part.marginals


def _row_by_row(model: Model, batch: Batch) -> None:
    """Answer each row by a program of its own; those at risk, and those too large for one, in groups."""
    found = sweep_rows(
        model, batch.rows, batch.shared, marginals=batch.marginals.size > 0, weights=batch.weights,
        again=batch.again, threads=batch.threads,
    )  # fmt: skip
    batch.log_evidence[:] = found.log_evidence
    if batch.marginals.size:
        batch.marginals[:] = found.marginals
    batch.counts[:] += found.counts if batch.weights is not None else 0.0
    too_large = np.isnan(found.log_evidence)
    cut = ~too_large
    alone = found.at_risk & cut
    if too_large.sum() <= LANES:  # too few to be split into groups
        alone, too_large = found.at_risk, np.zeros_like(too_large)
    for i in np.flatnonzero(alone).tolist():
        _by_own_program(model, batch, i, bool(cut[i]))
    left = np.flatnonzero(too_large)
    costs = RowCosts(model, batch.rows[left], again=batch.again)
    for members in row_groups(costs) if len(left) else []:
        own = replace(batch.some(left[members]), apart=False)
        _answer(model, own)
        batch.log_evidence[left[members]] = own.log_evidence
        if batch.marginals.size:
            batch.marginals[left[members]] = own.marginals


def _by_own_program(model: Model, batch: Batch, i: int, at_risk: bool) -> None:
    """Answer a row whose digits are at risk, or that is too large for a cut, by all that it knows."""
    row = batch.rows[i]
    program = program_for(model, hard_states(model, row), batch.limit)
    if program is None:  # what the row knows is impossible, whatever its sweep came to
        batch.log_evidence[i] = -math.inf
        batch.marginals[i] = 0.0
        return
    counting = batch.weights is not None
    if not (at_risk or counting or batch.marginals.size):  # the upward sweep alone may do
        own = batch.some(np.array([i]))
        answer_by(model, program, own)
        batch.log_evidence[i] = own.log_evidence[0]
        return
    sure = certain(model, program, row, batch.shared, batch.limit, counting)
    batch.log_evidence[i] = sure.log_p
    if batch.marginals.size:
        batch.marginals[i] = sure.marginals
    if batch.weights is not None and sure.shares.size:
        table_counts(sure.program, batch.weights[i] * sure.shares, batch.counts)


def _plain(model: Model, batch: Batch) -> bool:
    """Whether rows are asked at the model's own numbers, and nothing is counted."""
    return batch.shared is model.tables and batch.by_row is None and batch.weights is None


def _answer(model: Model, batch: Batch) -> None:
    """Answer the rows by the program for the states that all of them know, or each by its own."""
    if batch.apart:
        _row_by_row(model, batch)
        return
    if _plain(model, batch) and len(batch) <= FEW and cold(model):
        answer = propagate_dense(model, batch.rows, batch.limit)
        if answer is not None:
            batch.log_evidence[:] = answer[0]
            if batch.marginals.size:
                batch.marginals[:] = answer[1]
            return
    known = hard_states(model, batch.rows)
    if not batch.once:
        program = program_for(model, worth_slicing(model, known), batch.limit)
    elif batch.marginals.size or not _from_tree(model, batch):
        program = compile_pattern(model, known, limit=batch.limit)
    else:
        return
    if program is not None:
        answer_by(model, program, batch)


def _from_tree(model: Model, batch: Batch) -> bool:
    """Answer log P alone by trees without a program; whether no row needs one for its digits."""
    for i, row in enumerate(batch.rows):
        found = log_evidence(model, row, batch.shared, batch.limit)
        if found is None:
            return False
        batch.log_evidence[i] = found
    return True
