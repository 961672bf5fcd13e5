"""Model and pattern of known states -> :class:`Program`: flat index arrays that the kernels run over.

What is known for certain is sliced out, what then can never be positive is dropped (by boolean
propagation of the supports, never by looking at floats: underflow would look like a zero), and the
rest is laid out so that one sweep up and one sweep down give every marginal (Shafer & Shenoy 1990).
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from ..errors import TooLarge
from ..network.model import BoolArray, Conditional, FloatArray, Model
from .decompose import Decomposition, Piece, decompose
from .tree import Node, build_tree, shared_places

IntArray = NDArray[np.int32]
LongArray = NDArray[np.int64]
Array = TypeVar("Array", BoolArray, FloatArray)

DEFAULT_LIMIT = 2 << 30
"""Bytes a program may take before it is refused."""

TINY = 1e-75
"""Numbers of the tables below which ordinary doubles might lose digits."""

# Columns of Program.nodes.
(
    N_ENTRIES, N_INPUTS, INDEX, SEGMENT, N_SEPARATOR, MESSAGE, FIRST_ENTRY, SIGNED, DOWN, SHIFT
) = range(10)  # fmt: skip


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
    nodes : ndarray of int64 (nodes, 10)
        One row a table, children before parents; the columns are named in this module.
    inputs : ndarray of int32
        For each node and input: position in the message buffer, one an entry, input by input.
    shifts : ndarray of int64
        For each node and input: from there to the position in the buffer of messages from above.
    segments : ndarray of int32
        For each node, where the entries of each separator state begin (one more at the end).
    table_index : tuple of ndarray of int32
        For each node, array (pieces, entries): the entry of ``T`` each factor reads.
    n_buffer : int
        Length of the message buffer.
    n_down : int
        Length of the buffer of messages from above, in which places are used again.
    free, fixed_slots : ndarray of int64
        Free model variables as rows (first slot, states); slots of the fixed states.
    entries : int
        Live table entries.
    bytes : int
        Memory of the index arrays.
    star_order : tuple of int
        Elimination order over model variables.
    group_starts : ndarray of bool (entries,)
        Where variables are to be maximised: entries that begin a new sum; else empty.
    coefficient : ndarray (entries,)
        Product of the fixed pieces at every entry.
    signed : bool
        Whether there are negative coefficients.
    """

    model: Model
    fixed: Mapping[int, int]
    nodes: LongArray
    inputs: IntArray
    shifts: LongArray
    segments: IntArray
    table_index: tuple[IntArray, ...]
    n_buffer: int
    n_down: int
    free: LongArray
    fixed_slots: LongArray
    entries: int
    bytes: int
    star_order: tuple[int, ...]
    group_starts: BoolArray
    coefficient: FloatArray
    signed: bool
    _cache: dict[str, object] = field(default_factory=dict, repr=False)

    def base(self, tables: FloatArray) -> tuple[FloatArray, bool]:
        """Product of the static factors at every entry, ``(entries,)``.

        Also whether one of them is so small that ordinary doubles might lose it.
        """
        cached = self._cache.get("base")
        if isinstance(cached, tuple) and cached[0] is tables:
            return cached[1], cached[2]
        base = self.coefficient.copy()
        first = self.nodes[:, FIRST_ENTRY]
        small = (tables > 0) & (tables < TINY)
        tiny, any_small = False, bool(small.any())
        for node, index in enumerate(self.table_index):
            own = base[first[node] : first[node] + index.shape[1]]
            for row in index:
                own *= tables[row]
                # Looked at after every factor: the next one might take it to 0.
                tiny = tiny or bool(((own != 0) & (abs(own) < TINY)).any())
                tiny = tiny or (any_small and bool(small[row].any()))
        self._cache["base"] = (tables, base, tiny)
        return base, tiny


def narrow(model: Model, known: Mapping[int, int]) -> list[NDArray[np.int64]]:
    """States that stay possible of each variable, given some, by the zeros of dense families alone.

    An empty list of states means that the known states contradict one another.
    """
    domains = [
        np.array([known[v]]) if v in known else np.arange(card)
        for v, card in enumerate(model.cards)
    ]
    if model.support.all():
        return domains
    changed = True
    while changed:
        changed = False
        for family in model.families:
            if not isinstance(family, Conditional):
                continue
            scope = (*family.parents, family.child)
            shape = [model.cards[v] for v in scope]
            size = int(np.prod(shape))
            block = model.support[family.start : family.start + size]
            if block.all():
                continue
            live = block.reshape(shape)[np.ix_(*[domains[v] for v in scope])]
            for axis, v in enumerate(scope):
                keep = live.any(axis=tuple(a for a in range(len(scope)) if a != axis))
                if not keep.all():
                    domains[v] = domains[v][keep]
                    changed = True
    return domains


