"""log P of rows that are asked once: by a tree of tables for which no program is written.

The tree, some hundred kilobytes at most, is kept for the next row that knows the same; a program of it
may take tens of megabytes.
"""

from __future__ import annotations

import numpy as np

from etiograph.engine.compile import tree_of
from etiograph.engine.plans import hard_states
from etiograph.engine.precision import NUDGE, ROUNDINGS, SMALL
from etiograph.network.model import FloatArray, Model
from etiograph.store import STORE


def log_evidence(
    model: Model, row: FloatArray, tables: FloatArray, limit: int | None = None
) -> float | None:
    """log P of a row (S,) at the numbers of tables (T,).

    None where digits may have been lost, or the zeros of the model alone make the row impossible.

    Raises
    ------
    TooLarge
        As :func:`~etiograph.engine.compile.compile_pattern`.
    """
    from etiograph.engine.kernels_tree import sweep_up

    known = hard_states(model, row)
    key = ("tree of", model.key, tuple(known.items()))
    tree = STORE.get(key, lambda: tree_of(model, known, limit=limit))
    if tree is None:
        return None
    layout, fixed, _ = tree
    offsets = np.array([*model.offsets, model.n_states], dtype=np.int64)
    certain = [model.offsets[v] + state for v, state in fixed.items()]
    most = np.maximum.reduceat(row, model.offsets)
    most[list(fixed)] = 1.0
    if not (row[certain].all() and most.all()):
        return None
    scaled = row / np.repeat(most, model.cards)
    if ((scaled > 0.0) & (scaled < SMALL)).any():
        return None
    numbers = np.require(tables, np.float64, ["C", "W"])
    log_p, lost, suspect = sweep_up(layout, offsets, numbers, scaled, 0.0)
    if suspect and not lost:
        moved, lost, _ = sweep_up(layout, offsets, numbers, scaled, NUDGE)
        lost = lost or not abs(moved - log_p) < ROUNDINGS * NUDGE
    return None if lost else float(log_p + np.log(row[certain]).sum() + np.log(most).sum())
