"""Whether an effect follows from what is observed: front door, and identification by any means.

Nothing here reads a number. Back-door adjustment is in :mod:`etiograph.query.structure`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from etiograph.errors import NotIdentifiable, TooLarge
from etiograph.network.value import value_type
from etiograph.query.graphs import Dag, ancestral, between, hedge, projection, reachable
from etiograph.query.structure import (
    MAX_CANDIDATES,
    Names,
    adjustment_sets,
    below,
    cut_below,
    dag,
    hidden_of,
    names_in,
    refuse_hidden_ends,
    subsets,
)

if TYPE_CHECKING:
    from etiograph.network.network import Network


def front_door_sets(
    network: Network, x: str, y: str, *, unobserved: Names = ()
) -> tuple[frozenset[str], ...]:
    """Minimal sets that satisfy the front-door criterion (Pearl 2009, definition 3.3.3).

    They intercept every directed path from ``x`` to ``y``, nothing unblocked leads back from ``x``
    to them, and ``x`` blocks every path back from them to ``y``. In a large graph only variables
    on directed paths from ``x`` to ``y`` are tried.
    """
    graph = dag(network)
    names_in(graph, (x, y))
    hidden = hidden_of(network, graph, unobserved)
    refuse_hidden_ends(x, y, hidden)
    if y not in below(graph, x):
        return ()
    largest = _largest(graph, x, y, set(graph) - hidden - {x, y})
    # Where the largest set lets a directed path past, every set does.
    if not _front_door(graph, x, y, largest):
        return ()
    candidates = sorted(largest & ancestral(graph, {y}))
    if len(candidates) > MAX_CANDIDATES:
        candidates = sorted(between(graph, x, y).intersection(candidates))
    if len(candidates) > MAX_CANDIDATES:
        entries = 2 ** len(candidates)
        raise TooLarge(f"{len(candidates)} mediators make {entries:,} sets", entries)
    found: list[frozenset[str]] = []
    for z in subsets(candidates):
        chosen = frozenset(z)
        larger = any(smaller <= chosen for smaller in found)
        if chosen and not larger and _front_door(graph, x, y, chosen):
            found.append(chosen)
    return tuple(sorted(found, key=lambda s: (len(s), sorted(s))))


def is_front_door_set(network: Network, x: str, y: str, z: Names) -> bool:
    """Whether ``z`` satisfies the front-door criterion for the effect of ``x`` on ``y``."""
    graph = dag(network)
    names_in(graph, (x, y))
    members = frozenset(names_in(graph, z))
    if not members or members & {x, y} or y not in below(graph, x):
        return False
    if reachable(cut_below(graph, x), {x}, set()) & members:
        return False
    return _front_door(graph, x, y, members)


def _front_door(graph: Dag, x: str, y: str, members: frozenset[str]) -> bool:
    """Interception, and x blocking the back doors of the members (the other rule is checked before)."""
    reached, stack = {x}, [x]
    while stack:
        node = stack.pop()
        for child, parents in graph.items():
            if node in parents and child not in reached and child not in members:
                reached.add(child)
                stack.append(child)
    if y in reached:
        return False
    return y not in reachable(_without_arrows_of(graph, members), set(members), {x})


def _largest(graph: Dag, x: str, y: str, candidates: set[str]) -> frozenset[str]:
    """The largest set that obeys both back-door rules (Jeong, Tian & Bareinboim 2022).

    A member with an open back door, given all others, has one in every smaller set, too.
    """
    members = candidates - reachable(cut_below(graph, x), {x}, set())
    while True:
        cut = _without_arrows_of(graph, members)
        open_to_y = {name for name in members if y in reachable(cut, {name}, {x})}
        if not open_to_y:
            return frozenset(members)
        members = members - open_to_y


def _without_arrows_of(graph: Dag, members: Collection[str]) -> Dag:
    """The graph without the arrows out of the members."""
    return {name: tuple(p for p in parents if p not in members) for name, parents in graph.items()}


@value_type
@dataclass(frozen=True, slots=True)
class Identification:
    """How an effect can be computed from observed variables.

    Attributes
    ----------
    strategy : str
        ``"no effect"``, ``"back door"``, ``"front door"`` or ``"identification algorithm"``.
    variables : tuple of str
        What to adjust for (back door) or what carries the effect (front door).
    """

    strategy: str
    variables: tuple[str, ...] = ()


def identify(network: Network, x: str, y: str, *, unobserved: Names = ()) -> Identification:
    """Whether the effect of ``x`` on ``y`` follows from observed variables, and how.

    Tries the back door, the front door, and then the complete identification algorithm (Shpitser &
    Pearl 2006).

    Raises
    ------
    NotIdentifiable
        No method can compute it; the message says which unseen causes are in the way.
    """
    graph = dag(network)
    names_in(graph, (x, y))
    hidden = hidden_of(network, graph, unobserved)
    refuse_hidden_ends(x, y, hidden)
    if y not in below(graph, x):
        return Identification("no effect")
    try:
        smallest = adjustment_sets(network, x, y, unobserved=unobserved)[0]
        return Identification("back door", tuple(sorted(smallest)))
    except NotIdentifiable as shut:
        why = str(shut)
    arrows, ties = projection(graph, hidden)
    obstacle = hedge(arrows, ties, x, y)
    if obstacle is not None:
        tied = obstacle[0]
        unseen = [name for name in graph if name in hidden and len(tied & below(graph, name)) > 1]
        raise NotIdentifiable(
            f"the effect of '{x}' on '{y}' cannot be computed from observed variables: "
            f"{_some(unseen)} is not observed and ties {_some(sorted(tied))} together; {why}"
        )
    try:
        doors = front_door_sets(network, x, y, unobserved=unobserved)
    except TooLarge:
        doors = ()
    if doors:
        return Identification("front door", tuple(sorted(doors[0])))
    return Identification("identification algorithm")


def _some(names: Sequence[str], most: int = 5) -> str:
    """A few of the names, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
