"""Why: weights of the findings, what to ask next, the path in the diagram."""

from __future__ import annotations

import streamlit as st

from explorer import answers, charts, current, results, texts, why
from explorer.markup import md

network = current.network()
results.warnings(network)
findings = current.seen()
now = answers.posterior(network, findings)
if now.conflict:
    results.impossible(network, now.conflict)
elif now.problem:
    st.error(md(now.problem), title=texts.UNANSWERED_TITLE)
else:
    with st.container(key="why-panes"):
        left, right = st.columns([3, 2], gap="large")
    with left:
        row = why.chosen(network, findings)
        reasons = st.container()
    with right:  # what to rule out comes before how sure the reasons are, which may take long
        results.entered(network)
        if row is not None:
            why.ask_next(network)
    with reasons:
        if row is None:
            st.html(charts.note(texts.WHY_KNOWN))
        elif row.name in dict(findings):
            why.entered(network, row, findings)
        elif findings:
            why.explain(network, row, findings)
        else:
            st.html(charts.note(texts.WHY_NOTHING))
    if row is not None and findings:
        why.diagram(network, row, findings, now)
