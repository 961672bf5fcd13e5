"""Bounds of causation against closed forms, and against the models that reach them."""

from __future__ import annotations

import numpy as np
import pytest

from etiograph.errors import InvalidChange, InvalidFinding
from etiograph.network.network import Network
from etiograph.query.bounds import causation, crude_bounds, stratified_bounds
from etiograph.query.imagine import had


def tian_pearl(joint, p_e, p_u):
    """Tian & Pearl (2000), equations 16 to 19, for a binary cause."""
    (u0, u1), (e0, e1) = joint[1], joint[0]
    y = e1 + u1
    pns = (
        max(0, p_e - p_u, y - p_u, p_e - y),
        min(p_e, 1 - p_u, e1 + u0, p_e - p_u + e0 + u1),
    )
    pn = (max(0, (y - p_u) / e1), min(1, (1 - p_u - u0) / e1))
    ps = (max(0, (p_e - y) / u0), min(1, (p_e - e1) / u0))
    return pn, ps, pns


def test_crude_bounds_are_the_closed_forms_of_tian_and_pearl():
    rng = np.random.default_rng(31)
    for _ in range(60):
        # P(cause, answer when exposed, answer when not), so that all the numbers agree.
        p = rng.dirichlet(np.ones(8)).reshape(2, 2, 2)
        joint = np.zeros((3, 2))
        joint[0] = p[1].sum(axis=1)
        joint[1] = p[0].sum(axis=0)
        p_e, p_u = p[:, 1].sum(), p[:, :, 1].sum()
        got = crude_bounds(joint, p_e, p_u)
        np.testing.assert_allclose(got, tian_pearl(joint, p_e, p_u), atol=1e-9)
        truth = (p[1, 1, 0] / joint[0, 1], p[0, 1, 0] / joint[1, 0], p[:, 1, 0].sum())
        for (low, high), value in zip(got, truth, strict=True):
            assert low - 1e-9 <= value <= high + 1e-9


def test_stratified_bounds_are_frechets_in_each_stratum():
    rng = np.random.default_rng(32)
    for _ in range(30):
        n = int(rng.integers(1, 5))
        p_w, p_x = rng.dirichlet(np.ones(n)), rng.dirichlet(np.ones(2), n)
        p_e, p_u = rng.random(n), rng.random(n)
        low, high = np.maximum(0, p_e - p_u), np.minimum(p_e, 1 - p_u)
        pn, ps, pns = stratified_bounds(p_w, p_x, p_e, p_u)
        np.testing.assert_allclose(pns, [p_w @ low, p_w @ high], atol=1e-9)
        w = p_w * p_x[:, 0]
        np.testing.assert_allclose(pn, [w @ low / (w @ p_e), w @ high / (w @ p_e)], atol=1e-9)
        w = p_w * p_x[:, 1]
        free = w @ (1 - p_u)
        np.testing.assert_allclose(ps, [w @ low / free, w @ high / free], atol=1e-9)


@pytest.fixture
def radiation() -> Network:
    """One table, one confounder."""
    rng = np.random.default_rng(33)
    return Network.from_tables(
        {"u": ("no", "yes"), "x": ("no", "yes"), "y": ("no", "yes")},
        {"x": ("u",), "y": ("x", "u")},
        {
            "u": [0.4, 0.6],
            "x": rng.dirichlet([1, 1], 2),
            "y": rng.dirichlet([1, 1], (2, 2)),
        },
    )


def test_the_networks_own_coupling_lies_within_the_bounds(radiation):
    got = causation(radiation, "x", "y", bounds=True)
    assert got.bounds is not None
    assert got.bounds.sharp
    assert got.bounds.strata == ("u",)
    for value, (low, high) in (
        (got.necessity, got.bounds.necessity),
        (got.sufficiency, got.bounds.sufficiency),
        (got.both, got.bounds.both),
    ):
        assert low - 1e-9 <= value <= high + 1e-9
    # The quantile coupling is monotone: it takes the least of what is possible.
    assert got.both == pytest.approx(got.bounds.both[0], abs=1e-9)


def test_necessity_is_what_had_says(radiation):
    got = causation(radiation, "x", "y")
    imagined = had(radiation, {"x": "yes", "y": "yes"}, {"x": "no"})
    assert got.necessity == pytest.approx(imagined["y"]["no"], abs=1e-13)
    contrast = imagined.effect("y", bounds=True)
    assert contrast.bounds is not None
    low, high = contrast.bounds.necessity
    assert low - 1e-9 <= contrast.needed <= high + 1e-9


def test_an_unconfounded_cause_by_hand():
    """P(y_x) = 0.7, P(y_x') = 0.2: PNS in [0.5, 0.7], PN in [5/7, 1], PS in [5/8, 7/8]."""
    net = Network.from_tables(
        {"x": ("no", "yes"), "y": ("no", "yes")},
        {"y": ("x",)},
        {"x": [0.5, 0.5], "y": [[0.8, 0.2], [0.3, 0.7]]},
    )
    got = causation(net, "x", "y", bounds=True).bounds
    assert got is not None
    assert got.both == pytest.approx((0.5, 0.7))
    assert got.necessity == pytest.approx((5 / 7, 1))
    assert got.sufficiency == pytest.approx((5 / 8, 7 / 8))


def test_a_mediated_effect_has_valid_bounds_that_are_not_called_sharp():
    rng = np.random.default_rng(34)
    net = Network.from_tables(
        dict.fromkeys("xmy", ("no", "yes")),
        {"m": ("x",), "y": ("m", "x")},
        {
            "x": [0.5, 0.5],
            "m": rng.dirichlet([1, 1], 2),
            "y": rng.dirichlet([1, 1], (2, 2)),
        },
    )
    got = causation(net, "x", "y", bounds=True)
    assert got.bounds is not None
    assert not got.bounds.sharp
    assert got.bounds.both[0] - 1e-9 <= got.both <= got.bounds.both[1] + 1e-9


def test_questions_without_bounds_are_refused(radiation):
    with pytest.raises(InvalidFinding, match="y"):
        causation(radiation, "x", "y", given={"y": "yes"})
    with pytest.raises(InvalidChange, match="one cause"):
        had(radiation, {}, {"x": "no", "u": "no"}).effect("y", bounds=True)
