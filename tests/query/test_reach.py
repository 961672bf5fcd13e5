"""What a case costs, counted; what is near comes along for next to nothing, and changes no answer."""

from __future__ import annotations

import numpy as np
import pytest
from tests.mechanisms import random_network

import etiograph as eg
from etiograph.query.reach import BESIDE, near, row_cost


@pytest.mark.parametrize("seed", range(6))
def test_what_is_near_costs_little_more(seed):
    network = random_network(np.random.default_rng(seed))
    first = list(network.variables)[:2]
    found = near(network, first)
    assert set(first) <= set(found)
    assert list(found) == [name for name in network.variables if name in set(found)]
    for name in found:  # with all they follow from
        assert set(network.parents(name)) <= set(found)


def test_a_chain_comes_along_whole_and_a_dear_part_does_not():
    wide = [f"c{k}" for k in range(9)]
    states = {name: ["no", "yes"] for name in ("start", "sign", *wide, "dear")}
    rng = np.random.default_rng(0)
    tables = {name: [0.5, 0.5] for name in ("start", *wide)}
    tables |= {
        "sign": [[0.9, 0.1], [0.2, 0.8]],
        "dear": rng.dirichlet([1, 1], size=(2,) * 9).tolist(),
    }
    network = eg.Network.from_tables(states, {"sign": ["start"], "dear": wide}, tables)
    found = near(network, ["start"])
    assert "sign" in found
    assert "dear" not in found
    assert row_cost(network, {}, found) <= (1 + BESIDE) * row_cost(network, {}, ["start", "sign"])
    whole = row_cost(network, {}, network.variables)
    assert whole >= 2**10
    assert row_cost(network, {"c0": "yes"}, network.variables) <= whole
