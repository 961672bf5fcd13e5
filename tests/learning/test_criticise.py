"""G9: independences that hold are not rejected more often than said, an arrow that lacks is found."""

from __future__ import annotations

import os

import numpy as np
import pandas as pd
import pytest
from benchmarks import networks
from benchmarks.learned import arrows_named

import etiograph as eg
from etiograph.learning.criticise import moments

LONG = "ETIOGRAPH_LONG" in os.environ


def test_moments_are_those_of_all_tables_with_these_margins() -> None:
    """Every arrangement of seven cases: nothing is estimated."""
    from itertools import permutations

    x = np.array([0, 0, 0, 1, 1, 2, 2])
    y = (0, 0, 1, 1, 1, 0, 2)
    values = []
    for order in set(permutations(y)):
        table = np.zeros((1, 3, 3))
        np.add.at(table[0], (x, np.array(order)), 1.0)
        values.append(moments(table)[0])
    _, mean, variance = moments(table)
    assert mean == pytest.approx(np.mean(values), rel=1e-12)
    assert variance == pytest.approx(np.var(values), rel=1e-12)
    twice = moments(np.concatenate([table, table]))
    assert twice[1:] == pytest.approx((2 * mean, 2 * variance), rel=1e-12)
    assert moments(np.ones((3, 1, 2))) == (0.0, 0.0, 0.0)


def draw(net: eg.Network, n: int, seed: int) -> pd.DataFrame:
    return net.sample(n, seed, missing=0.2)


@pytest.mark.parametrize(
    ("name", "n", "runs", "draws"),
    [
        ("asia", 400, 60, 19),
        *[pytest.param(m, k, 200, 19, marks=pytest.mark.long)
          for m in ("child", "leg_cramps_small", "alarm") for k in (500, 5000)],
    ],
)  # fmt: skip
def test_true_networks_are_rejected_as_often_as_said(name, n, runs, draws) -> None:
    net = eg.load(name) if name == "leg_cramps_small" else networks.load(name)
    p = np.array([net.criticise(draw(net, n, k), draws=draws, seed=k).p for k in range(runs)])
    share = float((p <= 0.05).mean())
    assert share < 0.05 + 3.5 * np.sqrt(0.05 * 0.95 / runs)
    if runs >= 200:
        assert 0.02 <= share <= 0.08
    # Anything from nothing to one, as chance has it.
    assert abs(p.mean() - 0.5 * (1 + 1 / (draws + 1))) < 3.5 / np.sqrt(12 * runs)


def lacking() -> tuple[eg.Network, eg.Network]:
    """A network, and the same without one of its arrows, worth about 0.05 nats."""
    states = dict.fromkeys("abcd", ("no", "yes"))
    tables = {
        "a": [0.5, 0.5], "b": [[0.7, 0.3], [0.4, 0.6]],
        "c": [[[0.8, 0.2], [0.55, 0.45]], [[0.5, 0.5], [0.2, 0.8]]], "d": [[0.9, 0.1], [0.3, 0.7]],
    }  # fmt: skip
    true = eg.Network.from_tables(states, {"b": ["a"], "c": ["a", "b"], "d": ["c"]}, tables)
    less = eg.Network.from_tables(
        states,
        {"b": ["a"], "c": ["a"], "d": ["c"]},
        {**tables, "c": [[0.72, 0.28], [0.32, 0.68]]},
    )
    return true, less


def test_an_arrow_that_lacks_is_named_first() -> None:
    true, less = lacking()
    found = 0
    for seed in range(8):
        told = less.criticise(draw(true, 1500, seed), draws=39, seed=seed)
        first = told.tests[0]
        found += told.p <= 0.05 and (first.x, first.y) == ("b", "c")
        assert [(t.x, t.y) for t in told.rejected()][:1] in ([("b", "c")], [])
    assert found >= 7
    assert first.given == ("a",)
    # The dependence that is left, worked out from the tables.
    joint = true.case().joint("a", "b", "c")
    states = ("no", "yes")
    p = np.array([[[joint[a, b, c] for c in states] for b in states] for a in states])
    pa, pab, pac = p.sum((1, 2)), p.sum(2), p.sum(1)
    nats = (p * np.log(p * pa[:, None, None] / (pab[:, :, None] * pac[:, None, :]))).sum()
    assert first.low < nats < first.high
    frame = told.to_frame()
    assert list(frame.columns[:4]) == ["x", "y", "given", "effect"]


def test_people_drawn_with_the_same_seed_are_not_those_it_is_held_against() -> None:
    """They were: the first table that was simulated was the table itself, and no p the least."""
    net = networks.load("asia")
    p = [net.criticise(net.sample(100, k), draws=1, seed=k).p for k in range(8)]
    assert set(p) == {0.5, 1.0}


@pytest.mark.long  # minutes
def test_power_to_name_an_arrow_that_was_taken_away() -> None:
    named, _ = arrows_named(10)
    assert np.mean(named) >= 0.8


def test_tables_too_thin_say_so() -> None:
    true, _ = lacking()
    with pytest.raises(eg.InvalidFinding, match="too few cases: of no pair"):
        true.criticise(true.sample(20, 1))
    told = true.criticise(true.sample(200, 1).drop(columns=["a"]), draws=3)
    assert {(t.x, t.y) for t in told.tests} == {("b", "d")}
    assert told.untested == 1


def test_cases_chosen_by_what_follows_are_told() -> None:
    true, _ = lacking()
    table = true.sample(400, 2)
    effect = next(n for n in true.variables if true.parents(n))
    chosen = table[table[effect] == table[effect].iloc[0]]
    assert true.criticise(chosen, draws=3).alike == (effect,)
    assert true.criticise(table, draws=3).alike == ()


def test_rows_that_cannot_be_read_are_passed_over() -> None:
    true, _ = lacking()
    table = true.sample(300, 1).astype(object)
    table.loc[[4, 9], "a"] = "typo"
    told = true.criticise(table, draws=3, on_error="skip")
    assert (told.cases, told.passed_over) == (298, 2)
    assert told.tests == true.criticise(table.drop(index=[4, 9]), draws=3).tests
    with pytest.raises(eg.UnknownName, match="typo"):
        true.criticise(table, draws=3)


def test_measured_values_count_by_their_state() -> None:
    net = eg.load("leg_cramps_small")
    told = net.criticise(net.sample(300, 1, measured=True, missing=0.2), draws=3)
    assert told.cases == 300
    assert len(told.tests) > 60
