"""Findings: what is known of one person, and the likelihoods it gives the engine.

A row of likelihoods has one number per state of every variable (S in all): ones where nothing is
known, a single one where the state is known. Two findings on one variable multiply.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from math import isfinite
from typing import TYPE_CHECKING, Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from etiograph.errors import InvalidFinding, UnknownName
from etiograph.network.frozen import FrozenMap, same_name
from etiograph.network.parameter import value_of
from etiograph.network.reading import Reading
from etiograph.network.variable import Variable

if TYPE_CHECKING:
    from etiograph.network.network import Network

FloatArray = NDArray[np.float64]

FLOOR = -600.0
"""A measured value so far from every level that all densities would underflow is scaled up to
this; otherwise densities are left as they are."""


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
    """A measured value; without a unit in the canonical one."""

    value: float
    unit: str | None = None

    def __repr__(self) -> str:
        return (
            f"measured({self.value!r}, {self.unit!r})" if self.unit else f"measured({self.value!r})"
        )


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


def measured(value: float, unit: str | None = None) -> Measured:
    """Return a measured value, as ``measured(0.62, "mmol/L")``; no unit = the canonical one."""
    if not _is_number(value) or not isfinite(value):
        raise InvalidFinding(f"a measured value must be a finite number, found {value!r}")
    return Measured(float(value), unit)


# -- from findings to likelihoods --------------------------------------------------------------


def likelihood_row(network: Network, findings: Mapping[str, object]) -> FloatArray:
    """Return the likelihoods of the findings.

    Parameters
    ----------
    network : Network
    findings : mapping
        Variable to finding: a state, ``unknown`` or None, ``not_``, ``likelihood``, ``measured``,
        for a reading also text such as "0.62 mmol/L" (a bare number if it has no unit); or a list of these, which multiply.

    Returns
    -------
    ndarray (S,)
        A measured value stands on the reading's hidden level; the reading's own states stay ones.
        All zeros on a variable where its findings contradict each other.

    Raises
    ------
    UnknownName
        Variable, state or unit, with the nearest one.
    InvalidFinding
        Anything that cannot be understood, and values outside the plausible range.
    """
    return encode(network, findings)[0]


def encode(
    network: Network, findings: Mapping[str, object]
) -> tuple[FloatArray, dict[int, int], list[tuple[int, int, int]]]:
    """Return the likelihoods together with what is plain in them.

    Parameters
    ----------
    network, findings
        As in :func:`likelihood_row`.

    Returns
    -------
    row : ndarray (S,)
        Likelihoods, writeable.
    known : dict of int to int
        Variables whose state is given, and that state.
    shown : list of (int, int, int)
        For each measured reading the slot of the bin its value falls in, and first and past-last
        slot of the reading: its posterior is a point mass there.
    """
    states = network.known_states
    buffer = bytearray(network.blank_row)
    row: FloatArray = np.frombuffer(buffer, dtype=np.float64)
    known: dict[int, int] = {}
    shown: list[tuple[int, int, int]] = []
    for name, value in findings.items():
        # The plain case first: it has to cost next to nothing.
        if type(value) is str and name in states and value in states[name]:
            first, end, one, variable, state = states[name][value]
            buffer[first:end] = one
            known[variable] = state
        elif value is not unknown and value is not None:
            parsed = parse(network, name, value)
            if parsed is not None:
                _place(network, parsed, row, known, shown)
        elif name not in states:
            network.variable(name)
    return row, known, shown


def likelihood_rows(
    network: Network, findings: Mapping[str, object], parameters: FloatArray
) -> FloatArray:
    """Return the likelihoods of the findings at many values of the parameters.

    Only measured values differ by row: the mean, sd and shifts of a reading are parameters.

    Parameters
    ----------
    network, findings
        As in :func:`likelihood_row`.
    parameters : ndarray (B, P)
        In the order of ``network.parameters``.

    Returns
    -------
    ndarray (B, S)
    """
    model = network.model
    rows = np.repeat(likelihood_row(network, findings)[None, :], len(parameters), axis=0)
    column = {name: j for j, name in enumerate(network.parameters)}
    for name, value in findings.items():
        parsed = None if value is None or value is unknown else parse(network, name, value)
        if parsed is None or not parsed.values:
            continue
        mechanism = network.mechanisms[name]
        assert isinstance(mechanism, Reading)
        numbers = np.stack(
            [
                np.full(len(parameters), value_of(n))
                if isinstance(n, float)
                else parameters[:, column[n.name]]
                for n in mechanism.inputs
            ]
        )
        level = model.families[model.index[name]].parents[0]  # type: ignore[union-attr]
        first = model.offsets[level]
        dense = _densities(mechanism, parsed, network.variables[name], numbers)
        rows[:, first : first + model.cards[level]] = dense.T
    return rows


@dataclass(slots=True)
class Parsed:
    """All findings on one variable: weights of its states, and measured values."""

    variable: Variable
    weights: FloatArray
    values: list[float] = field(default_factory=list)
    """In the canonical unit."""


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
            if reading is None:
                raise UnknownName(value, f"state of {variable.name!r}", variable.states)
            return _add(parsed, _measured_text(value, variable, reading), reading)
        chosen = np.zeros(variable.card)
        chosen[variable.index(value)] = 1.0
        parsed.weights *= chosen
    elif isinstance(value, Measured):
        if reading is None:
            raise InvalidFinding(
                f"{variable.name!r} is not a reading; its states are {', '.join(variable.states)}"
            )
        parsed.values.append(reading.canonical(value.value, value.unit, variable.name))
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


_NUMBER = re.compile(
    r"\s*([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)(?![\d.,])\s*(.*?)\s*", re.S
)


def _measured_text(text: str, variable: Variable, reading: Reading) -> Measured:
    """Understand text such as "0.62 mmol/L"."""
    found = _NUMBER.fullmatch(text) if len(text) <= 100 else None
    if found is None:
        raise InvalidFinding(
            f"{variable.name!r}: {text[:60]!r} is neither one of {', '.join(variable.states)} nor a "
            f"number with a decimal point and a unit, such as '1.5 {reading.unit}'"
        )
    if not found[2] and reading.dimensionless:
        return measured(float(found[1]))
    if not found[2]:
        raise InvalidFinding(
            f"{variable.name!r}: {text!r} has no unit; "
            f"units: {', '.join((reading.unit, *reading.units))}"
        )
    return measured(float(found[1]), found[2])


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


def _place(
    network: Network,
    parsed: Parsed,
    row: FloatArray,
    known: dict[int, int],
    shown: list[tuple[int, int, int]],
) -> None:
    """Write the findings on one variable into the row."""
    model = network.model
    variable = parsed.variable
    i = model.index[variable.name]
    first = model.offsets[i]
    if not parsed.values:
        row[first : first + variable.card] = parsed.weights
        positive = np.flatnonzero(parsed.weights)
        if positive.size == 1 and parsed.weights[positive[0]] == 1.0:
            known[i] = int(positive[0])
        return
    mechanism = network.mechanisms[variable.name]
    assert isinstance(mechanism, Reading)
    level = model.families[i].parents[0]  # type: ignore[union-attr]
    at = model.offsets[level]
    row[at : at + model.cards[level]] = _densities(mechanism, parsed, variable, None)[:, 0]
    state = variable.index(mechanism.bin_of(parsed.values[-1], variable))
    shown.append((first + state, first, first + variable.card))


def _densities(
    reading: Reading, parsed: Parsed, variable: Variable, values: FloatArray | None
) -> FloatArray:
    """Return the likelihood of measured values at each level (levels, B).

    A finding on the state beside a measured value says something about the value's bin only: it
    is a factor, zero if the two contradict each other.
    """
    logs = reading.log_density(parsed.values, values)
    weight = 1.0
    for x in parsed.values:
        weight *= float(parsed.weights[variable.index(reading.bin_of(x, variable))])
    top = np.max(logs, axis=0)
    dense: FloatArray = weight * np.exp(logs + np.maximum(FLOOR - top, 0.0))
    return dense
