"""What draws say of a probability: intervals, their errors, and how firm an order is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np

from etiograph.errors import ImpossibleFindings
from etiograph.network.value import value_type
from etiograph.threads import halves, in_pieces
from etiograph.uncertainty.rows import FloatArray

if TYPE_CHECKING:
    import pandas as pd

Key = TypeVar("Key")

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
COLUMNS_A_THREAD = 30
"""Columns below which a second thread costs more than it saves."""
NO_RANGES = (
    "The numbers of this network state no ranges: how sure an answer is, and what could turn it, "
    "cannot be said."
)
"""What every answer about ranges says of a network that has none."""
COUNTING = 0.05
"""Share of the draws that weights have to be worth at least."""
FEWEST = 50
"""Draws that they have to be worth at least, or a quarter of all where there are not many."""
NEARLY = 1.2
"""Times the least that weights are worth, below which ranges are said to rest on few draws."""
POWER = 1e-6
"""How near the power of tempered weights is found."""
FIRM = 0.9
"""Share of draws from which a ranking is called firm."""
MOST = 0.5
"""Share of draws from which the first of a ranking stands out."""


@value_type
@dataclass(frozen=True, slots=True)
class Interval:
    """One probability and how far the ranges of the parameters let it move.

    Attributes
    ----------
    point : float
        The posterior at the stated values.
    mean, median : float
        Over the draws.
    low, high : float
        Ends of the central 90 % interval.
    low50, high50 : float
        Ends of the central 50 % interval.
    mc_error : float
        Standard error of ``mean`` from the finite number of draws.
    end_error : float
        The larger standard error of ``low`` and ``high``.
    """

    point: float
    mean: float
    median: float
    low: float
    high: float
    low50: float
    high50: float
    mc_error: float
    end_error: float

    @classmethod
    def of_point(cls, point: float) -> Interval:
        """A point alone: of numbers that state no ranges nothing else can be said."""
        return cls(point, *[float("nan")] * 8)

    @property
    def width(self) -> float:
        """High minus low."""
        return self.high - self.low


@value_type
@dataclass(frozen=True, slots=True)
class Ranking(Generic[Key]):
    """Some probabilities, largest first, with their intervals and how firm their order is."""

    names: tuple[Key, ...]
    cells: Mapping[Key, Interval]
    p_first: Mapping[Key, float]
    p_top3: float

    @classmethod
    def of(cls, names: Sequence[Key], columns: FloatArray, weights: FloatArray) -> Ranking[Key]:
        """Of columns (1 + B, N): the stated values first, then the draws; best at these first."""
        if not names:
            return cls((), {}, {}, 1.0)
        summary = summarise(columns[0], columns[1:], weights)
        first, p_top3 = rank_shares(columns[1:], weights)
        cells = {name: interval(summary, i) for i, name in enumerate(names)}
        return cls(tuple(names), cells, dict(zip(names, first.tolist(), strict=True)), p_top3)


def importance(log_evidence: FloatArray, weighted: bool = True) -> FloatArray:
    """Weights of the draws, summing to 1: proportional to P(findings | draw).

    Findings that hardly any draw allows for, such as a value far from the usual, leave all weight with
    one or two draws, whose answers are no range of anything. The probabilities are then raised to the
    largest power below 1 with which the weights are worth :data:`COUNTING` of the draws, and :data:`FEWEST`
    (a quarter of fewer than four times as many): a range that is too wide takes the place of one that is
    too narrow (tempering, Neal 2001).

    Unweighted, every draw that allows the findings counts the same.

    Raises
    ------
    ImpossibleFindings
        No draw allows the findings.
    """
    possible = np.isfinite(log_evidence)
    if not possible.any():
        raise ImpossibleFindings(
            f"the stated values allow these findings, and none of the {len(log_evidence)} draws does"
        )
    weights = np.zeros(len(log_evidence))
    logs = log_evidence[possible] - log_evidence[possible].max()
    least = least_worth(len(logs))
    own = _tempered(logs, 1.0 if weighted else 0.0)
    if worth(own) < least:
        low, high = 0.0, 1.0
        while high - low > POWER:
            middle = 0.5 * (low + high)
            if worth(_tempered(logs, middle)) < least:
                high = middle
            else:
                low = middle
        own = _tempered(logs, low)
    weights[possible] = own
    return weights


def worth(weights: FloatArray) -> float:
    """How many equal draws weights that sum to 1 are worth (Kish 1965)."""
    return float(1.0 / np.sum(weights**2))


def least_worth(draws: int) -> float:
    """How many of so many draws their weights have to be worth."""
    return max(COUNTING * draws, min(FEWEST, draws / 4))


def _tempered(logs: FloatArray, power: float) -> FloatArray:
    """Weights that sum to 1, of log weights of which the largest is 0."""
    weights: FloatArray = np.exp(power * logs)
    weights /= weights.sum()
    return weights


def weighted_quantiles(values: FloatArray, weights: FloatArray, levels: FloatArray) -> FloatArray:
    """Quantiles of every column.

    Parameters
    ----------
    values : ndarray (B, N)
    weights : ndarray (B,)
        Sum to 1.
    levels : ndarray (L,)

    Returns
    -------
    ndarray (L, N)
        Linear between the mid-points of the cumulative weights (Hazen), so that equal weights give
        the ordinary quantile.
    """
    columns = np.ascontiguousarray(values.T)
    out = np.empty((len(levels), len(columns)))

    def some(first: int, end: int) -> None:
        order = np.argsort(columns[first:end], axis=1)
        w = weights[order]
        centre = np.cumsum(w, axis=1) - 0.5 * w
        for j, (middle, at) in enumerate(zip(centre, order, strict=True), first):
            out[:, j] = np.interp(levels, middle, columns[j, at])

    in_pieces(some, halves(len(columns), COLUMNS_A_THREAD))
    return out


def summarise(point: FloatArray, values: FloatArray, weights: FloatArray) -> dict[str, FloatArray]:
    """Mean, quantiles and Monte Carlo errors of every column of ``values`` (B, N).

    The error of a quantile is half the distance between the quantiles one standard error of its
    level to either side, with their worth in place of the number of draws (Woodruff 1952).
    """
    # einsum rather than @: a matrix product this small only wakes the threads of the library.
    mean = np.einsum("b,bn->n", weights, values)
    mc_error = np.sqrt(np.einsum("b,bn->n", weights**2, (values - mean) ** 2))
    step = np.sqrt(0.05 * 0.95 / worth(weights))
    around = [LEVELS[0] - step, LEVELS[0] + step, LEVELS[-1] - step, LEVELS[-1] + step]
    levels = np.clip(np.array([*LEVELS, *around]), 0.0, 1.0)
    cuts = weighted_quantiles(values, weights, levels)
    end_error = np.maximum(cuts[6] - cuts[5], cuts[8] - cuts[7]) / 2
    names = ("low", "low50", "median", "high50", "high")
    found = dict(zip(names, cuts, strict=False))
    return {"point": point, "mean": mean, "mc_error": mc_error, "end_error": end_error, **found}


def rank_shares(values: FloatArray, weights: FloatArray) -> tuple[FloatArray, float]:
    """Share of the draws in which each column is first, and in which the first three hold.

    Parameters
    ----------
    values : ndarray (B, C)
        Columns in the order to be tested, most probable first.
    weights : ndarray (B,)
    """
    leaders = np.argmax(values, axis=1)
    first = np.asarray(
        np.bincount(leaders, weights=weights, minlength=values.shape[1]), dtype=np.float64
    )
    top = min(3, values.shape[1])
    holds = np.ones(len(values), dtype=bool)
    for i in range(top):
        holds &= values[:, i] >= values[:, i:].max(axis=1)
    return first, float(weights[holds].sum())


def rivals(p_first: Mapping[Key, float]) -> tuple[Key, ...]:
    """Those that compete for the first place: one that stands out, or several.

    Parameters
    ----------
    p_first : mapping to float
        Share of the draws in which each comes first; in the order of the ranking.

    Returns
    -------
    tuple
        The first of the ranking alone if it comes first in most draws. Else the fewest of which
        one comes first in nearly all draws, most often first.
    """
    if p_first and p_first[first := next(iter(p_first))] >= MOST:
        return (first,)
    return leaders(p_first)


def leaders(p_first: Mapping[Key, float]) -> tuple[Key, ...]:
    """The fewest of which one comes first in nearly all draws, most often first."""
    found: list[Key] = []
    covered = 0.0
    for name in sorted(p_first, key=lambda name: -p_first[name]):
        if covered >= FIRM:
            break
        found.append(name)
        covered += p_first[name]
    return tuple(found)


def verdict(labels: Mapping[Key, str], p_first: Mapping[Key, float], p_top3: float) -> str:
    """One plain sentence on what the ranges allow to be said of the ranking.

    Parameters
    ----------
    labels : mapping to str
    p_first : mapping to float
        Share of the draws in which each comes first; in the order of the ranking.
    p_top3 : float
        Share in which the first three keep their order.
    """
    if not p_first:
        return "There are no causes left to rank."
    close = leaders(p_first)

    def runs(name: Key) -> str:
        share = p_first[name]
        return "more than 99" if share >= 0.995 else str(round(100 * share))

    settled = len(rivals(p_first)) == 1
    if len(close) > 3 and not settled:
        return (
            "The order is not settled: over the ranges of the numbers no cause comes first in more "
            f"than {runs(close[0])} of 100 runs."
        )
    if len(close) > 1:
        named = [f"{labels[name]} in {runs(name)}" for name in close[:3]]
        named[0] += " of 100 runs"
        said = f"{', '.join(named[:-1])} and {named[-1]}."
        if settled:
            return f"Over the ranges of the numbers the first is {said}"
        return f"Which cause comes first is not settled: over the ranges of the numbers {said}"
    text = f"Over the ranges of the numbers {labels[close[0]]} comes first in {runs(close[0])} of 100 runs"
    unsettled = len(p_first) >= 3 and p_top3 < 0.5
    return f"{text}; the order behind it is not settled." if unsettled else f"{text}."


def interval_frame(
    keys: Sequence[str], rows: Iterable[tuple[Sequence[str], Interval]], ranged: bool
) -> pd.DataFrame:
    """A row an interval: columns ``keys`` say of what, the others have its numbers.

    All but the points are NaN where the network's numbers state no ranges.
    """
    import pandas as pd

    names = Interval.__slots__
    told = ((key, cell if ranged else Interval.of_point(cell.point)) for key, cell in rows)
    cells = [(*key, *[getattr(cell, name) for name in names]) for key, cell in told]
    return pd.DataFrame(cells, columns=[*keys, *names])


def interval(summary: Mapping[str, FloatArray], i: int) -> Interval:
    """One column of a summary."""
    return Interval(**{name: float(column[i]) for name, column in summary.items()})
