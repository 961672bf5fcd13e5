"""Answers of pyAgrum in a process of its own (it can crash): one JSON line in, one out.

In: {"kind", "states", "parents", "tables", "findings", "changes", "target"}, tables with axes
(parents..., child). Out: {"answer": [...]}, {"impossible": ...}, {"not_offered": ...}, {"refused": ...}.
"""

from __future__ import annotations

import json
import sys
import warnings
from typing import Any

import numpy as np
import pyagrum as gum


def network(task: dict[str, Any]) -> gum.BayesNet:
    """The network, through the API, which keeps doubles."""
    bn = gum.BayesNet()
    for name, states in task["states"].items():
        bn.add(gum.LabelizedVariable(name, "", states))
    for name, parents in task["parents"].items():
        for parent in parents:
            bn.addArc(parent, name)
    for name, table in task["tables"].items():
        scope = [*task["parents"][name], name]
        cpt = bn.cpt(name)
        # fillWith takes the first variable of the table as the fastest.
        axes = [scope.index(n) for n in reversed(cpt.names)]
        cpt.fillWith(np.asarray(table).transpose(axes).ravel().tolist())
    return bn


def see(bn: gum.BayesNet, task: dict[str, Any]) -> dict[str, Any]:
    """LazyPropagation, a soft finding as soft evidence."""
    engine = gum.LazyPropagation(bn)
    engine.setNumberOfThreads(1)
    for name, found in task["findings"].items():
        for one in [found] if isinstance(found, str) else found:
            if isinstance(one, str):
                engine.addEvidence(name, one)
            else:
                engine.addEvidence(name, [one[s] for s in task["states"][name]])
    engine.makeInference()
    return {"answer": engine.posterior(task["target"]).tolist()}


def do(bn: gum.BayesNet, task: dict[str, Any]) -> dict[str, Any]:
    """``causalImpact``."""
    findings, changes = task["findings"], task["changes"]
    if not all(isinstance(change, str) for change in changes.values()):
        return {"not_offered": "causalImpact sets states only"}
    _, answer, why = gum.causalImpact(
        gum.CausalModel(bn),
        on=task["target"],
        doing=set(changes),
        knowing=set(findings),
        values={**findings, **changes},
    )
    return {"refused": why} if answer is None else {"answer": answer.tolist()}


def had(bn: gum.BayesNet, task: dict[str, Any]) -> dict[str, Any]:
    """``counterfactual``, whose noise is that of the roots: other variables must be functions."""
    for name, table in task["tables"].items():
        if task["parents"][name] and not np.isin(np.asarray(table), (0.0, 1.0)).all():
            return {"not_offered": "counterfactual updates the roots only"}
    answer = gum.counterfactual(
        gum.CausalModel(bn),
        on=task["target"],
        whatif=set(task["changes"]),
        profile=task["findings"],
        values=task["changes"],
    )
    return {"answer": answer.tolist()}


def main() -> None:
    """Answer line by line."""
    for line in sys.stdin:
        task = json.loads(line)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                reply = {"see": see, "do": do, "had": had}[task["kind"]](network(task), task)
        except gum.IncompatibleEvidence as error:
            reply = {"impossible": str(error)}
        except Exception as error:  # whatever it raises is its answer
            reply = {"refused": f"{type(error).__name__}: {error}"}
        print("answer:" + json.dumps(reply), flush=True)


if __name__ == "__main__":
    main()
