"""The diagram: size, parts of it, places that stay."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from playwright.sync_api import expect
from tests.browser.conftest import CLINIC
from tests.browser.steps import choose, node, press, step, widget

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


def test_the_picture_is_saved_whole_and_what_a_pointer_rests_on_stands_out(open_page, tmp_path):
    page = open_page(start="Learn")
    press(page, "open.simpson", "Learn")
    diagram = widget(page, "diagram-learn")
    rest = diagram.locator(".node:not(.away)")
    names = rest.evaluate_all("all => all.map(box => box.dataset.id)")
    first = rest.first
    first.hover()
    expect(first).to_have_css("opacity", "1")
    expect(diagram.locator("svg")).to_have_class(re.compile("over"))
    net = etiograph.load("simpson")
    own = first.get_attribute("data-id")
    near = {own, *net.parents(own), *net.children(own)}
    for name in names:
        expect(node(page, name, "diagram-learn")).to_have_css(
            "opacity", "1" if name in near else "0.3"
        )
    tools = diagram.get_by_role("toolbar")
    for word in ("vector", "pixels"):
        with page.expect_download() as coming:
            tools.get_by_role("button", name=WORDS[word], exact=True).click()
        path = tmp_path / coming.value.suggested_filename
        coming.value.save_as(path)
        if word == "pixels":
            assert path.name == "simpson-diagram.png"
            assert path.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
            continue
        drawn = ElementTree.parse(path)
        texts_ = " ".join(text.text for text in drawn.iter("{http://www.w3.org/2000/svg}text"))
        assert all(net.variables[name].label in texts_.casefold() for name in names)
        colours = {e.get(key) for e in drawn.iter() for key in ("fill", "stroke")} - {None, "none"}
        assert all(re.fullmatch(r"rgb\(.*\)|#[0-9a-f]{6}", colour) for colour in colours)
        assert not any(e.get("class") or e.get("style") for e in drawn.iter())


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
