"""Posteriors, joints, most probable states, conflicts, and findings that cannot be true (N5)."""

from __future__ import annotations

import math
import os
from itertools import combinations, product

import numpy as np
import pytest

import etiograph as eg
from etiograph.engine.enumerate import family_table
from etiograph.query.posterior import smallest_conflict

IMPOSSIBLE = 10_000 if os.environ.get("ETIOGRAPH_LONG") else 2_000


def random_network(rng, n_max=6, zeros=0.45):
    """A small network whose tables are full of zeros."""
    n = int(rng.integers(2, n_max + 1))
    names = [f"v{i}" for i in range(n)]
    cards = rng.integers(2, 4, n)
    states = {name: [f"s{j}" for j in range(k)] for name, k in zip(names, cards, strict=True)}
    parents, tables = {}, {}
    for i, name in enumerate(names):
        own = [p for p in range(i) if rng.random() < 0.6][:3]
        shape = (*(cards[p] for p in own), cards[i])
        p = rng.dirichlet(np.ones(cards[i]), size=shape[:-1]) * (rng.random(shape) > zeros)
        p[..., 0] += p.sum(axis=-1) == 0
        parents[name] = [names[j] for j in own]
        tables[name] = p / p.sum(axis=-1, keepdims=True)
    return eg.Network.from_tables(states, parents, tables)


def joint_table(network):
    model = network.model
    n = len(model.cards)
    joint = np.ones(model.cards)
    for v in range(n):
        scope = [*model.parents(v), v]
        axes = sorted(range(len(scope)), key=lambda a: scope[a])
        shape = [model.cards[u] if u in scope else 1 for u in range(n)]
        joint = joint * np.asarray(family_table(model, v)).transpose(axes).reshape(shape)
    return joint


def p_of(network, joint, findings):
    index = [slice(None)] * joint.ndim
    for name, state in findings.items():
        i = network.model.index[name]
        index[i] = network.variables[name].states.index(state)
    return float(joint[tuple(index)].sum())


def test_impossible_findings_are_refused_with_a_minimal_set():
    rng = np.random.default_rng(5)
    refused = 0
    while refused < IMPOSSIBLE:
        network = random_network(rng)
        joint = joint_table(network)
        for _ in range(20):
            names = [n for n in network.variables if rng.random() < 0.8]
            findings = {n: str(rng.choice(network.variables[n].states)) for n in names}
            if p_of(network, joint, findings) > 0:
                network.case(findings).posterior()
                continue
            refused += 1
            with pytest.raises(eg.ImpossibleFindings) as error:
                network.case(findings).posterior()
            conflict = error.value.conflict
            chosen = {n: findings[n] for n in conflict}
            assert p_of(network, joint, chosen) == 0
            for left_out in conflict:
                rest = {n: s for n, s in chosen.items() if n != left_out}
                assert p_of(network, joint, rest) > 0
            assert all(f"{n}={findings[n]}" in str(error.value) for n in conflict)
            if refused == IMPOSSIBLE:
                break


def test_a_conflict_of_two_is_found_before_a_larger_one():
    rng = np.random.default_rng(6)
    found = 0
    while found < 50:
        network = random_network(rng)
        joint = joint_table(network)
        findings = {n: str(rng.choice(v.states)) for n, v in network.variables.items()}
        if p_of(network, joint, findings) > 0:
            continue
        found += 1
        got = smallest_conflict(network, findings)
        for size in range(1, len(findings) + 1):
            if any(
                p_of(network, joint, {n: findings[n] for n in subset}) == 0
                for subset in combinations(findings, size)
            ):
                break
        assert len(got) == size or size > 2


def test_joint_agrees_with_the_whole():
    rng = np.random.default_rng(7)
    for _ in range(60):
        network = random_network(rng, zeros=0.1)
        joint = joint_table(network)
        names = list(network.variables)
        known = names[-1]
        state = max(network.case().posterior()[known].items(), key=lambda item: item[1])[0]
        case = network.case({known: state})
        asked = [names[0], *names[1:2]]
        got = case.joint(*asked)
        at = network.variables[known].states.index(state)
        whole = joint[..., at]
        axes = tuple(i for i in range(whole.ndim) if names[i] not in asked)
        if known in asked:
            continue
        want = whole.sum(axis=axes) / whole.sum()
        assert np.allclose(got.table, want, atol=1e-12)
        label = tuple(network.variables[n].states[0] for n in asked)
        assert got[label] == pytest.approx(float(want[(0,) * len(asked)]), abs=1e-12)
        assert got.to_frame()["probability"].sum() == pytest.approx(1.0)


def test_most_probable_agrees_with_sorting_every_world():
    rng = np.random.default_rng(8)
    for _ in range(60):
        network = random_network(rng, zeros=0.2)
        joint = joint_table(network)
        asked = [n for n in network.variables if rng.random() < 0.7] or list(network.variables)[:1]
        axes = tuple(i for i, n in enumerate(network.variables) if n not in asked)
        summed = joint.sum(axis=axes)
        want = sorted((x for x in summed.ravel() if x > 0), reverse=True)[:4]
        got = network.case().most_probable(4, asked)
        assert [e.probability for e in got] == pytest.approx(want, abs=1e-12)
        for e in got:
            index = tuple(network.variables[n].states.index(e.states[n]) for n in asked)
            assert summed[index] == pytest.approx(e.probability, abs=1e-12)


