"""Exercises on the page: the question, two hints, the worked solution; as many as one likes."""

from __future__ import annotations

import streamlit as st

import etiograph as eg
from etiograph.teaching.exercise import Exercise, NoExercise, exercise
from etiograph.teaching.kinds import KINDS
from etiograph.teaching.posed import Given
from etiograph.teaching.sheet import drawing

from . import asking, charts, current, state, texts
from .asking import Note
from .kept import kept
from .markup import md


@kept
def made(network: eg.Network, kind: str, seed: int) -> Exercise | str:
    """An exercise, or why this network gives none."""
    try:
        return exercise(network, kind, seed)
    except NoExercise as error:
        return error.reason


def section() -> None:
    """Exercises of a chosen kind from the network that is open."""
    session = st.session_state
    network = current.shipped()
    name = str(network.about.get("title") or current.identity())
    st.html(charts.part(texts.PRACTICE_TITLE, texts.practice_on(name)))
    kind = st.selectbox(
        texts.PRACTICE_KIND,
        list(KINDS),
        index=None,
        key="practice-kind",
        format_func=lambda each: f"{KINDS[each].title}: {KINDS[each].aim}",
        placeholder=texts.PRACTICE_PICK,
        persist_state="session",
        on_change=state.stay,
    )
    if kind is None:
        return
    seed = session.setdefault("practice-seed", 1)
    found = made(network, kind, seed)
    if isinstance(found, str):
        st.info(texts.no_exercise(md(found)))
        return
    key = f"practice.{network.digest()[:8]}.{kind}.{seed}"
    given = session.setdefault("practice-answers", {}).get(key, ())
    show(network, found, key, given, lambda answer: _note(key, answer))
    st.button(texts.PRACTICE_NEXT, key="practice-next", icon=":material/refresh:", on_click=_next)


def _note(key: str, answer: Given) -> None:
    given = st.session_state["practice-answers"]
    given[key] = (*given.get(key, ()), answer)
    state.stay()


def _next() -> None:
    st.session_state["practice-seed"] += 1
    state.stay()


def show(
    network: eg.Network, one: Exercise, key: str, given: tuple[Given, ...], note: Note
) -> None:
    """An exercise with what belongs to it; the solution once it is answered rightly or asked for."""

    def beside() -> None:
        if one.lines:
            st.html(charts.lines(one.lines))
        if one.drawn:
            picture = drawing(network, one.drawn)
            st.html(charts.picture(picture.svg, picture.arrows))
            st.html(charts.note(picture.arrows, small=True))

    verdict = asking.show(one.posed, key, given, note, beside)
    for number, hint in enumerate(one.hints, 1):
        with st.expander(texts.hint(number), key=f"{key}.hint{number}"):
            st.markdown(md(hint))
    if verdict is None:
        return
    with st.expander(texts.PRACTICE_SOLUTION, expanded=verdict.right, key=f"{key}.solution"):
        for line in one.solution:
            st.markdown(md(line))
