"""The sums over cases from which plain tables are learned: expected counts, and what they leave unsure.

All are sums over rows, so that cases may lie in parts (:mod:`etiograph.learning.partition`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from etiograph.engine.derivatives import derivatives
from etiograph.engine.propagate import propagate
from etiograph.learning.cohort import Cohort, impossible
from etiograph.learning.tables import Tables
from etiograph.network.model import Model

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

ROWS_AT_ONCE = 256
"""Rows whose slopes in all table entries are held together."""


@dataclass(frozen=True, eq=False, slots=True)
class Expectation:
    """Cases, and the tables of which they are counted.

    Attributes
    ----------
    cohort : Cohort
    tables : Tables
    """

    cohort: Cohort
    tables: Tables

    @property
    def n(self) -> float:
        """Sum of the weights of the cases."""
        return self.cohort.n

    def counted(self) -> FloatArray | None:
        """Counts (C,) where every case is known whole; None where something is not."""
        model, tables = self.tables.network.model, self.tables
        states = known_states(model, self.cohort.rows)
        if (states < 0).any():
            return None
        counts = np.zeros(model.n_entries)
        for name in tables.names:
            i = model.index[name]
            family = model.families[i]
            at = np.zeros(len(states), dtype=np.int64)
            for v in (*model.parents(i), i):
                at = at * model.cards[v] + states[:, v]
            own = np.bincount(at, self.cohort.weights)
            counts[family.start : family.start + len(own)] += own  # type: ignore[union-attr]
        return tables.summed(counts)

    def expected(self, p: FloatArray) -> tuple[float, FloatArray]:
        """Log likelihood and expected counts (C,) at cells p (C,).

        Raises
        ------
        ImpossibleFindings
            Cases that cannot be, by the zeros of the network.
        """
        log_likelihood, counts, lost = self.summed(p)
        if lost:
            raise impossible(lost, self.n, "have its zeros learned, too (zeros='learn')")
        return log_likelihood, counts

    def summed(self, p: FloatArray) -> tuple[float, FloatArray, float]:
        """The same, and the weight of the cases that cannot be, which are not counted."""
        cohort = self.cohort
        found = propagate(
            self.tables.network.model, cohort.rows, self.tables.full(p), wanted=(), counts=True,
            weights=cohort.weights,
        )  # fmt: skip
        possible = np.isfinite(found.log_evidence)
        total = float(cohort.weights[possible] @ found.log_evidence[possible])
        return total, self.tables.summed(found.counts), float(cohort.weights[~possible].sum())

    def whole(self) -> BoolArray:
        """Whether every case knows a table's variable and all its parents, (tables,)."""
        return np.atleast_1d(np.all(self._known(), axis=0))

    def information(
        self, p: FloatArray, groups: Sequence[IntArray]
    ) -> tuple[FloatArray, list[FloatArray]]:
        """What the cases say of the tables at cells p: weight and curvature.

        Returns
        -------
        seen : ndarray (R,)
            Weight of the cases in each row of a table that they know.
        curvature : list of ndarray (g, g)
            Of each group of cells, the weighted outer products of the slopes of log P(case) in their log
            odds, of the tables that a case does not know.
        """
        seen = np.zeros(int(self.tables.rows.max()) + 1)
        curvature = [np.zeros((len(group), len(group))) for group in groups]
        for weights, scores, there in self._scores(p):
            seen += weights @ there
            for group, matrix in zip(groups, curvature, strict=True):
                own = scores[:, group]
                matrix += own.T @ (weights[:, None] * own)
        return seen, curvature

    def _known(self) -> BoolArray:
        """Whether a case knows a table's variable and all its parents, (D, tables)."""
        model = self.tables.network.model
        states = known_states(model, self.cohort.rows) >= 0
        out = np.empty((len(states), len(self.tables.names)), dtype=np.bool_)
        for t, name in enumerate(self.tables.names):
            i = model.index[name]
            out[:, t] = np.all(states[:, [*model.parents(i), i]], axis=1)
        return out

    def _scores(self, p: FloatArray) -> Iterator[tuple[FloatArray, FloatArray, FloatArray]]:
        """Block by block: weights (b,), slopes of log P(row) in the log odds of every cell (b, C) where its
        table is not known, and 1 for each row of a known table that a case is in (b, R)."""
        tables, cohort, known = self.tables, self.cohort, self._known()
        model, numbers = tables.network.model, tables.full(p)
        straight = np.array_equal(tables.cells, np.arange(len(tables)))
        first_cells = np.flatnonzero(np.diff(tables.rows, prepend=-1))
        for first in range(0, len(cohort.rows), ROWS_AT_ONCE):
            part = slice(first, first + ROWS_AT_ONCE)
            slopes = derivatives(model, cohort.rows[part], numbers).slopes
            used = slopes[:, tables.entries] * numbers[tables.entries]
            if not straight:
                used = np.stack([np.bincount(tables.cells, row, len(tables)) for row in used])
            totals = np.add.reduceat(used, first_cells, axis=1)
            told = known[part][:, tables.variables]
            scores = np.where(told, 0.0, used - p * totals[:, tables.rows])
            yield cohort.weights[part], scores, np.where(told[:, first_cells], totals, 0.0)


def known_states(model: Model, rows: FloatArray) -> IntArray:
    """State of every variable (D, variables) where a row knows it and nothing more; else -1."""
    out = np.full((len(rows), len(model.cards)), -1)
    for v, (first, card) in enumerate(zip(model.offsets, model.cards, strict=False)):
        own = rows[:, first : first + card]
        sure = ((own == 0.0).sum(axis=1) == card - 1) & (own.max(axis=1) == 1.0)
        out[sure, v] = own[sure].argmax(axis=1)
    return out
