"""The report as one page: no script, no outside file, dark text on white, good on paper."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from etiograph.decision.report import Report, ReportCause

from etiograph.decision import words
from etiograph.decision.report import CAUSES

STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, sans-serif; color: #0b1220; background: #fff;
       max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin: 0; } h2 { font-size: 1.1rem; margin: 1.6rem 0 .4rem; }
.notice, footer { color: #3b4658; font-size: .875rem; }
.flag { border: 2px solid #b00020; border-radius: 4px; padding: .5rem .75rem; margin: .75rem 0; }
.flag strong { color: #b00020; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .25rem .5rem .25rem 0; border-bottom: 1px solid #d5dbe5; }
td.n, th.n { text-align: right; white-space: nowrap; }
.bar { width: 30%; } .bar svg { display: block; width: 100%; height: .9rem; }
ul { margin: 0; padding-left: 1.2rem; } footer p { margin: .15rem 0; overflow-wrap: anywhere; }
@media print {
  body { margin: 0; max-width: none; font-size: 11pt; }
  h2 { break-after: avoid; } tr, .flag, li { break-inside: avoid; }
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
    flags = "".join(
        f'<div class="flag" role="alert"><strong>{esc(f.level.upper())}:</strong> {esc(f.message)}'
        f"{f' ({esc(f.source)})' if f.source else ''}</div>"
        for f in report.flags
    )
    sections = [
        _causes(report) if heading == CAUSES else _section(heading, body)
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
        f"<main>{flags}{''.join(sections)}</main><footer>{identity}</footer></body></html>\n"
    )


def _section(heading: str, body: tuple[str, ...]) -> str:
    items = "".join(f"<li>{esc(line)}</li>" for line in body)
    return f"<section><h2>{esc(heading)}</h2><ul>{items}</ul></section>"


def _causes(report: Report) -> str:
    behind = any(row.behind is not None for row in report.causes)
    body = "".join(_row(row, behind) for row in report.causes)
    note = "There: the cause is present. Bar: there now; black line: 90 % range; blue mark: before."
    if behind:
        note += f" Behind it: the cause had a part in the {report.outcome}."
    return (
        f"<section><h2>{CAUSES}</h2><table><thead><tr>"
        '<th scope="col">Cause</th><th scope="col" class="n">There</th>'
        '<th scope="col" class="n">90 % range</th><th scope="col" class="n">Before</th>'
        + ('<th scope="col" class="n">Behind it</th>' if behind else "")
        + '<th scope="col"><span aria-hidden="true">0 to 100 %</span></th>'
        f'</tr></thead><tbody>{body}</tbody></table><p class="notice">{esc(note)}</p></section>'
    )


def _row(row: ReportCause, behind: bool) -> str:
    cells = [
        words.percent(row.p, row.low, row.high),
        words.ends(row.low, row.high),
        words.percent(row.baseline),
        *([words.percent(row.behind or 0.0)] if behind else []),
    ]
    numbers = "".join(f'<td class="n">{esc(cell)}</td>' for cell in cells)
    return (
        f'<tr><th scope="row">{esc(row.label)}</th>{numbers}<td class="bar">{_bar(row)}</td></tr>'
    )


def _bar(row: ReportCause) -> str:
    """Bar, interval line and baseline tick; the numbers stand in the row, so it is decoration."""
    p, low, high, base = (100 * x for x in (row.p, row.low, row.high, row.baseline))
    return (
        '<svg viewBox="0 0 100 9" preserveAspectRatio="none" aria-hidden="true">'
        '<rect width="100" height="9" fill="#eef2f8"/>'
        f'<rect width="{p:.2f}" height="9" fill="#6f9fd8"/>'
        f'<rect x="{low:.2f}" y="4" width="{max(0.3, high - low):.2f}" height="1.2" fill="#0b1220"/>'
        f'<rect x="{base:.2f}" width=".5" height="9" fill="#0b5cad"/></svg>'
    )
