"""The field in which findings are typed: what may be meant is listed under it at every letter.

The list of names is sent once and looked through in the browser; the server is asked for what only it can
read: lines of several findings, numbers, and words that no name has.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from etiograph import Network

from . import labels, state, texts
from .kept import kept

if TYPE_CHECKING:
    from etiograph.network.variable import Variable

HERE = Path(__file__).resolve().parent / "entry"
KEY = "entry"

_component = st.components.v2.component(
    "etiograph_entry",
    html='<div class="entry"></div>',
    css=(HERE / "entry.css").read_text(encoding="utf-8"),
    js=(HERE / "entry.js").read_text(encoding="utf-8"),
)


def field(network: Network) -> str:
    """Draw the field; what of it the server has been asked for."""
    session = st.session_state
    asked: str = session.setdefault(state.SEARCH, "")
    _component(
        key=KEY,
        data={
            "names": _names(network),
            "text": asked,
            "turn": session.get(state.TURN, 0),
            "words": {
                "label": texts.SEARCH,
                "hint": texts.search_hint(labels.example(network)),
                **texts.ENTRY,
            },
        },
        on_typed_change=_typed,
        on_chosen_change=_chosen,
    )
    return asked


def _event(name: str) -> Any:
    return getattr(st.session_state[KEY], name, None)


def _typed() -> None:
    """Something was typed that the server has to read; empty where it need not any more."""
    typed = _event("typed")
    if typed is None:
        return
    st.session_state[state.SEARCH] = str(typed["text"])
    state.stay()


def _chosen() -> None:
    """A state was chosen from the list."""
    chosen = _event("chosen")
    if chosen is None:
        return
    st.session_state[state.SEARCH] = ""
    state.commit_finding(str(chosen["name"]), str(chosen["state"]))


def _ordered(variable: Variable) -> tuple[str, ...]:
    """States as they are chosen from; that nothing is there comes last."""
    options = labels.options(variable)
    last = variable.usual if variable.usual_is_nothing else ""
    return tuple(sorted(options, key=lambda state: state == last))


@kept
def _names(network: Network) -> str:
    """What may be entered, as the list in the browser reads it."""
    from etiograph.findings.offers import offers, unasked
    from etiograph.findings.speech import NOT

    there = {offer.name: offer for offer in offers(network)}
    found = []
    for name in labels.input_names(network):
        offer, variable = there[name], labels.everything(network)[name]
        words = dict(offer.states)
        mechanism = labels.reading(network, name)
        units = map(labels.unit_shown, labels.units(mechanism)) if mechanism else ()
        found.append(
            {
                "name": name,
                "title": labels.title(variable),
                "words": offer.words,
                "states": [
                    {"name": s, "shown": labels.show(network, name, s), "words": words[s]}
                    for s in _ordered(variable)
                ],
                "alone": offer.alone,
                "value": texts.type_value(tuple(units)) if mechanism else "",
            }
        )
    all_ = {"entries": found, "unasked": unasked(network), "denials": sorted(NOT)}
    return json.dumps(all_, separators=(",", ":"))
