"""Pictures for a look: every page at four widths, light and dark, and three readers at work."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.browser.steps import PATIENCE, STILL, ready, step, themed, turn, widget
from tests.browser.test_pages import PAGES

import etiograph as eg

FOLDER = os.environ.get("ETIOGRAPH_SCREENSHOTS", "")
NETWORK = os.environ.get("ETIOGRAPH_SCREENSHOT_NETWORK", "leg_cramps")
WIDTHS = (390, 768, 1024, 1400)
FINDINGS = (
    "leg_cramps.present~age.65_and_over~sex.female~hypertension.present~diuretic.thiazide"
    "~serum_magnesium.0.62-20mmol-2FL"
)

pytestmark = pytest.mark.skipif(not FOLDER, reason="make screenshots takes the pictures")


def patient():
    """The link to a patient of the leg-cramp network as it is now."""
    return f"?case=leg_cramps~{eg.load('leg_cramps').digest()[:8]}~{FINDINGS}"


def take(page, name, width, height):
    """A picture of what is at rest."""
    page.set_viewport_size({"width": width, "height": height})
    page.mouse.move(0, 0)
    page.wait_for_function(STILL, timeout=PATIENCE)
    Path(FOLDER).mkdir(parents=True, exist_ok=True)
    page.screenshot(path=Path(FOLDER) / f"{name}.png")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page(open_page, scheme):
    page = open_page(NETWORK, scheme=scheme)
    take(page, f"start-{scheme}", 1400, 900)
    if NETWORK == "leg_cramps":
        page.goto(f"{page.url.partition('?')[0]}{patient()}~diuretic..none")
        ready(page)
    for name in PAGES:
        if name != "Explore":
            turn(page, name)
        for width in WIDTHS:
            take(page, f"{name.lower()}-{width}-{scheme}", width, 1500)
        page.set_viewport_size({"width": 1400, "height": 900})


def test_three_readers(open_page):
    """A doctor with a patient, a researcher with a number, a teacher with a lesson before a class."""
    page = open_page("leg_cramps", patient())
    expect(widget(page, "diagram")).to_be_attached(timeout=PATIENCE)
    take(page, "explore", 1400, 1290)  # docs/explore.png, and so on: copied there by hand
    turn(page, "Priors")
    with step(page, "Priors"):
        widget(page, "tornado-on").get_by_role("switch").press("Space")
    take(page, "researcher", 1400, 1290)
    with step(page, "Priors"):
        page.get_by_role("switch", name="Presenter view", exact=True).press("Space")
    page.set_viewport_size({"width": 1400, "height": 1290})
    turn(page, "Learn")
    with step(page, "Learn"):
        page.get_by_role("button", name="One cause explains it").click()
    themed(page, "light")
    take(page, "teacher", 1400, 900)
