"""What stands where: panes, labels, the bar of a narrow screen, the row of a question; contrast of what warns."""

from __future__ import annotations

import re

from playwright.sync_api import expect
from tests.browser.steps import (
    PATIENCE,
    STILL,
    ask,
    chip,
    choose,
    node,
    press,
    ready,
    step,
    themed,
    turn,
    widget,
)

import etiograph as eg
from explorer import answers, inputs, labels, learn, texts

T = "?case=leg_cramps~0~leg_cramps.present~diuretic.thiazide~age.65_and_over"
BUSY = {
    "leg_cramps": "present", "diuretic": "thiazide", "age": "65_and_over", "sex": "female",
    "hypertension": "present", "serum_magnesium": "0.62 mmol/L", "serum_potassium": "2.9 mmol/L",
    "muscle_weakness": "present", "dark_urine": "present",
}  # fmt: skip
READ = 11  # pixels: the smallest letters
LETTERS = """nodes => nodes.map(node => {
  const box = node.querySelector(".border").getBoundingClientRect()
  const texts = [...node.querySelectorAll("text")].filter(text => text.textContent)
  const label = texts.filter(text => !text.classList.contains("number"))
  const size = text => parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a
  const inside = ({ top, bottom, left, right }) =>
    top > box.top - 1 && bottom < box.bottom + 1 && left > box.left - 1 && right < box.right + 1
  return {
    name: node.dataset.id,
    cut: label.some(text => /…|\\.\\.\\./.test(text.textContent)),
    small: Math.min(...texts.map(size)),
    inside: texts.every(text => inside(text.getBoundingClientRect())),
  }
})"""


def test_every_label_of_a_large_diagram_is_whole_and_large_enough(open_page):
    page = open_page("leg_cramps", T)
    bar = widget(page, "diagram").get_by_role("toolbar")
    for group in bar.locator(".groups button").all_inner_texts():
        bar.get_by_role("button", name=group, exact=True).click()
    boxes = widget(page, "diagram").locator(".node:not(.away)")
    found = boxes.evaluate_all(LETTERS)
    assert len(found) > 90
    assert [box for box in found if box["cut"] or not box["inside"]] == []
    assert min(box["small"] for box in found) >= READ


def test_the_findings_scroll_beside_the_answer_and_the_diagram_follows_it_at_once(open_page):
    page = open_page("leg_cramps", T)
    pane, result = widget(page, "known"), widget(page, "result")
    for height in (1800, 900):
        page.set_viewport_size({"width": 1400, "height": height})
        ends = [
            part.evaluate("part => part.getBoundingClientRect().bottom") for part in (pane, result)
        ]
        assert ends[0] <= ends[1] + 1
        start = widget(page, "diagram-section").evaluate("part => part.getBoundingClientRect().top")
        assert start - ends[1] < 60
        assert pane.evaluate("part => part.scrollHeight > part.clientHeight")
    # And they stay while the page scrolls to the end of the answer.
    place = "part => part.getBoundingClientRect().toJSON()"
    here, answer = pane.evaluate(place), widget(page, "result").evaluate(place)
    apart = answer["bottom"] - here["bottom"]
    assert apart > 60  # the answer is the longer of the two
    page.mouse.move(1000, 500)
    page.mouse.wheel(0, here["top"] + apart - 60)
    expect(page.locator(".eg-disclaimer")).not_to_be_in_viewport()
    expect(pane).to_be_in_viewport(ratio=0.98)


def test_a_question_asked_next_is_in_sight_with_its_first_option_in_focus(open_page):
    page = open_page("leg_cramps", T)
    for width in (1400, 390):
        page.set_viewport_size({"width": width, "height": 844})
        button = widget(page, "ask-next").get_by_role("button").first
        name = button.inner_text()
        with step(page):
            button.click()
        row = page.get_by_role("radiogroup", name=re.compile(re.escape(name)))
        first = row.get_by_role("radio").first
        expect(first).to_be_focused()
        expect(first).to_be_in_viewport(ratio=1)
        with step(page):
            page.keyboard.press("Enter")
        expect(widget(page, "chips")).to_contain_text(f"{name}:")


def test_the_bar_of_a_narrow_screen_leads_to_the_answer(open_page):
    page = open_page("leg_cramps")
    bar, answer = page.locator(".eg-dock"), page.locator(".eg-headline")
    expect(bar).to_be_hidden()  # a wide screen has none, and one row of examples
    examples = widget(page, "example-buttons").get_by_role("button")
    expect(examples.first).to_be_visible()
    for width in (1024, 768, 650):  # in two rows none is cut off
        page.set_viewport_size({"width": width, "height": 900})
        expect(examples.last).to_be_in_viewport(ratio=1)
    page.set_viewport_size({"width": 390, "height": 844})
    expect(bar).to_contain_text(texts.DOCK_START)
    expect(examples.first).to_be_in_viewport(ratio=1)
    expect(answer).not_to_be_in_viewport()
    with step(page):
        examples.first.click()
    expect(bar).to_contain_text("had a part in leg cramps")
    address = page.url
    bar.click()
    expect(answer).to_be_in_viewport(ratio=1)
    expect(answer).to_be_focused()
    assert page.url == address  # the way back is not disturbed
    with step(page):
        page.go_back()
    expect(bar).to_contain_text(texts.DOCK_START)


