"""Rows of which each has a pattern of its own: one tree for all, and of it what each row leaves open.

To compile a program takes longer than a thousand sweeps over it. Where no two rows know the same
variables, the search for an order and the tree are shared: the order is good for a row as open as
these are on average, and each row's program is cut from that tree by a kernel, its known states sliced
out and its zeros dropped. The cut is dearer to sweep than a program of the row's own order would be
(three times, on the leg-cramp network with three in ten cells empty) and fifty times sooner made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from etiograph.engine.costs import CUT_CELLS, SHARED_RUNS
from etiograph.engine.decompose import hubs, moebius, multiplicative, star_graph
from etiograph.engine.layout import Layout, layout_of
from etiograph.engine.order import elimination_order
from etiograph.engine.precision import SMALL
from etiograph.engine.program import LANES
from etiograph.engine.tree import build_tree
from etiograph.network.model import Accumulation, BoolArray, Conditional, FloatArray, Model
from etiograph.store import STORE, bytes_of, digest_of
from etiograph.threads import in_pieces

IntArray = NDArray[np.int64]


@dataclass(frozen=True, eq=False, slots=True)
class Tree:
    """A tree of tables of a whole model, from which rows cut theirs.

    Attributes
    ----------
    layout : Layout
    families : tuple of ndarray
        Scopes of the dense families with zeros, where each begins, and their first entries.
    hubs : tuple of ndarray
        Variable in the layout, child, and (hubs, k, k) which hub states tell of which child states.
    n_inputs, n_factors : ndarray of int (nodes,)
        What enters each table.
    free : ndarray of int (variables, 2)
        First slot and states of each variable.
    """

    layout: Layout
    families: tuple[IntArray, IntArray, IntArray]
    hubs: tuple[IntArray, IntArray, BoolArray]
    n_inputs: IntArray
    n_factors: IntArray
    free: IntArray

    @classmethod
    def of(cls, model: Model, log_cards: Sequence[float]) -> Tree:
        """The tree for rows that leave so many states open of each variable (log2, on average)."""
        hub_of = hubs(model)
        graph, _, vertices = star_graph(model, {}, model.cards)
        # A hub is as open as its child.
        open_states = [2.0**x for x in (*log_cards, *(log_cards[child] for child in hub_of))]
        order, _ = elimination_order(graph, open_states, vertices, restarts=SHARED_RUNS)
        parts = multiplicative(model, {}, order)
        sizes = [max(1, round(x)) for x in open_states]
        nodes, _ = build_tree(parts, range(len(model.cards)), sizes)
        domains = [np.arange(k) for k in parts.cards]
        layout = layout_of(nodes, domains, frozenset(), len(model.cards), parts.signed)
        most = max(model.cards)
        stands = np.zeros((len(hub_of), most, most), dtype=np.bool_)
        for own, child in zip(stands, hub_of, strict=True):
            family = model.families[child]
            assert isinstance(family, Accumulation)
            inverse = np.array(moebius(family.join)) != 0.0
            own[: len(inverse), : len(inverse)] = inverse
        children = np.array(list(hub_of), dtype=np.int64)
        vertices_of = np.array(list(hub_of.values()), dtype=np.int64)
        factors = np.array([sum(p.start >= 0 for p in node.pieces) for node in nodes])
        assert np.abs(layout.constants).max() < 128  # whole numbers of a Moebius function
        return cls(
            layout, _with_zeros(model), (vertices_of, children, stands), layout.n_inputs,
            factors.astype(np.int64),
            np.column_stack([model.offsets, model.cards]).astype(np.int64),
        )  # fmt: skip


def _with_zeros(model: Model) -> tuple[IntArray, IntArray, IntArray]:
    """The dense families some entry of which is always 0, as the kernel takes them."""
    scopes: list[int] = []
    firsts, starts = [0], []
    for family in model.families:
        if isinstance(family, Conditional):
            scope = (*family.parents, family.child)
            size = int(np.prod([model.cards[v] for v in scope], dtype=np.int64))
            if not model.support[family.start : family.start + size].all():
                scopes += scope
                firsts.append(len(scopes))
                starts.append(family.start)
    return tuple(np.array(x, dtype=np.int64) for x in (scopes, firsts, starts))  # type: ignore[return-value]


def tree_for(model: Model, rows: FloatArray) -> Tree:
    """The tree for rows (B, S), by how open they leave each variable."""
    n_open = np.add.reduceat(rows > 0, model.offsets, axis=1, dtype=np.int64)
    mean = np.log2(np.maximum(n_open, 1)).mean(axis=0)
    log_cards = tuple(np.round(mean, 1).tolist())  # similar tables share a tree
    return STORE.get(("tree", model.key, log_cards), lambda: Tree.of(model, log_cards))


def _cut(model: Model, tree: Tree, rows: FloatArray) -> tuple[NDArray[Any], ...]:
    """The programs of some rows."""
    from etiograph.engine.kernels_rows import cut_rows

    offsets = np.array([*model.offsets, model.n_states], dtype=np.int64)
    found: tuple[NDArray[Any], ...] = cut_rows(
        tree.layout, tree.families, tree.hubs, model.support.copy(), np.array(model.cards), offsets,
        rows, tree.n_inputs, tree.n_factors, CUT_CELLS,
    )  # fmt: skip
    # Half the memory for what there is most of.
    short = np.uint16 if model.n_entries < 2**16 else np.int32
    return (*found[:3], found[3].astype(short), *found[4:])


def _held(model: Model, tree: Tree, rows: FloatArray) -> tuple[NDArray[Any], ...]:
    """The same, kept: rows that leave the same states possible have the same programs."""
    pattern = np.packbits(rows > 0)
    digest = blake2b(pattern.tobytes(), digest_size=16).digest()
    key = ("rows", model.key, len(rows), digest_of(tree.layout.axes), digest)
    return STORE.get(key, lambda: _cut(model, tree, rows))


@dataclass(frozen=True, eq=False, slots=True)
class Swept:
    """What the sweeps of rows gave.

    Attributes
    ----------
    log_evidence : ndarray (B,)
        NaN where the tables of a row are too large.
    marginals : ndarray (B, S)
        Empty if not wanted.
    at_risk : ndarray of bool (B,)
        Rows that are to be asked again with more care; they are counted nowhere.
    counts : ndarray (T,)
        Expected counts, of steps and not yet of contributions; empty if not wanted.
    by_number : ndarray (B, K)
        Slopes of log P in the distinct numbers; empty if not wanted.
    """

    log_evidence: FloatArray
    marginals: FloatArray
    at_risk: BoolArray
    counts: FloatArray
    by_number: FloatArray


def sweep_rows(
    model: Model,
    rows: FloatArray,
    tables: FloatArray,
    *,
    marginals: bool = False,
    weights: FloatArray | None = None,
    index: IntArray | None = None,
    again: bool = False,
    threads: int = 1,
) -> Swept:
    """Sweep rows (B, S), each through its own program.

    Parameters
    ----------
    model : Model
    rows : ndarray (B, S)
    tables : ndarray (T,)
    marginals : bool
        Whether posteriors are wanted.
    weights : ndarray (B,), optional
        Count, each row so often.
    index : ndarray of int (T,), optional
        Give each row's slopes of log P in distinct numbers; which of them each entry takes.
    again : bool
        Whether the same rows will come again, so that their programs are kept.
    threads : int
        Threads to use at most.
    """
    from etiograph.engine.kernels_rows import run_rows

    count, numbers = len(rows), 0 if index is None else int(index.max(initial=-1)) + 1
    rows = np.require(rows, np.float64, ["C", "W"])
    tables = np.require(tables, np.float64, ["C", "W"])
    found = Swept(
        np.full(count, -np.inf), np.zeros((count, model.n_states if marginals else 0)),
        np.zeros(count, dtype=np.bool_), np.zeros(0 if weights is None else model.n_entries),
        np.zeros((count, numbers)),
    )  # fmt: skip
    if not count:
        return found
    tree = tree_for(model, rows)
    which = np.zeros(0, dtype=np.int64) if index is None else np.asarray(index, dtype=np.int64)
    each = np.ones(count) if weights is None else np.asarray(weights, dtype=np.float64)
    kept = 0
    if again:
        some = range(0, count, max(LANES, count // 3 // LANES * LANES))
        sizes = [bytes_of(_held(model, tree, rows[i : i + LANES])) for i in some]
        kept = int(LANES * STORE.memory * 2 / 3 / np.mean(sizes))
    counts: dict[int, FloatArray] = {}

    def work(first: int, end: int) -> None:
        for begin in range(first, end, LANES):
            part = slice(begin, min(begin + LANES, end))
            own = counts[begin] = np.zeros(len(found.counts))
            run_rows(
                (_held if begin < kept else _cut)(model, tree, rows[part]), tree.free, tables, SMALL,
                rows[part], each[part], 0, part.stop - part.start, found.log_evidence[part],
                found.marginals[part], found.at_risk[part], own, which, found.by_number[part],
            )  # fmt: skip

    chunks = -(-count // LANES)
    pieces = min(chunks, 4 * threads) if threads > 1 else 1
    edges = [LANES * (chunks * i // pieces) for i in range(pieces)]
    in_pieces(work, [*edges, count])
    for begin in sorted(counts):  # in their order, so that the sum is the same every time
        found.counts[:] += counts[begin]
    return found
