"""What would follow if something were changed: a part of a report, a scenario each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from etiograph.decision import words
from etiograph.decision.red_flags import added_by
from etiograph.network.event import Event
from etiograph.uncertainty.contrast import contrast

if TYPE_CHECKING:
    from etiograph.network.network import Network

DRAWS = 500
"""Draws at most for the difference that a change makes: two worlds each."""


def scenario_lines(
    network: Network,
    findings: Mapping[str, object],
    scenarios: Sequence[Mapping[str, str]],
    asked: Event | None,
    *,
    draws: int,
    seed: int,
) -> tuple[str, ...]:
    """What each scenario would make of the event asked about from now on, and its cautions.

    Parameters
    ----------
    network : Network
    findings : mapping of str to finding
    scenarios : sequence of mapping of str to state
        Changes that are compared with no change.
    asked : Event or None
        What the numbers are about; None where there is nothing to ask, and only cautions are said.
    draws, seed : int
        For the intervals.
    """
    lines: list[str] = []
    for changes in scenarios:
        if asked is not None and asked.variable not in changes:
            sides = contrast(
                network, findings, asked.variable, asked.states,
                changes=changes, kind="after", draws=min(draws, DRAWS), seed=seed,
            )  # fmt: skip
            lines += words.contrast_words(network, sides, changes, "after")
        else:
            told = words.joined(
                [words.finding_words(network, name, value) for name, value in changes.items()]
            )
            lines.append(f'From now on with "{told}".')
        lines += [
            f"{words.FLAG_LEVELS[flag.level]} on this change: {flag.message}"
            for flag in added_by(network, findings, changes)
        ]
    return tuple(lines)
