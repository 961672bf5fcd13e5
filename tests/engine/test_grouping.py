"""Rows of many patterns: in groups, once where they are equal, and the same answers either way."""

from __future__ import annotations

import numpy as np
import pytest
from tests.mechanisms import random_network, random_rows

import etiograph as eg
from etiograph.engine import grouping
from etiograph.engine.enumerate import expected_counts, posterior
from etiograph.engine.grouping import RowCosts, row_groups
from etiograph.engine.propagate import propagate


@pytest.fixture
def eager(monkeypatch) -> None:
    """Every split that saves anything is made."""
    monkeypatch.setattr(grouping, "A_PROGRAM", 0)
    monkeypatch.setattr(grouping, "LANES", 1)


@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize("chunk", range(4))
def test_groups_and_repeated_rows_against_enumeration(chunk: int) -> None:
    rng = np.random.default_rng(9_000 + chunk)
    several = repeated = 0
    for _ in range(12):
        network = random_network(rng, n_min=3)
        model = network.model
        rows = random_rows(rng, network, 30)
        rows = rows[rng.integers(30, size=60)]
        weights = rng.random(60)
        wanted = [int(v) for v in rng.choice(len(network.variables), 2, replace=False)]
        groups = row_groups(RowCosts(model, rows, wanted))
        assert sorted(np.concatenate(groups).tolist()) == list(range(60))
        several += len(groups) > 3
        repeated += len(np.unique(rows, axis=0)) < 60
        expected = posterior(model, rows)
        for asked in (None, wanted, ()):
            found = propagate(model, rows, wanted=asked, counts=asked is None, weights=weights)
            np.testing.assert_allclose(
                found.log_evidence, expected.log_evidence, rtol=1e-12, atol=1e-12
            )
            for v in wanted if asked != () else []:
                own = slice(model.offsets[v], model.offsets[v] + model.cards[v])
                np.testing.assert_allclose(
                    found.marginals[:, own], expected.marginals[:, own], rtol=0, atol=1e-12
                )
            if asked is None:
                counts = expected_counts(model, rows, weights=weights)
                np.testing.assert_allclose(found.counts, counts, rtol=0, atol=1e-10)
    assert several > 4
    assert repeated > 10


def test_few_rows_of_a_small_model_are_one_group() -> None:
    rng = np.random.default_rng(91)
    network = random_network(rng, n_min=5)
    rows = random_rows(rng, network, 50)
    (group,) = row_groups(RowCosts(network.model, rows))
    assert group.tolist() == list(range(50))


def test_rows_that_come_again_share_the_price_of_their_programs() -> None:
    """What half of the rows know is worth programs of their own where a search comes again."""
    model = eg.load("leg_cramps").model
    rows = np.ones((24, model.n_states))
    for name, step in (("leg_cramps", 1), ("diuretic", 2), ("kidney_disease", 2)):
        slots = model.slots_of(model.index[name])
        rows[::step, slots] = np.eye(model.cards[model.index[name]])[0]
    once, again = (RowCosts(model, rows, (), again) for again in (False, True))
    assert len(row_groups(once)) == 1
    assert sorted(map(len, row_groups(again))) == [12, 12]


def test_rows_that_look_alike_to_the_code_are_still_told_apart() -> None:
    """0.0 and -0.0 are equal; the least difference is one."""
    rng = np.random.default_rng(92)
    network = random_network(rng, n_min=4)
    model = network.model
    rows = random_rows(rng, network, 1).repeat(40, axis=0)
    v = next(i for i, card in enumerate(model.cards) if card > 1)
    own = slice(model.offsets[v], model.offsets[v] + model.cards[v])
    rows[:, own] = np.linspace(0.2, 0.8, 40)[:, None] ** np.arange(model.cards[v])
    rows[3] = rows[5]
    found = propagate(model, rows)
    expected = posterior(model, rows)
    np.testing.assert_allclose(found.marginals, expected.marginals, rtol=0, atol=1e-12)
    np.testing.assert_array_equal(found.marginals[3], found.marginals[5])
