"""The network whose findings are read."""

from __future__ import annotations

import pytest

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
