from __future__ import annotations

import re

import pytest
from hypothesis import given, strategies as st

import etiograph as eg
from etiograph.decision import words
from etiograph.decision.conflict import Conflict, Part
from etiograph.decision.explain import Reversal, explain
from etiograph.decision.next_test import NextTest, NextTests, next_tests
from etiograph.decision.number_words import tornado_words, turns_words
from etiograph.decision.odd import Odd
from etiograph.decision.rounding import of_counts
from etiograph.decision.step_words import next_words
from etiograph.network.event import ByEvent, Event
from etiograph.uncertainty.contrast import Contrast
from etiograph.uncertainty.flip import Turn, Turns, turning_points
from etiograph.uncertainty.intervals import Intervals, intervals
from etiograph.uncertainty.sensitivity import Bar, Tornado, tornado
from etiograph.uncertainty.summary import Interval, verdict

FOUND = {"cramps": "present", "twitching": "present", "numbness": "absent"}


@pytest.mark.parametrize(
    ("p", "low", "high", "text"),
    [
        (0.23, None, None, "about 23 in 100"),
        (0.231, 0.10, 0.38, "about 23 in 100 (10 to 38)"),
        (0.231, 0.20, 0.26, "about 23 in 100 (20 to 26)"),
        (0.004, None, None, "less than 1 in 100"),
        (0.004, 0.001, 0.02, "less than 1 in 100 (under 1 to 2)"),
        (0.004, 0.001, 0.006, "less than 1 in 100"),
        (0.997, None, None, "more than 99 in 100"),
        (0.0, None, None, "none of 100"),
        (1.0, None, None, "all of 100"),
        (1.0 - 1e-15, 0.3, 1.0 - 1e-15, "all of 100 (30 to 100)"),
        (0.0, 0.0, 0.31, "none of 100 (0 to 31)"),
    ],
)
def test_natural_frequencies(p, low, high, text) -> None:
    assert words.natural_frequency(p, low, high) == text


@given(st.floats(0, 1, allow_nan=False))
def test_never_rounded_to_certain_or_impossible(p: float) -> None:
    text = words.natural_frequency(p)
    assert ("all" in text) == (p >= 1.0 - 1e-12)
    assert ("none" in text) == (p == 0.0)
    assert not re.search(r"\b(0|100) in 100", text)


@pytest.mark.parametrize(
    ("decibans", "text"),
    [
        (6.0, "makes the odds about 4 times higher"),
        (-3.0, "makes the odds about 2 times lower"),
        (1.5, "makes the odds about 1.4 times higher"),
        (0.4, "makes little difference"),
        (16.0, "makes the odds about 40 times higher"),
        (250.0, "makes it certain in this model"),
        (-250.0, "rules it out in this model"),
    ],
)
def test_odds(decibans, text) -> None:
    assert words.odds_words(decibans) == text


def grade(text: str) -> float:
    """Reading grade (Kincaid et al. 1975), syllables counted as groups of vowels."""
    sentences = max(1, len(re.findall(r"[.!?](\s|$)", text)))
    listed = re.findall(r"[A-Za-z]+", text)
    syllables = sum(
        max(1, len(re.findall(r"[aeiouy]+", re.sub(r"(?<=[^l])e$", "", w.lower())))) for w in listed
    )
    return 0.39 * len(listed) / sentences + 11.8 * syllables / len(listed) - 15.59


def everything(small) -> list[str]:
    return [
        *words.intervals_words(small, intervals(small, FOUND, draws=300)),
        *words.explanation_words(small, explain(small, FOUND, "depletion")),
        *next_words(small, next_tests(small, {"cramps": "present"})),
        turns_words(small, turning_points(small, {"cramps": "present"})),
    ]


def test_all_of_it_is_plain(small) -> None:
    lines = everything(small)
    text = " ".join(lines)
    assert "<" not in text
    assert "nan" not in text.lower()
    assert "_" not in text.replace("cramps.", "")
    assert all(line.endswith((".", '"')) for line in lines)
    assert grade(text) <= 9.0


