"""Other ways to the same: without a mouse, on a narrow screen, on a network without roles or labels."""

from __future__ import annotations

import re

from playwright.sync_api import expect
from tests.browser.steps import (
    chip,
    choose,
    focus_by_keys,
    node,
    now,
    option,
    press,
    step,
    turn,
    widget,
)

import etiograph

CASE = "?case=clinic~00000000~cramps.present~tablet.yes~swelling.one_leg~tablet..no"
PAGES = ("Compare", "Why", "Priors", "Model", "Checks", "About")


def test_the_whole_journey_by_keyboard_alone(open_page):
    page = open_page()
    findings = (
        ("sex", "Female", "Space"),
        ("pregnancy", "Late", "Enter"),
        ("tablet", "Yes", "Space"),
        ("swelling", "One leg", "Enter"),
    )
    for name, label, key in findings:
        state = option(page, name, label)
        focus_by_keys(page, widget(page, f"w.{name}").get_by_role("radiogroup"))
        focus_by_keys(page, state, "ArrowRight")  # inside a group of choices
        with step(page):
            page.keyboard.press(key)
        expect(state).to_be_focused()  # where a reader was, they still are
        expect(state).to_be_checked()
        expect(chip(page, name)).to_be_visible()
    number = now(page, "Venous stasis").inner_text()

    def go(name):
        link = page.get_by_role("link", name=name, exact=True)
        focus_by_keys(page, link, "Shift+Tab")
        with step(page, name):
            page.keyboard.press("Enter")

    go("Why")
    expect(page.locator(".eg-weights tbody tr")).to_have_count(4)
    go("Explore")
    assert now(page, "Venous stasis").inner_text() == number
    undo = widget(page, "undo").get_by_role("button")
    focus_by_keys(page, undo)
    with step(page):
        page.keyboard.press("Enter")
    expect(chip(page, "swelling")).to_have_count(0)
    expect(chip(page, "tablet")).to_be_visible()


FOCUSED = """() => {
  let at = document.activeElement
  while (at.shadowRoot?.activeElement) at = at.shadowRoot.activeElement
  if (at === document.body || at.stopped) return null // round the page
  at.stopped = true
  const { width, height } = at.getBoundingClientRect()
  const name = (at.getAttribute("aria-label") ?? at.textContent ?? "").trim().slice(0, 40)
  return { tag: at.tagName, name, seen: at.checkVisibility() && width > 8 && height > 8 }
}"""


def test_every_stop_of_the_tab_key_can_be_seen_and_has_a_name(open_page):
    page = open_page(query=CASE)
    stops = []
    for _ in range(80):
        page.keyboard.press("Tab")
        found = page.evaluate(FOCUSED)
        if found is None:
            break
        stops.append(found)
    else:
        raise AssertionError("the Tab key never leaves the page")
    assert [stop for stop in stops if not (stop["seen"] and stop["name"])] == []
    assert len(stops) > 30


def test_alarm_from_its_published_file(open_page, plain_files):
    page = open_page(plain_files["alarm"])
    net = etiograph.load(plain_files["alarm"])
    choose(page, "HRBP", "LOW")
    choose(page, "PRESS", "HIGH")
    p = net.case(HRBP="LOW", PRESS="HIGH").posterior()
    stated = node(page, "KINKEDTUBE")
    words = re.compile(
        f"^KINKEDTUBE, about {100 * p['KINKEDTUBE']['TRUE']:.0f} of 100, worked out$"
    )
    expect(stated).to_have_attribute("aria-label", words)
    expect(widget(page, "diagram").locator(".node:not(.away)")).to_have_count(37)
    for name in PAGES:
        turn(page, name)
    turn(page, "Explore")
    press(page, "undo")
    expect(chip(page, "PRESS")).to_have_count(0)
    expect(chip(page, "HRBP")).to_be_visible()
