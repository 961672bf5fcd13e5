"""Tables whose rows are asked for more than once, with workers or without."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from etiograph.findings.columns import Columns, columns_of
from etiograph.findings.contract import Contract
from etiograph.findings.files import BLOCK, blocks_of

if TYPE_CHECKING:
    from distributed import Client

    from etiograph.network.network import Network

IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A table whose rows are asked for, more than once: held here, or read each time.

    Attributes
    ----------
    table : object
        Columns that are held, or what they are read from.
    known : callable
        Whether a column may be called so.
    size : int or None
        Rows of a block; None: all at once.
    """

    table: Any
    known: Callable[[str], bool]
    size: int | None

    @classmethod
    def of(
        cls, table: Any, network: Network, contract: Contract, client: Client | None, whole: bool
    ) -> Source:
        """Without workers, or where rows are needed in another order (``whole``), it is held here."""

        def known(heading: str) -> bool:
            return contract.known(network, heading)

        held = columns_of(table, known) if whole or client is None else table
        return cls(held, known, None if client is None else BLOCK)

    def every(self) -> Iterator[tuple[int, Columns]]:
        """All rows: how many came before, and what stands there."""
        if self.size is None:
            yield 0, columns_of(self.table)
            return
        for block in blocks_of(self.table, self.known, self.size):
            yield block.before, block

    def blocks(self, rows: IntArray) -> Iterator[tuple[IntArray, Columns]]:
        """Some rows, so many at a time: their numbers, rising, and what stands there."""
        if isinstance(self.table, Columns):
            for first in range(0, len(rows), BLOCK):
                some = rows[first : first + BLOCK]
                yield some, self.table.some(some)
            return
        for before, block in self.every():
            some = rows[slice(*np.searchsorted(rows, (before, before + block.count)))]
            if len(some):
                yield some, block.some(some - before)
