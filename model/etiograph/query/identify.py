"""Whether an effect follows from what is observed: front door, and identification by any means.

Nothing here reads a number. Back-door adjustment is in :mod:`etiograph.query.structure`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from etiograph.errors import NotIdentifiable, TooLarge
from etiograph.network.answer import Result
from etiograph.network.closure import closure
from etiograph.network.value import value_type
from etiograph.query.estimand import (
    Estimand,
    Term,
    adjusted,
    by_factors,
    by_front_door,
    latex_name,
    text,
    value,
)
from etiograph.query.graphs import (
    Dag,
    ancestral,
    below,
    between,
    children_of,
    hedge,
    projection,
    reachable,
)
from etiograph.query.structure import (
    MAX_CANDIDATES,
    Names,
    adjustment_sets,
    cut_below,
    dag,
    hidden_of,
    names_in,
    refuse_hidden_ends,
    subsets,
)

if TYPE_CHECKING:
    from etiograph.network.network import Network

FloatArray = NDArray[np.float64]


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
    children = children_of(graph)
    if y in closure({x}, lambda node: [c for c in children[node] if c not in members]):
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
class Identification(Result):
    """How an effect can be computed from observed variables.

    Attributes
    ----------
    cause, outcome : str
    strategy : str
        ``"no effect"``, ``"back door"``, ``"front door"`` or ``"identification algorithm"``.
    variables : tuple of str
        What to adjust for (back door) or what carries the effect (front door).
    estimand : Estimand
        P(outcome | do(cause)) as a formula of what is observed.
    """

    cause: str
    outcome: str
    strategy: str
    variables: tuple[str, ...]
    estimand: Estimand

    def __str__(self) -> str:
        formula = text(self.estimand, (self.cause, self.outcome))
        return f"P({self.outcome} | do({self.cause})) = {formula}"

    @property
    def latex(self) -> str:
        """The formula in LaTeX."""
        cause, outcome = (latex_name(name) for name in (self.cause, self.outcome))
        formula = text(self.estimand, (self.cause, self.outcome), latex=True)
        return rf"P({outcome} \mid \mathrm{{do}}({cause})) = {formula}"

    def _repr_latex_(self) -> str:
        return f"${self.latex}$"

    def value(self, names: Sequence[str], joint: ArrayLike) -> FloatArray:
        """The effect worked out on a joint distribution, with no other number of the network.

        Parameters
        ----------
        names : sequence of str
            The variable of each axis of ``joint``.
        joint : array
            P(names): what is observed.

        Returns
        -------
        ndarray, (states of the cause, states of the outcome)
            P(outcome | do(cause)). NaN where it hangs on what has probability 0.
        """
        numbers = np.asarray(joint, dtype=np.float64)
        axes = tuple(names)
        found, table = value(self.estimand, axes, numbers)
        ends = (self.cause, self.outcome)
        cards = [numbers.shape[axes.index(name)] for name in ends]
        # What else the formula names, the value does not hang on: any state at which it is defined.
        others = tuple(i for i, a in enumerate(found) if a not in ends)
        table = np.fmax.reduce(table, axis=others) if others else table
        own = [a for a in found if a in ends]
        if own == [self.outcome, self.cause]:
            table = table.T
        elif own == [self.outcome]:
            table = np.broadcast_to(table, (cards[0], cards[1]))
        return np.array(table)


def identify(network: Network, x: str, y: str, *, unobserved: Names = ()) -> Identification:
    """Whether the effect of ``x`` on ``y`` follows from observed variables, and by what formula.

    Tries the back door, the front door, and then the complete identification algorithm (Shpitser &
    Pearl 2006; the formula by c-factors, Tian & Pearl 2002).

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
        return Identification(x, y, "no effect", (), Term((y,)))
    try:
        smallest = adjustment_sets(network, x, y, unobserved=unobserved)[0]
        estimand = adjusted(x, y, smallest)
        return Identification(x, y, "back door", tuple(sorted(smallest)), estimand)
    except NotIdentifiable as shut:
        why = str(shut)
    arrows, ties = projection(graph, hidden)
    found = by_factors(arrows, ties, x, y)
    if found is None:
        obstacle = hedge(arrows, ties, x, y)
        tied = obstacle[0] if obstacle else set(arrows)
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
        z = tuple(sorted(doors[0]))
        return Identification(x, y, "front door", z, by_front_door(x, y, z))
    return Identification(x, y, "identification algorithm", (), found)


def _some(names: Sequence[str], most: int = 5) -> str:
    """A few of the names, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
