"""Explore: what is known on the left, the possible causes on the right, the diagram below."""

from __future__ import annotations

import streamlit as st

from explorer import current, first, frame, graph, guide, helps, inputs, late, results, why

network = current.network()
frame.begin(network)
with st.container(key="explore"):
    # Above both, at every width: what is there first and what comes after it have one place.
    entered = st.container(key="entered")
    known, answer = st.columns([4, 7], gap="medium")
with answer, st.container(key="result"):
    # Beside the findings, so that no row moves away under the mouse when a sign appears. Before
    # them in time: the answer is what a click waits for.
    results.warnings(network)
    shown = results.Answer(network)
    asking = first.Asking()
    below = st.container()
frame.head()
late.let_draw()
with entered:
    inputs.entered(network)
with late.drawing():
    with known, st.container(key="known"):
        inputs.panel(network)
    with below:
        helping = helps.Helps(network) if shown.now.ok else None
    guide.draw(why.open_row)
    drawn = graph.section(network)
why.in_place(network)
# What takes longest comes last: everything else is on the screen by then.
late.settle()
# In one turn, so that under load some visitors have all of it rather than all a part.
with late.turn():
    # What to rule out comes before how sure the numbers are, which may take long.
    if shown.now.ok:
        asking.draw(network)
    shown.finish()
if drawn and shown.now.ok:
    graph.preview(network)
if helping is not None:
    helping.finish()
