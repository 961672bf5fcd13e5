"""A level that is normal within limits, and a reading of it that is off by a normal error.

Where a level defines its state ("low" is below 3.5), the people in a state have levels on one side
of a limit, however the reading falls. ``L`` is normal with mean ``m`` and sd ``s`` within ``a`` to
``b``, ``R = L + E`` with ``E`` normal of sd ``e``. The density of one reading, or of several, is
closed; the share of readings below a cut-point is a sum over Gauss-Legendre nodes where the error
matters (within 8 ``e`` of the cut-point) and closed elsewhere.

States whose limits follow one another have levels that do, and a normal error keeps the order: the
likelihood ratio of two states is monotone in the reading (Karlin 1968, total positivity of order 2).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import pi, sqrt

import numpy as np
from numpy.typing import NDArray

from etiograph.network.normal import FloatArray, normal_cdf

NODES = 48
"""Gauss-Legendre nodes over at most 16 sd of the error or 18 of the level: exact to 1e-13."""
PANEL = 10
"""Nodes of a panel of readings: a density is integrated to 1e-9."""
REACH = 8.0
"""Sds of the error beyond which a reading is on the side of a cut-point that its level is on."""
TAIL = 81.0
"""Mean lengths of an exponential tail beyond which there is nothing; of a normal one 9 sds out, 9 sds."""
SMALLEST = 1e-300
"""Stands in for what underflows: as good as impossible, but not so."""
FAR = 30.0
"""Where the tail of the normal distribution is taken from its asymptotic series."""


@lru_cache(maxsize=4)
def _rule(count: int) -> tuple[FloatArray, FloatArray]:
    """Nodes and weights of Gauss and Legendre; to find them takes longer than to use them."""
    return np.polynomial.legendre.leggauss(count)


def log_mass(low: FloatArray, high: FloatArray) -> FloatArray:
    """Log of the standard normal probability between ``low`` and ``high``, taken in the nearer tail."""
    low, high = np.broadcast_arrays(low, high)
    flip = low < -high
    near, far = np.where(flip, -high, low), np.where(flip, -low, high)
    first, second = _log_upper(near), _log_upper(far)
    result: FloatArray = first + np.log1p(-np.exp(np.minimum(second - first, -1e-300)))
    return result


def _log_upper(x: FloatArray) -> FloatArray:
    """Log of the standard normal probability above ``x``; minus infinity at infinity."""
    inside = np.minimum(x, FAR)
    out = np.log(normal_cdf(-inside))
    far = np.isfinite(x) & (x > FAR)
    y = np.where(far, x, FAR)
    v = 1.0 / y**2
    series = -v * (1.0 - v * (3.0 - v * (15.0 - v * (105.0 - v * 945.0))))
    tail = -0.5 * y**2 - np.log(y * sqrt(2.0 * pi)) + np.log1p(series)
    result: FloatArray = np.where(np.isposinf(x), -np.inf, np.where(far, tail, out))
    return result


def _inside_slopes(
    mean: FloatArray, sd: float, low: FloatArray, high: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Slopes, in mean and sd, of the log probability between two limits."""
    ends = [(limit - mean) / sd for limit in (low, high)]
    log_inside = log_mass(*ends) + 0.5 * np.log(2.0 * pi)
    first, second = (np.exp(-0.5 * np.minimum(x**2, 1e300) - log_inside) / sd for x in ends)
    a, b = (np.where(np.isfinite(x), x, 0.0) for x in ends)
    return np.asarray(first - second), np.asarray(a * first - b * second)


def _by_nodes(
    cut: float,
    first: FloatArray,
    last: FloatArray,
    mean: FloatArray,
    log_inside: FloatArray,
    sd: FloatArray,
    error: FloatArray,
) -> FloatArray:
    """P(level between ``first`` and ``last``, reading below the cut) by Gauss and Legendre.

    ``mean`` and ``log_inside`` (l, B) or (B,), all others (B,).
    """
    x, w = _rule(NODES)
    half = (last - first) / 2.0
    level = first + half * (1.0 + x[:, None])
    below = normal_cdf((cut - level) / error) * w[:, None] * half
    # A level at a time: what all of them take at once would not stay in the cache.
    out = np.empty(mean.shape)
    for own, logs, into in zip(
        np.atleast_2d(mean), np.atleast_2d(log_inside), np.atleast_2d(out), strict=True
    ):
        z = (level - own) / sd
        into[:] = (np.exp(-0.5 * z**2 - logs) * below).sum(axis=0) / (sd * sqrt(2.0 * pi))
    return out


