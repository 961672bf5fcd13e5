"""One report of a case: a value first, then text, HTML and JSON of the same value.

Everything a reader needs to judge it stands in it: what was known, what the network says and how sure
it is, why, what to ask next, which sources matter, and the digest and versions to repeat it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from textwrap import wrap
from typing import TYPE_CHECKING

from etiograph.decision import words
from etiograph.uncertainty.contrast import contrast
from etiograph.uncertainty.rows import Event, causes, event, finding_row, open_causes, solve

if TYPE_CHECKING:
    from etiograph.decision.explain import Explanation
    from etiograph.network.network import Network
    from etiograph.query.worlds import Kind
    from etiograph.uncertainty.summary import Interval

NOTICE = "For research and teaching. Not a medical device; not validated for patient care."
CAUSES = "Possible causes"
IDIOPATHIC = "no named cause"
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
    behind : float or None
        Probability that it acted: a cause that is there need not be the one behind the outcome.
        None unless the outcome is among the findings.
    """

    name: str
    label: str
    p: float
    baseline: float
    low: float
    high: float
    p_first: float
    behind: float | None = None


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
    outcome : str
        What the causes are causes of, in words.
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
    notice: str = field(default=NOTICE)

    def to_json(self) -> str:
        """The report as JSON text."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False, allow_nan=False)

    def to_text(self) -> str:
        """The report as plain text, at most 100 columns."""
        lines = [self.title, self.notice]
        if self.flags:
            lines.append("")
        for flag in self.flags:
            source = f" ({flag.source})" if flag.source else ""
            lines += _wrapped(f"!! {flag.level.upper()}: {flag.message}{source}", "", "   ")
        for heading, body in self.sections():
            if heading == CAUSES and self.causes:
                lines += ["", heading, *_table(self.causes, self.outcome)]
            if body:
                lines += ["", heading]
                lines += [part for line in body for part in _wrapped(line, "  ", "    ")]
        lines.append("")
        lines += [part for line in self.identity() for part in _wrapped(line, "", "  ")]
        return "\n".join(lines).rstrip() + "\n"

    def to_html(self) -> str:
        """The report as one HTML page without any outside file."""
        from etiograph.decision.report_html import page

        return page(self)

    def sections(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Headings and their sentences, in reading order; the causes are a table of their own."""
        return (
            ("What is known", self.findings or ("Nothing yet.",)),
            ("What is changed", self.changes),
            ("In short", self.summary),
            (CAUSES, ()),
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


def _wrapped(text: str, first: str, other: str) -> list[str]:
    return wrap(text, 100, initial_indent=first, subsequent_indent=other)


def _table(rows: tuple[ReportCause, ...], outcome: str) -> list[str]:
    width = max(len(row.label) for row in rows)
    behind = any(row.behind is not None for row in rows)
    heads = f"  {'':{width}}  {'there':>7}  {'90 % range':>12}  {'before':>7}"
    lines = [heads + ("  behind it" if behind else "")]
    for row in rows:
        shown = words.percent(row.p, row.low, row.high)
        line = (
            f"  {row.label:{width}}  {shown:>7}  {words.ends(row.low, row.high):>12}  "
            f"{words.percent(row.baseline):>7}"
        )
        lines.append(line + (f"  {words.percent(row.behind or 0.0):>9}" if behind else ""))
    if behind:
        lines.append(f"  There: the cause is present. Behind it: it had a part in the {outcome}.")
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
        causes_only=True,
    )
    shares = _shares(network, findings, kind)
    ranking = _ranking(network, findings, found.causes, found.p_first, kind, shares)
    asked = _asked(network, findings, changes or {}, kind, ranking)
    effect: Lines = ()
    if kind != "see" and asked is not None:
        sides = contrast(
            network, findings, asked.variable, asked.states,
            changes=changes or {}, kind=kind, draws=min(draws, CONTRASTED), seed=seed,
        )  # fmt: skip
        effect = words.contrast_words(network, sides, changes or {}, kind)
    about = network.about
    target = str(about.get("target", ""))
    outcome = network.variables[target].label if target in network.variables else ""
    summary = (
        *effect,
        *(words.intervals_words(network, found) if kind == "see" else ()),
        *_share_words(network, shares),
        *_unexpected(network, findings, kind),
    )
    why, turns, next_, numbers, sources = _reasons(
        network, findings, changes or {}, kind, asked, found.causes
    )
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
    )


