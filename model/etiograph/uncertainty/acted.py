"""Which cause acted: that a cause is there does not say that it had a part in the outcome.

In a noisy-OR a link that fires is enough for the outcome, whatever the others do. So

    P(link fired, findings) = sum over x of p(x) P(x, other findings | do(outcome)),

x being the states of its parents and p(x) its strength there: once the link has fired, the outcome
no longer depends on anything else, as if it had been set from outside. One row in that changed world
answers for all causes, and as a row it takes draws of the parameters like any other.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from etiograph.network.model import Accumulation, Conditional, Model, Tables
from etiograph.query.links import stand_ins
from etiograph.uncertainty.rows import FloatArray, IntArray, finding_row, seen_through, solve

if TYPE_CHECKING:
    from etiograph.network.network import Network
    from etiograph.query.worlds import World

UNNAMED = "no named cause"
"""The leak, and the causes that stand for it."""


@dataclass(frozen=True, slots=True)
class _Group:
    """The links of one cause.

    Attributes
    ----------
    cause : str
    parents : tuple of int
        Everything their strength depends on; the first is read from marginals.
    links : tuple of (entries, axes)
        Of each link the entry of its strength for every combination of its own parents, and which
        of the group's parents these are.
    """

    cause: str
    parents: tuple[int, ...]
    links: tuple[tuple[IntArray, tuple[int, ...]], ...]

    def strengths(self, tables: Tables, cards: Sequence[int]) -> FloatArray:
        """P(some link fires | parents), (B, first parent, all others)."""
        shape = [cards[v] for v in self.parents]
        silent = np.ones((len(tables), *shape))
        for entries, axes in self.links:
            own = np.ones(len(shape), dtype=np.int64)
            own[list(axes)] = entries.shape
            # Parents stand in the group's order in every link: see _groups.
            strength = np.asarray(tables[:, entries])
            silent = silent * (1.0 - strength.reshape(len(tables), *own))
        fired: FloatArray = 1.0 - silent.reshape(len(tables), shape[0] if shape else 1, -1)
        return fired


@dataclass(frozen=True, slots=True)
class Acting:
    """A question that can be asked at many values of the parameters: which cause acted?

    Attributes
    ----------
    network : Network
    findings : mapping of str to finding
        The outcome is among them.
    target : str
        The outcome.
    groups : tuple of _Group
    """

    network: Network
    findings: Mapping[str, object]
    target: str
    groups: tuple[_Group, ...]

    @classmethod
    def of(cls, network: Network, findings: Mapping[str, object]) -> Acting | None:
        """The question; None where the outcome is not known to be there, or is no noisy-OR."""
        from etiograph.network.noisy import NoisyOr

        target = str(network.about.get("target", ""))
        mechanism = network.mechanisms.get(target)
        if not isinstance(mechanism, NoisyOr) or mechanism.preventers:
            return None
        if findings.get(target) != network.variables[target].states[1]:
            return None
        return cls(network, findings, target, _groups(network, target))

    @property
    def causes(self) -> tuple[str, ...]:
        """The causes in the order of the answers."""
        return tuple(group.cause for group in self.groups)

    def point(self, log_evidence: float) -> dict[str, float]:
        """P(each cause acted | findings) at the stated values, given log P(findings)."""
        row = finding_row(self.network, self.findings)
        rows, reads = self._rows(row)
        log_p, marginals = self._solved(rows)
        tables = self.network.model.tables[None]
        p = self._read(reads, log_p[:, None], marginals[:, None], tables, np.array([log_evidence]))
        return dict(zip(self.causes, p[0].tolist(), strict=True))

    def draws(
        self,
        rows: FloatArray,
        parameters: FloatArray | None,
        log_evidence: FloatArray,
        also: Collection[str] = (),
    ) -> FloatArray:
        """The same for rows of findings, of parameters, or both, (B, causes).

        Parameters
        ----------
        rows : ndarray (B, S) or (1, S)
            The outcome is found in all of them.
        parameters : ndarray (B, P), optional
            Default: the stated values.
        log_evidence : ndarray (B,)
            Log P(findings) of each; where they are impossible the answers are 0.
        also : collection of str
            Other variables to keep beside the causes: cases that keep the same ones share what the
            engine works out once.
        """
        variants, reads = self._rows(rows)
        wanted = {*self._wanted, *also}
        # At the stated values all in one batch; draws of the numbers stand for one variant each.
        each = [variants] if parameters is None else np.split(variants, len(variants) // len(rows))
        found = [solve(self.network, part, parameters, self._world, wanted) for part in each]
        count = len(log_evidence)
        log_p = np.concatenate([answers.log_evidence for answers in found]).reshape(-1, count)
        marginals = np.concatenate([answers.marginals for answers in found])
        marginals = marginals.reshape(-1, count, marginals.shape[1])
        tables: Tables = self.network.model.tables[None]
        if parameters is not None:
            tables = self.network.expansion.tables(parameters)
        return self._read(reads, log_p, marginals, tables, log_evidence)

    def alone(
        self, row: FloatArray, log_evidence: float, also: Collection[str] = ()
    ) -> float | None:
        """P(only what has no name acted | findings); None where there is nothing of the kind.

        That every named link stayed silent is a likelihood of the causes in the changed world, for
        each combination of what their strengths also depend on.

        Parameters
        ----------
        row : ndarray (1, S)
            The findings.
        log_evidence : float
            Log P(findings).
        also : collection of str
            As in :meth:`draws`.
        """
        model = self.network.model
        if not self.groups or self.groups[-1].cause != UNNAMED or not np.isfinite(log_evidence):
            return None
        tables = model.tables[None]
        own_name = stand_ins(self.network)  # counted with what has no name
        groups = [group for group in self.groups if group.cause not in own_name]
        others = tuple(dict.fromkeys(v for group in groups for v in group.parents[1:]))
        rows = []
        for states in product(*(range(model.cards[v]) for v in others)):
            fixed = dict(zip(others, states, strict=True))
            one = _holding(model, row, fixed)
            for group in groups:
                shape = tuple(model.cards[v] for v in group.parents)
                fired = group.strengths(tables, model.cards).reshape(shape)
                for v in reversed(group.parents[1:]):
                    fired = fired[..., fixed[v]]
                factor = fired if group.cause == UNNAMED else 1.0 - fired
                first = model.offsets[group.parents[0]] if shape else 0
                end = first + (shape[0] if shape else model.cards[0])
                one[:, first:end] *= factor
            if np.logical_or.reduceat(one[0] > 0.0, model.offsets).all():
                rows.append(one)
        if not rows:
            return 0.0
        wanted = {*self._wanted, *also}
        found = solve(self.network, np.concatenate(rows), None, self._world, wanted)
        return float(np.exp(np.minimum(found.log_evidence - log_evidence, 0.0)).sum())

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
            shape = tuple(model.cards[v] for v in group.parents)
            strength = group.strengths(model.tables[None], model.cards).reshape(shape)
            for states in product(*(range(card) for card in shape)):
                at = [model.offsets[v] + k for v, k in zip(group.parents, states, strict=True)]
                if strength[states] > 0.0 and possible[at].all():
                    held = dict(zip(group.parents, states, strict=True))
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
        return tuple({names[g.parents[0]]: None for g in self.groups if g.parents})

    def _solved(self, rows: FloatArray) -> tuple[FloatArray, FloatArray]:
        """A few rows at the stated values: without a compiled kernel where that is possible."""
        from etiograph.engine.plain import propagate_plain

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
        found = propagate_plain(set_, rows)
        if found is None:
            answers = solve(self.network, rows, None, self._world, self._wanted)
            found = answers.log_evidence, answers.marginals
        return found

    def _rows(self, base: FloatArray) -> tuple[FloatArray, list[list[tuple[int, int]]]]:
        """Rows (variants * B, S), variant by variant, and which of them each group reads.

        For a group, pairs of a variant and the combination of its other parents it stands for.
        """
        model = self.network.model
        possible = np.asarray((base > 0.0).any(axis=0))
        counts = np.add.reduceat(possible, model.offsets)
        open_ = set(np.flatnonzero(counts > 1).tolist())
        keys: dict[tuple[tuple[int, int], ...], int] = {(): 0}
        reads = []
        for group in self.groups:
            own = []
            others = group.parents[1:]
            for k, states in enumerate(product(*(range(model.cards[v]) for v in others))):
                pairs = [(v, s) for v, s in zip(others, states, strict=True)]
                if all(possible[model.offsets[v] + s] for v, s in pairs):
                    # A parent that is known needs no row of its own.
                    key = tuple((v, s) for v, s in pairs if v in open_)
                    own.append((keys.setdefault(key, len(keys)), k))
            reads.append(own)
        variants = []
        for key in keys:
            variants.append(_holding(model, base, dict(key)))
        return np.concatenate(variants), reads

    def _read(
        self,
        reads: Sequence[Sequence[tuple[int, int]]],
        log_p: FloatArray,
        marginals: FloatArray,
        tables: Tables,
        log_evidence: FloatArray,
    ) -> FloatArray:
        """P(each group acted), (B, groups), from the answers (variants, B) and (variants, B, S)."""
        model = self.network.model
        possible = np.isfinite(log_evidence)
        scale = np.zeros(log_p.shape)
        scale[:, possible] = np.exp(log_p[:, possible] - log_evidence[possible])
        out = np.zeros((len(log_evidence), len(self.groups)))
        for g, (group, own) in enumerate(zip(self.groups, reads, strict=True)):
            fired = group.strengths(tables, model.cards)
            for variant, k in own:
                if not group.parents:
                    out[:, g] += scale[variant] * fired[:, 0, k]
                    continue
                first = group.parents[0]
                slots = slice(model.offsets[first], model.offsets[first] + model.cards[first])
                p = np.nan_to_num(marginals[variant][:, slots])
                out[:, g] += scale[variant] * (p * fired[:, :, k]).sum(axis=1)
        return np.clip(out, 0.0, 1.0)


def _holding(model: Model, rows: FloatArray, states: Mapping[int, int]) -> FloatArray:
    """A copy of rows in which some variables, besides what is known of them, are in given states."""
    held = rows.copy()
    for v, s in states.items():
        only = np.zeros(model.cards[v])
        only[s] = 1.0
        held[:, model.offsets[v] : model.offsets[v] + model.cards[v]] *= only
    return held


def _groups(network: Network, target: str) -> tuple[_Group, ...]:
    """The links by cause; last those of what has no name, together."""
    from etiograph.network.noisy import NoisyOr

    mechanism = network.mechanisms[target]
    assert isinstance(mechanism, NoisyOr)
    family = network.model.families[network.model.index[target]]
    assert isinstance(family, Accumulation)
    leaks = len(family.links) - len(mechanism.links)
    by_cause: dict[str, list[int]] = {}
    for n, named in enumerate(mechanism.links, leaks):
        by_cause.setdefault(named.parents[0], []).append(n)
    own_name = stand_ins(network)
    unnamed = [n for cause in own_name for n in by_cause.get(cause, ())] + list(range(leaks))
    if unnamed:
        by_cause[UNNAMED] = unnamed
    cards = network.model.cards
    found = []
    for cause, links in by_cause.items():
        parents = tuple(dict.fromkeys(v for n in links for v in family.links[n].parents))
        own = []
        for n in links:
            link = family.links[n]
            shape = tuple(cards[v] for v in link.parents)
            # Step matrices [[1 - p, p], [0, 1]]: p is the second of each four.
            entries = link.start + 4 * np.arange(int(np.prod(shape))).reshape(shape) + 1
            axes = [parents.index(v) for v in link.parents]
            order = np.argsort(axes)
            own.append((entries.transpose(order), tuple(axes[i] for i in order)))
        found.append(_Group(cause, parents, tuple(own)))
    return tuple(found)


def acted(network: Network, findings: Mapping[str, object]) -> dict[str, float] | None:
    """P(each cause acted | findings), the outcome being found; None where that is no question.

    The same as ``fired`` of :func:`~etiograph.query.attribution.attribution`, by one sweep.

    Raises
    ------
    ImpossibleFindings, UnknownName, InvalidFinding
    """
    from etiograph.query.posterior import posterior

    asked = Acting.of(network, findings)
    if asked is None:
        return None
    return asked.point(posterior(network, findings).log_evidence)
