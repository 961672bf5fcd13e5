"""Where the nodes of a network go, and a static SVG of it.

Explorer, notebooks and reports draw the same picture: causes left, findings right. Columns come from the
roles of the variables where every arrow then goes to the right; else they are longest-path layers, so that no
effect stands beside its parents, unless that takes more columns than fit a screen. Within columns the order is
found by barycentre sweeps followed by swaps of neighbours (Sugiyama, Tagawa and Toda 1981; Gansner et al. 1993, section 3).
"""

from __future__ import annotations

import html
import textwrap
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from etiograph.decision.hyphens import broken
from etiograph.network.closure import closure

if TYPE_CHECKING:
    from etiograph.network.network import Network

COLUMNS: tuple[tuple[str, ...], ...] = (
    ("background", "habit"),
    ("medicine", "remedy"),
    ("body",),
    ("condition",),
    ("outcome",),
    ("finding", "flag"),
    ("test",),
)
NODE_WIDTH = 186.0
NODE_HEIGHT = 28.0
COLUMN_STEP = 222.0
ROW_STEP = 36.0
LINE_STEP = 14.0
LANE = 12.0  # height that an arrow passing a column takes there, in a small diagram
LETTERS = 25  # of a label, in one line of a box
MARGIN = 16.0
SWEEPS = 12
SMALL = 14
"""Boxes of a diagram whose every arrow is followed by a reader: none runs behind a box."""


@dataclass(frozen=True, slots=True)
class Box:
    """A node: left upper corner, column and height, in pixels."""

    name: str
    x: float
    y: float
    column: int
    height: float = NODE_HEIGHT


@dataclass(frozen=True, slots=True)
class Arrow:
    """An arrow from cause to effect: the ``d`` of an SVG path."""

    source: str
    target: str
    path: str


@dataclass(frozen=True, slots=True)
class DiagramLayout:
    """Positions of all nodes and arrows of a network."""

    boxes: Mapping[str, Box]
    arrows: tuple[Arrow, ...]
    width: float
    height: float
    crossings: int


def layers(network: Network, names: Sequence[str]) -> dict[str, int]:
    """Column of every variable: by role if every arrow then goes to the right, else by longest path.

    A network with roles whose longest path is longer than there are columns of roles keeps these.
    """
    place = {role: column for column, roles in enumerate(COLUMNS) for role in roles}
    roles = [network.variables[name].role for name in names]
    parents = {name: network.parents(name) for name in names}
    by_depth = _longest_path(names, parents)
    if not all(role in place for role in roles):
        return by_depth
    used = sorted({place[role] for role in roles})
    by_role = {n: used.index(place[r]) for n, r in zip(names, roles, strict=True)}
    onward = all(by_role[p] < by_role[n] for n in names for p in parents[n] if p in by_role)
    deep = max(by_depth.values(), default=0) >= len(COLUMNS)
    return by_role if onward or deep else by_depth


