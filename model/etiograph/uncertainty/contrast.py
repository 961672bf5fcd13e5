"""What a change makes of answers, and how sure that difference is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from etiograph.network.answer import Answer
from etiograph.network.event import Asked, Event
from etiograph.network.frozen import FrozenMap
from etiograph.network.value import value_type
from etiograph.query.stated_changes import checked_changes
from etiograph.uncertainty.rows import finding_row, require_possible, seen_through, solve
from etiograph.uncertainty.summary import (
    Interval,
    importance,
    interval,
    interval_frame,
    summarise,
)

if TYPE_CHECKING:
    import pandas as pd

    from etiograph.network.network import Network
    from etiograph.query.worlds import Kind, World


@value_type
@dataclass(frozen=True, slots=True)
class Contrast(Answer):
    """One answer with a change, without it or with another one, and the difference, each with its interval.

    Attributes
    ----------
    event : Event
    changed, unchanged : Interval
        With the change, and without: the findings as seen; for ``after``, the same person from now on.
        Where the change was compared ``against`` another one, ``unchanged`` is the world of that.
    difference : Interval
        Changed minus unchanged, taken draw by draw: narrower than the two intervals suggest, as both
        worlds share every number.
    against : mapping of str to state
        The other change; empty where the change is compared with none.
    ranged : bool
        Whether any number of the network has a range; else there is no interval to speak of.
    """

    event: Event
    changed: Interval
    unchanged: Interval
    difference: Interval
    against: Mapping[str, object] = FrozenMap()
    ranged: bool = True

    @property
    def sentence(self) -> str:
        """The answer in words: both worlds and the difference, with 90 % intervals where there are ranges."""
        other = ", ".join(f"{name}={value}" for name, value in self.against.items())
        sides = (
            ("with the change", self.changed, ""),
            (f"with {other}" if other else "without", self.unchanged, ""),
            ("difference", self.difference, "+"),
        )
        told = [
            f"{name} {c.point:{sign}.3g}"
            + (f" ({c.low:{sign}.3g} to {c.high:{sign}.3g})" if self.ranged else "")
            for name, c, sign in sides
        ]
        return f"{self.event}: {', '.join(told)}"

    def to_frame(self) -> pd.DataFrame:
        """Three rows: unchanged, changed, difference; a column each of an interval's numbers.

        The first is the world of ``against``, if any. All but the points are NaN where the network's
        numbers state no ranges.
        """
        worlds = ("unchanged", "changed", "difference")
        rows = [((world,), getattr(self, world)) for world in worlds]
        return interval_frame(["world"], rows, self.ranged)


def contrast(
    network: Network,
    findings: Mapping[str, object],
    target: Asked,
    state: str | Sequence[str] | None = None,
    *,
    changes: Mapping[str, object],
    kind: Kind,
    against: Mapping[str, object] | None = None,
    draws: int = 500,
    seed: int = 0,
) -> Contrast:
    """One answer in the changed world beside that in another one (see :func:`contrasts`)."""
    what = Event.parse(network, target, state)
    (found,) = contrasts(
        network, findings, [what], changes=changes, kind=kind, against=against, draws=draws,
        seed=seed,
    )  # fmt: skip
    return found


def contrasts(
    network: Network,
    findings: Mapping[str, object],
    events: Sequence[Event],
    *,
    changes: Mapping[str, object],
    kind: Kind,
    against: Mapping[str, object] | None = None,
    draws: int = 500,
    seed: int = 0,
) -> tuple[Contrast, ...]:
    """Answers in the changed world beside those in the unchanged or another one, from the same draws.

    Parameters
    ----------
    network : Network
    findings : mapping of str to finding
    events : sequence of Event
    changes : mapping of str to state
        For ``see``: what is observed besides.
    kind : {"see", "do", "had", "after"}
    against : mapping of str to state, optional
        Other changes of the same kind, to compare with instead of none.
    draws, seed : int
        Draws of all parameters, the same for both worlds, weighted by P(findings | draw) in each; of
        the difference in the unchanged one, or that of ``against``.

    Raises
    ------
    UnknownName, InvalidFinding, InvalidChange, ImpossibleFindings
    """
    from etiograph.network.parameter import parameter_draws

    parameters = parameter_draws(tuple(network.priors.values()), draws, seed)
    wanted = tuple(dict.fromkeys(what.variable for what in events))
    slots = [what.slots(network) for what in events]
    other = checked_changes(network, against) if against is not None and kind != "see" else against
    worlds = [_world(network, findings, kind, each) for each in (other, changes)]
    points, drawn, weights = [], [], []
    for known, through in worlds:
        base = solve(network, finding_row(network, known), None, through, wanted)
        require_possible(network, base.log_evidence, known)
        rows = finding_row(network, known, parameters)
        answers = solve(network, rows, parameters, through, wanted)
        points.append(np.stack([base.p(own)[0] for own in slots]))
        drawn.append(np.stack([answers.p(own) for own in slots], axis=1))
        weights.append(importance(answers.log_evidence))
    points.append(points[1] - points[0])
    drawn.append(drawn[1] - drawn[0])
    weights.append(weights[0])
    cells = []
    for point, values, weight in zip(points, drawn, weights, strict=True):
        sound = np.where(np.isfinite(values), values, 0.0)  # impossible draws weigh nothing
        summary = summarise(point, sound, weight)
        cells.append([interval(summary, i) for i in range(len(events))])
    return tuple(
        Contrast(what, changed, unchanged, difference, FrozenMap(other or {}), network.has_ranges)
        for what, unchanged, changed, difference in zip(events, *cells, strict=True)
    )


def _world(
    network: Network,
    findings: Mapping[str, object],
    kind: Kind,
    changes: Mapping[str, object] | None,
) -> tuple[Mapping[str, object], World]:
    """What is found in a world, and the world: None, the one without a change."""
    if kind == "see":
        return {**findings, **(changes or {})}, seen_through(network, findings, "see", {})
    if changes is None:
        return findings, seen_through(network, findings, "after" if kind == "after" else "see", {})
    return findings, seen_through(network, findings, kind, changes)
