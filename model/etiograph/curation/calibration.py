"""Calibration: numbers solved so that stated probabilities come out, everything else being as it is.

A model file lists its targets as ``[[calibration]]``: the parameter to ``solve``, the probability
``of`` some states ``given`` what is seen (and ``do``, what is set), and the wanted ``value``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from etiograph.errors import ImpossibleFindings, InvalidNetwork
from etiograph.network.model import FloatArray, Model, TableRows
from etiograph.network.parameter import POSITIVE, Parameter
from etiograph.network.value import value_type
from etiograph.query.surgery import Extension, intervene

if TYPE_CHECKING:
    from etiograph.network.network import Network

TOLERANCE = 5e-4
"""A target is met when the probability is this near: the third decimal."""
EXACT = 1e-9
"""How near the solver comes to a target that can be met."""
DIGITS = 6
"""Significant digits of a solved number."""
STEP = 1e-6
HEADINGS = ("target", "wanted", "before", "after", "number", "was", "is", "met")

States = Mapping[str, tuple[str, ...]]


@value_type
@dataclass(frozen=True, slots=True)
class CalibrationTarget:
    """One stated probability and the parameter that is solved for it.

    Attributes
    ----------
    parameter : str
        Name of the parameter.
    of, given : mapping of str to tuple of str
        The event and what is seen: each variable in one of its states.
    do : mapping of str to str
        What is set from outside.
    value : float
        The wanted probability.
    """

    parameter: str
    of: States
    given: States
    do: Mapping[str, str]
    value: float

    @property
    def text(self) -> str:
        """The probability in words."""
        told = [f"do({name} = {state})" for name, state in self.do.items()]
        told += [f"{name} = {' or '.join(states)}" for name, states in self.given.items()]
        what = ", ".join(f"{name} = {' or '.join(states)}" for name, states in self.of.items())
        return f"{what} given {', '.join(told)}" if told else what


@value_type
@dataclass(frozen=True, slots=True)
class Solved:
    """A target before and after: its probability, and its parameter's value."""

    target: CalibrationTarget
    before: float
    after: float
    old: Parameter
    new: float

    @property
    def met(self) -> bool:
        """Whether the wanted probability is there, to the third decimal."""
        return abs(self.after - self.target.value) <= TOLERANCE

    @property
    def complaint(self) -> str:
        """Why the target is not met."""
        low, high = _ends(self.old)
        near = f"{self.target.text}: wanted {self.target.value:.4g}, nearest {self.after:.4g}"
        if min(self.new - low, high - self.new) > STEP * min(high - low, 1.0):
            return f"{near}; {self.old.name} does not lead there"
        end = "lower" if self.new - low < high - self.new else "upper"
        return f"{near} at the {end} end of {self.old.name} ({low:g} to {high:g})"


def targets_of(network: Network) -> tuple[CalibrationTarget, ...]:
    """The targets that a network states.

    Raises
    ------
    InvalidNetwork
        There are none, one parameter is solved for two, or a target is no probability.
    UnknownName
        A target names what the network does not have.
    """
    targets: list[CalibrationTarget] = []
    for item in network.about.get("calibration", ()):
        of, given, do = (_conditions(network, item.get(key, {})) for key in ("of", "given", "do"))
        name, value = item["solve"], float(item["value"])
        if name not in network.parameters:
            raise InvalidNetwork(f"calibration: there is no parameter {name!r}")
        if not of or not 0.0 <= value <= 1.0:
            raise InvalidNetwork(f"calibration of {name!r}: no probability of an event is stated")
        if several := [n for n, states in do.items() if len(states) != 1]:
            raise InvalidNetwork(f"calibration of {name!r}: {several[0]!r} is set to one state")
        if any(name == t.parameter for t in targets):
            raise InvalidNetwork(f"calibration: {name!r} is solved for two targets")
        set_to = {n: states[0] for n, states in do.items()}
        targets.append(CalibrationTarget(name, of, given, set_to, value))
    if not targets:
        raise InvalidNetwork("the model file states no targets ([[calibration]])")
    return tuple(targets)


def _conditions(network: Network, given: Mapping[str, Any]) -> States:
    found = {n: (s,) if isinstance(s, str) else tuple(s) for n, s in given.items()}
    for name, states in found.items():
        for state in states:
            network.variable(name).index(state)
    return found


# -- the probabilities of all targets, for many settings of the parameters -------------------------


