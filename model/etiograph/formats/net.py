"""Networks in the Hugin NET format: the child varies fastest, the last parent next."""

from __future__ import annotations

import re

from etiograph.formats.carried import carrying, with_model
from etiograph.formats.curly import Section, Token, sections, tokens
from etiograph.formats.draft import Draft
from etiograph.formats.names import MARKER
from etiograph.formats.plain import Plain
from etiograph.formats.text import Source
from etiograph.network.network import Network

_COMMENT = r"%[^\n]*+"


def loads_net(text: str, name: str = "<text>") -> Network:
    """Read Hugin NET text.

    Labels and positions are no names: a variable is called as its node is, the label is its label.

    Raises
    ------
    UnreadableFile, InvalidNetwork, UnknownName, TooLarge
        With the file and the line; continuous nodes, decisions, utilities, and tables given only as
        expressions, are refused.
    """
    return with_model(_read(text, name), text, name)


def _read(text: str, name: str) -> Network:
    source = Source(text, name)
    found = sections(source, tokens(source, _COMMENT))
    opening = [each for each in found if each.kind in ("net", "class")]
    inner = [s for each in opening for s in each.inside] + [s for s in found if s not in opening]
    draft = Draft(source, "fastest")
    title = ""
    for each in opening:
        draft.escaped = each.words(MARKER) == ["yes"]
        title = " ".join(each.words("name")) or (each.head[1].text if len(each.head) > 1 else "")
    for each in inner:
        kind = each.kind
        if kind == "discrete" and len(each.head) == 3:
            each.head = each.head[1:]
            kind = each.kind
        if kind == "node":
            _node(draft, each)
        elif kind == "potential":
            _potential(draft, each)
        elif kind not in ("net", "class"):
            message = f"a block '{kind[:40]}' is not read; only discrete nodes and their potentials"
            raise source.unreadable(each.position, message)
    if draft.escaped and title:
        title = draft.name(title, "the name of the network", 0)
    return draft.network(title)


def _node(draft: Draft, section: Section) -> None:
    if len(section.head) != 2:
        raise draft.source.unreadable(section.position, "expected 'node NAME {'")
    states = section.words("states")
    if not states:
        message = f"node '{section.head[1].text}' lists no states"
        raise draft.source.invalid(section.position, message)
    label = " ".join(section.words("label"))
    draft.variable(section.head[1].text, states, section.position, "" if draft.escaped else label)


def _potential(draft: Draft, section: Section) -> None:
    names: list[list[str]] = [[]]
    for token in section.head[1:]:
        if not token.quoted and token.text == "|":
            names.append([])
        elif token.quoted or token.text not in "(),":
            names[-1].append(token.text)
    if len(names) > 2 or len(names[0]) != 1:
        message = "expected 'potential (CHILD | PARENTS)' with one child"
        raise draft.source.unreadable(section.position, message)
    child, parents = names[0][0], names[1] if len(names) > 1 else []
    data = section.attributes.get("data")
    if data is None:
        why = "only as expressions" if "model_nodes" in section.attributes else "nowhere"
        message = f"the numbers of '{child}' are given {why}; save the file with its tables"
        raise draft.source.unreadable(section.position, message)
    _check_brackets(draft.source, data, child)
    numbers = " ".join(t.text for t in data if t.text not in "(),")
    draft.table(child, parents, numbers, section.position)


def _check_brackets(source: Source, data: list[Token], child: str) -> None:
    depth = 0
    for token in data:
        depth += (token.text == "(") - (token.text == ")")
        if depth < 0:
            raise source.unreadable(token.position, f"the brackets of '{child}' do not match")
    if depth:
        raise source.unreadable(data[0].position, f"the brackets of '{child}' do not match")


def dumps_net(network: Network) -> str:
    """The network as Hugin NET text."""
    plain = Plain.of(network)
    out = ["net", "{"]
    out += [f"  name = {plain.title};"] * bool(plain.title)
    out += [f"  {MARKER} = yes;"] * plain.escaped
    out.append("}")
    for name in plain.names:
        states = " ".join(f'"{s}"' for s in plain.states[name])
        out += [f"node {plain.ids[name]}", "{", f"  states = ({states});"]
        variable = network.variables.get(name)
        if variable is not None:
            label = re.sub(r'["\\\x00-\x1f\x7f]', " ", variable.label)
            out.append(f'  label = "{label}";')
        out.append("}")
    for name in plain.names:
        parents = " ".join(plain.ids[p] for p in plain.parents[name])
        head = f"{plain.ids[name]} | {parents}" if parents else plain.ids[name]
        table = plain.table(name)
        out += [f"potential ({head})", "{", f"  data = {_nested(table.tolist())};", "}"]
    return carrying(network, "\n".join(out) + "\n", _read, "% ")


def _nested(values: object) -> str:
    if isinstance(values, list):
        return "(" + " ".join(map(_nested, values)) + ")"
    return repr(values)