def test_stored_example(small) -> None:
    lines = words.explanation_words(small, explain(small, FOUND, "depletion"))
    assert lines == (
        "Magnesium depletion: about 14 in 100 before any finding, about 83 in 100 with all of them.",
        "For: Twitching: present makes the odds about 6 times higher.",
        "For: Cramps: present makes the odds about 4 times higher.",
        "No single finding, had it been otherwise, would put another cause first.",
    )
    asked = explain(small, {"twitching": "present", "numbness": "absent"}, "depletion")
    assert words.explanation_words(small, asked)[-1] == (
        'With "Numbness: present" instead, nerve damage would come first.'
    )
    asked = explain(small, {"cramps": "present", "numbness": "absent"}, "depletion")
    assert words.explanation_words(small, asked)[-1] == (
        'With "Numbness: present" instead, nerve damage would come first.'
    )
    turn = Reversal("diuretic", "none", Event.parse(small, "neuropathy"), 0.5, 0.8)
    assert words.turn_words(small, turn) == ("Without the diuretic, nerve damage would come first.")


def test_a_report_of_the_flagship_reads_like_the_ninth_grade() -> None:
    """What the report says itself; names of variables and stated weaknesses are the model file's."""
    made = eg.load("leg_cramps").case(
        age="65_and_over", sex="female", diuretic="thiazide", leg_cramps="present",
        muscle_twitching="present",
    ).report(draws=100)  # fmt: skip
    said = [*made.summary, *made.why, *made.turns, *made.next]
    assert len(said) > 8
    assert grade(" ".join(said)) <= 9.0


def cell(point: float, low: float, high: float) -> Interval:
    return Interval(point, point, point, low, high, low, high, 0.0, 0.0)


def by_event(network, cells) -> ByEvent:
    return ByEvent({Event.parse(network, name): cell for name, cell in cells.items()})


def run(small, **more) -> Intervals:
    """Intervals as if drawn: what is said of them must not hang on a random number."""
    causes = {"depletion": cell(0.81, 0.6, 0.92), "neuropathy": cell(0.16, 0.07, 0.3)}
    first = {"depletion": 0.96, "neuropathy": 0.04}
    causes, first = by_event(small, causes), by_event(small, first)
    said = verdict({event: event.label(small) for event in first}, first, 1.0)
    plain = {"causes": causes, "p_first": first, "p_top3": 1.0, "ess": 900.0, "draws": 1000}
    return Intervals({}, **{**plain, "seed": 0, "weighted": True, "verdict": said, **more})


def test_stored_intervals(small) -> None:
    assert words.intervals_words(small, run(small)) == (
        "Magnesium depletion: about 81 in 100 people like this (60 to 92).",
        "Nerve damage: about 16 in 100 people like this (7 to 30).",
        "Over the ranges of the numbers magnesium depletion comes first in 96 of 100 runs.",
    )
    close = {"depletion": cell(0.3, 0.1, 0.5), "neuropathy": cell(0.28, 0.2, 0.35)}
    assert words.intervals_words(small, run(small, causes=by_event(small, close), ess=55.0))[
        2:
    ] == (
        "The ranges of magnesium depletion and nerve damage overlap.",
        "Over the ranges of the numbers magnesium depletion comes first in 96 of 100 runs.",
        "These findings are rare for this model, so the ranges rest on few runs (about 55). "
        "Read them with care.",
    )


def test_stored_sentences_of_what_acted(small) -> None:
    acts = {
        "depletion": cell(0.68, 0.49, 0.84),
        "neuropathy": cell(0.09, 0.03, 0.2),
    }
    first = {"depletion": 0.97, "neuropathy": 0.03}
    asked = run(
        small,
        acted=by_event(small, acts),
        p_acts_first=by_event(small, first),
        alone=cell(0.31, 0.17, 0.5),
    )
    assert words.intervals_words(small, asked) == (
        "Magnesium depletion: has a part in the cramps of about 68 in 100 people like this "
        "(49 to 84).",
        "Nerve damage: has a part in the cramps of about 9 in 100 people like this (3 to 20).",
        "Over the ranges of the numbers magnesium depletion comes first in 96 of 100 runs.",
        "No known cause has a part in the cramps of about 31 in 100 people like this (17 to 50).",
    )


