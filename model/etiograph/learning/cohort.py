"""A table of cases as what is learned from it needs it: different rows, how often each came, values measured."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from etiograph.engine.propagate import distinct_rows
from etiograph.errors import ImpossibleFindings, InvalidFinding
from etiograph.findings.cases import Cases
from etiograph.learning.weights import checked_weights
from etiograph.network.likelihoods import likelihood_row
from etiograph.network.normal import NormalLevels
from etiograph.network.parameter import Parameter, value_of
from etiograph.network.reading import Reading
from etiograph.network.truncated import TruncatedLevels

if TYPE_CHECKING:
    from etiograph.network.network import Network

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, eq=False, slots=True)
class Measured:
    """The measured values of one reading.

    Attributes
    ----------
    name : str
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

    name: str
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
        numbers = self._numbers(parameters)
        return self.reading.log_densities(self.distinct, numbers).transpose(2, 0, 1)

    def levels(self, parameters: FloatArray) -> NormalLevels | TruncatedLevels:
        """The distribution of the reading at every level, for parameters (B, P)."""
        return self.reading.levels(self._numbers(parameters))

    @property
    def scaled(self) -> FloatArray:
        """The different values (V,) on the scale on which they are normal."""
        return np.log(self.distinct) if self.reading.lognormal else self.distinct

    def _numbers(self, parameters: FloatArray) -> FloatArray:
        """Its numbers (m, B), for parameters (B, P)."""
        numbers = self.constants[:, None].repeat(len(parameters), axis=1)
        read = self.inputs >= 0
        numbers[read] = parameters[:, self.inputs[read]].T
        return numbers


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
        values = cases.values()
        measured = tuple(
            _measured(network, name, column)
            for name, column in values.items()
            if not np.isnan(column).all()
        )
        for one in measured:
            _refuse_mixed(one, rows)
        own = None
        if given:
            own = likelihood_row(network, given)[None]
            if any(isinstance(network.mechanisms.get(name), Reading) for name in given):
                raise InvalidFinding("what is given must be states, not measured values")
            rows = rows * own
        used = total > 0
        if not used.all():
            place = np.cumsum(used) - 1
            rows, total = rows[used], total[used]
            measured = tuple(_kept(one, used, place) for one in measured)
        return cls(network, rows, total, own, measured, float(total.sum()))

    def joined(self, other: Cohort) -> Cohort:
        """Both together: rows that say the same are one."""
        rows = np.concatenate([self.rows, other.rows])
        names = dict.fromkeys(one.name for one in (*self.measured, *other.measured))
        columns = {n: np.concatenate([self._values(n), other._values(n)]) for n in names}
        first, where = distinct_rows(_marked(rows, columns.values()))
        weights = _summed(where, np.concatenate([self.weights, other.weights]), len(first))
        measured = tuple(
            _measured(self.network, name, column[first]) for name, column in columns.items()
        )
        n = self.n + other.n
        return Cohort(self.network, rows[first], weights, self.given, measured, n)

    def marks(self, most: int) -> frozenset[bytes]:
        """What tells its rows from those of other cohorts, of the first so many."""
        columns = [self._values(one.name)[:most] for one in self.measured]
        marked = _marked(self.rows[:most], columns)
        return frozenset(blake2b(row.tobytes(), digest_size=8).digest() for row in marked)

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

    def _values(self, name: str) -> FloatArray:
        """Measured values (D,) of a reading, NaN where there is none."""
        out = np.full(len(self), np.nan)
        for one in self.measured:
            if one.name == name:
                out[one.rows] = one.distinct[one.which]
        return out


def impossible(weight: float, n: float, otherwise: str) -> ImpossibleFindings:
    """That so much of the weight n of all cases cannot be, and what to do, as an error."""
    return ImpossibleFindings(
        f"{weight:g} of {n:g} cases cannot be, by the zeros of the network alone: leave them out (a score shows "
        f"which: their log_evidence is -inf), or {otherwise}",
        (),
    )


def _summed(where: IntArray, weights: FloatArray, size: int) -> FloatArray:
    return np.bincount(where, weights, size).astype(np.float64)


def _marked(rows: FloatArray, columns: Iterable[FloatArray]) -> FloatArray:
    """Rows with the values measured beside them: what is the same here is the same case."""
    shown = [np.where(np.isnan(column), np.inf, column) for column in columns]
    return np.column_stack([rows, *shown]) if shown else rows


def _measured(network: Network, name: str, column: FloatArray) -> Measured:
    model, reading = network.model, network.mechanisms[name]
    assert isinstance(reading, Reading)
    level = model.level_of(model.index[name])
    slots = model.slots_of(level)
    there = np.flatnonzero(~np.isnan(column))
    distinct, which = np.unique(column[there], return_inverse=True)
    place = {each: j for j, each in enumerate(network.parameters)}
    inputs = np.array(
        [place[n.name] if isinstance(n, Parameter) else -1 for n in reading.inputs], dtype=np.int64
    )
    constants = np.array([value_of(n) for n in reading.inputs], dtype=np.float64)
    logs = reading.log_densities(distinct)[:, :, 0]
    return Measured(
        name, reading, there, distinct, which.reshape(-1), slots, inputs, constants, logs
    )


def _refuse_mixed(one: Measured, rows: FloatArray) -> None:
    """Refuse cells that say more than one value: else the likelihood is its density, up to a factor."""
    logs = one.at_stated
    expected = np.exp(logs - logs.max(axis=1, keepdims=True))[one.which]
    seen = rows[one.rows, one.slots]
    most = seen.max(axis=1, keepdims=True)
    alike = np.abs(seen - most * expected) <= 1e-6 * most
    if not alike.all():
        row = int(one.rows[np.flatnonzero(~alike.all(axis=1))[0]])
        raise InvalidFinding(
            f"{one.name!r}: a cell with more than one measured value, or with a value and a state, can be "
            f"asked about but not learnt from (the {row + 1}th different row)"
        )


def _kept(one: Measured, used: NDArray[np.bool_], place: IntArray) -> Measured:
    own = used[one.rows]
    return Measured(
        one.name, one.reading, place[one.rows[own]], one.distinct, one.which[own], one.slots, one.inputs,
        one.constants, one.at_stated,
    )  # fmt: skip
