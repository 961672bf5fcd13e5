"""Compare says how sure it is what a change does: the range of the difference itself."""

from __future__ import annotations

import pytest
from tests.app.reading import table, turn

import etiograph as eg
from etiograph.decision.words import difference_words
from etiograph.uncertainty.contrast import contrast
from explorer import compare, late, texts

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
    assert any(f"Water tablet: no: {words}" in note for note in notes)


def test_what_does_not_move_is_not_listed(open_app, networks):
    app = turn(
        open_app(networks / "clinic.toml", "clinic~0~cramps.present~tablet.yes~tablet..no"),
        "compare",
    )
    rows = [row[0] for row in table(app, "eg-compare")[1:]]
    assert rows[0] == "Cramps"
    assert "Low salt" in rows
    assert not any(row.startswith("Venous stasis") for row in rows)
    assert len(rows) <= 1 + compare.SHOWN
    assert texts.COMPARE_LEFT["after"] in table(app, "eg-compare")[0][2]
