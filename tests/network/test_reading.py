"""Numeric tests: levels, bins, units."""

from __future__ import annotations

from math import exp, log
from statistics import NormalDist

import numpy as np
import pytest

from etiograph.errors import InvalidNetwork, UnknownName
from etiograph.formats.native import dumps_native, loads_native
from etiograph.network.mechanism import Table
from etiograph.network.network import Network
from etiograph.network.parameter import Parameter
from etiograph.network.reading import LevelShift, Reading
from etiograph.network.variable import Variable

BINARY = ("absent", "present")
ROOTS = (Variable("low_mg", BINARY), Variable("high_mg", ("none", "some", "much", "very_much")))
MAGNESIUM = Variable("mg", ("normal", "low", "high"))
GOOD = {
    "unit": "mmol/L",
    "mean": 0.85,
    "sd": 0.065,
    "shifts": (
        LevelShift("low_mg", {"present": -0.1}),
        LevelShift("high_mg", {"some": 0.0, "much": 0.2, "very_much": 0.2}),
    ),
    "plausible": (0.1, 5.0),
    "units": {"mg/dL": 0.4114, "mEq/L": 0.5},
    "bins": ("low", "normal", "high"),
    "cutpoints": (0.7, 1.0),
}


def network(reading: Reading, child: Variable = MAGNESIUM) -> Network:
    roots = {v.name: Table(array=np.full(v.card, 1 / v.card)) for v in ROOTS}
    return Network((*ROOTS, child), {**roots, child.name: reading})


def test_one_level_per_distinct_distribution() -> None:
    net = network(Reading(**GOOD))  # type: ignore[arg-type]
    model = net.model
    assert model.names[3:] == ("mg~level",)
    # Two shifts by the one parent (none, present), two by the other (nothing, 0.2).
    assert model.cards[3] == 4
    mechanism = net.mechanisms["mg"]
    assert isinstance(mechanism, Reading)
    assert mechanism.level_of(net.variables).tolist() == [[0, 0, 1, 1], [2, 2, 3, 3]]


def test_bins_are_differences_of_the_distribution_function() -> None:
    table = network(Reading(**GOOD)).table("mg")  # type: ignore[arg-type]
    for a, shift_a in enumerate((0.0, -0.1)):
        for b, shift_b in enumerate((0.0, 0.0, 0.2, 0.2)):
            normal = NormalDist(0.85 + shift_a + shift_b, 0.065)
            low, high = normal.cdf(0.7), 1 - normal.cdf(1.0)
            assert table[a, b] == pytest.approx([1 - low - high, low, high], abs=1e-12)


def test_a_shift_that_holds_for_some_states_of_another_parent() -> None:
    shifts = [
        LevelShift("low_mg", {"present": -0.1}),
        LevelShift("high_mg", {"much": 0.2}, when={"low_mg": "absent"}),
    ]
    net = network(Reading(**{**GOOD, "shifts": shifts}))  # type: ignore[arg-type]
    table, states = net.table("mg"), net.variables["high_mg"].states
    for a, shift_a in enumerate((0.0, -0.1)):
        for b, state in enumerate(states):
            shift_b = 0.2 if state == "much" and a == 0 else 0.0
            normal = NormalDist(0.85 + shift_a + shift_b, 0.065)
            low, high = normal.cdf(0.7), 1 - normal.cdf(1.0)
            assert table[a, b] == pytest.approx([1 - low - high, low, high], abs=1e-12)
            density = normal.pdf(0.9)
            found = {"low_mg": ("absent", "present")[a], "high_mg": state}
            p = net.case(found).posterior().log_evidence
            q = net.case({**found, "mg": "0.9 mmol/L"}).posterior().log_evidence
            assert exp(q - p) == pytest.approx(density, rel=1e-12)
    assert loads_native(dumps_native(net)) == net
    for when in ({"high_mg": "much"}, {"other": "yes"}):
        wrong = [shifts[0], LevelShift("high_mg", {"much": 0.2}, when=when)]
        with pytest.raises(InvalidNetwork, match="is no other parent"):
            network(Reading(**{**GOOD, "shifts": wrong}))  # type: ignore[arg-type]
    wrong = [shifts[0], LevelShift("high_mg", {"much": 0.2}, when={"low_mg": "maybe"})]
    with pytest.raises(UnknownName):
        network(Reading(**{**GOOD, "shifts": wrong}))  # type: ignore[arg-type]


