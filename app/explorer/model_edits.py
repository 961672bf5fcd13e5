"""What can be added to a network and taken from it: arrows, variables, the question, a new network."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from etiograph import Network
from etiograph.errors import EtiographError
from etiograph.formats.native import dumps_native
from etiograph.network.edits import (
    AddArrow,
    AddVariable,
    NetworkEdit,
    RemoveArrow,
    RemoveVariable,
    SetQuestion,
    name_of,
    start,
)
from etiograph.network.mechanism import Table
from etiograph.network.noisy import NoisyOr, Opposing
from etiograph.network.ranged import Ranged, read_ranged

from . import charts, current, labels, opening, state, texts
from .markup import md

PICKED = "model-variable"


def _commit(*edits: NetworkEdit) -> bool:
    """Edit the network as one step; whether it could be done, else why not is said on the page."""
    state.stay()
    try:
        state.commit_edits(edits)
    except EtiographError as error:
        st.session_state["model-problem"] = str(error)
        return False
    return True


# -- arrows ---------------------------------------------------------------------------------------


def arrows(network: Network, name: str) -> None:
    """What acts on a variable, each with a way to take the arrow away; and what it acts on."""
    st.html(charts.part(texts.MODEL_ARROWS_IN))
    parents = network.parents(name)
    if not parents:
        st.html(charts.note(texts.MODEL_NONE))
    with st.container(horizontal=True, gap="xsmall", key="model-parents"):
        for parent in parents:
            st.button(
                md(labels.title(network.variables[parent])),
                key=f"model-arrow.{parent}",
                icon=":material/close:",
                icon_position="right",
                help=texts.MODEL_REMOVE_ARROW,
                on_click=_commit,
                args=(RemoveArrow(parent, name),),
            )
    children = [labels.title(network.variables[c]) for c in network.children(name)]
    st.html(charts.part(texts.MODEL_ARROWS_OUT))
    st.html(charts.note("; ".join(children) or texts.MODEL_NONE))


def add_arrow(network: Network, name: str) -> None:
    """The form for an arrow into a variable."""
    others = [n for n in network.variables if n != name and n not in network.parents(name)]
    if not others:
        return
    with st.expander(texts.MODEL_ADD_ARROW, key="model-add-arrow"):
        if st.session_state.get("model-parent") not in others:
            st.session_state["model-parent"] = others[-1]  # what was added last
        parent = st.selectbox(
            texts.MODEL_PARENT,
            others,
            key="model-parent",
            format_func=lambda n: md(labels.title(network.variables[n])),
            on_change=state.stay,
        )
        mechanism = network.mechanisms[name]
        two = len(network.variables[name].states) == 2
        alone = isinstance(mechanism, NoisyOr | Opposing)
        if isinstance(mechanism, Table) and not mechanism.parents and two:
            ways = (texts.MODEL_ROWWISE, texts.MODEL_ALONE)
            way = st.radio(texts.MODEL_HOW, ways, key="model-how", on_change=state.stay)
            alone = way == texts.MODEL_ALONE
        if isinstance(mechanism, Opposing):
            st.radio(
                texts.MODEL_SIDE,
                list(texts.MODEL_SIDES),
                key="model-side",
                format_func=texts.MODEL_SIDES.__getitem__,
                on_change=state.stay,
            )
        states = labels.notable(network.variables[parent]) if alone else ()
        for s in states:
            said = texts.model_strength(
                labels.describe(network, parent, s), labels.title(network.variables[name])
            )
            st.text_input(
                md(said),
                key=f"model-strength.{name}.{parent}.{s}",
                placeholder=texts.MODEL_STRENGTH_HINT,
                on_change=state.stay,
                width=420,
            )
        if isinstance(mechanism, Table) and not alone:
            st.html(charts.note(texts.MODEL_ROWS_GROW, small=True))
        st.button(
            texts.MODEL_ARROW, key="model-arrow", on_click=_arrow, args=(parent, name, states)
        )


def _arrow(parent: str, name: str, states: Sequence[str]) -> None:
    session = st.session_state
    try:
        typed = {s: session[f"model-strength.{name}.{parent}.{s}"] for s in states}
        strengths = tuple((s, _ranged(text, (0.0, None, None))) for s, text in typed.items())
    except EtiographError as error:
        state.stay()
        session["model-problem"] = str(error)
        return
    network = current.network()
    side = session["model-side"] if isinstance(network.mechanisms[name], Opposing) else ""
    _commit(AddArrow(parent, name, strengths, side))


def _ranged(text: str | None, empty: Ranged) -> Ranged:
    return read_ranged(text) if text and text.strip() else empty


# -- variables ------------------------------------------------------------------------------------


def add_variable(network: Network) -> None:
    """The form for a new variable."""
    with (
        st.expander(texts.MODEL_ADD_VARIABLE, key="model-add-variable"),
        st.form("model-new-variable", border=False, clear_on_submit=False),
    ):
        _variable_fields("model-new")
        st.selectbox(
            texts.MODEL_GROUP,
            [g for g in labels.groups(network) if g],
            key="model-new-group",
            index=None,
            accept_new_options=True,
        )
        st.selectbox(
            texts.MODEL_ROLE,
            list(texts.MODEL_ROLES),
            key="model-new-role",
            format_func=texts.MODEL_ROLES.__getitem__,
        )
        st.form_submit_button(texts.MODEL_ADD, key="model-add", on_click=_add)


def _variable_fields(key: str) -> None:
    """Name, states and how common the second one is."""
    st.text_input(texts.MODEL_NAME, key=f"{key}-name", placeholder=texts.MODEL_NAME_HINT)
    st.session_state.setdefault(f"{key}-states", texts.MODEL_DEFAULT_STATES)
    st.text_input(texts.MODEL_STATE_LIST, key=f"{key}-states", placeholder=texts.MODEL_STATE_HINT)
    st.text_input(texts.MODEL_COMMON, key=f"{key}-p", placeholder=texts.MODEL_COMMON_HINT)


def _stated(key: str) -> AddVariable:
    """The variable that a form states.

    Raises
    ------
    EtiographError
        A number can't be read.
    """
    session = st.session_state
    label = " ".join(str(session[f"{key}-name"] or "").split())
    states = [name_of(s) for s in str(session[f"{key}-states"] or "").split(",") if s.strip()]
    typed = str(session[f"{key}-p"] or "").strip()
    p = ((states[1], read_ranged(typed)),) if typed and len(states) > 1 else ()
    return AddVariable(name_of(label), tuple(states), p, label)


def _add() -> None:
    from dataclasses import replace

    session = st.session_state
    state.stay()
    try:
        added = _stated("model-new")
    except EtiographError as error:
        session["model-problem"] = str(error)
        return
    group, role = session.get("model-new-group") or "", session.get("model-new-role") or "variable"
    added = replace(added, group=str(group).strip(), role=role)
    if _commit(added):
        session[PICKED] = added.name
        for field in ("name", "p"):
            session[f"model-new-{field}"] = ""
        session["model-new-states"] = texts.MODEL_DEFAULT_STATES


def remove(name: str) -> None:
    """The button that removes a variable."""
    st.button(
        texts.MODEL_REMOVE,
        key="model-remove",
        icon=":material/delete:",
        help=texts.MODEL_REMOVE_HELP,
        on_click=_commit,
        args=(RemoveVariable(name),),
    )


# -- what is asked, and a new network -------------------------------------------------------------


def question(network: Network) -> None:
    """Which outcome the network is about, and its possible causes."""
    with st.expander(texts.MODEL_QUESTION, key="model-question"):
        session, stated = st.session_state, network.digest()
        if session.get("model-asked") != stated:
            session["model-asked"] = stated
            session["model-target"] = labels.target(network) or ""
            session["model-causes"] = list(network.about.get("causes") or ())
        titles = {n: labels.title(v) for n, v in network.variables.items()}
        with st.form("model-asks", border=False):
            st.html(charts.note(texts.MODEL_QUESTION_NOTE, small=True))
            st.selectbox(
                texts.MODEL_TARGET,
                ["", *titles],
                key="model-target",
                format_func=lambda n: md(titles[n]) if n else texts.MODEL_NO_TARGET,
            )
            st.multiselect(
                texts.MODEL_CAUSES, list(titles), key="model-causes", format_func=titles.__getitem__
            )
            st.form_submit_button(texts.MODEL_ASK, key="model-ask", on_click=_ask)


def _ask() -> None:
    session = st.session_state
    _commit(SetQuestion(session["model-target"] or "", tuple(session["model-causes"])))


def new_network(_network: Network) -> None:
    """The form for a network of one's own, from nothing."""
    with (
        st.expander(texts.MODEL_NEW, key="model-start"),
        st.form("model-new-network", border=False),
    ):
        st.html(charts.note(texts.MODEL_NEW_NOTE, small=True))
        st.text_input(texts.MODEL_NEW_NAME, key="model-begin-network")
        st.html(charts.note(texts.MODEL_NEW_FIRST))
        _variable_fields("model-begin")
        st.form_submit_button(texts.MODEL_BEGIN, key="model-begin", on_click=_begin)


def _begin() -> None:
    session = st.session_state
    state.stay()
    title = " ".join(str(session["model-begin-network"] or "").split())
    if not title:
        session["model-problem"] = texts.MODEL_EMPTY_NAME
        return
    try:
        first = _stated("model-begin")
        network = start(title, first)
    except EtiographError as error:
        session["model-problem"] = str(error)
        return
    opening.open_network(network, name_of(title), dumps_native(network))
    session[PICKED] = first.name
