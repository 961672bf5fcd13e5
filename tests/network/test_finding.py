"""Findings and the likelihoods they become."""

from __future__ import annotations

from math import exp, log
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest

from etiograph.errors import EtiographError, InvalidFinding, UnknownName
from etiograph.network.finding import likelihood, measured, not_, unknown
from etiograph.network.likelihoods import encode, likelihood_row, likelihood_rows
from etiograph.network.mechanism import Table
from etiograph.network.network import Network
from etiograph.network.parameter import Parameter
from etiograph.network.reading import LevelShift, Reading
from etiograph.network.variable import Variable

BINARY = ("absent", "present")


@pytest.fixture(scope="module")
def net() -> Network:
    reading = Reading(
        unit="mmol/L",
        mean=Parameter("mg.mean", "mean", 0.85, 0.8, 0.9),
        sd=0.065,
        shifts=[LevelShift("depletion", {"present": -0.1})],
        plausible=(0.1, 5.0),
        units={"mg/dL": 0.4114},
        cutpoints=(0.7, 1.0),
        bins=("low", "normal", "high"),
    )
    return Network(
        [
            Variable("depletion", BINARY),
            Variable("mg", ("normal", "low", "high")),
            Variable("age", ("young", "middle", "old")),
        ],
        {
            "depletion": Table(array=[0.9, 0.1]),
            "mg": reading,
            "age": Table(array=[0.5, 0.3, 0.2]),
        },
        flags=[Variable("cold_leg", BINARY, role="flag")],
    )


# Slots: depletion 0-1, mg 2-4, age 5-7, mg~level 8-9.
ONES = [1.0] * 10


def with_slots(**slots: list[float]) -> list[float]:
    row = list(ONES)
    for name, values in slots.items():
        start = {"depletion": 0, "mg": 2, "age": 5, "level": 8}[name]
        row[start : start + len(values)] = values
    return row


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        ({}, ONES),
        ({"age": unknown, "mg": None}, ONES),
        ({"age": "middle"}, with_slots(age=[0, 1, 0])),
        ({"mg": "low"}, with_slots(mg=[0, 1, 0])),
        ({"age": not_("young")}, with_slots(age=[0, 1, 1])),
        ({"age": not_("young", "old")}, with_slots(age=[0, 1, 0])),
        ({"age": not_(["young", "old"])}, with_slots(age=[0, 1, 0])),
        ({"age": likelihood(young=1, middle=4, old=0)}, with_slots(age=[1, 4, 0])),
        ({"depletion": {"absent": 1, "present": 9}}, with_slots(depletion=[1, 9])),
        (
            {"age": [likelihood(young=2, middle=3, old=5), not_("old"), unknown]},
            with_slots(age=[2, 3, 0]),
        ),
        ({"age": ["young", "old"]}, with_slots(age=[0, 0, 0])),
        ({"age": np.str_("old")}, with_slots(age=[0, 0, 1])),
        ({"cold_leg": "present"}, ONES),
        ({"age": []}, ONES),
    ],
)
def test_rows(net: Network, findings: dict[str, Any], expected: list[float]) -> None:
    assert likelihood_row(net, findings).tolist() == expected


def test_known_states_are_named(net: Network) -> None:
    row, known, shown = encode(net, {"age": "old", "depletion": not_("absent"), "mg": "low"})
    assert known == {2: 2, 0: 1, 1: 1}
    assert shown == []
    row[0] = 7.0
    assert likelihood_row(net, {})[0] == 1.0


@pytest.mark.parametrize(
    "value", ["0.62 mmol/L", "0.62mmol/L", measured(0.62), measured(0.62, "mmol/L"), "62e-2 mmol/L"]
)
def test_a_measured_value_is_a_density_on_the_level(net: Network, value: object) -> None:
    row, known, shown = encode(net, {"mg": value})
    densities = [NormalDist(m, 0.065).pdf(0.62) for m in (0.85, 0.75)]
    assert row.tolist() == pytest.approx(with_slots(level=densities))
    assert known == {}
    assert shown == [(3, 2, 5)]


def test_measured_values_multiply(net: Network) -> None:
    row = likelihood_row(net, {"mg": ["0.62 mmol/L", "1.6 mg/dL"]})
    expected = [
        NormalDist(m, 0.065).pdf(0.62) * NormalDist(m, 0.065).pdf(1.6 * 0.4114)
        for m in (0.85, 0.75)
    ]
    assert row[8:].tolist() == pytest.approx(expected)


def test_a_state_beside_a_measured_value_checks_it(net: Network) -> None:
    alone = likelihood_row(net, {"mg": "0.62 mmol/L"})
    assert likelihood_row(net, {"mg": ["0.62 mmol/L", "low"]}).tolist() == alone.tolist()
    assert likelihood_row(net, {"mg": ["high", "0.62 mmol/L"]})[8:].tolist() == [0.0, 0.0]


def test_a_value_far_from_every_level_does_not_underflow(net: Network) -> None:
    row = likelihood_row(net, {"mg": "4.9 mmol/L"})
    assert row[8] == pytest.approx(exp(-600.0))
    assert row[9] >= 0.0
    ratio = (4.05**2 - 4.15**2) / (2 * 0.065**2)
    assert log(row[9]) - log(row[8]) == pytest.approx(ratio, rel=1e-6)


