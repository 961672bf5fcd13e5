"""Networks as BIF text that other programs read, too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from etiograph.formats.carried import carrying
from etiograph.formats.names import MARKER
from etiograph.formats.plain import Plain
from etiograph.formats.saving import write_atomically
from etiograph.network.network import Network

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
    """The network as BIF text; reading it back gives the same network, bit for bit.

    Raises
    ------
    TooLarge
        A table of more than 2**20 entries.
    """
    from etiograph.formats.bif.read import read_bif

    plain = Plain.of(network)
    out = [f"network {plain.title or UNNAMED} {{"]
    if plain.escaped:
        out.append(f"  property {MARKER} = yes ;")
    out.append("}")
    for name in plain.names:
        states = plain.states[name]
        out.append(f"variable {plain.ids[name]} {{")
        out.append(f"  type discrete [ {len(states)} ] {{ {', '.join(states)} }};")
        out.append("}")
    for name in plain.names:
        out.extend(_block_lines(plain, name))
    return carrying(network, "\n".join(out) + "\n", read_bif, "// ")


def _block_lines(plain: Plain, name: str) -> Iterator[str]:
    table, parents = plain.table(name), plain.parents[name]
    if not parents:
        values = ", ".join(map(repr, table.tolist()))
        yield from (f"probability ( {plain.ids[name]} ) {{", f"  table {values};", "}")
        return
    yield f"probability ( {plain.ids[name]} | {', '.join(plain.ids[p] for p in parents)} ) {{"
    labels = [plain.states[p] for p in parents]
    rows = table.reshape(-1, table.shape[-1]).tolist()
    for index, row in zip(np.ndindex(table.shape[:-1]), rows, strict=True):
        states = ", ".join([labels[k][i] for k, i in enumerate(index)])
        yield f"  ({states}) {', '.join(map(repr, row))};"
    yield "}"
