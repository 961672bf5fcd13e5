"""No way through the explorer loses what was entered, or what warns of it."""

from __future__ import annotations

from playwright.sync_api import expect
from tests.browser.steps import chip, choose, press, ready, step, turn, widget

LINK = "?case=clinic~0~sex.female~tablet.yes"


def entered(page):
    """Enter two findings by clicks."""
    choose(page, "sex", "Female")
    choose(page, "tablet", "Yes")


def by_clicks(page):
    entered(page)


def after_undo(page):
    press(page, "search-end")  # the suggestion before has opened its row alone
    choose(page, "pregnancy", "Late")
    press(page, "undo")


def by_link(page):
    page.goto(page.url.partition("?")[0] + LINK)
    ready(page)


def by_back(page):
    turn(page, "Why")
    with step(page):
        page.go_back()


def test_a_suggestion_or_the_link_of_the_open_page_leaves_the_case_alone(open_page):
    """Whichever way the case came to be."""
    page = open_page()
    for way in (by_clicks, after_undo, by_link, by_back):
        way(page)
        suggestion = widget(page, "ask-next").get_by_role("button").first
        with step(page):
            suggestion.click()
        expect(chip(page, "sex")).to_be_visible()
        expect(chip(page, "tablet")).to_be_visible()
        assert "tablet.yes" in page.url, way
        turn(page, "Explore")
        expect(chip(page, "sex")).to_be_visible()
        expect(chip(page, "tablet")).to_be_visible()
        assert "tablet.yes" in page.url, way


def test_a_suggestion_on_why_opens_its_row_with_the_case(open_page):
    page = open_page(query=LINK, start="Why")
    widget(page, "why-rule-out").get_by_role("button").first.click()
    ready(page, "Explore")
    expect(chip(page, "sex")).to_be_visible()
    expect(chip(page, "tablet")).to_be_visible()


def test_back_to_an_empty_page_is_a_step_that_can_be_undone(open_page):
    page = open_page()
    choose(page, "sex", "Female")
    with step(page):
        page.go_back()
    expect(chip(page, "sex")).to_have_count(0)
    press(page, "undo")
    expect(chip(page, "sex")).to_be_visible()


def test_a_scenario_put_aside_keeps_its_caution_through_page_link_and_back(open_page):
    page = open_page(query="?case=clinic~0~sex.female~tablet.yes~tablet..no", start="Compare")
    caution = page.locator(".eg-flags .eg-caution")
    expect(caution).to_have_count(1)
    said = caution.inner_text()
    press(page, "scenario-keep", "Compare")
    column = page.locator(".eg-compare thead th", has_text="Water tablet: no")
    for _ in range(2):
        expect(column).to_have_count(1)
        expect(caution).to_have_count(1)
        assert caution.inner_text() == said
        turn(page, "Why")
        turn(page, "Compare")
    address = page.url.partition("?")[2]
    other = open_page(query=f"?{address}", start="Compare")
    expect(other.locator(".eg-flags .eg-caution")).to_have_count(1)
    expect(other.locator(".eg-compare thead th", has_text="Water tablet: no")).to_have_count(1)
    with step(page, "Compare"):
        widget(page, "scenario.0").get_by_role("button").click()
    expect(caution).to_have_count(0)
    press(page, "undo", "Compare")
    expect(caution).to_have_count(1)
