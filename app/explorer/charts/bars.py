"""Probabilities as bars on one scale: the ranking, and what its signs mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .. import texts
from ..markup import esc

PARTS = {0.25: 5, 0.5: 5, 1.0: 4}  # how far an axis goes, and into how many parts it is divided
SCALES = tuple(PARTS)


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: a probability now, without findings, one step ago, and its range.

    `exact` numbers are not rounded. `second` is a further number or word of a column of its own.
    A row that is `last` stands for "none of these", apart from the possible causes. One with a `key` can
    be asked why.
    """

    label: str
    p: float | None
    base: float | None = None
    before: float | None = None
    low: float | None = None
    high: float | None = None
    help: str = ""
    under: str = ""
    last: bool = False
    second: str = ""
    exact: bool = False
    key: str = ""

    @property
    def range(self) -> tuple[float, float] | None:
        """Low and high, if there is a range."""
        return None if self.low is None or self.high is None else (self.low, self.high)


def scale(bars: Sequence[Bar], least: float = 0.0) -> float:
    """The smallest axis that holds every bar and tick of the causes that have a name; at least `least`.

    Ranges come later than bars and must not move them: what runs off the axis is marked.
    """
    named = [b for b in bars if not b.last] or bars
    top = max((max(b.p or 0.0, b.base or 0.0) for b in named), default=1.0)
    return next(s for s in SCALES if max(top, least) <= s or s == 1.0)


