"""A network as a small picture without words: its shape, filled to the edges, on any ground."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Collection
from typing import TYPE_CHECKING

from etiograph.decision.diagram import layout

if TYPE_CHECKING:
    from etiograph.network.network import Network

WIDTH, HEIGHT, MARGIN = 320.0, 150.0, 8.0
INK, FILL, TARGET = "#7b8ca3", "#8fb7e3", "#1f6fc4"
"""Arrows, nodes and the outcome: seen on white and on near black."""


def thumbnail(network: Network, names: Collection[str] | None = None, *, title: str = "") -> str:
    """The shape of a network as SVG.

    Places come from the diagram, stretched in each direction by itself, so that a flat diagram does not
    become a thin line.

    Parameters
    ----------
    network : Network
    names : collection of str, optional
        Only these variables.
    title : str
        What the picture shows, for those who can't see it; all text is escaped.
    """
    placed = layout(network, names)
    columns = max(box.column for box in placed.boxes.values()) + 1
    most = max(Counter(box.column for box in placed.boxes.values()).values())
    wide = min(46.0, 0.55 * (WIDTH - 2 * MARGIN) / columns)
    high = min(20.0, 0.62 * (HEIGHT - 2 * MARGIN) / most)

    middle = {box.name: box.y + box.height / 2 for box in placed.boxes.values()}
    top, tall = min(middle.values()), max(middle.values()) - min(middle.values())

    def along(length: float, size: float, share: float) -> float:
        return MARGIN + size / 2 + (length - 2 * MARGIN - size) * share

    at = {
        box.name: (
            along(WIDTH, wide, box.column / (columns - 1) if columns > 1 else 0.5),
            along(HEIGHT, high, (middle[box.name] - top) / tall if tall else 0.5),
        )
        for box in placed.boxes.values()
    }
    target = network.about.get("target")
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}" role="img">',
        f"<title>{html.escape(title)}</title>",
    ]
    for arrow in placed.arrows:
        (x, y), (u, v) = at[arrow.source], at[arrow.target]
        x, u = x + wide / 2, u - wide / 2
        bend = (u - x) / 2 if u > x else 18.0
        parts.append(
            f'<path d="M{x:.1f} {y:.1f}C{x + bend:.1f} {y:.1f} {u - bend:.1f} {v:.1f} {u:.1f} {v:.1f}" '
            f'fill="none" stroke="{INK}" stroke-width="1.2"/>'
            f'<path d="M{u:.1f} {v:.1f}l-5 -2.5v5z" fill="{INK}"/>'
        )
    for name, (x, y) in at.items():
        fill = TARGET if name == target else FILL
        parts.append(
            f'<rect x="{x - wide / 2:.1f}" y="{y - high / 2:.1f}" width="{wide:.1f}" '
            f'height="{high:.1f}" rx="{min(4.0, high / 3):.1f}" fill="{fill}"/>'
        )
    return "".join([*parts, "</svg>"])