def _fixed_values(piece: Piece, domains: Sequence[NDArray[np.int64]]) -> FloatArray:
    """Entries of a fixed piece over the states still possible; chain variables keep all theirs."""
    k = round(len(piece.values) ** (1 / len(piece.scope)))
    full: FloatArray = np.array(piece.values).reshape((k,) * len(piece.scope))
    kept: FloatArray = full[np.ix_(*[domains[v] for v in piece.scope])]
    return kept


def piece_support(
    piece: Piece, support: BoolArray, domains: Sequence[NDArray[np.int64]]
) -> BoolArray:
    """Which combinations of a piece's variables may be positive, one axis a variable."""
    if piece.start < 0:
        out: BoolArray = _fixed_values(piece, domains) != 0.0
        return out
    shape = tuple(len(domains[v]) for v in piece.scope)
    index = np.full(shape, piece.start)
    for axis, (v, stride) in enumerate(zip(piece.scope, piece.strides, strict=True)):
        view = [1] * len(shape)
        view[axis] = -1
        index = index + (domains[v] * stride).reshape(view)
    out = support[index]
    return out


@dataclass(slots=True)
class _Table:
    """A node on its way to arrays."""

    node: Node
    scope: tuple[int, ...]  # separator first, so that entries come sorted by separator state
    n_separator_axes: int
    mask: BoolArray
    children: list[int]
    live_separator: BoolArray | None = None


def _spread(array: Array, scope: Sequence[int], over: Sequence[int]) -> Array:
    """Axes of ``scope`` put where they stand in ``over``, with length 1 for the others."""
    place = {v: i for i, v in enumerate(over)}
    source = sorted(range(len(scope)), key=lambda a: place[scope[a]])
    shape = [1] * len(over)
    for a in source:
        shape[place[scope[a]]] = array.shape[a]
    return array.transpose(source).reshape(shape)


def _masks(
    model: Model,
    nodes: Sequence[Node],
    domains: Sequence[NDArray[np.int64]],
    maximised: Set[int],
) -> list[_Table]:
    """Live entries of every node: supports collected upward, then pushed down."""
    place = {id(node): i for i, node in enumerate(nodes)}
    tables: list[_Table] = []
    for node in nodes:
        separator = tuple(sorted(node.separator))
        # Maximised variables before summed ones: the sums of one maximum stand together.
        rest = sorted(node.scope - node.separator, key=lambda v: (v not in maximised, v))
        scope = (*separator, *rest)
        mask: BoolArray = np.ones([len(domains[v]) for v in scope], dtype=np.bool_)
        for piece in node.pieces:
            mask &= _spread(piece_support(piece, model.support, domains), piece.scope, scope)
        children = [place[id(child)] for child in node.children]
        for i in children:
            child = tables[i]
            gone = tuple(range(child.n_separator_axes, child.mask.ndim))
            below = np.asarray(child.mask.any(axis=gone))
            mask &= _spread(below, child.scope[: child.n_separator_axes], scope)
        tables.append(_Table(node, scope, len(separator), mask, children))
    for table in reversed(tables):
        for i in table.children:
            child = tables[i]
            shared = child.scope[: child.n_separator_axes]
            gone = tuple(a for a, v in enumerate(table.scope) if v not in shared)
            kept = [v for v in table.scope if v in shared]
            live = np.asarray(table.mask.any(axis=gone))
            live = live.transpose([kept.index(v) for v in shared])
            child.live_separator = live
            child.mask &= live.reshape(live.shape + (1,) * (child.mask.ndim - live.ndim))
    return tables


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
    tables: list[_Table],
    domains: Sequence[NDArray[np.int64]],
    star_order: Sequence[int],
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
        coordinate = _coordinates(table, flat)
        first, compressed = _separator(table, flat, message)
        message_of.append(compressed)
        segments.append(np.append(first, n).astype(np.int32))
        if maximised:
            starts.append(_group_starts(table, flat, maximised))
        begin = cell
        for i in table.children:
            axes, stride = [], 1
            for v in reversed(tables[i].scope[: tables[i].n_separator_axes]):
                axes.append((coordinate[v], np.arange(len(domains[v])) * stride))
                stride *= len(domains[v])
            inputs[cell : cell + n] = message_of[i][_positions(n, 0, axes)]
            cell += n
        for v in table.node.slots:
            inputs[cell : cell + n] = _positions(n, model.offsets[v], [(coordinate[v], domains[v])])
            cell += n
        index = [
            _positions(
                n, piece.start, [(coordinate[v], domains[v] * k)
                                 for v, k in zip(piece.scope, piece.strides, strict=True)]
            )
            for piece in table.node.pieces
            if piece.start >= 0
        ]  # fmt: skip
        table_index.append(np.array(index, dtype=np.int32).reshape(len(index), n))
        for piece in table.node.pieces:
            if piece.start < 0:
                full = _spread(_fixed_values(piece, domains), piece.scope, table.scope)
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
        star_order=tuple(star_order),
        group_starts=np.concatenate(starts) if starts else np.zeros(0, dtype=np.bool_),
        coefficient=coefficient,
        signed=signed,
    )


