"""What a small network answers, by writing out all its worlds; nothing is shared with the engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import log2
from typing import Any

import numpy as np

from etiograph.engine import enumerate as brute
from etiograph.engine.sample import topological_order
from etiograph.network.likelihoods import encode
from etiograph.network.network import Network
from etiograph.query.surgery import intervene
from etiograph.query.worlds import orders, recurring

FloatArray = np.ndarray
SETTINGS = 2**16
"""Settings of the noise that are written out; beyond, counterfactuals are left to other tests."""


@dataclass
class Worlds:
    """Worlds of a network, each with the weight it has after the findings."""

    network: Network
    states: np.ndarray
    weight: FloatArray

    @property
    def total(self) -> float:
        """P(findings)."""
        return float(self.weight.sum())

    def of(self, *names: str) -> FloatArray:
        """Joint distribution of some variables, axes in the order of the names; NaN if impossible."""
        index = [self.network.model.index[n] for n in names]
        cards = [self.network.variables[n].card for n in names]
        at = np.ravel_multi_index([self.states[:, i] for i in index], cards)
        counts = np.bincount(at, self.weight, int(np.prod(cards)))
        if not self.total:
            return np.full(cards, np.nan)  # impossible
        return counts.reshape(cards) / self.total

    def p(self, name: str, states: Sequence[str]) -> float:
        """P(the variable is in one of the states)."""
        inside = [self.network.variables[name].index(s) for s in states]
        return float(self.of(name)[inside].sum())


@dataclass
class Oracle:
    """A network and what is found."""

    network: Network
    findings: Mapping[str, Any]
    row: FloatArray = field(init=False)

    def __post_init__(self) -> None:
        self.row = encode(self.network, self.findings)[0]

    @property
    def measured(self) -> set[str]:
        """Readings whose value was measured: their own state is where the value falls."""
        starts = {begin for _, begin, _ in encode(self.network, self.findings)[2]}
        model = self.network.model
        return {n for n in self.network.variables if model.offsets[model.index[n]] in starts}

    def own(self, name: str) -> slice:
        """Where the states of a variable stand among those of all."""
        model = self.network.model
        start = model.offsets[model.index[name]]
        return slice(start, start + self.network.variables[name].card)

    def worlds(
        self,
        changes: Mapping[str, str] | None = None,
        row: FloatArray | None = None,
        tables: FloatArray | None = None,
    ) -> Worlds:
        """Truncated factorisation: what is changed is as it was set, all else as its table says."""
        model = self.network.model
        row = self.row if row is None else row
        states, p = np.zeros((1, len(model.names)), dtype=int), np.ones(1)
        for i in topological_order(model):
            name = model.names[i]
            if changes and name in changes:
                table = np.eye(model.cards[i])[self.network.variables[name].index(changes[name])]
                rows = np.broadcast_to(table, (len(p), model.cards[i]))
            else:
                table = brute.family_table(model, i, tables)
                rows = table[tuple(states[:, q] for q in model.parents(i))]
                rows = np.broadcast_to(rows, (len(p), model.cards[i]))
            after = p[:, None] * rows * row[model.offsets[i] :][: model.cards[i]]
            world, state = np.nonzero(after)
            states, p = states[world], after[world, state]
            states[:, i] = state
        return Worlds(self.network, states, p)

    def without(self, *names: str) -> Oracle:
        """The same of what else is found."""
        return Oracle(self.network, {k: v for k, v in self.findings.items() if k not in names})

    def twin(self, kind: str, changes: Mapping[str, str], **more: Any) -> brute.NoiseWorlds:
        """Two worlds with the same noise; the findings are seen in the first."""
        model = self.network.model
        more.setdefault("likelihood", self.row)
        return brute.counterfactual(
            changes={
                model.index[n]: self.network.variables[n].index(s) for n, s in changes.items()
            },
            fresh=recurring(self.network) if kind == "after" else (),
            orders=orders(self.network),
            limit=SETTINGS,
            **{"model": model, **more},
        )

    def with_event(self, name: str, states: Sequence[str], holds: bool = True) -> FloatArray:
        """The findings, and that a variable is (not) in some states."""
        row, variable = self.row.copy(), self.network.variables[name]
        start = self.network.model.offsets[self.network.model.index[name]]
        for i, state in enumerate(variable.states):
            row[start + i] *= (state in states) == holds
        return row

    def surgery(self, changes: Mapping[str, str]) -> dict[str, Any]:
        """The model in which something is set, as :meth:`twin` takes it."""
        model = self.network.model
        done = intervene(
            model,
            {
                model.index[n]: np.eye(self.network.variables[n].card)[
                    self.network.variables[n].index(s)
                ]
                for n, s in changes.items()
            },
        )
        return {"model": done.model, "tables": done.stated(model)}

    def gain(self, target: str, test: str) -> float:
        """Mutual information of two variables, in bits."""
        both = self.worlds().of(target, test)
        outer = both.sum(axis=1, keepdims=True) * both.sum(axis=0, keepdims=True)
        some = both > 0
        return float((both[some] * np.log2(both[some] / outer[some])).sum())

    def conflict(self) -> float:
        """Jensen's measure, in bits: log2 of the product of P(each finding) over P(all)."""
        names = [n for n in self.findings if n in self.network.variables]
        alone = [Oracle(self.network, {n: self.findings[n]}).worlds().total for n in names]
        return sum(map(log2, alone)) - log2(self.worlds().total) if names else 0.0

    def best(self, k: int) -> list[float]:
        """Probabilities of the k most probable joint states of all variables that were not measured."""
        names = [n for n in self.network.variables if n not in self.measured]
        joint = np.sort(self.worlds().of(*names).ravel())[::-1] if names else np.ones(1)
        return [float(p) for p in joint[:k] if p > 0]
