"""Which causes are behind the outcome, and how often none with a name is: against worlds written out."""

from __future__ import annotations

from math import log

import numpy as np
import pytest
from tests.mechanisms import random_network
from tests.oracle import Oracle

import etiograph as eg
from etiograph.decision.behind import (
    Behind,
    acting_on,
    acts,
    behind,
    causes_behind,
    none_there,
)
from etiograph.network.mechanism import Table
from etiograph.network.noisy import NoisyLink, NoisyOr
from etiograph.network.variable import Variable
from etiograph.query.attribution import attribution
from etiograph.query.links import IDIOPATHIC

BINARY = ("absent", "present")


def net(**more: object) -> eg.Network:
    """Leak 0.1, a in 0.2 with strength 0.5: P(y) = 1 - 0.9 (1 - 0.2 * 0.5) = 0.19."""
    return eg.Network(
        [Variable("a", BINARY, role="condition"), Variable("y", BINARY, role="outcome")],
        {
            "a": Table(array=np.array([0.8, 0.2])),
            "y": NoisyOr(leak=0.1, links=(NoisyLink.of("a", {"present": 0.5}),), **more),
        },
        about={"target": "y", "causes": ["a"]},
    )


def test_two_coins_by_hand():
    found = behind(net(), {"y": "present"}, log(0.19))
    assert found.causes == {"a": pytest.approx(0.1 / 0.19, abs=1e-12)}
    assert found.alone == pytest.approx(0.09 / 0.19, abs=1e-12)
    event = acting_on(net())
    assert event is not None
    assert str(event) == "y=present"
    assert acts(net(), {"y": "present"})
    assert not acts(net(), {})
    assert list(causes_behind(net())) == ["a"]


def test_something_that_prevents_the_outcome_is_counted_by_the_attribution():
    network = eg.Network(
        [
            Variable("a", BINARY, role="condition"),
            Variable("shield", BINARY),
            Variable("y", BINARY, role="outcome"),
        ],
        {
            "a": Table(array=np.array([0.8, 0.2])),
            "shield": Table(array=np.array([0.5, 0.5])),
            "y": NoisyOr(
                leak=0.1,
                links=(NoisyLink.of("a", {"present": 0.5}),),
                preventers=(NoisyLink.of("shield", {"present": 0.4}),),
            ),
        },
        about={"target": "y", "causes": ["a"]},
    )
    known = {"y": "present"}
    total = Oracle(network, known).worlds().total
    found = behind(network, known, log(total))
    whole = attribution(network, known, "y", "present", needed=False)
    assert whole.idiopathic is not None
    assert found.alone == pytest.approx(whole.idiopathic.only, abs=1e-12)
    assert found.causes["a"] == pytest.approx(whole["a"].fired, abs=1e-12)
    assert set(found.causes) == {"a", IDIOPATHIC}
    # Not prevented, the coins are as without a shield.
    assert found.causes["a"] == pytest.approx(0.1 / 0.19, abs=1e-12)


def test_where_it_is_no_question_nothing_is_said():
    tables = {"a": [0.5, 0.5], "y": [[0.9, 0.1], [0.2, 0.8]]}
    plain = eg.Network.from_tables({key: ["no", "yes"] for key in "ay"}, {"y": ["a"]}, tables)
    assert behind(plain, {}, 0.0) == Behind()
    assert acting_on(plain) is None
    assert causes_behind(plain) == {}
    assert behind(net(), {"y": "present"}, -np.inf) == Behind()


@pytest.mark.parametrize("seed", range(12))
def test_none_of_the_causes_against_every_world(seed):
    rng = np.random.default_rng([18, seed])
    network = random_network(rng)
    names = list(network.variables)
    last = network.variables[names[-1]]
    for known in ({}, {names[-1]: last.states[-1]}, {names[0]: network.variables[names[0]].usual}):
        worlds = Oracle(network, known).worlds()
        if not worlds.total:
            continue
        found = none_there(network, known, log(worlds.total))
        usual = {e.variable: network.variables[e.variable].usual for e in eg_causes(network)}
        if any(known.get(n, s) != s for n, s in usual.items()):
            assert found == 0.0
            continue
        both = Oracle(network, {**known, **usual}).worlds().total
        assert found == pytest.approx(both / worlds.total, abs=1e-12)


def eg_causes(network):
    from etiograph.query.causes import causes

    return causes(network)
