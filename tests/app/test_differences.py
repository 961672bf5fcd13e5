"""Compare says how sure it is what a change does: the range of the difference itself."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.app.reading import table, turn

import etiograph as eg
from etiograph.decision.words import difference_words
from etiograph.uncertainty.contrast import contrast
from explorer import compare, parts, texts

pytestmark = pytest.mark.filterwarnings("ignore")  # Streamlit's own, under test


OF_A_CHANGE = "clinic~0~cramps.present~tablet.yes~tablet..no"
OF_A_SIGN = "clinic~0~cramps.present~tablet.yes~swelling..both_legs"  # a change of nothing
KINDS = [
    ("after", OF_A_CHANGE, {"tablet": "no"}, "cramps"),
    ("had", OF_A_CHANGE, {"tablet": "no"}, "cramps"),
    ("see", OF_A_SIGN, {"swelling": "both_legs"}, "stasis"),
]


@pytest.mark.parametrize(("kind", "link", "changes", "first"), KINDS)
def test_range_of_the_difference(open_app, networks, kind, link, changes, first):
    net = eg.load(networks / "clinic.toml")
    app = open_app(networks / "clinic.toml", link)
    app.session_state["compare-mode"] = kind
    turn(app, "compare")
    notes = [h.value for h in app.html]
    findings = {"tablet": "yes", "cramps": "present"}
    found = contrast(
        net, findings, first, "present", changes=changes, kind=kind, draws=parts.DRAWS[0]
    )
    shown = round(found.changed.point, 2) - round(found.unchanged.point, 2)
    words = difference_words(replace(found.difference, point=shown))
    assert any(f"90 % range: {words}." in note for note in notes)
    if kind != "see":
        assert "fewer" in words


@pytest.mark.parametrize(("kind", "link", "changes", "first"), KINDS)
def test_every_bar_has_its_range(open_app, networks, kind, link, changes, first):
    net = eg.load(networks / "clinic.toml")
    app = open_app(networks / "clinic.toml", link)
    app.session_state["compare-mode"] = kind
    (shown,) = [h.value for h in turn(app, "compare").html if "<table" in h.value]
    findings = {"tablet": "yes", "cramps": "present"}
    for name, label in (("low_salt", "Low salt"), ("stasis", "Venous stasis")):
        found = contrast(net, findings, name, changes=changes, kind=kind, draws=parts.DRAWS[0])
        row = next(row for row in shown.split("<tr>") if f">{label}</th>" in row)
        ends = [
            f'<small class="eg-ends">{texts.interval(side.low, side.high)}</small>'
            for side in (found.unchanged, found.changed)
        ]
        assert [end for end in ends if end in row] == ends
        assert row.count('class="eg-line"') == 2


def test_of_many_rows_only_those_that_move_are_listed(open_app):
    link = "leg_cramps_small~0~leg_cramps.present~diuretic.thiazide~diuretic..none"
    rows = table(turn(open_app("leg_cramps_small", link), "compare"), "eg-compare")[1:]
    assert rows[0][0] == "Leg cramps"
    assert 1 < len(rows) <= 1 + compare.SHOWN
    assert all(row[2] != row[3] for row in rows)
