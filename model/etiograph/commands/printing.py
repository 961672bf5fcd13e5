"""What the command line prints. Probabilities come in computed; here they become words and columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from etiograph.console import console
from etiograph.decision import words
from etiograph.decision.reasons import next_about
from etiograph.decision.step_words import danger_words, doubt_about, next_words, test_label
from etiograph.formats.remarks import counted
from etiograph.network.event import Event
from etiograph.report.value import NOTICE

if TYPE_CHECKING:
    from rich.table import Table

    from etiograph.case import Case
    from etiograph.commands.answer import Printout, RankedCause
    from etiograph.network.network import Network


UNUSED = 25
"""Lines about what was not used of a record."""
IDIOPATHIC = "no known cause (idiopathic)"


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


def show(answer: Printout, top: int) -> None:
    """Red flags, then the ranked causes."""
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
        level = words.FLAG_LEVELS[flag["level"]].upper()
        out.print(Text(f"!! {level}: {flag['message']}", style="bold red"))
    for line in (*answer.effect, *answer.blamed, *answer.assumed):
        out.print(Text(line))
    out.print(ranking(answer, top))
    if len(answer.rows) > top:
        out.print(f"... and {len(answer.rows) - top} more (--top)")
    show_also(answer)
    show_asked(answer)
    if answer.alone is not None:
        out.print("There: the cause is present. Had a part: it helped to bring on the outcome.")
    known = words.joined([label.lower() for label in answer.shared])
    out.print(Text(f"Baseline: with nothing known{f' but {known}' if known else ''}."))
    for line in (*answer.order, *answer.care):
        out.print(Text(line))
    out.print(NOTICE)


def ranking(answer: Printout, top: int) -> Table:
    """The first causes, a row each: what part they had, where that is asked, and how likely they are there."""
    from rich.text import Text

    links = answer.alone is not None
    ranged = any(row.behind_interval if links else row.interval for row in answer.rows)
    table = columns(
        "Possible causes",
        *(["had a part"] if links else []),
        *(["90 % interval"] if links and ranged else []),
        "there" if links else "now",
        "baseline",
        *(["90 % interval"] if ranged and not links else []),
    )
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
    return table


def show_asked(answer: Printout) -> None:
    """The states of the variables that were asked for."""
    rows = [(each.label, each.p, each.p_baseline, each.interval) for each in answer.asked]
    _show_probabilities("Asked for", rows)


def show_also(answer: Printout) -> None:
    """Likely conditions that are no possible causes, in a table of their own."""
    rows = [(each["label"], each["p"], each["p_baseline"], None) for each in answer.also]
    _show_probabilities("Also likely (no cause that is ranked)", rows)


def _show_probabilities(
    heading: str, rows: Sequence[tuple[str, float, float, tuple[float, float] | None]]
) -> None:
    """Events, each with its probability now, in everybody and its range; nothing where there are none."""
    from rich.text import Text

    if not rows:
        return
    ranged = any(interval for *_, interval in rows)
    table = columns(heading, "now", "baseline", *(["90 % interval"] if ranged else []))
    for label, p, baseline, interval in rows:
        table.add_row(Text(label), words.percent(p), words.percent(baseline), *_shown(interval))
    console().print(table)


def columns(first: str, *numbers: str) -> Table:
    """A table without lines, of words and behind them numbers, which are not broken."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    table.add_column(first, overflow="fold")
    for heading in numbers:
        table.add_column(heading, justify="right", no_wrap=True)
    return table


def show_rows(*headings: str, rows: Sequence[Sequence[str]], words: bool = False) -> None:
    """Rows of words and behind them numbers, none of them cut short.

    Where they are wider than the terminal, each has its first cell on a line of its own. So has the last
    one that is ``words``, which may be long; a file or a pipe has no width.
    """
    from rich.cells import cell_len

    out = console()
    every = [headings, *rows]
    widths = [max(cell_len(row[i]) for row in every) for i in range(len(headings))]

    def line(row: Sequence[str], first: int) -> str:
        last = len(row) - 1
        cells = [
            cell + " " * (width - cell_len(cell))
            if i == 0 or (words and i == last)
            else " " * (width - cell_len(cell)) + cell
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        return "  ".join(cells[first:]).rstrip()

    stacked = out.is_terminal and sum(widths) + 2 * (len(widths) - 1) > out.width
    for row in every:
        if not stacked:
            out.print(line(row, 0), soft_wrap=True)
            continue
        end = len(row) - 1 if words else len(row)
        out.print(row[0], soft_wrap=True)
        out.print(f"  {line((*row[:end], *[''] * (len(row) - end)), 1)}", soft_wrap=True)
        if words:
            out.print(f"  {row[-1]}", soft_wrap=True)


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


def show_why(case: Case, row: RankedCause) -> None:
    """The ledger of findings for and against one cause; the shares add up to the whole."""
    from rich.text import Text

    why = case.explain(row.variable, row.states)
    out = console()
    before, after = words.percent(why.before), words.percent(why.after)
    out.print(f"\nWhy {row.label}: {before} before any finding, {after} with all of them")
    table = columns("Finding", "odds times", "decibans", "without it")
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


def show_tornado(case: Case, row: RankedCause, top: int = 10) -> None:
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
        out.print(Text(f"\n{danger_words(case.network, found)}"))
    unit = case.network.about["next_steps"].get("unit", "")
    out.print(
        Text(f"Harm, information and cost in one unit, by judgement{': ' if unit else ''}{unit}.")
    )


def show_next(case: Case, row: RankedCause, top: int = 8) -> None:
    """What to ask or test next: danger signs, then information per cost.

    About what a report asks, too: the causes of a case that is seen, where the network names them.
    """
    from rich.text import Text

    asked = Event.of(case.network.variables[row.variable], *row.states)
    found = case.next_tests(next_about(case.network, case.kind, asked))
    out = console()
    out.print(Text(f"\nAsk or test next about {doubt_about(case.network, found)}"))
    if found.first:
        out.print(Text(next_words(case.network, found)[0]))
    table = columns("Question or test", "removes of the doubt", "cost", "bits per cost")
    for test in found.tests[:top]:
        share = test.gain / found.entropy if found.entropy > 0 else 0.0
        name = Text(words.upper(test_label(case.network, test)))
        table.add_row(name, words.percent(share), f"{test.cost:g}", f"{test.per_cost:.3f}")
    out.print(table)
