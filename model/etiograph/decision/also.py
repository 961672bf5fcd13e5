"""Conditions that are likely and no link of the outcome: what a ranking of its causes leaves out.

Somebody who cramps may have a clot in the leg, and a ranking of causes of cramps cannot say so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from etiograph.network.event import Event
from etiograph.network.mechanism import Deterministic
from etiograph.network.value import value_type
from etiograph.query.causes import CAUSE_ROLES, causes, names_causes
from etiograph.query.links import stand_ins

if TYPE_CHECKING:
    from etiograph.network.network import Network

Beliefs = Mapping[str, Mapping[str, float]]
"""Variable to state to probability."""

LIKELY = 0.25
"""Probability from which a condition is named."""
RAISED = 2.0
"""How many times its odds in everybody of the same baseline it then has, at least."""
DOMINANT = 0.8
"""Share of an event from which one of its states is named in its place."""


@value_type
@dataclass(frozen=True, slots=True)
class Also:
    """A likely condition that is no possible cause of the outcome.

    Attributes
    ----------
    event : Event
        In its most probable state.
    p, baseline : float
        Its probability now, and in people of whom only the baseline is known.
    """

    event: Event
    p: float
    baseline: float


def also_likely(
    network: Network, findings: Mapping[str, object], now: Beliefs, base: Beliefs
) -> tuple[Also, ...]:
    """Conditions and body states that are likely, raised, unknown and no cause that is ranked.

    Parameters
    ----------
    network : Network
        One that says what its causes are; of another none are told apart.
    findings : mapping of str to finding
        What is known is no news.
    now, base : mapping of str to mapping of str to float
        Probabilities of the case, and of its baseline.

    Returns
    -------
    tuple of Also
        The most probable first.
    """
    if not names_causes(network):
        return ()
    left_out = {*findings, *stand_ins(network), str(network.about.get("target", ""))}
    left_out |= {event.variable for event in causes(network)}
    found = []
    for name, variable in network.variables.items():
        if name in left_out or variable.role not in CAUSE_ROLES or not variable.unusual:
            continue
        if isinstance(network.mechanisms[name], Deterministic):
            continue  # it only says again what others say
        state = max(variable.unusual, key=lambda s, p=now[name]: p[s])  # type: ignore[misc]
        p, before = now[name][state], base[name][state]
        if p >= LIKELY and p * (1.0 - before) >= RAISED * before * (1.0 - p):
            found.append(Also(Event.of(variable, state), p, before))
    return tuple(sorted(found, key=lambda each: -each.p))


def in_which(network: Network, what: Event, now: Beliefs) -> Event:
    """The event in the one of its states that makes nearly all of it, if one does: low or high calcium."""
    p = now[what.variable]
    whole = what.within(now)
    state = max(what.states, key=lambda s: p[s])
    if len(what.states) > 1 and whole > 0.0 and p[state] >= DOMINANT * whole:
        return Event.of(network.variables[what.variable], state)
    return what


def shared(network: Network, findings: Mapping[str, object]) -> dict[str, object]:
    """What the baseline shares with a case: of ``about.baseline`` what is known."""
    return {n: findings[n] for n in network.about.get("baseline", ()) if n in findings}
