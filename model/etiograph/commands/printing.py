"""What the command line prints. Probabilities come in computed; here they become words and columns."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from etiograph import __version__
from etiograph.console import console
from etiograph.decision import words
from etiograph.decision.also import also_likely, in_which, shared
from etiograph.decision.red_flags import shown
from etiograph.decision.ways import blamed
from etiograph.errors import ImpossibleFindings
from etiograph.formats.remarks import counted
from etiograph.network.event import Event
from etiograph.query.causes import open_causes
from etiograph.query.imagine import Imagined
from etiograph.query.links import stand_ins
from etiograph.report.value import NOTICE
from etiograph.uncertainty.acted import Acting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from etiograph.case import Case
    from etiograph.network.network import Network
    from etiograph.query.posterior import Posterior
    from etiograph.uncertainty.summary import Interval


UNUSED = 25
"""Lines about what was not used of a record."""
DRAWS = 300
"""Draws for the interval of what a change does."""
IDIOPATHIC = "no known cause (idiopathic)"


@dataclass(frozen=True, slots=True)
class Row:
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
class Answer:
    """One printed answer, with what it takes to repeat it.

    ``alone`` is the probability that no named cause had a part in the outcome, where that is found;
    ``effect`` what a change makes of the outcome, beside no change; ``horizon`` how far ahead;
    ``blamed`` what the network thinks of a suspected tablet; ``also`` likely conditions that are no
    causes of the outcome; ``assumed`` that the outcome is not entered.
    """

    network: str
    version: str
    digest: str
    etiograph: str
    findings: dict[str, str]
    changes: dict[str, str]
    kind: str
    flags: list[dict[str, str]]
    rows: list[Row]
    log_evidence: float
    alone: float | None = None
    alone_interval: tuple[float, float] | None = None
    horizon: str | None = None
    effect: tuple[str, ...] = ()
    blamed: tuple[str, ...] = ()
    also: tuple[dict[str, Any], ...] = ()
    assumed: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    record: dict[str, Any] = field(default_factory=dict)
    notice: str = field(default=NOTICE)

    def to_json(self) -> str:
        """The answer as JSON text."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False, allow_nan=False)


