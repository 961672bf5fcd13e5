"""A chain that follows the exact gradient: for posteriors that no normal distribution fits as a whole.

Hamiltonian Monte Carlo (Neal 2011) about the normal approximation: what is normal is followed exactly,
as a rotation, and only what differs from it by steps (Shahbaba, Lan, Johnson & Neal 2014), so that
hundreds of numbers take two or three gradients a draw. Several chains from different starts, compared
by split R-hat (Gelman & Rubin 1992; Vehtari, Gelman, Simpson, Carpenter & Burkner 2021).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import cos, exp, sin, sqrt

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from etiograph.errors import ImpossibleFindings
from etiograph.learning.laplace import Laplace
from etiograph.learning.objective import MOST_TOLD, Objective
from etiograph.learning.scale import FloatArray
from etiograph.progress import Begun, Progress, silent

Density = Callable[[FloatArray], tuple[float, FloatArray]]

CHAINS = 4
LENGTH = 1.5
"""Angle of a move, about: a quarter turn forgets where it began."""
WARM_UP = 0.25
"""Share of the gradients in which the steps are fitted; they are thrown away."""
AIM = 0.8
"""Share of moves to be taken."""
MIXED = 1.05
"""R-hat up to which chains count as one, however long they are."""
OFF = 0.25
"""Standard error of a number's mean, in its standard deviations, up to which chains are long enough: by so
much off, an interval of 90 % holds the truth 89 times in a hundred."""
WORST, TYPICAL, MORE = 0.8 * OFF, 0.2 * OFF, 1.3
"""Standard errors of means, the largest and the root of their mean square, at which chains end after a
quarter of their gradients or more, and by what these grow from one look to the next."""
LOOKS, LEFT = 3, 0.02
"""Looks in a row at which chains disagree about the same numbers, and the largest share of all that these are,
after which they are left as they are, if the others are sure: more draws move chains that are stuck no more."""
LEVEL = 0.01
"""How often chains so short that chance alone keeps them further apart are taken for unmixed."""
FEWEST = 300
"""Gradients a chain may ask for in any case."""
ROWS = FEWEST * MOST_TOLD
"""Rows whose slopes it may ask for."""
FEW, MOST_WIDE = 20, 2.0
"""Places that have to be there before widths are taken from them, and by how much these differ at most."""
HALVINGS = 20
"""How often a start is drawn in at most."""
SMALLEST = 1e-300
"""Stands in for a variance of nothing."""


@dataclass(frozen=True, eq=False, slots=True)
class Chain:
    """Draws of several chains.

    Attributes
    ----------
    draws : ndarray (n, F)
        Fewer than asked for where a gradient is dear, or where they tell enough.
    mean, variance : ndarray (F,)
        Of the posterior: of the draws, each corrected by its slope, which a normal distribution would
        make exact (Mira, Solgi & Imparato 2013).
    rhat : ndarray (F,)
    error : ndarray (F,)
        Standard error of the mean, in standard deviations of the number, by the differences between
        halves of chains.
    accepted : float
    ess : ndarray (F,)
        Independent draws they are worth.
    gradients : int
    allowed : float
        R-hat up to which the chains count as one.
    """

    draws: FloatArray
    mean: FloatArray
    variance: FloatArray
    rhat: FloatArray
    error: FloatArray
    accepted: float
    ess: FloatArray
    gradients: int
    allowed: float

    @property
    def mixed(self) -> NDArray[np.bool_]:
        """Of each number, whether the chains agree about it and are long enough (F,)."""
        return (self.rhat <= self.allowed) & (self.error <= OFF)

    @property
    def sure(self) -> bool:
        """Whether more draws would make little difference to any number."""
        return bool(self.mixed.all()) and self.sure_of_the_rest

    @property
    def sure_of_the_rest(self) -> bool:
        """The same of those numbers about which the chains agree."""
        error = self.error[self.mixed]
        typical = float(np.sqrt(np.mean(error**2))) if len(error) else np.inf
        return bool(typical <= TYPICAL and error.max() <= WORST)


def chain(
    objective: Objective,
    top: Laplace,
    draws: int,
    rng: Generator,
    progress: Progress = silent,
) -> Chain:
    """Draw from the posterior.

    Parameters
    ----------
    objective : Objective
    top : Laplace
        Where to start, and the metric.
    draws : int
        Of all chains together, at most.
    rng : numpy.random.Generator
    progress : callable
        Told what is being done.
    """
    root, scale = top.root, objective.scale
    budget = max(FEWEST, ROWS // objective.n_rows)
    asked, fitted = 0, False
    steps: list[tuple[FloatArray, FloatArray]] = []

    def density(z: FloatArray) -> tuple[float, FloatArray]:
        nonlocal asked
        asked += 1
        progress(Begun("chains: gradient", min(asked, budget), budget))
        eta = top.mode + root @ z
        try:
            value, gradient = objective.gradient(eta)
        except ImpossibleFindings:
            return -np.inf, np.zeros(len(z))
        slope = root.T @ (gradient - eta)
        if not fitted:
            steps.append((root @ z, root @ slope))
        return value + float(scale.log_prior(eta)), slope

    top_value = density(np.zeros(len(top.mode)))[0]
    states = [_begun(density, z, top_value) for z in rng.standard_normal((CHAINS, len(top.mode)))]
    step, turn, warm = LENGTH / 3, 0, WARM_UP * min(budget, 4 * draws)
    steps.clear()
    while asked < warm:
        turn += 1
        for c, state in enumerate(states):
            states[c], odds = _move(density, state, step, rng)
            step = min(LENGTH, step * exp((odds - AIM) / sqrt(turn + 1.0)))
        if not fitted and asked >= 0.5 * warm:
            # How wide each number is where the chains go; the other half fits the step to that.
            fitted = True
            widened = _widths(steps)[:, None] * root
            states = [state.on(root, widened) for state in states]
            root = widened
    path: list[list[_State]] = []
    taken: list[float] = []
    looks: list[Chain] = []
    look = float(max(FEWEST, ROWS // (4 * objective.n_rows)))
    while len(path) < 4 or (len(path) * CHAINS < draws and asked < budget):
        for c, state in enumerate(states):
            states[c], odds = _move(density, state, step, rng)
            taken.append(odds)
        path.append(list(states))
        if asked >= look and len(path) >= 4:
            looks.append(_told(path, root, top, asked, taken))
            if _enough(looks):
                break
            look = MORE * asked
    told = _told(path, root, top, asked, taken)
    return replace(told, draws=told.draws[:draws])


def _enough(looks: list[Chain]) -> bool:
    """Whether chains may end, by what was seen at each look."""
    last = looks[-1]
    if last.sure:
        return True
    untold = ~last.mixed
    stuck = len(looks) >= LOOKS and all((~each.mixed == untold).all() for each in looks[-LOOKS:])
    return bool(stuck and untold.mean() <= LEFT and last.sure_of_the_rest)


def _told(
    path: list[list[_State]], root: FloatArray, top: Laplace, asked: int, taken: list[float]
) -> Chain:
    """What the states of the chains say, turn by turn."""
    found = np.array([[state.z for state in turns] for turns in path]).transpose(1, 0, 2)
    slopes = np.array([[state.slope for state in turns] for turns in path]).transpose(1, 0, 2)
    flat = found.reshape(-1, found.shape[2])
    moved = flat @ root.T
    rhat, ess = _mixing(moved.reshape(found.shape))
    slope = slopes.reshape(flat.shape) @ root.T
    mean, variance, each = _moments(moved, slope, root @ root.T)
    error = _error(each.reshape(found.shape)) / np.sqrt(variance)
    return Chain(
        top.mode + moved, top.mode + mean, variance, rhat, error, float(np.mean(taken)), ess, asked,
        max(MIXED, _by_chance(*found.shape)),
    )  # fmt: skip


@dataclass(frozen=True, eq=False, slots=True)
class _State:
    """Where a chain is, in standard deviations of the approximation; the density there and its slope."""

    z: FloatArray
    value: float
    slope: FloatArray

    def on(self, root: FloatArray, other: FloatArray) -> _State:
        """The same place by another root of the covariance; both are lower triangles."""
        from scipy.linalg import solve_triangular

        z = solve_triangular(other, root @ self.z, lower=True)
        slope = other.T @ solve_triangular(root, self.slope, trans="T", lower=True)
        return _State(z, self.value, slope)


def _widths(steps: list[tuple[FloatArray, FloatArray]]) -> FloatArray:
    """How many times as wide as the approximation has it each number is (F,).

    From places about its mode, and covariance times slope there: of a normal distribution these are the
    same but for their sign.
    """
    if len(steps) < FEW:
        return np.ones(len(steps[0][0]) if steps else 1)
    places, moves = (np.array(each) for each in zip(*steps, strict=True))
    places, moves = places - places.mean(axis=0), moves - moves.mean(axis=0)
    square = np.maximum((places**2).sum(axis=0), SMALLEST)
    bend = -(places * moves).sum(axis=0) / square
    return np.asarray(1.0 / np.sqrt(np.clip(bend, 1.0 / MOST_WIDE**2, MOST_WIDE**2)))


def _begun(density: Density, z: FloatArray, highest: float) -> _State:
    """A state where a chain begins: drawn in until it is no worse a place than the approximation has it.

    It expects a drop of z z / 2 below the maximum. A draw of hundreds of numbers may have one that a row
    can hardly be with, and from there a chain takes long to come back.
    """
    state = _State(z, *density(z))
    for _ in range(HALVINGS):
        if state.value >= highest - z @ z:
            break
        z = 0.5 * z
        state = _State(z, *density(z))
    return state


def _move(density: Density, state: _State, step: float, rng: Generator) -> tuple[_State, float]:
    """One move: where it ends, and the odds with which it was taken."""
    momentum = rng.standard_normal(len(state.z))
    energy = state.value - 0.5 * momentum @ momentum
    length = LENGTH * rng.uniform(0.8, 1.2)
    count = max(1, round(length / step))
    angle = length / count
    cosine, sine = cos(angle), sin(angle)
    at, slope, speed, there = state.z, state.slope, momentum, state.value
    for _ in range(count):
        speed = speed + 0.5 * angle * (slope + at)
        at, speed = cosine * at + sine * speed, cosine * speed - sine * at
        there, slope = density(at)
        if not np.isfinite(there):
            return state, 0.0
        speed = speed + 0.5 * angle * (slope + at)
    odds = exp(min(0.0, float(there - 0.5 * speed @ speed - energy)))
    return (_State(at, there, slope) if rng.random() < odds else state), odds


def _moments(
    draws: FloatArray, slopes: FloatArray, covariance: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Mean and variance of each number from draws (n, F) and slopes (n, F) times the covariance.

    The mean of the slopes is 0, and of draw times slope minus the covariance (Stein 1972): as much of
    both is taken away as goes with the draws. Also the draws (n, F) with that taken away, whose mean is
    the mean.
    """
    each = _corrected(draws, slopes)
    mean = each.mean(axis=0)
    apart = draws - mean
    square = _corrected(apart**2, apart * slopes + np.diag(covariance)).mean(axis=0)
    plain = draws.var(axis=0, ddof=1)
    return mean, np.where(square > 0.2 * plain, square, plain), each


