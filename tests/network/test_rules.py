"""Conditions of rules: bands by hand, ways against a truth table, circles of silence."""

from __future__ import annotations

from itertools import product
from math import inf

import pytest

from etiograph.network.rules import Band, conditions, cycle, names, ways


@pytest.mark.parametrize(
    ("limits", "inside", "outside"),
    [
        ({"below": 3.0}, [2.9, -5.0], [3.0, 3.1]),
        ({"up_to": 3.0}, [3.0], [3.01]),
        ({"from": 5.5, "below": 6.0}, [5.5, 5.99], [5.49, 6.0]),
        ({"above": 2.0, "up_to": 4.0}, [2.01, 4.0], [2.0, 4.01]),
        ({"above": 2.0, "from": 2.0}, [2.01], [2.0]),  # the tighter of two limits on one side
        ({"from": 1.0, "above": 0.5, "below": 9.0, "up_to": 8.0}, [1.0, 8.0], [0.9, 8.1]),
    ],
)
def test_a_band_holds_what_all_its_limits_allow(limits, inside, outside):
    band = Band.of(limits)
    assert all(band.holds(x) for x in inside)
    assert not any(band.holds(x) for x in outside)


def test_a_band_covers_a_bin_only_if_it_holds_every_value_of_it():
    low = Band.of({"below": 3.5})
    assert low.covers(-inf, 3.5)
    assert not low.covers(-inf, 3.6)
    assert not Band.of({"below": 3.0}).covers(-inf, 3.5)
    assert Band.of({"from": 5.0}).covers(5.0, inf)
    assert not Band.of({"above": 5.0}).covers(5.0, inf)  # 5.0 itself is in the bin


def test_bands_meet_in_what_both_hold():
    both = Band.of({"from": 5.0}).meets(Band.of({"below": 6.0}))
    assert (both.low, both.high, both.low_included, both.high_included) == (5.0, 6.0, True, False)
    assert Band.of({"below": 3.0}).meets(Band.of({"from": 3.0})).empty
    assert Band.of({"from": 3.0, "up_to": 3.0}).holds(3.0)
    assert not Band.of({"from": 3.0, "up_to": 3.0}).empty
    assert Band.of({"above": 6.0, "below": 3.0}).empty


NESTED = {
    "a": "yes",
    "any": [{"b": "yes"}, {"c": "yes", "not": {"d": "yes"}}],
    "all": [{"any": [{"e": "yes"}, {"b": "no"}]}],
}


def holds(condition, case):
    """A condition straight from its definition, for a case in which all is known."""
    for name, wanted in condition.items():
        if name == "not":
            if holds(wanted, case):
                return False
        elif name == "all":
            if not all(holds(each, case) for each in wanted):
                return False
        elif name == "any":
            if not any(holds(each, case) for each in wanted):
                return False
        elif case[name] != wanted:
            return False
    return True


def test_the_ways_of_a_condition_are_all_the_ways_to_meet_it():
    listed = list(ways(NESTED))
    for states in product(("no", "yes"), repeat=5):
        case = dict(zip("abcde", states, strict=True))
        met = any(
            all(case[n] == w for n, w in way.found) and not any(holds(c, case) for c in way.absent)
            for way in listed
        )
        assert met == holds(NESTED, case), case


def test_when_and_any_are_one_condition_each_alternative():
    rule = {"when": {"a": "yes"}, "any": [{"b": "yes"}, {"c": "yes"}]}
    assert [way.found for each in conditions(rule) for way in ways(each)] == [
        (("a", "yes"), ("b", "yes")),
        (("a", "yes"), ("c", "yes")),
    ]
    assert names(rule) == ("a", "b", "c")
    assert names({"when": NESTED}) == ("a", "b", "c", "d", "e")
    assert conditions({"change": {"a": "no"}}) == ()


def test_silence_in_a_circle_is_found():
    assert (
        cycle([{"id": "a", "silences": ["b"]}, {"id": "b", "silences": ["c"]}, {"id": "c"}]) == ()
    )
    found = cycle([{"id": "a", "silences": ["b"]}, {"id": "b", "silences": ["a"]}, {"id": "c"}])
    assert set(found) == {"a", "b"}
    assert set(cycle([{"id": "a", "silences": ["a"]}])) == {"a"}
