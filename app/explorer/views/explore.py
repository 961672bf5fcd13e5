"""Explore: what is known on the left, the possible causes on the right, the diagram below."""

from __future__ import annotations

import streamlit as st

from explorer import inputs, results, state

network = state.network()
results.warnings(network)
known, answer = st.columns([5, 7], gap="large")
with known, st.container(key="known"):
    inputs.panel(network)
below = st.container()
with below:
    results.diagram(network)
# Last, because the ranges take longest: everything else is on the screen by then.
with answer, st.container(key="result"):
    results.ranking(network)
