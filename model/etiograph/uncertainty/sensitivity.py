"""Which published number matters for an answer, and how far one may move before the answer turns.

A tornado is two rows a parameter. As a function of one number that enters one family linearly, a
posterior is a ratio of two linear functions (Castillo, Gutierrez & Hadi 1997; Coupe & van der Gaag
2002), so the two rows of the tornado already hold the whole curve.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from etiograph.errors import UnknownName
from etiograph.network.model import Conditional
from etiograph.uncertainty.rows import (
    Event,
    FloatArray,
    event,
    finding_row,
    require_open,
    require_possible,
    solve,
    stated,
    stated_range,
    table_rows,
)

if TYPE_CHECKING:
    import pandas as pd

    from etiograph.network.network import Network
    from etiograph.query.worlds import Kind, World


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
    from etiograph.query.worlds import world

    what = event(network, target, state)
    if kind in ("see", "do"):
        require_open(what, findings)
    asked = _Asked(network, findings, what, world(network, kind, changes))
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


@dataclass(frozen=True, slots=True)
class _Asked:
    """One question, to be answered at many values of the parameters."""

    network: Network
    findings: Mapping[str, object]
    what: Event
    through: World | None = None

    def answers(self, parameters: FloatArray) -> FloatArray:
        """(B, P) -> (B,); NaN where the values make the findings impossible."""
        if not len(parameters):
            return np.empty(0)
        rows = finding_row(self.network, self.findings, parameters)
        answers = solve(self.network, rows, parameters, self.through)
        p = answers.p(self.what.slots(self.network))
        return np.where(np.isfinite(answers.log_evidence), p, np.nan)


Key = tuple[str, str]


def _groups(
    kind: str, bars: Sequence[Bar], keys: Callable[[Bar], tuple[str, ...]]
) -> dict[Key, list[Bar]]:
    groups: dict[Key, list[Bar]] = {}
    for bar in bars:
        for key in keys(bar):
            groups.setdefault((kind, key), []).append(bar)
    return groups


def _group_bars(asked: _Asked, answer: float, groups: Mapping[Key, list[Bar]]) -> dict[Key, Bar]:
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


@dataclass(frozen=True, slots=True)
class SensitivityFunction:
    """One answer as a function of one parameter.

    Attributes
    ----------
    name : str
    x, y : ndarray (G,)
        Values of the parameter and the answer there, exact at each.
    coefficients : (a, b, c, d) or None
        ``y = (a x + b) / (c x + d)`` where the answer is such a ratio in the parameter itself;
        None where the parameter enters through a curve (an odds ratio) or more than one family.
    """

    name: str
    x: FloatArray
    y: FloatArray
    coefficients: tuple[float, float, float, float] | None

    def __call__(self, x: float) -> float:
        """The answer at ``x``; between grid points by interpolation if there are no coefficients."""
        if self.coefficients is None:
            return float(np.interp(x, self.x, self.y))
        a, b, c, d = self.coefficients
        return (a * x + b) / (c * x + d)

    def to_frame(self) -> pd.DataFrame:
        """Columns ``x`` and ``y``."""
        import pandas as pd

        return pd.DataFrame({"x": self.x, "y": self.y})


def sensitivity_function(
    network: Network,
    findings: Mapping[str, object],
    target: str,
    state: str | Sequence[str] | None,
    parameter: str,
    points: int = 33,
) -> SensitivityFunction:
    """The answer over the whole range of one parameter.

    Two propagations suffice where the tables move along a straight line inside one family; otherwise
    every grid point is propagated.

    Raises
    ------
    UnknownName, ImpossibleFindings
    """
    what = event(network, target, state)
    column = _column(network, parameter)
    low, high = stated_range(list(network.parameters.values())[column])
    if low == high:
        low, high = _wide(network, column)
    x = np.linspace(low, high, points)
    rows = np.tile(stated(network), (points, 1))
    rows[:, column] = x
    tables = table_rows(network)(rows)
    share = straight_share(tables) if _one_family(network, tables) else None
    likelihoods = finding_row(network, findings, rows)
    if share is None or len(likelihoods) > 1:
        y = _Asked(network, findings, what).answers(rows)
        return SensitivityFunction(parameter, x, y, None)
    ends = solve(network, likelihoods, rows[[0, -1]])
    require_possible(network, ends.log_evidence, findings)
    p_e = np.exp(ends.log_evidence - ends.log_evidence.max())
    p_ye = p_e * ends.p(what.slots(network))
    y = ((1 - share) * p_ye[0] + share * p_ye[1]) / ((1 - share) * p_e[0] + share * p_e[1])
    coefficients = None
    if np.allclose(share, np.linspace(0, 1, points), rtol=0, atol=1e-12):
        a, c = (p_ye[1] - p_ye[0]) / (high - low), (p_e[1] - p_e[0]) / (high - low)
        coefficients = (float(a), float(p_ye[0] - a * low), float(c), float(p_e[0] - c * low))
    return SensitivityFunction(parameter, x, y, coefficients)


def straight_share(tables: FloatArray) -> FloatArray | None:
    """How far along the straight line from the first to the last row each row of tables lies.

    Returns
    -------
    ndarray (G,) or None
        None where the rows do not lie on that line.
    """
    direction = tables[-1] - tables[0]
    length = float(direction @ direction)
    if length == 0.0:
        return np.zeros(len(tables))
    share = (tables - tables[0]) @ direction / length
    off = tables - tables[0] - share[:, None] * direction
    return share if float(np.abs(off).max()) < 1e-12 else None


def _one_family(network: Network, tables: FloatArray) -> bool:
    """Whether only one factor changes: one conditional table, or one link of one accumulation."""
    changed = np.flatnonzero(np.any(tables != tables[0], axis=0))
    if not len(changed):
        return True
    starts: list[int] = []
    for family in network.model.families:
        if isinstance(family, Conditional):
            starts.append(family.start)
        else:
            starts.extend(link.start for link in family.links)
    block = np.searchsorted(np.sort(starts), changed, side="right")
    return bool(np.all(block == block[0]))


def _column(network: Network, parameter: str) -> int:
    names = list(network.parameters)
    if parameter not in names:
        raise UnknownName(parameter, "parameter", tuple(names))
    return names.index(parameter)


def _wide(network: Network, column: int) -> tuple[float, float]:
    """A range to look at for a number that states none."""
    p = list(network.parameters.values())[column]
    if p.kind == "probability":
        return 0.0, 1.0
    return (p.value / 2, p.value * 2) if p.value > 0 else (p.value - 1, p.value + 1)


@dataclass(frozen=True, slots=True)
class Grid:
    """One answer over two parameters.

    Attributes
    ----------
    names : (str, str)
    x : ndarray (G,), y : ndarray (H,)
        Values of the first and the second parameter.
    answer : ndarray (H, G)
    """

    names: tuple[str, str]
    x: FloatArray
    y: FloatArray
    answer: FloatArray

    def to_frame(self) -> pd.DataFrame:
        """One row a grid point: the two parameters and ``answer``."""
        import pandas as pd

        xx, yy = np.meshgrid(self.x, self.y)
        first, second = self.names
        return pd.DataFrame({first: xx.ravel(), second: yy.ravel(), "answer": self.answer.ravel()})


def two_way(
    network: Network,
    findings: Mapping[str, object],
    target: str,
    state: str | Sequence[str] | None,
    first: str,
    second: str,
    points: int = 15,
) -> Grid:
    """The answer over the ranges of two parameters, one row a grid point."""
    what = event(network, target, state)
    i, j = _column(network, first), _column(network, second)
    axes = []
    for column in (i, j):
        low, high = stated_range(list(network.parameters.values())[column])
        low, high = (low, high) if low < high else _wide(network, column)
        axes.append(np.linspace(low, high, points))
    xx, yy = np.meshgrid(*axes)
    rows = np.tile(stated(network), (xx.size, 1))
    rows[:, i], rows[:, j] = xx.ravel(), yy.ravel()
    p = _Asked(network, findings, what).answers(rows)
    return Grid((first, second), axes[0], axes[1], p.reshape(xx.shape))
