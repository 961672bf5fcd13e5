"""Distributions implied by a stated range.

The range is the central interval of the stated coverage *exactly*: both its ends are matched as
quantiles. Two conditions fix a two-parameter family, so the stated value itself is where point
answers are computed, and the centre of the distribution falls where the range puts it (for a range
that was derived from the value, as a confidence interval is, the two are close).

A probability has a Beta distribution (existence and uniqueness of the two-quantile fit: van Dorp &
Mazzuchi 2000), ratios and standard deviations a log-normal, means and differences a normal. Where
an end of the range is 0 or 1, no Beta has a quantile there: the stated value is then taken as the
median and the other end is matched. A value close to that other end would so leave most of the range
unused (0.3 in 0 to 0.35 would be believed between 0.23 and 0.35); then the range counts, as it does
everywhere else, and the tail begins within `OPEN` of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, pi, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
Stated = tuple[str, float, float | None, float | None, float]

OPEN = 0.15
"""Share of a range from 0, or up to 1, within which the tail at that end begins."""


@dataclass(frozen=True, slots=True)
class Distribution:
    """The distribution of one parameter.

    Attributes
    ----------
    name : str
        ``beta`` (a, b), ``normal`` (mean a, sd b), ``log-normal`` (mean a and sd b of the natural
        log) or ``point`` (at a).
    a, b : float
        Its two numbers.
    """

    name: str
    a: float
    b: float = 0.0

    def ppf(self, q: ArrayLike) -> FloatArray:
        """Quantiles.

        Parameters
        ----------
        q : array_like
            Probabilities between 0 and 1.

        Returns
        -------
        ndarray, shape of ``q``
        """
        p = np.asarray(q, dtype=np.float64)
        if self.name == "point":
            return np.full_like(p, self.a)
        from scipy import special

        if self.name == "beta":
            return np.asarray(special.betaincinv(self.a, self.b, p), dtype=np.float64)
        normal = np.asarray(self.a + self.b * special.ndtri(p), dtype=np.float64)
        return np.exp(normal) if self.name == "log-normal" else normal

    def pdf(self, x: ArrayLike) -> FloatArray:
        """Density; infinite at the value of a point, 0 elsewhere."""
        at = np.asarray(x, dtype=np.float64)
        if self.name == "point":
            return np.where(at == self.a, np.inf, 0.0)
        if self.name == "beta":
            from scipy import special

            inside = (at >= 0.0) & (at <= 1.0)
            safe = np.where(inside, at, 0.5)
            logs = special.xlogy(self.a - 1.0, safe) + special.xlog1py(self.b - 1.0, -safe)
            return np.where(inside, np.exp(logs - special.betaln(self.a, self.b)), 0.0)
        scale = self.b * sqrt(2.0 * pi)
        if self.name == "normal":
            return np.asarray(np.exp(-0.5 * ((at - self.a) / self.b) ** 2) / scale)
        positive = at > 0.0
        safe = np.where(positive, at, 1.0)
        dense = np.exp(-0.5 * ((np.log(safe) - self.a) / self.b) ** 2) / (safe * scale)
        return np.where(positive, dense, 0.0)

    def curve(self, points: int = 160) -> tuple[tuple[float, float], ...]:
        """Values at equal steps and their density, from one end to the other but for 1 of 1,000 each."""
        low, high = self.ppf([0.001, 0.999]).tolist()
        x = np.linspace(low, high, points)
        return tuple(zip(x.tolist(), self.pdf(x).tolist(), strict=True))

    @property
    def mean(self) -> float:
        """Its mean."""
        if self.name == "beta":
            return self.a / (self.a + self.b)
        if self.name == "log-normal":
            return exp(self.a + 0.5 * self.b**2)
        return self.a

    def describe(self) -> str:
        """Return the distribution in one short phrase."""
        if self.name == "point":
            return f"fixed at {self.a:g}"
        if self.name == "beta":
            return f"Beta({self.a:.4g}, {self.b:.4g})"
        if self.name == "normal":
            return f"normal, mean {self.a:.4g}, sd {self.b:.4g}"
        return f"log-normal, median {exp(self.a):.4g}, sd of the log {self.b:.4g}"


def implied(stated: Sequence[Stated]) -> list[Distribution]:
    """Fit the distributions of many parameters at once.

    Parameters
    ----------
    stated : sequence of (kind, value, low, high, coverage)

    Returns
    -------
    list of Distribution
    """
    result: list[Distribution] = []
    betas: list[tuple[int, tuple[float, float, float, float]]] = []
    for i, (kind, value, low, high, coverage) in enumerate(stated):
        if low is None or high is None or low == high:
            result.append(Distribution("point", value))
        elif kind == "probability":
            fixed, targets = _beta_targets(value, low, high, 0.5 * (1.0 - coverage))
            result.append(fixed)
            if targets is not None:
                betas.append((i, targets))
        else:
            result.append(_normal(kind, low, high, coverage))
    if betas:
        goals = np.array([each for _, each in betas])
        a, b = fit_beta(*goals.T)
        for k, spread in _unused(goals, a, b).items():
            again = np.array([spread])
            (a[k],), (b[k],) = fit_beta(*again.T)
        for (i, _), each_a, each_b in zip(betas, a.tolist(), b.tolist(), strict=True):
            result[i] = Distribution("beta", each_a, each_b)
    return result


def _unused(
    goals: FloatArray, a: FloatArray, b: FloatArray
) -> dict[int, tuple[float, float, float, float]]:
    """What to match instead where the median leaves the open end of a range unused."""
    from scipy import special

    found: dict[int, tuple[float, float, float, float]] = {}
    for k, (x1, q1, x2, q2) in enumerate(goals.tolist()):
        if q1 == 0.5:  # open at 0
            begins, tail = OPEN * x2, 1.0 - q2
            if special.betaincinv(a[k], b[k], tail) > begins:
                found[k] = (begins, tail, x2, q2)
        elif q2 == 0.5:  # open at 1
            begins = 1.0 - OPEN * (1.0 - x1)
            if special.betaincinv(a[k], b[k], 1.0 - q1) < begins:
                found[k] = (x1, q1, begins, 1.0 - q1)
    return found


def _normal(kind: str, low: float, high: float, coverage: float) -> Distribution:
    """Normal, or normal in the log, with the range as central interval."""
    from statistics import NormalDist

    z = NormalDist().inv_cdf(0.5 * (1.0 + coverage))
    if kind in ("mean", "difference"):
        return Distribution("normal", 0.5 * (low + high), 0.5 * (high - low) / z)
    return Distribution("log-normal", 0.5 * (log(low) + log(high)), 0.5 * log(high / low) / z)


def _beta_targets(
    value: float, low: float, high: float, tail: float
) -> tuple[Distribution, tuple[float, float, float, float] | None]:
    """Return a Beta in closed form, or what a numeric fit has to match: (x1, q1, x2, q2)."""
    open_end = Distribution("beta", 1.0, 1.0)
    if low > 0.0 and high < 1.0:
        return open_end, (low, tail, high, 1.0 - tail)
    if low == 0.0 and high == 1.0:
        # Only the value is known: the flattest Beta with that mean.
        return (Distribution("beta", 2 * value, 2 - 2 * value) if 0 < value < 1 else open_end), None
    if low == 0.0:
        if value == 0.0:
            return Distribution("beta", 1.0, log(tail) / np.log1p(-high)), None
        if value < high:
            return open_end, (value, 0.5, high, 1.0 - tail)
        return open_end, (OPEN * high, tail, high, 1.0 - tail)
    if value == 1.0:
        return Distribution("beta", log(tail) / log(low), 1.0), None
    if value > low:
        return open_end, (low, tail, value, 0.5)
    return open_end, (low, tail, 1.0 - OPEN * (1.0 - low), 1.0 - tail)


def fit_beta(
    x1: FloatArray, q1: FloatArray, x2: FloatArray, q2: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Beta distributions with two given quantiles each.

    Newton steps in (log a, log b) on the logits of the distribution function; what has not
    converged is finished by two nested bisections, which cannot fail.

    Parameters
    ----------
    x1, q1, x2, q2 : ndarray (n,)
        ``F(x1) = q1`` and ``F(x2) = q2``, ``0 < x1 < x2 < 1``, ``q1 < q2``.

    Returns
    -------
    a, b : ndarray (n,)
    """
    from scipy import special

    z1, z2 = special.ndtri(q1), special.ndtri(q2)
    sd = (x2 - x1) / (z2 - z1)
    mean = np.clip(x1 - z1 * sd, 0.5 * x1, 1.0 - 0.5 * (1.0 - x2))
    size = np.maximum(mean * (1.0 - mean) / sd**2 - 1.0, 0.2)
    point = np.log(np.stack([mean * size, (1.0 - mean) * size]))
    goal = np.stack([special.logit(q1), special.logit(q2)])

    def residual(at: FloatArray) -> FloatArray:
        a, b = np.exp(at)
        logits = [
            np.log(np.maximum(special.betainc(a, b, x), 1e-300))
            - np.log(np.maximum(special.betaincc(a, b, x), 1e-300))
            for x in (x1, x2)
        ]
        return np.asarray(np.stack(logits) - goal)

    step = 1e-6
    in_a, in_b = np.array([[step], [0.0]]), np.array([[0.0], [step]])
    for _ in range(40):
        now = residual(point)
        if np.all(np.abs(now) < 1e-11):
            break
        da = (residual(point + in_a) - now) / step
        db = (residual(point + in_b) - now) / step
        det = da[0] * db[1] - da[1] * db[0]
        det = np.where(det == 0.0, 1.0, det)
        move = np.stack([now[0] * db[1] - now[1] * db[0], da[0] * now[1] - da[1] * now[0]]) / det
        move = np.where(np.abs(now).max(axis=0) < 1e-11, 0.0, move)
        point = np.clip(point - np.clip(move, -1.0, 1.0), -12.0, 18.0)
    a, b = np.exp(point)
    left = np.flatnonzero(~(np.abs(residual(point)).max(axis=0) < 1e-8))
    if left.size:
        a[left], b[left] = _bisect_beta(x1[left], q1[left], x2[left], q2[left])
    return a, b


def _bisect_beta(
    x1: FloatArray, q1: FloatArray, x2: FloatArray, q2: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """The same by bisection: for each a the b with F(x2) = q2, then the a with F(x1) = q1."""
    from scipy import special

    def b_for(log_a: FloatArray) -> FloatArray:
        low, high = np.full_like(x1, -16.0), np.full_like(x1, 24.0)
        for _ in range(60):
            middle = 0.5 * (low + high)
            below = special.betainc(np.exp(log_a), np.exp(middle), x2) < q2
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        return 0.5 * (low + high)

    low, high = np.full_like(x1, -16.0), np.full_like(x1, 24.0)
    for _ in range(60):
        middle = 0.5 * (low + high)
        # A larger a (with its b) is narrower: less below x1.
        wide = special.betainc(np.exp(middle), np.exp(b_for(middle)), x1) > q1
        low, high = np.where(wide, middle, low), np.where(wide, high, middle)
    log_a = 0.5 * (low + high)
    return np.exp(log_a), np.exp(b_for(log_a))
