"""The engine against brute force, exact fractions, underflow and its own laws (N1, N2, N6, N7)."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import tracemalloc
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

import etiograph
from etiograph.engine import careful, plans
from etiograph.engine.careful import careful_one, extended_base
from etiograph.engine.compile import compile_pattern
from etiograph.engine.costs import FEW
from etiograph.engine.enumerate import family_table
from etiograph.engine.propagate import evidence, program_for, propagate, propagate_one
from etiograph.errors import TooLarge
from etiograph.network.model import (
    Accumulation,
    Conditional,
    Link,
    Model,
    maximum_join,
    step_matrices,
)
from etiograph.store import STORE

LONG = bool(os.environ.get("ETIOGRAPH_LONG"))
CHUNKS = 200 if LONG else 8
MODELS_PER_CHUNK = 500 if LONG else 250
ROWS = 20 if LONG else 10


def check(got_log, got, want_log, want, bar=1e-12):
    """Compare rows of answers; impossible rows must be told apart exactly."""
    assert np.array_equal(np.isinf(got_log), np.isinf(want_log))
    possible = np.isfinite(want_log)
    assert not np.asarray(got)[~possible].any()
    assert np.allclose(np.asarray(got)[possible], want[possible], rtol=0, atol=bar)
    assert np.allclose(np.asarray(got_log)[possible], want_log[possible], rtol=1e-12, atol=1e-11)


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_random_models_agree_with_brute_force(
    chunk, random_model, random_rows, joint_of, answers_of, monkeypatch
):
    rng = np.random.default_rng(1000 + chunk)
    # Every other chunk slices out what is known, as large networks do.
    monkeypatch.setattr(plans, "CHEAP", 0 if chunk % 2 else 3_000)
    STORE.clear()
    for _ in range(MODELS_PER_CHUNK):
        model = random_model(rng)
        if math.prod(model.cards) > 40_000:
            continue
        joint = joint_of(model)
        rows = random_rows(rng, model, ROWS)
        answers = [answers_of(model, joint, row) for row in rows]
        want_log = np.array([a[0] for a in answers])
        want = np.array([a[1] for a in answers])
        beliefs = propagate(model, rows)
        check(beliefs.log_evidence, beliefs.marginals, want_log, want)
        single = [propagate_one(model, row) for row in rows[:3]]
        check([s[0] for s in single], np.array([s[1] for s in single]), want_log[:3], want[:3])
    STORE.clear()


def test_rows_with_their_own_tables_agree_with_brute_force(
    random_model, random_rows, joint_of, answers_of
):
    rng = np.random.default_rng(5)
    for _ in range(60):
        model = random_model(rng, n_max=6, most_cards=3)
        rows = random_rows(rng, model, 40)
        # Other numbers on the same support: mix each block with a permuted draw of itself.
        tables = np.array([_redrawn(model, rng) for _ in range(40)])
        answers = [
            answers_of(model, joint_of(model, t), row) for t, row in zip(tables, rows, strict=True)
        ]
        beliefs = propagate(model, rows, tables)
        want_log = np.array([a[0] for a in answers])
        check(beliefs.log_evidence, beliefs.marginals, want_log, np.array([a[1] for a in answers]))
        one_row = propagate(model, rows[0], tables)
        same = [answers_of(model, joint_of(model, t), rows[0]) for t in tables]
        check(
            one_row.log_evidence,
            one_row.marginals,
            np.array([a[0] for a in same]),
            np.array([a[1] for a in same]),
        )


def _redrawn(model, rng):
    tables = model.tables.copy()
    for family in model.families:
        k = model.cards[family.child]
        if isinstance(family, Conditional):
            size = k * math.prod(model.cards[p] for p in family.parents)
            block = tables[family.start : family.start + size].reshape(-1, k)
            block *= rng.uniform(0.5, 2.0, block.shape)
            block /= block.sum(axis=1, keepdims=True)
            continue
        for link in family.links:
            size = k * k * math.prod(model.cards[p] for p in link.parents)
            block = tables[link.start : link.start + size].reshape(-1, k, k)
            p = block[:, 0, :] * rng.uniform(0.5, 2.0, block[:, 0, :].shape)
            block[:] = step_matrices(p / p.sum(axis=1, keepdims=True))
    return tables


def test_careful_sweep_agrees_with_the_fast_one(random_model, random_rows):
    rng = np.random.default_rng(6)
    for _ in range(60):
        model = random_model(rng)
        rows = random_rows(rng, model, 5)
        program = program_for(model)
        base = extended_base(program, model.tables)
        for row in rows:
            want_log, want = propagate_one(model, row, {})
            got = np.zeros(model.n_states)
            got_log = careful_one(
                program.nodes, program.inputs, program.segments, *base, program.free,
                program.fixed_slots, row, np.zeros(program.n_buffer), got,
                np.zeros(program.entries), np.zeros(program.entries),
            )  # fmt: skip
            check([got_log], [got], np.array([want_log]), np.array([want]))


def _spread_out(rng, model):
    """The numbers of a model, some of them down to 1e-280."""
    tables = model.tables.copy()
    for family in model.families:
        if isinstance(family, Conditional):
            k = model.cards[family.child]
            size = k * math.prod(model.cards[p] for p in family.parents)
            block = tables[family.start : family.start + size].reshape(-1, k)
            block *= 10.0 ** -(rng.uniform(0, 280, block.shape) * (rng.random(block.shape) < 0.2))
            block /= block.sum(axis=1, keepdims=True)
    return tables


def _by_logs(model, tables, row):
    """log P, marginals (S,) and expected counts of plain tables, from the logs of the joint."""
    n = len(model.cards)
    with np.errstate(divide="ignore"):
        logs = np.zeros(model.cards)
        for v in range(n):
            scope = [*model.parents(v), v]
            table = np.log(np.asarray(family_table(model, v, tables)))
            axes = sorted(range(len(scope)), key=lambda a: scope[a])
            logs = logs + table.transpose(axes).reshape(
                [model.cards[u] if u in scope else 1 for u in range(n)]
            )
            own = np.log(row[model.offsets[v] : model.offsets[v] + model.cards[v]])
            logs = logs + own.reshape([-1 if u == v else 1 for u in range(n)])
    counts = np.zeros(model.n_entries)
    top = logs.max()
    if top == -np.inf:
        return -math.inf, np.zeros(model.n_states), counts
    joint = np.exp(logs - top)
    total = joint.sum()
    joint /= total
    sums = [joint.sum(axis=tuple(u for u in range(n) if u != v)) for v in range(n)]
    for family in model.families:
        if isinstance(family, Conditional):
            scope = [*family.parents, family.child]
            kept = sorted(scope)
            own = joint.sum(axis=tuple(u for u in range(n) if u not in scope))
            own = own.transpose([kept.index(v) for v in scope]).ravel()
            counts[family.start : family.start + own.size] = own
    return top + math.log(total), np.concatenate(sums), counts


def test_numbers_far_below_one_another(random_model, random_rows, monkeypatch):
    """Likelihoods and tables down to 1e-290: right, and by ordinary sweeps unless all is unlikely."""
    rng = np.random.default_rng(7)
    slow = careful.careful_one
    called: list[int] = []
    monkeypatch.setattr(careful, "careful_one", lambda *a: called.append(1) or slow(*a))
    ordinary = unlikely = 0
    for _ in range(60):
        model = random_model(rng, n_max=5, most_cards=4, p_accumulation=0.25)
        tables = _spread_out(rng, model)
        rows = random_rows(rng, model, 10)
        rows *= 10.0 ** -(
            rng.uniform(0, 290, rows.shape) * (rng.random(rows.shape) < rng.choice([0.1, 0.4]))
        )
        want = [_by_logs(model, tables, row) for row in rows]
        want_log = np.array([w[0] for w in want])
        want_p = np.array([w[1] for w in want])
        called.clear()
        together = propagate(model, rows, tables)
        check(together.log_evidence, together.marginals, want_log, want_p)
        drawn = propagate(model, rows, np.tile(tables, (len(rows), 1)))
        check(drawn.log_evidence, drawn.marginals, want_log, want_p)
        single = [propagate(model, row, tables) for row in rows[:3]]
        check([s.log_evidence[0] for s in single], [s.marginals[0] for s in single],
              want_log[:3], want_p[:3])  # fmt: skip
        upward = propagate(model, rows, tables, wanted=()).log_evidence
        assert np.allclose(upward, want_log, rtol=1e-12, atol=1e-10)
        if (want_log > -300).all():
            ordinary += 1
            assert not called
        unlikely += int(((want_log < -500) & np.isfinite(want_log)).sum())
        counted = propagate(model, rows, tables, counts=True).counts
        plain = np.zeros(model.n_entries, dtype=bool)
        for family in model.families:
            if isinstance(family, Conditional):
                size = model.cards[family.child] * math.prod(model.cards[p] for p in family.parents)
                plain[family.start : family.start + size] = True
        assert np.allclose(counted[plain], sum(w[2] for w in want)[plain], atol=1e-11)
    assert ordinary > 3
    assert unlikely > 50


@pytest.mark.parametrize("steps", [30, 1_500])
def test_a_long_chain_of_signs_each_of_which_is_rare(steps):
    """P(all signs) falls to 1e-3000: from above, too, nothing may be lost on the way."""
    step, sign = np.array([[0.9, 0.1], [0.2, 0.8]]), np.array([[0.01, 0.99], [0.02, 0.98]])
    families, numbers = [], []
    for i in range(steps):
        families.append(Conditional(2 * i, (2 * i - 2,) if i else (), 8 * i))
        numbers.append(step if i else np.array([[0.4, 0.6], [0.4, 0.6]]))
        families.append(Conditional(2 * i + 1, (2 * i,), 8 * i + 4))
        numbers.append(sign)
    tables = np.concatenate(numbers).ravel()
    names = tuple(f"v{i}" for i in range(2 * steps))
    model = Model(names, (2,) * (2 * steps), tuple(families), 2 * steps, tables, tables > 0)
    rows = np.ones((12, model.n_states))
    for r, row in enumerate(rows):
        row[3::4] = 0.0
        row[4 * r + 2 : 4 * r + 4] = 0.0, 1.0
    for r, own in enumerate(rows):
        seen = np.stack([own[2::4], own[3::4]], axis=1) @ sign.T
        forward, backward = np.empty((2, steps, 2))
        log_p, now = 0.0, np.array([0.4, 0.6])
        for i in range(steps):
            now = (now @ step if i else now) * seen[i]
            log_p += math.log(now.sum())
            now = forward[i] = now / now.sum()
        after = np.ones(2)
        for i in reversed(range(steps)):
            backward[i] = after
            after = step @ (after * seen[i])
            after /= after.sum()
        want = forward * backward
        want /= want.sum(axis=1, keepdims=True)
        rows_and = propagate(model, rows)
        drawn = propagate(model, rows, np.tile(tables, (len(rows), 1)))
        for found in (rows_and, drawn):
            got = found.marginals[r].reshape(steps, 4)[:, :2]
            assert np.allclose(got, want, rtol=0, atol=1e-12)
            assert found.log_evidence[r] == pytest.approx(log_p, rel=1e-12)
        if r == 2:
            break
    counted = propagate(model, rows, counts=True).counts
    assert counted[:2].sum() == pytest.approx(len(rows), rel=1e-12)
    assert counted.reshape(-1, 4).sum(axis=1) == pytest.approx(len(rows), rel=1e-12)


def test_exact_fractions():
    """N2: tiny networks in rational arithmetic; no float is trusted but the last rounding."""
    rng = np.random.default_rng(2)
    for _ in range(200):
        n = int(rng.integers(2, 5))
        numbers: list[list[Fraction]] = []
        families, start = [], 0
        for v in range(n):
            parents = tuple(p for p in range(v) if rng.random() < 0.6)
            rows = 2 ** len(parents)
            block = []
            for _ in range(rows):
                p = Fraction(int(rng.integers(0, 65)), 64)
                block += [1 - p, p]
            families.append(Conditional(v, parents, start))
            start += len(block)
            numbers.append(block)
        flat = np.array([float(x) for block in numbers for x in block])
        names = tuple(f"v{i}" for i in range(n))
        model = Model(names, (2,) * n, tuple(families), n, flat, flat > 0)
        found = int(rng.integers(0, 2))
        row = np.ones(2 * n)
        row[2 * (n - 1) + 1 - found] = 0.0
        total = Fraction(0)
        sums = [Fraction(0)] * (2 * n)
        for states in product((0, 1), repeat=n):
            p = Fraction(1)
            for v, family in enumerate(families):
                index = 0
                for u in family.parents:
                    index = 2 * index + states[u]
                p *= numbers[v][2 * index + states[v]]
            if states[-1] != found:
                continue
            total += p
            for v in range(n):
                sums[2 * v + states[v]] += p
        log_p, marginals = propagate_one(model, row)
        if total == 0:
            assert log_p == -math.inf
            continue
        factors = 4 * n * n
        for got, exact in zip(marginals, sums, strict=True):
            want = float(exact / total)
            assert abs(got - want) <= 4 * factors * math.ulp(max(want, 1e-300))


def hub(findings: int, up: float, down: float) -> tuple[Model, np.ndarray]:
    """A cause with many weak signs, half of them for it and half against."""
    numbers = [np.array([0.5, 0.5])]
    families: list[Conditional | Accumulation] = [Conditional(0, (), 0)]
    start = 2
    for i in range(findings):
        a, b = (up, down) if i % 2 else (down, up)
        numbers.append(np.array([1 - a, a, 1 - b, b]))
        families.append(Conditional(i + 1, (0,), start))
        start += 4
    tables = np.concatenate(numbers)
    n = findings + 1
    model = Model(
        tuple(f"v{i}" for i in range(n)), (2,) * n, tuple(families), n, tables, tables > 0
    )
    row = np.ones(2 * n)
    row[2::2] = 0.0
    return model, row


@pytest.mark.parametrize("findings", [10, 100, 1_000, 10_000])
def test_underflow_ladder(findings):
    """N6: P(findings) down to 1e-20000, with messages beyond a double's range on the way."""
    model, row = hub(findings, up=0.02, down=0.01)
    log_p, marginals = propagate_one(model, row)
    pairs = findings // 2
    assert log_p == pytest.approx(pairs * math.log(0.02 * 0.01), rel=1e-10)
    assert marginals[1] == pytest.approx(0.5, abs=1e-12)
    batch = propagate(model, np.tile(row, (40, 1)))
    assert np.allclose(batch.log_evidence, log_p, rtol=1e-12)
    assert np.allclose(batch.marginals, marginals, atol=1e-12)


