"""Rows swept each through a program of its own, cut from a shared tree: the answers of enumeration."""

from __future__ import annotations

import math

import numpy as np
import pytest
from tests.mechanisms import random_network, random_rows

from etiograph.engine import decompose, propagate as door, row_programs
from etiograph.engine.costs import FEW
from etiograph.engine.derivatives import derivatives
from etiograph.engine.enumerate import expected_counts, posterior
from etiograph.engine.grouping import RowCosts, row_by_row, row_groups
from etiograph.engine.propagate import program_for, propagate
from etiograph.engine.row_programs import sweep_rows
from etiograph.network.model import (
    Accumulation,
    Conditional,
    Link,
    Model,
    maximum_join,
    step_matrices,
)
from etiograph.store import STORE


@pytest.fixture
def apart(monkeypatch) -> None:
    monkeypatch.setattr(door, "row_by_row", lambda *arguments: True)
    monkeypatch.setattr(row_programs, "LANES", 7)


@pytest.mark.usefixtures("apart")
@pytest.mark.parametrize("largest", [100_000, 12], ids=["cut", "some too large"])
@pytest.mark.parametrize("chunk", range(3))
def test_rows_apart_against_enumeration(chunk: int, largest: int, monkeypatch) -> None:
    monkeypatch.setattr(row_programs, "CUT_CELLS", largest)
    rng = np.random.default_rng(7_100 + chunk)
    for _ in range(12):
        network = random_network(rng, n_min=3)
        model = network.model
        rows = random_rows(rng, network, 30)
        weights = rng.random(30)
        expected = posterior(model, rows)
        for asked in (None, ()):
            found = propagate(model, rows, wanted=asked, counts=True, weights=weights)
            np.testing.assert_allclose(
                found.log_evidence, expected.log_evidence, rtol=1e-12, atol=1e-12
            )
            counts = expected_counts(model, rows, weights=weights)
            spoken = np.isclose(found.counts, counts, rtol=0, atol=1e-10)
            # What is barren is left out where log P alone is asked.
            assert spoken.all() if asked is None else (found.counts[~spoken] == 0).all()
            if asked is None:
                np.testing.assert_allclose(found.marginals, expected.marginals, rtol=0, atol=1e-12)
        alone = propagate(model, rows, wanted=(), again=True).log_evidence
        np.testing.assert_allclose(alone, expected.log_evidence, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("chunk", range(3))
def test_slopes_of_rows_are_those_of_the_derivatives(chunk: int) -> None:
    rng = np.random.default_rng(7_200 + chunk)
    compared = 0
    for _ in range(12):
        network = random_network(rng, n_min=3)
        model = network.model
        rows = random_rows(rng, network, 20)
        # Of the steps of an accumulation only sums have a meaning (tests/learning/test_objective.py).
        index = np.full(model.n_entries, 5)
        for family in model.families:
            if isinstance(family, Conditional):
                size = math.prod(model.cards[v] for v in (*family.parents, family.child))
                index[family.start : family.start + size] = rng.integers(5, size=size)
        swept = sweep_rows(model, rows, model.tables, index=index)
        expected = derivatives(model, rows).slopes
        # The slope in a number that is 0 is not read from counts.
        expected[:, model.tables == 0.0] = 0.0
        for i in np.flatnonzero(~swept.at_risk):
            whole = np.bincount(index, expected[i], 6)[:5]
            np.testing.assert_allclose(swept.by_number[i, :5], whole, rtol=1e-9, atol=1e-9)
            compared += 1
    assert compared > 100


def test_rows_of_many_patterns_go_apart_and_rows_of_one_together() -> None:
    import etiograph as eg

    network = eg.load("leg_cramps")
    model = network.model
    rng = np.random.default_rng(3)
    names = list(network.variables)
    known = network.sample(64, rng)
    rows = np.ones((64, model.n_states))
    for name in names:
        i = model.index[name]
        for r in range(64):
            state = network.variables[name].index(known[name].iloc[r])
            if rng.random() < 0.7:
                own = slice(model.offsets[i], model.offsets[i] + model.cards[i])
                rows[r, own] = np.arange(model.cards[i]) == state
    costs = RowCosts(model, rows, (), again=True)
    assert row_by_row(costs, row_groups(costs))
    few = np.ones((64, model.n_states))
    few[:, model.offsets[model.index["age"]]] = rng.random(64)
    costs = RowCosts(model, few)
    assert not row_by_row(costs, row_groups(costs))


@pytest.mark.usefixtures("apart")
def test_what_a_sweep_in_doubt_came_to_is_not_kept(monkeypatch) -> None:
    """Rows at risk are asked again: of those that turn out impossible no posterior is left."""

    def in_doubt(*arguments: object, **named: object) -> row_programs.Swept:
        swept = sweep_rows(*arguments, **named)  # type: ignore[arg-type]
        swept.at_risk[:], swept.marginals[:], swept.log_evidence[:] = True, 0.5, -1.0
        return swept

    monkeypatch.setattr(door, "sweep_rows", in_doubt)
    impossible = 0
    for seed in range(12):
        rng = np.random.default_rng(7_300 + seed)
        network = random_network(rng, n_min=3)
        rows = random_rows(rng, network, 30)
        expected = posterior(network.model, rows)
        found = propagate(network.model, rows)
        np.testing.assert_allclose(
            found.log_evidence, expected.log_evidence, rtol=1e-12, atol=1e-12
        )
        np.testing.assert_allclose(found.marginals, expected.marginals, rtol=0, atol=1e-12)
        impossible += int(np.isinf(expected.log_evidence).sum())
    assert impossible > 5


def test_what_cancels_to_nothing_is_not_called_impossible(monkeypatch) -> None:
    """P(y = 2) = 1 - P(y <= 1) is 0 in doubles, and 5e-27."""
    steps = step_matrices(np.array([[1.0, 0.0, 0.0], [0.7, 0.3, 1e-26]]))
    leak = step_matrices(np.array([[0.9, 0.1, 0.0]]))
    tables = np.concatenate([[0.5, 0.5], steps.ravel(), leak.ravel()])
    links = (Link((0,), 2), Link((), 2 + steps.size))
    families = (Conditional(0, (), 0), Accumulation(1, links, maximum_join(3)))
    model = Model(("x", "y"), (2, 3), families, 2, tables, tables > 0)
    row = np.array([[1.0, 1.0, 0.0, 0.0, 1.0]])
    for marginals in (True, False):
        assert sweep_rows(model, row, tables, marginals=marginals).at_risk.all()
    # Soft, so that no program knows it: one row, a block of them, log P alone, by a tree, and counts.
    rows = np.tile(row, (FEW + 2, 1)) * np.linspace(0.5, 1.0, FEW + 2)[:, None]
    rows[:, 2:4] = 1e-60
    monkeypatch.setattr(decompose, "CHAIN_AT_MOST", 0.0)
    monkeypatch.setattr(decompose, "CHEAP", 0)
    want = math.log(0.5e-26)
    scale = np.log(rows[:, 0]) + np.log(rows[:, 4])
    STORE.clear()
    program = program_for(model)
    assert program is not None
    assert program.signed
    for some in (rows[:1], rows):
        for named in ({}, {"wanted": ()}, {"wanted": (), "once": True}, {"counts": True}):
            found = propagate(model, some, **named)
            np.testing.assert_allclose(found.log_evidence, want + scale[: len(some)], rtol=1e-12)
    STORE.clear()
