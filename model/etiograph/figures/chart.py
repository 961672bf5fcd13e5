"""What all charts have in common: colours, the scale of probabilities, the look."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

BLUE, PALE, ORANGE, GREY, INK = "#0b5cad", "#9fc3e6", "#b54708", "#8593a6", "#17202e"
ROW = 20
"""Pixels of a row."""
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
    *layers: alt.Chart, title: str, width: int, height: int | None = None
) -> alt.LayerChart:
    """The layers as one chart with the look of the package."""
    import altair as alt

    chart = alt.layer(*layers).properties(title=title, width=width, height=height or alt.Step(ROW))
    styled: alt.LayerChart = (
        chart.configure(font=FONT, background="#ffffff")
        .configure_view(stroke=None)
        .configure_title(anchor="start", fontSize=14, fontWeight=600, color=INK)
        .configure_axis(labelColor=INK, titleColor=INK, gridColor="#e6eaf0", titleFontWeight=400)
        .configure_legend(labelColor=INK, titleColor=INK, orient="bottom")
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
