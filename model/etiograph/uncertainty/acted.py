"""Which cause acted: that a cause is there does not say that it had a part in the outcome.

In a noisy-OR a link that fires is enough for the outcome, whatever the others do. So

    P(link fired, findings) = sum over x of p(x) P(x, other findings | do(outcome)),

x being the states of its parents and p(x) its strength there: once the link has fired, the outcome
no longer depends on anything else, as if it had been set from outside. One row in that changed world
answers for all causes, and as a row it takes draws of the parameters like any other. One more, with
P(link silent | x) as a likelihood of every cause, tells how often none of them acted.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from etiograph.network.event import Event
from etiograph.network.model import Accumulation, Conditional, Model, TableRows, Tables
from etiograph.query.causes import causes
from etiograph.query.links import stand_ins
from etiograph.store import STORE
from etiograph.uncertainty.rows import (
    FloatArray,
    IntArray,
    finding_row,
    read_for,
    seen_through,
    solve,
    tables_of,
)

if TYPE_CHECKING:
    from etiograph.network.network import Network
    from etiograph.query.worlds import Kind, World


@dataclass(frozen=True, slots=True)
class _Group:
    """The links of one cause.

    Attributes
    ----------
    cause : str
    parents : tuple of int
        The cause, then what else the strength of its links depends on.
    averaged : tuple of int
        More of these: variables that touch nothing but the outcome, so that once it is set from
        outside they are independent of everything.
    links : tuple of (entries, axes)
        Of each link the entry of its strength for every combination of its own parents, and which
        of all the group's parents these are.
    """

    cause: str
    parents: tuple[int, ...]
    averaged: tuple[int, ...]
    links: tuple[tuple[IntArray, tuple[int, ...]], ...]

    @property
    def every(self) -> tuple[int, ...]:
        """All it depends on."""
        return (*self.parents, *self.averaged)

    def place(self, model: Model, states: Sequence[int]) -> int:
        """Where states of the others than the cause stand among all their combinations."""
        shape = [model.cards[v] for v in self.parents[1:]]
        return int(np.ravel_multi_index(tuple(states), shape)) if shape else 0

    def fires(self, tables: Tables, cards: Sequence[int]) -> FloatArray:
        """P(some link fires | all parents), (B, one axis a parent)."""
        shape = [cards[v] for v in self.every]
        silent = np.ones((len(tables), *shape))
        for entries, axes in self.links:
            own = np.ones(len(shape), dtype=np.int64)
            own[list(axes)] = entries.shape
            # Parents stand in the group's order in every link: see _groups.
            strength = np.asarray(tables[:, entries])
            silent = silent * (1.0 - strength.reshape(len(tables), *own))
        fired: FloatArray = 1.0 - silent
        return fired

    def strengths(self, model: Model, tables: Tables, rows: FloatArray) -> FloatArray:
        """P(some link fires | parents, rows of findings), (B, the cause, all others)."""
        fired = self.fires(tables, model.cards)
        for v in reversed(self.averaged):
            family, begin, card = model.families[v], model.offsets[v], model.cards[v]
            assert isinstance(family, Conditional)
            start = family.start
            p = np.asarray(tables[:, start : start + card]) * rows[:, begin : begin + card]
            p = p / np.maximum(p.sum(axis=1, keepdims=True), np.finfo(np.float64).tiny)
            fired = (fired * p.reshape(len(p), *[1] * (fired.ndim - 2), card)).sum(axis=-1)
        return fired.reshape(len(fired), model.cards[self.parents[0]], -1)


@dataclass(frozen=True, slots=True)
class Acting:
    """A question that can be asked at many values of the parameters: which cause acted?

    Only of causes with a name: the leak and what stands for it are what is left without them.

    Attributes
    ----------
    network : Network
    findings : mapping of str to finding
        The outcome is among them.
    target : str
        The outcome.
    groups : tuple of _Group
    nameless : bool
        Whether the outcome can come about without any of them.
    """

    network: Network
    findings: Mapping[str, object]
    target: str
    groups: tuple[_Group, ...]
    nameless: bool

    @classmethod
    def of(
        cls, network: Network, findings: Mapping[str, object], kind: Kind = "see"
    ) -> Acting | None:
        """The question, where it is one: causes are then ranked by what acted, else by presence.

        None where the outcome is not known to be there, or is no noisy-OR; and under a change, where
        two worlds are spoken of.
        """
        from etiograph.network.noisy import NoisyOr

        if kind != "see":
            return None
        target = str(network.about.get("target", ""))
        mechanism = network.mechanisms.get(target)
        if not isinstance(mechanism, NoisyOr) or mechanism.preventers:
            return None
        if findings.get(target) != network.variables[target].states[1]:
            return None
        groups, nameless = STORE.get(
            ("links", network.model, target), lambda: _groups(network, target)
        )
        return cls(network, findings, target, groups, nameless)

    @property
    def causes(self) -> tuple[str, ...]:
        """The causes in the order of the answers."""
        return tuple(group.cause for group in self.groups)

    @property
    def events(self) -> tuple[Event, ...]:
        """What counts as having each of the causes: as the network lists it, else out of the usual."""
        return acting_events(self.network, self.causes)

    def point(self, log_evidence: float) -> tuple[dict[str, float], float]:
        """P(each cause acted), and P(none of them did), at the stated values, given log P(findings)."""
        row, tables = finding_row(self.network, self.findings), self.network.model.tables[None]
        asked = _Asked.of(self, row, tables)
        log_p, marginals = self._solved(np.concatenate(asked.rows))
        p, alone = asked.read(log_p[:, None], marginals[:, None], np.array([log_evidence]))
        return dict(zip(self.causes, p[0].tolist(), strict=True)), float(alone[0])

    def draws(
        self,
        rows: FloatArray,
        parameters: FloatArray | TableRows | None,
        log_evidence: FloatArray,
        also: Collection[str] = (),
    ) -> tuple[FloatArray, FloatArray]:
        """The same for rows of findings, of parameters, or both.

        Parameters
        ----------
        rows : ndarray (B, S) or (1, S)
            The outcome is found in all of them.
        parameters : ndarray (B, P) or TableRows, optional
            Or the tables made of them. Default: the stated values.
        log_evidence : ndarray (B,)
            Log P(findings) of each; where they are impossible the answers are 0.
        also : collection of str
            Other variables to keep beside the causes: cases that keep the same ones share what the
            engine works out once.

        Returns
        -------
        acted : ndarray (B, causes)
            P(the cause acted | findings).
        alone : ndarray (B,)
            P(no named cause acted | findings).
        """
        network, wanted = self.network, {*self._wanted, *also}
        numbers = parameters
        if isinstance(parameters, np.ndarray):
            inside = read_for(network, rows, (self.target, *wanted))
            numbers = tables_of(network, parameters, inside)
        asked = _Asked.of(self, rows, network.model.tables[None] if numbers is None else numbers)
        # At the stated values all in one batch; draws of the numbers stand for one variant each.
        # Of the last ones, in which every link is silent, only the evidence is read.
        each = [(np.concatenate(asked.rows), True)]
        if numbers is not None:
            each = [(variant, k < asked.silent) for k, variant in enumerate(asked.rows)]
        found = [solve(network, part, numbers, self._world, wanted, read) for part, read in each]
        count = len(log_evidence)
        log_p = np.concatenate([answers.log_evidence for answers in found]).reshape(-1, count)
        marginals = np.concatenate([answers.marginals for answers in found])
        return asked.read(log_p, marginals.reshape(-1, count, marginals.shape[1]), log_evidence)

    def joint(
        self,
        row: FloatArray,
        slots: IntArray,
        log_evidence: float,
        wanted: Collection[str] | None = None,
    ) -> FloatArray:
        """P(each cause acted, a state | findings) of many states at once, (states, causes).

        Parameters
        ----------
        row : ndarray (1, S)
            The findings.
        slots : ndarray of int
            The states; those of variables among ``wanted``, by default of any.
        log_evidence : float
            Log P(findings), not -inf.
        """
        model = self.network.model
        possible = row[0] > 0.0
        rows, owners, weights = [], [], []
        for g, group in enumerate(self.groups):
            strength = group.fires(model.tables[None], model.cards)[0]
            for states in product(*(range(card) for card in strength.shape)):
                at = [model.offsets[v] + k for v, k in zip(group.every, states, strict=True)]
                if strength[states] > 0.0 and possible[at].all():
                    held = dict(zip(group.every, states, strict=True))
                    rows.append(_holding(model, row, held))
                    owners.append(g)
                    weights.append(float(strength[states]))
        out = np.zeros((len(slots), len(self.groups)))
        if rows:
            found = solve(self.network, np.concatenate(rows), None, self._world, wanted)
            scale = np.array(weights) * np.exp(found.log_evidence - log_evidence)
            np.add.at(out.T, owners, scale[:, None] * np.nan_to_num(found.marginals[:, slots]))
        return out

    @property
    def _world(self) -> World:
        state = self.network.variables[self.target].states[1]
        return seen_through(self.network, self.findings, "do", {self.target: state})

    @property
    def _wanted(self) -> tuple[str, ...]:
        names = self.network.model.names
        return tuple(names[g.parents[0]] for g in self.groups)

    def _solved(self, rows: FloatArray) -> tuple[FloatArray, FloatArray]:
        """A few rows at the stated values: without a compiled kernel where that is possible."""
        from etiograph.engine.dense import propagate_dense

        model = self.network.model
        i = model.index[self.target]
        families = list(model.families)
        families[i] = Conditional(i, (), model.n_entries)
        # Set from outside: a table of its own without parents, behind all others.
        set_ = replace(
            model,
            families=tuple(families),
            tables=np.append(model.tables, [0.0, 1.0]),
            support=np.append(model.support, [False, True]),
        )
        found = propagate_dense(set_, rows)
        if found is None:
            answers = solve(self.network, rows, None, self._world, self._wanted)
            found = answers.log_evidence, answers.marginals
        return found


@dataclass(frozen=True, slots=True)
class _Asked:
    """The rows that answer which cause acted, in the world where the outcome is set, and how.

    Attributes
    ----------
    model : Model
    rows : tuple of ndarray (B, S) or (1, S)
        The findings as they are, then with what strengths depend on held; last, for each combination
        of that, with every named link silent.
    strengths : tuple of ndarray (B, cause, others)
        Of each group.
    parents : tuple of int
        The cause of each group.
    reads : tuple of tuple of (variant, other)
        Of each group the rows it reads, and for which states of the others.
    silent : int
        The first of the rows with every link silent.
    """

    model: Model
    rows: tuple[FloatArray, ...]
    strengths: tuple[FloatArray, ...]
    parents: tuple[int, ...]
    reads: tuple[tuple[tuple[int, int], ...], ...]
    silent: int

    @classmethod
    def of(cls, asking: Acting, base: FloatArray, tables: Tables) -> _Asked:
        """The rows for findings (B, S) or (1, S) at the numbers of tables (B, T) or (1, T)."""
        model, groups = asking.network.model, asking.groups
        possible = np.asarray((base > 0.0).any(axis=0))
        counts = np.add.reduceat(possible, model.offsets)
        open_ = set(np.flatnonzero(counts > 1).tolist())
        strengths = tuple(group.strengths(model, tables, base) for group in groups)

        def combinations(variables: Sequence[int]) -> list[tuple[int, ...]]:
            every = product(*(range(model.cards[v]) for v in variables))
            return [
                states
                for states in every
                if all(
                    possible[model.offsets[v] + s] for v, s in zip(variables, states, strict=True)
                )
            ]

        keys: dict[tuple[tuple[int, int], ...], int] = {(): 0}
        reads = []
        for group in groups:
            others = group.parents[1:]
            own: list[tuple[int, int]] = []
            for states in combinations(others):
                # A parent that is known needs no row of its own.
                pairs = zip(others, states, strict=True)
                key = tuple((v, s) for v, s in pairs if v in open_)
                own.append((keys.setdefault(key, len(keys)), group.place(model, states)))
            reads.append(tuple(own))
        rows = [_holding(model, base, dict(key)) for key in keys]
        others = tuple(dict.fromkeys(v for group in groups for v in group.parents[1:]))
        for states in combinations(others):
            fixed = dict(zip(others, states, strict=True))
            held = _holding(model, base, fixed)
            count = max(len(held), *(len(fired) for fired in strengths)) if strengths else len(held)
            row = held.repeat(count, axis=0) if len(held) < count else held
            for group, fired in zip(groups, strengths, strict=True):
                first = group.parents[0]
                k = group.place(model, [fixed[v] for v in group.parents[1:]])
                begin = model.offsets[first]
                row[:, begin : begin + model.cards[first]] *= 1.0 - fired[:, :, k]
            rows.append(row)
        parents = tuple(group.parents[0] for group in groups)
        return cls(model, tuple(rows), strengths, parents, tuple(reads), len(keys))

    def read(
        self, log_p: FloatArray, marginals: FloatArray, log_evidence: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """P(each group acted), (B, groups), and P(none did), (B,).

        From the answers ``(rows, B)`` and ``(rows, B, S)``. With the outcome there, something fired:
        P(none of the named, findings) = P(findings) - P(a named one fired, findings).
        """
        model, possible = self.model, np.isfinite(log_evidence)
        scale = np.zeros(log_p.shape)
        scale[:, possible] = np.exp(log_p[:, possible] - log_evidence[possible])
        out = np.zeros((len(log_evidence), len(self.parents)))
        for g, (first, fired) in enumerate(zip(self.parents, self.strengths, strict=True)):
            slots = slice(model.offsets[first], model.offsets[first] + model.cards[first])
            for variant, k in self.reads[g]:
                p = np.nan_to_num(marginals[variant][:, slots])
                out[:, g] += scale[variant] * (p * fired[:, :, k]).sum(axis=1)
        alone = 1.0 - (scale[0] - scale[self.silent :].sum(axis=0))
        return np.clip(out, 0.0, 1.0), np.where(possible, np.clip(alone, 0.0, 1.0), 0.0)


def _holding(model: Model, rows: FloatArray, states: Mapping[int, int]) -> FloatArray:
    """A copy of rows in which some variables, besides what is known of them, are in given states."""
    held = rows.copy()
    for v, s in states.items():
        only = np.zeros(model.cards[v])
        only[s] = 1.0
        held[:, model.offsets[v] : model.offsets[v] + model.cards[v]] *= only
    return held


def _groups(network: Network, target: str) -> tuple[tuple[_Group, ...], bool]:
    """The links of the named causes, and whether there is a leak or something that stands for it."""
    from etiograph.network.noisy import NoisyOr

    mechanism = network.mechanisms[target]
    assert isinstance(mechanism, NoisyOr)
    model = network.model
    family = model.families[model.index[target]]
    assert isinstance(family, Accumulation)
    leaks = len(family.links) - len(mechanism.links)
    by_cause: dict[str, list[int]] = {}
    for n, named in enumerate(mechanism.links, leaks):
        by_cause.setdefault(named.parents[0], []).append(n)
    without_name = stand_ins(network)
    found = []
    for cause, links in by_cause.items():
        if cause in without_name:
            continue
        first = model.index[cause]
        others = dict.fromkeys(v for n in links for v in family.links[n].parents if v != first)
        averaged = [v for v in others if _touches_only(network, model.names[v], target)]
        parents = (first, *(v for v in others if v not in averaged))
        every = (*parents, *averaged)
        own = []
        for n in links:
            link = family.links[n]
            shape = tuple(model.cards[v] for v in link.parents)
            # Step matrices [[1 - p, p], [0, 1]]: p is the second of each four.
            entries = link.start + 4 * np.arange(int(np.prod(shape))).reshape(shape) + 1
            axes = [every.index(v) for v in link.parents]
            order = np.argsort(axes)
            own.append((entries.transpose(order), tuple(axes[i] for i in order)))
        found.append(_Group(cause, parents, tuple(averaged), tuple(own)))
    return tuple(found), bool(leaks or without_name.intersection(by_cause))


def acting_events(network: Network, names: Sequence[str]) -> tuple[Event, ...]:
    """What counts as having each of some causes: the one event the network lists, else any unusual state."""
    listed: dict[str, list[Event]] = {}
    for event in causes(network):
        listed.setdefault(event.variable, []).append(event)
    return tuple(
        listed[name][0] if len(listed.get(name, ())) == 1 else Event.of(network.variables[name])
        for name in names
    )


def _touches_only(network: Network, name: str, target: str) -> bool:
    """Whether a variable has no causes, and no effect but the target."""
    family = network.model.families[network.model.index[name]]
    alone = isinstance(family, Conditional) and not family.parents
    return alone and tuple(network.children(name)) == (target,)


def acted(network: Network, findings: Mapping[str, object]) -> dict[str, float] | None:
    """P(each named cause acted | findings), the outcome being found; None where that is no question.

    The same as ``fired`` of :func:`~etiograph.query.attribution.attribution`, by one sweep.

    Raises
    ------
    ImpossibleFindings, UnknownName, InvalidFinding
    """
    from etiograph.query.posterior import posterior

    asked = Acting.of(network, findings)
    if asked is None:
        return None
    return asked.point(posterior(network, findings).log_evidence)[0]
