"""Presenter view: large type, nothing to enter, the next page by one key."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from . import charts, state, texts
from .markup import style

HERE = Path(__file__).resolve().parent / "present"
KEY = "present"
WIDE = ("explore", "compare", "why", "checks", "learn", "gallery", "about")  # in this order

_keys = st.components.v2.component(
    "etiograph_present",
    html="<span></span>",
    js=(HERE / "present.js").read_text(encoding="utf-8"),
)


def toggle() -> None:
    """The switch, on every page."""
    st.toggle(
        texts.PRESENT,
        key=KEY,
        help=texts.PRESENT_HELP,
        persist_state="session",
        on_change=state.stay,
    )


def on() -> bool:
    """Whether the page is shown to an audience."""
    return bool(st.session_state.get(KEY))


def bar(pages: Mapping[str, Any], open_: str) -> None:
    """Back and next at the lower edge, and the style of a projector."""
    if not on():
        return
    st.html(style(HERE / "present.css"))
    with st.container(key="present-keys"):
        _keys(key="present-script", height=1)
    shown = [name for name in WIDE if name in pages]
    here = shown.index(open_) if open_ in shown else -1
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="present-bar"):
        _way(texts.PRESENT_BACK, "PageUp", shown[max(here - 1, 0)], here <= 0)
        title = str(pages[open_].title) if open_ in pages else ""
        st.html(charts.note(texts.present_place(here + 1, len(shown), title)), width="content")
        last = here >= len(shown) - 1
        _way(texts.PRESENT_NEXT, "PageDown", shown[min(here + 1, len(shown) - 1)], last)


def _way(label: str, key: str, page: str, there: bool) -> None:
    st.button(
        label,
        key=f"present-{label.lower()}",
        shortcut=key,
        disabled=there,
        on_click=_go,
        args=(page,),
    )


def _go(page: str) -> None:
    st.session_state["turn-to"] = page
    state.stay()
