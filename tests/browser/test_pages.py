"""Every page: no accessibility violations at any width, light or dark, and a diagram that can be used."""

from __future__ import annotations

import gzip
import re

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import CLINIC
from tests.browser.steps import (
    LOOKS,
    RULES,
    close,
    node,
    press,
    share,
    step,
    themed,
    turn,
    violations,
    widget,
)
from tests.formats.test_bif import bnlearn_files

import etiograph as eg
from explorer import texts

CASES = {
    "clinic": (CLINIC, "?case=clinic~0~cramps.present~tablet.yes~swelling.one_leg~tablet..no"),
    "leg_cramps": (
        "leg_cramps",
        "?case=leg_cramps~0~leg_cramps.present~diuretic.thiazide~sex.female~diuretic..none",
    ),
}
PAGES = (*("Explore", "Compare", "Why", "Learn", "Gallery", "Priors", "Model", "Checks", "About"),)
DIAGRAMS = {"Explore": "diagram", "Compare": "diagram-compare", "Why": "diagram-why"}
WIDE = "[document.documentElement.scrollWidth, innerWidth]"
LETTERS = """[...document.querySelectorAll(".stVegaLiteChart svg text")].map(
  text => getComputedStyle(text).fill
)"""  # of curves, which no rule of axe looks at
INK = {"light": "rgb(11, 18, 32)", "dark": "rgb(238, 242, 247)"}
# What part of their rows the bars of a comparison take.
BARS = """[...document.querySelectorAll(".eg-compare tbody .eg-pair")].map(
  bars => bars.getBoundingClientRect().width / bars.closest("tr").getBoundingClientRect().width
)"""
# Width, scheme, and the rules that are asked; none: only whether the page is too wide.
FEW = ((1400, "light", RULES), (1024, "light", None), (768, "light", None), (390, "light", RULES),
       (1400, "dark", LOOKS))  # fmt: skip
ALL = ((1400, "light", RULES), (1024, "light", LOOKS), (768, "light", LOOKS), (390, "light", RULES),
       (390, "dark", LOOKS), (768, "dark", LOOKS), (1024, "dark", LOOKS), (1400, "dark", LOOKS))  # fmt: skip


@pytest.mark.parametrize(
    ("network", "looks"),
    [
        pytest.param("clinic", FEW, id="clinic", marks=pytest.mark.long),
        pytest.param("leg_cramps", FEW, id="leg_cramps"),
        pytest.param("clinic", ALL, id="clinic-all", marks=pytest.mark.long),
        pytest.param("leg_cramps", ALL, id="leg_cramps-all", marks=pytest.mark.long),
    ],
)
def test_every_page_at_every_width_in_light_and_dark(open_page, network, looks):
    file, case = CASES[network]
    page = open_page(file, case)
    found, wide, short, count = {}, {}, [], len(eg.load(file).variables)
    for name in PAGES:
        if name != "Explore":
            turn(page, name)
        for width, scheme, rules in looks:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            themed(page, scheme)
            sizes = page.evaluate(WIDE)
            if sizes[0] > sizes[1]:
                wide[name, width] = sizes
            assert set(page.evaluate(LETTERS)) <= {INK[scheme]}, (name, scheme)
            if width > 640:
                short += [(name, width, share) for share in page.evaluate(BARS) if share < 0.4]
            if rules:
                found[name, width, scheme] = violations(page, rules)
            if name in DIAGRAMS and (width, scheme) == (390, "light"):  # a narrow screen lists it
                diagram = widget(page, DIAGRAMS[name])
                expect(diagram.locator(".stage")).to_be_hidden()
                expect(diagram.locator(".list")).to_be_visible()
                expect(diagram.locator(".list tbody th[scope=row]")).to_have_count(count)
        page.set_viewport_size({"width": 1400, "height": 900})
        page.emulate_media(color_scheme="light")
        themed(page, "light")
    assert wide == {}
    assert short == []
    assert not any(found.values()), {k: v for k, v in found.items() if v}


