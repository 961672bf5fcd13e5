"""Lessons: guess, then the network answers. A lesson is data; a new one needs no new code."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

import etiograph as eg

from . import answers, charts, graph, state, texts
from .cases import CaseValue, Link, Pairs, encode

LAMP = ":material/lightbulb:"
SAME = 0.02  # closer than 2 of 100 counts as about the same


@dataclass(frozen=True, slots=True)
class Ask:
    """One number: an event in a world (see, do or had)."""

    label: str
    event: tuple[str, str]
    findings: Pairs = ()
    changes: Pairs = ()
    kind: str = "see"


@dataclass(frozen=True, slots=True)
class Question:
    """Is the second number higher or lower than the first?"""

    text: str
    first: Ask
    second: Ask


@dataclass(frozen=True, slots=True)
class Lesson:
    """A story on a bundled network, questions, and the reason, told after the last answer.

    `case` are the findings of the person one may look at oneself, `drawn` the variables of the diagram
    where the whole network is too large to be seen at once.
    """

    title: str
    network: str
    story: str
    questions: tuple[Question, ...]
    why: str
    case: Pairs = ()
    drawn: tuple[str, ...] = ()


_OLD: Pairs = (("age", "65_and_over"),)
_CRAMPS = ("leg_cramps", "present")
_TAKES, _NOT = ("magnesium_supplement", "yes"), ("magnesium_supplement", "no")
_CLOUDS, _WET = ("cloudy", "yes"), ("wet_grass", "yes")
_ON, _OFF = ("sprinkler", "on"), ("sprinkler", "off")
_RAIN = ("rain", "yes")
_SHADOW, _TB, _CANCER = (
    ("x_ray", "abnormal"),
    ("tuberculosis", "present"),
    ("lung_cancer", "present"),
)
_WELL = ("success", "yes")
_PUNCTURE, _SURGERY = ("treatment", "puncture"), ("treatment", "open_surgery")

LESSONS = (
    Lesson(
        texts.LESSON_SUPPLEMENT,
        "leg_cramps",
        texts.LESSON_SUPPLEMENT_STORY,
        (
            Question(
                texts.LESSON_SUPPLEMENT_SEE,
                Ask(texts.SEE_NOT, _CRAMPS, (*_OLD, _NOT)),
                Ask(texts.SEE_TAKES, _CRAMPS, (*_OLD, _TAKES)),
            ),
            Question(
                texts.LESSON_SUPPLEMENT_DO,
                Ask(texts.DO_NOT, _CRAMPS, _OLD, (_NOT,), "do"),
                Ask(texts.DO_TAKES, _CRAMPS, _OLD, (_TAKES,), "do"),
            ),
        ),
        texts.LESSON_SUPPLEMENT_WHY,
        (*_OLD, _TAKES),
        (
            "age",
            "cramp_tendency",
            "diuretic",
            "long_standing_cramps",
            "magnesium_supplement",
            "magnesium_depletion",
            "leg_cramps",
        ),
    ),
    Lesson(
        texts.LESSON_WORLDS,
        "sprinkler",
        texts.LESSON_WORLDS_STORY,
        (
            Question(
                texts.LESSON_WORLDS_SEE,
                Ask(texts.CLOUDS_BEFORE, _CLOUDS),
                Ask(texts.CLOUDS_SEEN, _CLOUDS, (_ON,)),
            ),
            Question(
                texts.LESSON_WORLDS_DO,
                Ask(texts.CLOUDS_BEFORE, _CLOUDS),
                Ask(texts.CLOUDS_DONE, _CLOUDS, (), (_ON,), "do"),
            ),
            Question(
                texts.LESSON_WORLDS_HAD,
                Ask(texts.WET_IS, _WET, (_ON, _WET)),
                Ask(texts.WET_HAD, _WET, (_ON, _WET), (_OFF,), "had"),
            ),
        ),
        texts.LESSON_WORLDS_WHY,
        (_ON, _WET),
    ),
    Lesson(
        texts.LESSON_BASE,
        "asia",
        texts.LESSON_BASE_STORY,
        (
            Question(
                texts.LESSON_BASE_TURN,
                Ask(texts.TB_XRAY, _SHADOW, (_TB,)),
                Ask(texts.XRAY_TB, _TB, (_SHADOW,)),
            ),
            Question(
                texts.LESSON_BASE_VISIT,
                Ask(texts.XRAY_TB, _TB, (_SHADOW,)),
                Ask(texts.TB_VISIT, _TB, (("visit_to_asia", "yes"), _SHADOW)),
            ),
        ),
        texts.LESSON_BASE_WHY,
        (_SHADOW,),
    ),
    Lesson(
        texts.LESSON_AWAY,
        "asia",
        texts.LESSON_AWAY_STORY,
        (
            Question(
                texts.LESSON_AWAY_FIRST,
                Ask(texts.CANCER_BEFORE, _CANCER),
                Ask(texts.CANCER_XRAY, _CANCER, (_SHADOW,)),
            ),
            Question(
                texts.LESSON_AWAY_THEN,
                Ask(texts.CANCER_XRAY, _CANCER, (_SHADOW,)),
                Ask(texts.CANCER_AWAY, _CANCER, (_TB, _SHADOW)),
            ),
        ),
        texts.LESSON_AWAY_WHY,
        (_SHADOW,),
    ),
    Lesson(
        texts.LESSON_SIMPSON,
        "simpson",
        texts.LESSON_SIMPSON_STORY,
        (
            *(
                Question(
                    text,
                    Ask(texts.PUNCTURE, _WELL, (*stones, _PUNCTURE)),
                    Ask(texts.SURGERY, _WELL, (*stones, _SURGERY)),
                )
                for text, stones in (
                    (texts.LESSON_SIMPSON_ALL, ()),
                    (texts.LESSON_SIMPSON_SMALL, (("stone_size", "small"),)),
                    (texts.LESSON_SIMPSON_LARGE, (("stone_size", "large"),)),
                )
            ),
            Question(
                texts.LESSON_SIMPSON_DO,
                Ask(texts.DO_PUNCTURE, _WELL, (), (_PUNCTURE,), "do"),
                Ask(texts.DO_SURGERY, _WELL, (), (_SURGERY,), "do"),
            ),
        ),
        texts.LESSON_SIMPSON_WHY,
        (_SURGERY,),
    ),
    Lesson(
        texts.LESSON_TELLS,
        "sprinkler",
        texts.LESSON_TELLS_STORY,
        (
            Question(
                texts.LESSON_TELLS_OPEN,
                Ask(texts.RAIN_BEFORE, _RAIN),
                Ask(texts.RAIN_ON, _RAIN, (_ON,)),
            ),
            Question(
                texts.LESSON_TELLS_SHUT,
                Ask(texts.RAIN_CLOUDS, _RAIN, (_CLOUDS,)),
                Ask(texts.RAIN_CLOUDS_ON, _RAIN, (_CLOUDS, _ON)),
            ),
            Question(
                texts.LESSON_TELLS_MEET,
                Ask(texts.RAIN_WET, _RAIN, (_CLOUDS, _WET)),
                Ask(texts.RAIN_WET_ON, _RAIN, (_CLOUDS, _ON, _WET)),
            ),
        ),
        texts.LESSON_TELLS_WHY,
        (_CLOUDS, _WET),
    ),
)


def number(network: eg.Network, ask: Ask) -> float | None:
    """What the network says; None if it can't."""
    found = answers.world(network, ask.kind, ask.findings, ask.changes)
    return found.p[ask.event[0]][ask.event[1]] if found.ok else None