def _peak_bytes(tables: Sequence[_Table], live: Sequence[int]) -> int:
    """Bytes of the program, of what is needed to write it, and of an answer from it."""
    kept = sum(
        n * (4 * (len(t.children) + len(t.node.slots) + len(t.node.pieces)) + 16)
        for n, t in zip(live, tables, strict=True)
    )
    masks = sum(t.mask.size for t in tables)
    writing = max(
        (
            n * (len(t.scope) + 4 * len(t.node.pieces) + 40)
            for n, t in zip(live, tables, strict=True)
        ),
        default=0,
    )
    return kept + masks + writing + 4000 * len(tables)


def _coordinates(table: _Table, flat: NDArray[np.int64]) -> dict[int, NDArray[Any]]:
    """State of each variable of a table's scope in every entry, in as few bytes as hold it."""
    found: dict[int, NDArray[Any]] = {}
    rest = flat
    for v, card in zip(reversed(table.scope), reversed(table.mask.shape), strict=True):
        rest, state = np.divmod(rest, card)
        found[v] = state.astype(np.min_scalar_type(card))
    return found


def _positions(
    n: int, start: int, axes: Sequence[tuple[NDArray[Any], NDArray[np.int64]]]
) -> IntArray:
    """start + the step of each axis at its coordinate, for every one of n entries."""
    last = start + sum(int(steps[-1]) for _, steps in axes)
    narrow_enough = last < 2**31
    out: NDArray[Any] = np.full(n, start, dtype=np.int32 if narrow_enough else np.int64)
    for coordinate, steps in axes:
        out += steps.astype(out.dtype)[coordinate]
    return out


def _separator(
    table: _Table, flat: NDArray[np.int64], message: int
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


def _group_starts(table: _Table, flat: NDArray[np.int64], maximised: Set[int]) -> BoolArray:
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
    hint: Sequence[int] = (),
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
    hint : sequence of int
        An elimination order that was good for a similar pattern.

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
    parts = decompose(model, fixed, [len(d) for d in domains], hint, signs=signs and not maximised)
    domains += [np.arange(parts.cards[v]) for v in range(len(domains), len(parts.cards))]
    cards = [len(d) for d in domains]
    nodes, _ = build_tree(parts, [v for v in range(len(model.cards)) if v not in fixed], cards)
    nodes = [*_scalars(parts), *nodes]
    dense = sum(_dense_size(node, cards) for node in nodes)
    _refuse_if_too_large(dense, dense, limit, "exact inference")
    tables = _masks(model, nodes, domains, maximised)
    if any(not t.mask.any() for t in tables):
        return None
    return _arrays(model, fixed, tables, domains, parts.star_order, limit, maximised, parts.signed)


def _scalars(parts: Decomposition) -> list[Node]:
    """Pieces without free variables: single numbers, each a node of its own."""
    return [Node(set(), [piece]) for piece in parts.pieces if not piece.scope]


def _dense_size(node: Node, cards: Sequence[int]) -> float:
    size = 1.0
    for v in node.scope:
        size *= cards[v]
    return size


class ProgramCache:
    """The most recent programs, by model and pattern."""

    def __init__(self, capacity: int) -> None:
        self._programs: OrderedDict[object, Program | None] = OrderedDict()
        self._capacity = capacity
        self._lock = threading.Lock()

    def get(
        self,
        model: Model,
        known: Mapping[int, int],
        limit: int,
        hint: Sequence[int],
        signs: bool = True,
    ) -> Program | None:
        """The program for a pattern, compiled on first use."""
        key = (model.key, tuple(sorted(known.items())), signs)
        with self._lock:
            if key in self._programs:
                self._programs.move_to_end(key)
                return self._programs[key]
        program = compile_pattern(model, known, limit=limit, hint=hint, signs=signs)
        with self._lock:
            self._programs[key] = program
            while len(self._programs) > self._capacity:
                self._programs.popitem(last=False)
        return program
