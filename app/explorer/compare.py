"""Two scenarios of one person: a change beside no change, or an observation beside what is known."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from etiograph import Network

from . import answers, charts, graph, labels, results, state, texts
from .cases import Pairs
from .markup import md

CHANGEABLE = ("medicine", "remedy", "habit")
MODES = ("after", "had", "see")


def changeable(network: Network) -> tuple[str, ...]:
    """What a person could change; in a network without such roles, anything with an effect."""
    named = tuple(n for n, v in network.variables.items() if v.role in CHANGEABLE)
    return named or tuple(n for n in network.variables if network.children(n))


def mode() -> str:
    """Which question the page asks."""
    modes = MODES + (("do",) if state.researcher() else ())
    chosen = st.segmented_control(
        texts.PAGE_COMPARE,
        modes,
        key="compare-mode",
        default="after",
        required=True,
        format_func=lambda m: f"{texts.COMPARE_ICONS[m]} {texts.COMPARE_MODES[m]}",
        label_visibility="collapsed",
        persist_state="session",
    )
    st.html(charts.note(texts.COMPARE_HELP[chosen or "after"]))
    return chosen or "after"


def panel(network: Network) -> None:
    """Which variables are changed, and to what."""
    st.subheader(texts.CHANGE_WHAT, anchor=False)
    variables = network.variables
    changes = dict(state.case().changes)
    names = [n for n in changeable(network) if n not in changes]
    st.session_state["change-pick"] = None
    st.selectbox(
        texts.CHANGE_PICK,
        names,
        key="change-pick",
        index=None,
        format_func=lambda n: labels.title(variables[n]),
        placeholder=texts.CHANGE_PICK,
        label_visibility="collapsed",
        on_change=_picked,
    )
    with st.container(key="findings-changes", gap="small"):
        for name, value in changes.items():
            key = f"c.{name}"
            state.view(key, value)
            shown = {s: labels.state_title(variables[name], s) for s in variables[name].states}
            st.pills(
                md(labels.title(variables[name])),
                list(variables[name].states),
                key=key,
                format_func=lambda s, shown=shown: md(shown[s]),
                help=md(variables[name].definition) or None,
                on_change=_committed,
                args=(name,),
            )
    if not changes:
        st.html(charts.note(texts.COMPARE_NOTHING))


def _picked() -> None:
    """A variable was chosen: change it to something else than it is."""
    name = st.session_state["change-pick"]
    if name is None:
        return
    variable = state.network().variables[name]
    now = state.case().value(name)
    usual = labels.reference(variable)
    value = usual if now not in (None, usual) else labels.notable(variable)[0]
    state.commit(state.case().with_change(name, value))


def _committed(name: str) -> None:
    state.commit(state.case().with_change(name, st.session_state[f"c.{name}"]))


def scenarios(
    network: Network, kind: str, findings: Pairs, changes: Pairs
) -> tuple[answers.Answer, answers.Answer]:
    """Left and right: no change and the change, as the question demands."""
    if kind == "see":
        together = results.findings(network, tuple({**dict(findings), **dict(changes)}.items()))
        return answers.posterior(network, findings), answers.posterior(network, together)
    left = answers.world(network, "after", findings, ()) if kind == "after" else None
    right = answers.world(network, kind, findings, changes)
    return left or answers.posterior(network, findings), right


def rows(network: Network, left: answers.Answer, right: answers.Answer) -> list[charts.Pair]:
    """The outcome first, then whatever else a reader may want to compare, largest change first."""
    target = labels.target(network)
    wanted: Iterable[labels.Row] = labels.cause_rows(network)
    head = []
    if target is not None:
        event = labels.notable(network.variables[target])[0]
        head = [_pair(labels.describe(network, target, event), target, event, left, right)]
        recurring = [n for n, v in network.variables.items() if v.recurring and n != target]
        signs = [
            labels.Row(n, s, labels.describe(network, n, s))
            for n in recurring
            for s in labels.notable(network.variables[n])
        ]
        wanted = [*wanted, *signs]
    changed = dict(state.case().changes)
    rest = [_pair(r.label, r.name, r.state, left, right) for r in wanted if r.name not in changed]
    rest.sort(key=lambda pair: -abs(pair.right - pair.left))
    return head + rest[: results.SHOWN]


def _pair(
    label: str, name: str, event: str, left: answers.Answer, right: answers.Answer
) -> charts.Pair:
    return charts.Pair(label, left.p[name][event], right.p[name][event])


def show(network: Network, kind: str) -> None:
    """The comparison and its cautions."""
    case = state.case()
    findings, changes = state.seen(), case.changes
    cautions = [
        flag for flag in answers.flags(network, case.findings, changes) if flag.level == "caution"
    ]
    if cautions and kind != "see":
        st.html(charts.flags(cautions))
    if not changes:
        return
    with st.spinner(texts.WORKING):
        left, right = scenarios(network, kind, findings, changes)
    for answer in (left, right):
        if answer.conflict:
            results.impossible(network, answer.conflict)
            return
        if answer.problem:
            st.error(md(answer.problem), title=texts.UNANSWERED_TITLE)
            return
    pairs = rows(network, left, right)
    if pairs and labels.target(network) is not None:
        st.html(
            charts.headline(
                texts.compare_headline(pairs[0].label, pairs[0].left, pairs[0].right, kind)
            )
        )
    st.html(charts.comparison(pairs, texts.COMPARE_LEFT[kind], texts.COMPARE_RIGHT[kind], kind))
    if all(case.value(name) == value for name, value in changes):
        st.html(charts.note(texts.COMPARE_SAME))


def diagram(network: Network, kind: str) -> None:
    """The changed world as a diagram, with the arrows it cuts."""
    changes = state.case().changes
    if kind == "see" or not changes:
        return
    left, right = scenarios(network, kind, state.seen(), changes)
    if left.ok and right.ok:
        st.html(charts.note(texts.CUT_NOTE))
        graph.show(network, right, left, changes=dict(changes), key="diagram-compare", fixed=True)
