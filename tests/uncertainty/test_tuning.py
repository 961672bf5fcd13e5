from __future__ import annotations

import itertools

import pytest

from etiograph.errors import InvalidFinding
from etiograph.uncertainty.tuning import Belief, tune


def test_a_belief_that_holds_moves_nothing(small) -> None:
    found = tune(small, [Belief("cramps", 0.05, 0.6)])
    assert found.moved == ()
    assert found.network is small
    assert found.met == (True,)
    assert found.distance == 0.0


def test_belief_is_met_with_the_least_move(small, brute) -> None:
    belief = Belief("cramps", 0.40, 0.5, given={"diuretic": "thiazide"})
    found = tune(small, [belief])
    exact, _ = brute(found.network, {"diuretic": "thiazide"}, {"cramps": "present"})
    assert found.before[0] < 0.40
    assert found.after[0] == pytest.approx(exact, abs=1e-9)
    assert exact == pytest.approx(0.40, abs=0.002)
    assert found.met == (True,)
    # Numbers that say nothing of it stay; the surest one moves less than the vaguest.
    moved = {m.name: m for m in found.moved}
    assert "numbness.present" not in moved
    assert all(m.sds > 0 for m in found.moved)
    for m in found.moved:
        p = small.parameters[m.name]
        assert p.low - 1e-6 <= m.after <= p.high + 1e-6


def test_only_the_named_parameters_move(small) -> None:
    belief = Belief("cramps", 0.29, 0.5, given={"diuretic": "thiazide"})
    found = tune(small, [belief], ["cramps.depletion"])
    assert [m.name for m in found.moved] == ["cramps.depletion"]
    free = tune(small, [belief])
    assert free.distance <= found.distance + 1e-6


def test_several_beliefs_and_a_change(small, brute) -> None:
    found = tune(
        small,
        [
            Belief("cramps", 0.34, 0.5, given={"diuretic": "thiazide"}),
            Belief("depletion", 0.0, 0.12, given={"diuretic": "none"}),
            Belief("cramps", 0.0, 0.60, do={"depletion": "present"}),
        ],
    )
    assert found.met == (True, True, True)
    assert len(found.to_frame()) == len(found.moved)


def test_beliefs_that_contradict_each_other_are_not_met(small) -> None:
    found = tune(small, [Belief("neuropathy", 0.25, 0.3), Belief("neuropathy", 0.0, 0.1)])
    assert not all(found.met)
    assert 0.1 < found.after[0] < 0.25


def test_a_belief_is_an_interval() -> None:
    with pytest.raises(InvalidFinding):
        Belief("cramps", 0.5, 0.3)


def test_least_move_equals_a_fine_search_of_two_numbers(small, brute) -> None:
    """Brute force: every pair of scores on a grid, the nearest one that meets the belief."""
    import numpy as np
    from scipy.optimize import brentq
    from scipy.stats import norm

    free = ["cramps.depletion", "depletion.thiazide"]
    given = {"diuretic": "thiazide"}
    found = tune(small, [Belief("cramps", 0.33, 0.5, given=given)], free)

    def score(name: str, value: float) -> float:
        p = small.parameters[name].distribution
        return float(brentq(lambda x: float(p.ppf(norm.cdf(x))) - value, -3.0, 3.0))

    start = np.array([score(name, small.parameters[name].value) for name in free])
    best, nearest = np.inf, np.zeros(2)
    for half, steps in ((1.9, 14), (0.35, 15)):  # the whole plane, then finely about the best of it
        middle = nearest
        for at in itertools.product(*(np.linspace(m - half, m + half, steps) for m in middle)):
            values = {
                name: float(small.parameters[name].distribution.ppf(np.array([norm.cdf(x)]))[0])
                for name, x in zip(free, at, strict=True)
            }
            p, _ = brute(small.with_parameters(values), given, {"cramps": "present"})
            distance = float(np.hypot(*(np.array(at) - start)))
            if p >= 0.33 and distance < best:
                best, nearest = distance, np.array(at)
    assert found.met == (True,)
    assert best - 0.05 <= found.distance <= best + 1e-3


def test_by_hand() -> None:
    """P(d) = x must become 0.2: the only number moves there, whatever its scale."""
    from etiograph.network.mechanism import Row, Table
    from etiograph.network.network import Network
    from etiograph.network.parameter import Parameter
    from etiograph.network.variable import Variable

    x = Parameter("x", "probability", 0.1, 0.03, 0.3)
    net = Network(
        [Variable("d", ("absent", "present"))], {"d": Table(rows=(Row({}, {"present": x}),))}
    )
    found = tune(net, [Belief("d", 0.2, 0.4)])
    (moved,) = found.moved
    assert moved.after == pytest.approx(0.2, abs=2e-3)
    assert found.after[0] == pytest.approx(moved.after, abs=1e-12)
    assert found.network.parameters["x"].value == moved.after
