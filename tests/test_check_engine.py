"""Q1: the conformance suite passes a right engine and finds what is wrong with a wrong one."""

from __future__ import annotations

import numpy as np
import pytest

from etiograph import check_cases
from etiograph.check_engine import Etiograph, check_engine, side_by_side
from etiograph.errors import ImpossibleFindings

# Worked on paper, so that the suite's own truths are checked too.
ODDS_ORDER = 0.7 / (1 - 0.3 * 0.8)
BY_HAND = {
    "200 weak findings (underflow)": 3 / 7 / (3 / 7 + 0.99**200),
    "several soft findings on one variable": 0.2 * (0.7 * 0.48 + 0.3 * 0.18)
    / (0.2 * (0.7 * 0.48 + 0.3 * 0.18) + 0.8 * (0.1 * 0.48 + 0.9 * 0.18)),
    "likelihood ratio above 1": 0.2 * 3.1 / (0.2 * 3.1 + 0.8 * 1.3),
    "do": 0.6 * (0.7 * 0.8 + 0.3 * 0.95) + 0.4 * (0.7 * 0.4 + 0.3 * 0.7),
    "do, finding on another cause": 0.6 * 0.95 + 0.4 * 0.7,
    "do, finding downstream": 0.703 * 0.9 / (0.703 * 0.9 + 0.297 * 0.05),
    "two related do-targets": 0.3,
    "ancestor under do": 0.4,
    "counterfactual, noise written as roots": ODDS_ORDER,
    "counterfactual, noise dependent after the findings": 1.0,
    "counterfactual on a noisy-OR": (1 - 0.9 * 0.8) / (1 - 0.9 * 0.4 * 0.8),
    "counterfactual on a table (monotone coupling)": 0.1 / 0.5,
}  # fmt: skip


class Wrong(Etiograph):
    """Answers the impossible, drops findings under do, offers no counterfactual, dies of softness."""

    name = "wrong"

    def posterior(self, network, findings, target):
        if any(not isinstance(found, str) for found in findings.values()):
            raise ValueError("soft")
        try:
            return super().posterior(network, findings, target)
        except ImpossibleFindings:
            if target == "source":
                return (float("nan"), float("nan"))
            return (0.8, 0.2)

    def do(self, network, findings, changes, target):
        return super().do(network, {}, changes, target)

    def had(self, network, findings, changes, target):
        raise NotImplementedError("no twin networks")


def test_ours_is_right_throughout():
    card = check_engine(Etiograph())
    assert card.passed, str(card)
    assert len(card.scores) == 18


def test_the_truths_are_those_worked_on_paper():
    truths = {q.name: q.truth for q in check_cases.questions()}
    for name, expected in BY_HAND.items():
        assert truths[name][-1] == pytest.approx(expected, abs=1e-12), name


def test_every_truth_is_a_distribution():
    for q in check_cases.questions():
        if q.truth is not None:
            assert np.sum(q.truth) == pytest.approx(1.0, abs=1e-12)
            assert len(q.truth) == q.network.variables[q.target].card


def test_a_wrong_engine_fails_where_it_is_wrong():
    card = check_engine(Wrong())
    by_outcome = {
        outcome: {s.question.name for s in card.scores if s.outcome == outcome}
        for outcome in ("right", "wrong", "undefined", "refused", "not offered")
    }
    assert by_outcome["undefined"] == {"impossible findings"}
    assert by_outcome["wrong"] == {
        "impossible findings, d-separated from the query",
        "impossible findings, query cut off by a finding",
        "do, finding on another cause",
        "do, finding downstream",
        "ancestor under do, finding downstream",
    }
    assert by_outcome["refused"] == {
        "several soft findings on one variable",
        "likelihood ratio above 1",
    }
    assert by_outcome["not offered"] == {
        s.question.name for s in card.scores if s.question.kind == "had"
    }
    assert not card.passed
    text = str(card)
    assert "truth 0.15, 0.85" in text
    assert "no twin networks" in text


def test_nan_is_never_right():
    class Undefined(Wrong):
        def posterior(self, network, findings, target):
            return (float("nan"), float("nan"))

    card = check_engine(Undefined())
    assert all(s.outcome == "undefined" for s in card.scores if s.question.kind == "see")


def test_cards_side_by_side():
    questions = [q for q in check_cases.questions() if q.name in ("do", "soft change")]
    cards = [check_engine(engine, asked=questions) for engine in (Etiograph(), Wrong())]
    table = side_by_side(cards)
    assert "| do | right | right |" in table
    assert table.splitlines()[-1] == "| **right** | **2 of 2** | **2 of 2** |"
