"""Where a number or a warning comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .. import texts
from ..markup import esc


@dataclass(frozen=True, slots=True)
class Source:
    """Where a number comes from: its id, who and when, what was measured, how good, where to read it."""

    name: str
    who: str = ""
    what: str = ""
    grade: str = ""
    address: str = ""
    figure: str = ""


def sources(rows: Sequence[Source]) -> str:
    """Sources as a list, what each found first; a link only leads to a web page."""
    items = "".join(
        f"<li>{f'<b>{esc(row.figure)}</b> · ' if row.figure else ''}{esc(row.what)}"
        f"{'<br>' if row.what or row.figure else ''}{linked(row)}"
        f"{esc(f'. {texts.grade_of(row.grade)}') if row.grade else ''}</li>"
        for row in rows
    )
    return f'<ul class="eg-sources">{items}</ul>'


def linked(row: Source) -> str:
    """The name of a source, with a link if it has an address."""
    text = " ".join(filter(None, (row.name, row.who)))
    if not row.address.startswith(("https://", "http://")):
        return f"<b>{esc(text)}</b>" if row.who else esc(text)
    return f'<a href="{esc(row.address)}" target="_blank" rel="noopener noreferrer">{esc(text)}</a>'
