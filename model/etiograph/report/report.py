"""One report of a case: worked out once, then written as text, HTML or JSON of the same value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from etiograph.decision import words
from etiograph.decision.also import also_likely, in_which, shared
from etiograph.decision.behind import acting_on, asks_part, with_outcome
from etiograph.decision.changed import changed_numbers
from etiograph.decision.intervention_words import helps_words
from etiograph.decision.interventions import what_helps
from etiograph.decision.reasons import Lines, reasons, unexpected
from etiograph.decision.red_flags import red_flags, shown
from etiograph.decision.references import Evidence, references
from etiograph.decision.speaking import cases, said_of
from etiograph.decision.ways import blamed
from etiograph.errors import ImpossibleFindings, InvalidFinding
from etiograph.network.diff import difference
from etiograph.network.event import Event
from etiograph.network.rules import LEVELS
from etiograph.query.causes import causes, open_causes
from etiograph.query.imagine import after, had
from etiograph.query.links import stand_ins
from etiograph.query.once import with_baseline
from etiograph.report.scenarios import DRAWS, scenario_lines
from etiograph.report.value import Report, ReportCause, ReportFlag
from etiograph.uncertainty.acted import Acting, acted
from etiograph.uncertainty.contrast import contrast
from etiograph.uncertainty.rows import finding_row, solve

if TYPE_CHECKING:
    from etiograph.findings.fhir import Record
    from etiograph.network.network import Network
    from etiograph.query.worlds import Kind
    from etiograph.uncertainty.intervals import Intervals
    from etiograph.uncertainty.summary import Interval

KINDS = {
    "see": "as found",
    "do": "in a changed world, with the findings seen in it",
    "had": "had this been otherwise, for the same person",
    "after": "the same person from now on",
}


def _kind_words(network: Network, kind: str) -> str:
    """What kind of question, with how far it looks ahead."""
    ahead = network.horizon if kind == "after" else None
    return KINDS[kind] if ahead is None else f"{KINDS[kind]}, over the next {ahead}"


def report(
    network: Network,
    findings: Mapping[str, object],
    changes: Mapping[str, object] | None = None,
    kind: Kind = "see",
    *,
    draws: int = 1000,
    seed: int = 0,
    original: Network | None = None,
    evidence: Evidence | None = None,
    detail: bool = False,
    scenarios: Sequence[Mapping[str, str]] = (),
    record: Record | None = None,
    helps: bool = False,
) -> Report:
    """Everything worth saying of one case.

    Parameters
    ----------
    network : Network
    findings : mapping of str to finding
    changes : mapping of str to state, optional
    kind : {"see", "do", "had", "after"}
        What the changes mean.
    draws, seed : int
        For the intervals.
    original : Network, optional
        The network as published, if numbers of this one are changed: the report says which.
    evidence : mapping of str to row, optional
        The evidence table of the network: sources are then listed with author, year and address.
    detail : bool
        Also say which numbers, moved how far, would turn the answer: for researchers.
    scenarios : sequence of mapping of str to state
        Changes compared with no change, each from now on; with the warnings it brings.
    record : Record, optional
        The patient's record that findings were read from.
    helps : bool
        Also which changes could help, of a case as it is seen: each is a world of its own, which takes seconds.

    Raises
    ------
    ImpossibleFindings, InvalidFinding, UnknownName, InvalidChange
    """
    from etiograph import __version__
    from etiograph.uncertainty.intervals import intervals

    known = _known(network, findings, kind)
    found = intervals(
        network,
        known,
        draws,
        seed,
        changes=changes,
        kind=kind,
        ranked=open_causes(network, known),
        causes_only=True,
    )
    ranking = _ranking(network, known, found, kind)
    asked = _asked(network, findings, changes or {}, kind, ranking)
    changed = () if original is None else changed_numbers(network, original)
    edited = original is not None and not difference(original, network).numbers_only
    summary = (
        *_effect(network, findings, changes or {}, kind, asked, ranking, min(draws, DRAWS), seed),
        *_blamed(network, findings, kind),
        *(words.intervals_words(network, found) if kind == "see" else ()),
        *unexpected(network, findings, kind),
        *_also(network, findings, kind),
    )
    why, turns, next_, numbers, sources = reasons(
        network, known, changes or {}, kind, asked, found.causes, turns=detail, told=findings
    )
    who = cases(network)
    summary, why, turns, next_ = (
        tuple(said_of(who, line) for line in lines) for lines in (summary, why, turns, next_)
    )
    would = scenario_lines(
        network, findings, scenarios, _outcome(network), draws=draws, seed=seed
    )  # fmt: skip
    flags = _flags(network, findings, changes)
    if any(flag.level == LEVELS[0] for flag in flags):
        next_ = (words.WARNING_FIRST,)
    return Report(
        **_said_of_itself(network),
        digest=network.digest(),
        etiograph=__version__,
        findings=words.findings_words(network, findings),
        changes=_changes(network, changes, kind),
        scenarios=tuple(said_of(who, line) for line in would),
        given={name: words.value_words(network, name, v) for name, v in findings.items()},
        kind=kind,
        flags=flags,
        causes=ranking,
        summary=summary,
        why=why,
        turns=turns,
        next=next_,
        numbers=numbers,
        sources=sources,
        draws=draws,
        ess=found.ess,
        references=references([*_cited(flags), *sources], evidence or {}),
        changed=changed,
        edited=edited,
        published=original.digest() if original is not None and (changed or edited) else "",
        cases=who,
        ranged=network.has_ranges,
        shared=words.joined([network.variables[n].label for n in shared(network, findings)]),
        record=record.as_dict(findings) if record else {},
        origins=tuple(origin.line() for origin in record.of(findings)) if record else (),
        unused=record.unused_lines() if record else (),
        helps=_helps(network, findings) if helps and kind == "see" else (),
        numbers_of=said_of(who, _numbers_of(network, findings, known, kind)) if ranking else "",
    )


def _known(network: Network, findings: Mapping[str, object], kind: Kind) -> Mapping[str, object]:
    """The findings in whom the causes are ranked: with the outcome, where it is asked what had a part in it."""
    if kind != "see" or not asks_part(network, findings):
        return findings
    known = with_outcome(network, findings)
    if known is None or known == findings or Acting.of(network, known) is None:
        return findings
    try:
        acted(network, known)
    except ImpossibleFindings:  # in nobody like this is the outcome there
        return findings
    return known


def _numbers_of(
    network: Network,
    findings: Mapping[str, object],
    known: Mapping[str, object],
    kind: Kind,
) -> str:
    """Of whom the numbers of the causes are, or of what, where causes could have acted."""
    if kind != "see" or acting_on(network) is None:
        return ""
    outcome = network.variables[str(network.about["target"])].label
    if Acting.of(network, known) is None:
        return words.presence_words(outcome)
    return "" if known == findings else words.assumes_words(outcome)


def _said_of_itself(network: Network) -> dict[str, Any]:
    """What a network's file says it is, and for whom."""
    about = network.about
    target = str(about.get("target", ""))
    return {
        "title": str(about.get("title") or about.get("name") or "Report"),
        "network": str(about.get("name", "")),
        "outcome": network.variables[target].label if target in network.variables else "",
        "weaknesses": tuple(str(w) for w in about.get("weaknesses", ())),
    } | {
        key: str(about.get(key, "")) for key in ("version", "purpose", "population", "validated_on")
    }


