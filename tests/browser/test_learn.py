"""The Learn page in a browser: a whole lesson, exercises on the network at hand, a class of three."""

from __future__ import annotations

import re

from playwright.sync_api import expect
from tests.browser.conftest import CLINIC
from tests.browser.steps import focus_by_keys, pick, press, step, violations, widget
from tests.serving import Server

from etiograph.teaching.exercise import exercise
from etiograph.teaching.kinds import KINDS
from explorer import answers, learn, texts

LEARN = "Learn"


def choose(page, key, k, name=LEARN):
    """Pick the k-th answer of a question."""
    with step(page, name):
        widget(page, key).get_by_role("radio").nth(k).check(force=True)


def right_place(posed):
    return next(k for k, option in enumerate(posed.options) if option.right)


def verdicts(page):
    return page.locator(".eg-verdict")


def test_a_whole_lesson_with_mouse_begun_on_a_laptop_and_ended_on_a_phone(open_page):
    page = open_page(start=LEARN, width=1280, height=844)
    press(page, "open.explaining_away", LEARN)
    lesson, network = learn.bundled("explaining_away"), answers.network("asia")
    assert violations(page) == {}
    first, *rest = learn.guesses(lesson)
    choose(page, f"learn.{lesson.name}.{first}", 1)
    expect(verdicts(page)).to_contain_text(
        "Not quite. Lung cancer makes an abnormal X-ray more common"
    )
    page.set_viewport_size({"width": 390, "height": 844})
    assert violations(page) == {}
    choose(page, f"learn.{lesson.name}.{first}", 0)
    expect(verdicts(page)).to_contain_text("Right: higher.")
    for k in rest:
        posed = learn.posed(network, lesson.steps[k])
        choose(page, f"learn.{lesson.name}.{k}", right_place(posed))
    expect(verdicts(page)).to_have_count(3)
    expect(page.get_by_text(texts.learn_score(2, 3))).to_be_visible()
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        assert violations(page) == {}
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
    assert re.search(r"lesson=explaining_away~2\.c0~3\.c1~6\.c\d", page.url)
    other = open_page(start=LEARN, query="?" + page.url.partition("?")[2])
    expect(other.get_by_text(texts.learn_score(3, 3))).to_be_visible()


def test_a_lesson_is_done_with_keys_alone(open_page):
    page = open_page(start=LEARN)
    button = widget(page, "open.base_rates").get_by_role("button")
    focus_by_keys(page, button)
    with step(page, LEARN):
        page.keyboard.press("Enter")
    asked = widget(page, "learn.base_rates.2")
    focus_by_keys(page, asked)
    with step(page, LEARN):
        page.keyboard.press("Space")
    expect(verdicts(page)).to_have_count(1)


TURNED = "?case=simpson~0"  # an opened link: this network has what the other lacks


def test_an_exercise_of_each_kind(open_page):
    """Every kind is picked and answered wrongly, and gets the reason of that mistake; the last one then rightly."""
    # So high that nothing scrolls: an open list closes when the page does.
    clinic = open_page(start=LEARN, height=3000)
    turned = open_page(start=LEARN, query=TURNED, height=3000)
    ranges = open_page(start=LEARN, query="?case=leg_cramps~0", height=3000)
    others = {
        "simpson": ("simpson", turned),
        "see_or_do": ("simpson", turned),
        "sensitivity": ("leg_cramps", ranges),
    }
    for kind in KINDS:
        name, page = others.get(kind, (CLINIC, clinic))
        pick(page, "practice-kind", f"{KINDS[kind].title}: {KINDS[kind].aim}", LEARN)
        posed = exercise(answers.network(str(name)), kind, 1).posed
        asked = widget(page, "practice").get_by_role("radiogroup")
        expect(asked).to_have_count(1)
        wrong = next(k for k, option in enumerate(posed.options) if not option.right)
        with step(page, LEARN):
            asked.get_by_role("radio").nth(wrong).check(force=True)
        expect(verdicts(page)).to_contain_text(posed.options[wrong].reason)
    with step(page, LEARN):
        asked.get_by_role("radio").nth(right_place(posed)).check(force=True)
    expect(verdicts(page)).to_contain_text("Right: ")
    seen = widget(turned, "practice").locator(
        ".eg-figure img"
    )  # what no test without a browser sees
    expect(seen).to_be_visible()
    assert seen.evaluate("image => image.complete && image.naturalWidth > 0")
    assert violations(ranges) == {}  # the last kind has a table, the other pages a diagram, too
    assert violations(turned) == {}


def test_a_class_of_three(open_page, tmp_path):
    server = Server(
        "sprinkler",
        tmp_path / "log.txt",
        {"ETIOGRAPH_CLASS": "CRAMPS", "ETIOGRAPH_CLASS_TEACHER": "secret"},
    ).wait()
    try:
        teacher = open_page(server=server, query="?teacher=secret", start=LEARN)
        students = []
        for name in ("owl", "fox", "hare"):
            page = open_page(server=server, start=LEARN, width=390, height=844)
            widget(page, "class-code").get_by_role("textbox").fill("CRAMPS")
            widget(page, "class-name").get_by_role("textbox").fill(name)
            page.get_by_role("button", name=texts.CLASS_ENTER, exact=True).click()
            expect(page.get_by_text(texts.class_seat(name))).to_be_visible()
            students.append(page)
        assert violations(students[0]) == {}
        expect(teacher.get_by_text(texts.class_size(3))).to_be_visible()
        pick(teacher, "class-lesson", learn.bundled("explaining_away").title, LEARN)
        widget(teacher, "class-set-lesson").get_by_role("button").click()
        for k, page in enumerate(students):  # each page goes on by itself
            asked = widget(page, "learn.explaining_away.2").get_by_role("radio")
            expect(asked).to_have_count(3)
            asked.nth(0 if k < 2 else 1).check(force=True)
            expect(verdicts(page)).to_have_count(1)
        row = teacher.get_by_role("row", name="3 of 3 2 lower (1)")
        expect(row).to_be_visible()
        # One loses the connection and comes back by the address of its page.
        address = students[2].url
        students[2].close()
        again = open_page(server=server, query="?" + address.partition("?")[2], start=LEARN)
        expect(again.get_by_text(texts.class_seat("hare"))).to_be_visible()
        expect(verdicts(again)).to_have_count(1)
        with teacher.expect_download() as coming:
            widget(teacher, "class-results").get_by_role("button").click()
        lines = coming.value.path().read_text("utf-8").splitlines()
        assert lines[0] == "pseudonym,task,question,answer,right,seconds"
        assert [line.split(",")[0] for line in lines[1:]] == ["owl", "fox", "hare"]
        assert violations(teacher) == {}
        assert "owl" not in (tmp_path / "log.txt").read_text("utf-8")
        assert {p.name for p in tmp_path.iterdir()} == {"log.txt"}  # nothing is written
        for page in (teacher, *students[:2], again):
            page.close()  # else they go on asking a server that is gone
    finally:
        server.stop()
