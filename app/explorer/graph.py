"""The causal diagram as an interactive component: our own SVG, set by mouse or keyboard."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from etiograph import Event, Network
from etiograph.decision import diagram
from etiograph.decision.boxes import spoken_states
from etiograph.decision.hyphens import soft
from etiograph.decision.speaking import cases, said_of
from etiograph.decision.surroundings import surroundings

from . import answers, behind, charts, current, labels, late, parts, state, texts
from .cases import Pairs
from .kept import kept
from .markup import md

HERE = Path(__file__).resolve().parent / "diagram"
MAX_NODES = 160  # more can't be read on one screen
AROUND = 40  # boxes that are drawn of a network with more
ALWAYS = 10  # findings that are shown even where their group is folded
KEY = "diagram"
SETTLED = 0.9999
DIGITS = 4  # of a probability that the browser is sent
LOOKED_AT = "looked-at"  # in the session: of which findings the diagram was looked at closely

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
            texts.DIAGRAM_TITLE,
            value=True,
            key="diagram-on",
            persist_state="session",
            on_change=state.stay,
        ):
            return False
        now = answers.posterior(network, current.seen())
        st.html(charts.note(boxes_note(network), small=True))
        show(network, now, answers.posterior(network, ()))
    return True


def boxes_note(network: Network) -> str:
    """Of whom the numbers in the boxes speak, and what they are not."""
    outcome = labels.target(network) if behind.asked(network) else None
    seen = dict(current.seen())
    title = labels.title(network.variables[outcome]) if outcome else ""
    there = labels.notable(network.variables[outcome])[0] if outcome else ""
    known = None if outcome not in seen else seen[outcome] == there
    return said_of(cases(network), texts.boxes_note(title, known, bool(seen)))


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
        names = _around(network, key)
    skeleton = _skeleton(network, names)
    known = dict(current.case().findings if findings is None else findings)
    changed = changes or {}
    drawn = [node["id"] for node in skeleton["nodes"]]
    of_the_case = {
        "key": f"{network.digest()}{key}{hash(names) if names else ''}",
        "slot": key,
        "token": _token(),
        "marks": {name: _mark(network, name, now, base, changed, known) for name in drawn},
        "lit": list(lit),
        "cut": list(changed),
    }
    same = _same(network, names, fixed)
    data = f"{same[:-1]}, {json.dumps(of_the_case)[1:]}".encode()
    _component(key=key, data=data, on_pick_change=lambda: _picked(key))


def _around(network: Network, key: str) -> tuple[str, ...]:
    """What is drawn of a network too large for one screen: what lies around a variable one can choose."""
    names, seen = list(network.variables), [n for n, _ in current.seen()]
    if st.session_state.get(f"around.{key}") not in names:
        st.session_state[f"around.{key}"] = labels.target(network) or (seen or names)[-1]
    name = st.selectbox(
        texts.DIAGRAM_AROUND,
        names,
        key=f"around.{key}",
        format_func=lambda n: md(labels.title(network.variables[n])),
        persist_state="session",
        on_change=state.stay,
        width=420,
    )
    found = surroundings(network, name, AROUND)
    st.html(charts.note(texts.diagram_around(len(found), len(names)), small=True))
    return found


def preview(network: Network) -> None:
    """What each finding would do, for a pointer resting on it; sent after everything else."""
    if len(network.variables) <= MAX_NODES:
        _previews()


@st.fragment
def _previews() -> None:
    """Runs by itself as soon as somebody is at the diagram: until then it is worked out for nobody."""
    told: dict[str, Any] = {"slot": KEY, "token": _token(), "previews": None}
    if st.session_state.get(LOOKED_AT) == told["token"]:
        with late.turn():
            told |= _each(current.network())
    with st.container(key="diagram-previews"):
        data = json.dumps(told).encode()
        _component(key="previews", data=data, height=1, on_look_change=_look)


def _look() -> None:
    st.session_state[LOOKED_AT] = _token()


def _each(network: Network) -> dict[str, Any]:
    """What each finding that is not known would do, as the diagram is sent it."""
    now = answers.posterior(network, current.seen())
    known = dict(current.case().findings)
    skeleton = _skeleton(network, ())
    order, choices = [node["id"] for node in skeleton["nodes"]], _choices(network)
    first = [name for name in skeleton["keep"] if name in choices]  # what is never folded
    asked = tuple(
        (name, choice["state"])
        for name in dict.fromkeys([*first, *choices])
        if name not in known
        for choice in choices[name]
    )
    shown = tuple(spoken(network, name, now) for name in order)
    each = late.previews(network, current.seen(), asked, shown)
    found: dict[str, dict[str, dict[int, float]]] = {}
    for (name, value), moved in each.moved.items():
        found.setdefault(name, {})[value] = {k: round(p, 3) for k, p in moved.items()}
    return {"previews": found, "worked": each.worked}


def _token() -> str:
    """What the numbers of a diagram rest on, so that a preview of other findings is not taken for it."""
    return str(hash(current.seen()))


@kept
def _skeleton(network: Network, names: tuple[str, ...]) -> dict[str, Any]:
    """What is the same for every case: nodes by column and place, groups, arrows, what is always shown."""
    placed = diagram.layout(network, names or None)
    boxes = sorted(placed.boxes.values(), key=lambda box: (box.column, box.y))
    group = {box.name: labels.group_of(network, box.name) for box in boxes}
    stated = [str(g) for g in network.about.get("groups") or ()]
    groups = [g for g in dict.fromkeys([*stated, *group.values()]) if g in group.values()]
    keep = set(names) or {*labels.cause_names(network), *parts.telling(network, ALWAYS)}
    return {
        "nodes": [
            {
                "id": box.name,
                "c": box.column,
                "g": group[box.name],
                "long": longest(network, box.name),
            }
            for box in boxes
        ],
        "arrows": [[a.source, a.target] for a in placed.arrows],
        "groups": groups,
        "keep": sorted(keep),
    }


@kept
def _same(network: Network, names: tuple[str, ...], fixed: bool) -> str:
    """What a diagram is sent that is the same for every case, as JSON.

    As text, because Streamlit would write it anew at every step, twice.
    """
    skeleton = _skeleton(network, names)
    title = texts.nodes_and_arrows(len(skeleton["nodes"]), len(skeleton["arrows"]))
    return json.dumps(
        {
            **skeleton,
            "choices": {} if fixed else _choices(network),
            "states": _states(network, names),
            "words": texts.DIAGRAM_WORDS
            | {
                "title": title,
                "file": f"{labels.file_name(str(network.about.get('name') or 'network'))}-diagram",
            }
            | ({"hint": texts.DIAGRAM_WORDS["fixed"]} if fixed else {}),
        }
    )


@kept
def _states(network: Network, names: tuple[str, ...]) -> dict[str, list[str]]:
    """All states of each variable, in the order in which they are offered."""
    variables = network.variables
    return {
        name: [labels.state_title(variables[name], s) for s in labels.options(variables[name])]
        for name in names or variables
    }


def _picked(key: str) -> None:
    picked = st.session_state[key].pick
    if picked:
        state.commit_finding(picked["name"], picked["state"])


@kept
def _choices(network: Network) -> dict[str, list[dict[str, str]]]:
    """States a reader may enter from the diagram; a reading is entered as a number, in its row."""
    found = {}
    for name in labels.input_names(network):
        if name in network.variables and labels.reading(network, name) is None:
            variable = network.variables[name]
            found[name] = [
                {
                    "state": s,
                    "label": labels.state_title(variable, s),
                    "usual": s == labels.reference(variable),
                }
                for s in labels.options(variable)
            ]
    return found


def spoken(network: Network, name: str, answer: answers.Answer) -> Event:
    """What the box of a variable speaks of: one of its states, or all but the usual one."""
    variable = network.variables[name]
    p = answer.p[name] if answer.ok else None
    return Event.of(variable, *spoken_states(variable, p))


@kept
def described(network: Network, name: str, states: tuple[str, ...]) -> str:
    """What a box says of a variable in one of some states."""
    if len(states) == 1:
        return labels.describe(network, name, states[0])
    return texts.any_of(labels.title(network.variables[name]))


def longest(network: Network, name: str) -> list[str]:
    """The longest a box may say, beside a number and without one: boxes keep their heights."""
    variable = network.variables[name]
    worked = [described(network, name, (s,)) for s in variable.states]
    if len(variable.states) > 2:
        worked.append(described(network, name, labels.notable(variable)))
    entered = [labels.show(network, name, s) for s in variable.states]
    sign = diagram.SIGNS["observed"]
    target = diagram.SIGNS["target"] if name == labels.target(network) else ""
    return [target + soft(max(worked, key=len)), sign + soft(max(entered, key=len))]


def _chance(answer: answers.Answer, event: Event) -> float | None:
    """Probability of what a box speaks of, as the table of causes has it."""
    return round(event.within(answer.p), DIGITS) if answer.ok else None


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
    shown = spoken(network, name, now if now.ok else base)
    p = _chance(now, shown)
    before = _chance(base, shown)
    kind = "implied"
    if name in changed:
        kind = "changed"
    elif value is not None:
        kind = "observed"
    elif name == labels.target(network):
        kind = "target"
    text = described(network, name, shown.states)
    number = "–" if p is None else texts.share(p)
    if value is not None and name not in changed:
        text, number = labels.show(network, name, value), ""
    elif name in changed:
        text, number = labels.show(network, name, changed[name]), ""
    return {
        "name": labels.title(variable),
        "text": soft(text),  # says where a long word may be broken
        "number": number,
        "p": p,
        "base": before,
        "kind": kind,
        "sign": diagram.SIGNS[kind],
        "each": [texts.share(now.p[name][s]) for s in labels.options(variable)] if now.ok else [],
        "value": value,
        "before": "" if before is None else texts.share(before),
        "aria": texts.node_text(text, p, kind),
    }
