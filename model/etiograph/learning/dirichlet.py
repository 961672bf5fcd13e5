"""How sure tables are that were learned with holes: for each row the cases it is worth.

With nothing missing the posterior of a row is the Dirichlet distribution of its prior and its counts.
Holes take away from what expected counts seem to say (Louis 1982). The curvature of the log posterior
at its maximum, for all rows of all tables together, gives the variance each row truly has, and with it
the number of complete cases that would leave as much. A case adds to it what it says of the tables whose
variables it knows, exactly, and of the others the product of its scores (Berndt, Hall, Hall & Hausman
1974), which with few cases and many numbers is rather too little than too much.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from etiograph.learning.expectation import Expectation
from etiograph.learning.tables import Tables

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

TOGETHER = 3000
"""Free numbers whose curvature is held in one matrix; of more, table by table."""


def worth(cases: Expectation, p: FloatArray, counts: FloatArray, prior: FloatArray) -> FloatArray:
    """Cases (R,) that each row of the tables is worth, its prior's among them.

    Parameters
    ----------
    cases : Expectation
    p, counts, prior : ndarray (C,)
        The maximum, expected counts there, and the prior's cases of each cell, which are above 0
        where p is.
    """
    tables, whole = cases.tables, cases.whole()
    least, most = tables.by_row(prior), tables.by_row(prior + counts)
    out = most.copy()
    # A cell is free where its row has another to give to; the largest of a row takes the rest.
    largest = np.zeros(len(p), dtype=np.bool_)
    first = np.flatnonzero(np.diff(tables.rows, prepend=-1))
    order = np.lexsort((-p, tables.rows))
    largest[order[first]] = True
    free = np.flatnonzero((p > 0.0) & ~largest & ~whole[tables.variables])
    if not free.size:
        return out
    groups = [free]
    if free.size > TOGETHER:
        owners = tables.variables[free]
        groups = [free[owners == v] for v in np.unique(owners)]
    seen, information = cases.information(p, groups)
    size = tables.by_row(prior) + seen
    for group, matrix in zip(groups, information, strict=True):
        rows = tables.rows[group]
        same = rows[:, None] == rows[None, :]
        matrix -= np.where(same, np.outer(size[rows] * p[group], p[group]), 0.0)
        matrix[np.diag_indices(len(group))] += size[rows] * p[group]
        covariance = np.asarray(np.linalg.inv(matrix), dtype=np.float64)
        _settle(tables, p, group, covariance, out)
    return np.clip(out, least, most)


def _settle(
    tables: Tables, p: FloatArray, group: IntArray, covariance: FloatArray, out: FloatArray
) -> None:
    """Put in the cases of each row of a group: its variance is that of so many."""
    rows = tables.rows[group]
    first = np.flatnonzero(np.diff(rows, prepend=-1))
    for begin, end in zip(first.tolist(), [*first[1:].tolist(), len(rows)], strict=True):
        cells = group[begin:end]
        own = p[tables.rows == rows[begin]]
        q = p[cells]
        # d p / d log odds: of the free cells among themselves, and of all others alike.
        within = np.diag(q) - np.outer(q, q)
        block = covariance[begin:end, begin:end]
        variance = float(np.einsum("ij,jk,ik->", within, block, within))
        rest = 1.0 - q.sum()
        variance += float(q @ block @ q) * rest**2
        spread = float((own * (1.0 - own)).sum())
        if variance > 0.0:
            out[rows[begin]] = spread / variance
