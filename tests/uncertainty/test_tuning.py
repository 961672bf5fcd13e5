from __future__ import annotations

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
