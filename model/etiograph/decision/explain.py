"""Why: what each finding does to an answer.

The ledger is in weight of evidence, the logarithm of a likelihood ratio, in decibans (Good 1950):
ten decibans make something ten times as likely in odds. Every question here is rows of subsets of the
findings; the odds are read from the same marginals as the answer.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from etiograph.decision.subsets import BoolArray, Plan, shares_of
from etiograph.decision.through import Mediator, through_what
from etiograph.engine.ancestral import ancestors, informative
from etiograph.engine.propagate import Beliefs
from etiograph.errors import refuse_unknown
from etiograph.network.answer import Answer
from etiograph.network.event import Asked, Event
from etiograph.network.value import value_type
from etiograph.query.causes import open_causes
from etiograph.uncertainty.acted import Acting
from etiograph.uncertainty.rows import (
    FloatArray,
    finding_rows,
    require_open,
    require_possible,
    seen_through,
    solve,
    subset_rows,
)

if TYPE_CHECKING:
    import pandas as pd

    from etiograph.network.network import Network
    from etiograph.query.worlds import Kind, World

CERTAIN = 300.0
"""Decibans at which a finding is said to settle the question; infinite weights are shown as this."""
FEW = 600
"""Rows of a small program that are not worth another, still smaller one."""
SURE = 1e-6
"""Below this probability of an event or its opposite, odds are asked for by rows of their own."""


@value_type
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
    through : tuple of Mediator
        Body states that carry its effect on the answer, the most first.
    """

    finding: str
    value: object
    weight: float
    alone: float
    share: float
    error: float
    without: float
    conflict: float
    through: tuple[Mediator, ...]

    @property
    def factor(self) -> float:
        """The weight as a likelihood ratio: the odds are multiplied by it."""
        return float(10 ** (self.weight / 10))


@value_type
@dataclass(frozen=True, slots=True)
class Reversal:
    """A finding that, had it been another state, would have led to another top cause.

    Attributes
    ----------
    finding, state : str
    top_cause : Event
    probability : float
        Of that cause, or that it acted, then.
    chance : float
        P(the finding is in that state | all other findings).
    """

    finding: str
    state: str
    top_cause: Event
    probability: float
    chance: float


@value_type
@dataclass(frozen=True, slots=True)
class Explanation(Answer):
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
    top_cause : Event or None
        The cause most often behind the outcome, where that is found; else the most probable one.
    reversals : tuple of Reversal
        Findings whose reversal would change the top cause, the likeliest first.
    acted : bool
        Whether the top cause is the one that most often acted.
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
    top_cause: Event | None
    reversals: tuple[Reversal, ...]
    acted: bool = False

    def to_frame(self) -> pd.DataFrame:
        """One row a finding; effects in decibans, 10 log10 of the odds (+10: ten times the odds).

        ``weight``: on top of all other findings. ``alone``: with nothing but the context known.
        ``share``: averaged over all orders, so that shares add up to the whole; ``error`` of that.
        ``without``: the answer, a probability, if it is left out. ``conflict``: by how much it fits the
        others worse than chance.
        """
        import pandas as pd

        names = [n for n in Weight.__slots__ if n != "through"]
        rows = [[getattr(w, n) for n in names] for w in self.weights]
        return pd.DataFrame(rows, columns=names)


