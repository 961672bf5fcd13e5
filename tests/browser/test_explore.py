"""The first page in a browser: enter, restore, undo, contradict, by mouse and keyboard."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect

import etiograph

CLINIC = Path(__file__).resolve().parents[1] / "app" / "networks" / "clinic.toml"
CONFLICT = "?case=clinic~00000000~sex.male~pregnancy.late"


def row(page, name):
    """Number of a possible cause in the ranking."""
    return page.locator(".eg-rank tbody tr", has_text=name).locator(".eg-now")


def of_100(name, **findings):
    """The number the ranking must show, from the library itself."""
    return f"{100 * etiograph.load(CLINIC).case(findings).posterior()[name]['present']:.0f}"


def test_entering_findings_changes_the_ranking(open_page):
    before, late = of_100("stasis"), of_100("stasis", pregnancy="late")
    assert before != late
    page = open_page()
    expect(row(page, "Venous stasis")).to_have_text(before)
    page.get_by_role("radio", name="Late").click()
    expect(row(page, "Venous stasis")).to_have_text(late)
    expect(page.locator(".eg-headline")).to_contain_text(f"about {late} have venous stasis")
    expect(page).to_have_url(re.compile(r"case=clinic~[0-9a-f]{8}~pregnancy\.late$"))
    page.get_by_role("radio", name="Late").click()
    expect(row(page, "Venous stasis")).to_have_text(before)
    expect(page).not_to_have_url(re.compile("case="))


def test_a_measured_value_counts_and_an_impossible_one_is_refused(open_page):
    page = open_page()
    number = page.get_by_role("spinbutton", name="Serum salt")
    number.fill("131")
    number.press("Enter")
    expect(page.get_by_text("131 mmol/L: low.")).to_be_visible()
    expect(page.locator(".eg-headline")).to_contain_text("have low salt")
    number.fill("13100")
    number.press("Enter")
    expect(page.get_by_text("is outside what is possible (90 to 200 mmol/L)")).to_be_visible()
    expect(page).to_have_url(re.compile(r"serum_salt\.131-20mmol-2FL"))


def test_a_link_restores_the_case_and_says_what_it_dropped(open_page):
    page = open_page(query="?case=clinic~00000000~tablet.yes~nonsense.yes~swelling.purple")
    expect(page.get_by_role("button", name="Water tablet: yes", exact=True)).to_be_visible()
    expect(page.get_by_text("no finding called “nonsense”")).to_be_visible()
    expect(page.get_by_text("“purple” is no possible value of Swelling")).to_be_visible()
    expect(page.get_by_text("another version of this network")).to_be_visible()
    expect(page).not_to_have_url(re.compile("nonsense"))


def test_undo_redo_reset_and_back(open_page):
    page = open_page()
    chip = page.get_by_role("button", name="Sex: male", exact=True)
    page.get_by_role("radio", name="Male", exact=True).click()
    expect(chip).to_be_visible()
    expect(page).to_have_url(re.compile(r"sex\.male"))
    page.keyboard.press("Control+z")
    expect(chip).to_be_hidden()
    page.get_by_role("button", name="Redo").click()
    expect(chip).to_be_visible()
    page.get_by_role("button", name="Reset").click()
    expect(chip).to_be_hidden()
    expect(page).not_to_have_url(re.compile("case="))
    page.go_back()
    expect(chip).to_be_visible()


def test_contradiction_blanks_the_bars_and_names_the_smallest_set(open_page):
    page = open_page(query=f"{CONFLICT}~tablet.yes")
    box = page.locator(".st-key-impossible")
    expect(box).to_contain_text("cannot all be true together")
    expect(box.get_by_role("button")).to_have_count(2)
    expect(page.locator(".eg-rank .eg-fill")).to_have_count(0)
    expect(row(page, "Venous stasis")).to_have_text("–")
    box.get_by_role("button", name="Sex: male").click()
    expect(box).to_have_count(0)
    expect(row(page, "Venous stasis")).to_have_text(
        of_100("stasis", pregnancy="late", tablet="yes")
    )


def test_by_keyboard_alone(open_page):
    page = open_page()
    page.get_by_role("radio", name="Early").focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Pregnancy: early", exact=True)).to_be_visible()


def test_names_in_a_model_file_are_never_run(open_page):
    root = Path(__file__).resolve().parents[2]

    page = open_page(root / "tests" / "app" / "networks" / "evil.toml")
    expect(page.locator(".eg-rank tbody th").first).to_contain_text(
        "<script>window.hacked=1</script>"
    )
    known = page.locator(".st-key-known")
    expect(known.get_by_role("radio", name="Present")).to_be_visible()
    assert page.evaluate("window.hacked") is None
    assert page.locator("img[src*=evil], iframe[src*=evil], a[href^=javascript]").count() == 0


def test_hovering_a_box_shows_what_it_would_do_before_any_click(open_page):
    page = open_page()
    number = page.locator(".node[data-id=stasis] .number")
    expect(number).to_have_text(of_100("stasis"))
    late = page.locator(".node[data-id=pregnancy]")
    expect(late).to_be_visible()
    expect(page.locator(".st-key-diagram-previews")).to_be_attached()
    late.hover()
    expect(number).to_have_text(re.compile("→"))
    page.locator(".eg-title").hover()
    expect(number).to_have_text(of_100("stasis"))
    expect(page).not_to_have_url(re.compile("case="))


def test_a_page_opened_by_its_address_keeps_the_case(open_page):
    page = open_page(path="why", query="?case=clinic~00000000~pregnancy.late")
    expect(page).to_have_url(re.compile(r"/why\?case=clinic~[0-9a-f]{8}~pregnancy\.late$"))
    expect(page.get_by_text("Pregnancy: late").first).to_be_visible()


def test_two_visitors_do_not_see_each_other(open_page):
    one, two = open_page(), open_page()
    one.get_by_role("radio", name="Male", exact=True).click()
    expect(one.get_by_role("button", name="Sex: male", exact=True)).to_be_visible()
    two.get_by_role("radio", name="Late").click()
    expect(two.get_by_role("button", name="Pregnancy: late", exact=True)).to_be_visible()
    expect(two.get_by_role("button", name="Sex: male", exact=True)).to_have_count(0)
    expect(one.get_by_role("button", name="Pregnancy: late", exact=True)).to_have_count(0)
