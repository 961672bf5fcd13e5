"""What moving a few numbers does to the tables of a network, without asking the engine.

A parameter enters few blocks of table entries. Only these are computed anew when it moves; all the
others keep the numbers they have.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from etiograph.network.blocks import Compute
from etiograph.network.model import TableRows
from etiograph.network.parameter import Parameter, value_of
from etiograph.store import STORE
from etiograph.uncertainty.rows import FloatArray, IntArray, stated, stated_range

if TYPE_CHECKING:
    from etiograph.network.network import Network

Move = Mapping[int, float]
"""New values of some parameters, by their number."""


@dataclass(frozen=True, eq=False, slots=True)
class Block:
    """The distinct numbers of one block of table entries that are computed from parameters.

    Attributes
    ----------
    compute : function, ndarray (m, B) -> (a, B)
    columns : ndarray of int (m,)
        Parameter of each input; -1 for a constant.
    constants : ndarray (m,)
        Stated value of each input.
    here : slice
        Where its numbers stand among the K distinct ones.
    entry : int
        Its first table entry.
    """

    compute: Compute
    columns: IntArray
    constants: FloatArray
    here: slice
    entry: int

    def values(self, parameters: FloatArray) -> FloatArray:
        """Its numbers (a, B) for rows of parameters (B, P)."""
        inputs = self.constants[:, None].repeat(len(parameters), axis=1)
        read = self.columns >= 0
        inputs[read] = parameters[:, self.columns[read]].T
        return self.compute(inputs)


@dataclass(frozen=True, eq=False, slots=True)
class Entering:
    """Where every parameter of a network enters its tables.

    Attributes
    ----------
    blocks : tuple of Block
    block_of : ndarray of int (P,)
        The one block a parameter enters; -1 where it enters none, -2 where it enters several.
    stated : ndarray (P,)
        Stated values of the parameters.
    numbers : ndarray (K,)
        The distinct numbers at the stated values.
    index : ndarray of int (T,)
        Which of them each table entry takes.
    """

    blocks: tuple[Block, ...]
    block_of: IntArray
    stated: FloatArray
    numbers: FloatArray
    index: IntArray

    def tables(self, rows: FloatArray, at: FloatArray, numbers: FloatArray) -> TableRows:
        """The tables of rows of parameters (B, P) that differ in few places from ``at`` (P,).

        ``numbers`` (K,) are those at ``at``.
        """
        values = numbers[:, None].repeat(len(rows), axis=1)
        moved = rows != at
        felt = moved.any(axis=0)
        for block in self.blocks:
            own = block.columns[block.columns >= 0]
            if felt[own].any():
                changed = np.flatnonzero(moved[:, own].any(axis=1))
                values[block.here, changed] = block.values(rows[changed])
        return TableRows(values, self.index)


def entering(network: Network) -> Entering:
    """Where the parameters of a network enter; kept for the next question."""
    return STORE.get(("entering", network.model), lambda: _entering(network))


def _entering(network: Network) -> Entering:
    column = {name: i for i, name in enumerate(network.parameters)}
    values = stated(network)
    tables = network.expansion.tables(values[None])
    blocks: list[Block] = []
    block_of = np.full(len(values), -1, dtype=np.int64)
    entry = 0
    for block in network.expansion.blocks:
        if callable(block.values):
            columns = np.array(
                [column[n.name] if isinstance(n, Parameter) else -1 for n in block.inputs],
                dtype=np.int64,
            )
            constants = np.array([value_of(n) for n in block.inputs], dtype=np.float64)
            first = int(tables.index[entry] - block.index[0])
            count = len(block.values(constants[:, None]))
            own = np.unique(columns[columns >= 0])
            block_of[own] = np.where(block_of[own] == -1, len(blocks), -2)
            here = slice(first, first + count)
            blocks.append(Block(block.values, columns, constants, here, entry))
        entry += block.index.size
    return Entering(tuple(blocks), block_of, values, tables.values[:, 0], tables.index)


@dataclass(frozen=True, eq=False, slots=True)
class Within:
    """Moves that each stay within one block, and what they do to the distinct numbers of the tables.

    Attributes
    ----------
    columns, values : ndarray (M,)
        The first parameter of each move, and its new value.
    number, move : ndarray of int (N,)
        Which distinct number changes in which move ..
    change : ndarray (N,)
        .. and by how much. Nothing is listed for a parameter that enters several blocks.
    """

    columns: IntArray
    values: FloatArray
    number: IntArray
    move: IntArray
    change: FloatArray

    @classmethod
    def of(cls, places: Entering, at: FloatArray, moves: Sequence[Move]) -> Within:
        """Moves away from ``at`` (P,), of one parameter or of several that enter the same block."""
        parts = [
            (m, column, value) for m, move in enumerate(moves) for column, value in move.items()
        ]
        owner = np.array([m for m, _, _ in parts], dtype=np.int64)
        columns = np.array([column for _, column, _ in parts], dtype=np.int64)
        values = np.array([value for _, _, value in parts], dtype=np.float64)
        block_of = places.block_of[columns]
        order = np.argsort(block_of, kind="stable")
        cuts = np.flatnonzero(np.diff(block_of[order], prepend=-3))
        none = np.zeros(0, dtype=np.int64)
        found: list[tuple[IntArray, IntArray, FloatArray]] = [(none, none, np.zeros(0))]
        for own in np.split(order, cuts[1:]):
            if not len(own) or block_of[own[0]] < 0:
                continue
            block = places.blocks[block_of[own[0]]]
            members, place = np.unique(owner[own], return_inverse=True)
            base = np.where(block.columns >= 0, at[block.columns], block.constants)
            inputs = base[:, None].repeat(1 + len(members), axis=1)
            row, part = (block.columns[:, None] == columns[own]).nonzero()
            inputs[row, 1 + place[part]] = values[own][part]
            numbers = block.compute(inputs)
            change = numbers[:, 1:] - numbers[:, :1]
            number, move = change.nonzero()
            found.append((number + block.here.start, members[move], change[number, move]))
        number, move, changed = (np.concatenate(listed) for listed in zip(*found, strict=True))
        first = np.flatnonzero(np.diff(owner, prepend=-1))
        return cls(columns[first], values[first], number, move, changed)


def ends(network: Network) -> Within:
    """Every number with a range at its low and at its high end, from the stated values; kept."""

    def build() -> Within:
        places = entering(network)
        each = enumerate(stated_range(p) for p in network.priors.values())
        moves = [{i: end} for i, (low, high) in each if low < high for end in (low, high)]
        return Within.of(places, places.stated, moves)

    return STORE.get(("ends", network.model), build)
