from __future__ import annotations

import pytest

from etiograph.uncertainty.flip import turning_points

FOUND = {"cramps": "present", "numbness": "absent", "twitching": "absent"}


def ranking(small, brute, values, found):
    changed = small.with_parameters(values)
    p = {c: brute(changed, found, {c: "present"})[0] for c in ("depletion", "neuropathy")}
    return max(p, key=lambda c: p[c])


def test_turning_really_turns_and_not_before(small, brute) -> None:
    found = turning_points(small, FOUND)
    assert found.now == ranking(small, brute, {}, FOUND)
    assert found.single or found.double
    for turn in (*found.single[:4], *found.double[:4]):
        assert ranking(small, brute, turn.values, FOUND) == turn.becomes != found.now
        before = {
            name: small.parameters[name].value + 0.999 * (value - small.parameters[name].value)
            for name, value in turn.values.items()
        }
        assert ranking(small, brute, before, FOUND) == found.now
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
