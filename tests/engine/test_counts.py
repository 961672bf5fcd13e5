"""Expected counts: worked by hand, against enumeration, and as slopes of log P."""

from __future__ import annotations

import os

import numpy as np
import pytest
from tests.mechanisms import KINDS, random_network, random_rows

from etiograph.engine import decompose
from etiograph.engine.ancestral import ancestors, informative
from etiograph.engine.enumerate import expected_counts, posterior
from etiograph.engine.propagate import propagate
from etiograph.network.mechanism import Table
from etiograph.network.model import Conditional, Model
from etiograph.network.network import Network
from etiograph.network.noisy import NoisyLink, NoisyOr
from etiograph.network.variable import Variable

NETWORKS = 2_000 if os.environ.get("ETIOGRAPH_LONG") else 200
CHUNKS = 8
BINARY = ("absent", "present")


def test_a_table_worked_by_hand() -> None:
    """P(a) = (.3, .7), P(b | a) = ((.9, .1), (.2, .8)); b = 1 is seen twice, nothing once."""
    tables = np.array([0.3, 0.7, 0.9, 0.1, 0.2, 0.8])
    families = (Conditional(0, (), 0), Conditional(1, (0,), 2))
    model = Model(("a", "b"), (2, 2), families, 2, tables, tables > 0)
    rows = np.array([[1.0, 1.0, 0.0, 1.0], [1.0, 1.0, 1.0, 1.0]])
    found = propagate(model, rows, counts=True, weights=np.array([2.0, 1.0])).counts
    seen = np.array([0.03, 0.56]) / 0.59
    expected = [
        2 * seen[0] + 0.3, 2 * seen[1] + 0.7,
        0.27, 2 * seen[0] + 0.03, 0.14, 2 * seen[1] + 0.56,
    ]  # fmt: skip
    assert found == pytest.approx(expected, abs=1e-15)


def test_a_link_worked_by_hand() -> None:
    """The cause is there, its link has strength .5, the leak .2, and there is the effect."""
    variables = [Variable("a", BINARY), Variable("y", BINARY)]
    link = NoisyLink.of("a", {"present": 0.5})
    mechanisms = {"a": Table(array=[0.6, 0.4]), "y": NoisyOr(leak=0.2, links=(link,))}
    model = Network(variables, mechanisms).model
    row = np.array([0.0, 1.0, 0.0, 1.0])
    found = propagate(model, row, counts=True).counts
    p = 1 - 0.8 * 0.5
    # a; steps of the leak; steps of the link without and with the cause.
    expected = [
        0.0, 1.0,
        0.8 * 0.5 / p, 0.2 / p, 0.0, 0.0,
        0.0, 0.0, 0.0, 0.0,
        0.2 * 0.5 / p, 0.5 / p, 0.0, 0.0,
    ]  # fmt: skip
    assert found == pytest.approx(expected, abs=1e-15)


