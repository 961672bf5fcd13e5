"""Steps of the session: what is entered, changed and taken back.

One immutable `History` is the truth. Widgets are views of it: their key is set before they are drawn, and
their callback commits a new step.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

import etiograph as eg
from etiograph.findings.line import NotRead
from etiograph.network.edits import NetworkEdit, SetNumbers

from . import answers, current, labels
from .cases import CaseValue, History, Pairs

SEARCH = "search"  # in the session: what the server has been asked to read of the field of findings
TURN = "search-turn"  # and a number that is new where the page itself has put it there


def look_for(text: str) -> None:
    """Put something into the field of findings, as if it had been typed; empty to show all again."""
    st.session_state[SEARCH] = text
    st.session_state[TURN] = st.session_state.get(TURN, 0) + 1


def commit_number(name: str, number: tuple[float, float | None, float | None] | None) -> None:
    """Change a number of the network, or take the change back; one that is as it stands is none."""
    stands = current.edited().parameters[name]
    if number is None and name in current.shipped().parameters:
        filed = current.shipped().parameters[name]
        number = (filed.value, filed.low, filed.high)
    if number == (stands.value, stands.low, stands.high):
        number = None
    commit(current.case().with_number(name, number))


def commit_edits(edits: Sequence[NetworkEdit]) -> None:
    """Edit the network, as one step; what the case says of variables that are gone goes with them.

    Raises
    ------
    EtiographError
        What comes out is no network; nothing is changed then.
    """
    present = current.case()
    numbers_ = (SetNumbers(present.numbers),) if present.numbers else ()
    value = replace(present, edits=(*present.edits, *numbers_, *edits), numbers=())
    made = current.corrected(value.correction)
    commit(_fitting(value, made))


def commit_model(
    changed: Mapping[str, tuple[float, float | None, float | None]], edits: Sequence[NetworkEdit]
) -> None:
    """Change numbers that have names and edit the network, as one step.

    Raises
    ------
    EtiographError
        What comes out is no network; nothing is changed then.
    """
    if edits:
        named = (SetNumbers(tuple(changed.items())),) if changed else ()
        commit_edits((*named, *edits))
        return
    value = current.case()
    stands = answers.corrected(current.shipped(), value.edits).parameters
    for name, number in changed.items():
        there = stands[name]
        same = number == (there.value, there.low, there.high)
        value = value.with_number(name, None if same else number)
    current.corrected(value.correction)
    commit(value)


def _fitting(value: CaseValue, network_: eg.Network) -> CaseValue:
    """A case without what a network does not know."""
    findings = tuple(
        (n, v)
        for n, v in value.findings
        if n in network_.flags or (n in network_.variables and not labels.refusal(network_, n, v))
    )
    changes, *scenarios = (
        tuple((n, v) for n, v in pairs if n in network_.variables)
        for pairs in (value.changes, *value.scenarios)
    )
    return replace(
        value, findings=findings, changes=changes, scenarios=tuple(filter(None, scenarios))
    )


def commit(value: CaseValue, order: tuple[str, ...] = ()) -> None:
    """Make `value` the present case, as one step that can be undone.

    With `order`, rows of the ranking keep their place as far as they may; else they are sorted anew.
    """
    session = st.session_state
    session["order"] = order
    session["history"] = session["history"].to(value)
    session["notices"] = ()
    session["committed"] = True


def stay() -> None:
    """For what a widget changes beside the case: the run follows no address.

    A click soon after a step still brings the address from before it; only the browser's own ways (Back,
    an opened link) lead to another case.
    """
    st.session_state["committed"] = True


def commit_values(values: dict[str, float]) -> None:
    """Change the values of several numbers as one step; ranges that a value leaves are dropped."""
    changed, present = current.case(), current.network().parameters
    for name, value in values.items():
        number = present[name].at(value)
        changed = changed.with_number(name, (number.value, number.low, number.high))
    commit(changed)


def commit_finding(name: str, value: str | None, typed: str = "") -> None:
    """Enter a finding, or take it back; one that can't be used stays as it was `typed`, with the reason."""
    session = st.session_state
    session["refused"] = {k: v for k, v in session["refused"].items() if k != name}
    reason = None if value is None else labels.refusal(current.network(), name, value)
    if reason:
        session["refused"] = {**session["refused"], name: (typed or value, reason)}
        session["committed"] = True
        return
    commit(current.case().with_finding(name, value), order=session["order"])


def commit_findings(pairs: Pairs, unread: tuple[NotRead, ...] = ()) -> None:
    """Enter several findings as one step; what else was said beside them is not lost."""
    value = current.case()
    for name, entry in pairs:
        value = value.with_finding(name, entry)
    forget()
    st.session_state["unread"] = unread
    commit(value, order=st.session_state["order"])


def undo() -> None:
    """One step back."""
    _move(st.session_state["history"].undo())


def redo() -> None:
    """One step forward again."""
    _move(st.session_state["history"].redo())


def _move(history: History) -> None:
    session = st.session_state
    session["history"] = history
    session["order"] = ()
    forget()
    session["notices"] = ()
    session["committed"] = True


def publish() -> None:
    """The network as published again; undo brings the changes back."""
    value = replace(current.case(), numbers=(), edits=())
    commit(_fitting(value, current.shipped()))


def reset() -> None:
    """Clear the case, changed numbers with it; undo brings it back."""
    forget()
    commit(CaseValue())


def open_example(findings: dict[str, str]) -> None:
    """Replace the case by an example; what this network does not have is left out."""
    net = current.network()
    known = tuple((n, v) for n, v in findings.items() if not labels.refusal(net, n, v))
    forget()
    st.session_state["axes"] = {}
    commit(replace(current.case().emptied(), findings=known))


def forget() -> None:
    """Let go of what was typed for the case that was there and could not be entered."""
    st.session_state["refused"] = {}
    st.session_state["unread"] = ()


def unread() -> tuple[NotRead, ...]:
    """What of the last line that was entered is no finding; it stays until it is put away."""
    found: tuple[NotRead, ...] = st.session_state["unread"]
    return found


def put_away_unread() -> None:
    """The reader has seen what was not entered."""
    st.session_state["unread"] = ()
    st.session_state["committed"] = True


def notices() -> tuple[str, ...]:
    """What the reader should know about how the case came to be."""
    found: tuple[str, ...] = st.session_state["notices"]
    return found


def refused(name: str) -> str | None:
    """Why the last entry on a variable was not used."""
    found: tuple[str, str] | None = st.session_state["refused"].get(name)
    return None if found is None else found[1]


def tried(name: str) -> str | None:
    """What was typed of a variable and not used; it stays in its field to be corrected."""
    found: tuple[str, str] | None = st.session_state["refused"].get(name)
    return None if found is None else found[0]


def view(key: str, value: Any) -> None:
    """Make a widget show `value`; call it before the widget is drawn."""
    if st.session_state.get(key) != value or key not in st.session_state:
        st.session_state[key] = value
