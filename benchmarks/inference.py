"""``python -m benchmarks inference``: one changed line of a pgmpy program, timed on pgmpy's own networks.

The marginals of all variables given two findings: ``formats.pgmpy.Inference`` against pgmpy's
``VariableElimination``, one query a variable, in one run. Answers are compared before they are timed.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .networks import load
from .timing import median_seconds

NETWORKS = (
    "cancer", "earthquake", "survey", "asia", "sachs", "child", "insurance", "alarm", "hailfinder",
    "win95pts", "hepar2", "water",
)  # fmt: skip
"""Those of the networks pgmpy ships that it answers in a reasonable time; the others we answer alone."""


def main(names: list[str] | None = None) -> None:
    """Print one line a network: how many times as fast."""
    import warnings

    warnings.simplefilter("ignore")
    from pgmpy.inference import VariableElimination

    from etiograph.formats.pgmpy import Inference, to_pgmpy

    print("All marginals given two findings, pgmpy VariableElimination / formats.pgmpy.Inference")
    for name in names or NETWORKS:
        network = load(name)
        model = to_pgmpy(network)
        ours, theirs = Inference(model), VariableElimination(model)
        row = network.sample(1, np.random.default_rng(3)).iloc[0]
        evidence = {v: row[v] for v in list(network.variables)[-2:]}
        others = [v for v in network.variables if v not in evidence]

        def mine(others: list[str], ours=ours, evidence=evidence) -> dict[str, Any]:
            return ours.query(others, evidence, joint=False)

        def peer(others: list[str], theirs=theirs, evidence=evidence) -> dict[str, Any]:
            return {v: theirs.query([v], evidence, show_progress=False) for v in others}

        first, second = mine(others), peer(others)
        worst = max(float(np.abs(first[v].values - second[v].values).max()) for v in others)
        assert worst < 1e-8, (name, worst)
        ratio = median_seconds(peer, [others], 3) / median_seconds(mine, [others], 30)
        print(f"  {name:12} {ratio:8.0f}x")
