"""Which published number, which study and which grade of evidence matters for an answer.

Every number moves from one end of its range to the other, then the numbers of each source and of
each grade together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from etiograph.errors import InvalidFinding
from etiograph.network.answer import Answer
from etiograph.network.event import Asked, Event
from etiograph.network.value import value_type
from etiograph.uncertainty.firing import with_firing
from etiograph.uncertainty.moves import Move, Within, ends, entering
from etiograph.uncertainty.rows import (
    FloatArray,
    finding_row,
    require_open,
    require_possible,
    seen_through,
    solve,
)
from etiograph.uncertainty.slopes import Slopes
from etiograph.uncertainty.summary import NO_RANGES

if TYPE_CHECKING:
    import pandas as pd

    from etiograph.network.network import Network
    from etiograph.query.worlds import Kind, World

FELT = 1e-12
"""Change of an answer from which a number is said to matter."""


@value_type
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


@value_type
@dataclass(frozen=True, slots=True)
class Tornado(Answer):
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
    acted : bool
        Whether the answer is how often the target acted, not how probable it is.
    note : str
        That no number states a range, where none does.
    """

    target: Event
    answer: float
    bars: tuple[Bar, ...]
    by_source: tuple[Bar, ...]
    by_grade: tuple[Bar, ...]
    acted: bool = False
    note: str = ""

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
    target: Asked,
    state: str | Sequence[str] | None = None,
    *,
    changes: Mapping[str, object] | None = None,
    kind: Kind = "see",
    groups: bool = True,
    acted: bool = False,
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
    groups : bool
        Also move the numbers of each source, and of each grade, together: rows of their own.
    acted : bool
        Ask how often the target acted, as a cause of the outcome that is found, instead of how
        probable it is. It may be a finding itself.

    Raises
    ------
    UnknownName, InvalidFinding, ImpossibleFindings
        InvalidFinding also where it is no question which cause acted.

    Notes
    -----
    Numbers that enter one table cost no propagation: see :mod:`etiograph.uncertainty.slopes`.
    """
    what = Event.parse(network, target, state)
    if acted:
        split = with_firing(network, findings, (what.variable,), kind)
        if split is None:
            raise InvalidFinding(f"whether {what.variable!r} acted is no question here")
        found = tornado(split[0], findings, split[1][0], groups=groups)
        return replace(found, target=what, acted=True)
    asked = _Moved.of(network, findings, what, changes, kind)
    to_ends = ends(network)
    p_ends = asked.along(to_ends).reshape(-1, 2).tolist()
    ranges = to_ends.values.reshape(-1, 2).tolist()
    parameters = list(network.parameters.values())
    bars = []
    for at, (low, high), i in zip(p_ends, ranges, to_ends.columns[::2].tolist(), strict=True):
        p = parameters[i]
        bars.append(_bar(p.name, at[0], at[1], low, high, p.grade, tuple(p.evidence)))
    order = sorted(bars, key=lambda bar: -bar.swing)
    sources = _groups("source", bars, lambda bar: bar.evidence or ("no source",)) if groups else {}
    grades = _groups("grade", bars, lambda bar: (bar.grade or "no grade",)) if groups else {}
    together = _group_bars(asked, {**sources, **grades})
    return Tornado(
        what,
        asked.answer,
        tuple(order),
        _sorted_groups(together, sources),
        _sorted_groups(together, grades),
        note="" if network.has_ranges else NO_RANGES,
    )


@dataclass(frozen=True, slots=True)
class _Moved:
    """One answer, asked at other values of the parameters.

    Slopes where findings are simply seen; under a change a number may act in two worlds at once, so
    there every move is a row.
    """

    network: Network
    findings: Mapping[str, object]
    what: Event
    through: World
    answer: float
    slopes: Slopes | None

    @classmethod
    def of(
        cls,
        network: Network,
        findings: Mapping[str, object],
        what: Event,
        changes: Mapping[str, object] | None,
        kind: Kind,
    ) -> _Moved:
        if kind in ("see", "do"):
            require_open(what, findings)
        through = seen_through(network, findings, kind, changes)
        if kind == "see":
            slopes = Slopes.of(network, findings, [what])
            return cls(network, findings, what, through, float(slopes.p[0]), slopes)
        base = solve(network, finding_row(network, findings), None, through, (what.variable,))
        require_possible(network, base.log_evidence, findings)
        answer = float(base.p(what.slots(network))[0])
        return cls(network, findings, what, through, answer, None)

    def along(self, singles: Within) -> FloatArray:
        """The answer after each move of one number, (M,)."""
        if self.slopes is not None:
            return self.slopes.along(singles)[:, 0]
        pairs = zip(singles.columns.tolist(), singles.values.tolist(), strict=True)
        return self.answers([{column: value} for column, value in pairs])

    def answers(self, moves: Sequence[Move]) -> FloatArray:
        """The answer after each move, (M,); NaN where it makes the findings impossible."""
        if self.slopes is not None:
            return self.slopes.answers(moves)[:, 0]
        places = entering(self.network)
        rows = np.tile(places.stated, (len(moves), 1))
        for k, move in enumerate(moves):
            rows[k, list(move)] = list(move.values())
        tables = places.tables(rows, places.stated, places.numbers)
        likelihoods = finding_row(self.network, self.findings, rows)
        found = solve(self.network, likelihoods, tables, self.through, (self.what.variable,))
        p = found.p(self.what.slots(self.network))
        return np.where(np.isfinite(found.log_evidence), p, np.nan)


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
    direction = 0 if abs(change) < FELT else (1 if change > 0 else -1)
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


def _group_bars(asked: _Moved, groups: Mapping[Key, list[Bar]]) -> dict[Key, Bar]:
    """Every member at the end that lowers the answer, then every member at the end that raises it.

    Numbers that alone do not move the answer stay where they are; where one member is left, its own
    bar says all.
    """
    column = {name: i for i, name in enumerate(asked.network.parameters)}
    ends: dict[Key, list[float]] = {}
    rows: dict[tuple[tuple[int, float], ...], list[Key]] = {}
    for key, members in groups.items():
        felt = [bar for bar in members if not bar.swing <= FELT]
        if len(felt) <= 1:
            ends[key] = [end for bar in felt for end in (bar.at_low, bar.at_high)]
            continue
        for raising in (False, True):
            # With a NaN end the other one is the only reachable one; comparisons are then False.
            chosen = [
                (column[b.name], b.high if (b.at_high > b.at_low) == raising else b.low)
                for b in felt
            ]
            rows.setdefault(tuple(chosen), []).append(key)
    for keys, p in zip(rows.values(), asked.answers([dict(move) for move in rows]), strict=True):
        for key in keys:
            ends.setdefault(key, []).append(float(p))
    out: dict[Key, Bar] = {}
    for key, members in groups.items():
        reached = [asked.answer, *(p for p in ends[key] if p == p)]
        least, most = min(reached), max(reached)
        names = tuple(bar.name for bar in members)
        letters = "".join(sorted({bar.grade for bar in members}))
        out[key] = Bar(key[1], least, most, most - least, 0, np.nan, np.nan, letters, (), names)
    return out


def _sorted_groups(bars: Mapping[Key, Bar], keys: Mapping[Key, object]) -> tuple[Bar, ...]:
    return tuple(sorted((bars[key] for key in keys), key=lambda bar: -bar.swing))
