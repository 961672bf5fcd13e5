"""A network without ranges says so wherever ranges are asked for, and shows none."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

import etiograph as eg
from etiograph.commands import cli
from etiograph.decision.number_words import tornado_words, turns_words
from etiograph.uncertainty.summary import NO_RANGES
from etiograph.uncertainty.tuning import Belief, tune


@pytest.fixture(scope="module")
def case():
    return eg.load("asia").case(dyspnoea="present")


def test_the_library_says_so(case) -> None:
    found = case.intervals(50)
    assert found.verdict == NO_RANGES
    assert not found.ranged
    made = case.tornado("bronchitis")
    assert made.bars == ()
    assert made.note == NO_RANGES
    assert tornado_words(case.network, made) == (NO_RANGES,)
    turns = case.turning_points("bronchitis", threshold=0.5)
    assert turns.note == NO_RANGES
    assert turns_words(case.network, turns) == NO_RANGES
    tuned = tune(case.network, [Belief("bronchitis", 0.6, 0.7)])
    assert tuned.moved == ()
    assert tuned.note == NO_RANGES


def test_tables_show_no_ends(case) -> None:
    # Equal ends would say that nothing is surer.
    assert case.intervals(50).to_frame()[["mean", "low", "high"]].isna().all(axis=None)
    told = case.do(smoking="no").contrast("bronchitis", draws=50)
    assert told.to_frame()["point"].notna().all()
    assert " to " not in told.sentence
    assert told.to_frame()[["low", "high", "mc_error"]].isna().all(axis=None)
    effect = case.network.effect("smoking", "bronchitis", "no", "yes", draws=50)
    assert effect.intervals == {}
    assert effect.to_frame()["low"].isna().all()


def test_reports_and_the_command_say_so_once(case) -> None:
    report = case.report(draws=50)
    for text in (" ".join(report.to_text().split()), report.to_html()):
        assert text.count(NO_RANGES) == 1
        assert "90 %" not in text
        assert "runs" not in text
        assert "comes first" not in text
    done = CliRunner().invoke(
        cli.app, ["ask", "asia", "dyspnoea=present", "--intervals", "--tornado", "--why", "--next"]
    )
    assert done.exit_code == 0
    assert " ".join(done.output.split()).count(NO_RANGES) == 1
    assert "90 %" not in done.output


def test_a_network_with_ranges_does_not() -> None:
    case = eg.load("leg_cramps").case(leg_cramps="present")
    found = case.intervals(20, causes_only=True)
    assert found.ranged
    assert found.verdict != NO_RANGES
