"""Which published numbers make an answer what it is, and where each would change who comes first.

A cause comes to its answer by how strongly it brings on the outcome and by how common it is; then by
whatever moves the answer most. Each of these numbers is moved over its range. Along one number two
answers, ratios of linear functions with one denominator, change places at most once (see
:mod:`etiograph.uncertainty.flip`), so the ends of a range tell whether there is a turn, and cutting
it into parts finds it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from etiograph.errors import InvalidFinding
from etiograph.network.event import Asked, Event
from etiograph.network.parameter import Parameter
from etiograph.network.value import value_type
from etiograph.query.causes import open_causes
from etiograph.uncertainty.acted import Acting
from etiograph.uncertainty.firing import with_firing
from etiograph.uncertainty.rows import FloatArray, finding_row, require_open, solve, stated_range
from etiograph.uncertainty.slopes import Slopes

if TYPE_CHECKING:
    from etiograph.network.network import Network

RIVALS = 4
"""How many of the other causes, the likeliest, may take or lose the first place."""
ROUNDS, PARTS = 9, 10
"""How often the way to a turn is cut, and into how many parts: to 1e-9 of the range."""
FELT = 0.005
"""Change of an answer from which a number is said to matter."""
Role = Literal["strength", "prior", "other"]
ROLES: tuple[Role, ...] = ("strength", "prior", "other")


@value_type
@dataclass(frozen=True, slots=True)
class Ground:
    """One number behind an answer.

    Attributes
    ----------
    parameter : Parameter
        With the range it is drawn from.
    role : {"strength", "prior", "other"}
        How strongly the cause acts on the outcome; how common it is; whatever else moves the answer.
    at_low, at_high : float
        The answer at the ends of its range.
    turn : float or None
        The value in its range, next to the stated one, from which the cause comes first if it does
        not now, and no longer if it does; None if it makes no such difference.
    """

    parameter: Parameter
    role: Role
    at_low: float
    at_high: float
    turn: float | None

    @property
    def swing(self) -> float:
        """How far it moves the answer."""
        return abs(self.at_high - self.at_low)


@value_type
@dataclass(frozen=True, slots=True)
class Grounds:
    """The numbers behind one answer.

    Attributes
    ----------
    target : Event
    answer : float
        At the stated values.
    acted : bool
        Whether the answer is how often the target had a part in the outcome, not how probable it is.
    first : bool
        Whether no other cause comes before it.
    numbers : tuple of Ground
        Strength first, then how common it is, then the others, each by how far it moves the answer.
    """

    target: Event
    answer: float
    acted: bool
    first: bool
    numbers: tuple[Ground, ...]


def grounds(
    network: Network,
    findings: Mapping[str, object],
    target: Asked,
    state: str | Sequence[str] | None = None,
    *,
    acted: bool = False,
    top: int = 3,
) -> Grounds:
    """The numbers that make an answer what it is.

    Parameters
    ----------
    network : Network
    findings : mapping of str to finding
    target, state : str, optional
        A cause.
    acted : bool
        Ask how often it had a part in the outcome that is found; it may be a finding itself.
    top : int
        How many numbers, at most; of those that move the answer, the ones of the cause itself come first.

    Raises
    ------
    UnknownName, InvalidFinding, ImpossibleFindings
        InvalidFinding also where it is no question which cause acted.
    """
    what = Event.parse(network, target, state)
    asked = _acting(network, findings, what) if acted else _present(network, findings, what)
    slopes = Slopes.of(asked.network, findings, asked.events)
    first = _leads(slopes.p[None])[0]
    columns = {name: i for i, name in enumerate(asked.network.parameters)}
    felt = []
    for name, parameter in asked.network.priors.items():
        ends = stated_range(parameter)
        if not parameter.uncertain or len(ends) != 2:
            continue
        felt.append((columns[name], parameter, ends))
    p = slopes.answers([{i: end} for i, _, ends in felt for end in ends]).reshape(len(felt), 2, -1)
    swing = np.abs(np.nan_to_num(p[:, 1, 0] - p[:, 0, 0]))
    chosen = sorted(
        (k for k in range(len(felt)) if swing[k] >= FELT),
        key=lambda k: (ROLES.index(asked.role(felt[k][1])), -swing[k]),
    )[:top]
    numbers = []
    for k in chosen:
        column, parameter, ends = felt[k]
        turn = _turn(slopes, column, parameter.value, ends, _leads(p[k]), bool(first))
        at_low, at_high = p[k, :, 0].tolist()
        numbers.append(Ground(parameter, asked.role(parameter), at_low, at_high, turn))
    return Grounds(what, float(slopes.p[0]), acted, bool(first), tuple(numbers))


@dataclass(frozen=True, slots=True)
class _Rivalry:
    """The network that is asked, the cause before its rivals, and which numbers are its own."""

    network: Network
    events: tuple[Event, ...]
    strength: frozenset[str]
    prior: frozenset[str]

    def role(self, parameter: Parameter) -> Role:
        """What a number is to the answer."""
        if parameter.name in self.strength:
            return "strength"
        return "prior" if parameter.name in self.prior else "other"


def _names(network: Network, variable: str) -> frozenset[str]:
    return frozenset(p.name for p in network.mechanisms[variable].parameters)


def _present(network: Network, findings: Mapping[str, object], what: Event) -> _Rivalry:
    """How probable it is, among the causes that are still open."""
    require_open(what, findings)
    open_ = [event for event in open_causes(network, findings) if event != what]
    found = solve(network, finding_row(network, findings), wanted=[e.variable for e in open_])
    p = {event: float(found.p(event.slots(network))[0]) for event in open_}
    rivals = sorted(open_, key=lambda event: -p[event])[:RIVALS]
    return _Rivalry(network, (what, *rivals), frozenset(), _names(network, what.variable))


def _acting(network: Network, findings: Mapping[str, object], what: Event) -> _Rivalry:
    """How often it acted: each of the causes in question has a variable of its own that says so."""
    asked = Acting.of(network, findings)
    if asked is None or what.variable not in asked.causes:
        raise InvalidFinding(f"whether {what.variable!r} acted is no question here")
    shares, _ = asked.point()
    others = sorted((c for c in asked.causes if c != what.variable), key=lambda c: -shares[c])
    pair = with_firing(network, findings, (what.variable, *others[:RIVALS]))
    assert pair is not None
    split, names = pair
    events = tuple(Event.of(split.variables[name]) for name in names)
    prior = frozenset[str]() if what.variable in findings else _names(network, what.variable)
    return _Rivalry(split, events, _names(split, names[0]), prior)


def _leads(p: FloatArray) -> list[bool]:
    """Whether the first of the events is the most probable one, for each row (M, E)."""
    return [bool(row[0] >= row.max()) for row in np.nan_to_num(p)]


def _turn(
    slopes: Slopes,
    column: int,
    value: float,
    ends: Sequence[float],
    leads: Sequence[bool],
    now: bool,
) -> float | None:
    """Where along one number the first place changes hands; the turn nearer to the stated value."""
    turns = []
    for end, there in zip(ends, leads, strict=True):
        if there == now or end == value:
            continue
        near, far = value, end
        for _ in range(ROUNDS):
            between = np.linspace(near, far, PARTS + 1)
            led = _leads(slopes.answers([{column: float(x)} for x in between[1:-1]]))
            k = next((k for k, leading in enumerate(led) if leading != now), PARTS - 1)
            near, far = float(between[k]), float(between[k + 1])
        turns.append(far)
    return min(turns, key=lambda turn: abs(turn - value), default=None)
