"""Likely conditions that are no possible causes, and in which state a cause nearly surely is."""

from __future__ import annotations

import pytest

import etiograph as eg
from etiograph.decision.also import also_likely, in_which, shared
from etiograph.network.event import Event


@pytest.fixture(scope="module")
def net() -> eg.Network:
    return eg.load("leg_cramps")


CLOT = {"leg_cramps": "present", "leg_shown_for_clot": "yes", "leg_swelling": "one_leg",
        "recent_immobility_surgery_or_cancer": "present", "d_dimer": "positive"}  # fmt: skip


@pytest.mark.parametrize(
    ("findings", "named"),
    [
        (CLOT, "deep_vein_thrombosis=present"),
        ({"leg_complaint": "present", "urge_to_move_legs": "present"}, "restless_legs=present"),
        ({"vitamin_d_25oh": "165 ng/mL", "leg_cramps": "present"}, "vitamin_d_status=excessive"),
        ({"serum_calcium": "2.85 mmol/L", "parathyroid_hormone": "140 pg/mL"},
         "parathyroid_function=overactive"),
    ],
)  # fmt: skip
def test_what_a_ranking_of_causes_leaves_out_is_named(net, findings, named):
    found = also_likely(net, findings, net.case(findings).posterior(), net.case().posterior())
    assert named in [str(each.event) for each in found]
    ranked = {str(name) for name in net.about["causes"]}
    assert not {each.event.variable for each in found} & {*ranked, *findings, "leg_cramps"}
    assert [each.p for each in found] == sorted((each.p for each in found), reverse=True)


def test_what_is_common_anyway_is_no_news(net):
    old = {"age": "65_and_over", "sex": "female"}
    now = net.case(old).posterior()
    assert also_likely(net, old, now, now) == ()


def test_low_or_high_calcium_says_which(net):
    calcium = Event.parse(net, "calcium_level")
    high = net.case(serum_calcium="2.85 mmol/L").posterior()
    assert in_which(net, calcium, high).states == ("high",)
    assert in_which(net, calcium, net.case().posterior()) == calcium


def test_the_baseline_is_of_her_age_and_sex(net):
    assert shared(net, {**CLOT, "age": "65_and_over"}) == {"age": "65_and_over"}
    assert shared(eg.load("sprinkler"), {"rain": "yes"}) == {}
