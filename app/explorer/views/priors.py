"""Priors: tune a number, see what it means and what follows."""

from __future__ import annotations

import streamlit as st

from explorer import (
    charts,
    cohort,
    cohort_page,
    current,
    dial,
    fitting,
    priors,
    state,
    studies,
    texts,
    two_numbers,
)
from explorer.meaning import named

network, original = current.network(), current.edited()
way = st.segmented_control(
    texts.PRIORS_WAY,
    list(texts.PRIORS_WAYS),
    key="priors-way",
    default="one",
    required=True,
    format_func=texts.PRIORS_WAYS.__getitem__,
    label_visibility="collapsed",
    persist_state="session",
    on_change=state.stay,
)
if way == "one":
    st.html(charts.note(texts.PRIORS_INTRO))
if way == "cases":
    cohort_page.page(network)
elif not network.parameters:
    st.info(texts.PRIORS_NONE)
else:
    with st.container(key="priors-panes"):
        left, right = st.columns([1, 1], gap="large")
    with left:
        parameter = priors.picked(network)
        if parameter is not None:
            priors.editor(network, parameter)
            dial.show(network, parameter)
            priors.distribution(network.priors[parameter.name], named(network, parameter.name))
            priors.grounds(cohort.with_book(network).parameters[parameter.name])
        priors.differences(network, original)
    with right:
        shown = priors.effect(network, original)
        priors.tornado(network)
        if parameter is not None:
            two_numbers.show(network, parameter.name)
            fitting.show(network, parameter.name)
        studies.show(network)
    priors.table(network)
    if shown is not None:
        shown.finish()  # last: everything else is on the screen by then
