"""The other libraries, asked the same question in the way their documentation recommends."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np

from etiograph.network.network import Network

Case = Mapping[str, str]


class PyAgrum:
    """pyAgrum's LazyPropagation; the network is built through its API, which keeps doubles."""

    name = "pyAgrum"

    def __init__(self, network: Network, threads: int) -> None:
        import pyagrum as gum

        self.network = network
        self.bn = gum.BayesNet()
        self.ids = {
            v.name: self.bn.add(gum.LabelizedVariable(f"v{i}", "", v.card))
            for i, v in enumerate(network.variables.values())
        }
        for name in network.variables:
            for parent in network.parents(name):
                self.bn.addArc(self.ids[parent], self.ids[name])
        for name in network.variables:
            scope = [*(f"v{self.ids[p]}" for p in network.parents(name)), f"v{self.ids[name]}"]
            table = self.bn.cpt(self.ids[name])
            # fillWith takes the first variable of the table as the fastest.
            axes = [scope.index(n) for n in reversed(table.names)]
            table.fillWith(network.table(name).transpose(axes).ravel().tolist())
        self.engine = gum.LazyPropagation(self.bn)
        self.engine.setNumberOfThreads(threads)

    def start(self, case: Case) -> None:
        """Enter the first case's findings; later ones change their values."""
        self.engine.setEvidence({self.ids[n]: self._state(n, s) for n, s in case.items()})

    def answers(self, case: Case) -> dict[str, Any]:
        """All posteriors of a case whose findings are on other variables than those before."""
        self.engine.eraseAllEvidence()
        self.start(case)
        self.engine.makeInference()
        return {name: self.engine.posterior(i) for name, i in self.ids.items()}

    def _state(self, name: str, state: str) -> int:
        return self.network.variables[name].states.index(state)

    def marginals(self, case: Case) -> dict[str, Any]:
        """All posteriors of one case, as the library's own objects."""
        for name, state in case.items():
            self.engine.chgEvidence(self.ids[name], self._state(name, state))
        self.engine.makeInference()
        return {name: self.engine.posterior(i) for name, i in self.ids.items()}

    @staticmethod
    def array(answer: Any) -> np.ndarray:
        """One posterior as an array."""
        return np.asarray(answer.toarray(), dtype=float)


class Pgmpy:
    """pgmpy's VariableElimination, one query a variable (its way to all marginals)."""

    name = "pgmpy"

    def __init__(self, network: Network) -> None:
        from etiograph.formats.pgmpy import to_pgmpy

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pgmpy.inference import VariableElimination

            self.network = network
            self.engine = VariableElimination(to_pgmpy(network))

    def marginals(self, case: Case) -> dict[str, np.ndarray]:
        """All posteriors of one case; a finding has its own point mass."""
        answers = {}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for name, variable in self.network.variables.items():
                if name in case:
                    answers[name] = np.eye(variable.card)[variable.states.index(case[name])]
                    continue
                factor = self.engine.query([name], evidence=dict(case), show_progress=False)
                order = [factor.state_names[name].index(s) for s in variable.states]
                answers[name] = np.asarray(factor.values, dtype=float)[order]
        return answers
