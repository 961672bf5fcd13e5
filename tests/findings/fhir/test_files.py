"""Files as a whole: kinds of bundles, references, whose record it is, and attacks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.findings.fhir_records import (
    AT,
    LOINC,
    MAGNESIUM,
    POTASSIUM,
    SNOMED,
    bundle,
    concept,
    condition,
    observation,
    patient,
    quantity,
    request,
)

import etiograph as eg
from etiograph.errors import InvalidFinding, InvalidNetwork, UnknownName, UnreadableFile
from etiograph.findings.fhir import Record, read_fhir
from etiograph.findings.fhir.codes import Codes

NETWORK = eg.load("leg_cramps")
OWN = "urn:etiograph:leg_cramps"


def read(source: Any, **options: Any) -> Record:
    return read_fhir(NETWORK, source, **{"at": AT, **options})


def reasons(record: Record) -> str:
    return " / ".join(each.line() for each in record.unused)


def saved(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("kind", ["collection", "searchset", "transaction", "batch", "document"])
def test_kinds_of_bundles(kind: str) -> None:
    assert "serum_magnesium" in read(bundle(patient(), observation(), kind=kind)).findings


@pytest.mark.parametrize("kind", ["history", "subscription-notification", None, 3])
def test_other_bundles_are_refused(kind: Any) -> None:
    with pytest.raises(UnreadableFile, match="is not read"):
        read(bundle(patient(), observation(), kind=kind))


def test_answers_to_a_batch_are_bundles_in_a_bundle() -> None:
    inner = bundle(patient(), observation(), kind="searchset")
    assert "serum_magnesium" in read(bundle(inner, kind="batch-response")).findings


def test_a_transaction_that_takes_a_resource_away() -> None:
    whole = bundle(patient(), observation(), kind="transaction")
    whole["entry"][1]["request"] = {"method": "DELETE", "url": "Observation/o"}
    record = read(whole)
    assert record.findings == {}
    assert "entry 2 (a request to take it away)" in reasons(record)


def test_one_resource_and_a_resource_a_line(tmp_path: Path) -> None:
    one = saved(tmp_path / "one.json", json.dumps(observation(), indent=2))
    assert dict(read(one).findings) == {"serum_magnesium": "0.62 mmol/L"}
    lines = "\n".join(json.dumps(r) for r in (patient(gender="male"), observation(), condition()))
    many = saved(tmp_path / "many.ndjson", lines + "\n\n")
    assert set(read(many).findings) == {"sex", "serum_magnesium", "hypertension"}
    assert set(read([patient(), observation()]).findings) == {"serum_magnesium"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"resourceType": "Patient", "id": "a", "id": "b"}', "stands twice"),
        ('{"resourceType": "Patient", "x": NaN}', "NaN is no number"),
        ('{"resourceType": "Patient", "x": -Infinity}', "is no number"),
        ('{"resourceType": "Patient", "x": ' + "[" * 40 + "]" * 40 + "}", "nested deeper"),
        ("[" * 100_000, "nested deeper"),
        ('{"resourceType": "Patient", "x": ' + "9" * 5000 + "}", "no JSON"),
        ('{"resourceType": "Patient"', "no JSON"),
        ("{}", "resourceType"),
        ("[1, 2]", "resourceType"),
        ('{"resourceType": 3}', "resourceType"),
        ("", "empty"),
        ('{"resourceType":"Patient"}\n{"resourceType":"Patient",}', "no JSON"),
    ],
)
def test_attacks(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UnreadableFile, match=message):
        read(saved(tmp_path / "bad.json", text))


def test_the_line_of_a_mistake_in_ndjson(tmp_path: Path) -> None:
    path = saved(tmp_path / "b.ndjson", '{"resourceType":"Patient"}\n\n{"resourceType":"P",}')
    with pytest.raises(UnreadableFile) as caught:
        read(path)
    assert caught.value.line == 3


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    path = saved(tmp_path / "big.json", '{"resourceType": "' + "x" * 20_000_001 + '"}')
    with pytest.raises(UnreadableFile, match="larger than the limit"):
        read(path)


@pytest.mark.parametrize(
    "odd",
    [
        None,
        3,
        "x",
        [],
        {},
        [None],
        [[]],
        True,
        {"coding": 3},
        {"coding": [3]},
        {"reference": 3},
        [{"coding": None}],
    ],
)
def test_parts_of_the_wrong_kind_never_crash(odd: Any) -> None:
    """Each part of each resource replaced by something else."""
    wholes = [
        patient(gender="male", birthDate="1950-01-01", extension=[], link=[], identifier=[]),
        observation(
            component=[],
            specimen={},
            interpretation=[],
            referenceRange=[],
            issued="x",
            hasMember=[],
        ),
        condition(bodySite=[], onsetDateTime="2020", abatementPeriod={}),
        request(dosageInstruction=[], dispenseRequest={}, medicationReference={}),
        questionnaire_response(
            {"linkId": f"{OWN}|night_waking", "answer": [{"valueBoolean": True}]}
        ),
    ]
    for whole in wholes:
        for key in [*whole, "contained", "modifierExtension", "dataAbsentReason"]:
            if key != "resourceType":
                changed = {**whole, "id": "z", key: odd}
                read(bundle(patient(), changed), patient="p")
    value = quantity(0.62, referenceRange=[])
    for key in value:
        read(bundle(patient(), observation(valueQuantity={**value, key: odd})))


# -- whose ------------------------------------------------------------------------------------------


def test_two_patients_and_none_is_asked_for() -> None:
    both = bundle(
        patient(),
        {**patient(), "id": "q"},
        observation(),
        condition(subject={"reference": "Patient/q"}),
    )
    with pytest.raises(InvalidFinding, match="2 patients"):
        read(both)
    assert set(read(both, patient="p").findings) == {"serum_magnesium"}
    assert set(read(both, patient="Patient/q").findings) == {"hypertension"}
    assert "Condition/c-38341003, SNOMED CT 38341003: of another person" in reasons(
        read(both, patient="p")
    )
    with pytest.raises(UnknownName):
        read(both, patient="r")


def test_without_a_patient_all_must_be_of_one() -> None:
    assert set(read([observation(), condition()]).findings) == {"serum_magnesium", "hypertension"}
    with pytest.raises(InvalidFinding, match="2 patients"):
        read([observation(), condition(subject={"reference": "Patient/q"})])
    assert read([observation(subject=None)]).findings == {}


@pytest.mark.parametrize(
    ("url", "reference", "same"),
    [
        ("urn:uuid:1", "urn:uuid:1", True),
        ("urn:uuid:1", "Patient/p", True),
        ("https://a.org/fhir/Patient/p", "https://a.org/fhir/Patient/p", True),
        ("https://a.org/fhir/Patient/p", "https://a.org/fhir/Patient/p/_history/3", True),
        ("https://a.org/fhir/Patient/p", "Patient/p", True),
        ("", "https://a.org/fhir/Patient/p", True),
        ("https://a.org/fhir/Patient/p", "https://b.org/fhir/Patient/p", False),
        ("urn:uuid:1", "urn:uuid:2", False),
        ("urn:uuid:1", "Patient/P", False),
    ],
)
def test_references(url: str, reference: str, same: bool) -> None:
    entries = [
        {"fullUrl": url, "resource": patient()},
        {"resource": observation(subject={"reference": reference})},
    ]
    record = read({"resourceType": "Bundle", "type": "collection", "entry": entries})
    assert bool(record.findings) is same


def test_a_relative_reference_is_of_the_server_of_its_entry() -> None:
    entries = [
        {"fullUrl": "https://a.org/fhir/Patient/p", "resource": patient()},
        {"fullUrl": "https://b.org/fhir/Observation/o", "resource": observation()},
    ]
    record = read({"resourceType": "Bundle", "type": "collection", "entry": entries})
    assert record.findings == {}


def test_a_patient_by_an_identifier() -> None:
    known = {"system": "urn:oid:1", "value": "77"}
    who = patient(identifier=[known])
    assert read(bundle(who, observation(subject={"identifier": known}))).findings
    other = {"system": "urn:oid:2", "value": "77"}
    assert not read(bundle(who, observation(subject={"identifier": other}))).findings


def test_a_contained_result_is_of_the_person_of_its_report() -> None:
    report = {
        "resourceType": "DiagnosticReport",
        "id": "d",
        "subject": {"reference": "Patient/p"},
        "contained": [observation(subject=None)],
        "result": [{"reference": f"#o-{MAGNESIUM}"}],
    }
    assert read(bundle(patient(), report)).findings
    assert not read(bundle(patient(), {**report, "status": "cancelled"})).findings


# -- sex and age ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("born", "state"),
    [
        ("1976-11-01", "50_to_64"),
        ("1976-11-02", "under_50"),
        ("1961-11-01", "65_and_over"),
        ("1961-11-02", "50_to_64"),
        ("1970", "50_to_64"),
        ("1976", None),
        ("2027-01-01", None),
        ("1890-01-01", None),
        ("unknown", None),
        (None, None),
    ],
)
def test_age(born: str | None, state: str | None) -> None:
    record = read(bundle(patient(birthDate=born) if born else patient()))
    assert record.findings.get("age") == state
    assert state or "birthDate" in reasons(record)
    assert born is None or born not in str(record.as_dict(record.findings))


def test_sex() -> None:
    assert read(bundle(patient(gender="female"))).findings["sex"] == "female"
    for gender in ("other", "unknown", "FEMALE", None):
        assert "sex" not in read(bundle(patient(gender=gender))).findings
    url = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex"
    birth = [{"url": url, "valueCode": "M"}]
    assert "sex" not in read(bundle(patient(gender="female", extension=birth))).findings
    assert "sex" in read(bundle(patient(gender="male", extension=birth))).findings


def test_a_patient_no_longer_in_use() -> None:
    for more in ({"active": False}, {"link": [{"type": "replaced-by"}]}):
        assert read(bundle(patient(gender="male", **more))).findings == {}


# -- several readings -------------------------------------------------------------------------------

SERIES = [
    observation(MAGNESIUM, 0.62, id="a", effectiveDateTime="2026-10-01"),
    observation(MAGNESIUM, 0.70, id="b", effectiveDateTime="2026-10-20T23:30:00+02:00"),
    observation(MAGNESIUM, 0.66, id="c", effectiveDateTime="2026-10-20T22:00:00Z"),
    observation(MAGNESIUM, 0.50, id="d", effectiveDateTime="2026-01-01"),
]


def test_the_latest_by_the_moment_and_not_by_the_clock_on_the_wall() -> None:
    record = read(bundle(patient(), *SERIES))
    assert record.findings["serum_magnesium"] == "0.66 mmol/L"
    assert record.origins[0].resource == "Observation/c"


def test_every_reading() -> None:
    record = read(bundle(patient(), *SERIES), every=True)
    found = ["0.62 mmol/L", "0.7 mmol/L", "0.66 mmol/L"]
    assert record.findings["serum_magnesium"] == found
    assert [origin.value for origin in record.origins] == found
    three = NETWORK.case(record.findings).posterior()
    by_hand = NETWORK.case(serum_magnesium=found).posterior()
    assert three.log_evidence == pytest.approx(by_hand.log_evidence, rel=1e-12)


def test_a_longer_window() -> None:
    record = read(bundle(patient(), *SERIES), every=True, window="1 year")
    assert len(record.findings["serum_magnesium"]) == 4
    with pytest.raises(InvalidFinding, match="stretch of time"):
        read(bundle(patient()), window="lately")
    with pytest.raises(InvalidFinding, match="no date"):
        read(bundle(patient()), at="1.5.2026")


def test_a_measured_value_says_more_than_a_diagnosis() -> None:
    low = condition("190855004")
    assert read(bundle(patient(), low)).findings["serum_magnesium"] == "low"
    record = read(bundle(patient(), low, observation(MAGNESIUM, 0.9)))
    assert record.findings["serum_magnesium"] == "0.9 mmol/L"
    assert "a measured value says more" in reasons(record)


def test_a_resource_twice_counts_once() -> None:
    record = read(bundle(patient(), observation(), observation()), every=True)
    assert record.findings["serum_magnesium"] == "0.62 mmol/L"
    assert "stands in the file twice" in reasons(record)


# -- questionnaires ---------------------------------------------------------------------------------


def questionnaire_response(*items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "QuestionnaireResponse",
        "id": "qr",
        "status": "completed",
        "authored": "2026-10-30",
        "subject": {"reference": "Patient/p"},
        "item": list(items),
        **more,
    }


def test_items_by_their_own_code_and_by_that_of_the_questionnaire() -> None:
    form = {
        "resourceType": "Questionnaire",
        "id": "f",
        "url": "http://x.org/form",
        "item": [
            {
                "linkId": "1",
                "item": [{"linkId": "1.1", "code": [{"system": LOINC, "code": "72166-2"}]}],
            }
        ],
    }
    smokes = {"system": SNOMED, "code": "449868002"}
    items = [
        {"linkId": "1", "item": [{"linkId": "1.1", "answer": [{"valueCoding": smokes}]}]},
        {"linkId": f"{OWN}|night_waking", "answer": [{"valueBoolean": False}]},
        {"linkId": f"{OWN}|cramp_frequency", "answer": [{"valueString": "over_3_a_month"}]},
        {
            "linkId": f"{OWN}|leg_swelling",
            "answer": [{"valueCoding": {"system": OWN, "code": "one_leg"}}],
        },
        {"linkId": "hypertension", "answer": [{"valueBoolean": True}]},
        {"linkId": f"{OWN}|cold_feet", "answer": [{"valueBoolean": True}, {"valueBoolean": False}]},
        {"linkId": f"{OWN}|skin_change", "answer": []},
    ]
    response = questionnaire_response(*items, questionnaire="http://x.org/form|2")
    record = read(bundle(patient(), form, response))
    assert dict(record.findings) == {
        "smoking": "present",
        "night_waking": "absent",
        "cramp_frequency": "over_3_a_month",
        "leg_swelling": "one_leg",
    }
    assert "item hypertension: is an item without a code" in reasons(record)
    assert "several answers" in reasons(record)
    without = read(bundle(patient(), response))
    assert "smoking" not in without.findings
    for more in (
        {"status": "in-progress"},
        {"authored": None},
        {"subject": {"reference": "Patient/q"}},
    ):
        assert read(bundle(patient(), form, {**response, **more})).findings == {}


# -- the codes of a network -------------------------------------------------------------------------


def test_codes_of_every_bundled_network_are_understood() -> None:
    for name in eg.networks():
        Codes.of(eg.load(name))


def test_a_code_that_names_no_state() -> None:
    text = """
