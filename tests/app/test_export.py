"""Tables and pictures of every page, and the same view as Python: what is offered can be made and run."""

from __future__ import annotations

import pytest
from tests.app.reading import VIEWS, given, turn

import etiograph as eg
from etiograph.figures.files import csv_of, picture_of
from etiograph.formats.bif import dumps_bif
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
    # No names of the file, no numbers of notes: what many rows share stands above, behind a mark.
    assert "do(" not in table
    assert "Note 1" not in page
    assert "with diuretic set to thiazide" in table
    assert texts.checks_said(0, "The study gives no range: a quarter either side.") in page
    none = turn(open_app("asia"), "checks")
    assert texts.CHECKS_NONE in " ".join(h.value for h in none.html)
    assert any("[[checks]]" in code for code in codes(none))


def test_a_scenario_put_aside_and_what_is_observed_stand_in_the_command(open_app, networks):
    aside = "clinic~00000000~cramps.present~tablet.yes~tablet...no"
    app = shared(turn(open_app(networks / "clinic.toml", aside), "compare"))
    assert not [b.key for b in app.button if str(b.key).startswith("change-try.")]  # it is there
    (command,) = [code for code in codes(app) if code.startswith("etiograph")]
    assert command.endswith("cramps=present tablet=yes --after tablet=no")
    observed = "clinic~00000000~cramps.present~tablet..no"
    app = turn(open_app(networks / "clinic.toml", observed), "compare")
    app = shared(app.get_by_key("compare-mode").set_value("see").run())
    (command,) = [code for code in codes(app) if code.startswith("etiograph")]
    assert command.endswith("cramps=present tablet=no")


def test_the_command_names_a_file_that_holds_the_network(open_app, networks):
    """Of a file its own name; of a changed network the file it is taken away in, and that it has to be."""
    app = given(open_app("asia"), "my chest.bif", dumps_bif(eg.load("asia")).encode())
    (command,) = [code for code in codes(app) if code.startswith("etiograph")]
    assert command == "etiograph ask 'my chest.bif'"
    assert not any("First take the network away" in h.value for h in app.html)


def test_a_changed_network_has_to_be_taken_away_before_it_can_be_asked_elsewhere(
    open_app, networks
):
    app = turn(open_app(networks / "clinic.toml", LINK), "priors")
    name = app.get_by_key("prior").value
    app.get_by_key(f"p.value.{name}").set_value(0.31)
    app.get_by_key(f"p.low.{name}").set_value(0.2)
    app.get_by_key(f"p.high.{name}").set_value(0.45)
    app = shared(app.button(key="prior-apply").click().run())
    assert any(texts.as_code_of("clinic-changed.toml") in h.value for h in app.html)
    assert any("clinic-changed.toml" in code for code in codes(app))
