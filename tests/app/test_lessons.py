"""Lessons: their networks grade them, and the answers are the known ones."""

from __future__ import annotations

import pytest
from tests.app.reading import turn

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
    assert any(texts.LEARN_WRONG in h.value for h in app.html)
    app.get_by_key(f"learn.{texts.LESSON_AWAY}.1").set_value("less").run()
    assert any(texts.LEARN_RIGHT in h.value for h in app.html)
    assert [i.value for i in app.info] == [texts.LESSON_AWAY_WHY]
    (link,) = app.get("link_button")
    opened = decode(link.proto.url.partition("=")[2])
    assert (opened.network, opened.case.findings) == ("asia", (("x_ray", "abnormal"),))