def answer(case: Case, *, intervals: bool = False) -> Answer:
    """Red flags, posterior and baseline of a case."""
    network = case.network
    posterior, baseline = _posteriors(case)
    outcome = assumed(case)
    whose = network.case({**case.evidence, **outcome}) if outcome else case
    asked_of_links = Acting.of(network, whose.evidence, case.kind)
    behind: dict[str, float] = {}
    alone = ranges = None
    if asked_of_links is not None:
        known = whose.posterior() if outcome else posterior
        behind, alone = asked_of_links.point(known.log_evidence)
    if intervals and network.has_ranges:
        ranges = whose.intervals(causes_only=True)
    acted = {event.variable: cell for event, cell in ranges.acted.items()} if ranges else {}
    rows = []
    for cause in asked(case, behind, alone is not None):
        row = Row(
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
        rows.append(row)
    order: tuple[str, ...] = ()
    if isinstance(posterior, Imagined):
        events = [Event.of(network.variables[row.variable], *row.states) for row in rows]
        if (target := network.about.get("target")) in network.variables:
            events.insert(0, Event.parse(network, str(target)))
        order = words.order_words(network, posterior, events)
        rows = [_between(row, network, posterior) for row in rows]
    about = network.about
    return Answer(
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
        blamed=tuple(
            line
            for found in (blamed(network, case.evidence) if case.kind == "see" else ())
            for line in words.ways_words(network, found)
        ),
        also=tuple(
            {
                "variable": each.event.variable,
                "states": each.event.states,
                "label": each.event.label(network),
                "p": each.p,
                "p_baseline": each.baseline,
            }
            for each in also_likely(network, {**case.findings, **case.changes}, posterior, baseline)
        ),
        assumed=(words.assumed_words(network),) if outcome else (),
        record=case.record.as_dict(case.findings) if case.record else {},
        order=order,
        alone_interval=(ranges.alone.low, ranges.alone.high) if ranges and ranges.alone else None,
    )


def _between(row: Row, network: Network, posterior: Imagined) -> Row:
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


def still_open(case: Case, answer: Answer) -> list[Row]:
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


def show_record(case: Case) -> None:
    """Where in a patient's record findings came from, and what was not used."""
    from rich.text import Text

    if case.record is None:
        return
    out = console()
    out.print(f"Record, on {case.record.at}, results of the {case.record.window} before:")
    for origin in case.origins:
        out.print(Text(f"  {origin.line()}"))
    lines = case.record.unused_lines()
    out.print(f"Not used: {len(case.record.unused) or 'nothing'}")
    for line in lines[:UNUSED]:
        out.print(Text(f"  {line}"))
    if len(lines) > UNUSED:
        out.print(f"  ... and {len(lines) - UNUSED} more reasons (--json lists all)")


def show(answer: Answer, top: int) -> None:
    """Red flags, then the ranked causes."""
    from rich.table import Table
    from rich.text import Text

    out = console()
    out.print(
        " ".join(filter(None, (answer.network, answer.version, "·")))
        + f" digest {answer.digest[:12]} · etiograph {answer.etiograph}"
    )
    known = ", ".join(f"{name} = {value}" for name, value in answer.findings.items())
    out.print(f"Known: {known or 'nothing'}")
    if answer.kind != "see":
        changes = ", ".join(f"{name} = {value}" for name, value in answer.changes.items())
        ahead = f", over the next {answer.horizon}" if answer.horizon else ""
        out.print(f"Changed ({answer.kind}{ahead}): {changes or 'nothing'}")
    for flag in answer.flags:
        out.print(
            Text(
                f"!! {words.FLAG_LEVELS[flag['level']].upper()}: {flag['message']}",
                style="bold red",
            )
        )
    for line in (*answer.effect, *answer.blamed, *answer.assumed):
        out.print(Text(line))
    table = Table(box=None, pad_edge=False)
    table.add_column("Possible causes")
    links = answer.alone is not None
    ranged = any(row.behind_interval if links else row.interval for row in answer.rows)
    for heading in (
        *(["had a part"] if links else []),
        *(["90 % interval"] if links and ranged else []),
        "there" if links else "now",
        "baseline",
        *(["90 % interval"] if ranged and not links else []),
    ):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in answer.rows[:top]:
        now = words.percent(row.p)
        cells = [now, words.percent(row.p_baseline)]
        if links:
            acts = words.percent(row.behind or 0.0)
            cells = [acts, *_shown(row.behind_interval), *cells]
        else:
            cells += _shown(row.interval)
        table.add_row(Text(row.label), *cells)
    if answer.alone is not None:
        share = words.percent(answer.alone)
        table.add_row(IDIOPATHIC, share, *_shown(answer.alone_interval))
    out.print(table)
    if len(answer.rows) > top:
        out.print(f"... and {len(answer.rows) - top} more (--top)")
    show_also(answer)
    if answer.alone is not None:
        out.print("There: the cause is present. Had a part: it helped to bring on the outcome.")
    for line in answer.order:
        out.print(Text(line))
    out.print(NOTICE)


def show_also(answer: Answer) -> None:
    """Likely conditions that are no possible causes, in a table of their own."""
    from rich.table import Table
    from rich.text import Text

    if not answer.also:
        return
    table = Table(box=None, pad_edge=False)
    table.add_column("Also likely (no cause that is ranked)")
    for heading in ("now", "baseline"):
        table.add_column(heading, justify="right", no_wrap=True)
    for each in answer.also:
        numbers = (words.percent(each[key]) for key in ("p", "p_baseline"))
        table.add_row(Text(each["label"]), *numbers)
    console().print(table)


def _shown(interval: tuple[float, float] | None) -> list[str]:
    return [f"{words.ends(*interval)} %"] if interval else []


def show_contents(network: Network, file: str) -> None:
    """What a network file holds, and where its numbers come from."""
    from collections import Counter

    out = console()
    about = network.about
    arrows = sum(len(network.parents(name)) for name in network.variables)
    out.print(
        f"{about.get('title') or about.get('name') or file} {about.get('version', '')}".strip()
    )
    out.print(f"digest {network.digest()}")
    out.print(
        ", ".join(
            counted(count, what)
            for count, what in (
                (len(network.variables), "variables"),
                (arrows, "arrows"),
                (len(network.parameters), "numbers with a name"),
                (len(network.flags), "red-flag findings"),
                (len(network.rules), "rules"),
            )
        )
    )
    grades = Counter(p.grade or "none" for p in network.parameters.values())
    if grades:
        out.print("grades: " + ", ".join(f"{g} {n}" for g, n in sorted(grades.items())))
    out.print("ok")


def show_why(case: Case, row: Row) -> None:
    """The ledger of findings for and against one cause; the shares add up to the whole."""
    from rich.table import Table
    from rich.text import Text

    why = case.explain(row.variable, row.states)
    out = console()
    before, after = words.percent(why.before), words.percent(why.after)
    out.print(f"\nWhy {row.label}: {before} before any finding, {after} with all of them")
    table = Table(box=None, pad_edge=False)
    table.add_column("Finding")
    for heading in ("odds times", "decibans", "without it"):
        table.add_column(heading, justify="right", no_wrap=True)
    for weight in why.weights:
        name = words.finding_words(case.network, weight.finding, weight.value)
        without = words.percent(weight.without)
        table.add_row(Text(name), _times(weight.share), f"{weight.share:+.1f}", without)
    table.add_row("all together", _times(why.total), f"{why.total:+.1f}", "")
    out.print(table)
    for line in words.explanation_words(case.network, why)[1:]:
        if not line.startswith(("For: ", "Against: ")) or "by way of" in line:
            out.print(Text(line))


def _times(decibans: float) -> str:
    """What a weight of evidence multiplies the odds by, two digits."""
    if abs(decibans) >= words.SETTLED:
        return "settled" if decibans > 0 else "excluded"
    factor = float(f"{10 ** (decibans / 10):.2g}")
    return f"{factor:,.0f}" if factor >= 10 else f"{factor:g}"


def show_tornado(case: Case, row: Row, top: int = 10) -> None:
    """Which published numbers move one answer most across their ranges.

    How often the cause acted, where the outcome is found; else how probable it is.
    """
    from rich.table import Table
    from rich.text import Text

    acted = row.behind is not None
    tornado = case.tornado(row.variable, row.states, acted=acted)
    about = f"how often {row.label} is {_behind(case)}" if acted else row.label
    out = console()
    out.print(f"\nNumbers that matter most for {about} ({words.percent(tornado.answer)})")
    table = Table(box=None, pad_edge=False)
    table.add_column("Number", overflow="fold")
    table.add_column("from", justify="right", no_wrap=True)
    table.add_column("to", justify="right", no_wrap=True)
    table.add_column("answer", justify="right", no_wrap=True)
    table.add_column("grade: source", overflow="fold")
    felt = [bar for bar in tornado.bars if bar.swing >= words.FELT]
    for bar in felt[:top]:
        table.add_row(
            Text(bar.name),
            f"{bar.low:.3g}",
            f"{bar.high:.3g}",
            f"{words.percent(bar.at_low)} to {words.percent(bar.at_high)}",
            Text(f"{bar.grade or '-'}: {', '.join(bar.evidence) or 'none'}"),
        )
    if felt:
        out.print(table)
    rest = len(tornado.bars) - len(felt[:top])
    out.print(f"{rest} more" if len(felt) > top else f"The other {rest} move it by less than 1 %.")


def _behind(case: Case) -> str:
    return f"behind {case.network.variables[str(case.network.about['target'])].label}"


def show_steps(case: Case, top: int = 4) -> None:
    """What to rule out now, to ask and to test, each with the reason and what it costs."""
    from rich.table import Table
    from rich.text import Text

    found = case.next_steps()
    out = console()
    lists = (("Rule out now", found.rule_out), ("Ask", found.ask[:top]), ("Test", found.test[:top]))
    for heading, steps in lists:
        if not steps:
            continue
        table = Table(box=None, pad_edge=False, title=heading, title_justify="left")
        for name in ("Question or test", "why", "harm avoided", "information", "cost"):
            right = name in ("harm avoided", "information", "cost")
            table.add_column(name, justify="right" if right else "left", no_wrap=right)
        for step in steps:
            numbers = (f"{step.harm_avoided:.1f}", f"{step.information:.1f}", f"{step.cost:g}")
            table.add_row(Text(words.upper(step.label)), Text(step.why), *numbers)
        out.print()
        out.print(table)
    if found.danger_signs:
        named = "; ".join(case.network.variable(name).label for name in found.danger_signs)
        out.print(Text(f"\nDanger signs, if not asked yet: {named}."))
    unit = case.network.about["next_steps"].get("unit", "")
    out.print(
        Text(f"Harm, information and cost in one unit, by judgement{': ' if unit else ''}{unit}.")
    )


def show_next(case: Case, row: Row, top: int = 8) -> None:
    """What to ask or test next: danger signs, then information per cost.

    About what acted, where the outcome is found; else about one cause.
    """
    from rich.table import Table
    from rich.text import Text

    target: Event | None = Event.of(case.network.variables[row.variable], *row.states)
    about = row.label
    if row.behind is not None:
        target = None
        about = f"what is {_behind(case)}"
    found = case.next_tests(target)
    out = console()
    out.print(f"\nAsk or test next about {about}")
    if found.first:
        out.print(Text(words.next_words(case.network, found)[0]))
    table = Table(box=None, pad_edge=False)
    table.add_column("Question or test")
    for heading in ("removes of the doubt", "cost", "bits per cost"):
        table.add_column(heading, justify="right", no_wrap=True)
    for test in found.tests[:top]:
        share = test.gain / found.entropy if found.entropy > 0 else 0.0
        name = Text(words.upper(words.test_label(case.network, test)))
        table.add_row(name, words.percent(share), f"{test.cost:g}", f"{test.per_cost:.3f}")
    out.print(table)
