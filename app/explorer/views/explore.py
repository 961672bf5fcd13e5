"""Explore: what is known on the left, the possible causes on the right."""

from __future__ import annotations

import streamlit as st

from explorer import frame, inputs, results, state

network = state.network()
known, answer = st.columns([5, 7], gap="large")
with known, st.container(key="known"):
    inputs.panel(network)
with answer, st.container(key="result"):
    if not state.case():
        frame.example_buttons(network)
    results.ranking(network)
results.diagram(network)
