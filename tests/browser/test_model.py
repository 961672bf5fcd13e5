"""Model: a teacher builds a network from nothing, takes it away, and reloads without losing it."""

from __future__ import annotations

import numpy as np
from playwright.sync_api import expect
from tests.browser.steps import PATIENCE, STILL, pick, ready, saved, step, turn, violations, widget

import etiograph as eg
from explorer import texts

MODEL = texts.PAGE_MODEL


def field(page, key):
    return widget(page, key).get_by_role("textbox")


def press(page, key):
    with step(page, MODEL):
        widget(page, key).get_by_role("button").click()


def unfold(page, key):
    """Open a form that is folded; where it is already open, it stays so."""
    page.wait_for_function(STILL, timeout=PATIENCE)  # a click on what is still moving is lost
    summary = widget(page, key).locator("summary")
    if not widget(page, key).locator("details[open]").count():
        summary.click()
    expect(widget(page, key).locator("details[open]")).to_have_count(1)


def choose(page, key, label):
    """Choose in a list, unless that is chosen."""
    if widget(page, key).get_by_role("combobox").input_value() != label:
        pick(page, key, label, MODEL)


def add(page, name, states="no, yes"):
    unfold(page, "model-add-variable")
    field(page, "model-new-name").fill(name)
    field(page, "model-new-states").fill(states)
    press(page, "model-add")


def arrow(page, cause, effect):
    choose(page, "model-variable", effect)
    unfold(page, "model-add-arrow")
    choose(page, "model-parent", cause)
    press(page, "model-arrow")
    expect(widget(page, "model-parents").get_by_role("button", name=cause)).to_be_visible()


def rows(page, name, label, *numbers):
    choose(page, "model-variable", label)
    fields = page.locator(f'[class*="st-key-m-{name}-"]').get_by_role("textbox")
    expect(fields).to_have_count(len(numbers))
    for k, number in enumerate(numbers):
        fields.nth(k).fill(number)
    press(page, "model-use")


def test_sprinkler_from_nothing(open_page, tmp_path):
    page = open_page("sprinkler", height=3000)  # nothing scrolls: a list closes when the page moves
    turn(page, MODEL)
    assert violations(page) == {}
    unfold(page, "model-start")
    field(page, "model-begin-network").fill("My lawn")
    field(page, "model-begin-name").fill("Cloudy")
    field(page, "model-begin-p").fill("50 %")
    press(page, "model-begin")
    for name, states in (("Sprinkler", "off, on"), ("Rain", "no, yes"), ("Wet grass", "no, yes")):
        add(page, name, states)
    for cause, effect in (
        ("Cloudy", "Sprinkler"),
        ("Cloudy", "Rain"),
        ("Sprinkler", "Wet grass"),
        ("Rain", "Wet grass"),
    ):
        arrow(page, cause, effect)
    rows(page, "sprinkler", "Sprinkler", "0.5", "10 %")
    rows(page, "rain", "Rain", "0,2", "0.8 (0.7 to 0.9)")
    rows(page, "wet_grass", "Wet grass", "0", "0.9", "0.9", "often")
    expect(page.get_by_role("alert").filter(has_text="is no number")).to_be_visible()
    rows(page, "wet_grass", "Wet grass", "0", "0.9", "0.9", "0.99")
    assert violations(page) == {}
    built = eg.load(saved(page, "model-download", tmp_path, MODEL))
    bundled = eg.load("sprinkler")
    for name in bundled.variables:
        np.testing.assert_allclose(built.table(name), bundled.table(name), rtol=0, atol=1e-12)
    for case in ({"wet_grass": "yes"}, {"wet_grass": "yes", "rain": "yes"}):
        mine, theirs = (n.case(case).posterior() for n in (built, bundled))
        for name in bundled.variables:
            for state in bundled.variables[name].states:
                assert abs(mine[name][state] - theirs[name][state]) < 1e-12
    assert built.parameters["rain.yes"].high == 0.9
    page.reload()
    ready(page, MODEL)
    again = eg.load(saved(page, "model-download", tmp_path, MODEL))
    assert again == built
