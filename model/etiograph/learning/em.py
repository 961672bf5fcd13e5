"""Plain tables from cases with holes: expectation and maximisation, with a stride.

Counts expected at the present tables become the tables of the next turn (Dempster, Laird & Rubin 1977;
Lauritzen 1995); two such turns show where a longer step leads (SQUAREM, Varadhan & Roland 2008), which
is taken where it raises the objective. Cases of which everything is known are counted, once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from etiograph.engine.propagate import propagate
from etiograph.errors import ImpossibleFindings
from etiograph.learning.objective import Cohort
from etiograph.learning.tables import Tables
from etiograph.network.model import Model

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

GAIN = 1e-10
"""Relative gain of a turn, below which two in a row end the search."""
TURNS = 500
"""Turns of three passes over the cases, at most."""
LEAST = 1e-12
"""A probability on its way to 0 stops here: no case feels the rest, and numbers stay within the range
of the quick arithmetic."""


@dataclass(frozen=True, eq=False, slots=True)
class Estimate:
    """Where the search ended.

    Attributes
    ----------
    p : ndarray (C,)
        The cells of the tables.
    counts : ndarray (C,)
        Expected counts of the cases in each, without the prior's.
    log_likelihood : float
        Of the cases, prior not counted.
    passes : int
        Passes over the cases.
    converged : bool
    """

    p: FloatArray
    counts: FloatArray
    log_likelihood: float
    passes: int
    converged: bool


def estimate(
    cohort: Cohort,
    tables: Tables,
    start: FloatArray,
    prior: FloatArray,
    progress: Callable[[str], None] = lambda what: None,
) -> Estimate:
    """Maximise sum w log P(row) + sum prior log p over the cells p.

    With all known, and prior counts alpha, that is (alpha + n) / sum(alpha + n), the mean of the
    Dirichlet posterior.

    Parameters
    ----------
    cohort : Cohort
    tables : Tables
    start : ndarray (C,)
        Where a cell is 0 it stays 0.
    prior : ndarray (C,)
        Cases added to each cell.
    progress : callable
        Told the turn.

    Raises
    ------
    ImpossibleFindings
        Cases that cannot be, by the zeros of the network.
    """
    search = _Search(cohort, tables, prior)
    counts = _counted(cohort, tables)
    if counts is not None:
        p = search.maximised(counts, start)
        log_p = propagate(cohort.network.model, cohort.rows, tables.full(p), wanted=()).log_evidence
        _require_possible(cohort, log_p)
        return Estimate(p, counts, float(cohort.weights @ log_p), 1, True)
    p, value, still = start, -np.inf, 0
    for turn in range(TURNS):
        progress(f"turn {turn + 1}")
        first, one, _ = search.step(p)
        second, two, _ = search.step(one)
        there = search.strided(p, one, two)
        third, three, _ = search.step(there)
        p = three if third >= second else two
        now = max(second, third)
        still = still + 1 if now - max(first, value) <= GAIN * (1.0 + abs(now)) else 0
        value = now
        if still == 2:
            break
    log_likelihood, counts = search.expected(p)
    return Estimate(p, counts, log_likelihood, search.passes, still == 2)


class _Search:
    """The passes of one search."""

    def __init__(self, cohort: Cohort, tables: Tables, prior: FloatArray) -> None:
        self.cohort, self.tables, self.prior = cohort, tables, prior
        self.passes = 0

    def expected(self, p: FloatArray) -> tuple[float, FloatArray]:
        """Log likelihood and expected counts (C,) at cells p."""
        self.passes += 1
        cohort = self.cohort
        found = propagate(
            cohort.network.model, cohort.rows, self.tables.full(p), wanted=(), counts=True,
            weights=cohort.weights,
        )  # fmt: skip
        _require_possible(cohort, found.log_evidence)
        return float(cohort.weights @ found.log_evidence), self.tables.summed(found.counts)

    def maximised(self, counts: FloatArray, p: FloatArray) -> FloatArray:
        """The cells that fit these counts best; rows nothing is known of stay as they are."""
        whole = np.where(p > 0.0, counts + self.prior, 0.0)
        total = self.tables.by_row(whole)[self.tables.rows]
        out = np.divide(whole, total, out=p.copy(), where=total > 0.0)
        return np.where(p > 0.0, np.maximum(out, LEAST), 0.0)

    def step(self, p: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        """The objective at p, what one turn makes of p, and the counts."""
        log_likelihood, counts = self.expected(p)
        own = (self.prior > 0.0) & (p > 0.0)
        value = log_likelihood + float(self.prior[own] @ np.log(p[own]))
        return value, self.maximised(counts, p), counts

    def strided(self, p: FloatArray, one: FloatArray, two: FloatArray) -> FloatArray:
        """Where the last two turns lead, in the logs of the cells."""
        tables = self.tables
        some = p > LEAST
        logs = [np.log(np.where(some, x, 1.0)) for x in (p, one, two)]
        r, v = logs[1] - logs[0], logs[2] - 2.0 * logs[1] + logs[0]
        long, bent = float(one @ r**2), float(one @ v**2)
        if bent <= 0.0:
            return two
        stride = max(1.0, np.sqrt(long / bent))
        log_p = logs[0] + 2.0 * stride * r + stride**2 * v
        whole = np.where(some, np.exp(np.clip(log_p, np.log(LEAST), 50.0)), two)
        total = tables.by_row(whole)[tables.rows]
        return np.divide(whole, total, out=two.copy(), where=total > 0.0)


def known_states(model: Model, rows: FloatArray) -> IntArray:
    """State of every variable (D, variables) where a row knows it and nothing more; else -1."""
    out = np.full((len(rows), len(model.cards)), -1)
    for v, (first, card) in enumerate(zip(model.offsets, model.cards, strict=False)):
        own = rows[:, first : first + card]
        sure = ((own == 0.0).sum(axis=1) == card - 1) & (own.max(axis=1) == 1.0)
        out[sure, v] = own[sure].argmax(axis=1)
    return out


def _counted(cohort: Cohort, tables: Tables) -> FloatArray | None:
    """Counts (C,) where every case is known whole; None where something is not."""
    model = cohort.network.model
    states = known_states(model, cohort.rows)
    if (states < 0).any():
        return None
    counts = np.zeros(model.n_entries)
    for name in tables.names:
        i = model.index[name]
        family = model.families[i]
        at = np.zeros(len(states), dtype=np.int64)
        for v in (*model.parents(i), i):
            at = at * model.cards[v] + states[:, v]
        own = np.bincount(at, cohort.weights)
        counts[family.start : family.start + len(own)] += own  # type: ignore[union-attr]
    return tables.summed(counts)


def _require_possible(cohort: Cohort, log_evidence: FloatArray) -> None:
    impossible = ~np.isfinite(log_evidence)
    if impossible.any():
        raise ImpossibleFindings(
            f"{cohort.weights[impossible].sum():g} of {cohort.n:g} cases cannot be, by the zeros of the "
            "network alone: leave them out, or have its zeros learned, too (zeros='learn')",
            (),
        )
