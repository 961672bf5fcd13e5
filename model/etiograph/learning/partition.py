"""Cases in parts, each of which lies with a worker of a cluster, and the sums over all of them.

A table is read block by block and each block sent as soon as it is read: only a few are here at a time.
Blocks are put together where many of their rows are equal. What the parts are depends on the table
alone, and so do the sums, on any number of workers.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from etiograph.cluster import to_workers
from etiograph.engine.propagate import evidence
from etiograph.errors import ImpossibleFindings, InvalidNetwork
from etiograph.findings.cases import Fault, noting, rows_of
from etiograph.findings.columns import Columns, columns_of
from etiograph.findings.contract import Contract
from etiograph.findings.files import BLOCK, blocks_of
from etiograph.findings.table import read_cases
from etiograph.learning.cohort import Cohort
from etiograph.learning.expectation import Expectation
from etiograph.learning.glance import Glance, doubts
from etiograph.learning.met import Trace
from etiograph.learning.note import Note
from etiograph.learning.objective import MOST_TOLD, Objective
from etiograph.learning.scale import Scale
from etiograph.learning.spread import SpreadObjective
from etiograph.learning.tables import Tables
from etiograph.learning.weights import ColumnOfWeights, Weights, checked_weights, with_weights
from etiograph.network.likelihoods import likelihood_row
from etiograph.query.posterior import refuse

if TYPE_CHECKING:
    from distributed import Client

    from etiograph.network.network import Network

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

ROWS = 4096
"""Different rows from which a part is not added to."""
WEIGHED = 512
"""Different rows of an objective that one worker sums at a time."""
NOWHERE = np.zeros(0, dtype=np.int64)
NAMED = 5
"""Rows that are named in one sentence."""
LANES = 8
"""Parts that are added to at a time, and so blocks that are under way."""


def cases_of(
    client: Client | None,
    network: Network,
    table: Any,
    contract: Contract,
    weights: Weights = None,
    given: Mapping[str, object] | None = None,
) -> Gathered | Partition:
    """Read a table to learn from it: here, or into parts that lie with workers.

    Parameters
    ----------
    client : distributed.Client or None
    network, table, contract
        As of :func:`read_cases`; so are the errors.
    weights : ndarray (B,), str or None
        How often each row counts; a text names the column that says it.
    given : mapping of str to finding, optional
        As of :meth:`Cohort.of`.
    """
    asked = _Asked(network, with_weights(contract, weights), _column(weights), given)
    if client is None:
        block = columns_of(table, lambda heading: asked.contract.known(network, heading))
        if asked.column is None:
            weights = checked_weights(weights, block.count)
        part = asked.read(block, None if isinstance(weights, str) else weights)
        return Gathered(part.cohort, part.found, part.faults, part.trace, block, part.where)
    return Partition.of(client, asked, table, None if isinstance(weights, str) else weights)


def refuse_silence(seen: Gathered | Partition) -> None:
    """Refuse cases from which nothing can be learned.

    Raises
    ------
    InvalidNetwork
        There is no row that can be read, none that counts, or none that says anything.
    """
    if seen.found and seen.n:
        return
    if seen.found:
        said = "no row counts: all weights are 0"
    elif not seen.length:
        said = "the table has no rows"
    elif rows_of(seen.faults) == seen.length:
        said = "no row of the table could be read"
    else:
        said = "the table says nothing about any variable of this network"
    raise noting(InvalidNetwork(said), seen.faults)


def _column(weights: Weights) -> ColumnOfWeights | None:
    return ColumnOfWeights(weights) if isinstance(weights, str) else None


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """Cases, the variables of which some of them say something, and what could not be read."""

    cohort: Cohort
    found: tuple[str, ...]
    faults: tuple[Fault, ...]
    trace: Trace
    where: IntArray  # of one block: which row of the cohort each of its rows is, -1 for none


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """How blocks of a table are read."""

    network: Network
    contract: Contract
    column: ColumnOfWeights | None
    given: Mapping[str, object] | None

    def read(self, block: Columns, weights: FloatArray | None) -> _Part:
        """The cases of a block, or of a whole table."""
        cases = read_cases(self.network, block, self.contract)
        if self.column is not None:
            cases, weights = self.column.read(block, cases, self.contract)
        cohort, trace = Cohort.of(cases, weights, self.given), Trace.of(cases, weights)
        where = cases.where
        if weights is not None:  # rows without weight are not in the cohort
            read = where >= 0
            used = np.bincount(where[read], weights[read], cases.n_rows) > 0.0
            place = np.append(np.where(used, np.cumsum(used) - 1, -1), -1)
            where = place[where]
        return _Part(cohort, cases.found, cases.faults, trace, where)


@dataclass(frozen=True, eq=False, slots=True)
class Gathered:
    """Cases in this process.

    Attributes
    ----------
    cohort : Cohort
    found : tuple of str
        The variables of which some row says something.
    faults : tuple of Fault
        What could not be read.
    trace : Trace
        By which these rows are known again.
    block : Columns
        The table.
    where : ndarray of int (B,)
        Which row of the cohort each row of the table is, -1 for none.
    """

    cohort: Cohort
    found: tuple[str, ...]
    faults: tuple[Fault, ...]
    trace: Trace
    block: Columns
    where: IntArray

    @property
    def length(self) -> int:
        """Rows of the table."""
        return self.block.count

    @contextmanager
    def naming_rows(self) -> Iterator[None]:
        """Where cases cannot be, name the first of them, and findings of one that contradict each other."""
        try:
            yield
        except ImpossibleFindings as error:
            lost = ~np.isfinite(evidence(self.cohort.network.model, self.cohort.rows))
            rows = np.flatnonzero(np.append(lost, False)[self.where])
            if rows.size:
                named = [self.block.place(int(row)) for row in rows[:NAMED]]
                more = f" and {len(rows) - NAMED} more" if len(rows) > NAMED else ""
                said = self._contradiction(int(self.where[rows[0]]))
                error.add_note(f"{', '.join(named)}{more}{said}")
            raise

    def _contradiction(self, row: int) -> str:
        """Findings of a row that cannot all be, in words; empty where these are not states alone."""
        network, known = self.cohort.network, {}
        for name, states in network.variables.items():
            own = self.cohort.rows[row, network.model.slots_of(network.model.index[name])]
            if not own.any():
                return f"; of the first, {name!r} is not as given"
            if np.count_nonzero(own) == 1:
                known[name] = states.states[int(own.argmax())]
        row_of_states = likelihood_row(network, known)[None]
        if np.isfinite(evidence(network.model, row_of_states)[0]):
            return ""  # what contradicts is no state
        try:
            refuse(network, known)
        except ImpossibleFindings as error:
            return f"; of the first, {error}"
        return ""

    @property
    def n(self) -> float:
        """Sum of the weights."""
        return self.cohort.n

    @property
    def mark(self) -> str:
        """By which these rows are known again."""
        return self.trace.mark(len(self.cohort))

    def doubts(self) -> tuple[Note, ...]:
        """What is to be said of them before they are learned from."""
        return doubts(self.cohort.network, Glance.of(self.cohort), self.cohort.given)

    def expectation(self, tables: Tables) -> Expectation:
        """The sums over these cases for some tables."""
        return Expectation(self.cohort, tables)

    def objective(self, scale: Scale) -> Objective:
        """The sums over these cases for numbers on their scale."""
        return Objective.of(self.cohort, scale)


@dataclass(frozen=True, eq=False, slots=True)
class Partition:
    """A table of cases that lies with workers.

    Attributes
    ----------
    client : distributed.Client
    network : Network
    parts : tuple of futures
        Some of the cases each.
    sizes : tuple of int
        Number of different rows of each.
    found : tuple of str
        The variables of which some row says something.
    n : float
        Sum of the weights.
    n_rows : int
        Number of different rows, counted up to ``MOST_TOLD``.
    faults : tuple of Fault
        What could not be read.
    trace : Trace
        By which these rows are known again.
    length : int
        Rows of the table.
    shared : future
        What the parts were read with: they are read again where a worker dies.
    """

    client: Client
    network: Network
    parts: tuple[Any, ...]
    sizes: tuple[int, ...]
    found: tuple[str, ...]
    n: float
    n_rows: int
    faults: tuple[Fault, ...]
    trace: Trace
    length: int
    shared: Any

    @classmethod
    def of(cls, client: Client, asked: _Asked, table: Any, weights: FloatArray | None) -> Partition:
        """Read a table and leave its rows with the workers."""
        reader = _Reader(client, to_workers(client, asked))
        count = 0
        known = asked.contract.known
        for block in blocks_of(table, lambda heading: known(asked.network, heading), BLOCK):
            own = None if weights is None else np.asarray(weights)[count : count + block.count]
            count += block.count
            if own is None or len(own) == block.count:
                reader.put(block, own)
        if weights is not None:
            checked_weights(weights, count)
        return reader.read(asked.network, count)

    @property
    def mark(self) -> str:
        """By which these rows are known again."""
        return self.trace.mark(self.n_rows)

    def naming_rows(self) -> AbstractContextManager[None]:
        """The rows are elsewhere, and are counted alone."""
        return nullcontext()

    def doubts(self) -> tuple[Note, ...]:
        """What is to be said of them before they are learned from."""
        seen = [self.client.submit(_seen, part, pure=False) for part in self.parts]
        if not seen:
            return ()
        whole, given = seen[0].result()
        for each in seen[1:]:
            whole = whole + each.result()[0]
        return doubts(self.network, whole, given)

    def expectation(self, tables: Tables) -> SpreadExpectation:
        """The sums over these cases for some tables."""
        told = to_workers(self.client, tables)
        parts = tuple(self.client.submit(_counting, p, told, pure=False) for p in self.parts)
        return SpreadExpectation(self._whole(), tables, self.client, parts, (self, told))

    def objective(self, scale: Scale) -> SpreadObjective:
        """The sums over these cases for numbers on their scale."""
        told = to_workers(self.client, scale)
        parts = tuple(
            self.client.submit(_weighing, part, slice(first, first + WEIGHED), told, pure=False)
            for part, size in zip(self.parts, self.sizes, strict=True)
            for first in range(0, size, WEIGHED)
        )
        whole = Objective.of(self._whole(), scale)
        return SpreadObjective(
            whole.cohort, scale, whole.places, self.client, parts, self.n_rows, (self, told)
        )

    def _whole(self) -> Cohort:
        """All of them without their rows."""
        rows = np.zeros((0, self.network.model.n_states))
        return Cohort(self.network, rows, np.zeros(0), None, (), self.n)


@dataclass(frozen=True, eq=False, slots=True)
class SpreadExpectation(Expectation):
    """The sums over cases that lie with workers.

    Attributes
    ----------
    client : distributed.Client
    parts : tuple of futures
        An :class:`Expectation` each. Their sums are added up in this order.
    sources : tuple
        What they are made of: they are made again where a worker dies.
    """

    client: Client
    parts: tuple[Any, ...]
    sources: tuple[Any, ...]

    def counted(self) -> FloatArray | None:
        """Counts (C,) where every case is known whole; None where something is not."""
        out = np.zeros(len(self.tables))
        for counts in self._asked(_counted):
            if counts is None:
                return None
            out += counts
        return out

    def summed(self, p: FloatArray) -> tuple[float, FloatArray, float]:
        """Log likelihood, expected counts (C,), weight of the cases that cannot be."""
        total, counts, impossible = 0.0, np.zeros(len(self.tables)), 0.0
        for value, own, lost in self._asked(_summed, p):
            total, impossible = total + value, impossible + lost
            counts += own
        return total, counts, impossible

    def whole(self) -> BoolArray:
        """Whether every case knows a table's variable and all its parents, (tables,)."""
        return np.asarray(np.all(list(self._asked(_whole)), axis=0), dtype=np.bool_)

    def information(
        self, p: FloatArray, groups: Sequence[IntArray]
    ) -> tuple[FloatArray, list[FloatArray]]:
        """What the cases say of the tables at cells p: weight and curvature."""
        seen = np.zeros(int(self.tables.rows.max()) + 1)
        curvature = [np.zeros((len(group), len(group))) for group in groups]
        for there, own in self._asked(_information, p, tuple(groups)):
            seen += there
            for whole, matrix in zip(curvature, own, strict=True):
                whole += matrix
        return seen, curvature

    def _asked(self, work: Any, *arguments: Any) -> Iterator[Any]:
        asked = deque(self.client.submit(work, part, *arguments, pure=False) for part in self.parts)
        while asked:  # each answer is let go as soon as it is added
            yield asked.popleft().result()


