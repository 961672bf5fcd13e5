"""Units of a measured value: factors, zeros, spellings."""

from __future__ import annotations

from dataclasses import replace

import pytest

import etiograph as eg
from etiograph.errors import InvalidFinding, UnknownName
from etiograph.network.reading import Reading

GOOD = {
    "unit": "mmol/L",
    "mean": 0.85,
    "sd": 0.065,
    "plausible": (0.1, 5.0),
    "units": {"mg/dL": 0.4114, "mEq/L": 0.5},
    "bins": ("low", "normal", "high"),
    "cutpoints": (0.7, 1.0),
}


def test_units() -> None:
    reading = Reading(**GOOD)  # type: ignore[arg-type]
    assert reading.canonical(0.62, "mmol/L", "mg") == 0.62
    assert reading.canonical(0.62, None, "mg") == 0.62
    assert reading.canonical(1.5, "mg / dL", "mg") == pytest.approx(0.6171)
    micro = Reading(**{**GOOD, "units": {"\u00b5mol/L": 0.001}})  # type: ignore[arg-type]
    assert micro.canonical(620, "\u03bcmol/L", "mg") == pytest.approx(0.62)
    assert reading.canonical(0.62, "mmol/l", "mg") == 0.62
    two = Reading(**{**GOOD, "units": {"MG": 1e9, "mg": 1.0}})  # type: ignore[arg-type]
    assert two.canonical(0.62, "mg", "mg") == 0.62
    with pytest.raises(UnknownName):
        two.canonical(0.62, "Mg", "mg")
    with pytest.raises(
        UnknownName, match="unit of 'mg' is called 'mgdL'; there are: mmol/L, mg/dL"
    ):
        reading.canonical(1.5, "mgdL", "mg")
    with pytest.raises(InvalidFinding, match=r"62 mmol/L is outside the plausible range 0.1 to 5"):
        reading.canonical(62, "mmol/L", "mg")
    with pytest.raises(InvalidFinding, match=r"20 mg/dL \(= 8.228 mmol/L\)"):
        reading.canonical(20, "mg/dL", "mg")
    with pytest.raises(InvalidFinding):
        reading.canonical(float("nan"), None, "mg")


def test_a_unit_with_another_zero() -> None:
    """HbA1c: 6.5 % (NGSP) is 47.5 mmol/mol (IFCC), by NGSP = 0.09148 IFCC + 2.152."""
    net = eg.load("leg_cramps")
    reading = net.mechanisms["hba1c"]
    assert reading.canonical(6.5, "%", "hba1c") == pytest.approx(47.53, abs=0.01)
    assert reading.converted(47.53, "mmol/mol", "%", "hba1c") == pytest.approx(6.5, abs=1e-3)
    assert reading.cuts("%", "hba1c") == (pytest.approx(6.543, abs=1e-3),)
    assert reading.units_for(6.5) == ("%",)
    with pytest.raises(eg.EtiographError, match=r"2 % \(= -1.66"):
        net.case(hba1c="2 %").posterior()
    low, high = net.case(hba1c="5.2 %"), net.case(hba1c="33.32 mmol/mol")
    for state, p in low.posterior()["diabetes"].items():
        assert p == pytest.approx(high.posterior()["diabetes"][state], abs=1e-4)
    with pytest.raises(eg.EtiographError, match="none of its units"):
        replace(reading, offsets={"K": 1.0}).settled(net.variables["hba1c"], net.variables)
