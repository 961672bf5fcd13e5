"""An update of a plain network that states no ranges: its tables as cases seen before, then those of a cohort.

The posterior of each row is a Dirichlet distribution, found by counting or EM
(:mod:`etiograph.learning.fit`), so it serves tables of any size, where a normal approximation over all
numbers at once would not hold.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from etiograph.errors import InvalidFinding
from etiograph.learning.conflict import MOVED, Moved
from etiograph.learning.fit import drawn_tables, fit, places
from etiograph.learning.met import met_before
from etiograph.learning.posterior import Diagnostics
from etiograph.learning.scale import FloatArray
from etiograph.learning.tables import Tables, with_table_parameters
from etiograph.learning.update import Update, written
from etiograph.network.cohort import learned
from etiograph.progress import Progress, silent

if TYPE_CHECKING:
    from etiograph.network.network import Network


@dataclass(frozen=True, slots=True)
class TableRanges:
    """An edit of a network (:mod:`etiograph.network.edits`): its tables as counts of so many cases a row."""

    cases: int

    def applied(self, network: Network) -> Network:
        """The network with a name and a range for each number of its tables."""
        return with_table_parameters(network, self.cases)


def update_tables(
    network: Network,
    table: Any,
    cases: int = 100,
    *,
    draws: int = 2000,
    seed: int = 0,
    cohort: str = "cohort",
    date: str = "",
    missing: Any = ("",),
    units: Mapping[str, str] | None = None,
    codes: Mapping[str, Mapping[Any, Any]] | None = None,
    keep: Collection[str] = (),
    progress: Progress = silent,
) -> Update:
    """Move the tables of a plain network by a table of cases.

    Parameters
    ----------
    network : Network
        All its mechanisms are tables or rules.
    table : pandas, polars or Arrow table, dict of columns, list of dicts, or path of a file
        A row a case; holes are taken as ignorable, as by :func:`~etiograph.learning.update.update`.
    cases : int
        How many cases each row of its tables is taken to rest on.
    draws, seed : int
        Of the posterior.
    cohort, date, missing, units, codes, keep, progress
        See :func:`~etiograph.learning.update.update`.

    Returns
    -------
    Update
        Values are means, so that each row adds up. ``prior`` is the network with the ranges that its
        numbers have as counts of so many cases; ``learned`` is the share of the weight of a number's
        row that the cohort brought. ``log_marginal`` is NaN.

    Raises
    ------
    InvalidNetwork, InvalidFinding, UnknownName, ImpossibleFindings
        See :func:`~etiograph.learning.fit.fit`.
    """
    if isinstance(cases, bool) or not isinstance(cases, int | np.integer) or cases < 1:
        raise InvalidFinding(f"cases must be a whole number of at least 1, not {cases!r}")
    prior = with_table_parameters(network, cases)
    found = fit(
        prior, table, prior=seen_before(prior, cases),
        cohort=cohort, date=date, missing=missing, units=units, codes=codes, keep=keep,
        progress=progress,
    )  # fmt: skip
    mark = learned(found.network)[-1].mark
    met = met_before(network, cohort, found.cases, mark)
    rows = [row for alpha in found.alpha.values() for row in alpha.reshape(-1, alpha.shape[-1])]
    numbers = tuple(
        _moved(prior, name, float(rows[row][state]), float(rows[row].sum()), cases)
        for name, row, state in places(prior, found.alpha)
    )
    return Update(
        network=written(prior, numbers, cohort, date, found.cases, {}, mark),
        prior=prior,
        numbers=numbers,
        cases=found.cases,
        draws=drawn_tables(prior, found.alpha, draws, seed),
        log_marginal=float("nan"),
        diagnostics=Diagnostics(
            "tables", found.passes, float("nan"), float("nan"), 0, float(draws)
        ),
        notes=(*met, *found.notes),
    )  # fmt: skip


def seen_before(network: Network, cases: int) -> dict[str, FloatArray]:
    """Its own tables with the weight of so many cases a row, as the ``prior`` of a fit."""
    tables = Tables.of(network)
    return {name: cases * tables.shaped(name, tables.stated) for name in tables.names}


def _moved(network: Network, name: str, alpha: float, size: float, cases: int) -> Moved:
    """A number before and after: Beta(cases p, cases (1 - p)) became Beta(alpha, size - alpha).

    The conflict is that of the count with its prior predictive, a beta-binomial distribution: how often
    a count as far out comes by chance (Box 1980). Where cells were empty, of the complete cases a row
    is worth.
    """
    from scipy.special import betaincinv
    from scipy.stats import betabinom, norm

    before = network.parameters[name]
    tail = 0.5 * (1.0 - before.coverage)
    a, n, value = cases * before.value, round(size - cases), alpha / size
    low, high = (float(betaincinv(alpha, max(size - alpha, 1e-9), q)) for q in (tail, 1.0 - tail))
    learned = max(0.0, 1.0 - cases / size)
    z = p = float("nan")
    if learned >= MOVED and n > 0:
        k = min(max(round(alpha - a), 0), n)
        counted = betabinom(n, a, cases - a)
        below, above = float(counted.cdf(k)), float(counted.sf(k - 1))
        p = min(1.0, 2.0 * min(below, above))
        z = float(norm.isf(0.5 * p)) * (1.0 if above < below else -1.0)
    assert before.low is not None
    assert before.high is not None
    shift = (value - before.value) / np.sqrt(
        max(before.value * (1.0 - before.value), 1e-300) / (cases + 1)
    )
    return Moved(
        name, before, value, min(low, value), max(high, value), learned, z, p, float(shift),
        before.low, before.high,
    )  # fmt: skip
