"""Fit a belief: the smallest change of the numbers with which a stated answer comes out."""

from __future__ import annotations

import streamlit as st

import etiograph as eg
from etiograph.decision.speaking import cases, said_of

from . import answers, behind, charts, current, labels, state, texts
from .cases import Pairs
from .markup import md
from .meaning import named

LISTED = 6  # numbers that moved, furthest first
WIDEST = 0.2  # standard deviations from which a move is worth a line


def show(network: eg.Network, picked: str) -> None:
    """What a reader believes of a cause, and which numbers would say so."""
    if not network.has_ranges:
        return
    findings = current.seen()
    rows = behind.first(network, findings, labels.cause_rows(network))
    if not rows or not answers.posterior(network, findings).ok:
        return
    if not st.toggle(texts.FIT_SHOW, key="fit-on", persist_state="session", on_change=state.stay):
        return
    by_key = {row.key: row for row in rows}
    now = answers.posterior(network, findings).p
    with st.form("fit", border=False):
        left, right = st.columns([3, 1], vertical_alignment="bottom")
        key = left.selectbox(
            said_of(cases(network), texts.FIT_WHAT),
            list(by_key),
            key="fit-cause",
            format_func=lambda k: f"{by_key[k].label} ({texts.share(now[k[0]][k[1]])})",
        )
        believed = right.number_input(
            texts.FIT_BELIEF, 0.1, 99.9, 10.0, step=1.0, key="fit-belief", format="%.4g"
        )
        alone = st.checkbox(texts.fit_alone(named(network, picked)), key="fit-alone")
        if st.form_submit_button(texts.FIT_DO):
            state.stay()
            st.session_state["fitted"] = (key, believed / 100.0, picked if alone else "")
    asked = st.session_state.get("fitted")
    if asked and asked[0] in by_key:
        _fitted(network, findings, *asked)


def _fitted(
    network: eg.Network, findings: Pairs, key: labels.Key, believed: float, only: str
) -> None:
    """What would have to move, and whether that is enough."""
    with st.spinner(texts.WORKING):
        found = answers.fitted(network, findings, key, believed, only)
    if found is None:
        st.html(charts.note(texts.FIT_FAILED))
        return
    moved = [each for each in found.moved if abs(each.sds) >= WIDEST] or list(found.moved)
    if not moved:
        st.html(charts.note(texts.FIT_STANDS if all(found.met) else texts.FIT_NOTHING))
        return
    st.html(charts.note(texts.fit_result(float(found.after[0]), met=all(found.met))))
    lines = [texts.fit_line(named(network, m.name), m.before, m.after, m.sds) for m in moved]
    more = [texts.fit_more(len(lines) - LISTED)] if len(lines) > LISTED else []
    st.markdown("\n".join(f"- {md(line)}" for line in [*lines[:LISTED], *more]))
    st.button(
        texts.FIT_USE,
        key="fit-use",
        on_click=state.commit_values,
        args=({m.name: m.after for m in found.moved},),
    )
