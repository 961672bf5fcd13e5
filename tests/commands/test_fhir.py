"""`etiograph ask --fhir` and `report --fhir`: provenance in every form of the answer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.findings.fhir_records import AT, bundle, condition, observation, patient
from typer.testing import CliRunner, Result

from etiograph.commands import cli

SECRET = {"name": [{"family": "Canary-Family"}], "birthDate": "1950-03-04"}


def run(*words: str) -> Result:
    return CliRunner().invoke(cli.app, words)


@pytest.fixture
def record(tmp_path: Path) -> Path:
    path = tmp_path / "record.json"
    old = observation("2823-3", 3.1, effectiveDateTime="2020-01-01")
    whole = bundle(
        patient(**SECRET), observation(), condition(), old, {"resourceType": "Claim", "id": "x"}
    )
    path.write_text(json.dumps(whole), encoding="utf-8")
    return path


def test_json(record: Path) -> None:
    done = run(
        "ask", "leg_cramps", "cold_feet=present", "--fhir", str(record), "--at", AT, "--json"
    )
    assert done.exit_code == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["findings"]["serum_magnesium"] == "0.62 mmol/L"
    assert answer["findings"]["cold_feet"] == "present"
    from_record = {one["variable"]: one["resource"] for one in answer["record"]["origins"]}
    assert from_record == {
        "age": "Patient/p",
        "hypertension": "Condition/c-38341003",
        "serum_magnesium": "Observation/o-2601-3",
    }
    unused = {one["resource"]: one["reason"] for one in answer["record"]["unused"]}
    assert unused["Claim/x"] == "resources of this type are not read"
    assert "older than 90 days" in unused["Observation/o-2823-3"]
    assert answer["record"]["at"] == AT
    assert "Canary" not in done.stdout
    assert "1950-03-04" not in done.stdout


def test_text_says_it_before_the_answer(record: Path) -> None:
    done = run("ask", "leg_cramps", "--fhir", str(record), "--at", AT)
    told = " ".join(done.stdout.split())
    assert "serum_magnesium = 0.62 mmol/L: Observation/o-2601-3 of 2026-10-20, LOINC 2601-3" in told
    assert "Claim/x: resources of this type are not read" in told
    assert told.index("Not used") < told.index("Possible causes")


def test_what_is_typed_stands_above_the_record(record: Path) -> None:
    words = (
        "ask",
        "leg_cramps",
        "hypertension=absent",
        "--fhir",
        str(record),
        "--at",
        AT,
        "--json",
    )
    answer = json.loads(run(*words).stdout)
    assert answer["findings"]["hypertension"] == "absent"
    assert "hypertension" not in {one["variable"] for one in answer["record"]["origins"]}


@pytest.mark.parametrize("suffix", [".html", ".txt", ".json"])
def test_the_report_carries_it(record: Path, suffix: str, tmp_path: Path) -> None:
    output = tmp_path / f"report{suffix}"
    done = run("report", "leg_cramps", "--fhir", str(record), "--at", AT, "-o", str(output))
    assert done.exit_code == 0, done.stderr
    text = output.read_text(encoding="utf-8")
    assert "Observation/o-2601-3" in text
    assert "older than 90 days" in text
    assert "Canary" not in text
    if suffix == ".json":
        assert json.loads(text)["record"]["origins"][0]["resource"] == "Patient/p"


def test_window(record: Path) -> None:
    words = (
        "ask",
        "leg_cramps",
        "--fhir",
        str(record),
        "--at",
        AT,
        "--window",
        "10 years",
        "--json",
    )
    assert json.loads(run(*words).stdout)["findings"]["serum_potassium"] == "3.1 mmol/L"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--at", "soon"), "no date"),
        (("--window", "lately"), "stretch of time"),
        (("--patient", "q"), "no patient of the file is called 'q'"),
    ],
)
def test_bad_options(record: Path, words: tuple[str, ...], message: str) -> None:
    done = run("ask", "leg_cramps", "--fhir", str(record), *words)
    assert done.exit_code == 2
    assert message in done.stderr


def test_a_file_that_is_no_record(tmp_path: Path) -> None:
    path = tmp_path / "bad.json"
    path.write_text('{"resourceType": "Patient", "birthDate": "1950-03-04"', encoding="utf-8")
    done = run("ask", "leg_cramps", "--fhir", str(path))
    assert done.exit_code == 2
    assert "no JSON" in done.stderr
    assert "1950" not in done.stderr
    assert run("ask", "leg_cramps", "--at", AT).exit_code == 2


def test_nothing_is_written_beside_the_output(record: Path, tmp_path: Path) -> None:
    before = set(tmp_path.iterdir())
    assert run("ask", "leg_cramps", "--fhir", str(record), "--at", AT).exit_code == 0
    assert set(tmp_path.iterdir()) == before
