"""The pages of a class: a student joins and answers, the teacher sets tasks and sees how far the room is."""

from __future__ import annotations

import os
from pathlib import Path

import streamlit as st

import etiograph as eg
from etiograph.formats.text import read_text
from etiograph.teaching.kinds import KINDS
from etiograph.teaching.lesson import Lesson
from etiograph.teaching.lesson_check import network_of
from etiograph.teaching.lesson_file import reads_lesson
from etiograph.teaching.posed import Given, Posed, grade

from . import answers, charts, current, downloads, learn, practice, progress, state, texts
from .kept import kept
from .markup import md
from .room import ADDRESS, Refused, Room, Standing, Task, room, table_of

SEAT = "seat"
TEACHER = "teacher"
LOOK = 3.0  # seconds after which a page looks whether the room has moved on
LESSONS = (
    "ETIOGRAPH_CLASS_LESSONS"  # files of the teacher's own, set by `etiograph explore --class`
)
NETWORKS = ("asia", "sprinkler", "simpson", "leg_cramps_small")


@kept
def _own(path: str) -> tuple[Lesson, eg.Network]:
    """A lesson of the teacher's own, under the name of its file, and its network."""
    file = Path(path)
    lesson = reads_lesson(read_text(file), path, file.name)
    return lesson, network_of(lesson, file.parent)


def taught() -> dict[str, tuple[Lesson, eg.Network | None]]:
    """What can be set, by name: the teacher's own lessons, then those that come with etiograph."""
    files = [path for path in os.environ.get(LESSONS, "").split(os.pathsep) if path]
    own = {Path(path).name: _own(path) for path in files}
    return {**own, **{lesson.name: (lesson, None) for lesson in learn.on_shelf()}}


def _networks() -> dict[str, str]:
    """Networks that exercises are made from, by the name results give them: the teacher's first."""
    own = current.started_with()
    name = str(answers.network(own).about.get("name") or Path(own).stem)
    return {name: own, **{each: each for each in NETWORKS if each != name}}


def page() -> bool:
    """Draw the class, if this server holds one; whether it did, and nothing else is to be drawn."""
    here = room()
    if here is None:
        return False
    secret = st.query_params.get(TEACHER, "")
    if secret and here.is_teacher(secret):
        _teacher(here)
        return True
    session = st.session_state
    key = session.get(SEAT) or st.query_params.get(SEAT, "")
    name = here.pseudonym(key)
    if name is None:
        _door(here)
        return True
    session[SEAT] = key
    if st.query_params.get(SEAT) != key:
        st.query_params[SEAT] = key  # so that a page that is opened again finds the same seat
    _student(here, key, name)
    return True


# -- students -------------------------------------------------------------------------------------


def _door(here: Room) -> None:
    st.html(charts.part(texts.CLASS_JOIN, texts.CLASS_JOIN_NOTE))
    with st.form("class-join", border=False):
        code = st.text_input(texts.CLASS_CODE, key="class-code", max_chars=12, width=300)
        name = st.text_input(texts.CLASS_NAME, key="class-name", max_chars=24, width=300)
        pressed = st.form_submit_button(texts.CLASS_ENTER, key="class-enter")
    if not pressed:
        return
    state.stay()
    try:
        st.session_state[SEAT] = here.join(code, name)
    except Refused as refused:
        st.error(texts.CLASS_REFUSED[str(refused)])
        return
    st.rerun()


def _student(here: Room, key: str, name: str) -> None:
    st.html(charts.note(texts.class_seat(name)))
    _watch(here, here.task.number)
    task = here.task
    if not task.number:
        st.info(texts.CLASS_WAIT)
    elif task.lesson:
        progress.open_lesson(task.lesson)
        _recall(here, key, task)
        lesson, network = taught()[task.lesson]
        number = {k: n for n, k in enumerate(learn.guesses(lesson), 1)}
        learn.show(
            lesson,
            lambda k, posed, given: _noted(here, key, k, number[k], posed, given),
            network,
        )
    else:
        _exercise(here, key, task)


def _recall(here: Room, key: str, task: Task) -> None:
    """A task that this page has not seen yet begins with what its seat has answered, mostly nothing."""
    session = st.session_state
    if session.get("class-task") != task.number:
        session["class-task"] = task.number
        session["class-answers"] = here.given(key)
        session["lesson-answers"][task.lesson] = dict(session["class-answers"])


