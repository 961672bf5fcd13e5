"""How good a network is on cases: calibration, ROC, decision curve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from etiograph.figures.chart import LIGHT, Look, base, finished, said

if TYPE_CHECKING:
    import altair as alt

    from etiograph.learning.validation import Curve, Validation

HEIGHT = 280
"""Pixels of the drawn area."""
ROOM = 1.15
"""How far above the highest net benefit a decision curve is drawn, and a part of it below 0."""


def validation(found: Validation, most: int, title: str, width: int) -> alt.LayerChart:
    """What was said against what was so: the calibration."""
    return calibration(found.calibration, title or f"Calibration: {said(found.event)}", width)


def curve(found: Curve, most: int, title: str, width: int) -> alt.LayerChart:
    """A curve by what it is of."""
    return CURVES[found.kind](found, title, width)


def calibration(found: Curve, title: str, width: int, look: Look = LIGHT) -> alt.LayerChart:
    """Groups by probability: the mean that was said, and the share in which it was so, with its interval."""
    import altair as alt

    frame = found.to_frame()
    on = base(frame)
    x = _share("p:Q", "what the network said", alt.X)
    y = _share("observed:Q", "how often it was so", alt.Y)
    ends = on.mark_rule(color=look.line, strokeWidth=2).encode(x=x, y=alt.Y("low:Q"), y2="high:Q")
    points = on.mark_point(filled=True, color=look.line, opacity=1).encode(
        x=x,
        y=y,
        size=alt.Size("cases:Q", scale=alt.Scale(range=[40, 200]), legend=None),
        tooltip=[alt.Tooltip("cases:Q"), *_told("p", "observed", "low", "high")],
    )
    return finished(
        _diagonal(("p", "observed"), x, y, look), ends, points,
        title=title or "Calibration", width=width, height=HEIGHT, look=look,
    )  # fmt: skip


def recalibration(found: Curve, title: str, width: int, look: Look = LIGHT) -> alt.LayerChart:
    """Each probability and the share of the best monotone recalibration."""
    import altair as alt

    x = _share("p:Q", "what the network said", alt.X)
    y = _share("observed:Q", "best monotone recalibration", alt.Y)
    line = base(found.to_frame()).mark_line(color=look.line, interpolate="step-after")
    return finished(
        _diagonal(("p", "observed"), x, y, look), line.encode(x=x, y=y),
        title=title or "Recalibration", width=width, height=HEIGHT, look=look,
    )  # fmt: skip


def roc(found: Curve, title: str, width: int, look: Look = LIGHT) -> alt.LayerChart:
    """True against false positives over all thresholds."""
    import altair as alt

    frame = found.to_frame()
    start = pd.DataFrame([{"false_positive": 0.0, "true_positive": 0.0, "threshold": 1.0}])
    frame = pd.concat([start, frame], ignore_index=True)
    frame["order"] = range(len(frame))
    x = _share("false_positive:Q", "false alarms: of those without it", alt.X)
    y = _share("true_positive:Q", "found: of those with it", alt.Y)
    line = base(frame).mark_line(color=look.line, strokeWidth=2.5)
    names = ("threshold", "false_positive", "true_positive")
    line = line.encode(x=x, y=y, order="order:Q", tooltip=_told(*names))
    return finished(
        _diagonal(("false_positive", "true_positive"), x, y, look), line,
        title=title or "ROC curve", width=width, height=HEIGHT, look=look,
    )  # fmt: skip


def decision(found: Curve, title: str, width: int, look: Look = LIGHT) -> alt.LayerChart:
    """Net benefit of acting on the network, on all and on nobody, by the threshold of acting."""
    import altair as alt

    frame = found.to_frame()
    ways = {"by the network": "model", "everybody": "all", "nobody": "none"}
    lines = pd.DataFrame(
        [
            {"threshold": t, "way": way, "benefit": b}
            for way, column in ways.items()
            for t, b in zip(frame["threshold"], frame[column], strict=True)
        ]
    )
    top = max(float(frame["model"].max()), float(frame["all"].max()), 0.01) * ROOM
    scale = alt.Scale(domain=[top * (1.0 - ROOM), top], nice=False)
    x = _share("threshold:Q", "act from this probability on", alt.X)
    y = alt.Y("benefit:Q", title="net benefit a case", scale=scale)
    colours, dashes = [look.line, look.other, look.soft], [[1, 0], [6, 3], [2, 3]]
    names = list(ways)
    drawn = base(lines).mark_line(clip=True, strokeWidth=2.5)
    drawn = drawn.encode(
        x=x,
        y=y,
        color=alt.Color("way:N", title="treated", scale=alt.Scale(domain=names, range=colours)),
        strokeDash=alt.StrokeDash(
            "way:N", title="treated", scale=alt.Scale(domain=names, range=dashes)
        ),
    )  # fmt: skip
    layers = [drawn]
    if frame["low"].notna().all():
        band = base(frame[["threshold", "low", "high"]]).mark_area(
            color=look.line, opacity=0.2, clip=True
        )
        layers.insert(0, band.encode(x=x, y=alt.Y("low:Q", scale=scale), y2="high:Q"))
    return finished(*layers, title=title or "Decision curve", width=width, height=HEIGHT, look=look)


CURVES = {
    "calibration": calibration,
    "recalibration": recalibration,
    "roc": roc,
    "decision": decision,
}
"""The picture of each kind of curve."""


def _share(field: str, title: str, of: Any) -> Any:
    import altair as alt

    axis = alt.Axis(format=".0%", tickCount=5)
    return of(field, title=title, axis=axis, scale=alt.Scale(domain=[0, 1], nice=False))


def _told(*names: str) -> list[alt.Tooltip]:
    import altair as alt

    return [alt.Tooltip(f"{name}:Q", format=".3f") for name in names]


def _diagonal(names: tuple[str, str], x: Any, y: Any, look: Look) -> alt.Chart:
    """Where what is said is so, or where nothing is told apart."""
    ends = pd.DataFrame({name: [0.0, 1.0] for name in names})
    drawn: alt.Chart = base(ends).mark_line(color=look.soft, strokeDash=[4, 4]).encode(x=x, y=y)
    return drawn
