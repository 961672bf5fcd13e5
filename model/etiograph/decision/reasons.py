"""The reasons of a report: why, what would turn it, what next, which numbers, and is it unexpected."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from etiograph.decision import words
from etiograph.decision.number_words import tornado_words, turns_words
from etiograph.decision.step_words import next_words, steps_words
from etiograph.network.event import Event
from etiograph.query.causes import names_causes, open_causes
from etiograph.uncertainty.acted import Acting

if TYPE_CHECKING:
    from etiograph.decision.explain import Explanation
    from etiograph.network.network import Network
    from etiograph.query.worlds import Kind
    from etiograph.uncertainty.summary import Interval

Lines = tuple[str, ...]
GAINS = 100
"""Draws for the interval of what a test tells."""


def reasons(
    network: Network,
    findings: Mapping[str, object],
    changes: Mapping[str, object],
    kind: Kind,
    asked: Event | None,
    ranges: Mapping[Event, Interval],
    *,
    turns: bool = True,
    told: Mapping[str, object] | None = None,
) -> tuple[Lines, Lines, Lines, Lines, Lines]:
    """Why, what would turn it, what next, which numbers and sources.

    What to ask next is of what was ``told``, where the findings are more than that.
    """
    from etiograph.decision.explain import explain
    from etiograph.uncertainty.sensitivity import tornado

    if asked is None:
        return (), (), (), (), ()
    seen = kind == "see"
    what = asked
    why = explain(network, findings, what, changes=changes, kind=kind)
    # The numbers behind what the causes are ranked by.
    acting = Acting.of(network, findings, kind)
    acted = acting is not None and asked.variable in acting.causes
    bars = tornado(network, findings, what, changes=changes, kind=kind, groups=seen, acted=acted)
    about = next_about(network, kind, asked)
    used = [id_ for bar in bars.bars if bar.swing >= words.FELT for id_ in bar.evidence]
    return (
        (
            *words.explanation_words(network, why, interval=ranges.get(asked), reversals=seen),
            *_conflict(network, findings, why),
        ),
        _turns(network, findings) if seen and turns else (),
        _next(network, findings if told is None else told, changes, kind, about),
        tornado_words(network, bars) if bars.bars else (),
        tuple(dict.fromkeys(used))[:8],
    )


def next_about(network: Network, kind: Kind, asked: Event | None) -> Event | None:
    """What the next question is about: a case's causes (None), where the network names them, or one event."""
    return None if kind == "see" and names_causes(network) else asked


def _next(
    network: Network,
    findings: Mapping[str, object],
    changes: Mapping[str, object],
    kind: Kind,
    about: Event | None,
) -> Lines:
    """What to do next, for the person as seen where the network states what harms if missed."""
    from etiograph.decision.next_steps import next_steps, states_harms
    from etiograph.decision.next_test import next_tests

    if kind == "see" and states_harms(network):
        return steps_words(network, next_steps(network, findings))
    draws = GAINS if network.has_ranges else 0
    found = next_tests(network, findings, about, changes=changes, kind=kind, draws=draws)
    return next_words(network, found)


def _conflict(network: Network, findings: Mapping[str, object], why: Explanation) -> Lines:
    from etiograph.decision.conflict import conflict

    if why.conflict <= 0.0:
        return ()
    return words.conflict_words(network, conflict(network, findings))


def _turns(network: Network, findings: Mapping[str, object]) -> Lines:
    from etiograph.uncertainty.flip import turning_points

    if not open_causes(network, findings):
        return ()
    if not any(p.uncertain for p in network.parameters.values()):
        return ()
    found = turning_points(network, findings, together=1)
    if found.smallest is None:
        found = turning_points(network, findings)
    return (turns_words(network, found),)


def unexpected(
    network: Network, findings: Mapping[str, object], kind: Kind, also: Collection[str] = ()
) -> Lines:
    """A warning where the network hardly ever brings forth such a case and a finding is odd in it.

    ``also`` as in :func:`~etiograph.decision.surprise.unexpected`.
    """
    from etiograph.decision.odd import odd_findings

    if kind != "see" or len(findings) < 2:
        return ()
    return words.odd_words(network, odd_findings(network, findings, also))
