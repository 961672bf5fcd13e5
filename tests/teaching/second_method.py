"""Every number of an exercise worked out a second time: tables multiplied and summed, no engine.

Variable elimination on dense tables with numpy alone; counterfactuals on a twin that is written out
here from the mechanisms: quantiles of a table, one coin a link of a noisy-OR.
"""

from __future__ import annotations

from itertools import product
from math import log2

import numpy as np

from etiograph.network.event import Event
from etiograph.network.noisy import NoisyOr

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def product_of(factors, keep):
    """The product of factors (scope, array), summed over all but `keep`; smallest tables first."""
    factors = list(factors)
    while True:
        rest = {v for scope, _ in factors for v in scope} - set(keep)
        if not rest:
            break

        v = min(sorted(rest), key=lambda v: size_after(factors, v))
        mine = [f for f in factors if v in f[0]]
        others = [f for f in factors if v not in f[0]]
        scope = [u for u in dict.fromkeys(u for s, _ in mine for u in s) if u != v]
        factors = [*others, (tuple(scope), summed(mine, scope))]
    return summed(factors, list(keep))


def size_after(factors, v):
    """Entries of the table that multiplying all factors of a variable makes."""
    sizes = {}
    for scope, array in factors:
        if v in scope:
            sizes |= dict(zip(scope, array.shape, strict=True))
    return np.prod([float(s) for s in sizes.values()])


def summed(factors, keep):
    names = list(dict.fromkeys(v for scope, _ in factors for v in scope))
    letter = dict(zip(names, LETTERS, strict=False))
    terms = ",".join("".join(letter[v] for v in scope) for scope, _ in factors)
    out = "".join(letter[v] for v in keep)
    return np.einsum(f"{terms}->{out}", *(array for _, array in factors), optimize="greedy")


def upstream(network, names):
    found, stack = set(), list(names)
    while stack:
        name = stack.pop()
        if name not in found:
            found.add(name)
            stack += network.parents(name)
    return found


