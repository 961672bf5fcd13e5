"""Lessons: a shelf, and a lesson step by step. A lesson is a file; a new one needs no code."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

import etiograph as eg
from etiograph.resources import lesson_path, lessons
from etiograph.teaching.exercise import Exercise, exercise
from etiograph.teaching.lesson import (
    LEVELS,
    Lesson,
    Step,
    in_order,
    last_world,
    pose,
    rendered,
)
from etiograph.teaching.lesson_file import read_lesson, reads_lesson
from etiograph.teaching.posed import Given, Posed, grade

from . import (
    answers,
    asking,
    charts,
    current,
    graph,
    opening,
    practice,
    progress,
    state,
    stepwise,
    texts,
)
from .cases import CaseValue, Link, Pairs, encode
from .kept import kept
from .markup import md

ASKS = ("guess", "exercise")
LAMP = ":material/lightbulb:"
MOST_BYTES = 100_000  # of a lesson from a file


@kept
def bundled(name: str) -> Lesson:
    """A lesson that comes with etiograph."""
    return read_lesson(lesson_path(name))


@kept
def _own(name: str, text: str) -> Lesson:
    return reads_lesson(text, name)


@kept
def posed(network: eg.Network, step: Step) -> Posed:
    """A question with its key."""
    return made(network, step).posed if step.kind == "exercise" else pose(network, step)


@kept
def made(network: eg.Network, step: Step) -> Exercise:
    """The exercise of a step."""
    return exercise(_exercise_on(network, step), step.exercise, step.seed)


def _exercise_on(network: eg.Network, step: Step) -> eg.Network:
    """The network of an exercise: that of the lesson, or the one it names."""
    return answers.network(step.network) if step.network else network


@kept
def said(network: eg.Network, text: str) -> str:
    """A text with the numbers of the network in it."""
    return rendered(network, text)


def page() -> None:
    """The shelf, or the lesson that is open."""
    progress.start(lambda name: name in lessons())
    lesson = _opened()
    progress.finish()
    if lesson is None:
        shelf()
        return
    st.button(
        texts.LEARN_SHELF,
        key="lesson-shelf",
        icon=":material/arrow_back:",
        on_click=progress.open_lesson,
        args=("",),
    )
    show(lesson)


def _opened() -> Lesson | None:
    name, own = progress.opened(), progress.own()
    if own is not None:
        return _own(*own)
    return bundled(name) if name in lessons() else None


def shelf() -> None:
    """All lessons by level, with how long they take and what comes before them; and a way to one's own."""
    every = on_shelf()
    titles = {lesson.name: lesson.title for lesson in every}
    st.html(charts.note(texts.LEARN_NOTE))
    for column, level in zip(st.columns(len(LEVELS), gap="large"), LEVELS, strict=True):
        with column:
            st.html(charts.part(texts.capital(level)))
            for lesson in (each for each in every if each.level == level):
                _spine(lesson, titles)
    with st.container(key="practice"):
        practice.section()
    with st.container(key="stepwise"):
        stepwise.section()
    with st.expander(texts.LEARN_OWN, icon=":material/upload_file:", key="lesson-file"):
        upload()


def on_shelf() -> tuple[Lesson, ...]:
    """All bundled lessons, the easiest first."""
    return in_order([bundled(name) for name in lessons()])


def _spine(lesson: Lesson, titles: dict[str, str]) -> None:
    done = len(progress.answers(lesson.name).keys() & set(guesses(lesson)))
    st.button(
        md(lesson.title),
        key=f"open.{lesson.name}",
        icon=":material/check:" if done == len(guesses(lesson)) else ":material/school:",
        on_click=progress.open_lesson,
        args=(lesson.name,),
        width="stretch",
    )
    needs = [titles[name] for name in lesson.needs if name in titles]
    st.html(
        charts.note(texts.on_shelf(lesson.minutes, needs, done, len(guesses(lesson))), small=True)
    )


