"""``python -m benchmarks conformance``: the right-answer questions, put to us, pgmpy and pyAgrum.

Each library is asked in the way its documentation recommends. A question that it does not offer
exactly is "not offered"; an error where there is an answer is "refused".
"""

from __future__ import annotations

import json
import subprocess
import sys
import warnings
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import numpy as np

from etiograph.check_cases import Changes, Findings
from etiograph.check_engine import Engine, Etiograph, check_engine, side_by_side
from etiograph.errors import ImpossibleFindings
from etiograph.formats.pgmpy import to_pgmpy
from etiograph.network.network import Network


class Pgmpy:
    """pgmpy: VariableElimination, and CausalInference.query for do."""

    name = f"pgmpy {version('pgmpy')}"

    def posterior(self, network: Network, findings: Findings, target: str) -> Sequence[float]:
        """``VariableElimination.query``, soft findings as virtual evidence."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pgmpy.factors.discrete import TabularCPD
            from pgmpy.inference import VariableElimination

            hard = {name: found for name, found in findings.items() if isinstance(found, str)}
            soft = []
            for name, found in findings.items():
                states = network.variables[name].states
                for one in () if isinstance(found, str) else found:
                    weights = [[one[s]] for s in states]
                    labels = {name: list(states)}
                    soft.append(TabularCPD(name, len(states), weights, state_names=labels))
            factor = VariableElimination(to_pgmpy(network)).query(
                [target], evidence=hard, virtual_evidence=soft or None, show_progress=False
            )
        return _in_order(factor, network, target)

    def do(
        self, network: Network, findings: Findings, changes: Changes, target: str
    ) -> Sequence[float]:
        """``CausalInference.query``."""
        if not all(isinstance(change, str) for change in changes.values()):
            raise NotImplementedError("by simulation only")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pgmpy.inference import CausalInference

            factor = CausalInference(to_pgmpy(network)).query(
                [target], do=dict(changes), evidence=dict(findings) or None, show_progress=False
            )
        return _in_order(factor, network, target)

    def had(
        self, network: Network, findings: Findings, changes: Changes, target: str
    ) -> Sequence[float]:
        """There is no function for it."""
        raise NotImplementedError("no counterfactual query")


def _in_order(factor: Any, network: Network, target: str) -> list[float]:
    order = [factor.state_names[target].index(s) for s in network.variables[target].states]
    return np.asarray(factor.values, dtype=float)[order].tolist()


class PyAgrum:
    """pyAgrum: LazyPropagation, causalImpact and counterfactual, each question in a new process."""

    name = f"pyAgrum {version('pyagrum')}"

    def posterior(self, network: Network, findings: Findings, target: str) -> Sequence[float]:
        """``LazyPropagation.posterior``."""
        return self._ask("see", network, findings, {}, target)

    def do(
        self, network: Network, findings: Findings, changes: Changes, target: str
    ) -> Sequence[float]:
        """``causalImpact``."""
        return self._ask("do", network, findings, changes, target)

    def had(
        self, network: Network, findings: Findings, changes: Changes, target: str
    ) -> Sequence[float]:
        """``counterfactual``."""
        return self._ask("had", network, findings, changes, target)

    def _ask(
        self, kind: str, network: Network, findings: Findings, changes: Changes, target: str
    ) -> Sequence[float]:
        task = {
            "kind": kind,
            "states": {name: list(v.states) for name, v in network.variables.items()},
            "parents": {name: list(network.parents(name)) for name in network.variables},
            "tables": {name: network.table(name).tolist() for name in network.variables},
            "findings": dict(findings),
            "changes": dict(changes),
            "target": target,
        }
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.pyagrum_questions"],
            input=json.dumps(task) + "\n",
            capture_output=True,
            text=True,
            timeout=300,
        )
        lines = [line for line in done.stdout.splitlines() if line.startswith("answer:")]
        if not lines:
            raise RuntimeError(f"the process ended with code {done.returncode}")
        reply = json.loads(lines[-1].removeprefix("answer:"))
        if "not_offered" in reply:
            raise NotImplementedError(reply["not_offered"])
        if "impossible" in reply:
            raise ImpossibleFindings(reply["impossible"], ())
        if "refused" in reply:
            raise RuntimeError(reply["refused"])
        return reply["answer"]


def main() -> None:
    """Print each card, then the table of the README."""
    engines: tuple[Engine, ...] = (Etiograph(), Pgmpy(), PyAgrum())
    cards = []
    for engine in engines:
        cards.append(check_engine(engine))
        print(cards[-1], end="\n\n", flush=True)
    print(side_by_side(cards))


if __name__ == "__main__":
    main()
