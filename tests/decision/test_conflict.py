from __future__ import annotations

from itertools import combinations
from math import log2

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from etiograph.decision.conflict import conflict
from etiograph.errors import ImpossibleFindings
from etiograph.network.event import Event
from etiograph.network.network import Network

BINARY = ("absent", "present")


def two_signs() -> Network:
    """One disease, two signs of it that come together."""
    return Network.from_tables(
        {"d": BINARY, "a": BINARY, "b": BINARY},
        {"a": ("d",), "b": ("d",)},
        {"d": [0.5, 0.5], "a": [[0.9, 0.1], [0.1, 0.9]], "b": [[0.9, 0.1], [0.1, 0.9]]},
    )


def test_by_hand() -> None:
    """P(a) = P(not b) = 1/2, P(a, not b) = 0.09: log2(0.25 / 0.09) = 1.474 bits."""
    found = conflict(two_signs(), {"a": "present", "b": "absent"})
    assert found.value == pytest.approx(log2(0.25 / 0.09))
    (part,) = found.parts
    assert part.findings == ("a", "b")
    assert part.conflict == part.own == pytest.approx(found.value)
    agree = conflict(two_signs(), {"a": "present", "b": "present"})
    assert agree.value == pytest.approx(log2(0.25 / 0.41))
    assert agree.value < 0


def test_a_conflict_of_three_that_no_pair_shows() -> None:
    """c is the exclusive or of a and b with 1 % noise: any two are independent, all three are not."""
    noisy = [[[0.99, 0.01], [0.01, 0.99]], [[0.01, 0.99], [0.99, 0.01]]]
    net = Network.from_tables(
        {"a": BINARY, "b": BINARY, "c": BINARY},
        {"c": ("a", "b")},
        {"a": [0.5, 0.5], "b": [0.5, 0.5], "c": noisy},
    )
    found = conflict(net, {"a": "present", "b": "present", "c": "present"})
    assert found.value == pytest.approx(log2(0.125 / 0.0025))
    assert found.parts[0].findings == ("a", "b", "c")
    assert found.parts[0].own == pytest.approx(found.value)
    assert [p.own for p in found.parts[1:]] == pytest.approx([0.0] * 3, abs=1e-12)


def test_a_rare_cause_that_explains_it() -> None:
    """Two signs never seen together but in a rare disease: with it as a finding, no conflict."""
    net = Network.from_tables(
        {"rare": BINARY, "a": BINARY, "b": BINARY},
        {"a": ("rare",), "b": ("rare", "a")},
        {
            "rare": [0.999, 0.001],
            "a": [[0.5, 0.5], [0.5, 0.5]],
            "b": [[[0.5, 0.5], [0.999, 0.001]], [[0.5, 0.5], [0.05, 0.95]]],
        },
        about={"causes": ["rare"]},
    )
    found = conflict(net, {"a": "present", "b": "present"})
    p_b = 0.5 * 0.5 + 0.5 * (0.999 * 0.001 + 0.001 * 0.95)
    p_ab = 0.5 * (0.999 * 0.001 + 0.001 * 0.95)
    assert found.value == pytest.approx(log2(0.5 * p_b / p_ab))
    p_rare = 0.5 * 0.001 * 0.95 / p_ab
    ((event, left),) = found.explained_by
    assert event == Event.parse(net, "rare")
    assert left == pytest.approx(found.value - log2(p_rare / 0.001))
    assert left < 0


@settings(max_examples=25)
@given(st.integers(0, 10_000))
def test_parts_equal_enumeration_and_add_up(seed: int) -> None:
    rng = np.random.default_rng(seed)
    names = "abcd"
    parents = {"b": ("a",), "c": ("a", "b"), "d": ("c",)}
    tables = {n: rng.dirichlet([1, 1], size=[2] * len(parents.get(n, ()))) for n in names}
    net = Network.from_tables(dict.fromkeys(names, BINARY), parents, tables)
    joint = np.ones((2, 2, 2, 2))
    for n in names:
        scope = [names.index(v) for v in (*parents.get(n, ()), n)]
        joint = joint * tables[n].reshape([2 if i in scope else 1 for i in range(4)])
    known = {n: BINARY[int(rng.integers(2))] for n in names}
    found = conflict(net, known, largest=4)

    def p(subset: tuple[str, ...]) -> float:
        at = tuple(BINARY.index(known[n]) if n in subset else slice(None) for n in names)
        return float(joint[at].sum())

    for part in found.parts:
        measure = log2(np.prod([p((n,)) for n in part.findings]) / p(part.findings))
        assert part.conflict == pytest.approx(measure, abs=1e-9)
        inner = [q.own for q in found.parts if set(q.findings) <= set(part.findings)]
        assert sum(inner) == pytest.approx(part.conflict, abs=1e-9)
    assert sum(q.own for q in found.parts) == pytest.approx(found.value, abs=1e-9)
    assert len(found.parts) == sum(len(list(combinations(names, k))) for k in (2, 3, 4))
    assert len(found.pairs) == 6


def test_impossible_and_empty(small) -> None:
    net = Network.from_tables(
        {"a": BINARY, "b": BINARY}, {"b": ("a",)}, {"a": [0.5, 0.5], "b": [[1, 0], [0, 1]]}
    )
    with pytest.raises(ImpossibleFindings):
        conflict(net, {"a": "present", "b": "absent"})
    nothing = conflict(small, {})
    assert nothing.value == 0.0
    assert nothing.parts == ()
    assert conflict(small, {"cramps": "present"}).to_frame().empty
