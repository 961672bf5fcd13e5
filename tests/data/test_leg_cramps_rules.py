"""Every rule of the leg-cramp network fires when it should, and only then."""

from __future__ import annotations

from functools import cache

import pytest

import etiograph as eg
from etiograph.decision.red_flags import LEVELS, PRESSING, red_flags, shown

PREGNANT = "third_trimester"

FIRES = [
    ("emergency_leg_signs_with_breathlessness",
     {"leg_swelling": "one_leg", "breathlessness_or_chest_pain": "present"}),
    ("emergency_leg_signs_with_breathlessness",
     {"warmth_or_redness": "present", "breathlessness_or_chest_pain": "present"}),
    ("urgent_one_sided_swelling", {"leg_swelling": "one_leg"}),
    ("urgent_swelling_with_warmth", {"leg_swelling": "both_legs", "warmth_or_redness": "present"}),
    ("urgent_swelling_in_pregnancy", {"pregnancy": PREGNANT, "leg_swelling": "one_leg"}),
    ("urgent_swelling_in_pregnancy",
     {"pregnancy": "first_six_weeks_after_birth", "warmth_or_redness": "present"}),
    ("urgent_both_legs_swollen_in_pregnancy",
     {"pregnancy": PREGNANT, "leg_swelling": "both_legs"}),
    ("urgent_breathlessness", {"breathlessness_or_chest_pain": "present"}),
    ("urgent_cold_pale_leg", {"cold_pale_leg": "present"}),
    ("urgent_rapid_weakness", {"rapid_weakness": "present"}),
    ("urgent_saddle_or_bladder",
     {"bladder_or_saddle_symptoms": "present", "back_pain_radiating_to_leg": "present"}),
    ("urgent_dark_urine", {"dark_urine": "present"}),
    ("urgent_tetany", {"tetany": "present"}),
    ("urgent_fever_with_hot_leg", {"fever": "present", "warmth_or_redness": "present"}),
    ("urgent_potassium", {"serum_potassium": "2.9 mmol/L"}),
    ("urgent_potassium", {"serum_potassium": "6.1 mEq/L"}),
    ("urgent_sodium", {"serum_sodium": "124 mmol/L"}),
    ("urgent_calcium", {"serum_calcium": "7.4 mg/dL"}),
    ("urgent_calcium", {"serum_calcium": "3.05 mmol/L"}),
    ("urgent_magnesium", {"serum_magnesium": "0.9 mg/dL"}),
    ("see_severe_pain", {"severe_pain": "present"}),
    ("see_frequent_cramps", {"cramp_frequency": "over_3_a_month"}),
    ("see_persistent_cramps", {"persistent_despite_adjustment": "present"}),
    ("see_leg_swelling", {"leg_swelling": "both_legs"}),
    ("see_skin_change", {"skin_change": "present"}),
    ("see_warmth_or_redness", {"warmth_or_redness": "present"}),
    ("see_night_waking", {"night_waking": "present"}),
    ("see_cramps_after_supplement", {"cramps_began_after_supplement": "yes"}),
    ("see_cramps_on_dialysis", {"kidney_disease": "dialysis", "leg_cramps": "present"}),
    ("see_cramps_on_dialysis",
     {"kidney_disease": "dialysis", "cramp_frequency": "up_to_3_a_month"}),
    ("see_twitching_with_weakness",
     {"muscle_twitching": "present", "muscle_weakness": "present"}),
]  # fmt: skip

