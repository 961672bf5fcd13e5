"""Published ranges moved by a clinic's own records: new values and ranges, and what contradicts what.

The prior of every number is its stated range. The posterior is a normal distribution on the scale of
each number at the maximum (Laplace), its draws reweighted by the true posterior; where that cannot be
relied on, a chain that follows the exact gradient is run instead. A number about which its chains do not
agree keeps its published range.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from etiograph.cluster import workers
from etiograph.errors import InvalidFinding, InvalidNetwork, UnknownName
from etiograph.findings.cases import Fault, rows_of
from etiograph.findings.contract import Contract, OnError
from etiograph.learning.conflict import Moved, against, by_source, moved
from etiograph.learning.effort import plain
from etiograph.learning.laplace import laplace
from etiograph.learning.met import met_before
from etiograph.learning.note import Note
from etiograph.learning.partition import cases_of, refuse_silence
from etiograph.learning.posterior import Diagnostics, Method, posterior_of
from etiograph.learning.scale import FloatArray, Scale, factors
from etiograph.learning.weights import Weights
from etiograph.network.answer import Answer
from etiograph.network.cohort import Learned, checked_name, entered
from etiograph.network.value import value_type
from etiograph.progress import Progress, silent

if TYPE_CHECKING:
    import pandas as pd
    from distributed import Client

    from etiograph.network.network import Network
    from etiograph.network.parameter import Parameter

METHODS = ("laplace", "chain")
WIDER = 2.0
"""How many times as wide the prior of numbers is that may differ, if not said otherwise."""


@value_type
@dataclass(frozen=True, eq=False, slots=True)
class Update(Answer):
    """A network updated by a table of cases.

    Attributes
    ----------
    network : Network
        The same structure; value and range of each number the data spoke of from its posterior, the
        cohort among its evidence, the old value in its note. The others stay as they were.
    prior : Network
        As it was.
    numbers : tuple of Moved
    cases : float
        Number of cases, weights counted.
    draws : ndarray (n, P)
        Draws of all parameters from the posterior, in the order of ``network.parameters``: for
        ``up.network.case(...).intervals(drawn=up.draws)``.
    log_marginal : float
        Log of P(cases), integrated over the prior: to compare networks. NaN where chains had to be run
        (``diagnostics.method``), which do not tell it.
    diagnostics : Diagnostics
    faults : tuple of Fault
        What could not be read, where its rows are passed over.
    notes : tuple of Note
        What is to be said of the table before its numbers are believed: rows that seem chosen by what
        they have in common, a column whose unit seems another, a cohort of that name met before.
    """

    network: Network
    prior: Network
    numbers: tuple[Moved, ...]
    cases: float
    draws: FloatArray
    log_marginal: float
    diagnostics: Diagnostics
    faults: tuple[Fault, ...] = ()
    notes: tuple[Note, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """One row a number: prior and posterior value and range, what was learned, conflict, sources.

        ``prior_low`` to ``prior_high`` is the range as the network states it, ``used_low`` to
        ``used_high`` the one that was used: widened by the spread between sources (``net.priors``, of
        grades B and C) and by ``may_differ``. ``learned``: the share of the variance of that prior that
        the cases took away, 0 to 1; ``moved``: how far the middle went, in its standard deviations.
        ``z``: by how many standard errors cases and prior differ, ``p``: how often chance alone gives as
        much.
        """
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "name": each.name,
                    "prior_low": each.before.low,
                    "prior_value": each.before.value,
                    "prior_high": each.before.high,
                    "used_low": each.used_low,
                    "used_high": each.used_high,
                    "low": each.low,
                    "value": each.value,
                    "high": each.high,
                    "learned": each.learned,
                    "moved": each.shift,
                    "z": each.z,
                    "p": each.p,
                    "told": each.told,
                    "grade": each.before.grade,
                    "evidence": ", ".join(each.before.evidence),
                }
                for each in self.numbers
            ]
        )

    @property
    def passed_over(self) -> int:
        """Rows that could not be read."""
        return rows_of(self.faults)

    @property
    def untold(self) -> tuple[Moved, ...]:
        """Numbers whose posterior could not be told reliably: they stay as published."""
        return tuple(each for each in self.numbers if not each.told)

    def without_draws(self) -> Update:
        """The same without its draws: what is shown of it needs none, and they are large."""
        return replace(self, draws=self.draws[:0])

    def conflicts(self, level: float = 0.05) -> tuple[Moved, ...]:
        """Numbers the cohort contradicts, the most at odds first.

        ``level`` is the chance of naming any where there is none, over all numbers together (Holm
        1979).
        """
        return against(self.numbers, level)

    def by_source(self) -> pd.DataFrame:
        """One row a source: how many of its numbers were informed, and how far off it is as a whole.

        ``chi2`` adds the squares of the conflicts of its numbers, ``p`` says how often chance gives as
        much. Numbers without a source stand under their grade.
        """
        return by_source(self.numbers)


def update(
    network: Network,
    table: Any,
    *,
    given: Mapping[str, object] | None = None,
    weights: Weights = None,
    parameters: Collection[str] | None = None,
    may_differ: Collection[str] | Mapping[str, float] | None = None,
    method: Method = "laplace",
    draws: int = 2000,
    seed: int = 0,
    cohort: str = "cohort",
    date: str = "",
    leave_out: Collection[str] = (),
    on_error: OnError = "raise",
    missing: Any = ("",),
    units: Mapping[str, str] | None = None,
    codes: Mapping[str, Mapping[Any, Any]] | None = None,
    keep: Collection[str] = (),
    on: str | Client | None = None,
    progress: Progress = silent,
) -> Update:
    """Move the ranges of a network by a table of cases.

    Holes are taken as ignorable: that a cell is empty must say nothing about what would stand in it
    beyond what the other cells say. A test that is done because something was suspected needs a
    variable "was tested".

    Parameters
    ----------
    network : Network
    table : pandas, polars or Arrow table, dict of columns, list of dicts, or path of a file
        A row a case; cells are findings, empty ones unknown (docs/tables.md).
    given : mapping of str to state, optional
        How cases came into the table: a clinic for people with cramps has ``{"leg_cramps":
        "present"}``, and is then compared with other people who cramp, not with everybody.
    weights : ndarray (B,) or str, optional
        How often each row counts; a text names the column of the table that says it.
    parameters : collection of str, optional
        Only these may move; by default every one with a range.
    may_differ : collection of str, or mapping of str to float, optional
        Variables (all their numbers) or parameters that may differ here by more than their range says,
        such as how common things are: their prior is made twice as wide, or so many times. That comes
        on top of the spread between sources, by which ranges of grades B and C are widened already
        (``net.priors``); a range of grade D was guessed wide, and is not.
    method : {"laplace", "chain"}
        A normal approximation that is checked, and replaced by a chain where it does not hold; or the
        chain at once.
    draws, seed : int
        Of the posterior.
    cohort, date : str
        What the cohort is called among the evidence, and when it was seen, as the book of the new
        network states them.
    leave_out, on_error, missing, units, codes, keep
        What is said of the table; see :meth:`Network.posteriors`.
    on : str or Client, optional
        Where the rows lie and their sums are made, if not here (:func:`~etiograph.cluster.workers`).
    progress : callable
        Told what is being done.

    Returns
    -------
    Update

    Raises
    ------
    InvalidFinding, UnknownName
        A cell that is no finding, a column that is no variable, weights that are none.
    ImpossibleFindings
        Cases that cannot be, whatever the numbers.
    InvalidNetwork
        There is nothing to move, or the posterior cannot be told reliably.
    """
    _check(parameters, may_differ, given, method)
    checked_name(network, cohort)
    named = (
        may_differ if isinstance(may_differ, Mapping) else dict.fromkeys(may_differ or (), WIDER)
    )
    wider = factors(network, named)
    scale = Scale.of(network, parameters, wider)
    if not len(scale):
        raise InvalidNetwork(
            "no number of this network has a range, so there is nothing an update could move; "
            + (
                "give its tables ranges first (Network.fit, etiograph fit)"
                if plain(network)
                else "state the ranges of its numbers first: low and high in its model file, or "
                "Network.with_parameters"
            )
        )
    contract = Contract(missing, units or {}, codes or {}, leave_out, keep, on_error)
    with workers(on) as client:
        seen = cases_of(client, network, table, contract, weights, given)
        refuse_silence(seen)
        notes = (*met_before(network, cohort, seen.n, seen.mark), *seen.doubts())
        objective = seen.objective(scale)
        with seen.naming_rows():
            top = laplace(objective, progress)
        found, diagnostics = posterior_of(objective, top, method, draws, seed, progress)
    learned = 1.0 - np.diag(top.covariance)
    numbers = moved(network, scale, found, learned, top.scored)
    return Update(
        network=written(network, numbers, cohort, date, seen.n, given or {}, seen.mark),
        prior=network,
        numbers=numbers,
        cases=seen.n,
        draws=scale.parameters(found.drawn(draws, np.random.default_rng([seed, 1]))),
        log_marginal=found.log_marginal,
        diagnostics=diagnostics,
        faults=seen.faults,
        notes=notes,
    )


def _check(parameters: Any, may_differ: Any, given: Any, method: Any) -> None:
    """Refuse plain mistakes by name."""
    if not isinstance(method, str):
        raise TypeError(f"method must be a text, not {method!r}")
    if method not in METHODS:
        raise UnknownName(method, "method of an update", METHODS)
    for name, chosen in (("parameters", parameters), ("may_differ", may_differ)):
        named = isinstance(chosen, Collection) and not isinstance(chosen, str | bytes)
        if chosen is not None and not (named and all(isinstance(n, str) for n in chosen)):
            raise TypeError(f"{name} must be a collection of names, not {chosen!r}")
    if isinstance(may_differ, Mapping):
        for name, factor in may_differ.items():
            number = isinstance(factor, int | float) and not isinstance(factor, bool)
            if not number or not 0.0 < factor < float("inf"):
                raise InvalidFinding(f"may_differ: {name!r} = {factor!r} must be a number above 0")
    if given is not None and not isinstance(given, Mapping):
        raise TypeError(f"given must be a mapping of names to states, not {given!r}")


def written(
    network: Network,
    numbers: tuple[Moved, ...],
    cohort: str,
    date: str,
    n: float,
    given: Mapping[str, object],
    mark: str,
) -> Network:
    """The network with the numbers that were informed, and its book kept."""
    changed: dict[str, float | Parameter] = {}
    old: dict[str, tuple[float, ...]] = {}
    for each in numbers:
        if not each.informed:
            continue
        before = each.before
        assert before.low is not None
        assert before.high is not None
        old[each.name] = (before.value, before.low, before.high)
        when = f", {date}" if date else ""
        stated = f"{before.value:.4g} ({before.low:.4g} to {before.high:.4g})"
        note = f"Updated by {cohort} (n = {n:g}{when}); before: {stated}."
        changed[each.name] = replace(
            before,
            value=float(f"{each.value:.6g}"),
            low=float(f"{min(each.low, each.value):.6g}"),
            high=float(f"{max(each.high, each.value):.6g}"),
            local=True,
            evidence=(*(e for e in before.evidence if e != cohort), cohort),
            note=" ".join(filter(None, (note, before.note))),
        )
    said = {name: str(finding) for name, finding in given.items()}
    entry = Learned(cohort, n, "update", date, said, old, mark)
    return entered(network.with_parameters(changed), entry) if changed else network
