"""A line typed at the bedside, in a browser."""

from __future__ import annotations

from playwright.sync_api import expect
from tests.browser.steps import chip, press, step, widget


def test_a_typed_line_is_confirmed_with_one_part_left_out(open_page):
    page = open_page("leg_cramps")
    box = widget(page, "search").get_by_role("textbox")
    with step(page):
        box.press_sequentially("furo")  # and no Enter
    expect(widget(page, "w.diuretic")).to_be_visible()
    expect(box).to_be_focused()
    with step(page):
        box.press_sequentially("semide")
    expect(widget(page, "known").get_by_role("button", name="Diuretic: loop")).to_be_visible()
    with step(page):
        box.fill("82 f furosemide omeprazole K 3,1 creatinine 120")
        box.press("Enter")
    known = widget(page, "known")
    expect(known).to_contain_text('"creatinine 120" (not understood)')
    with step(page):
        known.get_by_role("checkbox", name="Acid suppressant").or_(
            known.get_by_role("button", name="Acid suppressant")
        ).first.click()
    press(page, "line-enter")
    for name in ("age", "sex", "diuretic", "serum_potassium"):
        expect(chip(page, name)).to_be_visible()
    expect(chip(page, "acid_suppressant")).to_have_count(0)
    expect(chip(page, "serum_potassium")).to_contain_text("3.1 mmol/L")
    press(page, "undo")
    expect(chip(page, "age")).to_have_count(0)
