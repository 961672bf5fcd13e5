"""How good probabilities are that were given to things that then happened or did not.

All functions take ``y`` (n,), 1 where it happened, and ``p`` (n,), its probability, and where they are
asked of many samples at once (the bootstrap) weights ``w`` (m, n), how often each case is in a sample.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

EDGE = 1e-12
"""How near to 0 or 1 a probability may come where its logit is taken."""
ROUNDING = 1e-12
"""Share of a probability by which two that are equal may differ: as much as an answer may be off."""
NAMES = (
    "brier", "miscalibration", "discrimination", "uncertainty", "brier_skill", "log_score", "auc",
    "intercept", "slope",
)  # fmt: skip
"""The scores, in the order of :func:`scores`."""
PULLED = ("miscalibration", "discrimination")
"""Those that the noise of a sample adds to: their bootstrap lies above them and tells no interval."""


def scores(y: FloatArray, p: FloatArray, w: FloatArray) -> FloatArray:
    """All scores of every sample, (m, len(NAMES)).

    Brier's score (1950) and its parts: brier = miscalibration - discrimination + uncertainty, what the
    best monotone recalibration would take away, what that is better than the share alone, and the
    variance of the outcome (Dimitriadis, Gneiting & Jordan 2021). Its skill is 1 - brier / uncertainty.
    The log score is the mean log probability of what happened, in nats. The area under the ROC curve is
    that of Mann & Whitney. Intercept (the slope held at 1) and slope are of the logistic regression of
    the outcome on the logit of p (Cox 1958): 0 and 1 where all is well. NaN where a sample has one
    outcome alone.
    """
    n = w.sum(axis=1)
    rate = w @ y / n
    brier = w @ (p - y) ** 2 / n
    with np.errstate(divide="ignore"):
        log_p = np.where(y > 0, np.log(p), np.log1p(-p))
    log_score = (w * np.where(w > 0, log_p, 0.0)).sum(axis=1) / n
    uncertainty = rate * (1.0 - rate)
    both = uncertainty > 0.0
    safe = np.where(both, uncertainty, 1.0)
    order = np.argsort(p, kind="stable")
    recalibrated = np.array([_refined(y[order], p[order], own) for own in w[:, order]])
    x = logit(p)
    intercept = _logistic(y, x, w, slope=False)[:, 0]
    slope = _logistic(y, x, w, slope=True)[:, 1]
    found = np.stack(
        [
            brier, brier - recalibrated, uncertainty - recalibrated, uncertainty,
            np.where(both, 1.0 - brier / safe, np.nan), log_score, auc(y, p, w),
            np.where(both, intercept, np.nan), np.where(both, slope, np.nan),
        ],
        axis=1,
    )  # fmt: skip
    return np.asarray(found, dtype=np.float64)


def without_roundings(p: FloatArray) -> FloatArray:
    """Probabilities (n,), those that differ by roundings alone made equal.

    Cases alike are ties, whatever others they were answered together with.
    """
    order = np.argsort(p, kind="stable")
    ascending = p[order]
    first = np.diff(ascending, prepend=-1.0) > ROUNDING * ascending
    out = np.empty_like(p)
    out[order] = ascending[first][np.cumsum(first) - 1]
    return out


def logit(p: FloatArray) -> FloatArray:
    """Log odds, within the edges."""
    inside = np.clip(p, EDGE, 1.0 - EDGE)
    return np.asarray(np.log(inside) - np.log1p(-inside))


def auc(y: FloatArray, p: FloatArray, w: FloatArray) -> FloatArray:
    """Chance that a case of which it is true has the higher probability, ties counted half, (m,)."""
    order = np.argsort(p, kind="stable")
    first = np.flatnonzero(np.diff(p[order], prepend=-1.0))
    own = w[:, order]
    yes = np.add.reduceat(own * y[order], first, axis=1)
    no = np.add.reduceat(own * (1.0 - y[order]), first, axis=1)
    below = np.cumsum(no, axis=1) - no
    pairs = yes.sum(axis=1) * no.sum(axis=1)
    won = (yes * (below + 0.5 * no)).sum(axis=1)
    out: FloatArray = np.divide(won, pairs, out=np.full(len(w), np.nan), where=pairs > 0)
    return out


def isotonic(y: FloatArray, w: FloatArray) -> FloatArray:
    """The non-decreasing sequence nearest to y in weighted squares (pool adjacent violators).

    ``y`` and ``w`` (n,) in the order of p; weights above 0 (Ayer et al. 1955).
    """
    from scipy.optimize import isotonic_regression

    return np.asarray(isotonic_regression(y, weights=w).x, dtype=np.float64)


def recalibrated(y: FloatArray, p: FloatArray, w: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Each different probability and its best monotone recalibration."""
    values, at = np.unique(p, return_inverse=True)
    at = at.reshape(-1)
    size = np.bincount(at, w).astype(np.float64)
    happened = np.bincount(at, w * y)
    used = size > 0
    share: FloatArray = happened[used] / size[used]
    return values[used], isotonic(share, size[used])


