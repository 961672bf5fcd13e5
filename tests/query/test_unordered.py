"""Counterfactuals that hang on the order in which a file lists its states say so, with bounds."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linprog
from typer.testing import CliRunner

from etiograph import formats
from etiograph.commands import cli
from etiograph.network.network import Network
from etiograph.network.variable import Variable

P = {
    "no": {"low": 0.5, "medium": 0.5, "high": 0.0},
    "yes": {"low": 0.0, "medium": 0.5, "high": 0.5},
}
ORDERS = (("low", "medium", "high"), ("high", "low", "medium"))


def network(order, p=P) -> Network:
    rows = [[p[x][s] for s in order] for x in ("no", "yes")]
    return Network.from_tables(
        {"x": ("no", "yes"), "y": order}, {"y": ("x",)}, {"x": [0.5, 0.5], "y": rows}
    )


@pytest.mark.parametrize(("order", "p"), [(ORDERS[0], 1.0), (ORDERS[1], 0.0)])
def test_the_answer_turns_over_and_says_so(order, p, tmp_path) -> None:
    """y = medium, had x been yes: P(high) is 1 or 0 by the order, and anything by the tables."""
    net = network(order)
    case = net.case(x="no", y="medium").had(x="yes")
    world = case.posterior()
    assert world["y"]["high"] == pytest.approx(p)
    assert "order of the states of y" in world.warning()
    assert world.bounds("y", "high") == pytest.approx((0.0, 1.0), abs=1e-12)
    found = world.effect("y", "high")
    assert found.between == pytest.approx((0.0, 1.0), abs=1e-12)
    assert "order of the states of y" in found.warning
    assert "By the tables alone" in " ".join(case.report(draws=5).to_text().split())
    formats.write(net, tmp_path / "n.bif")
    done = CliRunner().invoke(
        cli.app, ["ask", str(tmp_path / "n.bif"), "y=medium", "--had", "x=yes"]
    )
    assert done.exit_code == 0, done.output


def test_a_stated_order_or_two_states_say_nothing() -> None:
    net = network(ORDERS[0])
    variable = Variable("y", ORDERS[0], order=ORDERS[0])
    stated = Network([net.variables["x"], variable], net.mechanisms)
    world = stated.case(x="no", y="medium").had(x="yes").posterior()
    assert world.warning() == ""
    assert world.bounds("y", "high") == pytest.approx((1.0, 1.0))
    assert world.effect("y", "high").between is None
    assert net.case().do(x="yes").posterior()["y"]["high"] == pytest.approx(0.5)
    two = Network.from_tables(
        {"x": ("no", "yes"), "y": ("a", "b")},
        {"y": ("x",)},
        {"x": [0.5, 0.5], "y": [[0.4, 0.6], [0.3, 0.7]]},
    )
    assert two.case(y="a").had(x="yes").posterior().warning() == ""


@pytest.mark.parametrize("seed", range(8))
def test_bounds_hold_over_every_coupling(seed: int) -> None:
    """Least and largest over all joint distributions of the two worlds, by a linear program."""
    rng = np.random.default_rng(seed)
    rows = rng.dirichlet(np.ones(3), size=2)
    p = {x: dict(zip(ORDERS[0], row.tolist(), strict=True)) for x, row in zip(P, rows, strict=True)}
    world = network(ORDERS[seed % 2], p).case(x="no", y="medium").had(x="yes").posterior()
    cells = np.eye(9).reshape(9, 3, 3)  # joint[a, b] of the actual and the changed world
    margins = [*cells.sum(axis=2).T, *cells.sum(axis=1).T]
    target = cells[:, 1, 2] / rows[0, 1]
    ends = [
        sign * linprog(sign * target, A_eq=margins, b_eq=[*rows[0], *rows[1]]).fun
        for sign in (1.0, -1.0)
    ]
    assert world.bounds("y", "high") == pytest.approx(ends, abs=1e-9)
    assert ends[0] - 1e-12 <= world["y"]["high"] <= ends[1] + 1e-12
