"""N8: do, had and after through the engine against enumeration, on random networks.

A thousand networks on every push, fifty thousand in the long column.
"""

from __future__ import annotations

import os

import numpy as np
import pytest

from etiograph.engine import enumerate as brute
from etiograph.errors import ImpossibleFindings, TooLarge
from etiograph.network.likelihoods import likelihood_row
from etiograph.query import parts
from etiograph.query.change import do
from etiograph.query.imagine import after, had
from etiograph.query.worlds import orders, recurring

LONG = bool(os.environ.get("ETIOGRAPH_LONG"))
CHUNKS = 100 if LONG else 4
NETWORKS = 500 if LONG else 250


def agree(got, truth, rng, network):
    """Every way of asking: one variable alone, everything, the pair of both worlds, an event."""
    model = network.model
    assert got.log_evidence == pytest.approx(truth.log_evidence, abs=1e-11)
    now, then = truth.marginals(False), truth.marginals()
    names = list(network.variables)
    first, name = (str(n) for n in rng.choice(names, 2))
    i = model.index[first]
    own = slice(model.offsets[i], model.offsets[i] + model.cards[i])
    np.testing.assert_allclose(got.array(first), then[own], atol=1e-12)
    np.testing.assert_allclose(got.marginals, then, atol=1e-12)
    np.testing.assert_allclose(got.actual.marginals, now, atol=1e-12)
    joint = truth.joint(model.index[name])
    np.testing.assert_allclose(got.joint(name), joint, atol=1e-12)
    state = int(rng.integers(len(joint)))
    contrast = got.effect(name, network.variables[name].states[state])
    p = joint[state, state]
    np.testing.assert_allclose(
        [contrast.actual, contrast.changed, contrast.prevented, contrast.caused],
        [joint[state].sum(), joint[:, state].sum(), joint[state].sum() - p,
         joint[:, state].sum() - p],
        atol=1e-12,
    )  # fmt: skip


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_had_and_after(chunk, random_network, random_findings, random_changes, monkeypatch):
    if chunk % 2:
        # As on large networks: many groups of variables.
        monkeypatch.setattr(parts, "PASS", -np.inf)
    rng = np.random.default_rng((42, chunk))
    compared = 0
    while compared < NETWORKS:
        network = random_network(rng)
        found, changes = random_findings(rng, network), random_changes(rng, network)
        kind, ask = (("had", had), ("after", after))[compared % 2]
        if kind == "after" and rng.random() < 0.2:
            changes = {}
        model = network.model
        try:
            truth = brute.counterfactual(
                model,
                likelihood_row(network, found),
                {model.index[n]: network.variables[n].index(s) for n, s in changes.items()},
                fresh=recurring(network) if kind == "after" else (),
                orders=orders(network),
                limit=2**15,
            )
        except TooLarge:
            continue
        agree(ask(network, found, changes), truth, rng, network)
        compared += 1


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_do(chunk, random_network, random_findings, random_changes):
    """Truncated factorisation: the product of all families but those of the changed variables."""
    rng = np.random.default_rng((43, chunk))
    compared = 0
    while compared < NETWORKS:
        network = random_network(rng)
        found, changes = random_findings(rng, network), random_changes(rng, network)
        found = {n: value for n, value in found.items() if n not in changes}
        model = network.model
        asked: dict[str, object] = dict(changes)
        if compared % 3 == 0:
            target = str(rng.choice(list(changes)))
            p = rng.dirichlet(np.ones(network.variables[target].card))
            asked[target] = dict(zip(network.variables[target].states, p.tolist(), strict=True))
        row = likelihood_row(network, found)
        grid = np.indices(model.cards).reshape(len(model.cards), -1)
        weight = np.ones(grid.shape[1])
        for i, name in enumerate(model.names):
            if name in asked:
                value = asked[name]
                states = network.variables[name].states
                new = [value.get(s, 0) if isinstance(value, dict) else s == value for s in states]
                weight *= np.array(new, dtype=float)[grid[i]]
            else:
                table = brute.family_table(model, i)
                weight *= table[(*(grid[q] for q in model.parents(i)), grid[i])]
            weight *= row[model.offsets[i] + grid[i]]
        compared += 1
        if weight.sum() == 0:
            with pytest.raises(ImpossibleFindings):
                do(network, found, asked)
            continue
        got = do(network, found, asked)
        assert np.exp(got.log_evidence) == pytest.approx(weight.sum(), abs=1e-12)
        for i, offset in enumerate(model.offsets):
            want = np.bincount(grid[i], weights=weight, minlength=model.cards[i]) / weight.sum()
            np.testing.assert_allclose(
                got.marginals[offset : offset + model.cards[i]], want, atol=1e-12
            )