def right_answer(first: float, second: float) -> str:
    """Which of the options is right."""
    if abs(second - first) < SAME:
        return "same"
    return "more" if second > first else "less"


def show(lesson: Lesson) -> None:
    """Story, questions one after the other, the reason at the end; the diagram beside them."""
    try:
        network = answers.network(lesson.network)
    except eg.EtiographError:
        st.info(f"{texts.LEARN_MISSING} {lesson.network}")
        return
    left, right = st.columns([2, 3], gap="large")
    with left:
        st.markdown(lesson.story)
        ask = _questions(network, lesson)
    with right:
        _picture(network, lesson, ask)


def _questions(network: eg.Network, lesson: Lesson) -> Ask:
    """The questions as far as they are answered; the world the last one on the screen speaks of."""
    scored: list[bool] = []
    ask, total = lesson.questions[0].first, len(lesson.questions)
    keys = [f"learn.{lesson.title}.{index}" for index in range(total)]
    for index, question in enumerate(lesson.questions):
        if len(scored) < index:  # its numbers would give the answer before it away
            st.html(charts.part(texts.question_of(index + 1, total), texts.LEARN_WAIT))
            continue
        done = st.session_state.get(keys[index]) is not None
        st.html(charts.part(texts.question_of(index + 1, total, done)))
        graded = _question(network, question, keys[index])
        if graded is not None:
            scored.append(graded)
            ask = question.second
    if len(scored) < total:
        return ask
    st.info(lesson.why, title=texts.learn_score(sum(scored), len(scored)), icon=LAMP)
    address = encode(Link(lesson.network, network.digest()[:8], CaseValue(lesson.case)))
    with st.container(horizontal=True, gap="small"):
        st.link_button(
            texts.LESSON_OPEN, f"/?{state.PARAMETER}={address}", icon=":material/open_in_new:"
        )
        st.button(texts.LEARN_AGAIN, key="learn-again", on_click=_again, args=(keys,))
    return ask


def _again(keys: list[str]) -> None:
    for key in keys:
        st.session_state[key] = None


def _question(network: eg.Network, question: Question, key: str) -> bool | None:
    """One question with the numbers before and after the guess; whether it was right, None as yet."""
    guess = st.segmented_control(
        question.text,
        list(texts.LEARN_OPTIONS),
        key=key,
        format_func=texts.LEARN_OPTIONS.__getitem__,
        persist_state="session",
        on_change=state.stay,
    )
    first, second = number(network, question.first), number(network, question.second)
    if first is None or second is None:
        st.info(texts.UNANSWERED_TITLE)
        return None
    right = right_answer(first, second)
    if guess is not None:
        st.html(charts.part(texts.graded(guess, right)))
    rows = [
        (texts.capital(question.first.label), first),
        (texts.capital(question.second.label), None if guess is None else second),
    ]
    st.html(charts.plain(rows, texts.LEARN_CAPTION))
    return None if guess is None else guess == right


def _picture(network: eg.Network, lesson: Lesson, ask: Ask) -> None:
    """The network, or the part of it the lesson is about, in the world a question speaks of."""
    now = answers.world(network, ask.kind, ask.findings, ask.changes)
    st.html(charts.part(texts.LEARN_PICTURE, texts.learn_world(ask.label, bool(ask.changes))))
    graph.show(
        network,
        now,
        answers.posterior(network, ()),
        changes=dict(ask.changes),
        key="diagram-learn",
        fixed=True,
        findings=ask.findings,
        names=lesson.drawn,
    )
