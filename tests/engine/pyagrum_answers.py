"""Answers of pyAgrum, in a process of its own (it can crash): pickle-free JSON lines in and out.

In: {"cards": [...], "parents": [[...], ...], "tables": [[...], ...], "cases": [{"3": 1}, ...]}, tables
row-major with axes (parents..., child). Out: one list a case: P(findings), then all posteriors.
"""

import json
import sys

import numpy as np
import pyagrum as gum


def answer(task):
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
    results = []
    for case in task["cases"]:
        engine = gum.LazyPropagation(bn)
        engine.setNumberOfThreads(1)
        engine.setEvidence({int(v): s for v, s in case.items()})
        engine.makeInference()
        p = engine.evidenceProbability() if case else 1.0
        marginals = [engine.posterior(i).toarray().tolist() for i in range(len(task["cards"]))]
        results.append([p, [x for m in marginals for x in m]])
    return results


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)
