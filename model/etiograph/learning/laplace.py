"""The maximum of a posterior, and the normal distribution that touches it there.

Numbers are measured in prior standard deviations: on that scale what the data say is a matrix beside
the identity, and a search needs no tuning. Where data say next to nothing, the prior stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from etiograph.learning.objective import Objective
from etiograph.learning.scale import FloatArray

SPOKEN = 0.05
"""Share of a prior's precision from which the data are taken to speak in a direction."""
WIDTH = 0.01
"""Step, in standard deviations, of the differences of the gradient that give the observed information:
the gradient is exact to nine digits, so that a step to one side is enough."""
ENOUGH = 1e-5
"""Largest slope, in standard deviations of the posterior, at which a search has arrived."""


@dataclass(frozen=True, eq=False, slots=True)
class Laplace:
    """A normal approximation at the maximum.

    Attributes
    ----------
    mode : ndarray (F,)
        The maximum, on the scale of the numbers.
    covariance : ndarray (F, F)
    log_posterior : float
        At the maximum, without the prior's constant.
    log_marginal : float
        Log of the integral of likelihood times prior, by the approximation; without that constant.
    slope : float
        Largest slope left, in standard deviations of the posterior.
    iterations : int
        Gradients that were asked for.
    spoken : int
        Directions in which the data speak.
    """

    mode: FloatArray
    covariance: FloatArray
    log_posterior: float
    log_marginal: float
    slope: float
    iterations: int
    spoken: int

    @property
    def root(self) -> FloatArray:
        """Lower Cholesky factor of the covariance (F, F)."""
        return np.asarray(np.linalg.cholesky(self.covariance), dtype=np.float64)

    def log_density(self, eta: FloatArray) -> FloatArray:
        """Log density (n,) of numbers (n, F), without its constant."""
        from scipy.linalg import solve_triangular

        z = solve_triangular(self.root, (eta - self.mode).T, lower=True)
        return np.asarray(-0.5 * (z**2).sum(axis=0), dtype=np.float64)


def laplace(objective: Objective, progress: Callable[[str], None] = lambda what: None) -> Laplace:
    """Find the maximum and the observed information there.

    Parameters
    ----------
    objective : Objective
    progress : callable
        Told what is being done.
    """
    from scipy.optimize import minimize

    scale = objective.scale
    asked = 0

    def downhill(eta: FloatArray) -> tuple[float, FloatArray]:
        nonlocal asked
        asked += 1
        value, gradient = objective.gradient(eta)
        return -value - float(scale.log_prior(eta)), -gradient - scale.prior_slope(eta)

    eta = scale.start()
    for turn in range(2):
        # Steps are measured by what rows and prior tell at the start, then again where that led.
        progress("curvature")
        metric = np.diag(scale.prior_precision(eta)) + objective.information(eta)
        back = np.linalg.inv(np.linalg.cholesky(metric)).T

        def in_steps(
            z: FloatArray, at: FloatArray = eta, by: FloatArray = back
        ) -> tuple[float, FloatArray]:
            value, gradient = downhill(at + by @ z)
            return value, by.T @ gradient

        progress("maximum")
        found = minimize(
            in_steps, np.zeros(len(eta)), jac=True, method="BFGS",
            options={"gtol": ENOUGH if turn else 1e-2, "maxiter": 200},
        )  # fmt: skip
        eta = eta + back @ found.x
    progress("information")
    prior = scale.prior_precision(eta)
    width = 1.0 / np.sqrt(prior)
    value, gradient = objective.gradient(eta)
    data, spoken = _information(objective, eta, gradient, width)
    asked += spoken
    covariance = width[:, None] * np.linalg.inv(np.eye(len(eta)) + data) * width
    slope = gradient + scale.prior_slope(eta)
    left = np.sqrt(max(float(slope @ covariance @ slope), 0.0))
    top = value + float(scale.log_prior(eta))
    half_log_det = 0.5 * float(np.linalg.slogdet(covariance)[1])
    marginal = top + half_log_det + 0.5 * len(eta) * np.log(2.0 * np.pi)
    return Laplace(eta, covariance, top, marginal, left, asked + 1, spoken)


def _information(
    objective: Objective, eta: FloatArray, gradient: FloatArray, width: FloatArray
) -> tuple[FloatArray, int]:
    """Minus the second derivatives of the log likelihood, in prior standard deviations (F, F).

    In the directions in which the rows' scores say that data speak they are taken by differences of
    the gradient; in all others, where they are next to nothing, from the scores.
    """
    outer = width[:, None] * objective.information(eta) * width
    values, vectors = np.linalg.eigh(outer)
    spoken = values > SPOKEN
    main = vectors[:, spoken]
    if not main.shape[1]:
        return _at_least_prior(outer), 0
    # A step is short where data say much.
    steps = WIDTH / np.sqrt(1.0 + values[spoken])
    columns = []
    for direction, step in zip(main.T, steps, strict=True):
        there = objective.gradient(eta + width * direction * step)[1]
        columns.append(-width * (there - gradient) / step)
    curved = np.stack(columns, axis=1)  # (F, k): the matrix times the main directions
    inside = main.T @ curved
    inside = 0.5 * (inside + inside.T)
    rest = np.eye(len(eta)) - main @ main.T
    beside = rest @ curved
    out = main @ inside @ main.T + beside @ main.T + main @ beside.T + rest @ outer @ rest
    return _at_least_prior(0.5 * (out + out.T)), int(main.shape[1])


def _at_least_prior(data: FloatArray) -> FloatArray:
    """The same, with directions in which the likelihood curves the wrong way held back.

    There posterior and prior together may have no maximum; a little is left of the prior's precision.
    """
    values, vectors = np.linalg.eigh(data)
    return np.asarray((vectors * np.maximum(values, -0.9)) @ vectors.T, dtype=np.float64)
