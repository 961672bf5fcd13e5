"""Which finding does not go with the rest: by hand, by brute force, and in ordinary patients."""

from __future__ import annotations

import pytest

import etiograph as eg
from etiograph.decision.odd import odd_findings
from etiograph.decision.reasons import unexpected
from etiograph.decision.surprise import surprise
from etiograph.network.network import Network

TWO = ("no", "yes")


def copied(flip=0.001):
    """B follows A but for one in a thousand; C follows nobody."""
    return Network.from_tables(
        {"a": TWO, "b": TWO, "c": TWO},
        {"b": ("a",)},
        {"a": [0.5, 0.5], "b": [[1 - flip, flip], [flip, 1 - flip]], "c": [0.5, 0.5]},
    )


def signs(cause=0.001):
    """A rare cause, in a network that names it, brings on two signs that hardly come without it."""
    almost = [0.999, 0.001]
    net = Network.from_tables(
        {"cause": TWO, "x": TWO, "y": TWO},
        {"x": ("cause",), "y": ("cause",)},
        {"cause": [1 - cause, cause], "x": [almost, [0.2, 0.8]], "y": [almost, [0.2, 0.8]]},
    )
    return net


def test_the_finding_that_does_not_go_with_the_rest_is_named(brute) -> None:
    net, case = copied(), {"a": "yes", "b": "no", "c": "yes"}
    found = odd_findings(net, case)
    assert {odd.finding for odd in found} >= {"b"}
    assert "c" not in {odd.finding for odd in found}
    for odd in found:
        others = {name: state for name, state in case.items() if name != odd.finding}
        together = brute(net, case, {})[1]
        assert odd.p == pytest.approx(together / brute(net, others, {})[1], abs=1e-12)
    said = " ".join(unexpected(net, case, "see"))
    assert "less than 1 in 100 people with the other findings have it" in said
    assert "No named cause explains it" in said


def test_a_case_that_is_rare_because_its_cause_is_says_nothing() -> None:
    net, case = signs(), {"x": "yes", "y": "yes"}
    assert surprise(net, case).unexpected
    assert odd_findings(net, case) == ()
    assert unexpected(net, case, "see") == ()


def test_an_ordinary_case_says_nothing() -> None:
    assert odd_findings(copied(), {"a": "yes", "b": "yes", "c": "no"}) == ()


@pytest.mark.parametrize(
    "findings",
    [
        {
            "age": "50_to_64",
            "sex": "female",
            "leg_cramps": "present",
            "vitamin_b6_dose": "over_100_mg",
            "numbness_or_stabbing_pain": "present",
        },
        {"age": "65_and_over", "sex": "male", "kidney_disease": "dialysis"},
        {
            "age": "65_and_over",
            "sex": "female",
            "diuretic": "combination",
            "leg_cramps": "present",
            "serum_potassium": "2.7 mmol/L",
        },
    ],
)
def test_rare_but_coherent_patients_are_not_told_that_they_do_not_fit(findings) -> None:
    assert unexpected(eg.load("leg_cramps"), findings, "see") == ()


def test_rare_signs_without_a_common_cause_are_told_apart() -> None:
    rare = ("tetany", "warmth_or_redness", "urge_to_move_legs", "thirst_or_constipation")
    case = {"leg_cramps": "present", **dict.fromkeys(rare, "present"), "leg_swelling": "one_leg"}
    found = odd_findings(eg.load("leg_cramps"), case)
    assert all(odd.p < 0.01 for odd in found)
    assert [odd.finding for odd in found] == ["tetany"]
