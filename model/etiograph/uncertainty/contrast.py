"""What a change makes of one answer, and how sure that difference is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from etiograph.uncertainty.rows import (
    Event,
    event,
    finding_row,
    require_possible,
    seen_through,
    solve,
)
from etiograph.uncertainty.summary import Interval, importance, summarise

if TYPE_CHECKING:
    from etiograph.network.network import Network
    from etiograph.query.worlds import Kind


@dataclass(frozen=True, slots=True)
class Contrast:
    """One answer with a change, without it, and the difference, each with its interval.

    Attributes
    ----------
    event : Event
    changed, unchanged : Interval
        Without the change: the findings as seen; for ``after``, the same person from now on.
    difference : Interval
        Changed minus unchanged, taken draw by draw: narrower than the two intervals suggest, as both
        worlds share every number.
    """

    event: Event
    changed: Interval
    unchanged: Interval
    difference: Interval


def contrast(
    network: Network,
    findings: Mapping[str, object],
    target: str,
    state: str | Sequence[str] | None = None,
    *,
    changes: Mapping[str, object],
    kind: Kind,
    draws: int = 500,
    seed: int = 0,
) -> Contrast:
    """The answer in the changed world beside that in the unchanged one.

    Parameters
    ----------
    network : Network
    findings : mapping of str to finding
    target : str
    state : str or sequence of str, optional
    changes : mapping of str to state
    kind : {"do", "had", "after"}
    draws, seed : int
        Draws of all parameters, the same for both worlds, weighted by P(findings | draw) in each; of
        the difference in the unchanged one.

    Raises
    ------
    UnknownName, InvalidFinding, InvalidChange, ImpossibleFindings
    """
    from etiograph.network.parameter import parameter_draws

    what = event(network, target, state)
    parameters = parameter_draws(tuple(network.parameters.values()), draws, seed)
    row, rows = finding_row(network, findings), finding_row(network, findings, parameters)
    wanted, slots = (what.variable,), what.slots(network)
    plain = seen_through(network, findings, "after" if kind == "after" else "see", {})
    points, drawn, weights = [], [], []
    for through in (seen_through(network, findings, kind, changes), plain):
        base = solve(network, row, None, through, wanted)
        require_possible(network, base.log_evidence, findings)
        answers = solve(network, rows, parameters, through, wanted)
        points.append(base.p(slots))
        drawn.append(answers.p(slots))
        weights.append(importance(answers.log_evidence))
    points.append(points[0] - points[1])
    drawn.append(drawn[0] - drawn[1])
    weights.append(weights[1])
    found = []
    for point, values, weight in zip(points, drawn, weights, strict=True):
        sound = np.where(np.isfinite(values), values, 0.0)  # impossible draws weigh nothing
        summary = summarise(point, sound[:, None], weight)
        found.append(Interval(**{name: float(column[0]) for name, column in summary.items()}))
    return Contrast(what, *found)
