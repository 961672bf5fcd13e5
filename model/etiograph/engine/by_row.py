"""Numbers of the tables that differ by row, laid out for the kernel.

An entry of the clique tree is a product of several numbers of the tables, and many entries share the
same product. Each distinct product is made once per row, from two smaller ones; an entry only says
which one it takes.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from etiograph.engine.layout import LongArray
from etiograph.engine.program import FIRST_ENTRY, IntArray, Program
from etiograph.network.model import FloatArray
from etiograph.store import STORE, digest_of


class Cells(NamedTuple):
    """What the kernel reads: scratch for the products, the recipe, the numbers.

    Attributes
    ----------
    products : ndarray (C + K + U, LANES)
        Scratch: the constants, then the numbers in use, then what is multiplied from them.
    which : ndarray of int32 (entries,)
        The product each entry takes.
    constants : ndarray (C,)
        The same in every row.
    left, right : ndarray of int32 (U,)
        The two earlier products each of the others is made of.
    values : ndarray (K, B)
        The numbers in use, one column a row of tables.
    """

    products: FloatArray
    which: IntArray
    constants: FloatArray
    left: IntArray
    right: IntArray
    values: FloatArray


@dataclass(frozen=True, eq=False, slots=True)
class Recipe:
    """How the entries of a program follow from the distinct numbers of its tables.

    Attributes
    ----------
    used : ndarray of int64 (K,)
        The distinct numbers that some entry reads.
    which, constants, left, right
        As in :class:`Cells`.
    """

    used: LongArray
    which: IntArray
    constants: FloatArray
    left: IntArray
    right: IntArray

    @classmethod
    def of(cls, program: Program, index: NDArray[np.intp]) -> Recipe:
        """The recipe of a program for tables in which entry t is number ``index[t]``."""
        # Most are 1: only the others have to be told apart.
        other = np.flatnonzero(program.coefficient != 1.0)
        constants = np.unique(np.append(program.coefficient[other], 1.0))
        one = int(np.searchsorted(constants, 1.0))
        constant = np.full(program.entries, one)
        constant[other] = np.searchsorted(constants, program.coefficient[other])
        table_index = program.table_index
        read = np.zeros(int(index.max(initial=-1)) + 1, dtype=np.bool_)
        for pieces in table_index:
            read[index[pieces]] = True
        place = len(constants) + np.cumsum(read) - 1
        which = np.empty(program.entries, dtype=np.int32)
        left, right = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
        made = len(constants) + int(read.sum())
        for first, pieces in zip(program.nodes[:, FIRST_ENTRY].tolist(), table_index, strict=True):
            here = slice(first, first + pieces.shape[1])
            factors = [place[index[piece]] for piece in pieces]
            if not factors or (constant[here] != one).any():
                factors.append(constant[here])
            # The two with the fewest distinct values first, so that products stay few.
            heap = [(len(slots), i, slots, ids) for i, (slots, ids) in
                    enumerate(_distinct(factor, made) for factor in factors)]  # fmt: skip
            heapq.heapify(heap)
            while len(heap) > 1:
                n_a, _, slots_a, a = heapq.heappop(heap)
                n_b, _, slots_b, b = heapq.heappop(heap)
                pairs, ids = _distinct(a * n_b + b, n_a * n_b)
                left.append(slots_a[pairs // n_b])
                right.append(slots_b[pairs % n_b])
                slots = np.arange(made, made + len(pairs))
                made += len(pairs)
                heapq.heappush(heap, (len(pairs), made, slots, ids))
            which[here] = heap[0][2][heap[0][3]]
        return cls(
            np.flatnonzero(read),
            which,
            constants,
            np.concatenate(left).astype(np.int32),
            np.concatenate(right).astype(np.int32),
        )

    def cells(self, values: FloatArray) -> Cells:
        """What one thread's kernel reads; the scratch is its own."""
        from etiograph.engine.program import LANES

        size = len(self.constants) + len(self.used) + len(self.left)
        products = np.empty((size, LANES))
        return Cells(products, self.which, self.constants, self.left, self.right, values)


def _distinct(numbers: NDArray[np.int64], size: int) -> tuple[LongArray, LongArray]:
    """The distinct ones of some numbers below ``size``, and which of them each is."""
    if size > 8 * len(numbers) + 10_000:
        found, which = np.unique(numbers, return_inverse=True)
        return found, which.reshape(-1)
    there = np.zeros(size, dtype=np.bool_)
    there[numbers] = True
    return np.flatnonzero(there), (np.cumsum(there) - 1)[numbers]


def recipe_of(program: Program, index: NDArray[np.intp]) -> Recipe:
    """The recipe for an index, which many rows share."""
    key = ("recipe", program.key, digest_of(index))
    return STORE.get(key, lambda: Recipe.of(program, index))
