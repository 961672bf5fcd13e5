"""The dense sweep against the compiled engine and against brute force."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from tests.mechanisms import KINDS, random_network, random_rows

import etiograph as eg
from etiograph.engine import decompose
from etiograph.engine.dense import propagate_dense
from etiograph.engine.enumerate import posterior
from etiograph.engine.propagate import propagate
from etiograph.network.mechanism import Table
from etiograph.network.network import Network
from etiograph.network.noisy import NoisyLink, NoisyOr
from etiograph.network.variable import Variable

NETWORKS = 2_000 if os.environ.get("ETIOGRAPH_LONG") else 200
CHUNKS = 8


def equal(found, expected) -> None:
    np.testing.assert_allclose(found[0], expected.log_evidence, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(found[1], expected.marginals, rtol=0, atol=1e-12)


@pytest.mark.parametrize("signed", [False, True], ids=["chain", "multiplicative"])
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_every_mechanism_and_every_finding(chunk: int, signed: bool, monkeypatch) -> None:
    """Dense, compiled and enumerated agree, whatever the mechanism, the findings and the form."""
    if signed:
        monkeypatch.setattr(decompose, "CHEAP", 0.0)
        monkeypatch.setattr(decompose, "CHAIN_AT_MOST", 0.0)
    rng = np.random.default_rng(7_000 + chunk)
    answered = asked = 0
    kinds: set[str] = set()
    for _ in range(NETWORKS // CHUNKS):
        network = random_network(rng)
        kinds.update(mechanism.kind for mechanism in network.mechanisms.values())
        rows = random_rows(rng, network, int(rng.integers(1, 4)))
        expected = posterior(network.model, rows)
        possible = bool(np.isfinite(expected.log_evidence).all())
        compiled = propagate(network.model, rows)
        equal((compiled.log_evidence, compiled.marginals), expected)
        found = propagate_dense(network.model, rows)
        asked += possible
        if found is None:
            continue
        assert possible
        answered += 1
        equal(found, expected)
    # Only what may have lost digits is left to the compiled engine.
    assert answered > (0.5 if signed else 0.9) * asked > 0
    assert len(kinds) > len(KINDS) - 3


def test_fixed_pieces_are_sliced_like_all_others(root: Path) -> None:
    """Contributions of a noisy-MAX meet in a fixed table, of which findings leave some states only."""
    network = eg.load(root / "tests/engine/joined_in_a_bucket.toml")
    findings = {"hurts": "yes", "cramps": "present"}
    assert network.case(**findings).posterior().log_evidence == pytest.approx(-1.5, abs=1.0)
    from etiograph.query.once import with_baseline

    known, baseline = with_baseline(network, findings)
    for found, case in ((known, network.case(**findings)), (baseline, network.case())):
        expected = case.posterior()
        assert found.log_evidence == pytest.approx(expected.log_evidence, rel=1e-12, abs=1e-12)
        np.testing.assert_allclose(found.marginals, expected.marginals, rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", ["asia", "sprinkler", "monty_hall", "simpson", "front_door"])
@pytest.mark.parametrize("seed", range(5))
def test_bundled_networks(name: str, seed: int) -> None:
    model = eg.load(name).model
    rng = np.random.default_rng(seed)
    rows = np.ones((2, model.n_states))
    for v in rng.choice(len(model.cards), 2, replace=False):
        own = slice(model.offsets[v], model.offsets[v] + model.cards[v])
        rows[1, own] = rng.uniform(0.1, 1.0, model.cards[v])
    found = propagate_dense(model, rows)
    assert found is not None
    equal(found, propagate(model, rows))


def test_hard_findings_of_both_rows() -> None:
    network = eg.load("asia")
    model = network.model
    rows = np.ones((2, model.n_states))
    v = model.index["x_ray"]
    rows[:, model.offsets[v]] = 0.0
    found = propagate_dense(model, rows)
    assert found is not None
    equal(found, propagate(model, rows))


def test_impossible_rows_are_left_to_the_engine() -> None:
    model = eg.load("monty_hall").model
    assert propagate_dense(model, np.zeros((1, model.n_states))) is None


def test_rare_effects_lose_no_digit(monkeypatch) -> None:
    """In the multiplicative form a rare effect is a small difference: answered right or not at all."""
    monkeypatch.setattr(decompose, "CHEAP", 0.0)
    monkeypatch.setattr(decompose, "CHAIN_AT_MOST", 0.0)
    variables = [Variable(name, ("absent", "present")) for name in ("a", "b", "y")]
    link = [NoisyLink.of(name, {"present": 1e-9}) for name in ("a", "b")]
    mechanisms = {
        "a": Table(array=[0.7, 0.3]),
        "b": Table(array=[0.6, 0.4]),
        "y": NoisyOr(leak=1e-10, links=link),
    }
    model = Network(variables, mechanisms).model
    row = np.array([[1.0, 1.0, 1.0, 1.0, 0.0, 1.0]])
    expected = posterior(model, row)
    found = propagate_dense(model, row)
    if found is not None:
        equal(found, expected)
    compiled = propagate(model, row)
    equal((compiled.log_evidence, compiled.marginals), expected)
