"""The answer beside the findings: headline, ranked possible causes, or why there is none."""

from __future__ import annotations

import streamlit as st

from etiograph import Network

from . import answers, charts, graph, labels, state, texts
from .cases import Pairs
from .markup import md

SHOWN = 12  # possible causes shown before a reader asks for all


def findings(network: Network, pairs: Pairs) -> Pairs:
    """What the engine sees of the findings, in network order; red flags are read by rules only."""
    entered = dict(pairs)
    return tuple((name, entered[name]) for name in network.variables if name in entered)


def ranking(network: Network) -> None:
    """Headline and bars of the present case."""
    case = state.case()
    now = answers.posterior(network, findings(network, case.findings))
    base = answers.posterior(network, ())
    if now.conflict:
        impossible(network, now.conflict)
    elif now.problem:
        st.error(md(now.problem), title=texts.UNANSWERED_TITLE)
    if not base.ok:
        return
    earlier = state.previous()
    before = answers.posterior(network, findings(network, earlier.findings)) if earlier else None
    rows = bars(network, now, base, before if before and before.ok else None)
    if now.ok:
        st.html(charts.headline(_headline(rows)))
    everything = len(rows) <= SHOWN or st.session_state.get("all-causes", False)
    st.html(charts.ranking(rows if everything else rows[:SHOWN], texts.CAUSES))
    if len(rows) > SHOWN:
        st.toggle(texts.all_causes(len(rows)), key="all-causes", persist_state="session")
    st.html(charts.note(texts.SEVERAL if now.ok else texts.IMPOSSIBLE_BARS))


def bars(
    network: Network, now: answers.Answer, base: answers.Answer, before: answers.Answer | None
) -> list[charts.Bar]:
    """A bar for each possible cause, most likely first; by baseline if there is no answer."""
    case = state.case()
    found = [
        charts.Bar(
            label=row.label,
            p=now.p[row.name][row.state] if now.ok else None,
            base=base.p[row.name][row.state],
            before=before.p[row.name][row.state] if before else None,
            help=row.help,
            entered=case.value(row.name) is not None,
        )
        for row in labels.cause_rows(network)
        if case.value(row.name) in (None, row.state) or labels.reading(network, row.name)
    ]
    return sorted(found, key=lambda bar: (bar.entered, -(bar.p if now.ok else bar.base)))


def _headline(rows: list[charts.Bar]) -> str:
    if not state.case().findings:
        return texts.START_HEAD
    open_rows = [bar for bar in rows if not bar.entered] or rows
    first = open_rows[0]
    return texts.headline(first.label, first.p or 0.0, first.low, first.high)


def impossible(network: Network, conflict: tuple[str, ...]) -> None:
    """Name the smallest set of findings that contradict each other, with a way out."""
    case = state.case()
    with st.container(key="impossible", border=True):
        st.warning(texts.IMPOSSIBLE_TEXT, title=texts.IMPOSSIBLE_TITLE)
        with st.container(horizontal=True, gap="small"):
            for name in conflict:
                st.button(
                    md(labels.show(network, name, case.value(name) or "")),
                    key=f"conflict.{name}",
                    icon=":material/close:",
                    icon_position="right",
                    help=texts.TAKE_BACK,
                    on_click=state.commit_finding,
                    args=(name, None),
                )


def diagram(network: Network) -> None:
    """The causal diagram below findings and answer, when a reader asks for it."""
    with st.container(key="diagram-section"):
        if not st.toggle(texts.DIAGRAM_TITLE, key="diagram-on", persist_state="session"):
            return
        now = answers.posterior(network, findings(network, state.case().findings))
        graph.show(network, now, answers.posterior(network, ()))
