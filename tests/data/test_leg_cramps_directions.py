"""Every statement of the clinical text that is a direction holds in the leg-cramp network.

The number in a test's name is the number of the statement in the contract. `do` compares what a
change brings about; `see` compares what is believed. Both ask the part of the network that bears on
the question: variables below neither target nor findings carry no information, and cutting the
arrows into what is set (truncated factorisation) is done on the network itself.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
import pytest

import etiograph as eg
from etiograph.network.mechanism import Table

OLDER = {"age": "65_and_over", "sex": "female", "pregnancy": "none"}
ADULT = {"age": "50_to_64", "sex": "female", "pregnancy": "none"}
# The person of whom a direction is asked, as far as it leaves her free: it keeps the sums small.
WELL = {
    "age": "65_and_over", "sex": "female", "pregnancy": "none", "diuretic": "none",
    "kidney_disease": "none", "liver_disease": "none", "diabetes": "absent",
    "heart_failure": "absent", "long_standing_cramps": "absent",
}  # fmt: skip


@cache
def network():
    return eg.load("leg_cramps")


@cache
def _part(asked, changes):
    """The network with the changes made, without what lies below everything asked."""
    net = network()
    mechanisms = dict(net.mechanisms)
    for name, state in changes:
        variable = net.variables[name]
        mechanisms[name] = Table((), array=np.eye(variable.card)[variable.index(state)])
    keep, waiting = set(), list(asked)
    while waiting:
        name = waiting.pop()
        if name not in keep:
            keep.add(name)
            waiting += mechanisms[name].parents
    return eg.Network(
        {n: v for n, v in net.variables.items() if n in keep},
        {n: m for n, m in mechanisms.items() if n in keep},
    )


@cache
def _answer(target, findings, changes):
    asked = frozenset([target, *dict(findings)])
    part = _part(asked, tuple(c for c in changes))
    return part.case(dict(findings)).posterior()[target]


def see(target: str, state: str = "present", **findings: str) -> float:
    return _answer(target, tuple(sorted(findings.items())), ())[state]


def do(target: str, changes: dict[str, str], state: str = "present", **findings: str) -> float:
    if not findings:
        below = _below({*changes, target})
        findings = {n: s for n, s in WELL.items() if n not in below}
    return _answer(target, tuple(sorted(findings.items())), tuple(sorted(changes.items())))[state]


def rises(target, cause, off, on, state="present", others=None, **findings):
    """Whether setting the cause to `on` instead of `off` makes the target more probable."""
    others = others or {}
    low = do(target, {cause: off, **others}, state, **findings)
    return do(target, {cause: on, **others}, state, **findings) > low + 1e-9


def _below(names):
    found, waiting = set(), list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += network().children(name)
    return found


# -- calcium side ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cause", "off", "on"),
    [("malabsorption", "absent", "present"), ("chronic_diarrhoea", "absent", "present"),
     ("acid_suppressant", "none", "long_term")],
)  # fmt: skip
def test_01_gut_disease_and_acid_suppression_impair_absorption(cause, off, on):
    taking = {"calcium_supplement": "carbonate"}
    assert rises("calcium_absorption", cause, off, on, "poor", taking)


@pytest.mark.parametrize("cause", ["malabsorption", "chronic_diarrhoea"])
def test_01_poor_absorption_makes_the_supplement_less_effective(cause):
    def share_prevented(state):
        none, carbonate = ({cause: state, "calcium_supplement": s} for s in ("none", "carbonate"))
        return 1 - do("calcium_supply", carbonate, "short") / do("calcium_supply", none, "short")

    assert 0 < share_prevented("present") < share_prevented("absent")


def test_01_taking_calcium_can_help():
    assert rises("calcium_supply", "calcium_supplement", "none", "citrate", "adequate")


def test_02_divided_doses_raise_uptake():
    assert rises("supplement_uptake", "calcium_dosing", "single_dose", "divided_doses",
                 "adequate", {"calcium_supplement": "carbonate"})  # fmt: skip


def test_02_citrate_raises_uptake_above_all_on_acid_suppression():
    dosing = {"calcium_dosing": "single_dose"}

    def gain(acid):
        with_ = {**dosing, "acid_suppressant": acid}
        carbonate = do("supplement_uptake", {**with_, "calcium_supplement": "carbonate"}, "poor")
        return carbonate - do(
            "supplement_uptake", {**with_, "calcium_supplement": "citrate"}, "poor"
        )

    assert gain("long_term") > gain("none") >= 0


def test_03_magnesium_depletion_causes_cramps_even_with_calcium_sufficient():
    assert rises("leg_cramps", "magnesium_depletion", "absent", "present",
                 others={"calcium_level": "normal", "calcium_supply": "adequate"})  # fmt: skip


def test_04_a_diet_poor_in_magnesium_depletes():
    assert rises("magnesium_depletion", "low_magnesium_diet", "no", "yes")


def test_05_low_blood_magnesium_confirms_depletion():
    low = see("magnesium_depletion", serum_magnesium="0.62 mmol/L", **ADULT)
    normal = see("magnesium_depletion", serum_magnesium="0.85 mmol/L", **ADULT)
    assert low > see("magnesium_depletion", **ADULT) > normal


def test_05_supplementing_magnesium_repairs_depletion():
    assert rises("magnesium_depletion", "magnesium_supplement", "yes", "no")


@pytest.mark.parametrize(
    ("cause", "off", "on"),
    [("prolonged_sitting_or_standing", "no", "yes"), ("chronic_venous_disease", "absent", "present"),
     ("pregnancy", "none", "third_trimester")],
)  # fmt: skip
def test_06_sitting_standing_varicose_veins_and_pregnancy_bring_venous_stasis(cause, off, on):
    assert rises("venous_stasis", cause, off, on)
    assert rises("leg_cramps", cause, off, on)


def test_06_cold_legs_impair_the_arteries_hardly():
    cold = do("arterial_insufficiency", {"legs_exposed_to_cold": "yes"})
    warm = do("arterial_insufficiency", {"legs_exposed_to_cold": "no"})
    assert warm < cold < warm + 0.1


@pytest.mark.parametrize("cause", ["venous_stasis", "arterial_insufficiency"])
def test_06_poor_circulation_causes_cramps(cause):
    assert rises("leg_cramps", cause, "absent", "present")
    assert do("poor_circulation", {cause: "present"}, "none") == 0


@pytest.mark.parametrize("remedy", ["compression_stockings", "warm_foot_soak"])
def test_07_stockings_and_foot_soak_relieve_venous_stasis(remedy):
    assert rises("venous_stasis", remedy, "yes", "no")
    assert rises("leg_cramps", remedy, "yes", "no")


def test_07_stockings_do_not_help_arteries():
    for state in ("no", "yes"):
        done = do("arterial_insufficiency", {"compression_stockings": state}, **ADULT)
        assert done == pytest.approx(see("arterial_insufficiency", **ADULT), abs=1e-12)


def test_07_warm_legs_and_moving_help():
    assert rises("leg_cramps", "legs_exposed_to_cold", "no", "yes")
    assert rises("leg_cramps", "prolonged_sitting_or_standing", "no", "yes")


def test_08_low_vitamin_d_lowers_absorption():
    assert rises("calcium_absorption", "vitamin_d_status", "sufficient", "deficient", "poor")


@pytest.mark.parametrize(
    ("cause", "off", "on"),
    [("low_sun_exposure", "no", "yes"), ("liver_disease", "none", "chronic"),
     ("liver_disease", "none", "cirrhosis"), ("kidney_disease", "none", "stage_3_or_4"),
     ("kidney_disease", "none", "dialysis")],
)  # fmt: skip
def test_08_little_sun_liver_and_kidney_disease_lower_vitamin_d(cause, off, on):
    assert rises("vitamin_d_status", cause, off, on, "deficient")


def test_08_25ohd_below_30_is_low():
    below = see("vitamin_d_status", "sufficient", vitamin_d_25oh="24 ng/mL", **ADULT)
    assert below < 0.2 < see("vitamin_d_status", "sufficient", vitamin_d_25oh="42 ng/mL", **ADULT)


def test_08_vitamin_d_and_sun_restore_it():
    assert rises("vitamin_d_status", "vitamin_d_dose", "up_to_4000_iu", "none", "deficient")
    assert rises("vitamin_d_status", "low_sun_exposure", "no", "yes", "deficient")


@pytest.mark.parametrize(
    ("cause", "off", "on"),
    [("lumbar_nerve_compression", "absent", "present"), ("diabetes", "absent", "present"),
     ("peripheral_neuropathy", "absent", "present"), ("thyroid_function", "normal", "underactive"),
     ("thyroid_function", "normal", "overactive"), ("potassium_level", "normal", "low"),
     ("sodium_level", "normal", "low"), ("calcium_level", "normal", "low"),
     ("calcium_level", "normal", "high")],
)  # fmt: skip
def test_09_nerve_disease_thyroid_and_electrolytes_cause_cramps(cause, off, on):
    assert rises("leg_cramps", cause, off, on)


def test_09_diabetes_causes_neuropathy():
    assert rises("peripheral_neuropathy", "diabetes", "absent", "present")


@pytest.mark.parametrize("sign", ["numbness_or_stabbing_pain", "muscle_weakness"])
def test_09_numbness_and_loss_of_strength_point_to_nerve_disease(sign):
    for disease in ("peripheral_neuropathy", "lumbar_nerve_compression"):
        known = {n: s for n, s in WELL.items() if n != "long_standing_cramps"}
        before = see(disease, **known)
        assert see(disease, **known, **{sign: "present"}) > before
        assert see(disease, **known, **{sign: "absent"}) < before


def test_10_coffee_and_tea_hinder_absorption_a_little():
    assert rises("calcium_absorption", "excess_coffee_or_tea", "no", "yes", "poor")
    assert rises("magnesium_depletion", "excess_coffee_or_tea", "no", "yes")
    none, much = (do("leg_cramps", {"excess_coffee_or_tea": s}) for s in ("no", "yes"))
    assert none < much < none + 0.02


def test_10_dairy_soy_and_greens_bring_calcium():
    assert rises("calcium_supply", "low_calcium_diet", "no", "yes", "short")


def test_11_warming_up_takes_from_the_effect_of_exercise():
    def effect(warm_up):
        off, on = ({"unaccustomed_exercise": s, "warm_up_around_exercise": warm_up}
                   for s in ("no", "yes"))  # fmt: skip
        return do("leg_cramps", on) - do("leg_cramps", off)

    assert effect("no") > effect("yes") > 0


@pytest.mark.parametrize(
    ("test", "low", "high", "target", "state"),
    [("serum_calcium", "2.05 mmol/L", "2.40 mmol/L", "calcium_level", "low"),
     ("serum_calcium", "2.80 mmol/L", "2.40 mmol/L", "calcium_level", "high"),
     ("serum_potassium", "3.1 mmol/L", "4.2 mmol/L", "potassium_level", "low"),
     ("serum_sodium", "129 mmol/L", "140 mmol/L", "sodium_level", "low"),
     ("serum_phosphate", "0.60 mmol/L", "1.1 mmol/L", "parathyroid_function", "overactive"),
     ("parathyroid_hormone", "120 pg/mL", "35 pg/mL", "parathyroid_function", "overactive"),
     ("vitamin_d_25oh", "12 ng/mL", "40 ng/mL", "vitamin_d_status", "deficient"),
     ("nerve_conduction_study", "positive", "negative", "peripheral_neuropathy", "present"),
     ("electromyography", "positive", "negative", "lumbar_nerve_compression", "present")],
)  # fmt: skip
def test_12_examinations_tell(test, low, high, target, state):
    before = see(target, state, **ADULT)
    assert see(target, state, **{test: low}, **ADULT) > before
    assert see(target, state, **{test: high}, **ADULT) < before


@pytest.mark.parametrize(
    ("test", "values", "target", "state"),
    [("serum_potassium", [f"{x / 10} mmol/L" for x in range(15, 80, 3)], "potassium_level", "low"),
     ("serum_sodium", [f"{x} mmol/L" for x in range(105, 165, 3)], "sodium_level", "low"),
     ("serum_calcium", [f"{x / 20} mmol/L" for x in range(30, 75, 2)], "calcium_level", "low"),
     ("ankle_brachial_index", [f"{x / 20} ratio" for x in range(4, 34)],
      "peripheral_artery_disease", "present"),
     ("tsh", [f"{2.0**x} mIU/L" for x in range(-8, 9)], "thyroid_function", "overactive")],
)  # fmt: skip
def test_12_a_reading_never_turns_round(test, values, target, state):
    found = [see(target, state, **{test: value}, **ADULT) for value in values]
    assert all(b <= a + 1e-12 for a, b in pairwise(found))


def test_12_a_high_magnesium_never_speaks_for_depletion():
    # Depletion and excess both move the reading, so the odds of depletion are not strictly monotone
    # (they rise from 0.008 to 0.014 where excess takes over): once below, they stay below the prior.
    before = see("magnesium_depletion", **ADULT)
    values = [x / 100 for x in range(30, 200, 5)]
    found = [see("magnesium_depletion", serum_magnesium=f"{x} mmol/L", **ADULT) for x in values]
    assert all(p > before for x, p in zip(values, found, strict=True) if x <= 0.75)
    assert all(p < before for x, p in zip(values, found, strict=True) if x >= 0.85)
    assert all(b <= a + 0.01 for a, b in pairwise(found))


# -- vitamin side ---------------------------------------------------------------------------------


def test_13_too_much_vitamin_d_raises_calcium_and_so_cramps():
    assert rises("vitamin_d_status", "vitamin_d_dose", "up_to_4000_iu", "over_4000_iu", "excessive")
    assert rises("calcium_level", "vitamin_d_status", "sufficient", "excessive", "high")
    assert rises("leg_cramps", "vitamin_d_status", "sufficient", "excessive")


def test_13_both_arms_of_vitamin_d():
    assert rises("calcium_level", "vitamin_d_status", "sufficient", "deficient", "low")
    assert rises("calcium_level", "vitamin_d_dose", "none", "over_4000_iu", "high")
    assert rises("vitamin_d_status", "vitamin_d_dose", "over_4000_iu", "none", "deficient")


def test_13_vitamins_are_rarely_the_direct_cause():
    none, ordinary = (do("leg_cramps", {"vitamin_d_dose": s}) for s in ("none", "up_to_4000_iu"))
    assert abs(ordinary - none) < 0.01
    leg_cramps = set(network().parents("leg_cramps"))
    assert not leg_cramps & {"vitamin_d_dose", "vitamin_b6_dose", "calcium_supplement"}


def test_14_high_b6_is_toxic_to_nerves_and_so_brings_cramps():
    assert rises("b6_toxicity", "vitamin_b6_dose", "up_to_100_mg", "over_100_mg")
    assert rises("peripheral_neuropathy", "vitamin_b6_dose", "none_or_low", "over_100_mg")
    assert rises("leg_cramps", "vitamin_b6_dose", "none_or_low", "over_100_mg")


def test_14_both_arms_of_b6():
    assert rises("b_vitamin_deficiency", "vitamin_b6_dose", "up_to_100_mg", "none_or_low")
    assert rises("peripheral_neuropathy", "b_vitamin_deficiency", "absent", "present")


@pytest.mark.parametrize(
    ("cause", "off", "on"),
    [("calcium_level", "normal", "low"), ("potassium_level", "normal", "low"),
     ("magnesium_depletion", "absent", "present"), ("sodium_level", "normal", "low")],
)  # fmt: skip
def test_15_a_shortage_of_any_electrolyte_causes_cramps(cause, off, on):
    assert rises("leg_cramps", cause, off, on)


def test_15_but_most_cramps_are_idiopathic():
    shares = [see("magnesium_depletion", leg_cramps="present", **OLDER)]
    shares += [see(f"{e}_level", "low", leg_cramps="present", **OLDER)
               for e in ("calcium", "potassium", "sodium")]  # fmt: skip
    assert sum(shares) < 0.5


def test_16_excess_vitamin_d_shifts_the_other_electrolytes():
    assert rises("potassium_level", "vitamin_d_status", "sufficient", "excessive", "low")
    assert rises("magnesium_depletion", "vitamin_d_status", "sufficient", "excessive")
    assert rises("dehydration", "vitamin_d_status", "sufficient", "excessive")


@pytest.mark.parametrize("kind", ["thiazide", "loop"])
def test_17_diuretics_flush_out_potassium_and_b_vitamins(kind):
    assert rises("potassium_level", "diuretic", "none", kind, "low")
    assert rises("b_vitamin_deficiency", "diuretic", "none", kind)


def test_17_thiazides_but_not_loop_diuretics_deplete_magnesium():
    assert rises("magnesium_depletion", "diuretic", "none", "thiazide")
    assert not rises("magnesium_depletion", "diuretic", "none", "loop")
    assert rises("magnesium_depletion", "diuretic", "potassium_sparing", "thiazide")


@pytest.mark.parametrize("kind", ["thiazide", "loop", "potassium_sparing", "combination"])
def test_17_diuretics_bring_cramps(kind):
    assert rises("leg_cramps", "diuretic", "none", kind, **OLDER)


@pytest.mark.parametrize("kind", ["carbonate", "citrate"])
@pytest.mark.parametrize("findings", [OLDER, {**OLDER, "sex": "male"}])
def test_17_the_blamed_supplement_calcium(kind, findings):
    base = see("leg_cramps", **findings)
    assert see("leg_cramps", calcium_supplement=kind, **findings) > base
    assert do("leg_cramps", {"calcium_supplement": kind}, **findings) <= do(
        "leg_cramps", {"calcium_supplement": "none"}, **findings
    )
    assert do("leg_cramps", {"calcium_supplement": kind}, **findings) <= base


def test_17_the_blamed_supplement_potassium():
    base = see("leg_cramps", **OLDER)
    assert see("leg_cramps", potassium_supplement="yes", **OLDER) > base
    assert do("leg_cramps", {"potassium_supplement": "yes"}, **OLDER) <= base


def test_17_the_blamed_supplement_magnesium():
    assert see("leg_cramps", magnesium_supplement="yes", **OLDER) > see("leg_cramps", **OLDER)


@pytest.mark.parametrize("sex", ["female", "male"])
def test_magnesium_is_near_null_in_older_adults_although_depletion_is_a_cause(sex):
    known = {**OLDER, "sex": sex}
    treated, not_ = (do("leg_cramps", {"magnesium_supplement": s}, **known) for s in ("yes", "no"))
    assert 0.85 <= treated / not_ <= 1.0
    assert rises("leg_cramps", "magnesium_depletion", "absent", "present", **known)


def test_magnesium_why_few_are_depleted_and_most_improve_anyway():
    assert see("magnesium_depletion", leg_cramps="present", **OLDER) < 0.35
    for taken in ("yes", "no"):
        improved = see("improved_after_4_weeks", "yes", leg_cramps="present",
                       magnesium_supplement=taken, stretching_before_bed="no", **OLDER)  # fmt: skip
        assert improved == pytest.approx(0.644, abs=1e-9)


def test_drinking_less_is_offered_with_its_caution():
    """A cause that is ranked first and can be changed stands among what helps."""
    known = {"heavy_alcohol_use": "present", "leg_cramps": "present", "age": "50_to_64",
             "sex": "male"}  # fmt: skip
    first = network().case(known).what_helps().helping()[0]
    assert (first.variable, first.state) == ("heavy_alcohol_use", "absent")
    assert any("alone" in flag.message for flag in first.cautions)


def test_18_hydration_and_a_mineral_rich_diet_help():
    assert rises("dehydration", "low_fluid_intake", "no", "yes")
    assert rises("leg_cramps", "low_fluid_intake", "no", "yes")
    assert rises("leg_cramps", "low_magnesium_diet", "no", "yes")


def test_19_waking_points_to_the_veins_a_little():
    assert rises("night_waking", "venous_stasis", "absent", "present")


# -- what the contract adds -----------------------------------------------------------------------


def test_contract_no_arrow_from_calcium_to_cramps():
    assert not {"calcium_supplement", "calcium_supply"} & set(network().parents("leg_cramps"))
    assert "long_standing_cramps" not in network().parents("leg_cramps")


def test_contract_the_outcome_and_its_signs_recur():
    recurring = {name for name, v in network().variables.items() if v.recurring}
    assert {"leg_cramps", "cramp_frequency", "night_waking", "severe_pain",
            "persistent_despite_adjustment", "improved_after_4_weeks"} <= recurring  # fmt: skip


def test_contract_pregnancy_is_impossible_in_men_and_over_50():
    for known in ({"sex": "male"}, {"age": "50_to_64"}, {"age": "65_and_over"}):
        assert see("pregnancy", "none", **known) == pytest.approx(1.0, abs=1e-12)
