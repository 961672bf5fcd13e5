"""Networks in the XDSL format of GeNIe and SMILE: the child varies fastest, parents in their order.

A ``<noisymax>`` stays a noisy-OR or noisy-MAX. Its states stand in the file from the strongest to the one
without effect; a network here has them the other way round. For each parent the file lists the parent's
states by strength, the one without effect last, then for each of them, and at the end for the leak, the
distribution of the contribution.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from etiograph.formats.carried import carrying, with_model
from etiograph.formats.draft import Draft, Order
from etiograph.formats.gates import Gate, Gates, strengths, with_causes
from etiograph.formats.names import MARKER, NOTHING, escape, identifier
from etiograph.formats.tables import Sums, numbers_in
from etiograph.formats.text import Source
from etiograph.formats.xml import Element, attribute, parsed, tagged
from etiograph.network.mechanism import Mechanism
from etiograph.network.network import Network
from etiograph.network.noisy import MaxLink, NoisyLink, NoisyMax, NoisyOr

FloatArray = NDArray[np.float64]

_MARKED = re.compile(rf"<!-- {MARKER} = yes -->")


def loads_xdsl(text: str, name: str = "<text>") -> Network:
    """Read XDSL text; a variable is called by its id, what GeNIe shows is its label.

    Raises
    ------
    UnreadableFile, InvalidNetwork, UnknownName, TooLarge
        With the file and the line; decisions, utilities, equations and dynamic networks are refused.
    """
    return with_model(_read(text, name), text, name, with_causes)


def _read(text: str, name: str) -> Network:
    root, source = parsed(text, name)
    nodes = root.first("nodes")
    if root.tag != "smile" or nodes is None:
        raise source.unreadable(root.line, "expected <smile> with <nodes> inside")
    if dynamic := root.first("dynamic"):
        raise source.unreadable(dynamic.line, "a dynamic network, which is not read")
    # aGrUM has the first parent fastest.
    agrum = any(
        genie.attributes.get("app", "").startswith("aGrUM")
        for extensions in root.all("extensions")
        for genie in extensions.all("genie")
    )
    order: Order = "first fastest" if agrum else "fastest"
    draft = Draft(source, order, escaped=bool(_MARKED.search(text)))
    shown = {} if draft.escaped else dict(_shown(root))
    for node in nodes.children:
        if node.tag not in _KINDS:
            message = f"a node of kind <{node.tag}> is not read; only {', '.join(_KINDS)}"
            raise source.unreadable(node.line, message)
        states = [each.attributes.get("id", "") for each in node.all("state")]
        id_ = node.attributes.get("id", "")
        draft.variable(id_, states, node.line, shown.get(id_, ""))
    for node in nodes.children:
        _KINDS[node.tag](draft, node)
    title = root.attributes.get("id", "")
    if draft.escaped and title:
        title = draft.name(title, "the name of the network", root.line)
    return draft.network(title)


def _shown(root: Element) -> Iterator[tuple[str, str]]:
    for extensions in root.all("extensions"):
        for node in extensions.every("node"):
            yield node.attributes.get("id", ""), node.text_of("name")


def _cpt(draft: Draft, node: Element) -> None:
    parents = node.text_of("parents").split()
    draft.table(node.attributes["id"], parents, node.text_of("probabilities"), node.line)


def _deterministic(draft: Draft, node: Element) -> None:
    name = draft.name(node.attributes["id"], "a variable", node.line)
    states = draft.states(name, node.line)
    rows: list[str] = []
    for word in node.text_of("resultingstates").split():
        state = draft.name(word, f"a state of '{name}'", node.line)
        if state not in states:
            raise draft.source.unknown(node.line, state, f"state of '{name}'", states)
        rows.append(" ".join("1" if each == state else "0" for each in states))
    parents = node.text_of("parents").split()
    draft.table(node.attributes["id"], parents, " ".join(rows), node.line)


def _noisymax(draft: Draft, node: Element) -> None:
    parents = node.text_of("parents").split()
    child = draft.name(node.attributes["id"], "a variable", node.line)
    draft.turned.add(child)
    draft.gate(node.attributes["id"], parents, node.line, lambda: _gate(draft, node, child))


def _gate(draft: Draft, node: Element, child: str) -> Mechanism:
    source, line = draft.source, node.line
    parents = draft.heads[child].parents
    cards = [len(draft.variables[p].states) for p in parents]
    states = draft.variables[child].states
    k = len(states)
    where = f"the noisy-MAX of '{child}'"
    expected = (sum(cards) + 1) * k
    values = numbers_in(source, line, node.text_of("parameters"), expected, where).reshape(-1, k)
    values = Sums(source).judged(child, values, lambda row: (line, f"{row + 1} of its parameters"))
    orders = _orders(source, node, cards, where)
    links: list[tuple[str, dict[str, FloatArray]]] = []
    start = 0
    for parent, order in zip(parents, orders, strict=True):
        known = draft.variables[parent].states
        column = dict(
            zip((known[i] for i in order), values[start : start + len(order)], strict=True)
        )
        start += len(order)
        if column[known[order[-1]]][-1] != 1:
            message = (
                f"{where}: the weakest state '{known[order[-1]]}' of '{parent}' has an effect, "
                f"or the states of '{child}' do not end with the one without effect"
            )
            raise source.invalid(line, message)
        links.append((parent, column))
    leak = values[-1]
    if k == 2:
        single = tuple(
            NoisyLink.of(parent, {s: float(p[0]) for s, p in column.items() if p[0] > 0})
            if any(p[0] > 0 for p in column.values())
            else NoisyLink.of(parent, {next(iter(column)): 0.0})
            for parent, column in links
        )
        return NoisyOr(parents, float(leak[0]), single)
    graded = tuple(
        MaxLink.of(parent, {s: _upper(states, p) for s, p in column.items() if s != NOTHING})
        for parent, column in links
    )
    return NoisyMax(parents, _upper(states, leak) if leak[-1] != 1 else {}, graded)


def _upper(states: tuple[str, ...], p: FloatArray) -> dict[str, float]:
    """The distribution without the state that has no effect, which has the rest."""
    return {s: float(each) for s, each in zip(states[:-1], p[:-1], strict=True)}


def _orders(source: Source, node: Element, cards: list[int], where: str) -> list[list[int]]:
    """For each parent its states by strength; as the file lists them where it says nothing."""
    words = node.text_of("strengths").split()
    if not words:
        return [list(range(card)) for card in cards]
    orders: list[list[int]] = []
    for card in cards:
        order = [int(w) if w.isascii() and w.isdigit() and len(w) < 6 else -1 for w in words[:card]]
        words = words[card:]
        if sorted(order) != list(range(card)):
            message = f"{where}: <strengths> must list each state of each parent once, from 0"
            raise source.invalid(node.line, message)
        orders.append(order)
    if words:
        raise source.invalid(node.line, f"{where}: <strengths> has too many numbers")
    return orders


_KINDS = {"cpt": _cpt, "deterministic": _deterministic, "noisymax": _noisymax}


def dumps_xdsl(network: Network) -> str:
    """The network as XDSL text; noisy-OR and noisy-MAX as ``<noisymax>``.

    Raises
    ------
    TooLarge
        A table of more than 2**20 entries.
    """
    gates = Gates(network)
    title = str(network.about.get("name", ""))
    out = ['<?xml version="1.0" encoding="UTF-8"?>']
    out.append(f'<smile version="1.0" id={attribute(identifier(title) or "network")}>')
    escaped = any(v.card == 1 for v in network.variables.values()) or any(
        identifier(name) != name or any(escape(s) != s for s in states)
        for name, states in gates.states.items()
    )
    if escaped or identifier(title) != title:
        out.append(f"<!-- {MARKER} = yes -->")
    out.append("<nodes>")
    writer = _Writer(gates)
    for name in _parents_first(gates):
        out.extend(writer.node(name))
    out += ["</nodes>", *_extensions(network, gates), "</smile>", ""]
    return carrying(network, "\n".join(out), _read, "<!-- ", " -->", tidied=with_causes)


def _parents_first(gates: Gates) -> list[str]:
    """The variables so that none stands before a parent, otherwise in their order."""
    done: dict[str, None] = {}
    for name in gates.nodes:
        waiting = [name]
        while waiting:
            missing = [p for p in gates.nodes[waiting[-1]].parents if p not in done]
            if missing:
                waiting.extend(missing)
            else:
                done.setdefault(waiting.pop())
    return list(done)


class _Writer:
    """Writes nodes; the states of a gate from the strongest down."""

    def __init__(self, gates: Gates) -> None:
        self.gates = gates
        self.turned = {name for name, node in gates.nodes.items() if isinstance(node, Gate)}

    def states(self, name: str) -> tuple[str, ...]:
        states = self.gates.states[name]
        if len(states) == 1:
            return (*states, NOTHING)
        return states[::-1] if name in self.turned else states

    def node(self, name: str) -> Iterator[str]:
        node = self.gates.nodes[name]
        kind = "noisymax" if isinstance(node, Gate) else "cpt"
        yield f"<{kind} id={attribute(identifier(name))}>"
        yield from (f"<state id={attribute(escape(s))} />" for s in self.states(name))
        if node.parents:
            yield tagged("parents", " ".join(map(identifier, node.parents)))
        if isinstance(node, Gate):
            yield from self.parameters(node)
        else:
            values = node.values
            for axis, each in enumerate((*node.parents, name)):
                if each in self.turned:
                    values = np.flip(values, axis)
                if len(self.gates.states[each]) == 1:
                    filling = values if axis < len(node.parents) else np.zeros_like(values)
                    values = np.concatenate([values, filling], axis)
            yield tagged("probabilities", " ".join(map(repr, values.reshape(-1).tolist())))
        yield f"</{kind}>"

    def parameters(self, gate: Gate) -> Iterator[str]:
        orders: list[int] = []
        rows: list[FloatArray] = []
        for parent, contribution in gate.contributions.items():
            order = strengths(contribution)
            rows.extend(contribution[i][::-1] for i in order)
            last = contribution.shape[0] - 1
            orders += [last - i for i in order] if parent in self.turned else order
            if last == 0:
                orders.append(1)
                rows.append(contribution[0][::-1])
        rows.append(gate.leak[::-1])
        yield tagged("strengths", " ".join(map(str, orders)))
        yield tagged("parameters", " ".join(repr(p) for row in rows for p in row.tolist()))


def _extensions(network: Network, gates: Gates) -> Iterator[str]:
    """What GeNIe shows: a name and a place in a grid."""
    yield '<extensions><genie version="1.0" app="etiograph" name="network">'
    for i, name in enumerate(gates.nodes):
        x, y = 40 + 170 * (i % 8), 40 + 90 * (i // 8)
        variable = network.variables.get(name)
        label = variable.label if variable is not None else name
        label = re.sub(r"[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]", " ", label)
        yield f"<node id={attribute(identifier(name))}>{tagged('name', label)}"
        yield f"{tagged('position', f'{x} {y} {x + 130} {y + 50}')}</node>"
    yield "</genie></extensions>"
