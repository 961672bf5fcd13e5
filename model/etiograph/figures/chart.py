"""What all charts have in common: colours, the scale of probabilities, the look."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

BLUE, PALE, ORANGE, GREY, INK = "#0b5cad", "#9fc3e6", "#b54708", "#8593a6", "#17202e"
ROW = 20
"""Pixels of a row."""


@dataclass(frozen=True, slots=True)
class Look:
    """The colours of a chart: words, ground, grid, what is shown, what it is held against, what is quiet."""

    ink: str
    ground: str
    grid: str
    line: str
    other: str
    soft: str


LIGHT = Look(INK, "#ffffff", "#e6eaf0", BLUE, ORANGE, "#5d6b7e")
DARK = Look("#eef2f7", "#0c1118", "#2c3746", "#6cb2f5", "#ffb570", "#9fb0c4")

FONT = "system-ui, sans-serif"


def percent(title: str, **more: Any) -> alt.X:
    """A horizontal scale of probabilities."""
    import altair as alt

    return alt.X(
        more.pop("field", "p:Q"), title=title, axis=alt.Axis(format=".0%", tickCount=5), **more
    )


def rows(order: list[str], field: str = "name") -> alt.Y:
    """One row a name, in this order."""
    import altair as alt

    axis = alt.Axis(labelLimit=260, ticks=False, domain=False, labelPadding=8)
    return alt.Y(f"{field}:N", sort=order, title=None, axis=axis)


def base(frame: pd.DataFrame) -> alt.Chart:
    """A chart of a table of any length."""
    import altair as alt

    values: list[dict[str, Any]] = [dict(row) for row in frame.to_dict("records")]  # type: ignore[arg-type]
    return alt.Chart(alt.InlineData(values=values))


def finished(
    *layers: alt.Chart, title: str, width: int, height: int | None = None, look: Look = LIGHT
) -> alt.LayerChart:
    """The layers as one chart with the look of the package."""
    import altair as alt

    chart = alt.layer(*layers).properties(title=title, width=width, height=height or alt.Step(ROW))
    styled: alt.LayerChart = (
        chart.configure(font=FONT, background=look.ground)
        .configure_view(stroke=None)
        .configure_title(anchor="start", fontSize=14, fontWeight=600, color=look.ink)
        .configure_axis(
            labelColor=look.ink, titleColor=look.ink, gridColor=look.grid, titleFontWeight=400
        )
        .configure_legend(labelColor=look.ink, titleColor=look.ink, orient="bottom")
    )
    return styled


def words(name: str) -> str:
    """A name as words."""
    return name.replace("_", " ")


def said(event: object) -> str:
    """An event as words."""
    return words(str(event)).replace("=", ": ")


def share_format(values: Iterable[float]) -> str:
    """As many digits of a percentage as tell these apart."""
    known = [v for v in values if v == v]
    spread = max(known) - min(known) if known else 1.0
    return ".0%" if spread > 0.05 else ".1%" if spread > 0.005 else ".2%"
