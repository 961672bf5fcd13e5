"""The variance between sources that answer one question."""

from __future__ import annotations

from math import log

import pytest

import etiograph as eg
from etiograph.curation.between import (
    answered,
    disagreements,
    estimated,
    measured,
    sentences,
    variance_between,
)
from etiograph.network.spread import Spread


def test_hand_worked_with_equal_variances() -> None:
    # Squares around the two means: 2 * 1^2 = 2 and 2 * 0.5^2 = 0.5; 2.5 / (0.25 + t) = 2 -> t = 1.
    questions = [[(0.0, 0.25), (2.0, 0.25)], [(3.0, 0.25), (4.0, 0.25)]]
    assert variance_between(questions) == pytest.approx(1.0, abs=1e-12)


def test_hand_worked_with_unequal_variances() -> None:
    # Of two answers (y1 - y2)^2 / (v1 + v2 + 2 t) = 1: 16 / (4 + 2 t) = 1 -> t = 6.
    assert variance_between([[(0.0, 1.0), (4.0, 3.0)]]) == pytest.approx(6.0, abs=1e-12)


def test_answers_no_further_apart_than_their_intervals_have_no_spread() -> None:
    assert variance_between([[(0.0, 1.0), (1.0, 1.0)]]) == 0.0
    assert variance_between([[(0.0, 1.0)]]) == 0.0


def row(**more: str) -> dict[str, str]:
    return {"value": "0.2", "ci_low": "", "ci_high": "", "unit": "proportion", "n": "", **more}


def test_what_a_row_says() -> None:
    assert measured(row(unit="mmol/L", n="100")) is None
    assert measured(row(value="1.0", n="100")) is None
    assert measured(row(n="100")) == (
        "probability",
        (pytest.approx(log(0.25)), pytest.approx(1 / 16)),
    )
    z = 2 * 1.959963984540054
    scale, (y, v) = measured(row(unit="odds ratio", value="2", ci_low="1", ci_high="4")) or (
        "",
        (0, 0),
    )
    assert (scale, y, v) == ("ratio", pytest.approx(log(2)), pytest.approx((log(4) / z) ** 2))


def test_a_row_without_an_interval_is_taken_as_a_quarter_either_side() -> None:
    z = 2 * 1.959963984540054
    ratio = ("ratio", (pytest.approx(log(2)), pytest.approx((log(2.5 / 1.5) / z) ** 2)))
    assert measured(row(unit="odds ratio", value="2", n="100")) == ratio
    width = log(0.25 / 0.75) - log(0.15 / 0.85)
    assert measured(row()) == (
        "probability",
        (pytest.approx(log(0.25)), pytest.approx((width / z) ** 2)),
    )


def test_two_shares_make_an_odds_ratio() -> None:
    # Odds 1 and 4, so 1 / 4; 1 / (40 / 4) + 1 / (100 * 0.16).
    assert answered("E1/E2", KNOWN) == (
        "ratio",
        (pytest.approx(log(0.25)), pytest.approx(0.1 + 1 / 16)),
    )
    assert answered("E1/E3", KNOWN) is None  # a share and a ratio
    assert answered("E1/E9", KNOWN) is None


def net(**spread: object) -> eg.Network:
    return eg.Network.from_tables(
        {"rain": ["no", "yes"]}, {}, {"rain": [0.8, 0.2]}, about={"between_sources": spread}
    )


KNOWN = {
    "E1": row(id="E1", value="0.5", n="40"),
    "E2": row(id="E2", value="0.8", n="100"),
    "E3": row(id="E3", unit="odds ratio", value="2", ci_low="1", ci_high="4"),
    "E4": row(id="E4", unit="mmol/L"),
}
"""v of the first two: 1 / 10 and 1 / 16; (log 4)^2 = 0.1625 + 2 t gives t = 0.87964."""


def test_what_a_network_states_is_held_against_its_rows() -> None:
    stated = {"grades": ["B"], "questions": [["E1", "E2"]]}
    found = estimated(Spread(("B",), 0.5, questions=(("E1", "E2"),)), KNOWN)
    assert found["probability"].sd == pytest.approx(0.87964**0.5, abs=1e-5)
    assert (found["probability"].questions, found["probability"].rows) == (1, 2)
    assert disagreements(net(**stated, probability=0.94), KNOWN) == []
    (wrong,) = disagreements(net(**stated, probability=0.5), KNOWN)
    assert wrong.text == "probability = 0.5, but the rows of its questions give 0.94"
    (none,) = disagreements(net(**stated, probability=0.94, ratio=0.1), KNOWN)
    assert none.text == "ratio = 0.1, but no question tells it"


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (["E1", "E9"], "unknown evidence 'E9'"),
        (["E3", "E1/E9"], "unknown evidence 'E9'"),
        (["E3", "E1/E4"], "E1/E4 states no share or ratio"),
        (["E1", "E4"], "E4 states no share or ratio"),
        (["E1", "E3"], "some with a share and some with a ratio"),
    ],
)
def test_rows_that_say_nothing_are_named(rows: list[str], said: str) -> None:
    (wrong,) = disagreements(net(grades=["B"], probability=0.5, questions=[rows]), KNOWN)
    assert said in wrong.text


def test_a_network_without_it_says_nothing() -> None:
    plain = eg.load("sprinkler")
    assert disagreements(plain, KNOWN) == []
    assert sentences(plain, KNOWN) == []


def test_in_words() -> None:
    (said,) = sentences(net(grades=["B"], probability=0.94, questions=[["E1", "E2"]]), KNOWN)
    assert "sd 0.94 of the logit of a share (questions 1, sources 2; numbers widened 0)" in said
