"""One row at a time, by whatever arithmetic its digits need.

An ordinary sweep says when digits were at risk: terms of a signed sum that cancel, or what was lost below
a double's range and would be seen. Such a row is asked again with twice the digits, then without signs
(the chain form of every accumulation subtracts nothing), then with an exponent of its own for each
number.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from etiograph.engine.costs import LARGE
from etiograph.engine.plans import hard_states, program_for
from etiograph.engine.precision import ROUNDED
from etiograph.engine.program import Program
from etiograph.errors import TooLarge
from etiograph.network.model import Accumulation, FloatArray, Model
from etiograph.store import STORE

_NONE = np.zeros(0)


@dataclass(frozen=True, slots=True)
class Certain:
    """What is true of one row.

    Attributes
    ----------
    log_p : float
        log P(row); -inf where it is impossible.
    marginals : ndarray (S,)
        Posterior of every state; zeros where impossible.
    program : Program
        The one that gave the answer in the end.
    slopes : ndarray (entries,)
        d log P / d base of every entry of that program; empty where impossible.
    shares : ndarray (entries,)
        P(entry | row), which add up to 1 over each node; empty where impossible.
    """

    log_p: float
    marginals: FloatArray
    program: Program
    slopes: FloatArray
    shares: FloatArray


def certain(
    model: Model,
    program: Program,
    row: FloatArray,
    tables: FloatArray,
    limit: int | None,
    entries: bool = True,
    *,
    alone: bool = True,
    kept: bool = True,
) -> Certain:
    """Answer one row with no digit lost.

    Parameters
    ----------
    model : Model
    program : Program
        One that serves the row; another is compiled where its signs cost too many digits.
    row : ndarray (S,)
    tables : ndarray (T,)
    limit : int
        Bytes another program may take.
    entries : bool
        Whether slopes and shares of the entries are wanted; else they are left empty.
    alone : bool
        Whether few other rows of the program are in doubt, so that none is compiled for them all.
    kept : bool
        Whether others will ask at the same numbers, so that the products of them are kept.
    """
    from etiograph.engine.careful import careful_one, extended_base
    from etiograph.engine.kernels import entry_slopes, one
    from etiograph.engine.kernels_twice import twice_one

    # One kernel serves all: a read-only array would have another one compiled.
    row, tables = (np.require(numbers, np.float64, ["C", "W"]) for numbers in (row, tables))
    for chosen in _ways(model, program, row, limit, alone):
        if chosen is None:
            return Certain(-math.inf, np.zeros(model.n_states), program, _NONE, _NONE)
        program = chosen
        base, tiny = program.base(tables, kept=kept)
        tree = (program.nodes, program.inputs, program.segments, base)
        marginals, m, d = np.zeros(model.n_states), *np.empty((2, program.n_buffer))
        log_p, risky = one(*tree, tiny, program.free, program.fixed_slots, row, m, d, marginals)
        slopes = np.empty(program.entries if entries and log_p > -math.inf else 0)
        if risky and program.signed:
            log_p, risky = twice_one(
                program.layout, *tree[:3], program.cells, program.coefficient, tables,
                rounded_by(model, tables), tiny, program.free, program.fixed_slots, row, m,
                marginals, slopes,
            )  # fmt: skip
        elif slopes.size:
            entry_slopes(*tree, m, d, slopes)
        if risky:
            continue
        if log_p == -math.inf:
            slopes = _NONE
        return Certain(float(log_p), marginals, program, slopes, slopes * base[: slopes.size])
    program = _smallest(model, program, row, limit)
    wide = (program.nodes, program.inputs, program.segments, *extended_base(program, tables))
    marginals, slopes = np.zeros(model.n_states), np.empty(program.entries)
    m, shares = np.zeros(program.n_buffer), np.empty(program.entries)
    ends = (program.free, program.fixed_slots, row)
    log_p = float(careful_one(*wide, *ends, m, marginals, slopes, shares))
    if log_p == -math.inf:
        slopes = shares = _NONE
    return Certain(log_p, marginals, program, slopes, shares)


def rounded_by(model: Model, tables: FloatArray) -> FloatArray:
    """What the numbers of the tables were rounded by, (T,), as far as that can be told.

    The first row of a step is how likely each contribution is. That another state stays is the sum of the
    contributions that leave it, or 1 less the others; signs subtract such sums from one another again,
    so that a rounding may be all that is left of a rare contribution. They are taken as if the
    likeliest contribution were 1 less the others to the last digit.
    """
    lows = np.zeros(len(tables))
    for starts, join in STORE.get(("steps", model.key), lambda: _steps(model)):
        k = len(join)
        chances = tables[starts + np.arange(k)[:, None]]
        likeliest = chances.argmax(axis=0)
        for a in range(k):
            stays = np.array([join[a][c] == a for c in range(k)])
            at = starts[0] + a * (k + 1)
            number = tables[at]
            found = np.where(
                stays[likeliest],
                _left(1.0, [*chances[~stays], number]),
                _left(0.0, [*-chances[stays], number]),
            )
            # What is impossible stays so.
            lows[at] = np.where((number != 0.0) & (np.abs(found) < ROUNDED), found, 0.0)
    return lows


def _left(of: float, numbers: list[FloatArray]) -> FloatArray:
    """What is left when some numbers are taken away, with twice the digits on the way."""
    left, rest = np.full(len(numbers[0]), of), np.zeros(len(numbers[0]))
    for number in numbers:
        total = left - number
        part = total - left
        rest += (left - (total - part)) - (number + part)
        left = total
    return left + rest


def _steps(model: Model) -> list[tuple[NDArray[np.intp], tuple[tuple[int, ...], ...]]]:
    """Where in T the steps begin, (1, steps), by how their contributions join."""
    found: dict[tuple[tuple[int, ...], ...], list[NDArray[np.intp]]] = {}
    for family in model.families:
        if not isinstance(family, Accumulation):
            continue
        for link in family.links:
            k = model.cards[family.child]
            count = math.prod(model.cards[p] for p in link.parents)
            found.setdefault(family.join, []).append(link.start + k * k * np.arange(count))
    return [(np.concatenate(starts)[None], join) for join, starts in found.items()]


def _smallest(model: Model, program: Program, row: FloatArray, limit: int | None) -> Program:
    """A program without signs of all that the row knows, where extended range repays compiling it."""
    if program.entries <= LARGE:
        return program
    try:
        own = program_for(model, hard_states(model, row), limit, signs=False)
    except TooLarge:
        return program
    return own if own is not None and own.entries < program.entries else program


def _ways(
    model: Model, program: Program, row: FloatArray, limit: int | None, alone: bool
) -> Iterator[Program | None]:
    """Programs to try in ordinary numbers: then without signs, if there are any; None: impossible."""
    yield program
    if not program.signed:
        return
    known = {v: s for v, s in program.fixed.items() if v < model.n_network}
    # Without signs a table may be many times larger: all that the row knows is sliced out of it.
    for pattern in (hard_states(model, row), known) if alone else (known, hard_states(model, row)):
        try:
            unsigned = program_for(model, pattern, limit, signs=False)
        except TooLarge:
            continue
        yield unsigned
        return
