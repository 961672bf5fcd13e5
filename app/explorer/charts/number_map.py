"""One answer over two numbers, as colours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import texts

LETTERS = (42, 30)  # of the title of an axis, in a line


def number_map(grid: Any, names: tuple[str, str], stated: Sequence[float], *, dark: bool) -> Any:
    """Squares as dark as the answer is high, and a cross at the stated numbers."""
    import textwrap

    import altair as alt
    import pandas as pd

    ink = "#eef2f7" if dark else "#0b1220"
    axis = {
        "labelColor": ink,
        "titleColor": ink,
        "labelFontSize": 13,
        "titleFontSize": 13,
        "grid": False,
    }
    halves = [float(values[1] - values[0]) / 2 for values in (grid.x, grid.y)]
    dx, dy = halves
    squares_at = [
        (x - dx, x + dx, y - dy, y + dy, 100 * float(p))
        for y, row in zip(map(float, grid.y), grid.answer, strict=True)
        for x, p in zip(map(float, grid.x), row, strict=True)
    ]
    frame = pd.DataFrame(squares_at, columns=["x", "x2", "y", "y2", "p"])
    titles = [textwrap.wrap(name, most) for name, most in zip(names, LETTERS, strict=True)]
    ends = [
        [float(v[0]) - h, float(v[-1]) + h] for v, h in zip((grid.x, grid.y), halves, strict=True)
    ]
    scale = alt.Scale(range=["#10233a", "#7cb8f5"] if dark else ["#eef4fb", "#0b5cad"])
    legend = alt.Legend(
        title=texts.OF_100, labelColor=ink, titleColor=ink, labelFontSize=13, titleFontSize=13
    )
    squares = (
        alt.Chart(frame)
        .mark_rect()
        .encode(
            x=alt.X(
                "x:Q",
                title=titles[0],
                scale=alt.Scale(domain=ends[0], nice=False),
                axis=alt.Axis(**axis),
            ),
            x2="x2:Q",
            y=alt.Y(
                "y:Q",
                title=titles[1],
                scale=alt.Scale(domain=ends[1], nice=False),
                axis=alt.Axis(**axis),
            ),
            y2="y2:Q",
            color=alt.Color("p:Q", scale=scale, legend=legend),
            tooltip=[alt.Tooltip("p:Q", title=texts.OF_100, format=".1f")],
        )
    )
    here = pd.DataFrame({"x": [stated[0]], "y": [stated[1]]})
    cross = (
        alt.Chart(here)
        .mark_point(shape="cross", size=140, filled=True, color="#ffb570" if dark else "#9a4300")
        .encode(x="x:Q", y="y:Q")
    )
    return alt.layer(squares, cross).properties(height=300)