def _effect(
    network: Network,
    findings: Mapping[str, object],
    changes: Mapping[str, object],
    kind: Kind,
    asked: Event | None,
    ranking: tuple[ReportCause, ...],
    draws: int,
    seed: int,
) -> Lines:
    """What the changes make of what is asked, with its range, and which orders of states that hangs on."""
    lines: Lines = ()
    if kind != "see" and asked is not None:
        sides = contrast(
            network, findings, asked.variable, asked.states,
            changes=changes, kind=kind, draws=draws, seed=seed,
        )  # fmt: skip
        lines = words.contrast_words(network, sides, changes, kind)
    if kind in ("had", "after"):
        imagine = had if kind == "had" else after
        world = imagine(network, findings, changes)
        ranked = [Event.of(network.variables[row.variable], *row.states) for row in ranking]
        hanging = dict.fromkeys([*([asked] if asked else []), *ranked])
        lines = (*lines, *words.order_words(network, world, tuple(hanging)))
    return lines


def _blamed(network: Network, findings: Mapping[str, object], kind: Kind) -> Lines:
    """What the network thinks of a suspected tablet, where one is entered."""
    if kind != "see":
        return ()
    return tuple(
        line for found in blamed(network, findings) for line in words.ways_words(network, found)
    )


def _also(network: Network, findings: Mapping[str, object], kind: Kind) -> Lines:
    """Likely conditions that are no possible causes."""
    if kind != "see":
        return ()
    now, base = with_baseline(network, findings, shared(network, findings))
    return words.also_words(network, also_likely(network, findings, now, base))


