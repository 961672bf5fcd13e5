"""An event: a variable in one of some states, the thing a probability is asked of.

It is a value. Text is understood once, where a user writes it (:meth:`Event.parse`); nothing below
takes an event apart by its text, so that a name may hold ``=`` and a state ``|``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar
from unicodedata import normalize

import numpy as np
from numpy.typing import NDArray

from etiograph.errors import InvalidChange, InvalidFinding, UnknownName
from etiograph.network.value import value_type

if TYPE_CHECKING:
    from etiograph.network.model import FloatArray, Model
    from etiograph.network.network import Network
    from etiograph.network.variable import Variable

Value = TypeVar("Value")

ADJECTIVES = frozenset(
    ("low", "high", "short", "poor", "overactive", "underactive", "raised", "suppressed")
)
"""States that read best before the label of their variable."""


@dataclass(frozen=True, slots=True)
class Event:
    """A variable in one of some states.

    Attributes
    ----------
    variable : str
        Its name.
    states : tuple of str
        The states that make the event, at least one.
    indices : tuple of int
        Their positions.
    """

    variable: str
    states: tuple[str, ...]
    indices: tuple[int, ...]

    @classmethod
    def of(cls, variable: Variable, *states: str) -> Event:
        """The event that a variable is in one of these states; without any, that it is not as usual.

        Raises
        ------
        UnknownName
            With the nearest state.
        """
        chosen = states or variable.unusual or variable.states
        indices = sorted({variable.index(state) for state in chosen})
        return cls(variable.name, tuple(variable.states[i] for i in indices), tuple(indices))

    @classmethod
    def parse(
        cls, network: Network, what: Asked, state: str | Sequence[str] | None = None
    ) -> Event:
        """The event that a user speaks of, checked.

        Parameters
        ----------
        network : Network
            Where the variable lives.
        what : str, (str, state) or Event
            A name, ``"name=state"`` (several states joined by ``|``), a pair of a name and a state or
            states, or an event.
        state : str or sequence of str, optional
            Without one: every state but the usual one.

        Raises
        ------
        UnknownName
            The variable or a state is not known.
        InvalidFinding
            The text says several things, or there is no state.
        """
        if isinstance(what, Event):
            state = what.states if state is None else state
            what = what.variable
        elif isinstance(what, tuple) and len(what) == 2:
            what, state = what
        if isinstance(what, str) and what not in network.variables:
            what = normalize("NFC", what)
            if state is None and what not in network.variables:
                what, state = _written(network, what)
        if not isinstance(what, str) or what not in network.variables:
            raise UnknownName(str(what), "variable", tuple(network.variables))
        chosen = (state,) if isinstance(state, str) else None if state is None else tuple(state)
        if chosen == ():
            raise InvalidFinding(f"an event of {what!r} needs at least one state")
        return cls.of(network.variables[what], *(chosen or ()))

    def plain(self, network: Network) -> bool:
        """Whether it is simply that the variable is there: its name and label need no state."""
        variable = network.variables[self.variable]
        return variable.usual_is_nothing and self.states == variable.unusual

    def name(self, network: Network) -> str:
        """As :meth:`parse` reads it: the variable alone where it is there or not, else with its states."""
        return self.variable if self.plain(network) else str(self)

    def __str__(self) -> str:
        return f"{self.variable}={'|'.join(self.states)}"

    def label(self, network: Network) -> str:
        """The event in the network's own words, e.g. ``low potassium``."""
        variable = network.variables[self.variable]
        if self.plain(network):
            return variable.label
        shown = " or ".join(variable.state_label(s) for s in self.states)
        if {s.casefold() for s in self.states} <= ADJECTIVES:
            return f"{shown} {variable.label.removesuffix(' level')}"
        return f"{variable.label}: {shown}"

    def within(self, beliefs: Mapping[str, Mapping[str, float]]) -> float:
        """Its probability, from that of every state of every variable."""
        p = beliefs[self.variable]
        return sum(p[state] for state in self.states)

    def slots(self, network: Network) -> NDArray[np.intp]:
        """Positions of the states among the S states of the network's model."""
        offset = network.model.offsets[network.model.index[self.variable]]
        return offset + np.asarray(self.indices, dtype=np.intp)

    def keep(self, model: Model, holds: bool = True) -> FloatArray:
        """1 for the states of the variable, (k,), that make the event, or its opposite."""
        inside = np.zeros(model.cards[model.index[self.variable]])
        inside[list(self.indices)] = 1.0
        return inside if holds else 1.0 - inside

    def added(self, model: Model, row: FloatArray, holds: bool = True) -> FloatArray:
        """The findings (..., S) with the event, or its opposite, added."""
        offset = model.offsets[model.index[self.variable]]
        keep = self.keep(model, holds)
        out = row.copy()
        out[..., offset : offset + len(keep)] *= keep
        return out


