"""Takes a reader to the row of a question, to the answer, and from a row of the ranking to its why."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import streamlit as st

HERE = Path(__file__).resolve().parent / "guide"
GOAL = "goal"  # in the session: the row to go to, and a mark that is new each time

_component = st.components.v2.component(
    "etiograph_guide", html="<span></span>", js=(HERE / "guide.js").read_text(encoding="utf-8")
)


def to(name: str) -> None:
    """Go to the row of a finding, once it is drawn."""
    st.session_state[GOAL] = (name, time.time_ns())


def draw(ask_why: Callable[[str], None]) -> None:
    """The invisible part in the page; below the rows it may have to go to. Rows of the ranking `ask_why`."""
    name, turn = st.session_state.get(GOAL) or ("", 0)
    row = re.sub(r"[^A-Za-z0-9_-]", "-", f"w.{name}")  # as Streamlit makes a class of a key
    with st.container(key="guide"):
        _component(
            key="guide-script",
            data={"row": row, "turn": str(turn) if turn else ""},
            height=1,
            on_why_change=lambda: _chosen(ask_why),
        )


def _chosen(ask_why: Callable[[str], None]) -> None:
    """A row of the ranking was chosen."""
    chosen = st.session_state["guide-script"].why
    if chosen:
        ask_why(str(chosen["row"]))
