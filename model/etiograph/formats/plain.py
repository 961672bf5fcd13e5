"""A network as names and tables only, as most formats hold it.

A mechanism whose full table would be large is written as the chain of its causes: ``Y~step 1`` is the
contribution of the first (or the leak), each later step the larger of the one before and the contribution
of the next, the last step ``Y`` itself. Thirty causes are thirty small tables. :func:`joined` makes one
noisy-OR or noisy-MAX of such a chain again.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from etiograph.formats.names import NOTHING, escape, identifier
from etiograph.network.mechanism import Mechanism, Row
from etiograph.network.model import Accumulation, Conditional
from etiograph.network.network import Network
from etiograph.network.noisy import MaxLink, NoisyLink, NoisyMax, NoisyOr, Rate

FloatArray = NDArray[np.float64]

MAX_PLAIN = 1024
"""Entries of the largest full table written for a mechanism that can be a chain."""

_STEP = re.compile(r"(.+)~step ([1-9]\d{0,5})")


@dataclass(frozen=True, slots=True)
class Plain:
    """What is written: identifiers, states and tables.

    Attributes
    ----------
    title : str
        Identifier of the network.
    names : tuple of str
        All variables, helpers before the variable they belong to.
    ids : dict
        Name to identifier.
    states : dict
        Name to the identifiers of its states; a variable of one state has a filling one.
    parents : dict
        Name to its parents.
    escaped : bool
        Whether any identifier differs from its name.
    helpers : tuple of str
        The variables that are only steps of a mechanism.
    """

    title: str
    names: tuple[str, ...]
    ids: dict[str, str]
    states: dict[str, tuple[str, ...]]
    parents: dict[str, tuple[str, ...]]
    escaped: bool
    helpers: tuple[str, ...]
    _tables: dict[str, FloatArray]

    @classmethod
    def of(cls, network: Network) -> Plain:
        """The network as tables.

        Raises
        ------
        TooLarge
            A table of more than 2**20 entries that is no chain.
        """
        writer = _Tables(network)
        for name in network.variables:
            writer.add(name)
        given = {name: _filled(states) for name, states in writer.states.items()}
        title = str(network.about.get("name", ""))
        ids = {name: identifier(name) for name in given}
        states = {name: tuple(map(escape, each)) for name, each in given.items()}
        plain = identifier(title) == title and all(name == id_ for name, id_ in ids.items())
        plain = plain and all(states[name] == each for name, each in given.items())
        return cls(
            identifier(title),
            tuple(given),
            ids,
            states,
            writer.parents,
            not plain,
            tuple(name for name in given if name not in network.variables),
            writer.tables,
        )

    def table(self, name: str) -> FloatArray:
        """The table with the axes ``(parents..., child)``, filling states included."""
        table = self._tables[name]
        if table.shape[-1] == 1:
            table = np.concatenate([table, np.zeros_like(table)], axis=-1)
        for axis, parent in enumerate(self.parents[name]):
            if table.shape[axis] == 1:
                table = np.repeat(table, len(self.states[parent]), axis)
        return table

    @property
    def counts(self) -> dict[str, int]:
        """Name to the number of states that are written."""
        return {name: len(states) for name, states in self.states.items()}


def _filled(states: tuple[str, ...]) -> tuple[str, ...]:
    return (*states, NOTHING) if len(states) == 1 else states


class _Tables:
    """Collects the tables of a network, chains where they are worth it."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.states: dict[str, tuple[str, ...]] = {}
        self.parents: dict[str, tuple[str, ...]] = {}
        self.tables: dict[str, FloatArray] = {}
        # A name that reads as a step would be joined on reading.
        self.chains = not any(map(_STEP.fullmatch, network.variables))

    def add(self, name: str) -> None:
        variable = self.network.variables[name]
        parents = self.network.parents(name)
        entries = variable.card * math.prod(self.network.variables[p].card for p in parents)
        if entries > MAX_PLAIN and self.chains and self._is_chain(name):
            self._family(self.network.model.index[name], variable.states)
        else:
            self._put(name, variable.states, parents, self.network.table(name))

    def _put(
        self, name: str, states: tuple[str, ...], parents: tuple[str, ...], table: FloatArray
    ) -> None:
        self.states[name], self.parents[name], self.tables[name] = states, parents, table

    def _is_chain(self, name: str) -> bool:
        model = self.network.model
        family = model.families[model.index[name]]
        return isinstance(family, Accumulation) or any(p >= model.n_network for p in family.parents)

    def _family(self, child: int, states: tuple[str, ...]) -> None:
        model = self.network.model
        family, name = model.families[child], model.names[child]
        if isinstance(family, Conditional):
            for parent in family.parents:
                if parent >= model.n_network:
                    self._family(parent, tuple(map(str, range(model.cards[parent]))))
            shape = tuple(model.cards[v] for v in (*family.parents, child))
            entries = model.tables[family.start : family.start + math.prod(shape)]
            parents = tuple(model.names[p] for p in family.parents)
            self._put(name, states, parents, entries.reshape(shape))
            return
        k = len(states)
        previous = ""
        if not family.links:
            self._put(name, states, (), np.eye(k)[0])
        for number, link in enumerate(family.links, 1):
            cards = tuple(model.cards[p] for p in link.parents)
            size = math.prod(cards) * k * k
            steps = model.tables[link.start : link.start + size].reshape(*cards, k, k)
            parents = tuple(model.names[p] for p in link.parents)
            step = name if number == len(family.links) else f"{name}~step {number}"
            if previous:
                moved = np.ascontiguousarray(np.moveaxis(steps, -2, 0))
                self._put(step, states, (previous, *parents), moved)
            else:
                self._put(step, states, parents, np.ascontiguousarray(steps[..., 0, :]))
            previous = step


