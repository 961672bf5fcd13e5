"""Leave one study out: the answers if a source did not exist."""

from __future__ import annotations

from collections import Counter

import streamlit as st

import etiograph as eg

from . import answers, charts, late, priors, sources, state, texts
from .markup import md
from .meaning import named

LISTED = 5


def show(network: eg.Network) -> None:
    """The ranges of the possible causes with and without one source, and what that means."""
    numbers = network.parameters.values()
    counts = Counter(each for p in numbers for each in p.evidence)
    alone = Counter(p.evidence[0] for p in numbers if len(set(p.evidence)) == 1)
    if not counts or not network.has_ranges:
        return
    if not st.toggle(
        texts.STUDY_SHOW, key="study-on", persist_state="session", on_change=state.stay
    ):
        return
    said = {each.name: each for each in sources.listed(counts)}
    source = st.selectbox(
        texts.STUDY_WHICH,
        sorted(counts, key=lambda name: (-alone[name], -counts[name], name)),
        key="study",
        format_func=lambda name: texts.study_named(name, said[name].who, alone[name], counts[name]),
        persist_state="session",
        on_change=state.stay,
    )
    if not source:
        return
    found = answers.without(network, source)
    st.html(charts.note(texts.study_note(len(found.widened), len(found.supported))))
    if not found.widened:
        return
    lines = [named(network, name) for name in found.widened]
    more = [texts.fit_more(len(lines) - LISTED)] if len(lines) > LISTED else []
    st.markdown("\n".join(f"- {md(line)}" for line in [*lines[:LISTED], *more]))
    with late.turn():
        table = priors.compared((network, found.network), texts.STUDY_HEADS, ranged=True)
    st.html(table or charts.note(texts.WHY_KNOWN))
