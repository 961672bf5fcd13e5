"""The causal diagram as an interactive component: our own SVG, set by mouse or keyboard."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from etiograph import Network
from etiograph.decision import diagram

from . import answers, labels, state, texts

HERE = Path(__file__).resolve().parent / "diagram"
MAX_NODES = 160  # more can't be read on one screen
KEY = "diagram"
SETTLED = 0.9999

_component = st.components.v2.component(
    "etiograph_diagram",
    html=(HERE / "diagram.html").read_text(encoding="utf-8"),
    css=(HERE / "diagram.css").read_text(encoding="utf-8"),
    js=(HERE / "diagram.js").read_text(encoding="utf-8"),
)


@st.cache_resource(max_entries=16, show_spinner=False)
def _layout(digest: str, _network: Network) -> diagram.Layout:
    return diagram.layout(_network)


def show(
    network: Network,
    now: answers.Answer,
    base: answers.Answer,
    *,
    lit: Collection[str] = (),
    changes: Mapping[str, str] | None = None,
    previews: Mapping[str, list[float]] | None = None,
    key: str = KEY,
    fixed: bool = False,
) -> None:
    """Draw the diagram; `fixed` only shows, else a click or a key enters a finding."""
    if len(network.variables) > MAX_NODES:
        st.info(texts.diagram_too_large(len(network.variables), MAX_NODES))
        return
    placed = _layout(network.digest(), network)
    changed = changes or {}
    data = {
        "key": f"{network.digest()}{key}",
        "width": placed.width,
        "height": placed.height,
        "nodes": [_box(box) for box in placed.boxes.values()],
        "arrows": [{"s": a.source, "t": a.target, "d": a.path} for a in placed.arrows],
        "marks": {name: _mark(network, name, now, base, changed) for name in placed.boxes},
        "choices": {} if fixed else _choices(network),
        "previews": previews,
        "lit": list(lit),
        "cut": list(changed),
        "words": texts.DIAGRAM_WORDS
        | {"title": texts.nodes_and_arrows(len(placed.boxes), len(placed.arrows))},
    }
    _component(key=key, data=data, on_pick_change=lambda: _picked(key))


def _picked(key: str) -> None:
    picked = st.session_state[key].pick
    if picked:
        state.commit_finding(picked["name"], picked["state"])


def _box(box: diagram.Box) -> dict[str, Any]:
    return {
        "id": box.name,
        "x": round(box.x, 1),
        "y": round(box.y, 1),
        "w": diagram.NODE_WIDTH,
        "h": diagram.NODE_HEIGHT,
    }


def _choices(network: Network) -> dict[str, list[dict[str, str]]]:
    """States a reader may enter from the diagram; a reading is entered as a number, in its row."""
    found = {}
    for name in labels.input_names(network):
        if name in network.variables and labels.reading(network, name) is None:
            variable = network.variables[name]
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
) -> dict[str, Any]:
    """What one node shows and says."""
    variable = network.variables[name]
    value = state.case().value(name)
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
        "aria": texts.node_text(text, p, kind),
    }