def test_rows_for_draws_of_the_parameters(net: Network) -> None:
    draws = np.array([[0.85], [0.8], [0.9]])
    findings = {"mg": "0.62 mmol/L", "age": "old"}
    rows = likelihood_rows(net, findings, draws)
    assert rows[0].tolist() == likelihood_row(net, findings).tolist()
    for row, mean in zip(rows, (0.85, 0.8, 0.9), strict=True):
        other = net.with_parameters({"mg.mean": mean})
        assert row == pytest.approx(likelihood_row(other, findings), rel=1e-13)


@pytest.mark.parametrize(
    ("findings", "error", "message"),
    [
        ({"aeg": "old"}, UnknownName, "no variable is called 'aeg'; did you mean 'age'"),
        ({"aeg": unknown}, UnknownName, "did you mean 'age'"),
        ({"cold_legs": "present"}, UnknownName, "did you mean 'cold_leg'"),
        ({"cold_leg": "presnt"}, UnknownName, "did you mean 'present'"),
        ({"cold_leg": 1}, InvalidFinding, "name of a state"),
        ({"age": "odl"}, UnknownName, "state of 'age' is called 'odl'; did you mean 'old'"),
        ({"age": not_("odl")}, UnknownName, "did you mean 'old'"),
        ({"age": {"young": 1, "middle": 1, "odl": 1}}, UnknownName, "did you mean 'old'"),
        ({"age": {"young": 1}}, InvalidFinding, "no weight for middle, old"),
        ({"age": {"young": -1, "middle": 1, "old": 1}}, InvalidFinding, "-1"),
        ({"age": 1}, InvalidFinding, r"name of a state \(young, middle, old\), not 1"),
        ({"age": np.int64(1)}, InvalidFinding, "name of a state"),
        ({"age": True}, InvalidFinding, "not True"),
        ({"age": 0.3}, InvalidFinding, "not 0.3"),
        ({"age": float("nan")}, InvalidFinding, "not nan"),
        ({"age": {"a set"}}, InvalidFinding, "a set is no finding"),
        ({"age": measured(3.0)}, InvalidFinding, "not a reading"),
        ({"mg": 0.62}, InvalidFinding, "no unit; give it as '0.62 mmol/L'"),
        ({"mg": "0.62"}, InvalidFinding, "no unit; units: mmol/L, mg/dL"),
        ({"mg": "1,234.5 mmol/L"}, InvalidFinding, "thousands are not parted"),
        ({"mg": "lo"}, InvalidFinding, "neither one of normal, low, high"),
        ({"mg": "nan mmol/L"}, InvalidFinding, "neither"),
        ({"mg": "1e999 mmol/L"}, InvalidFinding, "finite"),
        ({"mg": "62 mmol/L"}, InvalidFinding, "outside the plausible range"),
        ({"mg": "0.62 mmol"}, UnknownName, "unit of 'mg'"),
        ({"mg": "0.62 mmol"}, InvalidFinding, "unit of 'mg'"),  # it is both
        ({"mg": "9" * 5000}, InvalidFinding, "neither"),
    ],
)
def test_refused(
    net: Network, findings: dict[str, Any], error: type[EtiographError], message: str
) -> None:
    with pytest.raises(error, match=message):
        # Built inside: a bad likelihood is refused as soon as it is made.
        likelihood_row(net, findings)


@pytest.mark.parametrize("value", ["0.7", 0.7, "0.7 ratio", "0,7", measured(0.7), np.float64(0.7)])
def test_a_dimensionless_reading_takes_a_bare_number(value: object) -> None:
    reading = Reading(
        unit="ratio",
        mean=1.14,
        sd=0.11,
        plausible=(0.05, 2.6),
        cutpoints=(0.9,),
        bins=("low", "ok"),
    )
    index = Network([Variable("abi", ("low", "ok"))], {"abi": reading})
    row = likelihood_row(index, {"abi": value})
    assert row[2:].tolist() == pytest.approx([NormalDist(1.14, 0.11).pdf(0.7)])
    for wrong in (True, "yes", 7.0, float("nan"), "0,7,1"):
        with pytest.raises(InvalidFinding):
            likelihood_row(index, {"abi": wrong})


@pytest.mark.parametrize("weight", [-1.0, float("nan"), float("inf"), "1", True])
def test_bad_likelihoods(weight: Any) -> None:
    with pytest.raises(InvalidFinding, match="0 or more"):
        likelihood(a=1.0, b=weight)


def test_empty_findings_are_refused() -> None:
    with pytest.raises(InvalidFinding, match="at least one"):
        likelihood(a=0, b=0)
    with pytest.raises(InvalidFinding):
        not_()
    with pytest.raises(InvalidFinding):
        not_(3)  # type: ignore[arg-type]
    with pytest.raises(InvalidFinding):
        measured("0.62")  # type: ignore[arg-type]


def test_shown_as_they_are_written() -> None:
    assert repr(unknown) == "unknown"
    assert repr(not_("a", "b")) == "not_('a', 'b')"
    assert repr(likelihood(a=1)) == "likelihood({'a': 1.0})"
    assert repr(measured(0.62, "mmol/L")) == "measured(0.62, 'mmol/L')"
    assert repr(measured(0.62)) == "measured(0.62)"
    assert likelihood({"a b": 1}).weights == {"a b": 1.0}
