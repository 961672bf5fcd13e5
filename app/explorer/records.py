"""A patient's record as a file: findings with the resource each came from, and what was not used.

It lives in the session alone. Its texts go around every cache that sessions share.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from html import escape

import streamlit as st

import etiograph as eg
from etiograph.findings.fhir import Record, read_text_of, sniff

from . import current, state, texts

RECORD = "record"
SOURCE = "record-source"
DAY = "record-day"
SHOWN = 200
"""Lines of what was not used."""


def is_record(text: str) -> bool:
    """Whether a text is FHIR, seen from its content."""
    return sniff(text)


def open_record(name: str, text: str) -> None:
    """Start a case with the findings of a record.

    Raises
    ------
    ValueError
        It could not be read; in plain words, then in those of the reader.
    """
    _read(name, text, date.today())


def _read(name: str, text: str, day: date) -> None:
    try:
        record = read_text_of(current.network(), text, name, at=day)
    except eg.EtiographError as error:
        raise ValueError(f"{texts.RECORD_REFUSED}\n{error}") from None
    plain = tuple((n, v) for n, v in record.findings.items() if isinstance(v, str))
    state.commit(replace(current.case().emptied(), findings=plain))
    state.forget()
    st.session_state["notices"] = (texts.record_read(len(plain), len(record.unused)),)
    st.session_state[RECORD] = (current.identity(), record)
    st.session_state[SOURCE] = (name, text)


def _another_day() -> None:
    try:
        _read(*st.session_state[SOURCE], st.session_state[DAY])
    except ValueError as error:
        st.session_state["notices"] = (str(error).partition("\n")[0],)


def present() -> Record | None:
    """The record that findings of the present case came from; None if there is none."""
    record = _opened()
    return record if record and record.of(dict(current.case().findings)) else None


def _opened() -> Record | None:
    """The record that was opened last, if the network it was read with is open."""
    network, record = st.session_state.get(RECORD, ("", None))
    return record if network == current.identity() else None


def show() -> None:
    """Where findings came from, what has to be entered by hand, and what was not used."""
    record = _opened()
    if record is None:
        return
    state.view(DAY, date.fromisoformat(record.at))
    st.markdown(f"**{texts.RECORD_TITLE}**")
    st.date_input(texts.RECORD_DAY, key=DAY, help=texts.RECORD_DAY_HELP, on_change=_another_day)
    used = [origin.line() for origin in record.of(dict(current.case().findings))]
    by_hand = [o.line() for o in record.origins if not isinstance(record.findings[o.variable], str)]
    unused = record.unused_lines()
    more = [texts.record_more(len(unused) - SHOWN)] if len(unused) > SHOWN else []
    parts = (
        (texts.RECORD_USED, used),
        (texts.RECORD_BY_HAND, by_hand),
        (texts.RECORD_UNUSED, [*unused[:SHOWN], *more]),
    )
    st.html("".join(_list(title, lines) for title, lines in parts if lines))


def _list(title: str, lines: list[str]) -> str:
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f'<div class="record"><p><strong>{escape(title)}</strong></p><ul>{items}</ul></div>'
