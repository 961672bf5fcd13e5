"""bayesian-cpp: ``Inference.conditional_given``, exact elimination in single precision."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version

import numpy as np
from bayesian import Inference, Potential, Variable

from etiograph.conformance.programs.answering import (
    Impossible,
    Task,
    not_offered,
    positions,
    serve,
)


def see(task: Task) -> Sequence[float]:
    """``conditional_given``; it says that evidence has probability 0 by a ``RuntimeError``."""
    own = {n: Variable(i, n, len(s)) for i, (n, s) in enumerate(task["states"].items())}
    tables = [
        Potential([*(own[p] for p in task["parents"][n]), own[n]], np.ravel(table).tolist())
        for n, table in task["tables"].items()
    ]
    found = {own[n]: k for n, k in positions(task, task["findings"]).items()}
    try:
        answer = Inference(tables).conditional_given([own[task["target"]]], found)
    except RuntimeError as error:
        if "zero" in str(error):
            raise Impossible(str(error)) from None
        raise
    return list(answer.probabilities())


if __name__ == "__main__":
    serve(
        lambda: f"bayesian-cpp {version('bayesian-cpp')}",
        see=see,
        do=not_offered("no intervention"),
        had=not_offered("no counterfactual"),
    )
