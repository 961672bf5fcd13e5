from __future__ import annotations

import pytest

from etiograph.errors import InvalidFinding, UnknownName
from etiograph.uncertainty.sensitivity import tornado

FOUND = {"cramps": "present", "twitching": "present"}
OF = {"depletion": "present"}


def test_every_bar_equals_recomputation(small, brute) -> None:
    found = tornado(small, FOUND, "depletion")
    assert found.answer == pytest.approx(brute(small, FOUND, OF)[0], abs=1e-12)
    assert len(found.bars) == len(small.parameters)
    for bar in found.bars:
        for value, answer in ((bar.low, bar.at_low), (bar.high, bar.at_high)):
            exact, _ = brute(small.with_parameters({bar.name: value}), FOUND, OF)
            assert answer == pytest.approx(exact, abs=1e-12)
        assert bar.swing == pytest.approx(abs(bar.at_high - bar.at_low))
        assert bar.direction * (bar.at_high - bar.at_low) >= 0


def test_sorted_widest_first_with_source_and_grade(small) -> None:
    found = tornado(small, FOUND, "depletion", "present")
    swings = [bar.swing for bar in found.bars]
    assert swings == sorted(swings, reverse=True)
    by_name = {bar.name: bar for bar in found.bars}
    assert by_name["depletion.thiazide"].evidence == ("E2",)
    assert by_name["depletion.thiazide"].grade == "A"
    assert by_name["twitching.present"].direction == 1
    assert by_name["twitching.absent"].direction == -1
    # Cramps and twitching say nothing of how numbness comes about.
    assert by_name["numbness.present"].swing == pytest.approx(0.0, abs=1e-12)


def test_groups_move_their_members_together(small, brute) -> None:
    found = tornado(small, FOUND, "depletion")
    guesses = next(bar for bar in found.by_grade if bar.name == "D")
    assert set(guesses.members) == {
        "neuropathy", "cramps.leak", "twitching.absent", "twitching.present",
    }  # fmt: skip
    ends = {bar.name: bar for bar in found.bars}
    raised = {
        name: ends[name].high if ends[name].direction > 0 else ends[name].low
        for name in guesses.members
    }
    most, _ = brute(small.with_parameters(raised), FOUND, OF)
    assert guesses.at_high == pytest.approx(most)
    assert guesses.swing >= max(ends[name].swing for name in guesses.members)
    sources = {bar.name: bar for bar in found.by_source}
    assert "numbness.absent" in sources["E1"].members
    assert "numbness.absent" in sources["E3"].members
    assert {"E1", "E2", "E3", "no source"} == set(sources)


def test_in_a_changed_world(small) -> None:
    found = tornado(small, {}, "cramps", changes={"depletion": "present"}, kind="do")
    by_name = {bar.name: bar for bar in found.bars}
    assert by_name["depletion.thiazide"].swing == 0.0
    assert by_name["cramps.depletion"].swing > 0.2


def test_frames(small) -> None:
    found = tornado(small, FOUND, "depletion")
    assert list(found.to_frame()["name"]) == [bar.name for bar in found.bars]
    assert len(found.sources_frame()) == 4
    assert "D" in list(found.grades_frame()["name"])


def test_mistakes(small) -> None:
    with pytest.raises(UnknownName):
        tornado(small, FOUND, "depletoin")
    with pytest.raises(InvalidFinding):
        tornado(small, FOUND, "cramps")
