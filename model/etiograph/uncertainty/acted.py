"""Which cause acted: that a cause is there does not say that it had a part in the outcome.

In a noisy-OR the links of one cause can be taken out and put before a hidden variable that says whether
one of them fired; the outcome then comes about where one of these variables says yes. Nothing else
changes, no number either, so that one sweep of that model answers for all causes at once beside
everything else that is asked, and as rows it takes draws of the parameters like any other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from etiograph.engine.propagate import Beliefs
from etiograph.network.event import Event
from etiograph.network.model import Accumulation, Link, Model, TableRows
from etiograph.query.causes import causes
from etiograph.query.links import stand_ins
from etiograph.query.posterior import refuse
from etiograph.query.surgery import ModelDraft
from etiograph.query.worlds import World
from etiograph.store import STORE
from etiograph.uncertainty.rows import (
    FloatArray,
    IntArray,
    finding_row,
    seen_through,
    solve,
)

if TYPE_CHECKING:
    from etiograph.network.network import Network
    from etiograph.query.worlds import Kind


@dataclass(frozen=True, slots=True)
class _Strengths:
    """The links of one cause.

    Attributes
    ----------
    cause : str
    parents : tuple of int
        All that the strength of its links depends on; the cause first.
    links : tuple of (Link, entries, axes)
        Each link, the entry of its strength for every combination of its own parents, and which of
        all the group's parents these are.
    """

    cause: str
    parents: tuple[int, ...]
    links: tuple[tuple[Link, IntArray, tuple[int, ...]], ...]

    def fires(self, tables: FloatArray, cards: Sequence[int]) -> FloatArray:
        """P(some link fires | all parents), one axis a parent, at the numbers of tables (T,)."""
        shape = [cards[v] for v in self.parents]
        silent = np.ones(shape)
        for _, entries, axes in self.links:
            own = np.ones(len(shape), dtype=np.int64)
            own[list(axes)] = entries.shape
            # Parents stand in the group's order in every link: see _groups.
            silent = silent * (1.0 - tables[entries].reshape(own))
        fired: FloatArray = 1.0 - silent
        return fired


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
    groups : tuple of _Strengths
    nameless : bool
        Whether the outcome can come about without any of them.
    """

    network: Network
    findings: Mapping[str, object]
    target: str
    groups: tuple[_Strengths, ...]
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

    def point(self) -> tuple[dict[str, float], float]:
        """P(each cause acted), and P(none of them did), at the stated values.

        Without a compiled kernel where that is possible.

        Raises
        ------
        ImpossibleFindings
        """
        from etiograph.engine.dense import propagate_dense

        row, firing = finding_row(self.network, self.findings), self._firing
        model = firing.model
        found = propagate_dense(model, np.append(row, np.ones((1, model.n_states - row.size)), 1))
        if found is None:
            acted, alone = self.draws(row, None)
        else:
            acted, alone = firing.read(found[1])
        if not acted.any() and not alone.any():
            refuse(self.network, self.findings)
        return dict(zip(self.causes, acted[0].tolist(), strict=True)), float(alone[0])

    def draws(
        self,
        rows: FloatArray,
        parameters: FloatArray | TableRows | None,
        also: Collection[str] = (),
    ) -> tuple[FloatArray, FloatArray]:
        """The same for rows of findings, of parameters, or both; 0 where these are impossible.

        Parameters
        ----------
        rows : ndarray (B, S) or (1, S)
            The outcome is found in all of them.
        parameters : ndarray (B, P) or TableRows, optional
            Or the tables made of them. Default: the stated values.
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
        return self.solve(rows, parameters, {*self.causes, *also})[1:]

    def solve(
        self,
        rows: FloatArray,
        parameters: FloatArray | TableRows | None,
        wanted: Iterable[str] | None,
    ) -> tuple[Beliefs, FloatArray, FloatArray]:
        """The same, and before it the answers to the rows themselves, of these variables or all."""
        firing, n_states = self._firing, self.network.model.n_states
        names = None if wanted is None else [*wanted, *firing.names]
        found = solve(self.network, rows, parameters, firing.world, names)
        answers = Beliefs(found.log_evidence, found.marginals[:, :n_states])
        return answers, *firing.read(found.marginals)

    def joint(
        self,
        row: FloatArray,
        slots: IntArray,
        log_evidence: float,
        wanted: Collection[str] | None = None,
    ) -> FloatArray:
        """P(each cause acted, a state | findings) of many states at once, (states, causes).

        Once a link has fired the outcome depends on nothing else, as if it had been set from outside:

            P(link fired, findings) = sum over x of p(x) P(x, other findings | do(outcome)),

        x being the states of its parents and p(x) its strength there.

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
            strength = group.fires(model.tables, model.cards)
            for states in product(*(range(card) for card in strength.shape)):
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
    def _firing(self) -> _Firing:
        key = ("firing model", self.network.model, self.target)
        return STORE.get(key, lambda: _Firing.of(self.network.model, self.target, self.groups))


