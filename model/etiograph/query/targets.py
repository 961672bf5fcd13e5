"""The event a question is about: a variable being in one of some states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from etiograph.errors import InvalidChange, UnknownName
from etiograph.network.model import FloatArray, Model

if TYPE_CHECKING:
    from etiograph.network.network import Network
    from etiograph.network.variable import Variable

Target = tuple[str, str | Sequence[str]]

REFERENCE_STATES = (
    "absent", "no", "none", "normal", "false", "negative", "adequate", "sufficient",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Event:
    """A variable in one of some states.

    Attributes
    ----------
    variable : str
        Its name.
    states : tuple of str
        The states that make the event.
    indices : tuple of int
        Their positions.
    """

    variable: str
    states: tuple[str, ...]
    indices: tuple[int, ...]

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


def reference_state(network: Network, variable: str) -> str:
    """The state in which nothing is the matter: by name, else the first one."""
    states = network.variables[variable].states
    return next((s for s in REFERENCE_STATES if s in states), states[0])


def parse_target(
    network: Network, target: str | Target, state: str | Sequence[str] | None = None
) -> Event:
    """The event "variable is in this state", checked.

    Parameters
    ----------
    network : Network
        Where the variable lives.
    target : str or (str, state)
        A name, ``"name=state"``, or a pair of name and state or states.
    state : str or sequence of str, optional
        Without one: every state but the reference state.

    Raises
    ------
    UnknownName
        The variable or the state is not known.
    """
    if not isinstance(target, str):
        target, state = target
    elif state is None and "=" in target and target not in network.variables:
        target, _, tail = target.partition("=")
        state = tail.split("|")
    if target not in network.variables:
        raise UnknownName(target, "variable", tuple(network.variables))
    variable = network.variables[target]
    if state is None:
        reference = reference_state(network, target)
        state = tuple(s for s in variable.states if s != reference)
    chosen = (state,) if isinstance(state, str) else tuple(state)
    return Event(target, chosen, tuple(variable.index(s) for s in chosen))


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
        By default the reference state and, if there is only one, the other.

    Raises
    ------
    UnknownName
        The variable or a state is not known.
    InvalidChange
        More than one state could be meant, or both are the same.
    """
    variable = network.variables[parse_target(network, cause).variable]
    for state in (from_, to):
        if state is not None:
            variable.index(state)
    if from_ is None and to != (reference := reference_state(network, cause)):
        from_ = reference
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
