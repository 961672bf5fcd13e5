"""Lessons: their networks grade them, and the answers are the known ones."""

from __future__ import annotations

import re

import pytest
from tests.app.reading import diagram, turn

from explorer import answers, labels, learn, texts
from explorer.cases import decode

pytestmark = pytest.mark.filterwarnings("ignore")  # Streamlit's own, under test

RIGHT = {
    texts.LESSON_SUPPLEMENT: ["more", "same"],
    texts.LESSON_WORLDS: ["less", "same", "less"],
    texts.LESSON_BASE: ["less", "more"],
    texts.LESSON_AWAY: ["more", "less"],
    texts.LESSON_SIMPSON: ["less", "more", "more", "more"],
    texts.LESSON_TELLS: ["less", "same", "less"],
}


@pytest.mark.parametrize("lesson", learn.LESSONS, ids=lambda lesson: lesson.title)
def test_every_question_has_the_answer_the_lesson_tells(lesson):
    network = answers.network(lesson.network)
    found = [
        learn.right_answer(learn.number(network, q.first), learn.number(network, q.second))
        for q in lesson.questions
    ]
    assert found == RIGHT[lesson.title]


@pytest.mark.parametrize("lesson", learn.LESSONS, ids=lambda lesson: lesson.title)
def test_every_lesson_opens_a_case_its_network_knows(lesson):
    network = answers.network(lesson.network)
    assert lesson.case
    assert not any(labels.refusal(network, *pair) for pair in lesson.case)


def test_a_lesson_goes_on_after_a_guess_and_ends_with_the_reason_and_the_case(open_app, networks):
    app = turn(open_app(networks / "clinic.toml"), "learn")
    app.get_by_key("lesson").set_value(texts.LESSON_AWAY).run()
    assert not app.info
    app.get_by_key(f"learn.{texts.LESSON_AWAY}.0").set_value("less").run()
    assert any(f"{texts.LEARN_WRONG}: it is not lower but higher." in h.value for h in app.html)
    app.get_by_key(f"learn.{texts.LESSON_AWAY}.1").set_value("less").run()
    assert any(f"{texts.LEARN_RIGHT}: it is lower." in h.value for h in app.html)
    assert app.info[0].proto.title == texts.learn_score(1, 2)
    assert [i.value for i in app.info] == [texts.LESSON_AWAY_WHY]
    (link,) = app.get("link_button")
    opened = decode(link.proto.url.partition("=")[2])
    assert (opened.network, opened.case.findings) == ("asia", (("x_ray", "abnormal"),))
    app.button(key="learn-again").click().run()
    assert not app.info
    assert not app.exception


def test_the_second_number_is_shown_after_the_guess_only(open_app, networks):
    app = turn(open_app(networks / "clinic.toml"), "learn")
    app.get_by_key("lesson").set_value(texts.LESSON_WORLDS).run()
    (rows,) = [h.value for h in app.html if "<table" in h.value]
    assert rows.count('class="eg-fill"') == 1
    assert ">?</td>" in rows
    app.get_by_key(f"learn.{texts.LESSON_WORLDS}.0").set_value("less").run()
    first, second = (h.value for h in app.html if "<table" in h.value)
    assert first.count('class="eg-fill"') == 2
    assert ">?</td>" not in first
    assert ">?</td>" in second


def test_the_diagram_shows_the_world_of_the_question(open_app, networks):
    app = turn(open_app(networks / "clinic.toml"), "learn")
    app.get_by_key("lesson").set_value(texts.LESSON_SUPPLEMENT).run()
    shown = diagram(app, "diagram-learn")
    assert {node["id"] for node in shown["nodes"]} == set(learn.LESSONS[0].drawn)
    assert shown["cut"] == []
    for number in (0, 1):
        key = f"learn.{texts.LESSON_SUPPLEMENT}.{number}"
        app.get_by_key(key).set_value("more").run()
    assert diagram(app, "diagram-learn")["cut"] == ["magnesium_supplement"]
    assert not app.exception


def test_all_questions_are_seen_from_the_start_and_the_done_ones_are_marked(open_app, networks):
    app = turn(open_app(networks / "clinic.toml"), "learn")
    app.get_by_key("lesson").set_value(texts.LESSON_WORLDS).run()

    def headed():
        return [h.value for h in app.html if "Question " in h.value]

    assert [texts.question_of(k, 3) in page for k, page in enumerate(headed(), 1)] == [True] * 3
    assert [texts.LEARN_WAIT in page for page in headed()] == [False, True, True]
    assert not any("done" in page for page in headed())
    app.get_by_key(f"learn.{texts.LESSON_WORLDS}.0").set_value("more").run()
    assert texts.question_of(1, 3, done=True) in headed()[0]
    assert [texts.LEARN_WAIT in page for page in headed()] == [False, False, True]


@pytest.mark.parametrize("view", ["learn", "about"])
def test_pages_that_show_no_case_have_no_tools_for_it(open_app, networks, view):
    app = turn(open_app(networks / "clinic.toml", "clinic~0~tablet.yes"), view)
    assert not {"undo", "redo", "reset"} & {button.key for button in app.button}
    titled = next(h.value for h in app.html if "<h1" in h.value)
    assert (texts.LEARN_TITLE in titled) == (view == "learn")
    turn(app, "explore")
    assert app.button(key="undo")


@pytest.mark.parametrize("lesson", learn.LESSONS, ids=lambda lesson: lesson.title)
def test_numbers_told_in_a_lesson_are_those_of_its_network(lesson):
    network = answers.network(lesson.network)
    told = [int(n) for n in re.findall(r"(\d+) of 100", lesson.story + lesson.why)]
    told += [int(n) for q in lesson.questions for n in re.findall(r"(\d+) of 100", q.text)]
    asked = {
        round(100 * learn.number(network, a)) for q in lesson.questions for a in (q.first, q.second)
    }
    asked |= {round(100 * p) for s in answers.posterior(network, ()).p.values() for p in s.values()}
    assert set(told) <= asked
