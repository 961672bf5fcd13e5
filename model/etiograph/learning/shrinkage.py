"""What rows tell of numbers that go together, freed of what chance tells.

The sum of the outer products of the scores of n rows is the information they hold, and chance: of few
rows and many numbers, numbers of different tables seem to go together that do not. Entries are
drawn to 0 by the share of their squares that is chance (Schafer & Strimmer 2005, Statistical Applications
in Genetics and Molecular Biology 4; after Ledoit & Wolf 2003), those between different tables by a share
of their own.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


def shrunk(scatter: FloatArray, n: float, groups: IntArray) -> FloatArray:
    """Information (F, F) in standard deviations of the prior, from sums over rows.

    Parameters
    ----------
    scatter : ndarray (2, F, F)
        Sum over rows of the products of two scores, and of the squares of these products.
    n : float
        Number of rows.
    groups : ndarray of int (F,)
        Numbers of one group are expected to go together.

    Returns
    -------
    ndarray (F, F)
        Its diagonal is that of the sum; it is positive semidefinite.
    """
    total, squares = scatter
    size = len(total)
    precision = 1.0 + np.diag(total)  # with the prior's: what nothing is known of weighs nothing
    scale = np.outer(precision, precision)
    signal = total**2 / scale
    chance = np.maximum(squares - total**2 / n, 0.0) / scale
    same = groups[:, None] == groups[None, :]
    diagonal = np.eye(size, dtype=np.bool_)
    between = _share(chance, signal, ~same)
    within = min(_share(chance, signal, same & ~diagonal), between)
    kept = np.where(diagonal, 1.0, np.where(same, 1.0 - within, 1.0 - between))
    return np.asarray(total * kept)


def _share(chance: FloatArray, signal: FloatArray, where: NDArray[np.bool_]) -> float:
    whole = float(signal[where].sum())
    return min(1.0, float(chance[where].sum()) / whole) if whole > 0.0 else 1.0
