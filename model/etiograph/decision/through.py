"""The body states through which a finding acts on an answer (Kyrimi et al. 2020)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from etiograph.query.targets import reference_state
from etiograph.uncertainty.rows import Event, FloatArray

if TYPE_CHECKING:
    from etiograph.network.network import Network


@dataclass(frozen=True, slots=True)
class Step:
    """A body state through which a finding acts.

    Attributes
    ----------
    variable, state : str
    before, after : float
        Its probability without and with the finding.
    """

    variable: str
    state: str
    before: float
    after: float


def through_what(
    network: Network,
    findings: Mapping[str, object],
    finding: str,
    target: Event,
    before: FloatArray,
    after: FloatArray,
    keep: int = 3,
) -> tuple[Step, ...]:
    """The states between a finding and the target that the finding moves most.

    Parameters
    ----------
    before, after : ndarray (S,)
        Marginals without and with the finding.
    """
    between = _between(network, finding, target.variable)
    steps = []
    for name in between - {finding, target.variable, *findings}:
        variable = network.variables[name]
        if variable.role not in ("body", "condition", "outcome"):
            continue
        start = network.model.offsets[network.model.index[name]]
        change = after[start : start + variable.card] - before[start : start + variable.card]
        moved = np.abs(change)
        moved[variable.index(reference_state(network, name))] = -1.0
        k = int(np.argmax(moved))
        if abs(change[k]) >= 0.005:
            steps.append(
                Step(name, variable.states[k], float(before[start + k]), float(after[start + k]))
            )
    steps.sort(key=lambda s: (-abs(s.after - s.before), s.variable))
    return tuple(steps[:keep])


def _between(network: Network, a: str, b: str) -> set[str]:
    """Variables on an arrow path from one to the other, and common ancestors."""
    up_a, up_b = _reach(network.parents, a), _reach(network.parents, b)
    down_a, down_b = _reach(network.children, a), _reach(network.children, b)
    return (down_a & up_b) | (up_a & down_b) | (up_a & up_b)


def _reach(step: Callable[[str], tuple[str, ...]], start: str) -> set[str]:
    seen: set[str] = set()
    todo = [start]
    while todo:
        v = todo.pop()
        if v not in seen:
            seen.add(v)
            todo.extend(step(v))
    return seen
