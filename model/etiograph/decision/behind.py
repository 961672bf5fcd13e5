"""Which causes are behind the outcome of a network, and how often none that has a name is."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from etiograph.errors import ImpossibleFindings
from etiograph.network.event import Event
from etiograph.network.value import value_type
from etiograph.query.attribution import attribution
from etiograph.query.causes import causes
from etiograph.query.links import IDIOPATHIC
from etiograph.query.posterior import posterior
from etiograph.uncertainty.acted import Acting, acting_events
from etiograph.uncertainty.rows import finding_row

if TYPE_CHECKING:
    from etiograph.network.network import Network

FIRING = ("noisy_or", "noisy_max")
"""Mechanisms whose causes act or do not act, one by one."""


def acting_on(network: Network) -> Event | None:
    """The outcome the network is about, not as usual, if causes act on it one by one."""
    name = str(network.about.get("target", ""))
    if name not in network.variables or network.mechanisms[name].kind not in FIRING:
        return None
    variable = network.variables[name]
    return Event.of(variable, (variable.unusual or variable.states)[0])


def with_outcome(network: Network, findings: Mapping[str, object]) -> dict[str, object] | None:
    """The findings in a person who has the outcome; None if it is found not to be there.

    As they are where the network names no outcome.
    """
    name = str(network.about.get("target", ""))
    if name not in network.variables:
        return dict(findings)
    variable = network.variables[name]
    there = (variable.unusual or variable.states)[0]
    return {**findings, name: there} if findings.get(name, there) == there else None


def asks_part(network: Network, findings: Mapping[str, object]) -> bool:
    """Whether causes are ranked by how often they had a part in the outcome, not by how often they are there.

    They then are ranked in people who have the outcome, whether that is entered or not.
    """
    return acting_on(network) is not None and with_outcome(network, findings) is not None


@value_type
@dataclass(frozen=True, slots=True)
class Behind:
    """Which causes took part in the outcome.

    Attributes
    ----------
    causes : mapping of str to float
        P(the cause acted | findings), by name; empty where that is no question.
    alone : float or None
        P(no cause with a name acted | findings); None where that is no question.
    """

    causes: Mapping[str, float] = field(default_factory=dict)
    alone: float | None = None


def behind(
    network: Network,
    findings: Mapping[str, object],
    log_evidence: float,
    inside: Collection[str] = (),
) -> Behind:
    """Which causes took part in the outcome of the network, which is among the findings.

    Parameters
    ----------
    network : Network
    findings : mapping of str to finding
    log_evidence : float
        Log P(findings), which whoever shows the case knows.
    inside : collection of str
        Other variables to keep beside the causes (see :meth:`Acting.draws`).

    Returns
    -------
    Behind
        Empty where causes do not act one by one on the outcome, or the findings are impossible.

    Raises
    ------
    UnknownName, InvalidFinding
    """
    outcome = acting_on(network)
    if outcome is None or not math.isfinite(log_evidence):
        return Behind()
    asked = Acting.of(network, findings)
    if asked is None:  # levels, or something that prevents the outcome
        found = attribution(network, findings, outcome.variable, outcome.states, needed=False)
        fired = {c.cause: c.fired for c in found.causes if not math.isnan(c.fired)}
        fired.pop("leak", None)
        rest = found.idiopathic
        if rest is None or math.isnan(rest.only):
            return Behind(fired)
        return Behind(fired | {IDIOPATHIC: rest.fired}, rest.only)
    row = finding_row(network, findings)
    acted, none = asked.draws(row, None, inside)
    by_name = dict(zip(asked.causes, acted[0].tolist(), strict=True))
    return Behind(by_name, float(none[0]) if asked.nameless else None)


def acts(network: Network, findings: Mapping[str, object]) -> bool:
    """Whether it can be said at many values of the numbers how often a cause acted."""
    return Acting.of(network, findings) is not None


def causes_behind(network: Network) -> dict[str, Event]:
    """What counts as having each of the direct causes of the outcome, by variable; none without one."""
    outcome = str(network.about.get("target", ""))
    names = network.parents(outcome) if outcome in network.variables else ()
    return dict(zip(names, acting_events(network, names), strict=True))


def none_there(network: Network, findings: Mapping[str, object], log_evidence: float) -> float:
    """P(every possible cause is in its usual state | findings); 0 where one is found that is not.

    Parameters
    ----------
    network : Network
    findings : mapping of str to finding
    log_evidence : float
        Log P(findings).

    Raises
    ------
    UnknownName, InvalidFinding
    """
    usual = {each.variable: network.variables[each.variable].usual for each in causes(network)}
    if any(findings.get(name, state) != state for name, state in usual.items()):
        return 0.0
    if not math.isfinite(log_evidence):
        return 0.0
    try:
        every = posterior(network, {**findings, **usual}).log_evidence
    except ImpossibleFindings:
        return 0.0
    return math.exp(every - log_evidence)
