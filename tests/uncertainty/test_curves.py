from __future__ import annotations

import numpy as np
import pytest

from etiograph.errors import UnknownName
from etiograph.uncertainty.curves import sensitivity_function, straight_share, two_way

FOUND = {"cramps": "present", "twitching": "present"}
OF = {"depletion": "present"}


@pytest.mark.parametrize(
    "name", ["depletion.none", "diuretic", "cramps.leak", "cramps.depletion", "twitching.absent"]
)
def test_probability_is_a_ratio_of_linear_functions(small, brute, name: str) -> None:
    found = sensitivity_function(small, FOUND, "depletion", None, name)
    assert found.coefficients is not None
    for i in (0, 7, 20, 32):
        exact, _ = brute(small.with_parameters({name: float(found.x[i])}), FOUND, OF)
        assert found.y[i] == pytest.approx(exact, abs=1e-12)
        assert found(found.x[i]) == pytest.approx(exact, abs=1e-12)


def test_odds_ratio_bends_along_the_line(small, brute) -> None:
    found = sensitivity_function(small, FOUND, "depletion", None, "cramps.neuropathy")
    assert found.coefficients is None
    for i in (0, 5, 16, 32):
        value = float(found.x[i])
        exact, _ = brute(small.with_parameters({"cramps.neuropathy": value}), FOUND, OF)
        assert found.y[i] == pytest.approx(exact, abs=1e-12)


def test_hand_worked_prevalence(small) -> None:
    """P(d | +) = s x / (s x + (1 - c)(1 - x)) for prevalence x."""
    from etiograph.network.mechanism import Row, Table
    from etiograph.network.network import Network
    from etiograph.network.parameter import Parameter
    from etiograph.network.variable import Variable

    net = Network(
        [Variable("d", ("absent", "present")), Variable("t", ("negative", "positive"))],
        {
            "d": Table(rows=(Row({}, {"present": Parameter("x", "probability", 0.1, 0.01, 0.5)}),)),
            "t": Table(("d",), array=np.array([[0.9, 0.1], [0.2, 0.8]])),
        },
    )
    found = sensitivity_function(net, {"t": "positive"}, "d", None, "x")
    assert found.coefficients is not None
    a, b, c, d = np.array(found.coefficients) / found.coefficients[3]
    assert [a, b, c, d] == pytest.approx([8.0, 0.0, 7.0, 1.0], abs=1e-9)
    assert found(0.3) == pytest.approx(0.24 / 0.31)


def test_straight_share() -> None:
    line = np.array([[0.0, 1.0], [0.25, 0.75], [1.0, 0.0]])
    assert straight_share(line) == pytest.approx([0.0, 0.25, 1.0])
    assert straight_share(np.array([[0.0, 1.0], [0.5, 0.9], [1.0, 0.0]])) is None
    assert straight_share(np.ones((4, 2))) == pytest.approx(np.zeros(4))


def test_two_way_grid_equals_recomputation(small, brute) -> None:
    grid = two_way(small, FOUND, "depletion", None, "depletion.none", "cramps.neuropathy", points=4)
    assert grid.answer.shape == (4, 4)
    values = {"depletion.none": float(grid.x[1]), "cramps.neuropathy": float(grid.y[2])}
    exact, _ = brute(small.with_parameters(values), FOUND, OF)
    assert grid.answer[2, 1] == pytest.approx(exact, abs=1e-12)
    assert len(grid.to_frame()) == 16


def test_unknown_parameter(small) -> None:
    with pytest.raises(UnknownName):
        sensitivity_function(small, FOUND, "depletion", None, "depletion.nome")