def test_one_sided_findings_do_not_turn_to_nan():
    model, row = hub(2_000, up=0.02, down=0.01)
    row[2::4] = 1.0  # keep only every second finding: all for one side
    log_p, marginals = propagate_one(model, row)
    want = 1_000 * math.log(0.02) + math.log(0.5)
    assert log_p == pytest.approx(want, rel=1e-10)
    assert marginals[1] == pytest.approx(0.0, abs=1e-12) or marginals[1] == pytest.approx(1.0)


def test_entries_of_1e_minus_300():
    tables = np.array([1 - 1e-300, 1e-300, 1 - 1e-300, 1e-300, 1e-300, 1 - 1e-300])
    families = (Conditional(0, (), 0), Conditional(1, (0,), 2))
    model = Model(("a", "b"), (2, 2), families, 2, tables, tables > 0)
    log_p, marginals = propagate_one(model, np.array([1.0, 1, 0, 1]))
    assert log_p == pytest.approx(math.log(2e-300), rel=1e-12)
    assert marginals[1] == pytest.approx(0.5, abs=1e-12)


def test_laws(random_model, random_rows):
    """N7: retract = fresh, split likelihood, one-hot = hard, total probability, order of rows."""
    rng = np.random.default_rng(7)
    for _ in range(2_000):
        model = random_model(rng)
        rows = random_rows(rng, model, 6)
        beliefs = propagate(model, rows)
        turned = propagate(model, rows[::-1])
        assert np.allclose(turned.marginals[::-1], beliefs.marginals, atol=1e-12)
        alone = np.array([propagate(model, row).marginals[0] for row in rows])
        assert np.allclose(alone, beliefs.marginals, atol=1e-12)
        # A likelihood split in two factors on one variable is their product.
        v = int(rng.integers(len(model.cards)))
        slots = slice(model.offsets[v], model.offsets[v] + model.cards[v])
        factor = rng.uniform(0.1, 3.0, model.cards[v])
        twice = rows[0].copy()
        twice[slots] *= factor
        both = rows[0].copy()
        both[slots] = both[slots] * factor
        assert np.array_equal(propagate(model, twice).marginals, propagate(model, both).marginals)
        # Scaling a likelihood moves log P by the log of the scale, and nothing else.
        scaled = rows[0].copy()
        scaled[slots] *= 8.0
        again = propagate(model, scaled)
        assert np.allclose(again.marginals[0], beliefs.marginals[0], atol=1e-12)
        if np.isfinite(beliefs.log_evidence[0]):
            assert again.log_evidence[0] == pytest.approx(
                beliefs.log_evidence[0] + math.log(8), rel=1e-10, abs=1e-10
            )
        # Law of total probability over the states of one variable.
        free = rows[1].copy()
        free[slots] = 1.0
        split = np.repeat(free[None], model.cards[v], axis=0)
        split[:, slots] = np.eye(model.cards[v])
        parts = propagate(model, split)
        whole = propagate(model, free)
        if np.isfinite(whole.log_evidence[0]):
            weight = np.exp(parts.log_evidence - whole.log_evidence[0])
            assert weight.sum() == pytest.approx(1.0, abs=1e-11)
            assert np.allclose(weight @ parts.marginals, whole.marginals[0], atol=1e-11)