def _longest_path(names: Sequence[str], parents: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Longest path from a root; roots then move right, next to their first effect."""
    column: dict[str, int] = {}
    for name in names:  # topological order: parents come first
        column[name] = 1 + max((column[p] for p in parents[name] if p in column), default=-1)
    for name in reversed(names):
        effects = [column[c] for c in names if name in parents[c]]
        if effects and not any(p in column for p in parents[name]):
            column[name] = max(column[name], min(effects) - 1)
    return column


def layout(
    network: Network,
    names: Collection[str] | None = None,
    lines: Mapping[str, int] | None = None,
) -> DiagramLayout:
    """Positions of the variables `names` (default: all) and of the arrows between them.

    Parameters
    ----------
    network : Network
    names : collection of str, optional
        A part of the network, for instance the ancestors of one variable.
    lines : mapping of str to int, optional
        How many lines the label of a variable takes, if more than one: its box is as much higher.

    Returns
    -------
    Layout
        The same for the same network, names and lines, whatever is known of a case.
    """
    chosen = [n for n in network.order if names is None or n in names]
    column = layers(network, chosen)
    edges = [(p, c) for c in chosen for p in network.parents(c) if p in column]
    rows, crossed = _ordered(chosen, column, edges)
    if len(chosen) > SMALL:
        rows = [[n for n in row if n in column] for row in rows]
    tall = {
        n: NODE_HEIGHT + LINE_STEP * ((lines or {}).get(n, 1) - 1) if n in column else LANE
        for row in rows
        for n in row
    }
    gap = ROW_STEP - NODE_HEIGHT
    need = [sum(tall[name] + gap for name in row) for row in rows]
    height = 2 * MARGIN + max(need, default=0.0)
    boxes = {}
    for index, row in enumerate(rows):
        apart = gap + min(ROW_STEP * 0.6, (height - 2 * MARGIN - need[index]) / max(len(row), 1))
        y = (height - sum(tall[name] + apart for name in row) + apart) / 2
        for name in row:
            boxes[name] = Box(name, MARGIN + index * COLUMN_STEP, y, index, tall[name])
            y += tall[name] + apart
    width = 2 * MARGIN + max(len(rows) - 1, 0) * COLUMN_STEP + NODE_WIDTH
    arrows = tuple(
        Arrow(p, c, _through(boxes, k, boxes[p], boxes[c])) for k, (p, c) in enumerate(edges)
    )
    boxes = {name: boxes[name] for name in chosen}
    return DiagramLayout(boxes, arrows, width, height, crossed)


def _ordered(
    names: Sequence[str], column: Mapping[str, int], edges: Sequence[tuple[str, str]]
) -> tuple[list[list[str]], int]:
    """Order within columns with few crossings, and how many are left.

    An arrow over several columns is a chain of stand-ins, one a column; they stay in their rows. An arrow
    within a column or backwards counts for nothing: it is drawn around.
    """
    rows: list[list[str]] = [[] for _ in range(max(column.values(), default=-1) + 1)]
    for name in names:
        rows[column[name]].append(name)
    left: dict[str, list[str]] = {name: [] for name in names}
    right: dict[str, list[str]] = {name: [] for name in names}
    for number, (source, target) in enumerate(edges):
        chain = [source]
        for between in range(column[source] + 1, column[target]):
            stand_in = _stand_in(number, between)
            rows[between].append(stand_in)
            left[stand_in], right[stand_in] = [], []
            chain.append(stand_in)
        if column[target] > column[source]:
            for a, b in pairwise([*chain, target]):
                right[a].append(b)
                left[b].append(a)
    best, fewest = [list(row) for row in rows], _all_crossings(rows, right)
    for sweep in range(SWEEPS):
        forward = sweep % 2 == 0
        _sweep(rows, left if forward else right, forward=forward)
        _swap(rows, left, right)
        crossed = _all_crossings(rows, right)
        if crossed < fewest:
            best, fewest = [list(row) for row in rows], crossed
    return best, fewest


def _stand_in(edge: int, column: int) -> str:
    """Of an arrow in a column that it passes; no name of a variable begins like that."""
    return f"\0{edge}.{column}"


def _sweep(rows: list[list[str]], neighbours: Mapping[str, list[str]], *, forward: bool) -> None:
    """Sort each column by the mean place of its neighbours in the column before."""
    order = range(1, len(rows)) if forward else range(len(rows) - 2, -1, -1)
    for index in order:
        before = rows[index - 1 if forward else index + 1]
        place = {name: k for k, name in enumerate(before)}
        own = {name: float(k) for k, name in enumerate(rows[index])}
        for name in rows[index]:
            near = [place[n] for n in neighbours[name]]
            if near:
                own[name] = sum(near) / len(near)
        rows[index].sort(key=own.__getitem__)


def _swap(
    rows: list[list[str]], left: Mapping[str, list[str]], right: Mapping[str, list[str]]
) -> None:
    """Swap neighbours in a column while that removes crossings; one pass over all columns."""
    for index, row in enumerate(rows):
        before = {n: k for k, n in enumerate(rows[index - 1])} if index else {}
        after = {n: k for k, n in enumerate(rows[index + 1])} if index + 1 < len(rows) else {}
        for k in range(len(row) - 1):
            upper, lower = row[k], row[k + 1]
            now = then = 0
            for near, place in ((left, before), (right, after)):
                a = [place[n] for n in near[upper]]
                b = [place[n] for n in near[lower]]
                now += sum(x > y for x in a for y in b)
                then += sum(y > x for x in a for y in b)
            if then < now:
                row[k], row[k + 1] = lower, upper


def _all_crossings(rows: Sequence[Sequence[str]], right: Mapping[str, list[str]]) -> int:
    return sum(crossings(a, b, right) for a, b in pairwise(rows))


def crossings(
    upper: Sequence[str], lower: Sequence[str], edges: Mapping[str, Iterable[str]]
) -> int:
    """Number of crossings between two ordered columns: the inversions of the arrows' ends."""
    from bisect import bisect_right, insort

    place = {name: k for k, name in enumerate(lower)}
    seen: list[int] = []
    total = 0
    for name in upper:
        ends = sorted(place[n] for n in edges[name])
        total += sum(len(seen) - bisect_right(seen, end) for end in ends)
        for end in ends:
            insort(seen, end)
    return total


def _path(source: Box, target: Box) -> str:
    """A smooth curve; within a column or backwards it leaves and enters on the right and left side."""
    y0, y1 = source.y + source.height / 2, target.y + target.height / 2
    x0 = source.x + NODE_WIDTH
    if target.column == source.column:
        bend = x0 + 34
        return f"M{x0:.1f} {y0:.1f}C{bend:.1f} {y0:.1f} {bend:.1f} {y1:.1f} {x0:.1f} {y1:.1f}"
    x1 = target.x
    pull = 40 if target.column < source.column else max(36.0, (x1 - x0) * 0.45)
    return f"M{x0:.1f} {y0:.1f}C{x0 + pull:.1f} {y0:.1f} {x1 - pull:.1f} {y1:.1f} {x1:.1f} {y1:.1f}"


def _through(boxes: Mapping[str, Box], edge: int, source: Box, target: Box) -> str:
    """The curve of an arrow, through the lanes that are kept free for it in the columns between."""
    between = range(source.column + 1, target.column)
    lanes = [boxes[name] for k in between if (name := _stand_in(edge, k)) in boxes]
    path, before = "", source
    for lane in lanes:
        straight = f"L{lane.x + NODE_WIDTH:.1f} {lane.y + LANE / 2:.1f}"
        path += _path(before, lane).replace("M", "M" if not path else "L") + straight
        before = lane
    return path + _path(before, target).replace("M", "M" if not path else "L")


def ancestors(network: Network, name: str) -> frozenset[str]:
    """A variable and everything with a directed path to it."""
    return frozenset(closure({name}, network.parents))


@dataclass(frozen=True, slots=True)
class Mark:
    """What to draw on a node.

    Attributes
    ----------
    text : str
        Label, shown inside the node.
    p : float, optional
        Probability as fill, from 0 to 1.
    base : float, optional
        Baseline probability as a tick.
    kind : {"implied", "observed", "changed", "target"}
    """

    text: str
    p: float | None = None
    base: float | None = None
    kind: str = "implied"


SIGNS = {"implied": "", "observed": "✓ ", "changed": "✎ ", "target": "◎ "}
STROKES = {
    "implied": ("#8593a6", 1.0),
    "observed": ("#0b1220", 2.0),
    "changed": ("#9a4300", 2.5),
    "target": ("#0b5cad", 2.5),
}


def svg(
    network: Network,
    marks: Mapping[str, Mark] | None = None,
    *,
    names: Collection[str] | None = None,
    cut: Collection[str] = (),
    title: str = "",
) -> str:
    """A static picture of a network; all text is escaped.

    Parameters
    ----------
    network : Network
    marks : mapping of str to Mark, optional
        What to write and fill; default: the labels.
    names : collection of str, optional
        Only these variables.
    cut : collection of str
        Changed variables: the arrows into them are dashed, they no longer act.
    title : str
        What the picture shows, for those who can't see it.
    """
    chosen = [n for n in network.order if names is None or n in names]
    labels = {n: network.variables[n].label or n.replace("_", " ") for n in chosen}
    drawn = {n: (marks or {}).get(n, Mark(labels[n])) for n in chosen}
    lines = {n: wrapped(SIGNS[mark.kind] + mark.text, LETTERS) for n, mark in drawn.items()}
    placed = layout(network, names, {n: len(rows) for n, rows in lines.items()})
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {placed.width:.0f} {placed.height:.0f}" '
        f'role="img" font-family="sans-serif" font-size="12">',
        f"<title>{html.escape(title or _title(chosen))}</title>",
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
        'orient="auto"><path d="M0 0L8 4L0 8z" fill="#8593a6"/></marker></defs>',
        f'<rect width="{placed.width:.0f}" height="{placed.height:.0f}" fill="#ffffff"/>',
    ]
    for arrow in placed.arrows:
        dash = ' stroke-dasharray="4 4"' if arrow.target in cut else ""
        parts.append(
            f'<path d="{arrow.path}" fill="none" stroke="#8593a6" stroke-opacity="0.6"{dash} '
            'marker-end="url(#tip)"/>'
        )
    parts += [_node(box, drawn[box.name], lines[box.name]) for box in placed.boxes.values()]
    return "".join([*parts, "</svg>"])


