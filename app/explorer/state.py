"""The session: which network, which case, and how both follow the address of the page.

One immutable `History` is the truth. Widgets are views of it: their key is set before they are drawn, and
their callback commits a new step.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import streamlit as st

import etiograph as eg
from etiograph.findings.line import NotRead
from etiograph.network.edits import NetworkEdit, SetNumbers
from etiograph.resources import model_path, networks

from . import answers, drafts, labels, texts
from .cases import (
    CaseValue,
    Correction,
    History,
    Link,
    Numbers,
    Pairs,
    bare,
    decode,
    encode,
    ordered,
)
from .drafts import Draft
from .opened import Opened, find, keep

PARAMETER = "case"
PAGE = "page"  # the page an opened address names
MAX_KEPT = 12
DEFAULT_NETWORK = "leg_cramps"
VARIABLE = "ETIOGRAPH_NETWORK"  # set by `etiograph explore FILE`: a bundled name or a path


def started_with() -> str:
    """The network this server was started with: a bundled name or a path."""
    return os.environ.get(VARIABLE) or DEFAULT_NETWORK


def start(page: str) -> None:
    """Once a run, before anything is drawn: set up the session and adopt a changed address.

    Going to another page drops the address; the case stays and the address is written again.
    """
    session = st.session_state
    if "history" not in session:
        session["history"] = History()
        session["source"] = started_with()
        session["uploaded"] = None  # a network from a reader's file, as `opened.Opened`
        session["notices"] = ()
        forget()
        session["address"] = ""
        session["committed"] = False
        session["page"] = page
        session["kept"] = ()  # (number, Link) of cases kept aside
        session["order"] = ()  # possible causes as last shown
        session["axes"] = {}  # how far the axis of each question goes
    session["network-now"] = None  # its file may be another since the last run
    address = st.query_params.get(PARAMETER, "")
    turned = page != session["page"] and not address
    session["page"] = page
    if address != session["address"] and not session["committed"] and not turned:
        _adopt(address)
        session["address"] = address
    session["committed"] = False


def finish() -> None:
    """Write the case into the address if it differs from what was last written."""
    _keep_draft()
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
    text = encode(_link())
    if text or identity() == _started():
        return text
    return bare(identity(), network().digest())  # so that a reload opens the same network


def _started() -> str:
    """Name of the network this explorer was started on."""
    source = os.environ.get(VARIABLE) or DEFAULT_NETWORK
    return _named(answers.network(source), source)


def _link() -> Link:
    own, digest = uploaded(), network().digest()
    key = drafts.key_of(digest) if case().edits else own.key if own else ""
    return Link(identity(), digest[:8], case(), key)


def _keep_draft() -> None:
    """Keep what is edited of the network on the server, so that a reload or a link finds it again."""
    if case().edits:
        own = uploaded()
        base = own.key if own else ""
        draft = Draft(st.session_state["source"], base, case().edits, case().numbers)
        drafts.keep(network().digest(), draft)
    elif case().numbers:
        drafts.keep_numbers(shipped().digest(), network().digest(), case().numbers)


def address() -> dict[str, str] | None:
    """What the address of any page says of the case, for a way to that page."""
    present = link()
    return {PARAMETER: present} if present else None


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


def commit_number(name: str, number: tuple[float, float | None, float | None] | None) -> None:
    """Change a number of the network, or take the change back; one that is as it stands is none."""
    stands = edited().parameters[name]
    if number is None and name in shipped().parameters:
        filed = shipped().parameters[name]
        number = (filed.value, filed.low, filed.high)
    if number == (stands.value, stands.low, stands.high):
        number = None
    commit(case().with_number(name, number))


def commit_edits(edits: Sequence[NetworkEdit]) -> None:
    """Edit the network, as one step; what the case says of variables that are gone goes with them.

    Raises
    ------
    EtiographError
        What comes out is no network; nothing is changed then.
    """
    present = case()
    numbers_ = (SetNumbers(present.numbers),) if present.numbers else ()
    value = replace(present, edits=(*present.edits, *numbers_, *edits), numbers=())
    made = corrected(value.correction)
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
    value = case()
    stands = answers.corrected(shipped(), value.edits).parameters
    for name, number in changed.items():
        there = stands[name]
        same = number == (there.value, there.low, there.high)
        value = value.with_number(name, None if same else number)
    corrected(value.correction)
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
    return _named(shipped(), st.session_state["source"])


def _named(opened: eg.Network, source: str) -> str:
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


def case() -> CaseValue:
    """The present case."""
    present: CaseValue = st.session_state["history"].present
    return present


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
    changed, present = case(), network().parameters
    for name, value in values.items():
        number = present[name].at(value)
        changed = changed.with_number(name, (number.value, number.low, number.high))
    commit(changed)


def commit_finding(name: str, value: str | None) -> None:
    """Enter a finding, or take it back; one that can't be used stays as it was typed, with the reason."""
    session = st.session_state
    session["refused"] = {k: v for k, v in session["refused"].items() if k != name}
    reason = None if value is None else labels.refusal(network(), name, value)
    if reason:
        session["refused"] = {**session["refused"], name: (value, reason)}
        session["committed"] = True
        return
    commit(case().with_finding(name, value), order=session["order"])


