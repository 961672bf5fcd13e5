"""The adaptor of pyAgrum for :mod:`etiograph.conformance.check_engine`.

Each question is put the way pyAgrum's documentation recommends: ``LazyPropagation`` to see,
``causalImpact`` to do, ``counterfactual`` to imagine. Run as a program, this module answers for it,
one JSON line in and one out, so that an engine that ends its process ends that one only.
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

from etiograph.conformance.cases import Changes, Findings
from etiograph.errors import ImpossibleFindings
from etiograph.network.network import Network

SECONDS = 300
"""How long one question may take."""


class PyAgrum:
    """pyAgrum: LazyPropagation, causalImpact, counterfactual, each question in a new process."""

    @property
    def name(self) -> str:
        """Name and version."""
        return f"pyAgrum {version('pyagrum')}"

    def posterior(self, network: Network, findings: Findings, target: str) -> Sequence[float]:
        """``LazyPropagation.posterior``."""
        return _ask("see", network, findings, {}, target)

    def do(
        self, network: Network, findings: Findings, changes: Changes, target: str
    ) -> Sequence[float]:
        """``causalImpact``."""
        return _ask("do", network, findings, changes, target)

    def had(
        self, network: Network, findings: Findings, changes: Changes, target: str
    ) -> Sequence[float]:
        """``counterfactual``."""
        return _ask("had", network, findings, changes, target)


def _ask(
    kind: str, network: Network, findings: Findings, changes: Changes, target: str
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
    done = subprocess.run(  # noqa: S603  no shell, only our own words
        [sys.executable, "-m", __name__],
        input=json.dumps(task) + "\n",
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
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
    answer: list[float] = reply["answer"]
    return answer


# -- in the other process: {"answer": [...]}, {"impossible"}, {"not_offered"} or {"refused": why} ---


def _network(task: dict[str, Any]) -> Any:
    """The network, through the API, which keeps doubles; tables have axes (parents..., child)."""
    import pyagrum as gum

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


def _see(bn: Any, task: dict[str, Any]) -> dict[str, Any]:
    """LazyPropagation, a soft finding as soft evidence."""
    import pyagrum as gum

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


def _do(bn: Any, task: dict[str, Any]) -> dict[str, Any]:
    import pyagrum as gum

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


def _had(bn: Any, task: dict[str, Any]) -> dict[str, Any]:
    """``counterfactual``, whose noise is that of the roots: other variables must be functions."""
    import pyagrum as gum

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
    import pyagrum as gum

    for line in sys.stdin:
        task = json.loads(line)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                reply = {"see": _see, "do": _do, "had": _had}[task["kind"]](_network(task), task)
        except gum.IncompatibleEvidence as error:
            reply = {"impossible": str(error)}
        except Exception as error:  # whatever it raises is its answer
            reply = {"refused": f"{type(error).__name__}: {error}"}
        sys.stdout.write("answer:" + json.dumps(reply) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
