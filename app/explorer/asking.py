"""A question to a student on the page: how it is answered, and what is said to the answer."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from etiograph.teaching.posed import Given, Posed, Verdict, grade

from . import charts, state, texts
from .markup import md

Note = Callable[[Given], None]


def show(
    posed: Posed,
    key: str,
    given: tuple[Given, ...],
    note: Note,
    beside: Callable[[], None] | None = None,
) -> Verdict | None:
    """Draw a question; the verdict on the last answer, None before any.

    `note` takes an answer as soon as it is given; `beside` draws what a choice is made by, between the
    text and the options.
    """
    last = given[-1] if given else None
    if posed.form == "choice":
        _choose(posed, key, last, note, beside)
    elif posed.form == "number":
        _type(posed, key, last, note)
    else:
        _gather(posed, key, last, note)
    if last is None:
        return None
    verdict = grade(posed, last)
    st.html(charts.verdict(verdict.right, texts.graded(posed, verdict)))
    return verdict


def clear(key: str) -> None:
    """Take back what is chosen or typed for a question."""
    chosen = st.session_state.get(key)
    if chosen is not None:
        st.session_state[key] = [] if isinstance(chosen, list) else None


def _choose(
    posed: Posed, key: str, last: Given | None, note: Note, beside: Callable[[], None] | None
) -> None:
    if isinstance(last, int):
        state.view(key, last)
    if beside is not None:
        st.markdown(texts.md_numbers(posed.text))
        beside()
    st.radio(
        texts.md_numbers(posed.text),
        range(len(posed.options)),
        index=None,
        key=key,
        format_func=lambda k: md(texts.capital(posed.options[k].text)),
        on_change=lambda: _noted(key, note),
        label_visibility="visible" if beside is None else "collapsed",
    )


def _noted(key: str, note: Note) -> None:
    value = st.session_state.get(key)
    if value is not None:
        note(value)
    state.stay()


def _type(posed: Posed, key: str, last: Given | None, note: Note) -> None:
    if isinstance(last, int | float):
        state.view(key, float(last))
    st.number_input(
        texts.md_numbers(posed.text),
        min_value=0.0,
        max_value=100.0,
        value=None,
        step=1.0,
        format="%g",
        key=key,
        placeholder=texts.LEARN_TYPE,
        on_change=lambda: _noted(key, note),
        width=420,
    )


def _gather(posed: Posed, key: str, last: Given | None, note: Note) -> None:
    """A set or an order: gathered one by one, then handed in."""
    if last is not None and key not in st.session_state and not isinstance(last, int | float):
        st.session_state[key] = [k for k in last if isinstance(k, int) and k < len(posed.options)]
    st.multiselect(
        texts.md_numbers(posed.text),
        range(len(posed.options)),
        key=key,
        format_func=lambda k: texts.capital(posed.options[k].text),
        placeholder=texts.LEARN_ORDER if posed.form == "order" else texts.LEARN_SET,
        on_change=state.stay,
    )
    picked = tuple(st.session_state.get(key) or ())
    whole = posed.form == "set" or len(picked) == len(posed.options)
    st.button(
        texts.LEARN_CHECK,
        key=f"{key}.check",
        disabled=not whole,
        on_click=lambda: note(frozenset(picked) if posed.form == "set" else picked),
    )
