"""The ranking and its relatives as HTML. Every text goes through `esc`; colours live in style.css."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from etiograph.decision.red_flags import by_level
from etiograph.decision.words import source_words

from . import texts
from .markup import esc

SCALES = (0.1, 0.25, 0.5, 1.0)


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: a probability now, without findings, one step ago, and its range.

    `exact` numbers are not rounded. `second` is a further number or word of a column of its own.
    A row that is `last` stands for "none of these", apart from the possible causes.
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

    @property
    def range(self) -> tuple[float, float] | None:
        """Low and high, if there is a range."""
        return None if self.low is None or self.high is None else (self.low, self.high)


def scale(bars: Sequence[Bar]) -> float:
    """The smallest axis that holds every bar, tick and range of the causes that have a name."""
    named = [b for b in bars if not b.last] or bars
    top = max((max(b.p or 0.0, b.base or 0.0, b.high or 0.0) for b in named), default=1.0)
    return next(s for s in SCALES if top <= s or s == 1.0)


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
    are worked out or where there are none, so that the bars keep their width. A row that is `last` and
    longer than the axis has a number and no bar.
    """
    top = top or scale(bars)
    ranges = ranges or any(b.low is not None for b in bars)
    steps = steps or any(_step(b) for b in bars)
    heads = [
        f'<th scope="col">{esc(texts.COLUMN_CAUSE)}</th>',
        f'<th scope="col" class="eg-axis">{_axis(top)}</th>',
        f'<th scope="col" class="eg-num">{esc(first)}</th>',
    ]
    if ranges:
        heads.append(f'<th scope="col" class="eg-num eg-range">{esc(texts.LEGEND_RANGE)}</th>')
    if second:
        heads.append(f'<th scope="col" class="eg-num eg-second">{esc(second)}</th>')
    if steps:
        heads.append(f'<th scope="col" class="eg-step">{esc(texts.COLUMN_CHANGE)}</th>')
    body = "".join(_row(b, top, ranges, bool(second), steps) for b in bars)
    ticks = base if any(b.base is not None for b in bars) else ""
    return (
        f"{legend(ranges, ticks)}"
        f'<table class="eg-rank eg-ranked"><caption class="eg-hidden">{esc(caption)}</caption>'
        f"<thead><tr>{''.join(heads)}</tr></thead><tbody>{body}</tbody></table>"
    )


def _axis(top: float) -> str:
    marks = "".join(
        f'<span style="left:{100 * k / 2:.0f}%">{esc(f"{100 * top * k / 2:g}")}</span>'
        for k in range(3)
    )
    hidden = f'<span class="eg-hidden">{esc(texts.COLUMN_BAR)}</span>'
    return f'{hidden}<div class="eg-marks" aria-hidden="true">{marks}</div>'


