"""Every page: no accessibility violations in light and dark, a diagram that can be used, pictures for a look."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

CASE = "?case=clinic~00000000~cramps.present~tablet.yes~swelling.one_leg~tablet..no"
PAGES = ("Explore", "Compare", "Why", "Priors", "Learn", "About")
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]


def ready(page, name="Explore"):
    """The script has come to its end and nothing on the screen is left from the run before."""
    expect(page.locator(f'.eg-done[data-page="{name}"]')).to_be_attached(timeout=180_000)
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=180_000)
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)  # widgets whose code still loads


def turn(page, name):
    """Go to a page by the navigation."""
    link = page.get_by_role("link", name=name, exact=True)
    if page.viewport_size["width"] < 700:  # folded into a side bar, which stays open once opened
        box = link.bounding_box() if link.count() else None
        if box is None or box["x"] < 0:  # folded away: there, but outside the screen
            page.get_by_test_id("stExpandSidebarButton").click()
    link.click()
    ready(page, name)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_accessibility_violations(open_page, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = open_page(query=CASE, scheme=scheme)
    ready(page)
    found = {}
    for name in PAGES:
        if name != "Explore":
            turn(page, name)
        result = Axe().run(page, options={"runOnly": RULES})
        for broken in result.response["violations"]:
            where = [node["html"][:160] for node in broken["nodes"][:2]]
            found[f"{name}: {broken['id']}"] = where
    assert found == {}


def test_diagram_by_mouse_and_keyboard(open_page):
    page = open_page()
    ready(page)
    node = page.get_by_role("button", name=re.compile(r"^Swelling.*worked out"))
    expect(node).to_have_attribute("aria-label", re.compile(r"of 100"))
    node.click()
    page.get_by_role("button", name="One leg", exact=True).click()
    expect(page.locator(".st-key-chips")).to_contain_text("Swelling: one leg")
    expect(page.get_by_role("button", name="Swelling: one leg, entered")).to_have_count(1)
    page.get_by_role("button", name=re.compile(r"^Cramps, ")).focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator(".st-key-chips")).to_contain_text("Cramps: present")


@pytest.mark.skipif(
    not os.environ.get("ETIOGRAPH_SCREENSHOTS"), reason="make screenshots takes the pictures"
)
@pytest.mark.parametrize(("look", "width"), [("light", 1400), ("dark", 1400), ("narrow", 390)])
def test_screenshots(open_page, look, width):
    folder = Path(os.environ["ETIOGRAPH_SCREENSHOTS"])
    folder.mkdir(parents=True, exist_ok=True)
    network = os.environ.get("ETIOGRAPH_SCREENSHOT_NETWORK", "leg_cramps")
    page = open_page(
        network, scheme="dark" if look == "dark" else "light", width=width, height=1500
    )
    ready(page)
    page.screenshot(path=folder / f"start-{look}.png")
    page.locator(".st-key-example-buttons button").first.click()
    expect(page).to_have_url(re.compile("thiazide"), timeout=180_000)
    page.goto(f"{page.url}~diuretic..none")
    ready(page)
    expect(page.locator(".st-key-diagram")).to_be_attached(timeout=180_000)
    for name in PAGES:
        if name != "Explore":
            turn(page, name)
        ready(page, name)
        page.screenshot(path=folder / f"{name.lower()}-{look}.png")
