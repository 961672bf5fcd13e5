"""A number that is dragged: its answers follow before the server is asked."""

from __future__ import annotations

from playwright.sync_api import expect
from tests.browser.conftest import CLINIC
from tests.browser.steps import step, violations, widget

import etiograph
from etiograph.uncertainty.acted import acted

FINDINGS = {"cramps": "present", "tablet": "yes"}


def test_answers_follow_a_number_that_is_dragged(open_page):
    page = open_page(query="?case=clinic~0~cramps.present~tablet.yes", start="Priors")
    with step(page, "Priors"):
        search = widget(page, "prior-search").get_by_role("textbox")
        search.fill("low salt alone brings on cramps")
        search.press("Enter")
    net = etiograph.load(CLINIC)
    number = net.parameters["cramps.low_salt"]
    dial, run = widget(page, "dial"), page.locator(".eg-done")
    slider, before = dial.get_by_role("slider"), run.get_attribute("data-run")
    for value in (number.low, number.high):
        slider.evaluate("(s, x) => { s.value = x; s.dispatchEvent(new Event('input')) }", value)
        share = acted(net.with_parameters({number.name: value}), FINDINGS)["low_salt"]
        row = dial.locator(".row").filter(has_text="Low salt")
        expect(row.locator(".number")).to_have_text(f"{100 * share:.0f}")
    expect(run).to_have_attribute("data-run", before)
    with step(page, "Priors"):  # let go
        slider.evaluate("s => s.dispatchEvent(new Event('change'))")
    field = widget(page, f"p.value.{number.name}").get_by_role("spinbutton")
    expect(field).to_have_value(f"{number.high:g}")
    assert violations(page) == {}
