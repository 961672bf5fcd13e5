"""One answer as a function of one published number, or of two.

As a function of one number that enters one family linearly, a posterior is a ratio of two linear
functions (Castillo, Gutierrez & Hadi 1997; Coupe & van der Gaag 2002), so two rows hold the whole
curve. An odds ratio bends the way along that line but does not leave it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from etiograph.errors import InvalidFinding, UnknownName
from etiograph.network.answer import Answer
from etiograph.network.event import Asked, Event
from etiograph.network.model import Conditional
from etiograph.network.value import value_type
from etiograph.query.worlds import world
from etiograph.uncertainty.entries import TableEntry, all_entries, entry, is_entry
from etiograph.uncertainty.rows import (
    FloatArray,
    finding_row,
    require_open,
    require_possible,
    solve,
    stated,
    stated_range,
    table_rows,
)
from etiograph.uncertainty.slopes import Slopes

if TYPE_CHECKING:
    import pandas as pd

    from etiograph.network.network import Network


CANCELS = 1e-3
"""Share of P(findings) below which the value a slope gives at an end has lost too many digits."""


@value_type
@dataclass(frozen=True, slots=True)
class SensitivityFunction(Answer):
    """One answer as a function of one number: a parameter or an entry of a table.

    Attributes
    ----------
    name : str
    x, y : ndarray (G,)
        Values of the parameter and the answer there, exact at each.
    coefficients : (a, b, c, d) or None
        ``y = (a x + b) / (c x + d)`` where the answer is such a ratio in the parameter itself;
        None where the parameter enters through a curve (an odds ratio) or more than one family.
    value : float
        The number as stated.
    of_entry : bool
        Whether it is an entry of a table.
    """

    name: str
    x: FloatArray
    y: FloatArray
    coefficients: tuple[float, float, float, float] | None
    value: float
    of_entry: bool = False

    @property
    def slope(self) -> float:
        """Change of the answer per unit of the number, at its stated value."""
        if self.coefficients is None:
            return float(np.interp(self.value, self.x, np.gradient(self.y, self.x)))
        a, b, c, d = self.coefficients
        return (a * d - b * c) / (c * self.value + d) ** 2

    @property
    def swing(self) -> float:
        """How far the answer moves over the range; of a table entry, from half to double its odds."""
        if self.coefficients is None or not self.of_entry:
            return float(np.nanmax(self.y) - np.nanmin(self.y))
        odds = self.value / (1.0 - self.value)
        return abs(self(2 * odds / (1 + 2 * odds)) - self(odds / (2 + odds)))

    def __call__(self, x: float) -> float:
        """The answer at ``x``; between grid points by interpolation if there are no coefficients.

        NaN where ``x`` makes the findings impossible.
        """
        if self.coefficients is None:
            return float(np.interp(x, self.x, self.y))
        on_grid = np.flatnonzero(self.x == x)
        if on_grid.size:  # at the ends the ratio below may be of two differences
            return float(self.y[on_grid[0]])
        a, b, c, d = self.coefficients
        return (a * x + b) / (c * x + d)

    def to_frame(self) -> pd.DataFrame:
        """Columns ``x`` and ``y``."""
        import pandas as pd

        return pd.DataFrame({"x": self.x, "y": self.y})


@dataclass(frozen=True, slots=True)
class _Scan:
    """One question, to be answered at many values of the parameters."""

    network: Network
    findings: Mapping[str, object]
    what: Event

    def answers(self, parameters: FloatArray) -> FloatArray:
        """(B, P) -> (B,); NaN where the values make the findings impossible."""
        if not len(parameters):
            return np.empty(0)
        rows = finding_row(self.network, self.findings, parameters)
        answers = solve(self.network, rows, parameters, None, (self.what.variable,))
        p = answers.p(self.what.slots(self.network))
        return np.where(np.isfinite(answers.log_evidence), p, np.nan)


def sensitivity_function(
    network: Network,
    findings: Mapping[str, object],
    target: Asked,
    state: str | Sequence[str] | None,
    of: str,
    points: int = 33,
) -> SensitivityFunction:
    """The answer over the whole range of one number.

    Parameters
    ----------
    network : Network
    findings : mapping of str to finding
    target : str
    state : str or sequence of str, optional
    of : str
        A parameter, or an entry of a table: ``"xray=abnormal | tub_or_lung=yes"``.
    points : int

    Raises
    ------
    UnknownName, InvalidFinding, InvalidNetwork, ImpossibleFindings

    Notes
    -----
    Two propagations suffice for a table entry, and for a parameter whose tables move along a straight
    line inside one family; otherwise every grid point is propagated.
    """
    what = Event.parse(network, target, state)
    require_open(what, findings)
    if is_entry(network, of):
        return _of_entries(network, findings, what, [entry(network, of)], points)[0]
    return _of_parameter(network, findings, what, of, points)


def entry_functions(
    network: Network,
    findings: Mapping[str, object],
    target: Asked,
    state: str | Sequence[str] | None = None,
    points: int = 33,
) -> tuple[SensitivityFunction, ...]:
    """The answer as a function of every table entry, all from two propagations.

    Sorted by how far the answer moves when the odds of the entry go from half to double; entries of
    exactly 0 or 1 are structure and left out.
    """
    what = Event.parse(network, target, state)
    require_open(what, findings)
    found = _of_entries(network, findings, what, all_entries(network), points)
    return tuple(sorted(found, key=lambda f: (-f.swing, f.name)))


def _of_entries(
    network: Network,
    findings: Mapping[str, object],
    what: Event,
    entries: Sequence[TableEntry],
    points: int,
) -> list[SensitivityFunction]:
    """P(e) and P(e, y) are linear in each entry: value and slope of both hold the whole curve."""
    slopes = Slopes.of(network, findings, [what])
    p = float(slopes.p[0])
    x = np.linspace(0.0, 1.0, points)
    found = []
    for one in entries:
        c, grown = (slopes.slopes[:, one.row] @ one.direction(network.model.tables)).tolist()
        a, b, d = p * grown, p * (1.0 - one.value * grown), 1.0 - one.value * c
        low, high = np.array([b, d]), np.array([a + b, c + d])
        if min(low[1], high[1]) < CANCELS * max(1.0, low[1], high[1]):
            low, high = _at_ends(network, findings, what, one)
            (b, d), (a, c) = low.tolist(), (high - low).tolist()
        p_ye, p_e = np.outer(low, 1.0 - x) + np.outer(high, x)
        # At 0 or 1 the findings may be impossible: there is no answer then.
        y = np.divide(p_ye, p_e, out=np.full_like(x, np.nan), where=p_e > 0.0)
        found.append(SensitivityFunction(one.name, x, y, (a, b, c, d), one.value, of_entry=True))
    return found


def _at_ends(
    network: Network, findings: Mapping[str, object], what: Event, one: TableEntry
) -> tuple[FloatArray, FloatArray]:
    """P(e, y) and P(e), both in one unit, where an entry is 0 and where it is 1; each asked for by itself.

    Where the findings all but rule an end out, what the slope gives there is a difference of two
    nearly equal numbers.
    """
    model = network.model
    tables = one.moved(np.tile(model.tables, (2, 1)), np.array([0.0, 1.0]))
    likelihoods = finding_row(network, findings).repeat(2, axis=0)
    beliefs = world(network).solve(likelihoods, tables, [model.index[what.variable]])
    p_e = np.exp(beliefs.log_evidence - beliefs.log_evidence.max())
    p = np.where(p_e > 0.0, beliefs.marginals[:, what.slots(network)].sum(axis=1), 0.0)
    return np.array([p[0] * p_e[0], p_e[0]]), np.array([p[1] * p_e[1], p_e[1]])


def _of_parameter(
    network: Network, findings: Mapping[str, object], what: Event, parameter: str, points: int
) -> SensitivityFunction:
    column = _column(network, parameter)
    value = float(stated(network)[column])
    low, high = number_range(network, parameter)
    x = np.linspace(low, high, points)
    rows = np.tile(stated(network), (points, 1))
    rows[:, column] = x
    tables = table_rows(network)(rows)
    share = straight_share(tables) if _one_family(network, tables) else None
    likelihoods = finding_row(network, findings, rows)
    if share is None or len(likelihoods) > 1:
        y = _Scan(network, findings, what).answers(rows)
        return SensitivityFunction(parameter, x, y, None, value)
    ends = solve(network, likelihoods, rows[[0, -1]], None, (what.variable,))
    require_possible(network, ends.log_evidence, findings)
    p_e = np.exp(ends.log_evidence - ends.log_evidence.max())
    p_ye = np.where(p_e > 0.0, p_e * ends.p(what.slots(network)), 0.0)
    e_along = (1 - share) * p_e[0] + share * p_e[1]
    y_along = (1 - share) * p_ye[0] + share * p_ye[1]
    # At an end the findings may be impossible: there is no answer then.
    y = np.divide(y_along, e_along, out=np.full(points, np.nan), where=e_along > 0.0)
    coefficients = None
    if np.allclose(share, np.linspace(0, 1, points), rtol=0, atol=1e-12):
        a, c = (p_ye[1] - p_ye[0]) / (high - low), (p_e[1] - p_e[0]) / (high - low)
        coefficients = (float(a), float(p_ye[0] - a * low), float(c), float(p_e[0] - c * low))
    return SensitivityFunction(parameter, x, y, coefficients, value)


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


def number_range(network: Network, of: str) -> tuple[float, float]:
    """The range of a parameter, or one to look at for a number that states none."""
    p = list(network.priors.values())[_column(network, of)]
    low, high = stated_range(p)
    if low < high:
        return low, high
    if p.kind == "probability":
        return 0.0, 1.0
    return (p.value / 2, p.value * 2) if p.value > 0 else (p.value - 1, p.value + 1)


@value_type
@dataclass(frozen=True, slots=True)
class Grid(Answer):
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
    target: Asked,
    state: str | Sequence[str] | None,
    first: str,
    second: str,
    points: int = 15,
) -> Grid:
    """The answer over the ranges of two numbers, parameters or table entries, a row a grid point.

    Raises
    ------
    InvalidFinding
        Two entries of one row of a table: when one moves, so does the other.
    """
    what = Event.parse(network, target, state)
    require_open(what, findings)
    names = (first, second)
    entries = [entry(network, name) if is_entry(network, name) else None for name in names]
    if entries[0] and entries[1] and entries[0].row[0] == entries[1].row[0]:
        raise InvalidFinding(f"{first!r} and {second!r} are of one row: they move together")
    columns = [None if one else _column(network, n) for one, n in zip(entries, names, strict=True)]
    axes = [
        np.linspace(0.0, 1.0, points)
        if column is None
        else np.linspace(*number_range(network, name), points)
        for column, name in zip(columns, names, strict=True)
    ]
    grids = [g.ravel() for g in np.meshgrid(*axes)]
    rows = np.tile(stated(network), (grids[0].size, 1))
    for column, values in zip(columns, grids, strict=True):
        if column is not None:
            rows[:, column] = values
    tables = table_rows(network)(rows)
    for one, values in zip(entries, grids, strict=True):
        if one is not None:
            tables = one.moved(tables, values)
    likelihoods = finding_row(network, findings, rows)
    if len(likelihoods) == 1:
        likelihoods = likelihoods.repeat(len(rows), axis=0)
    asked = [network.model.index[what.variable]]
    beliefs = world(network).solve(likelihoods, tables, asked)
    p = beliefs.marginals[:, what.slots(network)].sum(axis=1)
    p = np.where(np.isfinite(beliefs.log_evidence), p, np.nan)
    return Grid((first, second), axes[0], axes[1], p.reshape(points, points))
