"""What chance tells of numbers that do not go together is taken away; what many rows tell stays."""

from __future__ import annotations

import numpy as np
import pytest

from etiograph.learning.shrinkage import shrunk


def scatter(scores: np.ndarray) -> np.ndarray:
    return np.stack([scores.T @ scores, (scores**2).T @ scores**2])


def test_by_hand() -> None:
    """Two numbers of one group, two rows: products 2 and -1, their sum 1, of their squares 5."""
    scores = np.array([[1.0, 2.0], [1.0, -1.0]])
    total = scores.T @ scores
    assert total.tolist() == [[2.0, 1.0], [1.0, 5.0]]
    # Chance: 5 - 1 / 2 = 4.5, more than the square of the sum, 1: nothing of it is left.
    assert shrunk(scatter(scores), 2, np.zeros(2, int)).tolist() == [[2.0, 0.0], [0.0, 5.0]]
    # Both rows twenty times: the sum 20, its square 400, chance 20 * 5 - 400 / 40 = 90.
    many = np.tile(scores, (20, 1))
    kept = 1.0 - 90.0 / 400.0
    # Between different variables alone the share is theirs; within none, it is no more than that.
    for groups in (np.zeros(2, int), np.arange(2)):
        found = shrunk(scatter(many), 40, groups)
        assert found == pytest.approx(np.array([[40.0, 20.0 * kept], [20.0 * kept, 100.0]]))


def test_few_rows_of_many_numbers() -> None:
    """Thirty variables of two numbers each, that go together by pairs: 100 rows of 60 numbers."""
    rng = np.random.default_rng(1)
    groups = np.repeat(np.arange(30), 2)
    pair = np.array([[1.0, 0.6], [0.6, 1.0]])
    true = np.kron(np.eye(30), pair)
    scores = rng.standard_normal((100, 60)) @ np.linalg.cholesky(true).T
    raw = scores.T @ scores
    found = shrunk(scatter(scores), 100, groups)
    assert np.diag(found) == pytest.approx(np.diag(raw))

    def apart(information: np.ndarray) -> float:
        """How far the worst direction is from as wide as it should be."""
        whole = np.linalg.solve(np.eye(60) + 100 * true, np.eye(60) + information)
        return float(np.abs(np.log(np.linalg.eigvals(whole).real)).max())

    assert apart(found) < 0.5 * apart(raw)
    assert np.linalg.eigvalsh(found).min() > 0.0
    many = rng.standard_normal((40_000, 60)) @ np.linalg.cholesky(true).T
    together = shrunk(scatter(many), 40_000, groups)
    assert together[0, 1] == pytest.approx(40_000 * 0.6, rel=0.05)
