"""Sentences and small tables beside the bars."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Sequence

from .. import texts
from ..markup import esc
from .warnings import Flag


def headline(text: str) -> str:
    """The sentence above the bars."""
    return f'<p class="eg-headline" role="status">{esc(text)}</p>'


def said(parts: Sequence[str]) -> str:
    """What is said above the bars, with room for more, so that the bars stay where they are."""
    return f'<div class="eg-said">{"".join(parts)}</div>'


def caveat(text: str) -> str:
    """A line that says how far the numbers can be trusted for this case."""
    return f'<p class="eg-caveat">{esc(text)}</p>'


def dock(text: str, flags: Sequence[Flag] = ()) -> str:
    """The same sentence at the lower edge of a narrow screen, where the bars are out of sight.

    The most pressing warning stands before it, and how many more there are. It leads to the bars (`guide.js`).
    """
    warning = ""
    if flags:
        flag, *others = flags
        more = f" <em>{esc(texts.more_warnings(len(others)))}</em>" if others else ""
        level = esc(texts.FLAG_LEVELS.get(flag.level, flag.level))
        warning = f'<span class="eg-flag eg-{esc(flag.level)}"><strong>{level}</strong> {esc(flag.message)}{more}</span>'
    jump = f'<span class="eg-jump">{esc(texts.DOCK_JUMP)}</span>'
    return f'<a class="eg-dock" href="#answer">{warning}<span>{esc(text)}</span>{jump}</a>'


def changed_numbers(text: str) -> str:
    """That numbers are changed: a word and a sign, as for a caution."""
    return f'<p class="eg-changed" role="status">{esc(text)}</p>'


def part(title: str, text: str = "") -> str:
    """A small heading with a quiet line."""
    line = note(text, small=True) if text else ""
    return f'<h3 class="eg-part">{esc(title)}</h3>{line}'


def note(text: str, *, small: bool = False) -> str:
    """A quiet line; Streamlit's caption is too pale to read."""
    return f'<p class="eg-note{" eg-small" if small else ""}">{esc(text)}</p>'


def line_read(text: str, line: str) -> str:
    """Above what was understood of a line; it bears the line it was read from."""
    return f'<p class="eg-note eg-line-read" data-line="{esc(line)}">{esc(text)}</p>'


def verdict(right: bool, text: str) -> str:
    """What is said to an answer: a sign and words, so that it is not told by colour alone."""
    kind, sign = ("right", "✓") if right else ("wrong", "✗")
    return f'<p class="eg-verdict eg-{kind}" role="status"><b aria-hidden="true">{sign} </b>{esc(text)}</p>'


def data_address(svg: str) -> str:
    """A drawing as the address of an image: of SVG within HTML Streamlit leaves nothing."""
    return f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"


def picture(svg: str, alt: str) -> str:
    """A drawing as a figure."""
    size = re.search(r'viewBox="0 0 (\d+) (\d+)"', svg)
    assert size is not None
    return (
        f'<figure class="eg-figure" tabindex="0"><img src="{data_address(svg)}" alt="{esc(alt)}" '
        f'width="{size[1]}" height="{size[2]}"></figure>'
    )


def lines(rows: Sequence[Sequence[str]]) -> str:
    """A small table to work with: heads, then rows."""
    heads = "".join(f'<th scope="col">{esc(cell)}</th>' for cell in rows[0])
    body = "".join(
        f'<tr><th scope="row">{esc(row[0])}</th>{"".join(f"<td>{esc(c)}</td>" for c in row[1:])}</tr>'
        for row in rows[1:]
    )
    return f'<table class="eg-facts eg-lines"><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>'


def facts(rows: Sequence[tuple[str, str]]) -> str:
    """Name and text, one a row."""
    body = "".join(f'<tr><th scope="row">{esc(k)}</th><td>{esc(v)}</td></tr>' for k, v in rows)
    return f'<table class="eg-facts"><tbody>{body}</tbody></table>'


def grades(counts: Sequence[tuple[str, str, int]], total: int) -> str:
    """How many numbers of a network have which grade."""
    rows = "".join(
        f'<tr><th scope="row"><b>{esc(grade)}</b> {esc(words)}</th>'
        f'<td class="eg-cell"><div class="eg-track" aria-hidden="true">'
        f'<div class="eg-fill" style="width:{100 * count / max(total, 1):.1f}%"></div></div></td>'
        f'<td class="eg-num">{esc(texts.numbers_of(count, total))}</td></tr>'
        for grade, words, count in counts
    )
    return (
        f'<table class="eg-rank eg-grades"><caption class="eg-hidden">{esc(texts.GRADES_TITLE)}'
        f"</caption><tbody>{rows}</tbody></table>"
    )


def bullets(lines: Sequence[str]) -> str:
    """A list; indented lines stand in a list of their own under the line before."""
    items: list[list[str]] = []
    for line in lines:
        shown = line.strip().replace(" -> ", " → ")
        if line.startswith(" ") and items:
            items[-1].append(shown)
        else:
            items.append([shown])
    said = "".join(f"<li>{esc(head)}{bullets(rest) if rest else ''}</li>" for head, *rest in items)
    return f'<ul class="eg-sources">{said}</ul>'


def judged(summary: str, sections: Sequence[tuple[str, Sequence[str]]]) -> str:
    """What a change means: a sentence, and under headings that open the lines behind it."""
    folded = "".join(
        f"<details><summary>{esc(heading)}</summary>{bullets(lines)}</details>"
        for heading, lines in sections
    )
    return f'<p role="status">{esc(summary)}</p>{folded}'
