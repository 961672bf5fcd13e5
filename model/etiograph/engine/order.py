"""Elimination orders: which variable to sum out next, and what that costs.

A graph is a list of neighbour sets held as integer bit masks. No single greedy rule wins on every
network, so three rules run once each and a fixed number of randomised restarts follow; the number
depends on the graph alone, never on the clock, so that a plan is the same on every machine.
(Kjaerulff 1990; Fishelson & Geiger 2003 for randomised restarts.)
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

Score = Callable[[float, float, float], float]


@dataclass(frozen=True, slots=True)
class Rule:
    """A greedy rule: (fill edges, sum of their weights, log2 of the clique's size) -> score.

    ``weighs`` says whether the second is used; it is the dear one.
    """

    score: Score
    weighs: bool


_TINY = 1e-9
HOPELESS = 1e12
"""Entries beyond which no other rule would make a difference."""
RULES = (
    Rule(lambda fill, weighted, size: fill + 1e-3 * size, False),
    Rule(lambda fill, weighted, size: size, False),
    Rule(lambda fill, weighted, size: weighted + 1e-3 * size, True),
    Rule(lambda fill, weighted, size: math.log2(fill + _TINY) + size, False),
    Rule(lambda fill, weighted, size: math.log2(weighted + _TINY) + size, True),
    Rule(lambda fill, weighted, size: math.log2(weighted + _TINY) + 0.5 * size, True),
)


def bits(mask: int) -> Iterable[int]:
    """The positions of the ones of a mask, lowest first."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def primal_graph(n: int, scopes: Iterable[Iterable[int]]) -> list[int]:
    """Neighbour masks of the graph in which every scope is complete."""
    neighbours = [0] * n
    for scope in scopes:
        mask = 0
        for v in scope:
            mask |= 1 << v
        for v in bits(mask):
            neighbours[v] |= mask & ~(1 << v)
    return neighbours


class _Graph:
    """A graph to be eliminated many times over: what never changes between runs is found once."""

    def __init__(
        self, neighbours: Sequence[int], log_cards: Sequence[float], vertices: Sequence[int]
    ) -> None:
        self.neighbours = neighbours
        self.log_cards = log_cards
        self.vertices = vertices
        self.at_first = {v: self.look(neighbours, v, True) for v in vertices}

    def size(self, clique: int) -> float:
        """log2 of the number of states of a set of vertices."""
        return sum([self.log_cards[u] for u in bits(clique)])

    def look(self, graph: Sequence[int], v: int, weighs: bool) -> tuple[float, float, float]:
        """What a rule sees of a vertex: missing edges, their weight, log2 of its clique's size."""
        rest = graph[v]
        fill = 0
        weighted = 0.0
        size = self.log_cards[v]
        while rest:
            low = rest & -rest
            rest ^= low
            u = low.bit_length() - 1
            size += self.log_cards[u]
            missing = rest & ~graph[u]
            if missing:
                fill += missing.bit_count()
                if weighs:
                    weighted += self.log_cards[u] * self.size(missing)
        return fill, weighted, size

    def greedy(
        self, rule: Rule, noise: random.Random | None, give_up_at: float
    ) -> tuple[list[int], float]:
        """One greedy run: the order and what it costs (infinite once that is too much)."""

        def rate(seen: tuple[float, float, float]) -> float:
            if seen[0] == 0:
                return -1e9 + seen[2]
            value = rule.score(*seen)
            return value + noise.random() * 0.25 * abs(value) if noise else value

        graph = list(self.neighbours)
        rating = {v: rate(self.at_first[v]) for v in self.vertices}
        order: list[int] = []
        separators: set[int] = set()
        total = 0.0
        while rating:
            v = min(rating, key=rating.__getitem__)
            clique = graph[v] | 1 << v
            if clique not in separators:
                total += 2.0 ** self.size(clique)
            separators.add(graph[v])
            order.append(v)
            del rating[v]
            if total > give_up_at:
                return order, math.inf
            for u in _eliminate(graph, v):
                if u in rating:
                    rating[u] = rate(self.look(graph, u, rule.weighs))
        return order, total


def _eliminate(graph: list[int], v: int) -> Iterable[int]:
    """Join the neighbours of a vertex and take it out; the vertices that look different now."""
    near = graph[v]
    touched = near
    rest = near
    for u in bits(near):
        graph[u] &= ~(1 << v)
    for u in bits(near):
        rest &= ~(1 << u)
        missing = rest & ~graph[u]
        for w in bits(missing):
            # Whoever knows both sees one missing edge less.
            touched |= graph[u] & graph[w]
            graph[u] |= 1 << w
            graph[w] |= 1 << u
    return bits(touched)


def order_cost(
    neighbours: Sequence[int], log_cards: Sequence[float], order: Sequence[int]
) -> float:
    """Sum of the sizes of the maximal cliques that an order makes.

    A clique that is what an earlier one sends on is part of that one and costs nothing of its own.
    """
    graph = list(neighbours)
    separators: set[int] = set()
    total = 0.0
    for v in order:
        near = graph[v]
        if near | 1 << v not in separators:
            total += 2.0 ** (log_cards[v] + sum(log_cards[u] for u in bits(near)))
        separators.add(near)
        for u in bits(near):
            graph[u] = (graph[u] | near) & ~((1 << u) | (1 << v))
    return total


def elimination_order(
    neighbours: Sequence[int],
    cards: Sequence[int],
    vertices: Sequence[int],
    *,
    restarts: int | None = None,
    hints: Iterable[Sequence[int]] = (),
    good_enough: float = 0.0,
) -> tuple[list[int], float]:
    """A good elimination order.

    Parameters
    ----------
    neighbours : sequence of int
        Neighbour mask of each vertex.
    cards : sequence of int
        Number of states of each vertex.
    vertices : sequence of int
        The vertices to eliminate.
    restarts : int, optional
        Randomised runs after the three plain ones; by default a number that falls with the size of
        the graph and is zero where the plain runs are already cheap.
    hints : iterable of sequence of int
        Orders known to be good on a similar graph, tried first.
    good_enough : float
        Entries up to which a hint is taken without a look at what the rules find.

    Returns
    -------
    (list of int, float)
        The order and the sum of the sizes of its maximal cliques, in entries.
    """
    log_cards = [math.log2(c) if c > 0 else 0.0 for c in cards]
    leaves, neighbours, core = _without_leaves(neighbours, vertices)
    best, best_cost = _best_of_core(neighbours, log_cards, core, restarts, hints, good_enough)
    return leaves + best, best_cost + sum(
        2.0 ** (log_cards[v] + sum(log_cards[u] for u in bits(neighbours[v]))) for v in leaves
    )


def _without_leaves(
    neighbours: Sequence[int], vertices: Sequence[int]
) -> tuple[list[int], list[int], list[int]]:
    """Vertices with at most one neighbour, which may always go first, and the graph without them.

    A removed vertex keeps its one neighbour in the returned masks.
    """
    graph = list(neighbours)
    left = dict.fromkeys(vertices)
    leaves: list[int] = []
    waiting = [v for v in vertices if graph[v].bit_count() <= 1]
    while waiting:
        v = waiting.pop()
        if v not in left or graph[v].bit_count() > 1:
            continue
        leaves.append(v)
        del left[v]
        for u in bits(graph[v]):
            graph[u] &= ~(1 << v)
            if u in left and graph[u].bit_count() <= 1:
                waiting.append(u)
    return leaves, graph, list(left)


def _best_of_core(
    neighbours: Sequence[int],
    log_cards: Sequence[float],
    vertices: Sequence[int],
    restarts: int | None,
    hints: Iterable[Sequence[int]],
    good_enough: float,
) -> tuple[list[int], float]:
    """The best of hints, plain rules and restarts; a hint that is good enough ends the search."""
    best: list[int] = list(vertices)
    best_cost = math.inf
    for hint in hints:
        wanted = set(vertices)
        order = [v for v in hint if v in wanted]
        cost = order_cost(neighbours, log_cards, order)
        if len(order) == len(vertices) and cost < best_cost:
            best, best_cost = order, cost
    if best_cost <= good_enough:
        return best, best_cost
    graph = _Graph(neighbours, log_cards, vertices)
    for rule in RULES[:3]:
        order, cost = graph.greedy(rule, None, best_cost)
        if cost < best_cost:
            best, best_cost = order, cost
        if best_cost > HOPELESS:
            return best, best_cost
    n = len(vertices)
    if restarts is None:
        restarts = 0 if best_cost < 1_500 else max(8, min(30, 1_200 // max(n, 1)))
    noise = random.Random(n)
    for run in range(restarts):
        rule = RULES[run % len(RULES)]
        order, cost = graph.greedy(rule, noise, best_cost)
        if cost < best_cost:
            best, best_cost = order, cost
    return best, best_cost
