"""The tables of a plain network learned from cases: counted, or by EM where cells are empty.

The prior of each row of a table is a Dirichlet distribution, stated as cases that were seen before. The
tables of the new network are numbers with ranges, so that intervals, tornados, tuning and further
updates work on it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from etiograph.cluster import workers
from etiograph.errors import InvalidFinding, InvalidNetwork, UnknownName
from etiograph.findings.cases import Fault, rows_of
from etiograph.findings.contract import Contract, OnError
from etiograph.learning.dirichlet import worth
from etiograph.learning.em import Estimate, estimate
from etiograph.learning.expectation import Expectation
from etiograph.learning.note import Note
from etiograph.learning.partition import cases_of, refuse_silence
from etiograph.learning.tables import Book, Tables, written
from etiograph.learning.weights import Weights
from etiograph.network.answer import Result
from etiograph.network.cohort import Learned, checked_name, entered
from etiograph.network.mechanism import Table
from etiograph.network.network import Network
from etiograph.network.parameter import Parameter, sample_parameters
from etiograph.network.value import value_type
from etiograph.progress import Begun, Progress, silent

if TYPE_CHECKING:
    import pandas as pd
    from distributed import Client

FloatArray = NDArray[np.float64]

Prior = float | Mapping[str, Any]
BLUR = 0.01
"""What is given to zeros that are learned, to start from."""


@value_type
@dataclass(frozen=True, eq=False, slots=True)
class Fit(Result):
    """A plain network fitted to a table of cases.

    Attributes
    ----------
    network : Network
        The same arrows; each number of its tables a parameter with value, range and the cohort among
        its evidence. Without a prior there is no posterior, and so no range.
    alpha : mapping of str to ndarray (parents..., states)
        By variable, the Dirichlet posterior of each row of its table: prior and cases, or, where
        cells were empty, the complete cases the row is worth. ``(rows, states)`` for a table that is
        stated in rows. Empty without a prior.
    cases : float
        Number of cases, weights counted.
    log_likelihood : float
        Of the cases, at the end.
    passes : int
        Over the table; 1 where it could be counted.
    converged : bool
        Whether the search came to its end.
    kept : tuple of str
        Variables whose tables are as they were, since no case says anything of them or of one of their
        parents.
    faults : tuple of Fault
        What could not be read, where its rows are passed over.
    notes : tuple of Note
        What is to be said of the table before its numbers are believed; see :class:`Update`.
    """

    network: Network
    alpha: Mapping[str, FloatArray]
    cases: float
    log_likelihood: float
    passes: int
    converged: bool
    kept: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def passed_over(self) -> int:
        """Rows that could not be read."""
        return rows_of(self.faults)

    @property
    def names(self) -> tuple[str, ...]:
        """The numbers that were learned."""
        return tuple(name for name, _, _ in places(self.network, self.alpha))

    def draws(self, n: int = 2000, seed: int = 0) -> FloatArray:
        """Draws of all parameters (n, P) from the posterior, rows of tables by their Dirichlet.

        Usable as ``case.intervals(drawn=fit.draws())``. Numbers that were not learned are drawn from
        their ranges.
        """
        return drawn_tables(self.network, self.alpha, n, seed)

    def to_frame(self) -> pd.DataFrame:
        """One row a number: value, range, and the cases its row is worth (prior's among them)."""
        import pandas as pd

        rows = [row for alpha in self.alpha.values() for row in alpha.reshape(-1, alpha.shape[-1])]
        numbers = self.network.parameters
        return pd.DataFrame(
            [
                {
                    "name": name,
                    "low": numbers[name].low,
                    "value": numbers[name].value,
                    "high": numbers[name].high,
                    "cases": float(rows[row].sum()) if rows else float("nan"),
                }
                for name, row, _ in places(self.network, self.alpha)
            ],
            columns=["name", "low", "value", "high", "cases"],
        )


def places(network: Network, variables: Collection[str]) -> list[tuple[str, int, int]]:
    """Each number of these tables (none: of all), its row among all their rows, and its state."""
    found, row = [], 0
    for variable in variables or network.variables:
        mechanism = network.mechanisms[variable]
        if not isinstance(mechanism, Table):
            continue
        states = network.variables[variable].states
        for each in mechanism.rows:
            found += [
                (p.name, row, states.index(state))
                for state, p in each.p.items()
                if isinstance(p, Parameter)
            ]
            row += 1
    return found


def drawn_tables(
    network: Network, alpha: Mapping[str, FloatArray], n: int, seed: int
) -> FloatArray:
    """Draws of all parameters (n, P): rows of these tables by their Dirichlet, others from their ranges."""
    rng = np.random.default_rng(seed)
    out = sample_parameters(network.priors, n, rng)
    rows = [row for own in alpha.values() for row in own.reshape(-1, own.shape[-1])]
    where = {name: i for i, name in enumerate(network.parameters)}
    drawn: dict[int, FloatArray] = {}
    for name, row, state in places(network, alpha) if alpha else ():
        if row not in drawn:
            shares = rng.standard_gamma(rows[row], (n, len(rows[row])))
            drawn[row] = shares / shares.sum(axis=1, keepdims=True)
        out[:, where[name]] = drawn[row][:, state]
    return out


def fit(
    network: Network,
    table: Any,
    *,
    prior: Prior = 1.0,
    variables: Collection[str] | None = None,
    zeros: Literal["keep", "learn"] = "keep",
    weights: Weights = None,
    cohort: str = "cohort",
    date: str = "",
    coverage: float = 0.95,
    grade: str = "",
    leave_out: Collection[str] = (),
    on_error: OnError = "raise",
    missing: Any = ("",),
    units: Mapping[str, str] | None = None,
    codes: Mapping[str, Mapping[Any, Any]] | None = None,
    keep: Collection[str] = (),
    on: str | Client | None = None,
    progress: Progress = silent,
) -> Fit:
    """Learn the tables of a plain network from a table of cases.

    Where every cell is filled, cases are counted; else EM starts from the network's own tables. Holes
    are taken as ignorable, as by :func:`~etiograph.learning.update.update`.

    Parameters
    ----------
    network : Network
        Its tables are where the search starts; what they say counts only as far as ``prior`` does.
    table : pandas, polars or Arrow table, dict of columns, list of dicts, or path of a file
    prior : float, or mapping of str to array_like
        Cases seen before: so many in every entry of every table (1: every table is as likely as any
        other, Laplace 1774; 0.5: Jeffreys), or by variable an array of the shape of its table. The
        network's own tables with the weight of 50 cases a row: ``{v: 50 * network.table(v) for v in
        network.variables}``. 0: the likelihood alone, and then no ranges.
    variables : collection of str, optional
        Only these tables. By default all of whose variable and parents the cases say something, and
        then every variable must be a table or a rule: others stay as they are (``Fit.kept``). Named
        here, or with a prior of its own, a table is learned all the same, as a hidden variable's must.
    zeros : {"keep", "learn"}
        Whether an entry that is 0 is part of the structure, or was only never seen.
    weights : ndarray (B,) or str, optional
        How often each row counts; a text names the column of the table that says it.
    cohort, date : str
        What the cohort is called among the evidence, and when it was seen.
    coverage, grade
        Of the ranges; see :class:`Parameter`.
    leave_out, on_error, missing, units, codes, keep
        What is said of the table; see :meth:`Network.posteriors`.
    on : str or Client, optional
        Where the rows lie and are counted, if not here (:func:`~etiograph.cluster.workers`); then a file
        is read block by block.
    progress : callable
        Told what is being done.

    Returns
    -------
    Fit

    Raises
    ------
    InvalidNetwork, UnknownName
        A mechanism that is no plain table (use an update), nothing to learn from.
    InvalidFinding
        A prior, weight or cell that is none.
    ImpossibleFindings
        Cases that cannot be, by zeros that are kept.
    """
    if zeros not in ("keep", "learn"):
        raise UnknownName(zeros, "way with zeros", ("keep", "learn"))
    if not isinstance(coverage, float) or not 0.0 < coverage < 1.0:
        raise InvalidFinding(f"coverage must lie between 0 and 1, not {coverage!r}")
    checked_name(network, cohort)
    tables = Tables.of(network, variables)
    contract = Contract(missing, units or {}, codes or {}, leave_out, keep, on_error)
    with workers(on) as client:
        seen = cases_of(client, network, table, contract, weights)
        refuse_silence(seen)
        chosen = (
            (prior if isinstance(prior, Mapping) else ()) if variables is None else tables.names
        )
        kept = tuple(n for n in unspoken(network, tables.names, seen.found) if n not in chosen)
        if kept:
            tables = Tables.of(network, _left(tables.names, kept, seen.found))
        if zeros == "learn":
            tables = Tables.of(_blurred(network, tables), tables.names)
        before = np.where(tables.stated > 0.0, _prior(tables, prior), 0.0)
        book = Book(coverage, grade, _note(cohort, seen.n, date), (cohort,))
        with seen.naming_rows():
            result, alpha, found = _learned(seen.expectation(tables), before, book, progress)
        notes = seen.doubts()
    result = entered(result, Learned(cohort, seen.n, "fit", date, {}, {}, seen.mark))
    return Fit(
        result, alpha, seen.n, found.log_likelihood, found.passes, found.converged, kept,
        seen.faults, notes,
    )  # fmt: skip


def _note(cohort: str, n: float, date: str) -> str:
    when = f", {date}" if date else ""
    return f"Fitted to {cohort} (n = {n:g}{when})."


def _learned(
    cases: Expectation, before: FloatArray, book: Book, progress: Progress
) -> tuple[Network, dict[str, FloatArray], Estimate]:
    """The network with its tables learned, their posteriors (none where some prior is 0), the search."""
    tables = cases.tables
    found = estimate(cases, tables.stated, before, progress)
    if not ((before > 0.0) | (tables.stated <= 0.0)).all():
        return written(tables, found.p, None, None, book), {}, found
    progress(Begun("ranges"))
    size = worth(cases, found.p, found.counts, before)[tables.rows]
    whole = found.p * size
    alpha = {name: tables.shaped(name, whole) for name in tables.names}
    return written(tables, found.p, whole, size - whole, book), alpha, found


def unspoken(network: Network, names: Collection[str], found: Collection[str]) -> tuple[str, ...]:
    """Those of the tables ``names`` that cases on the variables ``found`` say nothing of.

    Such a table hangs on the prior alone; the search would take it there, whatever it says now.
    """
    return tuple(n for n in names if not {n, *network.parents(n)} <= set(found))


def _left(names: Collection[str], kept: Collection[str], found: Collection[str]) -> list[str]:
    left = [name for name in names if name not in kept]
    if not left:
        raise InvalidNetwork(
            f"no table to be learned: the cases speak of {', '.join(found)}, but of no variable "
            "together with all its parents"
        )
    return left


def _prior(tables: Tables, prior: Prior) -> FloatArray:
    """The prior's cases of every cell (C,)."""
    out = np.zeros(len(tables))
    if not isinstance(prior, Mapping):
        if isinstance(prior, bool) or not isinstance(prior, int | float | np.number):
            raise TypeError(f"prior must be a number, or a mapping of variables, not {prior!r}")
        if not 0.0 <= prior < np.inf:
            raise InvalidFinding(f"prior must be a number of at least 0, not {prior!r}")
        return np.full(len(tables), float(prior))
    for name, given in prior.items():
        if name not in tables.names:
            raise UnknownName(str(name), "table that is learned", tables.names)
        wanted = tables.shaped(name, out).shape
        try:
            own = np.asarray(given, dtype=np.float64)
        except (TypeError, ValueError):
            own = np.full(0, np.nan)
        if own.shape != wanted or not np.isfinite(own).all() or (own < 0.0).any():
            raise InvalidFinding(
                f"prior: of {name!r} must be numbers of at least 0 of the shape {wanted}"
            )
        out[tables.variables == tables.names.index(name)] = own.reshape(-1)
    return out


def _blurred(network: Network, tables: Tables) -> Network:
    """The network with a little given to every zero of these tables."""
    cells = tables.stated.copy()
    per_row = tables.by_row(np.ones(len(tables)))[tables.rows]
    zero = tables.by_row((cells <= 0.0).astype(np.float64))[tables.rows] > 0
    cells[zero] = (1.0 - BLUR) * cells[zero] + BLUR / per_row[zero]
    return written(tables, cells, None, None, Book())
