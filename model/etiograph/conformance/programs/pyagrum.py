"""pyAgrum: ``LazyPropagation`` to see, ``causalImpact`` to do, ``counterfactual`` to imagine."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import numpy as np
import pyagrum as gum

from etiograph.conformance.programs.answering import Impossible, NotOffered, Task, serve


def network(task: Task) -> Any:
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


def see(task: Task) -> Sequence[float]:
    """``LazyPropagation``, a soft finding as soft evidence."""
    engine = gum.LazyPropagation(network(task))
    engine.setNumberOfThreads(1)
    for name, found in task["findings"].items():
        for one in [found] if isinstance(found, str) else found:
            if isinstance(one, str):
                engine.addEvidence(name, one)
            else:
                engine.addEvidence(name, [one[s] for s in task["states"][name]])
    try:
        engine.makeInference()
        return list(engine.posterior(task["target"]).tolist())
    except gum.IncompatibleEvidence as error:
        raise Impossible(str(error)) from None


def do(task: Task) -> Sequence[float]:
    """``causalImpact``."""
    findings, changes = task["findings"], task["changes"]
    if not all(isinstance(change, str) for change in changes.values()):
        raise NotOffered("causalImpact sets states only")
    _, answer, why = gum.causalImpact(
        gum.CausalModel(network(task)),
        on=task["target"],
        doing=set(changes),
        knowing=set(findings),
        values={**findings, **changes},
    )
    if answer is None:
        raise RuntimeError(why)
    return list(answer.tolist())


def had(task: Task) -> Sequence[float]:
    """``counterfactual``, whose noise is that of the roots: other variables must be functions."""
    for name, table in task["tables"].items():
        if task["parents"][name] and not np.isin(np.asarray(table), (0.0, 1.0)).all():
            raise NotOffered("counterfactual updates the roots only")
    answer = gum.counterfactual(
        gum.CausalModel(network(task)),
        on=task["target"],
        whatif=set(task["changes"]),
        profile=task["findings"],
        values=task["changes"],
    )
    return list(answer.tolist())


if __name__ == "__main__":
    serve(lambda: f"pyAgrum {version('pyagrum')}", see=see, do=do, had=had)
