"""Which entries of the tables can be positive at all, once what is known is sliced out.

By boolean propagation of the supports, never by looking at floats: underflow would look like a zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from etiograph.engine.decompose import Piece
from etiograph.engine.tree import Node
from etiograph.network.model import BoolArray, Conditional, FloatArray, Model

Array = TypeVar("Array", BoolArray, FloatArray)


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


def fixed_values(piece: Piece, domains: Sequence[NDArray[np.int64]]) -> FloatArray:
    """Entries of a fixed piece over the states still possible; chain variables keep all theirs."""
    k = round(len(piece.values) ** (1 / len(piece.scope)))
    full: FloatArray = np.array(piece.values).reshape((k,) * len(piece.scope))
    kept: FloatArray = full[np.ix_(*[domains[v] for v in piece.scope])]
    return kept


def piece_entries(piece: Piece, numbers: Array, domains: Sequence[NDArray[np.int64]]) -> Array:
    """What one of the vectors of T says of a stated piece, one axis a variable, possible states only."""
    shape = tuple(len(domains[v]) for v in piece.scope)
    index = np.full(shape, piece.start)
    for axis, (v, stride) in enumerate(zip(piece.scope, piece.strides, strict=True)):
        view = [1] * len(shape)
        view[axis] = -1
        index = index + (domains[v] * stride).reshape(view)
    out: Array = numbers[index]
    return out


def piece_values(
    piece: Piece, tables: FloatArray, domains: Sequence[NDArray[np.int64]]
) -> FloatArray:
    """Numbers of a piece, stated or fixed, over the states still possible of its scope."""
    if piece.start < 0:
        return fixed_values(piece, domains)
    out: FloatArray = piece_entries(piece, tables, domains)
    return out


def piece_support(
    piece: Piece, support: BoolArray, domains: Sequence[NDArray[np.int64]]
) -> BoolArray:
    """Which combinations of a piece's variables may be positive, one axis a variable."""
    if piece.start < 0:
        out: BoolArray = fixed_values(piece, domains) != 0.0
        return out
    out = piece_entries(piece, support, domains)
    return out


@dataclass(slots=True)
class LiveTable:
    """A node on its way to arrays."""

    node: Node
    scope: tuple[int, ...]  # separator first, so that entries come sorted by separator state
    n_separator_axes: int
    mask: BoolArray
    children: list[int]
    live_separator: BoolArray | None = None


def spread(array: Array, scope: Sequence[int], over: Sequence[int]) -> Array:
    """Axes of ``scope`` put where they stand in ``over``, with length 1 for the others."""
    place = {v: i for i, v in enumerate(over)}
    source = sorted(range(len(scope)), key=lambda a: place[scope[a]])
    shape = [1] * len(over)
    for a in source:
        shape[place[scope[a]]] = array.shape[a]
    return array.transpose(source).reshape(shape)


def live_tables(
    model: Model,
    nodes: Sequence[Node],
    domains: Sequence[NDArray[np.int64]],
    maximised: Set[int],
) -> list[LiveTable]:
    """Live entries of every node: supports collected upward, then pushed down."""
    place = {id(node): i for i, node in enumerate(nodes)}
    tables: list[LiveTable] = []
    for node in nodes:
        separator = tuple(sorted(node.separator))
        # Maximised variables before summed ones: the sums of one maximum stand together.
        rest = sorted(node.scope - node.separator, key=lambda v: (v not in maximised, v))
        scope = (*separator, *rest)
        mask: BoolArray = np.ones([len(domains[v]) for v in scope], dtype=np.bool_)
        for piece in node.pieces:
            mask &= spread(piece_support(piece, model.support, domains), piece.scope, scope)
        children = [place[id(child)] for child in node.children]
        for i in children:
            child = tables[i]
            gone = tuple(range(child.n_separator_axes, child.mask.ndim))
            below = np.asarray(child.mask.any(axis=gone))
            mask &= spread(below, child.scope[: child.n_separator_axes], scope)
        tables.append(LiveTable(node, scope, len(separator), mask, children))
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
