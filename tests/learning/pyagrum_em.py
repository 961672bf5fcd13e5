"""Tables learned by pyAgrum's EM, in a process of its own (it can crash): JSON in and out.

In: {"cards", "parents", "tables"} as in tests/engine/pyagrum_answers.py, {"rows": [[state or -1, ...],
...], "epsilon": ..., "turns": ...}. Out: {"tables": flat, axes (parents..., child), "turns": ...,
"seconds": of the processor}, or {"refused": why}. With {"count": true} nothing is learned: out comes
{"counts": flat, of every family expected over the rows, "log_likelihood": ...}.
"""

import json
import sys
import time

import numpy as np
import pyagrum as gum


def network(task):
    """The network, and of each variable the shape of its table and its axes by name."""
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
    return bn, shapes


def flat(table, shape, scope):
    """A table of pyAgrum's with its axes in the order of a scope, flat."""
    axes = [scope.index(name) for name in reversed(table.names)]
    turned = np.array(table[:]).reshape([shape[a] for a in axes])
    return turned.transpose(np.argsort(axes)).ravel()


def count(task):
    """Cases in each cell of each table, as its inference expects them row by row."""
    bn, shapes = network(task)
    inference = gum.LazyPropagation(bn)
    for _, scope in shapes:
        inference.addJointTarget(set(scope))
    totals, log_likelihood = [0.0] * len(shapes), 0.0
    for row in task["rows"]:
        inference.setEvidence({f"v{i}": k for i, k in enumerate(row) if k >= 0})
        inference.makeInference()
        log_likelihood += np.log(inference.evidenceProbability())
        for i, (shape, scope) in enumerate(shapes):
            totals[i] = totals[i] + flat(inference.jointPosterior(set(scope)), shape, scope)
    return {"counts": [own.tolist() for own in totals], "log_likelihood": float(log_likelihood)}


def learn(task):
    bn, shapes = network(task)
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
        tables.append(flat(table, shape, scope).tolist())
    return {"tables": tables, "turns": learner.EMnbrIterations(), "seconds": seconds}


if __name__ == "__main__":
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            told = count(asked) if asked.get("count") else learn(asked)
        except gum.DatabaseError as error:  # states of parents that no row shows
            told = {"refused": str(error)}
        print(json.dumps(told), flush=True)
