"""No message tells somebody to go on with what is harming them, and a danger that is there is named.

What is dangerous is said here once more, in plain Python and apart from the rules of the model file: the
limits are those of the third pass of the evidence (E668-E695), the names those of the rules that would
contradict them.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Mapping
from functools import cache

import pytest

import etiograph as eg
from etiograph.decision.red_flags import Flag, red_flags, shown
from etiograph.network.reading import Reading
from etiograph.network.rules import LEVELS

RANDOM_CASES = int(os.environ.get("ETIOGRAPH_RANDOM_CASES", "2000"))

Findings = Mapping[str, str]
SPARING, WASTING = ("potassium_sparing", "combination"), ("thiazide", "loop", "combination")
THIAZIDE = ("thiazide", "combination")
WEAK_KIDNEYS = ("stage_3_or_4", "dialysis")
PREGNANT = ("first_or_second_trimester", "third_trimester", "first_six_weeks_after_birth")


def value(findings: Findings, name: str) -> float | None:
    """A measured value of the case, in the canonical unit of all readings here."""
    text = findings.get(name, "")
    return float(text.split()[0]) if text[:1].isdigit() else None


def over(name: str, limit: float) -> Callable[[Findings], bool]:
    return lambda f: (x := value(f, name)) is not None and x >= limit


def under(name: str, limit: float) -> Callable[[Findings], bool]:
    return lambda f: (x := value(f, name)) is not None and x < limit


def has(name: str, *states: str) -> Callable[[Findings], bool]:
    return lambda f: f.get(name) in (states or ("present",))


def both(*tests: Callable[[Findings], bool]) -> Callable[[Findings], bool]:
    return lambda f: all(test(f) for test in tests)


def maybe(name: str, *states: str) -> Callable[[Findings], bool]:
    """Found in one of the states, or not known."""
    return lambda f: f.get(name, states[0]) in states


def unmeasured_potassium(findings: Findings) -> bool:
    return value(findings, "serum_potassium") is None and "serum_potassium" not in findings


def not_too_much(findings: Findings) -> bool:
    """Nothing of the case says that calcium or vitamin D is too high already."""
    levels = over("vitamin_d_25oh", 100)(findings) or has("vitamin_d_status", "excessive")(findings)
    return not (
        levels
        or has("vitamin_d_25oh", "excessive")(findings)
        or has("calcium_level", "high")(findings)
        or has("parathyroid_function", "overactive")(findings)
    )


DANGERS: list[tuple[str, Callable[[Findings], bool], str]] = [
    # what, when, the least pressing level at which it has to be named
    ("potassium 6.5", over("serum_potassium", 6.5), "emergency"),
    ("potassium 5.5 and weak", both(over("serum_potassium", 5.5), has("rapid_weakness")),
     "emergency"),
    ("potassium 6.0", over("serum_potassium", 6.0), "urgent"),
    ("potassium 5.5 on potassium",
     both(over("serum_potassium", 5.5), has("potassium_supplement", "yes")), "urgent"),
    ("potassium 5.5 on an ACE inhibitor",
     both(over("serum_potassium", 5.5), has("ace_inhibitor_or_arb", "yes")), "urgent"),
    ("potassium 5.0 on an ACE inhibitor",
     both(over("serum_potassium", 5.0), has("ace_inhibitor_or_arb", "yes")), "see"),
    ("potassium 5.5 on a sparing diuretic",
     both(over("serum_potassium", 5.5), has("diuretic", *SPARING)), "urgent"),
    ("potassium 5.5", over("serum_potassium", 5.5), "see"),
    ("potassium 2.4", under("serum_potassium", 2.5), "emergency"),
    ("potassium 2.9", under("serum_potassium", 3.0), "urgent"),
    ("potassium 3.4", under("serum_potassium", 3.5), "see"),
    ("sodium 124", under("serum_sodium", 125), "emergency"),
    ("sodium 134 and confused",
     both(under("serum_sodium", 135), has("confusion_or_fits")), "emergency"),
    ("sodium 129", under("serum_sodium", 130), "urgent"),
    ("sodium 134 on a thiazide", both(under("serum_sodium", 135), has("diuretic", *THIAZIDE)),
     "urgent"),
    ("sodium 134", under("serum_sodium", 135), "see"),
    ("calcium 3.51", over("serum_calcium", 3.51), "emergency"),
    ("calcium 3.0", over("serum_calcium", 3.0), "urgent"),
    ("calcium 2.6 and thirsty",
     both(over("serum_calcium", 2.6), has("thirst_or_constipation")), "urgent"),
    ("calcium 2.6", over("serum_calcium", 2.6), "see"),
    ("calcium 1.8", under("serum_calcium", 1.9), "emergency"),
    ("calcium 2.1 and tetany", both(under("serum_calcium", 2.19), has("tetany")), "emergency"),
    ("calcium 2.1", under("serum_calcium", 2.19), "see"),
    ("magnesium 0.4", under("serum_magnesium", 0.5), "urgent"),
    ("magnesium 0.6", under("serum_magnesium", 0.7), "see"),
    ("magnesium 2.1", over("serum_magnesium", 2.01), "emergency"),
    ("magnesium 1.1, weak kidneys",
     both(over("serum_magnesium", 1.05), has("kidney_disease", *WEAK_KIDNEYS)), "urgent"),
    ("25(OH)D 150", over("vitamin_d_25oh", 150), "urgent"),
    ("25(OH)D 100 and calcium 2.6",
     both(over("vitamin_d_25oh", 100), over("serum_calcium", 2.6)), "urgent"),
    ("25(OH)D 100", over("vitamin_d_25oh", 100), "see"),
    ("B6 and numb feet", both(has("vitamin_b6_dose", "up_to_100_mg", "over_100_mg"),
                              has("numbness_or_stabbing_pain")), "see"),
    ("TSH 10", over("tsh", 10), "see"),
    ("statin, dark urine", both(has("statin", "yes"), has("dark_urine")), "emergency"),
    ("creatine kinase 2000 and weak",
     both(over("creatine_kinase", 2000), has("muscle_weakness")), "emergency"),
    ("creatine kinase 2000 on a statin",
     both(over("creatine_kinase", 2000), has("statin", "yes")), "urgent"),
    ("creatine kinase 8000", over("creatine_kinase", 8000), "urgent"),
    ("creatine kinase 600", over("creatine_kinase", 600), "see"),
    ("saddle", has("bladder_or_saddle_symptoms"), "emergency"),
    ("ankle index 0.30", lambda f: (x := value(f, "ankle_brachial_index")) is not None and x <= 0.3,
     "urgent"),
    ("ankle index 0.49", under("ankle_brachial_index", 0.5), "see"),
    ("one leg swollen", has("leg_swelling", "one_leg"), "urgent"),
    ("clot", has("duplex_for_thrombosis", "positive"), "urgent"),
    ("a clot and breathlessness",
     both(has("deep_vein_thrombosis"), has("breathlessness_or_chest_pain")), "emergency"),
    ("metformin on dialysis",
     both(has("metformin", "yes"), has("kidney_disease", "dialysis")), "urgent"),
    ("fever and a wound of the foot", both(has("fever"), has("foot_wound_or_rest_pain")), "urgent"),
    ("dialysis and palpitations",
     both(has("kidney_disease", "dialysis"), has("palpitations_or_fainting"), unmeasured_potassium),
     "emergency"),
    ("potassium tablets with weak kidneys",
     both(has("potassium_supplement", "yes"), has("kidney_disease", *WEAK_KIDNEYS),
          unmeasured_potassium), "see"),
    ("potassium tablets with an ACE inhibitor",
     both(has("potassium_supplement", "yes"), has("ace_inhibitor_or_arb", "yes"),
          unmeasured_potassium), "see"),
    ("magnesium tablets with weak kidneys",
     both(has("magnesium_supplement", "yes"), has("kidney_disease", *WEAK_KIDNEYS),
          lambda f: value(f, "serum_magnesium") is None), "see"),
    ("sodium 156", over("serum_sodium", 155), "urgent"),
    ("a fit in pregnancy", both(has("confusion_or_fits"), has("pregnancy", *PREGNANT)), "emergency"),
    ("ACE inhibitor in pregnancy",
     both(has("ace_inhibitor_or_arb", "yes"), has("pregnancy", *PREGNANT[:2])), "urgent"),
    ("stockings on narrowed arteries",
     both(has("compression_stockings", "yes"), has("peripheral_artery_disease")), "see"),
    ("heat on numb feet",
     both(has("warm_foot_soak", "yes"), has("numbness_or_stabbing_pain")), "see"),
    ("HbA1c 90 and thirsty", both(over("hba1c", 86), has("thirst_or_constipation")), "urgent"),
    ("creatine kinase 2000 without exercise",
     both(over("creatine_kinase", 2000), has("unaccustomed_exercise", "no")), "urgent"),
    ("diabetes and a wound of the foot",
     both(has("diabetes"), has("foot_wound_or_rest_pain")), "urgent"),
    ("D-dimer positive in a leg shown for a clot",
     both(has("d_dimer", "positive"), has("leg_shown_for_clot", "yes"),
          lambda f: "duplex_for_thrombosis" not in f), "urgent"),
    ("dry on a diuretic", both(has("dehydration"), has("diuretic", "loop")), "urgent"),
    ("confusion in cirrhosis",
     both(has("confusion_or_fits"), has("liver_disease", "cirrhosis")), "emergency"),
    ("a diuretic in pregnancy",
     both(has("diuretic", *SPARING, *WASTING), has("pregnancy", *PREGNANT[:2])), "urgent"),
    ("quinine", has("takes_quinine"), "see"),
    ("quinine and palpitations",
     both(has("takes_quinine"), has("palpitations_or_fainting")), "emergency"),
    ("nerve root", both(has("numbness_or_stabbing_pain"), has("muscle_weakness"),
                        has("back_pain_radiating_to_leg")), "urgent"),
]  # fmt: skip

CONTRADICTED: list[tuple[str, Callable[[Findings], bool], tuple[str, ...]]] = [
    # where this is so, none of these may be said
    ("high potassium", over("serum_potassium", 5.0), ("caution_potassium_supplement",)),
    ("potassium 5.5", over("serum_potassium", 5.5), ("see_cramps_after_supplement",)),
    ("potassium 5.5 on an ACE inhibitor", over("serum_potassium", 5.5), ("caution_ace_inhibitor",)),
    ("low sodium on an SSRI", under("serum_sodium", 135), ("caution_ssri",)),
    ("high potassium on a sparing diuretic",
     both(over("serum_potassium", 5.5), maybe("diuretic", *SPARING)),
     ("caution_diuretic", "caution_another_diuretic")),
    ("low sodium on a thiazide", both(under("serum_sodium", 135), maybe("diuretic", *THIAZIDE)),
     ("caution_diuretic", "caution_another_diuretic")),
    ("sodium below 130 on any diuretic", under("serum_sodium", 130), ("caution_diuretic",)),
    ("low potassium on what wastes it",
     both(under("serum_potassium", 3.5), maybe("diuretic", *WASTING)), ("caution_diuretic",)),
    ("high calcium on a thiazide",
     both(over("serum_calcium", 2.56), maybe("diuretic", *THIAZIDE)), ("caution_diuretic",)),
    ("high calcium", over("serum_calcium", 2.56),
     ("caution_calcium_supplement", "caution_vitamin_d", "caution_less_vitamin_d",
      "see_cramps_after_supplement")),
    ("high 25(OH)D", over("vitamin_d_25oh", 100),
     ("caution_vitamin_d", "caution_less_vitamin_d", "see_cramps_after_supplement")),
    ("high magnesium", over("serum_magnesium", 1.06),
     ("caution_magnesium_supplement", "caution_magnesium_under_guidance",
      "see_cramps_after_supplement")),
    ("nerve signs", has("numbness_or_stabbing_pain"), ("caution_vitamin_b6",)),
    ("dark urine", has("dark_urine"), ("caution_statin",)),
    ("weak on a statin", both(has("statin", "yes"), has("muscle_weakness")), ("caution_statin",)),
    ("high creatine kinase", over("creatine_kinase", 600), ("caution_statin",)),
    ("dry on a diuretic", has("dehydration"), ("caution_diuretic", "caution_another_diuretic")),
    ("sodium 150 on a diuretic", over("serum_sodium", 148),
     ("caution_diuretic", "caution_another_diuretic")),
    ("low magnesium on an acid suppressant", under("serum_magnesium", 0.7),
     ("caution_acid_suppressant",)),
    ("heart failure or dialysis", lambda f: has("heart_failure")(f)
     or has("kidney_disease", "dialysis")(f), ()),
]  # fmt: skip

TOWARDS: list[tuple[str, Callable[[Findings], bool], str, tuple[str, ...], str]] = [
    # a change towards what harms: where this is so, a caution names it (a part of its message)
    ("potassium", over("serum_potassium", 5.0), "potassium_supplement", ("yes",), "is high"),
    ("sparing", over("serum_potassium", 5.0), "diuretic", SPARING, "is high"),
    ("ACE inhibitor", over("serum_potassium", 5.0), "ace_inhibitor_or_arb", ("yes",), "is high"),
    ("ACE inhibitor", has("diuretic", *SPARING), "ace_inhibitor_or_arb", ("yes",), "blood tests"),
    ("SSRI", under("serum_sodium", 135), "ssri", ("yes",), "Sodium is low"),
    ("thiazide", under("serum_sodium", 135), "diuretic", THIAZIDE, "Sodium is low"),
    ("thiazide", over("serum_calcium", 2.56), "diuretic", THIAZIDE, "Calcium is high"),
    ("calcium", over("serum_calcium", 2.56), "calcium_supplement", ("carbonate", "citrate"),
     "take none"),
    ("vitamin D", over("serum_calcium", 2.56), "vitamin_d_dose",
     ("up_to_4000_iu", "over_4000_iu"), "vitamin D"),
    ("vitamin D", over("vitamin_d_25oh", 100), "vitamin_d_dose",
     ("up_to_4000_iu", "over_4000_iu"), "vitamin D"),
    ("magnesium", over("serum_magnesium", 1.0), "magnesium_supplement", ("yes",), "take none"),
    ("B6", has("numbness_or_stabbing_pain"), "vitamin_b6_dose", ("up_to_100_mg", "over_100_mg"),
     "nerve"),
    ("drinking", under("serum_sodium", 135), "low_fluid_intake", ("no",), "do not drink more"),
    ("drinking", has("heart_failure"), "low_fluid_intake", ("no",), "do not drink more"),
    ("statin", has("dark_urine"), "statin", ("yes",), "Do not start"),
    ("a diuretic", has("dehydration"), "diuretic", ("thiazide", "loop"), "Short of water"),
    ("stockings", has("deep_vein_thrombosis"), "compression_stockings", ("yes",), "No stockings"),
    ("calcium", has("kidney_disease", *WEAK_KIDNEYS), "calcium_supplement",
     ("carbonate", "citrate"), "weak kidneys"),
    ("no drink", has("heavy_alcohol_use"), "heavy_alcohol_use", ("absent",), "alone"),
    ("no potassium", under("serum_potassium", 3.5), "potassium_supplement", ("no",), "is low"),
    ("no magnesium", both(under("serum_magnesium", 0.7), maybe("magnesium_excess", "absent")),
     "magnesium_supplement", ("no",), "is low"),
    ("no calcium", both(under("serum_calcium", 2.19), not_too_much), "calcium_supplement",
     ("none",), "is low"),
    ("no vitamin D", both(under("serum_calcium", 2.19), not_too_much), "vitamin_d_dose",
     ("none",), "is low"),
    ("less to drink", over("serum_calcium", 2.56), "low_fluid_intake", ("yes",), "drink less"),
    ("a medicine in pregnancy",
     has("pregnancy", "first_or_second_trimester", "third_trimester", "first_six_weeks_after_birth"),
     "ace_inhibitor_or_arb", ("yes",), "In pregnancy"),
    ("statin", over("creatine_kinase", 600), "statin", ("yes",), "no statin"),
    ("heat", lambda f: (x := value(f, "ankle_brachial_index")) is not None and x <= 0.9,
     "warm_foot_soak", ("yes",), "too little blood"),
]  # fmt: skip


@cache
def network() -> eg.Network:
    return eg.load("leg_cramps")


@cache
def spoken_of() -> tuple[str, ...]:
    """Variables and flags that rules look at or whose change they look at."""
    from etiograph.network.rules import names

    found = {n for rule in network().rules for n in (*names(rule), *rule.get("change", {}))}
    return tuple(sorted(found))


@cache
def changed() -> tuple[str, ...]:
    return tuple(sorted({n for rule in network().rules for n in rule.get("change", {})}))


LIMITS = {
    "serum_potassium": (2.0, 7.5), "serum_sodium": (110.0, 160.0), "serum_calcium": (1.4, 4.2),
    "serum_magnesium": (0.2, 3.0), "vitamin_d_25oh": (5.0, 250.0), "tsh": (0.05, 60.0),
    "parathyroid_hormone": (3.0, 200.0), "ankle_brachial_index": (0.15, 1.6),
    "creatine_kinase": (30.0, 15000.0), "hba1c": (25.0, 130.0),
}  # fmt: skip


def random_case(rng: random.Random) -> tuple[dict[str, str], dict[str, str]]:
    """A few findings and changes of what rules look at; values over their whole range."""
    findings: dict[str, str] = {}
    for name in rng.sample(spoken_of(), rng.randint(1, 14)):
        mechanism = network().mechanisms.get(name)
        if isinstance(mechanism, Reading) and rng.random() < 0.85:
            low, high = LIMITS[name]
            findings[name] = f"{rng.uniform(low, high):.2f} {mechanism.unit}"
        else:
            findings[name] = rng.choice(network().variable(name).states)
    changes = {
        name: rng.choice(network().variable(name).states)
        for name in rng.sample(changed(), rng.randint(0, 3))
    }
    return findings, changes


def faults(findings: dict[str, str], changes: dict[str, str], flags: tuple[Flag, ...]) -> list[str]:
    """Everything that is wrong in what is shown of a case."""
    levels = [LEVELS.index(flag.level) for flag in flags] or [len(LEVELS)]
    ids = {flag.id for flag in flags}
    wrong = [
        f"{what}: not named as {level}"
        for what, holds, level in DANGERS
        if holds(findings) and min(levels) > LEVELS.index(level)
    ]
    wrong += [
        f"{what}: says {name}"
        for what, holds, silent in CONTRADICTED
        if holds(findings)
        for name in silent
        if name in ids
    ]
    for what, holds, name, states, said in TOWARDS:
        moves = changes.get(name) in states and changes[name] != findings.get(name)
        if moves and holds(findings) and not any(said in f.message for f in flags):
            wrong.append(f"{what}: nothing against the change to {changes[name]}")
    return wrong


@pytest.mark.parametrize("block", range(4))
def test_no_caution_contradicts_a_danger_and_every_danger_is_named(block):
    rng = random.Random(1000 + block)
    for _ in range(RANDOM_CASES // 4):
        findings, changes = random_case(rng)
        flags = shown(red_flags(network(), findings, changes))
        wrong = faults(findings, changes, flags)
        assert not wrong, f"{wrong} for {findings}, changes {changes}: {[f.id for f in flags]}"


@pytest.mark.parametrize(("what", "holds", "level"), DANGERS)
def test_every_danger_comes_up_alone(what, holds, level):
    """The random cases reach each danger, so that the test above is not empty."""
    rng = random.Random(5)
    assert any(holds(random_case(rng)[0]) for _ in range(40000)), what


SILENCED = [  # (what fires, what it must silence, findings, changes)
    ("urgent_dry_on_medicine", "caution_diuretic",
     {"dehydration": "present", "diuretic": "loop"}, {"diuretic": "none"}),
    ("caution_stop_diuretic_when_dry", "caution_diuretic", {"dehydration": "present"},
     {"diuretic": "none"}),
    ("caution_diuretic_when_dry", "caution_another_diuretic",
     {"dehydration": "present", "diuretic": "thiazide"}, {"diuretic": "loop"}),
    ("emergency_confusion_with_liver_or_kidneys", "caution_diuretic",
     {"confusion_or_fits": "present", "liver_disease": "cirrhosis", "diuretic": "loop"},
     {"diuretic": "none"}),
    ("urgent_diuretic_in_pregnancy", "caution_diuretic",
     {"diuretic": "loop", "pregnancy": "third_trimester"}, {"diuretic": "none"}),
    ("urgent_foot_wound_with_numb_feet", "see_foot_wound_or_rest_pain",
     {"foot_wound_or_rest_pain": "present", "diabetes": "present"}, {}),
    ("emergency_quinine", "urgent_palpitations_or_fainting",
     {"takes_quinine": "present", "palpitations_or_fainting": "present"}, {}),
    ("urgent_quinine_in_pregnancy", "see_quinine",
     {"takes_quinine": "present", "pregnancy": "third_trimester"}, {}),
    ("urgent_metformin_on_dialysis", "caution_metformin",
     {"metformin": "yes", "kidney_disease": "dialysis"}, {"metformin": "no"}),
    ("emergency_signs_of_high_potassium", "urgent_palpitations_or_fainting",
     {"kidney_disease": "dialysis", "palpitations_or_fainting": "present"}, {}),
    ("see_potassium_not_measured", "caution_potassium_supplement",
     {"kidney_disease": "dialysis", "potassium_supplement": "yes"}, {"potassium_supplement": "no"}),
    ("see_magnesium_not_measured", "caution_magnesium_supplement",
     {"kidney_disease": "dialysis", "magnesium_supplement": "yes"}, {"magnesium_supplement": "no"}),
    ("urgent_sodium_high", "see_sodium_high", {"serum_sodium": "156 mmol/L"}, {}),
    ("emergency_fit_in_pregnancy", "urgent_confusion_or_fits",
     {"pregnancy": "third_trimester", "confusion_or_fits": "present"}, {}),
    ("urgent_medicine_in_pregnancy", "caution_ace_inhibitor",
     {"pregnancy": "third_trimester", "ace_inhibitor_or_arb": "yes"}, {"ace_inhibitor_or_arb": "no"}),
    ("emergency_potassium_high", "caution_potassium_supplement",
     {"serum_potassium": "6.6 mmol/L", "potassium_supplement": "yes"},
     {"potassium_supplement": "no"}),
    ("urgent_potassium_high", "caution_potassium_supplement",
     {"serum_potassium": "6.4 mmol/L", "potassium_supplement": "yes",
      "diuretic": "potassium_sparing", "kidney_disease": "stage_3_or_4"},
     {"potassium_supplement": "no"}),
    ("urgent_potassium_high", "caution_diuretic",
     {"serum_potassium": "6.4 mmol/L", "diuretic": "potassium_sparing"}, {"diuretic": "none"}),
    ("urgent_potassium_high_on_medicine", "caution_potassium_supplement",
     {"serum_potassium": "5.7 mmol/L", "potassium_supplement": "yes"},
     {"potassium_supplement": "no"}),
    ("see_potassium_high", "caution_potassium_supplement", {"serum_potassium": "5.6 mmol/L"},
     {"potassium_supplement": "no"}),
    ("emergency_sodium_low", "caution_diuretic",
     {"serum_sodium": "119 mmol/L", "diuretic": "thiazide"}, {"diuretic": "none"}),
    ("emergency_sodium_low", "urgent_sodium_low_on_thiazide",
     {"serum_sodium": "119 mmol/L", "diuretic": "thiazide"}, {}),
    ("urgent_sodium_low_on_thiazide", "caution_another_diuretic",
     {"serum_sodium": "131 mmol/L", "diuretic": "thiazide"}, {"diuretic": "loop"}),
    ("emergency_calcium_high", "caution_less_vitamin_d",
     {"serum_calcium": "3.6 mmol/L", "vitamin_d_dose": "over_4000_iu"},
     {"vitamin_d_dose": "up_to_4000_iu"}),
    ("urgent_calcium_high", "caution_vitamin_d",
     {"serum_calcium": "3.4 mmol/L", "vitamin_d_dose": "over_4000_iu"},
     {"vitamin_d_dose": "none"}),
    ("urgent_calcium_high", "see_cramps_after_supplement",
     {"serum_calcium": "3.4 mmol/L", "cramps_began_after_supplement": "yes"}, {}),
    ("see_calcium_high", "caution_calcium_supplement",
     {"serum_calcium": "2.85 mmol/L", "parathyroid_hormone": "140 pg/mL",
      "calcium_supplement": "carbonate"}, {"calcium_supplement": "none"}),
    ("urgent_vitamin_d_poisoning", "caution_vitamin_d",
     {"vitamin_d_25oh": "165 ng/mL", "serum_calcium": "2.95 mmol/L"}, {"vitamin_d_dose": "none"}),
    ("see_vitamin_d_excess", "caution_less_vitamin_d",
     {"vitamin_d_25oh": "120 ng/mL", "vitamin_d_dose": "over_4000_iu"},
     {"vitamin_d_dose": "up_to_4000_iu"}),
    ("see_vitamin_d_with_thirst", "caution_vitamin_d",
     {"vitamin_d_dose": "over_4000_iu", "thirst_or_constipation": "present"},
     {"vitamin_d_dose": "none"}),
    ("emergency_magnesium_high", "caution_magnesium_supplement",
     {"serum_magnesium": "2.6 mmol/L", "magnesium_supplement": "yes"},
     {"magnesium_supplement": "no"}),
    ("urgent_magnesium_high_in_kidney_disease", "caution_magnesium_supplement",
     {"serum_magnesium": "1.9 mmol/L", "kidney_disease": "stage_3_or_4",
      "magnesium_supplement": "yes"}, {"magnesium_supplement": "no"}),
    ("see_magnesium_high", "caution_magnesium_supplement",
     {"serum_magnesium": "1.2 mmol/L", "magnesium_supplement": "yes"},
     {"magnesium_supplement": "no"}),
    ("emergency_statin_with_dark_urine", "caution_statin",
     {"statin": "yes", "dark_urine": "present"}, {"statin": "no"}),
    ("urgent_dark_urine", "caution_statin", {"dark_urine": "present"}, {"statin": "no"}),
    ("emergency_creatine_kinase", "urgent_creatine_kinase",
     {"creatine_kinase": "9000 U/L", "muscle_weakness": "present", "statin": "yes"}, {}),
    ("urgent_creatine_kinase", "caution_statin",
     {"creatine_kinase": "2600 U/L", "statin": "yes"}, {"statin": "no"}),
    ("see_creatine_kinase_on_statin", "caution_statin",
     {"creatine_kinase": "900 U/L", "statin": "yes", "leg_cramps": "present"}, {"statin": "no"}),
    ("caution_stop_statin_with_creatine_kinase", "caution_stop_statin_with_muscle_signs",
     {"creatine_kinase": "900 U/L", "rapid_weakness": "present"}, {"statin": "no"}),
    ("see_statin_with_weakness", "caution_statin",
     {"statin": "yes", "muscle_weakness": "present"}, {"statin": "no"}),
    ("see_vitamin_b6_with_nerve_signs", "caution_vitamin_b6",
     {"vitamin_b6_dose": "over_100_mg", "numbness_or_stabbing_pain": "present"},
     {"vitamin_b6_dose": "none_or_low"}),
    ("see_vitamin_b6_with_nerve_signs", "see_high_vitamin_b6",
     {"vitamin_b6_dose": "over_100_mg", "numbness_or_stabbing_pain": "present"}, {}),
    ("see_high_vitamin_b6", "caution_vitamin_b6", {"vitamin_b6_dose": "over_100_mg"},
     {"vitamin_b6_dose": "none_or_low"}),
    ("caution_stop_acid_suppressant_with_low_magnesium", "caution_acid_suppressant",
     {"serum_magnesium": "0.4 mmol/L", "acid_suppressant": "long_term"},
     {"acid_suppressant": "none"}),
    ("caution_stop_diuretic_with_low_sodium", "caution_diuretic",
     {"serum_sodium": "126 mmol/L"}, {"diuretic": "none"}),
    ("caution_stop_diuretic_with_low_potassium", "caution_diuretic",
     {"serum_potassium": "2.3 mmol/L", "diuretic": "thiazide"}, {"diuretic": "none"}),
    ("caution_stop_ace_inhibitor_with_high_potassium", "caution_ace_inhibitor",
     {"serum_potassium": "5.9 mmol/L", "ace_inhibitor_or_arb": "yes"},
     {"ace_inhibitor_or_arb": "no"}),
    ("caution_stop_ssri_with_low_sodium", "caution_ssri",
     {"serum_sodium": "127 mmol/L", "ssri": "yes"}, {"ssri": "no"}),
    ("caution_stop_potassium_with_low_potassium", "caution_potassium_supplement",
     {"serum_potassium": "2.3 mmol/L"}, {"potassium_supplement": "no"}),
    ("caution_stop_magnesium_with_low_magnesium", "caution_magnesium_supplement",
     {"serum_magnesium": "0.4 mmol/L"}, {"magnesium_supplement": "no"}),
    ("caution_stop_calcium_with_low_calcium", "caution_calcium_supplement",
     {"serum_calcium": "1.8 mmol/L"}, {"calcium_supplement": "none"}),
    ("caution_stop_vitamin_d_with_low_levels", "caution_vitamin_d",
     {"serum_calcium": "1.8 mmol/L"}, {"vitamin_d_dose": "none"}),
    ("caution_potassium_with_ace_inhibitor", "caution_potassium_under_guidance",
     {"ace_inhibitor_or_arb": "yes"}, {"potassium_supplement": "yes"}),
    ("caution_potassium_with_kidney_disease", "caution_potassium_under_guidance",
     {"kidney_disease": "dialysis"}, {"potassium_supplement": "yes"}),
    ("caution_potassium_with_high_potassium", "caution_potassium_under_guidance",
     {"serum_potassium": "5.4 mmol/L"}, {"potassium_supplement": "yes"}),
    ("caution_potassium_with_sparing_diuretic", "caution_potassium_under_guidance",
     {"diuretic": "combination"}, {"potassium_supplement": "yes"}),
    ("caution_magnesium_in_pregnancy", "caution_magnesium_under_guidance",
     {"pregnancy": "third_trimester"}, {"magnesium_supplement": "yes"}),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "silenced", "findings", "changes"), SILENCED)
def test_a_rule_silences_what_would_contradict_it(rule, silenced, findings, changes):
    ids = [flag.id for flag in red_flags(network(), findings, changes)]
    assert rule in ids
    assert silenced not in ids


def test_every_rule_that_silences_is_tested():
    silencing = {rule["id"] for rule in network().rules if rule.get("silences")}
    beside = {  # silence the same cautions on a change of the diuretic, or bands below their own
        "caution_other_diuretic_with_very_low_sodium", "caution_stop_diuretic_with_low_magnesium",
        "caution_stop_sparing_diuretic_with_high_potassium",
        "caution_stop_thiazide_with_high_calcium", "caution_stop_statin_with_muscle_signs",
        "caution_stop_calcium_with_high_calcium", "caution_stop_vitamin_d_with_excess",
        "caution_stop_vitamin_b6_with_nerve_signs", "caution_stop_magnesium_with_high_magnesium",
        "caution_stop_potassium_with_high_potassium", "caution_magnesium_with_high_magnesium",
        "caution_sparing_diuretic_with_high_potassium", "caution_thiazide_with_low_sodium",
        "caution_thiazide_with_high_calcium", "caution_diuretic_with_low_potassium",
    }  # fmt: skip
    assert silencing == {rule for rule, *_ in SILENCED} | beside