@pytest.mark.parametrize(
    ("first", "text"),
    [
        (
            {"a": 0.6, "b": 0.4},
            "Over the ranges of the numbers the first is A in 60 of 100 runs and B in 40.",
        ),
        (
            {"a": 0.4, "b": 0.6},
            "Which cause comes first is not settled: over the ranges of the numbers B in 60 of 100 "
            "runs and A in 40.",
        ),
        (
            {"a": 0.5, "b": 0.3, "c": 0.2},
            "Over the ranges of the numbers the first is A in 50 of 100 runs, B in 30 and C in 20.",
        ),
        (
            {"a": 0.45, "b": 0.35, "c": 0.2},
            "Which cause comes first is not settled: over the ranges of the numbers A in 45 of 100 "
            "runs, B in 35 and C in 20.",
        ),
        (
            {"a": 0.3, "b": 0.3, "c": 0.2, "d": 0.2},
            "The order is not settled: over the ranges of the numbers no cause comes first in more "
            "than 30 of 100 runs.",
        ),
        ({}, "There are no causes left to rank."),
    ],
)
def test_stored_verdicts(first, text) -> None:
    assert verdict({"a": "A", "b": "B", "c": "C"}, first, 1.0) == text


@pytest.mark.parametrize(
    ("kind", "start", "plain"),
    [
        ("do", "If this is set from outside, ", "As seen"),
        ("had", "Had it been otherwise, ", "As it is"),
        ("after", "From now on with ", "With no change"),
    ],
)
def test_stored_sentences_of_a_change(small, kind, start, plain) -> None:
    made = Contrast(
        Event.parse(small, "cramps"),
        cell(0.53, 0.43, 0.69),
        cell(0.6, 0.51, 0.72),
        cell(-0.07, -0.12, 0.01),
    )
    assert words.contrast_words(small, made, {"diuretic": "none"}, kind) == (
        f'{start}"Diuretic: none": cramps in about 53 in 100 people like this (43 to 69).',
        f"{plain}: about 60 in 100 people like this (51 to 72).",
        "The difference: about 7 in 100 fewer (12 fewer to 1 more).",
    )


def test_no_difference_is_none() -> None:
    assert words.difference_words(cell(0.0, 0.0, 0.0)) == "none"
    assert words.difference_words(cell(0.001, 0.0, 0.002)) == "less than 1 in 100"


def test_stored_next_tests(small) -> None:
    test = NextTest(
        ("twitching",), 0.2, 1.0, 0.2, 0.3, 0.1, {}, 0.1, 0.3, "blood sample; arm", "a day"
    )
    pair = NextTest(("twitching", "numbness"), 0.5, 2.0, 0.25, 0.3, 0.1, {}, beats_both=True)
    slight = NextTest(("diuretic",), 0.004, 1.0, 0.004, 0.0, 0.0, {})
    assert next_words(small, NextTests("x", 1.0, (test, slight), (pair,))) == (
        "Ask: twitching (blood sample, a day) removes about 20 % (10 to 30) of the doubt about x; "
        "about 30 in 100 results put another cause first.",
        "Worth doing together: twitching and numbness.",
    )
    assert next_words(small, NextTests("x", 1.0, (slight,), (), ("cramps",))) == (
        "First rule out: cramps.",
        "Nothing that is left to ask would tell much about x.",
    )


def test_questions_and_tests_stand_apart() -> None:
    network = eg.load("leg_cramps")
    found = next_tests(network, {"leg_cramps": "present", "diuretic": "thiazide"}, pairs=False)
    lines = next_words(network, found)
    starts = [line.partition(":")[0] for line in lines]
    assert starts == ["First rule out", "Ask", "Ask", "Ask", "Test", "Test", "Test"]
    assert "2 minutes" in lines[4]
    assert all("blood sample" in line for line in lines[5:])


