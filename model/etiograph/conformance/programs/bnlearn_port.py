"""bnlearn-port (imported as ``pybnlearn``): ``query`` to see, ``intervention`` first to do."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import numpy as np
import pybnlearn

from etiograph.conformance.programs.answering import (
    Impossible,
    NotOffered,
    Task,
    hard,
    in_order,
    not_offered,
    serve,
)


def network(task: Task) -> Any:
    """``custom_fit``: the first axis of a table is the variable, then its parents as the graph lists them."""
    graph = pybnlearn.model2network(
        "".join(
            f"[{n}|{':'.join(task['parents'][n])}]" if task["parents"][n] else f"[{n}]"
            for n in in_order(task)
        )
    )
    tables = {}
    for name, table in task["tables"].items():
        array = np.asarray(table, dtype=float)
        own = [task["parents"][name].index(p) for p in graph.parents(name)]
        tables[name] = {
            "prob": array.transpose([array.ndim - 1, *own]),
            "levels": {name: list(task["states"][name])},
        }
    return pybnlearn.custom_fit(graph, tables)


def asked(task: Task, fitted: Any) -> Sequence[float]:
    """``query``, the junction tree."""
    found = hard(task["findings"])
    try:
        return list(np.ravel(pybnlearn.query(fitted, task["target"], found or None).values))
    except ZeroDivisionError as error:  # so it says that the findings are impossible
        raise Impossible(str(error)) from None


def see(task: Task) -> Sequence[float]:
    """Of the network as it is."""
    return asked(task, network(task))


def do(task: Task) -> Sequence[float]:
    """Of the network after ``intervention``."""
    if not all(isinstance(change, str) for change in task["changes"].values()):
        raise NotOffered("intervention sets states only")
    return asked(task, pybnlearn.intervention(network(task), dict(task["changes"])))


if __name__ == "__main__":
    serve(
        lambda: f"bnlearn-port {version('bnlearn-port')}",
        see=see,
        do=do,
        had=not_offered("a twin network with numbers is for Gaussian networks only"),
    )
