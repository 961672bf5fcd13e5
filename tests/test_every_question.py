"""Every public question of random networks of every mechanism, with names that are hard to carry.

Nothing is raised but what the package raises itself, nothing is NaN, and what is small enough equals
brute force.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable

import numpy as np
import pytest
from tests.mechanisms import random_network
from tests.odd_networks import described, drawn_findings, ranged, renamed
from tests.oracle import Oracle

from etiograph.case import Case
from etiograph.engine import enumerate as brute
from etiograph.errors import EtiographError
from etiograph.network.network import Network

SEEDS = range(5000 if os.environ.get("ETIOGRAPH_LONG") else 60)


def made(seed: int) -> tuple[np.random.Generator, Network]:
    rng = np.random.default_rng(seed)
    network = random_network(rng, 2, 5)
    if rng.random() < 0.7:
        network = ranged(rng, network)
    return rng, renamed(rng, described(rng, network))


def questions(
    rng: np.random.Generator, network: Network, case: Case
) -> dict[str, Callable[[], object]]:
    """All questions, asked of variables drawn at random."""
    names = list(network.variables)
    known = case.findings
    open_ = [n for n in names if n not in known and network.variables[n].card > 1]
    target = str(rng.choice(open_ or names))
    other = str(rng.choice(names))
    state = str(rng.choice(network.variables[target].states))
    changed = {other: str(rng.choice(network.variables[other].states))}
    asked: dict[str, Callable[[], object]] = {
        "joint": lambda: case.joint(*dict.fromkeys((target, other))).table,
        "most_probable": lambda: [e.probability for e in case.most_probable(2)],
        "conflict": lambda: case.conflict(),
        "attribution": lambda: case.attribution(target),
        "effect": lambda: case.effect(other, target),
        "causation": lambda: case.causation(other, target),
        "intervals": lambda: case.intervals(draws=16).to_frame(),
        "tornado": lambda: case.tornado(target, state).answer,
        "sensitivities": lambda: case.sensitivities(target, state, points=3),
        "turning_points": lambda: case.turning_points(),
        "explain": lambda: case.explain(target, state),
        "next_tests": lambda: case.next_tests(),
        "next_tests of": lambda: case.next_tests(target),
        "what_helps": lambda: case.what_helps(draws=4).to_frame(),
        "what_helps of": lambda: case.what_helps(target, state).to_frame(),
        "surprise": lambda: case.surprise(cases=10),
        "red_flags": lambda: case.red_flags(),
        "report": lambda: case.report(draws=16).to_html(),
        "report text": lambda: case.report(draws=16).to_text(),
        "adjustment": lambda: network.adjustment_sets(other, target),
        "d_separated": lambda: network.d_separated(other, target, list(known)),
        "sample": lambda: network.sample(3, 1),
        "table": lambda: network.table(target),
        "posteriors": lambda: network.posteriors({k: [v] for k, v in known.items()}).marginals,
    }
    for kind in ("do", "had", "after"):
        world = getattr(case, kind)
        asked[kind] = lambda world=world: world(changed).posterior().marginals
        asked[f"{kind} intervals"] = lambda world=world: world(changed).intervals(draws=8)
        asked[f"{kind} tornado"] = lambda world=world: world(changed).tornado(target, state).answer
        asked[f"{kind} report"] = lambda world=world: world(changed).report(draws=8).to_text()
        asked[f"{kind} next"] = lambda world=world: world(changed).next_tests(target)
        asked[f"{kind} explain"] = lambda world=world: world(changed).explain(target, state)
    asked["had effect"] = lambda: case.had(changed).posterior().effect(target, state, bounds=True)
    return asked


def numbers_of(answer: object) -> np.ndarray:
    """The numbers of an answer that is a number or an array; none of others."""
    if isinstance(answer, float | np.ndarray | list):
        return np.asarray(answer, dtype=np.float64)
    return np.zeros(0)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_question(seed):
    rng, network = made(seed)
    for findings in ({}, drawn_findings(rng, network)):
        case = network.case(findings)
        oracle = Oracle(network, findings)
        exact = brute.posterior(network.model, oracle.row).marginals[0]
        post = case.posterior()
        for name in network.variables.keys() - oracle.measured:
            wanted = exact[oracle.own(name)]
            assert post.array(name) == pytest.approx(wanted, abs=1e-12), name
        assert math.isfinite(post.log_evidence)
        for what, ask in questions(rng, network, case).items():
            try:
                answer = ask()
            except EtiographError:
                continue
            except Exception as error:
                raise AssertionError(f"{what} of seed {seed}: {error!r}") from error
            assert not np.isnan(numbers_of(answer)).any(), what


@pytest.mark.parametrize("seed", SEEDS)
def test_answers_that_are_said_twice_agree(seed):
    """Table, tornado, intervals, joint and the best state say what the posterior says."""
    rng, network = made(seed)
    findings = drawn_findings(rng, network)
    case, names = network.case(findings), list(network.variables)
    post = case.posterior()
    rows = network.posteriors({k: [v, v] for k, v in findings.items()} or {names[0]: [None]})
    for name in names:
        assert rows[name][0] == pytest.approx(post.array(name), abs=1e-12)
    both = case.joint(*names[:2]).table
    assert both.sum(axis=1) == pytest.approx(post.array(names[0]), abs=1e-12)
    assert both.sum(axis=0) == pytest.approx(post.array(names[1]), abs=1e-12)
    for name in names:
        variable = network.variables[name]
        if name in findings or variable.card == 1:
            continue
        best = case.most_probable(1, [name])[0]
        assert best.probability == pytest.approx(post.array(name).max(), abs=1e-12)
        for state in variable.states:
            assert case.tornado(name, state).answer == pytest.approx(post[name][state], abs=1e-12)
        root_set = network.case(findings).do({name: variable.states[0]}).posterior()
        assert root_set[name][variable.states[0]] == pytest.approx(1.0, abs=1e-12)
