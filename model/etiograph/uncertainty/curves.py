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

from etiograph.errors import UnknownName
from etiograph.network.model import Conditional
from etiograph.uncertainty.rows import (
    Asked,
    FloatArray,
    event,
    finding_row,
    require_possible,
    solve,
    stated,
    stated_range,
    table_rows,
)

if TYPE_CHECKING:
    import pandas as pd

    from etiograph.network.network import Network


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
        y = Asked(network, findings, what).answers(rows)
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
    p = Asked(network, findings, what).answers(rows)
    return Grid((first, second), axes[0], axes[1], p.reshape(xx.shape))
