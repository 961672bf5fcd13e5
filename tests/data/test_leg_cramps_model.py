"""The leg-cramp network holds what it promises: variables, arrows, sources and upstream directions."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import etiograph
from etiograph.engine.compile import compile_pattern

DATA = Path(__file__).parents[2] / "data" / "leg_cramps"
PRESENT = "absent present"
TAKEN = "no yes"
LEVEL = "normal low high"
GLAND = "normal underactive overactive"

# name | states (reference first) | parents
STRUCTURE = f"""
age | under_50 50_to_64 65_and_over |
sex | female male |
season | summer_half winter_half |
pregnancy | none first_or_second_trimester third_trimester first_six_weeks_after_birth | age sex
hypertension | {PRESENT} | age
heart_failure | {PRESENT} | age hypertension
diabetes | {PRESENT} | age
kidney_disease | none stage_3_or_4 dialysis | age diabetes hypertension heart_failure
heavy_alcohol_use | {PRESENT} |
liver_disease | none chronic cirrhosis | heavy_alcohol_use
malabsorption | {PRESENT} |
chronic_diarrhoea | {PRESENT} | diabetes sex
smoking | {PRESENT} | age sex
recent_immobility_surgery_or_cancer | {PRESENT} |
previous_thrombosis | {PRESENT} | age
arthritis | {PRESENT} | age
cramp_tendency | ordinary high | age sex
long_standing_cramps | {PRESENT} | cramp_tendency diabetes liver_disease lumbar_nerve_compression
low_sun_exposure | {TAKEN} |
low_magnesium_diet | {TAKEN} |
low_calcium_diet | {TAKEN} |
excess_coffee_or_tea | {TAKEN} |
low_fluid_intake | {TAKEN} |
unaccustomed_exercise | {TAKEN} |
overdrinking_in_long_exercise | {TAKEN} |
prolonged_sitting_or_standing | {TAKEN} |
legs_exposed_to_cold | {TAKEN} |
warm_up_around_exercise | {TAKEN} |
warm_foot_soak | {TAKEN} |
leg_movement | {TAKEN} |
stretching_before_bed | {TAKEN} | long_standing_cramps
compression_stockings | {TAKEN} | chronic_venous_disease pregnancy
diuretic | none thiazide loop potassium_sparing combination | \
hypertension heart_failure liver_disease kidney_disease age
acid_suppressant | none long_term | age
statin | {TAKEN} | age diabetes
ace_inhibitor_or_arb | {TAKEN} | age diabetes kidney_disease
ssri | {TAKEN} | age sex
metformin | {TAKEN} | diabetes
long_acting_beta_agonist | {TAKEN} | age smoking
calcium_supplement | none carbonate citrate | age sex long_standing_cramps
calcium_dosing | not_taking single_dose divided_doses | calcium_supplement
vitamin_d_dose | none up_to_4000_iu over_4000_iu | age calcium_supplement
vitamin_b6_dose | none_or_low up_to_100_mg over_100_mg | long_standing_cramps diuretic
magnesium_supplement | {TAKEN} | long_standing_cramps diuretic pregnancy
potassium_supplement | {TAKEN} | diuretic
vitamin_d_status | sufficient insufficient deficient excessive | \
low_sun_exposure season vitamin_d_dose liver_disease kidney_disease malabsorption
supplement_uptake | adequate poor | acid_suppressant calcium_supplement calcium_dosing
calcium_absorption | adequate poor | \
malabsorption chronic_diarrhoea vitamin_d_status excess_coffee_or_tea supplement_uptake \
acid_suppressant
calcium_supply | adequate short | low_calcium_diet calcium_supplement calcium_absorption
parathyroid_function | {GLAND.replace("underactive overactive", "overactive underactive")} | age sex
calcium_level | {LEVEL} | calcium_supply vitamin_d_status parathyroid_function kidney_disease \
magnesium_depletion calcium_supplement diuretic
potassium_level | {LEVEL} | sex diuretic magnesium_depletion chronic_diarrhoea calcium_level \
kidney_disease potassium_supplement ace_inhibitor_or_arb
sodium_level | normal low | diuretic heart_failure liver_disease age ssri \
overdrinking_in_long_exercise
magnesium_depletion | {PRESENT} | diuretic acid_suppressant low_magnesium_diet diabetes \
malabsorption chronic_diarrhoea heavy_alcohol_use pregnancy excess_coffee_or_tea vitamin_d_status \
magnesium_supplement liver_disease
magnesium_excess | {PRESENT} | kidney_disease magnesium_supplement
dehydration | {PRESENT} | low_fluid_intake diuretic kidney_disease chronic_diarrhoea calcium_level
muscle_damage | {PRESENT} | statin unaccustomed_exercise thyroid_function
b_vitamin_deficiency | {PRESENT} | \
diuretic acid_suppressant malabsorption heavy_alcohol_use vitamin_b6_dose metformin
b6_toxicity | {PRESENT} | vitamin_b6_dose
thyroid_function | {GLAND} | age sex
peripheral_neuropathy | {PRESENT} | sex diabetes b_vitamin_deficiency b6_toxicity thyroid_function \
kidney_disease heavy_alcohol_use age calcium_level
lumbar_nerve_compression | {PRESENT} | age
chronic_venous_disease | {PRESENT} | age sex pregnancy prolonged_sitting_or_standing
peripheral_artery_disease | {PRESENT} | age sex kidney_disease smoking diabetes hypertension
deep_vein_thrombosis | {PRESENT} | chronic_venous_disease \
pregnancy recent_immobility_surgery_or_cancer previous_thrombosis age
venous_stasis | {PRESENT} | chronic_venous_disease prolonged_sitting_or_standing pregnancy \
compression_stockings warm_foot_soak leg_movement
arterial_insufficiency | {PRESENT} | peripheral_artery_disease legs_exposed_to_cold
poor_circulation | none venous arterial both | venous_stasis arterial_insufficiency
restless_legs | {PRESENT} | age sex pregnancy kidney_disease
leg_cramps | {PRESENT} | magnesium_depletion potassium_level sodium_level calcium_level \
venous_stasis arterial_insufficiency peripheral_neuropathy lumbar_nerve_compression \
thyroid_function pregnancy kidney_disease liver_disease diuretic long_acting_beta_agonist statin \
dehydration heavy_alcohol_use prolonged_sitting_or_standing unaccustomed_exercise warm_up_around_exercise arthritis cramp_tendency age sex
leg_complaint | {PRESENT} | leg_cramps restless_legs arterial_insufficiency deep_vein_thrombosis \
lumbar_nerve_compression venous_stasis
cramp_frequency | none up_to_3_a_month over_3_a_month | leg_cramps stretching_before_bed
night_waking | {PRESENT} | leg_cramps restless_legs venous_stasis
severe_pain | {PRESENT} | leg_cramps
persistent_despite_adjustment | {PRESENT} | \
leg_cramps peripheral_neuropathy lumbar_nerve_compression thyroid_function
improved_after_4_weeks | {TAKEN} | leg_cramps stretching_before_bed
cramps_began_after_supplement | {TAKEN} | leg_cramps long_standing_cramps calcium_supplement \
calcium_level diuretic
numbness_or_stabbing_pain | {PRESENT} | \
peripheral_neuropathy diabetes lumbar_nerve_compression calcium_level
muscle_weakness | {PRESENT} | \
peripheral_neuropathy lumbar_nerve_compression potassium_level thyroid_function muscle_damage
muscle_twitching | {PRESENT} | peripheral_neuropathy magnesium_depletion calcium_level leg_cramps
back_pain_radiating_to_leg | {PRESENT} | lumbar_nerve_compression
leg_swelling | absent both_legs one_leg | \
chronic_venous_disease deep_vein_thrombosis heart_failure pregnancy
leg_shown_for_clot | {TAKEN} | deep_vein_thrombosis leg_swelling previous_thrombosis recent_immobility_surgery_or_cancer warmth_or_redness
warmth_or_redness | {PRESENT} | deep_vein_thrombosis chronic_venous_disease
skin_change | {PRESENT} | venous_stasis arterial_insufficiency
pain_on_walking | {PRESENT} | peripheral_artery_disease sex lumbar_nerve_compression diabetes
cold_feet | {PRESENT} | arterial_insufficiency
urge_to_move_legs | {PRESENT} | restless_legs
thirst_or_constipation | {PRESENT} | calcium_level diabetes sex
tetany | {PRESENT} | calcium_level magnesium_depletion
serum_magnesium | low normal high | magnesium_depletion magnesium_excess diuretic diabetes
serum_potassium | low normal high | potassium_level diuretic sex age potassium_supplement
serum_sodium | low normal high | sodium_level diuretic
serum_calcium | low normal high | calcium_level
serum_phosphate | low normal high | parathyroid_function kidney_disease vitamin_d_status sex
pth_state | normal raised suppressed | \
parathyroid_function calcium_level magnesium_depletion vitamin_d_status kidney_disease
parathyroid_hormone | low normal high | pth_state
vitamin_d_25oh | deficient insufficient sufficient excessive | vitamin_d_status
tsh | low normal high | thyroid_function age sex
creatine_kinase | normal high | muscle_damage sex
hba1c | normal high | diabetes
ankle_brachial_index | low normal high | peripheral_artery_disease diabetes
nerve_conduction_study | negative positive | lumbar_nerve_compression peripheral_neuropathy
electromyography | negative positive | lumbar_nerve_compression peripheral_neuropathy
monofilament_test | negative positive | peripheral_neuropathy age sex
d_dimer | negative positive | deep_vein_thrombosis pregnancy age
duplex_for_thrombosis | negative positive | deep_vein_thrombosis
duplex_for_reflux | negative positive | chronic_venous_disease previous_thrombosis
"""
FLAGS = {
    "cold_pale_leg",
    "rapid_weakness",
    "bladder_or_saddle_symptoms",
    "dark_urine",
    "breathlessness_or_chest_pain",
    "fever",
}


def structure() -> dict[str, tuple[tuple[str, ...], set[str]]]:
    """The table above: name to states and parents."""
    lines = [line.split("|") for line in STRUCTURE.strip().splitlines()]
    return {n.strip(): (tuple(s.split()), set(p.split())) for n, s, p in lines}


@cache
def network() -> etiograph.Network:
    return etiograph.load("leg_cramps")


@cache
def document() -> dict[str, Any]:
    return tomllib.loads((DATA / "model.toml").read_text(encoding="utf-8"))


@cache
def evidence_ids() -> frozenset[str]:
    with (DATA / "evidence.csv").open(encoding="utf-8", newline="") as file:
        return frozenset(row["id"] for row in csv.DictReader(file))


def checks() -> list[dict[str, Any]]:
    return tomllib.loads((DATA / "checks.toml").read_text(encoding="utf-8"))["checks"]


def cited(part: object) -> Iterator[str]:
    """Every evidence id anywhere below."""
    if isinstance(part, Mapping):
        for key, value in part.items():
            if key == "evidence" and isinstance(value, list):
                yield from value
            else:
                yield from cited(value)
    elif isinstance(part, list):
        for value in part:
            yield from cited(value)


# Known in every question below: directions hold in one person as in all, and it is quicker.
BASE = {"age": "65_and_over", "sex": "female", "kidney_disease": "none", "liver_disease": "none"}


def see(of: tuple[str, str], **findings: str) -> float:
    return float(network().case({**BASE, **findings}).posterior()[of[0]][of[1]])


def set_to(of: tuple[str, str], findings: Mapping[str, str] | None = None, **changes: str) -> float:
    case = network().case({**BASE, **(findings or {})})
    return float(case.do(changes).posterior()[of[0]][of[1]])


def test_variables_and_states() -> None:
    assert {n: v.states for n, v in network().variables.items()} == {
        n: states for n, (states, _) in structure().items()
    }


@pytest.mark.parametrize("name", list(structure()))
def test_arrows(name: str) -> None:
    assert set(network().parents(name)) == structure()[name][1]


@pytest.mark.parametrize("sex", ["female", "male"])
@pytest.mark.parametrize("age", ["under_50", "50_to_64", "65_and_over"])
def test_age_and_sex_leave_300_000_table_entries(age: str, sex: str) -> None:
    index, variable = network().model.index, network().variable
    known = {index["age"]: variable("age").index(age), index["sex"]: variable("sex").index(sex)}
    program = compile_pattern(network().model, known)
    assert program is not None
    assert program.entries <= 300_000


@pytest.mark.long
def test_an_empty_case_costs_a_million_and_a_half_table_entries_at_most() -> None:
    """Visitors of the explorer begin with nothing known."""
    program = compile_pattern(network().model, {})
    assert program is not None
    assert program.entries <= 1_500_000


def test_levels_carry_their_order() -> None:
    """Their states are listed reference first, so the order of size is written beside."""
    for name, variable in network().variables.items():
        if variable.role == "body" and {"low", "high", "underactive", "deficient", "raised"} & {
            *variable.states
        }:
            assert sorted(variable.order) == sorted(variable.states), name
            assert variable.order.index(variable.states[0]) in (1, 2), name


def test_flags() -> None:
    assert set(network().flags) >= FLAGS


def test_every_variable_is_described() -> None:
    groups = set(network().about["groups"])
    for name, variable in network().variables.items():
        assert variable.label, name
        assert variable.definition, name
        assert variable.group in groups, name


def test_every_number_has_range_grade_and_note() -> None:
    for name, p in network().parameters.items():
        assert p.grade in ("A", "B", "C", "D"), name
        assert p.low is not None, name
        assert p.high is not None, name
        assert p.low < p.high, name
        assert p.note.lower().strip(" .") not in ("", "guessed", "no row; guessed"), name
        if p.grade != "D":
            assert p.evidence, f"{name} is graded {p.grade} without a row"


def test_a_placeholder_with_rows_says_that_it_is_a_guess() -> None:
    words = ("guess", "assum", "nothing published", "no ", "placed", "about half")
    for name, p in network().parameters.items():
        if p.grade == "D" and p.evidence:
            assert any(w in p.note.lower() for w in words), (name, p.note)


def test_cited_rows_exist() -> None:
    assert set(cited(document())) <= evidence_ids()
    assert {e for c in checks() for e in c["evidence"]} <= evidence_ids()


def test_only_the_named_variables_are_hidden() -> None:
    hidden = {n for n, v in network().variables.items() if not v.observable}
    assert hidden == {
        "cramp_tendency",
        "supplement_uptake",
        "calcium_absorption",
        "calcium_supply",
        "magnesium_depletion",
        "magnesium_excess",
        "b6_toxicity",
    }


def test_checks_are_well_formed() -> None:
    known = network().variables
    for check in checks():
        assert check["low"] <= check["value"] <= check["high"], check["id"]
        for part in ("of", "given", "do", "against"):
            if isinstance(check.get(part), str):
                assert document()["variables"][check[part]]["mechanism"]["kind"] == "reading"
                continue
            for name, states in check.get(part, {}).items():
                for state in [states] if isinstance(states, str) else states:
                    assert state in known[name].states, (check["id"], name)


def test_a_row_counts_as_predicted_only_if_no_number_cites_it() -> None:
    stated = {key: part for key, part in document().items() if key != "rules"}
    used = set(cited(stated))
    for check in checks():
        assert check["set"] == bool(used & set(check["evidence"])), check["id"]


def test_at_least_25_rows_are_predicted() -> None:
    assert sum(not c["set"] for c in checks()) >= 25


# -- upstream directions; the statements of the source texts have test_leg_cramps_directions.py ------


@pytest.mark.parametrize("diet", ["no", "yes"])
@pytest.mark.parametrize("salt", ["carbonate", "citrate"])
def test_taking_calcium_helps_whatever_the_diet(diet: str, salt: str) -> None:
    short = ("calcium_supply", "short")
    without = set_to(short, low_calcium_diet=diet, calcium_supplement="none")
    assert set_to(short, low_calcium_diet=diet, calcium_supplement=salt) < without


def test_citrate_needs_no_acid() -> None:
    def poor(salt: str, acid: str) -> float:
        return set_to(("supplement_uptake", "poor"), calcium_supplement=salt, acid_suppressant=acid)

    assert poor("carbonate", "long_term") > 1.3 * poor("carbonate", "none")
    assert poor("citrate", "long_term") == pytest.approx(poor("citrate", "none"))


def test_potassium_sparing_diuretics_spare() -> None:
    for low in (("potassium_level", "low"), ("magnesium_depletion", "present")):
        assert set_to(low, diuretic="potassium_sparing") < set_to(low, diuretic="none")
        assert set_to(low, diuretic="thiazide") > set_to(low, diuretic="none")


def test_potassium_protects_from_low_and_brings_high_potassium() -> None:
    low, high = ("potassium_level", "low"), ("potassium_level", "high")
    on_thiazide = {"diuretic": "thiazide"}
    assert set_to(low, on_thiazide, potassium_supplement="yes") < set_to(
        low, on_thiazide, potassium_supplement="no"
    )
    assert set_to(high, potassium_supplement="yes") > set_to(high, potassium_supplement="no")


def test_a_tendency_to_cramp_leads_to_supplements_but_not_the_other_way() -> None:
    tendency = ("cramp_tendency", "high")
    assert see(tendency, magnesium_supplement="yes") > see(tendency, magnesium_supplement="no")
    assert set_to(tendency, magnesium_supplement="yes") == pytest.approx(see(tendency))
