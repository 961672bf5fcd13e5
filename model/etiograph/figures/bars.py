"""Bars: posteriors, joint distributions, causes, reasons, tests, effects."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
    words,
)
from etiograph.query.causes import causes, names_causes

if TYPE_CHECKING:
    import altair as alt

    from etiograph.decision.explain import Explanation
    from etiograph.decision.next_test import NextTests
    from etiograph.query.attribution import Attribution
    from etiograph.query.change import Effect
    from etiograph.query.posterior import Joint, Posterior

KNOWN = 1 - 1e-9
"""A probability from which a state counts as known, so that it is not drawn."""


def posterior(found: Posterior, most: int, title: str, width: int) -> alt.LayerChart:
    """The causes that the network names, or all that is not as usual; what is known is left out."""
    network = found.network
    lines = [
        (event.label(network), float(found.array(event.variable)[list(event.indices)].sum()))
        for event in causes(network)
        if found.array(event.variable).max() <= KNOWN
    ]
    if not names_causes(network):
        lines = _all_unusual(found)
    lines.sort(key=lambda line: -line[1])
    return _simple(lines[:most], title or "How probable", "probability", width)


def _all_unusual(found: Posterior) -> list[tuple[str, float]]:
    lines = []
    for variable in found.network.variables.values():
        p = found.array(variable.name)
        if p.max() > KNOWN:
            continue
        for state in variable.unusual or variable.states:
            alone = variable.usual_is_nothing and len(variable.unusual) == 1
            label = variable.label if alone else f"{variable.label}: {variable.state_label(state)}"
            lines.append((label, float(p[variable.index(state)])))
    return lines


def joint(found: Joint, most: int, title: str, width: int) -> alt.LayerChart:
    """Two variables as a map of squares, any other number as bars."""
    import altair as alt

    title = title or " and ".join(words(v) for v in found.variables)
    if len(found.variables) != 2:
        frame = found.to_frame()
        labels = frame[list(found.variables)].agg(", ".join, axis=1)
        lines = sorted(zip(labels, frame["probability"], strict=True), key=lambda line: -line[1])
        return _simple(lines[:most], title, "probability", width)
    first, second = found.variables
    frame = pd.DataFrame(
        [
            {"row": a, "column": b, "p": float(found.table[i, j])}
            for i, a in enumerate(found.states[0])
            for j, b in enumerate(found.states[1])
        ]
    )
    on = base(frame).encode(
        y=alt.Y("row:N", sort=list(found.states[0]), title=words(first)),
        x=alt.X(
            "column:N", sort=list(found.states[1]), title=words(second), axis=alt.Axis(labelAngle=0)
        ),
    )
    squares = on.mark_rect().encode(
        color=alt.Color("p:Q", scale=alt.Scale(range=["#f2f6fb", BLUE], domain=[0, 1]), legend=None)
    )
    numbers = on.mark_text(fontSize=12).encode(
        text=alt.Text("p:Q", format=".1%"),
        color=alt.condition("datum.p > 0.5", alt.value("#ffffff"), alt.value(INK)),
    )
    return finished(squares, numbers, title=title, width=width, height=60 * len(found.states[0]))


def attribution(found: Attribution, most: int, title: str, width: int) -> alt.LayerChart:
    """Each cause three times: present, acted, needed."""
    import altair as alt

    shares = [*found.causes[:most], *([found.idiopathic] if found.idiopathic else [])]
    kinds = {"present": "present", "fired": "acted", "needed": "needed"}
    cells = [
        {"name": words(share.cause), "what": what, "p": getattr(share, kind)}
        for share in shares
        for kind, what in kinds.items()
        if np.isfinite(getattr(share, kind))
    ]
    shown = [s for s in kinds.values() if any(cell["what"] == s for cell in cells)]
    colours = [c for s, c in zip(kinds.values(), (PALE, BLUE, ORANGE), strict=True) if s in shown]
    bars = (
        base(pd.DataFrame(cells))
        .mark_bar(height={"band": 0.9})
        .encode(
            x=percent("share of people like this one", stack=None, scale=alt.Scale(domain=[0, 1])),
            y=rows([words(share.cause) for share in shares]),
            yOffset=alt.YOffset("what:N", sort=shown),
            color=alt.Color("what:N", scale=alt.Scale(domain=shown, range=colours), title=None),
        )
    )
    name = words(found.variable)
    return finished(bars, title=title or f"Causes of {name}", width=width)


def explanation(found: Explanation, most: int, title: str, width: int) -> alt.LayerChart:
    """What speaks for the answer to the right, what speaks against it to the left."""
    import altair as alt

    weights = found.weights[:most]
    frame = pd.DataFrame(
        [
            {"name": f"{words(w.finding)}: {_said(w.value)}", "p": w.share, "for": w.share >= 0}
            for w in weights
        ]
    )
    names = list(frame["name"]) if len(frame) else []
    colour = alt.condition("datum.for", alt.value(BLUE), alt.value(ORANGE))
    bars = (
        base(frame)
        .mark_bar()
        .encode(
            x=alt.X(
                "p:Q",
                title="decibans: 10 multiply the odds by 10; right speaks for it, left against",
            ),
            y=rows(names),
            color=colour,
        )
    )
    return finished(bars, title=title or f"Why {said(found.target)}", width=width)


def next_tests(found: NextTests, most: int, title: str, width: int) -> alt.LayerChart:
    """What each test is expected to tell, for its cost."""
    import altair as alt

    tests = found.tests[:most]
    frame = pd.DataFrame(
        [
            {"name": " + ".join(words(n) for n in t.names), "p": t.per_cost, "gain": t.gain}
            for t in tests
        ]
    )
    bars = (
        base(frame)
        .mark_bar(color=BLUE)
        .encode(
            x=alt.X("p:Q", title="expected information (bits) for its cost"),
            y=rows(list(frame["name"]) if len(frame) else []),
            tooltip=["name:N", alt.Tooltip("gain:Q", title="bits", format=".3f")],
        )
    )
    return finished(
        bars, title=title or f"What to find out about {words(found.target)}", width=width
    )


def effect(found: Effect, most: int, title: str, width: int) -> alt.LayerChart:
    """The event under either state of the cause, with intervals where they were asked for."""
    import altair as alt

    cells = []
    for name, state in (("p_from", found.from_state), ("p_to", found.to_state)):
        cell = found.intervals.get(name)
        ends = (cell.low, cell.high) if cell and np.isfinite(cell.low) else (None, None)
        cells.append(
            {
                "name": f"{words(found.cause)}: {words(state)}",
                "p": getattr(found, name),
                "low": ends[0],
                "high": ends[1],
            }
        )
    on = base(pd.DataFrame(cells)).encode(y=rows([cell["name"] for cell in cells]))
    bars = on.mark_bar(color=PALE).encode(x=percent(f"probability of {words(found.outcome)}"))
    ends = on.transform_filter("datum.low != null").mark_rule(color=INK, strokeWidth=2)
    ranges = ends.encode(x=alt.X("low:Q"), x2="high:Q")
    name = title or f"What {words(found.cause)} does to {words(found.outcome)}"
    return finished(bars, ranges, title=name, width=width)


def _said(value: object) -> str:
    return words(value) if isinstance(value, str) else str(value)


def _simple(lines: list[tuple[str, float]], title: str, axis: str, width: int) -> alt.LayerChart:
    """One bar a line, with its number behind."""
    import altair as alt

    frame = pd.DataFrame([{"name": name, "p": float(p)} for name, p in lines])
    on = base(frame).encode(y=rows([name for name, _ in lines]))
    bars = on.mark_bar(color=BLUE).encode(x=percent(axis, scale=alt.Scale(domain=[0, 1])))
    numbers = on.mark_text(align="left", dx=4, color=GREY).encode(
        x=alt.X("p:Q"), text=alt.Text("p:Q", format=".1%")
    )
    return finished(bars, numbers, title=title, width=width)
