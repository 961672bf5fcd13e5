"""How much work learning from a table is, before it is begun."""

from __future__ import annotations

from typing import TYPE_CHECKING

from etiograph.learning.scale import Scale
from etiograph.network.mechanism import Deterministic, Table

if TYPE_CHECKING:
    from collections.abc import Collection

    from etiograph.network.network import Network

SEARCH = 60
"""Passes over the table that the search for a maximum takes, about; those of EM likewise."""
CHECK = 200_000
"""Rows asked for to compare draws with the true posterior, or a pass of 100 draws where that is more."""


def effort_of_update(
    network: Network, rows: int, parameters: Collection[str] | None = None
) -> float:
    """Numbers of tables, about, that an update by so many different rows goes through.

    Rough, but the same on every machine; what is left open in a row, which makes it dearer, is not
    looked at.
    """
    from etiograph.learning.chain import FEWEST, ROWS
    from etiograph.learning.laplace import MANY

    numbers = len(Scale.of(network, parameters))
    if numbers <= MANY:  # a pass a number, for its curvature; then draws are checked
        rest = rows * numbers + max(CHECK, 100 * rows)
    else:  # a chain
        rest = max(ROWS, FEWEST * rows)
    return float(network.model.n_entries) * (rows * SEARCH + rest)


def effort_of_tables(network: Network, rows: int) -> float:
    """The same for tables that are counted or fitted by EM."""
    return float(network.model.n_entries) * rows * SEARCH


def plain(network: Network) -> bool:
    """Whether all mechanisms are tables or rules, and no number has a range: then tables are fitted."""
    tables = all(isinstance(m, Table | Deterministic) for m in network.mechanisms.values())
    return tables and not network.has_ranges
