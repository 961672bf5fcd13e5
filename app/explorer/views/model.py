"""Model: the network itself, seen and changed."""

from __future__ import annotations

import streamlit as st

from explorer import charts, current, model, model_edits, texts

network, original = current.network(), current.shipped()
st.html(charts.note(texts.MODEL_INTRO))
model.problem()
with st.container(key="model"):
    left, right = st.columns([1, 1], gap="large")
with left:
    name = model.picked(network)
    model.variable(network, name)
with right, st.container(key="model-follows"):
    judgement = model.follows(network, original)
with st.container(key="model-picture"):
    model.picture(network, name)
for place, form in zip(
    st.columns(3, gap="medium"),
    (model_edits.add_variable, model_edits.question, model_edits.new_network),
    strict=True,
):
    with place:
        form(network)
if judgement is not None:
    judgement.finish()  # last: everything else is on the screen by then