def test_relabelled_states_relabel_the_answer(random_model, random_rows):
    rng = np.random.default_rng(8)
    for _ in range(100):
        model = random_model(rng, p_accumulation=0.0)
        turn = [rng.permutation(k) for k in model.cards]
        tables = np.empty_like(model.tables)
        for family in model.families:
            scope = (*family.parents, family.child)
            shape = [model.cards[v] for v in scope]
            size = math.prod(shape)
            block = model.tables[family.start : family.start + size].reshape(shape)
            tables[family.start : family.start + size] = block[
                np.ix_(*[turn[v] for v in scope])
            ].ravel()
        other = Model(model.names, model.cards, model.families, model.n_network, tables, tables > 0)
        slots = np.concatenate([model.offsets[v] + turn[v] for v in range(len(model.cards))])
        rows = random_rows(rng, model, 4)
        a, b = propagate(model, rows), propagate(other, rows[:, slots])
        assert np.allclose(a.marginals[:, slots], b.marginals, atol=1e-12)


def noisy_or(causes: int, p: np.ndarray, prior: np.ndarray, leak: float) -> Model:
    """Independent causes of one effect."""
    numbers: list[np.ndarray] = []
    families: list[Conditional | Accumulation] = []
    start = 0
    for x in prior:
        families.append(Conditional(len(families), (), start))
        numbers.append(np.array([1 - x, x]))
        start += 2
    links = [Link((), start)]
    numbers.append(step_matrices(np.array([1 - leak, leak])).ravel())
    start += 4
    for i, strength in enumerate(p):
        links.append(Link((i,), start))
        numbers.append(step_matrices(np.array([[1.0, 0.0], [1 - strength, strength]])).ravel())
        start += 8
    families.append(Accumulation(causes, tuple(links), maximum_join(2)))
    tables = np.concatenate(numbers)
    n = causes + 1
    return Model(tuple(f"v{i}" for i in range(n)), (2,) * n, tuple(families), n, tables, tables > 0)


