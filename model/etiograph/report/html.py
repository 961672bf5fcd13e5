"""The report as one page: no script, no outside file, dark text on white, good on paper."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from etiograph.report.value import Report, ReportCause, ReportFlag

from etiograph.decision import words
from etiograph.decision.red_flags import by_level
from etiograph.report.value import CAUSES, SOURCES

STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, sans-serif; color: #0b1220; background: #fff;
       max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin: 0; } h2 { font-size: 1.1rem; margin: 1.6rem 0 .4rem; }
.notice, footer { color: #3b4658; font-size: .875rem; }
.flag { border: 2px solid #b00020; border-radius: 4px; padding: .5rem .75rem; margin: .75rem 0; }
.flag p { margin: 0 0 .35rem; } .flag p:last-child { margin: 0; }
.flag strong { color: #b00020; } .flag small { color: #3b4658; }
.flag.see, .flag.caution { border-color: #9a4300; }
.flag.see strong, .flag.caution strong { color: #9a4300; }
li a { overflow-wrap: anywhere; color: #0b5cad; }
.changed { border: 2px solid #9a4300; border-radius: 4px; padding: .5rem .75rem; margin: .75rem 0; }
.changed strong { color: #9a4300; } .changed ul { margin-top: .25rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .25rem .5rem .25rem 0; border-bottom: 1px solid #d5dbe5; }
th[scope=row] { font-weight: 400; }
td.n, th.n { text-align: right; white-space: nowrap; padding-left: .5rem; }
.bar { width: 24%; } .bar svg { display: block; width: 100%; height: .9rem; }
ul { margin: 0; padding-left: 1.2rem; } li.numbered { list-style: none; }
footer { margin-top: 1.6rem; } footer p { margin: .15rem 0; overflow-wrap: anywhere; }
@media print {
  body { margin: 0; max-width: none; font-size: 11pt; }
  h2 { break-after: avoid; } tr, .flag, .changed, li { break-inside: avoid; }
  @page { margin: 18mm; }
}
"""
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def esc(value: object) -> str:
    """Text made safe for HTML and for quoted attributes; control characters dropped."""
    text = "".join(c for c in str(value) if c in "\n\t" or ord(c) >= 32)
    return escape(text, quote=True)


def page(report: Report) -> str:
    """The whole document."""
    flags = "".join(_flags(level, each) for level, each in by_level(report.flags).items())
    sections = [
        _causes(report)
        if heading == CAUSES
        else _sources(report)
        if heading == SOURCES
        else _section(heading, body)
        for heading, body in report.sections()
        if body or (heading == CAUSES and report.causes)
    ]
    identity = "".join(f"<p>{esc(line)}</p>" for line in report.identity())
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{esc(report.title)}: report</title><style>{STYLE}</style></head><body>"
        f'<header><h1>{esc(report.title)}</h1><p class="notice">{esc(report.notice)}</p></header>'
        f"<main>{_changed(report)}{flags}{''.join(sections)}</main><footer>{identity}</footer></body></html>\n"
    )


def _changed(report: Report) -> str:
    """The first box: that numbers are changed, and which."""
    if not report.box():
        return ""
    first, *lines = report.box()
    items = "".join(f"<li>{esc(line)}</li>" for line in lines)
    return (
        f'<div class="changed"><strong>{esc(first)}</strong>{f"<ul>{items}</ul>" if items else ""}'
        "</div>"
    )


def _flags(level: str, flags: Sequence[ReportFlag]) -> str:
    """All warnings of one level in a box."""
    said = "".join(
        f"<p>{f'<strong>{esc(words.FLAG_LEVELS[level])}:</strong> ' if not k else ''}"
        f"{esc(flag.message)} <small>{esc(flag.grounds())}</small></p>"
        for k, flag in enumerate(flags)
    )
    return f'<div class="flag {esc(level)}" role="alert">{said}</div>'


def _sources(report: Report) -> str:
    """The sources, each with a link to a web page if it has one."""
    items = "".join(
        f"<li>{esc(one.line())}{f' {_link(one.address)}' if one.address else ''}</li>"
        for one in report.references
    )
    return f"<section><h2>{SOURCES}</h2><ul>{items}</ul></section>"


def _link(address: str) -> str:
    """A link whose text is the address, so that it can be read on paper."""
    if not address.startswith(("https://", "http://")):
        return esc(address)
    return f'<a href="{esc(address)}" rel="noopener noreferrer">{esc(address)}</a>'


def _section(heading: str, body: tuple[str, ...]) -> str:
    items = "".join(
        f'<li class="numbered">{esc(line)}</li>' if line[:1].isdigit() else f"<li>{esc(line)}</li>"
        for line in body
    )
    return f"<section><h2>{esc(heading)}</h2><ul>{items}</ul></section>"


def _causes(report: Report) -> str:
    body = "".join(_row(report, row) for row in report.causes)
    what = "acted" if report.links else "is there"
    ranges = "black line: 90 % range; " if report.ranged else ""
    bar = f"Bar: how often it {what}; {ranges}blue mark: {report.columns()[-1]}."
    heads = "".join(
        f'<th scope="col" class="n">{esc(words.upper(head))}</th>' for head in report.columns()
    )
    notes = " ".join((*report.legend(), bar))
    return (
        f'<section><h2>{CAUSES}</h2><table><thead><tr><th scope="col">Cause</th>{heads}'
        '<th scope="col"><span aria-hidden="true">0 to 100</span></th>'
        f'</tr></thead><tbody>{body}</tbody></table><p class="notice">{esc(notes)}</p></section>'
    )


def _row(report: Report, row: ReportCause) -> str:
    numbers = "".join(f'<td class="n">{esc(cell)}</td>' for cell in report.cells(row))
    bar = _bar(
        (row.behind, row.behind_low or 0.0, row.behind_high or 0.0, row.behind_baseline)
        if row.behind is not None
        else (row.p, row.low, row.high, row.baseline)
    )
    return f'<tr><th scope="row">{esc(row.label)}</th>{numbers}<td class="bar">{bar}</td></tr>'


def _bar(shown: tuple[float, float, float, float | None]) -> str:
    """Bar, interval line and baseline tick; the numbers stand in the row, so it is decoration."""
    p, low, high = (100 * x for x in shown[:3])
    mark = (
        ""
        if shown[3] is None
        else f'<rect x="{100 * shown[3]:.2f}" width=".5" height="9" fill="#0b5cad"/>'
    )
    return (
        '<svg viewBox="0 0 100 9" preserveAspectRatio="none" aria-hidden="true">'
        '<rect width="100" height="9" fill="#eef2f8"/>'
        f'<rect width="{p:.2f}" height="9" fill="#6f9fd8"/>'
        f'<rect x="{low:.2f}" y="4" width="{max(0.3, high - low):.2f}" height="1.2" '
        f'fill="#0b1220"/>{mark}</svg>'
    )