def test_words_beside_a_switch_are_whole_on_a_narrow_screen(open_page):
    page = open_page("leg_cramps", T, start="Priors", width=390, height=844)
    words = widget(page, "tornado-on").locator("p")
    assert words.evaluate("p => p.scrollWidth <= p.parentElement.clientWidth")
    expect(words).to_have_css("white-space", "normal")


def test_what_warns_is_read_at_seven_to_one(open_page):
    from axe_playwright_python.sync_playwright import Axe

    page = open_page("leg_cramps", f"{T}~cold_pale_leg.present~urge_to_move_legs.present")
    expect(page.locator(".stAlert").first).to_be_visible()
    options = {"runOnly": {"type": "rule", "values": ["color-contrast-enhanced"]}}
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        themed(page, scheme)
        page.wait_for_function(STILL, timeout=PATIENCE)
        for where in (".stAlert", ".eg-flags"):
            if page.locator(where).count():
                found = Axe().run(page, context={"include": [[where]]}, options=options).response
                assert found["passes"], (scheme, where)
                wrong = [n["html"] for v in found["violations"] for n in v["nodes"]]
                assert wrong == [], (scheme, where)


CONTRAST = """path => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true })
  const light = colour => {
    canvas.fillStyle = colour
    canvas.fillRect(0, 0, 1, 1)
    const parts = [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map(v => v / 255)
    const [r, g, b] = parts.map(v => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const both = [light(getComputedStyle(path).stroke), light(getComputedStyle(document.querySelector(".stApp")).backgroundColor)]
  return (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05)
}"""


SCENARIOS = """() => {
  const table = document.createElement("table")
  table.className = "eg-rank eg-compare"
  document.body.append(table)
  const colour = kind => {
    const fill = document.createElement("i")
    fill.className = `eg-key-fill ${kind}`
    table.append(fill)
    const style = getComputedStyle(fill)
    return (style.backgroundImage + style.backgroundColor).match(/rgba?\\([^)]*\\)|color\\([^)]*\\)/)[0]
  }
  const found = ["had", "see"].map(mode => ["", ...[1, 2, 3, 4].map(k => `eg-${mode} eg-s${k}`)].map(colour))
  table.remove()
  return found
}"""


def test_arrows_borders_and_scenarios_are_seen_in_light_and_dark(open_page):
    page = open_page()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        themed(page, scheme)
        page.wait_for_function(STILL, timeout=PATIENCE)
        for part in (".arrow", ".node.implied .border"):
            drawn = widget(page, "diagram").locator(part).first
            assert drawn.evaluate(CONTRAST) >= 3, (scheme, part)
        for colours in page.evaluate(SCENARIOS):  # each has a colour of its own
            assert len(set(colours)) == 5, (scheme, colours)


BEHIND = """diagram => {
  const inside = (box, { x, y }) => x > box.left + 3 && x < box.right - 3 && y > box.top + 3 && y < box.bottom - 3
  const boxes = [...diagram.querySelectorAll(".node:not(.away) .border")].map(box => box.getBoundingClientRect())
  return [...diagram.querySelectorAll(".arrow")].filter(path => {
    const all = path.getTotalLength()
    return [...Array(100).keys()].some(k => {
      const point = path.getPointAtLength((all * k) / 99).matrixTransform(path.getScreenCTM())
      return boxes.some(box => inside(box, point))
    })
  }).length
}"""


def test_the_diagram_of_a_lesson_is_a_picture_on_a_laptop_and_a_list_on_a_phone(open_page):
    page = open_page(start="Learn", width=1280)
    diagram = widget(page, "diagram-learn")
    drawn = diagram.locator(".node:not(.away)")
    for lesson in map(learn.bundled, ("what_tells_of_what", "simpson", "supplement")):
        press(page, f"open.{lesson.name}", "Learn")
        if lesson.name == "supplement":
            break
        expect(drawn).to_have_count(len(answers.network(lesson.network).variables))
        # No arrow runs behind a box.
        assert diagram.locator("svg").evaluate(BEHIND) == 0, lesson.title
        press(page, "lesson-shelf", "Learn")
    count = len(lesson.steps[1].draw)
    for width, picture in ((1280, True), (390, False)):
        page.set_viewport_size({"width": width, "height": 844})
        seen, unseen = (".stage", ".list") if picture else (".list", ".stage")
        expect(diagram.locator(seen)).to_be_visible()
        expect(diagram.locator(unseen)).to_be_hidden()
        expect(diagram.locator(".list tbody th[scope=row]")).to_have_count(count)


