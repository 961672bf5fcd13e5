"""Networks from BIF files: findings, ranking and diagram from what the file has."""

from __future__ import annotations

import pytest
from tests.app.reading import VIEWS, chips, diagram, ranked, turn, typed

import etiograph as eg
from explorer import labels, texts

pytestmark = pytest.mark.filterwarnings("ignore")  # Streamlit's own, under test

FINDINGS = {
    "asia": {"smoking": "yes", "dyspnoea": "present", "x_ray": "abnormal"},
    "alarm": {"HRBP": "HIGH", "CVP": "LOW", "PRESS": "HIGH"},
}
CHANGE = {"asia": ("smoking", "no"), "alarm": ("KINKEDTUBE", "FALSE")}


def link(name, changed=False):
    """A case as a link."""
    parts = [f"{n}.{v}" for n, v in FINDINGS[name].items()]
    parts += ["..".join(CHANGE[name])] if changed else []
    return f"{name}~0~{'~'.join(parts)}"


@pytest.mark.parametrize("name", FINDINGS)
def test_every_variable_can_be_entered_and_is_drawn(open_app, plain_files, name):
    net = eg.load(plain_files[name])
    listed = [v for group in labels.groups(net).values() for v in group]
    assert sorted(listed) == sorted(net.variables)
    app = open_app(plain_files[name])
    drawn = diagram(app)
    assert sorted(node["id"] for node in drawn["nodes"]) == sorted(net.variables)
    arrows = {(parent, v) for v in net.variables for parent in net.parents(v)}
    assert {tuple(arrow) for arrow in drawn["arrows"]} == arrows
    assert sorted(drawn["choices"]) == sorted(net.variables)


@pytest.mark.parametrize("name", FINDINGS)
def test_ranking_and_diagram_follow_the_findings(open_app, plain_files, name):
    net = eg.load(plain_files[name])
    app = open_app(plain_files[name])
    for finding, value in FINDINGS[name].items():
        typed(app, finding)
        app.get_by_key(f"w.{finding}").set_value(value).run()
    assert not app.exception
    assert len(chips(app)) == len(FINDINGS[name])
    posterior = net.case(FINDINGS[name]).posterior()
    right = {
        row.label: texts.share(posterior[row.name][row.state]) for row in labels.cause_rows(net)
    }
    shown = ranked(app)
    shown.pop(texts.none_label(None), None)
    assert shown
    assert shown == {label: right[label] for label in shown}
    marks = diagram(app)["marks"]
    assert {n for n, mark in marks.items() if mark["kind"] == "observed"} == FINDINGS[name].keys()
    for n, mark in marks.items():
        if mark["kind"] == "implied":
            notable = labels.notable(net.variables[n])
            assert mark["p"] == pytest.approx(max(posterior[n][s] for s in notable), abs=1e-4)


@pytest.mark.parametrize("name", FINDINGS)
def test_every_page_without_and_with_a_case(open_app, plain_files, name):
    for address in ("", link(name, changed=True)):
        app = open_app(plain_files[name], address)
        assert not app.exception
        assert not app.warning or "another version" in app.warning[0].value
        for view in VIEWS:
            turn(app, view)
    turn(app, "priors")
    assert texts.PRIORS_NONE in [box.value for box in app.info]


@pytest.mark.parametrize("name", FINDINGS)
def test_a_change_cuts_the_arrows_of_what_is_changed(open_app, plain_files, name):
    app = turn(open_app(plain_files[name], link(name, changed=True)), "compare")
    changed = CHANGE[name][0]
    drawn = diagram(app, "diagram-compare")
    assert drawn["cut"] == [changed]
    assert drawn["marks"][changed]["kind"] == "changed"
    assert drawn["choices"] == {}
