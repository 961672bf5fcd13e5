"""pybbn: the junction tree, soft findings as virtual evidence."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version

import numpy as np
from pybbn.graph.dag import Bbn
from pybbn.graph.edge import Edge, EdgeType
from pybbn.graph.jointree import EvidenceBuilder, EvidenceType
from pybbn.graph.node import BbnNode
from pybbn.graph.variable import Variable
from pybbn.pptc.inferencecontroller import InferenceController

from etiograph.conformance.programs.answering import NotOffered, Task, in_order, not_offered, serve


def see(task: Task) -> Sequence[float]:
    """``InferenceController``; its tables run through the parents in the order of their ids."""
    ids = {name: i for i, name in enumerate(in_order(task))}
    nodes, network = {}, Bbn()
    for name, i in ids.items():
        table = np.asarray(task["tables"][name], dtype=float)
        parents = task["parents"][name]
        axes = sorted(range(len(parents)), key=lambda k: ids[parents[k]])
        values = table.transpose([*axes, len(parents)]).ravel().tolist()
        nodes[name] = BbnNode(Variable(i, name, list(task["states"][name])), values)
        network.add_node(nodes[name])
    for name in ids:
        for parent in sorted(task["parents"][name], key=ids.__getitem__):
            network.add_edge(Edge(nodes[parent], nodes[name], EdgeType.DIRECTED))
    tree = InferenceController.apply(network)
    for name, found in task["findings"].items():
        soft = not isinstance(found, str)
        if soft and len(found) > 1:
            raise NotOffered("one virtual finding a variable")
        weights = found[0] if soft else {found: 1.0}
        evidence = EvidenceBuilder().with_node(tree.get_bbn_node_by_name(name))
        if soft:
            evidence = evidence.with_type(EvidenceType.VIRTUAL)
        for state, weight in weights.items():
            evidence = evidence.with_evidence(state, weight)
        tree.set_observation(evidence.build())
    answer = tree.get_posteriors()[task["target"]]
    return [answer[state] for state in task["states"][task["target"]]]


if __name__ == "__main__":
    serve(
        lambda: f"pybbn {version('pybbn')}",
        see=see,
        do=not_offered("average causal effects only"),
        had=not_offered("no counterfactual"),
    )
