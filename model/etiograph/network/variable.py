"""A variable: its name, its states and what a reader is told about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

from etiograph.errors import InvalidNetwork, UnknownName
from etiograph.network.duration import duration
from etiograph.network.frozen import clean_name, duplicates, same_name
from etiograph.network.parameter import Number, Parameter, value_of
from etiograph.network.value import short_text

ROLES = (
    "background",
    "habit",
    "remedy",
    "medicine",
    "body",
    "condition",
    "outcome",
    "finding",
    "test",
    "flag",
    "variable",
)


USUAL_STATES = (
    *("absent", "no", "none", "normal", "false", "negative", "adequate", "sufficient"),
    *("never", "zero", "off", "0"),
)
"""Names of the state in which nothing is the matter, the plainest first; case does not count."""
SHORT_FOR = {"n": "y", "f": "t"}
"""Letters that mean no only beside the letter that means yes: ``f`` is also a sex."""
LEVEL = "normal"
"""The usual state of what may be too low or too high."""
NOTHING = frozenset(("absent", "no", "none", "false", "n", "f"))
"""Usual states beside which the others say that the variable is there."""


@short_text
@dataclass(frozen=True, slots=True)
class Variable:
    """One variable of a network.

    Attributes
    ----------
    name : str
        Unique in the network, in Unicode normal form C.
    states : tuple of str
        At least one; the first is the reference state.
    role : str
        One of :data:`ROLES`.
    label, definition, group : str
        Text for the reader; the label falls back to the name with underscores as spaces.
    order : tuple of str
        The states from low to high where that is another order than ``states``; () = ``states``.
    recurring : bool
        Its noise is drawn afresh in every period (the outcome and its signs).
    persistence : Number or None
        Of a recurring variable: the share of its noise that lasts into the next period. With this
        probability all of a person's noise is the same again, else all of it is drawn afresh.
    lasting : tuple of (str, str)
        States that do not heal from one period to the next: under ``after`` a person in one of them
        stays in it or moves on to one that lies further from the reference state on the same side
        of the order. Each with the time within which it does heal ("2 years"); "" = never.
    observable : bool
        False for what no one can be asked or tested for.
    synonyms : tuple of str
        Other names it goes by.
    codes : tuple of (str, str)
        Codes in outside systems: (system, code).
    state_labels : tuple of (str, str)
        Text of a state where it differs from its name.
    cost : float or None
        Cost of finding it out, in the network's unit of cost.
    burden, turnaround : str
        For tests: what it asks of the person, how long it takes.
    """

    name: str
    states: tuple[str, ...]
    role: str = "variable"
    label: str = ""
    definition: str = ""
    group: str = ""
    order: tuple[str, ...] = ()
    recurring: bool = False
    persistence: Number | None = None
    lasting: tuple[tuple[str, str], ...] = ()
    observable: bool = True
    synonyms: tuple[str, ...] = ()
    codes: tuple[tuple[str, str], ...] = ()
    state_labels: tuple[tuple[str, str], ...] = ()
    cost: float | None = None
    burden: str = ""
    turnaround: str = ""

    def __post_init__(self) -> None:
        put = object.__setattr__
        name = clean_name(self.name, "the name of a variable")
        put(self, "name", name)
        put(self, "states", _states(self.states, name))
        put(self, "order", tuple(clean_name(s, f"a state of {name!r}") for s in self.order))
        put(self, "synonyms", tuple(self.synonyms))
        put(self, "label", self.label or name.replace("_", " "))
        for field in ("codes", "state_labels"):
            pairs: Any = getattr(self, field)
            items = pairs.items() if isinstance(pairs, Mapping) else pairs
            put(self, field, tuple((str(a), str(b)) for a, b in items))
        put(
            self,
            "state_labels",
            tuple((same_name(s, self.states), t) for s, t in self.state_labels),
        )
        if self.role not in ROLES:
            raise UnknownName(self.role, f"role of {name!r}", ROLES)
        if self.order and sorted(self.order) != sorted(self.states):
            raise InvalidNetwork(
                f"variable {name!r}: order {list(self.order)} must hold each of its states "
                f"{list(self.states)} once"
            )
        for state, _ in self.state_labels:
            self.index(state)
        self._check_time()
        if self.cost is not None and not 0 <= self.cost < float("inf"):
            raise InvalidNetwork(f"variable {name!r}: cost {self.cost!r} must be 0 or more")

    def _check_time(self) -> None:
        """Check what is said of the next period."""
        where = f"variable {self.name!r}"
        given: Any = self.lasting
        items = given.items() if isinstance(given, Mapping) else given
        pairs = [(each, "") if isinstance(each, str) else tuple(each) for each in items]
        object.__setattr__(self, "lasting", tuple((str(s), str(time)) for s, time in pairs))
        for state, time in self.lasting:
            if self.index(state) == 0:
                raise InvalidNetwork(f"{where}: {state!r} is the reference state and cannot last")
            if time:
                duration(time, f"{where}, lasting {state!r}")
        if twice := duplicates(state for state, _ in self.lasting):
            raise InvalidNetwork(f"{where}: state {twice[0]!r} is said to last twice")
        share = self.persistence
        if share is None:
            return
        if not self.recurring:
            raise InvalidNetwork(
                f"{where}: persistence is of a recurring variable, which it is not"
            )
        if isinstance(share, Parameter) and share.kind != "probability":
            raise InvalidNetwork(f"{where}: persistence is a probability, not a {share.kind}")
        if not 0.0 <= value_of(share) <= 1.0:
            raise InvalidNetwork(f"{where}: persistence {value_of(share):g} is not within 0 and 1")

    @property
    def card(self) -> int:
        """Number of states."""
        return len(self.states)

    @property
    def ordered(self) -> tuple[str, ...]:
        """The states from low to high."""
        return self.order or self.states

    @property
    def named_usual(self) -> str | None:
        """The state whose name says that nothing is the matter; None if no name does."""
        return _named_usual(self.states)

    @property
    def usual(self) -> str:
        """The state in which nothing is the matter: by its name, else the first one."""
        return self.named_usual or self.states[0]

    @property
    def unusual(self) -> tuple[str, ...]:
        """Every state but the usual one."""
        usual = self.usual
        return tuple(state for state in self.states if state != usual)

    @property
    def usual_is_nothing(self) -> bool:
        """Whether out of its usual state the variable is simply there, or happened."""
        return self.usual.casefold() in NOTHING

    @property
    def usual_is_level(self) -> bool:
        """Whether out of its usual state the variable is too low or too high."""
        return self.usual.casefold() == LEVEL

    def index(self, state: str) -> int:
        """Position of a state.

        Raises
        ------
        UnknownName
            With the nearest state.
        """
        if state not in self.states:
            state = same_name(state, self.states)
        try:
            return self.states.index(state)
        except ValueError:
            raise UnknownName(state, f"state of {self.name!r}", self.states) from None

    def state_label(self, state: str) -> str:
        """Text of a state: its label, or its name with underscores as spaces."""
        return dict(self.state_labels).get(state) or state.replace("_", " ")


@lru_cache(maxsize=4096)  # asked of every box and row a click draws
def _named_usual(states: tuple[str, ...]) -> str | None:
    """The first of these that is one of ``USUAL_STATES``, or short for no."""
    by_name = {state.casefold(): state for state in reversed(states)}
    for name in USUAL_STATES:
        if name in by_name:
            return by_name[name]
    return next((by_name[n] for n, y in SHORT_FOR.items() if {n, y} <= by_name.keys()), None)


def _states(states: object, name: str) -> tuple[str, ...]:
    """Check the states of a variable."""
    if isinstance(states, str) or not hasattr(states, "__iter__"):
        raise InvalidNetwork(f"variable {name!r}: states must be a list, not {states!r}")
    result = tuple(clean_name(s, f"a state of {name!r}") for s in states)
    if not result:
        raise InvalidNetwork(f"variable {name!r} has no states")
    if twice := duplicates(result):
        raise InvalidNetwork(f"variable {name!r}: state {twice[0]!r} is listed twice")
    return result


FIELDS = tuple(field.name for field in fields(Variable))