def test_noisy_or_worked_by_hand():
    """Two causes, each present 0.1; strengths 0.8 and 0.5; leak 0.05; the effect is seen."""
    model = noisy_or(2, np.array([0.8, 0.5]), np.array([0.1, 0.1]), 0.05)
    none = 0.95 * (0.9 + 0.1 * 0.2) * (0.9 + 0.1 * 0.5)
    p_effect = 1 - none
    first = 0.1 - 0.1 * 0.95 * 0.2 * (0.9 + 0.1 * 0.5)
    log_p, marginals = propagate_one(model, np.array([1, 1, 1, 1, 0, 1.0]))
    assert math.exp(log_p) == pytest.approx(p_effect, abs=1e-15)
    assert marginals[1] == pytest.approx(first / p_effect, abs=1e-15)


def test_noisy_or_of_thirty_causes_is_never_a_full_table():
    rng = np.random.default_rng(9)
    p, prior = rng.uniform(0.1, 0.9, 30), rng.uniform(0.01, 0.2, 30)
    model = noisy_or(30, p, prior, 0.01)
    row = np.ones(model.n_states)
    row[-2] = 0.0
    log_p, marginals = propagate_one(model, row)
    none = 0.99 * np.prod(1 - prior * p)
    assert math.exp(log_p) == pytest.approx(1 - none, rel=1e-13)
    present = prior * (1 - 0.99 * (1 - p) * none / 0.99 / (1 - prior * p)) / (1 - none)
    assert np.allclose(marginals[1:60:2], present, atol=1e-13)
    assert program_for(model).entries < 1_000