def _corrected(values: FloatArray, zero: FloatArray) -> FloatArray:
    """Values (n, F) without as much as goes with them of what has the mean 0."""
    centred = zero - zero.mean(axis=0)
    spread = np.maximum((centred**2).sum(axis=0), SMALLEST)
    share = (centred * (values - values.mean(axis=0))).sum(axis=0) / spread
    return np.asarray(values - share * zero, dtype=np.float64)


def _error(paths: FloatArray) -> FloatArray:
    """Standard error (F,) of the mean of values (chains, n, F), by the means of halves of chains."""
    half = paths.shape[1] // 2
    means = np.concatenate([paths[:, :half].mean(axis=1), paths[:, half : 2 * half].mean(axis=1)])
    return np.asarray(means.std(axis=0, ddof=1) / sqrt(len(means)), dtype=np.float64)


def _by_chance(chains: int, draws: int, numbers: int) -> float:
    """R-hat that the worst of so many numbers has by chance, each second draw counted as independent."""
    from scipy.stats import f

    halves, n = 2 * chains, draws // 2
    ratio = f.isf(LEVEL / max(numbers, 1), halves - 1, halves * (n - 1))
    return float(sqrt((n - 1 + 2.0 * ratio) / n))


def _mixing(paths: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Split R-hat and effective number of draws of each number (F,)."""
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
    return np.asarray(rhat, dtype=np.float64), np.array(ess)