def _refined(y: FloatArray, p: FloatArray, w: FloatArray) -> float:
    """Brier's score of the recalibrated probabilities; p in ascending order."""
    first = np.flatnonzero(np.diff(p, prepend=-1.0))
    size, happened = np.add.reduceat(w, first), np.add.reduceat(w * y, first)
    used = size > 0
    size, happened = size[used], happened[used]
    best = isotonic(happened / size, size)
    return float((happened * (1 - best) ** 2 + (size - happened) * best**2).sum() / size.sum())


def _logistic(y: FloatArray, x: FloatArray, w: FloatArray, *, slope: bool) -> FloatArray:
    """Logistic regressions (m, 2) of y on x: intercept and slope, or the intercept with slope 1.

    Newton's method for all samples at once. NaN where there is no maximum: outcomes that x separates.
    """
    beta = np.tile([0.0, 1.0], (len(w), 1))
    for _ in range(100):
        at = np.clip(beta[:, :1] + beta[:, 1:] * x, -700.0, 700.0)
        q = 1.0 / (1.0 + np.exp(-at))
        error, spread = w * (y - q), w * q * (1.0 - q)
        if not slope:
            step = error.sum(axis=1) / np.maximum(spread.sum(axis=1), 1e-300)
            move = np.stack([step, np.zeros(len(w))], axis=1)
        else:
            a, b, c = spread.sum(axis=1), spread @ x, spread @ x**2
            g, h = error.sum(axis=1), error @ x
            det = np.maximum(a * c - b**2, 1e-300)
            move = np.stack([(c * g - b * h) / det, (a * h - b * g) / det], axis=1)
        longest = np.abs(move).max(axis=1, keepdims=True)
        beta = beta + move * np.minimum(1.0, 2.0 / np.maximum(longest, 1e-300))
        if np.nanmax(longest, initial=0.0) < 1e-12:
            break
    lost = ~(np.abs(beta).max(axis=1) < 100.0)
    beta[lost] = np.nan
    return beta


def groups(p: FloatArray, count: int) -> NDArray[np.int64]:
    """Which of about equally large groups each case is in, by its probability, (n,).

    The edges are quantiles; equal probabilities are in one group.
    """
    edges = np.quantile(p, np.linspace(0.0, 1.0, count + 1)[1:-1])
    return np.searchsorted(np.unique(edges), p, side="left").astype(np.int64)


def net_benefit(y: FloatArray, p: FloatArray, w: FloatArray, thresholds: FloatArray) -> FloatArray:
    """Net benefit (m, t) of acting on p at or above each threshold (Vickers & Elkin 2006).

    True positives less false positives times the odds of the threshold, a case.
    """
    acted = p[:, None] >= thresholds * (1.0 - ROUNDING)
    n = w.sum(axis=1)[:, None]
    true, false = (w * y) @ acted, (w * (1.0 - y)) @ acted
    return np.asarray((true - false * thresholds / (1.0 - thresholds)) / n)


def roc(y: FloatArray, p: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Thresholds in descending order, and the shares of those without and with it at or above them."""
    values, at = np.unique(p, return_inverse=True)
    at = at.reshape(-1)
    yes = np.cumsum(np.bincount(at, y)[::-1])
    no = np.cumsum(np.bincount(at, 1.0 - y)[::-1])
    return values[::-1], no / max(no[-1], 1.0), yes / max(yes[-1], 1.0)
