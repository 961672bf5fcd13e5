"""How sure an answer is: the published ranges of the parameters, carried through to the posterior.

Every parameter is drawn from its distribution; each draw is one row with its own tables; the engine
answers all rows exactly. Rows are weighted by P(findings | draw), because the findings also speak
about the parameters (importance sampling from the prior of the parameters).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from etiograph.query.reread import settle
from etiograph.threads import halves, in_pieces
from etiograph.uncertainty.rows import (
    FloatArray,
    finding_row,
    open_causes,
    require_possible,
    seen_through,
    solve,
)

if TYPE_CHECKING:
    import pandas as pd

    from etiograph.network.network import Network
    from etiograph.query.worlds import Kind

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
COLUMNS_A_THREAD = 30
"""Columns below which a second thread costs more than it saves."""
FIRM = 0.9
"""Share of draws from which a ranking is called firm."""


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

    @property
    def width(self) -> float:
        """High minus low."""
        return self.high - self.low


@dataclass(frozen=True, slots=True)
class Intervals:
    """Credible intervals of every posterior, and how firm the ranking is.

    ``intervals["magnesium_depletion"]["present"]`` is an :class:`Interval`.

    Attributes
    ----------
    answers : mapping of variable to mapping of state to Interval
    causes : mapping of cause to Interval
        The ranked causes, most probable at the stated values first.
    p_first : mapping of cause to float
        Share of the (weighted) draws in which the cause is the most probable one.
    p_top3 : float
        Share in which the first three stay first, second and third, in this order.
    ess : float
        Effective sample size, ``(sum w)^2 / sum w^2`` (Kish 1965).
    draws, seed : int
    weighted : bool
        Whether draws were weighted by P(findings | draw).
    verdict : str
        One plain sentence.
    """

    answers: Mapping[str, Mapping[str, Interval]]
    causes: Mapping[str, Interval]
    p_first: Mapping[str, float]
    p_top3: float
    ess: float
    draws: int
    seed: int
    weighted: bool
    verdict: str

    def __getitem__(self, variable: str) -> Mapping[str, Interval]:
        return self.answers[variable]

    def to_frame(self) -> pd.DataFrame:
        """One row a state: variable, state, point, mean, median, low, high and the errors."""
        import pandas as pd

        names = Interval.__slots__
        rows = [
            (variable, state, *(getattr(cell, n) for n in names))
            for variable, cells in self.answers.items()
            for state, cell in cells.items()
        ]
        return pd.DataFrame(rows, columns=["variable", "state", *names])


def intervals(
    network: Network,
    findings: Mapping[str, object],
    draws: int = 2000,
    seed: int = 0,
    *,
    changes: Mapping[str, object] | None = None,
    kind: Kind = "see",
    weighted: bool = True,
    ranked: Sequence[str] | None = None,
    causes_only: bool = False,
    also: Sequence[str] = (),
) -> Intervals:
    """Credible interval of every posterior over the ranges of the parameters.

    Parameters
    ----------
    network : Network
    findings : mapping of str to finding
    draws : int
        Draws of all parameters; each is one row.
    seed : int
    changes : mapping of str to state, optional
    kind : {"see", "do", "had", "after"}
        What the changes mean.
    weighted : bool
        Weight each draw by P(findings | draw). False: the parameters as stated, before the case.
    ranked : sequence of str, optional
        The causes to rank, default the network's own.
    causes_only : bool
        Answer the ranked causes alone: the same numbers, and much sooner where few findings are
        known and much lies below the causes.
    also : sequence of str
        Other variables to answer beside the causes alone. Cases asked for the same ones share what
        the engine works out once.

    Raises
    ------
    ImpossibleFindings
        No draw allows the findings.
    """
    from etiograph.network.parameter import parameter_draws

    parameters = parameter_draws(tuple(network.parameters.values()), draws, seed)
    through = seen_through(network, findings, kind, changes)
    row, rows = finding_row(network, findings), finding_row(network, findings, parameters)
    events = open_causes(network, findings if kind in ("see", "do") else {}, ranked)
    wanted = tuple(dict.fromkeys([*(e.variable for e in events), *also])) if causes_only else None
    base = solve(network, row, None, through, wanted)
    require_possible(network, base.log_evidence, findings)
    answers = solve(network, rows, parameters, through, wanted)
    weights = importance(answers.log_evidence, weighted)
    settle(network, findings, through, row, base.marginals)
    settle(network, findings, through, rows, answers.marginals, parameters)
    summary = summarise(base.marginals[0], answers.marginals, weights)
    cells: dict[str, dict[str, Interval]] = {}
    for name in network.variables if wanted is None else wanted:
        start = network.model.offsets[network.model.index[name]]
        cells[name] = {
            state: _interval(summary, start + i)
            for i, state in enumerate(network.variables[name].states)
        }
    points = np.array([base.p(e.slots(network))[0] for e in events])
    events = tuple(events[i] for i in np.argsort(-points, kind="stable"))
    p_events = np.stack([answers.p(e.slots(network)) for e in events], axis=1) if events else None
    ranking: dict[str, Interval] = {}
    p_first: dict[str, float] = {}
    p_top3 = 1.0
    if p_events is not None:
        at_point = np.array([base.p(e.slots(network))[0] for e in events])
        by_cause = summarise(at_point, p_events, weights)
        ranking = {e.name: _interval(by_cause, i) for i, e in enumerate(events)}
        first, p_top3 = rank_shares(p_events, weights)
        p_first = {e.name: float(p) for e, p in zip(events, first, strict=True)}
    return Intervals(
        answers=cells,
        causes=ranking,
        p_first=p_first,
        p_top3=p_top3,
        ess=float(1.0 / np.sum(weights**2)),
        draws=draws,
        seed=seed,
        weighted=weighted,
        verdict=verdict({e.name: e.label(network) for e in events}, p_first, p_top3),
    )


def importance(log_evidence: FloatArray, weighted: bool = True) -> FloatArray:
    """Weights of the draws, summing to 1: proportional to P(findings | draw).

    Unweighted, every draw that allows the findings counts the same.
    """
    possible = np.isfinite(log_evidence)
    weights = np.zeros(len(log_evidence))
    if weighted:
        weights[possible] = np.exp(log_evidence[possible] - log_evidence[possible].max())
    else:
        weights[possible] = 1.0
    total: float = float(weights.sum())
    return weights / total


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
    level to either side, with ``ess`` in place of the number of draws (Woodruff 1952).
    """
    # einsum rather than @: a matrix product this small only wakes the threads of the library.
    mean = np.einsum("b,bn->n", weights, values)
    mc_error = np.sqrt(np.einsum("b,bn->n", weights**2, (values - mean) ** 2))
    ess = 1.0 / np.sum(weights**2)
    step = np.sqrt(0.05 * 0.95 / ess)
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


