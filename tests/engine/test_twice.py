"""Signed sums that cancel are asked again with twice the digits, and no other program is written."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from etiograph.engine import decompose, doubt
from etiograph.engine.kernels import entry_slopes, one
from etiograph.engine.kernels_twice import twice_one
from etiograph.engine.plans import program_for
from etiograph.engine.propagate import propagate
from etiograph.network.model import Accumulation, Link, Model, maximum_join, step_matrices


@pytest.fixture
def rare(random_model, monkeypatch):
    """Models with signs in which every step up is rare, down to 1e-9."""
    monkeypatch.setattr(decompose, "CHEAP", 0.0)
    monkeypatch.setattr(decompose, "CHAIN_AT_MOST", 0.0)
    rng = np.random.default_rng(4)

    def make():
        while True:
            model = random_model(rng, n_min=4, n_max=6, most_cards=3, p_accumulation=0.8)
            tables = model.tables.copy()
            for family in model.families:
                for link in family.links if isinstance(family, Accumulation) else ():
                    k = model.cards[family.child]
                    size = k * k * math.prod(model.cards[p] for p in link.parents)
                    block = tables[link.start : link.start + size].reshape(-1, k, k)
                    p = 10.0 ** -rng.uniform(2, 9, (len(block), k))
                    p[:, 0] = 1.0 - p[:, 1:].sum(axis=1)
                    block[:] = step_matrices(p)
            model = replace(model, tables=tables, support=tables > 0)
            if program_for(model).signed:
                return model

    return make


def test_digits_lost_by_signs_come_back(rare, joint_of, answers_of, monkeypatch):
    rng = np.random.default_rng(5)
    asked: list[bool] = []
    written: list[bool] = []
    certain, write = doubt.certain, doubt.program_for
    for module in ("etiograph.engine.batch", "etiograph.engine.propagate"):
        monkeypatch.setattr(
            f"{module}.certain", lambda *a, **more: asked.append(True) or certain(*a, **more)
        )
    monkeypatch.setattr(
        doubt, "program_for", lambda *a, **more: written.append(True) or write(*a, **more)
    )
    for _ in range(60):
        model = rare()
        joint = joint_of(model)
        rows = np.ones((6, model.n_states))
        for row in rows:
            for v in rng.permutation(len(model.cards))[:2]:
                own = slice(model.offsets[v], model.offsets[v] + model.cards[v])
                row[own] = 10.0 ** -rng.uniform(0, 6, model.cards[v])
                row[own.stop - 1] = 1.0
        want = [answers_of(model, joint, row) for row in rows]
        for found in (
            propagate(model, rows),
            propagate(model, rows, np.tile(model.tables, (len(rows), 1))),
        ):
            assert np.allclose(found.log_evidence, [w[0] for w in want], rtol=1e-13, atol=1e-12)
            assert np.allclose(found.marginals, [w[1] for w in want], rtol=0, atol=1e-12)
    assert len(asked) > 100
    assert not written


def test_what_staying_was_rounded_by_and_zeros_stay_zeros():
    """As if the likeliest contribution were 1 less the others; by fractions."""
    p = np.array([[0.0, 0.1, 0.2, 0.7], [1 - 3e-9, 1e-9, 1e-9, 1e-9], [1e-7, 1e-12, 1e-3, 0.99],
                  [1e-7, 0.4, 0.5, 0.1], [0.45, 0.3, 0.2, 0.05]])  # fmt: skip
    p[:, 3] = 1 - p[:, :3].sum(axis=1)
    steps = step_matrices(p)
    families = tuple(Accumulation(i, (Link((), 16 * i),), maximum_join(4)) for i in range(len(p)))
    tables = steps.ravel()
    names = tuple(f"v{i}" for i in range(len(p)))
    model = Model(names, (4,) * len(p), families, len(p), tables, tables > 0)
    lows = doubt.rounded_by(model, tables).reshape(-1, 4, 4)
    assert not lows[0, 0].any()
    for i, own in enumerate(p.tolist()):
        chances = [Fraction(x) for x in own]
        likeliest = own.index(max(own))
        chances[likeliest] = 1 - sum(x for c, x in enumerate(chances) if c != likeliest)
        for s in range(4):
            exact = Fraction(steps[i, s, s]) + Fraction(lows[i, s, s])
            if steps[i, s, s]:
                assert abs(exact - sum(chances[: s + 1])) < Fraction(1, 10**29)


def test_the_same_as_an_ordinary_sweep_where_nothing_cancels(random_model, random_rows):
    rng = np.random.default_rng(6)
    compared = 0
    for _ in range(60):
        model = random_model(rng)
        program = program_for(model)
        base, tiny = program.base(model.tables)
        tree = (program.nodes, program.inputs, program.segments)
        for row in random_rows(rng, model, 3, p_hard=0.1):
            ends = (program.free, program.fixed_slots, row)
            want, m, d = np.zeros(model.n_states), *np.zeros((2, program.n_buffer))
            log_p, risky = one(*tree, base, tiny, *ends, m, d, want)
            if risky or log_p == -np.inf:
                continue
            slopes, found, twice = np.zeros(program.entries), want * 0.0, np.zeros(program.entries)
            entry_slopes(*tree, base, m, d, slopes)
            got, risky = twice_one(
                program.layout, *tree, program.cells, program.coefficient, model.tables,
                model.tables * 0.0, tiny, *ends, m, found, twice,
            )  # fmt: skip
            assert not risky
            assert got == pytest.approx(log_p, rel=1e-13, abs=1e-13)
            assert np.allclose(found, want, rtol=0, atol=1e-13)
            assert np.allclose(twice, slopes, rtol=1e-12, atol=0)
            compared += 1
    assert compared > 100