def joined(network: Network) -> Network:
    """The network with every chain of steps made one noisy-OR or noisy-MAX again.

    A chain that another program has changed so that it is none any more is left as it is.
    """
    chains: dict[str, dict[int, str]] = {}
    for name in network.variables:
        if match := _STEP.fullmatch(name):
            chains.setdefault(match[1], {})[int(match[2])] = name
    mechanisms = dict(network.mechanisms)
    for name, steps in chains.items():
        if name not in network.variables or sorted(steps) != list(range(1, len(steps) + 1)):
            continue
        gate = _gate(network, [steps[i] for i in range(1, len(steps) + 1)], name)
        if gate is not None:
            mechanisms[name] = gate
            for step in steps.values():
                del mechanisms[step]
    if len(mechanisms) == len(network.mechanisms):
        return network
    variables = {n: v for n, v in network.variables.items() if n in mechanisms}
    return Network(variables, mechanisms, network.flags, network.rules, network.about)


def _gate(network: Network, steps: list[str], name: str) -> Mechanism | None:
    """The gate of a chain, or None if it is none."""
    chain = [*steps, name]
    users = {s: [v for v in network.variables if s in network.parents(v)] for s in steps}
    states = network.variables[name].states
    contributions: list[tuple[tuple[str, ...], FloatArray]] = []
    for i, step in enumerate(chain):
        parents, table = network.parents(step), network.table(step)
        if network.variables[step].states != states:
            return None
        if i:
            if parents[:1] != (chain[i - 1],) or users[chain[i - 1]] != [step]:
                return None
            first, parents = table, parents[1:]
            table = first[0]
            if not np.allclose(first, _larger(table), rtol=0, atol=1e-5):
                return None
        contributions.append((parents, table))
    if len(states) == 2:
        links = [NoisyLink(p, rates(network, p, t)) for p, t in contributions]
        leak = [link for link in links if not link.parents]
        if len(leak) > 1:
            return None
        rest = tuple(link for link in links if link.parents)
        return NoisyOr((), leak[0].rows[0].p if leak else 0.0, rest)
    graded = [MaxLink(p, rows(network, p, t, states)) for p, t in contributions]
    leaks = [link for link in graded if not link.parents]
    if len(leaks) > 1:
        return None
    causes = tuple(link for link in graded if link.parents)
    return NoisyMax((), leaks[0].rows[0].p if leaks else {}, causes)


def _larger(contribution: FloatArray) -> FloatArray:
    """The step tables (previous, parents..., k) of a contribution (parents..., k)."""
    k = contribution.shape[-1]
    result = np.zeros((k, *contribution.shape))
    for previous in range(k):
        for own in range(k):
            result[previous, ..., max(previous, own)] += contribution[..., own]
    return result


def rates(network: Network, parents: tuple[str, ...], table: FloatArray) -> tuple[Rate, ...]:
    """The strengths of a link from its table (parents..., 2)."""
    at = network.variables
    return tuple(
        Rate(
            {p: (at[p].states[i],) for p, i in zip(parents, index, strict=True)},
            float(table[(*index, 1)]),
        )
        for index in np.ndindex(table.shape[:-1])
    )


def rows(
    network: Network, parents: tuple[str, ...], table: FloatArray, states: tuple[str, ...]
) -> tuple[Row, ...]:
    """The rows of a link of a noisy-MAX from its table (parents..., states)."""
    at = network.variables
    return tuple(
        Row(
            {p: (at[p].states[i],) for p, i in zip(parents, index, strict=True)},
            {s: float(table[(*index, n)]) for n, s in enumerate(states) if n},
        )
        for index in np.ndindex(table.shape[:-1])
    )
