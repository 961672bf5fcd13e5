"""A compiled model as flat index arrays: what the kernels run over."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from etiograph.engine.layout import Layout, LongArray
from etiograph.engine.precision import SMALL
from etiograph.network.model import BoolArray, FloatArray, Model
from etiograph.store import STORE, digest_of

IntArray = NDArray[np.int32]

LANES = 8
"""Rows that a kernel sweeps at once, a block, in the time of two or three.

The messages of a block should stay within reach of the processor. With 32 a row of the leg-cramp network
(221,000 entries) takes 1.6 to 1.9 times as long, of barley (17 million) 1.8; rows of networks of some
thousand entries (insurance, alarm) take 0.8 of the time.
"""

# Columns of Program.nodes.
(
    N_ENTRIES, N_INPUTS, INDEX, SEGMENT, N_SEPARATOR, MESSAGE, FIRST_ENTRY, SIGNED, DOWN, SHIFT,
    N_FACTORS,
) = range(11)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Program:
    """A compiled model: everything that does not depend on a row.

    The message buffer holds the S likelihood slots, then one message a node.

    Attributes
    ----------
    model : Model
        What was compiled.
    fixed : mapping of int to int
        Variables known for certain in every row this program serves, and their states.
    nodes : ndarray of int64 (nodes, 11)
        One row a table, children before parents; the columns are named above.
    inputs : ndarray of int32
        For each node and input: position in the message buffer, one an entry, input by input.
    shifts : ndarray of int64
        For each node and input: from there to the position in the buffer of messages from above.
    segments : ndarray of int32
        For each node, where the entries of each separator state begin (one more at the end).
    layout : Layout
        The tree it was made from.
    cells : ndarray of int32 (entries,)
        Which of the combinations of states of its table each entry is.
    n_buffer : int
        Length of the message buffer.
    n_down : int
        Length of the buffer of messages from above, in which places are used again.
    free, fixed_slots : ndarray of int64
        Free model variables as rows (first slot, states); slots of the fixed states.
    entries : int
        Live table entries.
    bytes : int
        Memory to write the program and to answer from it, at most.
    group_starts : ndarray of bool (entries,)
        Where variables are to be maximised: entries that begin a new sum; else empty.
    coefficient : ndarray of int8 (entries,)
        Product of the fixed pieces at every entry; of floats where it is out of their range.
    signed : bool
        Whether there are negative coefficients.
    key : hashable
        What it was made from; equal keys, equal programs.
    """

    model: Model
    fixed: Mapping[int, int]
    nodes: LongArray
    inputs: IntArray
    shifts: LongArray
    segments: IntArray
    layout: Layout
    cells: IntArray
    n_buffer: int
    n_down: int
    free: LongArray
    fixed_slots: LongArray
    entries: int
    bytes: int
    group_starts: BoolArray
    coefficient: NDArray[Any]
    signed: bool
    key: Hashable

    @property
    def table_index(self) -> tuple[IntArray, ...]:
        """For each node, array (factors, entries): the entry of ``T`` each factor reads."""
        from etiograph.engine.kernels_numbers import factor_entries

        shapes = self.nodes[:, [N_FACTORS, N_ENTRIES]]
        flat = np.empty(int(shapes.prod(axis=1).sum()), dtype=np.int32)
        factor_entries(self.layout, self.nodes, self.cells, flat)
        parts = np.split(flat, np.cumsum(shapes.prod(axis=1))[:-1])
        return tuple([a.reshape(s) for a, s in zip(parts, shapes.tolist(), strict=True)])

    @property
    def held(self) -> int:
        """Bytes it holds."""
        places = self.inputs.nbytes + self.segments.nbytes + self.cells.nbytes
        nodes = self.nodes.nbytes + self.shifts.nbytes
        return places + nodes + self.coefficient.nbytes

    def base(self, tables: FloatArray, *, kept: bool = True) -> tuple[FloatArray, bool]:
        """Product of the static factors at every entry, ``(entries,)``.

        Also whether one of them is so small that ordinary doubles might lose it. ``kept``: for the
        next one who asks.
        """
        if not kept:
            return self._base(tables)
        return STORE.get(("base", self.key, digest_of(tables)), lambda: self._base(tables))

    def _base(self, tables: FloatArray) -> tuple[FloatArray, bool]:
        from etiograph.engine.kernels_numbers import products

        base = np.empty(self.entries)
        tables = np.ascontiguousarray(tables, dtype=np.float64)
        tiny = products(self.layout, self.nodes, self.cells, self.coefficient, tables, SMALL, base)
        return base, tiny
