"""A tree of tables as flat arrays, which the kernels that compile it run over."""

from __future__ import annotations

import math
from collections.abc import Sequence, Set
from itertools import accumulate
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from etiograph.engine.decompose import Piece
from etiograph.engine.tree import Node
from etiograph.network.model import FloatArray

LongArray = NDArray[np.int64]

# Columns of Layout.nodes.
(
    AXES, AXES_END, N_SEPARATOR_AXES, CHILDREN, CHILDREN_END, FACTORS, FACTORS_END, CELLS, STATES,
    N_LIVE, N_LIVE_STATES, SLOTS, SLOTS_END, HAS_SIGNS, RUN_AXES, CELLS_END, STATES_END,
) = range(17)  # fmt: skip


class Layout(NamedTuple):
    """What the kernels read.

    Attributes
    ----------
    nodes : ndarray of int64 (nodes, 17)
        One row a table, children before parents; the columns are named above.
    axes : ndarray of int64
        The variables of each table, those of the separator first, so that entries come sorted by
        separator state.
    domain, dims : ndarray of int64 (variables,)
        Where the states of each variable begin in ``states``, and how many there are.
    states : ndarray of int64
        The states still possible, variable by variable.
    children, slots : ndarray of int64
        What enters each table: other tables, variables that carry a likelihood. Factors stand in the
        order of their tables.
    factor_start : ndarray of int64 (factors,)
        Entry of ``T`` at the first state of all axes; below 0: one less than minus the place in
        ``constants``.
    factor_axis : ndarray of int64 (factors + 1,)
        Where the axes of each factor begin in the next two.
    factor_variable, factor_step : ndarray of int64
        Variable of each axis and the step from state to state.
    constants : ndarray
        Entries of the fixed factors.
    """

    nodes: LongArray
    axes: LongArray
    domain: LongArray
    dims: LongArray
    states: LongArray
    children: LongArray
    factor_start: LongArray
    factor_axis: LongArray
    factor_variable: LongArray
    factor_step: LongArray
    constants: FloatArray
    slots: LongArray

    @property
    def below(self) -> list[list[int]]:
        """The children of each table."""
        children = self.children.tolist()
        return [children[i:j] for i, j in self.nodes[:, [CHILDREN, CHILDREN_END]].tolist()]

    @property
    def n_inputs(self) -> LongArray:
        """How many messages and likelihoods enter each table."""
        ends = self.nodes[:, CHILDREN_END] + self.nodes[:, SLOTS_END]
        return ends - self.nodes[:, CHILDREN] - self.nodes[:, SLOTS]

    @property
    def shape(self) -> tuple[int, int]:
        """Cells of all tables, and states of all separators."""
        cells, states = self.nodes[:, [CELLS_END, STATES_END]].max(axis=0, initial=0).tolist()
        return cells, states


def layout_of(
    nodes: Sequence[Node],
    domains: Sequence[NDArray[np.int64]],
    maximised: Set[int],
    hidden_from: int,
    signed: bool,
) -> Layout:
    """Write down a tree.

    Parameters
    ----------
    nodes : sequence of Node
        Children before parents.
    domains : sequence of ndarray of int
        States still possible of each variable, variables of the decomposition included.
    maximised : set of int
        Variables to be maximised; they stand before those that are summed.
    hidden_from : int
        The first variable that is the decomposition's own.
    signed : bool
        Whether there are negative numbers: digits cancel where such a variable is summed out.
    """
    cards = [len(d) for d in domains]
    place = {id(node): i for i, node in enumerate(nodes)}
    axes: list[int] = []
    children: list[int] = []
    slots: list[int] = []
    pieces: list[Piece] = []
    rows = []
    cells = states = 0
    for node in nodes:
        separator = sorted(node.separator)
        summed = sorted(node.scope - node.separator)
        if maximised:
            summed.sort(key=lambda v: v not in maximised)
        row = [len(axes), 0, len(separator), len(children), 0, len(pieces), 0, cells, states, 0, 0,
               len(slots)]  # fmt: skip
        axes += separator
        axes += summed
        children += [place[id(child)] for child in node.children]
        slots += node.slots
        pieces += node.pieces
        row[1], row[4], row[6] = len(axes), len(children), len(pieces)
        cells += math.prod([cards[v] for v in axes[row[0] :]])
        states += math.prod([cards[v] for v in separator])
        signs = signed and any(v >= hidden_from for v in summed)
        runs = len(separator) + sum([v in maximised for v in summed])
        rows.append([*row, len(slots), signs, runs, cells, states])
    variables = [v for piece in pieces for v in piece.scope]
    starts, steps, constants = _factors(pieces)
    return Layout(
        nodes=np.array(rows, dtype=np.int64).reshape(-1, 17),
        axes=np.array(axes, dtype=np.int64),
        domain=np.array([0, *accumulate(cards)], dtype=np.int64)[:-1],
        dims=np.array(cards, dtype=np.int64),
        states=np.concatenate([*domains, np.zeros(0, dtype=np.int64)]),
        children=np.array(children, dtype=np.int64),
        factor_start=np.array(starts, dtype=np.int64),
        factor_axis=np.array([0, *accumulate(len(p.scope) for p in pieces)], dtype=np.int64),
        factor_variable=np.array(variables, dtype=np.int64),
        factor_step=np.array(steps, dtype=np.int64),
        constants=np.array(constants),
        slots=np.array(slots, dtype=np.int64),
    )


def _factors(pieces: Sequence[Piece]) -> tuple[list[int], list[int], list[float]]:
    """Start and steps of each, and the entries of the fixed ones."""
    starts: list[int] = []
    steps: list[int] = []
    constants: list[float] = [0.0]
    for piece in pieces:
        if piece.start >= 0:
            starts.append(piece.start)
            steps += piece.strides
            continue
        # All its axes are as long: states of one child.
        n = len(piece.scope)
        k = round(len(piece.values) ** (1 / n))
        starts.append(-1 - len(constants))
        steps += [k ** (n - 1 - a) for a in range(n)]
        constants += piece.values
    return starts, steps, constants