def test_lognormal() -> None:
    reading = Reading(
        unit="mIU/L",
        distribution="lognormal",
        mean=1.5,
        sd=0.5,
        shifts=[LevelShift("low_mg", {"present": 10.0})],
        plausible=(0.001, 1000.0),
        cutpoints=[0.4, 4.0],
    )
    net = network(reading, Variable("tsh", ("low", "normal", "high")))
    normal = NormalDist(log(15.0), 0.5)
    low, upto = normal.cdf(log(0.4)), normal.cdf(log(4.0))
    assert net.table("tsh")[1] == pytest.approx([low, upto - low, 1 - upto], abs=1e-12)
    density = np.exp(net.mechanisms["tsh"].log_density(3.0))[:, 0]  # type: ignore[attr-defined]
    expected = [NormalDist(m, 0.5).pdf(log(3.0)) / 3.0 for m in (log(1.5), log(15.0))]
    assert density == pytest.approx(expected)


def test_far_tails_keep_their_digits_and_are_never_structural_zeros() -> None:
    net = network(
        Reading(
            unit="u",
            mean=0.0,
            sd=1.0,
            shifts=[LevelShift("low_mg", {"present": -100.0})],
            cutpoints=(10.0,),
        ),
        Variable("mg", ("low", "high")),
    )
    assert net.table("mg")[0, 1] == pytest.approx(7.619853024160527e-24, rel=1e-12)
    assert net.table("mg")[1, 1] == 0.0
    assert net.model.support[-4:].all()


def test_levels_follow_parameters_not_values() -> None:
    first = Parameter("mg.low_mg", "difference", -0.1, -0.2, 0.1)
    reading = Reading(
        unit="u", mean=Parameter("mg.mean", "mean", 0.85), sd=Parameter("mg.sd", "sd", 0.06, 0.05, 0.07),
        shifts=[LevelShift("low_mg", {"present": first})], cutpoints=(0.7, 1.0), bins=GOOD["bins"],  # type: ignore[arg-type]
    )  # fmt: skip
    assert network(reading).with_parameters({"mg.low_mg": 0.0}).model.cards[3] == 2


def test_many_draws_agree_with_one() -> None:
    sd = Parameter("mg.sd", "sd", 0.06, 0.05, 0.07)
    net = network(Reading(**{**GOOD, "sd": sd}))  # type: ignore[arg-type]
    many = net.expansion.tables(np.full((300, 1), 0.06))
    assert np.allclose(many, net.model.tables, atol=1e-15, rtol=1e-13)


def test_a_value_at_a_cutpoint_is_in_the_bin_above() -> None:
    reading = Reading(**GOOD)  # type: ignore[arg-type]
    bins = [reading.bin_of(x, MAGNESIUM) for x in (0.69, 0.7, 0.99, 1.0)]
    assert bins == ["low", "normal", "normal", "high"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"cutpoints": (0.7,)}, "3 bins need 2 cut-points"),
        ({"cutpoints": (1.0, 0.7)}, "ascend"),
        ({"cutpoints": (0.7, 6.0)}, "within the plausible range"),
        ({"plausible": (5.0, 0.1)}, "ascending"),
        ({"bins": ("low", "normal")}, "not its states"),
        ({"sd": 0.0}, "must be above 0"),
        ({"sd": Parameter("p", "mean", 1.0)}, "expected sd"),
        ({"mean": float("nan")}, "finite"),
        ({"units": {"g": 0.0}}, "factor"),
        ({"parents": ("low_mg",)}, "do not agree on 'high_mg'"),
        ({"distribution": "lognormal"}, "must be above 0"),
        (
            {"shifts": (LevelShift("low_mg", {"present": Parameter("p", "ratio", 2.0)}),)},
            "expected difference",
        ),
    ],
)
def test_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidNetwork, match=message):
        network(Reading(**{**GOOD, **change}))  # type: ignore[arg-type]


def test_bins_and_order_must_agree() -> None:
    with pytest.raises(InvalidNetwork, match="order do not agree"):
        network(Reading(**GOOD), Variable("mg", MAGNESIUM.states, order=("high", "normal", "low")))  # type: ignore[arg-type]


def test_unknown_names() -> None:
    with pytest.raises(UnknownName, match="distribution"):
        Reading(distribution="gamma")
    with pytest.raises(UnknownName, match="'presnt'"):
        network(Reading(**{**GOOD, "shifts": (LevelShift("low_mg", {"presnt": 1.0}),)}))  # type: ignore[arg-type]
