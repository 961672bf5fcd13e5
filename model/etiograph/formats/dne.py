"""Networks in the Netica DNE format: the child varies fastest, the last parent next."""

from __future__ import annotations

from itertools import pairwise

from etiograph.formats.carried import carrying, with_model
from etiograph.formats.curly import Section, sections, tokens
from etiograph.formats.draft import Draft
from etiograph.formats.names import MARKER
from etiograph.formats.plain import Plain
from etiograph.formats.text import Source
from etiograph.network.network import Network

_UNNAMED = "unnamed"
_COMMENT = r"//[^\n]*+|/\*(?:[^*]++|\*(?!/))*+\*/"


def loads_dne(text: str, name: str = "<text>") -> Network:
    """Read Netica DNE text.

    States may be a number only (``numstates``), or ranges between ``levels``.

    Raises
    ------
    UnreadableFile, InvalidNetwork, UnknownName, TooLarge
        With the file and the line; equations, continuous nodes, decisions and utilities are refused.
    """
    return with_model(_read(text, name), text, name)


def _read(text: str, name: str) -> Network:
    source = Source(text, name)
    found = [each for each in sections(source, tokens(source, _COMMENT)) if each.kind == "bnet"]
    if len(found) != 1 or len(found[0].head) != 2:
        raise source.unreadable(0, "expected 'bnet NAME {', once")
    network = found[0]
    draft = Draft(source, "fastest", escaped=network.words("comment") == [f"{MARKER} = yes"])
    nodes = [each for each in network.inside if each.kind == "node"]
    for node in nodes:
        if len(node.head) != 2:
            raise source.unreadable(node.position, "expected 'node NAME {'")
        kind = node.words("kind")
        if kind not in ([], ["NATURE"], ["CONSTANT"]):
            message = f"node '{node.head[1].text}' is a {' '.join(kind)[:40]}; only NATURE is read"
            raise source.unreadable(node.position, message)
        label = " ".join(node.words("title"))
        states = _states(source, node)
        draft.variable(node.head[1].text, states, node.position, "" if draft.escaped else label)
    for node in nodes:
        _table(draft, node)
    title = network.head[1].text
    if title == _UNNAMED:
        title = ""
    elif draft.escaped:
        title = draft.name(title, "the name of the network", 0)
    return draft.network(title)


def _states(source: Source, node: Section) -> list[str]:
    states = node.words("states")
    levels = node.words("levels")
    if states:
        return states
    if len(levels) > 1 and node.words("discrete") != ["TRUE"]:
        return [f"{a} to {b}" for a, b in pairwise(levels)]
    if levels:
        return levels
    count = node.words("numstates")
    if len(count) == 1 and count[0].isascii() and count[0].isdigit() and 0 < len(count[0]) < 5:
        return [str(i) for i in range(int(count[0]))]
    raise source.invalid(node.position, f"node '{node.head[1].text}' lists no states")


def _table(draft: Draft, node: Section) -> None:
    name = node.head[1].text
    given = node.attributes.get("probs")
    if given is None:
        function = node.words("functable")
        if not function:
            what = "by an equation only" if "equation" in node.attributes else "nowhere"
            message = f"the numbers of '{name}' are given {what}; save the file with its tables"
            raise draft.source.unreadable(node.position, message)
        states = draft.states(draft.name(name, "a variable", node.position), node.position)
        rows = [[float(word in (s, f"#{i}")) for i, s in enumerate(states)] for word in function]
        if wrong := [w for w, row in zip(function, rows, strict=True) if sum(row) != 1]:
            raise draft.source.unknown(node.position, wrong[0], f"state of '{name}'", states)
        numbers = " ".join(repr(p) for row in rows for p in row)
    else:
        numbers = " ".join(t.text for t in given if t.text not in "(),")
    draft.table(name, node.words("parents"), numbers, node.position)


def dumps_dne(network: Network) -> str:
    """The network as Netica DNE text."""
    plain = Plain.of(network)
    out = ["// ~->[DNET-1]->~", f"bnet {plain.title or _UNNAMED} {{"]
    out += [f'comment = "{MARKER} = yes";'] * plain.escaped
    for name in plain.names:
        table = plain.table(name)
        parents = ", ".join(plain.ids[p] for p in plain.parents[name])
        out += [f"node {plain.ids[name]} {{", "  kind = NATURE;", "  discrete = TRUE;"]
        out.append(f"  states = ({', '.join(plain.states[name])});")
        out += [f"  parents = ({parents});", f"  probs = {_nested(table.tolist())};", "};"]
    out.append("};")
    return carrying(network, "\n".join(out) + "\n", _read, "// ")


def _nested(values: object) -> str:
    if isinstance(values, list):
        return "(" + ", ".join(map(_nested, values)) + ")"
    return repr(values)
