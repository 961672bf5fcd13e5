"""The event a question is about: a variable being in one of some states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from etiograph.errors import UnknownName
from etiograph.network.model import FloatArray, Model

if TYPE_CHECKING:
    from etiograph.network.network import Network

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
