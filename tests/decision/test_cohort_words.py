"""What cases did to numbers, and how good a network is on them, in sentences that hold the numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import etiograph as eg
from etiograph.decision.cohort_words import (
    ENOUGH,
    conflict_words,
    few_words,
    in_order,
    judged_words,
    learned_words,
    method_words,
    odds,
    update_words,
)
from etiograph.learning.effort import effort_of_tables, effort_of_update, plain
from etiograph.learning.table_update import update_tables


@pytest.fixture(scope="module")
def sprinkler() -> eg.Network:
    return eg.load("sprinkler")


@pytest.mark.parametrize(
    ("p", "said"),
    [
        (0.04, "about once in 25 times"),
        (1 / 1234, "about once in 1,200 times"),
        (0.5, "about once in 2 times"),
        (1e-9, "less than once in a million times"),
    ],
)
def test_how_rarely_something_comes_by_chance(p, said) -> None:
    assert odds(p) == said


def test_conflicts_come_first_and_say_which_way(sprinkler) -> None:
    odd = sprinkler.with_table_parameters().with_parameters({"rain.yes": 0.35})
    up = update_tables(sprinkler, odd.sample(500, 2), draws=5)
    first, *rest = in_order(up)
    assert first.name == "rain.yes"
    assert "say it is lower than stated" in conflict_words(first)
    assert odds(first.p) in conflict_words(first)
    assert {m.name for m in rest} == {m.name for m in up.numbers if m.informed} - {"rain.yes"}
    moved = [abs(m.value - m.before.value) / (m.before.high - m.before.low) for m in rest]
    assert moved == sorted(moved, reverse=True)
    assert "counted" in method_words(up)
    assert update_words(sprinkler, up) == (
        "500 mornings say something about 7 of 7 numbers, and contradict one of them."
    )
    assert f"{100 * rest[0].learned:.0f} %" in learned_words(rest[0])
    silent = update_tables(sprinkler, {"rain": ["yes"]}, 1000, draws=5)
    assert "next to nothing" in update_words(sprinkler, silent)
    assert "next to nothing" in learned_words(silent.numbers[0])
    far = replace(silent.numbers[0], shift=3.0, learned=0.0, told=True)
    assert learned_words(far) == "These cases moved it, and its range became no narrower."


def test_scores_in_words_hold_the_scores(sprinkler) -> None:
    found = eg.validate(sprinkler, sprinkler.sample(300, 4), "rain=yes", boot=100)
    told = " ".join(judged_words(sprinkler, found))
    assert f"{found.events} of {found.cases} mornings" in told
    for name, digits in (
        ("auc", 2),
        ("slope", 2),
        ("intercept", 2),
        ("brier", 3),
        ("log_score", 3),
    ):
        score = found[name]
        shown = [f"{x:.{digits}f}" for x in (score.value, score.low, score.high)]
        assert f"{shown[0]} ({shown[1]} to {shown[2]})" in told, name
    assert f"{found['uncertainty'].value:.3f}" in told
    assert "about right" in told
    assert few_words(found) == ""
    assert min(found.events, found.cases - found.events) >= ENOUGH


def test_a_network_that_is_off_and_few_cases_are_said_to_be_so(sprinkler) -> None:
    odd = sprinkler.with_table_parameters().with_parameters({"rain.yes": 0.2, "rain.no": 0.05})
    found = eg.validate(sprinkler, odd.sample(400, 1), "rain=yes", boot=100)
    told = judged_words(sprinkler, found)
    assert any("too high" in line for line in told)
    few = eg.validate(sprinkler, sprinkler.sample(40, 1), "rain=yes", boot=50)
    least = min(few.events, few.cases - few.events)
    assert judged_words(sprinkler, few)[-1].startswith(f"Only {least} of these cases are with")
    assert "Vergouwe 2005" in few_words(few)


def test_effort_grows_with_rows_and_numbers(sprinkler) -> None:
    leg_cramps = eg.load("leg_cramps")
    some = tuple(leg_cramps.parameters)[:20]
    less = effort_of_update(leg_cramps, 500, some)
    assert less < effort_of_update(leg_cramps, 500) < effort_of_update(leg_cramps, 5000)
    assert effort_of_tables(sprinkler, 100) < effort_of_tables(sprinkler, 200) < less
    assert plain(sprinkler)
    assert not plain(leg_cramps)
    assert not plain(sprinkler.with_table_parameters())
    assert np.isfinite(less)