SILENT = [  # near misses
    ("emergency_leg_signs_with_breathlessness", {"breathlessness_or_chest_pain": "present"}),
    (
        "emergency_leg_signs_with_breathlessness",
        {
            "pregnancy": PREGNANT,
            "leg_swelling": "both_legs",
            "breathlessness_or_chest_pain": "absent",
        },
    ),
    (
        "urgent_breathlessness",
        {"leg_swelling": "one_leg", "breathlessness_or_chest_pain": "absent"},
    ),
    ("urgent_cold_pale_leg", {"cold_feet": "present", "legs_exposed_to_cold": "yes"}),
    ("urgent_rapid_weakness", {"muscle_weakness": "present"}),
    (
        "urgent_saddle_or_bladder",
        {"back_pain_radiating_to_leg": "present", "numbness_or_stabbing_pain": "present"},
    ),
    ("urgent_dark_urine", {"severe_pain": "present", "unaccustomed_exercise": "yes"}),
    ("urgent_tetany", {"muscle_twitching": "present", "serum_calcium": "low"}),
    ("urgent_one_sided_swelling", {"leg_swelling": "both_legs"}),
    ("urgent_swelling_with_warmth", {"leg_swelling": "both_legs"}),
    ("urgent_swelling_with_warmth", {"leg_swelling": "absent", "warmth_or_redness": "present"}),
    ("urgent_swelling_in_pregnancy", {"pregnancy": "none", "leg_swelling": "one_leg"}),
    ("urgent_swelling_in_pregnancy", {"pregnancy": PREGNANT, "leg_swelling": "both_legs"}),
    ("urgent_both_legs_swollen_in_pregnancy", {"pregnancy": PREGNANT, "leg_swelling": "one_leg"}),
    ("urgent_both_legs_swollen_in_pregnancy", {"pregnancy": "none", "leg_swelling": "both_legs"}),
    ("urgent_swelling_in_pregnancy", {"pregnancy": PREGNANT, "skin_change": "present"}),
    ("urgent_fever_with_hot_leg", {"fever": "present"}),
    ("urgent_potassium", {"serum_potassium": "3.0 mmol/L"}),
    ("urgent_potassium", {"serum_potassium": "6.0 mmol/L"}),
    ("urgent_potassium", {"serum_potassium": "low"}),
    ("urgent_sodium", {"serum_sodium": "125 mmol/L"}),
    ("urgent_sodium", {"serum_sodium": "150 mmol/L"}),
    ("urgent_calcium", {"serum_calcium": "1.9 mmol/L"}),
    ("urgent_calcium", {"serum_calcium": "12.0 mg/dL"}),
    ("urgent_magnesium", {"serum_magnesium": "0.5 mmol/L"}),
    ("see_frequent_cramps", {"cramp_frequency": "up_to_3_a_month"}),
    ("see_severe_pain", {"severe_pain": "absent", "leg_cramps": "present"}),
    ("see_persistent_cramps", {"leg_cramps": "present", "improved_after_4_weeks": "no"}),
    ("see_leg_swelling", {"leg_swelling": "absent", "skin_change": "present"}),
    ("see_skin_change", {"cold_feet": "present"}),
    ("see_warmth_or_redness", {"leg_swelling": "both_legs"}),
    ("see_night_waking", {"leg_cramps": "present", "urge_to_move_legs": "present"}),
    ("see_cramps_after_supplement", {"leg_cramps": "present", "calcium_supplement": "carbonate"}),
    ("see_cramps_on_dialysis", {"kidney_disease": "dialysis"}),
    ("see_cramps_on_dialysis", {"kidney_disease": "dialysis", "cramp_frequency": "none"}),
    ("see_cramps_on_dialysis", {"kidney_disease": "stage_3_or_4", "leg_cramps": "present"}),
    ("see_twitching_with_weakness", {"muscle_twitching": "present"}),
]

