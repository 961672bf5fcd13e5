"""The possible causes of a network: one rule for whoever ranks them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from etiograph.network.event import Asked, Event

if TYPE_CHECKING:
    from etiograph.network.network import Network

CAUSE_ROLES = ("body", "condition")


def causes(network: Network, names: Sequence[Asked] | None = None) -> tuple[Event, ...]:
    """The possible causes of a network, in the order of its file.

    Those of ``names``, else those its file lists; else its body states and conditions; else, where
    there are no roles, every variable with an effect in the network, and if nothing has one, every
    variable. What has one state only is no question. A cause without a state means the states in
    which it can produce the network's target.

    Raises
    ------
    UnknownName
        A name is no variable, or a state is none of its own.
    """
    able = _able(network)
    asked = _names(network) if names is None else names
    found = []
    for what in asked:
        event = Event.parse(network, what)
        if isinstance(what, str) and what in able:
            event = Event.parse(network, what, able[what])
        if names is not None or network.variables[event.variable].card > 1:
            found.append(event)
    return tuple(found)


def names_causes(network: Network) -> bool:
    """Whether a network says itself, by a list or by roles, what its causes are."""
    if network.about.get("causes"):
        return True
    return any(v.role in CAUSE_ROLES for v in network.variables.values())


def _names(network: Network) -> Sequence[str]:
    if listed := [str(name) for name in network.about.get("causes") or ()]:
        return listed
    variables = network.variables
    by_role = [name for name, v in variables.items() if v.role in CAUSE_ROLES]
    return by_role or [name for name in variables if network.children(name)] or list(variables)


def _able(network: Network) -> dict[str, tuple[str, ...]]:
    """The states of causes with a link to the target, where these are not just all but the usual one."""
    from etiograph.network.noisy import NoisyOr
    from etiograph.network.parameter import value_of

    mechanism = network.mechanisms.get(str(network.about.get("target", "")))
    found: dict[str, set[str]] = {}
    for link in mechanism.links if isinstance(mechanism, NoisyOr) else ():
        for row in link.rows if len(link.parents) == 1 else ():
            if value_of(row.p) > 0.0:
                (cause,) = link.parents
                found.setdefault(cause, set()).update(row.when.get(cause, ()))
    return {
        cause: tuple(s for s in network.variables[cause].states if s in states)
        for cause, states in found.items()
        if states
    }


def open_causes(
    network: Network, known: Collection[str], names: Sequence[Asked] | None = None
) -> tuple[Event, ...]:
    """The causes that are still a question: not themselves among what is known.

    Where the network does not say what its causes are and all that could be one are known, every
    variable that is not.
    """
    found = tuple(c for c in causes(network, names) if c.variable not in known)
    if found or names is not None or names_causes(network):
        return found
    rest = [name for name, v in network.variables.items() if v.card > 1 and name not in known]
    return causes(network, rest)
