"""How well the numbers of a network fit a table of cases: log likelihood plus log prior, and its gradient.

    sum over rows  w (log P(row) - log P(given))  +  log prior

The gradient is exact up to the differences that are taken of the tables (never of the likelihood): one
pass of the engine gives the expected count of every table entry, and count over number is the slope in
that number (Dempster, Laird & Rubin 1977; Russell, Binder, Koller & Kanazawa 1995). What a measured
value adds is the slope of its own density, weighted by the posterior of the levels of its reading.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from etiograph.engine.ancestral import ancestral, informative
from etiograph.engine.derivatives import derivatives
from etiograph.engine.propagate import propagate
from etiograph.engine.row_programs import sweep_rows
from etiograph.errors import ImpossibleFindings
from etiograph.learning.cohort import Cohort, impossible
from etiograph.learning.densities import DensitySlopes
from etiograph.learning.scale import FloatArray, Scale
from etiograph.learning.shrinkage import shrunk
from etiograph.threads import THREADS
from etiograph.uncertainty.moves import Block, Entering, entering

STEP = 1e-6
"""Relative step of the differences taken of the tables; they are smooth in the parameters."""
MOST_TOLD = 2000
"""Different rows from which a check or a chain takes the fewest steps there are."""
ROWS_AT_ONCE = 4096
"""Rows whose slopes in all table entries are held together."""


@dataclass(frozen=True, slots=True)
class Impossible:
    """Weight of the cases that cannot be at some numbers, and of those that contradict what is given."""

    weight: float = 0.0
    against_given: float = 0.0

    def __add__(self, other: Impossible) -> Impossible:
        return Impossible(self.weight + other.weight, self.against_given + other.against_given)

    def refuse(self, n: float) -> None:
        """Say so, of n cases.

        Raises
        ------
        ImpossibleFindings
            There are some.
        """
        if self.against_given:
            raise ImpossibleFindings(
                f"{self.against_given:g} of {n:g} cases contradict what is said to be given of all of them: "
                "leave them out, or correct what is given",
                (),
            )
        if self.weight:
            raise impossible(self.weight, n, "correct the network")


@dataclass(frozen=True, eq=False, slots=True)
class Objective:
    """Log likelihood of a cohort, and log prior, as functions of the numbers on their scale.

    Attributes
    ----------
    cohort : Cohort
    scale : Scale
    places : Entering
        Where the parameters enter the tables.
    """

    cohort: Cohort
    scale: Scale
    places: Entering

    @classmethod
    def of(cls, cohort: Cohort, scale: Scale) -> Objective:
        return cls(cohort, scale, entering(cohort.network))

    @property
    def n_rows(self) -> int:
        """Number of different rows, as a measure of work: beyond :data:`MOST_TOLD` it need not be right."""
        return len(self.cohort)

    def log_likelihood(self, eta: FloatArray) -> float:
        """Sum of weighted log P(row | given) at numbers (F,) on their scale; -inf if one is 0."""
        tables, rows, logs = self._at(self.scale.parameters(eta))
        model, cohort = self.cohort.network.model, self.cohort
        found = propagate(model, rows, tables, wanted=(), again=True).log_evidence + logs
        total = float(cohort.weights @ found) if np.isfinite(found).all() else -np.inf
        if cohort.given is not None and np.isfinite(total):
            base = propagate(model, cohort.given, tables, wanted=()).log_evidence[0]
            total -= cohort.n * float(base)
        return total

    def log_posterior(self, eta: FloatArray) -> float:
        """That plus log prior, without its constant."""
        return self.log_likelihood(eta) + float(self.scale.log_prior(eta))

    def gradient(self, eta: FloatArray) -> tuple[float, FloatArray]:
        """Log likelihood and its gradient (F,).

        Raises
        ------
        ImpossibleFindings
            A row that cannot be, whatever the numbers.
        """
        total, slope, lost = self.summed(eta)
        lost.refuse(self.cohort.n)
        return total, slope

    def summed(self, eta: FloatArray) -> tuple[float, FloatArray, Impossible]:
        """The same, and what cannot be: where there is some, the others mean nothing."""
        cohort, model = self.cohort, self.cohort.network.model
        parameters, steep = self.scale.parameters_with_slope(eta)
        tables, rows, logs = self._at(parameters)
        levels = self._levels()
        found = propagate(model, rows, tables, wanted=levels, counts=True, weights=cohort.weights)
        lost = self._impossible(found.log_evidence)
        if lost.weight:
            return -np.inf, np.zeros(len(self.scale)), lost
        total = float(cohort.weights @ (found.log_evidence + logs))
        counts = found.counts
        if cohort.given is not None:
            base = propagate(
                model, cohort.given, tables, wanted=(), counts=True, weights=np.array([cohort.n])
            )
            total -= cohort.n * float(base.log_evidence[0])
            counts = counts - base.counts
        slopes = np.divide(counts, tables, out=np.zeros_like(counts), where=tables > 0)
        by_number = _summed(self.places.index, slopes, len(self.places.numbers))
        whole = self._chain(parameters, by_number[None])[0]
        for one in cohort.measured:
            own = cohort.weights[one.rows, None] * found.marginals[one.rows, one.slots]
            per_value = np.zeros((len(one.distinct), own.shape[1]))
            np.add.at(per_value, one.which, own)
            dense = DensitySlopes.of(one, parameters, self.scale.columns)
            whole[dense.columns] += dense.summed(per_value)
        return total, whole[self.scale.columns] * steep, lost

    def scores(self, eta: FloatArray) -> Iterator[tuple[FloatArray, FloatArray]]:
        """Gradient of log P(row | given) for every row, block by block: weights (b,), scores (b, F)."""
        cohort = self.cohort
        parameters, slope = self.scale.parameters_with_slope(eta)
        tables, rows, _ = self._at(parameters)
        base = np.zeros(len(parameters))
        if cohort.given is not None:
            base = self._chain(parameters, self._swept(cohort.given, tables)[0])[0]
        densities = [
            (one, DensitySlopes.of(one, parameters, self.scale.columns)) for one in cohort.measured
        ]
        for first in range(0, len(rows), ROWS_AT_ONCE):
            part = slice(first, min(first + ROWS_AT_ONCE, len(rows)))
            by_number, marginals = self._swept(rows[part], tables)
            whole = self._chain(parameters, by_number)
            for one, slopes in densities:
                own = np.flatnonzero((one.rows >= part.start) & (one.rows < part.stop))
                at, which = one.rows[own] - part.start, one.which[own]
                told = slopes.of_rows(which, marginals[at, one.slots])
                whole[at[:, None], slopes.columns] += told
            whole -= base
            yield cohort.weights[part], whole[:, self.scale.columns] * slope

    def scatter(self, eta: FloatArray) -> FloatArray:
        """Sums over rows of the products of two scores, and of the squares of these (2, F, F)."""
        out = np.zeros((2, len(self.scale), len(self.scale)))
        for weights, scores in self.scores(eta):
            for total, own in zip(out, (scores, scores**2), strict=True):
                total += own.T @ (weights[:, None] * own)
        return out

    def information(self, eta: FloatArray) -> FloatArray:
        """What the rows tell (F, F), near the maximum: of their scores, without what chance makes of few."""
        return shrunk(self.scatter(eta), self.cohort.n, self.places.block_of[self.scale.columns])

    # -- parts --------------------------------------------------------------------------------------

    def _at(self, parameters: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        tables = self.cohort.network.expansion.tables(parameters[None])[0]
        return np.ascontiguousarray(tables), *self.cohort.at(parameters)

    def _levels(self) -> Collection[int]:
        model = self.cohort.network.model
        starts = {one.slots.start for one in self.cohort.measured}
        return tuple(i for i, offset in enumerate(model.offsets) if offset in starts)

    def _swept(self, rows: FloatArray, tables: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Slopes of log P in the distinct numbers (b, K), and posteriors of the levels measured (b, S)."""
        model, levels = self.cohort.network.model, self._levels()
        index = self.places.index
        cut = ancestral(model, (*levels, *informative(model, rows)))
        own = np.ascontiguousarray(rows[:, cut.slots])
        swept = sweep_rows(
            cut.model, own, tables, marginals=bool(levels), index=index, again=True, threads=THREADS
        )
        marginals = np.full((len(rows), model.n_states if levels else 0), np.nan)
        by_number = swept.by_number
        if levels:
            marginals[:, cut.slots] = swept.marginals
        doubtful = np.flatnonzero(swept.at_risk)
        if doubtful.size:
            sure = derivatives(cut.model, own[doubtful], tables, sliced=True)
            size = by_number.shape[1]
            by_number[doubtful] = [_summed(index, slopes, size) for slopes in sure.slopes]
            if levels:
                marginals[np.ix_(doubtful, cut.slots)] = sure.marginals
        return by_number, marginals

    def _chain(self, parameters: FloatArray, by_number: FloatArray) -> FloatArray:
        """From slopes in the distinct numbers (b, K) to slopes in the parameters (b, P)."""
        out = np.zeros((len(by_number), len(parameters)))
        free = np.zeros(len(parameters), dtype=np.bool_)
        free[self.scale.columns] = True
        for block in self.places.blocks:
            felt = np.flatnonzero((block.columns >= 0) & free[block.columns])
            if felt.size:
                change = _differences(block, felt, parameters)
                np.add.at(out.T, block.columns[felt], (by_number[:, block.here] @ change).T)
        return out

    def _impossible(self, log_evidence: FloatArray) -> Impossible:
        cohort = self.cohort
        lost = np.flatnonzero(~np.isfinite(log_evidence))
        if not lost.size:
            return Impossible()
        against = 0.0
        if cohort.given is not None:
            rows = cohort.rows[lost]
            possible = np.logical_or.reduceat(rows > 0, cohort.network.model.offsets, axis=1)
            against = float(cohort.weights[lost][~possible.all(axis=1)].sum())
        return Impossible(float(cohort.weights[lost].sum()), against)


def _summed(where: NDArray[np.integer[Any]], what: FloatArray, size: int) -> FloatArray:
    return np.bincount(where, what, size).astype(np.float64)


def _differences(block: Block, felt: NDArray[np.intp], parameters: FloatArray) -> FloatArray:
    """d numbers / d inputs (a, n) of a block, by central differences within the domain."""
    base = np.where(block.columns >= 0, parameters[block.columns], block.constants)
    steps = STEP * np.maximum(np.abs(base[felt]), 1e-3)
    inputs = base[:, None].repeat(2 * len(felt), axis=1)
    for k, i in enumerate(felt):
        # A parameter that stands at several inputs moves at each in turn; the slopes add up.
        inputs[i, 2 * k] += steps[k]
        inputs[i, 2 * k + 1] -= steps[k]
    numbers = block.compute(inputs)
    width = np.array([inputs[i, 2 * k] - inputs[i, 2 * k + 1] for k, i in enumerate(felt)])
    change: FloatArray = (numbers[:, 0::2] - numbers[:, 1::2]) / width
    return change
