"""Questions as text: each answered as the layer that owns it answers, each refused by name."""

from __future__ import annotations

import pytest

import etiograph as eg
from etiograph.teaching.question import ask_text, read_question


@pytest.fixture(scope="module")
def sprinkler():
    return eg.load("sprinkler")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("P(cloudy=yes)", 0.5),
        ("P(rain=yes | cloudy=yes)", 0.8),
        # By hand: P(cloudy | on) = 0.05 / 0.30.
        ("P(cloudy=yes | sprinkler=on)", 1 / 6),
        ("P(cloudy=yes | do(sprinkler=on))", 0.5),
        # Rain (0.3 given that it is on) or nothing wets it; the noise of the wet grass is kept: with rain
        # and sprinkler 0.99, with rain alone 0.90, so 0.3 * 0.9 / (0.3 * 0.99 + 0.7 * 0.9).
        ("P(wet_grass=yes | sprinkler=on, wet_grass=yes, had(sprinkler=off))", 0.27 / 0.927),
        ("separated(rain, sprinkler | cloudy)", 1.0),
        ("separated(rain, sprinkler)", 0.0),
        ("separated(rain, sprinkler | cloudy, wet_grass)", 0.0),
    ],
)
def test_a_question_is_answered(sprinkler, text, expected):
    assert ask_text(sprinkler, text) == pytest.approx(expected, abs=1e-12)


def test_sets_are_answered(sprinkler):
    assert ask_text(sprinkler, "adjustment(sprinkler, wet_grass)") == (
        frozenset({"cloudy"}),
        frozenset({"rain"}),
    )
    assert ask_text(eg.load("front_door"), "front_door(smoking, cancer)") == (frozenset({"tar"}),)


def test_shares_of_a_cause_are_those_of_attribution(small):
    net, given = small, {"cramps": "present"}
    share = net.case(given).attribution("cramps")["depletion"]
    for asked, value in (
        ("present", share.present),
        ("acted", share.fired),
        ("needed", share.needed),
    ):
        text = f"{asked}(depletion, cramps=present | cramps=present)"
        assert ask_text(net, text) == pytest.approx(value, abs=1e-12)


def test_gain_swing_and_ends_are_those_of_their_layers(small):
    case = small.case(cramps="present")
    gain = case.next_tests("depletion", candidates=["twitching"], pairs=False).tests[0].gain
    assert ask_text(small, "gain(twitching, depletion=present | cramps=present)") == pytest.approx(
        gain, abs=1e-12
    )
    bar = {b.name: b.swing for b in case.tornado("depletion").bars}["depletion.none"]
    assert ask_text(small, "swing(depletion.none, depletion | cramps=present)") == pytest.approx(
        bar, abs=1e-12
    )
    low, high = (ask_text(small, f"{end}(depletion | cramps=present)") for end in ("low", "high"))
    assert 0 < low < ask_text(small, "P(depletion | cramps=present)") < high < 1


@pytest.mark.parametrize(
    ("text", "error", "said"),
    [
        ("rain", eg.InvalidFinding, "is no question"),
        ("Q(rain=yes)", eg.UnknownName, "no question is called 'Q'"),
        ("P(rian=yes)", eg.UnknownName, "did you mean 'rain'"),
        ("P(rain=yes | sprinkler=onn)", eg.UnknownName, "did you mean 'on'"),
        ("P(rain=yes, cloudy=yes)", eg.InvalidFinding, "takes 1 before the bar"),
        ("P(rain=yes | do(sprinkler=on), had(cloudy=no))", eg.InvalidFinding, "mixes do and had"),
        ("adjustment(rain)", eg.InvalidFinding, "takes 2"),
        ("swing(rain, rain=yes)", eg.UnknownName, "no number is called"),
    ],
)
def test_what_is_no_question_is_refused_by_name(sprinkler, text, error, said):
    with pytest.raises(error, match=said):
        ask_text(sprinkler, text)


def test_a_question_reads_its_worlds(sprinkler):
    q = read_question(sprinkler, "P(wet_grass=yes|no | cloudy=yes, after(sprinkler=off))")
    assert (q.kind, dict(q.findings), dict(q.changes)) == (
        "after",
        {"cloudy": "yes"},
        {"sprinkler": "off"},
    )
    assert q.terms == ("wet_grass=yes|no",)
