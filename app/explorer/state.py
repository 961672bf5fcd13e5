"""The session: which network, which case, and how both follow the address of the page.

One immutable `History` is the truth. Widgets are views of it: their key is set before they are drawn, and
their callback commits a new step.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import streamlit as st

import etiograph as eg

from . import answers, labels, texts
from .cases import CaseValue, History, Link, Numbers, Pairs, decode, encode, ordered

PARAMETER = "case"
PAGE = "page"  # the page an opened address names
MAX_KEPT = 12
DEFAULT_NETWORK = "leg_cramps"
VARIABLE = "ETIOGRAPH_NETWORK"  # set by `etiograph explore FILE`: a bundled name or a path


def start(page: str) -> None:
    """Once a run, before anything is drawn: set up the session and adopt a changed address.

    Going to another page drops the address; the case stays and the address is written again.
    """
    session = st.session_state
    if "history" not in session:
        session["history"] = History()
        session["source"] = os.environ.get(VARIABLE) or DEFAULT_NETWORK
        session["uploaded"] = None  # a network from a reader's file
        session["notices"] = ()
        session["refused"] = {}
        session["address"] = ""
        session["committed"] = False
        session["page"] = page
        session["kept"] = ()  # (number, Link) of cases kept aside
        session["order"] = ()  # possible causes as last shown
    address = st.query_params.get(PARAMETER, "")
    turned = page != session["page"] and not address
    session["page"] = page
    if address != session["address"] and not session["committed"] and not turned:
        _adopt(address)
        session["address"] = address
    session["committed"] = False


def finish() -> None:
    """Write the case into the address if it differs from what was last written."""
    address = link()
    if address == st.session_state["address"] == st.query_params.get(PARAMETER, ""):
        return
    st.session_state["address"] = address
    if address:
        st.query_params[PARAMETER] = address
    else:
        st.query_params.pop(PARAMETER, None)


def link() -> str:
    """What the address of the present case holds."""
    return encode(Link(identity(), network().digest()[:8], case()))


def address() -> dict[str, str] | None:
    """What the address of any page says of the case, for a way to that page."""
    present = link()
    return {PARAMETER: present} if present else None


def network() -> eg.Network:
    """The network that is open in this session."""
    return with_numbers(numbers())


def with_numbers(changed: Numbers) -> eg.Network:
    """The open network with some of its numbers changed."""
    opened = shipped()
    return answers.edited(opened, tuple(sorted(changed))) if changed else opened


def numbers() -> Numbers:
    """The numbers that are changed in this session: a part of the case, so that Undo reaches them."""
    return case().numbers


def commit_number(name: str, number: tuple[float, float | None, float | None] | None) -> None:
    """Change a number of the network, or take the change back; one that is as in the file is none."""
    stated = shipped().parameters[name]
    if number == (stated.value, stated.low, stated.high):
        number = None
    commit(case().with_number(name, number))


def shipped() -> eg.Network:
    """The open network as its file states it, without this session's changes of numbers."""
    uploaded: eg.Network | None = st.session_state["uploaded"]
    return answers.network(st.session_state["source"]) if uploaded is None else uploaded


def identity() -> str:
    """Name of the open network, as a link states it."""
    name = network().about.get("name")
    return str(name) if name else Path(st.session_state["source"]).stem


def researcher() -> bool:
    """Whether the reader asked for more detail."""
    return bool(st.session_state.get("researcher", False))


def case() -> CaseValue:
    """The present case."""
    present: CaseValue = st.session_state["history"].present
    return present


def seen() -> Pairs:
    """Findings of the present case that the engine sees, in network order; rules read the rest."""
    return ordered(dict(case().findings), network().variables)


def previous() -> CaseValue | None:
    """The case one step back, None at the start."""
    past: tuple[CaseValue, ...] = st.session_state["history"].past
    return past[-1] if past else None


def commit(value: CaseValue, order: tuple[str, ...] = ()) -> None:
    """Make `value` the present case, as one step that can be undone.

    With `order`, rows of the ranking keep their place as far as they may; else they are sorted anew.
    """
    session = st.session_state
    session["order"] = order
    session["history"] = session["history"].to(value)
    session["notices"] = ()
    session["committed"] = True


def commit_finding(name: str, value: str | None) -> None:
    """Enter a finding, or take it back; one that can't be used is refused with a message."""
    session = st.session_state
    session["refused"] = {k: v for k, v in session["refused"].items() if k != name}
    reason = None if value is None else labels.refusal(network(), name, value)
    if reason:
        session["refused"] = {**session["refused"], name: reason}
        session["committed"] = True
        return
    commit(case().with_finding(name, value), order=session["order"])


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
    session["refused"] = {}
    session["notices"] = ()
    session["committed"] = True


