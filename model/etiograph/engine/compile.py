"""Model and pattern of known states -> :class:`~etiograph.engine.program.Program`.

What is known for certain is sliced out, what then can never be positive is dropped, and the rest is
laid out so that one sweep up and one sweep down give every marginal (Shafer & Shenoy 1990).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from etiograph.engine.decompose import Decomposition, decompose
from etiograph.engine.live import LiveTable, fixed_values, live_tables, narrow, spread
from etiograph.engine.program import (
    DEFAULT_LIMIT,
    DOWN,
    FIRST_ENTRY,
    INDEX,
    MESSAGE,
    N_ENTRIES,
    N_INPUTS,
    N_SEPARATOR,
    SEGMENT,
    SHIFT,
    SIGNED,
    IntArray,
    Program,
)  # fmt: skip
from etiograph.engine.tree import Node, build_tree, shared_places
from etiograph.errors import TooLarge
from etiograph.network.model import BoolArray, Model


def _refuse_if_too_large(entries: float, size: float, limit: int, what: str) -> None:
    if size > limit:
        raise TooLarge(
            f"{what} needs about {entries:.3g} table entries and {size / 2**30:.3g} GiB; "
            f"the limit is {limit / 2**30:.3g} GiB",
            entries=int(entries),
            bytes=int(size),
        )


def _arrays(
    model: Model,
    fixed: Mapping[int, int],
    tables: list[LiveTable],
    domains: Sequence[NDArray[np.int64]],
    limit: int,
    maximised: Set[int],
    signed: bool,
) -> Program:
    live = [int(np.count_nonzero(t.mask)) for t in tables]
    size = _peak_bytes(tables, live)
    _refuse_if_too_large(sum(live), size, limit, "exact inference")
    rows = np.zeros((len(tables), 10), dtype=np.int64)
    n_cells = sum(
        n * (len(t.children) + len(t.node.slots)) for n, t in zip(live, tables, strict=True)
    )
    inputs = np.empty(n_cells, dtype=np.int32)
    coefficient = np.ones(sum(live))
    segments: list[IntArray] = []
    table_index: list[IntArray] = []
    message_of: list[NDArray[np.int32]] = []
    starts: list[BoolArray] = []
    message, entry, cell, segment = model.n_states, 0, 0, 0
    for row, table, n in zip(rows, tables, live, strict=True):
        flat = np.flatnonzero(table.mask)
        spots = _Spots.of(table, flat)
        first, compressed = _separator(table, flat, message)
        message_of.append(compressed)
        segments.append(np.append(first, n).astype(np.int32))
        if maximised:
            starts.append(_group_starts(table, flat, maximised))
        begin = cell
        for i in table.children:
            axes, stride = [], 1
            for v in reversed(tables[i].scope[: tables[i].n_separator_axes]):
                axes.append((v, np.arange(len(domains[v])) * stride))
                stride *= len(domains[v])
            inputs[cell : cell + n] = message_of[i][spots.positions(0, axes)]
            cell += n
        for v in table.node.slots:
            spots.positions(model.offsets[v], [(v, domains[v])], inputs[cell : cell + n])
            cell += n
        stated = [piece for piece in table.node.pieces if piece.start >= 0]
        index = np.empty((len(stated), n), dtype=np.int32)
        for own_index, piece in zip(index, stated, strict=True):
            steps = [(v, domains[v] * k) for v, k in zip(piece.scope, piece.strides, strict=True)]
            spots.positions(piece.start, steps, own_index)
        table_index.append(index)
        for piece in table.node.pieces:
            if piece.start < 0:
                full = spread(fixed_values(piece, domains), piece.scope, table.scope)
                factor = np.broadcast_to(full, table.mask.shape)[table.mask]
                coefficient[entry : entry + n] *= factor
        own = len(table.children) + len(table.node.slots)
        row[N_ENTRIES], row[N_INPUTS] = n, own
        row[INDEX], row[SEGMENT], row[N_SEPARATOR] = begin, segment, len(first)
        row[MESSAGE], row[FIRST_ENTRY] = message, entry
        # Digits cancel where a hub is summed out, nowhere else.
        summed = table.scope[table.n_separator_axes :]
        row[SIGNED] = signed and any(v >= len(model.cards) for v in summed)
        segment += len(first) + 1
        message += len(first)
        entry += n
    places, n_places = shared_places(
        rows[:, N_SEPARATOR].tolist(), [table.children for table in tables]
    )
    rows[:, DOWN] = np.array(places, dtype=np.int64) + model.n_states
    rows[:, SHIFT] = np.cumsum(rows[:, N_INPUTS]) - rows[:, N_INPUTS]
    shifts = np.zeros(int(rows[:, N_INPUTS].sum()), dtype=np.int64)
    for row, table in zip(rows, tables, strict=True):
        for j, i in enumerate(table.children, int(row[SHIFT])):
            shifts[j] = rows[i, DOWN] - rows[i, MESSAGE]
    free = [v for v in range(len(model.cards)) if v not in fixed]
    return Program(
        model=model,
        fixed=dict(fixed),
        nodes=rows,
        inputs=inputs,
        shifts=shifts,
        segments=np.concatenate(segments) if segments else np.zeros(0, np.int32),
        table_index=tuple(table_index),
        n_buffer=message,
        n_down=model.n_states + n_places,
        free=np.array([[model.offsets[v], model.cards[v]] for v in free], dtype=np.int64).reshape(
            -1, 2
        ),
        fixed_slots=np.array([model.offsets[v] + s for v, s in fixed.items()], dtype=np.int64),
        entries=entry,
        bytes=size,
        group_starts=np.concatenate(starts) if starts else np.zeros(0, dtype=np.bool_),
        coefficient=coefficient,
        signed=signed,
    )


def _peak_bytes(tables: Sequence[LiveTable], live: Sequence[int]) -> int:
    """Bytes of the program, of what is needed to write it, and of an answer from it."""
    kept = sum(
        n * (4 * (len(t.children) + len(t.node.slots) + len(t.node.pieces)) + 16)
        for n, t in zip(live, tables, strict=True)
    )
    masks = sum(t.mask.size for t in tables)
    writing = max(
        (n * (4 * len(t.node.pieces) + 56) for n, t in zip(live, tables, strict=True)),
        default=0,
    )
    return kept + masks + writing + 4000 * len(tables)


@dataclass(frozen=True, slots=True)
class _Spots:
    """Where the live entries of a table lie, its axes taken as two halves.

    A position that is a sum over axes is then two look-ups in short tables, however many axes
    there are.
    """

    scope: tuple[int, ...]
    shape: tuple[int, ...]
    split: int
    outer: NDArray[np.int64]
    inner: NDArray[np.int64]

    @classmethod
    def of(cls, table: LiveTable, flat: NDArray[np.int64]) -> _Spots:
        """The entries at the places ``flat`` of a table."""
        shape = table.mask.shape
        split, size = len(shape), 1
        while split and size * size < table.mask.size:
            split -= 1
            size *= shape[split]
        outer, inner = np.divmod(flat, size)
        return cls(table.scope, shape, split, outer, inner)

    def positions(
        self,
        start: int,
        axes: Sequence[tuple[int, NDArray[np.int64]]],
        out: IntArray | None = None,
    ) -> IntArray:
        """start + the step of each axis (variable, steps) at its state, for every entry."""
        last = start + sum(int(steps[-1]) for _, steps in axes)
        kind = np.int32 if out is not None or last < 2**31 else np.int64
        halves: list[NDArray[Any]] = []
        for begin, end in ((0, self.split), (self.split, len(self.shape))):
            total: NDArray[Any] = np.zeros(self.shape[begin:end], dtype=kind)
            for v, steps in axes:
                axis = self.scope.index(v)
                if begin <= axis < end:
                    total += steps.astype(kind).reshape((-1,) + (1,) * (end - axis - 1))
            halves.append(total.reshape(-1))
        halves[0] += start
        # "clip" says that no place lies outside, so that nothing is checked and copied.
        found: NDArray[Any] = np.take(halves[0], self.outer, out=out, mode="clip")
        found += halves[1][self.inner]
        return found


def _separator(
    table: LiveTable, flat: NDArray[np.int64], message: int
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Where the entries of each live separator state begin, and the message slot of each state."""
    shape = table.mask.shape
    axes = table.n_separator_axes
    key = flat // int(np.prod(shape[axes:], dtype=np.int64))
    begins = np.ones(len(key), dtype=np.bool_)
    begins[1:] = key[1:] != key[:-1]
    first = np.flatnonzero(begins)
    slots = np.full(int(np.prod(shape[:axes], dtype=np.int64)), -1, dtype=np.int32)
    slots[key[first]] = np.arange(len(first), dtype=np.int32) + message
    return first, slots


