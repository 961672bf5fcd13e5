"""Why: what each finding does to an answer.

The ledger is in weight of evidence, the logarithm of a likelihood ratio, in decibans (Good 1950):
ten decibans make something ten times as likely in odds. Every question here is rows of subsets of the
findings, each with the target added as true and as false.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from etiograph.decision.shapley import (
    chains,
    random_orders,
    shapley_exact,
    shapley_from_orders,
)
from etiograph.decision.through import Step, through_what
from etiograph.uncertainty.rows import (
    Event,
    FloatArray,
    IntArray,
    event,
    finding_rows,
    log_evidences,
    masked,
    open_causes,
    require_open,
    require_possible,
    solve,
    subset_rows,
)

if TYPE_CHECKING:
    import pandas as pd

    from etiograph.network.network import Network

EXACT = 12
"""Up to this many findings the Shapley shares come from all subsets."""
ORDERS = 400
"""Random orders of the findings beyond that."""
CERTAIN = 300.0
"""Decibans at which a finding is said to settle the question; infinite weights are shown as this."""

BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Weight:
    """What one finding does to the answer.

    Attributes
    ----------
    finding : str
    value : object
        As it was given.
    weight : float
        Decibans it adds on top of all other findings: log-odds with it minus without it.
    alone : float
        Decibans it adds when nothing but the context is known.
    share : float
        Shapley share in decibans: its average over all orders. Shares add up to the whole change.
    error : float
        Standard error of ``share``; 0 when exact.
    without : float
        The answer if this finding is left out.
    conflict : float
        Decibans by which it fits the others worse than chance; positive: it conflicts
        (Jensen et al. 1990).
    through : tuple of Step
        Body states that lie between the finding and the target and move most, biggest first.
    """

    finding: str
    value: object
    weight: float
    alone: float
    share: float
    error: float
    without: float
    conflict: float
    through: tuple[Step, ...]

    @property
    def factor(self) -> float:
        """The weight as a likelihood ratio: the odds are multiplied by it."""
        return float(10 ** (self.weight / 10))


@dataclass(frozen=True, slots=True)
class Reversal:
    """A finding that, had it been another state, would have led to another top cause."""

    finding: str
    state: str
    top_cause: str
    probability: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """The ledger of findings for and against an answer.

    Attributes
    ----------
    target : Event
    against : Event or None
        What it is contrasted with; None: its own opposite.
    before, given_context, after : float
        P(target) without any finding, with the context alone, and with all findings.
    context : tuple of str
        Findings that come before all others (age, sex): who the person is, not what speaks for or
        against. Orders within the context and after it are averaged (asymmetric Shapley values,
        Frye, Rowat & Feige 2020).
    total : float
        Change of the log-odds (or of the log ratio to ``against``) in decibans.
    weights : tuple of Weight
        One a finding, the largest share first.
    conflict : float
        Decibans by which the findings together are less probable than if they were independent;
        positive: they do not fit together well (Jensen et al. 1990).
    top_cause : str
    reversals : tuple of Reversal
        Findings whose reversal would change the top cause.
    """

    target: Event
    against: Event | None
    before: float
    given_context: float
    after: float
    context: tuple[str, ...]
    total: float
    weights: tuple[Weight, ...]
    conflict: float
    top_cause: str
    reversals: tuple[Reversal, ...]

    def to_frame(self) -> pd.DataFrame:
        """One row a finding."""
        import pandas as pd

        names = [n for n in Weight.__slots__ if n != "through"]
        rows = [[getattr(w, n) for n in names] for w in self.weights]
        return pd.DataFrame(rows, columns=names)


def explain(
    network: Network,
    findings: Mapping[str, object],
    target: str,
    state: str | Sequence[str] | None = None,
    *,
    against: str | Event | None = None,
    context: Collection[str] | None = None,
    seed: int = 0,
) -> Explanation:
    """Weigh every finding for and against an answer.

    Parameters
    ----------
    network : Network
    findings : mapping of str to finding
    target : str
    state : str or sequence of str, optional
        Default: every state but the reference.
    against : str or Event, optional
        Another cause: why the target rather than this one.
    context : collection of str, optional
        Findings that come before all others; default those of the role "background". Empty: all
        orders of all findings count the same.
    seed : int
        For the random orders, used only beyond ``EXACT`` findings.

    Raises
    ------
    UnknownName, InvalidFinding, ImpossibleFindings
    """
    what = event(network, target, state)
    other = event(network, against) if isinstance(against, str) else against
    for asked in (what, other):
        if asked is not None:
            require_open(asked, findings)
    names, rows = finding_rows(network, findings)
    first = np.array([_is_context(network, name, context) for name in names], dtype=bool)
    plan = _Plan.make(first)
    planned = subset_rows(rows, plan.members)
    answers = solve(network, planned)
    require_possible(network, answers.log_evidence[plan.full : plan.full + 1], findings)
    p = answers.p(what.slots(network))
    odds = log_odds(network, planned, what, other)
    shares, errors = _shapley(network, rows, first, what, other, seed)
    single = log_evidences(network, rows) if len(names) else np.zeros(0)
    whole = float(answers.log_evidence[plan.full])
    weights = []
    for j, name in enumerate(names):
        rest = plan.without[j]
        before, after = answers.marginals[rest], answers.marginals[plan.full]
        weights.append(
            Weight(
                finding=name,
                value=findings[name],
                weight=float(odds[plan.full] - odds[rest]),
                alone=float(odds[plan.alone[j]] - odds[plan.before[j]]),
                share=float(shares[j]),
                error=float(errors[j]),
                without=float(p[rest]),
                conflict=_decibans(float(single[j] + answers.log_evidence[rest] - whole)),
                through=through_what(network, findings, name, what, before, after),
            )
        )
    top, reversals = _reversals(network, findings, names, rows)
    return Explanation(
        target=what,
        against=other,
        before=float(p[plan.none]),
        given_context=float(p[plan.context]),
        after=float(p[plan.full]),
        context=tuple(name for name, early in zip(names, first, strict=True) if early),
        total=float(odds[plan.full] - odds[plan.none]),
        weights=tuple(sorted(weights, key=lambda w: -abs(w.share))),
        conflict=_decibans(float(single.sum() - whole)) if names else 0.0,
        top_cause=top,
        reversals=reversals,
    )


def _is_context(network: Network, name: str, context: Collection[str] | None) -> bool:
    return network.variables[name].role == "background" if context is None else name in context


@dataclass(frozen=True, slots=True)
class _Plan:
    """Rows of subsets: none, the context, all, each alone on what comes before it, all but each."""

    members: BoolArray
    none: int
    context: int
    full: int
    before: IntArray
    alone: IntArray
    without: IntArray

    @classmethod
    def make(cls, first: BoolArray) -> _Plan:
        n = len(first)
        one = np.eye(n, dtype=bool)
        alone = one | (first & ~first[:, None])
        head = np.stack([np.zeros(n, bool), first, np.ones(n, bool)])
        members = np.concatenate([head, alone, ~one])
        before = np.where(first, 0, 1)
        return cls(members, 0, 1, 2, before, np.arange(3, 3 + n), np.arange(3 + n, 3 + 2 * n))


def _decibans(natural: float) -> float:
    return float(np.clip(10 * natural / np.log(10), -CERTAIN, CERTAIN))


def log_odds(
    network: Network, rows: FloatArray, what: Event, against: Event | None = None
) -> FloatArray:
    """Log odds of an event (or its log ratio to another one) in every row, in decibans.

    Two rows each, the event added as true and as false, rather than ``log(p / (1 - p))``: right also
    where p is within rounding of 1.
    """
    holds = masked(network, rows, what)
    fails = (
        masked(network, rows, what, False) if against is None else masked(network, rows, against)
    )
    both = log_evidences(network, np.concatenate([holds, fails]))
    up, down = both[: len(rows)], both[len(rows) :]
    with np.errstate(invalid="ignore"):
        ratio = 10 * (up - down) / np.log(10)
    clipped: FloatArray = np.clip(np.nan_to_num(ratio, nan=0.0), -CERTAIN, CERTAIN)
    return clipped


def _shapley(
    network: Network,
    rows: FloatArray,
    first: BoolArray,
    what: Event,
    against: Event | None,
    seed: int,
) -> tuple[FloatArray, FloatArray]:
    """Shares of the context among itself, then of the others once the context is known."""
    shares, errors = np.zeros(len(rows)), np.zeros(len(rows))
    for known, players in ((np.zeros_like(first), first), (first, ~first)):
        base = subset_rows(rows, known[None])

        def worth(
            members: BoolArray, base: FloatArray = base, own: BoolArray = players
        ) -> FloatArray:
            return log_odds(network, base * subset_rows(rows[own], members), what, against)

        if players.any():
            shares[players], errors[players] = _shares(int(players.sum()), worth, seed)
    return shares, errors


def _shares(
    n: int, worth: Callable[[BoolArray], FloatArray], seed: int
) -> tuple[FloatArray, FloatArray]:
    if n <= EXACT:
        codes = np.arange(2**n)
        return shapley_exact(worth((codes[:, None] >> np.arange(n)) & 1 == 1)), np.zeros(n)
    orders = random_orders(n, ORDERS, np.random.default_rng(seed))
    members, place = chains(orders)
    return shapley_from_orders(orders, worth(members)[place])


def _reversals(
    network: Network, findings: Mapping[str, object], names: tuple[str, ...], rows: FloatArray
) -> tuple[str, tuple[Reversal, ...]]:
    """One row for every other state of every finding."""
    events = open_causes(network, findings)
    if not events:
        return "", ()
    n = len(names)
    asked = [(j, s) for j, name in enumerate(names) for s in network.variables[name].states]
    members = ~np.eye(n, dtype=bool)[np.array([j for j, _ in asked], dtype=np.int64)]
    tried = subset_rows(rows, np.concatenate([np.ones((1, n), bool), members]))
    for k, (j, s) in enumerate(asked):
        tried[k + 1 : k + 2] = masked(network, tried[k + 1 : k + 2], Event(names[j], (s,)))
    answers = solve(network, tried)
    p = np.stack([answers.p(e.slots(network)) for e in events], axis=1)
    best = np.argmax(p, axis=1)
    top = events[best[0]].name
    turned = [
        Reversal(names[j], s, events[best[k + 1]].name, float(p[k + 1, best[k + 1]]))
        for k, (j, s) in enumerate(asked)
        if np.isfinite(answers.log_evidence[k + 1]) and best[k + 1] != best[0]
    ]
    return top, tuple(turned)
