"""Derivatives of log P(row) with respect to every number of the tables, from two sweeps.

P(row) is linear in every table entry that enters it once, and one upward and one downward sweep give
all these slopes together (Castillo, Gutierrez & Hadi 1997; Darwiche 2003, section 4). Tornados and
sensitivity functions start here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from etiograph.engine.doubt import certain
from etiograph.engine.plans import core_variables, hard_states, program_for
from etiograph.engine.program import FIRST_ENTRY, IntArray, Program
from etiograph.network.model import FloatArray, Model


@dataclass(frozen=True, slots=True)
class Derivatives:
    """How P(row) depends on every table entry.

    Attributes
    ----------
    log_evidence : ndarray (B,)
        log P(row); -inf where it is impossible.
    slopes : ndarray (B, T)
        d log P(row) / d theta, entry by entry; zeros where the row is impossible. Times P(row) it is
        the derivative of P itself, times theta the expected count of the entry.
    marginals : ndarray (B, S)
        Posterior of every state; zeros where the row is impossible.
    """

    log_evidence: FloatArray
    slopes: FloatArray
    marginals: FloatArray


def derivatives(
    model: Model,
    rows: FloatArray,
    tables: FloatArray | None = None,
    *,
    sliced: bool = False,
    limit: int | None = None,
) -> Derivatives:
    """Slope of log P(row) in every table entry, each entry moved alone.

    An entry outside the model's support is part of the structure and gets 0. The entries of an
    accumulation are step matrices, which say the same thing more than once: only sums over a
    direction that keeps them step matrices (such as all the entries that one parameter moves) have a
    meaning of their own.

    Parameters
    ----------
    model : Model
        The model.
    rows : ndarray (B, S) or (S,)
        Likelihoods, one row a question.
    tables : ndarray (T,) or (B, T), optional
        Numbers to use instead of the model's own, for all rows or row by row.
    sliced : bool
        Slice all that a row knows out of its program, which is sooner made and swept then, but serves
        no other row; else only what is worth it.
    limit : int
        Bytes a program may take.

    Returns
    -------
    Derivatives

    Raises
    ------
    TooLarge
        If exact inference needs more than ``limit`` bytes.
    """
    rows = np.ascontiguousarray(np.atleast_2d(rows), dtype=np.float64)
    numbers = model.tables if tables is None else np.asarray(tables, dtype=np.float64)
    count = max(len(rows), len(numbers) if numbers.ndim == 2 else 1)
    log_evidence = np.full(count, -math.inf)
    slopes = np.zeros((count, model.n_entries))
    marginals = np.zeros((count, model.n_states))
    core = core_variables(model)
    for i in range(count):
        row = rows[i if len(rows) > 1 else 0]
        own = numbers if numbers.ndim == 1 else numbers[i if len(numbers) > 1 else 0]
        states = hard_states(model, row)
        known = states if sliced else core.worth(states)
        program = program_for(model, known, limit)
        if program is None:
            continue
        sure = certain(model, program, row, own, limit)
        log_evidence[i], marginals[i] = sure.log_p, sure.marginals
        if sure.slopes.size:
            _spread(sure.program, sure.slopes, own, slopes[i])
    return Derivatives(log_evidence, slopes, marginals)


def _spread(program: Program, by_cell: FloatArray, tables: FloatArray, out: FloatArray) -> None:
    """From the entries of the clique tree to the numbers that are multiplied in them."""
    alike: dict[int, list[tuple[int, IntArray]]] = {}
    for first, index in zip(
        program.nodes[:, FIRST_ENTRY].tolist(), program.table_index, strict=True
    ):
        alike.setdefault(len(index), []).append((first, index))
    for pieces, nodes in alike.items():  # few, where there are many nodes
        cells = np.concatenate([np.arange(first, first + i.shape[1]) for first, i in nodes])
        index = np.concatenate([i for _, i in nodes], axis=1)
        numbers = tables[index]
        # Product of the other numbers of an entry, without a division: one of them may be 0.
        others = by_cell[cells] * program.coefficient[cells]
        after = np.ones((pieces + 1, len(cells)))
        np.cumprod(numbers[::-1], axis=0, out=after[1:])
        for i, entries in enumerate(index):
            out += np.bincount(entries, others * after[pieces - 1 - i], len(out))
            others = others * numbers[i]
