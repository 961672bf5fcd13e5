"""Tables learned by pyAgrum's EM, in a process of its own (it can crash): JSON in and out.

In: {"cards", "parents", "tables"} as in tests/engine/pyagrum_answers.py, {"rows": [[state or -1, ...],
...], "epsilon": ..., "turns": ...}. Out: {"tables": flat, axes (parents..., child), "turns": ...,
"seconds": of the processor}, or {"refused": why}.
"""

import json
import sys
import time

import numpy as np
import pyagrum as gum


def learn(task):
    cards = task["cards"]
    bn = gum.BayesNet()
    for i, card in enumerate(cards):
        bn.add(gum.LabelizedVariable(f"v{i}", "", [f"s{k}" for k in range(card)]))
    for i, parents in enumerate(task["parents"]):
        for p in parents:
            bn.addArc(p, i)
    shapes = []
    for i, (parents, flat) in enumerate(zip(task["parents"], task["tables"], strict=True)):
        scope = [*(f"v{p}" for p in parents), f"v{i}"]
        block = np.array(flat).reshape([cards[p] for p in parents] + [cards[i]])
        axes = [scope.index(name) for name in reversed(bn.cpt(i).names)]
        bn.cpt(i).fillWith(block.transpose(axes).ravel().tolist())
        shapes.append((block.shape, scope))
    import pandas as pd

    frame = pd.DataFrame(
        {
            f"v{i}": [f"s{k}" if k >= 0 else "?" for k in column]
            for i, column in enumerate(zip(*task["rows"], strict=True))
        }
    )
    learner = gum.BNLearner(frame, bn, ["?"])
    if task.get("smoothing"):  # where rows are few: without it, what no row shows is refused
        learner.useSmoothingPrior(task["smoothing"])
    else:
        learner.useNoPrior()
    learner.setNumberOfThreads(1)
    if task["epsilon"] is None:
        learner.useEM(1e-300, 0.0)
        learner.EMsetMaxIter(task["turns"])
        learner.EMenableMaxIter()
    else:
        learner.useEMWithRateCriterion(task["epsilon"], 0.0)
    start = time.process_time()
    learned = learner.learnParameters(bn)
    seconds = time.process_time() - start
    tables = []
    for i, (shape, scope) in enumerate(shapes):
        # The learner may list the parents of a variable in an order of its own.
        table = learned.cpt(learned.idFromName(f"v{i}"))
        axes = [scope.index(name) for name in reversed(table.names)]
        turned = np.array(table[:]).reshape([shape[a] for a in axes])
        tables.append(turned.transpose(np.argsort(axes)).ravel().tolist())
    return {"tables": tables, "turns": learner.EMnbrIterations(), "seconds": seconds}


if __name__ == "__main__":
    for line in sys.stdin:
        try:
            told = learn(json.loads(line))
        except gum.DatabaseError as error:  # states of parents that no row shows
            told = {"refused": str(error)}
        print(json.dumps(told), flush=True)
