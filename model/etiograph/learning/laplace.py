"""The maximum of a posterior, and the normal distribution that touches it there.

Numbers are measured in prior standard deviations: on that scale what the data say is a matrix beside
the identity, and a search needs no tuning. Where data say next to nothing, the prior stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from etiograph.errors import ImpossibleFindings
from etiograph.learning.objective import Objective
from etiograph.learning.scale import FloatArray
from etiograph.progress import Begun, Progress, silent

SPOKEN = 0.05
"""Share of a prior's precision from which the data are taken to speak in a direction."""
WIDTH = 0.01
"""Step, in standard deviations, of the differences of the gradient that give the observed information:
the gradient is exact to nine digits, so that a step to one side is enough."""
MANY = 60
"""Directions up to which the observed information is taken: each costs a gradient, and with more of
them no normal distribution holds as a whole, whatever its information (Pareto k of 456: above 1)."""
ROUGH, ENOUGH = 1.0, 1e-3
"""Largest slope, in standard deviations of the posterior, at which a search has come near, has arrived."""
ARRIVED = 0.1
"""Length of the slope that is left, in standard deviations, up to which this is the maximum; a search
ends where the density has an edge, too."""
MOST, HALVINGS = 200, 12
"""Steps of a search, and how often a step is halved, at most."""
IDLE, LITTLE = 3, 1e-4
"""Steps in a row that bring less than so much of the log density, after which a search ends: where it has an
edge there is always a slope left, and half of all steps went to and fro over it."""
LONGEST = 5.0
"""Standard deviations of a prior that a number goes in one step at most."""
RISE = 1e-4
"""Share of the rise that the slope promises which a step has to bring (Armijo 1966)."""


@dataclass(frozen=True, eq=False, slots=True)
class Laplace:
    """A normal approximation at the maximum.

    Attributes
    ----------
    mode : ndarray (F,)
        The maximum, on the scale of the numbers.
    covariance : ndarray (F, F)
    scored : ndarray (F,)
        Share of each prior's variance that the data take away by the products of the rows' scores.
    slope : float
        Length of the slope that is left, in standard deviations of the posterior as the rows' scores
        tell them.
    iterations : int
        Gradients that were asked for.
    spoken : int
        Directions in which the data speak.
    exact : bool
        Whether the observed information was taken in these; where they are too many, or the maximum lies
        on an edge, the outer products of the rows' scores stand for it.
    """

    mode: FloatArray
    covariance: FloatArray
    scored: FloatArray
    slope: float
    iterations: int
    spoken: int
    exact: bool

    @property
    def root(self) -> FloatArray:
        """Lower Cholesky factor of the covariance (F, F)."""
        return np.asarray(np.linalg.cholesky(self.covariance), dtype=np.float64)

    def log_density(self, eta: FloatArray) -> FloatArray:
        """Log density (n,) of numbers (n, F), without its constant."""
        from scipy.linalg import solve_triangular

        z = solve_triangular(self.root, (eta - self.mode).T, lower=True)
        return np.asarray(-0.5 * (z**2).sum(axis=0), dtype=np.float64)


def laplace(objective: Objective, progress: Progress = silent) -> Laplace:
    """Find the maximum and the observed information there.

    Parameters
    ----------
    objective : Objective
    progress : callable
        Told what is being done.
    """
    asked = 0

    def density(eta: FloatArray) -> tuple[float, FloatArray]:
        nonlocal asked
        asked += 1
        progress(Begun("maximum: step", asked))
        try:
            value, gradient = objective.gradient(eta)
        except ImpossibleFindings:
            return -np.inf, np.zeros(len(eta))
        return value + float(scale.log_prior(eta)), gradient - eta

    scale = objective.scale
    eta = scale.start()
    # Where a row cannot be at the stated numbers, that is said here.
    objective.gradient(eta)
    for enough in (ROUGH, ENOUGH):
        # Steps are measured by what rows and prior tell at the start, then again where that led.
        progress(Begun("curvature"))
        outer = objective.information(eta)
        progress(Begun("maximum"))
        back = np.linalg.inv(np.linalg.cholesky(np.eye(len(eta)) + outer)).T
        eta = _climb(density, eta, back, enough)
    progress(Begun("information"))
    gradient = objective.gradient(eta)[1]
    data = outer = objective.information(eta)
    slope = gradient - eta
    left = float(np.sqrt(slope @ np.linalg.solve(np.eye(len(eta)) + outer, slope)))
    values, vectors = np.linalg.eigh(outer)
    spoken = int((values > SPOKEN).sum())
    # On an edge differences of the gradient tell the jump of the slope, not a curvature.
    exact = spoken <= MANY and left <= ARRIVED
    if exact:
        main = slice(len(values) - spoken, None)
        data = _information(
            objective, eta, gradient, outer, values[main], vectors[:, main], progress
        )
        asked += spoken
    covariance = np.asarray(np.linalg.inv(np.eye(len(eta)) + data), dtype=np.float64)
    scored = 1.0 - np.diag(np.linalg.inv(np.eye(len(eta)) + outer))
    return Laplace(eta, covariance, scored, left, asked + 1, spoken, exact)


