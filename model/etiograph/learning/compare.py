"""Which of several networks tells cases better that it has not seen."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from etiograph.cluster import in_order, workers
from etiograph.engine.propagate import evidence
from etiograph.errors import ImpossibleFindings, InvalidFinding
from etiograph.findings.cases import Cases, Fault, noting, rows_of
from etiograph.findings.columns import Columns, columns_of
from etiograph.findings.contract import Contract, OnError
from etiograph.findings.files import BLOCK
from etiograph.findings.table import read_cases
from etiograph.learning.cohort import Cohort
from etiograph.learning.note import Note
from etiograph.learning.source import Source
from etiograph.learning.validate import (
    Learn,
    fold_numbers,
    learned,
    parts_asked,
    refuse_given,
    refused,
    what_they_saw,
)
from etiograph.network.answer import Result
from etiograph.network.network import Network
from etiograph.network.value import value_type
from etiograph.progress import Begun, Progress, silent

if TYPE_CHECKING:
    import pandas as pd
    from distributed import Client

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Z = 1.959963984540054
FEWEST = 10
"""Cases a comparison needs at least."""


@value_type
@dataclass(frozen=True, slots=True)
class Entry:
    """One of the networks that are compared.

    Attributes
    ----------
    name : str
    log_score : float
        Mean log probability (nats) of a case, all its findings together; held out where there are
        folds. -inf where one of them cannot be.
    difference, error : float
        Mean of the differences to the best network, case by case, and its standard error; 0 for the
        best itself.
    z : float
        Their ratio: beyond 2 the best is better by more than chance.
    impossible : int
        Cases that cannot be by this network.
    parameters : int
        Numbers that were learned: with a range, or in tables that were fitted; 0 without folds.
    bic : float
        -2 log likelihood of all cases at the numbers learned from them + parameters log n (Schwarz
        1978), less is better; NaN without folds.
    """

    name: str
    log_score: float
    difference: float
    error: float
    z: float
    impossible: int
    parameters: int
    bic: float


@value_type
@dataclass(frozen=True, eq=False, slots=True)
class Comparison(Result):
    """Networks held against the same cases, the best first.

    Attributes
    ----------
    entries : tuple of Entry
    scores : ndarray (n, networks)
        Log probability of every case, in the order of ``entries``.
    cases, folds : int
        ``folds`` 0: the networks as they are.
    faults : tuple of Fault
        What could not be read, for any of the networks, where its rows are passed over.
    notes : tuple of Note
        What is to be said before the scores are believed: cohorts a network learned from before.
    """

    entries: tuple[Entry, ...]
    scores: FloatArray
    cases: int
    folds: int
    faults: tuple[Fault, ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def passed_over(self) -> int:
        """Rows that could not be read for one of the networks: they are scored by none."""
        return rows_of(self.faults)

    @property
    def best(self) -> Entry:
        """The network with the highest log score."""
        return self.entries[0]

    def to_frame(self) -> pd.DataFrame:
        """One row a network, the best first, ``difference`` with its 95 % interval."""
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "network": e.name, "log_score": e.log_score, "difference": e.difference,
                    "low": e.difference - Z * e.error, "high": e.difference + Z * e.error,
                    "z": e.z, "impossible": e.impossible, "parameters": e.parameters, "bic": e.bic,
                }
                for e in self.entries
            ]
        )  # fmt: skip


def compare(
    networks: Sequence[Network] | Mapping[str, Network],
    table: Any,
    *,
    folds: int | None = 5,
    seed: int = 0,
    learn: Learn | None = None,
    options: Mapping[str, Any] | None = None,
    given: Mapping[str, object] | None = None,
    leave_out: Collection[str] = (),
    on_error: OnError = "raise",
    missing: Any = ("",),
    units: Mapping[str, str] | None = None,
    codes: Mapping[str, Mapping[Any, Any]] | None = None,
    keep: Collection[str] = (),
    on: str | Client | None = None,
    progress: Progress = silent,
) -> Comparison:
    """Compare networks by the probability they give to cases, each left out of what they learn from.

    The same folds for all, and the differences case by case: what makes a case hard is hard for all, so
    the error of the difference is far smaller than that of a score.

    Parameters
    ----------
    networks : sequence, or mapping of name to Network
        Whose variables include all columns that are not kept.
    table : pandas, polars or Arrow table, dict of columns, list of dicts, or path of a file
    folds : int or None
        Parts of the cases; each is told by networks that have learned from all others. None or 0: the
        networks as they are.
    seed : int
        Of the parts.
    learn, options
        How they learn; see :func:`~etiograph.learning.validate.validate`.
    given : mapping of str to state, optional
        How cases came into the table, as of an update: scores are of what else is known of a case.
    leave_out, on_error, missing, units, codes, keep
        What is said of the table; see :meth:`Network.posteriors`.
    on : str or Client, optional
        Where cases are learned from and scored, if not here; see
        :func:`~etiograph.learning.validate.validate`. Without ``folds`` a file is read block by block, and
        only scores are kept.
    progress : callable
        Told what is being done.

    Raises
    ------
    InvalidFinding, UnknownName
        Fewer than two networks, too few cases, a column that is no variable of one of them.
    """
    named = _named(networks)
    folds = parts_asked(folds)
    refused(0, seed, learn)
    for network in named.values():
        refuse_given(network, given)
    contract = Contract(missing, units or {}, codes or {}, leave_out, keep, on_error)
    asked = _Asked(tuple(named.values()), contract, dict(given or {}))
    with workers(on) as client:
        source = Source.of(table, asked.networks[0], contract, client, whole=folds is not None)
        if folds is None:
            parts = [part for _, part in in_order(client, _scored, asked, source.every())]
            scores = np.concatenate([part.scores for part in parts])
            faults = tuple(fault for part in parts for fault in part.faults)
            _require_cases(len(scores), FEWEST, faults)
            _require_found({name for part in parts for name in part.found})
            return _compared(named, scores, faults)
        block, cases, faults = asked.read(columns_of(source.table))
        n = block.count
        _require_cases(n, max(FEWEST, folds), faults)
        _require_found(cases[0].found)
        told = _Told(asked, block, fold_numbers(n, folds, seed), learn, options or {}, progress)
        each = [told.of(name, network, folds, client) for name, network in named.items()]
    scores = np.stack([own for own, _, _ in each], axis=1)
    numbers, bics = [free for _, free, _ in each], [bic for *_, bic in each]
    return _compared(named, scores, faults, numbers, bics, folds)


def _require_cases(n: int, least: int, faults: tuple[Fault, ...]) -> None:
    if n < least:
        raise noting(
            InvalidFinding(f"too few cases: {n}; at least {least} are needed to compare networks"),
            faults,
        )


def _require_found(found: Collection[str]) -> None:
    if not found:
        raise InvalidFinding("the table says nothing about any variable of these networks")


@dataclass(frozen=True, slots=True)
class _Asked:
    """Networks that are asked about cases, and what is said of these."""

    networks: tuple[Network, ...]
    contract: Contract
    given: Mapping[str, object]

    def read(self, block: Columns) -> tuple[Columns, tuple[Cases, ...], tuple[Fault, ...]]:
        """The rows that can be read for every network, as each has them, and what could not."""
        found: dict[tuple[int, str | None], Fault] = {}
        cases = tuple(read_cases(network, block, self.contract) for network in self.networks)
        for each in cases:
            for fault in each.faults:
                found.setdefault((fault.row, fault.column), fault)
        if not found:
            return block, cases, ()
        faults = tuple(sorted(found.values(), key=lambda fault: fault.row))
        left = block.without({fault.row - block.before - 1 for fault in faults})
        return left, self.read(left)[1], faults


@dataclass(frozen=True, slots=True)
class _Told:
    """Cases, all of which can be read, and how networks learn from them."""

    asked: _Asked
    block: Columns
    parts: IntArray
    learn: Learn | None
    options: Mapping[str, Any]
    progress: Progress

    def of(
        self, name: str, network: Network, folds: int, client: Client | None
    ) -> tuple[FloatArray, int, float]:
        """Log probability of every case (n,) by a network, the numbers it learns, its BIC."""
        every = np.arange(self.block.count)
        scores = np.full(len(every), np.nan)
        for k in range(folds):
            self.progress(Begun(f"{name}: part", k + 1, folds))
            own = np.flatnonzero(self.parts == k)
            others = self.block.some(np.flatnonzero(self.parts != k))
            scores[own] = self._scored(self._taught(network, others, client), own, client)
        self.progress(Begun(f"{name}: all cases"))
        whole = self._taught(network, self.block, client)
        free = sum(p.uncertain for p in whole.parameters.values())
        total = float(self._scored(whole, every, client).sum())
        return scores, free, -2.0 * total + free * float(np.log(len(every)))

    def _taught(self, network: Network, block: Columns, client: Client | None) -> Network:
        contract, given = self.asked.contract, self.asked.given
        return learned(network, block, contract, self.learn, self.options, given, client)

    def _scored(self, network: Network, rows: IntArray, client: Client | None) -> FloatArray:
        source = Source(self.block, lambda heading: True, BLOCK)
        asked = replace(self.asked, networks=(network,))
        found = in_order(client, _scored, asked, source.blocks(rows))
        return np.concatenate([part.scores[:, 0] for _, part in found])


@dataclass(frozen=True, slots=True, eq=False)
class _Scored:
    """A block by all networks: log probability of every case (B, networks), what could not be read, and the
    variables of which some row says something."""

    scores: FloatArray
    faults: tuple[Fault, ...]
    found: tuple[str, ...]


def _scored(asked: _Asked, block: Columns) -> _Scored:
    _, cases, faults = asked.read(block)
    own = [log_scores(each, asked.given) for each in cases]
    return _Scored(np.stack(own, axis=1), faults, cases[0].found)


def _named(networks: Any) -> dict[str, Network]:
    """The networks by name: their own, numbered where two have the same."""
    if isinstance(networks, Mapping):
        found = {str(name): network for name, network in networks.items()}
    else:
        if isinstance(networks, str | bytes | Network) or not isinstance(networks, Sequence):
            raise TypeError("networks must be a list of networks, or a mapping of names to them")
        found = {}
        for i, network in enumerate(networks, 1):
            name = str(getattr(network, "about", {}).get("name", "")) or f"network {i}"
            found[name if name not in found else f"{name} ({i})"] = network
    for name, network in found.items():
        if not isinstance(network, Network):
            raise TypeError(f"{name}: not a Network but {type(network).__name__}")
    if len(found) < 2:
        raise InvalidFinding(f"at least two different networks are compared, not {len(found)}")
    return found


def log_scores(cases: Cases, given: Mapping[str, object] | None = None) -> FloatArray:
    """Log probability of every case (B,), given what is known of all; of a measured value the log density in
    its canonical unit."""
    network = cases.network
    if not cases.n_rows:
        return np.zeros(0)
    rows, cohort = cases.likelihoods(), Cohort.of(cases, None, given)
    found = evidence(network.model, cohort.rows)
    for one in cohort.measured:
        # The engine's row holds densities up to a factor: put it back.
        top = rows[one.rows, one.slots].max(axis=1)
        found[one.rows] += one.at_stated.max(axis=1)[one.which] - np.log(top)
    if cohort.given is not None:
        found -= evidence(network.model, cohort.given)[0]
    return np.asarray(found[cases.where], dtype=np.float64)


def _compared(
    networks: Mapping[str, Network],
    scores: FloatArray,
    faults: tuple[Fault, ...],
    numbers: Sequence[int] | None = None,
    bics: Sequence[float] | None = None,
    folds: int = 0,
) -> Comparison:
    names = tuple(networks)
    numbers, bics = numbers or [0] * len(names), bics or [float("nan")] * len(names)
    n = len(scores)
    if np.isneginf(scores).all():
        raise ImpossibleFindings(
            f"none of the {n} cases can be by any of these networks: their zeros contradict the table",
            (),
        )
    mean = scores.mean(axis=0)
    order = np.argsort(-mean, kind="stable")
    best = scores[:, order[0]]
    entries = []
    for j in order.tolist():
        possible = np.isfinite(scores[:, j]) & np.isfinite(best)
        apart = scores[possible, j] - best[possible]
        error = float(apart.std(ddof=1) / np.sqrt(n)) if len(apart) > 1 else float("nan")
        lost = int((~np.isfinite(scores[:, j])).sum())
        difference = float(apart.mean()) if possible.all() else -np.inf
        if j == order[0]:
            difference, error = 0.0, 0.0
        z = difference / error if error > 0.0 else 0.0 if difference == 0.0 else -np.inf
        entries.append(
            Entry(names[j], float(mean[j]), difference, error, z, lost, numbers[j], bics[j])
        )
    return Comparison(tuple(entries), scores[:, order], n, folds, faults, what_they_saw(networks))
