"""Logistic mechanisms, worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from etiograph.errors import InvalidNetwork, TooLarge, UnknownName
from etiograph.network.logit import CumulativeLogit, LevelOdds, Logit, OddsRatios
from etiograph.network.mechanism import Mechanism, Table
from etiograph.network.network import Network
from etiograph.network.parameter import Parameter
from etiograph.network.variable import Variable

ROOTS = (Variable("a", ("absent", "present")), Variable("b", ("none", "mild", "severe")))


def network(mechanism: Mechanism, *states: str, **more: object) -> Network:
    roots = {v.name: Table(array=np.full(v.card, 1 / v.card)) for v in ROOTS}
    return Network((*ROOTS, Variable("y", states, **more)), {**roots, "y": mechanism})  # type: ignore[arg-type]


def test_binary_logit() -> None:
    effects = [OddsRatios("a", {"present": 2.0}), OddsRatios("b", {"severe": {"yes": 3.0}})]
    table = network(Logit(baseline={"yes": 0.2}, effects=effects), "no", "yes").table("y")
    assert table[0, 0].tolist() == pytest.approx([0.8, 0.2])
    odds = 0.25 * 2 * 3
    assert table[1, 2, 1] == pytest.approx(odds / (1 + odds))
    assert table[1, 1, 1] == pytest.approx(0.5 / 1.5)


def test_baseline_category_logit() -> None:
    effects = [
        OddsRatios("a", {"present": {"s": 2.0, "t": 0.5}}),
        OddsRatios("b", {"mild": {"t": 4.0}}),
    ]
    table = network(Logit(baseline={"s": 0.2, "t": 0.1}, effects=effects), "r", "s", "t").table("y")
    weights = np.array([0.7, 0.2 * 2, 0.1 * 0.5 * 4])
    assert table[1, 1] == pytest.approx(weights / weights.sum())
    assert table[0, 2].tolist() == pytest.approx([0.7, 0.2, 0.1])


def test_a_baseline_of_zero_stays_zero() -> None:
    logit = Logit(baseline={"s": 0.0, "t": 0.1}, effects=[OddsRatios("a", {"present": {"s": 2.0}})])
    net = network(logit, "r", "s", "t")
    assert net.table("y")[1].tolist() == [0.9, 0.0, 0.1]
    assert net.model.support[5:].reshape(2, 3)[:, 1].tolist() == [False, False]


def test_root_logit() -> None:
    assert network(Logit(baseline={"s": 0.3}), "r", "s").table("y").tolist() == [0.7, 0.3]


def test_proportional_odds_along_the_order() -> None:
    mechanism = CumulativeLogit(
        baseline={"low": 0.2, "high": 0.1},
        effects=[
            LevelOdds("a", lower={"present": 3.0}),
            LevelOdds("b", {"mild": 2.0}, {"severe": 5.0}),
        ],
    )
    net = network(mechanism, "normal", "low", "high", order=("low", "normal", "high"))
    table = net.table("y")
    assert table[0, 0].tolist() == pytest.approx([0.7, 0.2, 0.1])

    def below(p: float, ratio: float) -> float:
        odds = p / (1 - p) * ratio
        return odds / (1 + odds)

    for at, ratio in (((1, 0), 3.0), ((0, 1), 2.0), ((1, 2), 3.0 / 5.0)):
        low, up_to_normal = below(0.2, ratio), below(0.9, ratio)
        expected = [up_to_normal - low, low, 1 - up_to_normal]
        assert table[at].tolist() == pytest.approx(expected)


def test_small_probabilities_keep_their_digits() -> None:
    mechanism = CumulativeLogit(
        baseline={"a": 0.5, "b": 1e-14}, effects=[LevelOdds("a", higher={"present": 2.0})]
    )
    table = network(mechanism, "a", "b", "c").table("y")
    # d/dc of c f / (c f + 1 - c) at c = 1/2, f = 1/2: f / (c f + 1 - c)^2.
    assert table[1, 1] == pytest.approx(1e-14 * 0.5 / 0.75**2, rel=1e-9)
    assert table.sum(-1) == pytest.approx([1, 1], abs=1e-15)


def test_zeros_of_a_cumulative_baseline() -> None:
    mechanism = CumulativeLogit(
        baseline={"a": 0.0, "b": 0.4, "c": 0.6, "d": 0.0},
        effects=[LevelOdds("a", higher={"present": 2.0})],
    )
    net = network(mechanism, "a", "b", "c", "d")
    assert net.model.support[5:].reshape(2, 4).tolist() == [[False, True, True, False]] * 2
    assert net.table("y")[1] == pytest.approx([0, 0.25, 0.75, 0])


@pytest.mark.parametrize(
    ("mechanism", "message"),
    [
        (Logit(baseline={"s": 0.2}), "t are not stated|r, t are not stated"),
        (Logit(baseline={"s": 0.8, "t": 0.3}), "sum to 1.1"),
        (Logit(baseline={"s": 1.3, "t": 0.3}), "not a probability"),
        (
            Logit(baseline={"s": 0.2, "t": 0.3}, effects=[OddsRatios("a", {"present": 2.0})]),
            "state which of s, t",
        ),
        (
            Logit(
                baseline={"s": 0.2, "t": 0.3}, effects=[OddsRatios("a", {"present": {"r": 2.0}})]
            ),
            "against 'r'",
        ),
        (
            Logit(
                baseline={"s": 0.2, "t": 0.3}, effects=[OddsRatios("a", {"present": {"s": 0.0}})]
            ),
            "must be above 0",
        ),
        (
            CumulativeLogit(
                baseline={"s": 0.2, "t": 0.3},
                effects=[LevelOdds("a", {"present": Parameter("p", "probability", 0.2)})],
            ),
            "no odds ratio",
        ),
    ],
)
def test_refused(mechanism: Mechanism, message: str) -> None:
    with pytest.raises(InvalidNetwork, match=message):
        network(mechanism, "r", "s", "t")


@pytest.mark.parametrize(
    "mechanism",
    [
        Logit(baseline={"q": 0.2}),
        Logit(baseline={"s": 0.2}, effects=[OddsRatios("q", {"present": 2.0})]),
        Logit(baseline={"s": 0.2}, effects=[OddsRatios("a", {"q": 2.0})]),
        Logit(baseline={"s": 0.2}, effects=[OddsRatios("a", {"present": {"q": 2.0}})]),
        CumulativeLogit(baseline={"s": 0.2}, effects=[LevelOdds("a", {"q": 2.0})]),
    ],
)
def test_unknown_names(mechanism: Mechanism) -> None:
    with pytest.raises(UnknownName):
        network(mechanism, "r", "s")


def test_parents_and_effects_must_agree() -> None:
    with pytest.raises(InvalidNetwork, match="do not agree"):
        Logit(("a", "b"), {"s": 0.2}, [OddsRatios("a", {"present": 2.0})])
    with pytest.raises(InvalidNetwork, match="both lower and higher"):
        LevelOdds("a", {"present": 2.0}, {"present": 2.0})


def test_forty_parents_are_refused_with_numbers() -> None:
    roots = [Variable(f"x{i}", ("n", "y")) for i in range(40)]
    mechanisms: dict[str, Mechanism] = {v.name: Table(array=[0.5, 0.5]) for v in roots}
    logit = Logit(baseline={"y": 0.1}, effects=[OddsRatios(v.name, {"y": 2.0}) for v in roots])
    with pytest.raises(TooLarge) as caught:
        Network([*roots, Variable("z", ("n", "y"))], {**mechanisms, "z": logit})
    assert caught.value.entries == 2**41
