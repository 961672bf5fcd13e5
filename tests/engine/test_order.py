"""Elimination orders: what they cost, and how good the search is."""

from __future__ import annotations

from importlib.util import find_spec
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest

import etiograph
from etiograph.engine.decompose import star_graph
from etiograph.engine.order import (
    bits,
    elimination_order,
    fill_order,
    logs_of,
    order_cost,
    primal_graph,
)
from etiograph.formats import read

COSTS = {
    "asia": 40, "sachs": 216, "alarm": 1_020, "child": 642, "insurance": 23_880,
    "hailfinder": 9_406, "hepar2": 2_617, "win95pts": 2_684, "water": 3.362e6, "mildew": 4.434e6,
    "barley": 1.7141e7, "andes": 264_500, "pathfinder": 182_600, "pigs": 709_300,
    "munin1": 1.9521e8, "munin2": 3.4981e6, "diabetes": 9.9901e6, "link": 2.8661e7,
}  # fmt: skip
"""Table entries of the best orders known before the search was compiled."""


def random_graph(rng, n, p):
    edges = [(u, v) for u in range(n) for v in range(u) if rng.random() < p]
    return primal_graph(n, edges), rng.integers(2, 6, n).tolist()


def cliques_cost(graph, cards, order):
    """By the definition: sizes of the maximal ones among the cliques that elimination makes."""
    neighbours = [set(bits(mask)) for mask in graph]
    cliques = []
    for v in order:
        near = neighbours[v]
        cliques.append(frozenset(near | {v}))
        for u in near:
            neighbours[u] = (neighbours[u] | near) - {u, v}
    maximal = [c for i, c in enumerate(cliques) if not any(c <= d for d in cliques[:i])]
    return sum(float(np.prod([cards[v] for v in c])) for c in maximal)


def test_the_cost_of_an_order_is_that_of_its_maximal_cliques():
    rng = np.random.default_rng(51)
    for _ in range(300):
        n = int(rng.integers(1, 12))
        graph, cards = random_graph(rng, n, rng.choice([0.15, 0.3, 0.6]))
        order, cost = elimination_order(graph, cards, range(n))
        assert sorted(order) == list(range(n))
        assert cost == pytest.approx(cliques_cost(graph, cards, order), rel=1e-12)
        assert order_cost(graph, logs_of(cards), order) == pytest.approx(cost, rel=1e-12)
        assert sorted(fill_order(graph, cards, range(n))) == list(range(n))


def test_the_search_finds_what_trying_all_orders_finds():
    rng = np.random.default_rng(52)
    exact = 0
    for _ in range(60):
        n = int(rng.integers(4, 7))
        graph, cards = random_graph(rng, n, 0.5)
        _, cost = elimination_order(graph, cards, range(n))
        logs = logs_of(cards)
        best = min(order_cost(graph, logs, order) for order in permutations(range(n)))
        assert cost <= 1.2 * best
        exact += cost <= best * (1 + 1e-12)
    assert exact >= 57


def test_rows_of_more_than_one_word():
    """A ring of 200 vertices: two neighbours are joined each time, whatever words they stand in."""
    n = 200
    graph = primal_graph(n, [(v, (v + 1) % n) for v in range(n)])
    order, cost = elimination_order(graph, [2] * n, range(n))
    assert cost == (n - 2) * 8
    assert cost == cliques_cost(graph, [2] * n, order)


def test_only_some_vertices_and_known_ones_count_nothing():
    graph = primal_graph(6, [(0, 2), (2, 4), (4, 0)])
    order, cost = elimination_order(graph, [2, 9, 3, 9, 5, 9], [0, 2, 4])
    assert sorted(order) == [0, 2, 4]
    assert cost == pytest.approx(30, rel=1e-12)
    assert elimination_order([0, 0], [0, 3], [0, 1])[1] == 4
    assert elimination_order([], [], []) == ([], 0.0)


@pytest.mark.parametrize("name", COSTS)
def test_orders_of_known_networks_are_as_good_as_ever_and_always_the_same(name):
    folder = Path(find_spec("pgmpy").origin).parent / "utils" / "example_models"
    model = read(folder / f"{name}.bif.gz").model
    graph, cards, vertices = star_graph(model, {}, model.cards)
    order, cost = elimination_order(graph, cards, vertices)
    assert cost <= COSTS[name] * 1.001
    assert elimination_order(graph, cards, vertices)[0] == order


def test_the_order_of_the_flagship_is_as_good_as_it_was():
    model = etiograph.load("leg_cramps").model
    graph, cards, vertices = star_graph(model, {}, model.cards)
    plain = elimination_order(graph, cards, vertices, restarts=0)[1]
    assert elimination_order(graph, cards, vertices)[1] < plain
