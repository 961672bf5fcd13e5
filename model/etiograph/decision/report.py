"""One report of a case: a value first, then text, HTML and JSON of the same value.

Everything a reader needs to judge it stands in it: what was known, what the network says and how sure
it is, why, what to ask next, which sources matter, and the digest and versions to repeat it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from etiograph.decision import words
from etiograph.decision.changed import LISTED, ChangedNumber, changed_numbers, changed_words
from etiograph.decision.reasons import Lines, reasons, unexpected
from etiograph.decision.red_flags import LEVELS, red_flags, shown
from etiograph.decision.references import Evidence, Reference, references
from etiograph.decision.speaking import cases, said_of
from etiograph.query.links import stand_ins
from etiograph.uncertainty.acted import acted
from etiograph.uncertainty.contrast import contrast
from etiograph.uncertainty.rows import Event, causes, event, finding_row, open_causes, solve

if TYPE_CHECKING:
    from etiograph.network.network import Network
    from etiograph.query.worlds import Kind
    from etiograph.uncertainty.intervals import Intervals
    from etiograph.uncertainty.summary import Interval

NOTICE = "For research and teaching. Not a medical device; not validated for patient care."
CAUSES = "Possible causes"
SOURCES = "Sources"
CONTRASTED = 500
"""Draws at most for the difference that a change makes: two worlds each."""
KINDS = {
    "see": "as found",
    "do": "in a changed world, with the findings seen in it",
    "had": "had this been otherwise, for the same person",
    "after": "the same person from now on",
}


@dataclass(frozen=True, slots=True)
class ReportFlag:
    """A red flag: what it is, where it comes from, which findings set it off."""

    level: str
    message: str
    source: str = ""
    because: tuple[str, ...] = ()

    def grounds(self) -> str:
        """What set it off, and its source, in one line."""
        source = words.source_words(self.source)
        parts = [f"Because of: {'; '.join(self.because)}"] if self.because else []
        return ". ".join([*parts, *([f"Source: {source}"] if source else [])])


@dataclass(frozen=True, slots=True)
class ReportCause:
    """One possible cause.

    Attributes
    ----------
    name, label : str
    p : float
        Its probability.
    baseline : float
        Before any finding; for a changed world, without the change.
    low, high : float
        90 % interval.
    p_first : float
        Share of runs in which it comes first.
    behind, behind_low, behind_high : float or None
        Probability that it acted, with its 90 % interval: a cause that is there need not be the one
        behind the outcome. None unless the outcome is among the findings.
    behind_baseline : float or None
        The same in everybody who has the outcome.
    """

    name: str
    label: str
    p: float
    baseline: float
    low: float
    high: float
    p_first: float
    behind: float | None = None
    behind_low: float | None = None
    behind_high: float | None = None
    behind_baseline: float | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """Everything said of one case.

    Attributes
    ----------
    title, network, version, digest, etiograph : str
        What was asked: the network, its version and digest, and the software's version.
    purpose, population, validated_on : str
        From the model file.
    findings, changes : tuple of str
        In words.
    given : mapping of str to str
        Findings as they were given.
    kind : str
    flags : tuple of ReportFlag
    causes : tuple of ReportCause
        Those that acted most often first, where the outcome is found; else the most probable.
    summary, why, turns, next, numbers : tuple of str
        Plain sentences.
    sources : tuple of str
        Ids of the sources whose numbers move the first answer most.
    references : tuple of Reference
        These sources and those of the flags, with author, year and address.
    draws : int
    ess : float
        Effective number of runs behind the intervals.
    weaknesses : tuple of str
    outcome : str
        What the causes are causes of, in words.
    changed : tuple of ChangedNumber
        Numbers that are not as published; they stand above everything else.
    published : str
        Digest of the network as published, where numbers are changed.
    cases : str
        What the network speaks of where that is not people.
    """

    title: str
    network: str
    version: str
    digest: str
    etiograph: str
    purpose: str
    population: str
    validated_on: str
    findings: tuple[str, ...]
    changes: tuple[str, ...]
    given: Mapping[str, str]
    kind: str
    flags: tuple[ReportFlag, ...]
    causes: tuple[ReportCause, ...]
    summary: tuple[str, ...]
    why: tuple[str, ...]
    turns: tuple[str, ...]
    next: tuple[str, ...]
    numbers: tuple[str, ...]
    sources: tuple[str, ...]
    draws: int
    ess: float
    weaknesses: tuple[str, ...] = ()
    outcome: str = ""
    references: tuple[Reference, ...] = ()
    notice: str = field(default=NOTICE)
    changed: tuple[ChangedNumber, ...] = ()
    published: str = ""
    cases: str = ""

    def to_json(self) -> str:
        """The report as JSON text."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False, allow_nan=False)

    def to_text(self) -> str:
        """The report as plain text, at most 100 columns."""
        from etiograph.decision.report_text import text

        return text(self)

    def to_html(self) -> str:
        """The report as one HTML page without any outside file."""
        from etiograph.decision.report_html import page

        return page(self)

    def sections(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Headings and their sentences, in reading order; the causes are a table of their own."""
        lines = tuple(each.line() for each in self.changed)
        return (
            ("Changed numbers", lines if len(lines) > LISTED else ()),
            ("What is known", self.findings or ("Nothing yet.",)),
            ("What is changed", self.changes),
            ("In short", self.summary),
            (CAUSES, ()),
            ("Why", self.why),
            ("What would turn it", self.turns),
            ("Ask or test next", self.next),
            ("Numbers that matter most", self.numbers),
            ("Known weaknesses", self.weaknesses),
            (SOURCES, tuple(one.line() for one in self.references)),
        )

    def box(self) -> tuple[str, ...]:
        """What stands above everything else: that numbers are changed, and, if few, which; or nothing."""
        if not self.changed:
            return ()
        few = self.changed if len(self.changed) <= LISTED else ()
        return (changed_words(self.changed), *(each.line() for each in few))

    @property
    def links(self) -> bool:
        """Whether the causes are ranked by how often they acted."""
        return any(row.behind is not None for row in self.causes)

    def columns(self) -> tuple[str, ...]:
        """Headings of the table of causes, after the name; the numbers are of 100 people."""
        before = "before" if self.kind == "see" else "unchanged"
        if self.links:
            everybody = "in all" if self.cases else "in everybody"
            return ("behind it", "90 % range", "present", everybody)
        return ("present", "90 % range", before)

    def cells(self, row: ReportCause) -> tuple[str, ...]:
        """The numbers of one cause under these headings, of 100."""
        there = words.of_100(row.p)
        if not self.links:
            return (there, words.ends(row.low, row.high), words.of_100(row.baseline))
        behind, low, high = row.behind or 0.0, row.behind_low or 0.0, row.behind_high or 0.0
        if row.name.partition("=")[0] in self.given:
            there = "entered"
        everybody = words.of_100(row.behind_baseline or 0.0)
        return (words.of_100(behind), words.ends(low, high), there, everybody)

    def legend(self) -> tuple[str, ...]:
        """What the numbers and headings mean."""
        return tuple(said_of(self.cases, line) for line in self._legend())

    def _legend(self) -> tuple[str, ...]:
        there = "Present: the person has the cause"
        if not self.links:
            before = "before any finding" if self.kind == "see" else "without the change"
            return (f"Of 100 people like this. {there}; {self.columns()[-1]}: {before}.",)
        return (
            f"Of 100 people like this. Behind it: the cause had a part in the {self.outcome}. "
            f"{there}, whether it had a part or not. "
            f"{words.upper(self.columns()[-1])}: how often it is behind the {self.outcome} of people of whom no more is known.",
        )

    def identity(self) -> tuple[str, ...]:
        """What it takes to repeat the report."""
        name = " ".join((self.network, self.version)).strip()
        if self.changed:
            name += (
                f" with other numbers ({len(self.changed)}; as published: digest {self.published})"
            )
        return (
            f"Network {name}, digest {self.digest}",
            f"etiograph {self.etiograph}; ranges from {self.draws} runs over the ranges of the numbers, "
            f"weighted by how well each fits the findings (they tell as much as {self.ess:.0f} "
            "equal ones)",
            *(
                ()
                if self.references
                else (
                    f"Sources behind the first answer: {', '.join(self.sources) or 'none stated'}",
                )
            ),
            f"Validated on: {self.validated_on or 'nothing yet'}",
        )


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

    Raises
    ------
    ImpossibleFindings, InvalidFinding, UnknownName, InvalidChange
    """
    from etiograph import __version__
    from etiograph.uncertainty.intervals import intervals

    events = _events(network, findings)
    found = intervals(
        network,
        findings,
        draws,
        seed,
        changes=changes,
        kind=kind,
        ranked=[e.name for e in events],
        causes_only=True,
    )
    ranking = _ranking(network, findings, found, kind)
    asked = _asked(network, findings, changes or {}, kind, ranking)
    effect: Lines = ()
    if kind != "see" and asked is not None:
        sides = contrast(
            network, findings, asked.variable, asked.states,
            changes=changes or {}, kind=kind, draws=min(draws, CONTRASTED), seed=seed,
        )  # fmt: skip
        effect = words.contrast_words(network, sides, changes or {}, kind)
    changed = () if original is None else changed_numbers(network, original)
    about = network.about
    target = str(about.get("target", ""))
    outcome = network.variables[target].label if target in network.variables else ""
    summary = (
        *effect,
        *(words.intervals_words(network, found) if kind == "see" else ()),
        *unexpected(network, findings, kind),
    )
    why, turns, next_, numbers, sources = reasons(
        network, findings, changes or {}, kind, asked, found.causes, turns=detail
    )
    who = cases(network)
    summary, why, turns, next_ = (
        tuple(said_of(who, line) for line in lines) for lines in (summary, why, turns, next_)
    )
    flags = _flags(network, findings, changes)
    if any(flag.level == LEVELS[0] for flag in flags):
        next_ = (words.WARNING_FIRST,)
    return Report(
        title=str(about.get("title") or about.get("name") or "Report"),
        network=str(about.get("name", "")),
        version=str(about.get("version", "")),
        digest=network.digest(),
        etiograph=__version__,
        purpose=str(about.get("purpose", "")),
        population=str(about.get("population", "")),
        validated_on=str(about.get("validated_on", "")),
        findings=words.findings_words(network, findings),
        changes=_changes(network, changes, kind),
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
        weaknesses=tuple(str(w) for w in about.get("weaknesses", ())),
        outcome=outcome,
        references=references([*_cited(flags), *sources], evidence or {}),
        changed=changed,
        published=original.digest() if original is not None and changed else "",
        cases=who,
    )


def _events(network: Network, findings: Mapping[str, object]) -> tuple[Event, ...]:
    """The causes; in a network that names none, every variable that is not known."""
    if causes(network):
        return open_causes(network, findings)
    return tuple(event(network, name) for name in network.variables if name not in findings)


def _ranking(
    network: Network, findings: Mapping[str, object], found: Intervals, kind: Kind
) -> tuple[ReportCause, ...]:
    """The causes that are a question; where the outcome is found, known ones that may have acted."""
    base = solve(network, finding_row(network, {} if kind == "see" else findings))
    everybody = _everybody(network, findings) if found.acted else {}
    without_name = stand_ins(network) if found.acted else frozenset()
    rows = []
    for name, cell in found.causes.items():
        what = event(network, name)
        if what.variable in without_name:
            continue
        rows.append(
            ReportCause(
                name,
                words.upper(what.label(network)),
                cell.point,
                float(base.p(what.slots(network))[0]),
                cell.low,
                cell.high,
                found.p_first[name],
                *_behind(found.acted.get(what.variable)),
                everybody.get(what.variable),
            )
        )
    for what in causes(network):
        acts = found.acted.get(what.variable)
        if acts is not None and what.variable in findings and acts.point > 0.0:
            label = _known_label(network, findings, what)
            baseline = float(base.p(what.slots(network))[0])
            part = (*_behind(acts), everybody.get(what.variable))
            rows.append(ReportCause(what.name, label, 1.0, baseline, 1.0, 1.0, 0.0, *part))
    return tuple(sorted(rows, key=lambda row: -(row.behind or 0.0)))


def _everybody(network: Network, findings: Mapping[str, object]) -> Mapping[str, float]:
    """How often each cause is behind the outcome in all people who have it."""
    target = str(network.about["target"])
    return acted(network, {target: findings[target]}) or {}


def _behind(cell: Interval | None) -> tuple[float | None, float | None, float | None]:
    return (None, None, None) if cell is None else (cell.point, cell.low, cell.high)


def _known_label(network: Network, findings: Mapping[str, object], what: Event) -> str:
    value = findings[what.variable]
    if isinstance(value, str) and value in what.states:
        what = Event(what.variable, (value,))
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
        return event(network, target)
    open_ = [row.name for row in ranking if row.name.partition("=")[0] not in findings]
    return event(network, open_[0]) if open_ else None


def _changes(network: Network, changes: Mapping[str, object] | None, kind: Kind) -> Lines:
    if kind == "see":
        return ()
    said = [words.finding_words(network, name, v) for name, v in (changes or {}).items()]
    meant = said_of(cases(network), KINDS[kind])
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
