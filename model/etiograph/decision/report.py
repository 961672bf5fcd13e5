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
from etiograph.uncertainty.rows import Event, causes, event, finding_row, open_causes, solve

if TYPE_CHECKING:
    from etiograph.network.network import Network
    from etiograph.query.worlds import Kind

NOTICE = "For research and teaching. Not a medical device; not validated for patient care."
KINDS = {
    "see": "as found",
    "do": "in a changed world, with the findings seen in it",
    "had": "had this been otherwise, for the same person",
    "after": "the same person from now on",
}


@dataclass(frozen=True, slots=True)
class ReportFlag:
    """A red flag: what it is, why it is raised, where it comes from."""

    level: str
    message: str
    source: str = ""


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
    """

    name: str
    label: str
    p: float
    baseline: float
    low: float
    high: float
    p_first: float


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
        Most probable first.
    summary, why, turns, next, numbers : tuple of str
        Plain sentences.
    sources : tuple of str
        Ids of the sources whose numbers move the first answer most.
    draws : int
    ess : float
        Effective number of runs behind the intervals.
    weaknesses : tuple of str
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
    notice: str = field(default=NOTICE)

    def to_json(self) -> str:
        """The report as JSON text."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False, allow_nan=False)

    def to_text(self) -> str:
        """The report as plain text, at most 100 columns where words allow."""
        lines = [self.title, self.notice, ""]
        lines += [f"!! {flag.level.upper()}: {flag.message}" for flag in self.flags]
        for heading, body in self.sections():
            if body:
                lines += ["", heading, *(f"  {line}" for line in body)]
        lines += ["", "Possible causes", *_table(self.causes)] if self.causes else []
        lines += ["", *self.identity()]
        return "\n".join(lines).rstrip() + "\n"

    def to_html(self) -> str:
        """The report as one HTML page without any outside file."""
        from etiograph.decision.report_html import page

        return page(self)

    def sections(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Headings and their sentences, in reading order."""
        return (
            ("What is known", self.findings or ("Nothing yet.",)),
            ("What is changed", self.changes),
            ("In short", self.summary),
            ("Why", self.why),
            ("What would turn it", self.turns),
            ("Ask or test next", self.next),
            ("Numbers that matter most", self.numbers),
            ("Known weaknesses", self.weaknesses),
        )

    def identity(self) -> tuple[str, ...]:
        """What it takes to repeat the report."""
        return (
            f"Network {' '.join((self.network, self.version)).strip()}, digest {self.digest}",
            f"etiograph {self.etiograph}; intervals from {self.draws} runs "
            f"(effective {self.ess:.0f})",
            f"Sources behind the first answer: {', '.join(self.sources) or 'none stated'}",
            f"Validated on: {self.validated_on or 'nothing yet'}",
        )


def _table(rows: tuple[ReportCause, ...]) -> list[str]:
    width = max(len(row.label) for row in rows)
    lines = [f"  {'':{width}}  {'now':>7}  {'90 % range':>12}  {'before':>7}"]
    for row in rows:
        ends = f"{100 * row.low:.0f} to {100 * row.high:.0f}"
        lines.append(
            f"  {row.label:{width}}  {words.percent(row.p):>7}  {ends:>12}  "
            f"{words.percent(row.baseline):>7}"
        )
    return lines


def report(
    network: Network,
    findings: Mapping[str, object],
    changes: Mapping[str, object] | None = None,
    kind: Kind = "see",
    *,
    draws: int = 1000,
    seed: int = 0,
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
    )
    ranking = _ranking(network, findings, found.causes, found.p_first, kind)
    about = network.about
    why, turns, next_, numbers, sources = _reasons(network, findings, kind, ranking)
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
        flags=_flags(network, findings, changes),
        causes=ranking,
        summary=(*words.intervals_words(network, found), *_unexpected(network, findings, kind)),
        why=why,
        turns=turns,
        next=next_,
        numbers=numbers,
        sources=sources,
        draws=draws,
        ess=found.ess,
        weaknesses=tuple(str(w) for w in about.get("weaknesses", ())),
    )


def _events(network: Network, findings: Mapping[str, object]) -> tuple[Event, ...]:
    """The causes; in a network that names none, every variable that is not known."""
    if causes(network):
        return open_causes(network, findings)
    return tuple(event(network, name) for name in network.variables if name not in findings)


def _ranking(
    network: Network,
    findings: Mapping[str, object],
    found: Mapping[str, object],
    p_first: Mapping[str, float],
    kind: Kind,
) -> tuple[ReportCause, ...]:
    from etiograph.uncertainty.intervals import Interval

    compared = {} if kind == "see" else findings
    base = solve(network, finding_row(network, compared))
    rows = []
    for name, cell in found.items():
        assert isinstance(cell, Interval)
        what = event(network, name)
        baseline = float(base.p(what.slots(network))[0])
        label = words.upper(what.label(network))
        rows.append(
            ReportCause(name, label, cell.point, baseline, cell.low, cell.high, p_first[name])
        )
    return tuple(rows)


Lines = tuple[str, ...]


def _reasons(
    network: Network, findings: Mapping[str, object], kind: Kind, ranking: tuple[ReportCause, ...]
) -> tuple[Lines, Lines, Lines, Lines, Lines]:
    """Why, what would turn it, what next, which numbers and sources: of the case as seen."""
    from etiograph.decision.explain import explain
    from etiograph.decision.next_test import next_tests
    from etiograph.uncertainty.flip import turning_points
    from etiograph.uncertainty.sensitivity import tornado

    if not ranking or kind != "see":
        return (), (), (), (), ()
    first = event(network, ranking[0].name)
    why = explain(network, findings, first.variable, first.states)
    bars = tornado(network, findings, first.variable, first.states)
    after = next_tests(network, findings, None if causes(network) else first.name)
    turns: Lines = ()
    if open_causes(network, findings) and any(p.uncertain for p in network.parameters.values()):
        turns = (words.turns_words(network, turning_points(network, findings)),)
    used = [bar for bar in bars.by_source if bar.name != "no source" and bar.swing >= 0.005]
    return (
        words.explanation_words(network, why),
        turns,
        words.next_words(network, after),
        words.tornado_words(network, bars) if bars.bars else (),
        tuple(bar.name for bar in used[:8]),
    )


def _unexpected(network: Network, findings: Mapping[str, object], kind: Kind) -> Lines:
    from etiograph.decision.surprise import surprise

    if kind != "see" or len(findings) < 2:
        return ()
    found = surprise(network, findings, cases=600)
    return (words.surprise_words(found),) if found.unexpected else ()


def _changes(network: Network, changes: Mapping[str, object] | None, kind: Kind) -> Lines:
    if kind == "see":
        return ()
    said = [words.finding_words(network, name, v) for name, v in (changes or {}).items()]
    return tuple(f"{line} ({KINDS[kind]})" for line in said) or (f"Nothing ({KINDS[kind]})",)


def _flags(
    network: Network, findings: Mapping[str, object], changes: Mapping[str, object] | None
) -> tuple[ReportFlag, ...]:
    if not network.rules:
        return ()
    from etiograph.decision.red_flags import red_flags

    raised = red_flags(network, findings, changes or {})
    return tuple(
        ReportFlag(str(f.level), str(f.message), str(getattr(f, "source", "") or ""))
        for f in raised
    )
