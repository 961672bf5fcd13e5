"""A chain that follows the exact gradient: for posteriors that no normal distribution fits.

Hamiltonian Monte Carlo (Neal 2011) with the covariance of the normal approximation as its metric, so
that one step size serves all numbers; several chains from different starts, compared by split R-hat
(Gelman & Rubin 1992; Vehtari, Gelman, Simpson, Carpenter & Burkner 2021).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, sqrt

import numpy as np
from numpy.random import Generator

from etiograph.errors import ImpossibleFindings
from etiograph.learning.laplace import Laplace
from etiograph.learning.objective import Objective
from etiograph.learning.scale import FloatArray

Density = Callable[[FloatArray], tuple[float, FloatArray]]

CHAINS = 4
STEPS = 6
"""Leapfrog steps a move takes at most."""
WARM_UP = 100
AIM = 0.8
"""Share of moves to be taken."""
MIXED = 1.05
"""R-hat up to which chains count as one."""
SMALLEST = 1e-300
"""Stands in for a variance of nothing."""


@dataclass(frozen=True, eq=False, slots=True)
class Chain:
    """Draws of several chains.

    Attributes
    ----------
    draws : ndarray (n, F)
    rhat : float
        The largest of all numbers.
    accepted : float
    ess : float
        Independent draws they are worth, for the number that mixed worst.
    gradients : int
    """

    draws: FloatArray
    rhat: float
    accepted: float
    ess: float
    gradients: int

    @property
    def mixed(self) -> bool:
        """Whether the chains agree."""
        return self.rhat <= MIXED


def chain(objective: Objective, top: Laplace, draws: int, rng: Generator) -> Chain:
    """Draw from the posterior.

    Parameters
    ----------
    objective : Objective
    top : Laplace
        Where to start, and the metric.
    draws : int
        Of all chains together.
    rng : numpy.random.Generator
    """
    root, scale = top.root, objective.scale
    asked = 0

    def density(z: FloatArray) -> tuple[float, FloatArray]:
        nonlocal asked
        asked += 1
        eta = top.mode + root @ z
        try:
            value, gradient = objective.gradient(eta)
        except ImpossibleFindings:
            return -np.inf, np.zeros(len(z))
        whole = gradient - eta
        return value + float(scale.log_prior(eta)), root.T @ whole

    each = -(-draws // CHAINS)
    kept, taken = [], []
    for _ in range(CHAINS):
        z = rng.standard_normal(len(top.mode))
        now = density(z)
        step, path = 0.5, []
        for turn in range(WARM_UP + each):
            z, now, odds = _move(density, z, now, step, rng)
            if turn < WARM_UP:
                step *= exp((odds - AIM) / sqrt(turn + 1.0))
            else:
                path.append(z)
                taken.append(odds)
        kept.append(path)
    found = np.array(kept)  # (chains, draws, F)
    rhat, ess = _mixing(found)
    etas = top.mode + found.reshape(-1, found.shape[2]) @ root.T
    return Chain(etas[:draws], rhat, float(np.mean(taken)), ess, asked)


def _move(
    density: Density, z: FloatArray, now: tuple[float, FloatArray], step: float, rng: Generator
) -> tuple[FloatArray, tuple[float, FloatArray], float]:
    """One move: where it ends, the density there, and the odds with which it was taken."""
    value, gradient = now
    momentum = rng.standard_normal(len(z))
    energy = value - 0.5 * momentum @ momentum
    at, slope, speed, there = z, gradient, momentum, value
    for _ in range(int(rng.integers(1, STEPS + 1))):
        speed = speed + 0.5 * step * slope
        at = at + step * speed
        there, slope = density(at)
        if not np.isfinite(there):
            return z, now, 0.0
        speed = speed + 0.5 * step * slope
    odds = exp(min(0.0, float(there - 0.5 * speed @ speed - energy)))
    if rng.random() < odds:
        return at, (there, slope), odds
    return z, now, odds


def _mixing(paths: FloatArray) -> tuple[float, float]:
    """Largest split R-hat of all numbers, and the smallest effective number of draws."""
    half = paths.shape[1] // 2
    split = np.concatenate([paths[:, :half], paths[:, half : 2 * half]])
    m, n, _ = split.shape
    within = np.maximum(split.var(axis=1, ddof=1).mean(axis=0), SMALLEST)
    between = n * split.mean(axis=1).var(axis=0, ddof=1)
    pooled = np.maximum((n - 1) / n * within + between / n, SMALLEST)
    rhat = np.sqrt(pooled / within)
    centred = split - split.mean(axis=1, keepdims=True)
    ess = []
    for k in range(split.shape[2]):
        # Sum of correlations of neighbours, in pairs while they stay positive (Geyer 1992).
        spectrum = np.abs(np.fft.rfft(centred[:, :, k], 2 * n, axis=1)) ** 2
        auto = np.fft.irfft(spectrum, axis=1)[:, :n].mean(axis=0) / n
        rho = 1.0 - (within[k] - auto) / pooled[k]
        total = 1.0
        for lag in range(1, n - 1, 2):
            pair = rho[lag] + rho[lag + 1]
            if pair < 0:
                break
            total += 2.0 * pair
        ess.append(m * n / max(total, 1.0))
    return float(rhat.max()), float(min(ess))
