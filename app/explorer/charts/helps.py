"""Changes by their effect: bars to the left of a line for fewer, to the right for more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .. import texts
from ..markup import esc
from .warnings import Flag, cited

STEPS = (0.05, 0.1, 0.25, 0.5, 1.0)  # how far the axis goes to either side


@dataclass(frozen=True, slots=True)
class Change:
    """One change: its name, the difference it makes, the range of that, and its cautions."""

    label: str
    difference: float
    range: tuple[float, float] | None = None
    cautions: tuple[Flag, ...] = ()


def changes(
    helping: Sequence[Change], harming: Sequence[Change], links: Mapping[str, str], *, ranges: bool
) -> str:
    """A row a change, what helps most first; a caution stands in the row of its change.

    With `ranges` there is a column for them, still empty while they are worked out.
    """
    ends = [x for row in (*helping, *harming) for x in (row.difference, *(row.range or ()))]
    widest = max(map(abs, ends), default=1.0)
    top = next(step for step in STEPS if widest <= step or step == 1.0)
    span = (
        f'<th scope="col" class="eg-num eg-range">{esc(texts.LEGEND_RANGE)}</th>' if ranges else ""
    )
    columns = 4 if ranges else 3
    said: set[str] = set()
    groups = [_group(row, top, links, ranges, said) for row in helping]
    if harming:
        head = f'<th scope="colgroup" colspan="{columns}">{esc(texts.HELPS_WORSE)}</th>'
        groups.append(f'<tbody class="eg-worse"><tr>{head}</tr></tbody>')
        groups += [_group(row, top, links, ranges, said) for row in harming]
    return (
        f'<table class="eg-rank eg-helps"><caption class="eg-hidden">{esc(texts.HELPS_CAPTION)}</caption>'
        f'<thead><tr><th scope="col">{esc(texts.HELPS_CHANGE)}</th><th scope="col" class="eg-axis">'
        f'<div class="eg-sides"><span>{esc(texts.fewer(-top))}</span><span>{esc(texts.fewer(top))}</span>'
        f'</div></th><th scope="col" class="eg-num">{esc(texts.HELPS_DIFFERENCE)}</th>{span}</tr></thead>'
        f"{''.join(groups)}</table>"
    )


def _group(row: Change, top: float, links: Mapping[str, str], ranges: bool, said: set[str]) -> str:
    """A change and what warns of it: one group of rows, so that they stay together on paper, too.

    What was `said` at a change above is named in short.
    """
    notes = ""
    for flag in row.cautions:
        told = f"{esc(flag.message)} <small>{cited(flag.source, links)}</small>"
        if flag.message in said:
            told = esc(texts.helps_again(flag.message))
        said.add(flag.message)
        level = esc(texts.FLAG_LEVELS[flag.level])
        notes += f'<div class="eg-flag eg-{esc(flag.level)}"><strong>{level}</strong> {told}</div>'
    below = (
        f'<tr class="eg-noted"><td colspan="{4 if ranges else 3}">{notes}</td></tr>'
        if notes
        else ""
    )
    return f"<tbody>{_row(row, top, ranges)}{below}</tbody>"


def _row(row: Change, top: float, ranges: bool) -> str:
    side = "less" if row.difference < 0 else "more"
    line = ""
    if row.range is not None:
        low, high = (_place(end, top) for end in row.range)
        line = f'<div class="eg-line" style="left:{low:.2f}%;width:{high - low:.2f}%"></div>'
    left, right = sorted((50.0, _place(row.difference, top)))
    bar = f'<div class="eg-{side}" style="left:{left:.2f}%;width:{right - left:.2f}%"></div>'
    ends = "" if row.range is None else texts.fewer_range(*row.range)
    span = f'<td class="eg-num eg-range">{esc(ends)}</td>' if ranges else ""
    return (
        f'<tr><th scope="row">{esc(row.label)}</th><td class="eg-cell"><div class="eg-balance" '
        f'aria-hidden="true">{bar}{line}</div></td>'
        f'<td class="eg-num eg-now">{esc(texts.fewer(row.difference))}</td>{span}</tr>'
    )


def _place(x: float, top: float) -> float:
    """Where a difference stands on the axis, of 100, its middle being none."""
    return 50 * (1 + max(-1.0, min(1.0, x / top)))
