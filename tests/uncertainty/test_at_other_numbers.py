"""Answers where the numbers are not the stated ones, against networks made of those numbers.

What is asked at a point of the parameters must not read the numbers as stated anywhere on the way.
"""

from __future__ import annotations

import os

import numpy as np
import pytest
from tests.mechanisms import random_network
from tests.odd_networks import drawn_findings, measured_network, ranged

from etiograph.network.event import Event
from etiograph.network.finding import measured
from etiograph.network.network import Network
from etiograph.uncertainty.curves import sensitivity_function
from etiograph.uncertainty.sensitivity import tornado
from etiograph.uncertainty.slopes import Slopes
from etiograph.uncertainty.tuning import Belief, tune

SEEDS = range(2000 if os.environ.get("ETIOGRAPH_LONG") else 60)


def asked(seed: int) -> tuple[np.random.Generator, Network, dict, list[str]]:
    """A network of uncertain numbers, findings, and up to three variables that are open."""
    rng = np.random.default_rng(seed)
    network = ranged(rng, random_network(rng, 3, 6))
    found = drawn_findings(rng, network)
    open_ = [v.name for v in network.variables.values() if v.card > 1 and v.name not in found]
    return rng, network, found, open_[:3]


def probability(network: Network, found: dict, name: str) -> float:
    states = network.variables[name].states
    return network.case(found).posterior()[name][states[-1]]


@pytest.mark.parametrize("seed", SEEDS)
def test_moves_from_any_point_equal_networks_of_those_numbers(seed):
    rng, network, found, open_ = asked(seed)
    parameters = network.parameters
    moved = [(k, p) for k, p in enumerate(parameters.values()) if p.uncertain]
    if not moved or not open_:
        return
    at = network.parameter_values()
    for k, p in moved:
        at[k] = rng.uniform(p.low, p.high)
    here = network.with_parameters(dict(zip(parameters, at.tolist(), strict=True)))
    events = [Event.parse(network, name, network.variables[name].states[-1]) for name in open_]
    slopes = Slopes.of(network, found, events, at)
    assert slopes.p == pytest.approx([probability(here, found, n) for n in open_], abs=1e-12)
    moves = [{k: float(end)} for k, p in moved for end in (p.low, p.high)]
    if len(moved) > 1:
        (i, a), (j, b) = moved[0], moved[-1]
        moves.append({i: a.low, j: b.high})
    names = list(parameters)
    for move, got in zip(moves, slopes.answers(moves), strict=True):
        there = here.with_parameters({names[k]: x for k, x in move.items()})
        wanted = [probability(there, found, name) for name in open_]
        assert got == pytest.approx(wanted, rel=1e-9, abs=1e-11)


@pytest.mark.parametrize("seed", SEEDS[::3])
def test_tornado_and_curve_equal_networks_of_those_numbers(seed):
    _, network, found, open_ = asked(seed)
    if not open_:
        return
    name, state = open_[0], network.variables[open_[0]].states[-1]
    for bar in tornado(network, found, name, state).bars[:6]:
        for end, got in ((bar.low, bar.at_low), (bar.high, bar.at_high)):
            there = network.with_parameters({bar.name: end})
            assert got == pytest.approx(probability(there, found, name), abs=1e-11)
        curve = sensitivity_function(network, found, name, state, bar.name, 3)
        middle = network.with_parameters({bar.name: float(curve.x[1])})
        assert curve.y[1] == pytest.approx(probability(middle, found, name), abs=1e-11)


@pytest.mark.parametrize("seed", range(14))
def test_beliefs_that_can_be_met_are_met_with_a_measured_value(seed):
    rng = np.random.default_rng(seed)
    network = measured_network()
    # A point within the ranges, some way off on every number: what is said there can be said.
    point = {
        p.name: p.value + rng.choice([-0.8, 0.8]) * min(p.high - p.value, p.value - p.low)
        for p in network.parameters.values()
    }
    found = {"x": measured(float(rng.uniform(-1.0, 2.0)), "mmol/L")}
    wanted = probability(network.with_parameters(point), found, "d")
    tuned = tune(network, [Belief("d", wanted - 0.005, wanted + 0.005, given=found)])
    assert tuned.met == (True,)
    assert abs(probability(tuned.network, found, "d") - wanted) < 0.0075
    assert tuned.after[0] == pytest.approx(probability(tuned.network, found, "d"), abs=1e-9)


def test_slopes_of_a_measured_value_equal_differences():
    """By the numbers of the normal density: P(d | x) = odds e^(mx - m^2/2) / (1 + ...), sd 1."""
    network = measured_network()
    at = np.array([0.45, -0.3, 1.0, 0.7])
    columns = list(network.parameters)
    assert columns == ["d", "x.mean", "x.sd", "x.d"]
    found = {"x": measured(1.2, "mmol/L")}
    slopes = Slopes.of(network, found, [Event.parse(network, "d")], at)

    def by_hand(d: float, mean: float, sd: float, shift: float) -> float:
        present = d * np.exp(-0.5 * ((1.2 - mean - shift) / sd) ** 2)
        absent = (1.0 - d) * np.exp(-0.5 * ((1.2 - mean) / sd) ** 2)
        return present / (present + absent)

    for k in range(4):
        step = at.copy()
        step[k] += 1e-4
        assert slopes.answers([{k: step[k]}])[0, 0] == pytest.approx(by_hand(*step), abs=1e-12)