def test_rare_effects_keep_their_digits():
    """The decomposition subtracts nothing: P(effect) of 1e-12 is right to 1e-13 of itself."""
    model = noisy_or(3, np.full(3, 1e-6), np.full(3, 1e-6), 0.0)
    row = np.ones(model.n_states)
    row[-2] = 0.0
    log_p, _ = propagate_one(model, row)
    exact = -math.expm1(3 * math.log1p(-1e-12))
    assert math.exp(log_p) == pytest.approx(exact, rel=1e-12)


def test_accumulations_agree_with_their_full_tables(random_model, random_rows):
    """N10: the same model with every accumulation written out as one dense table."""
    from etiograph.engine.enumerate import family_table

    rng = np.random.default_rng(10)
    for _ in range(500):
        model = random_model(rng, n_max=6, most_cards=3, p_accumulation=0.8)
        numbers, families, start = [], [], 0
        for v in range(len(model.cards)):
            table = np.asarray(family_table(model, v))
            families.append(Conditional(v, model.parents(v), start))
            numbers.append(table.ravel())
            start += table.size
        tables = np.concatenate(numbers)
        dense = Model(
            model.names, model.cards, tuple(families), model.n_network, tables, tables > 0
        )
        rows = random_rows(rng, model, 5)
        a, b = propagate(model, rows), propagate(dense, rows)
        check(a.log_evidence, a.marginals, b.log_evidence, b.marginals)


