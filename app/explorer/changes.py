"""What the page Compare sets otherwise: the list to choose from, what is chosen, scenarios put aside."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from etiograph import Network

from . import charts, current, labels, state, texts
from .cases import MAX_SCENARIOS, Pairs
from .markup import md

CHANGEABLE = ("medicine", "remedy", "habit")
TRIES = 4  # changes offered by one click


def changeable(network: Network) -> tuple[str, ...]:
    """What a person could change; in a network without such roles, anything with an effect."""
    named = tuple(n for n, v in network.variables.items() if v.role in CHANGEABLE)
    return named or tuple(n for n in network.variables if network.children(n))


def offered(network: Network, kind: str) -> tuple[str, ...]:
    """What the question can be asked of; what is entered for this person first, medicines above all.

    One can suppose to observe only what is not known yet.
    """
    if kind == "see":
        return tuple(n for n in labels.input_names(network) if fits(network, kind, n))
    case, variables = current.case(), network.variables

    def place(name: str) -> int:
        there = case.value(name) not in (None, labels.reference(variables[name]))
        return -2 if there and variables[name].role in CHANGEABLE[:2] else -1 if there else 0

    return tuple(sorted(changeable(network), key=place))


def fits(network: Network, kind: str, name: str) -> bool:
    """Whether the question makes sense of a variable."""
    if kind == "see":
        return name in network.variables and current.case().value(name) is None
    return name in changeable(network) or (current.researcher() and bool(network.children(name)))


def used(network: Network, kind: str) -> Pairs:
    """The changes of the case that fit the question."""
    return tuple(pair for pair in current.case().changes if fits(network, kind, pair[0]))


def panel(network: Network, kind: str) -> None:
    """Which variables are set otherwise, and to what."""
    st.subheader(texts.CHANGE_WHAT[kind], anchor=False)
    variables, chosen = network.variables, used(network, kind)
    taken = dict(current.case().changes)
    names = {n: _listed(network, n) for n in offered(network, kind) if n not in taken}
    pick = texts.CHANGE_MORE if chosen else texts.CHANGE_PICK[kind]
    st.session_state["change-pick"] = None
    st.selectbox(
        pick,
        list(names),
        key="change-pick",
        index=None,
        format_func=names.__getitem__,
        placeholder=pick,
        label_visibility="collapsed",
        on_change=_picked,
    )
    if chosen:
        _chips(network, chosen)
    with st.container(key="findings-changes", gap="small"):
        for name, value in chosen:
            key = f"c.{name}"
            state.view(key, value)
            shown = {s: labels.state_title(variables[name], s) for s in variables[name].states}
            st.pills(
                md(labels.title(variables[name])),
                list(variables[name].states),
                key=key,
                required=True,  # a click on what is chosen confirms it; the chip above takes it away
                format_func=lambda s, shown=shown: md(shown[s]),
                help=md(variables[name].definition) or None,
                on_change=_committed,
                args=(name,),
            )
    if not chosen:
        if not kept(network, kind):
            st.html(charts.note(texts.COMPARE_NOTHING[kind]))
        _tries(network, kind)
    _left_out(network, kind)
    aside(network, kind)


def _tries(network: Network, kind: str) -> None:
    """What is entered of this person and could be otherwise, each as a change by one click."""
    case, variables = current.case(), network.variables
    found = [
        (name, labels.reference(variables[name]))
        for name in (() if kind == "see" else offered(network, kind))
        if case.value(name) not in (None, labels.reference(variables[name]))
    ]
    found = [each for each in found if (each,) not in case.scenarios]
    with st.container(horizontal=True, gap="xsmall", key="change-tries"):
        for name, usual in found[:TRIES]:
            st.button(
                md(labels.show(network, name, usual)),
                key=f"change-try.{name}",
                icon=":material/edit:",
                on_click=_try,
                args=(name, usual),
            )


def _try(name: str, value: str) -> None:
    state.commit(current.case().with_change(name, value))


def _listed(network: Network, name: str) -> str:
    """A variable in the list, with what is entered of it."""
    variable, now = network.variables[name], current.case().value(name)
    if now not in variable.states:
        return labels.title(variable)
    return texts.as_now(labels.title(variable), labels.state_title(variable, now or ""))


def _chips(network: Network, chosen: Pairs) -> None:
    """What is set otherwise, each with a button that takes it away."""
    with st.container(horizontal=True, gap="xsmall", key="change-chips"):
        for name, value in chosen:
            st.button(
                md(labels.show(network, name, value)),
                key=f"change-chip.{name}",
                icon=":material/close:",
                icon_position="right",
                help=texts.CHANGE_AWAY,
                on_click=_away,
                args=(name,),
            )


def _left_out(network: Network, kind: str) -> None:
    """What was set for another question and does not fit this one."""
    known = current.case()
    for name, value in known.changes:
        if fits(network, kind, name):
            continue
        entered = known.value(name)
        what = labels.show(network, name, value)
        if kind == "see" and entered is not None:
            st.html(charts.note(texts.change_known(what, labels.show(network, name, entered))))
        else:
            st.html(charts.note(texts.change_unfit(what)))


def _away(name: str) -> None:
    state.commit(current.case().with_change(name, None))


def _picked() -> None:
    """A variable was chosen: set it to something else than it is."""
    name = st.session_state["change-pick"]
    if name is None:
        return
    variable = current.network().variables[name]
    now = current.case().value(name)
    usual = labels.reference(variable)
    value = usual if now not in (None, usual) else labels.notable(variable)[0]
    state.commit(current.case().with_change(name, value))


def _committed(name: str) -> None:
    state.commit(current.case().with_change(name, st.session_state[f"c.{name}"]))


def kept(network: Network, kind: str) -> tuple[Pairs, ...]:
    """Scenarios put aside that fit the question and are not the present one."""
    return tuple(
        pairs
        for pairs in current.case().scenarios
        if pairs != current.case().changes and all(fits(network, kind, n) for n, _ in pairs)
    )


def _keep() -> None:
    """Put the present changes aside, and start another scenario from no change."""
    case = current.case()
    state.commit(replace(case.with_scenario(case.changes), changes=()))


def _forget(pairs: Pairs) -> None:
    state.commit(current.case().without_scenario(pairs))


def aside(network: Network, kind: str) -> None:
    """Scenarios put aside, each with a way to take it away, and the button that adds one."""
    for number, pairs in enumerate(kept(network, kind)):
        st.button(
            md(in_words(network, pairs)),
            key=f"scenario.{number}",
            icon=":material/close:",
            icon_position="right",
            help=texts.SCENARIO_FORGET,
            on_click=_forget,
            args=(pairs,),
        )
    if used(network, kind) and len(kept(network, kind)) < MAX_SCENARIOS:
        st.button(
            texts.SCENARIO_KEEP,
            key="scenario-keep",
            icon=":material/add:",
            help=texts.SCENARIO_KEEP_HELP,
            on_click=_keep,
        )


def in_words(network: Network, chosen: Pairs) -> str:
    """A scenario as the head of its column."""
    return "; ".join(labels.show(network, n, v) for n, v in chosen)