def commit_findings(pairs: Pairs, unread: tuple[NotRead, ...] = ()) -> None:
    """Enter several findings as one step; what else was said beside them is not lost."""
    value = case()
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
    value = replace(case(), numbers=(), edits=())
    commit(_fitting(value, shipped()))


def reset() -> None:
    """Clear the case, changed numbers with it; undo brings it back."""
    forget()
    commit(CaseValue())


def open_example(findings: dict[str, str]) -> None:
    """Replace the case by an example; what this network does not have is left out."""
    net = network()
    known = tuple((n, v) for n, v in findings.items() if not labels.refusal(net, n, v))
    forget()
    st.session_state["axes"] = {}
    commit(replace(case().emptied(), findings=known))


def kept_cases() -> tuple[tuple[int, Link], ...]:
    """Cases put aside in this session, with their numbers; they are gone with it."""
    kept: tuple[tuple[int, Link], ...] = st.session_state["kept"]
    return kept


def keep_case() -> None:
    """Put the present case aside."""
    kept = kept_cases()
    number = kept[-1][0] + 1 if kept else 1
    st.session_state["kept"] = (*kept, (number, _link()))[-MAX_KEPT:]
    st.session_state["committed"] = True


def open_kept(kept: Link) -> None:
    """Take a case up again."""
    if not adopt(kept):
        st.session_state["notices"] = (_elsewhere(kept),)


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


def _adopt(address: str) -> None:
    """Take the case from a changed address: an opened link, or the browser's Back."""
    session = st.session_state
    forget()
    if not address:
        session["history"] = session["history"].to(case().emptied())
        session["notices"] = ()
        return
    opened = decode(address)
    if opened is None:
        session["notices"] = (texts.LINK_UNREADABLE,)
        return
    if not adopt(opened):
        session["notices"] = (_elsewhere(opened),)


def _elsewhere(link: Link) -> str:
    """Why a link can't be opened here, and what to do."""
    return texts.link_own_network(link.network) if link.own else texts.LINK_OTHER_NETWORK


def adopt(link: Link) -> bool:
    """Open a case from outside (link, file); False if its network is not to be had here.

    What the network does not know is dropped, with a notice each.
    """
    session, digest, value = st.session_state, link.digest, link.case
    if not _is_open(link) and not (_switch_to_own(link) if link.own else _switch(link.network)):
        return False
    edits, changed = _correction_of(digest)
    net, kept, notes = corrected((edits, changed)), [], []
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
    if value.findings != case().findings:
        session["axes"] = {}
    commit(CaseValue(tuple(kept), changes, tuple(filter(None, scenarios)), changed, edits))
    session["notices"] = tuple(notes)
    forget()
    return True


def _correction_of(digest: str) -> Correction:
    """What of the network was changed where a link was made, if this server had it; else as it is now.

    So a link to the published network opens it, and the browser's Back takes a change back, too.
    """
    steps = (case(), CaseValue(), *reversed(st.session_state["history"].past))
    known = list(dict.fromkeys(step.correction for step in steps))[:MAX_KEPT]
    found = (each for each in known if corrected(each).digest()[:8] == digest[:8])
    numbers_ = drafts.find_numbers(shipped().digest(), digest)  # of before a reload
    return next(found, ((), numbers_) if numbers_ else case().correction)


def open_network(network_: eg.Network, name: str, text: str, file: str = "") -> None:
    """Work on a network from a file, or on one begun here; the case starts empty."""
    own = Opened(network_, name, text, file)
    keep(own)
    _open(own, name)
    session = st.session_state
    session["order"] = ()
    session["notices"] = ()
    forget()
    session["committed"] = True


def open_bundled(name: str) -> None:
    """Open a bundled network, with nothing known, on Explore."""
    if identity() != name or uploaded() is not None:
        _open(None, name)
    else:
        commit(CaseValue())
    session = st.session_state
    session["order"], session["notices"] = (), ()
    forget()
    session["committed"] = True
    session["turn-to"] = "explore"


def _open(own: Opened | None, source: str) -> None:
    session = st.session_state
    session["uploaded"] = own
    session["source"] = source
    session["history"] = History()  # its steps were of the other network
    session["axes"] = {}


def _switch(name: str) -> bool:
    """Open another network a link names: a bundled one, or the one this explorer was started on.

    A link never opens a path.
    """
    started = started_with()
    if name in networks():
        _open(None, name)
    elif name == _named(answers.network(started), started):
        _open(None, started)
    else:
        return False
    return True


def _is_open(link: Link) -> bool:
    """Whether the network a link was made with is the one that is open."""
    if link.own:
        edited = corrected(_correction_of(link.digest)).digest()
        return shipped().digest().startswith(link.own) or edited.startswith(link.own)
    ours = uploaded() is None or shipped().digest().startswith(link.digest)
    return ours and identity() == link.network


def _switch_to_own(link: Link) -> bool:
    """Open a network from a reader's file, or an edited one, again, if this server still has it."""
    draft = drafts.find(link.own)
    if draft is not None:
        base = find(draft.own) if draft.own else None
        if draft.own and base is None:
            return False
        _open(base, draft.source)
        commit(CaseValue(numbers=draft.numbers, edits=draft.edits))
        return True
    own = find(link.own)
    if own is None:
        return False
    _open(own, own.name)
    return True
