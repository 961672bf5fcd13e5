"""How well the numbers of a network fit a table of cases: log likelihood plus log prior, and its gradient.

    sum over rows  w (log P(row) - log P(given))  +  log prior

The gradient is exact up to the differences that are taken of the tables (never of the likelihood): one
pass of the engine gives the expected count of every table entry, and count over number is the slope in
that number (Dempster, Laird & Rubin 1977; Russell, Binder, Koller & Kanazawa 1995). What a measured
value adds is the slope of its own density, weighted by the posterior of the levels of its reading.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from etiograph.engine.ancestral import ancestral, informative
from etiograph.engine.derivatives import derivatives
from etiograph.engine.propagate import propagate
from etiograph.engine.row_programs import sweep_rows
from etiograph.errors import ImpossibleFindings, InvalidFinding
from etiograph.findings.cases import Cases
from etiograph.learning.scale import FloatArray, IntArray, Scale
from etiograph.network.finding import likelihood_row
from etiograph.network.parameter import Parameter, value_of
from etiograph.network.reading import Reading
from etiograph.threads import THREADS
from etiograph.uncertainty.moves import Block, Entering, entering

if TYPE_CHECKING:
    from etiograph.network.network import Network

STEP = 1e-6
"""Relative step of the differences taken of the tables; they are smooth in the parameters."""
ROWS_AT_ONCE = 4096
"""Rows whose slopes in all table entries are held together."""


@dataclass(frozen=True, eq=False, slots=True)
class Measured:
    """The measured values of one reading.

    Attributes
    ----------
    reading : Reading
    rows : ndarray of int (M,)
        The rows that have one.
    distinct, which : ndarray (V,), ndarray of int (M,)
        The different values, and which of them each row has.
    slots : slice
        The levels of the reading among the S states.
    inputs : ndarray of int (m,)
        Parameter of each of its numbers, -1 for a constant.
    constants : ndarray (m,)
    at_stated : ndarray (V, levels)
        Log density of each value at the stated numbers.
    """

    reading: Reading
    rows: IntArray
    distinct: FloatArray
    which: IntArray
    slots: slice
    inputs: IntArray
    constants: FloatArray
    at_stated: FloatArray

    def log_density(self, parameters: FloatArray) -> FloatArray:
        """Log density of each different value at each level, (B, V, levels), for parameters (B, P)."""
        numbers = self.constants[:, None].repeat(len(parameters), axis=1)
        read = self.inputs >= 0
        numbers[read] = parameters[:, self.inputs[read]].T
        return self.reading.log_densities(self.distinct, numbers).transpose(2, 0, 1)


@dataclass(frozen=True, eq=False, slots=True)
class Cohort:
    """A table of cases as the engine takes it: different rows, how often each came, measured values.

    Attributes
    ----------
    network : Network
    rows : ndarray (D, S)
        Likelihoods at the stated numbers.
    weights : ndarray (D,)
    given : ndarray (1, S) or None
        What all cases have in common because it is how they came into the table.
    measured : tuple of Measured
    n : float
        Sum of the weights.
    """

    network: Network
    rows: FloatArray
    weights: FloatArray
    given: FloatArray | None
    measured: tuple[Measured, ...]
    n: float

    @classmethod
    def of(
        cls,
        cases: Cases,
        weights: FloatArray | None = None,
        given: Mapping[str, object] | None = None,
    ) -> Cohort:
        """Put a table that was read into this form.

        Parameters
        ----------
        cases : Cases
        weights : ndarray (B,), optional
            How often each row of the table counts.
        given : mapping of str to finding, optional
            Findings that every case has because otherwise it would not be in the table.

        Raises
        ------
        InvalidFinding
            Weights that are no weights; more than one measured value of a reading in a cell; a
            measured value as what is given.
        """
        network = cases.network
        counted = cases.where >= 0
        each = checked_weights(weights, len(cases.where))
        total = _summed(cases.where[counted], each[counted], cases.n_rows)
        rows = cases.likelihoods()
        own = None
        if given:
            own = likelihood_row(network, given)[None]
            if any(isinstance(network.mechanisms.get(name), Reading) for name in given):
                raise InvalidFinding("what is given must be states, not measured values")
            rows = rows * own
        values = cases.values()
        measured = tuple(
            _measured(network, name, column, rows)
            for name, column in values.items()
            if not np.isnan(column).all()
        )
        used = total > 0
        if not used.all():
            place = np.cumsum(used) - 1
            rows, total = rows[used], total[used]
            measured = tuple(_kept(one, used, place) for one in measured)
        return cls(network, rows, total, own, measured, float(total.sum()))

    def __len__(self) -> int:
        return len(self.rows)

    def at(self, parameters: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Likelihoods (D, S) at other numbers (P,), and the log (D,) of what was divided out of them."""
        if not self.measured:
            return self.rows, np.zeros(len(self.rows))
        rows, logs = self.rows.copy(), np.zeros(len(self.rows))
        for one in self.measured:
            change = one.log_density(parameters[None])[0] - one.at_stated
            top = change.max(axis=1)
            rows[one.rows, one.slots] *= np.exp(change - top[:, None])[one.which]
            logs[one.rows] += top[one.which]
        return rows, logs

    def some(self, members: slice) -> Cohort:
        """Some of the different rows, as a cohort of their own."""
        own = np.zeros(len(self), dtype=np.bool_)
        own[members] = True
        place = np.cumsum(own) - 1
        measured = tuple(_kept(one, own, place) for one in self.measured if own[one.rows].any())
        weights = self.weights[own]
        return Cohort(
            self.network, self.rows[own], weights, self.given, measured, float(weights.sum())
        )


