from __future__ import annotations

from itertools import combinations

import pytest

from etiograph.errors import InvalidChange
from etiograph.uncertainty.flip import turning_points

FOUND = {"cramps": "present", "numbness": "absent", "twitching": "absent"}


def ranking(small, brute, values, found):
    changed = small.with_parameters(values)
    p = {c: brute(changed, found, {c: "present"})[0] for c in ("depletion", "neuropathy")}
    return max(p, key=lambda c: p[c])


def test_turning_really_turns_and_not_before(small, brute) -> None:
    found = turning_points(small, FOUND)
    assert found.now.variable == ranking(small, brute, {}, FOUND)
    assert found.single or found.double
    for turn in (*found.single[:4], *found.double[:4]):
        assert (
            ranking(small, brute, turn.values, FOUND) == turn.becomes.variable != found.now.variable
        )
        before = {
            name: small.parameters[name].value + 0.999 * (value - small.parameters[name].value)
            for name, value in turn.values.items()
        }
        assert ranking(small, brute, before, FOUND) == found.now.variable
        for name, value in turn.values.items():
            p = small.parameters[name]
            assert p.low - 1e-12 <= value <= p.high + 1e-12
    shares = [turn.share for turn in found.single]
    assert shares == sorted(shares)


def test_none_within_the_ranges_is_an_answer(small, brute) -> None:
    clear = {"cramps": "present", "twitching": "present", "numbness": "absent"}
    found = turning_points(small, clear)
    assert found.single == ()
    assert found.double == ()
    assert found.smallest is None


def test_threshold_is_met_exactly(small, brute) -> None:
    now, _ = brute(small, FOUND, {"depletion": "present"})
    found = turning_points(small, FOUND, "depletion", threshold=now + 0.03)
    assert found.now == "below"
    turn = found.single[0]
    p, _ = brute(small.with_parameters(dict(turn.values)), FOUND, {"depletion": "present"})
    assert p == pytest.approx(now + 0.03, abs=1e-5)
    assert turn.becomes == "above"


def test_two_numbers_where_one_is_not_enough(small, brute) -> None:
    names = list(small.parameters)
    ends = [(n, e) for n in names for e in (small.parameters[n].low, small.parameters[n].high)]

    def p(values) -> float:
        return brute(small.with_parameters(values), FOUND, {"depletion": "present"})[0]

    reach = max(p({name: end}) for name, end in ends)
    threshold = reach + 0.01
    found = turning_points(small, FOUND, "depletion", threshold=threshold)
    assert found.now == "below"
    assert found.single == ()
    assert found.smallest is found.double[0]
    assert turning_points(small, FOUND, "depletion", threshold=threshold, together=1).double == ()
    for turn in found.double[:3]:
        assert len(turn.values) == 2
        assert p(turn.values) == pytest.approx(threshold, abs=1e-5)
    # Brute force over all pairs: none gets there by a smaller share of its way.
    share = 0.98 * found.double[0].share
    for a, b in combinations(ends, 2):
        if a[0] != b[0]:
            values = {
                n: small.parameters[n].value + share * (e - small.parameters[n].value)
                for n, e in (a, b)
            }
            assert p(values) < threshold


def test_nothing_left_to_rank(small) -> None:
    found = turning_points(small, {"depletion": "present", "neuropathy": "absent"})
    assert found.smallest is None
    assert found.now is None


def test_under_do_the_changed_world_turns(small) -> None:
    """The numbers of what is set from outside no longer matter; the others do."""
    found = {"cramps": "present", "twitching": "present"}
    case = small.case(found).do(depletion="absent")
    now = case.posterior()["neuropathy"]["present"]
    turns = case.turning_points("neuropathy", threshold=now + 0.05)
    assert turns.single
    for turn in turns.single[:5]:
        again = small.with_parameters(dict(turn.values)).case(found).do(depletion="absent")
        assert again.posterior()["neuropathy"]["present"] == pytest.approx(now + 0.05, abs=1e-5)
    assert not any(name.startswith("depletion") for turn in turns.single for name in turn.values)


@pytest.mark.parametrize("kind", ["had", "after"])
def test_two_worlds_at_once_are_refused(small, kind: str) -> None:
    case = getattr(small.case({"cramps": "present"}), kind)(depletion="absent")
    with pytest.raises(InvalidChange, match="as it is seen, or under 'do'"):
        case.turning_points()