class Second:
    """One network; its tables read once."""

    def __init__(self, network):
        self.network = network
        self.tables = {}
        self.memo = {}

    def table(self, name):
        if name not in self.tables:
            self.tables[name] = np.asarray(self.network.table(name))
        return self.tables[name]

    def states(self, name):
        return self.network.variables[name].states

    def one_hot(self, name, state):
        return np.array([float(s == state) for s in self.states(name)])

    def factors(self, names, findings, changes):
        for name in upstream(self.network, names):
            if name in changes:
                yield (name,), self.one_hot(name, changes[name])
            else:
                yield (*self.network.parents(name), name), self.table(name)
            if name in findings:
                yield (name,), self.one_hot(name, findings[name])

    def joint(self, keep, findings, changes=None):
        """Joint table of a few variables with the findings, not divided by P(findings)."""
        factors = list(self.factors([*keep, *findings], findings, changes or {}))
        return product_of(factors, keep)

    def p(self, event, findings=None, changes=None, kind="see"):
        findings = dict(findings or {})
        if kind == "had":
            return self.had(event, findings, changes)
        table = self.joint([event.variable], findings, changes)
        return float(table[list(event.indices)].sum() / table.sum())

    # -- what would have been --

    def had(self, event, findings, changes):
        names = upstream(self.network, [event.variable, *findings])
        below = set(changes)
        for name in self.network.order:
            if any(p in below for p in self.network.parents(name)):
                below.add(name)
        factors = []
        for name in names:
            parents = self.network.parents(name)
            if name not in below or (name in changes):
                factors.append(((*parents, name), self.table(name)))
            else:
                twin = [f"{p}'" if p in below else p for p in parents]
                scope = tuple(dict.fromkeys([*parents, *twin, name, f"{name}'"]))
                factors.append((scope, self.pair(name, parents, twin, scope)))
            if name in findings:
                factors.append(((name,), self.one_hot(name, findings[name])))
        factors += [((f"{x}'",), self.one_hot(x, s)) for x, s in changes.items()]
        out = f"{event.variable}'" if event.variable in below else event.variable
        table = product_of(factors, [out])
        return float(table[list(event.indices)].sum() / table.sum())

    def pair(self, name, parents, twin, scope):
        """P(state, state in the other world | parents in both), axes as in the scope; worked out once."""
        if (name, scope) not in self.memo:
            self.memo[name, scope] = self.coupled(name, parents, twin, scope)
        return self.memo[name, scope]

    def coupled(self, name, parents, twin, scope):
        cards = [self.network.variables[v.rstrip("'")].card for v in scope]
        out = np.zeros(cards)
        mechanism = self.network.mechanisms[name]
        for at in product(*(range(c) for c in cards[:-2])):
            now = dict(zip(scope, at, strict=False))
            one, two = [now[p] for p in parents], [now[p] for p in twin]
            if isinstance(mechanism, NoisyOr):
                out[at] = self.coins(name, parents, one, two)
            else:
                order = [self.states(name).index(s) for s in self.network.variables[name].ordered]
                first, second = self.table(name)[tuple(one)], self.table(name)[tuple(two)]
                a, b = (np.concatenate([[0.0], np.cumsum(t[order])]) for t in (first, second))
                for i, j in product(range(len(order)), repeat=2):
                    overlap = min(a[i + 1], b[j + 1]) - max(a[i], b[j])
                    out[(*at, order[i], order[j])] = max(0.0, overlap)
        return out

    def coins(self, name, parents, one, two):
        """Joint of a noisy-OR under parents in two worlds: the coin of a link is the same in both."""
        worlds = [dict(zip(parents, at, strict=True)) for at in (one, two)]
        ps = [[self.fires(name, p, world[p]) for world in worlds] for p in parents]
        ps.append([self.leak(name)] * 2)
        both = np.prod([1 - max(p) for p in ps])
        first, second = (np.prod([1 - p[k] for p in ps]) for k in (0, 1))
        return np.array([[both, first - both], [second - both, 1 - first - second + both]])

    def silent(self, name):
        """P(no effect | causes) of a noisy-OR of one link a cause: a product over causes and the leak."""
        mechanism = self.network.mechanisms[name]
        assert not mechanism.preventers
        assert all(len(link.parents) == 1 for link in mechanism.links)
        return self.table(name)[..., 0]

    def fires(self, name, parent, state):
        """P(the link of a cause in a state fires), read off the table by comparison with an idle state."""
        if (name, parent) not in self.memo:
            silent = self.silent(name)
            axis = self.network.parents(name).index(parent)
            along = silent.max(axis=tuple(k for k in range(silent.ndim) if k != axis))
            self.memo[name, parent] = 1 - along / along.max()
        return self.memo[name, parent][state]

    def leak(self, name):
        return 1 - self.silent(name).max()

    # -- causes --

    def present(self, cause, outcome, findings):
        variable = self.network.variables[cause]
        mechanism = self.network.mechanisms[Event.parse(self.network, outcome).variable]
        able = set(variable.unusual)
        if isinstance(mechanism, NoisyOr):
            name = Event.parse(self.network, outcome).variable
            fires = [self.fires(name, cause, k) for k in range(variable.card)]
            able = {s for s, p in zip(variable.states, fires, strict=True) if p > 1e-12}
        table = self.joint([cause], findings)
        return sum(table[variable.index(s)] for s in able) / table.sum()

    def acted(self, cause, outcome, findings):
        """1 - P(its link is silent, findings) / P(findings); the outcome is a finding that it is there."""
        event = Event.parse(self.network, outcome)
        name, parents = event.variable, self.network.parents(event.variable)
        axis = parents.index(cause)
        quiet = [1 - self.fires(name, cause, k) for k in range(len(self.states(cause)))]
        shape = [-1 if k == axis else 1 for k in range(len(parents))]
        quiet = np.reshape(quiet, shape)
        others = self.silent(name) / quiet  # none but its own link
        silent = np.stack([quiet * others, quiet * (1 - others)], axis=-1)
        factors = [
            (scope, silent if array is self.table(name) else array)
            for scope, array in self.factors([name, *findings], findings, {})
        ]
        return 1 - float(product_of(factors, []) / self.joint([], findings))

    def needed(self, cause, outcome, findings):
        event = Event.parse(self.network, outcome)
        usual = self.network.variables[cause].usual
        there = self.had(event, findings, {cause: usual})
        return 1 - there  # the outcome is among the findings

    # -- doubt --

    def gain(self, test, target, findings):
        event = Event.parse(self.network, target)
        table = self.joint([test, event.variable], findings)
        hit = table[:, list(event.indices)].sum(axis=1)
        both = np.stack([hit, table.sum(axis=1) - hit]) / table.sum()
        margin = np.outer(both.sum(axis=1), both.sum(axis=0))
        cells = zip(both.ravel(), margin.ravel(), strict=True)
        return sum(p * log2(p / q) for p, q in cells if p > 0)

    def swing(self, number, target, findings):
        parameter = self.network.parameters[number]
        event = Event.parse(self.network, target)
        ends = [
            Second(self.network.with_parameters({number: value})).p(event, findings)
            for value in (parameter.low, parameter.high)
        ]
        return abs(ends[1] - ends[0])

    def answer(self, question):
        """What a question of an exercise is answered here."""
        if question.asks == "P":
            event = Event.parse(self.network, question.terms[0])
            return self.p(event, question.findings, question.changes, question.kind)
        return getattr(self, question.asks)(*question.terms, dict(question.findings))
