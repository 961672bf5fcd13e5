"""Scenarios side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .. import texts
from ..markup import esc
from .bars import Bar, at, axis, line, scale


@dataclass(frozen=True, slots=True)
class Compared:
    """One row of a comparison: the same event in every scenario, the first as it is.

    Of each the range, as far as it is known, and whether its difference from the first may be none.
    """

    label: str
    values: tuple[float, ...]
    ranges: tuple[tuple[float, float] | None, ...] = ()
    unclear: tuple[bool, ...] = ()

    def range(self, k: int) -> tuple[float, float] | None:
        """The range of one scenario, if it is known."""
        return self.ranges[k] if k < len(self.ranges) else None


def comparison(
    rows: Sequence[Compared],
    heads: Sequence[str],
    mode: str,
    what: str = texts.COLUMN_WHAT,
    *,
    legend: bool = False,
) -> str:
    """Scenarios on one scale: a bar and a number each, with the difference from the first.

    The scale goes as far as the bars do; a range that goes further runs off it, with a mark. So bars
    stay long, and none changes its length when the ranges come.

    With `legend` a line says what the ranges are, which may still be worked out.
    """
    highest = max((p for row in rows for p in row.values), default=1.0)
    top = scale([Bar("", highest)])
    columns = "".join(
        f'<th scope="col" class="eg-num"><i class="eg-key-fill{_kind(k, mode)}"></i> {esc(head)}</th>'
        for k, head in enumerate(heads)
    )
    body = "".join(_compared(row, top, mode) for row in rows)
    key = f'<p class="eg-legend"><span><i class="eg-key-line"></i>{esc(texts.LEGEND_RANGE)}</span></p>'
    return (
        f"{key if legend else ''}"
        f'<div class="eg-fit"><table class="eg-rank eg-compare"><caption class="eg-hidden">{esc(texts.COMPARE_CAPTION)}'
        f'</caption><thead><tr><th scope="col">{esc(what)}</th>'
        f'<th scope="col" class="eg-axis">{axis(top)}</th>{columns}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _compared(row: Compared, top: float, mode: str) -> str:
    bars = "".join(
        f'<div class="eg-track"><div class="eg-fill{_kind(k, mode)}" style="width:{at(p, top)}"></div>'
        f"{line(row.range(k), top)}</div>"
        for k, p in enumerate(row.values)
    )
    numbers = "".join(_scenario(row, k) for k in range(len(row.values)))
    return (
        f'<tr><th scope="row">{esc(row.label)}</th><td class="eg-cell">'
        f'<div class="eg-pair" aria-hidden="true">{bars}</div></td>{numbers}</tr>'
    )


def _scenario(row: Compared, k: int) -> str:
    """The number of one scenario, its range, and what it is more or less than the first."""
    ends, p = row.range(k), row.values[k]
    parts = [esc(texts.share(p))]
    if ends:
        parts.append(f'<small class="eg-ends">{esc(texts.interval(*ends))}</small>')
    if k:
        unclear = k < len(row.unclear) and row.unclear[k]
        parts.append(f"<small>{esc(texts.changed(p, row.values[0], unclear))}</small>")
    return f'<td class="eg-num{" eg-now" if k else ""}">{"".join(parts)}</td>'


def _kind(place: int, mode: str) -> str:
    """Class of a scenario's bar: the first plain, the others by question and place."""
    return f" eg-{esc(mode)} eg-s{place}" if place else ""
