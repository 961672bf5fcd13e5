"""What must hold whatever the numbers, and answers that can be worked out on paper."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from etiograph.network.mechanism import Row, Table
from etiograph.network.network import Network
from etiograph.network.parameter import Parameter
from etiograph.network.variable import Variable
from etiograph.uncertainty.curves import sensitivity_function, two_way
from etiograph.uncertainty.flip import turning_points
from etiograph.uncertainty.intervals import intervals
from etiograph.uncertainty.sensitivity import tornado
from etiograph.uncertainty.tuning import Belief, tune

STATES = {"diuretic": ("none", "thiazide")} | dict.fromkeys(
    ("cramps", "twitching", "numbness"), ("absent", "present")
)


def disease(x: tuple[float, float, float] = (0.1, 0.05, 0.2)) -> Network:
    """Prevalence x of a disease; sensitivity 0.8 (0.6 to 0.9) and specificity 0.9 of its sign."""
    prior = Parameter("x", "probability", *x)
    sensitivity = Parameter("sens", "probability", 0.8, 0.6, 0.9)
    return Network(
        [
            Variable("d", ("absent", "present"), role="condition"),
            Variable("t", ("negative", "positive")),
        ],
        {
            "d": Table(rows=(Row({}, {"present": prior}),)),
            "t": Table(
                ("d",),
                (Row({"d": "present"}, {"positive": sensitivity}), Row({}, {"positive": 0.1})),
            ),
        },
        about={"causes": ["d"]},
    )


def p_disease(x: float, sensitivity: float = 0.8) -> float:
    return sensitivity * x / (sensitivity * x + 0.1 * (1 - x))


def test_interval_of_a_bare_number_is_that_of_its_distribution() -> None:
    net = disease()
    cell = intervals(net, {}, draws=20_000, seed=3)["d"]["present"]
    low, median, high = net.parameters["x"].distribution.ppf([0.05, 0.5, 0.95])
    assert (cell.low, cell.median, cell.high) == pytest.approx((low, median, high), rel=0.02)
    assert cell.end_error < 0.02 * cell.width


def test_a_finding_speaks_about_the_numbers_too() -> None:
    """P(d, +) = s x and P(+) = 0.1 + (s - 0.1) x, sensitivity s and prevalence x drawn apart."""
    net = disease()
    found = net.parameters["x"].distribution
    mean = found.a / (found.a + found.b)
    sens = net.parameters["sens"].distribution.mean
    # The answer is P(d, +) / P(+) in every draw, weighted by P(+): the mean is E P(d, +) / E P(+).
    expected = sens * mean / (0.1 + (sens - 0.1) * mean)
    cell = intervals(net, {"t": "positive"}, draws=20_000, seed=4)["d"]["present"]
    assert cell.mean == pytest.approx(expected, abs=4 * cell.mc_error)


def test_tornado_by_hand() -> None:
    bars = {bar.name: bar for bar in tornado(disease(), {"t": "positive"}, "d").bars}
    ends = [(bars["x"].at_low, bars["x"].at_high), (bars["sens"].at_low, bars["sens"].at_high)]
    assert ends[0] == pytest.approx((p_disease(0.05), p_disease(0.2)), abs=1e-12)
    assert ends[1] == pytest.approx((p_disease(0.1, 0.6), p_disease(0.1, 0.9)), abs=1e-12)


def test_turning_point_by_hand() -> None:
    """0.8 x / (0.8 x + 0.1 (1 - x)) = 0.6 at x = 0.06 / 0.38."""
    found = turning_points(disease(), {"t": "positive"}, "d", threshold=0.6)
    (turn,) = [turn for turn in found.single if "x" in turn.values]
    x = 0.06 / 0.38
    assert turn.values["x"] == pytest.approx(x, abs=1e-6)
    assert turn.share == pytest.approx((x - 0.1) / 0.1, abs=1e-5)


def test_grid_by_hand_and_turned_about() -> None:
    grid = two_way(disease(), {"t": "positive"}, "d", None, "x", "sens", points=4)
    want = [[p_disease(x, y) for x in grid.x] for y in grid.y]
    assert grid.answer == pytest.approx(np.array(want), abs=1e-12)
    turned = two_way(disease(), {"t": "positive"}, "d", None, "sens", "x", points=4)
    assert turned.answer == pytest.approx(grid.answer.T, abs=1e-14)


found_in_small = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from(states) for name, states in STATES.items()}
)


@settings(max_examples=25)
@given(found_in_small)
def test_tornado_equals_networks_made_anew(small, found) -> None:
    made = tornado(small, found, "depletion")
    swings = [bar.swing for bar in made.bars]
    assert swings == sorted(swings, reverse=True)
    for bar in (made.bars[0], made.bars[1], made.bars[-1]):
        for value, p in ((bar.low, bar.at_low), (bar.high, bar.at_high)):
            again = small.with_parameters({bar.name: value}).case(found).posterior()
            assert p == pytest.approx(again["depletion"]["present"], abs=1e-12)
    for group in (*made.by_source, *made.by_grade):
        assert group.at_low <= made.answer <= group.at_high
        own = [bar.swing for bar in made.bars if bar.name in group.members]
        # Together they reach at least as far as the widest of them alone.
        assert group.swing >= max(own) - 1e-9


@settings(max_examples=20)
@given(found_in_small)
def test_flipping_really_flips(small, found) -> None:
    turns = turning_points(small, found)
    for turn in (*turns.single[:3], *turns.double[:3]):
        made = small.with_parameters(dict(turn.values)).case(found).posterior()
        p = {cause: made[cause]["present"] for cause in ("depletion", "neuropathy")}
        # The turn itself may be met exactly: there the two are level but for rounding.
        assert turn.becomes != turns.now
        assert p[turn.becomes.variable] >= p[turns.now.variable] - 1e-12


@settings(max_examples=20)
@given(found_in_small, st.sampled_from(["depletion.none", "cramps.neuropathy", "numbness.absent"]))
def test_curve_passes_through_every_answer(small, found, name) -> None:
    curve = sensitivity_function(small, found, "depletion", None, name, points=5)
    for x, y in zip(curve.x, curve.y, strict=True):
        again = small.with_parameters({name: float(x)}).case(found).posterior()
        assert y == pytest.approx(again["depletion"]["present"], abs=1e-12)


@settings(max_examples=15)
@given(st.floats(0.05, 0.6), st.floats(0.01, 0.2))
def test_a_tuned_network_says_what_is_believed_or_has_done_its_utmost(small, low, width) -> None:
    belief = Belief("cramps", low, low + width, given={"depletion": "present"})
    made = tune(small, [belief])
    again = made.network.case(depletion="present").posterior()["cramps"]["present"]
    assert again == pytest.approx(float(made.after[0]), abs=1e-9)
    for moved in made.moved:
        p = small.parameters[moved.name]
        # A range of 95 %: its ends are 1.96 standard deviations away, up to the grid of the scale.
        assert p.low - 1e-3 <= moved.after <= p.high + 1e-3
    middle = float(np.clip(made.before[0], low, low + width))
    assert abs(made.after[0] - middle) <= abs(made.before[0] - middle) + 0.002
    assert made.met[0] == (low - 0.002 <= again <= low + width + 0.002)
