"""What each finding would do: by hand, and against every world of random networks written out."""

from __future__ import annotations

import numpy as np
import pytest
from tests.mechanisms import random_network
from tests.oracle import Oracle

import etiograph as eg
from etiograph.decision.boxes import spoken_states
from etiograph.decision.previews import SEEN, after_each, moved
from etiograph.network.event import Event
from etiograph.network.variable import Variable


def net() -> eg.Network:
    """P(ill) = 0.1; a sign in 0.8 of the ill and in 0.2 of the others; a mark that says nothing."""
    return eg.Network.from_tables(
        {"ill": ["no", "yes"], "sign": ["no", "yes"], "mark": ["no", "yes"]},
        {"sign": ["ill"]},
        {"ill": [0.9, 0.1], "sign": [[0.8, 0.2], [0.2, 0.8]], "mark": [0.5, 0.5]},
    )


def test_by_hand():
    network = net()
    candidates = [Event.parse(network, name, "yes") for name in ("sign", "mark")]
    ill = Event.parse(network, "ill", "yes")
    now, after = after_each(network, {}, candidates, [ill])
    assert now == pytest.approx([0.1], abs=1e-12)
    assert after[:, 0] == pytest.approx([0.08 / 0.26, 0.1], abs=1e-12)
    told = moved(network, {}, candidates, [ill])
    assert told == ({0: pytest.approx(0.08 / 0.26, abs=1e-12)}, {})


@pytest.mark.parametrize("seed", range(12))
def test_against_every_world(seed):
    rng = np.random.default_rng(seed)
    network = random_network(rng)
    names = list(network.variables)
    known = {names[0]: network.variables[names[0]].states[0]}
    if not Oracle(network, known).worlds().total:
        return
    candidates = [
        Event.of(v, s) for n, v in network.variables.items() if n not in known for s in v.states
    ]
    several = [Event.of(v) for n, v in network.variables.items() if n not in known]
    events = [*several, *candidates[:3]]
    now, after = after_each(network, known, candidates, events)
    oracle = Oracle(network, known)
    for e, event in enumerate(events):
        assert now[e] == pytest.approx(oracle.worlds().p(event.variable, event.states), abs=1e-12)
    for c, candidate in enumerate(candidates):
        row = oracle.with_event(candidate.variable, candidate.states)
        worlds = oracle.worlds(row=row)
        if not worlds.total:
            assert np.isnan(after[c]).all()
            continue
        for e, event in enumerate(events):
            right = worlds.p(event.variable, event.states)
            assert after[c, e] == pytest.approx(right, abs=1e-12)
    for told, p in zip(moved(network, known, candidates, events), after, strict=True):
        far = {k for k in range(len(events)) if abs(p[k] - now[k]) >= SEEN}
        assert told == {k: p[k] for k in far}


def test_findings_that_cannot_be_are_refused():
    network = eg.Network.from_tables({"a": ["no", "yes"], "b": ["no", "yes"]}, {}, {
        "a": [1.0, 0.0], "b": [0.5, 0.5]})  # fmt: skip
    b = [Event.parse(network, "b", "yes")]
    with pytest.raises(eg.ImpossibleFindings):
        after_each(network, {"a": "yes"}, b, b)
    _, after = after_each(network, {}, [Event.parse(network, "a", "yes")], b)
    assert np.isnan(after).all()


@pytest.mark.parametrize(
    ("states", "p", "spoken"),
    [
        (("no", "yes"), (0.9, 0.1), ("yes",)),
        (("low", "normal", "high"), (0.1, 0.8, 0.1), ("low",)),
        (("low", "normal", "high"), (0.1, 0.7, 0.2), ("high",)),
        (("none", "one", "two"), (0.6, 0.3, 0.1), ("one", "two")),
        (("none", "one", "two"), (0.3, 0.6, 0.1), ("one",)),
        (("red", "green"), (0.3, 0.7), ("green",)),
        (("normal", "low"), (0.9, 0.1), ("low",)),
        (("only",), (1.0,), ("only",)),
    ],
)
def test_of_which_states_a_box_speaks(states, p, spoken):
    variable = Variable("x", states)
    beliefs = dict(zip(states, p, strict=True))
    assert spoken_states(variable, beliefs) == spoken
    event = Event.of(variable, *spoken)
    assert event.within({"x": beliefs}) == pytest.approx(sum(beliefs[s] for s in spoken))
    assert spoken_states(variable, None) == (variable.unusual[:1] or states)
