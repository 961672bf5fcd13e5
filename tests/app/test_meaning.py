"""What a number is said to be is what the network takes it for."""

from __future__ import annotations

import pytest

import etiograph as eg
from explorer.meaning import meaning


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
            "How many times as high the odds of leg cramps are with diuretic (loop) as without.",
        ),
        (
            "calcium_level.raising.parathyroid_function.overactive",
            "How often blood calcium is raised by overactive parathyroid glands alone.",
        ),
        (
            "magnesium_depletion.leak",
            "How often magnesium depletion comes about without any cause named here.",
        ),
        ("malabsorption", "How common malabsorption is among all people it describes."),
        (
            "hypertension.under_50",
            "How common high blood pressure is in people with age: under 50.",
        ),
        ("calcium_level.raising.calcium_supplement=carbonate|citrate", ""),
    ],
)
def test_in_words(cramps, name, said):
    assert meaning(cramps, name) == said


def test_entries_of_tables_are_said_of_the_people_and_the_state_they_hold_for(cramps):
    checked = 0
    for name, number in cramps.parameters.items():
        child, *rest = name.split(".")
        if cramps.mechanisms[child].kind != "table" or not meaning(cramps, name):
            continue
        parents = cramps.parents(child)
        where = dict(zip(parents, rest, strict=False))
        states = cramps.variables[child].states
        state = rest[len(parents)] if len(rest) > len(parents) else states[-1]
        try:
            found = cramps.case(where).posterior()[child][state]
        except eg.ImpossibleFindings:
            continue
        assert found == pytest.approx(number.value, abs=1e-9), name
        checked += 1
    assert checked > 50