def _title(drawn: Sequence[str]) -> str:
    return f"Causal diagram with {len(drawn)} variables"


def _node(box: Box, mark: Mark, lines: Sequence[str]) -> str:
    """One node as a group: ground, fill, tick, border, text."""
    stroke, thick = STROKES[mark.kind]
    shape = f'x="{box.x:.1f}" y="{box.y:.1f}" height="{box.height}" rx="5"'
    parts = [f'<rect {shape} width="{NODE_WIDTH}" fill="#ffffff"/>']
    if mark.p is not None:
        width = NODE_WIDTH * min(max(mark.p, 0.0), 1.0)
        parts.append(f'<rect {shape} width="{width:.1f}" fill="#bcd6f0"/>')
    if mark.base is not None:
        x = box.x + NODE_WIDTH * min(max(mark.base, 0.0), 1.0)
        parts.append(
            f'<path d="M{x:.1f} {box.y + box.height - 7:.1f}v7" stroke="#0b1220" stroke-width="2"/>'
        )
    parts.append(
        f'<rect {shape} width="{NODE_WIDTH}" fill="none" stroke="{stroke}" stroke-width="{thick}"/>'
    )
    parts += [
        f'<text x="{box.x + 8:.1f}" y="{box.y + 18 + k * LINE_STEP:.1f}" fill="#0b1220">'
        f"{html.escape(line)}</text>"
        for k, line in enumerate(lines)
    ]
    return f"<g><title>{html.escape(mark.text)}</title>{''.join(parts)}</g>"


def wrapped(text: str, letters: int) -> tuple[str, ...]:
    """A text in lines of at most so many letters: all of it, whatever room that takes."""
    words = " ".join(piece for word in text.split() for piece in broken(word, letters))
    return tuple(textwrap.wrap(words, letters)) or ("",)
