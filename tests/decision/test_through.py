from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from etiograph.decision.explain import explain
from etiograph.decision.through import on_the_way
from etiograph.network.mechanism import Table
from etiograph.network.network import Network
from etiograph.network.variable import Variable
from etiograph.query.graphs import ancestral, moral
from etiograph.query.structure import dag, open_paths

BINARY = ("absent", "present")


def chain() -> Network:
    """drug -> depletion -> cramps: the drug acts through depletion alone."""
    return Network(
        [
            Variable("drug", ("no", "yes")),
            Variable("depletion", BINARY, role="body"),
            Variable("cramps", BINARY, role="outcome"),
            Variable("itch", BINARY, role="body"),
        ],
        {
            "drug": Table(array=np.array([0.8, 0.2])),
            "depletion": Table(("drug",), array=np.array([[0.9, 0.1], [0.5, 0.5]])),
            "cramps": Table(("depletion",), array=np.array([[0.8, 0.2], [0.3, 0.7]])),
            "itch": Table(("drug",), array=np.array([[0.9, 0.1], [0.2, 0.8]])),
        },
    )


def test_a_lone_mediator_carries_the_whole_change() -> None:
    """By hand: P(cramps) 0.29 before (0.18 depleted), 0.45 with the drug; all of it by depletion."""
    found = explain(chain(), {"drug": "yes"}, "cramps")
    (weight,) = found.weights
    (step,) = weight.through
    assert (step.variable, step.state) == ("depletion", "present")
    assert (step.before, step.after) == pytest.approx((0.18, 0.5))
    assert step.carried == pytest.approx(0.45 - 0.29) == pytest.approx(found.after - found.before)


def test_what_carries_is_the_sum_over_its_states(small, brute) -> None:
    """Twitching against nerve damage: through depletion, which explains the cramps away."""
    known = {"cramps": "present", "twitching": "present"}
    found = explain(small, known, "neuropathy")
    weight = next(w for w in found.weights if w.finding == "twitching")
    (step,) = weight.through
    carried = 0.0
    for state in ("absent", "present"):
        with_it, _ = brute(small, known, {"depletion": state})
        without, _ = brute(small, {"cramps": "present"}, {"depletion": state})
        then, _ = brute(small, {**known, "depletion": state}, {"neuropathy": "present"})
        carried += (with_it - without) * then
    assert step.carried == pytest.approx(carried)
    # Twitching says nothing of nerve damage but through depletion.
    assert carried == pytest.approx(found.after - weight.without)


@settings(max_examples=60)
@given(st.integers(0, 100_000))
def test_on_the_way_is_every_node_of_an_open_path(seed: int) -> None:
    rng = np.random.default_rng(seed)
    names = [f"v{i}" for i in range(7)]
    parents = {
        b: tuple(a for a in names[:k] if rng.random() < 0.35) for k, b in enumerate(names) if k
    }
    tables = {n: np.full((*([2] * len(parents.get(n, ()))), 2), 0.5) for n in names}
    net = Network.from_tables(dict.fromkeys(names, ("0", "1")), parents, tables)
    a, b, *others = (str(n) for n in rng.permutation(names))
    known = others[: int(rng.integers(0, 3))]
    found = on_the_way(net, a, b, known)
    opened = {n for path in open_paths(net, a, b, known) for n in path.nodes}
    assert opened - {a, b, *known} <= found
    # By listing every simple path of the moral graph.
    skeleton = moral(dag(net), ancestral(dag(net), {a, b, *known}))
    graph = nx.Graph([(u, v) for u, near in skeleton.items() for v in near])
    graph.add_nodes_from(skeleton)
    graph.remove_nodes_from(known)
    listed = {n for path in nx.all_simple_paths(graph, a, b) for n in path}
    assert found == listed - {a, b}