CAUTIONS = [
    ("caution_diuretic", {"diuretic": "thiazide"}, {"diuretic": "none"}),
    ("caution_diuretic", {}, {"diuretic": "none"}),
    ("caution_another_diuretic", {"diuretic": "thiazide"}, {"diuretic": "potassium_sparing"}),
    ("caution_another_diuretic", {"diuretic": "combination"}, {"diuretic": "loop"}),
    ("caution_acid_suppressant", {}, {"acid_suppressant": "none"}),
    ("caution_statin", {"statin": "yes"}, {"statin": "no"}),
    ("caution_long_acting_beta_agonist", {}, {"long_acting_beta_agonist": "no"}),
    ("caution_calcium_supplement", {}, {"calcium_supplement": "none"}),
    ("caution_vitamin_d", {}, {"vitamin_d_dose": "none"}),
    ("caution_less_vitamin_d", {"vitamin_d_dose": "over_4000_iu"},
     {"vitamin_d_dose": "up_to_4000_iu"}),
    ("caution_vitamin_b6", {}, {"vitamin_b6_dose": "none_or_low"}),
    ("caution_less_vitamin_b6", {"vitamin_b6_dose": "over_100_mg"},
     {"vitamin_b6_dose": "up_to_100_mg"}),
    ("caution_magnesium_supplement", {}, {"magnesium_supplement": "no"}),
    ("caution_potassium_supplement", {}, {"potassium_supplement": "no"}),
    ("caution_magnesium_with_kidney_disease", {"kidney_disease": "stage_3_or_4"},
     {"magnesium_supplement": "yes"}),
    ("caution_potassium_with_kidney_disease", {"kidney_disease": "dialysis"},
     {"potassium_supplement": "yes"}),
    ("caution_potassium_with_sparing_diuretic", {"diuretic": "potassium_sparing"},
     {"potassium_supplement": "yes"}),
    ("caution_potassium_with_sparing_diuretic", {"diuretic": "combination"},
     {"potassium_supplement": "yes"}),
    ("caution_sparing_diuretic_with_potassium", {"potassium_supplement": "yes"},
     {"diuretic": "combination"}),
    ("caution_sparing_diuretic_with_kidney_disease", {"kidney_disease": "stage_3_or_4"},
     {"diuretic": "combination"}),
    ("caution_stockings_with_arterial_disease", {"peripheral_artery_disease": "present"},
     {"compression_stockings": "yes"}),
    ("caution_stockings_with_arterial_disease", {"ankle_brachial_index": "0.7 ratio"},
     {"compression_stockings": "yes"}),
    ("caution_stockings_with_arterial_disease", {"ankle_brachial_index": "0.90 ratio"},
     {"compression_stockings": "yes"}),
    ("caution_stockings_with_arterial_disease", {"ankle_brachial_index": "low"},
     {"compression_stockings": "yes"}),
    ("caution_stockings_with_arterial_disease", {"cold_pale_leg": "present"},
     {"compression_stockings": "yes"}),
    ("caution_stockings_with_high_ankle_pressure", {"ankle_brachial_index": "1.35 ratio"},
     {"compression_stockings": "yes"}),
    ("caution_calcium_with_high_calcium", {"serum_calcium": "2.7 mmol/L"},
     {"calcium_supplement": "citrate"}),
    ("caution_calcium_with_high_calcium", {"parathyroid_function": "overactive"},
     {"calcium_supplement": "carbonate"}),
    ("caution_vitamin_d_with_high_calcium", {"calcium_level": "high"},
     {"vitamin_d_dose": "up_to_4000_iu"}),
    ("caution_high_dose_vitamin_d", {"vitamin_d_dose": "up_to_4000_iu"},
     {"vitamin_d_dose": "over_4000_iu"}),
    ("caution_high_dose_vitamin_b6", {}, {"vitamin_b6_dose": "over_100_mg"}),
    ("caution_heat_with_numb_feet", {"numbness_or_stabbing_pain": "present"},
     {"warm_foot_soak": "yes"}),
    ("caution_heat_with_numb_feet", {"monofilament_test": "positive"}, {"warm_foot_soak": "yes"}),
]  # fmt: skip

