"""What each finding that is not known yet would do to what is asked, all of them at once.

A row for each event asked about, not for each finding, turned by Bayes' rule:
P(event | findings, x) = P(x | event, findings) P(event | findings) / P(x | findings).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from etiograph.uncertainty.rows import FloatArray, finding_row, require_possible, solve

if TYPE_CHECKING:
    from etiograph.network.event import Event
    from etiograph.network.network import Network

SEEN = 0.01
"""A smaller change of a probability is not spoken of."""


def after_each(
    network: Network,
    findings: Mapping[str, object],
    candidates: Sequence[Event],
    events: Sequence[Event],
    inside: Collection[str] | None = None,
) -> tuple[FloatArray, FloatArray]:
    """Probability of some events now, and after each of some further findings.

    Parameters
    ----------
    network : Network
    findings : mapping of str to finding
    candidates : sequence of Event, length C
        What may be found.
    events : sequence of Event, length E
        What is asked about.
    inside : collection of str, optional
        Variables that the engine answers for, those of candidates and events among them; cases that
        name the same ones share what it works out once. Default: all.

    Returns
    -------
    now : ndarray (E,)
        P(event | findings).
    after : ndarray (C, E)
        P(event | findings, candidate); NaN where the candidate is impossible.

    Raises
    ------
    ImpossibleFindings, UnknownName, InvalidFinding
    """
    row = finding_row(network, findings)
    base = solve(network, row, None, None, inside)
    require_possible(network, base.log_evidence, findings)
    now = np.array([base.p(event.slots(network))[0] for event in events])
    each = np.array([base.p(event.slots(network))[0] for event in candidates])
    joint = np.zeros((len(candidates), len(events)))
    possible = np.flatnonzero(now > 0.0).tolist()
    if possible:
        rows = np.concatenate([events[k].added(network.model, row) for k in possible])
        found = solve(network, rows, None, None, inside)
        given = np.array([found.p(event.slots(network)) for event in candidates])
        joint[:, possible] = given.reshape(len(candidates), -1) * now[possible]
    after = np.full_like(joint, np.nan)
    np.divide(joint, each[:, None], out=after, where=each[:, None] > 0.0)
    return now, np.clip(after, 0.0, 1.0)


def moved(
    network: Network,
    findings: Mapping[str, object],
    candidates: Sequence[Event],
    events: Sequence[Event],
    inside: Collection[str] | None = None,
) -> tuple[dict[int, float], ...]:
    """Of each further finding the events it would move, by their places: how probable they would be.

    Takes what :func:`after_each` takes. An impossible candidate moves nothing.
    """
    now, after = after_each(network, findings, candidates, events, inside)
    shifts = np.nan_to_num(np.abs(after - now)) >= SEEN
    return tuple(
        {int(k): float(p[k]) for k in np.flatnonzero(far)}
        for p, far in zip(after, shifts, strict=True)
    )
