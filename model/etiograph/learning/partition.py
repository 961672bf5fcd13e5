"""Cases in parts, each of which lies with a worker of a cluster, and the sums over all of them.

A table is read block by block and each block sent as soon as it is read: only a few are here at a time.
Blocks are put together where many of their rows are equal. What the parts are depends on the table
alone, and so do the sums, on any number of workers.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from etiograph.cluster import to_workers
from etiograph.engine.propagate import distinct_rows
from etiograph.findings.columns import Columns
from etiograph.findings.contract import Contract
from etiograph.findings.files import BLOCK, blocks_of
from etiograph.findings.table import read_cases
from etiograph.learning.expectation import Expectation
from etiograph.learning.objective import Cohort, checked_weights
from etiograph.learning.tables import Tables

if TYPE_CHECKING:
    from distributed import Client

    from etiograph.network.network import Network

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

ROWS = 4096
"""Different rows from which a part is not added to."""
LANES = 8
"""Parts that are added to at a time, and so blocks that are under way."""


@dataclass(frozen=True, eq=False, slots=True)
class Partition:
    """A table of cases that lies with workers.

    Attributes
    ----------
    client : distributed.Client
    cohorts : tuple of futures
        Of a :class:`Cohort` each, their measured values left out.
    found : tuple of str
        The variables of which some row says something.
    n : float
        Sum of the weights.
    passed_over : int
        Rows that could not be read.
    shared : future
        What the parts were read with: they are read again where a worker dies.
    """

    client: Client
    cohorts: tuple[Any, ...]
    found: tuple[str, ...]
    n: float
    passed_over: int
    shared: Any

    @classmethod
    def of(
        cls,
        client: Client,
        network: Network,
        table: Any,
        contract: Contract,
        weights: FloatArray | None = None,
    ) -> Partition:
        """Read a table and leave its rows with the workers; errors as of :func:`read_cases`."""
        reader = _Reader(client, to_workers(client, (network, contract)))
        count = 0
        for block in blocks_of(table, lambda h: contract.known(network, h), BLOCK):
            own = None if weights is None else np.asarray(weights)[count : count + block.count]
            count += block.count
            if own is None or len(own) == block.count:
                reader.put(block, own)
        if weights is not None:
            checked_weights(weights, count)
        return reader.read(network)

    def expectation(self, tables: Tables) -> SpreadExpectation:
        """The sums over these cases for some tables."""
        told = to_workers(self.client, tables)
        parts = tuple(self.client.submit(_counting, c, told, pure=False) for c in self.cohorts)
        network, none = tables.network, np.zeros(0)
        rows = np.zeros((0, network.model.n_states))
        whole = Cohort(network, rows, none, None, (), self.n)
        return SpreadExpectation(whole, tables, self.client, parts, (self, told))


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
        self.found: set[str] = set()
        self.n, self.passed_over = 0.0, 0
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
        part, facts = told
        rows, found, n, passed_over = facts.result()
        if rows < ROWS and not last:
            return part
        self.closed.append(part)
        self.found.update(found)
        self.n += n
        self.passed_over += passed_over
        self.open[lane] = None
        return None

    def read(self, network: Network) -> Partition:
        """All of them, when all are there."""
        for k in range(LANES):
            self._settled((self.count + k) % LANES, last=True)
        found = tuple(name for name in network.variables if name in self.found)
        return Partition(
            self.client, tuple(self.closed), found, self.n, self.passed_over, self.shared
        )


Part = tuple[Cohort, tuple[str, ...], int]
"""Cases, the variables of which some of them say something, and rows that could not be read."""


def _added(
    shared: tuple[Network, Contract], part: Part | None, block: Columns, weights: FloatArray | None
) -> Part:
    """A block of a table, with what lies there before."""
    network, contract = shared
    cases = read_cases(network, block, contract)
    seen, found = Cohort.of(cases, weights), cases.found
    passed_over = int((cases.where < 0).sum())
    rows, each, n = seen.rows, seen.weights, seen.n
    if part is not None:
        before, found, passed_over = part[0], (*part[1], *found), part[2] + passed_over
        both = np.concatenate([before.rows, rows])
        first, where = distinct_rows(both)
        rows, n = both[first], before.n + n
        weights = np.concatenate([before.weights, each])
        each = np.bincount(where, weights, len(first)).astype(np.float64)
    return Cohort(network, rows, each, None, (), n), tuple(dict.fromkeys(found)), passed_over


def _facts(part: Part) -> tuple[int, tuple[str, ...], float, int]:
    return len(part[0]), part[1], part[0].n, part[2]


def _counting(part: Part, tables: Tables) -> Expectation:
    return Expectation(part[0], tables)


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
