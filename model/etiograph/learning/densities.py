"""How the density of measured values changes with the numbers of their reading."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from etiograph.learning.cohort import FloatArray, IntArray, Measured

STEP = 1e-6
"""Relative step of the differences taken of means, sds and errors, which are smooth in the numbers."""
LEAST = 1e-3
"""Smallest number that a step is relative to."""


@dataclass(frozen=True, eq=False, slots=True)
class DensitySlopes:
    """Slopes of the log densities of the different values of a reading.

    Attributes
    ----------
    columns : ndarray of int (c,)
        The parameters that may move.
    own : tuple of ndarray (V, levels)
        Slopes in the mean of a level, its sd and, where it has one, the error of a reading.
    inner : tuple of ndarray (levels, c)
        How mean, sd and error of each level change with the parameters.
    """

    columns: IntArray
    own: tuple[FloatArray, ...]
    inner: tuple[FloatArray, ...]

    @classmethod
    def of(cls, one: Measured, parameters: FloatArray, free: IntArray) -> DensitySlopes:
        """At parameters (P,), in those of them that are ``free``."""
        may = set(free.tolist())
        moved = [c for c in dict.fromkeys(one.inputs[one.inputs >= 0].tolist()) if c in may]
        columns, each = np.array(moved, dtype=np.int64), np.arange(len(moved))
        steps = STEP * np.maximum(LEAST, np.abs(parameters[columns]))
        both = np.tile(parameters, (2, len(columns), 1))
        both[0, each, columns] += steps
        both[1, each, columns] -= steps
        width = both[0, each, columns] - both[1, each, columns]
        sides = one.levels(both.reshape(-1, len(parameters)))
        inner = []
        for name in _NAMES[: 2 + hasattr(sides, "error")]:
            shape = (sides.mean.shape[0], 2, len(columns))
            up, down = (
                np.broadcast_to(getattr(sides, name), sides.mean.shape)
                .reshape(shape)
                .swapaxes(0, 1)
            )
            inner.append((up - down) / width)
        here = one.levels(parameters[None])
        return cls(columns, here.log_density_slopes(one.scaled), tuple(inner))

    def summed(self, weights: FloatArray) -> FloatArray:
        """Sum (c,) over values and levels, weighted (V, levels)."""
        parts: Any = (
            (weights * own).sum(axis=0) @ inner
            for own, inner in zip(self.own, self.inner, strict=True)
        )
        return np.asarray(sum(parts), dtype=np.float64)

    def of_rows(self, which: IntArray, weights: FloatArray) -> FloatArray:
        """Sums (M, c) over the levels of rows whose values are ``which``, weighted (M, levels)."""
        parts: Any = (
            (weights * own[which]) @ inner for own, inner in zip(self.own, self.inner, strict=True)
        )
        return np.asarray(sum(parts), dtype=np.float64)


_NAMES = ("mean", "sd", "error")