format = 1
[about]
name = "n"
[variables.a]
states = ["no", "yes"]
codes = [["%s", "1"]]
mechanism.kind = "table"
mechanism.rows = [{ p = { yes = 0.2 } }]
"""
    from etiograph.formats import reads

    for key in ("LOINC:maybe", "LOINC:yes within 3 moons"):
        with pytest.raises(InvalidNetwork, match="variable 'a'"):
            Codes.of(reads(text % key, "n.toml"))
    Codes.of(reads(text % "http://x.org/codes:yes", "n.toml"))


def test_a_case_keeps_the_record_through_its_changes() -> None:
    case = eg.Case.from_fhir(NETWORK, bundle(patient(gender="male"), observation()), at=AT)
    assert {origin.variable for origin in case.origins} == {"sex", "serum_magnesium"}
    changed = case.after(magnesium_supplement="yes").with_findings(
        sex="female", cold_feet="present"
    )
    assert {origin.variable for origin in changed.origins} == {"serum_magnesium"}
    assert case.without("sex").origins == changed.origins
    assert NETWORK.case(sex="male").origins == ()


def test_what_is_shown_of_a_record_is_one_plain_line() -> None:
    nasty = "\x1b[31m\u2028\ud800" + "x" * 500
    record = read(
        bundle(patient(), observation("9999-9", id=nasty, code=concept(LOINC, "9999-9", nasty)))
    )
    line = record.unused[0].line()
    line.encode()
    assert line.isprintable()
    assert len(line) < 500
    assert POTASSIUM not in line


# -- as hospitals send them -------------------------------------------------------------------------

EXPORTS = Path(__file__).parent / "exports"


def test_an_export_in_the_manner_of_epic() -> None:
    """Local codes beside LOINC, several for one diagnosis, a medicine by reference, an outcome."""
    record = read(EXPORTS / "search_everything.json")
    assert dict(record.findings) == {
        "age": "65_and_over",
        "sex": "female",
        "hypertension": "present",
        "diabetes": "present",
        "diuretic": eg.not_("none"),
        "serum_magnesium": "1.5 mg/dL",
        "serum_potassium": "3.2 mmol/L",
        "serum_sodium": "139 mEq/L",
    }
    told = reasons(record)
    assert "LOINC 8480-6 Systolic blood pressure: no variable" in told
    assert "203713" not in told + str(record.origins)


def test_an_export_in_the_manner_of_synthea() -> None:
    """A transaction with urn:uuid references; all of it is years old."""
    record = read(EXPORTS / "transaction.json", at="2019-12-01")
    assert dict(record.findings) == {
        "age": "65_and_over",
        "sex": "male",
        "hypertension": "present",
        "kidney_disease": "stage_3_or_4",
        "smoking": "absent",
        "serum_potassium": "4.63 mmol/L",
    }
    assert "RxNorm 310798 Hydrochlorothiazide 25 MG Oral Tablet: no variable" in reasons(record)
    today = read(EXPORTS / "transaction.json")
    assert "serum_potassium" not in today.findings
    assert "is older than 90 days on 2026-11-01" in reasons(today)
