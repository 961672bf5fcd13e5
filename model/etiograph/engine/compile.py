"""Model and pattern of known states -> :class:`~etiograph.engine.program.Program`.

What is known for certain is sliced out, what then can never be positive is dropped, and the rest is
laid out so that one sweep up and one sweep down give every marginal (Shafer & Shenoy 1990).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence, Set
from typing import Any

import numpy as np

from etiograph.engine.decompose import Decomposition, decompose
from etiograph.engine.layout import (
    FACTORS,
    FACTORS_END,
    N_LIVE,
    N_LIVE_STATES,
    Layout,
    LongArray,
    layout_of,
)
from etiograph.engine.live import narrow
from etiograph.engine.memory import allowed, told
from etiograph.engine.program import (
    DOWN,
    MESSAGE,
    N_INPUTS,
    N_SEPARATOR,
    SHIFT,
    Program,
)
from etiograph.engine.tree import Node, build_tree, shared_places
from etiograph.errors import TooLarge
from etiograph.network.model import Model


def _refuse_if_too_large(entries: float, size: float, limit: int | None) -> None:
    most = allowed() if limit is None else limit
    if size > most:
        each = size / entries
        raise TooLarge(
            f"exact inference needs about {entries:,.3g} table entries of "
            f"{f'{each:.0f} bytes' if each > 1.5 else 'at least one byte'} each, {told(size)}; the "
            f"limit is {told(most)}. Findings make it less; more is allowed by "
            "etiograph.memory_limit(...), or by --limit before the command",
            entries=int(entries),
            bytes=int(size),
        )


def _arrays(
    model: Model,
    fixed: Mapping[int, int],
    layout: Layout,
    maximised: bool,
    signed: bool,
    key: Hashable,
    limit: int | None,
) -> Program | None:
    """Lay out the live entries of a tree; None where some table has none."""
    from etiograph.engine.kernels_compile import lay_out, supports

    n_cells, n_states = layout.shape
    masks = np.empty(n_cells, dtype=np.uint8)
    below = np.empty(n_states, dtype=np.int32)
    if not supports(layout, model.support, masks, below):
        return None
    live, live_states = layout.nodes[:, N_LIVE], layout.nodes[:, N_LIVE_STATES]
    n_inputs = layout.n_inputs
    entries = int(live.sum())
    size = _peak_bytes(live, n_inputs, n_cells + 4 * n_states)
    _refuse_if_too_large(entries, size, limit)
    rows = np.zeros((len(live), 11), dtype=np.int64)
    inputs = np.empty(int(live @ n_inputs), dtype=np.int32)
    cells = np.empty(entries, dtype=np.int32)
    segments = np.empty(int(live_states.sum()) + len(live), dtype=np.int32)
    starts = np.zeros(entries if maximised else 0, dtype=np.bool_)
    coefficient = np.ones(entries, dtype=_whole(layout))
    offsets = np.array([*model.offsets, model.n_states], dtype=np.int64)
    lay_out(layout, masks, below, offsets, rows, cells, inputs, segments, starts, coefficient)
    children = layout.below
    places, n_places = shared_places(rows[:, N_SEPARATOR].tolist(), children)
    rows[:, DOWN] = np.array(places, dtype=np.int64) + model.n_states
    rows[:, SHIFT] = np.cumsum(rows[:, N_INPUTS]) - rows[:, N_INPUTS]
    shifts = np.zeros(int(rows[:, N_INPUTS].sum()), dtype=np.int64)
    between = (rows[:, DOWN] - rows[:, MESSAGE]).tolist()
    for first, nodes in zip(rows[:, SHIFT].tolist(), children, strict=True):
        shifts[first : first + len(nodes)] = [between[i] for i in nodes]
    free = [[model.offsets[v], k] for v, k in enumerate(model.cards) if v not in fixed]
    return Program(
        model=model,
        fixed=dict(fixed),
        nodes=rows,
        inputs=inputs,
        shifts=shifts,
        segments=segments,
        layout=layout,
        cells=cells,
        n_buffer=model.n_states + int(live_states.sum()),
        n_down=model.n_states + n_places,
        free=np.array(free, dtype=np.int64).reshape(-1, 2),
        fixed_slots=np.array([model.offsets[v] + s for v, s in fixed.items()], dtype=np.int64),
        entries=entries,
        bytes=size,
        group_starts=starts,
        coefficient=coefficient,
        signed=signed,
        key=key,
    )


def _peak_bytes(live: LongArray, n_inputs: LongArray, supports: int) -> int:
    """Bytes of the program, of the supports it is written from, and of an answer from it."""
    return int(live @ (4 * n_inputs + 13)) + supports + 1800 * len(live)


def _whole(layout: Layout) -> type[np.number[Any]]:
    """The type of the products of fixed factors: whole numbers, nearly always 1, 0 or -1."""
    starts = layout.factor_start
    each = np.abs(layout.constants).max()
    ends = layout.nodes[:, [FACTORS, FACTORS_END]].tolist()
    most = max([int((starts[i:j] < 0).sum()) for i, j in ends], default=0)
    return np.int8 if each**most < 128 else np.float64


def compile_pattern(
    model: Model,
    known: Mapping[int, int],
    *,
    limit: int | None = None,
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
    tree = tree_of(model, known, limit=limit, maximised=maximised, signs=signs)
    if tree is None:
        return None
    layout, fixed, signed = tree
    key = (
        model.key,
        tuple(sorted(fixed.items())),
        signs and not maximised,
        tuple(sorted(maximised)),
    )
    return _arrays(model, fixed, layout, bool(maximised), signed, key, limit)


def tree_of(
    model: Model,
    known: Mapping[int, int],
    *,
    limit: int | None = None,
    maximised: Set[int] = frozenset(),
    signs: bool = True,
) -> tuple[Layout, dict[int, int], bool] | None:
    """The tree of tables of a program, the variables known for certain with it, and whether it has signs.

    Parameters, errors and None as of :func:`compile_pattern`.
    """
    domains = narrow(model, known)
    if any(len(d) == 0 for d in domains):
        return None
    fixed = {v: int(d[0]) for v, d in enumerate(domains) if len(d) == 1}
    parts = decompose(model, fixed, [len(d) for d in domains], signs=signs and not maximised)
    domains += [np.arange(parts.cards[v]) for v in range(len(domains), len(parts.cards))]
    cards = [len(d) for d in domains]
    nodes, _ = build_tree(parts, [v for v in range(len(model.cards)) if v not in fixed], cards)
    nodes = [*_scalars(parts), *nodes]
    dense = sum([_dense_size(node, cards) for node in nodes])
    _refuse_if_too_large(dense, dense, limit)
    layout = layout_of(nodes, domains, maximised, len(model.cards), parts.signed)
    return layout, fixed, parts.signed


def _scalars(parts: Decomposition) -> list[Node]:
    """Pieces without free variables: single numbers, each a node of its own."""
    return [Node(set(), [piece]) for piece in parts.pieces if not piece.scope]


def _dense_size(node: Node, cards: Sequence[int]) -> float:
    size = 1.0
    for v in node.scope:
        size *= cards[v]
    return size