@dataclass(frozen=True, eq=False, slots=True)
class _Firing:
    """A model with hidden variables that say which causes acted; its numbers are those of the network.

    Attributes
    ----------
    world : World
        The network so written.
    slots : ndarray of int (causes,)
        Where it is read that a link of each cause fired.
    none : int
        Where it is read that none of them did.
    names : tuple of str
        The variables that say so.
    """

    world: World
    slots: IntArray
    none: int
    names: tuple[str, ...]

    @classmethod
    def of(cls, model: Model, target: str, groups: Sequence[_Strengths]) -> _Firing:
        """Take the links of the groups out of the family of the outcome, and put them before it."""
        y = model.index[target]
        family = model.families[y]
        assert isinstance(family, Accumulation)
        draft = ModelDraft(model)
        # Where the one before has fired, so has this.
        step = draft.add_constant(np.array([[[1.0, 0.0], [0.0, 1.0]], [[0.0, 1.0], [0.0, 1.0]]]))
        fired, taken = [], set[int]()
        for group in groups:
            own = tuple(link for link, _, _ in group.links)
            taken.update(link.start for link in own)
            fired.append(draft.add_variable(_unused(draft, f"{group.cause}~acted"), 2))
            draft.families.append(Accumulation(fired[-1], own, family.join))
        some = draft.add_variable(_unused(draft, f"{target}~named"), 2)
        draft.families.append(
            Accumulation(some, tuple(Link((v,), step) for v in fired), family.join)
        )
        rest = tuple(link for link in family.links if link.start not in taken)
        draft.families[y] = Accumulation(y, (*rest, Link((some,), step)), family.join)
        written = draft.finish()
        offsets = written.model.offsets
        return cls(
            World(model, "see", {}, surgery=written),
            np.array([offsets[v] + 1 for v in fired], dtype=np.int64),
            offsets[some],
            tuple(written.model.names[v] for v in (*fired, some)),
        )

    @property
    def model(self) -> Model:
        """What the engine is asked."""
        return self.world.rewritten

    def read(self, marginals: FloatArray) -> tuple[FloatArray, FloatArray]:
        """P(each cause acted), (B, causes), and P(none did), (B,), from marginals (B, S of the model)."""
        return marginals[:, self.slots], marginals[:, self.none]


def _unused(draft: ModelDraft, name: str) -> str:
    """The name, or one like it that no variable has."""
    while name in draft.names:
        name += "~"
    return name


def _holding(model: Model, rows: FloatArray, states: Mapping[int, int]) -> FloatArray:
    """A copy of rows in which some variables, besides what is known of them, are in given states."""
    held = rows.copy()
    for v, s in states.items():
        only = np.zeros(model.cards[v])
        only[s] = 1.0
        held[:, model.slots_of(v)] *= only
    return held


def _groups(network: Network, target: str) -> tuple[tuple[_Strengths, ...], bool]:
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
        parents = (first, *others)
        own = []
        for n in links:
            link = family.links[n]
            shape = tuple(model.cards[v] for v in link.parents)
            # Step matrices [[1 - p, p], [0, 1]]: p is the second of each four.
            entries = link.start + 4 * np.arange(int(np.prod(shape))).reshape(shape) + 1
            axes = [parents.index(v) for v in link.parents]
            order = np.argsort(axes)
            own.append((link, entries.transpose(order), tuple(axes[i] for i in order)))
        found.append(_Strengths(cause, parents, tuple(own)))
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


def acted(network: Network, findings: Mapping[str, object]) -> dict[str, float] | None:
    """P(each named cause acted | findings), the outcome being found; None where that is no question.

    The same as ``fired`` of :func:`~etiograph.query.attribution.attribution`, by one sweep.

    Raises
    ------
    ImpossibleFindings, UnknownName, InvalidFinding
    """
    asked = Acting.of(network, findings)
    return None if asked is None else asked.point()[0]
