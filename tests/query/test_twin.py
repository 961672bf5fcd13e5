"""N8: do, had and after against the enumeration of every setting of the noise."""

from __future__ import annotations

import numpy as np
import pytest

from etiograph.engine import enumerate as brute
from etiograph.engine.ancestral import descendants, informative
from etiograph.errors import TooLarge
from etiograph.network.model import (
    Accumulation,
    Conditional,
    Link,
    Model,
    maximum_join,
    step_matrices,
)
from etiograph.query.coupling import quantile_coupling
from etiograph.query.surgery import intervene
from etiograph.query.twin import twin

N_MODELS = 400


def random_rows(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Distributions over the last axis, some with zeros, some extreme."""
    p = rng.dirichlet(np.ones(shape[-1]), size=shape[:-1])
    kind = rng.random()
    if kind < 0.2:
        p = p * (rng.random(shape) < 0.6)
        p[..., 0] += p.sum(axis=-1) == 0
    elif kind < 0.3:
        p = p**8 + 1e-12
    return p / p.sum(axis=-1, keepdims=True)


def random_model(rng: np.random.Generator, n_min: int = 2, n_max: int = 5) -> Model:
    """A small model of tables, noisy-MAX accumulations and deterministic tables."""
    n = int(rng.integers(n_min, n_max + 1))
    cards = [int(c) for c in rng.choice([2, 2, 2, 3], n)]
    families, numbers = [], []
    start = 0

    def put(block: np.ndarray) -> int:
        nonlocal start
        numbers.append(block.ravel())
        start += block.size
        return start - block.size

    for i in range(n):
        width = int(rng.integers(0, min(i, 3) + 1))
        parents = tuple(int(p) for p in rng.choice(i, width, replace=False)) if width else ()
        shape = tuple(cards[p] for p in parents)
        kind = rng.random()
        if parents and kind < 0.45:
            links = [Link((), put(step_matrices(random_rows(rng, (cards[i],)))))]
            split = parents if rng.random() < 0.7 else (parents,)
            for own in split:
                own = own if isinstance(own, tuple) else (own,)
                rows = random_rows(rng, (*(cards[p] for p in own), cards[i]))
                if rng.random() < 0.7:
                    rows[(0,) * len(own)] = np.eye(cards[i])[0]
                links.append(Link(own, put(step_matrices(rows))))
            families.append(Accumulation(i, tuple(links), maximum_join(cards[i])))
        elif parents and kind < 0.6:
            chosen = rng.integers(0, cards[i], shape)
            families.append(Conditional(i, parents, put(np.eye(cards[i])[chosen])))
        else:
            rows = random_rows(rng, (*shape, cards[i]))
            families.append(Conditional(i, parents, put(rows)))
    tables = np.concatenate(numbers)
    names = tuple(f"v{i}" for i in range(n))
    return Model(names, tuple(cards), tuple(families), n, tables, tables > 0)


def random_findings(rng: np.random.Generator, model: Model) -> np.ndarray:
    """A row of likelihoods that some world of the model satisfies."""
    states, p = brute.worlds(model)
    world = states[rng.choice(len(p), p=p / p.sum())]
    row = np.ones(model.n_states)
    for i, offset in enumerate(model.offsets):
        k = model.cards[i]
        draw = rng.random()
        if draw < 0.3:
            row[offset : offset + k] = np.eye(k)[world[i]]
        elif draw < 0.4:
            row[offset : offset + k] = rng.random(k) * 3
    return row


def random_changes(rng: np.random.Generator, model: Model) -> dict[int, int]:
    n = len(model.names)
    chosen = rng.choice(n, int(rng.integers(1, min(3, n + 1))), replace=False)
    return {int(i): int(rng.integers(model.cards[i])) for i in chosen}


def solve_twin(built, model, row, tables=None):
    t = built.extension.tables(model.tables[None] if tables is None else tables)
    beliefs = brute.posterior(built.extension.model, built.likelihoods(row[None]), t)
    return beliefs


@pytest.mark.parametrize("seed", range(8))
def test_had_and_after_against_every_setting_of_the_noise(seed):
    rng = np.random.default_rng(1000 + seed)
    compared = 0
    while compared < N_MODELS // 8:
        model = random_model(rng)
        row = random_findings(rng, model)
        changes = random_changes(rng, model)
        if rng.random() < 0.2:
            changes = {}
        fresh = [i for i in range(len(model.names)) if rng.random() < 0.3]
        if rng.random() < 0.5 and changes:
            fresh = []
        orders = {
            i: tuple(int(s) for s in rng.permutation(model.cards[i]))
            for i, family in enumerate(model.families)
            if isinstance(family, Conditional) and rng.random() < 0.3
        }
        try:
            truth = brute.counterfactual(
                model, row, changes, fresh=fresh, orders=orders, limit=2**18
            )
        except TooLarge:
            continue
        built = twin(model, changes, fresh=fresh, orders=orders)
        beliefs = solve_twin(built, model, row)
        assert beliefs.log_evidence[0] == pytest.approx(truth.log_evidence, abs=1e-11)
        s = model.n_states
        np.testing.assert_allclose(
            beliefs.marginals[0, :s], truth.marginals(changed=False), atol=1e-12
        )
        np.testing.assert_allclose(built.changed(beliefs)[0], truth.marginals(), atol=1e-12)
        compared += 1


def test_held_variables_and_sparse_findings_against_every_setting_of_the_noise():
    """What is held carries its actual noise; what no finding speaks about needs no coupling."""
    rng = np.random.default_rng(2000)
    compared = 0
    while compared < 80:
        model = random_model(rng, n_min=3)
        changes = random_changes(rng, model)
        hold = [i for i in range(len(model.names)) if i not in changes and rng.random() < 0.3]
        row = random_findings(rng, model)
        for i, offset in enumerate(model.offsets):
            if rng.random() < 0.5:
                row[offset : offset + model.cards[i]] = 1.0
        try:
            truth = brute.counterfactual(model, row, changes, hold=hold, limit=2**18)
        except TooLarge:
            continue
        built = twin(model, changes, hold=hold, seen=informative(model, row[None]))
        beliefs = solve_twin(built, model, row)
        np.testing.assert_allclose(built.changed(beliefs)[0], truth.marginals(), atol=1e-12)
        assert beliefs.log_evidence[0] == pytest.approx(truth.log_evidence, abs=1e-11)
        compared += 1


def test_do_against_rewritten_worlds():
    rng = np.random.default_rng(7)
    for _ in range(N_MODELS):
        model = random_model(rng)
        changes = random_changes(rng, model)
        soft = {i: rng.dirichlet(np.ones(model.cards[i])) for i in changes}
        row = random_findings(rng, model)
        extension = intervene(model, soft)
        got = brute.posterior(extension.model, row[None], extension.tables(model.tables[None]))
        # By hand: the product of all families, those of the changed variables replaced.
        grid = np.indices(model.cards).reshape(len(model.cards), -1)
        weight = np.ones(grid.shape[1])
        for i, offset in enumerate(model.offsets):
            if i in soft:
                weight = weight * soft[i][grid[i]]
            else:
                table = brute.family_table(model, i)
                weight = weight * table[(*(grid[p] for p in model.parents(i)), grid[i])]
            weight = weight * row[offset + grid[i]]
        total = weight.sum()
        assert np.exp(got.log_evidence[0]) == pytest.approx(total, abs=1e-12)
        if total > 0:
            for i, offset in enumerate(model.offsets):
                k = model.cards[i]
                want = np.bincount(grid[i], weights=weight, minlength=k) / total
                np.testing.assert_allclose(got.marginals[0, offset : offset + k], want, atol=1e-12)


def test_draws_of_the_tables_pass_through_a_twin():
    rng = np.random.default_rng(11)
    for _ in range(40):
        model = random_model(rng, n_max=4)
        rows = np.stack([model.tables, model.tables * 1.0])
        changes = random_changes(rng, model)
        built = twin(model, changes)
        findings = random_findings(rng, model)
        t = built.extension.tables(rows)
        assert t.shape == (2, built.extension.model.n_entries)
        np.testing.assert_array_equal(t[0], t[1])
        np.testing.assert_array_equal(t[0], built.extension.stated(model))
        assert not t[:, ~built.extension.model.support].any()
        assert findings.shape == (model.n_states,)


def test_every_row_of_a_twin_is_a_distribution_where_it_is_reached():
    rng = np.random.default_rng(12)
    for _ in range(60):
        model = random_model(rng)
        built = twin(model, random_changes(rng, model))
        _, p = brute.worlds(built.extension.model)
        assert p.sum() == pytest.approx(1.0, abs=1e-12)


def test_only_what_the_change_reaches_is_doubled():
    rng = np.random.default_rng(13)
    for _ in range(60):
        model = random_model(rng)
        changes = random_changes(rng, model)
        built = twin(model, changes)
        moved = {i for i, c in enumerate(built.counterpart) if c != i}
        assert moved == descendants(model, changes) - set(changes)


def test_coupling_of_equal_rows_is_the_diagonal_and_keeps_tiny_entries():
    p = np.array([0.25, 1e-300, 0.75 - 1e-300])
    np.testing.assert_array_equal(quantile_coupling(p, p), np.diag(p))
    q = np.array([1e-300, 0.5, 0.5])
    joint = quantile_coupling(p, q)
    np.testing.assert_allclose(joint.sum(axis=1), p, rtol=1e-15)
    np.testing.assert_allclose(joint.sum(axis=0), q, rtol=1e-15)


def test_coupling_puts_the_most_mass_on_agreement_of_order():
    # By hand: u < 0.3 gives (0, 0), u in [0.3, 0.6) gives (1, 0), the rest (1, 1).
    joint = quantile_coupling(np.array([0.3, 0.7]), np.array([0.6, 0.4]))
    np.testing.assert_allclose(joint, [[0.3, 0.0], [0.3, 0.4]], atol=1e-15)


def test_a_pair_of_a_wide_noisy_or_stays_small():
    k, n = 2, 25
    numbers, families, start = [], [], 0
    for i in range(n):
        families.append(Conditional(i, (), start))
        numbers.append(np.array([0.9, 0.1]))
        start += 2
    links = []
    for i in range(n):
        block = step_matrices(np.array([[1.0, 0.0], [0.7, 0.3]]))
        links.append(Link((i,), start))
        numbers.append(block.ravel())
        start += block.size
    families.append(Accumulation(n, tuple(links), maximum_join(k)))
    tables = np.concatenate(numbers)
    model = Model(
        tuple(f"c{i}" for i in range(n + 1)),
        (2,) * (n + 1),
        tuple(families),
        n + 1,
        tables,
        tables > 0,
    )
    built = twin(model, {0: 0, 1: 1})
    assert built.extension.model.n_entries < model.n_entries + 200
    pairs = [f for f in built.extension.model.families if isinstance(f, Accumulation)]
    assert sorted(len(f.links) for f in pairs) == [3, n - 2]


def test_a_table_too_wide_to_couple_is_refused_before_it_is_allocated():
    cards = (30, 30, 30, 30)
    shape = cards
    numbers = [np.full(30, 1 / 30)] * 3 + [np.full(shape, 1 / 30).ravel()]
    families = [Conditional(i, (), 30 * i) for i in range(3)]
    families.append(Conditional(3, (0, 1, 2), 90))
    tables = np.concatenate(numbers)
    model = Model(("a", "b", "c", "d"), cards, tuple(families), 4, tables, tables > 0)
    with pytest.raises(TooLarge) as refused:
        twin(model, {0: tuple([1 / 30] * 30)})
    assert refused.value.entries > 2**24


def with_coins(
    rng: np.random.Generator, model: Model, chosen: list[int]
) -> tuple[Model, dict[int, int]]:
    """The model with a coin more for each chosen variable, and which is whose."""
    names, cards, families = [*model.names], [*model.cards], [*model.families]
    numbers, coins, start = [model.tables], {}, model.n_entries
    for i in chosen:
        coins[i] = len(names)
        names.append(f"v{i}~lasts")
        cards.append(2)
        families.append(Conditional(coins[i], (), start))
        share = rng.choice([rng.random(), 0.0, 1.0], p=[0.8, 0.1, 0.1])
        numbers.append(np.array([1.0 - share, share]))
        start += 2
    tables = np.concatenate(numbers)
    support = np.concatenate([model.support, np.ones(2 * len(chosen), dtype=bool)])
    parts = (tuple(names), tuple(cards), tuple(families), model.n_network)
    return Model(*parts, tables, support), coins


def random_lasting(rng: np.random.Generator, k: int) -> tuple[tuple[int, ...], ...]:
    """What becomes of each pair of states; one that would not move does not."""
    table = rng.integers(0, k, (k, k))
    table[np.arange(k), np.arange(k)] = np.arange(k)
    return tuple(tuple(map(int, row)) for row in table)


@pytest.mark.parametrize("seed", range(4))
def test_noise_that_lasts_and_states_that_do_not_heal_against_every_setting_of_the_noise(seed):
    rng = np.random.default_rng(3000 + seed)
    compared = 0
    while compared < 60:
        plain = random_model(rng)
        n = len(plain.names)
        fresh = [i for i in range(n) if rng.random() < 0.5]
        model, coins = with_coins(rng, plain, [i for i in fresh if rng.random() < 0.7])
        row = np.append(random_findings(rng, plain), np.ones(model.n_states - plain.n_states))
        changes = random_changes(rng, plain) if rng.random() < 0.7 else {}
        time = {
            "fresh": fresh,
            "coins": coins,
            "lasting": {
                i: random_lasting(rng, plain.cards[i]) for i in range(n) if rng.random() < 0.4
            },
            "orders": {
                i: tuple(int(s) for s in rng.permutation(model.cards[i]))
                for i, family in enumerate(plain.families)
                if isinstance(family, Conditional) and rng.random() < 0.3
            },
        }
        sparse = rng.random() < 0.5
        if sparse:
            for i, offset in enumerate(model.offsets):
                if rng.random() < 0.6:
                    row[offset : offset + model.cards[i]] = 1.0
        try:
            truth = brute.counterfactual(model, row, changes, **time, limit=2**17)
            seen = informative(model, row[None]) if sparse else None
            built = twin(model, changes, **time, seen=seen)
            beliefs = solve_twin(built, model, row)
        except TooLarge:
            continue
        assert beliefs.log_evidence[0] == pytest.approx(truth.log_evidence, abs=1e-11)
        got = built.changed(beliefs)[0]
        np.testing.assert_allclose(got, truth.marginals(), atol=1e-12)
        compared += 1
