"""Rows of likelihoods: what findings say to the engine."""

from __future__ import annotations

from math import exp, log
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest

from etiograph.network.finding import likelihood, measured, not_, unknown
from etiograph.network.likelihoods import encode, likelihood_row, likelihood_rows
from etiograph.network.network import Network

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
