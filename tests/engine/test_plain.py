"""The plain sweep against the compiled engine."""

from __future__ import annotations

import numpy as np
import pytest

import etiograph as eg
from etiograph.engine.plain import propagate_plain
from etiograph.engine.propagate import propagate


@pytest.mark.parametrize("name", ["asia", "sprinkler", "monty_hall", "simpson", "front_door"])
@pytest.mark.parametrize("seed", range(5))
def test_equals_the_compiled_engine(name: str, seed: int) -> None:
    model = eg.load(name).model
    rng = np.random.default_rng(seed)
    rows = np.ones((2, model.n_states))
    for v in rng.choice(len(model.cards), 2, replace=False):
        own = slice(model.offsets[v], model.offsets[v] + model.cards[v])
        rows[1, own] = rng.uniform(0.1, 1.0, model.cards[v])
    expected = propagate(model, rows)
    found = propagate_plain(model, rows)
    assert found is not None
    np.testing.assert_allclose(found[0], expected.log_evidence, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(found[1], expected.marginals, rtol=0, atol=1e-12)


def test_hard_findings_of_both_rows() -> None:
    network = eg.load("asia")
    model = network.model
    rows = np.ones((2, model.n_states))
    v = model.index["x_ray"]
    rows[:, model.offsets[v]] = 0.0
    found = propagate_plain(model, rows)
    expected = propagate(model, rows)
    assert found is not None
    np.testing.assert_allclose(found[0], expected.log_evidence, rtol=1e-12)
    np.testing.assert_allclose(found[1], expected.marginals, rtol=0, atol=1e-12)


def test_impossible_rows_are_left_to_the_engine() -> None:
    model = eg.load("monty_hall").model
    rows = np.zeros((1, model.n_states))
    assert propagate_plain(model, rows) is None
