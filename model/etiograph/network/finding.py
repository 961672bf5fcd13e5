"""Findings: what may be said of one variable, and how it is understood.

Two findings on one variable multiply. What they say to the engine is in
:mod:`~etiograph.network.likelihoods`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from math import isfinite
from typing import TYPE_CHECKING, Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from etiograph.errors import InvalidFinding, UnknownName
from etiograph.network.frozen import FrozenMap, same_name
from etiograph.network.quantity import figures, read_quantity
from etiograph.network.reading import Reading
from etiograph.network.variable import Variable

if TYPE_CHECKING:
    from etiograph.network.network import Network

FloatArray = NDArray[np.float64]


class Unknown(Enum):
    """The type of :data:`unknown`."""

    UNKNOWN = "unknown"

    def __repr__(self) -> str:
        return "unknown"


unknown = Unknown.UNKNOWN
"""Nothing is known: the same as leaving the finding out."""


@dataclass(frozen=True, slots=True)
class NotStates:
    """Any state but these."""

    states: tuple[str, ...]

    def __repr__(self) -> str:
        return f"not_({', '.join(map(repr, self.states))})"


@dataclass(frozen=True, slots=True)
class Likelihood:
    """A weight for each state: how likely what was seen would be in it."""

    weights: Mapping[str, float]

    def __repr__(self) -> str:
        return f"likelihood({dict(self.weights)!r})"


@dataclass(frozen=True, slots=True)
class Measured:
    """A measured value; without a unit in the canonical one.

    With a side, ``<`` or ``>``, that it lies below or above it: a test can tell no more.
    """

    value: float
    unit: str | None = None
    side: str = ""

    @property
    def number(self) -> str:
        """It without its unit: ``1.3``, ``<0.01``."""
        return f"{self.side}{self.value:.10g}"

    def __repr__(self) -> str:
        unit = f", {self.unit!r}" if self.unit else ""
        side = f", side={self.side!r}" if self.side else ""
        return f"measured({self.value!r}{unit}{side})"


def not_(*states: str) -> NotStates:
    """Return the finding that a variable is in none of these states."""
    listed: tuple[Any, ...] = states
    if len(listed) == 1 and isinstance(listed[0], list | tuple):
        listed = tuple(listed[0])
    if not listed or not all(isinstance(s, str) for s in listed):
        raise InvalidFinding(f"not_() takes names of states, found {listed!r}")
    return NotStates(listed)


def likelihood(weights: Mapping[str, float] | None = None, /, **more: float) -> Likelihood:
    """Return a finding that speaks for each state with a weight.

    Parameters
    ----------
    weights, **more
        Every state of the variable with how likely the observation is in it. Only their ratios
        count; they may be above 1.

    Raises
    ------
    InvalidFinding
        Negative, NaN, infinite, or all zero.
    """
    both = {**(weights or {}), **more}
    for state, weight in both.items():
        if not _is_number(weight) or not isfinite(weight) or weight < 0.0:
            raise InvalidFinding(
                f"likelihood of {state!r}: {weight!r} is not a finite number of 0 or more"
            )
    if not any(both.values()):
        raise InvalidFinding("a likelihood needs a positive weight for at least one state")
    return Likelihood(FrozenMap({str(s): float(w) for s, w in both.items()}))


def measured(value: float, unit: str | None = None, side: str = "") -> Measured:
    """Return a measured value, as ``measured(0.62, "mmol/L")``; no unit = the canonical one.

    With ``side="<"`` (or ``">"``) the value is only known to lie below (or above) it.
    """
    if side not in ("", "<", ">"):
        raise InvalidFinding(f"the side of a measured value is '<' or '>', not {side!r}")
    if not _is_number(value) or not isfinite(value):
        raise InvalidFinding(f"a measured value must be a finite number, found {value!r}")
    return Measured(float(value), unit, side)


@dataclass(slots=True)
class Parsed:
    """All findings on one variable: weights of its states, and measured values."""

    variable: Variable
    weights: FloatArray
    values: list[float] = field(default_factory=list)
    """In the canonical unit."""
    limits: list[tuple[float, str]] = field(default_factory=list)
    """Values that a reading lies below or above, and on which side."""
    given: dict[tuple[float, str], str] = field(default_factory=dict)
    """Each of the values and limits as it was given, with its unit."""


def parse(network: Network, name: str, value: object) -> Parsed | None:
    """Understand the findings on one variable; None if they say nothing (or only raise a flag)."""
    parsed = understood(network, name, value)
    return None if name in network.flags else parsed


def understood(network: Network, name: str, value: object) -> Parsed | None:
    """Understand the findings on one variable or flag; None if they say nothing."""
    variable = network.variable(name)
    parsed = Parsed(variable, np.ones(variable.card))
    mechanism = network.mechanisms.get(name)
    reading = mechanism if isinstance(mechanism, Reading) else None
    said = [
        _add(parsed, v, reading) for v in (value if isinstance(value, list | tuple) else [value])
    ]
    return parsed if any(said) else None


def _add(parsed: Parsed, value: object, reading: Reading | None) -> bool:
    """Multiply one finding into those on its variable; return whether it says anything."""
    variable = parsed.variable
    if value is None or value is unknown:
        return False
    if isinstance(value, str):
        if same_name(value, variable.states) not in variable.states:
            if value.casefold() == "unknown":
                raise InvalidFinding(
                    f"{variable.name!r} has no state {value!r}: what is not known is etiograph.unknown "
                    "(None, or an empty cell), or is left out"
                )
            if reading is None:
                raise UnknownName(value, f"state of {variable.name!r}", variable.states)
            return _add(parsed, measured_text(value, variable, reading), reading)
        chosen = np.zeros(variable.card)
        chosen[variable.index(value)] = 1.0
        parsed.weights *= chosen
    elif isinstance(value, Measured):
        if reading is None:
            raise InvalidFinding(
                f"{variable.name!r} is not a reading; its states are {', '.join(variable.states)}"
            )
        number = reading.canonical(value.value, value.unit, variable.name)
        unit = reading.spelled(value.unit, variable.name) if value.unit else reading.unit
        parsed.given[number, value.side] = (
            value.number if reading.dimensionless else f"{value.number} {unit}"
        )
        if value.side:
            parsed.limits.append((number, value.side))
        else:
            parsed.values.append(number)
    elif isinstance(value, NotStates):
        for state in value.states:
            parsed.weights[variable.index(state)] = 0.0
    elif isinstance(value, Likelihood):
        parsed.weights *= _weights(variable, value)
    elif isinstance(value, Mapping):
        parsed.weights *= _weights(variable, likelihood(value))
    elif reading is not None and reading.dimensionless and _is_number(value):
        return _add(parsed, measured(value), reading)
    else:
        raise InvalidFinding(_not_understood(variable, value, reading))
    return True


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float | np.number) and not isinstance(value, bool)


def _weights(variable: Variable, given: Likelihood) -> FloatArray:
    """Return the weights in the order of the states."""
    for state in given.weights:
        variable.index(state)
    if missing := [s for s in variable.states if s not in given.weights]:
        raise InvalidFinding(
            f"the likelihood on {variable.name!r} has no weight for {', '.join(missing)}"
        )
    return np.array([given.weights[s] for s in variable.states])


def measured_text(
    text: str, variable: Variable, reading: Reading, default: str | None = None
) -> Measured:
    """Understand text such as "0.62 mmol/L", "0,62 mmol/l" or "<0.01 mIU/L".

    Parameters
    ----------
    text : str
    variable, reading : Variable, Reading
    default : str, optional
        Unit of a number without one; otherwise it is refused, unless the reading has none.

    Raises
    ------
    InvalidFinding
        No number; no unit; or a comma that may part thousands, unless of the two numbers that with a
        decimal comma alone is in the plausible range.
    UnknownUnit
    """
    units = ", ".join((reading.unit, *reading.units))
    quantity = read_quantity(text)
    if quantity is None:
        raise InvalidFinding(
            f"{variable.name!r}: {text[:60]!r} is neither one of {', '.join(variable.states)} nor a "
            f"number with a unit, such as '1.5 {reading.unit}'; thousands are not parted"
        )
    unit = quantity.unit or default
    if not unit and not reading.dimensionless:
        raise InvalidFinding(f"{variable.name!r}: {text!r} has no unit; units: {units}")
    number, *other = quantity.values
    if other:
        low, high = reading.plausible_in(unit or None, variable.name)
        outside = f"{number:g} is outside the plausible range {figures(low)} to {figures(high)}"
        possible = low <= number <= high
        if not possible or low <= other[0] <= high:
            raise InvalidFinding(
                f"{variable.name!r}: {text!r} may mean {number:g} or {other[0]:g}; "
                f"{'both are possible' if possible else outside}: write it without a comma"
            )
    return measured(number, unit or None, quantity.side)


def _not_understood(variable: Variable, value: object, reading: Reading | None) -> str:
    if isinstance(value, bool | int | float | np.generic):
        if reading is not None:
            return (
                f"{variable.name!r}: {value!r} has no unit; give it as '{value} {reading.unit}' "
                f"or measured({value}, {reading.unit!r})"
            )
        return (
            f"{variable.name!r} takes the name of a state ({', '.join(variable.states)}), "
            f"not {value!r}"
        )
    return f"{variable.name!r}: a {type(value).__name__} is no finding"