def test_what_no_study_says_is_called_an_opinion() -> None:
    assert words.source_words("expert") == "expert opinion"
    assert words.source_words("expert (clinical text, statement 19)") == "expert opinion"
    assert words.source_words("E213, E321") == "E213, E321"


def test_stored_conflict(small) -> None:
    parts = (Part(("twitching", "numbness"), 1.4, 1.4),)
    made = Conflict(
        1.4, ("twitching", "numbness"), parts, ((Event.parse(small, "depletion"), -0.2),)
    )
    assert words.conflict_words(small, made) == (
        "What does not fit together: twitching and numbness.",
        "Magnesium depletion would explain it.",
    )
    assert words.conflict_words(small, Conflict(0.2, (), parts, ())) == ()


def test_odd_findings(small) -> None:
    told = words.odd_words(
        small, (Odd("twitching", "present", 0.004), Odd("cramps", "present", 0.01))
    )
    assert told == (
        '"Twitching: present" does not go with the rest: less than 1 in 100 people with the other '
        "findings have it. Odd, too: Cramps: present. No named cause explains it: it may be wrong, "
        "or this model may not fit this person.",
    )
    assert words.odd_words(small, ()) == ()


def test_stored_tornado(small) -> None:
    bar = Bar("depletion.thiazide", 0.3, 0.45, 0.15, 1, 0.2, 0.45, "A", ("E2",))
    guess = Bar("D", 0.1, 0.8, 0.7, 0, 0.0, 1.0)
    made = Tornado(Event.parse(small, "depletion"), 0.4, (bar,), (), (guess,))
    assert tornado_words(small, made) == (
        "Chance of magnesium depletion (thiazide): from 30 of 100 at 0.2 to 45 of 100 at 0.45 "
        "(E2, grade A).",
        "Much of this answer rests on expert guesses: taken together they could move it from "
        "10 to 80 of 100.",
    )
    assert tornado_words(small, Tornado(Event.parse(small, "depletion"), 0.4, (), (), ())) == (
        "No number moves this answer by more than 1 in 100 within its range.",
    )


def test_stored_turning_points(small) -> None:
    turn = Turn(
        {"cramps.leak": 0.15, "depletion.none": 0.06}, 0.5, Event.parse(small, "neuropathy")
    )
    assert turns_words(small, Turns("top cause", Event.parse(small, "depletion"), (), (turn,))) == (
        "With chance of cramps (no known cause) at 0.15 instead of 0.1 and chance of magnesium "
        "depletion (none) at 0.06 instead of 0.1, nerve damage would be the likeliest to be there. "
        "That is 50 % of the way to the end of their stated ranges."
    )
    assert turns_words(small, Turns("top cause", Event.parse(small, "depletion"), (), ())) == (
        "No change of one or two numbers within their stated ranges turns this answer."
    )


def test_nothing_known(small) -> None:
    (line,) = words.explanation_words(small, explain(small, {}, "depletion"))
    assert line == "Nothing is known yet. Magnesium depletion: about 14 in 100 people."


def test_tornado_sentences_name_their_sources(small) -> None:
    lines = tornado_words(small, tornado(small, FOUND, "depletion"))
    assert any("source" in line or "guesses" in line for line in lines)


def test_findings_are_said_in_labels(small) -> None:
    assert words.finding_words(small, "depletion", "present") == "Magnesium depletion: present"
    assert words.finding_words(small, "elsewhere", 3) == "elsewhere: 3"


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [(0.946, 0.844, -0.11), (0.2, 0.2, 0.0), (0.844, 0.849, 0.01), (0.004, 0.6, 0.6)],
)
def test_a_difference_is_that_of_the_counts_that_stand_beside_it(before, after, said) -> None:
    """Nobody reads of 95 and 84 that they differ by 10."""
    assert of_counts(before, after) == said
    assert abs(of_counts(before, after) - (after - before)) <= 0.01


def test_a_state_that_the_name_says_is_not_said_again() -> None:
    net = eg.load("leg_cramps")
    said = words.finding_words(net, "acid_suppressant", "long_term")
    assert said == "Acid suppressant, long-term"
    assert words.finding_words(net, "acid_suppressant", "none").endswith("long-term: none")
