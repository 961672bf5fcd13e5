"""States that stay possible once some are known, and the numbers of a factor over these.

By boolean propagation of the supports, never by looking at floats: underflow would look like a zero.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from etiograph.engine.decompose import Piece
from etiograph.network.model import BoolArray, Conditional, FloatArray, Model


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
    waiting: list[tuple[tuple[int, ...], BoolArray]] = []
    beside: dict[int, list[tuple[tuple[int, ...], BoolArray]]] = {}
    for family in model.families:
        if isinstance(family, Conditional):
            scope = (*family.parents, family.child)
            shape = [model.cards[v] for v in scope]
            block = model.support[family.start : family.start + math.prod(shape)]
            if not block.all():
                waiting.append((scope, block.reshape(shape)))
                for v in scope:
                    beside.setdefault(v, []).append(waiting[-1])
    while waiting:
        scope, block = waiting.pop()
        live = block[np.ix_(*[domains[v] for v in scope])]
        for axis, v in enumerate(scope):
            keep = live.any(axis=tuple(a for a in range(len(scope)) if a != axis))
            if not keep.all():
                domains[v] = domains[v][keep]
                waiting += beside[v]
    return domains


def piece_values(
    piece: Piece, tables: FloatArray, domains: Sequence[NDArray[np.int64]]
) -> FloatArray:
    """Numbers of a piece over the states still possible of its scope, one axis a variable."""
    if piece.start < 0:
        k = round(len(piece.values) ** (1 / len(piece.scope)))
        full: FloatArray = np.array(piece.values).reshape((k,) * len(piece.scope))
        kept: FloatArray = full[np.ix_(*[domains[v] for v in piece.scope])]
        return kept
    index = np.asarray(piece.start)
    for v, stride in zip(piece.scope, piece.strides, strict=True):
        index = index[..., None] + domains[v] * stride
    numbers: FloatArray = tables[index]
    return numbers


def spread(array: FloatArray, scope: Sequence[int], over: Sequence[int]) -> FloatArray:
    """Axes of ``scope`` put where they stand in ``over``, with length 1 for the others."""
    place = {v: i for i, v in enumerate(over)}
    source = sorted(range(len(scope)), key=lambda a: place[scope[a]])
    shape = [1] * len(over)
    for a in source:
        shape[place[scope[a]]] = array.shape[a]
    return array.transpose(source).reshape(shape)
