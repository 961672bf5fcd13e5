"""States that stay possible once some are known, and the numbers of a factor over these.

By boolean propagation of the supports, never by looking at floats: underflow would look like a zero.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from etiograph.engine.decompose import Piece
from etiograph.network.model import BoolArray, Conditional, FloatArray, Model
from etiograph.store import STORE


def narrow(model: Model, known: Mapping[int, int]) -> list[NDArray[np.int64]]:
    """States that stay possible of each variable, given some, by the zeros of dense families alone.

    An empty list of states means that the known states contradict one another.
    """
    zeros = STORE.get(("zeros", model.key), lambda: _Zeros.of(model))
    domains = list(zeros.domains)
    moved: list[int] = []
    for v, state in known.items():
        there = domains[v] == state
        if not there.all():
            domains[v] = domains[v][there]
            moved.append(v)
    zeros.settle(domains, moved)
    return domains


@dataclass(frozen=True, eq=False, slots=True)
class _Zeros:
    """Dense families some number of which is always 0.

    Attributes
    ----------
    families : tuple of (scope, ndarray of bool)
        Variables, and which of their states can be together.
    beside : dict of int to list of int
        For each variable the families it stands in.
    domains : tuple of ndarray
        States possible of each variable where nothing is known.
    """

    families: tuple[tuple[tuple[int, ...], BoolArray], ...]
    beside: dict[int, list[int]]
    domains: tuple[NDArray[np.int64], ...]

    @classmethod
    def of(cls, model: Model) -> _Zeros:
        families: list[tuple[tuple[int, ...], BoolArray]] = []
        beside: dict[int, list[int]] = {}
        for family in [] if model.support.all() else model.families:
            if isinstance(family, Conditional):
                scope = (*family.parents, family.child)
                shape = [model.cards[v] for v in scope]
                block = model.support[family.start : family.start + math.prod(shape)]
                if not block.all():
                    for v in scope:
                        beside.setdefault(v, []).append(len(families))
                    families.append((scope, block.reshape(shape)))
        domains = [np.arange(card) for card in model.cards]
        found = cls(tuple(families), beside, ())
        found.settle(domains, beside)
        return replace(found, domains=tuple(domains))

    def settle(self, domains: list[NDArray[np.int64]], moved: Iterable[int]) -> None:
        """Drop what is no longer possible, in place, once some variables have fewer states."""
        waiting = dict.fromkeys(n for v in moved for n in self.beside.get(v, ()))
        while waiting:
            n, _ = waiting.popitem()
            scope, block = self.families[n]
            live = block[np.ix_(*[domains[v] for v in scope])]
            for axis, v in enumerate(scope):
                keep = live.any(axis=tuple(a for a in range(len(scope)) if a != axis))
                if not keep.all():
                    domains[v] = domains[v][keep]
                    waiting.update(dict.fromkeys(self.beside[v]))


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
