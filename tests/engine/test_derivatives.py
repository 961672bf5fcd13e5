"""Slopes of log P in every table entry, against hand-worked numbers and differences of brute force."""

from __future__ import annotations

import math

import numpy as np
import pytest

from etiograph.engine import plans
from etiograph.engine.derivatives import derivatives
from etiograph.network.model import Conditional, Model, step_matrices
from etiograph.store import STORE


def test_worked_by_hand():
    """P(a) = (.3, .7), P(b | a) = ((.9, .1), (.2, .8)), b = 1 is seen: P = .3 * .1 + .7 * .8."""
    tables = np.array([0.3, 0.7, 0.9, 0.1, 0.2, 0.8])
    families = (Conditional(0, (), 0), Conditional(1, (0,), 2))
    model = Model(("a", "b"), (2, 2), families, 2, tables, tables > 0)
    found = derivatives(model, np.array([1.0, 1.0, 0.0, 1.0]))
    assert found.log_evidence == pytest.approx(math.log(0.59))
    assert found.slopes[0] * 0.59 == pytest.approx([0.1, 0.8, 0.0, 0.3, 0.0, 0.7], abs=1e-15)


@pytest.mark.parametrize("sliced", [False, True], ids=["whole", "sliced"])
def test_conditional_tables_against_brute_force(
    sliced, random_model, random_rows, joint_of, answers_of, monkeypatch
):
    """P is linear in an entry: P with the entry one larger, less P, is the slope."""
    monkeypatch.setattr(plans, "CHEAP", 0 if sliced else 3_000)
    STORE.clear()
    rng = np.random.default_rng(31)
    compared = 0
    for _ in range(60):
        model = random_model(rng, n_max=5, most_cards=3, p_accumulation=0.0)
        for row in random_rows(rng, model, 2):
            joint = joint_of(model)
            p = math.exp(answers_of(model, joint, row)[0])
            found = derivatives(model, row)
            if p == 0:
                assert found.log_evidence[0] == -math.inf
                assert not found.slopes.any()
                continue
            for t in np.flatnonzero(model.support):
                moved = model.tables.copy()
                moved[t] += 1.0
                more = math.exp(answers_of(model, joint_of(model, moved), row)[0])
                assert p * found.slopes[0, t] == pytest.approx(more - p, rel=1e-9, abs=1e-10 * more)
                compared += 1
            assert not found.slopes[0, ~model.support].any()
    assert compared > 1_000
    STORE.clear()


def links_of(model):
    """(start, parent combinations, states) of every link of every accumulation."""
    for family in model.families:
        if not isinstance(family, Conditional):
            k = model.cards[family.child]
            for link in family.links:
                yield link.start, math.prod(model.cards[p] for p in link.parents), k


@pytest.mark.parametrize("signs", [True, False], ids=["multiplicative", "chain"])
def test_contributions_of_links_against_brute_force(
    signs, random_model, random_rows, joint_of, answers_of, monkeypatch
):
    """P is linear in the contribution of a link, in either form of the decomposition."""
    from etiograph.engine import decompose

    if signs:
        monkeypatch.setattr(decompose, "CHEAP", 0.0)
        monkeypatch.setattr(decompose, "CHAIN_AT_MOST", 0.0)
    STORE.clear()
    rng = np.random.default_rng(32)
    compared = signed = 0
    for _ in range(60):
        model = random_model(rng, n_max=5, most_cards=3, p_accumulation=0.9)
        signed += plans.program_for(model).signed
        for row in random_rows(rng, model, 2, p_hard=0.2):
            p = math.exp(answers_of(model, joint_of(model), row)[0])
            if p == 0:
                continue
            slopes = derivatives(model, row).slopes[0]
            for start, combinations, k in links_of(model):
                for c in range(combinations):
                    block = slice(start + c * k * k, start + (c + 1) * k * k)
                    was = model.tables[block]
                    possible = model.support[block].reshape(k, k)[0]
                    other = rng.random(k) * possible
                    becomes = step_matrices(other / other.sum()).ravel()
                    moved = model.tables.copy()
                    moved[block] = becomes
                    more = math.exp(answers_of(model, joint_of(model, moved), row)[0])
                    slope = p * (slopes[block] @ (becomes - was))
                    assert slope == pytest.approx(more - p, rel=1e-9, abs=1e-10 * max(p, more))
                    compared += 1
    assert compared > 300
    assert (signed > 0) == signs
    STORE.clear()


def test_rows_with_their_own_tables(random_model, random_rows):
    rng = np.random.default_rng(33)
    model = random_model(rng, n_min=6)
    rows = random_rows(rng, model, 4)
    tables = model.tables * rng.uniform(0.5, 1.0, (4, model.n_entries))
    together = derivatives(model, rows, tables)
    for i in range(4):
        alone = derivatives(model, rows[i], tables[i])
        assert np.array_equal(together.log_evidence[i : i + 1], alone.log_evidence)
        assert np.array_equal(together.slopes[i : i + 1], alone.slopes)
    shared = derivatives(model, rows[0], tables)
    assert np.array_equal(shared.slopes[0], together.slopes[0])
    assert shared.slopes.shape == (4, model.n_entries)


def test_slopes_survive_underflow():
    """A hub of 2,000 weak signs, for and against: P is far below the smallest double."""
    n = 2_000
    tables = np.concatenate(
        [[0.5, 0.5], np.tile([0.98, 0.02, 0.99, 0.01, 0.99, 0.01, 0.98, 0.02], n // 2)]
    )
    families = (Conditional(0, (), 0), *(Conditional(i + 1, (0,), 2 + 4 * i) for i in range(n)))
    names = tuple(f"v{i}" for i in range(n + 1))
    model = Model(names, (2,) * (n + 1), families, n + 1, tables, tables > 0)
    row = np.ones(2 * n + 2)
    row[2::2] = 0.0
    found = derivatives(model, row)
    assert found.log_evidence[0] == pytest.approx(n / 2 * math.log(0.02 * 0.01), rel=1e-12)
    # Either state of the cause has posterior 1/2, and each sign was seen: theta d log P is 1/2.
    assert found.slopes[0, :2] == pytest.approx([1.0, 1.0], rel=1e-10)
    expected = (found.slopes[0] * tables)[2:].reshape(-1, 4)
    assert np.allclose(expected, [0.0, 0.5, 0.0, 0.5], rtol=0, atol=1e-10)
