"""Elimination orders: which variable to sum out next, and what that costs.

A graph is a list of neighbour sets held as integer bit masks. No single greedy rule wins on every
network, so three rules run once each and randomised restarts follow (Kjaerulff 1990; Fishelson &
Geiger 2003). Their number grows with what the order costs, never with the clock, so that a plan is
the same on every machine. The runs are compiled (``kernels_order.py``); :func:`fill_order` is one run
without a compiled kernel, for a process that asks once and ends.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from etiograph.engine.costs import A_RUN, FEWEST_RUNS, MOST_RUNS

HOPELESS = 1e12
"""Entries beyond which no other rule would make a difference."""


def bits(mask: int) -> Iterator[int]:
    """The positions of the ones of a mask, lowest first."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def mask_of(vertices: Iterable[int]) -> int:
    """The set as a bit mask."""
    mask = 0
    for v in vertices:
        mask |= 1 << v
    return mask


def primal_graph(n: int, scopes: Iterable[Iterable[int]]) -> list[int]:
    """Neighbour masks of the graph in which every scope is complete."""
    neighbours = [0] * n
    for scope in scopes:
        mask = mask_of(scope)
        for v in scope:
            neighbours[v] |= mask
    return [mask & ~(1 << v) for v, mask in enumerate(neighbours)]


def logs_of(cards: Sequence[int]) -> list[float]:
    """log2 of each number of states."""
    return [math.log2(c) if c > 0 else 0.0 for c in cards]


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
            total += 2.0 ** (log_cards[v] + sum([log_cards[u] for u in bits(near)]))
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
) -> tuple[list[int], float]:
    """A good elimination order.

    Parameters
    ----------
    neighbours : sequence of int
        Neighbour mask of each vertex.
    cards : sequence of int
        Number of states of each vertex.
    vertices : sequence of int
        The vertices to eliminate: every neighbour of one is one.
    restarts : int, optional
        Randomised runs after the three plain ones; by default a number that grows with what the best
        of those costs.

    Returns
    -------
    (list of int, float)
        The order and the sum of the sizes of its maximal cliques, in entries.
    """
    from etiograph.engine.kernels_order import search

    log_cards = logs_of(cards)
    leaves, graph, core = _without_leaves(neighbours, vertices)
    rows = _rows(graph, core)
    fewest, most = (FEWEST_RUNS, MOST_RUNS) if restarts is None else (restarts, 0)
    logs = np.array([log_cards[v] for v in core], dtype=np.float64)
    best, cost = search(rows, logs, fewest, most, A_RUN, HOPELESS)
    order = leaves + [core[i] for i in best.tolist()]
    return order, float(cost) + order_cost(graph, log_cards, leaves)


def fill_order(
    neighbours: Sequence[int], cards: Sequence[int], vertices: Sequence[int]
) -> list[int]:
    """The order of one greedy run by the fewest edges it adds, the smaller clique first of equals."""
    log_cards = logs_of(cards)
    leaves, graph, core = _without_leaves(neighbours, vertices)

    def rate(v: int) -> tuple[int, float]:
        rest, fill, size = graph[v], 0, log_cards[v]
        for u in bits(rest):
            rest &= ~(1 << u)
            fill += (rest & ~graph[u]).bit_count()
            size += log_cards[u]
        return fill, size

    order: list[int] = []
    ratings = {v: rate(v) for v in core}
    while ratings:
        v = min(ratings, key=ratings.__getitem__)
        del ratings[v]
        order.append(v)
        near = touched = graph[v]
        for u in bits(near):
            missing = near & ~graph[u] & ~(1 << u)
            for w in bits(missing):
                touched |= graph[u] & graph[w]
        for u in bits(near):
            graph[u] = (graph[u] | near) & ~((1 << u) | (1 << v))
        for u in bits(touched & ~(1 << v)):
            if u in ratings:
                ratings[u] = rate(u)
    return leaves + order


def _rows(graph: Sequence[int], vertices: Sequence[int]) -> NDArray[np.uint64]:
    """The graph among some vertices as rows of 64-bit words, numbered in their order."""
    words = max(1, -(-len(vertices) // 64))
    place = {v: i for i, v in enumerate(vertices)}
    rows = np.zeros((len(vertices), words), dtype=np.uint64)
    for row, v in zip(rows, vertices, strict=True):
        mask = 0
        for u in bits(graph[v]):
            mask |= 1 << place[u]
        row[:] = np.frombuffer(mask.to_bytes(8 * words, "little"), dtype="<u8")
    return rows


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