def checked_weights(weights: Any, n: int) -> FloatArray:
    """Weights of n rows, ones if not given.

    Raises
    ------
    InvalidFinding
        They are none.
    """
    try:
        each = np.ones(n) if weights is None else np.asarray(weights, np.float64)
    except (TypeError, ValueError):
        each = np.zeros(0)
    if each.shape != (n,) or not np.isfinite(each).all() or (each < 0).any():
        raise InvalidFinding(f"weights must be {n} numbers of at least 0, one a row of the table")
    return each


def _measured(network: Network, name: str, column: FloatArray, rows: FloatArray) -> Measured:
    model, reading = network.model, network.mechanisms[name]
    assert isinstance(reading, Reading)
    (level,) = model.parents(model.index[name])
    slots = slice(model.offsets[level], model.offsets[level] + model.cards[level])
    there = np.flatnonzero(~np.isnan(column))
    distinct, which = np.unique(column[there], return_inverse=True)
    place = {each: j for j, each in enumerate(network.parameters)}
    inputs = np.array(
        [place[n.name] if isinstance(n, Parameter) else -1 for n in reading.inputs], dtype=np.int64
    )
    constants = np.array([value_of(n) for n in reading.inputs], dtype=np.float64)
    logs = reading.log_densities(distinct)[:, :, 0]
    # One value a cell: then the likelihood is its density, up to a factor.
    seen, expected = rows[there, slots], np.exp(logs - logs.max(axis=1, keepdims=True))[which]
    most = seen.max(axis=1, keepdims=True)
    alike = np.abs(seen - most * expected) <= 1e-6 * most
    if not alike.all():
        row = int(there[np.flatnonzero(~alike.all(axis=1))[0]])
        raise InvalidFinding(
            f"{name!r}: a cell with more than one measured value, or with a value and a state, can be "
            f"asked about but not learnt from (the {row + 1}th different row)"
        )
    return Measured(reading, there, distinct, which.reshape(-1), slots, inputs, constants, logs)


