"""Compare says how sure it is what a change does: the range of the difference itself."""

from __future__ import annotations

import pytest
from tests.app.reading import table, turn

import etiograph as eg
from etiograph.decision.words import difference_words
from etiograph.uncertainty.contrast import contrast
from explorer import compare, late

pytestmark = pytest.mark.filterwarnings("ignore")  # Streamlit's own, under test


@pytest.mark.parametrize("kind", ["after", "had", "see"])
def test_range_of_the_difference(open_app, networks, kind):
    net = eg.load(networks / "clinic.toml")
    app = open_app(networks / "clinic.toml", "clinic~0~cramps.present~tablet.yes~tablet..no")
    app.session_state["compare-mode"] = kind
    turn(app, "compare")
    notes = [h.value for h in app.html]
    if kind == "see":
        assert not any("90 % range" in note for note in notes)
        return
    findings = {"tablet": "yes", "cramps": "present"}
    found = contrast(
        net, findings, "cramps", "present", changes={"tablet": "no"}, kind=kind, draws=late.DRAWS[0]
    )
    words = difference_words(found.difference)
    assert "fewer" in words
    assert any(f"90 % range: {words}." in note for note in notes)


def test_of_many_rows_only_those_that_move_are_listed(open_app):
    link = "leg_cramps_small~0~leg_cramps.present~diuretic.thiazide~diuretic..none"
    rows = table(turn(open_app("leg_cramps_small", link), "compare"), "eg-compare")[1:]
    assert rows[0][0] == "Leg cramps"
    assert 1 < len(rows) <= 1 + compare.SHOWN
    assert all(row[2] != row[3] for row in rows)
