"""Networks in the XML form of the Interchange Format (XMLBIF 0.3, Cozman 1998)."""

from __future__ import annotations

import re

from etiograph.formats.carried import carrying, with_model
from etiograph.formats.draft import Draft
from etiograph.formats.names import MARKER
from etiograph.formats.plain import Plain
from etiograph.formats.xml import parsed, tagged
from etiograph.network.network import Network

_FASTEST = "order = child fastest"
_MARKED = re.compile(rf"{MARKER}\s*=\s*yes")


def loads_xmlbif(text: str, name: str = "<text>") -> Network:
    """Read XMLBIF text.

    The order of the numbers of a table differs between programs; the sums tell.

    Raises
    ------
    UnreadableFile, InvalidNetwork, UnknownName, TooLarge
        With the file and the line.
    """
    return with_model(_read(text, name), text, name)


def _read(text: str, name: str) -> Network:
    root, source = parsed(text, name)
    network = root.first("NETWORK")
    if root.tag != "BIF" or network is None:
        raise source.unreadable(root.line, "expected <BIF> with a <NETWORK> inside")
    draft = Draft(source, "told by sums")
    properties = [each.text for each in network.all("PROPERTY")]
    draft.escaped = any(map(_MARKED.fullmatch, properties))
    if _FASTEST in properties or "software aGrUM" in properties:
        draft.order = "fastest"
    for variable in network.all("VARIABLE"):
        kind = variable.attributes.get("TYPE", "nature")
        if kind != "nature":
            message = f"a variable of type {kind!r}; only 'nature' is read"
            raise source.unreadable(variable.line, message)
        states = [each.text for each in variable.all("OUTCOME", "VALUE")]
        draft.variable(variable.text_of("NAME"), states, variable.line)
    for table in network.all("DEFINITION", "PROBABILITY"):
        children = [each.text for each in table.all("FOR")]
        numbers = list(table.all("TABLE"))
        if len(children) != 1 or len(numbers) != 1:
            message = "a <DEFINITION> needs one <FOR> and one <TABLE>"
            raise source.unreadable(table.line, message)
        draft.table(children[0], [g.text for g in table.all("GIVEN")], numbers[0].text, table.line)
    title = network.text_of("NAME")
    if draft.escaped:
        title = draft.name(title, "the name of the network", network.line) if title else ""
    return draft.network(title)


def dumps_xmlbif(network: Network) -> str:
    """The network as XMLBIF text, the child varying fastest."""
    plain = Plain.of(network)
    out = ['<?xml version="1.0" encoding="UTF-8"?>', '<BIF VERSION="0.3">', "<NETWORK>"]
    out.append(tagged("NAME", plain.title))
    out.append(tagged("PROPERTY", _FASTEST))
    if plain.escaped:
        out.append(tagged("PROPERTY", f"{MARKER} = yes"))
    for name in plain.names:
        outcomes = "".join(tagged("OUTCOME", s) for s in plain.states[name])
        out.append(
            f'<VARIABLE TYPE="nature">{tagged("NAME", plain.ids[name])}{outcomes}</VARIABLE>'
        )
    for name in plain.names:
        given = "".join(tagged("GIVEN", plain.ids[p]) for p in plain.parents[name])
        numbers = " ".join(map(repr, plain.table(name).reshape(-1).tolist()))
        head = tagged("FOR", plain.ids[name]) + given
        out.append(f"<DEFINITION>{head}<TABLE>{numbers}</TABLE></DEFINITION>")
    out += ["</NETWORK>", "</BIF>", ""]
    return carrying(network, "\n".join(out), _read, "<!-- ", " -->")
