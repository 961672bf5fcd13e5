"""The diagram: size, parts of it, places that stay."""

from __future__ import annotations

import re

from playwright.sync_api import expect
from tests.browser.conftest import CLINIC
from tests.browser.steps import choose, node, step, widget

import etiograph
from etiograph.engine.ancestral import ancestors
from explorer import texts

WORDS = texts.DIAGRAM_WORDS


def tool(page, name):
    """A button above the diagram."""
    bar = widget(page, "diagram").get_by_role("toolbar")
    return bar.get_by_role("button", name=WORDS[name], exact=True)


def box(page):
    """What part of the picture is seen: left, top, width, height."""
    return [float(x) for x in drawing(page).get_attribute("viewBox").split()]


def drawing(page):
    """The picture."""
    return widget(page, "diagram").locator(".stage svg")


def shown(page):
    """The boxes that are shown, by variable."""
    boxes = widget(page, "diagram").locator(".node:not(.away)")
    return set(boxes.evaluate_all("all => all.map(box => box.dataset.id)"))


def places(page):
    """Where every box stands."""
    boxes = widget(page, "diagram").locator(".node:not(.away)")
    return boxes.evaluate_all("all => all.map(box => [box.dataset.id, box.style.transform])")


def test_zoom_and_fit(open_page):
    page = open_page()
    whole = box(page)
    tool(page, "nearer").click()
    near = box(page)
    assert near[2] < whole[2]
    assert near[3] < whole[3]
    assert near[0] > whole[0]
    tool(page, "farther").click()
    tool(page, "farther").click()
    assert box(page)[2] > whole[2]
    tool(page, "fit").click()
    assert box(page) == whole


def test_only_what_leads_to_a_box(open_page):
    page = open_page()
    net = etiograph.load(CLINIC)
    everything = shown(page)
    assert everything == set(net.variables)
    node(page, "low_salt").click()
    panel = widget(page, "diagram").locator(".panel")
    panel.get_by_role("button", name=WORDS["only"], exact=True).click()
    model = net.model
    above = {model.names[i] for i in ancestors(model, [model.index["low_salt"]])}
    assert shown(page) == above & set(net.variables)
    assert shown(page) < everything
    tool(page, "fit").click()
    assert shown(page) == everything


def test_places_stay_when_findings_are_entered(open_page):
    page = open_page()
    before = places(page)
    choose(page, "tablet", "Yes")
    choose(page, "cramps", "Present")
    assert places(page) == before


def test_groups_unfold_and_fold(open_page):
    page = open_page("leg_cramps")
    net = etiograph.load("leg_cramps")
    before = shown(page)
    habits = {name for name, v in net.variables.items() if v.group == "Habits"}
    assert len(before) < len(net.variables) / 2
    assert not habits <= before
    bar = widget(page, "diagram").get_by_role("toolbar")
    bar.get_by_role("button", name="Habits", exact=True).click()
    assert shown(page) == before | habits
    bar.get_by_role("button", name="Habits", exact=True).click()
    assert shown(page) == before


def test_an_example_patient_opens_with_one_click(open_page):
    page = open_page("leg_cramps")
    title, findings = texts.EXAMPLE_PATIENTS["leg_cramps"][0]
    with step(page):
        examples = widget(page, "example-buttons")
        expect(examples.get_by_role("button")).to_have_count(3)
        examples.get_by_role("button", name=title, exact=True).click()
    chips = widget(page, "chips").get_by_role("button")
    expect(chips).to_have_count(len(findings))
    expect(page).to_have_url(re.compile("thiazide"))