class Probabilities:
    """The probabilities of the targets as a function of all parameters.

    Targets that set the same variables share a program and a batch.
    """

    def __init__(self, network: Network, targets: Sequence[CalibrationTarget]) -> None:
        self.network, self.targets = network, targets
        worlds: dict[tuple[tuple[str, str], ...], list[int]] = defaultdict(list)
        for i, target in enumerate(targets):
            worlds[tuple(sorted(target.do.items()))].append(i)
        self.worlds = [(self._world(dict(done)), members) for done, members in worlds.items()]

    def _world(self, done: Mapping[str, str]) -> Extension | None:
        if not done:
            return None
        model, variables = self.network.model, self.network.variables
        return intervene(
            model,
            {
                model.index[n]: np.eye(variables[n].card)[variables[n].index(s)]
                for n, s in done.items()
            },
        )

    def __call__(self, values: FloatArray) -> FloatArray:
        """Parameters (B, P) to probabilities (B, targets)."""
        tables = self.network.expansion.tables(values)
        found = np.empty((len(values), len(self.targets)))
        for world, members in self.worlds:
            model = self.network.model if world is None else world.model
            numbers = tables if world is None else world.tables(tables)
            assert isinstance(numbers, TableRows)
            for i in members:
                found[:, i] = self._one(model, numbers, self.targets[i])
        return found

    def _one(self, model: Model, tables: TableRows, target: CalibrationTarget) -> FloatArray:
        """P(of | do, given), (B,), as a ratio of the probabilities of two rows of findings."""
        from etiograph.engine.propagate import evidence

        seen = _row(self.network, model, target.given)
        both = seen * _row(self.network, model, target.of)
        log_seen = evidence(model, seen, tables)
        if not np.isfinite(log_seen).all():
            raise ImpossibleFindings(f"{target.text}: this group is impossible", ())
        p: FloatArray = np.exp(evidence(model, both, tables) - log_seen)
        return p


def _row(network: Network, model: Model, states: States) -> FloatArray:
    """A row of findings (S,): each variable in one of the states named."""
    row = np.ones(model.n_states)
    for name, allowed in states.items():
        begin = model.offsets[model.index[name]]
        for i, state in enumerate(network.variables[name].states):
            row[begin + i] = state in allowed
    return row


# -- solving --------------------------------------------------------------------------------------


def calibrate(network: Network) -> tuple[Network, tuple[Solved, ...]]:
    """Solve the parameters that the network's targets name.

    A parameter whose target is met already is left alone, unless solving the others moves it off. Solved
    numbers are rounded to six digits. A parameter stays in its range; where the range is too
    narrow it ends at the end nearest to the target, and the others are solved with it there.

    Parameters
    ----------
    network : Network
        With ``about["calibration"]``.

    Returns
    -------
    network : Network
        With the solved numbers; the same object if nothing had to change.
    solved : tuple of Solved
        One for each target, in the file's order.

    Raises
    ------
    InvalidNetwork, UnknownName, ImpossibleFindings
    """
    targets = targets_of(network)
    wanted = np.array([t.value for t in targets])
    old = [network.parameters[t.parameter] for t in targets]
    values = network.parameter_values()
    columns = [list(network.parameters).index(p.name) for p in old]
    probabilities = Probabilities(network, targets)

    def at(x: FloatArray) -> FloatArray:
        """Values of the parameters solved for, (B, n), to probabilities (B, n)."""
        rows = np.tile(values, (len(x), 1))
        rows[:, columns] = x
        return probabilities(rows)

    start = np.array([p.value for p in old])
    before = now = at(start[None])[0]
    x, active = start.copy(), np.zeros(len(targets), dtype=np.bool_)
    while (missed := (np.abs(now - wanted) > TOLERANCE) & ~active).any():
        active |= missed
        x = _settle(at, x, wanted, active, old)
        x[active] = [_rounded(v, p) for v, p, a in zip(x, old, active, strict=True) if a]
        now = at(x[None])[0]
    solved = tuple(
        Solved(t, float(b), float(a), p, float(v))
        for t, b, a, p, v in zip(targets, before, now, old, x, strict=True)
    )
    changed = {s.old.name: s.new for s in solved if s.new != s.old.value}
    return (network.with_parameters(changed) if changed else network), solved


Function = Callable[[FloatArray], FloatArray]