def _kept(one: Measured, used: NDArray[np.bool_], place: IntArray) -> Measured:
    own = used[one.rows]
    return Measured(
        one.reading, place[one.rows[own]], one.distinct, one.which[own], one.slots, one.inputs,
        one.constants, one.at_stated,
    )  # fmt: skip


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

    def log_likelihood(self, eta: FloatArray) -> float:
        """Sum of weighted log P(row | given) at numbers (F,) on their scale; -inf if one is 0."""
        tables, rows, logs = self._at(eta)
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
        cohort, model = self.cohort, self.cohort.network.model
        parameters = self.scale.parameters(eta)
        tables, rows, logs = self._at(eta)
        levels = self._levels()
        found = propagate(model, rows, tables, wanted=levels, counts=True, weights=cohort.weights)
        self._require_possible(found.log_evidence)
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
            self._add_density(one, parameters, own, whole)
        return total, whole[self.scale.columns] * self.scale.slope(eta)

    def scores(self, eta: FloatArray) -> Iterator[tuple[FloatArray, FloatArray]]:
        """Gradient of log P(row | given) for every row, block by block: weights (b,), scores (b, F)."""
        cohort = self.cohort
        parameters = self.scale.parameters(eta)
        tables, rows, _ = self._at(eta)
        slope = self.scale.slope(eta)
        base = np.zeros(len(parameters))
        if cohort.given is not None:
            base = self._chain(parameters, self._swept(cohort.given, tables)[0])[0]
        densities = [(one, *self._density_slopes(one, parameters)) for one in cohort.measured]
        for first in range(0, len(rows), ROWS_AT_ONCE):
            part = slice(first, min(first + ROWS_AT_ONCE, len(rows)))
            by_number, marginals = self._swept(rows[part], tables)
            whole = self._chain(parameters, by_number)
            for one, columns, change in densities:
                own = np.flatnonzero((one.rows >= part.start) & (one.rows < part.stop))
                at, which = one.rows[own] - part.start, one.which[own]
                told = np.einsum("ml,cml->mc", marginals[at, one.slots], change[:, which])
                whole[at[:, None], columns] += told
            whole -= base
            yield cohort.weights[part], whole[:, self.scale.columns] * slope

    def information(self, eta: FloatArray) -> FloatArray:
        """Sum of weighted outer products of the scores (F, F): what the rows tell, near the maximum."""
        out = np.zeros((len(self.scale), len(self.scale)))
        for weights, scores in self.scores(eta):
            out += scores.T @ (weights[:, None] * scores)
        return out

    # -- parts --------------------------------------------------------------------------------------

    def _at(self, eta: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        parameters = self.scale.parameters(eta)
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

    def _add_density(
        self, one: Measured, parameters: FloatArray, weights: FloatArray, out: FloatArray
    ) -> None:
        """Add the slopes of the densities, weighted (M, levels), to those in all parameters (P,)."""
        per_value = np.zeros((len(one.distinct), weights.shape[1]))
        np.add.at(per_value, one.which, weights)
        columns, change = self._density_slopes(one, parameters)
        out[columns] += np.einsum("vl,cvl->c", per_value, change)

    def _density_slopes(self, one: Measured, parameters: FloatArray) -> tuple[IntArray, FloatArray]:
        """The free numbers of a reading (c,), and the slopes (c, V, levels) of its log densities."""
        free = set(self.scale.columns.tolist())
        columns = [c for c in dict.fromkeys(one.inputs[one.inputs >= 0].tolist()) if c in free]
        moved = np.array(columns, dtype=np.int64)
        each = np.arange(len(moved))
        steps = STEP * np.maximum(1.0, np.abs(parameters[moved]))
        both = np.tile(parameters, (2, len(moved), 1))
        both[0, each, moved] += steps
        both[1, each, moved] -= steps
        width = both[0, each, moved] - both[1, each, moved]
        logs = one.log_density(both.reshape(-1, len(parameters)))
        up, down = logs.reshape(2, len(moved), *logs.shape[1:])
        return moved, (up - down) / width[:, None, None]

    def _require_possible(self, log_evidence: FloatArray) -> None:
        impossible = np.flatnonzero(~np.isfinite(log_evidence))
        if impossible.size:
            count = int(self.cohort.weights[impossible].sum())
            if self.cohort.given is not None:
                rows = self.cohort.rows[impossible]
                possible = np.logical_or.reduceat(
                    rows > 0, self.cohort.network.model.offsets, axis=1
                )
                against = int(self.cohort.weights[impossible][~possible.all(axis=1)].sum())
                if against:
                    raise ImpossibleFindings(
                        f"{against} of {self.cohort.n:g} cases contradict what is said to be given of all "
                        "of them: leave them out, or correct what is given",
                        (),
                    )
            raise ImpossibleFindings(
                f"{count} of {self.cohort.n:g} cases cannot be, by the zeros of the network alone: leave "
                "them out, or correct the network",
                (),
            )


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