def verdict(labels: Mapping[str, str], p_first: Mapping[str, float], p_top3: float) -> str:
    """One plain sentence on what the ranges allow to be said of the ranking."""
    if not p_first:
        return "There are no causes left to rank."
    order = sorted(p_first, key=lambda name: -p_first[name])
    leader = order[0]
    share = str(round(100 * p_first[leader])) if p_first[leader] < 0.995 else "more than 99"
    if p_first[leader] >= FIRM:
        text = f"The model puts {labels[leader]} first in {share} of 100 runs over the published ranges"
        if len(order) >= 3 and p_top3 < 0.5:
            return f"{text}; the order behind it is not settled."
        return f"{text}."
    rivals: list[str] = []
    covered = 0.0
    for name in order:
        rivals.append(name)
        covered += p_first[name]
        if covered >= FIRM:
            break
    if len(rivals) == 2:
        named = f"{labels[rivals[0]]} from {labels[rivals[1]]}"
    else:
        named = (
            "between " + ", ".join(labels[r] for r in rivals[:-1]) + f" and {labels[rivals[-1]]}"
        )
        return (
            f"The model cannot decide {named}: {labels[leader]} leads in only {share} of 100 runs."
        )
    return f"The model cannot separate {named}: {labels[leader]} leads in only {share} of 100 runs."


def _interval(summary: Mapping[str, FloatArray], i: int) -> Interval:
    return Interval(**{name: float(column[i]) for name, column in summary.items()})
