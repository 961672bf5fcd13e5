"""A whole table of cases at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from etiograph.engine.propagate import propagate
from etiograph.errors import InvalidChange, UnknownName
from etiograph.findings.cases import Cases, Fault
from etiograph.findings.contract import Contract, Marks, OnError
from etiograph.findings.table import read_cases
from etiograph.network.answer import Result
from etiograph.network.calling import warn
from etiograph.network.likelihoods import settle_shown
from etiograph.network.model import FloatArray
from etiograph.network.value import value_type
from etiograph.query.reread import read_again
from etiograph.query.stated_changes import refuse_contradictions
from etiograph.query.worlds import World, world

if TYPE_CHECKING:
    import pandas as pd

    from etiograph.network.network import Network

ROWS_AT_ONCE = 16_384
"""Different rows whose states of all variables are held at a time."""


class AnswersItself(UserWarning):
    """A variable is asked about that is a finding in the same table: its answer is what was found."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        super().__init__(
            f"asked about and found in the same table: {', '.join(self.names)}; where it was found "
            "the answer is what was found. To ask what the other findings say, leave it out: "
            f"leave_out={list(self.names)!r}"
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return (AnswersItself, (self.names,))


@value_type
@dataclass(frozen=True, slots=True, eq=False)
class Posteriors(Mapping[str, FloatArray], Result):
    """Posteriors of a table of cases.

    ``posteriors["magnesium_depletion"]`` is an array ``(rows, states)``. Rows whose findings
    contradict one another hold NaN and are False in ``possible``; so are rows passed over.

    Attributes
    ----------
    network : Network
        The network asked.
    marginals : ndarray (B, S)
        All probabilities in network order; those of the variables asked about alone, one after
        another, where only some are.
    log_evidence : ndarray (B,)
        Natural log of P(findings) of each row; -inf where they are impossible, NaN where the row
        was passed over.
    index : object
        The table's own row labels, or None.
    faults : tuple of Fault
        What could not be read, row by row, with ``on_error="skip"``.
    asked : tuple of str
        The variables answered.
    themselves : tuple of str
        Those of them that are findings in some row, and so answer themselves there.
    """

    network: Network
    marginals: FloatArray
    log_evidence: FloatArray
    index: Any = None
    faults: tuple[Fault, ...] = ()
    asked: tuple[str, ...] = ()
    themselves: tuple[str, ...] = ()

    @property
    def possible(self) -> NDArray[np.bool_]:
        """Which rows have findings that can be true together, ``(B,)``."""
        out: NDArray[np.bool_] = self.log_evidence > -np.inf
        return out

    def __getitem__(self, name: str) -> FloatArray:
        if name not in self.network.variables:
            raise UnknownName(name, "variable", tuple(self.network.variables))
        if name not in self.asked:
            raise UnknownName(name, "variable asked about", self.asked)
        begin = 0
        for other in self.asked:
            if other == name:
                break
            begin += self.network.variables[other].card
        return self.marginals[:, begin : begin + self.network.variables[name].card]

    def __iter__(self) -> Iterator[str]:
        return iter(self.asked)

    def __len__(self) -> int:
        return len(self.asked)

    def to_frame(self) -> pd.DataFrame:
        """One row a case, columns (variable, state) and ``log_evidence`` last."""
        import pandas as pd

        labels = [(name, s) for name in self.asked for s in self.network.variables[name].states]
        frame = pd.DataFrame(
            self.marginals[:, : len(labels)],
            columns=pd.MultiIndex.from_tuples(labels, names=("variable", "state")),
            index=self.index,
        )
        frame[("log_evidence", "")] = self.log_evidence
        return frame


def posteriors(
    network: Network,
    table: Any,
    *,
    of: Collection[str] | None = None,
    leave_out: Collection[str] = (),
    do: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    on_error: OnError = "raise",
    missing: Marks = ("",),
    units: Mapping[str, str] | None = None,
    codes: Mapping[str, Mapping[Any, Any]] | None = None,
    keep: Collection[str] = (),
    threads: int = 2,
) -> Posteriors:
    """Posteriors of every variable for every row of a table; docs/tables.md is the whole contract.

    Parameters
    ----------
    network : Network
        The network asked.
    table : pandas, polars or Arrow table, dict of columns, list of dicts, or path of a file
        One column a variable; cells are findings, empty cells (None, NaN, pandas' NA and NaT, "") are
        unknown, and nothing else is.
    of : collection of str, optional
        The variables to answer, by default all: where there are few it is cheaper by far.
    leave_out : collection of str
        Columns whose cells are not used as findings, such as the target of a cohort.
    do, after : mapping of str to state or {state: probability}, optional
        What is changed: with the findings seen in the changed world, or before it.
    on_error : {"raise", "skip"}
        What a cell that cannot be read does: end all, or have its row passed over and listed in
        ``faults``.
    missing : sequence of cells, or mapping of column to it
        What else stands for "not known", as ``("", "NA", -9)``.
    units : mapping of column to unit, optional
        Of bare numbers; "column [unit]" as the heading says the same. Otherwise the canonical unit.
    codes : mapping of column to {cell: state}, optional
        What coded cells stand for, as ``{"smoking": {1: "yes", 2: "no"}}``.
    keep : collection of str
        Columns that are no findings.
    threads : int
        Threads to use at most.

    Raises
    ------
    UnknownName, InvalidFinding, UnreadableFile
        If a column is no variable or a cell no finding; a note says in which row and column.
    InvalidChange
        Of ``do``: a finding contradicts the change.

    Warns
    -----
    AnswersItself
        A variable of ``of`` is among the findings.
    """
    contract = Contract(missing, units or {}, codes or {}, leave_out, keep, on_error)
    answers = answer(network, table, contract, of=of, do=do, after=after, threads=threads)
    if of is not None and answers.themselves:
        warn(AnswersItself(answers.themselves))
    return answers


