from __future__ import annotations

import re

import pytest
from hypothesis import given, strategies as st

from etiograph.decision import words
from etiograph.decision.explain import explain
from etiograph.decision.next_test import next_tests
from etiograph.uncertainty.flip import turning_points
from etiograph.uncertainty.intervals import intervals
from etiograph.uncertainty.sensitivity import tornado

FOUND = {"cramps": "present", "twitching": "present", "numbness": "absent"}


@pytest.mark.parametrize(
    ("p", "low", "high", "text"),
    [
        (0.23, None, None, "about 23 in 100"),
        (0.231, 0.10, 0.38, "about 25 in 100 (10 to 38)"),
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
        *words.next_words(small, next_tests(small, {"cramps": "present"})),
        words.turns_words(small, turning_points(small, {"cramps": "present"})),
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
        'Numbness would turn it: with "present" instead, nerve damage would be the likeliest.',
    )


def test_nothing_known(small) -> None:
    (line,) = words.explanation_words(small, explain(small, {}, "depletion"))
    assert line == "Nothing is known yet. Magnesium depletion: about 14 in 100 people."


def test_tornado_sentences_name_their_sources(small) -> None:
    lines = words.tornado_words(small, tornado(small, FOUND, "depletion"))
    assert any("source" in line or "guesses" in line for line in lines)


def test_findings_are_said_in_labels(small) -> None:
    assert words.finding_words(small, "depletion", "present") == "Magnesium depletion: present"
    assert words.finding_words(small, "elsewhere", 3) == "elsewhere: 3"
