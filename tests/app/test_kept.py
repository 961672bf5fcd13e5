"""What all sessions share is worked out once for what it depends on; the store has its own tests."""

from __future__ import annotations

from dataclasses import replace

import etiograph
from explorer.kept import kept


def test_a_result_is_worked_out_once_for_its_key():
    calls = []

    @kept
    def doubled(number, *, times=2):
        calls.append((number, times))
        return [times * number]

    first = doubled(4)
    assert first == [8]
    assert doubled(number=4, times=2) is first
    assert calls == [(4, 2)]
    assert doubled(4, times=3) == [12]


def test_a_network_counts_by_what_it_says():
    calls = []

    @kept
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
