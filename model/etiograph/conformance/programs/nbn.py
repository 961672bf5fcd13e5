"""nbn (Neural Bayesian networks, PyTorch): ``query``, which goes to exact elimination where all is discrete.

It learns tables and is not given them, so each is learned from its own rows as weights; in doubles,
which PyTorch must be asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import numpy as np
import torch
from nbn import CategoricalTableMechanism, NeuralBayesianNetwork

from etiograph.conformance.programs.answering import (
    NotOffered,
    Task,
    not_offered,
    positions,
    serve,
)


def network(task: Task) -> Any:
    """The network with every table learned from its own entries as weights."""
    torch.set_default_dtype(torch.float64)
    sizes = {name: len(states) for name, states in task["states"].items()}
    edges = [(p, name) for name, parents in task["parents"].items() for p in parents]
    model = NeuralBayesianNetwork(
        edges, variables={n: ("discrete", k) for n, k in sizes.items()}, device="cpu"
    )
    for name, table in task["tables"].items():
        weights = np.asarray(table, dtype=float)
        # The parents in the order in which the model itself lists them.
        own = list(model.dag.parents(name))
        axes = [*(task["parents"][name].index(p) for p in own), weights.ndim - 1]
        weights = weights.transpose(axes)
        rows = torch.tensor(list(np.ndindex(weights.shape)))
        mechanism = CategoricalTableMechanism()
        mechanism.fit_local(
            rows[:, -1],
            rows[:, :-1] if own else None,
            parent_cards=[sizes[p] for p in own] or None,
            n_classes=sizes[name],
            weights=torch.tensor(weights.ravel()),
        )
        model.set_mechanism(name, mechanism)
    return model


def see(task: Task) -> Sequence[float]:
    """``query`` with evidence."""
    found = positions(task, task["findings"])
    return list(network(task).query([task["target"]], evidence=found).tolist())


def do(task: Task) -> Sequence[float]:
    """``query`` with ``do`` and evidence."""
    changes = task["changes"]
    if not all(isinstance(change, str) for change in changes.values()):
        raise NotOffered("do sets states only")
    found, done = positions(task, task["findings"]), positions(task, changes)
    return list(network(task).query([task["target"]], evidence=found, do=done).tolist())


if __name__ == "__main__":
    serve(
        lambda: f"nbn {version('nbn')}",
        see=see,
        do=do,
        had=not_offered("counterfactuals by simulation only"),
    )
