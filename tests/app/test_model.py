"""Model: a network is built and corrected on the page; each step can be undone, nothing is lost by a mistake."""

from __future__ import annotations

import numpy as np
import pytest
from tests.app.reading import VIEWS, table, turn

import etiograph as eg
from etiograph.formats.native import edited, loads_native
from explorer import drafts, texts

pytestmark = pytest.mark.filterwarnings("ignore")  # Streamlit's own, under test

CASES = """
[[cases]]
id = "c1"
title = "Swollen legs"
findings = {swelling = "both_legs"}
"""


def network(app):
    """The network of the session, as its edits make it."""
    session = app.session_state
    own, value = session["uploaded"], session["history"].present
    shipped = own.network if own else eg.load(session["source"])
    made = shipped
    for edit in value.edits:
        made = edit.applied(made)
    for name, (v, low, high) in value.numbers:
        from dataclasses import replace

        old = made.parameters[name]
        made = made.with_parameters({name: replace(old, value=v, low=low, high=high)})
    return made


def press(app, key):
    """Press a button; nothing may break."""
    app.button(key=key).click().run()
    assert not app.exception
    return app


def look(app, name):
    return app.get_by_key("model-variable").set_value(name).run()


def add(app, label, states="no, yes", p=""):
    app.get_by_key("model-new-name").set_value(label)
    app.get_by_key("model-new-states").set_value(states)
    app.get_by_key("model-new-p").set_value(p)
    return press(app, "model-add")


def arrow(app, parent, child):
    look(app, child).get_by_key("model-parent").set_value(parent).run()
    return press(app, "model-arrow")


def number(app, **fields):
    """Type numbers of the variable that is shown, by row and state, and use them."""
    for key, text in fields.items():
        app.get_by_key(key).set_value(text)
    return press(app, "model-use")


def rows(app, name, *texts_):
    """Type the rows of a variable's table."""
    look(app, name)
    keys = [t.key for t in app.text_input if t.key.startswith(f"m.{name}.")]
    assert len(keys) == len(texts_)
    return number(app, **dict(zip(keys, texts_, strict=True)))


@pytest.fixture
def page(open_app):
    return turn(open_app("sprinkler"), "model")


def test_sprinkler_is_built_from_nothing(page):
    page.get_by_key("model-begin-network").set_value("My lawn")
    page.get_by_key("model-begin-name").set_value("Cloudy")
    page.get_by_key("model-begin-p").set_value("50 % (40 to 60)")
    press(page, "model-begin")
    add(page, "Sprinkler", "off, on")
    add(page, "Rain")
    add(page, "Wet grass")
    for parent, child in (
        ("cloudy", "sprinkler"),
        ("cloudy", "rain"),
        ("sprinkler", "wet_grass"),
        ("rain", "wet_grass"),
    ):
        arrow(page, parent, child)
    rows(page, "sprinkler", "0.5", "0.1")
    rows(page, "rain", "0,2", "80 %")
    rows(page, "wet_grass", "0", "0.9", "0.9", "0.99 (0.9 to 1)")
    page.get_by_key("model-target").set_value("wet_grass")
    page.get_by_key("model-causes").set_value(["sprinkler", "rain"])
    press(page, "model-ask")
    built, bundled = network(page), eg.load("sprinkler")
    for name in bundled.variables:
        np.testing.assert_allclose(built.table(name), bundled.table(name), rtol=0, atol=1e-12)
    assert built.about["target"] == "wet_grass"
    assert built.parameters["wet_grass.on.yes"].low == 0.9
    # The page shows its causes, and a reader who reloads finds it again.
    shown = {row[0] for row in table(page, "eg-compare")[1:]}
    assert shown == {"Sprinkler", "Rain"}
    # There is no file it came from to hold it against; and it is drawn.
    assert not [h for h in page.html if texts.MODEL_ONLY_NEW in h.value]
    assert texts.MODEL_PICTURE in {each.value for each in page.subheader}
    found = drafts.find(built.digest()[:32])
    assert found is not None
    assert found.edits == page.session_state["history"].present.edits
    steps = len(page.session_state["history"].past)
    for _ in range(steps):
        press(page, "undo")
    assert list(network(page).variables) == ["cloudy"]
    for _ in range(steps):
        press(page, "redo")
    assert network(page) == built


def test_a_changed_network_is_found_again_by_its_link(page, open_app):
    add(page, "Hose", p="0.3")
    arrow(page, "hose", "wet_grass")
    made, link = network(page), page.query_params["case"]
    again = turn(open_app("sprinkler", link), "model")
    assert network(again) == made
    assert again.session_state["history"].present.edits
    press(again, "model-back")
    assert network(again) == eg.load("sprinkler")


