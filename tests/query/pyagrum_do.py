"""do() by pyAgrum, in a process of its own (it can crash): JSON lines in and out.

In: {"cards", "parents", "tables" (axes parents..., child, row-major), "changes", "findings",
"target"}. Out: all posteriors after pyAgrum's own surgery, and what its do-calculus gives for the
target without findings (null where it gives no answer).
"""

import json
import sys
import warnings

import numpy as np
import pyagrum as gum


def network(task):
    bn = gum.BayesNet()
    for i, card in enumerate(task["cards"]):
        bn.add(gum.LabelizedVariable(f"v{i}", "", card))
    for i, parents in enumerate(task["parents"]):
        for p in parents:
            bn.addArc(p, i)
    for i, (parents, flat) in enumerate(zip(task["parents"], task["tables"], strict=True)):
        scope = [*(f"v{p}" for p in parents), f"v{i}"]
        table = bn.cpt(i)
        block = np.array(flat).reshape([task["cards"][p] for p in parents] + [task["cards"][i]])
        axes = [scope.index(name) for name in reversed(table.names)]
        table.fillWith(block.transpose(axes).ravel().tolist())
    return bn


def by_surgery(task):
    bn = network(task)
    for name, p in task["changes"].items():
        for parent in list(bn.parents(name)):
            bn.eraseArc(parent, bn.idFromName(name))
        bn.cpt(name).fillWith(p)
    engine = gum.LazyPropagation(bn)
    engine.setNumberOfThreads(1)
    engine.setEvidence(task["findings"])
    engine.makeInference()
    return [engine.posterior(i).tolist() for i in range(len(task["cards"]))]


def by_calculus(task):
    values = {name: p.index(1.0) for name, p in task["changes"].items() if 1.0 in p}
    if len(values) < len(task["changes"]) or task["target"] in values:
        return None
    model = gum.CausalModel(network(task))
    _, answer, _ = gum.causalImpact(model, on=task["target"], doing=set(values), values=values)
    return None if answer is None else answer.tolist()


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    for line in sys.stdin:
        task = json.loads(line)
        print(json.dumps([by_surgery(task), by_calculus(task)]), flush=True)
