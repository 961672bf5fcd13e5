"""What a number of a network is, in one plain sentence, read from its name and the kind of effect."""

from __future__ import annotations

from collections.abc import Sequence

from etiograph import Network

from . import answers, labels, texts

WAYS = ("raising", "lowering")


def meaning(network: Network, name: str) -> str:
    """One sentence; empty where the name follows no rule of ours."""
    child, *rest = name.split(".")
    if child not in network.variables or any("=" in part for part in rest):
        return ""
    effect, kind = network.mechanisms[child].kind, network.parameters[name].kind
    title = texts.lower_first(labels.title(network.variables[child]))
    if effect == "table":
        return _found(network, child, rest)
    if not rest:
        return ""
    if rest[0] == "leak":
        where = _states(network, network.parents(child), rest[1:])
        return "" if where is None else texts.means_leak(_event(network, child), where)
    if effect == "reading" and rest in (["mean"], ["sd"]):
        return texts.MEANS_READING[rest[0]].format(title)
    way = rest.pop(0) if rest[0] in WAYS else ""
    cause = _cause(network, child, rest)
    if cause is None:
        return ""
    if way:
        return texts.MEANS_WAYS[way].format(cause, title) if kind == "probability" else ""
    if effect in answers.FIRING and kind == "probability":
        return texts.means_alone(cause, _event(network, child, rest[-1]))
    if kind in texts.MEANS:
        shown = title if effect == "reading" else _event(network, child, rest[-1])
        return texts.MEANS[kind].format(shown, cause)
    return ""


def _event(network: Network, name: str, state: str = "") -> str:
    """A variable in the state that is asked about, the first notable one unless it is named."""
    variable = network.variables[name]
    states = labels.notable(variable)
    if state not in states:
        if len(states) > 1:
            return texts.lower_first(labels.title(variable))
        state = states[0]
    return _said(network, name, state)


def _said(network: Network, name: str, state: str) -> str:
    """A state inside a sentence: ``low blood potassium``, ``diuretic (loop)``."""
    text = texts.lower_first(labels.describe(network, name, state))
    head, colon, rest = text.partition(": ")
    return f"{head} ({rest})" if colon else text


def _cause(network: Network, child: str, rest: Sequence[str]) -> str | None:
    """A parent in one of its states, which comes first; a state of the child may follow."""
    if not rest or rest[0] not in network.parents(child):
        return None
    parent, own = network.variables[rest[0]], network.variables[child]
    more = list(rest[1:])
    state = more.pop(0) if more and more[0] in parent.states else labels.notable(parent)[0]
    if len(more) > 1 or (more and more[0] not in own.states):
        return None
    return _said(network, rest[0], state)


def _states(network: Network, names: Sequence[str], states: Sequence[str]) -> str | None:
    """Those of the variables that have the states named, in order; None if one is nobody's."""
    said, left = [], list(names)
    for state in states:
        while left and state not in network.variables[left[0]].states:
            left.pop(0)
        if not left:
            return None
        said.append(texts.lower_first(labels.show(network, left.pop(0), state)))
    return ", ".join(said)


def _found(network: Network, child: str, rest: Sequence[str]) -> str:
    """An entry of a table: states of all parents in order, then the state it is about."""
    variable, parents = network.variables[child], network.parents(child)
    here = rest[: len(parents)]
    own = rest[len(parents) :]
    if len(here) < len(parents) or len(own) > 1 or (len(own) == 0 and len(variable.states) > 2):
        return ""
    state = own[0] if own else variable.states[-1]
    fits = all(s in network.variables[p].states for p, s in zip(parents, here, strict=True))
    if not fits or state not in variable.states:
        return ""
    where = [texts.lower_first(labels.show(network, *p)) for p in zip(parents, here, strict=True)]
    return texts.means_found(_said(network, child, state), ", ".join(where))