def _helps(network: Network, findings: Mapping[str, object]) -> Lines:
    """The changes that help most, as sentences; nothing where nothing acts on anything."""
    try:
        found = what_helps(network, findings)
    except InvalidFinding:
        return ()
    return tuple(said_of(cases(network), line) for line in helps_words(network, found))


def _ranking(
    network: Network, findings: Mapping[str, object], found: Intervals, kind: Kind
) -> tuple[ReportCause, ...]:
    """The causes that are a question; where the outcome is found, known ones that may have acted."""
    base = solve(
        network, finding_row(network, shared(network, findings) if kind == "see" else findings)
    )
    everybody = _everybody(network, findings) if found.acted else {}
    without_name = stand_ins(network) if found.acted else frozenset()
    now = with_baseline(network, findings)[0] if kind == "see" else None
    rows = []
    behind = {event.variable: cell for event, cell in found.acted.items()}
    for what, cell in found.causes.items():
        if what.variable in without_name:
            continue
        rows.append(
            ReportCause(
                what.name(network),
                what.variable,
                what.states,
                words.upper((in_which(network, what, now) if now else what).label(network)),
                cell.point,
                float(base.p(what.slots(network))[0]),
                cell.low,
                cell.high,
                found.p_first[what],
                *_behind(behind.get(what.variable)),
                everybody.get(what.variable),
            )
        )
    for what in causes(network):
        acts = behind.get(what.variable)
        if acts is not None and what.variable in findings and acts.point > 0.0:
            label = _known_label(network, findings, what)
            baseline = float(base.p(what.slots(network))[0])
            part = (*_behind(acts), everybody.get(what.variable))
            rows.append(
                ReportCause(
                    what.name(network),
                    what.variable,
                    what.states,
                    label,
                    1.0,
                    baseline,
                    1.0,
                    1.0,
                    0.0,
                    *part,
                )
            )
    return tuple(sorted(rows, key=lambda row: -(row.behind or 0.0)))


def _everybody(network: Network, findings: Mapping[str, object]) -> Mapping[str, float]:
    """How often each cause is behind the outcome in all people who have it."""
    target = str(network.about["target"])
    return acted(network, {**shared(network, findings), target: findings[target]}) or {}


def _behind(cell: Interval | None) -> tuple[float | None, float | None, float | None]:
    return (None, None, None) if cell is None else (cell.point, cell.low, cell.high)


def _known_label(network: Network, findings: Mapping[str, object], what: Event) -> str:
    value = findings[what.variable]
    if isinstance(value, str) and value in what.states:
        what = Event.of(network.variables[what.variable], value)
    return words.upper(what.label(network))


def _asked(
    network: Network,
    findings: Mapping[str, object],
    changes: Mapping[str, object],
    kind: Kind,
    ranking: tuple[ReportCause, ...],
) -> Event | None:
    """What the reasons are given for: the first cause, or the outcome in a changed world."""
    target = str(network.about.get("target", ""))
    known = {*changes, *(findings if kind == "do" else ())}
    if kind != "see" and target in network.variables and target not in known:
        return Event.parse(network, target)
    first = next((row for row in ranking if row.variable not in findings), None)
    if first is None:
        return None
    return Event.of(network.variables[first.variable], *first.states)


def _outcome(network: Network) -> Event | None:
    """What the network is about, where it says so."""
    target = str(network.about.get("target", ""))
    return Event.parse(network, target) if target in network.variables else None


def _changes(network: Network, changes: Mapping[str, object] | None, kind: Kind) -> Lines:
    if kind == "see":
        return ()
    said = [words.finding_words(network, name, v) for name, v in (changes or {}).items()]
    meant = said_of(cases(network), _kind_words(network, kind))
    return tuple(f"{line} ({meant})" for line in said or ["Nothing"])


def _flags(
    network: Network, findings: Mapping[str, object], changes: Mapping[str, object] | None
) -> tuple[ReportFlag, ...]:
    return tuple(
        ReportFlag(flag.level, flag.message, flag.source, flag.because)
        for flag in shown(red_flags(network, findings, changes or {}))
    )


def _cited(flags: tuple[ReportFlag, ...]) -> list[str]:
    return [each for flag in flags for each in flag.source.split(", ")]