def _events(network: Network, findings: Mapping[str, object]) -> tuple[Event, ...]:
    """The causes; in a network that names none, every variable that is not known."""
    if causes(network):
        return open_causes(network, findings)
    return tuple(event(network, name) for name in network.variables if name not in findings)


def _ranking(
    network: Network,
    findings: Mapping[str, object],
    found: Mapping[str, Interval],
    p_first: Mapping[str, float],
    kind: Kind,
    shares: Mapping[str, float],
) -> tuple[ReportCause, ...]:
    base = solve(network, finding_row(network, {} if kind == "see" else findings))
    rows = []
    for name, cell in found.items():
        what = event(network, name)
        baseline = float(base.p(what.slots(network))[0])
        label = words.upper(what.label(network))
        behind = shares.get(what.variable)
        rows.append(
            ReportCause(
                name, label, cell.point, baseline, cell.low, cell.high, p_first[name], behind
            )
        )
    return tuple(rows)


def _shares(network: Network, findings: Mapping[str, object], kind: Kind) -> dict[str, float]:
    """Probability that each cause acted, where the outcome has been found; else nothing."""
    from etiograph.network.noisy import NoisyOr
    from etiograph.query.attribution import attribution

    target = str(network.about.get("target", ""))
    if kind != "see" or not isinstance(network.mechanisms.get(target), NoisyOr):
        return {}
    if findings.get(target) not in event(network, target).states:
        return {}
    found = attribution(network, findings, target, needed=False)
    shares = {share.cause: share.fired for share in found.causes}
    if found.idiopathic is not None:
        shares[IDIOPATHIC] = found.idiopathic.fired
    return shares


def _share_words(network: Network, shares: Mapping[str, float]) -> Lines:
    if IDIOPATHIC not in shares:
        return ()
    label = network.variables[str(network.about["target"])].label
    people = words.natural_frequency(shares[IDIOPATHIC])
    return (f"In {people} people like this, no named cause (also) has a part in the {label}.",)


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
    return event(network, ranking[0].name) if ranking else None


Lines = tuple[str, ...]


def _reasons(
    network: Network,
    findings: Mapping[str, object],
    changes: Mapping[str, object],
    kind: Kind,
    asked: Event | None,
    ranges: Mapping[str, Interval],
) -> tuple[Lines, Lines, Lines, Lines, Lines]:
    """Why, what would turn it, what next, which numbers and sources."""
    from etiograph.decision.explain import explain
    from etiograph.decision.next_test import next_tests
    from etiograph.uncertainty.sensitivity import tornado

    if asked is None:
        return (), (), (), (), ()
    seen = kind == "see"
    what = (asked.variable, asked.states)
    why = explain(network, findings, *what, changes=changes, kind=kind)
    bars = tornado(network, findings, *what, changes=changes, kind=kind, groups=seen)
    about = None if seen and causes(network) else asked.name
    after = next_tests(network, findings, about, changes=changes, kind=kind)
    used = [id_ for bar in bars.bars if bar.swing >= 0.005 for id_ in bar.evidence]
    return (
        (
            *words.explanation_words(network, why, interval=ranges.get(asked.name), reversals=seen),
            *_conflict(network, findings, why),
        ),
        _turns(network, findings) if seen else (),
        words.next_words(network, after),
        words.tornado_words(network, bars) if bars.bars else (),
        tuple(dict.fromkeys(used))[:8],
    )


def _conflict(network: Network, findings: Mapping[str, object], why: Explanation) -> Lines:
    from etiograph.decision.conflict import conflict

    if why.conflict <= 0.0:
        return ()
    return words.conflict_words(network, conflict(network, findings))


def _turns(network: Network, findings: Mapping[str, object]) -> Lines:
    from etiograph.uncertainty.flip import turning_points

    if not open_causes(network, findings):
        return ()
    if not any(p.uncertain for p in network.parameters.values()):
        return ()
    found = turning_points(network, findings, together=1)
    if found.smallest is None:
        found = turning_points(network, findings)
    return (words.turns_words(network, found),)


def _unexpected(network: Network, findings: Mapping[str, object], kind: Kind) -> Lines:
    from etiograph.decision.surprise import surprise

    if kind != "see" or len(findings) < 2:
        return ()
    found = surprise(network, findings)
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