def grid(side: int) -> Model:
    """A square grid of binary variables, each the child of its left and upper neighbour."""
    families, numbers, start = [], [], 0
    for i in range(side * side):
        parents = tuple(p for p, there in ((i - 1, i % side > 0), (i - side, i >= side)) if there)
        size = 2 ** (len(parents) + 1)
        families.append(Conditional(i, parents, start))
        numbers.append(np.full(size, 0.5))
        start += size
    tables = np.concatenate(numbers)
    n = side * side
    return Model(tuple(f"v{i}" for i in range(n)), (2,) * n, tuple(families), n, tables, tables > 0)


def test_too_large_is_refused_with_numbers_before_allocation():
    model = grid(30)
    with pytest.raises(TooLarge) as refused:
        propagate_one(model, np.ones(model.n_states))
    assert refused.value.entries > 1e9
    assert refused.value.bytes > 2 << 30
    assert "GiB" in str(refused.value)


def test_predicted_bytes_are_the_real_ones(random_model):
    """N11: what a program says it takes against the peak of compiling it and asking it once."""
    rng = np.random.default_rng(11)
    first = compile_pattern(grid(2), {})  # what a first call loads is not the program's
    first.base(first.model.tables)
    measured = 0
    while measured < (500 if LONG else 20):
        if rng.random() < 0.5:
            model = grid(int(rng.integers(5, 14)))
        else:
            model = random_model(rng, n_min=20, n_max=40, most_cards=4, p_accumulation=0.3)
        row = np.ones(model.n_states)
        tracemalloc.start()
        try:
            program = compile_pattern(model, {})
            program.base(model.tables)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        if program.entries < 2_000:
            continue
        measured += 1
        assert peak / 2 <= program.bytes <= peak * 2
        assert np.isfinite(propagate_one(model, row)[0])