UNMOVED = [  # changes of the same thing, or in other people, that need no caution
    ("caution_diuretic", {}, {"diuretic": "thiazide"}),
    ("caution_another_diuretic", {}, {"diuretic": "thiazide"}),
    ("caution_another_diuretic", {"diuretic": "none"}, {"diuretic": "thiazide"}),
    ("caution_another_diuretic", {"diuretic": "loop"}, {"diuretic": "loop"}),
    ("caution_acid_suppressant", {}, {"acid_suppressant": "long_term"}),
    ("caution_statin", {"statin": "no"}, {"statin": "no"}),
    ("caution_long_acting_beta_agonist", {}, {"long_acting_beta_agonist": "yes"}),
    ("caution_calcium_supplement", {"calcium_supplement": "carbonate"},
     {"calcium_supplement": "citrate"}),
    ("caution_vitamin_d", {"vitamin_d_dose": "none"}, {"vitamin_d_dose": "up_to_4000_iu"}),
    ("caution_less_vitamin_d", {"vitamin_d_dose": "none"}, {"vitamin_d_dose": "up_to_4000_iu"}),
    ("caution_vitamin_b6", {"vitamin_b6_dose": "none_or_low"},
     {"vitamin_b6_dose": "none_or_low"}),
    ("caution_less_vitamin_b6", {}, {"vitamin_b6_dose": "up_to_100_mg"}),
    ("caution_magnesium_supplement", {}, {"magnesium_supplement": "yes"}),
    ("caution_potassium_supplement", {}, {"potassium_supplement": "yes"}),
    ("caution_magnesium_with_kidney_disease", {"kidney_disease": "none"},
     {"magnesium_supplement": "yes"}),
    ("caution_potassium_with_kidney_disease", {"kidney_disease": "none"},
     {"potassium_supplement": "yes"}),
    ("caution_potassium_with_sparing_diuretic", {"diuretic": "thiazide"},
     {"potassium_supplement": "yes"}),
    ("caution_sparing_diuretic_with_potassium", {"potassium_supplement": "yes"},
     {"diuretic": "loop"}),
    ("caution_sparing_diuretic_with_kidney_disease", {"kidney_disease": "stage_3_or_4"},
     {"diuretic": "thiazide"}),
    ("caution_stockings_with_high_ankle_pressure", {"ankle_brachial_index": "1.25 ratio"},
     {"compression_stockings": "yes"}),
    ("caution_calcium_with_high_calcium", {"serum_calcium": "2.5 mmol/L"},
     {"calcium_supplement": "citrate"}),
    ("caution_vitamin_d_with_high_calcium", {"parathyroid_function": "underactive"},
     {"vitamin_d_dose": "up_to_4000_iu"}),
    ("caution_high_dose_vitamin_d", {}, {"vitamin_d_dose": "up_to_4000_iu"}),
    ("caution_high_dose_vitamin_b6", {}, {"vitamin_b6_dose": "up_to_100_mg"}),
    ("caution_stockings_with_arterial_disease", {"ankle_brachial_index": "0.95 ratio"},
     {"compression_stockings": "yes"}),
    ("caution_stockings_with_arterial_disease",
     {"poor_circulation": "venous", "pain_on_walking": "present"},
     {"compression_stockings": "yes"}),
    ("caution_heat_with_numb_feet", {"cold_feet": "present"}, {"warm_foot_soak": "yes"}),
]  # fmt: skip


@cache
def network():
    return eg.load("leg_cramps")


def ids(findings, changes=None):
    return [flag.id for flag in red_flags(network(), findings, changes)]


@pytest.mark.parametrize(("rule", "findings"), FIRES)
def test_rule_fires(rule, findings):
    assert rule in ids(findings)


@pytest.mark.parametrize(("rule", "findings"), SILENT)
def test_rule_is_silent(rule, findings):
    assert rule not in ids(findings)


@pytest.mark.parametrize(("rule", "findings", "changes"), CAUTIONS)
def test_caution_fires_on_the_change_alone(rule, findings, changes):
    assert rule in ids(findings, changes)
    assert rule not in ids(findings)


@pytest.mark.parametrize(("rule", "findings", "changes"), UNMOVED)
def test_caution_is_silent(rule, findings, changes):
    assert rule not in ids(findings, changes)


def test_no_caution_for_what_is_already_so():
    assert ids({"diuretic": "none"}, {"diuretic": "none"}) == []
    assert ids({"kidney_disease": "none"}, {"magnesium_supplement": "yes"}) == []
    assert ids({}, {"magnesium_supplement": "yes", "compression_stockings": "yes"}) == []


def test_every_rule_is_tested_and_says_why():
    known = {rule["id"] for rule in network().rules}
    assert {rule for rule, *_ in (*FIRES, *CAUTIONS)} == known
    assert {rule for rule, *_ in (*SILENT, *UNMOVED)} == known
    for rule in network().rules:
        assert rule["level"] in LEVELS
        assert rule["message"]
        assert rule.get("source", "").startswith("expert") or rule.get("evidence")
        assert "statement" not in rule["message"]  # the reader has not read the clinical text


