"""The sums of an objective over the workers of a cluster: each has some of the rows, once and for all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from etiograph.learning.objective import Cohort, Objective
from etiograph.learning.scale import FloatArray, Scale

if TYPE_CHECKING:
    from distributed import Client

ROWS = 512
"""Different rows a part: the same parts, and so the same sums, on any number of workers."""


@dataclass(frozen=True, eq=False, slots=True)
class Spread(Objective):
    """An objective whose rows lie with workers.

    Attributes
    ----------
    client : distributed.Client
    parts : tuple of futures
        Objectives of some of the rows each. Their sums are added up in this order.
    """

    client: Client
    parts: tuple[Any, ...]

    @classmethod
    def over(cls, client: Client, cohort: Cohort, scale: Scale) -> Spread:
        """The objective of a cohort, its rows in parts on the workers."""
        edges = range(0, len(cohort), ROWS)
        cohorts = [cohort.some(slice(first, first + ROWS)) for first in edges]
        parts = [client.submit(Objective.of, each, scale, pure=False) for each in cohorts]
        whole = Objective.of(cohort, scale)
        return cls(cohort, scale, whole.places, client, tuple(parts))

    def log_likelihood(self, eta: FloatArray) -> float:
        """The sum of that of all parts."""
        return float(sum(self._asked(_log_likelihood, eta)))

    def gradient(self, eta: FloatArray) -> tuple[float, FloatArray]:
        """The sums of those of all parts."""
        found = self._asked(_gradient, eta)
        return float(sum(value for value, _ in found)), sum((g for _, g in found[1:]), found[0][1])

    def information(self, eta: FloatArray) -> FloatArray:
        """The sum of that of all parts."""
        found: list[FloatArray] = self._asked(_information, eta)
        return sum(found[1:], found[0])

    def _asked(self, work: Any, eta: FloatArray) -> list[Any]:
        asked = [self.client.submit(work, part, eta, pure=False) for part in self.parts]
        return [each.result() for each in asked]


def _log_likelihood(part: Objective, eta: FloatArray) -> float:
    return part.log_likelihood(eta)


def _gradient(part: Objective, eta: FloatArray) -> tuple[float, FloatArray]:
    return part.gradient(eta)


def _information(part: Objective, eta: FloatArray) -> FloatArray:
    return part.information(eta)