def test_batches_of_any_size_equal_single_rows(random_model, random_rows):
    rng = np.random.default_rng(12)
    model = random_model(rng, n_min=8)
    for count in (1, 2, 5, 31, 32, 33, 64, 100):
        rows = random_rows(rng, model, count)
        beliefs = propagate(model, rows)
        for i in range(count):
            log_p, marginals = propagate_one(model, rows[i])
            assert beliefs.log_evidence[i] == pytest.approx(log_p, rel=1e-12, abs=1e-12)
            assert np.allclose(beliefs.marginals[i], marginals, atol=1e-12)


def test_evidence_by_the_programs_of_what_is_wanted(random_model, random_rows):
    for seed in range(5):
        rng = np.random.default_rng(seed)
        model = random_model(rng)
        rows = random_rows(rng, model, 20)
        whole = propagate(model, rows)
        for wanted in (None, range(0, len(model.cards), 2)):
            alone = propagate(model, rows, wanted=wanted, marginals=False)
            assert not alone.marginals.size
            np.testing.assert_allclose(alone.log_evidence, whole.log_evidence, rtol=1e-12)


def test_evidence_alone_is_the_log_of_the_whole(random_model, random_rows):
    rng = np.random.default_rng(13)
    for _ in range(30):
        model = random_model(rng)
        rows = random_rows(rng, model, 7)
        assert np.array_equal(evidence(model, rows), propagate(model, rows).log_evidence)


def test_what_is_asked_once_is_answered_alike_and_keeps_no_program(random_model, random_rows):
    rng = np.random.default_rng(9)
    for _ in range(100):
        model = random_model(rng)
        rows = random_rows(rng, model, 3)
        STORE.clear()
        once = [propagate(model, row, model.tables.copy(), once=True) for row in rows]
        assert ("core", model.key) not in STORE
        assert ("program", model.key, (), True) not in STORE
        want = propagate(model, rows)
        check(
            np.concatenate([one.log_evidence for one in once]),
            np.concatenate([one.marginals for one in once]),
            want.log_evidence,
            want.marginals,
        )
        alone = [evidence(model, row, model.tables.copy(), once=True)[0] for row in rows]
        assert np.allclose(alone, want.log_evidence, rtol=1e-12, atol=1e-11)


def test_a_product_below_the_smallest_double_is_not_zero():
    """Two numbers of 1e-200 in one table: P(b, c) = 0.5e-400 whatever is sliced or shared."""
    tables = np.array([0.5, 0.5, 1, 1e-200, 1, 0, 1, 0, 1, 1e-200, 1, 0, 1, 0], dtype=float)
    families = (Conditional(0, (), 0), Conditional(1, (0,), 2), Conditional(2, (0, 1), 6))
    model = Model(("a", "b", "c"), (2, 2, 2), families, 3, tables, tables > 0)
    row = np.array([1.0, 1.0, 0.0, 1.0, 0.0, 1.0])
    want = math.log(0.5) - 400 * math.log(10)
    log_p, marginals = propagate_one(model, row)
    assert log_p == pytest.approx(want, rel=1e-13)
    assert marginals.tolist() == [1, 0, 0, 1, 0, 1]
    many = propagate(model, np.tile(row, (3, 1)), np.tile(tables, (3, 1)))
    assert many.log_evidence == pytest.approx([want] * 3, rel=1e-13)


