"""Findings and the likelihoods they become."""

from __future__ import annotations

from statistics import NormalDist
from typing import Any

import numpy as np
import pytest

from etiograph.errors import EtiographError, InvalidFinding, UnknownName
from etiograph.network.finding import likelihood, measured, not_, unknown
from etiograph.network.likelihoods import likelihood_row
from etiograph.network.network import Network
from etiograph.network.reading import Reading
from etiograph.network.variable import Variable


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
