"""Tables and pictures of every page, and the same view as Python: what is offered can be made and run."""

from __future__ import annotations

import pytest
from tests.app.reading import VIEWS, turn

import etiograph as eg
from etiograph.figures.files import csv_of, picture_of
from explorer import sources, texts
from explorer.model_tables import full_size, numbers_frame, table_frame

pytestmark = pytest.mark.filterwarnings("ignore")  # Streamlit's own, under test

NO_PICTURE = {
    texts.PAGE_CHECKS,
    texts.EXPORT_NUMBERS,
    texts.EXPORT_TABLE,
    texts.EXPORT_ALL,
    texts.MODEL_DIFFERENT,
}
LINK = "clinic~00000000~cramps.present~tablet.yes~tablet..no"


def codes(app):
    return [each.value for each in app.code]


def shared(app):
    app.session_state["share"] = True
    return app.run()


@pytest.mark.parametrize("view", [v for v in VIEWS if v not in ("learn", "about", "gallery")])
def test_every_table_and_picture_of_a_page(open_app, networks, view):
    app = open_app(networks / "clinic.toml", LINK)
    app = shared(turn(app, view) if view != "explore" else app)
    assert not app.exception
    choice = app.get_by_key("export-what")
    for title in choice.options:
        app = app.get_by_key("export-what").set_value(title).run()
        assert not app.exception
        forms = {b.key for b in app.get("download_button") if "export-" in str(b.key)} or None
        assert forms is None or "export-svg" in forms or title in NO_PICTURE
        python = [code for code in codes(app) if code.startswith("import")]
        if not python:
            assert title in NO_PICTURE
            continue
        head, _, asked = python[0].rpartition("print")
        made: dict = {}
        exec(head, made)
        answer = eval(asked, made)
        if title != texts.EXPORT_DIAGRAM:
            assert csv_of(answer).count("\n") > 1
        assert picture_of(answer, "svg").lstrip().startswith(b"<svg")


def test_the_tables_of_model_hold_what_the_network_holds(networks, monkeypatch):
    monkeypatch.setattr(sources, "listed", lambda ids: [])  # they are of the session
    net = eg.load(networks / "clinic.toml")
    frame = numbers_frame(net, net.parameters)
    assert list(frame.iloc[:, -1]) == list(net.parameters)
    assert list(frame.iloc[:, 1]) == [p.value for p in net.parameters.values()]
    for name, variable in net.variables.items():
        table, parents = table_frame(net, name), list(net.parents(name))
        whole = net.table(name)
        assert len(table) * variable.card == full_size(net, name) == whole.size
        for row in table.itertuples(index=False):
            at = tuple(net.variables[p].index(s) for p, s in zip(parents, row, strict=False))
            assert list(row[len(parents) :]) == whole[at].tolist()


def test_the_change_stands_in_the_command(open_app, networks):
    app = shared(turn(open_app(networks / "clinic.toml", LINK), "compare"))
    (command,) = [code for code in codes(app) if code.startswith("etiograph")]
    assert command.endswith("cramps=present tablet=yes --after tablet=no")


def test_checks_of_a_network_that_has_them_and_of_one_that_has_none(open_app):
    page = " ".join(h.value for h in turn(open_app("leg_cramps"), "checks").html)
    net = eg.load("leg_cramps")
    from etiograph.curation.checked import checked

    found = checked(net, "leg_cramps")
    missed = [each for each in found.questions if not each.inside]
    table = page[page.index('class="eg-rank eg-checks"') :]
    assert table.count('class="eg-missed"') == len(missed) + sum(not c.met for c in found.cases)
    assert table.count('class="eg-met"') + len(missed) == len(found.questions) + len(found.cases)
    assert table.index("eg-missed") < table.index("eg-met")  # first what is missed
    assert texts.checks_count(*found.count(False), False) in page
    none = turn(open_app("asia"), "checks")
    assert texts.CHECKS_NONE in " ".join(h.value for h in none.html)
    assert any("[[checks]]" in code for code in codes(none))
