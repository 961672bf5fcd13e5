"""The sums of an objective over cases that lie with the workers of a cluster."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from etiograph.learning.objective import Impossible, Objective
from etiograph.learning.scale import FloatArray

if TYPE_CHECKING:
    from distributed import Client


@dataclass(frozen=True, eq=False, slots=True)
class SpreadObjective(Objective):
    """An objective whose rows lie with workers.

    Attributes
    ----------
    client : distributed.Client
    parts : tuple of futures
        Objectives of some of the rows each. Their sums are added up in this order.
    count : int
        Number of different rows, as far as it is counted.
    sources : tuple
        What they are made of: they are made again where a worker dies.
    """

    client: Client
    parts: tuple[Any, ...]
    count: int
    sources: tuple[Any, ...]

    @property
    def n_rows(self) -> int:
        """Number of different rows, as far as it is counted."""
        return self.count

    def log_likelihood(self, eta: FloatArray) -> float:
        """The sum of that of all parts."""
        return float(sum(self._asked(_log_likelihood, eta)))

    def summed(self, eta: FloatArray) -> tuple[float, FloatArray, Impossible]:
        """The sums of those of all parts."""
        total, slope, impossible = 0.0, np.zeros(len(self.scale)), Impossible()
        for value, own, lost in self._asked(_summed, eta):
            total, impossible = total + value, impossible + lost
            slope += own
        return total, slope, impossible

    def scatter(self, eta: FloatArray) -> FloatArray:
        """The sums of those of all parts."""
        out = np.zeros((2, len(self.scale), len(self.scale)))
        for own in self._asked(_scatter, eta):
            out += own
        return out

    def _asked(self, work: Any, eta: FloatArray) -> Iterator[Any]:
        asked = deque(self.client.submit(work, part, eta, pure=False) for part in self.parts)
        while asked:  # each answer is let go as soon as it is added
            yield asked.popleft().result()


def _log_likelihood(part: Objective, eta: FloatArray) -> float:
    return part.log_likelihood(eta)


def _summed(part: Objective, eta: FloatArray) -> tuple[float, FloatArray, Impossible]:
    return part.summed(eta)


def _scatter(part: Objective, eta: FloatArray) -> FloatArray:
    return part.scatter(eta)
