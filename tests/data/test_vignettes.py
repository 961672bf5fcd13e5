"""Sixty clinical cases with the answer fixed before the network computed (data/leg_cramps).

A case with the key `disagrees` keeps its expectation: the test then asserts that the network still
answers otherwise, so that a repaired disagreement is noticed, and the list is counted below.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from functools import cache

import pytest

import etiograph as eg
from etiograph import errors
from etiograph.decision.red_flags import red_flags
from etiograph.engine.propagate import propagate_one
from etiograph.network.finding import encode
from etiograph.query.posterior import Posterior
from etiograph.resources import data_folder

FILE = data_folder() / "leg_cramps" / "vignettes.toml"
CONTENT = tomllib.loads(FILE.read_text(encoding="utf-8"))
CASES = {case["id"]: case for case in CONTENT["cases"]}
KNOWN = ("age", "sex", "leg_cramps")


@cache
def network():
    return eg.load("leg_cramps")


@cache
def posterior(findings: tuple[tuple[str, str], ...]) -> Posterior:
    """As ``case.posterior()``, by one program for each age and sex instead of one a case."""
    net = network()
    row, known, shown = encode(net, dict(findings))
    shared = {v: s for v, s in known.items() if net.model.names[v] in ("age", "sex")}
    log_evidence, marginals = propagate_one(net.model, row, shared)
    assert log_evidence > float("-inf"), "the findings contradict each other"
    for slot, begin, end in shown:
        marginals[begin:end] = 0.0
        marginals[slot] = 1.0
    return Posterior(net, marginals, log_evidence)


def probability(post, name: str) -> float:
    """Posterior of `variable=state`; a bare name stands for its state `present` or `yes`."""
    variable, _, state = name.partition("=")
    if not state:
        states = network().variables[variable].states
        state = "present" if "present" in states else "yes"
    return post[variable][state]


def failures(case: dict) -> list[str]:
    """Everything in which the network's answer differs from what was expected."""
    expect, findings = case["expect"], case["findings"]
    if "error" in expect:
        try:
            network().case(findings).posterior()
        except getattr(errors, expect["error"]):
            return []
        except errors.EtiographError as error:
            return [f"{type(error).__name__} instead of {expect['error']}: {error}"]
        return [f"answered, {expect['error']} expected"]
    if expect.get("impossible"):
        try:
            network().case(findings).posterior()
        except eg.ImpossibleFindings as error:
            return [] if set(error.conflict) <= set(findings) and error.conflict else ["conflict"]
        return ["answered, ImpossibleFindings expected"]
    found = []
    post = posterior(tuple(findings.items()))
    if first := expect.get("first"):
        ranked = sorted(CONTENT["causes"], key=lambda c: -probability(post, c))
        if ranked[: len(first)] != first:
            top = ", ".join(f"{c} {probability(post, c):.3f}" for c in ranked[:4])
            found.append(f"first: {top}")
    base = posterior(tuple((k, v) for k, v in findings.items() if k in KNOWN))
    for key, sign in (("above_baseline", 1), ("below", -1)):
        for name in expect.get(key, []):
            now, before = probability(post, name), probability(base, name)
            if sign * (now - before) <= 0:
                found.append(f"{key}: {name} {now:.4f} against {before:.4f}")
    for name, (low, high) in expect.get("ranges", {}).items():
        if not low <= probability(post, name) <= high:
            found.append(f"range: {name} {probability(post, name):.4f} not in {low} to {high}")
    fired = {flag.id for flag in red_flags(network(), findings)}
    found += [f"rule {rule} did not fire" for rule in expect.get("rules", []) if rule not in fired]
    return found


def test_there_are_sixty_cases_of_four_kinds():
    counts = Counter(case["kind"] for case in CONTENT["cases"])
    assert counts == {"typical": 20, "atypical": 20, "red_flag": 10, "contradictory": 10}
    assert len(CASES) == 60
    assert all(case["title"] and case["reasoning"] and case["expect"] for case in CASES.values())


@pytest.mark.parametrize("case_id", CASES)
def test_case(case_id):
    case = CASES[case_id]
    found = failures(case)
    if "disagrees" in case:
        assert case["disagrees"]
        assert found, "the network now agrees: take the key `disagrees` out"
    else:
        assert not found, f"{case['title']}: " + "; ".join(found)


def test_disagreements_are_few_and_listed():
    listed = [case["id"] for case in CASES.values() if "disagrees" in case]
    assert listed == DISAGREEMENTS


DISAGREEMENTS: list[str] = []
"""Ids in file order; each is explained in the file and in data/leg_cramps/README.md."""
