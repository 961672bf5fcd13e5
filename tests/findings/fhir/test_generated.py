"""1,000 random records, 200 of them with a trap: no finding that is wrong, none lost without a word."""

from __future__ import annotations

import copy
import json
import os
from random import Random

import pytest
from tests.findings.fhir_generator import AT, RANGES, TRAPS, Written, record, trapped

import etiograph as eg
from etiograph.findings.fhir import Record, read_fhir

NETWORK = eg.load("leg_cramps")
RECORDS, TRAPPED = (20_000, 4_000) if os.environ.get("ETIOGRAPH_LONG") else (1_000, 200)
BATCHES = 8


def silent_errors(written: Written, found: Record) -> list[str]:
    """What came out wrong, or went without a word."""
    wrong = []
    origins = {origin.variable: origin.resource.partition("/")[2] for origin in found.origins}
    listed = {each.resource.partition("/")[2].partition(",")[0] for each in found.unused}
    for name, value in found.findings.items():
        if name not in written.truth:
            wrong.append(f"{name} = {value} is no finding")
            continue
        true, own = written.truth[name]
        if name in RANGES:
            number, unit = value.split()
            amount = float(number) * NETWORK.mechanisms[name].factor(unit, name)  # type: ignore[union-attr]
            # The model file states its factors with four digits.
            if amount != pytest.approx(true, rel=1e-3):
                wrong.append(f"{name} = {value}, not {true}")
        elif value != true:
            wrong.append(f"{name} = {value}, not {true}")
        if origins[name] != own:
            wrong.append(f"{name} is said to come from {origins[name]}, not {own}")
    wrong += [f"{name} is lost" for name in written.truth.keys() - found.findings.keys()]
    wrong += [f"{own} is not listed" for own in written.unused - listed]
    return wrong


@pytest.mark.parametrize("batch", range(BATCHES))
def test_no_silent_errors(batch: int) -> None:
    for seed in range(batch, RECORDS, BATCHES):
        rng = Random(seed)
        trap = TRAPS[(seed // 5) % len(TRAPS)] if seed % 5 == 0 and seed // 5 < TRAPPED else ""
        written = trapped(rng, trap) if trap else record(rng)
        whole = json.loads(json.dumps(written.bundle(rng)))
        before = copy.deepcopy(whole)
        found = read_fhir(NETWORK, whole, at=AT)
        assert silent_errors(written, found) == [], f"seed {seed}, trap {trap!r}"
        assert whole == before


def test_every_trap_is_planted() -> None:
    assert TRAPPED // len(TRAPS) >= 3
    assert len(set(TRAPS)) == len(TRAPS)


def test_the_oracle_sees_an_error() -> None:
    """A reader that takes what it should not, or changes a number, does not get through."""
    rng = Random(1)
    written = trapped(rng, "preliminary")
    found = read_fhir(NETWORK, written.bundle(rng), at=AT)
    assert silent_errors(written, found) == []
    name = next(n for n in written.truth if n in RANGES)
    for changed in (
        {**found.findings, name: "1 mmol/L"},
        {**found.findings, "diabetes": "present"},
    ):
        other = Record(changed, found.origins, found.unused, found.at, found.window)
        assert silent_errors(written, other)
    assert silent_errors(written, Record(found.findings, found.origins, (), found.at, found.window))