def _exercise(here: Room, key: str, task: Task) -> None:
    network = answers.network(_networks()[task.network])
    found = practice.made(network, task.kind, task.seed)
    if isinstance(found, str):
        st.info(texts.no_exercise(md(found)))
        return
    _recall(here, key, task)
    given = st.session_state["class-answers"].get(0, ())

    def note(answer: Given) -> None:
        st.session_state["class-answers"][0] = (*given, answer)
        _noted(here, key, 0, 1, found.posed, answer)
        state.stay()

    practice.show(network, found, f"class.{task.number}", given, note)


def _noted(here: Room, key: str, step: int, number: int, posed: Posed, given: Given) -> None:
    here.note(key, step, number, given, texts.answered(posed, given), grade(posed, given).right)


@st.fragment(run_every=LOOK)
def _watch(here: Room, seen: int) -> None:
    """Looks whether another task was set."""
    if here.task.number != seen:
        state.stay()
        st.rerun()


# -- the teacher ----------------------------------------------------------------------------------


def _teacher(here: Room) -> None:
    st.html(charts.headline(texts.class_way_in(os.environ.get(ADDRESS, ""), here.code)))
    st.html(charts.part(texts.CLASS_TEACHER, texts.CLASS_TEACHER_NOTE))
    left, right = st.columns(2, gap="large")
    with left:
        every, networks = taught(), _networks()
        lesson = st.selectbox(
            texts.CLASS_LESSON,
            list(every),
            key="class-lesson",
            format_func=lambda name: every[name][0].title,
        )
        st.button(
            texts.CLASS_SET_LESSON,
            key="class-set-lesson",
            on_click=lambda: _set(here, Task(lesson=lesson or next(iter(every)))),
        )
        kind = st.selectbox(
            texts.PRACTICE_KIND, list(KINDS), key="class-kind", format_func=lambda k: KINDS[k].title
        )
        network = st.selectbox(texts.CLASS_NETWORK, list(networks), key="class-network")
        seed = st.number_input(texts.CLASS_SEED, 1, 9999, 1, key="class-seed")
        found = practice.made(answers.network(networks[network]), kind, int(seed))
        if isinstance(found, str):
            st.info(texts.no_exercise(md(found)))
        st.button(
            texts.CLASS_SET_EXERCISE,
            key="class-set-exercise",
            disabled=isinstance(found, str),
            on_click=lambda: _set(here, Task(kind=kind, network=network, seed=int(seed))),
        )
    with right:
        _board(here)


def _set(here: Room, task: Task) -> None:
    here.set_task(task)
    state.stay()


def _asked(task: Task) -> tuple[str, list[str]]:
    """What the task is called, and its questions in order."""
    if task.lesson:
        lesson, network = taught()[task.lesson]
        network = network or learn.network_of(lesson)
        steps = [lesson.steps[k] for k in learn.guesses(lesson)]
        return lesson.title, [learn.posed(network, step).text for step in steps]
    if not task.number:
        return "", []
    found = practice.made(answers.network(_networks()[task.network]), task.kind, task.seed)
    title = KINDS[task.kind].title
    return title, [] if isinstance(found, str) else [found.posed.text]


@st.fragment(run_every=LOOK)
def _board(here: Room) -> None:
    """How far the room is, by question; and the results to take away."""
    title, questions = _asked(here.task)
    st.html(charts.part(texts.class_now(title), texts.class_size(len(here))))
    standing = here.progress()
    rows: list[tuple[str, ...]] = [texts.CLASS_HEADS]
    for number, question in enumerate(questions, 1):
        now = standing.get(number, Standing(0, 0, ()))
        rows.append(
            (
                texts.class_question(number, question),
                texts.out_of(now.answered, len(here)),
                str(now.right),
                texts.class_wrong(now.wrong),
            )
        )
    if questions:
        st.html(charts.lines(rows))
    downloads.table(
        texts.CLASS_RESULTS,
        lambda: table_of(here.results()),
        "class-results.csv",
        "class-results",
    )


def serves() -> bool:
    """Whether this server holds a class."""
    return room() is not None