def test_no_accessibility_violations_in_what_opens_on_demand(open_page):
    page = open_page(query="?case=clinic~0~sex.male~pregnancy.late~cold_pale_leg.present")
    found = {"contradiction and warning sign": violations(page)}
    share(page)
    found["share"] = violations(page)
    close(page)
    press(page, "conflict.sex")
    node(page, "swelling").click()
    found["states of a box"] = violations(page)
    with step(page):
        page.get_by_role("switch", name="Researcher view", exact=True).press("Space")
    for name, keys in (("Compare", ()), ("Priors", ("tornado-on", "numbers-on"))):
        turn(page, name)
        for key in keys:
            with step(page, name):
                widget(page, key).get_by_role("switch").press("Space")
        found[f"{name} for researchers"] = violations(page)
    with step(page, "Priors"):
        page.get_by_role("switch", name="Presenter view", exact=True).press("Space")
    expect(page.locator("html.eg-keys")).to_have_count(1)
    for key, name in (("PageDown", "Explore"), ("PageDown", "Compare"), ("PageUp", "Explore")):
        with step(page, name):
            page.keyboard.press(key)
    page.set_viewport_size({"width": 1024, "height": 768})
    found["shown to an audience"] = violations(page)
    assert not any(found.values()), found


@pytest.mark.parametrize(
    ("scheme", "width"),
    [
        pytest.param("light", 1400, marks=pytest.mark.long),
        pytest.param("dark", 1400, marks=pytest.mark.long),
        ("light", 390),
    ],
)
def test_changed_numbers_are_seen_on_other_pages_and_undone_there(open_page, scheme, width):
    case = "?case=clinic~0~cramps.present~swelling.both_legs"
    page = open_page(query=case, start="Priors", scheme=scheme, width=width)
    number = page.get_by_role("spinbutton", name="Value", exact=True)
    with step(page, "Priors"):
        number.fill("0.3")
        number.press("Enter")
    press(page, "prior-apply", "Priors")
    page.locator("[data-testid=stMain]").evaluate("main => main.scrollTo(0, 0)")
    turn(page, "Explore")
    strip = widget(page, "numbers-changed")
    expect(strip).to_contain_text("Numbers changed: 1.")
    found = {"Explore": violations(page)}
    box = share(page)
    expect(box).to_contain_text("not the changed numbers")
    found["Share"] = violations(page)
    close(page)
    with step(page, "Priors"):
        strip.get_by_role("link", name="See", exact=True).click()
    found["Priors"] = violations(page)
    with step(page, "Priors"):
        page.keyboard.press("Control+z")
    expect(strip).to_have_count(0)
    expect(number).to_have_value("0.4")
    assert not any(found.values()), found


def test_diagram_by_mouse_and_keyboard(open_page):
    page = open_page()
    expect(node(page, "swelling")).to_have_attribute(
        "aria-label", re.compile(r"^Swelling.* of 100, worked out$")
    )
    node(page, "swelling").click()
    panel = widget(page, "diagram").locator(".panel")
    with step(page):
        panel.get_by_role("button", name="One leg", exact=True).click()
    expect(widget(page, "chips")).to_contain_text("Swelling: one leg")
    expect(node(page, "swelling")).to_have_attribute("aria-label", "Swelling: one leg, entered")
    node(page, "cramps").focus()
    page.keyboard.press("Enter")
    present = panel.get_by_role("button", name="Present", exact=True)
    expect(present).to_be_focused()
    with step(page):
        page.keyboard.press("Control+z")
    expect(node(page, "swelling")).not_to_have_attribute("aria-label", re.compile("entered"))
    expect(present).to_be_focused()  # a new answer does not take the focus away
    with step(page):
        page.keyboard.press("Enter")
    expect(widget(page, "chips")).to_contain_text("Cramps: present")


@pytest.mark.long
def test_a_bif_of_76_variables_on_every_page_with_an_entry_and_a_chart(open_page, tmp_path):
    """Opened as a reader's own file, with nothing in it but tables."""
    packed = [path for path in bnlearn_files() if path.name.startswith("win95pts.")]
    if not packed:
        pytest.skip("the network comes with pgmpy")
    file = tmp_path / "win95pts.bif"
    file.write_bytes(gzip.decompress(packed[0].read_bytes()))
    net = eg.load(file)
    page = open_page(file)
    name = next(n for n in net.variables if widget(page, f"w.{n}").count())
    with step(page):
        widget(page, f"w.{name}").get_by_role("radio").first.click()
    expect(widget(page, f"chip.{name}")).to_be_visible()
    expect(widget(page, "result").locator(".eg-rank tbody tr").first).to_be_visible()
    assert widget(page, "diagram").locator(".node").count() > 10
    for each in PAGES[1:]:
        turn(page, each)
        expect(page.locator("main")).not_to_contain_text(texts.BROKEN)
        assert not page.locator("[data-testid=stException]").count(), each
