"""A number to drag: the first possible causes move with it, before anything is asked of the server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

import etiograph as eg

from . import answers, behind, charts, current, labels, state, texts

HERE = Path(__file__).resolve().parent / "dial"
ROWS = 5  # causes that are shown

_component = st.components.v2.component(
    "etiograph_dial",
    html='<div class="dial"></div>',
    css=(HERE / "dial.css").read_text(encoding="utf-8"),
    js=(HERE / "dial.js").read_text(encoding="utf-8"),
)


def show(network: eg.Network, parameter: Any) -> None:
    """How the first causes of the table beside it go along one number, over its range."""
    findings = current.seen()
    if not answers.posterior(network, findings).ok:
        return
    acted = behind.found(network, findings) and answers.acts(network, findings)
    if acted:
        bars = behind.bars(network, findings, None, {})
        rows = sorted(bars.items(), key=lambda item: -(item[1].p or 0.0))[:ROWS]
        causes = tuple((key[0], behind.events(network)[key[0]].states[0]) for key, _ in rows)
        shown = [bar.label for _, bar in rows]
    else:
        open_ = behind.first(network, findings, labels.cause_rows(network))[:ROWS]
        causes, shown = tuple(row.key for row in open_), [row.label for row in open_]
    found = (
        answers.courses(network, findings, causes, parameter.name, acted=acted) if causes else None
    )
    if found is None:
        return
    st.html(charts.part(texts.DIAL))
    _component(
        key="dial",
        data={
            "x": found.x.tolist(),
            "answers": [[None if p != p else p for p in row] for row in found.answers.tolist()],
            "labels": shown,
            "value": parameter.value,
            "words": {
                "label": texts.PRIORS_VALUE,
                "unit": texts.DIAL_ACTED if acted else texts.DIAL_THERE,
            },
        },
        on_value_change=lambda: _dragged(parameter.name),
    )


def _dragged(name: str) -> None:
    """The value stands in its field, to be used or not; one beyond the stated range takes an end along."""
    state.stay()
    session = st.session_state
    value = session["dial"].value
    if value is None:
        return
    session[f"p.value.{name}"] = float(value)
    for key, reach in ((f"p.low.{name}", min), (f"p.high.{name}", max)):
        if session.get(key) is not None:
            session[key] = reach(session[key], float(value))
