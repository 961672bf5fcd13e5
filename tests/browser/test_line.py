"""Findings typed at the bedside, in a browser: one by its first letters, several in a line."""

from __future__ import annotations

from playwright.sync_api import expect
from tests.browser.steps import LOOKS, chip, press, step, themed, violations, widget


def test_letters_bring_names_and_a_choice_enters_the_finding(open_page):
    page = open_page("leg_cramps")
    field = widget(page, "entry").get_by_role("combobox")
    listed = widget(page, "entry").get_by_role("option")
    for letters, first in (
        ("metf", "Metformin: yes"),
        ("quini", "Quinine: present"),
        ("creatin", "Creatine kinase (CK)"),
        ("HbA1c", "HbA1c"),
        ("82 f furo", "Diuretic: loop"),
        ("lasi", "Diuretic: loop"),
    ):
        field.fill("")
        field.press_sequentially(letters)  # and no Enter
        expect(listed.first).to_contain_text(first)
        expect(field).to_have_attribute("aria-expanded", "true")
    assert violations(page) == {}
    page.emulate_media(color_scheme="dark")
    themed(page, "dark")
    assert violations(page, LOOKS) == {}
    expect(listed.first).to_be_visible()  # all the while
    with step(page):
        field.press("Enter")
    expect(chip(page, "diuretic")).to_contain_text("Diuretic: loop")
    expect(field).to_have_value("")
    expect(field).to_be_focused()
    # Which of several states is never taken without a look; by the arrows, then by a click.
    field.press_sequentially("swollen")
    expect(listed.first).to_contain_text("Leg swelling: both legs")
    assert field.get_attribute("aria-activedescendant") is None
    field.press("ArrowDown")
    field.press("ArrowDown")
    expect(listed.nth(1)).to_have_attribute("aria-selected", "true")
    with step(page):
        field.press("Enter")
    expect(chip(page, "leg_swelling")).to_contain_text("one leg")
    field.press_sequentially("fev")
    with step(page):
        listed.first.click()
    expect(chip(page, "fever")).to_be_visible()
    # No letter is the page's: nothing is left to take back in the field, so a finding is.
    with step(page):
        page.keyboard.press("Control+z")
    expect(chip(page, "fever")).to_have_count(0)
    field.press_sequentially("warf")
    expect(listed).to_have_text("warfarin: a medicine this network does not ask about")
    field.press("Escape")
    expect(listed).to_be_hidden()
    field.press("Escape")
    expect(field).to_have_value("")


def test_a_typed_line_is_confirmed_with_one_part_left_out(open_page):
    page = open_page("leg_cramps")
    field, known = widget(page, "entry").get_by_role("combobox"), widget(page, "known")
    with step(page):
        field.fill("82 f furosemide omeprazole K 3,1 creatinine 120")  # and no Enter
    expect(known).to_contain_text('"creatinine 120" (not understood)')
    expect(field).to_be_focused()
    with step(page):
        known.get_by_role("checkbox", name="Acid suppressant").or_(
            known.get_by_role("button", name="Acid suppressant")
        ).first.click()
    field.focus()
    with step(page):
        field.press("Enter")  # what is shown is entered
    for name in ("age", "sex", "diuretic", "serum_potassium"):
        expect(chip(page, name)).to_be_visible()
    expect(chip(page, "acid_suppressant")).to_have_count(0)
    expect(chip(page, "serum_potassium")).to_contain_text("3.1 mmol/L")
    expect(field).to_have_value("")
    press(page, "undo")
    expect(chip(page, "age")).to_have_count(0)


def test_on_a_phone_nothing_is_entered_that_was_not_in_sight(open_page):
    page = open_page("leg_cramps", width=390, height=500)  # a keyboard takes the rest
    field, enter = widget(page, "entry").get_by_role("combobox"), widget(page, "line-enter")
    with step(page):
        field.fill("82 f furosemide omeprazole K 3,1")
    expect(enter.get_by_role("button")).not_to_be_in_viewport()
    field.press("Enter")
    expect(enter.get_by_role("button")).to_be_in_viewport(ratio=1)
    expect(field).to_have_value("82 f furosemide omeprazole K 3,1")
    with step(page):
        field.press("Enter")
    expect(chip(page, "serum_potassium")).to_be_visible()
