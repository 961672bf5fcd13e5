"""The possible results of a test, as the points where an expectation over them is taken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from etiograph.network.truncated import TruncatedLevels
from etiograph.network.value import value_type
from etiograph.store import STORE
from etiograph.uncertainty.rows import FloatArray, IntArray

if TYPE_CHECKING:
    from etiograph.network.network import Network
    from etiograph.network.reading import Reading

NODES = 24
"""Gauss-Hermite points for each level of a reading."""


@value_type
@dataclass(frozen=True, slots=True)
class Outcome:
    """Results of a test, given the level that decides their distribution.

    For a finding, levels are its states and each state is its own result. For a reading, levels are
    those of the hidden ``name~level`` and results are quadrature points of the measured value: given
    the level, the value says nothing more about anything else, so a row a level is enough.

    Attributes
    ----------
    slots : ndarray of int (L,)
        Where the levels stand among the S states; ``starts`` to ``stops`` is the variable's span.
    weight : ndarray (Q, L)
        Quadrature: the mean of g over level l is ``sum_q weight[q, l] g(q)``.
    density : ndarray (Q, L)
        Density of result q at level l, any common scale a row.
    """

    slots: IntArray
    weight: FloatArray
    density: FloatArray

    def rows(self, base: FloatArray) -> FloatArray:
        """One row a level for every base row, (B * L, S), levels fastest."""
        levels = len(self.slots)
        keep = np.eye(levels)
        out = base.repeat(levels, axis=0)
        out[:, self.slots] *= np.tile(keep, (len(base), 1))
        return out

    def nodes(self, p: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Probability of every result (Q,), and of every level given the result (Q, L)."""
        p_node = self.weight @ p
        mix = self.density * p
        total = mix.sum(axis=1, keepdims=True)
        seen = (total[:, 0] > 0) & (p_node > 0)
        return p_node[seen] / p_node[seen].sum(), mix[seen] / total[seen]

    def joined(self, other: Outcome) -> Outcome:
        """Results of both tests; levels in row-major order, this one's slowest."""
        return Outcome(
            np.concatenate([self.slots, other.slots]),
            np.kron(self.weight, other.weight).astype(np.float64),
            np.kron(self.density, other.density).astype(np.float64),
        )


def states_outcome(start: int, card: int) -> Outcome:
    """The results of a finding: its states."""
    return Outcome(np.arange(start, start + card, dtype=np.int64), np.eye(card), np.eye(card))


def reading_outcome(start: int, means: FloatArray, sds: FloatArray, nodes: int = NODES) -> Outcome:
    """The results of a reading that is normal (or normal in the logarithm) at every level.

    Parameters
    ----------
    start : int
        Slot of the first level.
    means, sds : ndarray (L,)
    """
    levels = len(means)
    x, w = np.polynomial.hermite_e.hermegauss(nodes)
    y = (means[:, None] + sds[:, None] * x).ravel()
    weight = np.kron(np.eye(levels), (w / w.sum())[:, None])
    z = (y[:, None] - means) / sds
    log_density = -0.5 * z**2 - np.log(sds)
    density = np.exp(log_density - log_density.max(axis=1, keepdims=True))
    return Outcome(np.arange(start, start + levels, dtype=np.int64), weight, density)


def _defined_outcome(start: int, levels: TruncatedLevels) -> Outcome:
    """The results of a reading of a level that defines its state."""
    readings, weights = levels.grid()
    logs = levels.log_densities(readings)[:, :, 0]
    weight = weights[:, None] * np.exp(logs)
    density = np.exp(logs - logs.max(axis=1, keepdims=True))
    slots = np.arange(start, start + logs.shape[1], dtype=np.int64)
    return Outcome(slots, weight / weight.sum(axis=0), density)


def outcome(network: Network, name: str) -> Outcome:
    """The results of the test of this name."""
    from etiograph.network.reading import Reading

    model = network.model
    i = model.index[name]
    mechanism = network.mechanisms[name]
    if not isinstance(mechanism, Reading):
        return states_outcome(model.offsets[i], model.cards[i])
    # The same whatever is found.
    key = ("outcome", network.digest(), name)
    return STORE.get(key, lambda: _of_reading(network, i, mechanism))


def _of_reading(network: Network, i: int, mechanism: Reading) -> Outcome:
    from etiograph.network.parameter import value_of

    model = network.model
    values = np.array([value_of(number) for number in mechanism.inputs])[:, None]
    levels = mechanism.levels(values)
    start = model.offsets[model.level_of(i)]
    if isinstance(levels, TruncatedLevels):
        return _defined_outcome(start, levels)
    return reading_outcome(start, levels.mean[:, 0], np.full(len(levels.mean), levels.sd[0]))
