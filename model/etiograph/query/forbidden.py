"""Rows of tables that a file left undefined and that are never met: a change must not lead there.

What is only seen never needs them. A change could force the parents into such a row, of which nothing is
known: the answer would be made of numbers that nobody stated.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from etiograph.engine.propagate import evidence
from etiograph.errors import InvalidChange
from etiograph.query.doubling import Change
from etiograph.query.stated_changes import distributions
from etiograph.query.surgery import intervene

if TYPE_CHECKING:
    from etiograph.network.network import Network


def undefined_row(network: Network, changes: Mapping[int, Change]) -> str:
    """A row never defined that some people would come to under a change, in words; "" if there is none.

    Whoever is imagined otherwise (``had``, ``after``) is one of those of whom ``do`` speaks.

    Parameters
    ----------
    network : Network
        Whose ``about["forbidden"]`` holds, by child, the states of its parents of each such row.
    changes : mapping of variable to state or distribution
        By number, as in the model.
    """
    forbidden = network.about.get("forbidden")
    if not forbidden or not changes:
        return ""
    model = network.model
    surgery = intervene(model, distributions(model, changes))
    for child, rows in forbidden.items():
        parents = network.parents(child)
        if model.index[child] in changes or len(parents) != len(rows[0]):
            continue  # another table stands, or has been put, in place of that of the file
        likelihoods = np.ones((len(rows), model.n_states))
        for row, states in zip(likelihoods, rows, strict=True):
            for parent, state in zip(parents, states, strict=True):
                i = model.index[parent]
                own = model.slots_of(i)
                row[own] = np.eye(model.cards[i])[network.variables[parent].index(state)]
        met = np.isfinite(evidence(surgery.model, likelihoods, surgery.stated(model)))
        if met.any():
            states = rows[int(np.argmax(met))]
            told = ", ".join(f"{p} = {s}" for p, s in zip(parents, states, strict=True))
            return f"{child!r} where {told}"
    return ""


def refuse_undefined(network: Network, changes: Mapping[int, Change]) -> None:
    """Refuse a change that leads to a row which was never defined.

    Raises
    ------
    InvalidChange
    """
    if row := undefined_row(network, changes):
        raise InvalidChange(
            f"this change leads to what the file leaves undefined: {row}. Nothing is known of it; read "
            "with undefined='uniform' it is uniform"
        )
