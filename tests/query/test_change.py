"""Average effects: total, direct, indirect, attributable fraction."""

from __future__ import annotations

import numpy as np
import pytest

from etiograph.errors import InvalidChange, InvalidFinding, UnknownName
from etiograph.network.event import two_states
from etiograph.network.network import Network
from etiograph.query.change import attributable_fraction, effect


def test_natural_effects_against_the_mediation_formula():
    """Pearl (2001), equation 8: no confounding, one mediator."""
    rng = np.random.default_rng(6)
    for _ in range(20):
        net = Network.from_tables(
            {"x": ("no", "yes"), "m": ("a", "b", "c"), "y": ("no", "yes")},
            {"m": ("x",), "y": ("x", "m")},
            {
                "x": [0.3, 0.7],
                "m": rng.dirichlet(np.ones(3), 2),
                "y": rng.dirichlet(np.ones(2), (2, 3)),
            },
        )
        m, y = net.table("m"), net.table("y")[..., 1]
        got = effect(net, "x", ("y", "yes"))
        assert got.mediators == ("m",)
        assert got.natural_direct == pytest.approx(m[0] @ (y[1] - y[0]), abs=1e-13)
        assert got.natural_indirect == pytest.approx((m[1] - m[0]) @ y[0], abs=1e-13)
        back = effect(net, "x", ("y", "yes"), "yes", "no")
        total = got.natural_direct - back.natural_indirect
        assert got.risk_difference == pytest.approx(total, abs=1e-13)
        held = effect(net, "x", ("y", "yes"), holding={"m": "b"})
        assert held.risk_difference == pytest.approx(y[1, 1] - y[0, 1], abs=1e-13)
        assert not got.hangs_on_coupling


def test_a_recanting_witness_is_reported():
    net = Network.from_tables(
        dict.fromkeys("xwmy", ("no", "yes")),
        {"w": ("x",), "m": ("w",), "y": ("w", "m", "x")},
        {
            "x": [0.5, 0.5],
            "w": [[0.8, 0.2], [0.3, 0.7]],
            "m": [[0.6, 0.4], [0.1, 0.9]],
            "y": np.random.default_rng(7).dirichlet([1, 1], (2, 2, 2)),
        },
    )
    assert effect(net, "x", "y", mediators=["m"]).hangs_on_coupling
    assert not effect(net, "x", "y", mediators=["m", "w"]).hangs_on_coupling


def test_attributable_fraction_is_levins_without_confounding():
    """Levin (1953): p (RR - 1) / (1 + p (RR - 1))."""
    net = Network.from_tables(
        {"x": ("no", "yes"), "y": ("no", "yes")},
        {"y": ("x",)},
        {"x": [0.8, 0.2], "y": [[0.9, 0.1], [0.6, 0.4]]},
    )
    want = 0.2 * 3 / (1 + 0.2 * 3)
    assert attributable_fraction(net, "x", "y") == pytest.approx(want)
    got = effect(net, "x", "y")
    assert got.attributable_fraction == pytest.approx(want)
    assert got.risk_ratio == pytest.approx(4)


def test_effects_refuse_people_chosen_by_the_effect(remedy):
    with pytest.raises(InvalidFinding, match="depletion"):
        effect(remedy, "diuretic", "cramps", given={"depletion": "present"})


def test_the_two_states_compared_are_the_reference_and_the_only_other(remedy):
    assert two_states(remedy, "diuretic") == ("absent", "present")
    assert two_states(remedy, "diuretic", "present") == ("present", "absent")
    assert two_states(remedy, "diuretic", to="absent") == ("present", "absent")
    network = Network.from_tables({"x": ("none", "some", "much")}, {}, {"x": [0.2, 0.3, 0.5]})
    assert two_states(network, "x", to="much") == ("none", "much")
    for given in ({}, {"from_": "some"}, {"to": "none"}):
        with pytest.raises(InvalidChange, match="3 states"):
            two_states(network, "x", **given)
    with pytest.raises(InvalidChange, match="with itself"):
        two_states(network, "x", "some", "some")
    with pytest.raises(UnknownName):
        two_states(network, "x", "sone", "some")