def test_most_probable_sums_the_noise_of_a_noisy_or():
    """Its hidden firing patterns are summed, not maximised: worked by hand."""
    states = {"a": ["no", "yes"], "b": ["no", "yes"]}
    tables = {"a": [0.5, 0.5], "b": [0.5, 0.5]}
    from etiograph.network.mechanism import Table
    from etiograph.network.noisy import NoisyLink, NoisyOr
    from etiograph.network.variable import Variable

    network = eg.Network(
        [Variable(n, tuple(s)) for n, s in states.items()] + [Variable("y", ("no", "yes"))],
        {
            **{n: Table((), array=np.array(t)) for n, t in tables.items()},
            "y": NoisyOr(
                leak=0.0,
                links=(NoisyLink.of("a", {"yes": 0.5}), NoisyLink.of("b", {"yes": 0.6})),
            ),
        },
    )
    best = network.case(y="yes").most_probable(4)
    scores = {("no", "yes"): 0.6, ("yes", "no"): 0.5, ("yes", "yes"): 0.8}
    total = sum(scores.values())
    assert best[0].states == {"a": "yes", "b": "yes"}
    assert [e.probability for e in best] == pytest.approx([0.8 / total, 0.6 / total, 0.5 / total])


def test_conflict_is_jensens_measure():
    rng = np.random.default_rng(9)
    network = random_network(rng, zeros=0.0)
    joint = joint_table(network)
    names = list(network.variables)[:2]
    findings = {n: network.variables[n].states[0] for n in names}
    alone = [p_of(network, joint, {n: s}) for n, s in findings.items()]
    want = math.log2(alone[0] * alone[1] / p_of(network, joint, findings))
    got = network.case(findings).conflict()
    assert got.value == pytest.approx(want, abs=1e-10)
    assert got.pairs[0][2] == pytest.approx(want, abs=1e-10)


def test_a_finding_is_its_own_point_mass():
    network = eg.load("asia")
    name, variable = next(iter(network.variables.items()))
    post = network.case({name: variable.states[1]}).posterior()
    assert post[name] == {s: float(s == variable.states[1]) for s in variable.states}


def test_two_findings_on_one_variable_multiply():
    network = eg.load("asia")
    name, variable = next(iter(network.variables.items()))
    weights = [dict(zip(variable.states, w, strict=True)) for w in ((0.2, 3.0), (5.0, 0.5))]
    both = dict(zip(variable.states, (1.0, 1.5), strict=True))
    twice = network.case({name: [eg.likelihood(w) for w in weights]}).posterior()
    once = network.case({name: eg.likelihood(both)}).posterior()
    assert np.allclose(twice.marginals, once.marginals, atol=1e-12)


def test_measured_value_is_a_density_not_a_bin():
    """By hand: P(depletion | value) from the prior and two normal densities."""
    from etiograph.network.mechanism import Table
    from etiograph.network.reading import LevelShift, Reading
    from etiograph.network.variable import Variable

    reading = Reading(
        parents=("low",),
        unit="mmol/L",
        distribution="normal",
        mean=0.85,
        sd=0.06,
        shifts=(LevelShift("low", {"yes": -0.15}),),
        plausible=(0.1, 4.0),
        units={"mg/dL": 0.4114},
        cutpoints=(0.75,),
        bins=("under", "normal"),
    )
    network = eg.Network(
        [Variable("low", ("no", "yes")), Variable("serum", ("normal", "under"))],
        {"low": Table((), array=np.array([0.9, 0.1])), "serum": reading},
    )

    def density(x, mean):
        return math.exp(-0.5 * ((x - mean) / 0.06) ** 2)

    for value in (0.62, 0.74, 0.76, 0.9):
        post = network.case(serum=f"{value} mmol/L").posterior()
        present, absent = 0.1 * density(value, 0.70), 0.9 * density(value, 0.85)
        assert post["low"]["yes"] == pytest.approx(present / (present + absent), abs=1e-12)
        assert post["serum"]["under"] == float(value < 0.75)
    same = network.case(serum=f"{0.62 / 0.4114} mg/dL").posterior()
    assert same["low"]["yes"] == pytest.approx(
        network.case(serum="0.62 mmol/L").posterior()["low"]["yes"], abs=1e-12
    )
    with pytest.raises(eg.InvalidFinding):
        network.case(serum="40 mmol/L").posterior()
    joint = network.case(serum="0.62 mmol/L").joint("low", "serum")
    assert joint["yes", "normal"] == 0.0
    assert joint["yes", "under"] == pytest.approx(
        network.case(serum="0.62 mmol/L").posterior()["low"]["yes"], abs=1e-12
    )


def test_every_order_of_findings_gives_one_answer():
    network = eg.load("asia")
    names = list(network.variables)[:4]
    states = [network.variables[n].states for n in names]
    for chosen in list(product(*states))[:8]:
        findings = dict(zip(names, chosen, strict=True))
        turned = dict(reversed(findings.items()))
        try:
            a = network.case(findings).posterior()
        except eg.ImpossibleFindings:
            with pytest.raises(eg.ImpossibleFindings):
                network.case(turned).posterior()
            continue
        assert np.allclose(a.marginals, network.case(turned).posterior().marginals, atol=1e-12)
