"""Ranges: credible intervals, contrasts, tornados, curves, maps, and what data did to numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from etiograph.figures.chart import (
    BLUE,
    GREY,
    INK,
    ORANGE,
    PALE,
    base,
    finished,
    percent,
    rows,
    said,
    share_format,
    words,
)

if TYPE_CHECKING:
    import altair as alt

    from etiograph.decision.interventions import Interventions
    from etiograph.learning.update import Update
    from etiograph.uncertainty.contrast import Contrast
    from etiograph.uncertainty.curves import Grid, SensitivityFunction
    from etiograph.uncertainty.intervals import Intervals
    from etiograph.uncertainty.sensitivity import Tornado
    from etiograph.uncertainty.summary import Interval

LONGEST = 30
"""Letters of the name of a number that is drawn in full."""


def intervals(found: Intervals, most: int, title: str, width: int) -> alt.LayerChart:
    """The ranked causes: point, central half, 90 % interval."""
    cells = {said(event): cell for event, cell in list(found.causes.items())[:most]}
    if not cells:
        cells = {
            f"{words(variable)}: {words(state)}": cell
            for variable, states in found.answers.items()
            for state, cell in states.items()
            if cell.high > 0 and cell.low < 1
        }
        cells = dict(list(cells.items())[:most])
    return _intervals(cells, title or "How sure: 90 % intervals", "probability", width)


def contrast(found: Contrast, most: int, title: str, width: int) -> alt.LayerChart:
    """With the change, without it or with the other one, and the difference."""
    other = ", ".join(f"{name}={value}" for name, value in found.against.items())
    cells = {
        f"with {other}" if other else "without the change": found.unchanged,
        "with the change": found.changed,
        "difference": found.difference,
    }
    return _intervals(cells, title or said(found.event), "probability, and their difference", width)


def _intervals(cells: dict[str, Interval], title: str, axis: str, width: int) -> alt.LayerChart:
    import altair as alt

    names = ("point", "low", "high", "low50", "high50")
    frame = pd.DataFrame(
        [{"name": name, **{n: getattr(cell, n) for n in names}} for name, cell in cells.items()]
    )
    on = base(frame).encode(y=rows(list(cells)))
    wide = on.mark_rule(color=PALE, strokeWidth=4).encode(
        x=percent(axis, field="low:Q"), x2="high:Q"
    )
    half = on.mark_rule(color=BLUE, strokeWidth=4).encode(x=alt.X("low50:Q"), x2="high50:Q")
    point = on.mark_point(filled=True, color=INK, size=50, opacity=1).encode(x=alt.X("point:Q"))
    return finished(wide, half, point, title=title, width=width)


def interventions(found: Interventions, most: int, title: str, width: int) -> alt.LayerChart:
    """Each change with its difference from no change, and the 90 % interval where there is one."""
    import altair as alt

    shown = sorted(found.changes, key=lambda each: -abs(each.difference))[:most]
    shown.sort(key=lambda each: each.difference)
    names = [f"{words(each.variable)}: {words(each.state)}" for each in shown]
    frame = pd.DataFrame(
        [
            {"name": name, "p": each.difference, "helps": each.difference < 0,
             "low": each.difference if each.low is None else each.low,
             "high": each.difference if each.high is None else each.high}
            for name, each in zip(names, shown, strict=True)
        ],
        columns=["name", "p", "helps", "low", "high"],
    )  # fmt: skip
    on = base(frame).encode(y=rows(names))
    colour = alt.condition("datum.helps", alt.value(BLUE), alt.value(ORANGE))
    axis = percent("difference from no change", field="p:Q")
    bars = on.mark_bar().encode(x=axis, color=colour)
    ends = on.mark_rule(color=INK, strokeWidth=2).encode(x=alt.X("low:Q"), x2="high:Q")
    name = title or f"What each change would make of {said(found.event)}"
    return finished(bars, ends, title=name, width=width)


def tornado(found: Tornado, most: int, title: str, width: int) -> alt.LayerChart:
    """Each number from the low to the high end of its range, widest first."""
    import altair as alt

    bars = found.bars[:most]
    frame = pd.DataFrame(
        [
            {"name": _short(bar.name), "low": min(bar.at_low, bar.at_high),
             "high": max(bar.at_low, bar.at_high), "number": bar.name, "grade": bar.grade}
            for bar in bars
        ]
    )  # fmt: skip
    on = base(frame).encode(y=rows([_short(bar.name) for bar in bars]))
    axis = percent(
        "answer over the range of each number", field="low:Q", scale=alt.Scale(zero=False)
    )
    swings = on.mark_bar(color=BLUE).encode(x=axis, x2="high:Q", tooltip=["number:N", "grade:N"])
    now = base(pd.DataFrame([{"p": found.answer}])).mark_rule(color=ORANGE, strokeWidth=2)
    name = title or f"Which number matters for {said(found.target)}"
    return finished(swings, now.encode(x=alt.X("p:Q")), title=name, width=width)


def curve(found: SensitivityFunction, most: int, title: str, width: int) -> alt.LayerChart:
    """The answer over the range of one number, and where it stands."""
    import altair as alt

    frame = found.to_frame().dropna()
    x = alt.X("x:Q", title=found.name, scale=alt.Scale(zero=False))
    y = alt.Y(
        "y:Q",
        title="answer",
        axis=alt.Axis(format=share_format(frame["y"])),
        scale=alt.Scale(zero=False),
    )
    line = base(frame).mark_line(color=BLUE).encode(x=x, y=y)
    here = pd.DataFrame([{"x": found.value, "y": found(found.value)}])
    point = base(here).mark_point(filled=True, color=ORANGE, size=70, opacity=1)
    return finished(
        line,
        point.encode(x=x, y=y),
        title=title or f"As {found.name} moves",
        width=width,
        height=260,
    )


def grid(found: Grid, most: int, title: str, width: int) -> alt.LayerChart:
    """The answer over the ranges of two numbers."""
    import altair as alt

    dx, dy = (_step(axis) for axis in (found.x, found.y))
    cells = [
        {"x": x - dx / 2, "x2": x + dx / 2, "y": y - dy / 2, "y2": y + dy / 2, "p": float(p)}
        for y, line in zip(found.y.tolist(), found.answer, strict=True)
        for x, p in zip(found.x.tolist(), line, strict=True)
        if np.isfinite(p)
    ]
    squares = (
        base(pd.DataFrame(cells))
        .mark_rect()
        .encode(
            x=alt.X("x:Q", title=found.names[0], scale=alt.Scale(zero=False, nice=False)),
            x2="x2:Q",
            y=alt.Y("y:Q", title=found.names[1], scale=alt.Scale(zero=False, nice=False)),
            y2="y2:Q",
            color=alt.Color("p:Q", title="answer", scale=alt.Scale(scheme="blues"),
                            legend=alt.Legend(format=share_format(found.answer.ravel()))),
        )
    )  # fmt: skip
    name = title or f"{found.names[0]} and {found.names[1]}"
    return finished(squares, title=name, width=width, height=width)


def update(found: Update, most: int, title: str, width: int) -> alt.LayerChart:
    """The numbers that moved most: stated range above, what the cases made of it below."""
    import altair as alt

    moved = sorted(
        found.numbers, key=lambda each: -abs(each.value - each.before.value) / _width(each)
    )
    moved = moved[:most]
    cells = []
    for each in moved:
        before = each.before
        low = before.value if before.low is None else before.low
        high = before.value if before.high is None else before.high
        ends = ((low, before.value, high), (each.low, each.value, each.high))
        for what, (left, value, right) in zip(("as stated", "with the cases"), ends, strict=True):
            cells.append(
                {"name": _short(each.name), "what": what, "low": left, "p": value, "high": right}
            )
    kinds = ["as stated", "with the cases"]
    colour = alt.Color("what:N", title=None, scale=alt.Scale(domain=kinds, range=[GREY, BLUE]))
    on = base(pd.DataFrame(cells)).encode(
        y=rows([_short(each.name) for each in moved]),
        yOffset=alt.YOffset("what:N", sort=kinds),
        color=colour,
    )
    ends = on.mark_rule(strokeWidth=3).encode(x=alt.X("low:Q", title="value"), x2="high:Q")
    points = on.mark_point(filled=True, size=40, opacity=1).encode(x=alt.X("p:Q"))
    name = title or f"What {found.cases:,.0f} cases did to the numbers"
    return finished(ends, points, title=name, width=width)


def _width(each: Any) -> float:
    before = each.before
    return float(before.high - before.low) or 1.0 if before.low is not None else 1.0


def _step(axis: np.ndarray) -> float:
    return float(axis[1] - axis[0]) if len(axis) > 1 else 1.0


def _short(name: str) -> str:
    return name if len(name) <= LONGEST + 8 else f"{name[:LONGEST]}...{name[-5:]}"
