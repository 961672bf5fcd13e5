"""Plain tables from cases with holes: expectation and maximisation, with a stride.

Counts expected at the present tables become the tables of the next turn (Dempster, Laird & Rubin 1977;
Lauritzen 1995); two such turns show where a longer step leads (SQUAREM, Varadhan & Roland 2008), which
is taken where it raises the objective. Cases of which everything is known are counted, once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from etiograph.learning.expectation import Expectation
from etiograph.progress import Begun, Progress, silent

FloatArray = NDArray[np.float64]

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
    cases: Expectation,
    start: FloatArray,
    prior: FloatArray,
    progress: Progress = silent,
) -> Estimate:
    """Maximise sum w log P(row) + sum prior log p over the cells p.

    With all known, and prior counts alpha, that is (alpha + n) / sum(alpha + n), the mean of the
    Dirichlet posterior.

    Parameters
    ----------
    cases : Expectation
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
    search = _Search(cases, prior)
    counts = cases.counted()
    if counts is not None:
        p = search.maximised(counts, start)
        return Estimate(p, counts, search.expected(p)[0], 1, True)
    p, value, still = start, -np.inf, 0
    for turn in range(TURNS):
        progress(Begun("turn", turn + 1))
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

    def __init__(self, cases: Expectation, prior: FloatArray) -> None:
        self.cases, self.tables, self.prior = cases, cases.tables, prior
        self.passes = 0

    def expected(self, p: FloatArray) -> tuple[float, FloatArray]:
        """Log likelihood and expected counts (C,) at cells p."""
        self.passes += 1
        return self.cases.expected(p)

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