def guesses(lesson: Lesson) -> list[int]:
    """Places of the steps that ask something."""
    return [k for k, step in enumerate(lesson.steps) if step.kind in ASKS]


def upload() -> None:
    """Open a lesson from a file; a bad one leaves everything as it is, and says file and line."""
    st.html(charts.note(texts.LEARN_OWN_NOTE, small=True))
    st.file_uploader(
        texts.LEARN_UPLOAD, type=["toml"], key="lesson-upload", max_upload_size=1, on_change=_given
    )
    problem = st.session_state.pop("lesson-problem", None)
    if problem:
        st.error(md(problem), title=texts.UPLOAD_REFUSED)


def _given() -> None:
    from etiograph.formats.text import decode

    given = st.session_state.get("lesson-upload")
    state.stay()
    if given is None:
        return
    try:
        text = decode(given.getvalue(), given.name, max_bytes=MOST_BYTES)
        lesson = _own(given.name, text)
        network = network_of(lesson)
        for step in lesson.steps:
            if step.kind in ASKS:
                posed(network, step)
            said(network, step.text)
    except eg.EtiographError as error:
        st.session_state["lesson-problem"] = str(error)
        return
    progress.open_own(given.name, text)


def network_of(lesson: Lesson) -> eg.Network:
    """The network of a lesson: the one that is open, if it has this name, else a bundled one."""
    if progress.own() is not None and current.identity() == lesson.network:
        return current.shipped()
    return eg.load(lesson.network) if lesson.network not in eg.networks() else answers.network(
        lesson.network
    )  # fmt: skip


Note = Callable[[int, Posed, Given], None]
"""Takes step, question and answer, beside the page's own progress."""


def show(lesson: Lesson, note: Note | None = None, network: eg.Network | None = None) -> None:
    """The steps as far as they are answered; the diagram beside them.

    In a class `note` takes every answer, and there is no way to other pages.
    """
    try:
        network = network or network_of(lesson)
    except eg.EtiographError:
        st.info(f"{texts.LEARN_MISSING} {md(lesson.network)}")
        return
    progress.keep(lesson.name, partial(_sound, network, lesson))
    st.html(f'<h2 class="eg-part">{charts.esc(lesson.title)}</h2>')
    with st.container(key="lesson"):
        left, right = st.columns([2, 3], gap="large")
    with left:
        world = _steps(network, lesson, note)
    with right:
        _picture(network, *world)


def _sound(network: eg.Network, lesson: Lesson, k: int, given: Given) -> bool:
    """Whether an answer, which may come from a link, is one to this step."""
    if k not in guesses(lesson):
        return False
    try:
        grade(posed(network, lesson.steps[k]), given)
    except ValueError:
        return False
    return True


World = tuple[str, str, Pairs, Pairs, tuple[str, ...]]
"""What the diagram is called, kind, findings and changes of the world it shows, what is drawn."""


def _steps(network: eg.Network, lesson: Lesson, note: Note | None) -> World:
    """Draw the steps up to the first open question; the world the last of them speaks of."""
    given, asked = progress.answers(lesson.name), guesses(lesson)
    drawn: tuple[str, ...] = next((step.draw for step in lesson.steps if step.draw), ())
    world: World = (texts.LEARN_AS_IS, "see", (), (), drawn)
    for k, step in enumerate(lesson.steps):
        drawn = step.draw or drawn
        if step.kind in ASKS:
            number = asked.index(k) + 1
            st.html(charts.part(texts.question_of(number, len(asked), k in given)))
            if step.kind == "exercise":
                _exercise(network, lesson, k, note)
            else:
                world = _question(network, lesson, k, drawn, note) or world
            if k not in given:
                if len(asked) > number:
                    st.html(charts.note(texts.LEARN_WAIT, small=True))
                return world
        elif step.kind == "why":
            st.info(texts.md_numbers(said(network, step.text)), title=texts.LEARN_WHY, icon=LAMP)
        else:
            st.markdown(texts.md_numbers(said(network, step.text)))
        if step.kind == "look":
            world = (texts.LEARN_AS_IS, *_case(step), drawn)
        if step.kind == "try" and note is None:
            _try(network, lesson, step)
    _end(lesson, network)
    return world


