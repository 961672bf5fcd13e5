"""One answer of the command line: what was known, the causes in their order, and what it takes to repeat it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from etiograph import __version__
from etiograph.decision import words
from etiograph.decision.also import also_likely, in_which, shared
from etiograph.decision.red_flags import shown
from etiograph.decision.ways import blamed
from etiograph.errors import ImpossibleFindings
from etiograph.network.event import Event
from etiograph.query.causes import open_causes
from etiograph.query.imagine import Imagined
from etiograph.query.links import stand_ins
from etiograph.report.value import NOTICE
from etiograph.uncertainty.acted import Acting

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from etiograph.case import Case
    from etiograph.network.network import Network
    from etiograph.query.posterior import Posterior
    from etiograph.uncertainty.intervals import Intervals
    from etiograph.uncertainty.summary import Interval


DRAWS = 300
"""Draws for the interval of what a change does."""


@dataclass(frozen=True, slots=True)
class RankedCause:
    """One possible cause: a variable in some states, where it stands now, and where it stood at first.

    ``behind`` is the probability that it had a part in the outcome, where that is found: a cause
    that is there need not be the one that acted.
    """

    cause: str
    variable: str
    states: tuple[str, ...]
    label: str
    p: float
    p_baseline: float
    interval: tuple[float, float] | None = None
    behind: float | None = None
    behind_interval: tuple[float, float] | None = None
    between: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """One state of a variable that was asked for: where it stands now, and where it stood at first."""

    variable: str
    state: str
    label: str
    p: float
    p_baseline: float
    interval: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Printout:
    """One printed answer, with what it takes to repeat it.

    ``alone`` is the probability that no named cause had a part in the outcome, where that is found;
    ``effect`` what a change makes of the outcome, beside no change; ``horizon`` how far ahead;
    ``blamed`` what the network thinks of a suspected tablet; ``also`` likely conditions that are no
    causes of the outcome; ``assumed`` that the outcome is not entered; ``asked`` the states of the
    variables named; ``shared`` what is known at the baseline, too.
    """

    network: str
    version: str
    digest: str
    etiograph: str
    findings: dict[str, str]
    changes: dict[str, str]
    kind: str
    flags: list[dict[str, str]]
    rows: list[RankedCause]
    log_evidence: float
    alone: float | None = None
    alone_interval: tuple[float, float] | None = None
    horizon: str | None = None
    effect: tuple[str, ...] = ()
    blamed: tuple[str, ...] = ()
    also: tuple[dict[str, Any], ...] = ()
    assumed: tuple[str, ...] = ()
    asked: tuple[Share, ...] = ()
    shared: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    care: tuple[str, ...] = ()
    record: dict[str, Any] = field(default_factory=dict)
    notice: str = field(default=NOTICE)

    def to_json(self) -> str:
        """The answer as JSON text."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False, allow_nan=False)


def answer(case: Case, *, intervals: bool = False, of: Sequence[str] = ()) -> Printout:
    """Red flags, posterior and baseline of a case; every state of the variables ``of``.

    Raises
    ------
    UnknownName
        One of these is no variable.
    """
    network = case.network
    of = tuple(dict.fromkeys(network.variable(name).name for name in of))
    posterior, baseline = _posteriors(case)
    outcome = assumed(case)
    whose = network.case({**case.evidence, **outcome}) if outcome else case
    asked_of_links = Acting.of(network, whose.evidence, case.kind)
    behind: dict[str, float] = {}
    alone = ranges = exact = None
    if asked_of_links is not None:
        behind, alone = asked_of_links.point()
    if intervals and network.has_ranges:
        # The same draws serve both, unless the outcome is assumed for the causes alone.
        ranges = exact = whose.intervals(causes_only=True, also=() if outcome else of)
        if of and outcome:
            exact = case.intervals(causes_only=True, also=of, acted=False)
    acted = {event.variable: cell for event, cell in ranges.acted.items()} if ranges else {}
    rows = [
        RankedCause(
            cause.name(network),
            cause.variable,
            cause.states,
            _label(case, cause, posterior),
            probability(posterior, cause),
            probability(baseline, cause),
            _ends(ranges.causes, cause) if ranges else None,
            behind.get(cause.variable),
            _ends(acted, cause.variable) if ranges else None,
        )
        for cause in asked(case, behind, alone is not None)
    ]
    order: tuple[str, ...] = ()
    if isinstance(posterior, Imagined):
        order = _order(network, posterior, rows)
        rows = [_between(row, network, posterior) for row in rows]
    about = network.about
    return Printout(
        network=str(about.get("name", "")),
        version=str(about.get("version", "")),
        digest=network.digest(),
        etiograph=__version__,
        findings={name: plain(value) for name, value in case.findings.items()},
        changes={name: plain(value) for name, value in case.changes.items()},
        kind=case.kind,
        flags=[{"level": f.level, "message": f.message} for f in shown(case.red_flags())],
        rows=sorted(rows, key=lambda row: (-(row.behind or 0.0), -row.p)),
        log_evidence=posterior.log_evidence,
        alone=alone,
        horizon=_horizon(case),
        effect=effect(case),
        blamed=_blamed(case),
        also=_also(case, posterior, baseline),
        assumed=(words.assumed_words(network),) if outcome else (),
        record=case.record.as_dict(case.findings) if case.record else {},
        asked=_shares(network, of, posterior, baseline, exact),
        shared=tuple(network.variables[name].label for name in shared(network, case.findings)),
        order=order,
        care=words.few_runs_words(ranges) if ranges else (),
        alone_interval=(ranges.alone.low, ranges.alone.high) if ranges and ranges.alone else None,
    )