def test_a_flag_says_what_set_it_off():
    flag, *_ = red_flags(network(), {"serum_potassium": "2.5 mmol/L"})
    assert flag.id == "urgent_potassium"
    assert flag.level == "urgent"
    assert flag.source == "expert"
    assert flag.because == ("serum potassium 2.5 mmol/L",)


def test_most_urgent_first():
    findings = {"severe_pain": "present", "leg_swelling": "one_leg",
                "breathlessness_or_chest_pain": "present"}  # fmt: skip
    levels = [f.level for f in red_flags(network(), findings, {"diuretic": "none"})]
    assert levels == sorted(levels, key=LEVELS.index)
    assert levels[0] == "emergency"
    assert levels[-1] == "caution"


PREGNANCY = [state for state in eg.load("leg_cramps").variables["pregnancy"].states
             if state != "none"]  # fmt: skip
LEG = [{"leg_swelling": "one_leg"}, {"leg_swelling": "both_legs"},
       {"warmth_or_redness": "present"},
       {"leg_swelling": "both_legs", "warmth_or_redness": "present"}]  # fmt: skip


@pytest.mark.parametrize("pregnancy", PREGNANCY)
@pytest.mark.parametrize("leg", LEG)
def test_in_pregnancy_any_swelling_warmth_or_redness_is_urgent_and_said_once(pregnancy, leg):
    found = {"pregnancy": pregnancy, **leg}
    said = shown(red_flags(network(), found))
    assert [flag.level for flag in said] == ["urgent"]
    harmless = leg == {"leg_swelling": "both_legs"}
    assert ("mostly harmless" in said[0].message) == harmless
    said = shown(red_flags(network(), {**found, "breathlessness_or_chest_pain": "present"}))
    assert [flag.level for flag in said] == ["emergency"]


def test_nothing_pressing_is_folded_under_what_does_not_name_it():
    for rule in network().rules:
        if rule["level"] not in PRESSING:
            continue
        for name, findings in FIRES:
            if name != rule["id"]:
                continue
            flags = red_flags(network(), findings)
            own = next(flag for flag in flags if flag.id == name)
            assert any(set(own.because) <= set(flag.because) for flag in shown(flags))


def test_a_visit_is_not_advised_beside_a_pressing_sign_of_the_same_finding():
    said = [f.id for f in shown(red_flags(network(), {"leg_swelling": "one_leg"}))]
    assert said == ["urgent_one_sided_swelling"]
    said = [f.id for f in shown(red_flags(network(), {"leg_swelling": "both_legs"}))]
    assert said == ["see_leg_swelling"]


def test_nothing_known_raises_nothing():
    assert ids({}) == []
    assert ids({"leg_swelling": eg.unknown, "cold_pale_leg": "absent"}) == []


def test_no_evidence_argues_a_rule_away():
    findings = {"leg_swelling": "one_leg", "d_dimer": "negative",
                "duplex_for_thrombosis": "negative"}  # fmt: skip
    assert "urgent_one_sided_swelling" in ids(findings)


def test_soft_findings_count_as_what_they_most_support():
    suspected = eg.likelihood(absent=1, both_legs=1, one_leg=4)
    assert "urgent_one_sided_swelling" in ids({"leg_swelling": suspected})
    assert ids({"leg_swelling": eg.likelihood(absent=4, both_legs=1, one_leg=1)}) == []
    assert "see_leg_swelling" in ids({"leg_swelling": eg.not_("absent")})
    several = ["one_leg", eg.likelihood(absent=1, both_legs=1, one_leg=2)]
    assert "urgent_one_sided_swelling" in ids({"leg_swelling": several})


def test_rules_fire_on_contradictory_findings_too():
    impossible = {"sex": "male", "pregnancy": PREGNANT, "leg_swelling": "one_leg"}
    assert "urgent_one_sided_swelling" in ids(impossible)


def test_a_name_that_is_not_known_is_refused():
    with pytest.raises(eg.UnknownName):
        red_flags(network(), {"cold_pail_leg": "present"})