def publish() -> None:
    """All numbers as published again; undo brings the changes back."""
    commit(replace(case(), numbers=()))


def reset() -> None:
    """Clear the case, changed numbers with it; undo brings it back."""
    st.session_state["refused"] = {}
    commit(CaseValue())


def open_example(findings: dict[str, str]) -> None:
    """Replace the case by an example; what this network does not have is left out."""
    net = network()
    known = tuple((n, v) for n, v in findings.items() if not labels.refusal(net, n, v))
    st.session_state["refused"] = {}
    commit(CaseValue(known, numbers=numbers()))


def kept_cases() -> tuple[tuple[int, Link], ...]:
    """Cases put aside in this session, with their numbers; they are gone with it."""
    kept: tuple[tuple[int, Link], ...] = st.session_state["kept"]
    return kept


def keep_case() -> None:
    """Put the present case aside."""
    kept = kept_cases()
    number = kept[-1][0] + 1 if kept else 1
    link = Link(identity(), network().digest()[:8], case())
    st.session_state["kept"] = (*kept, (number, link))[-MAX_KEPT:]
    st.session_state["committed"] = True


def open_kept(kept: Link) -> None:
    """Take a case up again."""
    if not adopt(kept.network, kept.digest, kept.case):
        st.session_state["notices"] = (texts.LINK_OTHER_NETWORK,)


def notices() -> tuple[str, ...]:
    """What the reader should know about how the case came to be."""
    found: tuple[str, ...] = st.session_state["notices"]
    return found


def refused(name: str) -> str | None:
    """Why the last entry on a variable was not used."""
    reasons: dict[str, str] = st.session_state["refused"]
    return reasons.get(name)


def view(key: str, value: Any) -> None:
    """Make a widget show `value`; call it before the widget is drawn."""
    if st.session_state.get(key) != value or key not in st.session_state:
        st.session_state[key] = value


def _adopt(address: str) -> None:
    """Take the case from a changed address: an opened link, or the browser's Back."""
    session = st.session_state
    session["refused"] = {}
    if not address:
        session["history"] = session["history"].to(CaseValue(numbers=numbers()))
        session["notices"] = ()
        return
    opened = decode(address)
    if opened is None:
        session["notices"] = (texts.LINK_UNREADABLE,)
        return
    if not adopt(opened.network, opened.digest, opened.case):
        session["notices"] = (texts.LINK_OTHER_NETWORK,)


def adopt(network_name: str, digest: str, value: CaseValue) -> bool:
    """Open a case from outside (link, file); False if its network is none of ours.

    What the network does not know is dropped, with a notice each.
    """
    session = st.session_state
    if network_name != identity() and not _switch(network_name):
        return False
    changed = _numbers_of(digest)
    net, kept, notes = with_numbers(changed), [], []
    for name, entry in value.findings:
        reason = labels.refusal(net, name, entry)
        if reason:
            notes.append(reason)
        else:
            kept.append((name, entry))
    changes, *scenarios = (
        tuple((n, v) for n, v in pairs if n in net.variables and v in net.variables[n].states)
        for pairs in (value.changes, *value.scenarios)
    )
    if not net.digest().startswith(digest[:8]):
        notes.append(texts.LINK_OTHER_VERSION)
    commit(CaseValue(tuple(kept), changes, tuple(filter(None, scenarios)), changed))
    session["notices"] = tuple(notes)
    session["refused"] = {}
    return True


def _numbers_of(digest: str) -> Numbers:
    """The changed numbers a link was made with, if this session had them; else those of now.

    So a link to the published network opens it, and the browser's Back takes a number back, too.
    """
    steps = (case(), CaseValue(), *reversed(st.session_state["history"].past))
    known = list(dict.fromkeys(step.numbers for step in steps))[:MAX_KEPT]
    found = (each for each in known if with_numbers(each).digest()[:8] == digest[:8])
    return next(found, numbers())


def open_network(opened: eg.Network, name: str) -> None:
    """Work on a network from a file, in this session only; the case starts empty."""
    session = st.session_state
    session["uploaded"] = opened
    session["source"] = name
    session["order"] = ()
    session["history"] = History()
    session["notices"] = ()
    session["refused"] = {}
    session["committed"] = True


def _switch(name: str) -> bool:
    """Open another bundled network a link names. A link never opens a path."""
    from etiograph.resources import networks

    if name not in networks():
        return False
    st.session_state["source"] = name
    st.session_state["uploaded"] = None
    st.session_state["history"] = History()  # its steps were of the other network
    return True
