from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra.numpy import arrays

from etiograph.decision.shapley import (
    chains,
    random_orders,
    shapley_exact,
    shapley_from_orders,
)


def test_glove_game() -> None:
    """One left and two right gloves: a pair is worth 1; values 2/3, 1/6, 1/6 (Shapley 1953)."""
    values = np.array([0, 0, 0, 1, 0, 1, 0, 1], dtype=float)
    assert shapley_exact(values) == pytest.approx([2 / 3, 1 / 6, 1 / 6])


@given(arrays(np.float64, 16, elements=st.floats(-50, 50)))
def test_equals_the_mean_over_all_orders_and_adds_up(values: np.ndarray) -> None:
    ours = shapley_exact(values)
    gains = np.zeros(4)
    for order in permutations(range(4)):
        code = 0
        for player in order:
            gains[player] += values[code | 1 << player] - values[code]
            code |= 1 << player
    assert ours == pytest.approx(gains / 24, abs=1e-9)
    assert ours.sum() == pytest.approx(values[-1] - values[0], abs=1e-9)


def test_sampled_orders_agree_within_their_error() -> None:
    rng = np.random.default_rng(0)
    n = 6
    values = rng.normal(size=2**n) * 5
    orders = random_orders(n, 2000, rng)
    members, place = chains(orders)
    codes = members @ (1 << np.arange(n))
    shares, errors = shapley_from_orders(orders, values[codes][place])
    assert shares.sum() == pytest.approx(values[-1] - values[0])
    assert np.all(np.abs(shares - shapley_exact(values)) < 5 * errors)
    assert len(members) == len(np.unique(codes))
