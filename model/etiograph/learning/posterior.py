"""The posterior of many numbers: a normal approximation that is checked, or a chain.

Draws of the approximation are compared with the true posterior; where their weights cannot be relied
on, or the numbers are too many for any such comparison, chains are run about the approximation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from etiograph.errors import InvalidNetwork
from etiograph.learning.chain import chain
from etiograph.learning.importance import RELIABLE, bent, smoothed
from etiograph.learning.laplace import Laplace
from etiograph.learning.objective import MOST_TOLD, Objective
from etiograph.learning.scale import FloatArray
from etiograph.network.value import value_type
from etiograph.progress import Begun, Progress

Method = Literal["laplace", "chain"]
FEWEST_CHECKED, MOST_CHECKED = 100, 400
"""Draws compared in any case, and those compared where that is cheap however few are asked for: the
tail of fewer tells k only roughly."""
CHECKED_ROWS = FEWEST_CHECKED * MOST_TOLD
"""Rows the engine may be asked for to reweight draws: as many draws as that allows are checked."""
FEW_DRAWS = 400
"""Draws of a chain below which its ranges are those of a normal distribution on the scale of a number."""


@value_type
@dataclass(frozen=True, slots=True)
class Diagnostics:
    """How the posterior was come by.

    Attributes
    ----------
    method : str
        ``laplace`` or ``chain``.
    gradients : int
        Passes over the table for the maximum and the information.
    slope : float
        How steep the posterior still is where the search for its maximum ended: the length of its slope
        in standard deviations. Far from 0 the maximum lies on an edge, as where an odds ratio that may be
        below 1 counts as 1; then chains are run.
    pareto_k : float
        How far the normal approximation can be relied on (up to 0.7 it can); NaN for a chain.
    checked : int
        Draws that were compared with the true posterior.
    ess : float
        Draws those that were compared are worth by their weights; of a chain, for the number it moved least about among those
        that are told.
    accepted : float
        Share of a chain's steps that were taken; NaN without one.
    """

    method: str
    gradients: int
    slope: float
    pareto_k: float
    checked: int
    ess: float
    accepted: float = float("nan")


@dataclass(frozen=True, eq=False, slots=True)
class Posterior:
    """Draws of the numbers that may move, on their scale, and what they say of each.

    Attributes
    ----------
    etas : ndarray (n, F)
    weights : ndarray (n,)
    mean, variance : ndarray (F,)
    told : ndarray of bool (F,)
        Whether they can be relied on.
    root : ndarray (F, F) or None
        Where the draws are too few for the ends of ranges: lower Cholesky factor of the covariance of
        the approximation, for then mean, variance and its correlations tell.
    error : ndarray (F,) or None
        Standard errors of the means of chains; None where the draws are independent of each other.
    log_marginal : float
        Log of the integral of likelihood times prior; NaN of chains, which do not tell it.
    """

    etas: FloatArray
    weights: FloatArray
    mean: FloatArray
    variance: FloatArray
    told: NDArray[np.bool_]
    root: FloatArray | None = None
    error: FloatArray | None = None
    log_marginal: float = float("nan")

    @classmethod
    def of(cls, etas: FloatArray, weights: FloatArray, log_marginal: float) -> Posterior:
        """Of the draws alone."""
        mean = weights @ etas
        every = np.ones(len(mean), dtype=np.bool_)
        variance = weights @ (etas - mean) ** 2
        return cls(etas, weights, mean, variance, every, log_marginal=log_marginal)

    @property
    def few(self) -> bool:
        """Whether mean and variance tell the ends of ranges, not the draws."""
        return self.root is not None

    def drawn(self, count: int, rng: np.random.Generator) -> FloatArray:
        """Draws (count, F) of all numbers together, each as likely as the others.

        A number that is not told is drawn from its prior.
        """
        if self.root is None:
            etas = self.etas[rng.choice(len(self.etas), count, p=self.weights)]
        else:
            z = rng.standard_normal((count, len(self.mean))) @ self.root.T
            etas = self.mean + z * np.sqrt(self.variance / (self.root**2).sum(axis=1))
        untold = ~self.told
        etas[:, untold] = rng.standard_normal((count, int(untold.sum())))
        return etas


def posterior_of(
    objective: Objective,
    top: Laplace,
    method: Method,
    draws: int,
    seed: int,
    progress: Progress,
) -> tuple[Posterior, Diagnostics]:
    """Draws with weights: of the approximation where it holds, else of a chain."""
    rng = np.random.default_rng(seed)
    k, checked = float("nan"), 0
    if method == "laplace" and top.exact:
        count = max(draws, MOST_CHECKED)
        etas = top.mode + rng.standard_normal((count, len(top.mode))) @ top.root.T
        checked = min(count, max(FEWEST_CHECKED, CHECKED_ROWS // objective.n_rows))
        target = np.empty(checked)
        for i in range(checked):
            progress(Begun("check: draw", i + 1, checked))
            target[i] = objective.log_posterior(etas[i])
        found = smoothed(target - top.log_density(etas[:checked]))
        k = found.pareto_k
        if not k > RELIABLE:
            told = Diagnostics("laplace", top.iterations, top.slope, k, checked, found.ess)
            volume = 0.5 * float(np.linalg.slogdet(top.covariance)[1])
            used = found.weights
            if checked < count:  # too few were compared to reweight all: they are moved instead
                width = np.sqrt(np.diag(top.covariance))
                etas = top.mode + width * bent((etas - top.mode) / width, used)
                used = np.full(count, 1.0 / count)
            return Posterior.of(etas, used, log_marginal=found.log_mean + volume), told
    ran = chain(objective, top, draws, rng, progress)
    mixed = ran.mixed
    if not mixed.any():
        raise InvalidNetwork(
            "the posterior of none of these numbers can be told reliably: the normal approximation does "
            f"not hold and chains did not mix (R-hat {ran.rhat.max():.2f}); give fewer numbers to move "
            "(parameters=), or narrower ranges"
        )
    shares = np.full(len(ran.draws), 1.0 / len(ran.draws))
    told = Diagnostics(
        "chain", top.iterations + ran.gradients, top.slope, k, checked, float(ran.ess[mixed].min()),
        ran.accepted,
    )  # fmt: skip
    few = len(ran.draws) < FEW_DRAWS
    root = top.root if few else None
    error = ran.error * np.sqrt(ran.variance)
    return Posterior(ran.draws, shares, ran.mean, ran.variance, mixed, root, error), told