def test_the_estimated_size_is_near_that_of_the_program_and_falls_with_what_is_known():
    model = etiograph.load("leg_cramps").model
    sizes = [math.inf]
    known: dict[int, int] = {}
    for v in plans.core_variables(model).variables[:5]:
        sizes.append(plans.estimate(model, known))
        assert sizes[-1] / 4 < program_for(model, known).entries < 4 * sizes[-1]
        assert sizes[-1] < sizes[-2]
        known[v] = 0


def test_one_row_takes_the_program_for_what_is_known_of_the_dear_variables():
    """Which program serves is a function of the model's structure and of what is known alone."""
    net = etiograph.load("leg_cramps")
    model = net.model
    v, other = plans.core_variables(model).variables[0], model.n_network - 1
    assert other not in plans.core_variables(model).variables
    row = np.ones(model.n_states)
    for u in (v, other):
        row[model.offsets[u] + 1 : model.offsets[u] + model.cards[u]] = 0.0
    found, _, _ = plans.numbers_for(model, row, None, 2**31)
    assert found is program_for(model, {v: 0})
    # The same question has the same answer to the bit, whatever was asked before.
    before = propagate_one(model, row)
    propagate_one(model, np.ones(model.n_states))
    after = propagate_one(model, row)
    assert before[0] == after[0]
    assert np.array_equal(before[1], after[1])


def test_a_child_in_its_lowest_state_is_sliced_out_for_what_it_unties(monkeypatch):
    """Also where that only follows from what is known, as of the pair of both worlds of a twin."""
    monkeypatch.setattr(plans, "CHEAP", 0)
    model = noisy_or(4, np.full(4, 0.5), np.full(4, 0.25), 0.125)
    effect = len(model.cards) - 1
    start = model.n_entries
    tables = np.concatenate([model.tables, [1.0, 0.0, 0.0, 1.0]])
    copied = Model(
        (*model.names, "copy"), (*model.cards, 2),
        (*model.families, Conditional(effect + 1, (effect,), start)),
        model.n_network + 1, tables, tables > 0,
    )  # fmt: skip
    monkeypatch.setattr(plans, "SHARE_WORTH_SLICING", 0.4)
    core = plans.core_variables(copied)
    assert core.lowest == (effect,)
    assert core.variables == ()
    assert plans.worth_slicing(copied, {effect: 0}) == {effect: 0}
    assert plans.worth_slicing(copied, {effect + 1: 0}) == {effect: 0}
    assert plans.worth_slicing(copied, {effect + 1: 1}) == {}
    row = np.ones(copied.n_states)
    row[-1] = 0.0
    assert evidence(copied, row)[0] == pytest.approx(4 * math.log(0.875) + math.log(0.875))


def test_a_few_rows_of_a_large_program_go_alone_and_answer_the_same():
    model = etiograph.load("leg_cramps").model
    rows = np.random.default_rng(0).uniform(0.1, 1.0, (FEW + 1, model.n_states))
    block = propagate(model, rows)
    few = propagate(model, rows[:FEW])
    np.testing.assert_allclose(few.marginals, block.marginals[:-1], rtol=0, atol=1e-12)
    np.testing.assert_allclose(few.log_evidence, block.log_evidence[:-1], rtol=1e-13)


def test_the_first_answer_of_a_process_loads_no_compiled_kernel_and_is_the_same():
    code = """
import sys, numpy as np, etiograph
from etiograph.engine.propagate import propagate, propagate_one
model = etiograph.load("sprinkler").model
row = np.ones(model.n_states)
row[0] = 0.0
first = propagate_one(model, row)
assert "numba" not in sys.modules
second = propagate_one(model, row)
assert "numba" in sys.modules
assert "scipy.linalg" not in sys.modules
assert abs(first[0] - second[0]) < 1e-12
assert abs(first[1] - second[1]).max() < 1e-12
"""
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)
