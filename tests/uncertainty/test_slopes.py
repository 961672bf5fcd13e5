"""Answers read off slopes equal those of networks built anew."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from tests.odd_networks import measured_network

import etiograph as eg
from etiograph.network.event import Event
from etiograph.network.mechanism import Row, Table
from etiograph.network.network import Network
from etiograph.network.parameter import Parameter
from etiograph.network.variable import Variable
from etiograph.uncertainty.slopes import Slopes

FOUND = {"cramps": "present", "twitching": "present"}


def test_one_number_by_hand() -> None:
    """Prevalence x, sensitivity 0.8, specificity 0.9: P(d | +) = 0.8 x / (0.8 x + 0.1 (1 - x))."""
    net = Network(
        [Variable("d", ("absent", "present")), Variable("t", ("negative", "positive"))],
        {
            "d": Table(rows=(Row({}, {"present": Parameter("x", "probability", 0.1, 0.01, 0.5)}),)),
            "t": Table(("d",), array=np.array([[0.9, 0.1], [0.2, 0.8]])),
        },
    )
    slopes = Slopes.of(net, {"t": "positive"}, [Event.parse(net, "d")])
    p = slopes.answers([{0: 0.1}, {0: 0.3}, {0: 0.0}])[:, 0]
    assert p == pytest.approx([0.08 / 0.17, 0.24 / 0.31, 0.0], abs=1e-12)


@settings(max_examples=30)
@given(st.data())
def test_any_move_equals_enumeration(small, brute, data) -> None:
    names = list(small.parameters)
    chosen = data.draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True))
    values = {}
    for name in chosen:
        p = small.parameters[name]
        values[name] = data.draw(st.floats(p.low, p.high))
    slopes = Slopes.of(
        small, FOUND, [Event.parse(small, "depletion"), Event.parse(small, "neuropathy")]
    )
    got = slopes.answers([{names.index(n): v for n, v in values.items()}])[0]
    for p, cause in zip(got, ("depletion", "neuropathy"), strict=True):
        exact, _ = brute(small.with_parameters(values), FOUND, {cause: "present"})
        assert p == pytest.approx(exact, abs=1e-12)


def test_where_digits_would_be_lost_the_answer_is_asked_anew(small, brute) -> None:
    """With no leak, no link and no sign left, what was found is a million times less likely."""
    i = list(small.parameters).index("twitching.present")
    slopes = Slopes.of(small, {"twitching": "present"}, [Event.parse(small, "depletion")])
    values = {"twitching.present": 1e-9}
    exact, _ = brute(
        small.with_parameters(values), {"twitching": "present"}, {"depletion": "present"}
    )
    assert slopes.answers([{i: 1e-9}])[0, 0] == pytest.approx(exact, rel=1e-9)


@pytest.mark.parametrize("found", [{"x": "1.2 mmol/L"}, {"x": "high"}])
def test_numbers_of_a_measured_value(found) -> None:
    net = measured_network()
    slopes = Slopes.of(net, found, [Event.parse(net, "d")])
    for k, (name, p) in enumerate(net.parameters.items()):
        for value in (p.low, p.high):
            again = net.with_parameters({name: value}).case(found).posterior()["d"]["present"]
            assert slopes.answers([{k: value}])[0, 0] == pytest.approx(again, abs=1e-12)


def test_a_number_in_two_tables(small) -> None:
    """P(findings) is then of the second degree in it: no slope can tell, a row does."""
    shared = Parameter("s", "probability", 0.3, 0.1, 0.6)
    net = Network(
        [Variable(n, ("absent", "present")) for n in "dab"],
        {
            "d": Table(array=np.array([0.6, 0.4])),
            **{
                n: Table(
                    ("d",), (Row({"d": "present"}, {"present": shared}), Row({}, {"present": 0.1}))
                )
                for n in "ab"
            },
        },
    )
    known = {"a": "present", "b": "present"}
    got = Slopes.of(net, known, [Event.parse(net, "d")]).answers([{0: 0.6}])[0, 0]
    assert got == pytest.approx(0.4 * 0.36 / (0.4 * 0.36 + 0.6 * 0.01), abs=1e-12)


def test_every_number_of_the_flagship_equals_a_row() -> None:
    net = eg.load("leg_cramps")
    found = {
        "age": "65_and_over", "sex": "female", "diuretic": "thiazide", "leg_cramps": "present",
        "serum_magnesium": "0.62 mmol/L", "numbness_or_stabbing_pain": "absent",
    }  # fmt: skip
    slopes = Slopes.of(net, found, [Event.parse(net, "magnesium_depletion")])
    ends = [
        {k: end}
        for k, p in enumerate(net.parameters.values())
        if p.low is not None and p.low < p.high
        for end in (p.low, p.high)
    ]
    by_rows = np.concatenate([slopes._by_rows(ends[k : k + 100]) for k in range(0, len(ends), 100)])
    assert slopes.answers(ends) == pytest.approx(by_rows, abs=1e-11)
