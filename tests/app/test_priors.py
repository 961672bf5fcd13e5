"""Priors: one number changed, what follows from it, and the way back; the files stay as they are."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from tests.app.reading import table, turn

import etiograph as eg
from etiograph.uncertainty.without import without_source
from explorer import priors as priors_page, texts
from explorer.markup import md
from explorer.meaning import meaning

pytestmark = pytest.mark.filterwarnings("ignore")  # Streamlit's own, under test

NAME = "stasis.leak"
FINDINGS = {"swelling": "both_legs"}
LINK = "clinic~0~swelling.both_legs"


@pytest.fixture
def priors(open_app, networks):
    """The page, with a number found by search."""
    app = turn(open_app(networks / "clinic.toml", LINK), "priors")
    return app.get_by_key("prior-search").set_value(NAME).run()


def set_number(app, value, low, high, name=NAME):
    """Type value and range, and use them."""
    for field, number in (("value", value), ("low", low), ("high", high)):
        app.get_by_key(f"p.{field}.{name}").set_value(number)
    return app.button(key="prior-apply").click().run()


def shown(app):
    """Row of the effect -> number as in the file, number with the edits."""
    return {row[0]: row[2:] for row in table(app, "eg-compare")[1:]}


def of_100(network, name):
    return texts.share(network.case(FINDINGS).posterior()[name]["present"])


def lines(app):
    """The list of what differs."""
    return [m.value for m in app.markdown if " in the file, now " in m.value]


def test_a_number_its_range_and_what_follows(priors, networks):
    net = eg.load(networks / "clinic.toml")
    number = net.parameters[NAME]
    assert priors.get_by_key("prior").value == NAME
    for field in ("value", "low", "high"):
        assert priors.get_by_key(f"p.{field}.{NAME}").value == getattr(number, field)
    assert any(
        f"grade {number.grade}: {texts.GRADES[number.grade]}" in h.value for h in priors.html
    )
    set_number(priors, 0.3, 0.2, 0.45)
    edited = net.with_parameters({NAME: replace(number, value=0.3, low=0.2, high=0.45)})
    for label, name in (("Venous stasis", "stasis"), ("Low salt", "low_salt")):
        assert shown(priors)[label] == [of_100(net, name), of_100(edited, name)], label
    assert of_100(net, "stasis") != of_100(edited, "stasis")
    assert len(lines(priors)) == 1
    assert lines(priors)[0].endswith(r": 0.1 (0.05 to 0.2) in the file, now 0.3 (0.2 to 0.45)")
    assert priors.get("download_button")


def test_the_edit_reaches_every_page_and_the_link(priors, networks):
    net = eg.load(networks / "clinic.toml")
    before = priors.query_params["case"]
    set_number(priors, 0.3, 0.2, 0.45)
    # A range that was entered here is meant as it stands, not for another population.
    entered = replace(net.parameters[NAME], value=0.3, low=0.2, high=0.45, local=True)
    edited = net.with_parameters({NAME: entered})
    priors.get_by_key("prior-search").set_value("").run()
    assert net.digest()[:8] in before
    assert edited.digest()[:8] in priors.query_params["case"]
    turn(priors, "about")
    assert any(edited.digest() in h.value for h in priors.html)
    turn(priors, "priors")
    assert lines(priors)  # the edits are still there


def test_back_to_the_file_by_number_and_at_once(priors, networks):
    assert priors.button(key="prior-reset").disabled
    set_number(priors, 0.3, 0.2, 0.45)
    priors.button(key="prior-reset").click().run()
    assert lines(priors) == []
    assert any(texts.PRIORS_SAME in h.value for h in priors.html)
    assert priors.get_by_key(f"p.value.{NAME}").value == 0.1
    set_number(priors, 0.3, 0.2, 0.45)
    priors.get_by_key("prior-search").set_value("low_salt.leak").run()
    set_number(priors, 0.1, 0.05, 0.2, "low_salt.leak")
    assert len(lines(priors)) == 2
    priors.button(key=f"prior-undo.{NAME}").click().run()
    (left,) = lines(priors)
    assert "now 0.1" in left
    set_number(priors, 0.12, 0.05, 0.2, "low_salt.leak")
    priors.button(key="prior-reset-all").click().run()
    net = eg.load(networks / "clinic.toml")
    assert net.digest()[:8] in priors.query_params["case"]
    assert lines(priors) == []
    assert not priors.exception


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ((1.5, 0.2, 0.45), texts.NUMBER_NO_PROBABILITY),
        ((0.3, 0.45, 0.2), texts.NUMBER_TURNED),
        ((0.3, 0.4, 0.5), texts.number_outside(0.4, 0.5)),
        ((0.3, None, 0.5), texts.NUMBER_HALF_RANGE),
        ((None, 0.2, 0.5), texts.NUMBER_MISSING),
    ],
)
def test_a_number_that_cannot_be_is_refused_in_words(priors, numbers, words):
    set_number(priors, *numbers)
    assert not priors.exception
    assert priors.error[0].value == md(words)
    assert priors.session_state["history"].present.numbers == ()
    assert lines(priors) == []


def test_undo_takes_the_last_step_back_be_it_a_number_or_a_finding(priors):
    set_number(priors, 0.3, 0.2, 0.45)
    set_number(priors, 0.25, 0.2, 0.45)
    priors.button(key="undo").click().run()
    assert lines(priors)[0].endswith("now 0.3 (0.2 to 0.45)")
    assert priors.get_by_key(f"p.value.{NAME}").value == 0.3  # what is shown is what is used
    priors.button(key="undo").click().run()
    assert lines(priors) == []
    assert "swelling.both_legs" in priors.query_params["case"]  # no finding was touched
    priors.button(key="redo").click().run()
    assert lines(priors)[0].endswith("now 0.3 (0.2 to 0.45)")
    priors.button(key="reset").click().run()
    assert (lines(priors), "case" in priors.query_params) == ([], False)
    priors.button(key="undo").click().run()
    assert len(lines(priors)) == 1
    assert not priors.exception


def strip(app):
    """The standing line on changed numbers."""
    return [h.value for h in app.html if '"eg-changed"' in h.value]


def test_changed_numbers_are_said_on_every_page_until_they_are_taken_back(priors):
    assert strip(priors) == []
    set_number(priors, 0.3, 0.2, 0.45)
    for view in ("explore", "compare", "why", "about", "priors"):
        (line,) = strip(turn(priors, view))
        assert texts.numbers_changed(1) in line, view
    assert strip(turn(priors, "learn")) == []  # lessons open their own networks, as published
    turn(priors, "explore").button(key="numbers-undo").click().run()
    assert strip(priors) == []
    priors.button(key="undo").click().run()
    assert len(strip(priors)) == 1


def test_nothing_is_called_published_that_is_not(priors):
    set_number(priors, 0.3, 0.2, 0.45)
    for view in ("explore", "compare", "why", "priors"):
        said = " ".join(h.value for h in turn(priors, view).html if "eg-changed" not in h.value)
        assert "published" not in said.partition("</style>")[2], view


def test_a_link_made_with_the_published_numbers_brings_them_back(priors):
    before = priors.query_params["case"]
    set_number(priors, 0.3, 0.2, 0.45)
    assert priors.query_params["case"] != before
    priors.query_params["case"] = before  # the browser's Back
    priors.run()
    assert lines(priors) == []
    assert not priors.warning


def test_changed_numbers_are_there_again_after_a_reload(priors, open_app, networks):
    set_number(priors, 0.3, 0.2, 0.45)
    told, link = lines(priors), "".join(priors.query_params["case"])
    again = turn(open_app(networks / "clinic.toml", link), "priors")
    assert [w.value for w in again.warning] == []
    assert lines(again) == told != []


def test_a_reset_number_is_no_change(priors):
    set_number(priors, 0.3, 0.2, 0.45)
    set_number(priors, 0.1, 0.05, 0.2)
    assert lines(priors) == []
    assert strip(priors) == []


def test_tornado_and_table_come_when_asked_for(priors, networks):
    priors.get_by_key("tornado-on").set_value(True).run()
    net = eg.load(networks / "clinic.toml")
    assert 1 <= len(table(priors, "eg-ask")[1:]) <= len(net.parameters)
    priors.get_by_key("numbers-on").set_value(True).run()
    assert len(priors.dataframe[0].value) == len(net.parameters)
    assert not priors.exception


def test_the_tornado_answers_the_question_of_the_table_above_it(open_app):
    link = "leg_cramps~0~leg_cramps.present~serum_magnesium.0.62-20mmol-2FL"
    app = turn(open_app("leg_cramps", link), "priors")
    first = next(iter(shown(app)))
    assert first == "Magnesium depletion"
    app.get_by_key("tornado-on").set_value(True).run()
    note = texts.tornado_behind(first, "Leg cramps")
    assert any(note in h.value for h in app.html)
    net = eg.load("leg_cramps")
    case = net.case(leg_cramps="present", serum_magnesium="0.62 mmol/L")
    bars = case.tornado("magnesium_depletion", acted=True).bars
    rows = [row[0] for row in table(app, "eg-ask")[1:]]
    wide = [bar for bar in bars if bar.swing >= priors_page.FELT][: priors_page.TORNADO_ROWS]
    titles = [meaning(net, bar.name).rstrip(".") for bar in wide]
    assert [row.casefold() for row in rows] == [title.casefold() for title in titles]
    assert rows[0] == "How often magnesium depletion alone brings on leg cramps"


def test_a_belief_is_fitted_and_its_numbers_are_used_as_one_step(priors, networks):
    priors.get_by_key("fit-on").set_value(True).run()
    priors.get_by_key("fit-belief").set_value(45.0)
    next(b for b in priors.button if b.label == texts.FIT_DO).click().run()
    priors.button(key="fit-use").click().run()
    assert not priors.exception
    present = priors.session_state["history"].present
    net = eg.load(networks / "clinic.toml")
    changed = net.with_parameters({name: value for name, (value, _, _) in present.numbers})
    name, state = priors.session_state["fitted"][0]
    assert changed.case(dict(present.findings)).posterior()[name][state] == pytest.approx(
        0.45, abs=0.002
    )
    priors.button(key="undo").click().run()
    assert not priors.session_state["history"].present.numbers


def test_a_number_can_be_set_against_another(open_app, networks):
    link = "clinic~0~cramps.present~swelling.both_legs"
    priors = turn(open_app(networks / "clinic.toml", link), "priors")
    priors.get_by_key("map-on").set_value(True).run()
    priors.get_by_key("map-table").set_value(True).run()
    assert not priors.exception
    assert len(priors.dataframe[0].value) == 15 * 15


def test_leaving_a_study_out_says_what_rests_on_it(open_app):
    app = turn(open_app("leg_cramps", "leg_cramps~0~leg_cramps.present"), "priors")
    app.get_by_key("study-on").set_value(True).run()
    app.get_by_key("study").set_value("E387").run()
    assert not app.exception
    found = without_source(eg.load("leg_cramps"), "E387")
    note = texts.study_note(len(found.widened), len(found.supported))
    assert any(note in h.value for h in app.html)
    without = [row for row in table(app, "eg-compare")[1:] if row]
    assert without


def test_nothing_on_disk_changes(open_app, root):
    def digest():
        found = hashlib.sha256()
        for path in sorted((root / "data").rglob("*")):
            if path.is_file():
                found.update(f"{path.relative_to(root)}".encode() + path.read_bytes())
        return found.hexdigest()

    before = digest()
    app = turn(open_app("leg_cramps_small", "leg_cramps_small~0~leg_cramps.present"), "priors")
    name = app.get_by_key("prior").value
    number = app.get_by_key(f"p.value.{name}").value
    set_number(app, number * 1.1, None, None, name)
    assert lines(app)
    for view in ("explore", "compare", "why", "priors"):
        turn(app, view)
    app.button(key="prior-reset-all").click().run()
    assert not app.exception
    assert digest() == before
