"""Which finding is odd given the others, in a case that the network itself hardly ever brings forth.

A case may be rare because the person is (a rare disease, many medicines), which is no fault, or because
one finding does not go with the rest. A finding is odd where it is improbable given all others, and no
single named cause that is itself likely makes it expected.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from etiograph.decision.surprise import stated_states, unexpected
from etiograph.network.event import Event
from etiograph.network.value import value_type
from etiograph.uncertainty.rows import FloatArray, finding_rows, solve, subset_rows

if TYPE_CHECKING:
    from etiograph.network.network import Network

ODD = 0.01
"""Probability given all other findings, of its state and those no more probable, below which one is odd."""
LESS = 0.5
"""What somebody is or takes is odd only where the others make it less probable by this factor."""
LIKELY = 0.1
"""Probability from which a named cause may explain a finding."""
EXPECTED = 0.1
"""Probability of a finding, given that cause, from which it is explained."""
SAME = 1e-12
MANIFEST = ("finding", "test", "outcome", "body", "variable")
"""Roles of what causes bring about; of the others, being rare is no fault."""


@value_type
@dataclass(frozen=True, slots=True)
class Odd:
    """A finding that is improbable given all others.

    Attributes
    ----------
    finding, state : str
        A measured value by the state it falls in.
    p : float
        Probability of that state given all other findings.
    """

    finding: str
    state: str
    p: float


def odd_findings(
    network: Network, findings: Mapping[str, object], also: Collection[str] = ()
) -> tuple[Odd, ...]:
    """The findings that are odd given the others, the oddest first; none where the case is not rare.

    Parameters
    ----------
    network : Network
    findings : mapping of str to finding
        Uncertain findings are among the others, but are not odd themselves.
    also : collection of str
        As in :func:`~etiograph.decision.surprise.unexpected`.

    Raises
    ------
    ImpossibleFindings
    """
    if unexpected(network, findings, also=also) is None:
        return ()
    names, rows = finding_rows(network, findings)
    states = stated_states(network, findings)
    asked = [(j, name) for j, name in enumerate(names) if name in states]
    whole = np.ones((1, len(names)), dtype=bool)
    left_out = np.array([[k != j for k in range(len(names))] for j, _ in asked], dtype=bool)
    everything = np.concatenate([whole, left_out, np.zeros_like(whole)])
    events = _explanations(network, [name for _, name in asked], findings)
    wanted = [*(name for _, name in asked), *(event.variable for event in events)]
    found = solve(network, subset_rows(rows, everything), wanted=wanted).marginals
    belief = np.array([found[:, event.slots(network)].sum(axis=1) for event in events])
    odd = []
    for place, (_, name) in enumerate(asked, start=1):
        own = _Own.of(network, name, states[name], found[place], found[-1])
        if own.odd and not own.explained(belief, place):
            odd.append(Odd(name, states[name], own.p))
    return tuple(sorted(odd, key=lambda one: one.p))


def _explanations(
    network: Network, names: Collection[str], findings: Collection[str]
) -> list[Event]:
    """Whatever may bring about some findings and is not known: their ancestors, in each unusual state."""
    from etiograph.engine.ancestral import ancestors

    model = network.model
    above = {model.names[i] for i in ancestors(model, [model.index[name] for name in names])}
    hidden = [network.variables[n] for n in network.variables if n in above and n not in findings]
    return [Event.of(v, state) for v in hidden for state in v.unusual]


@dataclass(frozen=True, slots=True)
class _Own:
    """One finding given the others: probability of its state, of that or a rarer one, and by itself."""

    p: float
    tail: float
    alone: float
    manifest: bool

    @classmethod
    def of(
        cls, network: Network, name: str, state: str, others: FloatArray, nothing: FloatArray
    ) -> _Own:
        variable, model = network.variables[name], network.model
        start = model.offsets[model.index[name]]
        own: NDArray[np.float64] = others[start : start + variable.card]
        here = variable.index(state)
        tail = float(own[own <= own[here] + SAME].sum())
        manifest = variable.role in MANIFEST and bool(network.parents(name))
        return cls(float(own[here]), tail, float(nothing[start + here]), manifest)

    @property
    def odd(self) -> bool:
        rare = self.tail < ODD
        return rare and (self.manifest or self.p < LESS * self.alone)

    def explained(self, belief: FloatArray, place: int) -> bool:
        """Whether one likely cause makes it expected: P(f | rest, c) = P(f | rest) P(c | all) / P(c | rest)."""
        if not len(belief):
            return False
        now, without = belief[:, 0], belief[:, place]
        with np.errstate(divide="ignore", invalid="ignore"):
            given = np.where(without > 0, self.p * now / without, math.nan)
        return bool(np.any((now >= LIKELY) & (given >= EXPECTED)))
