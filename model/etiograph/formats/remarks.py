"""What of a network another program reads in a file of some format, and what it does not."""

from __future__ import annotations

from etiograph.formats.gates import Gates
from etiograph.formats.names import escape
from etiograph.formats.plain import Plain
from etiograph.formats.registry import Format
from etiograph.network.mechanism import Table
from etiograph.network.network import Network

WHOLE = ("model file (TOML)", "JSON")
"""Formats that hold all there is."""


def kept(network: Network, form: Format) -> list[str]:
    """What any reader of the format finds."""
    if form.name in WHOLE:
        return ["everything"]
    tables = "variables, states, arrows and probabilities"
    said = [tables + (" (no names: numbers)" if form.name == "UAI" else "")]
    if form.name == "GeNIe XDSL":
        gates = Gates(network)
        helpers = len(gates.nodes) - len(network.variables)
        said.append("noisy-OR and noisy-MAX as gates")
    else:
        helpers = len(Plain.of(network).helpers)
    if helpers:
        said.append(
            f"{counted(helpers, 'helper variables')}, the steps of large noisy-OR and noisy-MAX, which "
            "etiograph joins again"
        )
    names = [*network.variables, *(s for v in network.variables.values() for s in v.states)]
    odd = sum(escape(name) != name for name in dict.fromkeys(names))
    if odd and form.name != "UAI":
        said.append(f"{counted(odd, 'names')} in a spelling of letters, digits and underscores")
    return said


def carried(network: Network, form: Format) -> list[str]:
    """What only etiograph finds again, in comments that other programs skip."""
    if form.name in WHOLE:
        return []
    parameters = network.parameters.values()
    variables = network.variables.values()
    counts = {
        "ranges": sum(p.low is not None for p in parameters),
        "sources": sum(bool(p.evidence) for p in parameters),
        "grades": sum(bool(p.grade) for p in parameters),
        "names of numbers": len(network.parameters),
        "mechanisms other than tables": sum(
            not isinstance(m, Table) for m in network.mechanisms.values()
        ),
        "roles": sum(v.role != "variable" for v in variables),
        "labels": sum(v.label != v.name.replace("_", " ") for v in variables),
        "definitions": sum(bool(v.definition) for v in variables),
        "codes": sum(len(v.codes) for v in variables),
        "flags": len(network.flags),
        "rules": len(network.rules),
        "statements about the network": sum(key != "name" for key in network.about),
    }
    return [counted(count, what) for what, count in counts.items() if count]


def counted(count: int, what: str) -> str:
    """A count and a noun: ``1 range``, ``1,200 ranges``."""
    first, *rest = what.split(" ")
    nouns = [first, *rest]
    at = next((i for i, word in enumerate(nouns) if word.endswith("s")), -1)
    if count == 1 and at >= 0:
        nouns[at] = nouns[at].removesuffix("s")
    return f"{count:,} {' '.join(nouns)}"
