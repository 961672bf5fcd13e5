"""A numeric test: its states are bins for display, a measured value enters as a density.

``Y~level`` is a hidden variable with one state per distinct distribution of the reading, which
follows from the parents without noise; the reading's state follows from the level by differences of
its distribution function. A measured value is a likelihood on the level and never binned.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import inf, isfinite
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from etiograph.errors import InvalidNetwork, UnknownName
from etiograph.network.blocks import Block, Builder, FloatArray, constant_block, joint_shape
from etiograph.network.checks import (
    Variables,
    condition,
    known_parents,
    name_tuple,
    number,
    numbers,
)
from etiograph.network.frozen import FrozenMap, clean_name
from etiograph.network.mechanism import Mechanism
from etiograph.network.model import Conditional
from etiograph.network.normal import NormalLevels
from etiograph.network.parameter import Number, Parameter, value_of
from etiograph.network.truncated import TruncatedLevels
from etiograph.network.units import Units
from etiograph.network.value import short_text
from etiograph.network.variable import Variable

DISTRIBUTIONS = ("normal", "lognormal")
DIMENSIONLESS = ("", "1", "ratio", "index")
LEAST_MEDIAN = 1e-300
"""Stands in for a median drawn at or below 0."""


@short_text
@dataclass(frozen=True, slots=True)
class LevelShift:
    """What one parent does to a reading.

    Attributes
    ----------
    parent : str
    shift : mapping
        Parent state to what is added to the mean (normal) or the factor on the median (log-normal).
    when : mapping
        Other parent to the states in which the shift holds; elsewhere there is none. Empty: always.
    """

    parent: str
    shift: Mapping[str, Number]
    when: Mapping[str, tuple[str, ...]] = FrozenMap()

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "parent", clean_name(self.parent, "the parent of a shift"))
        put(self, "shift", numbers(self.shift, f"shift by {self.parent!r}"))
        put(self, "when", condition(self.when))


@short_text
@dataclass(frozen=True, slots=True)
class Reading(Units, Mechanism):
    """A number with a unit, normal or log-normal around a level that the parents set.

    Attributes
    ----------
    parents : tuple of str
        () = those of the shifts.
    unit : str
        The canonical unit: of the mean, sd, shifts, plausible range and cut-points.
    distribution : str
        ``normal``, or ``lognormal`` (mean = median, sd of the natural log, shifts are factors).
    mean, sd : Number
        Where no parent shifts the reading; the sd is common to all levels, so that the likelihood
        ratio of two levels is monotone in the measured value.
    shifts : tuple of LevelShift
    plausible : (float, float)
        Values outside are refused.
    units : mapping
        Other units: canonical units per one of them.
    offsets : mapping
        Of those of ``units`` whose zero is another: where, in that unit, the canonical zero lies.
    cutpoints : tuple of float
        Between the bins, ascending; a value at a cut-point belongs to the bin above.
    bins : tuple of str
        The variable's states from low to high; () = the variable's order.
    defines : str
        The parent whose states the level *defines* ("low" is a level below 3.5); "" = none. Then mean
        and sd are those of the level, which within a state is cut off at its limits, and a reading
        is the level and an error. Else the reading only points to its parents' states.
    limits : tuple of float
        Between the states of that parent from low to high, ascending.
    error : Number or None
        Sd of one reading around the level it reads; of its natural log if log-normal.

    Examples
    --------
    >>> import etiograph as eg
    >>> salt = eg.Reading(
    ...     unit="mmol/L", mean=4.0, sd=0.5, shifts=[eg.LevelShift("loss", {"yes": -1.0})],
    ...     cutpoints=(3.5,), bins=("low", "normal"),
    ... )
    >>> loss, level = eg.Variable("loss", ("no", "yes")), eg.Variable("salt", ("low", "normal"))
    >>> net = eg.Network([loss, level], {"loss": eg.Table(array=[0.7, 0.3]), "salt": salt})
    >>> round(net.case(salt="3.5 mmol/L").posterior()["loss"]["yes"], 4)  # half-way: it tells nothing
    0.3
    """

    kind: ClassVar[str] = "reading"
    parents: tuple[str, ...] = ()
    unit: str = ""
    distribution: str = "normal"
    mean: Number = 0.0
    sd: Number = 1.0
    shifts: tuple[LevelShift, ...] = ()
    plausible: tuple[float, float] = (-float("inf"), float("inf"))
    units: Mapping[str, float] = FrozenMap()
    cutpoints: tuple[float, ...] = ()
    bins: tuple[str, ...] = ()
    defines: str = ""
    limits: tuple[float, ...] = ()
    error: Number | None = None
    offsets: Mapping[str, float] = FrozenMap()
    defined: tuple[tuple[str, float, float], ...] = field(default=(), repr=False)
    """Each state of the parent that is defined, with its limits; filled in by the network."""

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "shifts", tuple(self.shifts))
        put(self, "mean", number(self.mean, "the mean of a reading"))
        put(self, "sd", number(self.sd, "the sd of a reading"))
        shifted = name_tuple((s.parent for s in self.shifts), "the parents of the shifts")
        put(self, "parents", name_tuple(self.parents, "the parents of a reading") or shifted)
        put(self, "plausible", tuple(float(x) for x in self.plausible))
        put(self, "cutpoints", tuple(float(x) for x in self.cutpoints))
        put(self, "bins", name_tuple(self.bins, "the bins of a reading"))
        put(self, "limits", tuple(float(x) for x in self.limits))
        if self.error is not None:
            put(self, "error", number(self.error, "the error of a reading"))
        put(self, "units", FrozenMap({str(u): float(f) for u, f in self.units.items()}))
        put(self, "offsets", FrozenMap({str(u): float(x) for u, x in self.offsets.items()}))
        if self.distribution not in DISTRIBUTIONS:
            raise UnknownName(self.distribution, "distribution of a reading", DISTRIBUTIONS)

    # -- checks ---------------------------------------------------------------------------------

    def settled(self, child: Variable, variables: Variables) -> Self:
        where = f"variable {child.name!r}"
        known_parents(self.parents, child, variables)
        if idle := set(self.parents) ^ {s.parent for s in self.shifts}:
            raise InvalidNetwork(f"{where}: parents and shifts do not agree on {min(idle)!r}")
        for shift in self.shifts:
            for parent, states in shift.when.items():
                if parent == shift.parent or parent not in self.parents:
                    raise InvalidNetwork(
                        f"{where}: the shift by {shift.parent!r} holds for states of {parent!r}, which "
                        "is no other parent"
                    )
                for state in states:
                    variables[parent].index(state)
        bins = self.bins_of(child)
        if sorted(bins) != sorted(child.states):
            raise InvalidNetwork(f"{where}: bins {list(bins)} are not its states")
        if self.bins and child.order and self.bins != child.order:
            raise InvalidNetwork(f"{where}: bins and order do not agree")
        if len(self.cutpoints) != len(bins) - 1:
            raise InvalidNetwork(
                f"{where}: {len(bins)} bins need {len(bins) - 1} cut-points, "
                f"found {len(self.cutpoints)}"
            )
        if len(self.plausible) != 2 or not self.plausible[0] < self.plausible[1]:
            raise InvalidNetwork(f"{where}: the plausible range must be two ascending numbers")
        edges = (self.plausible[0], *self.cutpoints, self.plausible[1])
        if not all(a < b for a, b in pairwise(edges)):
            raise InvalidNetwork(f"{where}: cut-points must ascend within the plausible range")
        for unit, factor in self.units.items():
            if not (isfinite(factor) and factor > 0.0):
                raise InvalidNetwork(f"{where}: unit {unit!r} has the factor {factor:g}")
        for unit, zero in self.offsets.items():
            if unit not in self.units or not isfinite(zero):
                raise InvalidNetwork(
                    f"{where}: the offset {zero:g} is of {unit!r}, none of its units"
                )
        self._check_numbers(where, variables)
        joint_shape(self.parents, variables)
        defined = self._defined(where, variables)
        return self if defined == self.defined else replace(self, defined=defined)

    def _defined(self, where: str, variables: Variables) -> tuple[tuple[str, float, float], ...]:
        """Return each state of the parent that the level defines, with its limits."""
        if not self.defines:
            if self.limits or self.error is not None:
                raise InvalidNetwork(f"{where}: limits and error belong to 'defines'")
            return ()
        if self.error is None:
            raise InvalidNetwork(f"{where}: a level that defines {self.defines!r} needs an error")
        shift = next((s for s in self.shifts if s.parent == self.defines), None)
        if shift is None or shift.when:
            raise InvalidNetwork(
                f"{where}: the level defines {self.defines!r}, which must shift it, always"
            )
        parent = variables[self.defines]
        if parent.states[0] in shift.shift:
            raise InvalidNetwork(
                f"{where}: the reference state {parent.states[0]!r} cannot shift the level it has"
            )
        if len(self.limits) != parent.card - 1:
            raise InvalidNetwork(
                f"{where}: {parent.card} states of {self.defines!r} need {parent.card - 1} limits, "
                f"found {len(self.limits)}"
            )
        if not all(a < b for a, b in pairwise(self.limits)):
            raise InvalidNetwork(f"{where}: the limits of {self.defines!r} must ascend")
        if self.lognormal and self.limits[0] <= 0.0:
            raise InvalidNetwork(f"{where}: a log-normal level has no limit at or below 0")
        edges = (-inf, *self.limits, inf)
        low_to_high = parent.ordered
        return tuple(
            (s, edges[low_to_high.index(s)], edges[low_to_high.index(s) + 1]) for s in parent.states
        )

    def _check_numbers(self, where: str, variables: Variables) -> None:
        factors = self.lognormal
        _require(self.mean, ("mean", "ratio") if factors else ("mean",), factors, f"{where}, mean")
        _require(self.sd, ("sd",), True, f"{where}, sd")
        if self.error is not None:
            _require(self.error, ("sd",), True, f"{where}, error")
        for shift in self.shifts:
            for state, by in shift.shift.items():
                variables[shift.parent].index(state)
                kinds = ("ratio",) if factors else ("difference",)
                _require(by, kinds, factors, f"{where}, shift by {shift.parent!r} = {state!r}")
        if factors and self.plausible[0] < 0.0:
            raise InvalidNetwork(f"{where}: a log-normal reading cannot be below 0")

    # -- levels ---------------------------------------------------------------------------------

    @property
    def lognormal(self) -> bool:
        """Whether it is the logarithm that is normal."""
        return self.distribution == "lognormal"

    @property
    def dimensionless(self) -> bool:
        """Whether a bare number says it all, as of an ankle-brachial index."""
        return self.unit in DIMENSIONLESS

    def bins_of(self, child: Variable) -> tuple[str, ...]:
        """Return the states from low to high."""
        return self.bins or child.ordered

    @property
    def inputs(self) -> tuple[Number, ...]:
        """The numbers: mean, sd, error if there is one, each distinct shift of each parent."""
        shifts = (by for _, group in self._groups() for by in group.values())
        error = () if self.error is None else (self.error,)
        return (self.mean, self.sd, *error, *shifts)

    def _groups(self) -> list[tuple[LevelShift, dict[object, Number]]]:
        """Return the distinct shifts of each parent; a shift that does nothing is none."""
        nothing = 1.0 if self.lognormal else 0.0
        result = []
        for shift in self.shifts:
            distinct: dict[object, Number] = {}
            if self.defined and shift.parent == self.defines:
                # Every state has limits of its own, shifted or not.
                for state, _, _ in self.defined[1:]:
                    distinct[state] = shift.shift.get(state, nothing)
                result.append((shift, distinct))
                continue
            for by in shift.shift.values():
                if by != nothing:
                    distinct.setdefault(_key(by), by)
            result.append((shift, distinct))
        return result

    @property
    def n_levels(self) -> int:
        """Number of distributions that the shifts can add up to."""
        return int(np.prod([1 + len(distinct) for _, distinct in self._groups()], dtype=np.int64))

    def level_of(self, variables: Variables) -> NDArray[np.intp]:
        """Return the level for each combination of the parents' states (parents...,)."""
        shape = joint_shape(self.parents, variables)
        level = np.zeros(shape, dtype=np.intp)
        for shift, distinct in self._groups():
            keys = list(distinct)
            parent = variables[shift.parent]
            if self.defined and shift.parent == self.defines:
                digit = list(range(parent.card))
            else:
                digit = [
                    1 + keys.index(_key(shift.shift[s]))
                    if _key(shift.shift.get(s)) in distinct
                    else 0
                    for s in parent.states
                ]
            own = self._along(shift.parent, np.array(digit, dtype=np.intp), shape)
            for other, states in shift.when.items():
                holds = [s in states for s in variables[other].states]
                own = own * self._along(other, np.array(holds), shape)
            level = level * (1 + len(keys)) + own
        return level

    def _along(self, parent: str, values: NDArray[Any], shape: tuple[int, ...]) -> NDArray[Any]:
        """Values by state of one parent, as an array that combines with those of the others."""
        axis = [1] * len(shape)
        axis[self.parents.index(parent)] = len(values)
        return values.reshape(axis)

    def location(self, values: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return mean (or log median) of each level, and the sd.

        Parameters
        ----------
        values : ndarray (m, B)
            Values of ``inputs``.

        Returns
        -------
        mean : ndarray (levels, B)
        sd : ndarray (B,)
        """

        def scaled(x: FloatArray) -> FloatArray:
            return np.log(np.maximum(x, LEAST_MEDIAN)) if self.lognormal else x

        mean = scaled(values[:1])
        at = 2 if self.error is None else 3
        for _, distinct in self._groups():
            own = scaled(values[at : at + len(distinct)])
            at += len(distinct)
            steps = np.concatenate([np.zeros((1, values.shape[1])), own])
            mean = (mean[:, None] + steps[None]).reshape(len(mean) * len(steps), values.shape[1])
        return mean, values[1]

    def levels(self, values: FloatArray) -> NormalLevels | TruncatedLevels:
        """The distribution of the reading at every level; values of ``inputs`` (m, B).

        Of a log-normal one that of its logarithm; where the level defines a state, within its limits.
        """
        mean, sd = self.location(values)
        if not self.defined:
            return NormalLevels(mean, sd)
        groups = self._groups()
        place = next(g for g, (shift, _) in enumerate(groups) if shift.parent == self.defines)
        shape = [1 + len(distinct) for _, distinct in groups]
        state = np.unravel_index(np.arange(len(mean)), shape)[place]
        ends = np.array([(low, high) for _, low, high in self.defined])
        if self.lognormal:
            ends = np.log(np.maximum(ends, 0.0), out=np.full_like(ends, -inf), where=ends > 0.0)
        own = ends[state]
        return TruncatedLevels(mean, sd, values[2], own[:, :1], own[:, 1:])

    def expand(self, builder: Builder, child: int) -> None:
        name = builder.names[child]
        variable = builder.variables[name]
        n = self.n_levels
        level = builder.hidden(f"{name}~level", n)
        which = constant_block(np.eye(n)[self.level_of(builder.variables)])
        parents = builder.numbers(self.parents)
        builder.families[level] = Conditional(level, parents, builder.add(which))
        back = np.argsort([variable.index(s) for s in self.bins_of(variable)])

        def compute(values: FloatArray) -> FloatArray:
            p = self.p_bins(values)[:, back]
            return np.ascontiguousarray(p).reshape(-1, values.shape[1])

        block = Block(compute, np.arange(n * variable.card), self.inputs, dense=True)
        builder.families[child] = Conditional(child, (level,), builder.add(block))

    # -- measured values ------------------------------------------------------------------------

    def log_density(
        self, value: float | Sequence[float], values: FloatArray | None = None
    ) -> FloatArray:
        """Return the log density of a measured value, or of several of one person, at each level.

        Parameters
        ----------
        value : float, or sequence of float
            In the canonical unit. Where the level defines a state, all are readings of one level.
        values : ndarray (m, B), optional
            Values of ``inputs``; default the stated ones.

        Returns
        -------
        ndarray (levels, B)
        """
        each = np.atleast_1d(np.asarray(value, dtype=np.float64))
        at, jacobian = self._scaled(each)
        return self.levels(self._given(values)).log_density(at) - float(jacobian.sum())

    def log_densities(self, readings: FloatArray, values: FloatArray | None = None) -> FloatArray:
        """Return the log density of measured values (V,), each of another person, (V, levels, B).

        ``values`` as of :meth:`log_density`, which this is for many at once.
        """
        at, jacobian = self._scaled(np.asarray(readings, dtype=np.float64))
        return self.levels(self._given(values)).log_densities(at) - jacobian[:, None, None]

    def log_mass(self, value: float, side: str, values: FloatArray | None = None) -> FloatArray:
        """Return the log probability, at each level, of a reading below or above a value.

        Parameters
        ----------
        value : float
            In the canonical unit.
        side : {"<", ">"}
        values : ndarray (m, B), optional
            Values of ``inputs``; default the stated ones.

        Returns
        -------
        ndarray (levels, B)
        """
        at, _ = self._scaled(np.array([value], dtype=np.float64))
        return self.levels(self._given(values)).log_mass(float(at[0]), side)

    def means(self, values: FloatArray | None = None) -> FloatArray:
        """Return the mean of what is read at each level, (levels, B), in the canonical unit.

        ``values`` as of :meth:`log_density`; of a log-normal reading it is the mean, not the median.
        """
        levels = self.levels(self._given(values))
        return levels.means_of_exp() if self.lognormal else levels.means()

    def p_bins(self, values: FloatArray | None, cuts: Sequence[float] = ()) -> FloatArray:
        """Return the probability of each bin at each level, (levels, bins, B), from low to high.

        Parameters
        ----------
        values : ndarray (m, B) or None
            Values of ``inputs``; None: the stated ones.
        cuts : sequence of float
            Other limits of the bins than the reading's own cut-points, ascending.
        """
        at, _ = self._scaled(np.array(cuts or self.cutpoints, dtype=np.float64))
        return self.levels(self._given(values)).p_bins(at)

    def _given(self, values: FloatArray | None) -> FloatArray:
        """Values of ``inputs``, (m, B): these, or the stated ones with B = 1."""
        return np.array([value_of(n) for n in self.inputs])[:, None] if values is None else values

    def _scaled(self, readings: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Readings on the scale on which they are normal, and what that takes off their log densities."""
        if not self.lognormal:
            return readings, np.zeros(readings.shape)
        logs = np.log(readings)
        return logs, logs

    def bin_of(self, value: float, child: Variable) -> str:
        """Return the state a value (canonical unit) falls in."""
        return self.bins_of(child)[bisect_right(self.cutpoints, value)]


def _key(value: Number | None) -> Any:
    return value.name if isinstance(value, Parameter) else value


def _require(value: Number, kinds: tuple[str, ...], positive: bool, where: str) -> None:
    """Refuse a number of another kind or out of its domain."""
    if isinstance(value, Parameter) and value.kind not in kinds:
        raise InvalidNetwork(
            f"{where}: parameter {value.name!r} is of kind {value.kind}, expected {' or '.join(kinds)}"
        )
    if positive and not value_of(value) > 0.0:
        raise InvalidNetwork(f"{where}: {value_of(value):g} must be above 0")
