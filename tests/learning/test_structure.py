"""Arrows from a table: known networks, tiers, what is required and forbidden, words for what cannot be."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import etiograph as eg


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    return eg.load("asia").sample(4000, np.random.default_rng(1))


def arrows(net: eg.Network) -> set[tuple[str, str]]:
    return {(p, v) for v in net.variables for p in net.parents(v)}


TIERS = [
    ["visit_to_asia", "smoking"],
    ["tuberculosis", "lung_cancer", "bronchitis"],
    ["tuberculosis_or_cancer"],
    ["x_ray", "dyspnoea"],
]


def test_tiers_give_the_arrows_of_the_network_that_drew_the_cases(people) -> None:
    true = eg.load("asia")
    found = eg.learn_structure(people, tiers=TIERS)
    # visit_to_asia -> tuberculosis is too weak for 4,000 cases; all else is found, none the wrong way.
    assert arrows(found) <= arrows(true)
    assert arrows(true) - arrows(found) <= {("visit_to_asia", "tuberculosis")}
    number = next(p for n, p in found.parameters.items() if n.startswith("smoking"))
    assert number.low < (people["smoking"] == "yes").mean() < number.high
    assert number.evidence == ("cohort",)
    assert "dyspnoea" in found.case(smoking="yes").posterior()


@pytest.mark.long  # pyAgrum is a process of its own each time
def test_required_and_forbidden_arrows_are_kept_to(people) -> None:
    small = people[["smoking", "bronchitis", "dyspnoea", "x_ray"]]
    found = eg.learn_structure(
        small,
        required=[("x_ray", "smoking")],
        forbidden=[("smoking", "bronchitis"), ("bronchitis", "smoking")],
    )
    assert ("x_ray", "smoking") in arrows(found)
    assert not {("smoking", "bronchitis"), ("bronchitis", "smoking")} & arrows(found)


@pytest.mark.long
def test_holes_are_left_out_for_arrows_and_counted_for_numbers(people) -> None:
    small = people[["smoking", "bronchitis", "dyspnoea"]].astype(object)
    holed = small.mask(np.random.default_rng(2).random(small.shape) < 0.2)
    found = eg.learn_structure(holed, tiers=[["smoking"], ["bronchitis"], ["dyspnoea"]])
    assert {("smoking", "bronchitis"), ("bronchitis", "dyspnoea")} <= arrows(found)
    assert found.case().posterior()["smoking"]["yes"] == pytest.approx(0.5, abs=0.04)


def test_what_cannot_be_learned_says_why(people) -> None:
    small = people[["smoking", "bronchitis"]]
    with pytest.raises(eg.UnknownName, match="did you mean 'smoking'"):
        eg.learn_structure(small, tiers=[["smokin"]])
    with pytest.raises(eg.InvalidChange, match="both required and forbidden"):
        eg.learn_structure(
            small, required=[("smoking", "bronchitis")], forbidden=[("smoking", "bronchitis")]
        )
    with pytest.raises(eg.InvalidChange, match="from a later tier"):
        eg.learn_structure(
            small, tiers=[["smoking"], ["bronchitis"]], required=[("bronchitis", "smoking")]
        )
    with pytest.raises(eg.InvalidChange, match="in a circle"):
        eg.learn_structure(small, required=[("smoking", "bronchitis"), ("bronchitis", "smoking")])
    with pytest.raises(eg.InvalidChange, match="two tiers"):
        eg.learn_structure(small, tiers=[["smoking"], ["smoking"]])
    with pytest.raises(eg.InvalidChange, match="a pair of columns"):
        eg.learn_structure(small, required=["smoking"])
    with pytest.raises(eg.InvalidFinding, match="cut measured values"):
        eg.learn_structure({"a": list(range(100)), "b": ["x", "y"] * 50})
    with pytest.raises(eg.InvalidFinding, match="one state"):
        eg.learn_structure({"a": ["x"] * 100, "b": ["x", "y"] * 50})
    with pytest.raises(eg.InvalidFinding, match="0 of 20 rows have no empty cell"):
        eg.learn_structure({"a": ["x", "y"] * 10 + [""] * 0, "b": [None] * 20, "c": ["x", "y"] * 10},
                           states={"b": ["x", "y"]})  # fmt: skip
    with pytest.raises(eg.InvalidFinding, match="two columns at least"):
        eg.learn_structure({"a": ["x", "y"] * 10})
