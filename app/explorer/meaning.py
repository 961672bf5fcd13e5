"""What a number of a network is, in one plain sentence, read from its name and the kind of effect."""

from __future__ import annotations

from collections.abc import Sequence

from etiograph import Network
from etiograph.decision.behind import FIRING

from . import labels, texts
from .current import researcher

WAYS = ("raising", "lowering")


def named(network: Network, name: str) -> str:
    """What a number is called where there is room for a line: its meaning, its parents in words.

    With its name in the file in the researcher view.
    """
    from etiograph.decision.number_words import parameter_words

    text = meaning(network, name).rstrip(".") or parameter_words(network, name)
    shown = f" ({name})" if researcher() and text != name else ""
    return f"{text[:1].upper()}{text[1:]}{shown}"


def meaning(network: Network, name: str) -> str:
    """One sentence; empty where the name follows no rule of ours."""
    child, *rest = name.split(".")
    if child not in network.variables:
        return ""
    effect, kind = network.mechanisms[child].kind, network.parameters[name].kind
    title = texts.lower_first(labels.title(network.variables[child]))
    if effect == "table":
        return _in_row(network, child, name)
    if not rest:
        return ""
    if rest[0] == "baseline" and kind == "probability" and len(rest) <= 2:
        return texts.means_baseline(_event(network, child, "".join(rest[1:])))
    if rest[0] in WAYS and rest[1:] == ["leak"]:
        return texts.means_leak_way(title, raised=rest[0] == "raising")
    if rest[0] == "leak" and len(rest) == 2 and rest[1] in network.variables[child].states:
        return texts.means_leak(_event(network, child, rest[1]), "")
    if rest[0] == "leak":
        where = _states(network, network.parents(child), rest[1:])
        return "" if where is None else texts.means_leak(_event(network, child), where)
    if effect == "reading" and rest in (["mean"], ["sd"], ["error"]):
        return texts.MEANS_READING[rest[0]].format(title)
    way = rest.pop(0) if rest[0] in WAYS else ""
    cause = _cause(network, child, rest)
    if cause is None:
        return ""
    if way:
        return texts.MEANS_WAYS[way].format(cause, title) if kind == "probability" else ""
    if effect in FIRING and kind == "probability":
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
    if rest and all("=" in part for part in rest):
        return _conditions(network, child, rest)
    if not rest or rest[0] not in network.parents(child):
        return None
    parent, own = network.variables[rest[0]], network.variables[child]
    if len(rest) == 2 and "|" in rest[1]:
        return _conditions(network, child, ["=".join(rest)])
    more = list(rest[1:])
    state = more.pop(0) if more and more[0] in parent.states else labels.notable(parent)[0]
    if len(more) > 1 or (more and more[0] not in own.states):
        return None
    return _said(network, rest[0], state)


def _conditions(network: Network, child: str, rest: Sequence[str]) -> str | None:
    """Parents in some of their states, as a number of several conditions names them."""
    said = []
    for part in rest:
        parent, _, states = part.partition("=")
        if parent not in network.parents(child):
            return None
        shown = _either(network, parent, states.split("|"))
        if shown is None:
            return None
        said.append(shown)
    return texts.joined(said)


def _either(network: Network, name: str, states: Sequence[str]) -> str | None:
    """A variable in one of some states: ``diuretic (thiazide or loop)``."""
    variable = network.variables[name]
    if not set(states) <= set(variable.states):
        return None
    if len(states) == 1:
        return _said(network, name, states[0])
    told = [texts.lower_first(labels.state_title(variable, one)) for one in states]
    return f"{texts.lower_first(labels.title(variable))} ({' or '.join(told)})"


def _states(network: Network, names: Sequence[str], states: Sequence[str]) -> str | None:
    """Those of the variables that have the states named, in order; None if one is nobody's."""
    said, left = [], list(names)
    for state in states:
        while left and state not in network.variables[left[0]].states:
            left.pop(0)
        if not left:
            return None
        said.append(_who(network, left.pop(0), [state]))
    return texts.joined(said)


def _in_row(network: Network, child: str, name: str) -> str:
    """An entry of a table, by the row it stands in: the states of the parents, then what it is about."""
    for row in getattr(network.mechanisms[child], "rows", ()):
        for own, number in row.p.items():
            if getattr(number, "name", "") != name:
                continue
            where = [_who(network, parent, states) for parent, states in row.when.items()]
            return texts.means_found(_said(network, child, own), texts.joined(where))
    return ""


def _who(network: Network, name: str, states: Sequence[str]) -> str:
    """Of which people a number speaks: ``aged under 50``, ``with diuretic (loop)``, ``without fever``."""
    variable = network.variables[name]
    title = texts.lower_first(labels.title(variable))
    told = " or ".join(texts.lower_first(labels.state_title(variable, each)) for each in states)
    if variable.role == "background" and variable.named_usual is None:
        return texts.of_age(told) if title == "age" else texts.whose(title, told)
    if len(states) == 1 and states[0] in ("absent", "none"):
        return texts.without(title)
    if len(states) > 1:
        return texts.those_with(f"{title} ({told})")
    return texts.those_with(_said(network, name, states[0]))