def _case(step: Step) -> tuple[str, Pairs, Pairs]:
    return (
        "do" if step.changes else "see",
        tuple(step.findings.items()),
        tuple(step.changes.items()),
    )


def _question(
    network: eg.Network, lesson: Lesson, k: int, drawn: tuple[str, ...], note: Note | None
) -> World | None:
    """One guess; the world it speaks of, as far as that is told."""
    step = lesson.steps[k]
    question, given = posed(network, step), progress.answers(lesson.name).get(k, ())
    verdict = asking.show(
        question, _key(lesson, k), given, partial(_taken, lesson.name, k, question, note)
    )
    told = verdict is not None
    if question.shown:
        first = 1 if step.answer == "direction" else 0  # what a direction is compared with
        rows = [(texts.capital(n), p if told or j < first else None)
                for j, (n, p) in enumerate(question.shown)]  # fmt: skip
        st.html(charts.plain(rows, texts.LEARN_CAPTION))
    asked = last_world(network, step)
    if asked is None or not told:
        return None
    label = step.labels[-1] if step.labels else question.key
    return label, asked.kind, tuple(asked.findings.items()), tuple(asked.changes.items()), drawn


def _exercise(network: eg.Network, lesson: Lesson, k: int, note: Note | None) -> None:
    """The exercise at the end, on the network of the lesson or another one."""
    step = lesson.steps[k]
    given = progress.answers(lesson.name).get(k, ())
    one = made(network, step)
    if step.text:
        st.markdown(texts.md_numbers(said(network, step.text)))
    take = partial(_taken, lesson.name, k, one.posed, note)
    practice.show(_exercise_on(network, step), one, _key(lesson, k), given, take)


def _taken(name: str, k: int, question: Posed, note: Note | None, given: Given) -> None:
    progress.answer(name, k, given)
    if note is not None:
        note(k, question, given)


def _try(network: eg.Network, lesson: Lesson, step: Step) -> None:
    case = CaseValue(tuple(step.findings.items()))
    address = encode(Link(lesson.network, network.digest()[:8], case))
    st.link_button(
        texts.LESSON_OPEN, f"/?{opening.PARAMETER}={address}", icon=":material/open_in_new:"
    )


def _end(lesson: Lesson, network: eg.Network) -> None:
    """How many first answers were right, and the way back to the start."""
    given = progress.answers(lesson.name)
    first = [grade(posed(network, lesson.steps[k]), given[k][0]).right for k in guesses(lesson)]
    st.html(charts.part(texts.learn_score(sum(first), len(first))))
    st.button(texts.LEARN_AGAIN, key="learn-again", on_click=_again, args=(lesson,))


def _again(lesson: Lesson) -> None:
    for k in guesses(lesson):
        asking.clear(_key(lesson, k))
    progress.again(lesson.name)


def _key(lesson: Lesson, k: int) -> str:
    """Of the widget that takes the answer to a step."""
    return f"learn.{lesson.name}.{k}"


def _picture(
    network: eg.Network, label: str, kind: str, findings: Pairs, changes: Pairs,
    drawn: tuple[str, ...],
) -> None:  # fmt: skip
    """The network, or the part of it the lesson is about, in the world a question speaks of."""
    now = answers.world(network, kind, findings, changes)
    st.html(charts.part(texts.LEARN_PICTURE, texts.learn_world(label, bool(changes))))
    graph.show(
        network,
        now,
        answers.posterior(network, ()),
        changes=dict(changes),
        key="diagram-learn",
        fixed=True,
        findings=findings,
        names=drawn,
    )
