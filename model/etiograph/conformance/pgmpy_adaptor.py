"""The adaptor of pgmpy for :mod:`etiograph.conformance.check_engine`.

Each question is put the way pgmpy's documentation recommends: ``VariableElimination.query`` to see,
``CausalInference.query`` to do.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import numpy as np

from etiograph.conformance.cases import Changes, Findings
from etiograph.formats.pgmpy import to_pgmpy
from etiograph.network.network import Network


class Pgmpy:
    """pgmpy: VariableElimination, and CausalInference.query for do."""

    @property
    def name(self) -> str:
        """Name and version."""
        return f"pgmpy {version('pgmpy')}"

    def posterior(self, network: Network, findings: Findings, target: str) -> Sequence[float]:
        """``VariableElimination.query``, soft findings as virtual evidence."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # pgmpy warns about its own future
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
    values: list[float] = np.asarray(factor.values, dtype=float)[order].tolist()
    return values