class _Reader:
    """Sends blocks away, and puts together those with few different rows."""

    def __init__(self, client: Client, shared: Any) -> None:
        self.client, self.shared = client, shared
        self.open: list[tuple[Any, Any] | None] = [None] * LANES
        self.closed: list[Any] = []
        self.facts: list[_Facts] = []
        self.count = 0

    def put(self, block: Columns, weights: FloatArray | None) -> None:
        """One more block: added to an open part, or the first of a new one."""
        lane, self.count = self.count % LANES, self.count + 1
        part = self._settled(lane)
        part = self.client.submit(_added, self.shared, part, block, weights, pure=False)
        self.open[lane] = part, self.client.submit(_facts, part, pure=False)

    def _settled(self, lane: int, last: bool = False) -> Any:
        """The open part of a lane, None where it is large enough; waits until that is known."""
        told = self.open[lane]
        if told is None:
            return None
        part, asked = told
        facts = asked.result()
        if facts.rows < ROWS and not last:
            return part
        self.closed.append(part)
        self.facts.append(facts)
        self.open[lane] = None
        return None

    def read(self, network: Network, length: int) -> Partition:
        """All of them, when all are there."""
        for k in range(LANES):
            self._settled((self.count + k) % LANES, last=True)
        spoken = {name for each in self.facts for name in each.found}
        rows = max(
            max((each.rows for each in self.facts), default=0),
            len(frozenset().union(*(each.marks for each in self.facts))),
        )
        faults = sorted((f for each in self.facts for f in each.faults), key=lambda f: f.row)
        return Partition(
            self.client, network, tuple(self.closed), tuple(each.rows for each in self.facts),
            tuple(name for name in network.variables if name in spoken),
            sum(each.n for each in self.facts), rows, tuple(faults),
            sum((each.trace for each in self.facts), Trace()), length, self.shared,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Facts:
    """What is known here of a part."""

    rows: int
    found: tuple[str, ...]
    n: float
    faults: tuple[Fault, ...]
    trace: Trace
    marks: frozenset[bytes]


def _facts(part: _Part) -> _Facts:
    cohort = part.cohort
    return _Facts(
        len(cohort), part.found, cohort.n, part.faults, part.trace, cohort.marks(MOST_TOLD)
    )


def _added(asked: _Asked, part: _Part | None, block: Columns, weights: FloatArray | None) -> _Part:
    """A block of a table, with what lies there before."""
    own = asked.read(block, weights)
    if part is None:
        return own
    found = tuple(dict.fromkeys((*part.found, *own.found)))
    cohort, trace = part.cohort.joined(own.cohort), part.trace + own.trace
    return _Part(cohort, found, (*part.faults, *own.faults), trace, NOWHERE)


def _seen(part: _Part) -> tuple[Glance, FloatArray | None]:
    return Glance.of(part.cohort), part.cohort.given


def _counting(part: _Part, tables: Tables) -> Expectation:
    return Expectation(part.cohort, tables)


def _weighing(part: _Part, members: slice, scale: Scale) -> Objective:
    return Objective.of(part.cohort.some(members), scale)


def _counted(part: Expectation) -> FloatArray | None:
    return part.counted()


def _summed(part: Expectation, p: FloatArray) -> tuple[float, FloatArray, float]:
    return part.summed(p)


def _whole(part: Expectation) -> BoolArray:
    return part.whole()


def _information(
    part: Expectation, p: FloatArray, groups: tuple[IntArray, ...]
) -> tuple[FloatArray, list[FloatArray]]:
    return part.information(p, groups)
