"""Questions to etiograph, answered once and kept in memory by digest and findings.

Nothing here is written to disk, and no findings are logged.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import etiograph as eg
from etiograph.decision.behind import Behind
from etiograph.findings.fhir import Record
from etiograph.network.edits import NetworkEdit
from etiograph.network.event import Event

from . import labels, parts
from .cases import Pairs
from .charts import Flag
from .kept import kept

if TYPE_CHECKING:
    from etiograph.uncertainty.courses import Courses
    from etiograph.uncertainty.curves import Grid
    from etiograph.uncertainty.grounds import Grounds
    from etiograph.uncertainty.tuning import Tuned
    from etiograph.uncertainty.without import Without

Table = dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class Answer:
    """Posterior of every variable; or the findings that contradict each other; or why there is none."""

    p: Table = field(default_factory=dict)
    log_evidence: float = -math.inf
    conflict: tuple[str, ...] = ()
    problem: str = ""

    @property
    def ok(self) -> bool:
        """Whether there is something to show."""
        return not self.conflict and not self.problem

    @property
    def held(self) -> int:
        """Bytes it takes, about; to count them one by one takes longer than many an answer."""
        return 256 + sum(336 + 32 * len(states) for states in self.p.values())


@kept
def _opened(reference: str, stamp: float) -> eg.Network:
    return eg.load(reference)


def network(reference: str) -> eg.Network:
    """A bundled network by name or a model file by path, read once for all sessions.

    Raises
    ------
    EtiographError
        There is no such network, or the file can't be read.
    """
    path = Path(reference)
    return _opened(reference, path.stat().st_mtime if path.is_file() else 0.0)


Edits = tuple[tuple[str, tuple[float, float | None, float | None]], ...]


@kept
def edited(network: eg.Network, edits: Edits) -> eg.Network:
    """The network with some of its numbers changed; the tables follow, nothing is compiled anew."""
    return network.with_parameters(
        {
            name: replace(network.parameters[name], value=value, low=low, high=high, local=True)
            for name, (value, low, high) in edits
        }
    )


@kept
def corrected(network: eg.Network, edits: tuple[NetworkEdit, ...]) -> eg.Network:
    """The network after some edits, each step made once.

    Raises
    ------
    EtiographError
        An edit makes no network.
    """
    return edits[-1].applied(corrected(network, edits[:-1])) if edits else network


def posterior(network: eg.Network, findings: Pairs) -> Answer:
    """Posterior of every variable given findings."""
    return world(network, "see", findings, ())


@kept
def world(network: eg.Network, kind: str, findings: Pairs, changes: Pairs) -> Answer:
    """Posterior of every variable in the world of `kind`: see, do, had or after."""
    case = network.case(dict(findings))
    try:
        if kind != "see":
            case = getattr(case, kind)(dict(changes))
        beliefs = case.posterior()
        return Answer(
            p={name: dict(beliefs[name]) for name in network.variables},
            log_evidence=beliefs.log_evidence,
        )
    except eg.ImpossibleFindings as error:
        return Answer(conflict=tuple(error.conflict))
    except eg.EtiographError as error:
        return Answer(problem=str(error))


@kept
def order(network: eg.Network, kind: str, findings: Pairs, changes: Pairs) -> str:
    """That what would have been hangs on an order of states nobody stated, with what the tables allow."""
    from etiograph.decision.words import order_words

    try:
        world = getattr(network.case(dict(findings)), kind)(dict(changes)).posterior()
        rows = [(row.name, row.state) for row in labels.cause_rows(network)]
        outcome = labels.target(network)
        if outcome is not None:
            rows.insert(0, (outcome, labels.notable(network.variables[outcome])[0]))
        events = [Event.parse(network, *row) for row in rows]
        return " ".join(order_words(network, world, events))
    except eg.EtiographError:
        return ""


@kept
def flags(network: eg.Network, findings: Pairs) -> list[Flag]:
    """Rules that fire on findings, most pressing first, none that says less than another."""
    from etiograph.decision.red_flags import red_flags, shown

    return [as_flag(fired) for fired in shown(red_flags(network, dict(findings)))]


@kept
def flags_of_change(network: eg.Network, findings: Pairs, changes: Pairs) -> list[Flag]:
    """Rules that fire only because of what is changed."""
    from etiograph.decision.red_flags import added_by

    return [as_flag(fired) for fired in added_by(network, dict(findings), dict(changes))]


def as_flag(fired: Any) -> Flag:
    """A warning as pages show it."""
    return Flag(fired.level, fired.message, fired.source, fired.because)


@dataclass(frozen=True, slots=True)
class Share:
    """A cause: present, at work (its link fired), needed (but for it, no event), alone at work."""

    cause: str
    present: float
    fired: float
    needed: float
    only: float


@kept
def shares(
    network: eg.Network, findings: Pairs, outcome: str, state: str, *, needed: bool
) -> list[Share]:
    """Which causes of an outcome are present and at work; `needed` takes a twin network a cause."""
    try:
        found = network.case(dict(findings)).attribution(outcome, state, needed=needed)
    except eg.EtiographError:
        return []
    rows = [c for c in found.causes if c.cause != "leak"]
    rows += [found.idiopathic] if found.idiopathic else []
    return [Share(c.cause, c.present, c.fired, c.needed, c.only) for c in rows]


def acting_on(network: eg.Network) -> str | None:
    """The outcome of the network, if causes act on it one by one."""
    from etiograph.decision.behind import acting_on

    outcome = acting_on(network)
    return outcome.variable if outcome else None


@kept
def behind(network: eg.Network, findings: Pairs) -> Behind:
    """Which causes took part in the outcome, which is among the findings.

    Empty where causes do not act one by one on the outcome of the network.
    """
    from etiograph.decision.behind import behind

    now = posterior(network, findings)
    if not now.ok or acting_on(network) is None:
        return Behind()
    try:
        return behind(network, dict(findings), now.log_evidence, parts.near(network))
    except eg.EtiographError:
        return Behind()


@kept
def why(network: eg.Network, findings: Pairs, name: str, state: str) -> tuple[Any, tuple[str, ...]]:
    """The ledger of findings for one answer, and the same in words."""
    from etiograph.decision.words import explanation_words

    found = network.case(dict(findings)).explain(name, state)
    return found, explanation_words(network, found)


@kept
def _none_there(network: eg.Network, findings: Pairs) -> float | None:
    from etiograph.decision.behind import none_there

    now = posterior(network, findings)
    if now.problem:
        return None
    try:
        return none_there(network, dict(findings), now.log_evidence)
    except eg.EtiographError:
        return None


def none_of(network: eg.Network, findings: Pairs) -> float | None:
    """Probability that a person has no named cause at work, or has none of the possible causes.

    Where causes act one by one on the outcome of the network: of those who have it, the share in whom
    only what has no name acted. Else: every possible cause is in its usual state.
    """
    outcome = acting_on(network)
    if outcome is not None:
        event = labels.notable(network.variables[outcome])[0]
        if dict(findings).get(outcome, event) != event:
            return None
        there = labels.in_order(network, tuple((dict(findings) | {outcome: event}).items()))
        return behind(network, there).alone
    return _none_there(network, findings)


@kept
def beside(network: eg.Network, findings: Pairs) -> tuple[str, ...]:
    """What the ranking does not say: what a suspected tablet does, and what else is likely."""
    from etiograph.decision.also import also_likely
    from etiograph.decision.ways import blamed
    from etiograph.decision.words import also_words, ways_words

    known = dict(findings)
    now, base = (posterior(network, p) for p in (findings, labels.baseline(network, findings)))
    if not (now.ok and base.ok):
        return ()
    try:
        told = [line for each in blamed(network, known) for line in ways_words(network, each)]
    except eg.EtiographError:
        told = []
    return (*told, *also_words(network, also_likely(network, known, now.p, base.p)))


@kept
def tornado(
    network: eg.Network, findings: Pairs, name: str, state: str, *, acted: bool = False
) -> Any:
    """Which number moves one answer most: how probable a cause is, or how often it acted."""
    return network.case(dict(findings)).tornado(name, state, groups=False, acted=acted)


@kept
def grounds(
    network: eg.Network, findings: Pairs, name: str, state: str, *, acted: bool = False
) -> Grounds | None:
    """The numbers that make an answer what it is, and where each would turn it; None if it is none."""
    from etiograph.uncertainty.grounds import grounds

    try:
        return grounds(network, dict(findings), name, state or None, acted=acted)
    except eg.EtiographError:
        return None


@kept
def fitted(
    network: eg.Network, findings: Pairs, key: tuple[str, str], believed: float, only: str
) -> Tuned | None:
    """The smallest change of the numbers, or of one, with which a cause is as probable as believed."""
    belief = eg.Belief("=".join(key), believed, believed, given=dict(findings))
    try:
        return network.tune([belief], [only] if only else None)
    except eg.EtiographError:
        return None


@kept
def without(network: eg.Network, source: str) -> Without:
    """The network as it would be without a source."""
    from etiograph.uncertainty.without import without_source

    return without_source(network, source)


@kept
def grid(
    network: eg.Network, findings: Pairs, key: tuple[str, str], numbers: tuple[str, str]
) -> Grid | None:
    """One answer over the ranges of two numbers."""
    try:
        return network.case(dict(findings)).two_way(key[0], key[1], of=numbers)
    except eg.EtiographError:
        return None


@kept
def courses(
    network: eg.Network, findings: Pairs, causes: Pairs, of: str, *, acted: bool
) -> Courses | None:
    """How several causes run together along one number."""
    from etiograph.uncertainty.courses import courses

    events = [Event.parse(network, name, state or None) for name, state in causes]
    try:
        return courses(network, dict(findings), events, of, acted=acted)
    except eg.EtiographError:
        return None


def acts(network: eg.Network, findings: Pairs) -> bool:
    """Whether it can be said exactly which numbers move how often a cause acted."""
    from etiograph.decision.behind import acts

    return acts(network, dict(findings))


def report(
    network: eg.Network,
    findings: Pairs,
    form: str,
    original: eg.Network,
    evidence: Mapping[str, Mapping[str, str]] | None = None,
    detail: bool = False,
    scenarios: tuple[Pairs, ...] = (),
    record: Record | None = None,
    helps: bool = False,
    link: str = "",
) -> str:
    """The report of a case as ``html``, ``page`` or ``patient``; made when asked for, kept nowhere.

    Its ranges are those of the screen, from the same runs. It says which numbers are not those of the
    `original`. Scenarios that are compared stand in it with the warnings they bring; where findings came
    from a record, it says which resource.
    """
    draws = parts.runs(network, labels.in_order(network, findings))
    written = eg.Case(network, dict(findings), record=record).report(
        draws=draws,
        original=original,
        evidence=evidence,
        detail=detail,
        scenarios=[dict(pairs) for pairs in scenarios],
        helps=helps,
    )
    if form in ("page", "patient"):
        today = f"{date.today():%d %B %Y}"
        return str(getattr(written, f"to_{form}")(today, link))
    return str(getattr(written, f"to_{form}")())