def _row(bar: Bar, top: float, ranges: bool, second: bool, steps: bool) -> str:
    tip = f' title="{esc(bar.help)}"' if bar.help else ""
    number = "–" if bar.p is None else texts.share(bar.p)
    if bar.exact and bar.p is not None:
        number = texts.exact(bar.p)
    spoken = texts.bar_text(bar.label, bar.p, bar.base) if bar.p is not None else ""
    under = f"<small>{esc(bar.under)}</small>" if bar.under else ""
    cells = [
        f'<th scope="row"{tip}>{esc(bar.label)}{under}</th>',
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
    return (
        f'<tr class="eg-last">{"".join(cells)}</tr>' if bar.last else f"<tr>{''.join(cells)}</tr>"
    )


def track(bar: Bar, top: float) -> str:
    """The bar itself: fill, range line, baseline tick. Decoration: the numbers stand beside it."""
    parts = []
    if max(bar.p or 0.0, bar.base or 0.0) > top:
        return ""
    if bar.p is not None:
        parts.append(f'<div class="eg-fill" style="width:{_at(bar.p, top)}"></div>')
        parts.append(_line(bar.range, top))
    if bar.base is not None:
        parts.append(f'<div class="eg-tick" style="left:{_at(bar.base, top)}"></div>')
    return f'<div class="eg-track" aria-hidden="true">{"".join(parts)}</div>'


def _line(ends: tuple[float, float] | None, top: float) -> str:
    """The line of a range."""
    if ends is None:
        return ""
    left, width = _at(ends[0], top), _at(ends[1] - ends[0], top)
    return f'<div class="eg-line" style="left:{left};width:{width}"></div>'


def _at(p: float, top: float) -> str:
    return f"{100 * min(max(p / top, 0.0), 1.0):.2f}%"


def _step(bar: Bar) -> str:
    return "" if bar.p is None or bar.before is None else texts.change(bar.p, bar.before)


def legend(ranges: bool, ticks: str) -> str:
    """What fill, tick and line mean; without words for the ticks there are none."""
    parts = [("fill", texts.LEGEND_NOW)]
    parts += [("tick", ticks)] if ticks else []
    parts += [("line", texts.LEGEND_RANGE)] if ranges else []
    keys = "".join(f'<span><i class="eg-key-{k}"></i>{esc(words)}</span>' for k, words in parts)
    return f'<p class="eg-legend">{keys}</p>'


@dataclass(frozen=True, slots=True)
class Flag:
    """A warning sign that fired: how urgent, what it says, where it comes from."""

    level: str
    message: str
    source: str = ""
    because: tuple[str, ...] = ()


def flags(fired: Sequence[Flag], links: Mapping[str, str] | None = None) -> str:
    """Warning signs, a box a level, the most urgent first: word and sign, never colour alone.

    `links` are the addresses of sources by id.
    """
    items = "".join(_box(level, each, links or {}) for level, each in by_level(fired).items())
    return f'<section class="eg-flags" aria-label="{esc(texts.FLAGS_TITLE)}"><ul>{items}</ul></section>'


def _box(level: str, fired: Sequence[Flag], links: Mapping[str, str]) -> str:
    """All warnings of a level; a source that all of them have is said once."""
    many = len(fired) > 2
    shared = {flag.source for flag in fired} if len(fired) > 1 else set()
    source = _cited(shared.pop(), links) if len(shared) == 1 else ""
    said = "".join(_said(flag, links, cite=not source, many=many) for flag in fired)
    small = f" <small>{source}.</small>" if source else ""
    above, below = (small, "") if many else ("", f"<p>{small}</p>" if small else "")
    return (
        f'<li class="eg-flag eg-{esc(level)}{" eg-many" if many else ""}">'
        f"<strong>{esc(texts.FLAG_LEVELS.get(level, level))}</strong>{above}<div>{said}{below}</div></li>"
    )


def _said(flag: Flag, links: Mapping[str, str], *, cite: bool, many: bool) -> str:
    """One warning, with what set it off and its source in small type; `many` are kept to a line."""
    because = texts.because(flag.because) if flag.because else ""
    parts = [esc(because)] if because and not many else []
    parts += [_cited(flag.source, links)] if flag.source and cite else []
    grounds = f" <small>{'. '.join(parts)}.</small>" if parts else ""
    if many and because:
        grounds = f" <small>({esc('; '.join(flag.because))})</small>{grounds}"
    return f"<p>{esc(flag.message)}{grounds}</p>"


def _cited(source: str, links: Mapping[str, str]) -> str:
    """The source of a warning, with links where it can be read."""
    named = ", ".join(
        _linked(Source(name, address=links[name])) if name in links else esc(source_words(name))
        for name in source.split(", ")
        if name
    )
    return f"{esc(texts.FLAG_SOURCE)}: {named}" if named else ""


def act_first(outcome: str) -> str:
    """That a warning comes before the numbers, above their headline."""
    return f'<p class="eg-act">{esc(texts.act_first(outcome))}</p>'


def caveat(text: str) -> str:
    """A line that says how far the numbers can be trusted for this case."""
    return f'<p class="eg-caveat">{esc(text)}</p>'


def headline(text: str) -> str:
    """The sentence above the bars."""
    return f'<p class="eg-headline" role="status">{esc(text)}</p>'


def dock(text: str, flag: Flag | None = None) -> str:
    """The same sentence at the lower edge of a narrow screen, where the bars are out of sight.

    The most pressing warning sign stands before it. It leads to the bars (`guide.js`).
    """
    warning = ""
    if flag is not None:
        level = esc(texts.FLAG_LEVELS.get(flag.level, flag.level))
        warning = f'<span class="eg-flag eg-{esc(flag.level)}"><strong>{level}</strong> {esc(flag.message)}</span>'
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

    With `legend` a line says what the ranges are, which may still be worked out.
    """
    ends = [end[1] for row in rows for end in row.ranges if end]
    top = scale([Bar("", max((*(p for row in rows for p in row.values), *ends)))])
    columns = "".join(
        f'<th scope="col" class="eg-num"><i class="eg-key-fill{_kind(k, mode)}"></i> {esc(head)}</th>'
        for k, head in enumerate(heads)
    )
    body = "".join(_compared(row, top, mode) for row in rows)
    key = f'<p class="eg-legend"><span><i class="eg-key-line"></i>{esc(texts.LEGEND_RANGE)}</span></p>'
    return (
        f"{key if legend else ''}"
        f'<table class="eg-rank eg-compare"><caption class="eg-hidden">{esc(texts.COMPARE_CAPTION)}'
        f'</caption><thead><tr><th scope="col">{esc(what)}</th>'
        f'<th scope="col" class="eg-axis">{_axis(top)}</th>{columns}</tr></thead><tbody>{body}</tbody></table>'
    )


def _compared(row: Compared, top: float, mode: str) -> str:
    bars = "".join(
        f'<div class="eg-track"><div class="eg-fill{_kind(k, mode)}" style="width:{_at(p, top)}"></div>'
        f"{_line(row.range(k), top)}</div>"
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


@dataclass(frozen=True, slots=True)
class Weight:
    """What one finding does to an answer: length and side of its bar, and the same in words."""

    label: str
    decibans: float
    words: str
    through: str = ""


def weights(rows: Sequence[Weight]) -> str:
    """Findings for (to the right) and against (to the left) an answer, on one scale."""
    top = max((abs(w.decibans) for w in rows), default=1.0) or 1.0
    body = "".join(_weight(w, min(abs(w.decibans) / top, 1.0)) for w in rows)
    return (
        f'<table class="eg-rank eg-weights"><caption class="eg-hidden">{esc(texts.WHY_CAPTION)}</caption>'
        f'<thead><tr><th scope="col">{esc(texts.KNOWN)}</th><th scope="col"><div class="eg-sides">'
        f"<span>{esc(texts.WHY_AGAINST)}</span><span>{esc(texts.WHY_FOR)}</span></div></th></tr></thead>"
        f"<tbody>{body}</tbody></table>"
    )


def _weight(weight: Weight, share: float) -> str:
    side = "for" if weight.decibans >= 0 else "against"
    through = f" ({esc(texts.WHY_STEPS)} {esc(weight.through)})" if weight.through else ""
    return (
        f'<tr><th scope="row">{esc(weight.label)}</th><td class="eg-cell">'
        f'<div class="eg-balance" aria-hidden="true"><div class="eg-{side}" style="width:{50 * share:.1f}%">'
        f'</div></div><span class="eg-words">{esc(weight.words)}{through}</span></td></tr>'
    )


def ask(rows: Sequence[tuple[str, str, float, str]], heading: str, top: float) -> str:
    """Questions or tests with what they would settle, `top` a full bar, and what they cost."""
    heads = "".join(f'<th scope="col">{esc(h)}</th>' for h in (heading, *texts.ASK_COLUMNS))
    body = "".join(
        f'<tr><th scope="row">{esc(label)}</th><td class="eg-cell">'
        f'<div class="eg-track" aria-hidden="true"><div class="eg-fill" style="width:{_at(share, top)}">'
        f'</div></div><span class="eg-words">{esc(words)}</span></td><td>{esc(cost)}</td></tr>'
        for label, words, share, cost in rows
    )
    return (
        f'<table class="eg-rank eg-ask"><caption class="eg-hidden">{esc(f"{texts.ASK_NEXT}: {heading}")}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"
    )


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
        f"{'<br>' if row.what or row.figure else ''}{_linked(row)}"
        f"{esc(f'. {texts.grade_of(row.grade)}') if row.grade else ''}</li>"
        for row in rows
    )
    return f'<ul class="eg-sources">{items}</ul>'


def _linked(row: Source) -> str:
    text = " ".join(filter(None, (row.name, row.who)))
    if not row.address.startswith(("https://", "http://")):
        return f"<b>{esc(text)}</b>" if row.who else esc(text)
    return f'<a href="{esc(row.address)}" target="_blank" rel="noopener noreferrer">{esc(text)}</a>'


@dataclass(frozen=True, slots=True)
class Swing:
    """How far one published number moves an answer within its range."""

    name: str
    at_low: float
    at_high: float
    now: float
    grade: str = ""
    sources: tuple[Source, ...] = ()


def tornado(rows: Sequence[Swing], caption: str) -> str:
    """Ranges of an answer, the widest first, the answer itself as a tick."""
    top = scale([Bar(r.name, max(r.at_low, r.at_high), r.now) for r in rows])
    body = "".join(_swing(row, top) for row in rows)
    return (
        f'<table class="eg-rank eg-ask"><caption class="eg-hidden">{esc(caption)}</caption>'
        f'<thead><tr><th scope="col">{esc(texts.PRIORS_COLUMNS[0])}</th>'
        f'<th scope="col" class="eg-axis">{_axis(top)}</th></tr></thead><tbody>{body}</tbody></table>'
    )


def _swing(row: Swing, top: float) -> str:
    low, high = sorted((row.at_low, row.at_high))
    source = f" · {esc(texts.grade_short(row.grade))}" if row.grade else ""
    source += "".join(f" {_linked(Source(s.name, address=s.address))}" for s in row.sources)
    return (
        f'<tr><th scope="row"><span class="eg-break">{esc(row.name)}</span></th><td class="eg-cell">'
        f'<div class="eg-track" aria-hidden="true"><div class="eg-swing" style="left:{_at(low, top)};'
        f'width:{_at(high - low, top)}"></div><div class="eg-tick" style="left:{_at(row.now, top)}"></div></div>'
        f'<span class="eg-words">{esc(texts.interval(low, high))}{source}</span></td></tr>'
    )


def _fill(p: float | None) -> str:
    return "" if p is None else f'<div class="eg-fill" style="width:{_at(p, 1.0)}"></div>'


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
        f'<th scope="col" class="eg-axis">{_axis(1.0)}</th>'
        f'<th scope="col" class="eg-num">{esc(texts.OF_100)}</th></tr></thead><tbody>{body}</tbody></table>'
    )
