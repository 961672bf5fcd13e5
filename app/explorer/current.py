"""What is open in this session: the case, the network it is about, and the file that holds it. Read only."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import streamlit as st

import etiograph as eg
from etiograph.resources import model_path, networks

from . import answers, labels
from .cases import CaseValue, Correction, Numbers, Pairs, ordered
from .opened import Opened

DEFAULT_NETWORK = "leg_cramps"
VARIABLE = "ETIOGRAPH_NETWORK"  # set by `etiograph explore FILE`: a bundled name or a path


def started_with() -> str:
    """The network this server was started with: a bundled name or a path."""
    return os.environ.get(VARIABLE) or DEFAULT_NETWORK


def case() -> CaseValue:
    """The present case."""
    present: CaseValue = st.session_state["history"].present
    return present


def network() -> eg.Network:
    """The network that is open in this session; looked for once a run, for it is asked many times."""
    session = st.session_state
    own, open_ = session["uploaded"], (session["source"], case().correction)
    there = session.get("network-now")
    if there is None or there[0] is not own or there[1] != open_:
        there = session["network-now"] = (own, open_, with_numbers(numbers()))
    found: eg.Network = there[2]
    return found


def with_numbers(changed: Numbers) -> eg.Network:
    """The open network with some of its numbers changed."""
    return corrected((case().edits, changed))


def corrected(correction: Correction) -> eg.Network:
    """The network of the open file, edited, and then with some of its numbers changed."""
    edits, changed = correction
    opened = answers.corrected(shipped(), edits)
    return answers.edited(opened, tuple(sorted(changed))) if changed else opened


def edited() -> eg.Network:
    """The network as its file and this session's edits state it, without changed numbers."""
    return corrected((case().edits, ()))


def is_corrected() -> bool:
    """Whether the network is not as its file states it."""
    return any(case().correction)


def is_begun() -> bool:
    """Whether the network was begun here, so that there is no file it came from."""
    own = uploaded()
    return own is not None and not own.file


def numbers() -> Numbers:
    """The numbers that are changed in this session: a part of the case, so that Undo reaches them."""
    return case().numbers


def shipped() -> eg.Network:
    """The open network as its file states it, without this session's changes of numbers."""
    own = uploaded()
    return answers.network(st.session_state["source"]) if own is None else own.network


def uploaded() -> Opened | None:
    """The network from a reader's file that is open, None if one of ours is."""
    found: Opened | None = st.session_state["uploaded"]
    return found


def published() -> eg.Network:
    """What the open network is measured against: the bundled network it is a copy of, else its own file."""
    opened = shipped()
    if uploaded() is None or identity() not in networks():
        return opened
    original = answers.network(identity())
    return original if original.variables.keys() == opened.variables.keys() else opened


def source_text() -> Callable[[], str]:
    """What reads the text of the file of the open network, when it is asked for and outside the session."""
    own, source = uploaded(), st.session_state["source"]
    return lambda: own.text if own else model_path(source).read_text(encoding="utf-8")


def identity() -> str:
    """Name of the open network, as a link states it."""
    return named(shipped(), st.session_state["source"])


def named(opened: eg.Network, source: str) -> str:
    name = opened.about.get("name")
    return str(name) if name else Path(source).stem


def file() -> str:
    """What holds the open network as it stands: a bundled name, a path, or the name of the reader's file.

    Empty where no file does: it was changed or begun here and has to be taken away first.
    """
    own = uploaded()
    if is_corrected():
        return ""
    return own.file if own else str(st.session_state["source"])


def model_file() -> str:
    """What the model file is called in which the open network is taken away."""
    end = "-changed" if is_corrected() and not is_begun() else ""
    return f"{labels.file_name(identity())}{end}.toml"


def researcher() -> bool:
    """Whether the reader asked for more detail."""
    return bool(st.session_state.get("researcher", False))


def seen() -> Pairs:
    """Findings of the present case that the engine sees, in network order; rules read the rest."""
    session, present, net = st.session_state, case(), network()
    there = session.get("seen-now")
    if there is None or there[0] is not present or there[1] is not net:
        pairs = ordered(dict(present.findings), net.variables)
        there = session["seen-now"] = (present, net, pairs)
    found: Pairs = there[2]
    return found


def told() -> Pairs:
    """All findings of the present case in the order of the network: with those that rules alone read."""
    return ordered(dict(case().findings), labels.everything(network()))


def previous() -> CaseValue | None:
    """The case one step back, None at the start."""
    past: tuple[CaseValue, ...] = st.session_state["history"].past
    return past[-1] if past else None
