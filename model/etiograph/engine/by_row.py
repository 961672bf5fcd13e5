"""Numbers of the tables that differ by row, laid out for the kernel.

An entry of the clique tree is a product of several numbers of the tables, and many entries share the
same product. Each distinct product is made once per row; an entry only says which one it takes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..network.model import FloatArray
from .compile import FIRST_ENTRY, IntArray, Program


class Cells(NamedTuple):
    """What the kernel reads: scratch for the products, the recipe, the numbers.

    Attributes
    ----------
    products : ndarray (U, LANES)
        Scratch.
    which : ndarray of int32 (entries,)
        The product each entry takes.
    coefficients : ndarray (U,)
        Constant factor of each product.
    starts : ndarray of int32 (U + 1,)
        Where the factors of each product begin.
    factors : ndarray of int32
        Rows of ``values``.
    values : ndarray (K, B)
        The numbers in use, one column a row of tables.
    own : ndarray (K, LANES)
        Scratch.
    """

    products: FloatArray
    which: IntArray
    coefficients: FloatArray
    starts: IntArray
    factors: IntArray
    values: FloatArray
    own: FloatArray


@dataclass(frozen=True, eq=False, slots=True)
class Recipe:
    """How the entries of a program follow from the distinct numbers of its tables.

    Attributes
    ----------
    used : ndarray of int64
        The distinct numbers that some entry reads; ``factors`` counts in these.
    which, coefficients, starts, factors
        As in :class:`Cells`.
    """

    used: NDArray[np.int64]
    which: IntArray
    coefficients: FloatArray
    starts: IntArray
    factors: IntArray

    @classmethod
    def of(cls, program: Program, index: NDArray[np.intp]) -> Recipe:
        """The recipe of a program for tables in which entry t is number ``index[t]``."""
        which = np.empty(program.entries, dtype=np.int32)
        coefficients: list[FloatArray] = []
        factors: list[NDArray[np.int64]] = []
        counts: list[NDArray[np.int64]] = []
        made = 0
        for first, pieces in zip(
            program.nodes[:, FIRST_ENTRY].tolist(), program.table_index, strict=True
        ):
            n = pieces.shape[1]
            own = program.coefficient[first : first + n]
            numbers = index[pieces]
            at, where = _distinct(own, numbers)
            which[first : first + n] = where + made
            coefficients.append(own[at])
            factors.append(numbers[:, at].T.reshape(-1).astype(np.int64))
            counts.append(np.full(len(at), len(pieces)))
            made += len(at)
        read = np.concatenate([np.zeros(0, dtype=np.int64), *factors])
        used, inverse = np.unique(read, return_inverse=True)
        ends = np.cumsum(np.concatenate([[0], *counts]))
        return cls(
            used,
            which,
            np.concatenate(coefficients) if coefficients else np.zeros(0),
            ends.astype(np.int32),
            inverse.reshape(-1).astype(np.int32),
        )

    def cells(self, values: FloatArray) -> Cells:
        """What one thread's kernel reads; the scratch is its own."""
        from .lanes import LANES

        products = np.empty((len(self.coefficients), LANES))
        own = np.empty((len(self.used), LANES))
        return Cells(
            products, self.which, self.coefficients, self.starts, self.factors, values, own
        )


def _distinct(
    coefficient: FloatArray, numbers: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First entry of each distinct (coefficient, numbers), and which of them every entry has."""
    _, key = np.unique(coefficient, return_inverse=True)
    for row in numbers:
        key = key.astype(np.int64) * (int(row.max(initial=0)) + 1) + row
        _, first, key = np.unique(key, return_index=True, return_inverse=True)
    if not len(numbers):
        _, first = np.unique(key, return_index=True)
    return first, key


def recipe_of(program: Program, index: NDArray[np.intp]) -> Recipe:
    """The recipe, kept with the program for the last index it was asked for."""
    kept = program._cache.get("recipe")
    if isinstance(kept, tuple) and (kept[0] is index or np.array_equal(kept[0], index)):
        found: Recipe = kept[1]
        return found
    recipe = Recipe.of(program, index)
    program._cache["recipe"] = (index, recipe)
    return recipe