def test_what_cannot_be_is_refused_and_nothing_is_lost(page):
    arrow(page, "wet_grass", "cloudy")
    assert any("cycle" in e.value for e in page.error)
    assert not page.session_state["history"].past
    rows(page, "rain", "0.2", "often")
    assert any("is no number" in e.value for e in page.error)
    assert page.get_by_key("m.rain.rain.yes").value == "often"  # to be mended
    rows(page, "rain", "0.2", "1.7")
    assert any("not a probability" in e.value for e in page.error)
    add(page, "Rain")
    assert any("called 'rain' already" in e.value for e in page.error)
    add(page, "  ")
    assert any("needs letters" in e.value for e in page.error)
    assert not page.session_state["history"].past
    assert network(page) == eg.load("sprinkler")


def test_a_change_shows_what_follows_and_what_differs(page):
    rows(page, "rain", "0.2", "0.8 (0.7 to 0.9)")
    rows(page, "rain", "0.2", "0.9 (0.7 to 0.95)")
    changed = network(page)
    case = page.session_state["history"].present
    assert not case.edits  # numbers with names stay numbers, which the page Priors lists, too
    found = {row[0]: row[2:] for row in table(page, "eg-compare")[1:]}
    before, after = (n.case().posterior()["rain"]["yes"] for n in (eg.load("sprinkler"), changed))
    assert found["Rain"][0].startswith(texts.share(before))
    assert found["Rain"][1].startswith(texts.share(after))
    assert any("0.8 → 0.9" in h.value for h in page.html)
    assert not any("Different:" in h.value for h in page.html)  # no patients beside that file
    look(page, "wet_grass")
    press(page, "model-arrow.rain")
    assert any(texts.MODEL_CHANGED in h.value for h in page.html)
    assert network(page).parents("wet_grass") == ("sprinkler",)


def test_findings_on_a_variable_that_goes_go_with_it(open_app):
    app = turn(open_app("sprinkler", "sprinkler~0~rain.yes~sprinkler.on"), "model")
    look(app, "rain")
    press(app, "model-remove")
    assert app.session_state["history"].present.findings == (("sprinkler", "on"),)
    press(app, "undo")
    assert dict(app.session_state["history"].present.findings) == {"rain": "yes", "sprinkler": "on"}


def test_a_cause_with_a_strength_and_the_file_it_makes(open_app, networks):
    path = networks / "clinic.toml"
    app = turn(open_app(path), "model")
    name = next(n for n, m in eg.load(path).mechanisms.items() if m.kind == "noisy_or")
    add(app, "New drug", "none, taken", "0.1 (0.05 to 0.2)")
    look(app, name).get_by_key("model-parent").set_value("new_drug").run()
    app.get_by_key(f"model-strength.{name}.new_drug.taken").set_value("0.2 (0.1 to 0.4)")
    press(app, "model-arrow")
    made = network(app)
    strength = made.parameters[f"{name}.new_drug"]
    assert (strength.value, strength.low, strength.high) == (0.2, 0.1, 0.4)
    old = path.read_text()
    new = edited(old, made)
    assert loads_native(new) == made
    gone = set(old.splitlines()) - set(new.splitlines())
    assert [line.partition(" = ")[0] for line in gone] == ["mechanism.links"]  # a list in one line


def test_every_page_shows_an_edited_network(open_app):
    app = turn(open_app("sprinkler", "sprinkler~0~wet_grass.yes"), "model")
    add(app, "Hose", p="0.3 (0.2 to 0.4)")
    arrow(app, "hose", "wet_grass")
    press(app, "model-arrow.rain")
    for view in VIEWS:
        turn(app, view)
    turn(app, "priors").get_by_key("prior").set_value("hose").run()
    app.get_by_key("p.value.hose").set_value(0.35)
    press(app, "prior-apply")
    assert network(app).parameters["hose"].value == 0.35
    press(app, "prior-reset")
    assert network(app).parameters["hose"].value == 0.3


def test_patients_and_published_numbers_beside_the_file_are_judged_again(
    open_app, networks, tmp_path
):
    for name in ("model.toml", "vignettes.toml"):
        text = (networks / "clinic.toml").read_text() if name == "model.toml" else CASES
        (tmp_path / name).write_text(text)
    app = turn(open_app(tmp_path / "model.toml"), "model")
    look(app, "stasis")
    number(app, **{"m.stasis.stasis.leak": "0.15 (0.05 to 0.3)"})
    said = [h.value for h in app.html if "Different: 1 number. Of 2 cases asked, 2 get" in h.value]
    assert len(said) == 1
    assert "Swollen legs" in said[0]
