"""The report as plain text, at most 100 columns."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from etiograph.decision import words
from etiograph.report.value import CAUSES, SOURCES

if TYPE_CHECKING:
    from etiograph.report.value import Report


def text(report: Report) -> str:
    """The whole report."""
    lines = [report.title, report.notice]
    if report.box():
        first, *listed = report.box()
        lines += [
            "",
            f"!! {first}",
            *(p for line in listed for p in _wrapped(line, "   ", "     ")),
        ]
    if report.flags:
        lines.append("")
    for flag in report.flags:
        level = words.FLAG_LEVELS[flag.level].upper()
        lines += _wrapped(f"!! {level}: {flag.message}", "", "   ")
        lines += _wrapped(flag.grounds(), "   ", "   ")
    for heading, body in report.sections():
        if heading == CAUSES and report.causes:
            lines += ["", heading, *_table(report)]
        if heading == SOURCES:
            body = tuple(f"{one.line()} {one.address}".strip() for one in report.references)
        if body:
            lines += ["", heading]
            lines += [part for line in body for part in _wrapped(line, "  ", "    ")]
    lines.append("")
    lines += [part for line in report.identity() for part in _wrapped(line, "", "  ")]
    return "\n".join(lines).rstrip() + "\n"


def _wrapped(line: str, first: str, other: str) -> list[str]:
    return wrap(line, 100, initial_indent=first, subsequent_indent=other)


def _table(report: Report) -> list[str]:
    width = max(len(row.label) for row in report.causes)
    heads = report.columns()
    lines = [f"  {'':{width}}" + "".join(f"  {head:>{_width(head)}}" for head in heads)]
    for row in report.causes:
        cells = zip(heads, report.cells(row), strict=True)
        lines.append(
            f"  {row.label:{width}}" + "".join(f"  {cell:>{_width(head)}}" for head, cell in cells)
        )
    lines += [part for line in report.legend() for part in _wrapped(line, "  ", "    ")]
    return lines


def _width(head: str) -> int:
    return max(len(head), 12 if "range" in head else 7)
