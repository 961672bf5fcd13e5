from __future__ import annotations

import numpy as np
import pytest

import etiograph as eg
from etiograph.decision.surprise import surprise, unexpected
from etiograph.errors import ImpossibleFindings, InvalidChange
from etiograph.network.network import Network


def test_share_is_that_of_cases_at_most_as_probable(small, brute) -> None:
    """Two signs, four combinations: the share of those no more probable than the case."""
    case = {"twitching": "present", "numbness": "present"}
    p = {}
    for t in ("absent", "present"):
        for n in ("absent", "present"):
            p[t, n] = brute(small, {"twitching": t, "numbness": n}, {})[1]
    here = p["present", "present"]
    expected = sum(x for x in p.values() if x <= here + 1e-12)
    found = surprise(small, case, cases=20_000, seed=1)
    assert found.share == pytest.approx(expected, abs=0.01)
    assert not found.unexpected
    assert found.compared == ("twitching", "numbness")


def test_the_commonest_case_is_no_surprise(small) -> None:
    case = {"twitching": "absent", "numbness": "absent", "cramps": "absent"}
    assert surprise(small, case, cases=500).share == 1.0


def test_what_the_model_hardly_ever_brings_forth_is_unexpected() -> None:
    net = Network.from_tables(
        {"a": ("no", "yes"), "b": ("no", "yes")},
        {"b": ("a",)},
        {"a": [0.5, 0.5], "b": [[0.999, 0.001], [0.001, 0.999]]},
    )
    assert surprise(net, {"a": "yes", "b": "no"}, cases=3000).unexpected
    assert not surprise(net, {"a": "yes", "b": "yes"}, cases=3000).unexpected


def test_impossible_findings() -> None:
    net = Network.from_tables(
        {"a": ("no", "yes"), "b": ("no", "yes")},
        {"b": ("a",)},
        {"a": [0.5, 0.5], "b": [[1, 0], [0, 1]]},
    )
    with pytest.raises(ImpossibleFindings):
        surprise(net, {"a": "yes", "b": "no"})


def test_through_a_case_of_the_flagship() -> None:
    """Many rare signs together are outside what the model expects; an ordinary case is not."""
    net = eg.load("leg_cramps")
    plain = net.case(leg_cramps="present", age="65_and_over", sex="female").surprise(cases=400)
    assert not plain.unexpected
    assert plain.fixed == ("age", "sex")
    signs = ("tetany", "warmth_or_redness", "urge_to_move_legs", "thirst_or_constipation")
    rare = {**dict.fromkeys(signs, "present"), "leg_swelling": "one_leg"}
    odd = net.case({"leg_cramps": "present", **rare}).surprise(cases=1000)
    assert odd.unexpected
    assert odd.share < 0.005
    assert set(rare) <= set(odd.compared)
    done = net.case({"leg_cramps": "present", **rare}).do(diuretic="loop").surprise(cases=400)
    assert done.cases > 0
    with pytest.raises(InvalidChange):
        net.case(leg_cramps="present").after(diuretic="none").surprise()


def test_unexpected_says_the_same_as_the_whole_comparison(small) -> None:
    seen = set()
    for seed in range(60):
        rng = np.random.default_rng(seed)
        names = list(rng.permutation(list(small.variables))[: int(rng.integers(1, 7))])
        case = {n: str(rng.choice(small.variables[n].states)) for n in names}
        try:
            whole = surprise(small, case, cases=300, seed=seed)
        except ImpossibleFindings:
            with pytest.raises(ImpossibleFindings):
                unexpected(small, case, cases=300, seed=seed)
            continue
        found = unexpected(small, case, cases=300, seed=seed)
        if whole.unexpected:
            assert found is not None
            assert found.share == whole.share
            assert found.log_p == pytest.approx(whole.log_p, rel=1e-12)
        else:
            assert found is None
        seen.add(whole.unexpected)
    assert seen == {False, True}
