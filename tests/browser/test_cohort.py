"""Own cases from the file to the new model file: handed over, learned from, one number taken, read back."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import CLINIC
from tests.browser.steps import own_cases, press, saved, step, violations, widget, work

import etiograph as eg

PLANTED = "low_salt.leak"


@pytest.fixture(scope="module")
def people(tmp_path_factory):
    """A table of a clinic where one number is far from what is stated."""
    frame = eg.load(CLINIC).with_parameters({PLANTED: 0.35}).sample(240, 3)
    path = tmp_path_factory.mktemp("cases") / "clinic.csv"
    frame.to_csv(path, index=False)
    return path


@pytest.mark.parametrize(
    ("width", "scheme"), [(1400, "light"), pytest.param(390, "dark", marks=pytest.mark.long)]
)
def test_from_a_file_to_a_new_model_file(open_page, people, tmp_path, width, scheme):
    page = open_page(width=width, scheme=scheme, start="Priors")
    own_cases(page, people)
    expect(page.get_by_text("240 rows; 8 columns are variables")).to_be_visible()
    work(page, "cohort-learn", "cohort-take")
    first = page.locator(".eg-shift").first
    expect(first.locator(".eg-shift-name")).to_contain_text("low salt")
    expect(first).to_contain_text("These cases say it is higher than stated")
    assert violations(page) == {}
    with step(page, "Priors"):
        widget(page, f"cohort-take.{PLANTED}").locator("label").first.click()
    expect(page.locator(".st-key-numbers-changed")).to_contain_text("Numbers changed: 1")
    number = eg.load(saved(page, "download-learned", tmp_path, "Priors")).parameters[PLANTED]
    assert 0.1 < number.low < number.value < number.high  # beyond the range that was stated
    assert number.evidence == ("own cases",)
    assert number.note.startswith("Updated by own cases (n = 240); before: 0.05 (0.02 to 0.1).")
    press(page, "undo", "Priors")
    expect(page.locator(".st-key-numbers-changed")).to_have_count(0)
    with step(page, "Priors"):
        widget(page, "cohort-question").get_by_role("radio", name="How good is it").click()
    work(page, "judge-go", "judge-csv")
    expect(page.get_by_text("AUC 0.")).to_be_visible()
    expect(page.locator("[data-testid=stVegaLiteChart]")).to_have_count(3)
    assert violations(page) == {}
