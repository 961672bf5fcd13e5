"""Codes of other systems in the model file: those of codes.csv that are sure, and no others."""

from __future__ import annotations

import csv

import etiograph as eg
from etiograph.findings.fhir.codes import Codes
from etiograph.resources import data_folder

UNFIT = (
    "not adjusted",
    "broader",
    "short acting",
    "per cent of haemoglobin",
)  # another quantity or group than the variable


def test_codes_are_those_that_are_sure():
    network = eg.load("leg_cramps")
    path = data_folder() / "leg_cramps" / "codes.csv"
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    expected = set()
    for row in rows:
        name, _, state = row["our_name"].partition("=")
        sure = row["certain"] == "yes" and not any(word in row["display"] for word in UNFIT)
        if sure and name in network.variables:
            system = f"{row['system']}:{state}" if state else row["system"]
            system = f"{system} {row['limit']}" if row["limit"] else system
            expected.add((name, system, row["code"]))
    stated = {(v.name, *code) for v in network.variables.values() for code in v.codes}
    assert stated == expected
    Codes.of(network)  # each state and each time is understood
