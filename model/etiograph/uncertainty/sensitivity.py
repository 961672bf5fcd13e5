"""Which published number, which study and which grade of evidence matters for an answer.

A tornado is two rows a parameter, and two more a source and a grade.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from etiograph.uncertainty.rows import (
    Asked,
    Event,
    event,
    finding_row,
    require_open,
    require_possible,
    seen_through,
    solve,
    stated,
    stated_range,
)

if TYPE_CHECKING:
    import pandas as pd

    from etiograph.network.network import Network
    from etiograph.query.worlds import Kind


@dataclass(frozen=True, slots=True)
class Bar:
    """One parameter, or one group of them, moved across its range.

    Attributes
    ----------
    name : str
        The parameter; in a group its source or grade.
    at_low, at_high : float
        The answer with the parameter at the low and the high end. For a group: the smallest and the
        largest answer its members reach together.
    swing : float
        ``abs(at_high - at_low)``.
    direction : {1, 0, -1}
        Whether the answer rises with the parameter; 0 for a group or no effect.
    low, high : float
        The ends of the range (NaN for a group).
    grade : str
    evidence : tuple of str
        Source ids.
    members : tuple of str
        Parameters of a group.
    """

    name: str
    at_low: float
    at_high: float
    swing: float
    direction: int
    low: float
    high: float
    grade: str = ""
    evidence: tuple[str, ...] = ()
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tornado:
    """How far each published range moves one answer, widest first.

    Attributes
    ----------
    target : Event
    answer : float
        At the stated values.
    bars : tuple of Bar
        One a parameter with a range.
    by_source, by_grade : tuple of Bar
        All numbers of one source (or grade) moved together, each in the direction that lowers the
        answer, then each in the direction that raises it.
    """

    target: Event
    answer: float
    bars: tuple[Bar, ...]
    by_source: tuple[Bar, ...]
    by_grade: tuple[Bar, ...]

    def to_frame(self) -> pd.DataFrame:
        """One row a parameter."""
        return _bars_frame(self.bars)

    def sources_frame(self) -> pd.DataFrame:
        """One row a source: which study matters."""
        return _bars_frame(self.by_source)

    def grades_frame(self) -> pd.DataFrame:
        """One row a grade of evidence."""
        return _bars_frame(self.by_grade)


def _bars_frame(bars: Sequence[Bar]) -> pd.DataFrame:
    import pandas as pd

    names = Bar.__slots__
    return pd.DataFrame([[getattr(bar, n) for n in names] for bar in bars], columns=list(names))


def tornado(
    network: Network,
    findings: Mapping[str, object],
    target: str,
    state: str | Sequence[str] | None = None,
    *,
    changes: Mapping[str, object] | None = None,
    kind: Kind = "see",
) -> Tornado:
    """Move every parameter from low to high, one at a time, and then by source and by grade.

    Parameters
    ----------
    network : Network
    findings : mapping of str to finding
    target : str
    state : str or sequence of str, optional
        Default: every state but the reference.
    changes : mapping of str to state, optional
    kind : {"see", "do", "had", "after"}
        What the changes mean.

    Raises
    ------
    UnknownName, InvalidFinding, ImpossibleFindings
    """

    what = event(network, target, state)
    if kind in ("see", "do"):
        require_open(what, findings)
    asked = Asked(network, findings, what, seen_through(network, findings, kind, changes))
    parameters = list(network.parameters.values())
    base = solve(network, finding_row(network, findings), None, asked.through)
    require_possible(network, base.log_evidence, findings)
    answer = float(base.p(what.slots(network))[0])
    moved = [i for i, p in enumerate(parameters) if stated_range(p)[0] < stated_range(p)[1]]
    ends = np.tile(stated(network), (2 * len(moved), 1))
    for k, i in enumerate(moved):
        ends[2 * k : 2 * k + 2, i] = stated_range(parameters[i])
    p_ends = asked.answers(ends).reshape(-1, 2)
    bars = []
    for (at_low, at_high), i in zip(p_ends.tolist(), moved, strict=True):
        p = parameters[i]
        low, high = stated_range(p)
        bars.append(_bar(p.name, at_low, at_high, low, high, p.grade, tuple(p.evidence)))
    order = sorted(bars, key=lambda bar: -bar.swing)
    sources = _groups("source", bars, lambda bar: bar.evidence or ("no source",))
    grades = _groups("grade", bars, lambda bar: (bar.grade or "no grade",))
    together = _group_bars(asked, answer, {**sources, **grades})
    return Tornado(
        what,
        answer,
        tuple(order),
        _sorted_groups(together, sources),
        _sorted_groups(together, grades),
    )


def _bar(
    name: str,
    at_low: float,
    at_high: float,
    low: float,
    high: float,
    grade: str,
    evidence: tuple[str, ...],
) -> Bar:
    change = at_high - at_low
    direction = 0 if abs(change) < 1e-12 else (1 if change > 0 else -1)
    return Bar(name, at_low, at_high, abs(change), direction, low, high, grade, evidence)


Key = tuple[str, str]


def _groups(
    kind: str, bars: Sequence[Bar], keys: Callable[[Bar], tuple[str, ...]]
) -> dict[Key, list[Bar]]:
    groups: dict[Key, list[Bar]] = {}
    for bar in bars:
        for key in keys(bar):
            groups.setdefault((kind, key), []).append(bar)
    return groups


def _group_bars(asked: Asked, answer: float, groups: Mapping[Key, list[Bar]]) -> dict[Key, Bar]:
    """Two rows a group: every member at the end that lowers, then at the end that raises."""
    column = {name: i for i, name in enumerate(asked.network.parameters)}
    rows = np.tile(stated(asked.network), (2 * len(groups), 1))
    for k, members in enumerate(groups.values()):
        for bar in members:
            # With a NaN end the other one is the only reachable one; comparisons below are False.
            lowering = bar.low if not bar.at_low > bar.at_high else bar.high
            raising = bar.high if lowering == bar.low else bar.low
            rows[2 * k, column[bar.name]] = lowering
            rows[2 * k + 1, column[bar.name]] = raising
    p = asked.answers(rows).reshape(-1, 2)
    out: dict[Key, Bar] = {}
    for (key, members), (low, high) in zip(groups.items(), p.tolist(), strict=True):
        names = tuple(bar.name for bar in members)
        grades = "".join(sorted({bar.grade for bar in members}))
        least, most = min(low, high, answer), max(low, high, answer)
        out[key] = Bar(key[1], least, most, most - least, 0, np.nan, np.nan, grades, (), names)
    return out


def _sorted_groups(bars: Mapping[Key, Bar], keys: Mapping[Key, object]) -> tuple[Bar, ...]:
    return tuple(sorted((bars[key] for key in keys), key=lambda bar: -bar.swing))