@pytest.mark.parametrize("signed", [False, True], ids=["chain", "multiplicative"])
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_against_enumeration(chunk: int, signed: bool, monkeypatch) -> None:
    """Every mechanism; holes, soft findings, zeros, impossible rows, weights; more rows than lanes."""
    if signed:
        monkeypatch.setattr(decompose, "CHEAP", 0.0)
        monkeypatch.setattr(decompose, "CHAIN_AT_MOST", 0.0)
    rng = np.random.default_rng(8_000 + chunk)
    kinds: set[str] = set()
    impossible = 0
    for drawn in range(2 * NETWORKS // CHUNKS):
        if drawn >= NETWORKS // CHUNKS and len(kinds) > len(KINDS) - 3:
            break  # enough, and every kind of mechanism among them
        network = random_network(rng)
        kinds.update(mechanism.kind for mechanism in network.mechanisms.values())
        model = network.model
        rows = random_rows(rng, network, int(rng.choice([1, 3, 40])))
        weights = rng.choice([rng.random(len(rows)) * 3, np.ones(len(rows))])
        weights[rng.random(len(rows)) < 0.1] = 0.0
        expected = posterior(model, rows)
        impossible += int((~np.isfinite(expected.log_evidence)).sum())
        found = propagate(model, rows, counts=True, weights=weights)
        np.testing.assert_allclose(
            found.log_evidence, expected.log_evidence, rtol=1e-12, atol=1e-12
        )
        np.testing.assert_allclose(found.marginals, expected.marginals, rtol=0, atol=1e-12)
        counts = expected_counts(model, rows, weights=weights)
        bar = 1e-12 * max(1.0, weights.sum())
        np.testing.assert_allclose(found.counts, counts, rtol=0, atol=bar)
        # Families that nothing seen or wanted needs are left out, and no other.
        some = propagate(model, rows, counts=True, weights=weights, wanted=())
        np.testing.assert_allclose(some.log_evidence, found.log_evidence, rtol=1e-12, atol=1e-12)
        assert some.marginals.shape == (len(rows), 0)
        needed = ancestors(model, informative(model, rows))
        counted = np.concatenate([np.full(size, i in needed) for i, size in _sizes(model)])
        np.testing.assert_allclose(some.counts, np.where(counted, counts, 0.0), rtol=0, atol=bar)
    assert impossible > 0
    assert len(kinds) > len(KINDS) - 3


def _sizes(model: Model) -> list[tuple[int, int]]:
    """The families in the order of their blocks, and how many entries each block has."""
    found = []
    for i, family in enumerate(model.families):
        k = model.cards[i]
        if isinstance(family, Conditional):
            blocks = [(family.start, family.parents, k)]
        else:
            blocks = [(link.start, link.parents, k * k) for link in family.links]
        for start, parents, width in blocks:
            size = width * int(np.prod([model.cards[p] for p in parents]))
            found.append((start, i, size))
    return [(i, size) for _, i, size in sorted(found)]


def test_each_family_counts_every_row_once() -> None:
    rng = np.random.default_rng(81)
    for _ in range(20):
        network = random_network(rng)
        model = network.model
        rows = random_rows(rng, network, 50)
        weights = rng.random(50)
        found = propagate(model, rows, counts=True, weights=weights)
        total = weights[np.isfinite(found.log_evidence)].sum()
        end = 0
        for _, size in _sizes(model):
            start, end = end, end + size
            assert found.counts[start:end].sum() == pytest.approx(total, rel=1e-12)


def test_count_over_number_is_the_slope() -> None:
    """Parameters -> tables -> log P: the slope of the whole, by the chain rule and by differences."""
    variables = [Variable(name, BINARY) for name in ("a", "b", "y")]
    links = tuple(NoisyLink.of(name, {"present": p}) for name, p in (("a", 0.4), ("b", 0.7)))
    mechanisms = {
        "a": Table(array=[0.7, 0.3]),
        "b": Table(("a",), array=[[0.6, 0.4], [0.2, 0.8]]),
        "y": NoisyOr(leak=0.1, links=links),
    }
    model = Network(variables, mechanisms).model
    rows = random_rows(np.random.default_rng(82), Network(variables, mechanisms), 30)
    weights = np.linspace(0.5, 2.0, 30)

    def log_p(tables) -> float:
        return float(weights @ propagate(model, rows, tables).log_evidence)

    counts = propagate(model, rows, counts=True, weights=weights).counts
    start = model.families[model.index["y"]].links[1].start + 4  # the link of a, a present
    step = 1e-6
    moved = []
    for p in (0.4 + step, 0.4 - step):
        tables = model.tables.copy()
        tables[start : start + 4] = [1 - p, p, 0.0, 1.0]
        moved.append(log_p(tables))
    slope = counts[start + 1] / 0.4 - counts[start] / 0.6
    assert slope == pytest.approx((moved[0] - moved[1]) / (2 * step), rel=1e-7)


def test_rows_at_risk_are_worked_out_alone() -> None:
    """A row far below the smallest double, among ordinary ones, is counted like any other."""
    n = 400
    tables = np.concatenate(
        [[0.5, 0.5], np.tile([0.98, 0.02, 0.99, 0.01, 0.99, 0.01, 0.98, 0.02], n // 2)]
    )
    families = (Conditional(0, (), 0), *(Conditional(i + 1, (0,), 2 + 4 * i) for i in range(n)))
    names = tuple(f"v{i}" for i in range(n + 1))
    model = Model(names, (2,) * (n + 1), families, n + 1, tables, tables > 0)
    rows = np.ones((40, model.n_states))
    rows[7, 2::2] = 0.0
    found = propagate(model, rows, counts=True)
    own = propagate(model, rows[7], counts=True).counts
    others = propagate(model, np.delete(rows, 7, axis=0), counts=True).counts
    np.testing.assert_allclose(found.counts, own + others, rtol=1e-12, atol=1e-12)
    # Either state of the cause has posterior 1/2, and each sign was seen.
    np.testing.assert_allclose(own[2:].reshape(-1, 4), [[0.0, 0.5, 0.0, 0.5]] * n, atol=1e-10)


def test_other_numbers_than_the_models_own() -> None:
    rng = np.random.default_rng(83)
    network = random_network(rng, n_min=5)
    model = network.model
    tables = model.tables.copy()
    family = next(
        f for f in model.families if isinstance(f, Conditional) and model.cards[f.child] > 1
    )
    k = model.cards[family.child]
    tables[family.start : family.start + k] = model.support[family.start : family.start + k]
    tables[family.start : family.start + k] /= tables[family.start : family.start + k].sum()
    rows = random_rows(rng, network, 20)
    found = propagate(model, rows, tables, counts=True)
    np.testing.assert_allclose(found.counts, expected_counts(model, rows, tables), atol=2e-11)
    with pytest.raises(ValueError, match="share the numbers"):
        propagate(model, rows, np.tile(tables, (20, 1)), counts=True)
