"""What a reader meets before anything is entered, and the bar at the lower edge of a narrow screen."""

from __future__ import annotations

import re

import pytest
from tests.app.reading import table

import etiograph as eg
from explorer import behind, charts, first, results, texts

pytestmark = pytest.mark.filterwarnings("ignore")  # Streamlit's own, under test

T = "leg_cramps~0~leg_cramps.present~diuretic.thiazide"


def docks(app):
    return [html.value for html in app.html if 'class="eg-dock"' in html.value]


def test_the_bar_is_there_from_the_start_and_says_what_to_do(open_app, networks):
    app = open_app(networks / "clinic.toml")
    (bar,) = docks(app)
    assert texts.DOCK_START in bar
    app.get_by_key("w.tablet").set_value("yes").run()
    (bar,) = docks(app)
    assert texts.DOCK_START not in bar
    assert "most often had a part in cramps" in bar.partition('class="eg-dock"')[2]


def test_the_bar_stays_where_findings_contradict_and_where_the_question_is_needed(
    open_app, networks
):
    app = open_app(networks / "clinic.toml", "clinic~0~sex.male~pregnancy.late")
    assert texts.IMPOSSIBLE_BARS in docks(app)[0].partition('class="eg-dock"')[2]
    app = open_app(networks / "clinic.toml", "clinic~0~cramps.present")
    app.get_by_key("view").set_value("needed").run()
    assert texts.DOCK_NEEDED in docks(app)[0]


def test_examples_stand_above_the_findings_until_something_is_entered(open_app):
    app = open_app("asia")
    app.button(key="example.0").click().run()
    assert "example.0" not in {button.key for button in app.button}


def test_a_question_is_gone_to_and_left_again(open_app, networks):
    app = open_app(networks / "clinic.toml", "clinic~0~cramps.present")
    asked = next(b for b in app.button if (b.key or "").startswith("ask."))
    name = asked.key.rpartition(".")[2]
    asked.click().run()
    assert app.session_state["goal"][0] == name
    assert app.session_state["search"]
    app.button(key="search-end").click().run()
    assert not app.session_state["search"]


def test_an_axis_grows_with_its_bars_and_goes_back_with_a_new_case_only(open_app, networks):
    def top():
        return re.search(r"(25|50|100)$", table(app)[0][1])[1]

    app = open_app(networks / "clinic.toml")
    start = top()
    app.session_state["axes"] = {}
    app.get_by_key("w.tablet").set_value("yes").run()
    app.get_by_key("w.cramps").set_value("present").run()
    app.get_by_key("view").set_value("present").run()
    high = max(float(row[2]) for row in table(app)[1:] if row[2].isdigit())
    assert float(top()) >= high
    grown = top()
    app.get_by_key("w.sex").set_value("female").run()
    assert float(top()) >= float(grown)
    app.get_by_key("reset").click().run()
    app.get_by_key("view").set_value("behind").run() if app.get_by_key("view") else None
    assert top() == start
    assert 'width:20.00%"' in charts.ranking([charts.Bar("A", 0.05)], "c")
    assert 'width:5.00%"' in charts.ranking([charts.Bar("A", 0.05)], "c", top=1.0)


def test_needed_names_a_cause_that_works_by_way_of_another():
    net = eg.load("leg_cramps")
    assert behind.chain(net, ("statin", "diuretic", "magnesium_depletion")) == (
        "diuretic",
        "magnesium_depletion",
    )
    assert behind.chain(net, ("statin", "pregnancy")) == ()
    assert "what diuretic (thiazide) does by way of magnesium depletion counts under" in (
        texts.chain("Diuretic (thiazide)", "Magnesium depletion")
    )
    assert "what one cause does by way of another" in texts.chain()


def test_needed_says_why_it_counts_otherwise(open_app):
    app = open_app("leg_cramps_small", T.replace("leg_cramps~0", "leg_cramps_small~0"))
    app.get_by_key("view").set_value("needed").run()
    assert any("Needed counts the whole chain." in html.value for html in app.html)


def test_what_to_rule_out_does_not_wait_for_how_sure_the_numbers_are(
    open_app, networks, monkeypatch
):
    done = []
    finish, ask = results.Answer.finish, first.ask_next
    monkeypatch.setattr(
        results.Answer, "finish", lambda self: (done.append("how sure"), finish(self))
    )
    monkeypatch.setattr(first, "ask_next", lambda network: (done.append("rule out"), ask(network)))
    open_app(networks / "clinic.toml")
    assert done == ["rule out", "how sure"]
