"""What all sessions share is worked out once, bounded, and never kept when it failed."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

import etiograph
from explorer.kept import Kept, kept


def test_a_result_is_worked_out_once_for_its_key():
    calls = []

    @kept(3)
    def doubled(_source, number, *, times=2):
        calls.append((_source, number, times))
        return [times * number]

    first = doubled("a file", 4)
    assert first == [8]
    assert doubled("the same read again", 4) is first
    assert doubled("a file", number=4, times=2) is first
    assert calls == [("a file", 4, 2)]
    assert doubled("a file", 4, times=3) == [12]


def test_a_network_counts_by_what_it_says():
    calls = []

    @kept(3)
    def size(network):
        calls.append(network)
        return len(network.variables)

    one = etiograph.load("leg_cramps")
    again = one.with_parameters({})
    assert again is not one
    assert size(one) == size(again) == len(one.variables)
    assert calls == [one]
    assert calls[0] is one
    name = next(name for name, p in one.parameters.items() if p.low is not None)
    value = replace(one.parameters[name], value=one.parameters[name].low)
    assert size(one.with_parameters({name: value})) == len(one.variables)
    assert len(calls) == 2


def test_only_the_latest_are_kept():
    found = Kept(2)
    made = []

    def ask(key):
        return found.get(key, lambda: made.append(key) or key.upper())

    for key in "abacab":
        assert ask(key) == key.upper()
    # a and b; a again; c drops b, the one asked for longest ago; a again; b anew drops c
    assert made == ["a", "b", "c", "b"]
    assert len(found) == 2
    found.clear()
    assert len(found) == 0


def test_a_failure_is_handed_on_and_not_kept():
    found = Kept(2)

    def fail():
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        found.get("a", fail)
    assert found.get("a", lambda: 1) == 1


@pytest.mark.parametrize("fails", [False, True])
def test_who_asks_meanwhile_waits_for_the_same_result(fails):
    found = Kept(2)
    begun, go_on, results, calls = threading.Event(), threading.Event(), [], []

    def slow():
        calls.append("slow")
        begun.set()
        go_on.wait(60)
        if fails:
            raise ValueError("no")
        return "slow"

    def quick():
        calls.append("quick")
        return "quick"

    def first():
        try:
            results.append(found.get("a", slow))
        except ValueError:
            results.append("failed")

    threads = [threading.Thread(target=first)]
    threads[0].start()
    assert begun.wait(60)
    threads += [
        threading.Thread(target=lambda: results.append(found.get("a", quick))) for _ in range(3)
    ]
    for thread in threads[1:]:
        thread.start()
    assert found.get("b", lambda: "another key does not wait") == "another key does not wait"
    go_on.set()
    for thread in threads:
        thread.join(60)
    if fails:  # the next in line works it out, once
        assert sorted(results) == ["failed", "quick", "quick", "quick"]
        assert calls == ["slow", "quick"]
    else:
        assert results == ["slow"] * 4
        assert calls == ["slow"]
