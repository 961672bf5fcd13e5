"""From mechanisms to the flat vector of table entries.

Every family of a model is a run of *blocks*. A block knows its numbers (``inputs``: parameters and
constants), how they become the few distinct values that stand in it (``compute``, vectorised over
draws) and which value each entry takes (``index``). So the entries of a whole network are one
gather from one matrix of distinct values, and nothing loops over rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod

import numpy as np
from numpy.typing import NDArray

from etiograph.errors import TooLarge
from etiograph.network.model import Family
from etiograph.network.parameter import Number
from etiograph.network.variable import Variable

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]
Compute = Callable[[FloatArray], FloatArray]

MAX_BLOCK = 2**24
"""Entries of the largest dense block that is built."""


@dataclass(frozen=True, eq=False, slots=True)
class Block:
    """A run of entries of the flat vector.

    Attributes
    ----------
    values : ndarray (a,), or function (m, B) -> (a, B)
        The distinct values: constants, or computed from the inputs.
    index : ndarray of int (size,)
        Which distinct value each entry takes.
    inputs : tuple of Number
        The m numbers the function reads.
    dense : bool
        Every entry may be positive, even if it underflows at the stated values.
    """

    values: FloatArray | Compute
    index: IntArray
    inputs: tuple[Number, ...] = ()
    dense: bool = False


def constant_block(entries: FloatArray) -> Block:
    """Return a block of constants."""
    flat = np.ascontiguousarray(entries, dtype=np.float64).reshape(-1)
    return Block(flat, np.arange(flat.size))


@dataclass(slots=True)
class Builder:
    """Collects variables, families and blocks while the mechanisms of a network are expanded."""

    variables: Mapping[str, Variable]
    names: list[str] = field(init=False)
    cards: list[int] = field(init=False)
    index: dict[str, int] = field(init=False)
    families: dict[int, Family] = field(init=False, default_factory=dict)
    blocks: list[Block] = field(init=False, default_factory=list)
    size: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self.names = list(self.variables)
        self.cards = [v.card for v in self.variables.values()]
        self.index = {name: i for i, name in enumerate(self.names)}

    def add(self, block: Block) -> int:
        """Append a block; return its first entry."""
        start = self.size
        self.blocks.append(block)
        self.size += block.index.size
        return start

    def hidden(self, name: str, card: int) -> int:
        """Add a hidden variable; return its number."""
        while name in self.index:
            name += "~"
        self.index[name] = len(self.names)
        self.names.append(name)
        self.cards.append(card)
        return len(self.names) - 1

    def numbers(self, names: Sequence[str]) -> tuple[int, ...]:
        """Return the numbers of variables."""
        return tuple(self.index[n] for n in names)


def joint_shape(
    parents: Sequence[str], variables: Mapping[str, Variable], *last: int
) -> tuple[int, ...]:
    """Return the shape ``(parents..., *last)`` of a dense block.

    Raises
    ------
    TooLarge
        Before anything is allocated.
    """
    shape = (*(variables[p].card for p in parents), *last)
    entries = prod(shape)
    if entries > MAX_BLOCK:
        raise TooLarge(
            f"a dense table over {len(parents)} parents would have {entries:,} entries "
            f"({entries * 8:,} bytes); at most {MAX_BLOCK:,} are built. "
            "State it as a noisy-OR, or with fewer parents.",
            entries,
            entries * 8,
        )
    return shape
