"""From the entries of a program to the numbers of the tables: expected counts.

The expected count of a number is how often it was used, summed over rows: of an entry of a table
P(parents, child | row), of a contribution of a link P(parents, contribution | row). They are what EM
counts (Dempster, Laird & Rubin 1977; Lauritzen 1995); count over number is the slope of log P(rows)
in that number, all others held (Russell et al. 1995).
"""

from __future__ import annotations

import numpy as np

from etiograph.engine.program import Program
from etiograph.network.model import Accumulation, FloatArray, Model


def table_counts(program: Program, expected: FloatArray, out: FloatArray) -> None:
    """Add the expected counts of a program's entries to those (T,) of the numbers they multiply."""
    from etiograph.engine.kernels_numbers import add_counts

    add_counts(program.layout, program.nodes, program.cells, expected, out)


def contribution_counts(model: Model, tables: FloatArray, counts: FloatArray) -> None:
    """Turn the counts (T,) of step matrices into those of contributions, in place.

    A step from a to b is taken by every contribution c that joins a to b, in the proportions of
    their probabilities; row 0 of a step matrix holds these. What came of row a is counted there and
    the other rows are left 0.
    """
    for family in model.families:
        if not isinstance(family, Accumulation):
            continue
        k = model.cards[family.child]
        join = np.asarray(family.join)
        for link in family.links:
            size = k * k * int(np.prod([model.cards[p] for p in link.parents], dtype=np.int64))
            block = slice(link.start, link.start + size)
            steps = tables[block].reshape(-1, k, k)
            taken = counts[block].reshape(-1, k, k)
            per_step = np.divide(taken, steps, out=np.zeros_like(taken), where=steps > 0)
            p = steps[:, 0, :]
            found = np.zeros_like(taken)
            for a in range(k):
                found[:, 0, :] += p * per_step[:, a, join[a]]
            counts[block] = found.reshape(-1)
