"""The causal diagram as an interactive component: our own SVG, set by mouse or keyboard."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from etiograph import Network
from etiograph.decision import diagram

from . import answers, labels, late, parts, state, texts
from .cases import Pairs
from .kept import kept

HERE = Path(__file__).resolve().parent / "diagram"
MAX_NODES = 160  # more can't be read on one screen
ALWAYS = 10  # findings that are shown even where their group is folded
KEY = "diagram"
SETTLED = 0.9999

_component = st.components.v2.component(
    "etiograph_diagram",
    html=(HERE / "diagram.html").read_text(encoding="utf-8"),
    css=(HERE / "diagram.css").read_text(encoding="utf-8"),
    js=(HERE / "diagram.js").read_text(encoding="utf-8"),
)


def section(network: Network) -> bool:
    """The diagram below findings and answer, unless a reader folds it away; whether it is drawn."""
    with st.container(key="diagram-section"):
        if not st.toggle(
            texts.DIAGRAM_TITLE, value=True, key="diagram-on", persist_state="session"
        ):
            return False
        now = answers.posterior(network, state.seen())
        show(network, now, answers.posterior(network, ()))
    return True


def show(
    network: Network,
    now: answers.Answer,
    base: answers.Answer,
    *,
    lit: Collection[str] = (),
    changes: Mapping[str, str] | None = None,
    key: str = KEY,
    fixed: bool = False,
    findings: Pairs | None = None,
    names: tuple[str, ...] = (),
) -> None:
    """Draw the diagram; `fixed` only shows, else a click or a key enters a finding.

    Of the present case, or of other `findings`; of all variables, or of the `names` alone.
    """
    if len(names or network.variables) > MAX_NODES:
        st.info(texts.diagram_too_large(len(network.variables), MAX_NODES))
        return
    skeleton = _skeleton(network.digest(), network, names)
    known = dict(state.case().findings if findings is None else findings)
    changed = changes or {}
    drawn = [node["id"] for node in skeleton["nodes"]]
    of_the_case = {
        "key": f"{network.digest()}{key}",
        "slot": key,
        "token": _token(),
        "marks": {name: _mark(network, name, now, base, changed, known) for name in drawn},
        "lit": list(lit),
        "cut": list(changed),
    }
    same = _same(network.digest(), network, names, fixed)
    data = f"{same[:-1]}, {json.dumps(of_the_case)[1:]}".encode()
    _component(key=key, data=data, on_pick_change=lambda: _picked(key))


def preview(network: Network) -> None:
    """What each finding would do, for a pointer resting on it; sent after everything else."""
    if len(network.variables) > MAX_NODES:
        return
    now = answers.posterior(network, state.seen())
    known = dict(state.case().findings)
    skeleton = _skeleton(network.digest(), network, ())
    order, choices = [node["id"] for node in skeleton["nodes"]], _choices(network)
    first = [name for name in skeleton["keep"] if name in choices]  # what is never folded
    asked = tuple(
        (name, choice["state"])
        for name in dict.fromkeys([*first, *choices])
        if name not in known
        for choice in choices[name]
    )
    shown = tuple((name, shown_state(network, name, now)) for name in order)
    found = late.previews(network, state.seen(), asked, shown)
    with st.container(key="diagram-previews"):
        data = json.dumps({"slot": KEY, "token": _token(), "previews": found}).encode()
        _component(key="previews", data=data, height=1)


def _token() -> str:
    """What the numbers of a diagram rest on, so that a preview of other findings is not taken for it."""
    return str(hash(state.seen()))


@kept(16)
def _skeleton(digest: str, _network: Network, names: tuple[str, ...]) -> dict[str, Any]:
    """What is the same for every case: nodes by column and place, groups, arrows, what is always shown."""
    placed = diagram.layout(_network, names or None)
    boxes = sorted(placed.boxes.values(), key=lambda box: (box.column, box.y))
    group = {box.name: labels.group_of(_network, box.name) for box in boxes}
    stated = [str(g) for g in _network.about.get("groups") or ()]
    groups = [g for g in dict.fromkeys([*stated, *group.values()]) if g in group.values()]
    keep = set(names) or {*labels.cause_names(_network), *parts.telling(_network, ALWAYS)}
    return {
        "nodes": [{"id": box.name, "c": box.column, "g": group[box.name]} for box in boxes],
        "arrows": [[a.source, a.target] for a in placed.arrows],
        "groups": groups,
        "keep": sorted(keep),
    }


@kept(16)
def _same(digest: str, _network: Network, names: tuple[str, ...], fixed: bool) -> str:
    """What a diagram is sent that is the same for every case, as JSON.

    As text, because Streamlit would write it anew at every step, twice.
    """
    skeleton = _skeleton(digest, _network, names)
    title = texts.nodes_and_arrows(len(skeleton["nodes"]), len(skeleton["arrows"]))
    return json.dumps(
        {
            **skeleton,
            "choices": {} if fixed else _choices(_network),
            "words": texts.DIAGRAM_WORDS
            | {"title": title}
            | ({"hint": texts.DIAGRAM_WORDS["fixed"]} if fixed else {}),
        }
    )


def _picked(key: str) -> None:
    picked = st.session_state[key].pick
    if picked:
        state.commit_finding(picked["name"], picked["state"])


def _choices(network: Network) -> dict[str, list[dict[str, str]]]:
    """States a reader may enter from the diagram; a reading is entered as a number, in its row."""
    return _all_choices(network.digest(), network)


@kept(16)
def _all_choices(digest: str, _network: Network) -> dict[str, list[dict[str, str]]]:
    found = {}
    for name in labels.input_names(_network):
        if name in _network.variables and labels.reading(_network, name) is None:
            variable = _network.variables[name]
            order = (*labels.notable(variable), labels.reference(variable))
            found[name] = [{"state": s, "label": labels.state_title(variable, s)} for s in order]
    return found


def shown_state(network: Network, name: str, answer: answers.Answer) -> str:
    """The state a node speaks of: the notable one that is most probable."""
    notable = labels.notable(network.variables[name])
    if not answer.ok or len(notable) <= 1:
        return notable[0] if notable else network.variables[name].states[0]
    return max(notable, key=answer.p[name].__getitem__)


def _mark(
    network: Network,
    name: str,
    now: answers.Answer,
    base: answers.Answer,
    changed: Mapping[str, str],
    known: Mapping[str, str],
) -> dict[str, Any]:
    """What one node shows and says."""
    variable = network.variables[name]
    value = known.get(name)
    if changed and value in variable.states and now.ok and now.p[name][value] < SETTLED:
        value = None  # seen before the change; from now on it may be otherwise
    shown = shown_state(network, name, now if now.ok else base)
    p = round(now.p[name][shown], 4) if now.ok else None
    kind = "implied"
    if name in changed:
        kind = "changed"
    elif value is not None:
        kind = "observed"
    elif name == labels.target(network):
        kind = "target"
    text = labels.describe(network, name, shown)
    number = "–" if p is None else texts.share(p)
    if value is not None and name not in changed:
        text, number = labels.show(network, name, value), ""
    elif name in changed:
        text, number = labels.show(network, name, changed[name]), ""
    return {
        "name": labels.title(variable),
        "text": text,
        "number": number,
        "p": p,
        "base": round(base.p[name][shown], 4) if base.ok else None,
        "kind": kind,
        "sign": diagram.SIGNS[kind],
        "value": value,
        "before": texts.share(base.p[name][shown]) if base.ok else "",
        "aria": texts.node_text(text, p, kind),
    }
