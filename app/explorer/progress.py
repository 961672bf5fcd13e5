"""Where a student is: the lesson that is open and what was answered, in the session and in the link."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import streamlit as st

from etiograph.teaching.posed import Given

from . import state

PARAMETER = "lesson"
MAX_LINK = 2000
_NAME = re.compile(r"[A-Za-z0-9_-]{1,80}")
_NUMBER = re.compile(r"n(-?\d{1,4}(?:\.\d{1,3})?)")
_PLACES = re.compile(r"([cso])((?:\d{1,2})(?:-\d{1,2})*)?")
Answers = dict[int, tuple[Given, ...]]
"""Of each step, what was answered, first answer first."""


def start(known: Callable[[str], bool]) -> None:
    """Once a run: adopt the lesson an opened link names."""
    session = st.session_state
    session.setdefault("lesson-open", "")
    session.setdefault("lesson-own", None)  # a lesson from a reader's file: name and text
    session.setdefault("lesson-answers", {})
    session.setdefault("lesson-address", "")
    address = st.query_params.get(PARAMETER, "")
    if address and address != session["lesson-address"] and not session["lesson-address"]:
        name, answers = decode(address)
        if known(name):
            session["lesson-open"] = name
            session["lesson-answers"][name] = answers


def finish() -> None:
    """Write the lesson and its answers into the address."""
    name = opened()
    address = encode(name, answers(name)) if name and not own() else ""
    st.session_state["lesson-address"] = address
    if address:
        if st.query_params.get(PARAMETER) != address:
            st.query_params[PARAMETER] = address
    elif PARAMETER in st.query_params:
        st.query_params.pop(PARAMETER)


def opened() -> str:
    """Name of the lesson that is open, empty for the shelf."""
    name: str = st.session_state["lesson-open"]
    return name


def own() -> tuple[str, str] | None:
    """Name and text of the reader's own lesson, if that is open."""
    found: tuple[str, str] | None = st.session_state["lesson-own"]
    return found if found is not None and found[0] == opened() else None


def open_lesson(name: str) -> None:
    """Take a lesson from the shelf; the empty name puts it back."""
    st.session_state["lesson-open"] = name
    state.stay()


def open_own(name: str, text: str) -> None:
    """Open a lesson from a file."""
    st.session_state["lesson-own"] = (name, text)
    st.session_state["lesson-answers"].pop(name, None)
    open_lesson(name)


def answers(name: str) -> Answers:
    """What was answered in a lesson."""
    found: Answers = st.session_state["lesson-answers"].get(name, {})
    return found


def answer(name: str, step: int, given: Given) -> None:
    """Note an answer."""
    own_answers = st.session_state["lesson-answers"].setdefault(name, {})
    own_answers[step] = (*own_answers.get(step, ()), given)
    state.stay()


def keep(name: str, sound: Callable[[int, Given], bool]) -> None:
    """Forget answers that are none to this version of a lesson."""
    own_answers = answers(name)
    for step in [k for k, every in own_answers.items() if not all(sound(k, g) for g in every)]:
        del own_answers[step]


def again(name: str) -> None:
    """Forget what was answered in a lesson."""
    st.session_state["lesson-answers"].pop(name, None)
    state.stay()


def encode(name: str, given: Answers) -> str:
    """A lesson and its last answers as text for a link: ``base_rates~2.c1~4.n23``."""
    parts = [name, *(f"{step}.{_said(every[-1])}" for step, every in sorted(given.items()))]
    return "~".join(parts)


def decode(address: str) -> tuple[str, Answers]:
    """What a link says; whatever in it is no answer is left out."""
    name, *parts = address[:MAX_LINK].split("~")
    found: Answers = {}
    for part in parts:
        step, _, said = part.partition(".")
        given = _read(said)
        if step.isdigit() and given is not None:
            found[int(step)] = (given,)
    return (name, found) if _NAME.fullmatch(name) else ("", {})


def _said(given: Any) -> str:
    if isinstance(given, float):
        return f"n{given:g}"
    if isinstance(given, int):
        return f"c{given}"
    letter = "s" if isinstance(given, frozenset) else "o"
    return letter + "-".join(str(k) for k in (sorted(given) if letter == "s" else given))


def _read(said: str) -> Given | None:
    if number := _NUMBER.fullmatch(said):
        return float(number[1])
    match = _PLACES.fullmatch(said)
    if match is None:
        return None
    places = [int(k) for k in (match[2] or "").split("-") if k]
    if match[1] == "c":
        return places[0] if len(places) == 1 else None
    return frozenset(places) if match[1] == "s" else tuple(places)
