"""Bounds of causation against closed forms, and against the models that reach them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linprog

import etiograph as eg
from etiograph.errors import InvalidChange, InvalidFinding
from etiograph.network.network import Network
from etiograph.query import bounds
from etiograph.query.bounds import crude_bounds, stratified_bounds
from etiograph.query.causation import causation
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


def by_linear_program(p_w, p_x, p_e, p_u):
    """Over P(stratum, answer when exposed, answer when not): the optima that define the bounds."""
    n = len(p_w)
    types = ((1, 1), (1, 0), (0, 1), (0, 0))
    a, b, caused = np.zeros((3 * n, 4 * n)), np.zeros(3 * n), np.zeros((n, 4))
    caused[:, 1] = 1.0
    for w in range(n):
        for t, (if_exposed, if_not) in enumerate(types):
            a[3 * w : 3 * w + 3, 4 * w + t] = 1.0, if_exposed, if_not
        b[3 * w : 3 * w + 3] = p_w[w] * np.array([1.0, p_e[w], p_u[w]])
    found = []
    for weight, over in (
        (p_x[:, :1], np.sum(p_w * p_x[:, 0] * p_e)),
        (p_x[:, 1:], np.sum(p_w * p_x[:, 1] * (1 - p_u))),
        (1.0, 1.0),
    ):
        c = (caused * weight).reshape(-1)
        ends = [sign * linprog(sign * c, A_eq=a, b_eq=b).fun / over for sign in (1, -1)]
        found.append(tuple(ends))
    return found


def test_stratified_bounds_are_the_optima_of_linear_programs():
    rng = np.random.default_rng(32)
    for _ in range(30):
        n = int(rng.integers(1, 5))
        p_w, p_x = rng.dirichlet(np.ones(n)), rng.dirichlet(np.ones(2), n)
        p_e, p_u = rng.random(n), rng.random(n)
        got = stratified_bounds(p_w, p_x, p_e, p_u)
        np.testing.assert_allclose(got, by_linear_program(p_w, p_x, p_e, p_u), atol=1e-9)


CELLS = 12
"""Equally likely settings of the noise of one table; its numbers are twelfths."""


class Coupled:
    """Confounder u, beside it z; x from u; m from x; y from x, m, u, z: every coupling by counting."""

    def __init__(self, rng, mediated=True):
        self.mediated = mediated
        self.u, self.z = (int(rng.integers(1, CELLS)) for _ in range(2))
        self.x = rng.integers(1, CELLS, 2)
        self.m = rng.integers(0, CELLS + 1, 2)
        self.y = rng.integers(0, CELLS + 1, (2, 2, 2, 2))
        if not mediated:
            self.y[:, 1] = self.y[:, 0]
        names = "uzxmy" if mediated else "uzxy"
        y = self.y if mediated else self.y[:, 0]
        counts = {"u": self.u, "z": self.z, "x": self.x, "m": self.m, "y": y}
        parents = {"x": "u", "m": "x", "y": "xmuz" if mediated else "xuz"}
        self.network = Network.from_tables(
            dict.fromkeys(names, ("no", "yes")),
            {n: tuple(parents[n]) for n in names if n in parents},
            {n: np.stack([CELLS - np.asarray(counts[n]), counts[n]], -1) / CELLS for n in names},
        )

    def causation(self, m_turn, y_turn):
        """PN, PS, PNS; ``turn`` says for each row of a table which cells of its noise come first."""
        u, z, x, of_m, of_y = np.indices((2, 2, 2, CELLS, CELLS))
        weight = np.where(u, self.u, CELLS - self.u) * np.where(z, self.z, CELLS - self.z)
        weight = weight * np.where(x, self.x[u], CELLS - self.x[u])

        def y_if(state):
            m = m_turn[state][of_m] < self.m[state]
            place = (state, m.astype(int), u, z)
            return y_turn[(*place, of_y)] < self.y[place]

        caused = y_if(1) & ~y_if(0)
        harmed, free = (x == 1) & y_if(1), (x == 0) & ~y_if(0)
        over = [(weight * event).sum() for event in (harmed, free)]
        pn, ps = ((weight * caused * (x == s)).sum() / o if o else np.nan
                  for s, o in zip((1, 0), over, strict=True))  # fmt: skip
        return pn, ps, (weight * caused).sum() / weight.sum()

    def turns(self, rng):
        shuffled = [rng.permuted(np.tile(np.arange(CELLS), (n, 1)), axis=1) for n in (2, 16)]
        return shuffled[0], shuffled[1].reshape(2, 2, 2, 2, CELLS)


@pytest.mark.parametrize("room", [4096, 2, 1], ids=["all", "parents of the cause", "none"])
def test_no_coupling_of_the_tables_is_outside_the_bounds(room, monkeypatch):
    monkeypatch.setattr(bounds, "MAX_STRATA", room)
    rng = np.random.default_rng(35)
    for _ in range(20):
        model = Coupled(rng)
        found = causation(model.network, "x", "y", bounds=True).bounds
        assert found.strata == {4096: ("u", "z"), 2: ("u",), 1: ()}[room]
        ends = np.array([found.necessity, found.sufficiency, found.both])
        for _ in range(20):
            value = np.array(model.causation(*model.turns(rng)))
            asked = ~np.isnan(value)
            assert (ends[asked, 0] - 1e-9 <= value[asked]).all()
            assert (value[asked] <= ends[asked, 1] + 1e-9).all()


def test_finer_strata_give_tighter_bounds(monkeypatch):
    rng = np.random.default_rng(36)
    for _ in range(20):
        network, widths = Coupled(rng).network, []
        for room in (1, 2, 4096):
            monkeypatch.setattr(bounds, "MAX_STRATA", room)
            low, high = causation(network, "x", "y", bounds=True).bounds.both
            widths.append(high - low)
        assert widths[0] + 1e-9 >= widths[1] >= widths[2] - 1e-9


def test_sharp_bounds_are_reached_by_a_coupling():
    """Exposed and unexposed rows read the noise from the same end, or from opposite ends."""
    rng = np.random.default_rng(37)
    forward, backward = np.arange(CELLS), np.arange(CELLS)[::-1]
    for _ in range(20):
        model = Coupled(rng, mediated=False)
        found = causation(model.network, "x", "y", bounds=True).bounds
        assert found.sharp
        for end, unexposed in enumerate((forward, backward)):
            y_turn = np.empty((2, 2, 2, 2, CELLS), dtype=int)
            y_turn[1], y_turn[0] = forward, unexposed
            value = model.causation(np.tile(forward, (2, 1)), y_turn)
            wanted = [pair[end] for pair in (found.necessity, found.sufficiency, found.both)]
            np.testing.assert_allclose(value, wanted, atol=1e-9)


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


def test_the_flagship_question_is_answered_with_bounds_that_say_something():
    """Far too many strata to take all: the parents of the diuretic and what there is room for."""
    network = eg.load("leg_cramps")
    case = network.case(diuretic="thiazide", leg_cramps="present")
    got = case.causation("diuretic", "leg_cramps")
    assert got.bounds is not None
    assert set(network.parents("diuretic")) <= set(got.bounds.strata)
    for value, (low, high) in (
        (got.necessity, got.bounds.necessity),
        (got.sufficiency, got.bounds.sufficiency),
        (got.both, got.bounds.both),
    ):
        assert 0 < low <= value + 1e-9
        assert value <= high + 1e-9 < 1
