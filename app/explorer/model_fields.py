"""The numbers of one variable as fields to type in: rows of a table, or numbers with names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import streamlit as st

from etiograph import Network
from etiograph.errors import EtiographError
from etiograph.network.edits import NetworkEdit, SetRow, table_rows
from etiograph.network.mechanism import Row, Table
from etiograph.network.parameter import Parameter, value_of
from etiograph.network.ranged import SHORT, Ranged, ranged_text, reread_ranged

from . import charts, labels, state, texts
from .markup import md
from .meaning import named

BESIDE = 2  # fields beside each other


@dataclass(frozen=True, slots=True)
class Field:
    """One number: what it is, what it says now, and where it stands.

    It has a name in the network, or it is the chance of a state in a row of a table.
    """

    label: str
    present: Ranged
    number: str = ""
    row: int = -1
    state: str = ""


def form(network: Network, name: str) -> None:
    """The numbers of a variable, each in a field with its range, and the button that uses them."""
    mechanism = network.mechanisms[name]
    st.html(charts.part(texts.MODEL_NUMBERS, texts.model_kind(mechanism.kind)))
    try:
        groups = _groups(network, name)
    except EtiographError:
        st.html(charts.note(texts.MODEL_TOO_LARGE))
        return
    if not groups:
        st.html(charts.note(texts.MODEL_NO_NUMBERS))
        return
    groups = _page(groups) if isinstance(mechanism, Table) else _about(network, name, groups)
    fields = {_key(name, f): f for _, listed in groups for f in listed}
    _view(network, name, fields)
    table = isinstance(mechanism, Table)
    note = texts.MODEL_NUMBERS_NOTE if table else texts.MODEL_OTHER_NUMBERS_NOTE
    with st.form(f"model-numbers.{name}", border=False):
        st.html(charts.note(note, small=True))
        cells = groups if table else [("", [field]) for _, listed in groups for field in listed]
        for first in range(0, len(cells), BESIDE):
            for place, cell in zip(st.columns(BESIDE), cells[first:][:BESIDE], strict=False):
                with place:
                    _cell(name, *cell)
        st.form_submit_button(
            texts.MODEL_USE, key="model-use", on_click=_use, args=(name, tuple(fields.items()))
        )


def _cell(name: str, heading: str, fields: list[Field]) -> None:
    """The fields of one row, under where it holds."""
    if heading:
        st.html(charts.note(heading))
    for field in fields:
        st.text_input(md(field.label), key=_key(name, field))


def _key(name: str, field: Field) -> str:
    return f"m.{name}.{field.number or f'{field.row}.{field.state}'}"


def _view(network: Network, name: str, fields: Mapping[str, Field]) -> None:
    """Show what the network says now; what is being typed stays until that is another."""
    session, stated = st.session_state, (name, network.digest())
    fresh = session.get("model-stated") != stated
    session["model-stated"] = stated
    for key, field in fields.items():
        if fresh or key not in session:
            session[key] = ranged_text(*field.present, digits=SHORT)


def _page(groups: list[tuple[str, list[Field]]]) -> list[tuple[str, list[Field]]]:
    """The rows to be shown: all, or a page of a long table."""
    most = texts.MODEL_SHOWN
    if len(groups) <= most:
        return groups
    pages = range(0, len(groups), most)
    start = st.selectbox(
        texts.MODEL_ROWS,
        pages,
        key="model-rows",
        format_func=lambda k: texts.model_rows(k + 1, min(k + most, len(groups)), len(groups)),
        on_change=state.stay,
    )
    return groups[start or 0 :][:most]


def _about(
    network: Network, name: str, groups: list[tuple[str, list[Field]]]
) -> list[tuple[str, list[Field]]]:
    """The numbers about one cause, where there are too many to show all at once."""
    ((heading, fields),) = groups
    if len(fields) <= texts.MODEL_LISTED:
        return groups
    parents, by_cause = network.parents(name), dict[str, list[Field]]()
    for field in fields:
        parts = field.number.split(".")[1:]
        by_cause.setdefault(next((p for p in parts if p in parents), ""), []).append(field)
    titles = {n: labels.title(network.variables[n]) if n else texts.MODEL_REST for n in by_cause}
    if st.session_state.get("model-about") not in by_cause:
        st.session_state["model-about"] = next(iter(by_cause))
    cause = st.selectbox(
        texts.MODEL_ABOUT,
        list(by_cause),
        key="model-about",
        format_func=lambda n: md(titles[n]),
        persist_state="session",
        on_change=state.stay,
    )
    return [(heading, by_cause[cause])]


def _groups(network: Network, name: str) -> list[tuple[str, list[Field]]]:
    mechanism = network.mechanisms[name]
    if not isinstance(mechanism, Table):
        fields = [
            Field(named(network, p.name), (p.value, p.low, p.high), p.name)
            for p in mechanism.parameters
        ]
        return [("", fields)] if fields else []
    rows = table_rows(network, name)
    return [
        (where(network, row, mechanism.parents), _fields(network, name, k, row))
        for k, row in enumerate(rows)
    ]


def _fields(network: Network, name: str, place: int, row: Row) -> list[Field]:
    """The chances of a row; of states that are all stated, the first has what the others leave."""
    variable = network.variables[name]
    stated = [s for s in variable.states if s in row.p]
    if len(stated) == len(variable.states) > 1:
        stated = stated[1:]
    found = []
    for s in stated:
        p = row.p[s]
        present = (
            (p.value, p.low, p.high) if isinstance(p, Parameter) else (value_of(p), None, None)
        )
        label = texts.model_chance(labels.describe(network, name, s))
        found.append(Field(label, present, p.name if isinstance(p, Parameter) else "", place, s))
    return found


def where(network: Network, row: Row, parents: tuple[str, ...]) -> str:
    """Where a row of a table holds, in words."""
    if not row.when:
        return texts.MODEL_ELSE if parents else texts.MODEL_ALWAYS
    said = []
    for parent in parents:
        if parent in row.when:
            shown = [labels.show(network, parent, s) for s in row.when[parent]]
            said.append(texts.model_either(shown))
    return texts.model_where(said)


def _use(name: str, fields: tuple[tuple[str, Field], ...]) -> None:
    """Use what was typed, as one step; nothing changes if any of it can't be used."""
    session = st.session_state
    state.stay()
    try:
        typed = [(f, reread_ranged(session[key], f.present)) for key, f in fields]
        changed = [(f, ranged) for f, ranged in typed if ranged != f.present]
        rows = {f.row for f, _ in changed if not f.number}
        numbers = {f.number: ranged for f, ranged in changed if f.row not in rows or f.row < 0}
        edits: Iterable[NetworkEdit] = (
            SetRow(name, row, tuple((f.state, r) for f, r in typed if f.row == row))
            for row in sorted(rows)
        )
        state.commit_model(numbers, tuple(edits))
    except EtiographError as error:
        session["model-problem"] = str(error)
