"""Elimination step by step: the answer is that of enumeration, and every number can be followed."""

from __future__ import annotations

from itertools import product
from math import fsum, prod

import numpy as np
import pytest

import etiograph as eg
from etiograph.engine.enumerate import posterior as enumerated
from etiograph.network.likelihoods import encode
from etiograph.teaching.elimination import eliminate, tree_svg

CASES = [
    ("sprinkler", "rain", {"wet_grass": "yes"}),
    ("sprinkler", "wet_grass", {}),
    ("asia", "lung_cancer", {"x_ray": "abnormal", "dyspnoea": "present"}),
    ("asia", "visit_to_asia", {"dyspnoea": "present"}),
    ("simpson", "success", {"treatment": "puncture"}),
    ("front_door", "genotype", {"cancer": "present", "smoking": "yes"}),
    ("monty_hall", "prize", {"first_choice": "one", "opened_door": "three"}),
    ("m_bias", "diabetes", {"mother_had_diabetes": "yes", "low_education": "no"}),
]


@pytest.mark.parametrize(("name", "target", "findings"), CASES)
def test_the_answer_is_that_of_enumeration_in_any_order(name, target, findings):
    network = eg.load(name)
    brute = enumerated(network.model, encode(network, findings)[0])
    at = network.model.offsets[network.model.index[target]]
    expected = brute.marginals[0][at : at + network.variables[target].card]
    rest = [n for n in network.order if n != target]
    for order in (None, rest, rest[::-1]):
        found = eliminate(network, target, findings, order)
        assert list(found.answer.values()) == pytest.approx(expected, abs=1e-12)
        assert found.p_findings == pytest.approx(np.exp(brute.log_evidence[0]), abs=1e-12)


@pytest.mark.parametrize(("name", "target", "findings"), CASES)
def test_every_number_is_the_product_or_the_sum_of_those_it_came_from(name, target, findings):
    network = eg.load(name)
    found = eliminate(network, target, findings)
    for step in found.steps:
        for factor, made in ((step.product, prod), (step.result, fsum)):
            for states in product(*(range(k) for k in factor.table.shape)):
                terms = found.terms(network, factor, states)
                assert made(terms) == pytest.approx(float(factor.table[states]), abs=1e-15)
    for k, value in enumerate(found.last.table):
        assert prod(found.terms(network, found.last, (k,))) == pytest.approx(value, abs=1e-15)


@pytest.mark.parametrize(("name", "target", "findings"), CASES)
def test_the_cliques_are_a_tree_in_which_every_variable_hangs_together(name, target, findings):
    network = eg.load(name)
    found = eliminate(network, target, findings)
    assert len(found.edges) == len(found.steps)
    scopes = [step.product.scope for step in found.steps] + [found.last.scope]
    for variable in {v for scope in scopes for v in scope}:
        nodes = {k for k, scope in enumerate(scopes) if variable in scope}
        joined = [(a, b) for a, b in found.edges if a in nodes and b in nodes]
        assert len(joined) == len(nodes) - 1, variable
    picture = tree_svg(network, found, 0)
    assert picture.count("<rect") == len(scopes) + 1


def test_by_hand():
    """P(rain, wet) = 0.5 (0.5 0.2 0.99 + 0.5 0.2 0.9) + 0.5 (0.1 0.8 0.99 + 0.9 0.8 0.9)."""
    found = eliminate(eg.load("sprinkler"), "rain", {"wet_grass": "yes"})
    assert found.last.table[1] == pytest.approx(0.4581, abs=1e-12)
    assert found.p_findings == pytest.approx(0.6471, abs=1e-12)


def test_what_cannot_be_followed_is_refused():
    with pytest.raises(eg.TooLarge, match="can be followed"):
        eliminate(eg.load("leg_cramps"), "leg_cramps")
    with pytest.raises(eg.ImpossibleFindings):
        eliminate(
            eg.load("asia"),
            "smoking",
            {"tuberculosis": "present", "tuberculosis_or_cancer": "absent"},
        )
    with pytest.raises(eg.ImpossibleFindings, match="is known"):
        eliminate(eg.load("asia"), "smoking", {"smoking": "yes"})
    with pytest.raises(eg.UnknownName):
        eliminate(eg.load("asia"), "smokin")
