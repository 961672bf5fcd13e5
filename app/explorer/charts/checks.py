"""Published figures and expected cases, met or missed: a word and a sign each, never colour alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .. import texts
from ..markup import esc
from .cited import Source, linked


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One question that studies have answered, as text: what, of whom, their figures, the network's."""

    published: str
    asked: str
    values: str
    range: str
    network: str
    met: bool
    is_set: bool
    sources: Sequence[Source] = ()
    note: str = ""


def checks(rows: Sequence[CheckRow]) -> str:
    """A row a question, with its sources."""
    heads = "".join(f'<th scope="col">{esc(head)}</th>' for head in texts.CHECKS_HEADS)
    return (
        f'<table class="eg-rank eg-checks"><caption class="eg-hidden">{esc(texts.CHECKS_STATISTICS)}'
        f"</caption><thead><tr>{heads}</tr></thead><tbody>{''.join(map(_row, rows))}</tbody></table>"
    )


def _row(row: CheckRow) -> str:
    _, study, ours, _ = map(esc, texts.CHECKS_HEADS)
    kind = texts.CHECKS_SET if row.is_set else texts.CHECKS_PREDICTED
    cited = ", ".join(linked(each) for each in row.sources)
    notes = "".join(
        f"<small>{part}</small>"
        for part in (
            f"{esc(texts.CHECKS_ASKED)}: {esc(row.asked)}" if row.asked else "",
            esc(row.note),
            cited,
        )
        if part
    )
    return (
        f'<tr class="{"eg-met" if row.met else "eg-missed"}"><th scope="row">{esc(row.published)}{notes}</th>'
        f'<td data-head="{study}">{esc(row.values)} <small>{esc(row.range)}</small></td>'
        f'<td class="eg-now" data-head="{ours}">{esc(row.network)}</td>'
        f"<td>{_result(row.met, texts.CHECKS_MET, texts.CHECKS_MISSED)} <small>{esc(kind)}</small></td></tr>"
    )


def judged_cases(rows: Sequence[tuple[bool, str, str]]) -> str:
    """A row a case: whether it came out as expected, its title, and why."""
    heads = "".join(f'<th scope="col">{esc(head)}</th>' for head in texts.CASES_HEADS)
    body = "".join(
        f'<tr class="{"eg-met" if met else "eg-missed"}"><th scope="row">{esc(title)}</th>'
        f"<td>{_result(met, texts.CASE_MET, texts.CASE_MISSED)}</td><td>{esc(why)}</td></tr>"
        for met, title, why in rows
    )
    return (
        f'<table class="eg-rank eg-checks eg-cases"><caption class="eg-hidden">{esc(texts.CHECKS_CASES)}'
        f"</caption><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"
    )


def _result(met: bool, yes: str, no: str) -> str:
    sign, word = ("✓", yes) if met else ("✗", no)
    return f'<strong><span aria-hidden="true">{sign} </span>{esc(word)}</strong>'
