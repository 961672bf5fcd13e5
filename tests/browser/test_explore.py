"""The first page in a browser: enter, restore, undo, contradict, by mouse and keyboard."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect
from tests.browser.steps import (
    ask,
    chip,
    choose,
    close,
    node,
    now,
    press,
    ready,
    step,
    violations,
    widget,
)

import etiograph
from explorer import texts

NETWORKS = Path(__file__).resolve().parents[1] / "app" / "networks"
CLINIC = NETWORKS / "clinic.toml"
CONFLICT = "?case=clinic~00000000~sex.male~pregnancy.late"


def of_100(name, **findings):
    """The number the ranking must show, from the library itself."""
    return f"{100 * etiograph.load(CLINIC).case(findings).posterior()[name]['present']:.0f}"


def test_entering_findings_changes_the_ranking(open_page):
    before, late = of_100("stasis"), of_100("stasis", pregnancy="late")
    assert before != late
    page = open_page()
    ask(page, "Present")
    expect(now(page, "Venous stasis")).to_have_text(before)
    choose(page, "pregnancy", "Late")
    expect(now(page, "Venous stasis")).to_have_text(late)
    headline = widget(page, "result").locator(".eg-headline")
    expect(headline).to_contain_text(f"about {late} have venous stasis")
    expect(page).to_have_url(re.compile(r"case=clinic~[0-9a-f]{8}~pregnancy\.late$"))
    choose(page, "pregnancy", "Late")
    expect(now(page, "Venous stasis")).to_have_text(before)
    expect(page).not_to_have_url(re.compile("case="))


def test_a_measured_value_counts_and_an_impossible_one_is_refused(open_page):
    page = open_page()
    number = page.get_by_role("textbox", name="Serum salt", exact=True)
    known = widget(page, "known")
    with step(page):
        number.fill("131")
        number.press("Enter")
    expect(known.get_by_text("131 mmol/L: low.")).to_be_visible()
    headline = widget(page, "result").locator(".eg-headline")
    expect(headline).to_contain_text("low salt most often had a part in cramps")
    with step(page):
        number.fill("13100")
        number.press("Enter")
    expect(known.get_by_role("alert")).to_contain_text(
        "is outside what is possible (90 to 200 mmol/L)"
    )
    with step(page):
        number.fill("3010")
        number.press("Enter")
    expect(known.get_by_role("alert")).to_contain_text("Is it in mg/L?")
    with step(page):
        number.fill("13100")
        number.press("Enter")
    expect(number).to_have_value("13100")  # what was typed stays, to be corrected
    expect(page).to_have_url(re.compile(r"serum_salt\.131-20mmol-2FL"))


def test_a_decimal_comma_is_one_and_a_change_of_unit_converts(open_page):
    page = open_page()
    number = page.get_by_role("textbox", name="Serum salt", exact=True)
    for typed, shown in (
        ("131,5", "131.5 mmol/L"),
        ("3010mg/l", "3010 mg/L"),
        ("<120", "<120 mmol/L"),
        ("140 mmol/l", "140 mmol/L"),
    ):
        with step(page):
            number.fill(typed)
            number.press("Enter")
        expect(chip(page, "serum_salt")).to_have_accessible_name(f"Serum salt: {shown}")
        press(page, "reset")
    with step(page):
        number.fill("140")
        number.press("Enter")
    before = now(page, "Low salt").inner_text()
    unit = page.get_by_role("combobox", name="Unit (Serum salt)")
    unit.click()
    with step(page):
        page.get_by_role("option", name="mg/L", exact=True).click()
    expect(chip(page, "serum_salt")).to_have_accessible_name("Serum salt: 3218.39 mg/L")
    assert now(page, "Low salt").inner_text() == before
    with step(page):
        number.fill("many")
        number.press("Enter")
    expect(widget(page, "known").get_by_role("alert")).to_contain_text("many")
    expect(number).to_have_value("many")


def test_a_link_restores_the_case_and_says_what_it_dropped(open_page):
    page = open_page(query="?case=clinic~00000000~tablet.yes~nonsense.yes~swelling.purple")
    expect(chip(page, "tablet")).to_have_accessible_name("Water tablet: yes")
    for words in (
        "no finding called “nonsense”",
        "“purple” is no possible value of Swelling",
        "another version of this network",
    ):
        expect(page.get_by_role("alert").filter(has_text=words)).to_be_visible()
    expect(page).not_to_have_url(re.compile("nonsense"))


def test_undo_redo_reset_and_back(open_page):
    page = open_page()
    choose(page, "sex", "Male")
    expect(chip(page, "sex")).to_have_accessible_name("Sex: male")
    expect(page).to_have_url(re.compile(r"sex\.male"))
    with step(page):
        page.keyboard.press("Control+z")
    expect(chip(page, "sex")).to_have_count(0)
    press(page, "redo")
    expect(chip(page, "sex")).to_be_visible()
    expect(page).to_have_url(re.compile(r"sex\.male"))
    press(page, "reset")
    expect(chip(page, "sex")).to_have_count(0)
    expect(page).not_to_have_url(re.compile("case="))
    with step(page):
        page.go_back()
    expect(chip(page, "sex")).to_be_visible()


def test_contradiction_blanks_the_bars_and_names_the_smallest_set(open_page):
    page = open_page(query=f"{CONFLICT}~tablet.yes")
    box = widget(page, "impossible")
    expect(box).to_contain_text("cannot all be true together")
    expect(box.get_by_role("button")).to_have_count(2)
    expect(widget(page, "result").locator(".eg-rank .eg-fill")).to_have_count(0)
    expect(now(page, "Venous stasis")).to_have_text("–")
    press(page, "conflict.sex")
    expect(box).to_have_count(0)
    ask(page, "Present")
    expect(now(page, "Venous stasis")).to_have_text(
        of_100("stasis", pregnancy="late", tablet="yes")
    )


def test_names_in_a_model_file_are_never_run(open_page):
    page = open_page(NETWORKS / "evil.toml")
    rank = widget(page, "result").locator(".eg-rank tbody")
    expect(rank).to_contain_text("<script>window.hacked=1</script>")
    known = widget(page, "known")
    expect(known.get_by_role("radio", name="Present", exact=True)).to_be_visible()
    assert page.evaluate("window.hacked") is None
    assert page.locator("img[src*=evil], iframe[src*=evil], a[href^=javascript]").count() == 0


def test_hovering_a_box_shows_what_it_would_do_before_any_click(open_page):
    page = open_page()
    number = node(page, "stasis").locator(".number")
    expect(number).to_have_text(of_100("stasis"))
    node(page, "pregnancy").hover()
    expect(number).to_have_text(re.compile("→"))
    page.locator(".eg-title").hover()
    expect(number).to_have_text(of_100("stasis"))
    expect(page).not_to_have_url(re.compile("case="))


def test_a_page_opened_by_its_address_keeps_the_case(open_page):
    page = open_page(start="Why", query="?case=clinic~00000000~pregnancy.late")
    expect(page).to_have_url(re.compile(r"/why\?case=clinic~[0-9a-f]{8}~pregnancy\.late$"))
    expect(
        page.get_by_role("listitem").filter(has_text=re.compile("^Pregnancy: late$"))
    ).to_be_visible()


def test_a_change_cuts_the_arrows_into_it(open_page):
    page = open_page(start="Compare", query="?case=clinic~0~tablet.yes~pregnancy..late")
    expect(page.locator(".eg-compare")).to_have_count(0)  # nobody can be made pregnant ..
    with step(page, "Compare"):  # .. but one may ask what if
        page.get_by_role("switch", name="Researcher view", exact=True).press("Space")
    expect(page.locator(".eg-compare thead th")).to_have_count(4)
    expect(node(page, "pregnancy", "diagram-compare")).to_have_attribute(
        "aria-label", "Pregnancy: late, changed"
    )
    arrows = widget(page, "diagram-compare").locator(".arrow")
    net = etiograph.load(CLINIC)
    expect(arrows).to_have_count(sum(len(net.parents(v)) for v in net.variables))
    cut = widget(page, "diagram-compare").locator(".arrow.cut")
    expect(cut).to_have_count(len(net.parents("pregnancy")))


def test_two_visitors_do_not_see_each_other(open_page):
    one, two = open_page(), open_page()
    choose(one, "sex", "Male")
    choose(two, "pregnancy", "Late")
    ready(one)
    expect(chip(one, "sex")).to_be_visible()
    expect(chip(one, "pregnancy")).to_have_count(0)
    expect(chip(two, "pregnancy")).to_be_visible()
    expect(chip(two, "sex")).to_have_count(0)


def test_a_row_of_the_ranking_opens_its_why_in_place(open_page):
    page = open_page(query="?case=clinic~0~cramps.present~tablet.yes")
    row = widget(page, "result").locator(".eg-ranked tbody tr").first
    address = page.url
    with step(page):
        row.locator(".eg-cell").click()
    box = page.get_by_role("dialog")
    expect(box).to_contain_text(texts.WHY_NUMBERS)
    expect(box).to_contain_text("How strongly it acts: 0.6 (0.3 to 0.8)")
    expect(box).to_contain_text(texts.WHY_WEIGHTS)
    assert violations(page) == {}
    assert page.url == address
    close(page)
    expect(box).to_have_count(0)
    with step(page):  # by keyboard
        row.get_by_role("button").press("Enter")
    with step(page, "Why"):
        box.get_by_role("button", name=texts.WHY_PAGE).click()
    expect(widget(page, "why-cause").get_by_role("combobox")).to_have_value("Low salt")