def _shares(
    network: Network,
    of: Sequence[str],
    posterior: Posterior,
    baseline: Posterior,
    ranges: Intervals | None,
) -> tuple[Share, ...]:
    """Every state of the variables that were asked for."""
    return tuple(
        Share(
            name,
            state,
            Event.of(network.variables[name], state).label(network),
            posterior[name][state],
            baseline[name][state],
            (ranges[name][state].low, ranges[name][state].high) if ranges else None,
        )
        for name in of
        for state in network.variables[name].states
    )


def _order(network: Network, posterior: Imagined, rows: Sequence[RankedCause]) -> tuple[str, ...]:
    """Which orders of states nobody stated the answers hang on: the outcome's and those of the causes."""
    events = [Event.of(network.variables[row.variable], *row.states) for row in rows]
    if (target := network.about.get("target")) in network.variables:
        events.insert(0, Event.parse(network, str(target)))
    return words.order_words(network, posterior, events)


def _blamed(case: Case) -> tuple[str, ...]:
    """What the network thinks of suspected tablets, a line each."""
    found = blamed(case.network, case.evidence) if case.kind == "see" else ()
    return tuple(line for each in found for line in words.ways_words(case.network, each))


def _also(
    case: Case, posterior: Posterior | Imagined, baseline: Posterior
) -> tuple[dict[str, Any], ...]:
    """Likely conditions that are no causes of the outcome."""
    entered = {**case.findings, **case.changes}
    return tuple(
        {
            "variable": each.event.variable,
            "states": each.event.states,
            "label": each.event.label(case.network),
            "p": each.p,
            "p_baseline": each.baseline,
        }
        for each in also_likely(case.network, entered, posterior, baseline)
    )


def _between(row: RankedCause, network: Network, posterior: Imagined) -> RankedCause:
    """The row with what the tables alone allow, where its answer hangs on an order nobody stated."""
    event = Event.of(network.variables[row.variable], *row.states)
    return replace(row, between=posterior.bounds(event)) if posterior.warning(event) else row


def _horizon(case: Case) -> str | None:
    ahead = case.network.horizon if case.kind == "after" else None
    return None if ahead is None else str(ahead)


def effect(case: Case) -> tuple[str, ...]:
    """What a change makes of the outcome: with it, without it, and the difference with its range."""
    from etiograph.uncertainty.contrast import contrast

    target = str(case.network.about.get("target", ""))
    if case.kind == "see" or target not in case.network.variables:
        return ()
    found = contrast(
        case.network, case.evidence, target, changes=case.changes, kind=case.kind, draws=DRAWS
    )
    return words.contrast_words(case.network, found, case.changes, case.kind)


def assumed(case: Case) -> dict[str, str]:
    """The outcome, where it is not entered and causes are ranked by their part in it; else nothing.

    Who has no complaint has causes all the same: what is frequent must not stand first for that.
    """
    network = case.network
    target = str(network.about.get("target", ""))
    if case.kind != "see" or target not in network.variables or target in case.findings:
        return {}
    found = {target: network.variables[target].states[-1]}
    if Acting.of(network, {**case.evidence, **found}) is None:
        return {}
    try:
        network.case({**case.evidence, **found}).posterior()
    except ImpossibleFindings:
        return {}
    return found


def _label(case: Case, cause: Event, posterior: Posterior | Imagined) -> str:
    """Its name; of a cause that is known, in the state it is in; else in the one it nearly surely is in."""
    state = case.findings.get(cause.variable)
    if isinstance(state, str) and state in cause.states:
        return Event.of(case.network.variables[cause.variable], state).label(case.network)
    return in_which(case.network, cause, posterior).label(case.network)


def _ends(cells: Mapping[Any, Interval], name: Any) -> tuple[float, float] | None:
    return (cells[name].low, cells[name].high) if name in cells else None


def _posteriors(case: Case) -> tuple[Posterior | Imagined, Posterior]:
    """The case's posterior and the baseline."""
    from etiograph.query.once import with_baseline

    if case.kind == "see":
        return with_baseline(case.network, case.evidence, shared(case.network, case.findings))
    base = shared(case.network, case.findings)
    return case.posterior(), case.network.case(base).posterior()


def asked(case: Case, behind: Mapping[str, float], links: bool) -> tuple[Event, ...]:
    """The possible causes of the network; what is known already is no question.

    Except whether it acted: where that is asked (``links``) a known cause stays in the list, and what
    stands for causes without a name has no row of its own.
    """
    network = case.network
    known = {*case.findings, *case.changes}
    without_name = stand_ins(network) if links else frozenset()
    there = known - {name for name, p in behind.items() if p > 0.0}
    return tuple(c for c in open_causes(network, there) if c.variable not in without_name)


def still_open(case: Case, answer: Printout) -> list[RankedCause]:
    """The rows whose cause is not known: what there is to explain, to test and to doubt."""
    known = {*case.findings, *case.changes}
    return [row for row in answer.rows if row.variable not in known]


def probability(posterior: Posterior | Imagined, what: Event) -> float:
    """P(the variable is in one of the event's states)."""
    return float(sum(posterior[what.variable][state] for state in what.states))


def plain(value: object) -> str:
    """A finding as it was given."""
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple):
        return " and ".join(plain(one) for one in value)
    return repr(value)
