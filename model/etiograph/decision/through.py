"""The body states through which a finding acts on an answer (Kyrimi et al. 2020)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from etiograph.network.event import Event
from etiograph.network.value import value_type
from etiograph.query.graphs import Skeleton, ancestral, moral
from etiograph.query.structure import dag
from etiograph.uncertainty.rows import FloatArray, solve

if TYPE_CHECKING:
    from etiograph.network.network import Network

CARRIERS = ("body", "condition", "outcome")
"""Roles that an effect is said to pass through."""
MOVED = 0.005
"""Change of a state's probability from which it is looked at."""
TRIED = 6
"""How many of the most moved states are looked at for each finding."""
LEAST = 0.002
"""Change of the answer from which a state is worth naming."""
SHARE = 0.1
"""Part of the effect from which a state is said to carry it."""


@value_type
@dataclass(frozen=True, slots=True)
class Mediator:
    """A body state through which a finding acts.

    Attributes
    ----------
    variable, state : str
        The state of the variable that the finding moves most.
    before, after : float
        Its probability without and with the finding.
    carried : float
        How far the answer would move if the finding moved this variable alone: sum over its states
        s of ``(P(s | all) - P(s | all but the finding)) P(target | s, all)``. Where the variable
        carries the whole effect this is the whole change of the answer.
    """

    variable: str
    state: str
    before: float
    after: float
    carried: float


def through_what(
    network: Network,
    names: Sequence[str],
    target: Event,
    row: FloatArray,
    before: FloatArray,
    after: FloatArray,
    keep: int = 3,
) -> dict[str, tuple[Mediator, ...]]:
    """The states that carry the effect of each finding, the most first.

    Parameters
    ----------
    names : sequence of str
        The findings.
    row : ndarray (1, S)
        All findings.
    before : ndarray (F, S)
        Marginals without each finding.
    after : ndarray (S,)
        Marginals with all of them.
    """
    ways = {
        name: _candidates(network, names, name, target.variable, before[j], after)
        for j, name in enumerate(names)
    }
    tried = list(dict.fromkeys(v for found in ways.values() for v in found))
    answers = _with_state(network, tried, target, row, after)
    slots = target.slots(network)
    p_target = float(after[slots].sum())
    out: dict[str, tuple[Mediator, ...]] = {}
    for j, name in enumerate(names):
        total = p_target - float(before[j, slots].sum())
        steps = []
        for v in ways[name]:
            own = _own(network, v)
            change = after[own] - before[j, own]
            carried = float(change @ answers[v])
            if abs(carried) >= LEAST and carried / total >= SHARE:
                k = _most_moved(network, v, change)
                steps.append(
                    Mediator(
                        v,
                        network.variables[v].states[k],
                        float(before[j, own][k]),
                        float(after[own][k]),
                        carried,
                    )
                )
        steps.sort(key=lambda s: (-abs(s.carried), s.variable))
        out[name] = tuple(steps[:keep])
    return out


def _own(network: Network, name: str) -> slice:
    start = network.model.offsets[network.model.index[name]]
    return slice(start, start + network.variables[name].card)


def _most_moved(network: Network, name: str, change: FloatArray) -> int:
    """The state, not the usual one, whose probability changes most."""
    moved = np.abs(change)
    moved[network.variables[name].index(network.variables[name].usual)] = -1.0
    return int(np.argmax(moved))


def _candidates(
    network: Network,
    names: Sequence[str],
    finding: str,
    target: str,
    before: FloatArray,
    after: FloatArray,
) -> list[str]:
    """Body states between a finding and the target that the finding moves, most moved first."""
    moved = {}
    for v in on_the_way(network, finding, target, [n for n in names if n != finding]):
        if network.variables[v].role in CARRIERS and v != target:
            own = _own(network, v)
            change = float(np.abs(after[own] - before[own]).max())
            if change >= MOVED:
                moved[v] = change
    return sorted(moved, key=lambda v: (-moved[v], v))[:TRIED]


def _with_state(
    network: Network, tried: Sequence[str], target: Event, row: FloatArray, after: FloatArray
) -> dict[str, FloatArray]:
    """P(target | state, all findings) of every state of each variable; impossible: no news."""
    if not tried:
        return {}
    rows = [
        Event.of(network.variables[v], s).added(network.model, row)
        for v in tried
        for s in network.variables[v].states
    ]
    found = solve(network, np.concatenate(rows), wanted=(target.variable,))
    slots = target.slots(network)
    p = np.where(np.isfinite(found.log_evidence), found.p(slots), after[slots].sum())
    out, at = {}, 0
    for v in tried:
        card = network.variables[v].card
        out[v] = p[at : at + card]
        at += card
    return out


def on_the_way(network: Network, a: str, b: str, known: Sequence[str]) -> set[str]:
    """Variables on a path between two others that is open given what is known.

    These are the nodes on a simple path in the moral graph of the ancestors once what is known is
    taken away (Lauritzen et al. 1990): the nodes of the blocks that an edge between the two closes.
    """
    graph = dag(network)
    kept = set(known) - {a, b}
    above = ancestral(graph, {a, b, *kept})
    skeleton = {
        v: near - kept for v, near in moral(graph, above).items() if v not in kept
    }  # what is known blocks
    skeleton[a] = skeleton[a] | {b}
    skeleton[b] = skeleton[b] | {a}
    return block_of(skeleton, a, b) - {a, b}


def block_of(skeleton: Skeleton, a: str, b: str) -> set[str]:
    """The nodes of the biconnected component that holds the edge ``a - b`` (Tarjan 1972)."""
    depth, low = {a: 0, b: 1}, {a: 0, b: 0}
    edges: list[tuple[str, str]] = []
    path = [(b, iter(sorted(skeleton[b] - {a})))]
    while path:
        node, rest = path[-1]
        step = next(rest, None)
        if step is None:
            path.pop()
            if path:
                parent = path[-1][0]
                low[parent] = min(low[parent], low[node])
                if low[node] >= depth[parent]:  # what hangs below the parent alone is no way on
                    del edges[edges.index((parent, node)) :]
        elif step not in depth:
            depth[step] = low[step] = len(path) + 1
            edges.append((node, step))
            path.append((step, iter(sorted(skeleton[step] - {node}))))
        elif depth[step] < depth[node]:
            low[node] = min(low[node], depth[step])
    return {a, b, *(v for edge in edges for v in edge)}
