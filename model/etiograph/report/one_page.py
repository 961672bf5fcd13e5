"""The report on one sheet of A4: for who treats, and in the words of who is treated.

The danger comes first and is never cut. Everything else is the first few lines of the full report; what is
left out is counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from etiograph.decision import words
from etiograph.decision.red_flags import PRESSING, by_level
from etiograph.decision.step_words import DANGER
from etiograph.errors import InvalidFinding
from etiograph.report.html import POLICY, esc

if TYPE_CHECKING:
    from etiograph.report.value import Report, ReportCause

CAUTIONS = 2
"""Cautions that are said; what is more pressing is said in full."""
LINK = 700
"""Characters of a link that are printed."""
CAUSES = 6
"""Rows of the table of causes, at most."""
FEWEST = 3
ROOM, WIDTH, HEADING = (53.0, 36.0), (112, 96), 1.7
"""Lines of print on a sheet, letters of a line, for who treats and who is treated; lines a heading takes."""
CAUSES_HEADING, COMMON_HEADING = "What may have a part in it", "How common some causes are"
"""Above the causes, for who is treated: of what had a part, and of what is there."""
AHEAD = ("From now on", "Over the next")
"""How the first line on a change begins."""
STYLE = """
:root { color-scheme: light; }
body { font: 9.5pt/1.3 system-ui, sans-serif; color: #0b1220; background: #fff; max-width: 186mm;
       margin: 8mm auto; padding: 0 4mm; }