Asked = str | tuple[str, str | Sequence[str]] | Event
"""What a question may be asked of."""


def _written(network: Network, text: str) -> tuple[str, tuple[str, ...] | None]:
    """The variable and the states of ``name=state|state``; a name may hold ``=``, a state both."""
    readings = {}
    left = ""
    for name, tail in cuts(text, "="):
        if name in network.variables:
            left = left or name
            if states := _states(network.variables[name], tail):
                readings[name] = states
    if len(readings) > 1:
        told = " or ".join(f"{name!r} is {'|'.join(s)!r}" for name, s in readings.items())
        raise InvalidFinding(f"{text!r} can mean that {told}: give the name and the state apart")
    for name, states in readings.items():
        return name, states
    if left:  # a variable of the network, but no state of it
        return left, (text[len(left) :].partition("=")[2].strip(),)
    return text.partition("=")[0].strip(), None


def cuts(text: str, mark: str) -> Iterator[tuple[str, str]]:
    """What stands before and after each of the marks in a text, longest first part first."""
    at = text.rfind(mark)
    while at >= 0:
        yield text[:at].strip(), text[at + len(mark) :].strip()
        at = text.rfind(mark, 0, at)


def _states(variable: Variable, text: str) -> tuple[str, ...]:
    """The states that a text lists with ``|`` between them; none if it is no such list."""
    if text in variable.states:
        return (text,)
    for state, tail in cuts(text, "|"):
        if state in variable.states and (rest := _states(variable, tail)):
            return (state, *rest)
    return ()


@value_type
@dataclass(frozen=True, slots=True, eq=False)
class ByEvent(Mapping[Event, Value], Generic[Value]):
    """What belongs to each of some events, looked up by the event or by what a user calls it.

    ``by["gout"]`` is that of the one event of the variable; ``by["potassium=low"]`` says the states.
    """

    cells: Mapping[Event, Value]

    def __getitem__(self, key: Event | str) -> Value:
        if isinstance(key, Event):
            return self.cells[key]
        own = [event for event in self.cells if event.variable == key]
        own = own or [event for event in self.cells if str(event) == key]
        if len(own) != 1:
            raise UnknownName(key, "event here", [str(event) for event in self.cells])
        return self.cells[own[0]]

    def __iter__(self) -> Iterator[Event]:
        return iter(self.cells)

    def __len__(self) -> int:
        return len(self.cells)


def two_states(
    network: Network, cause: str, from_: str | None = None, to: str | None = None
) -> tuple[str, str]:
    """The two states of a cause that are compared, checked.

    Parameters
    ----------
    network : Network
        Where the cause lives.
    cause : str
        Its name.
    from_, to : str, optional
        By default the usual state and, if there is only one, the other.

    Raises
    ------
    UnknownName
        The variable or a state is not known.
    InvalidChange
        More than one state could be meant, or both are the same.
    """
    if cause not in network.variables:
        raise UnknownName(str(cause), "variable", tuple(network.variables))
    variable = network.variables[cause]
    if variable.card == 1:
        raise InvalidChange(
            f"'{cause}' has one state, {variable.states[0]!r}: there is nothing to compare it with"
        )
    for state in (from_, to):
        if state is not None:
            variable.index(state)
    if from_ is None and to != variable.usual:
        from_ = variable.usual
    from_ = _only_other(variable, to) if from_ is None else from_
    to = _only_other(variable, from_) if to is None else to
    if from_ == to:
        raise InvalidChange(f"'{cause}' is compared with itself: both states are '{to}'")
    return from_, to


def _only_other(variable: Variable, state: str | None) -> str:
    others = [s for s in variable.states if s != state]
    if len(others) != 1:
        raise InvalidChange(
            f"'{variable.name}' has {len(variable.states)} states: say with which one "
            f"({', '.join(others)}) '{state}' is compared"
        )
    return others[0]
