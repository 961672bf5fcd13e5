"""The search for arrows by pyAgrum, as a program of its own: its import can end a process that has numba.

JSON in: ``{"cards": [...], "rows": [[state, ...], ...], "required": [[i, j], ...], "forbidden": ...}``;
JSON out: the arrows found, ``[[i, j], ...]``.
"""

from __future__ import annotations

import json
import sys
from typing import Any


def arrows(task: dict[str, Any]) -> list[list[int]]:
    """The arrows that greedy search by BIC finds."""
    import pandas as pd
    import pyagrum as gum

    template = gum.BayesNet()
    for k, card in enumerate(task["cards"]):
        template.add(gum.LabelizedVariable(f"v{k}", "", [f"s{s}" for s in range(card)]))
    columns = zip(*task["rows"], strict=True)
    frame = pd.DataFrame({f"v{k}": [f"s{s}" for s in own] for k, own in enumerate(columns)})
    learner = gum.BNLearner(frame, template)
    learner.useScoreBIC()
    learner.useGreedyHillClimbing()
    for a, b in task["required"]:
        learner.addMandatoryArc(f"v{a}", f"v{b}")
    for a, b in task["forbidden"]:
        learner.addForbiddenArc(f"v{a}", f"v{b}")
    return [list(arc) for arc in sorted(learner.learnDAG().arcs())]


if __name__ == "__main__":
    json.dump(arrows(json.load(sys.stdin)), sys.stdout)
