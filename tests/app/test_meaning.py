"""What a number is said to be is what the network takes it for."""

from __future__ import annotations

import pytest

import etiograph as eg
from explorer.meaning import meaning, named


@pytest.fixture(scope="module")
def cramps():
    return eg.load("leg_cramps")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "leg_cramps.magnesium_depletion",
            "How often magnesium depletion alone brings on leg cramps.",
        ),
        (
            "leg_cramps.diuretic.loop",
            "With diuretic (loop), the odds of leg cramps are this many times as high as without.",
        ),
        (
            "calcium_level.raising.parathyroid_function.overactive",
            "How often blood calcium is raised by overactive parathyroid glands alone.",
        ),
        (
            "magnesium_depletion.leak",
            "Chance of magnesium depletion without any cause named here.",
        ),
        ("malabsorption", "Chance of malabsorption among all people it describes."),
        (
            "hypertension.under_50",
            "Chance of high blood pressure in people aged under 50.",
        ),
        (
            "calcium_level.raising.calcium_supplement=carbonate|citrate.kidney_disease=stage_3_or_4|dialysis",
            "How often blood calcium is raised by calcium supplement (carbonate or citrate) and chronic "
            "kidney disease (stage 3 or 4 or dialysis) alone.",
        ),
        (
            "diuretic.present.stage_3_or_4.thiazide",
            "Chance of diuretic (thiazide) in people with chronic kidney disease (stage 3 or 4) and with "
            "high blood pressure.",
        ),
        (
            "potassium_supplement.thiazide|combination",
            "Chance of potassium supplement in people with diuretic (thiazide or combination).",
        ),
    ],
)
def test_in_words(cramps, name, said):
    assert meaning(cramps, name) == said


def test_entries_of_tables_are_said_of_the_people_and_the_state_they_hold_for(cramps):
    checked = 0
    for child, mechanism in cramps.mechanisms.items():
        for row in mechanism.rows if mechanism.kind == "table" else ():
            if set(row.when) != set(cramps.parents(child)):
                continue
            try:
                found = cramps.case({p: list(s) for p, s in row.when.items()}).posterior()[child]
            except eg.ImpossibleFindings:
                continue
            for state, number in row.p.items():
                said = meaning(cramps, getattr(number, "name", ""))
                if not said:
                    continue
                assert found[state] == pytest.approx(number.value, abs=1e-9), number.name
                for parent in row.when:
                    label = cramps.variables[parent].label or parent
                    assert label.casefold() in said.casefold(), (number.name, said)
                checked += 1
    assert checked > 90


def test_almost_every_number_has_its_parents_in_words(cramps):
    without = [name for name in cramps.parameters if not meaning(cramps, name)]
    assert len(without) <= 5  # of 591; 147 before conditions and rows were read
    assert not any("|" in named(cramps, name) for name in cramps.parameters)
