"""Engines that are asked in a process of their own, so that one that ends its process ends that one only.

The process may be another Python: an engine that cannot be installed beside this package is asked
where it is. What it runs stands in :mod:`etiograph.conformance.programs`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import etiograph
from etiograph.conformance.cases import Changes, Findings
from etiograph.conformance.programs.answering import MARK
from etiograph.errors import ImpossibleFindings, NotInstalled
from etiograph.network.frozen import FrozenMap
from etiograph.network.network import Network

SECONDS = 200
"""How long one question may take."""
MODULES: Mapping[str, str] = FrozenMap(
    {
        "pyagrum": "pyagrum",
        "nbn": "nbn",
        "bayesian-cpp": "bayesian",
        "bnlearn-port": "pybnlearn",
        "pybbn": "pybbn",
    }
)
"""Engines by the name they are installed under, and the module each is imported as."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """An engine in another process, a new one for each question.

    Attributes
    ----------
    engine : str
        One of :data:`MODULES`.
    python : str
        The Python that has it.
    """

    engine: str
    python: str = sys.executable

    @property
    def name(self) -> str:
        """Name and version.

        Raises
        ------
        NotInstalled
        """
        reply = self._reply({"kind": "name"})
        if reply is None or "answer" not in reply:
            raise NotInstalled(f"{self.engine} is not installed here, so it cannot be asked")
        return str(reply["answer"])

    def posterior(self, network: Network, findings: Findings, target: str) -> Sequence[float]:
        """P(target | findings)."""
        return self._ask("see", network, findings, {}, target)

    def do(
        self, network: Network, findings: Findings, changes: Changes, target: str
    ) -> Sequence[float]:
        """P(target | do(changes), findings)."""
        return self._ask("do", network, findings, changes, target)

    def had(
        self, network: Network, findings: Findings, changes: Changes, target: str
    ) -> Sequence[float]:
        """P(target, had the changes been made | findings)."""
        return self._ask("had", network, findings, changes, target)

    def _ask(
        self, kind: str, network: Network, findings: Findings, changes: Changes, target: str
    ) -> Sequence[float]:
        reply = self._reply(
            {
                "kind": kind,
                "states": {name: list(v.states) for name, v in network.variables.items()},
                "parents": {name: list(network.parents(name)) for name in network.variables},
                "tables": {name: network.table(name).tolist() for name in network.variables},
                "findings": dict(findings),
                "changes": dict(changes),
                "target": target,
            }
        )
        if reply is None:
            raise RuntimeError("the process ended without an answer")
        if "not_offered" in reply:
            raise NotImplementedError(reply["not_offered"])
        if "impossible" in reply:
            raise ImpossibleFindings(reply["impossible"], ())
        if "refused" in reply:
            raise RuntimeError(reply["refused"])
        answer: list[float] = reply["answer"]
        return answer

    def _reply(self, task: Mapping[str, Any]) -> dict[str, Any] | None:
        """What the program says; None where it ended without a word."""
        program = f"etiograph.conformance.programs.{self.engine.replace('-', '_')}"
        # The other Python need not have this package: it is shown where it lies.
        root = str(Path(etiograph.__file__).parents[1])
        path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
        try:
            done = subprocess.run(  # noqa: S603  no shell, only our own words
                [self.python, "-m", program],
                input=json.dumps(task) + "\n",
                capture_output=True,
                text=True,
                timeout=SECONDS,
                check=False,
                env={**os.environ, "PYTHONPATH": path},
            )
        except subprocess.TimeoutExpired:
            return {"refused": f"no answer in {SECONDS} s"}
        except OSError:  # there is no such program
            return None
        lines = [line for line in done.stdout.splitlines() if line.startswith(MARK)]
        reply: dict[str, Any] | None = json.loads(lines[-1].removeprefix(MARK)) if lines else None
        return reply
