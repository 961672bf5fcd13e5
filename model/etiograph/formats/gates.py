"""Networks for formats that have noisy gates: noisy-OR and noisy-MAX stay gates with one parent a link.

A cause that needs several parents, or that no state of its parent leaves without effect, becomes a helper
variable ``Y~cause 1`` with the states of ``Y``, whose link passes its state on; :func:`with_causes` takes
the helpers out again.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from etiograph.formats.plain import rates, rows
from etiograph.network.mechanism import Mechanism
from etiograph.network.model import Accumulation
from etiograph.network.network import Network
from etiograph.network.noisy import MaxLink, NoisyLink, NoisyMax, NoisyOr

FloatArray = NDArray[np.float64]

_CAUSE = re.compile(r"(.+)~cause [1-9]\d{0,5}")


@dataclass(frozen=True, slots=True)
class Gate:
    """A noisy-OR or noisy-MAX.

    Attributes
    ----------
    contributions : dict
        Parent to the distribution (its states, states) of what each of its states contributes.
    leak : ndarray (states,)
    """

    contributions: dict[str, FloatArray]
    leak: FloatArray

    @property
    def parents(self) -> tuple[str, ...]:
        """The parents, one a link."""
        return tuple(self.contributions)


@dataclass(frozen=True, slots=True)
class FullTable:
    """A table: its parents and numbers (parents..., states)."""

    parents: tuple[str, ...]
    values: FloatArray


class Gates:
    """The variables of a network with their states, each with a gate or a table."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.states: dict[str, tuple[str, ...]] = {}
        self.nodes: dict[str, Gate | FullTable] = {}
        self.plain = any(map(_CAUSE.fullmatch, network.variables))
        for name, variable in network.variables.items():
            mechanism = network.mechanisms[name]
            gated = hasattr(mechanism, "leak") or mechanism.kind == "opposing"
            if gated and variable.card > 1 and not self.plain:
                self._family(network.model.index[name], variable.states)
            else:
                self.states[name] = variable.states
                self.nodes[name] = FullTable(network.parents(name), network.table(name))

    def _family(self, child: int, states: tuple[str, ...]) -> None:
        model = self.network.model
        family, name = model.families[child], model.names[child]
        if not isinstance(family, Accumulation):
            for parent in family.parents:
                if parent >= model.n_network:
                    self._family(parent, tuple(map(str, range(model.cards[parent]))))
            shape = tuple(model.cards[v] for v in (*family.parents, child))
            values = model.tables[family.start : family.start + math.prod(shape)].reshape(shape)
            self.states[name] = states
            self.nodes[name] = FullTable(tuple(model.names[p] for p in family.parents), values)
            return
        k = len(states)
        nothing = np.eye(k)[0]
        leak, contributions, helpers = nothing, {}, 0
        for link in family.links:
            cards = tuple(model.cards[p] for p in link.parents)
            size = math.prod(cards) * k * k
            steps = model.tables[link.start : link.start + size].reshape(*cards, k, k)
            own = np.ascontiguousarray(steps[..., 0, :])
            parents = tuple(model.names[p] for p in link.parents)
            if not parents and leak is nothing:
                leak = own
            elif len(parents) == 1 and parents[0] not in contributions and _idle(own) >= 0:
                contributions[parents[0]] = own
            else:
                helpers += 1
                helper = f"{name}~cause {helpers}"
                self.states[helper], self.nodes[helper] = states, FullTable(parents, own)
                contributions[helper] = np.eye(k)
        self.states[name], self.nodes[name] = states, Gate(contributions, leak)


def _idle(contribution: FloatArray) -> int:
    """A state of the parent that contributes nothing, or -1."""
    at = np.flatnonzero(contribution[:, 0] == 1.0)
    return int(at[0]) if at.size else -1


def strengths(contribution: FloatArray) -> list[int]:
    """The parent's states, one without effect last."""
    idle = _idle(contribution)
    return [i for i in range(contribution.shape[0]) if i != idle] + [idle]


def with_causes(network: Network) -> Network:
    """The network with the helper variables taken into the gates they feed."""
    mechanisms: dict[str, Mechanism] = dict(network.mechanisms)
    for name in network.variables:
        mechanism = mechanisms.get(name)
        if not isinstance(mechanism, NoisyOr | NoisyMax):
            continue
        helpers = {
            p for p in mechanism.parents if (m := _CAUSE.fullmatch(p)) is not None and m[1] == name
        }
        alone = all(
            not any(p in m.parents for n, m in network.mechanisms.items() if n != name)
            for p in helpers
        )
        states = network.variables[name].states
        if not helpers or not alone or any(network.variables[p].states != states for p in helpers):
            continue
        if isinstance(mechanism, NoisyOr):
            links = tuple(
                NoisyLink(network.parents(p), rates(network, network.parents(p), network.table(p)))
                if (p := link.parents[0]) in helpers
                else link
                for link in mechanism.links
            )
            mechanisms[name] = NoisyOr((), mechanism.leak, links)
        else:
            graded = tuple(
                MaxLink(
                    network.parents(p), rows(network, network.parents(p), network.table(p), states)
                )
                if (p := link.parents[0]) in helpers
                else link
                for link in mechanism.links
            )
            mechanisms[name] = NoisyMax((), mechanism.leak, graded)
        for helper in helpers:
            del mechanisms[helper]
    if len(mechanisms) == len(network.mechanisms):
        return network
    variables = {n: v for n, v in network.variables.items() if n in mechanisms}
    return Network(variables, mechanisms, network.flags, network.rules, network.about)