def answer(
    network: Network,
    table: Any,
    contract: Contract,
    *,
    of: Collection[str] | None = None,
    do: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    threads: int = 2,
) -> Posteriors:
    """As :func:`posteriors`, what is said of the table in one value, and without a warning."""
    if do is not None and after is not None:
        raise InvalidChange("ask under do or under after, not under both")
    asked = _asked(network, of)
    changed = world(network, "do" if do else "after" if after is not None else "see", do or after)

    def check(name: str, finding: Any) -> None:
        if do and name in do:
            refuse_contradictions(network, {name: finding}, {name: do[name]})

    cases = read_cases(network, table, contract, check)
    log_evidence, marginals = _answered(network, cases, changed, asked, of is not None, threads)
    passed_over = cases.where < 0
    if not len(log_evidence):  # no rows, or none that could be read
        log_evidence, marginals = np.full(1, np.nan), np.full((1, marginals.shape[1]), np.nan)
    log_evidence, marginals = log_evidence[cases.where], marginals[cases.where]
    log_evidence[passed_over], marginals[passed_over] = np.nan, np.nan
    index = network.model.index
    themselves = tuple(n for n in asked if n in cases.found and index[n] not in changed.reached)
    return Posteriors(
        network, marginals, log_evidence, cases.labels, cases.faults, asked, themselves
    )


def _asked(network: Network, of: Collection[str] | None) -> tuple[str, ...]:
    """The variables to answer."""
    if of is None:
        return tuple(network.variables)
    names = (of,) if isinstance(of, str) else tuple(dict.fromkeys(of))
    for name in names:
        if name not in network.variables:
            raise UnknownName(name, "variable", tuple(network.variables))
    return names


def _answered(
    network: Network,
    cases: Cases,
    asked_of: World,
    asked: Sequence[str],
    some: bool,
    threads: int,
) -> tuple[FloatArray, FloatArray]:
    """log P(findings) (D,) and the probabilities of each different row (D, states)."""
    model = network.model
    owns = {name: model.slots_of(i) for name, i in ((name, model.index[name]) for name in asked)}
    slots = np.concatenate([np.r_[own] for own in owns.values()]) if some and owns else None
    if slots is None:
        slots = np.arange(0 if some else model.n_states)
    log_evidence = np.empty(cases.n_rows)
    marginals = np.empty((cases.n_rows, len(slots)))
    targets = [model.index[name] for name in asked] if some else None
    if targets is not None:  # what lies beyond a limit is told by the level
        targets += [model.parents(model.index[n])[0] for n in cases.limits() if n in owns]
    for first in range(0, cases.n_rows, ROWS_AT_ONCE):
        members = slice(first, min(first + ROWS_AT_ONCE, cases.n_rows))
        rows = cases.likelihoods(members)
        if asked_of.kind == "see":
            beliefs = propagate(model, rows, wanted=targets, threads=threads)
        else:
            several = asked_of.is_twin and (targets is None or len(targets) > 1)
            beliefs = asked_of.solve(rows, targets=None if several else targets)
        found = beliefs.marginals
        _settle(network, cases, asked_of, members, rows, found, owns)
        found[beliefs.log_evidence == -np.inf] = np.nan
        log_evidence[members], marginals[members] = beliefs.log_evidence, found[:, slots]
    return log_evidence, marginals


def _settle(
    network: Network,
    cases: Cases,
    asked_of: World,
    members: slice,
    rows: FloatArray,
    marginals: FloatArray,
    owns: Mapping[str, slice],
) -> None:
    """Put each measured reading asked about in the state its value falls in; in place."""
    model = network.model
    for name, limits in cases.limits(members).items():
        if name in owns and model.index[name] not in asked_of.reached:
            for row, limit in limits.items():
                settle_shown(network, {name: limit}, (), marginals[row])
    moved = asked_of.reached.difference(asked_of.fresh, asked_of.changes)
    values = cases.values(members)
    for name, states in cases.shown(members).items():
        i = model.index[name]
        which = np.flatnonzero(states >= 0)
        if name not in owns or not len(which) or (i in asked_of.reached and i not in moved):
            continue
        own = owns[name]
        if i in moved:
            marginals[which, own] = read_again(
                network, asked_of, rows[which], name, values[name][which]
            )
        else:
            marginals[which, own] = 0.0
            marginals[which, own.start + states[which]] = 1.0