@dataclass(frozen=True, eq=False, slots=True)
class TruncatedLevels:
    """The levels of every state and the error of one reading, at B values of the parameters.

    Attributes
    ----------
    mean : ndarray (L, B)
        Before truncation.
    sd : ndarray (B,)
    error : ndarray (B,)
        Sd of one reading around the level.
    low, high : ndarray (L, 1)
        The limits of each level; infinite at the ends.
    """

    mean: FloatArray
    sd: FloatArray
    error: FloatArray
    low: FloatArray
    high: FloatArray

    def _log_inside(self, mean: FloatArray, sd: FloatArray) -> FloatArray:
        return log_mass((self.low - mean) / sd, (self.high - mean) / sd)

    def log_density(self, values: FloatArray) -> FloatArray:
        """Log density (L, B) of readings (n,) of one and the same level.

        n readings tell of the level what their mean does, with an error of sd ``e / sqrt(n)``.
        """
        n = len(values)
        at = float(values.mean())
        spread = float(((values - at) ** 2).sum())
        rest = -0.5 * spread / self.error**2 - (n - 1) * np.log(self.error * sqrt(2.0 * pi))
        rest = rest - 0.5 * np.log(n)
        result: FloatArray = self._log_of_mean(np.array(at), self.error / sqrt(n)) + rest
        return result

    def log_densities(self, values: FloatArray) -> FloatArray:
        """Log density (n, L, B) of n readings, each of another level."""
        return self._log_of_mean(values[:, None, None], self.error)

    def _log_of_mean(self, at: FloatArray, error: FloatArray) -> FloatArray:
        """Log density of readings (..., 1, 1) that are off by an error of this sd, (..., L, B)."""
        total = np.sqrt(self.sd**2 + error**2)
        centre = (self.mean * error**2 + at * self.sd**2) / total**2
        width = self.sd * error / total
        z = (at - self.mean) / total
        log_mean = -0.5 * z**2 - np.log(total * sqrt(2.0 * pi))
        result: FloatArray = (
            log_mean + self._log_inside(centre, width) - self._log_inside(self.mean, self.sd)
        )
        return result

    def log_density_slopes(self, values: FloatArray) -> tuple[FloatArray, ...]:
        """Slopes of :meth:`log_densities` in mean, sd and error, (n, L) each, for B = 1.

        The density is that of the reading without limits, times the share of the levels within limits
        that the reading leaves likely, over the share of all levels.
        """
        mean, low, high = self.mean[:, 0], self.low[:, 0], self.high[:, 0]
        sd, error, at = float(self.sd[0]), float(self.error[0]), values[:, None]
        total = sqrt(sd**2 + error**2)
        toward = (sd / total) ** 2  # how far a reading draws the level
        off = at - mean
        in_centre, in_width = _inside_slopes(mean + toward * off, sd * error / total, low, high)
        in_mean, in_sd = _inside_slopes(mean, sd, low, high)
        in_total = ((off / total) ** 2 - 1.0) / total
        shift = 2.0 * sd * error / total**4 * off
        return (
            np.asarray(off / total**2 + in_centre * (error / total) ** 2 - in_mean),
            np.asarray(
                in_total * sd / total + in_centre * shift * error + in_width * (error / total) ** 3
                - in_sd
            ),
            np.asarray(
                in_total * error / total - in_centre * shift * sd + in_width * (sd / total) ** 3
            ),
        )  # fmt: skip

    def means(self) -> FloatArray:
        """Mean reading of every level, (L, B): that of the level, as the error has mean 0.

        ``m + s (phi(a) - phi(b)) / P(a < Z < b)`` (Johnson, Kotz & Balakrishnan 1994, 13.134).
        """
        low, high = (self.low - self.mean) / self.sd, (self.high - self.mean) / self.sd
        log_inside = log_mass(low, high)
        ends = [np.exp(-0.5 * np.minimum(x**2, 1e300) - log_inside) for x in (low, high)]
        off = (ends[0] - ends[1]) / sqrt(2.0 * pi)
        return np.asarray(np.clip(self.mean + self.sd * off, self.low, self.high))

    def means_of_exp(self) -> FloatArray:
        """Mean of e to the reading, (L, B), which for a log-normal one is the reading itself."""
        within = self._log_inside(self.mean + self.sd**2, self.sd)
        logs = self.mean + 0.5 * (self.sd**2 + self.error**2)
        return np.asarray(np.exp(logs + within - self._log_inside(self.mean, self.sd)))

    def _span(self) -> tuple[FloatArray, FloatArray]:
        """Between which values the levels of a state lie, all but nothing of them, (L, B) each."""
        mean, sd = self.mean, self.sd
        # Nine sds about the mean; beyond that all lies within a few sd^2 / distance of the nearer limit.
        above = np.maximum(mean - self.high, 9.0 * sd)
        below = np.maximum(self.low - mean, 9.0 * sd)
        low = np.maximum(
            self.low, np.minimum(mean, self.high) - np.minimum(9.0, TAIL * sd / above) * sd
        )
        high = np.minimum(
            self.high, np.maximum(mean, self.low) + np.minimum(9.0, TAIL * sd / below) * sd
        )
        return low, high

    def below(self, cut: float) -> FloatArray:
        """P(reading below a cut-point) of every level, (L, B)."""
        mean, sd, error = self.mean, self.sd, self.error
        low, high = self._span()
        first = np.clip(cut - REACH * error, low, np.maximum(low, high))
        last = np.clip(cut + REACH * error, first, np.maximum(first, high))
        log_inside = self._log_inside(mean, sd)
        open_low = np.broadcast_to(self.low, mean.shape)
        end = np.where(first > open_low, first, open_low + 1.0)  # any: what is there is not used
        # Where the limits of a level have next to no mass, digits of the difference are lost.
        log_share = log_mass((open_low - mean) / sd, (end - mean) / sd) - log_inside
        sure = np.exp(np.minimum(log_share, 0.0))
        share = np.where(first > open_low, sure, 0.0)
        for own in self._alike:
            share[own] += self._near(cut, first[own], last[own], mean[own], log_inside[own])
        return np.asarray(np.clip(share, 0.0, 1.0))

    @property
    def _alike(self) -> list[NDArray[np.intp]]:
        """The levels that have the same limits, together."""
        groups: dict[tuple[float, float], list[int]] = {}
        for i, limits in enumerate(
            zip(self.low[:, 0].tolist(), self.high[:, 0].tolist(), strict=True)
        ):
            groups.setdefault(limits, []).append(i)
        return [np.array(levels) for levels in groups.values()]

    def _near(
        self,
        cut: float,
        first: FloatArray,
        last: FloatArray,
        mean: FloatArray,
        log_inside: FloatArray,
    ) -> FloatArray:
        """P(level between ``first`` and ``last``, reading below the cut) of some levels, (l, B) as these."""
        if not (last > first).any():
            return np.zeros(mean.shape)
        # Dearest is the error at the nodes, which lie alike for all but those far from their limits.
        low, high = first.min(axis=0), last.max(axis=0)
        share = _by_nodes(cut, low, high, mean, log_inside, self.sd, self.error)
        other = (first != low) | (last != high)
        if other.any():
            b = np.nonzero(other)[1]
            share[other] = _by_nodes(
                cut, first[other], last[other], mean[other], log_inside[other], self.sd[b],
                self.error[b],
            )  # fmt: skip
        return share

    def log_mass(self, value: float, side: str) -> FloatArray:
        """Log probability (L, B) of a reading below ("<") or above (">") a value."""
        mass = self.below(value) if side == "<" else self.mirrored().below(-value)
        return np.asarray(np.log(np.maximum(mass, SMALLEST)))

    def p_bins(self, cuts: FloatArray) -> FloatArray:
        """Probability (L, cuts + 1, B) of the bins between ascending cut-points."""
        below = np.stack([self.below(c) for c in cuts.tolist()], axis=1)
        edge = np.zeros((len(below), 1, below.shape[2]))
        p = np.maximum(np.diff(below, axis=1, prepend=edge, append=edge + 1.0), 0.0)
        return np.asarray(p / p.sum(axis=1, keepdims=True))

    def mirrored(self) -> TruncatedLevels:
        """The same of minus the level: what lies above a value lies below minus it."""
        return TruncatedLevels(-self.mean, self.sd, self.error, -self.high, -self.low)

    def grid(self) -> tuple[FloatArray, FloatArray]:
        """Readings (Q,) and weights (Q,): the integral of g over all readings is ``weights @ g(readings)``.

        For densities of single readings and what is smooth as they are, B = 1: Gauss-Legendre nodes in
        panels of half a sd of the level, and of two sds of the error about each limit.
        """
        low, high = self._span()
        sd, error = float(self.sd[0]), float(self.error[0])
        first, last = float(low.min()) - REACH * error, float(high.max()) + REACH * error
        limits = np.unique(np.concatenate([self.low, self.high])[:, 0])
        limits = limits[np.isfinite(limits)]
        about = limits[:, None] + error * np.arange(-REACH, REACH + 1.0, 2.0)
        even = np.linspace(first, last, 2 + int(2.0 * (last - first) / sd))
        edges = np.unique(np.concatenate([even, about.ravel().clip(first, last)]))
        x, w = _rule(PANEL)
        half = np.diff(edges)[:, None] / 2.0
        return (edges[:-1, None] + half * (1.0 + x)).ravel(), (half * w).ravel()
