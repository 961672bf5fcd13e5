"""How badly findings fit together, which of them carry the conflict, and what would explain it.

The measure is that of Jensen, Chamberlain, Nordahl & Jensen (1990): log2 of P(f1) P(f2) ... over
P(f1, f2, ...). Above 0 the findings are less likely together than they would be by chance.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from etiograph.network.answer import Result
from etiograph.network.event import Event
from etiograph.network.value import value_type
from etiograph.query.causes import open_causes
from etiograph.query.posterior import refuse
from etiograph.uncertainty.rows import FloatArray, finding_rows, solve, subset_rows

if TYPE_CHECKING:
    import pandas as pd

    from etiograph.network.network import Network

BITS = 1 / math.log(2)
LARGEST = 3
"""Findings in the largest set that is looked at by default."""
FEW = 12
"""Findings up to which every set of three is looked at; beyond, those around a conflicting pair."""


@value_type
@dataclass(frozen=True, slots=True)
class Part:
    """What a set of findings adds to the conflict.

    Attributes
    ----------
    findings : tuple of str
    conflict : float
        The measure of these findings by themselves, in bits.
    own : float
        What they add beyond all smaller sets of them: the conflict of a set is the sum of ``own``
        over all its subsets (Moebius inversion).
    """

    findings: tuple[str, ...]
    conflict: float
    own: float


@value_type
@dataclass(frozen=True, slots=True)
class Conflict(Result):
    """How badly findings fit together, and why.

    Attributes
    ----------
    value : float
        The measure of all findings, in bits.
    findings : tuple of str
        What was compared.
    parts : tuple of Part
        Sets of two and three findings, those that carry most of the conflict first.
    explained_by : tuple of (Event, float)
        Causes that explain the conflict: taken as one more finding, the measure (given here) is no
        longer above 0; the most probable first. A rare cause, not a mistake, may lie behind it.
    """

    value: float
    findings: tuple[str, ...]
    parts: tuple[Part, ...]
    explained_by: tuple[tuple[Event, float], ...]

    @property
    def pairs(self) -> tuple[tuple[str, str, float], ...]:
        """The measure of every pair, largest first."""
        two = [(*p.findings, p.conflict) for p in self.parts if len(p.findings) == 2]
        return tuple(sorted(two, key=lambda pair: -pair[2]))

    def to_frame(self) -> pd.DataFrame:
        """One row a set of findings."""
        import pandas as pd

        rows = [(" + ".join(p.findings), p.conflict, p.own) for p in self.parts]
        return pd.DataFrame(rows, columns=["findings", "conflict", "own"])


def conflict(network: Network, findings: Mapping[str, object], largest: int = LARGEST) -> Conflict:
    """Jensen's measure, traced to the sets of findings that carry it.

    Parameters
    ----------
    network : Network
    findings : mapping of str to finding
    largest : int
        Findings in the largest set that is looked at.

    Raises
    ------
    ImpossibleFindings
        If P(findings) = 0.
    """
    names, rows = finding_rows(network, findings)
    n = len(names)
    events = open_causes(network, findings)
    wanted = [e.variable for e in events]
    whole = solve(network, subset_rows(rows, np.ones((1, n), bool)), wanted=wanted)
    together = float(whole.log_evidence[0])
    if together == -math.inf:
        refuse(network, findings)
    log_p: dict[tuple[int, ...], float] = {(): 0.0}
    for size in range(1, min(largest, n) + 1):
        log_p |= _ask(network, rows, _next_sets(size, n, log_p))
    value = (sum(log_p[(j,)] for j in range(n)) - together) * BITS if n else 0.0
    before = solve(network, np.ones((1, network.model.n_states)), wanted=wanted)
    explained = []
    for e in events:
        p, prior = (float(a.p(e.slots(network))[0]) for a in (whole, before))
        left = value - math.log2(p / prior) if p > 0 and prior > 0 else math.inf
        if value > 0 >= left:
            explained.append((p, e, left))
    explained.sort(key=lambda one: -one[0])
    causes = tuple((event, left) for _, event, left in explained)
    return Conflict(value, names, _parts(names, log_p), causes)


Sets = list[tuple[int, ...]]


def _next_sets(size: int, n: int, log_p: Mapping[tuple[int, ...], float]) -> Sets:
    """All sets of a size; of many findings only those that hold a pair in conflict."""
    every = list(combinations(range(n), size))
    if size < 3 or n <= FEW:
        return every
    tense = {
        pair
        for pair in combinations(range(n), 2)
        if log_p[(pair[0],)] + log_p[(pair[1],)] - log_p[pair] > 0.5
    }
    return [s for s in every if any(pair in tense for pair in combinations(s, 2))]


def _ask(network: Network, rows: FloatArray, sets: Sets) -> dict[tuple[int, ...], float]:
    members = np.zeros((len(sets), len(rows)), dtype=bool)
    for k, s in enumerate(sets):
        members[k, list(s)] = True
    found = solve(network, subset_rows(rows, members), wanted=())
    return dict(zip(sets, found.log_evidence.tolist(), strict=True))


def _parts(names: tuple[str, ...], log_p: Mapping[tuple[int, ...], float]) -> tuple[Part, ...]:
    own: dict[tuple[int, ...], float] = {}
    parts = []
    for s in log_p:  # small sets come first
        if len(s) > 1:
            measure = (sum(log_p[(j,)] for j in s) - log_p[s]) * BITS
            smaller = (c for size in range(2, len(s)) for c in combinations(s, size))
            own[s] = measure - sum(own.get(c, 0.0) for c in smaller)
            parts.append(Part(tuple(names[j] for j in s), measure, own[s]))
    return tuple(sorted(parts, key=lambda part: -part.own))