def _settle(
    at: Function, x: FloatArray, wanted: FloatArray, active: Any, numbers: Sequence[Parameter]
) -> FloatArray:
    """Solve the active parameters, those pressed against an end of their range one by one set there."""
    free = [int(i) for i in np.flatnonzero(active)]
    while free:
        x = _solve(at, x, wanted, free, numbers)
        off = np.abs(at(x[None])[0] - wanted)
        stuck = [i for i in free if off[i] > EXACT and _at_end(x[i], numbers[i])]
        if not stuck:
            break
        worst = max(stuck, key=lambda i: off[i])
        low, high = _ends(numbers[worst])
        x[worst] = low if x[worst] - low < high - x[worst] else high
        free.remove(worst)
    return x


def _solve(
    at: Function, x: FloatArray, wanted: FloatArray, free: list[int], numbers: Sequence[Parameter]
) -> FloatArray:
    """Least squares over the free parameters inside their ranges; exact where that is possible."""
    from scipy.optimize import least_squares

    scales = [_Scale(numbers[i]) for i in free]
    low, high = (np.array([getattr(s, end) for s in scales]) for end in ("low", "high"))

    def inserted(z: FloatArray) -> FloatArray:
        """Scaled values (B, free) to values (B, n)."""
        rows = np.tile(x, (len(z), 1))
        rows[:, free] = np.stack([s.value(z[:, j]) for j, s in enumerate(scales)], axis=1)
        return rows

    def residuals(z: FloatArray) -> FloatArray:
        left: FloatArray = at(inserted(z[None]))[0, free] - wanted[free]
        return left

    def slopes(z: FloatArray) -> FloatArray:
        """By differences, all in one batch; one-sided at the ends."""
        up, down = np.minimum(z + STEP, high), np.maximum(z - STEP, low)
        moved = np.concatenate([np.diag(up - z) + z, np.diag(down - z) + z])
        over, under = np.split(at(inserted(moved))[:, free], 2)
        slope: FloatArray = ((over - under) / (up - down)[:, None]).T
        return slope

    begin = np.array([s.scaled(x[i]) for s, i in zip(scales, free, strict=True)])
    found = least_squares(
        residuals,
        np.clip(begin, low, high),
        jac=slopes,
        bounds=(low, high),
        method="dogbox",
        ftol=1e-15,
        xtol=1e-13,
        gtol=1e-15,
    )
    solution: FloatArray = inserted(found.x[None])[0]
    return solution


class _Scale:
    """A parameter on a scale of order one: its range, or the logarithm of what must be above 0."""

    def __init__(self, number: Parameter) -> None:
        self.bottom, self.top = _ends(number)
        self.log = self.top == inf and self.bottom == 0.0
        self.bounded = self.top < inf
        self.low, self.high = (0.0, 1.0) if self.bounded else (-inf, inf)

    def value(self, z: FloatArray) -> FloatArray:
        if self.bounded:
            return self.bottom + (self.top - self.bottom) * z
        rising: FloatArray = np.exp(z) if self.log else z
        return rising

    def scaled(self, x: float) -> float:
        if self.bounded:
            width = self.top - self.bottom
            return (x - self.bottom) / width if width else 0.0
        return float(np.log(x)) if self.log else x


def _ends(number: Parameter) -> tuple[float, float]:
    """Where a parameter may go: its stated range, else what its kind allows."""
    if number.low is not None and number.high is not None:
        return number.low, number.high
    if number.kind == "probability":
        return 0.0, 1.0
    return (0.0, inf) if number.kind in POSITIVE else (-inf, inf)


def _at_end(x: float, number: Parameter) -> bool:
    low, high = _ends(number)
    return min(x - low, high - x) <= STEP * min(high - low, 1.0)


def _rounded(x: float, number: Parameter) -> float:
    low, high = _ends(number)
    return min(max(float(f"{x:.{DIGITS}g}"), low), high)


# -- the table ------------------------------------------------------------------------------------


def show(solved: Sequence[Solved]) -> None:
    """Print every target with its parameter, and what is not met."""
    from rich.table import Table
    from rich.text import Text

    from etiograph.console import console

    table = Table(box=None, pad_edge=False)
    for heading in HEADINGS:
        words = heading in ("target", "number")
        justify: Literal["left", "right"] = "left" if words else "right"
        table.add_column(heading, justify=justify, no_wrap=not words, overflow="fold")
    for one in solved:
        cells = (
            one.target.text,
            *(f"{p:.4f}" for p in (one.target.value, one.before, one.after)),
            *(one.old.name, f"{one.old.value:.6g}", f"{one.new:.6g}", "yes" if one.met else "NO"),
        )
        table.add_row(*(Text(cell, style="" if one.met else "bold") for cell in cells))
    out = console()
    out.print(table)
    for one in solved:
        if not one.met:
            out.print(Text(f"not met: {one.complaint}"))