def _climb(
    density: Callable[[FloatArray], tuple[float, FloatArray]],
    eta: FloatArray,
    back: FloatArray,
    enough: float,
) -> FloatArray:
    """Follow the slope uphill (BFGS; Nocedal & Wright 2006, algorithm 6.1), a whole step first.

    Steps are taken in standard deviations, ``back`` brings them to the numbers.
    """
    inverse = np.eye(len(eta))
    value, slope = density(eta)
    slope, idle = back.T @ slope, 0
    for _ in range(MOST):
        if np.abs(slope).max(initial=0.0) <= enough or idle >= IDLE:
            break
        step = inverse @ slope
        step *= min(1.0, LONGEST / np.abs(back @ step).max())
        promise = slope @ step
        for _ in range(HALVINGS):
            there = density(eta + back @ step)
            if there[0] >= value + RISE * promise:
                break
            step, promise = 0.5 * step, 0.5 * promise
        else:
            break  # digits are at their end
        idle = idle + 1 if there[0] - value < LITTLE else 0
        bend = slope - back.T @ there[1]
        eta, value, slope = eta + back @ step, there[0], back.T @ there[1]
        along = float(step @ bend)
        if along > 0.0:
            turned = inverse @ bend
            inverse += (1.0 + bend @ turned / along) / along * np.outer(step, step)
            inverse -= (np.outer(turned, step) + np.outer(step, turned)) / along
    return eta


def _information(
    objective: Objective,
    eta: FloatArray,
    gradient: FloatArray,
    outer: FloatArray,
    values: FloatArray,
    main: FloatArray,
    progress: Progress,
) -> FloatArray:
    """Minus the second derivatives of the log likelihood, in prior standard deviations (F, F).

    In the directions ``main`` (F, k), in which the rows' scores say by ``values`` (k,) that data speak,
    they are taken by differences of the gradient; in all others, where they are next to nothing, from
    the outer products of the scores.
    """
    if not main.shape[1]:
        return _at_least_prior(outer)
    # A step is short where data say much.
    steps = WIDTH / np.sqrt(1.0 + values)
    columns = []
    for k, (direction, step) in enumerate(zip(main.T, steps, strict=True)):
        progress(Begun("information: direction", k + 1, len(steps)))
        there = objective.gradient(eta + direction * step)[1]
        columns.append((gradient - there) / step)
    curved = np.stack(columns, axis=1)  # (F, k): the matrix times the main directions
    inside = main.T @ curved
    inside = 0.5 * (inside + inside.T)
    rest = np.eye(len(eta)) - main @ main.T
    beside = rest @ curved
    out = main @ inside @ main.T + beside @ main.T + main @ beside.T + rest @ outer @ rest
    return _at_least_prior(0.5 * (out + out.T))


def _at_least_prior(data: FloatArray) -> FloatArray:
    """The same, with directions in which the likelihood curves the wrong way held back.

    There posterior and prior together may have no maximum; a little is left of the prior's precision.
    """
    values, vectors = np.linalg.eigh(data)
    return np.asarray((vectors * np.maximum(values, -0.9)) @ vectors.T, dtype=np.float64)
