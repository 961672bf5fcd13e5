"""Rows in, beliefs out: the one job of the engine.

A row is a likelihood over all states of all variables and, where wanted, its own numbers in all
tables. Every question of the toolkit is a set of rows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from weakref import WeakKeyDictionary, ref

import numpy as np
from numpy.typing import NDArray

from etiograph.engine.by_row import Cells, recipe_of
from etiograph.engine.doubt import certain
from etiograph.engine.plans import MISSING, Missing, core_variables, hard_states, program_for
from etiograph.engine.program import DEFAULT_LIMIT, TINY, Program
from etiograph.network.model import BoolArray, FloatArray, Model, TableRows, Tables
from etiograph.threads import THREADS, in_pieces

ROWS_PER_PATTERN = 64
"""A batch is split by known states only while this many rows, on average, share a pattern."""
FEW = 4
"""Rows below which each is asked alone."""
PLANS_PER_MODEL = 128
"""Patterns of known states whose program a model points at."""


@dataclass(frozen=True, slots=True)
class Beliefs:
    """What the engine answers.

    Attributes
    ----------
    log_evidence : ndarray (B,)
        Natural log of P(row's likelihoods); -inf where the row is impossible.
    marginals : ndarray (B, S)
        Posterior of every state of every variable; zeros in impossible rows; empty if not wanted.
    """

    log_evidence: FloatArray
    marginals: FloatArray


def propagate_one(
    model: Model,
    row: FloatArray,
    known: Mapping[int, int] | None = None,
    limit: int = DEFAULT_LIMIT,
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
    program = _program_of(model, row, known, limit)
    if program is None:
        return -math.inf, np.zeros(model.n_states)
    base, tiny = _base_of(model, program)
    if not tiny:
        from etiograph.engine.kernels import one

        size = program.n_buffer
        marginals = np.zeros(model.n_states)
        arrays = (program.nodes, program.inputs, program.segments, base)
        slots = (program.free, program.fixed_slots)
        log_p, risky = one(*arrays, *slots, row, np.empty(size), np.empty(size), marginals)
        if not risky:
            return log_p, marginals
    sure = certain(model, program, row, model.tables, limit)
    return sure.log_p, sure.marginals


def _program_of(
    model: Model, row: FloatArray, known: Mapping[int, int] | None, limit: int
) -> Program | None:
    """The program for the states known of the variables worth slicing.

    The model only points at it: how much memory programs take together is up to the cache of them.
    """
    memo = model.memo
    core = memo.get("core")
    if core is None:
        core = memo["core"] = core_variables(model).variables
    if core:
        if known is None:
            known = hard_states(model, row)
        pattern = tuple([known.get(v, -1) for v in core])
    else:
        pattern = ()
    pointer: ref[Program] | Missing | None = memo.get(pattern, MISSING)
    if pointer is None:
        return None
    if not isinstance(pointer, Missing):
        found = pointer()
        if found is not None:
            return found
    states = {v: s for v, s in zip(core, pattern, strict=False) if s >= 0}
    program = program_for(model, states, limit, rows=1)
    if len(memo) > PLANS_PER_MODEL:
        memo.clear()
    if program is None:
        memo[pattern] = None
    elif all(program.fixed.get(v) == s for v, s in states.items()):
        memo[pattern] = ref(program)
    return program  # one made for less than is known serves for now


def _base_of(model: Model, program: Program) -> tuple[FloatArray, bool]:
    """A model's own numbers in a program, kept as long as the program is."""
    bases = model.memo.get("bases")
    if bases is None:
        bases = model.memo["bases"] = WeakKeyDictionary()
    found: tuple[FloatArray, bool] | None = bases.get(program)
    if found is None:
        found = bases[program] = program.base(model.tables)
    return found


def propagate(
    model: Model,
    likelihoods: FloatArray,
    tables: Tables | None = None,
    *,
    marginals: bool = True,
    threads: int = THREADS,
    limit: int = DEFAULT_LIMIT,
) -> Beliefs:
    """Exact posteriors of a batch of rows.

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
    marginals : bool
        False for log P alone.
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
    count = len(rows) if by_row is None else max(len(rows), len(by_row))
    log_evidence = np.full(count, -np.inf)
    result = np.zeros((count, model.n_states if marginals else 0))
    for known, members in _patterns(model, rows):
        asked = count if members is None else len(members)
        program = program_for(model, known, limit, rows=asked)
        if program is None:
            continue
        if members is None:
            _run(model, program, rows, shared, by_row, log_evidence, result, threads, limit)
            continue
        part_log, part = np.full(len(members), -np.inf), np.zeros((len(members), result.shape[1]))
        part_tables = None if by_row is None else by_row.rows(members)
        _run(model, program, rows[members], shared, part_tables, part_log, part, threads, limit)
        log_evidence[members], result[members] = part_log, part
    return Beliefs(log_evidence, result)


def evidence(model: Model, likelihoods: FloatArray, tables: Tables | None = None) -> FloatArray:
    """log P of every row, ``(B,)``; the upward sweep alone."""
    return propagate(model, likelihoods, tables, marginals=False).log_evidence


def _patterns(
    model: Model, rows: FloatArray
) -> list[tuple[dict[int, int], NDArray[np.int64] | None]]:
    """Rows grouped by the states they share on the variables worth slicing."""
    states: list[NDArray[np.int64]] = []
    variables: list[int] = []
    for v in core_variables(model).variables:
        begin = model.offsets[v]
        possible = rows[:, begin : begin + model.cards[v]] > 0
        if (possible.sum(axis=1) == 1).all():
            variables.append(v)
            states.append(possible.argmax(axis=1))
    while variables:
        table = np.stack(states, axis=1)
        distinct, where = np.unique(table, axis=0, return_inverse=True)
        if len(distinct) == 1:
            return [(dict(zip(variables, distinct[0].tolist(), strict=True)), None)]
        if len(distinct) * ROWS_PER_PATTERN <= len(rows):
            where = where.reshape(-1)
            return [
                (dict(zip(variables, pattern.tolist(), strict=True)), np.flatnonzero(where == i))
                for i, pattern in enumerate(distinct)
            ]
        # Too many patterns for so few rows: leave the least useful variable that varies.
        varies = [i for i in range(len(variables)) if (table[:, i] != table[0, i]).any()]
        del variables[varies[-1]], states[varies[-1]]
    return [({}, None)]


def _run(
    model: Model,
    program: Program,
    rows: FloatArray,
    shared: FloatArray,
    by_row: TableRows | None,
    log_evidence: FloatArray,
    marginals: FloatArray,
    threads: int,
    limit: int,
) -> None:
    """Rows of one pattern into the outputs; a single row of likelihoods stands for all."""
    count = len(log_evidence)
    at_risk = np.zeros(count, dtype=np.bool_)
    # One kernel serves all: a read-only array would have another one compiled.
    rows = np.require(rows, np.float64, ["C", "W"])
    if by_row is None:
        base, all_tiny = program.base(shared)
        tiny: BoolArray = np.full(count, all_tiny)
        if count < FEW:
            _one_by_one(program, base, rows, log_evidence, marginals, at_risk)
        else:
            _sweep(program, lambda: base, rows, log_evidence, marginals, at_risk, threads)
    else:
        recipe = recipe_of(program, by_row.index)
        values = by_row.values[recipe.used]
        tiny = np.any((values > 0) & (values < TINY), axis=0)
        cells = partial(recipe.cells, values)
        _sweep(program, cells, rows, log_evidence, marginals, at_risk, threads)
    at_risk |= tiny
    doubtful = np.flatnonzero(at_risk)

    def own(which: NDArray[np.int64]) -> FloatArray:
        return rows if len(rows) == 1 else rows[which]

    if not marginals.size and not tiny.any() and len(doubtful) > 1:
        # The upward sweep alone cannot tell harmless cancellation from harm: ask with marginals,
        # together, and only the rows still at risk then one by one.
        log_p, asked = np.full(len(doubtful), -np.inf), np.zeros((len(doubtful), model.n_states))
        tables = None if by_row is None else by_row.rows(doubtful)
        _run(model, program, own(doubtful), shared, tables, log_p, asked, threads, limit)
        log_evidence[doubtful] = log_p
        return
    for i in doubtful:
        numbers = shared if by_row is None else by_row[i]
        sure = certain(model, program, own(np.array([i]))[0], numbers, limit)
        log_evidence[i] = sure.log_p
        if marginals.size:
            marginals[i] = sure.marginals


def _one_by_one(
    program: Program,
    base: FloatArray,
    rows: FloatArray,
    log_evidence: FloatArray,
    marginals: FloatArray,
    at_risk: NDArray[np.bool_],
) -> None:
    """A few rows: they would leave most lanes of a block empty."""
    from etiograph.engine.kernels import one

    n = program.n_buffer
    for i, row in enumerate(rows):
        log_evidence[i], at_risk[i] = one(
            program.nodes, program.inputs, program.segments, base, program.free,
            program.fixed_slots, row, np.empty(n), np.empty(n), marginals[i],
        )  # fmt: skip


def _sweep(
    program: Program,
    numbers: Callable[[], FloatArray | Cells],
    rows: FloatArray,
    log_evidence: FloatArray,
    marginals: FloatArray,
    at_risk: NDArray[np.bool_],
    threads: int,
) -> None:
    """Run the kernel over the rows, on several threads where that pays."""
    from etiograph.engine.kernels_block import LANES, block

    count = len(log_evidence)

    def work(first: int, end: int) -> None:
        block(
            program.nodes, program.inputs, program.shifts, program.segments, numbers(),
            program.free, program.fixed_slots, rows, program.n_buffer, program.n_down, first, end,
            log_evidence, marginals, at_risk,
        )  # fmt: skip

    blocks = -(-count // LANES)
    if threads > 1 and blocks > 1 and blocks * program.entries > 20_000:
        # Several pieces a thread: the other core may be busy with something else.
        # But a piece has buffers of its own to fill first.
        pieces = min(blocks, max(threads, min(threads * 4, blocks // 8)))
        edges = [LANES * (blocks * i // pieces) for i in range(pieces)] + [count]
        in_pieces(work, edges)
    else:
        work(0, count)