def test_states_stand_in_one_order_in_panel_and_diagram(open_page):
    page = open_page("leg_cramps")
    node(page, "diuretic").click()
    buttons = widget(page, "diagram").locator(".panel button")  # beside a state how many are in it
    offered = buttons.evaluate_all("all => all.map(each => each.firstChild.textContent)")
    panel = widget(page, "w.diuretic").get_by_role("radio").all_inner_texts()
    assert offered[: len(panel)] == panel


def test_no_help_covers_the_tools_of_the_case(open_page):
    page = open_page("leg_cramps", T)
    chip(page, "age").hover()
    expect(page.get_by_role("tooltip")).to_have_count(0)
    ask(page, "Present")
    turn(page, "About")
    turn(page, "Explore")
    ready(page)


ROW = """table => {
  const width = part => part.getBoundingClientRect().width
  return [...table.querySelectorAll("tbody tr")].map(row => width(row.querySelector(".eg-track")) / width(row))
}"""
MARKS = """table => {
  const marks = [...table.querySelectorAll(".eg-marks span")].map(mark => mark.getBoundingClientRect())
  return marks.slice(1).every((mark, k) => mark.left >= marks[k].right + 4)
}"""
WIDTHS = (390, 641, 768, 1024, 1280, 1400)


def test_bars_take_two_fifths_of_a_row_at_every_width_and_the_axis_can_be_read(open_page):
    page = open_page("leg_cramps", T)
    table = widget(page, "result").locator(".eg-ranked")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert min(table.evaluate(ROW)) >= 0.4, width
        assert table.evaluate(MARKS), width
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
        row = table.locator("tbody tr").first
        inside = "row => [...row.children].every(cell => cell.scrollWidth <= cell.clientWidth + 1)"
        assert row.evaluate(inside), width


SHIFTS = """() => {
  window.shifts = []
  new PerformanceObserver(list => {
    for (const one of list.getEntries()) window.shifts.push(one.value)
  }).observe({ type: "layout-shift" })
}"""


CUT = "box => box.scrollHeight - box.clientHeight"


def test_nothing_moves_away_at_a_click_or_when_late_parts_arrive(open_page):
    network = eg.load("leg_cramps")
    asked = [name for name in inputs.asked_first(network) if labels.reading(network, name) is None]
    page = open_page("leg_cramps")
    page.evaluate(SHIFTS)
    second, first, *rest = asked[:5]  # the outcome is asked first, and entered after something else
    for width in (1400, 1024, 768, 390):
        page.set_viewport_size({"width": width, "height": 900})
        for name in (first, second, *((*rest, first) if width == 1400 else ())):
            choice = widget(page, f"w.{name}").get_by_role("radio").nth(1)
            choice.scroll_into_view_if_needed()
            page.evaluate("window.shifts = []")
            with step(page):
                choice.click()
            moved = sum(page.evaluate("window.shifts"))
            hidden = widget(page, "entered").evaluate(CUT)
            assert hidden <= 1, (width, name, hidden)  # all that is entered is in sight
            print(f"layout shift at {width} px, {name}: {moved:.3f}")
            assert moved < 0.05, (width, name, moved)
        press(page, "reset")


def test_a_bar_that_grew_is_longer_and_the_axis_goes_back_with_a_new_case(open_page):
    page = open_page("leg_cramps", "?case=leg_cramps~0~leg_cramps.present")
    last = widget(page, "result").locator(".eg-ranked .eg-marks span").last
    expect(last).to_have_text("25")
    choose(page, "diuretic", "Loop")
    press(page, "reset")
    expect(last).to_have_text("25")


def test_the_answer_stays_in_sight_while_the_diagram_is_read(open_page):
    page = open_page("leg_cramps", T)
    bar = page.locator(".eg-dock")
    expect(bar).to_be_hidden()
    widget(page, "diagram").scroll_into_view_if_needed()
    page.mouse.move(700, 500)
    page.mouse.wheel(0, 2000)
    expect(bar).to_be_in_viewport(ratio=1)
    expect(bar).to_contain_text("of 100 people like this")
    bar.click()
    expect(page.locator(".eg-headline")).to_be_in_viewport(ratio=1)
    expect(bar).to_be_hidden()


def test_the_answer_prints_on_a4_with_bars_and_without_buttons(open_page):
    page = open_page("leg_cramps", T)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 688, "height": 1016})  # A4 less its margins, at 96 a inch
    table = widget(page, "result").locator(".eg-ranked")
    assert min(table.evaluate(ROW)) >= 0.4
    for hidden in ("toolbar", "known", "pages", "views", "diagram-section"):
        expect(widget(page, hidden)).to_be_hidden()
    expect(page.locator(".eg-headline")).to_be_visible()
    expect(widget(page, "chips")).to_be_visible()
    assert 1 <= sheets(page) <= 2
    report = eg.load("leg_cramps").case(BUSY).report(draws=5)
    for form in (
        report.to_page("28 November 2026", page.url),
        report.to_patient("28 November 2026"),
    ):
        page.set_content(form)
        assert sheets(page) == 1  # for who treats, and for who is treated


def sheets(page):
    """How many sheets of A4 a page takes."""
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4")))
