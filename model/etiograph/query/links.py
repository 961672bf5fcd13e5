"""The links of a noisy-OR or noisy-MAX by cause, and how probable it is that they fire.

A link that is silent is a row of tables in which it can do nothing: P(link silent, findings) is what
the engine answers for that row.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from etiograph.engine.propagate import propagate
from etiograph.network.event import Event
from etiograph.network.model import Accumulation, FloatArray, Link, Model

if TYPE_CHECKING:
    from etiograph.network.network import Network

IDIOPATHIC = "idiopathic"
LEAK = "leak"


@dataclass(frozen=True, slots=True)
class CauseLinks:
    """The links of one cause; ``variable`` is None for the leak."""

    name: str
    variable: int | None
    links: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Links:
    """The accumulation behind an event, its links by cause.

    Attributes
    ----------
    model : Model
    family : Accumulation
        Its links first those of the leak, if there is one.
    groups : tuple of CauseLinks
        One a cause; a link of several causes belongs to the first of them.
    idiopathic : CauseLinks or None
        The leak and the causes that stand for what has no name, as one.
    level : int or None
        The lowest state of the accumulation with which there is the event; None if a higher
        contribution could undo the event in favour of a state that is none, or if there is the
        event when nothing fires.
    """

    model: Model
    family: Accumulation
    groups: tuple[CauseLinks, ...]
    idiopathic: CauseLinks | None
    level: int | None

    @classmethod
    def of(cls, network: Network, event: Event) -> Links | None:
        """The links behind an event; None if it does not come about by links."""
        from etiograph.network.noisy import MaxLink, NoisyLink, NoisyMax, NoisyOr, Opposing

        mechanism = network.mechanisms[event.variable]
        name, states = event.variable, sorted(event.indices)
        if isinstance(mechanism, Opposing) and len(event.states) == 1:
            sides = {mechanism.low: "lowering", mechanism.high: "raising"}
            side = sides.get(event.states[0])
            if side is None:
                return None
            name, states = f"{name}~{side}", [1]
            mechanism = mechanism.lowering if side == "lowering" else mechanism.raising
        if not isinstance(mechanism, NoisyOr | NoisyMax):
            return None
        model = network.model
        family = model.families[model.index.get(f"{name}~causes", model.index[name])]
        if not isinstance(family, Accumulation):
            return None
        stated: Sequence[NoisyLink | MaxLink] = mechanism.links
        leaks = len(family.links) - len(stated)
        by_cause: dict[str, list[int]] = {LEAK: list(range(leaks))} if leaks else {}
        for n, link in enumerate(stated, leaks):
            by_cause.setdefault(link.parents[0], []).append(n)
        groups = tuple(
            CauseLinks(cause, None if cause == LEAK else model.index[cause], tuple(links))
            for cause, links in by_cause.items()
        )
        together = states[0] > 0 and states == list(range(states[0], states[-1] + 1))
        level = states[0] if together else None
        return cls(model, family, groups, _idiopathic(network, groups), level)

    @property
    def asked(self) -> tuple[CauseLinks, ...]:
        """The causes, and after them what has no name."""
        return (*self.groups, *([self.idiopathic] if self.idiopathic else []))

    @property
    def every(self) -> range:
        """All links by number."""
        return range(len(self.family.links))

    def silenced(self, links: Iterable[int], below: int = 1) -> FloatArray:
        """The model's tables (T,) with only those contributions of some links that stay below.

        The rows of such a link sum to less than 1: what is left out has not happened.
        """
        k = self.model.cards[self.family.child]
        join = np.asarray(self.family.join)
        tables = self.model.tables.copy()
        for n in links:
            where, shape = self._block(self.family.links[n])
            # The first row of a step is the contribution: joined to "nothing" it stands alone.
            contribution = tables[where].reshape(shape)[..., 0, :]
            kept = np.zeros(shape)
            for c in range(below):
                kept[..., np.arange(k), join[:, c]] += contribution[..., c, None]
            tables[where] = kept.reshape(-1)
        return tables

    def firing(self, row: FloatArray) -> tuple[list[float], list[float], float]:
        """Of each group P(a link fired) and P(no link of others fired, but one of it); P(none)."""
        g = len(self.asked)
        silent = [set(group.links) for group in self.asked]
        p = self._p_below(row, [*silent, *self._others(self.asked), self.every], 1)
        return [1.0 - x for x in p[:g]], [max(0.0, x - p[-1]) for x in p[g:-1]], p[-1]

    def alone(self, row: FloatArray, groups: Sequence[CauseLinks], level: int) -> list[float]:
        """P(the level is reached, and by nothing else than the links of this group), of each."""
        *others, none = self._p_below(row, [*self._others(groups), self.every], level)
        return [max(0.0, x - none) for x in others]

    def _others(self, groups: Sequence[CauseLinks]) -> list[set[int]]:
        return [set(self.every) - set(group.links) for group in groups]

    def _p_below(self, row: FloatArray, sets: Sequence[Iterable[int]], level: int) -> list[float]:
        """P(every link of the set contributes less than the level | findings), of each set."""
        tables = [self.model.tables, *(self.silenced(links, level) for links in sets)]
        # Links that are silent do not sum to 1: the accumulation counts even if nothing is seen of it.
        wanted = [self.family.child]
        log_p = propagate(self.model, row, np.stack(tables), wanted=wanted).log_evidence
        p: list[float] = np.exp(np.minimum(log_p[1:] - log_p[0], 0.0)).tolist()
        return p

    def strengths(self, n: int) -> FloatArray:
        """P(a link fires | its parents), (parents...)."""
        where, shape = self._block(self.family.links[n])
        return np.asarray(self.model.tables[where].reshape(shape)[..., 0, 1:].sum(axis=-1))

    def able(self, group: CauseLinks) -> list[int]:
        """States of the group's variable in which one of its links can fire."""
        assert group.variable is not None
        found: set[int] = set()
        for n in group.links:
            parents = self.family.links[n].parents
            if group.variable in parents:
                by_state = np.moveaxis(self.strengths(n), parents.index(group.variable), 0)
                fires = by_state.reshape(len(by_state), -1).any(axis=1)
                found.update(np.flatnonzero(fires).tolist())
        return sorted(found)

    def in_others(self, group: CauseLinks) -> bool:
        """Whether the strength of a link of another cause depends on this one."""
        others: Collection[int] = set(self.every) - set(group.links)
        return any(group.variable in self.family.links[n].parents for n in others)

    def _block(self, link: Link) -> tuple[slice, tuple[int, ...]]:
        k = self.model.cards[self.family.child]
        shape = (*(self.model.cards[p] for p in link.parents), k, k)
        return slice(link.start, link.start + int(np.prod(shape))), shape


def stand_ins(network: Network) -> frozenset[str]:
    """The variables that stand for what has no name: ``about["idiopathic"]``, else those that cannot
    be observed and belong to the background."""
    stated = network.about.get("idiopathic")
    if stated is not None:
        return frozenset(str(name) for name in stated)
    return frozenset(
        v.name for v in network.variables.values() if not v.observable and v.role == "background"
    )


def _idiopathic(network: Network, groups: Sequence[CauseLinks]) -> CauseLinks | None:
    """The leak and the causes that stand for what has no name, as one."""
    nameless = {LEAK, *stand_ins(network)}
    members = [group for group in groups if group.name in nameless]
    if not members:
        return None
    return CauseLinks(IDIOPATHIC, None, tuple(n for group in members for n in group.links))