h1 { font-size: 15pt; line-height: 1.2; margin: 0; } h2 { font-size: 10.5pt; margin: 2mm 0 .5mm; }
p { margin: 0 0 1mm; } ul { margin: 0; padding-left: 5mm; }
.notice, footer { color: #3b4658; font-size: 7.5pt; overflow-wrap: anywhere; } footer { margin-top: 2mm; }
.date { font-weight: 600; }
.flag { border: .5mm solid #b00020; border-radius: 1mm; padding: 1.5mm 2.5mm; margin: 2mm 0; }
.flag strong { color: #b00020; } .flag.see, .flag.caution { border-color: #9a4300; }
.flag.see strong, .flag.caution strong, .changed strong { color: #9a4300; } .flag p:last-child { margin: 0; }
.changed { border: .5mm solid #9a4300; border-radius: 1mm; padding: 1mm 2.5mm; margin: 2mm 0; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .45mm 2mm .45mm 0; border-bottom: .2mm solid #d5dbe5; }
th[scope=row] { font-weight: 400; } .n { text-align: right; white-space: nowrap; }
.large { font-size: 11pt; line-height: 1.38; } .large h2 { font-size: 12pt; }
@media print { body { margin: 0; max-width: none; padding: 0; } @page { size: A4; margin: 12mm; } }
"""


@dataclass(slots=True)
class _Part:
    """One part of a sheet: its lines, how many stay whatever else there is, and whether they are a paragraph."""

    heading: str
    lines: list[str]
    least: int = 1
    paragraph: bool = False
    what: str = "lines"
    left_out: int = 0

    def height(self, width: int) -> float:
        """Lines of print that it takes, about."""
        if not self.lines:
            return 0.0
        if self.paragraph:
            return HEADING + ceil(sum(len(line) + 2 for line in self.lines) / width)
        more = 1 if self.left_out else 0
        return HEADING + more + sum(ceil((len(line) + 3) / width) for line in self.lines)

    def html(self) -> str:
        """The part; nothing where there is nothing to say."""
        if not self.lines:
            return ""
        what = self.what if self.left_out > 1 else self.what.removesuffix("s")
        more = f"{self.left_out} more {what} in the full report"
        lines = [*self.lines, *([more] if self.left_out else [])]
        body = f"<p>{esc('; '.join(lines))}</p>" if self.paragraph else _list(lines)
        return _part(self.heading, body)


def _fitted(parts: Sequence[_Part], room: float, width: int) -> None:
    """Leave out last lines, of the part that takes most, until all of it is on the sheet."""
    while sum(part.height(width) for part in parts) > room:
        able = [part for part in parts if len(part.lines) > part.least]
        if not able:
            return
        longest = max(able, key=lambda part: part.height(width))
        longest.lines.pop()
        longest.left_out += 1


def sheet(report: Report, date: str = "", link: str = "") -> str:
    """The report for who treats, on one sheet.

    Parameters
    ----------
    report : Report
    date : str
        The day it is made; a library does not look at the clock.
    link : str
        An address that opens the case again; "" if there is none.
    """
    above = [_changed(report), *_flags(report)]
    parts = [
        _Part("What is known", list(report.findings or ("Nothing yet.",)), 4, True, "findings"),
        _Part("What is changed", list(report.changes)),
        _Part("In short", [*report.lead(), *report.summary[:3]], len(report.lead())),
        _Part("What if", _scenarios(report), 1, what="changes"),
        _Part("What could help", list(report.helps), 2, what="changes"),
        _Part("Ask or test next", list(report.next), 2),
    ]
    room = ROOM[0] - _taken(report, WIDTH[0]) - _long(link)
    rows = min(CAUSES, len(report.causes))
    _fitted(parts, room - _table_height(rows), WIDTH[0])
    while rows > FEWEST and sum(p.height(WIDTH[0]) for p in parts) > room - _table_height(rows):
        rows -= 1
    body = [part.html() for part in parts]
    return _page(
        report, report.title, [*above, *body[:4], _causes(report, rows), *body[4:]], date, link, ""
    )


def patient_sheet(report: Report, date: str = "", link: str = "") -> str:
    """The report in the words of who is treated, on one sheet, in larger type.

    Raises
    ------
    InvalidFinding
        The network is not about people.
    """
    if report.cases:
        raise InvalidFinding("this network is not about people: it has no page for a patient")
    about = report.outcome or "this question"
    above = [_changed(report), *_flags(report, "Do this first")]
    acted = report.links or not report.causes
    hidden = f"what is behind your {about}" if acted else "which of these you have"
    intro = f"A computer model compared you with people like you. It can't tell {hidden}; it can say what is worth a thought."
    notes = [report.numbers_of] if report.numbers_of else []
    causes = [intro, *notes, *(_cause_words(report, row) for row in report.causes[:3])]
    parts = [
        _Part(
            "What you have told", list(report.findings or ("Nothing yet.",)), 8, True, "findings"
        ),
        _Part(CAUSES_HEADING if acted else COMMON_HEADING, causes if report.causes else [], 3),
        _Part("What could happen if something is changed", _scenarios(report), 1, what="changes"),
        _Part(
            "What could help - ask before you change anything",
            list(report.helps[:4]),
            1,
            what="changes",
        ),
        _Part("What to talk about at the visit", [_to_the_patient(x) for x in report.next[:4]], 1),
    ]
    pressing = any(flag.level in PRESSING for flag in report.flags)
    first = "Do what the box at the top says." if pressing else "Take this page to the next visit."
    closing = f"{first} Change no other medicine because of this page. If you get worse, do not wait for the visit."
    _fitted(parts, ROOM[1] - _taken(report, WIDTH[1]) - 3.0 - _long(link), WIDTH[1])
    body = [*above, *(part.html() for part in parts), f"<p><strong>{esc(closing)}</strong></p>"]
    return _page(report, f"About your {about}", body, date, link, "large")


FOR_A_PATIENT = {
    "Rule out now: ": "First to be ruled out: ",
    "First rule out: ": "First to be ruled out: ",
    DANGER: "Say at once if you have or take one of these: ",
    "Ask: ": "To be asked: ",
    "Test: ": "To be tested: ",
}
"""How lines of what to ask next begin for who treats, and for who is treated."""


def _to_the_patient(line: str) -> str:
    """A line of what to ask next, said to who is asked."""
    for start, instead in FOR_A_PATIENT.items():
        if line.startswith(start):
            return instead + line.removeprefix(start)
    return line


def _table_height(rows: int) -> float:
    """Lines of print that a table of causes takes."""
    return 1.2 * rows + 5.0 if rows else 0.0


def _taken(report: Report, width: int) -> float:
    """Lines of print that the boxes above take, about."""
    lines = sum(ceil((len(line) + 12) / width) + 0.3 for line in _said(report))
    return (
        lines + 1.9 * len({flag.level for flag in report.flags}) + (2.0 if report.changed else 0.0)
    )


def _long(link: str) -> float:
    """Lines of small print that a link takes."""
    return ceil(len(link) / 120) * 0.85 if len(link) <= LINK else 0.0


def _said(report: Report) -> list[str]:
    """The warnings that are said: what is pressing in full, of cautions the first few."""
    return [line for _, lines in _levels(report) for line in lines]


def _levels(report: Report) -> list[tuple[str, list[str]]]:
    found = []
    for level, flags in by_level(report.flags).items():
        said = [flag.message for flag in flags]
        rest = len(said) - CAUTIONS
        if level not in PRESSING and rest > 0:
            said = [*said[:CAUTIONS], f"{rest} more warnings in the full report"]
        found.append((level, said))
    return found


def _scenarios(report: Report) -> list[str]:
    """The changes compared, all that is said of one in one line: no caution is parted from its change."""
    found: list[str] = []
    for line in report.scenarios:
        if found and not line.startswith(AHEAD):
            found[-1] += f" {line}"
        else:
            found.append(line)
    return found


def _page(report: Report, title: str, body: Sequence[str], date: str, link: str, kind: str) -> str:
    when = f'<p class="date">{esc(date)}</p>' if date else ""
    short = link if len(link) <= LINK else ""
    where = f'<p>Opens again at <a href="{esc(short)}">{esc(short)}</a></p>' if short else ""
    name = " ".join(filter(None, (report.network, report.version)))
    repeat = f"<p>Network {esc(name)}, digest {esc(report.digest)}, etiograph {esc(report.etiograph)}. How it was tested: {esc(report.validated_on or 'not yet')}</p>"
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{esc(title)}: one page</title><style>{STYLE}</style></head><body class="{kind}">'
        f'<header><h1>{esc(title)}</h1>{when}<p class="notice">{esc(report.notice)}</p></header>'
        f"<main>{''.join(body)}</main><footer>{where}{repeat}</footer></body></html>\n"
    )


def _changed(report: Report) -> str:
    if not report.changed:
        return ""
    return f'<div class="changed"><strong>{esc(report.box()[0])}</strong></div>'


def _flags(report: Report, heading: str = "") -> list[str]:
    """A box a level."""
    found = [f"<h2>{esc(heading)}</h2>"] if heading and report.flags else []
    for level, said in _levels(report):
        name = f"<strong>{esc(words.FLAG_LEVELS[level])}:</strong> "
        lines = "".join(f"<p>{name if not k else ''}{esc(line)}</p>" for k, line in enumerate(said))
        found.append(f'<div class="flag {esc(level)}" role="alert">{lines}</div>')
    return found


def _causes(report: Report, most: int) -> str:
    if not report.causes:
        return ""
    heads = "".join(
        f'<th scope="col" class="n">{esc(words.upper(h))}</th>' for h in report.columns()
    )
    rows = "".join(
        f'<tr><th scope="row">{esc(row.label)}</th>'
        + "".join(f'<td class="n">{esc(cell)}</td>' for cell in report.cells(row))
        + "</tr>"
        for row in report.causes[:most]
    )
    rest = len(report.causes) - most
    more = f" {rest} more in the full report." if rest > 0 else ""
    note = f'<p class="notice">{esc(" ".join(report.legend()) + more)}</p>'
    table = f'<table><thead><tr><th scope="col">Cause</th>{heads}</tr></thead><tbody>{rows}</tbody></table>'
    return _part("Possible causes", table + note)


def _cause_words(report: Report, row: ReportCause) -> str:
    """One cause as a plain sentence, with how far the number may be off."""
    acts = row.behind is not None
    p = row.behind if row.behind is not None else row.p
    low, high = (row.behind_low, row.behind_high) if acts else (row.low, row.high)
    does = "it has a part" if acts else "have it"
    said = f"{row.label}: of 100 people like you, {'in ' if acts else ''}{words.count(p)} {does}"
    if not report.ranged or low is None or high is None:
        return f"{said}."
    return f"{said} (it may be {words.ends(low, high)})."


def _list(lines: Sequence[str]) -> str:
    return f"<ul>{''.join(f'<li>{esc(line)}</li>' for line in lines)}</ul>"


def _part(heading: str, body: str) -> str:
    return f"<section><h2>{esc(heading)}</h2>{body}</section>"
