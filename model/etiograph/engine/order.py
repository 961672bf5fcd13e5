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


def _greedy(
    neighbours: Sequence[int],
    log_cards: Sequence[float],
    vertices: Sequence[int],
    rule: Rule,
    noise: random.Random | None,
    give_up_at: float,
) -> tuple[list[int], float]:
    """One greedy run: the order and the sum of its clique sizes (infinite once it is worse)."""
    graph = list(neighbours)
    left = dict.fromkeys(vertices)

    def rate(v: int) -> float:
        near = graph[v]
        fill = 0
        weighted = 0.0
        log_size = log_cards[v]
        for u in bits(near):
            log_size += log_cards[u]
            missing = near & ~graph[u] & ~(1 << u)
            if missing:
                fill += missing.bit_count()
                if rule.weighs:
                    weighted += log_cards[u] * sum([log_cards[w] for w in bits(missing)])
        if fill == 0:
            return -1e9 + log_size
        value = rule.score(fill / 2, weighted / 2, log_size)
        return value + noise.random() * 0.25 * abs(value) if noise else value

    rating = {v: rate(v) for v in left}
    order: list[int] = []
    total = 0.0
    while left:
        v = min(rating, key=rating.__getitem__)
        near = graph[v]
        total += 2.0 ** (log_cards[v] + sum(log_cards[u] for u in bits(near)))
        order.append(v)
        del left[v], rating[v]
        if total > give_up_at:
            return order, math.inf
        grew = False
        for u in bits(near):
            before = graph[u]
            graph[u] = (before | near) & ~((1 << u) | (1 << v))
            grew = grew or graph[u] & ~before != 0
        touched = near
        if grew:
            for u in bits(near):
                touched |= graph[u]
        for u in bits(touched):
            if u in left:
                rating[u] = rate(u)
    return order, total


def order_cost(
    neighbours: Sequence[int], log_cards: Sequence[float], order: Sequence[int]
) -> float:
    """Sum of the sizes of the cliques that an order makes."""
    graph = list(neighbours)
    total = 0.0
    for v in order:
        near = graph[v]
        total += 2.0 ** (log_cards[v] + sum(log_cards[u] for u in bits(near)))
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

    Returns
    -------
    (list of int, float)
        The order and the sum of its clique sizes in entries.
    """
    log_cards = [math.log2(c) if c > 0 else 0.0 for c in cards]
    leaves, neighbours, core = _without_leaves(neighbours, vertices)
    best, best_cost = _best_of_core(neighbours, log_cards, core, restarts, hints)
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
) -> tuple[list[int], float]:
    """The best of hints, plain rules and restarts."""
    best: list[int] = list(vertices)
    best_cost = math.inf
    for hint in hints:
        wanted = set(vertices)
        order = [v for v in hint if v in wanted]
        cost = order_cost(neighbours, log_cards, order)
        if len(order) == len(vertices) and cost < best_cost:
            best, best_cost = order, cost
    for rule in RULES[:3]:
        order, cost = _greedy(neighbours, log_cards, vertices, rule, None, best_cost)
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
        order, cost = _greedy(neighbours, log_cards, vertices, rule, noise, best_cost)
        if cost < best_cost:
            best, best_cost = order, cost
    return best, best_cost
