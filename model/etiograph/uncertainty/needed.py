"""Rows answered by the part of the network that they and the question need."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np

from etiograph.engine.propagate import propagate
from etiograph.query.relevant import informative, part
from etiograph.uncertainty.rows import Answers, FloatArray, blocks

if TYPE_CHECKING:
    from etiograph.network.network import Network


def solve_needed(network: Network, likelihoods: FloatArray, wanted: Collection[str]) -> Answers:
    """Exact posteriors of many rows, of what is wanted and all that is upstream of rows and wanted.

    What lies below is barren (Shachter 1986) and left out: with nothing found below the outcome,
    the many causes of the outcome come apart.

    Parameters
    ----------
    network : Network
    likelihoods : ndarray (B, S)
    wanted : collection of str
        Variables whose marginals are read.

    Returns
    -------
    Answers
        Marginals are zeros where a variable was not needed.
    """
    model = network.model
    named = [model.index[name] for name in wanted]
    needed = part(model, {*named, *informative(model, likelihoods)})
    found = Answers(np.empty(len(likelihoods)), np.zeros((len(likelihoods), model.n_states)))
    for some in blocks(len(likelihoods), 8 * 4 * model.n_states):
        rows = np.ascontiguousarray(likelihoods[some][:, needed.slots])
        beliefs = propagate(needed.model, rows, model.tables)
        found.log_evidence[some] = beliefs.log_evidence
        found.marginals[some.start : some.stop, needed.slots] = beliefs.marginals
    return found
