"""How a comparison with published statistics is printed, and written into a README."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from etiograph.curation import between
from etiograph.curation.coverage import LEVEL, Span, held, spans
from etiograph.curation.statistics import (
    Check,
    Compared,
    PublishedQuestion,
    count_inside,
    grades,
    questions,
    shown,
)
from etiograph.decision.words import joined
from etiograph.network.event import Event
from etiograph.teaching.phrases import Phrases

if TYPE_CHECKING:
    from etiograph.network.network import Network

Evidence = Mapping[str, Mapping[str, str]]
BEGIN, END = "<!-- checks: begin -->", "<!-- checks: end -->"
OWN = f"its {100 * LEVEL:.0f} %"
HEADINGS = ("rows", "published statistic", "asked", "range", "network", OWN, "kind", "inside")
WORDY = ("published statistic", "asked")
GRADE_WORDS = {
    "A": "measured in the target population",
    "B": "measured in another population",
    "C": "small or indirect",
    "D": "placeholder by expert guess",
}


Spans = Mapping[str, Span]


def own_spans(network: Network, rows: Sequence[Compared]) -> Spans:
    """The network's own intervals of what is predicted, by the id of the statistic."""
    asked = [q for q in questions(rows) if not q.is_set]
    return spans(network, [check for q in asked for check in q.checks])


def own(row: PublishedQuestion, known: Spans) -> str:
    """The network's own interval, and whether it holds what was published; "" where it is not asked."""
    first = row.checks[0]
    if first.id not in known:
        return ""
    span = known[first.id]
    each = [span.holds(check.value) for check in row.checks]
    holds = "holds" if all(each) else "no" if not any(each) else f"{sum(each)} of {len(each)}"
    return f"{number(first, span.low)} to {number(first, span.high)}, {holds}"


def truth(rows: Sequence[Compared], known: Spans) -> str:
    """How many published figures the network's own intervals hold, in a sentence."""
    return (
        f"of the {100 * LEVEL:.0f} % intervals of the network itself "
        f"{share(*held([row.check for row in rows], known))} hold the published figure that they predict"
    )


def set_aside(network: Network, rows: Sequence[Compared]) -> list[str]:
    """The same two counts of statistics that no number was weighed against, in a sentence; [] of none."""
    asked = [row for row in rows if not row.is_set]
    if not asked:
        return []
    inside, total = count_inside(questions(asked), is_set=False)
    known = own_spans(network, asked)
    figures = share(*held([row.check for row in asked], known))
    return [
        f"held out, no number was weighed against them: {share(inside, total)} inside; "
        f"{figures} in the network's own intervals"
    ]


def summary(
    network: Network,
    rows: Sequence[Compared],
    known: Spans,
    evidence: Evidence,
    aside: Sequence[Compared] = (),
) -> list[str]:
    """What the table comes to, a sentence each."""
    return [
        *counts(rows),
        *([truth(rows, known)] if known else ()),
        *set_aside(network, aside),
        *between.sentences(network, evidence),
    ]


def cells(row: PublishedQuestion, evidence: Evidence, known: Spans) -> tuple[str, ...]:
    """One line of the table: ids, quantities, question, range, the network's answer, kind, inside."""
    first = row.checks[0]
    several = len(row.checks) > 1
    return (
        " ".join(check.evidence[0] if check.evidence else check.id for check in row.checks),
        "; ".join(
            quantity(check, evidence) + (f": {number(check, check.value)}" if several else "")
            for check in row.checks
        ),
        question(first),
        f"{number(first, row.low)} to {number(first, row.high)}",
        number(first, row.answer),
        own(row, known),
        "set" if row.is_set else "predicted",
        "yes" if row.inside else "NO",
    )


def quantity(check: Check, evidence: Evidence) -> str:
    """What was published, in the words of the evidence table."""
    source = evidence.get(check.evidence[0], {}) if check.evidence else {}
    if not source.get("quantity"):
        return f"{check.statistic} of {check.variable}"
    population = source.get("population", "")
    return f"{source['quantity']} ({population})" if population else source["quantity"]


def question(check: Check) -> str:
    """What the network was asked: often the other side of what was published, 1 - p."""
    states = " or ".join(check.weights)
    given = [f"{name} = {shown(weights)}" for name, weights in check.given.items()]
    done = [f"do({name} = {state})" for name, state in check.do.items()]
    condition = ", ".join([*done, *given])
    what = f"{check.variable} = {states}" if check.weights else f"mean {check.variable}"
    asked = what + (f" given {condition}" if condition else "")
    if check.against:
        other = ", ".join(f"{name} = {state}" for name, state in check.against.items())
        asked = f"{check.statistic.replace('_', ' ')} of {asked}, against {other}"
    return f"mean of {asked}" if check.statistic == "mean" and check.weights else asked


