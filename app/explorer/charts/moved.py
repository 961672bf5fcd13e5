"""Numbers before and after: both ranges on one scale, a row each."""

from __future__ import annotations

from dataclasses import dataclass

from .. import texts
from ..markup import esc


@dataclass(frozen=True, slots=True)
class Shift:
    """One number: low, value and high as stated and with the cases; what is said of it."""

    label: str
    before: tuple[float | None, float, float | None]
    after: tuple[float, float, float]
    words: str = ""
    against: bool = False


def shift(row: Shift) -> str:
    """A number in words, and its two ranges as lines on a scale of its own."""
    ends = [x for x in (*row.before, *row.after) if x is not None]
    low, high = min(ends), max(ends)
    wide = (high - low) or 1.0
    low, wide = low - 0.04 * wide, 1.08 * wide
    first = _line(row.before, low, wide, "eg-was")
    second = _line(row.after, low, wide, "eg-is")
    sign = '<b class="eg-odd" aria-hidden="true">▲ </b>' if row.against else ""
    stated = texts.cohort_range(row.before[1], row.before[0], row.before[2])
    now = texts.cohort_range(row.after[1], row.after[0], row.after[2])
    said = f'<p class="eg-note eg-small">{esc(row.words)}</p>' if row.words else ""
    return (
        f'<div class="eg-shift"><p class="eg-shift-name">{sign}{esc(row.label)}</p>'
        f'<div class="eg-shift-lines" aria-hidden="true">{first}{second}</div>'
        f'<p class="eg-shift-numbers"><span>{esc(stated)} <small>{esc(texts.COHORT_PRIOR)}</small></span> '
        f"<span><strong>{esc(now)}</strong> <small>{esc(texts.COHORT_POSTERIOR)}</small></span></p>{said}</div>"
    )


def shift_legend() -> str:
    """What the two lines are."""
    return (
        f'<p class="eg-legend"><span><i class="eg-key-was"></i>{esc(texts.COHORT_PRIOR)}</span>'
        f'<span><i class="eg-key-is"></i>{esc(texts.COHORT_POSTERIOR)}</span>'
        f"<span>{esc(texts.COHORT_SCALE)}</span></p>"
    )


def _line(
    ends: tuple[float | None, float, float | None], low: float, wide: float, kind: str
) -> str:
    def at(x: float) -> str:
        return f"{100 * (x - low) / wide:.2f}%"

    left, value, right = ends
    line = ""
    if left is not None and right is not None:
        line = f'<i class="{kind}" style="left:{at(left)};right:calc(100% - {at(right)})"></i>'
    return f'<div class="eg-shift-line">{line}<b class="{kind}" style="left:{at(value)}"></b></div>'
