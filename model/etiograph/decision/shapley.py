"""Shapley values: what each of n players adds, averaged over all orders (Shapley 1953)."""

from __future__ import annotations

from math import factorial

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


def all_subsets(n: int) -> BoolArray:
    """All subsets of n players, (2**n, n); bit j of the position tells whether player j is in it."""
    members: BoolArray = (np.arange(2**n)[:, None] >> np.arange(n)) & 1 == 1
    return members


def shapley_exact(values: FloatArray) -> FloatArray:
    """Shapley value of each player (Shapley 1953).

    Parameters
    ----------
    values : ndarray (2**n,)
        Worth of every subset; bit j of the position tells whether player j is in it.

    Returns
    -------
    ndarray (n,)
        They add up to ``values[-1] - values[0]``.
    """
    n = int(values.size).bit_length() - 1
    codes = np.arange(2**n)
    size = np.array([code.bit_count() for code in range(2**n)])
    weight = np.array([factorial(s) * factorial(n - s - 1) / factorial(n) for s in range(n)])
    out = np.empty(n)
    for j in range(n):
        outside = codes[(codes >> j) & 1 == 0]
        gain = values[outside | (1 << j)] - values[outside]
        out[j] = weight[size[outside]] @ gain
    return out


def random_orders(n: int, count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Orders of n players (count, n), each followed by its reverse (antithetic)."""
    half = np.array([rng.permutation(n) for _ in range((count + 1) // 2)])
    return np.stack([half, half[:, ::-1]], axis=1).reshape(-1, n)


def chains(orders: NDArray[np.int64]) -> tuple[BoolArray, NDArray[np.int64]]:
    """The growing subsets of every order, each distinct subset once.

    Returns
    -------
    members : ndarray of bool (B, n)
    place : ndarray (count, n + 1)
        Row in ``members`` of the first 0, 1, ... n players of each order.
    """
    count, n = orders.shape
    grown = np.zeros((count, n + 1, n), dtype=bool)
    for k in range(n):
        grown[:, k + 1] = grown[:, k]
        grown[np.arange(count), k + 1, orders[:, k]] = True
    members, place = np.unique(grown.reshape(-1, n), axis=0, return_inverse=True)
    return members, place.reshape(count, n + 1)


def shapley_from_orders(
    orders: NDArray[np.int64], values: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Mean gain of each player over orders and its standard error over antithetic pairs.

    Parameters
    ----------
    orders : ndarray (count, n), values : ndarray (count, n + 1)
    """
    gains = np.empty(orders.shape)
    np.put_along_axis(gains, orders, np.diff(values, axis=1), axis=1)
    pairs = gains.reshape(-1, 2, orders.shape[1]).mean(axis=1)
    return pairs.mean(axis=0), pairs.std(axis=0, ddof=1) / np.sqrt(len(pairs))
