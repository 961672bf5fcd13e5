"""The surroundings of a variable are the nearest others, and never more than asked for."""

from __future__ import annotations

import networkx as nx
import pytest

import etiograph as eg
from etiograph.decision.surroundings import surroundings
from etiograph.errors import UnknownName


@pytest.fixture(scope="module")
def leg_cramps():
    return eg.load("leg_cramps")


@pytest.mark.parametrize("name", ["leg_cramps", "age", "magnesium_depletion"])
@pytest.mark.parametrize("most", [1, 7, 40, 1000])
def test_the_nearest_variables(leg_cramps, name, most):
    found = surroundings(leg_cramps, name, most)
    far = nx.single_source_shortest_path_length(leg_cramps.graph().to_undirected(), name)
    assert name in found
    assert len(found) == min(most, len(far))
    left_out = [far[n] for n in far if n not in found]
    assert max(far[n] for n in found) <= min(left_out, default=len(far))
    assert list(found) == [n for n in leg_cramps.variables if n in found]


def test_an_unknown_name(leg_cramps):
    with pytest.raises(UnknownName):
        surroundings(leg_cramps, "leg_cramp", 5)
