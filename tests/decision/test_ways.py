"""What a suspected cause does, by which arrow: by hand and against networks written without the others."""

from __future__ import annotations

import pytest

import etiograph as eg
from etiograph.decision.ways import blamed
from etiograph.decision.words import ways_words

# tablet -> upset (0.1 -> 0.3), tablet -> help (0.2 -> 0.6); ache: 1 - (1 - 0.5 upset)(1 - 0.4 no help)
STATES = {"tablet": ["no", "yes"], "upset": ["no", "yes"], "help": ["no", "yes"],
          "ache": ["no", "yes"], "note": ["no", "yes"]}  # fmt: skip
PARENTS = {"upset": ["tablet"], "help": ["tablet"], "ache": ["upset", "help"], "note": ["tablet"]}
TABLES = {
    "tablet": [0.7, 0.3],
    "upset": [[0.9, 0.1], [0.7, 0.3]],
    "help": [[0.8, 0.2], [0.4, 0.6]],
    "ache": [[[0.6, 0.4], [1.0, 0.0]], [[0.3, 0.7], [0.5, 0.5]]],
    "note": [[0.9, 0.1], [0.2, 0.8]],
}


def net(**about: object) -> eg.Network:
    said = {"target": "ache", "blamed": {"tablet": "Nobody knows."}, "population": "All", **about}
    return eg.Network.from_tables(STATES, PARENTS, TABLES, about=said)


def ache(upset: float, helped: float) -> float:
    """P(ache) by hand: help and upset are independent once the tablet is set."""
    table = TABLES["ache"]
    return sum(
        (upset if u else 1 - upset) * (helped if h else 1 - helped) * table[u][h][1]
        for u in (0, 1)
        for h in (0, 1)
    )


def test_by_hand():
    (found,) = blamed(net(), {"tablet": "yes", "ache": "yes"})
    assert found.p_without == pytest.approx(ache(0.1, 0.2), abs=1e-12)
    assert found.p_with == pytest.approx(ache(0.3, 0.6), abs=1e-12)
    ways = {way.variable: way.change.point for way in found.ways}
    assert ways == {
        "help": pytest.approx(ache(0.1, 0.6) - ache(0.1, 0.2), abs=1e-12),
        "upset": pytest.approx(ache(0.3, 0.2) - ache(0.1, 0.2), abs=1e-12),
    }  # the note leads nowhere
    assert [way.variable for way in found.ways] == ["help", "upset"]


def test_what_it_does_not_change_is_kept_and_what_it_changes_is_not():
    (found,) = blamed(net(), {"tablet": "yes", "note": "yes", "upset": "yes"})
    assert found.p_with == pytest.approx(ache(0.3, 0.6), abs=1e-12)


@pytest.mark.parametrize("findings", [{}, {"tablet": "no"}, {"tablet": eg.unknown}])
def test_nothing_is_said_where_it_is_not_taken(findings):
    assert blamed(net(), findings) == ()


def test_nothing_is_said_of_a_network_that_marks_none():
    assert blamed(net(blamed={}), {"tablet": "yes"}) == ()


def test_in_words():
    (found,) = blamed(net(), {"tablet": "yes"})
    said, whole, ways = ways_words(net(), found)
    assert said == "Nobody knows."
    assert whole.startswith(
        "Ache in 29 of 100 people like this with tablet, in 35 without: at most"
    )
    assert ways.startswith("Alone through help at most")
    assert "through upset at most" in ways
