"""Networks as BIF text that other programs read, too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from etiograph.formats.names import MARKER, NOTHING, escape, identifier
from etiograph.formats.saving import write_atomically
from etiograph.network.network import Network
from etiograph.network.variable import Variable

UNNAMED = "unknown"
"""What a BIF file calls a network without a name."""


def save_bif(network: Network, path: str | Path) -> None:
    """Write a network as BIF; the old file stays whole until the new one is.

    Raises
    ------
    TooLarge
        A table of more than 2**20 entries.
    """
    write_atomically(path, dumps_bif(network))


def dumps_bif(network: Network) -> str:
    """The network as BIF text; reading it back gives the same names and the same bits."""
    variables = network.variables
    title = str(network.about.get("name", "")) or UNNAMED
    given = [title, *variables, *(s for v in variables.values() for s in v.states)]
    out = [f"network {identifier(title)} {{"]
    plain = all(identifier(name) == name for name in (title, *variables)) and all(
        escape(name) == name for name in given
    )
    if not plain or any(v.card == 1 for v in variables.values()):
        out.append(f"  property {MARKER} = yes ;")
    out.append("}")
    for name, variable in variables.items():
        states = _states(variable)
        out.append(f"variable {identifier(name)} {{")
        out.append(f"  type discrete [ {len(states)} ] {{ {', '.join(states)} }};")
        out.append("}")
    for name in variables:
        out.extend(_block_lines(network, name))
    return "\n".join(out) + "\n"


def _states(variable: Variable) -> list[str]:
    """The identifiers of the states; other programs read no variable of one state only."""
    filled = (*variable.states, NOTHING) if variable.card == 1 else variable.states
    return [escape(state) for state in filled]


def _block_lines(network: Network, name: str) -> Iterator[str]:
    table = network.table(name)
    parents = network.parents(name)
    if table.shape[-1] == 1:
        table = np.concatenate([table, np.zeros_like(table)], axis=-1)
    if not parents:
        values = ", ".join(map(repr, table.tolist()))
        yield from (f"probability ( {identifier(name)} ) {{", f"  table {values};", "}")
        return
    yield f"probability ( {identifier(name)} | {', '.join(map(identifier, parents))} ) {{"
    labels = [_states(network.variables[p]) for p in parents]
    for axis, states in enumerate(labels):
        # Where the filling state of a parent would hold, the rows say what its only state says.
        table = np.repeat(table, len(states), axis) if table.shape[axis] == 1 else table
    rows = table.reshape(-1, table.shape[-1]).tolist()
    for index, row in zip(np.ndindex(table.shape[:-1]), rows, strict=True):
        states_text = ", ".join([labels[k][i] for k, i in enumerate(index)])
        yield f"  ({states_text}) {', '.join(map(repr, row))};"
    yield "}"