def question_words(network: Network, check: Check) -> str:
    """The same question in the network's own words."""

    def said(name: str, states: Mapping[str, float]) -> str:
        part = [s for s, share in states.items() if share != 1.0]
        text = Event.of(network.variables[name], *states).label(network)
        shares = [
            f"{100 * states[s]:.0f} % of {network.variables[name].state_label(s)}" for s in part
        ]
        return f"{text} ({', '.join(shares)})" if shares else text

    whole = check.weights if check.statistic != "mean" else {}
    label = network.variables[check.variable].label
    asked = said(check.variable, whole) if whole else f"mean {label}"
    text = asked + _among(network, check)
    text += f", with {_set_to(network, check.do)}" if check.do else ""
    if check.against:
        phrases = Phrases(network)
        events = [Event.of(network.variables[n], state) for n, state in check.against.items()]
        seen_so = f"{phrases.who} {phrases.both(*events)}"
        other = _set_to(network, check.against) if check.do else seen_so
        text = f"{check.statistic.replace('_', ' ')} of {text}, against {other}"
    return text[:1].upper() + text[1:]


def _set_to(network: Network, states: Mapping[str, str]) -> str:
    """What is set to what: ``drug set to yes``."""
    named = ((network.variables[name], state) for name, state in states.items())
    return joined([f"{each.label} set to {each.state_label(state)}" for each, state in named])


def _among(network: Network, check: Check) -> str:
    """Of whom it was asked: ``, among people with diabetes``; shares of a state that count in part."""
    if not check.given:
        return ""
    phrases = Phrases(network)
    events = [Event.of(network.variables[name], *states) for name, states in check.given.items()]
    parts = [
        f"{100 * share:.0f} % of those {network.variables[name].state_label(state)}"
        for name, states in check.given.items()
        for state, share in states.items()
        if share != 1.0
    ]
    counted = f" (counting {joined(parts)})" if parts else ""
    return f", among {phrases.who} {phrases.both(*events)}{counted}"


def number(check: Check, value: float) -> str:
    """Shares in per cent, everything else as it is; two digits that mean something."""
    if check.weights and check.statistic in ("probability", "difference"):
        return f"{100 * value:.2g} %" if abs(value) < 0.0995 else f"{100 * value:.0f} %"
    return f"{value:z.2f}"  # never -0.00


def counts(rows: Sequence[Compared]) -> list[str]:
    """How many questions of each kind, and how many published figures, are met; a sentence each."""
    said = []
    for is_set, word in ((False, "predicted"), (True, "set")):
        inside, total = count_inside(questions(rows), is_set=is_set)
        if total:
            each, figures = count_inside(rows, is_set=is_set)
            said.append(
                f"{word}: {share(inside, total)} inside; figure by figure, {share(each, figures)}"
            )
    return said


def share(inside: int, total: int) -> str:
    """So many of so many, and in per cent."""
    return f"{inside} of {total} ({100 * inside / total:.0f} %)"


def show(
    network: Network,
    rows: Sequence[Compared],
    evidence: Evidence,
    aside: Sequence[Compared] = (),
) -> None:
    """Print the table and the counts; of statistics set aside the counts alone."""
    from rich.table import Table
    from rich.text import Text

    from etiograph.console import console

    table = Table(box=None, pad_edge=False)
    known = own_spans(network, rows)
    for heading in (*HEADINGS[:5], OWN.removeprefix("its "), *HEADINGS[6:]):
        words = heading in WORDY
        right = heading in ("range", "network")
        table.add_column(heading, justify="right" if right else "left", no_wrap=not words)
    for row in questions(rows):
        line = list(cells(row, evidence, known))
        line[5] = line[5].rpartition(", ")[
            2
        ]  # a screen is narrow: whether it holds, not the interval
        table.add_row(*(Text(cell, style="" if row.inside else "bold") for cell in line))
    out = console()
    out.print(table)
    for sentence in summary(network, rows, known, evidence, aside):
        out.print(sentence)


def markdown(
    network: Network,
    rows: Sequence[Compared],
    evidence: Evidence,
    aside: Sequence[Compared] = (),
) -> str:
    """Numbers by grade, counts and table, as Markdown."""
    by_grade = grades(network)
    total = sum(by_grade.values())
    lines = ["| grade | meaning | numbers | share |", "|---|---|---:|---:|"]
    for grade, n in by_grade.items():
        lines.append(f"| {grade} | {GRADE_WORDS.get(grade, '')} | {n} | {100 * n / total:.0f} % |")
    known = own_spans(network, rows)
    lines += ["", *(f"- {line}" for line in summary(network, rows, known, evidence, aside))]
    lines += ["", f"| {' | '.join(HEADINGS)} |", "|---|---|---|---:|---:|---:|---|---|"]
    for row in questions(rows):
        each = (cell.replace("|", "\\|") for cell in cells(row, evidence, known))
        lines.append(f"| {' | '.join(each)} |")
    return "\n".join(lines)


def write(
    path: Path,
    network: Network,
    rows: Sequence[Compared],
    evidence: Evidence,
    aside: Sequence[Compared] = (),
) -> None:
    """Put the Markdown between the marks of a file.

    Raises
    ------
    UnreadableFile
        The file or a mark is missing.
    """
    from etiograph.formats.saving import write_between

    write_between(path, BEGIN, END, markdown(network, rows, evidence, aside))
