"""The answer beside the findings: headline, ranked possible causes, or why there is none."""

from __future__ import annotations

import streamlit as st

from etiograph import Network

from . import answers, charts, frame, graph, labels, state, texts
from .cases import Pairs, ordered
from .markup import md

FIRING = ("noisy_or", "noisy_max")  # effects whose causes act or do not act, one by one
SHOWN = 12  # possible causes shown before a reader asks for all


def findings(network: Network, pairs: Pairs) -> Pairs:
    """What the engine sees of some findings, in network order."""
    return ordered(dict(pairs), network.variables)


def warnings(network: Network) -> None:
    """Warning signs: above any probability, whatever the probabilities say."""
    fired = answers.flags(network, state.case().findings)
    if fired:
        st.html(charts.flags(fired))


def entered(network: Network) -> None:
    """What is known, on a page that does not ask for it."""
    shown = [labels.show(network, name, value) for name, value in state.case().findings]
    st.subheader(texts.KNOWN, anchor=False)
    if shown:
        st.markdown("\n".join(f"- {md(text)}" for text in shown))
    else:
        st.html(charts.note(texts.NOTHING_ELSEWHERE))


def ranking(network: Network) -> None:
    """Headline and bars of the present case; the ranges follow as soon as they are worked out."""
    # Fixed places: what comes and goes above must not push a stale copy of what is below.
    above, choice, place, below = st.container(), st.container(), st.empty(), st.container()
    with above:
        if not state.case():
            frame.example_buttons(network)
        with st.spinner(texts.WORKING):
            now = answers.posterior(network, state.seen())
            base = answers.posterior(network, ())
        if now.conflict:
            impossible(network, now.conflict)
        elif now.problem:
            st.error(md(now.problem), title=texts.UNANSWERED_TITLE)
    if not base.ok:
        return
    with choice:
        view = _view(network) if now.ok else "present"
    if view != "present":
        _shares(network, place, view)
        return
    count = len(bars(network, now, base))
    everything = count <= SHOWN or below.toggle(
        texts.all_causes(count), key="all-causes", persist_state="session"
    )
    _draw(place, network, now, base, None, everything)
    if now.ok:
        found = answers.ranges(network, state.seen())
        if found.ranges:
            _draw(place, network, now, base, found, everything)


def _view(network: Network) -> str:
    """Present, at work, or needed: which question the bars answer."""
    outcome = labels.target(network)
    if outcome is None or network.mechanisms[outcome].kind not in FIRING:
        return "present"
    chosen = st.segmented_control(
        texts.VIEW,
        list(texts.VIEWS),
        key="view",
        default="present",
        required=True,
        format_func=texts.VIEWS.__getitem__,
        label_visibility="collapsed",
        persist_state="session",
    )
    return chosen or "present"


def _outcome_shares(network: Network, pairs: Pairs, *, needed: bool) -> list[answers.Share]:
    outcome = labels.target(network)
    if outcome is None:
        return []
    event = labels.notable(network.variables[outcome])[0]
    return answers.shares(network, pairs, outcome, event, needed=needed)


def _draw(
    place: st.delta_generator.DeltaGenerator,
    network: Network,
    now: answers.Answer,
    base: answers.Answer,
    found: answers.Uncertain | None,
    everything: bool,
) -> None:
    earlier = state.previous()
    before = answers.posterior(network, findings(network, earlier.findings)) if earlier else None
    rows = bars(network, now, base, before if before and before.ok else None, found)
    parts = [charts.headline(_headline(rows))] if now.ok else []
    if now.ok and state.case().findings:
        parts.append(charts.dock(_headline(rows)))
    parts.append(charts.ranking(rows if everything else rows[:SHOWN], texts.CAUSES))
    parts.append(charts.note(texts.SEVERAL if now.ok else texts.IMPOSSIBLE_BARS))
    if found and found.verdict:
        parts.append(charts.note(found.verdict))
    place.html("".join(parts))  # one element: old and new bars are never on the screen together


def bars(
    network: Network,
    now: answers.Answer,
    base: answers.Answer,
    before: answers.Answer | None = None,
    found: answers.Uncertain | None = None,
) -> list[charts.Bar]:
    """A bar for each possible cause still open, most likely first; by baseline without an answer."""
    case = state.case()
    nothing = (None, None)
    rows = []
    for row in labels.cause_rows(network):
        if case.value(row.name) is not None:
            continue
        low, high = found.ranges.get((row.name, row.state), nothing) if found else nothing
        rows.append(
            charts.Bar(
                label=row.label,
                p=now.p[row.name][row.state] if now.ok else None,
                base=base.p[row.name][row.state],
                before=before.p[row.name][row.state] if before else None,
                low=low,
                high=high,
                help=row.help,
            )
        )
    return sorted(rows, key=lambda bar: -((bar.base or 0.0) if bar.p is None else bar.p))


def _headline(rows: list[charts.Bar]) -> str:
    if not state.case().findings or not rows:
        return texts.START_HEAD
    first = rows[0]
    return texts.headline(first.label, first.p or 0.0, first.low, first.high)


def _shares(network: Network, place: st.delta_generator.DeltaGenerator, view: str) -> None:
    """Bars of causes at work, or needed, for the outcome of the network."""
    field = "fired" if view == "responsible" else "needed"
    with st.spinner(texts.WORKING):
        shares = _outcome_shares(network, state.seen(), needed=view == "needed")
    rows = [
        charts.Bar(label=_cause_label(network, share.cause), p=getattr(share, field))
        for share in shares
        if getattr(share, field) == getattr(share, field)  # NaN: not asked of this mechanism
    ]
    rows.sort(key=lambda bar: -(bar.p or 0.0))
    outcome = labels.title(network.variables[labels.target(network) or ""])
    sentence = charts.headline(texts.view_sentence(view, outcome))
    place.html(sentence + charts.ranking(rows[: SHOWN + 4], texts.VIEWS[view]))


def _cause_label(network: Network, name: str) -> str:
    return labels.title(network.variables[name]) if name in network.variables else texts.IDIOPATHIC


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
        now = answers.posterior(network, state.seen())
        graph.show(network, now, answers.posterior(network, ()))
