"""The twenty-four patients of the critique of the first edition, each with what is asked of the answer."""

from __future__ import annotations

import tomllib
from functools import cache
from typing import Any

import pytest

import etiograph as eg
from etiograph.commands.answer import answer
from etiograph.decision.next_steps import next_steps
from etiograph.decision.ways import blamed
from etiograph.resources import data_folder
from etiograph.uncertainty.acted import acted

PATIENTS: list[dict[str, Any]] = tomllib.loads(
    (data_folder() / "leg_cramps" / "patients.toml").read_text(encoding="utf-8")
)["patients"]
KEYS = {
    "id", "title", "findings", "edition_1", "edition_2", "rules", "change", "cautions", "not_said",
    "first", "among", "p", "test", "after", "lasting", "word", "no_cause", "blamed",
    "nothing_to_explain", "not_defensible",
}  # fmt: skip


@cache
def network() -> eg.Network:
    return eg.load("leg_cramps")


def ranked(findings: dict[str, str]) -> list[str]:
    """Causes by how often each had a part in the cramps."""
    shares = acted(network(), findings) or {}
    return sorted(shares, key=lambda name: -shares[name])


def faults(patient: dict[str, Any]) -> list[str]:
    """What of the expectations does not hold."""
    findings, found = patient["findings"], []
    case = network().case(findings)
    flags = case.red_flags()
    said = {flag.id for flag in flags}
    found += [f"{rule} is silent" for rule in patient.get("rules", ()) if rule not in said]
    if change := patient.get("change"):
        after = {flag.id for flag in case.do(change).red_flags()}
        found += [f"{rule} is silent" for rule in patient["cautions"] if rule not in after]
        found += [f"{rule} is said" for rule in patient["not_said"] if rule in after]
    places = [*patient.get("among", ())]
    if "first" in patient:
        places.append({"cause": patient["first"], "within": 1})
    order = ranked(findings) if places else []
    found += [f"{order[:4]}" for p in places if p["cause"] not in order[: p["within"]]]
    for each in patient.get("p", ()):
        ((name, state),) = each["of"].items()
        p = case.posterior()[name][state]
        if not each["low"] <= p <= each["high"]:
            found.append(f"{name} = {state}: {p:.3f}")
    if "test" in patient:
        steps = next_steps(network(), findings)
        tests = [s.name for s in (*steps.rule_out, *steps.test) if s.is_test]
        if tests[0] not in patient["test"]:
            found.append(f"tests {tests[:3]}")
    if asked := patient.get("after"):
        p = case.after(asked["change"]).posterior()["leg_cramps"]["present"]
        if not asked["low"] <= p <= asked["high"]:
            found.append(f"after: {p:.3f}")
    if asked := patient.get("lasting"):
        ((name, state),) = asked["of"].items()
        if case.after(asked["change"]).posterior()[name][state] < 1.0 - 1e-9:
            found.append(f"{name} heals")
    if "word" in patient and not any(patient["word"] in flag.message for flag in flags):
        found.append(f"{patient['word']!r} is not said")
    if patient.get("no_cause") in network().parents("leg_cramps"):
        found.append(f"{patient['no_cause']} is a cause")
    if name := patient.get("blamed"):
        (told,) = (each for each in blamed(network(), findings) if each.cause == name)
        found += [
            f"{w.variable} {w.change}" for w in told.ways if abs(w.change.high) > 0.0015
        ]  # 1 of 1000
    if patient.get("nothing_to_explain"):
        said = answer(case)
        if not said.assumed or "statin" in [row.variable for row in said.rows[:5]]:
            found.append(f"{[row.variable for row in said.rows[:5]]}")
    return found


def test_there_are_twenty_four_and_each_says_what_it_asks():
    assert len({p["id"] for p in PATIENTS}) == 24
    for patient in PATIENTS:
        assert patient.keys() <= KEYS, patient["id"]
        asks = patient.keys() - {"id", "title", "findings", "edition_1", "edition_2"}
        assert asks - {"not_defensible"}, patient["id"]


@pytest.mark.parametrize("patient", PATIENTS, ids=lambda p: p["id"])
def test_patient(patient):
    assert faults(patient) == []


def test_at_least_twenty_are_defensible_and_the_others_say_why():
    weak = [p for p in PATIENTS if "not_defensible" in p]
    assert len(PATIENTS) - len(weak) >= 20
    assert all(len(p["not_defensible"]) > 20 for p in weak)
