"""Draws of one distribution reweighted to another, and whether that can be trusted.

Pareto-smoothed importance sampling: the largest weights are replaced by what a generalised Pareto
distribution fitted to them expects, and its shape k says how far the draws can be relied on: up to 0.7
they can (Vehtari, Simpson, Gelman, Yao & Gabry 2024, Journal of Machine Learning Research 25).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

RELIABLE = 0.7
"""Pareto k above which importance weights cannot be relied on."""
MOST_SKEW = 0.8
"""Skewness up to which bending keeps the order of numbers within 3.7 standard deviations."""
LEAST_VARIANCE = 0.04
"""Variance, in that of the normal distribution, below which draws of it cannot tell."""
ALIKE = 1e-9
"""Differences of weights, of the largest, that rounding makes: target and proposal are the same."""
SHORTEST = 5
"""Weights a tail must have before a distribution is fitted to it."""


@dataclass(frozen=True, eq=False, slots=True)
class Weights:
    """Importance weights that sum to 1.

    Attributes
    ----------
    weights : ndarray (n,)
    pareto_k : float
        Shape of their tail; NaN where it is too short to tell.
    log_mean : float
        Log of the mean of the ratios they are of, smoothed: of the integral of target over proposal.
    """

    weights: FloatArray
    pareto_k: float
    log_mean: float

    @property
    def ess(self) -> float:
        """Effective number of draws (Kish 1965)."""
        return float(1.0 / np.sum(self.weights**2))


def smoothed(log_ratio: FloatArray) -> Weights:
    """Weights from logs of target over proposal (n,), up to a constant; -inf counts nothing."""
    n = len(log_ratio)
    logs = log_ratio - log_ratio.max()
    size = int(min(np.ceil(0.2 * n), np.ceil(3.0 * np.sqrt(n))))
    order = np.argsort(logs)
    k = np.nan
    if size >= SHORTEST:
        tail = order[-size:]
        cut = float(np.exp(logs[order[-size - 1]])) if n > size else 0.0
        above = np.exp(logs[tail]) - cut
        if above[-1] > ALIKE and above[-1] > above[0] and np.all(above >= 0.0):
            k, scale = fit_pareto(np.maximum(above, np.finfo(float).tiny))
            p = (np.arange(1, size + 1) - 0.5) / size
            expected = cut + _quantile(p, k, scale)
            logs = logs.copy()
            logs[tail] = np.log(np.minimum(expected, 1.0))
        else:
            k = -np.inf  # all weights alike: nothing to smooth
    weights = np.exp(logs - logs.max())
    total = weights.sum()
    log_mean = float(log_ratio.max() + logs.max() + np.log(total / n))
    return Weights(weights / total, float(k), log_mean)


def bent(z: FloatArray, weights: FloatArray) -> FloatArray:
    """Standard normal numbers (n, F) bent to mean, variance and skewness of a target.

    Parameters
    ----------
    z : ndarray (n, F)
        Each column standard normal, whatever goes with what.
    weights : ndarray (m,)
        Importance weights of the first m of them. What they change of the moments is taken from these
        draws and added to those of the normal distribution, which are known; each column follows by the
        first terms of Cornish & Fisher 1938, so that what goes with what stays.
    """
    seen = z[: len(weights)]
    change = weights - 1.0 / len(weights)
    first, square, cube = (change @ seen**power for power in (1, 2, 3))
    variance = np.maximum(1.0 + square - first**2, LEAST_VARIANCE)
    third = cube - 3.0 * first * (1.0 + square) + 2.0 * first**3
    skew = np.clip(third / variance**1.5, -MOST_SKEW, MOST_SKEW)
    turned = (z + skew / 6.0 * (z**2 - 1.0)) / np.sqrt(1.0 + skew**2 / 18.0)
    return np.asarray(first + np.sqrt(variance) * turned)


def fit_pareto(x: FloatArray) -> tuple[float, float]:
    """Shape and scale of a generalised Pareto distribution from exceedances in ascending order.

    The quasi-Bayesian estimate of Zhang & Stephens 2009 (Technometrics 51), its shape drawn towards 0.5
    by ten cases' worth, as Vehtari et al. 2024 do.
    """
    n = len(x)
    grid = 30 + int(np.sqrt(n))
    quarter = x[max(int(n / 4 + 0.5) - 1, 0)]
    theta = 1.0 / x[-1] + (1.0 - np.sqrt(grid / (np.arange(1, grid + 1) - 0.5))) / (3.0 * quarter)
    shape = np.mean(np.log1p(-theta[:, None] * x), axis=1)
    log_likelihood = n * (np.log(-theta / shape) - shape - 1.0)
    weights = np.exp(log_likelihood - log_likelihood.max())
    best = float(theta @ weights / weights.sum())
    k = float(np.mean(np.log1p(-best * x)))
    return (n * k + 10 * 0.5) / (n + 10), -k / best


def _quantile(p: FloatArray, k: float, scale: float) -> FloatArray:
    if abs(k) < 1e-12:
        return np.asarray(-scale * np.log1p(-p))
    return np.asarray(scale * np.expm1(-k * np.log1p(-p)) / k)
