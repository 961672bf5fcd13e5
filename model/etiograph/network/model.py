"""What the engine sees: variables as numbers, every mechanism as tables.

A :class:`Model` is the expanded form of a network. Each variable (the network's own first, hidden
ones after) has one family. A family is either a dense conditional table or an accumulation: a chain
of independent steps that only ever move the child up a small lattice, which is how a noisy-OR of
thirty causes stays thirty small blocks instead of one table of 2^30 entries.

All numbers stand in one flat vector ``T``; families point into it. Another value of the parameters
is another vector, never another model.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Conditional:
    """P(child | parents) as a dense block of ``T``.

    Attributes
    ----------
    child : int
        The variable.
    parents : tuple of int
        Its parents, in the order of the block's axes.
    start : int
        First entry in ``T``; row-major, axes ``(parents..., child)``.
    """

    child: int
    parents: tuple[int, ...]
    start: int


@dataclass(frozen=True, slots=True)
class Link:
    """One independent step of an accumulation.

    Attributes
    ----------
    parents : tuple of int
        The variables the step depends on; empty for a leak.
    start : int
        First entry in ``T`` of the step matrices, axes ``(parents..., k, k)``: entry ``[.., a, b]``
        is the probability that the step takes the child from state ``a`` to ``b``. Row 0 is the
        distribution of the link's own contribution.
    """

    parents: tuple[int, ...]
    start: int


@dataclass(frozen=True, slots=True)
class Accumulation:
    """A child that is the join of independent contributions (noisy-OR, noisy-MAX, their twins).

    The child starts at state 0 and each link moves it: ``P(child | parents) = e0 M1 M2 ... Mn``.
    The step matrices commute (Heckerman & Breese 1996, causal independence).

    Attributes
    ----------
    child : int
        The variable, with k states.
    links : tuple of Link
        The steps.
    join : tuple of tuple of int
        ``join[a][b]``, k x k: the state reached when contributions ``a`` and ``b`` meet. Associative,
        commutative, idempotent, with 0 as its neutral element.
    """

    child: int
    links: tuple[Link, ...]
    join: tuple[tuple[int, ...], ...]


Family = Conditional | Accumulation


@dataclass(frozen=True, eq=False)
class Model:
    """Variables, families and the vector of numbers they read.

    Attributes
    ----------
    names : tuple of str
        All variables; the first ``n_network`` are the network's own, the rest are hidden.
    cards : tuple of int
        Number of states of each.
    families : tuple of Family
        One a variable: ``families[i].child == i``.
    n_network : int
        How many variables belong to the network.
    tables : ndarray (T,)
        The numbers at the parameters' stated values.
    support : ndarray of bool (T,)
        Which entries may be positive at any admissible value of the parameters. An entry that is
        False here is dropped when a program is compiled and must be 0 in every ``tables`` used.
    """

    names: tuple[str, ...]
    cards: tuple[int, ...]
    families: tuple[Family, ...]
    n_network: int
    tables: FloatArray
    support: BoolArray
    offsets: tuple[int, ...] = field(init=False)
    """First slot of each variable among the S states of all variables."""
    n_states: int = field(init=False)
    """S, the number of states of all variables together."""
    index: Mapping[str, int] = field(init=False)
    """Position of each name."""
    key: str = field(init=False)
    """Digest of the structure and the support (not of the numbers)."""

    def __post_init__(self) -> None:
        sums = tuple(accumulate(self.cards, initial=0))
        put = object.__setattr__
        put(self, "offsets", sums[:-1])
        put(self, "n_states", sums[-1])
        put(self, "index", {name: i for i, name in enumerate(self.names)})
        tables = np.ascontiguousarray(self.tables, dtype=np.float64)
        support = np.ascontiguousarray(self.support, dtype=np.bool_)
        tables.setflags(write=False)
        support.setflags(write=False)
        put(self, "tables", tables)
        put(self, "support", support)
        text = repr((self.names, self.cards, self.families, self.n_network))
        put(self, "key", sha256(text.encode() + np.packbits(support).tobytes()).hexdigest())

    @property
    def n_entries(self) -> int:
        """T, the number of entries of all blocks."""
        return int(self.tables.size)

    @property
    def held(self) -> int:
        """Bytes it takes, about."""
        return self.tables.nbytes + self.support.nbytes + 1_000 * len(self.names)

    def slots_of(self, i: int) -> slice:
        """Where in ``S`` the states of variable ``i`` stand."""
        return slice(self.offsets[i], self.offsets[i] + self.cards[i])

    def parents(self, i: int) -> tuple[int, ...]:
        """Every variable that family ``i`` reads, each once, in order of first use."""
        family = self.families[i]
        if isinstance(family, Conditional):
            return family.parents
        return tuple(dict.fromkeys(p for link in family.links for p in link.parents))

    def level_of(self, i: int) -> int:
        """The hidden level that a reading follows, its one parent."""
        (level,) = self.parents(i)
        return level

    def entries_of(self, i: int) -> list[slice]:
        """Where in ``T`` the numbers of family ``i`` stand: one block, or one a link."""
        family, k = self.families[i], self.cards[i]
        blocks = [(family.parents, family.start, k)] if isinstance(family, Conditional) else [
            (link.parents, link.start, k * k) for link in family.links
        ]  # fmt: skip
        sizes = [math.prod([self.cards[p] for p in parents]) * own for parents, _, own in blocks]
        starts = [start for _, start, _ in blocks]
        return [slice(start, start + size) for start, size in zip(starts, sizes, strict=True)]


def step_matrices(p_contribution: FloatArray) -> FloatArray:
    """Step matrices of a maximum from the distribution of one contribution.

    Parameters
    ----------
    p_contribution : ndarray (..., k)
        Distribution of the contribution over the child's states.

    Returns
    -------
    ndarray (..., k, k)
        ``[.., a, b]`` = P(max(a, contribution) = b).
    """
    k = p_contribution.shape[-1]
    steps = np.zeros((*p_contribution.shape, k))
    # Summed one by one so that the last row is exactly the unit vector.
    cumulative = np.cumsum(p_contribution, axis=-1)
    for a in range(k):
        steps[..., a, a] = 1.0 if a == k - 1 else cumulative[..., a]
        steps[..., a, a + 1 :] = p_contribution[..., a + 1 :]
    return steps


def maximum_join(k: int) -> tuple[tuple[int, ...], ...]:
    """The join table of a maximum over k ordered states."""
    return tuple(tuple(max(a, b) for b in range(k)) for a in range(k))


@dataclass(frozen=True, eq=False, slots=True)
class TableRows:
    """The numbers of all tables, row by row: each distinct number once, and where it stands.

    It reads like the array (B, T) it stands for: ``rows[:, start:end]`` and ``rows[i]`` are arrays.

    Attributes
    ----------
    values : ndarray (K, B)
        The distinct numbers, one column a row.
    index : ndarray of int (T,)
        Which of them each entry takes.
    """

    values: FloatArray
    index: NDArray[np.intp]

    @classmethod
    def of(cls, tables: FloatArray) -> TableRows:
        """Rows (B, T) in which every entry has a number of its own."""
        values = np.ascontiguousarray(np.asarray(tables, dtype=np.float64).T)
        return cls(values, np.arange(len(values)))

    def __len__(self) -> int:
        return int(self.values.shape[1])

    def __getitem__(self, key: Any) -> FloatArray:
        rows, entries = key if isinstance(key, tuple) else (key, slice(None))
        picked: FloatArray = np.asarray(self.values[:, rows].T[..., self.index[entries]])
        return picked

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> FloatArray:
        return np.asarray(self[:], dtype=dtype)

    @property
    def ndim(self) -> int:
        """2, as of the array."""
        return 2

    @property
    def shape(self) -> tuple[int, int]:
        """(B, T), as of the array."""
        return len(self), len(self.index)

    def rows(self, which: slice | NDArray[np.int64]) -> TableRows:
        """Some of the rows."""
        return TableRows(np.ascontiguousarray(self.values[:, which]), self.index)

    def extended(self, blocks: Sequence[FloatArray]) -> TableRows:
        """With more entries behind: arrays (B, n)."""
        sizes = [block.shape[1] for block in blocks]
        values = np.concatenate([self.values, *(block.T for block in blocks)])
        more = np.arange(len(self.values), len(self.values) + sum(sizes))
        return TableRows(values, np.concatenate([self.index, more]))


Tables = FloatArray | TableRows
"""Numbers of all tables: (T,) for all rows, or (B, T)."""
