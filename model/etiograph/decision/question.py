"""What a test is asked to tell about: which causes are there, or which of them acted."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from etiograph.decision.outcomes import Outcome
from etiograph.engine.propagate import Beliefs
from etiograph.network.event import Asked, Event
from etiograph.query.causes import open_causes
from etiograph.uncertainty.acted import Acting
from etiograph.uncertainty.rows import FloatArray, IntArray, solve

if TYPE_CHECKING:
    from etiograph.network.network import Network
    from etiograph.query.worlds import Kind, World


Targets = str | Event | Sequence[Asked]
"""What information may be wanted about: a variable, an event, or several of them."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """What information is wanted about: distributions, and the events among which one is on top.

    Attributes
    ----------
    parts : tuple of tuple of slots
        Each part is a list of disjoint events; its entropy counts. Causes are two-way parts.
    tops : tuple of slots
        The causes among which one is on top.
    variables : frozenset of str
        Whose marginals are read.
    acting : Acting or None
        Ask which causes acted instead; parts and tops are then empty.
    """

    parts: tuple[tuple[IntArray, ...], ...]
    tops: tuple[IntArray, ...]
    variables: frozenset[str]
    acting: Acting | None = None

    def read(
        self,
        rows: FloatArray,
        answers: Beliefs,
        parameters: FloatArray | None = None,
        also: Collection[str] = (),
    ) -> FloatArray:
        """The answers to some rows (B, S) -> (B, everything needed): part by part, then the tops.

        ``also`` as in :meth:`Acting.draws`.
        """
        if self.acting is None:
            read = [answers.marginals[:, s].sum(axis=1) for s in self.columns]
            return np.stack(read, axis=1) if read else np.empty((len(rows), 0))
        return self.of_acted(self.acting.draws(rows, parameters, also)[0])

    def of_acted(self, p: FloatArray) -> FloatArray:
        """The same from P(each cause acted), (B, causes)."""
        ways = np.stack([p, 1.0 - p], axis=2).reshape(len(p), -1)
        return np.concatenate([ways, p], axis=1)

    @property
    def columns(self) -> list[IntArray]:
        """The events read, in the order of :meth:`read`."""
        return [s for part in self.parts for s in part] + list(self.tops)

    @property
    def sizes(self) -> list[int]:
        """How many events each part has."""
        if self.acting is None:
            return [len(part) for part in self.parts]
        return [2] * len(self.acting.groups)

    def entropy(self, read: FloatArray) -> FloatArray:
        """Bits, (B,)."""
        p = np.clip(read[:, : sum(self.sizes)], 0.0, 1.0)
        bits: FloatArray = -(p * np.log2(np.where(p > 0, p, 1.0))).sum(axis=1)
        return bits

    def top(self, read: FloatArray) -> FloatArray:
        """Probabilities of the causes, (B, C)."""
        return read[:, sum(self.sizes) :]

    def weigh(
        self, read0: FloatArray, p: FloatArray, read: FloatArray, way: Outcome
    ) -> tuple[float, float, float]:
        """Gain, P(another top cause), expected change of the top cause.

        Parameters
        ----------
        read0 : ndarray (R,), read : ndarray (L, R)
            What the question reads now, and at every level of the test.
        p : ndarray (L,)
            Probability of every level.
        """
        p_node, mix = way.nodes(p)
        at_node = mix @ read
        # Against the average over the nodes, so that the error of the quadrature cannot make it
        # negative.
        gain = float(self.entropy(read0[None])[0] - p_node @ self.entropy(at_node))
        tops0, tops = self.top(read0[None])[0], self.top(at_node)
        if not len(tops0):
            return max(0.0, gain), 0.0, 0.0
        best = int(np.argmax(tops0))
        # Rounding alone must not crown another cause.
        other = tops.max(axis=1) > tops[:, best] + 1e-12
        return (
            max(0.0, gain),
            float(p_node @ other),
            float(p_node @ np.abs(tops[:, best] - tops0[best])),
        )


def targets(
    network: Network, target: Targets | None, state: str | Sequence[str] | None = None
) -> tuple[Event, ...]:
    """The events of a target: one, or several in a list."""
    if target is None:
        return ()
    if isinstance(target, str | Event):
        return (Event.parse(network, target, state),)
    return tuple(Event.parse(network, each) for each in target)


def question(
    network: Network,
    findings: Mapping[str, object],
    target: Targets | None,
    state: str | Sequence[str] | None,
) -> tuple[Doubt, str]:
    """The question of a target (see :func:`~etiograph.decision.next_test.next_tests`), and its name."""
    ranked = open_causes(network, findings)
    tops = tuple(e.slots(network) for e in ranked)
    ranked_names = {e.variable for e in ranked}
    if isinstance(target, str) and state is None and target in network.variables:
        start = network.model.offsets[network.model.index[target]]
        states = range(start, start + network.variables[target].card)
        parts_of = (tuple(np.array([i]) for i in states),)
        return Doubt(parts_of, tops, frozenset({target, *ranked_names})), target
    events = targets(network, target, state)
    if target is None:
        events, label = ranked, "all causes"
    else:
        label = ", ".join(e.name(network) for e in events)
    parts = []
    for e in events:
        start = network.model.offsets[network.model.index[e.variable]]
        every = np.arange(start, start + network.variables[e.variable].card)
        slots = e.slots(network)
        parts.append((slots, np.setdiff1d(every, slots)))
    read = frozenset({e.variable for e in events} | ranked_names)
    return Doubt(tuple(parts), tops, read), label


def acted_question(
    network: Network, findings: Mapping[str, object], kind: Kind
) -> tuple[Doubt, str] | None:
    """Which named causes acted; None where that is no question (see :meth:`Acting.of`)."""
    acting = Acting.of(network, findings, kind)
    if acting is None:
        return None
    return Doubt((), (), frozenset(), acting), f"what is behind {acting.target}"


def at_levels(
    network: Network,
    base_row: FloatArray,
    base: Beliefs,
    through: World,
    asked_of: Doubt,
    ways: Sequence[Outcome],
    wanted: Collection[str] | None,
) -> FloatArray:
    """What the question reads at every level of every test, (levels, R).

    One row a level; or, where that is fewer, one row an event asked about, turned by Bayes' rule:
    P(event | level) = P(level | event) P(event) / P(level). Across two worlds only the first.
    """
    levels = np.concatenate([way.slots for way in ways])
    # The events of a part are all there is: the last of them is the rest.
    asked = [s for part in asked_of.parts for s in part[:-1]] + list(asked_of.tops)
    columns = {tuple(slots.tolist()): slots for slots in asked}
    if asked_of.acting is not None:
        joint = asked_of.acting.joint(base_row, levels, float(base.log_evidence[0]), wanted)
        p_level = base.marginals[0, levels, None]
        acted = np.divide(joint, p_level, out=np.zeros_like(joint), where=p_level > 0)
        return asked_of.of_acted(np.minimum(acted, 1.0))
    if not columns:  # nothing is left to be told about
        return np.empty((len(levels), 0))
    if through.is_twin or len(columns) >= len(levels):
        rows = np.concatenate([way.rows(base_row) for way in ways])
        answers = solve(network, rows, None, through, asked_of.variables)
        return asked_of.read(rows, answers)
    offsets = np.asarray(network.model.offsets)
    p_event = {key: float(base.marginals[0, slots].sum()) for key, slots in columns.items()}
    possible = [key for key, p in p_event.items() if p > 0]
    rows = base_row.repeat(len(possible), axis=0)
    for row, key in zip(rows, possible, strict=True):
        slots = columns[key]
        i = int(np.searchsorted(offsets, slots[0], side="right")) - 1
        others = np.arange(offsets[i], offsets[i] + network.model.cards[i])
        row[np.setdiff1d(others, slots)] = 0.0
    given = solve(network, rows, None, through, wanted).marginals[:, levels]
    p = base.marginals[0, levels]
    turned = {key: np.zeros_like(p) for key in columns}
    for key, at in zip(possible, given, strict=True):
        np.divide(at * p_event[key], p, out=turned[key], where=p > 0)
    for part in asked_of.parts:
        rest = 1.0 - sum(turned[tuple(slots.tolist())] for slots in part[:-1])
        turned.setdefault(tuple(part[-1].tolist()), np.maximum(rest, 0.0))
    return np.stack([turned[tuple(slots.tolist())] for slots in asked_of.columns], axis=1)
