"""One answer over the ranges of two numbers, as a map."""

from __future__ import annotations

import streamlit as st

import etiograph as eg
from etiograph.decision.speaking import cases, said_of

from . import answers, behind, charts, current, labels, state, texts
from .meaning import named

OFFERED = 12  # other numbers, those that move the answer most first


def show(network: eg.Network, picked: str) -> None:
    """How the first open cause hangs on the picked number and on another one."""
    findings = current.seen()
    rows = behind.first(network, findings, labels.cause_rows(network))
    if not rows or not network.has_ranges or not answers.posterior(network, findings).ok:
        return
    if not st.toggle(texts.MAP_SHOW, key="map-on", persist_state="session", on_change=state.stay):
        return
    row = rows[0]
    bars = answers.tornado(network, findings, row.name, row.state).bars
    others = [bar.name for bar in bars if bar.name != picked and bar.swing > 0.0][:OFFERED]
    if not others:
        st.html(charts.note(texts.TORNADO_NONE))
        return
    second = st.selectbox(
        texts.MAP_SECOND,
        others,
        key="map-second",
        format_func=lambda name: named(network, name),
        on_change=state.stay,
    )
    grid = answers.grid(network, findings, row.key, (picked, second))
    if grid is None:
        st.html(charts.note(texts.FIT_FAILED))
        return
    note = said_of(cases(network), texts.map_note(row.label))
    st.html(charts.note(note))
    first_name, second_name = named(network, picked), named(network, second)
    if st.toggle(texts.AS_TABLE, key="map-table", persist_state="session", on_change=state.stay):
        frame = grid.to_frame()
        frame.columns = [first_name, second_name, texts.OF_100]
        frame[texts.OF_100] = (100 * frame[texts.OF_100]).round(1)
        st.dataframe(frame, hide_index=True, alt=note)
        return
    stated = [network.parameters[name].value for name in (picked, second)]
    dark = st.context.theme.type == "dark"
    st.altair_chart(charts.number_map(grid, (first_name, second_name), stated, dark=dark), alt=note)