def explain(
    network: Network,
    findings: Mapping[str, object],
    target: Asked,
    state: str | Sequence[str] | None = None,
    *,
    against: Asked | None = None,
    context: Collection[str] | None = None,
    seed: int = 0,
    changes: Mapping[str, object] | None = None,
    kind: Kind = "see",
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
    changes : mapping of str to state, optional
    kind : {"see", "do", "had", "after"}
        What the changes mean: the target is then asked of the changed world.

    Raises
    ------
    UnknownName, InvalidFinding, ImpossibleFindings, InvalidChange
    """
    what = Event.parse(network, target, state)
    other = None if against is None else Event.parse(network, against)
    through = seen_through(network, findings, kind, changes)
    if not through.is_twin:
        for asked in (what, other):
            if asked is not None:
                require_open(asked, findings)
    names, rows = finding_rows(network, findings)
    refuse_unknown(() if context is None else context, "variable", network.variables)
    first = np.array([_is_context(network, name, context) for name in names], dtype=bool)
    plan, orders = Plan.make(first, seed)
    turns = _turns(network, names)
    ledger = _Ledger.ask(network, through, rows, (what, other), (plan.members, first, turns))
    full = plan.full
    require_possible(network, ledger.answers.log_evidence[full : full + 1], findings)
    answers, odds, p = ledger.answers, ledger.odds, ledger.p
    shares, errors = shares_of(plan, orders, odds, first)
    log_p = answers.log_evidence
    weights = tuple(
        Weight(
            finding=name,
            value=findings[name],
            weight=float(odds[full] - odds[rest]),
            alone=float(odds[plan.alone[j]] - odds[plan.before[j]]),
            share=float(shares[j]),
            error=float(errors[j]),
            without=float(p[rest]),
            conflict=_decibans(float(log_p[plan.single[j]] + log_p[rest] - log_p[full])),
            through=(),
        )
        for j, (name, rest) in enumerate(zip(names, plan.without, strict=True))
    )
    acting = Acting.of(network, findings, kind)
    top, reversals = _reversals(network, findings, ledger, turns, plan, acting)
    total_log_p = float(log_p[plan.single].sum() - log_p[full])
    return Explanation(
        target=what,
        against=other,
        before=float(p[plan.none]),
        given_context=float(p[plan.context]),
        after=float(p[full]),
        context=tuple(name for name, early in zip(names, first, strict=True) if early),
        total=float(odds[full] - odds[plan.none]),
        weights=tuple(sorted(_acting(ledger, plan, weights, names), key=lambda w: -abs(w.share))),
        conflict=_decibans(total_log_p) if names else 0.0,
        top_cause=top,
        reversals=reversals,
        acted=acting is not None,
    )


def _is_context(network: Network, name: str, context: Collection[str] | None) -> bool:
    return network.variables[name].role == "background" if context is None else name in context


def _decibans(natural: float) -> float:
    return float(np.clip(10 * natural / np.log(10), -CERTAIN, CERTAIN))


@dataclass(frozen=True, slots=True)
class _Ledger:
    """Answers to rows of subsets of the findings, and the target's odds in each of them."""

    network: Network
    world: World
    rows: FloatArray
    tried: FloatArray
    what: Event
    other: Event | None
    answers: Beliefs
    odds: FloatArray
    p: FloatArray

    @classmethod
    def ask(
        cls,
        network: Network,
        world: World,
        rows: FloatArray,
        target: tuple[Event, Event | None],
        wanted: tuple[BoolArray, BoolArray, Sequence[tuple[int, Event]]],
    ) -> _Ledger:
        """Answers to all subsets that are wanted, then to one row for each finding turned about.

        Rows in which the whole context is known are asked apart, and so are those without the
        finding that ties most of the network together: both run through smaller programs.
        """
        members, first, turns = wanted
        count, turned = len(members), np.array([j for j, _ in turns], dtype=np.int64)
        members = np.concatenate([members, ~np.eye(len(rows), dtype=bool)[turned]])
        tried = subset_rows(rows, members)
        for k, (_, turn) in enumerate(turns, count):
            tried[k : k + 1] = turn.added(network.model, tried[k : k + 1])
        causes = [e.variable for e in open_causes(network, {})]
        complete = members[:, first].all(axis=1)
        # All causes are read where at most one finding is left out.
        rich = members.sum(axis=1) >= len(rows) - 1
        rich |= complete & (complete.sum() < FEW)
        tied = members[:, _key(network, rows)] if len(rows) else rich
        kind = complete * 3 + np.where(rich, 2, tied)
        answers = Beliefs(np.empty(len(tried)), np.empty((len(tried), tried.shape[1])))
        read = {e.variable for e in target if e is not None}
        for one in np.unique(kind).tolist():
            group = np.flatnonzero(kind == one)
            wanted_now = read | set(causes) if one % 3 == 2 else read
            part = solve(network, tried[group], None, world, wanted_now)
            answers.log_evidence[group] = part.log_evidence
            answers.marginals[group] = part.marginals
        odds = log_odds(network, tried, answers, *target, world)
        return cls(
            network, world, rows, tried, *target, answers, odds, answers.p(target[0].slots(network))
        )


def _key(network: Network, rows: FloatArray) -> int:
    """The finding without which the fewest variables would be upstream of the findings."""
    model = network.model
    above = [ancestors(model, informative(model, row[None])) for row in rows]
    left = [
        len(set().union(*(up for k, up in enumerate(above) if k != j))) for j in range(len(rows))
    ]
    return int(np.argmin(left))


def log_odds(
    network: Network,
    rows: FloatArray,
    answers: Beliefs,
    what: Event,
    against: Event | None,
    world: World,
) -> FloatArray:
    """Log odds of an event (or its log ratio to another one) in every row, in decibans.

    From the marginals, except where one of the two is nearly impossible: there, from two rows with
    the event added as true and as false, which keep their digits however small they are.
    """
    own = np.arange(network.variables[what.variable].card) + _first_slot(network, what)
    fails = np.setdiff1d(own, what.slots(network)) if against is None else against.slots(network)
    up, down = answers.p(what.slots(network)), answers.p(fails)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log(up) - np.log(down)
    weak = np.flatnonzero(np.isfinite(answers.log_evidence) & (np.minimum(up, down) < SURE))
    if len(weak) and not world.is_twin:
        holds = what.added(network.model, rows[weak])
        opposite = (
            what.added(network.model, rows[weak], False)
            if against is None
            else against.added(network.model, rows[weak])
        )
        both = world.evidence(np.concatenate([holds, opposite]))
        with np.errstate(invalid="ignore"):
            ratio[weak] = both[: len(weak)] - both[len(weak) :]
    clipped: FloatArray = np.clip(
        np.nan_to_num(10 * ratio / np.log(10), nan=0.0, posinf=CERTAIN, neginf=-CERTAIN),
        -CERTAIN,
        CERTAIN,
    )
    return clipped


def _first_slot(network: Network, what: Event) -> int:
    return int(network.model.offsets[network.model.index[what.variable]])


def _acting(
    ledger: _Ledger, plan: Plan, weights: tuple[Weight, ...], names: tuple[str, ...]
) -> list[Weight]:
    """The weights with the body states through which each finding acts."""
    if ledger.world.is_twin or not names:
        return list(weights)
    marginals = ledger.answers.marginals
    row = subset_rows(ledger.rows, np.ones((1, len(names)), bool))
    ways = through_what(
        ledger.network, names, ledger.what, row, marginals[plan.without], marginals[plan.full]
    )
    return [replace(w, through=ways[w.finding]) for w in weights]


def _turns(network: Network, names: tuple[str, ...]) -> list[tuple[int, Event]]:
    """Every state of every finding, with the finding's number."""
    return [
        (j, Event.of(network.variables[name], s))
        for j, name in enumerate(names)
        for s in network.variables[name].states
    ]


def _reversals(
    network: Network,
    findings: Mapping[str, object],
    ledger: _Ledger,
    turns: Sequence[tuple[int, Event]],
    plan: Plan,
    acting: Acting | None,
) -> tuple[Event | None, tuple[Reversal, ...]]:
    """The top cause, and which states of which findings would put another one first."""
    log_p, first = ledger.answers.log_evidence, len(plan.members)
    # The rows of all findings, and of each of them turned about.
    kept = [plan.full, *range(first, first + len(turns))]
    if acting is not None:
        p, _ = acting.draws(ledger.tried[kept], None)
        events = acting.events
    else:
        events = open_causes(network, findings)
        p = np.array([ledger.answers.p(e.slots(network))[kept] for e in events]).T
    if not events:
        return None, ()
    now = int(np.argmax(p[0]))
    turned = []
    for k, (j, turn) in enumerate(turns, 1):
        best = int(np.argmax(p[k]))
        if acting is not None and turn.variable == acting.target:
            continue  # without the outcome nothing is behind it
        if np.isfinite(log_p[kept[k]]) and best != now:
            chance = float(np.exp(log_p[kept[k]] - log_p[plan.without[j]]))
            likely = float(p[k, best])
            turned.append(Reversal(turn.variable, turn.states[0], events[best], likely, chance))
    return events[now], tuple(sorted(turned, key=lambda r: -r.chance))
