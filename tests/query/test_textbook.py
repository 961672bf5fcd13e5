"""do, had and after on examples from textbooks and on numbers worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from etiograph.errors import InvalidChange
from etiograph.network.network import Network
from etiograph.query.change import do, effect
from etiograph.query.imagine import after, had
from etiograph.query.posterior import posterior


def test_firing_squad(firing_squad):
    # S1: if A did not shoot, the prisoner is alive.
    assert posterior(firing_squad, {"a": "no"})["d"]["yes"] == pytest.approx(0, abs=1e-15)
    # S4: A decides to shoot: the prisoner dies, and B's part is left as it was.
    done = do(firing_squad, {}, {"a": "yes"})
    assert done["d"]["yes"] == pytest.approx(1)
    assert done["b"]["yes"] == pytest.approx(0.7)
    # S5: the prisoner is dead: he would be dead even had A not shot.
    assert had(firing_squad, {"d": "yes"}, {"a": "no"})["d"]["yes"] == pytest.approx(1)


def test_nervous_rifleman():
    """Pearl (2009), section 7.1.2: A may shoot out of nerves, q; P(alive had A not shot | dead)."""
    p, q = 0.6, 0.2
    net = Network.from_tables(
        dict.fromkeys(("u", "w", "a", "b", "d"), ("no", "yes")),
        {"a": ("u", "w"), "b": ("u",), "d": ("a", "b")},
        {
            "u": [1 - p, p],
            "w": [1 - q, q],
            "a": [[[1, 0], [0, 1]], [[0, 1], [0, 1]]],
            "b": np.eye(2),
            "d": [[[1, 0], [0, 1]], [[0, 1], [0, 1]]],
        },
    )
    want = q * (1 - p) / (1 - (1 - q) * (1 - p))
    got = had(net, {"d": "yes"}, {"a": "no"})
    assert got["d"]["no"] == pytest.approx(want, abs=1e-14)
    contrast = got.effect("d", "yes")
    assert (contrast.actual, contrast.prevented) == pytest.approx((1, want))
    assert contrast.caused == pytest.approx(0)
    assert contrast.needed == pytest.approx(want)


def test_a_noisy_or_worked_on_paper(remedy):
    """P(cramps without the diuretic | diuretic and cramps).

    With the diuretic: P(depletion) = 1 - 0.8 * 0.5 = 0.6, of which 0.2 by the leak.
    P(no cramps) = 0.9 * 0.8 * (0.4 + 0.6 * 0.5) = 0.504, so P(cramps) = 0.496.
    Without it, depletion only by the leak. Cramps in both worlds: leak (0.1), or no leak and the
    depletion of the leak firing: 0.1 + 0.9 * 0.2 * 0.5 = 0.19.
    """
    found = {"diuretic": "present", "cramps": "present"}
    got = had(remedy, found, {"diuretic": "absent"})
    assert got["cramps"]["present"] == pytest.approx(0.19 / 0.496, abs=1e-15)
    # Depletion without the diuretic: the leak of 0.2 given cramps: 0.2 * (1 - 0.9 * 0.8 * 0.5).
    assert got["depletion"]["present"] == pytest.approx(0.2 * 0.64 / 0.496, abs=1e-15)
    assert got.effect("cramps").needed == pytest.approx(1 - 0.19 / 0.496)


def test_see_do_had_and_after_differ_and_each_is_right(remedy):
    found = {"diuretic": "present", "cramps": "present"}
    see = posterior(remedy, {"diuretic": "absent"})["cramps"]["present"]
    assert see == pytest.approx(1 - 0.9 * (1 - 0.2 * 0.5))
    # Afterwards: depletion has lost what the diuretic did, cramps are drawn afresh.
    p_depleted = 0.2 * 0.64 / 0.496
    stopped = after(remedy, found, {"diuretic": "absent"})
    assert stopped["cramps"]["present"] == pytest.approx(1 - 0.9 * (1 - p_depleted * 0.5))
    # Nothing changed: P(depletion | found) = 0.6 * (1 - 0.9 * 0.8 * 0.5) / 0.496.
    p_now = 0.6 * 0.64 / 0.496
    as_before = after(remedy, found)
    assert as_before["cramps"]["present"] == pytest.approx(1 - 0.9 * 0.8 * (1 - p_now * 0.5))
    contrast = stopped.effect("cramps")
    assert contrast.actual == pytest.approx(1)
    assert contrast.unchanged == pytest.approx(as_before["cramps"]["present"])
    assert contrast.difference == pytest.approx(
        stopped["cramps"]["present"] - as_before["cramps"]["present"]
    )
    with pytest.raises(InvalidChange, match=r"had\(\)"):
        do(remedy, found, {"diuretic": "absent"})


def test_simpson():
    """A treatment that helps men and women and seems to harm everyone (Pearl 2009, section 6.1)."""
    net = Network.from_tables(
        {"sex": ("male", "female"), "drug": ("no", "yes"), "recovery": ("no", "yes")},
        {"drug": ("sex",), "recovery": ("sex", "drug")},
        {
            "sex": [0.5, 0.5],
            "drug": [[0.25, 0.75], [0.75, 0.25]],
            "recovery": [[[0.3, 0.7], [0.4, 0.6]], [[0.7, 0.3], [0.8, 0.2]]],
        },
    )
    seen = [posterior(net, {"drug": s})["recovery"]["yes"] for s in ("no", "yes")]
    assert seen == pytest.approx([0.4, 0.5])
    got = effect(net, "drug", ("recovery", "yes"), "no", "yes")
    assert (got.p_from, got.p_to) == pytest.approx((0.5, 0.4))
    assert got.risk_difference == pytest.approx(-0.1)
    assert got.number_needed == pytest.approx(10)
    for sex in ("male", "female"):
        within = effect(net, "drug", ("recovery", "yes"), "no", "yes", given={"sex": sex})
        assert within.risk_difference == pytest.approx(-0.1)


def test_front_door_smoking_tar_cancer():
    """Pearl (2009), section 3.3.2: the front-door formula from the observed table gives do()."""
    rng = np.random.default_rng(5)
    net = Network.from_tables(
        dict.fromkeys(("u", "smoking", "tar", "cancer"), ("no", "yes")),
        {"smoking": ("u",), "tar": ("smoking",), "cancer": ("tar", "u")},
        {
            "u": [0.4, 0.6],
            "smoking": rng.dirichlet([1, 1], 2),
            "tar": rng.dirichlet([1, 1], 2),
            "cancer": rng.dirichlet([1, 1], (2, 2)),
        },
    )
    yes = "yes"
    for x in ("no", "yes"):
        total = 0.0
        for t in ("no", "yes"):
            inner = sum(
                posterior(net, {"smoking": s, "tar": t})["cancer"][yes]
                * posterior(net, {})["smoking"][s]
                for s in ("no", "yes")
            )
            total += posterior(net, {"smoking": x})["tar"][t] * inner
        assert do(net, {}, {"smoking": x})["cancer"][yes] == pytest.approx(total, abs=1e-12)
