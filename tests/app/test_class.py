"""A class: the room in memory, joining, coming back, results; nothing of it where none was asked for."""

from __future__ import annotations

import csv
import io
import re

import pytest
from tests.texts import LESSON

from etiograph.figures.files import csv_of
from explorer import classroom, room as rooms, texts
from explorer.room import Refused, Room, Standing, Task, table_of

pytestmark = pytest.mark.filterwarnings("ignore")  # Streamlit's own, under test


class Clock:
    """Seconds that move when told to."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def a_room():
    clock = Clock()
    return Room("CRAMPS", "secret", clock), clock


def test_one_joins_with_the_code_and_a_name_of_ones_own():
    room, _ = a_room()
    key = room.join(" cramps ", "  Blue   Owl ")
    assert room.pseudonym(key) == "Blue Owl"
    assert room.pseudonym("nobody") is None
    assert len(key) >= 20
    assert len(room) == 1


@pytest.mark.parametrize(
    ("code", "name", "why"),
    [
        ("WRONG", "owl", "code"),
        ("", "owl", "code"),
        ("CRAMPS", " \n\t", "name"),
        ("CRAMPS", "Owl", "taken"),
    ],
)
def test_joining_is_refused_with_its_reason(code, name, why):
    room, _ = a_room()
    room.join("CRAMPS", "owl")
    with pytest.raises(Refused) as refused:
        room.join(code, name)
    assert str(refused.value) == why
    assert str(refused.value) in texts.CLASS_REFUSED


def test_codes_cannot_be_tried_without_end_and_the_wait_ends():
    room, clock = a_room()
    for _ in range(rooms.MOST_TRIES):
        with pytest.raises(Refused, match="code"):
            room.join("WRONG", "owl")
    with pytest.raises(Refused, match="wait"):
        room.join("CRAMPS", "owl")
    clock.now = 61.0
    assert room.join("CRAMPS", "owl")


def test_a_room_is_not_larger_than_a_room():
    room, _ = a_room()
    for k in range(rooms.MOST_SEATS):
        room.join("CRAMPS", f"owl {k}")
    with pytest.raises(Refused, match="full"):
        room.join("CRAMPS", "one more")


def test_only_the_secret_makes_a_teacher():
    room, _ = a_room()
    assert room.is_teacher("secret")
    assert not room.is_teacher("")
    assert not room.is_teacher("CRAMPS")
    assert not Room("CRAMPS", "").is_teacher("")


def test_answers_are_counted_by_question_and_the_first_go_counts():
    room, clock = a_room()
    owl, fox = room.join("CRAMPS", "owl"), room.join("CRAMPS", "fox")
    room.note(owl, 0, 1, 0, "before any task", True)
    assert room.results() == ()
    room.set_task(Task(lesson="base_rates"))
    clock.now = 12.34
    room.note(owl, 2, 1, 0, "higher", False)
    room.note(owl, 2, 1, 0, "lower", True)
    room.note(fox, 2, 1, 0, "lower", True)
    room.note(fox, 4, 2, 0, "higher", True)
    room.note("nobody", 4, 2, 0, "higher", True)
    assert room.progress() == {
        1: Standing(2, 1, (("higher", 1),)),
        2: Standing(1, 1, ()),
    }
    assert [(r.pseudonym, r.question, r.right, r.seconds) for r in room.results()] == [
        ("owl", 1, False, 12.3),
        ("owl", 1, True, 12.3),
        ("fox", 1, True, 12.3),
        ("fox", 2, True, 12.3),
    ]
    room.set_task(Task(kind="had", network="asia", seed=3))
    assert room.progress() == {}
    assert len(room.results()) == 4


def test_nobody_fills_the_memory_by_clicking():
    room, _ = a_room()
    key = room.join("CRAMPS", "owl")
    room.set_task(Task(lesson="base_rates"))
    for _ in range(500):
        room.note(key, 2, 1, 0, "higher", False)
    assert len(room.results()) == 20


def test_results_are_a_table_without_formulas():
    room, _ = a_room()
    key = room.join("CRAMPS", "=cmd()")
    room.set_task(Task(lesson="base_rates"))
    room.note(key, 2, 1, 0, "+1, or so", True)
    rows = list(csv.reader(io.StringIO(csv_of(table_of(room.results())))))
    assert rows[0] == ["pseudonym", "task", "question", "answer", "right", "seconds"]
    assert rows[1] == ["'=cmd()", "1. base_rates", "1", "'+1, or so", "yes", "0.0"]


# -- on the page -----------------------------------------------------------------------------------


@pytest.fixture
def class_app(app_script, monkeypatch):
    """The explorer as a class; each call is another visitor of the same room."""
    from streamlit.testing.v1 import AppTest

    monkeypatch.setenv(rooms.CODE, "CRAMPS")
    monkeypatch.setenv(rooms.TEACHER, "secret")
    monkeypatch.setattr(rooms, "_room", [])

    def open_(**query):
        app = AppTest.from_file(str(app_script), default_timeout=240)
        for name, value in query.items():
            app.query_params[name] = value
        app.run()
        assert not app.exception
        return app

    return open_


def html(app):
    return "\n".join(h.value for h in app.html)


def joined(app, name, code="CRAMPS"):
    app.text_input(key="class-code").set_value(code)
    app.text_input(key="class-name").set_value(name)
    app.button[0].click().run()
    assert not app.exception
    return app


def test_without_a_code_there_is_no_class(open_app, networks, monkeypatch):
    monkeypatch.delenv(rooms.CODE, raising=False)
    assert rooms.room() is None
    app = open_app(networks / "clinic.toml")
    assert texts.CLASS_JOIN not in html(app)


def test_a_class_shows_nothing_but_the_class(class_app):
    app = class_app()
    assert texts.CLASS_JOIN in html(app)
    assert not app.get("page_link")
    assert not app.get("file_uploader")
    assert [b.key for b in app.button if b.key and not b.key.startswith("FormSubmitter")] in (
        [],
        ["class-enter"],
    )
    assert texts.CLASS_TEACHER not in html(class_app(teacher="wrong"))
    joined(app, "owl", "WRONG")
    assert app.error[0].value == texts.CLASS_REFUSED["code"]


def test_a_class_from_joining_to_results_and_back_after_a_lost_connection(class_app):
    owl = joined(class_app(), "owl")
    assert owl.info[0].value == texts.CLASS_WAIT
    teacher = class_app(teacher="secret")
    teacher.selectbox(key="class-lesson").set_value("explaining_away").run()
    teacher.button(key="class-set-lesson").click().run()
    assert "1 student has joined." in html(teacher)
    owl.run()
    owl.radio(key="learn.explaining_away.2").set_value(1).run()
    assert "Not quite." in html(owl)
    owl.radio(key="learn.explaining_away.2").set_value(0).run()
    back = class_app(seat=owl.query_params["seat"])
    assert "You are owl." in html(back)
    assert "Right: higher." in html(back)  # its seat has what it answered
    back.radio(key="learn.explaining_away.2").set_value(2).run()
    assert rooms.room().progress() == {1: Standing(1, 0, (("lower", 1),))}
    assert [r.answer for r in rooms.room().results()] == ["lower", "higher", "about the same"]
    assert not back.get("link_button")
    teacher.run()
    assert "<td>1 of 1</td><td>0</td><td>lower (1)</td>" in html(teacher)


def test_an_exercise_is_set_for_everybody(class_app):
    owl = joined(class_app(), "owl")
    rooms.room().set_task(Task(kind="base_rate", network="asia", seed=4))
    owl.run()
    (asked,) = owl.radio
    asked.set_value(0).run()
    assert rooms.room().results()[0].task == "1. base_rate asia seed 4"
    assert not owl.exception


def test_a_teachers_own_lesson_and_network_are_set(class_app, monkeypatch, tmp_path):
    from etiograph import formats, load

    (tmp_path / "wet.toml").write_text(LESSON, "utf-8")
    formats.write(load("sprinkler"), tmp_path / "mine.bif")
    monkeypatch.setenv("ETIOGRAPH_NETWORK", str(tmp_path / "mine.bif"))
    monkeypatch.setenv(classroom.LESSONS, str(tmp_path / "wet.toml"))
    owl = joined(class_app(), "owl")
    teacher = class_app(teacher="secret")
    assert teacher.selectbox(key="class-lesson").options[0] == "Mine"
    teacher.button(key="class-set-lesson").click().run()
    owl.run()
    owl.radio(key="learn.wet.toml.0").set_value(0).run()
    assert "Right: higher." in html(owl)
    teacher.selectbox(key="class-kind").set_value("base_rate").run()
    assert teacher.selectbox(key="class-network").value == "sprinkler"
    teacher.button(key="class-set-exercise").click().run()
    owl.run()
    (asked,) = owl.radio
    asked.set_value(0).run()
    assert [(row.task, row.question) for row in rooms.room().results()] == [
        ("1. wet.toml", 1), ("2. base_rate sprinkler seed 1", 1)
    ]  # fmt: skip


def test_the_code_of_a_class_is_easy_to_type():
    from etiograph.commands.teach import class_code

    codes = {class_code() for _ in range(50)}
    assert len(codes) == 50
    assert all(re.fullmatch("[ABCDEFGHJKMNPQRSTUVWXYZ23456789]{6}", code) for code in codes)