def _group_starts(table: LiveTable, flat: NDArray[np.int64], maximised: Set[int]) -> BoolArray:
    """Entries that begin a new state of separator and maximised variables."""
    axes = table.n_separator_axes
    axes += sum(v in maximised for v in table.scope[axes:])
    inner = int(np.prod(table.mask.shape[axes:], dtype=np.int64))
    group = flat // inner
    starts = np.ones(len(flat), dtype=np.bool_)
    starts[1:] = group[1:] != group[:-1]
    return starts


def compile_pattern(
    model: Model,
    known: Mapping[int, int],
    *,
    limit: int = DEFAULT_LIMIT,
    maximised: Set[int] = frozenset(),
    signs: bool = True,
) -> Program | None:
    """Compile a model for rows that share some known states.

    Parameters
    ----------
    model : Model
        The model.
    known : mapping of int to int
        Variables and states known in every row.
    limit : int
        Bytes the program may take.
    maximised : set of int
        Variables over which a sweep is to take the maximum instead of the sum.
    signs : bool
        Whether the multiplicative form, with its signs, may be used.

    Returns
    -------
    Program or None
        None where the zeros of the tables alone make the known states impossible.

    Raises
    ------
    TooLarge
        Before anything of that size is allocated.
    """
    domains = narrow(model, known)
    if any(len(d) == 0 for d in domains):
        return None
    fixed = {v: int(d[0]) for v, d in enumerate(domains) if len(d) == 1}
    signs = signs and not maximised
    parts = decompose(model, fixed, [len(d) for d in domains], signs=signs)
    domains += [np.arange(parts.cards[v]) for v in range(len(domains), len(parts.cards))]
    cards = [len(d) for d in domains]
    nodes, _ = build_tree(parts, [v for v in range(len(model.cards)) if v not in fixed], cards)
    nodes = [*_scalars(parts), *nodes]
    dense = sum(_dense_size(node, cards) for node in nodes)
    _refuse_if_too_large(dense, dense, limit, "exact inference")
    tables = live_tables(model, nodes, domains, maximised)
    if any(not t.mask.any() for t in tables):
        return None
    return _arrays(model, fixed, tables, domains, limit, maximised, parts.signed)


def _scalars(parts: Decomposition) -> list[Node]:
    """Pieces without free variables: single numbers, each a node of its own."""
    return [Node(set(), [piece]) for piece in parts.pieces if not piece.scope]


def _dense_size(node: Node, cards: Sequence[int]) -> float:
    size = 1.0
    for v in node.scope:
        size *= cards[v]
    return size
