"""Opening: the case follows the address of the page, a link, a file or a case put aside, and the address it."""

from __future__ import annotations

import streamlit as st

import etiograph as eg
from etiograph.resources import networks

from . import answers, current, drafts, labels, state, texts
from .cases import CaseValue, Correction, History, Link, bare, decode, encode
from .drafts import Draft
from .opened import Opened, find, keep

PARAMETER = "case"
PAGE = "page"  # the page an opened address names
MAX_KEPT = 12


def start(page: str) -> None:
    """Once a run, before anything is drawn: set up the session and adopt a changed address.

    Going to another page drops the address; the case stays and the address is written again.
    """
    session = st.session_state
    if "history" not in session:
        session["history"] = History()
        session["source"] = current.started_with()
        session["uploaded"] = None  # a network from a reader's file, as `opened.Opened`
        session["notices"] = ()
        state.forget()
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
    if text or current.identity() == _started():
        return text
    # So that a reload opens the same network.
    return bare(current.identity(), current.network().digest())


def _started() -> str:
    """Name of the network this explorer was started on."""
    source = current.started_with()
    return current.named(answers.network(source), source)


def _link() -> Link:
    own, digest = current.uploaded(), current.network().digest()
    key = drafts.key_of(digest) if current.case().edits else own.key if own else ""
    return Link(current.identity(), digest[:8], current.case(), key)


def _keep_draft() -> None:
    """Keep what is edited of the network on the server, so that a reload or a link finds it again."""
    if current.case().edits:
        own = current.uploaded()
        base = own.key if own else ""
        draft = Draft(
            st.session_state["source"], base, current.case().edits, current.case().numbers
        )
        drafts.keep(current.network().digest(), draft)
    elif current.case().numbers:
        drafts.keep_numbers(
            current.shipped().digest(), current.network().digest(), current.case().numbers
        )


def address() -> dict[str, str] | None:
    """What the address of any page says of the case, for a way to that page."""
    present = link()
    return {PARAMETER: present} if present else None


def _adopt(address: str) -> None:
    """Take the case from a changed address: an opened link, or the browser's Back."""
    session = st.session_state
    state.forget()
    if not address:
        session["history"] = session["history"].to(current.case().emptied())
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
    net, kept, notes = current.corrected((edits, changed)), [], []
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
    if value.findings != current.case().findings:
        session["axes"] = {}
    state.commit(CaseValue(tuple(kept), changes, tuple(filter(None, scenarios)), changed, edits))
    session["notices"] = tuple(notes)
    state.forget()
    return True


def _correction_of(digest: str) -> Correction:
    """What of the network was changed where a link was made, if this server had it; else as it is now.

    So a link to the published network opens it, and the browser's Back takes a change back, too.
    """
    steps = (current.case(), CaseValue(), *reversed(st.session_state["history"].past))
    known = list(dict.fromkeys(step.correction for step in steps))[:MAX_KEPT]
    found = (each for each in known if current.corrected(each).digest()[:8] == digest[:8])
    numbers_ = drafts.find_numbers(current.shipped().digest(), digest)  # of before a reload
    return next(found, ((), numbers_) if numbers_ else current.case().correction)


def _switch(name: str) -> bool:
    """Open another network a link names: a bundled one, or the one this explorer was started on.

    A link never opens a path.
    """
    started = current.started_with()
    if name in networks():
        _open(None, name)
    elif name == current.named(answers.network(started), started):
        _open(None, started)
    else:
        return False
    return True


def _is_open(link: Link) -> bool:
    """Whether the network a link was made with is the one that is open."""
    if link.own:
        edited = current.corrected(_correction_of(link.digest)).digest()
        return current.shipped().digest().startswith(link.own) or edited.startswith(link.own)
    ours = current.uploaded() is None or current.shipped().digest().startswith(link.digest)
    return ours and current.identity() == link.network


def _switch_to_own(link: Link) -> bool:
    """Open a network from a reader's file, or an edited one, again, if this server still has it."""
    draft = drafts.find(link.own)
    if draft is not None:
        base = find(draft.own) if draft.own else None
        if draft.own and base is None:
            return False
        _open(base, draft.source)
        state.commit(CaseValue(numbers=draft.numbers, edits=draft.edits))
        return True
    own = find(link.own)
    if own is None:
        return False
    _open(own, own.name)
    return True


def open_network(network_: eg.Network, name: str, text: str, file: str = "") -> None:
    """Work on a network from a file, or on one begun here; the case starts empty."""
    own = Opened(network_, name, text, file)
    keep(own)
    _open(own, name)
    session = st.session_state
    session["order"] = ()
    session["notices"] = ()
    state.forget()
    session["committed"] = True


def open_bundled(name: str) -> None:
    """Open a bundled network, with nothing known, on Explore."""
    if current.identity() != name or current.uploaded() is not None:
        _open(None, name)
    else:
        state.commit(CaseValue())
    session = st.session_state
    session["order"], session["notices"] = (), ()
    state.forget()
    session["committed"] = True
    session["turn-to"] = "explore"


def _open(own: Opened | None, source: str) -> None:
    session = st.session_state
    session["uploaded"] = own
    session["source"] = source
    session["history"] = History()  # its steps were of the other network
    session["axes"] = {}


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