def ranking(
    bars: Sequence[Bar],
    caption: str,
    *,
    ranges: bool = False,
    base: str = texts.LEGEND_BASE,
    first: str = texts.OF_100,
    second: str = "",
    steps: bool = False,
    top: float | None = None,
) -> str:
    """Possible causes as a table of bars, in the order given, on an axis to `top` or as far as they go.

    `base` says what the ticks stand for, `first` and `second` head the columns of numbers. A bar without
    a number is left blank. With `ranges` and `steps` there is a column for them, still empty while they
    are worked out or where there are none, so that the bars keep their width. What
    is longer than the axis runs off it, with a mark.
    """
    top = top or scale(bars)
    ranges = ranges or any(b.low is not None for b in bars)
    steps = steps or any(_step(b) for b in bars)
    heads = [
        f'<th scope="col">{esc(texts.COLUMN_CAUSE)}</th>',
        f'<th scope="col" class="eg-axis">{axis(top, PARTS[top])}</th>',
        f'<th scope="col" class="eg-num">{esc(first)}</th>',
    ]
    if ranges:
        heads.append(f'<th scope="col" class="eg-num eg-range">{esc(texts.LEGEND_RANGE)}</th>')
    if second:
        heads.append(f'<th scope="col" class="eg-num eg-second">{esc(second)}</th>')
    if steps:
        heads.append(f'<th scope="col" class="eg-step">{esc(texts.COLUMN_CHANGE)}</th>')
    body = "".join(_row(b, top, base, ranges, bool(second), steps) for b in bars)
    ticks = base if any(b.base is not None for b in bars) else ""
    return (
        f'<div class="eg-fit">{legend(ranges, ticks, why=any(b.key for b in bars))}'
        f'<table class="eg-rank eg-ranked"><caption class="eg-hidden">{esc(caption)}</caption>'
        f"<thead><tr>{''.join(heads)}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def axis(top: float, parts: int = 2) -> str:
    """The numbers of 100 along an axis, in so many equal parts."""
    marks = "".join(
        f'<span style="left:{100 * k / parts:.0f}%">{esc(f"{100 * top * k / parts:g}")}</span>'
        for k in range(parts + 1)
    )
    hidden = f'<span class="eg-hidden">{esc(texts.COLUMN_BAR)}</span>'
    return f'{hidden}<div class="eg-marks" aria-hidden="true">{marks}</div>'


def _row(bar: Bar, top: float, base: str, ranges: bool, second: bool, steps: bool) -> str:
    tip = f' title="{esc(bar.help)}"' if bar.help else ""
    number = "–" if bar.p is None else texts.share(bar.p)
    if bar.exact and bar.p is not None:
        number = texts.exact(bar.p)
    spoken = texts.bar_text(bar.label, bar.p, bar.base, base) if bar.p is not None else ""
    under = f"<small>{esc(bar.under)}</small>" if bar.under else ""
    name = esc(bar.label)
    if bar.key:
        name = f'<button type="button" class="eg-why" data-why="{esc(bar.key)}" aria-haspopup="dialog">{name}</button>'
    cells = [
        f'<th scope="row"{tip}>{name}{under}</th>',
        f'<td class="eg-cell"><span class="eg-hidden">{esc(spoken)}</span>{track(bar, top)}</td>',
        f'<td class="eg-num eg-now">{esc(number)}</td>',
    ]
    if ranges:
        said = texts.exact_interval if bar.exact else texts.interval
        text = "" if bar.low is None or bar.high is None else said(bar.low, bar.high)
        cells.append(f'<td class="eg-num eg-range">{esc(text)}</td>')
    if second:
        cells.append(f'<td class="eg-num eg-second">{esc(bar.second)}</td>')
    if steps:
        step = _step(bar)
        arrow = f'<span aria-hidden="true">{"▲" if step.startswith("up") else "▼"} </span>'
        cells.append(f'<td class="eg-step">{arrow if step else ""}{esc(step)}</td>')
    kind = "eg-last" if bar.last else "eg-asks" if bar.key else ""
    return f'<tr class="{kind}">{"".join(cells)}</tr>' if kind else f"<tr>{''.join(cells)}</tr>"


def track(bar: Bar, top: float) -> str:
    """The bar itself: fill, range line, baseline tick. Decoration: the numbers stand beside it."""
    parts = []
    if bar.p is not None:
        off = " eg-off" if bar.p > top else ""
        parts.append(f'<div class="eg-fill{off}" style="width:{at(bar.p, top)}"></div>')
        parts.append(line(bar.range, top))
    if bar.base is not None and bar.base <= top:
        parts.append(f'<div class="eg-tick" style="left:{at(bar.base, top)}"></div>')
    return f'<div class="eg-track" aria-hidden="true">{"".join(parts)}</div>'


def line(ends: tuple[float, float] | None, top: float) -> str:
    """The line of a range; where it runs off the axis, with an arrow for its end."""
    if ends is None:
        return ""
    low, high = min(ends[0], top), min(ends[1], top)
    off = " eg-off" if ends[1] > top else ""
    return (
        f'<div class="eg-line{off}" style="left:{at(low, top)};width:{at(high - low, top)}"></div>'
    )


def at(p: float, top: float) -> str:
    return f"{100 * min(max(p / top, 0.0), 1.0):.2f}%"


def _step(bar: Bar) -> str:
    return "" if bar.p is None or bar.before is None else texts.change(bar.p, bar.before)


def legend(ranges: bool, ticks: str, *, why: bool = False) -> str:
    """What fill, tick and line mean, and that a row can be asked why; without words for the ticks there are none."""
    parts = [("fill", texts.LEGEND_NOW)]
    parts += [("tick", ticks)] if ticks else []
    parts += [("line", texts.LEGEND_RANGE)] if ranges else []
    keys = "".join(f'<span><i class="eg-key-{k}"></i>{esc(words)}</span>' for k, words in parts)
    keys += f"<span>{esc(texts.WHY_ROW_HELP)}</span>" if why else ""
    return f'<p class="eg-legend">{keys}</p>'


def _fill(p: float | None) -> str:
    return "" if p is None else f'<div class="eg-fill" style="width:{at(p, 1.0)}"></div>'


def plain(rows: Sequence[tuple[str, float | None]], caption: str) -> str:
    """A few numbers as bars on a scale to 100; one that is still to be guessed is a question mark."""
    body = "".join(
        f'<tr><th scope="row">{esc(label)}</th><td class="eg-cell"><div class="eg-track" aria-hidden="true">'
        f"{_fill(p)}</div></td>"
        f'<td class="eg-num eg-now">{esc("?" if p is None else texts.share(p))}</td></tr>'
        for label, p in rows
    )
    return (
        f'<table class="eg-rank"><caption class="eg-hidden">{esc(caption)}</caption><thead><tr>'
        f'<th scope="col"><span class="eg-hidden">{esc(caption)}</span></th>'
        f'<th scope="col" class="eg-axis">{axis(1.0)}</th>'
        f'<th scope="col" class="eg-num">{esc(texts.OF_100)}</th></tr></thead><tbody>{body}</tbody></table>'
    )
