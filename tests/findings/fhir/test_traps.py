"""Every way in which a record can mislead: used rightly, or not used and listed with the reason."""

from __future__ import annotations

from typing import Any

import pytest
from tests.findings.fhir_records import (
    AT,
    ATC,
    CALCIUM,
    FLAG,
    LOINC,
    MAGNESIUM,
    POTASSIUM,
    RXNORM,
    SNOMED,
    TSH,
    VITAMIN_D,
    bundle,
    concept,
    condition,
    observation,
    patient,
    quantity,
    request,
    statement,
)

import etiograph as eg
from etiograph.findings.fhir import read_fhir

NETWORK = eg.load("leg_cramps")
LATER = {"effectiveDateTime": "2026-10-25", "id": "later"}
SPECIMEN = {"resourceType": "Specimen", "id": "s", "type": {"text": "Urine, 24 h"}}
SERUM = {
    "resourceType": "Specimen",
    "id": "s",
    "type": concept(SNOMED, "119364003", "Serum specimen"),
}
COMBINED = {
    "resourceType": "Medication",
    "id": "m",
    "ingredient": [
        {"itemCodeableConcept": concept(RXNORM, "5487")},
        {"itemCodeableConcept": concept(RXNORM, "10763", "triamterene")},
    ],
}
ONE_INGREDIENT = {**COMBINED, "ingredient": COMBINED["ingredient"][:1]}
REFERRED = {"medicationCodeableConcept": None, "medicationReference": {"reference": "Medication/m"}}
INSIDE = {
    **REFERRED,
    "medicationReference": {"reference": "#m"},
    "contained": [{"resourceType": "Medication", "id": "m", "code": concept(ATC, "C10AA05")}],
}
EXTENSION = [{"url": "http://x.org/not", "valueBoolean": True}]


def flagged(code: str) -> dict[str, Any]:
    return {"interpretation": [concept(FLAG, code)]}


def limits(low: float, high: float) -> dict[str, Any]:
    return {"referenceRange": [{"low": {"value": low}, "high": {"value": high}}]}


USED: list[tuple[str, list[Any], dict[str, Any]]] = [
    ("mmol/L", [observation()], {"serum_magnesium": "0.62 mmol/L"}),
    ("mEq/L is half of it", [observation(MAGNESIUM, 1.24, "meq/L")], {"serum_magnesium": 0.62}),
    ("mg/dL", [observation("19123-9", 1.5, "mg/dL")], {"serum_magnesium": 0.61710}),
    ("mg/L, as in France", [observation(MAGNESIUM, 15, "mg/L")], {"serum_magnesium": 0.61710}),
    ("umol/L", [observation(MAGNESIUM, 620, "umol/L")], {"serum_magnesium": 0.62}),
    ("MG/DL in capitals", [observation("19123-9", 1.5, "MG/DL")], {"serum_magnesium": 0.61710}),
    ("MMOL/L in capitals", [observation(MAGNESIUM, 0.62, "MMOL/L")], {"serum_magnesium": 0.62}),
    (
        "mEq/L of potassium is mmol/L",
        [observation(POTASSIUM, 3.1, "meq/L")],
        {"serum_potassium": 3.1},
    ),
    ("calcium in mEq/L", [observation(CALCIUM, 4.5, "meq/L")], {"serum_calcium": 2.25}),
    ("calcium in mg/dL", [observation(CALCIUM, 9.0, "mg/dL")], {"serum_calcium": 2.2455}),
    ("25(OH)D in nmol/L", [observation("14635-7", 40, "nmol/L")], {"vitamin_d_25oh": 16.024}),
    ("25(OH)D in ng/mL", [observation(VITAMIN_D, 16, "ng/mL")], {"vitamin_d_25oh": 16.0}),
    ("UCUM's brackets", [observation(TSH, 5.1, "u[IU]/mL")], {"tsh": 5.1}),
    (
        "a remark in braces",
        [observation(MAGNESIUM, 0.62, "mmol/L{corr}")],
        {"serum_magnesium": 0.62},
    ),
    (
        "a comparator",
        [observation(TSH, 0.2, valueQuantity=quantity(0.2, "mU/L", comparator="<"))],
        {"tsh": "<0.2 mU/L"},
    ),
    (
        "text with a unit",
        [observation(TSH, valueQuantity=None, valueString="<0.2 mIU/L")],
        {"tsh": "<0.2 mIU/L"},
    ),
    (
        "unit as text only",
        [observation(valueQuantity={"value": 0.62, "unit": "mmol/l"})],
        {"serum_magnesium": 0.62},
    ),
    (
        "unit in words beside the code",
        [observation(valueQuantity=quantity(0.62) | {"unit": "millimoles per liter"})],
        {"serum_magnesium": 0.62},
    ),
    ("the latest", [observation(), observation(MAGNESIUM, 0.8, **LATER)], {"serum_magnesium": 0.8}),
    (
        "a sample in two units",
        [observation(), observation("19123-9", 1.507, "mg/dL")],
        {"serum_magnesium": 0.62},
    ),
    (
        "LOINC beside a local code",
        [
            observation(
                code={
                    "coding": [
                        {"system": "urn:oid:1.2.3", "code": "MG"},
                        {"system": LOINC, "code": MAGNESIUM},
                    ]
                }
            )
        ],
        {"serum_magnesium": 0.62},
    ),
    (
        "a serum specimen",
        [observation(specimen={"reference": "Specimen/s"}), SERUM],
        {"serum_magnesium": 0.62},
    ),
    (
        "its own limits agree",
        [observation(**limits(0.7, 1.05), **flagged("L"))],
        {"serum_magnesium": 0.62},
    ),
    (
        "a flagged d-dimer",
        [observation("48065-7", 900, "ug/L", **flagged("H"))],
        {"d_dimer": "positive"},
    ),
    (
        "an answer by code",
        [
            observation(
                "48065-7", valueQuantity=None, valueCodeableConcept=concept(SNOMED, "260385009")
            )
        ],
        {"d_dimer": "negative"},
    ),
    (
        "smoking status",
        [
            observation(
                "72166-2", valueQuantity=None, valueCodeableConcept=concept(SNOMED, "449868002")
            )
        ],
        {"smoking": "present"},
    ),
    (
        "never smoked",
        [
            observation(
                "72166-2", valueQuantity=None, valueCodeableConcept=concept(SNOMED, "266919005")
            )
        ],
        {"smoking": "absent"},
    ),
    (
        "a period",
        [
            observation(
                effectiveDateTime=None, effectivePeriod={"start": "2026-10-01", "end": "2026-10-02"}
            )
        ],
        {"serum_magnesium": 0.62},
    ),
    ("corrected", [observation(status="corrected")], {"serum_magnesium": 0.62}),
    (
        "a component",
        [
            observation(
                "24326-1",
                valueQuantity=None,
                component=[{"code": concept(LOINC, POTASSIUM), "valueQuantity": quantity(3.1)}],
            )
        ],
        {"serum_potassium": 3.1},
    ),
    ("active and confirmed", [condition()], {"hypertension": "present"}),
    (
        "verification not stated",
        [condition("38341003", "active", None)],
        {"hypertension": "present"},
    ),
    ("refuted", [condition("38341003", None, "refuted")], {"hypertension": "absent"}),
    ("a state by its code", [condition("46177005")], {"kidney_disease": "dialysis"}),
    (
        "pregnant: two states are left",
        [condition("77386006", onsetDateTime="2026-06-01")],
        {"pregnancy": eg.not_("none", "first_six_weeks_after_birth")},
    ),
    (
        "E11.9 'without complications'",
        [
            condition(
                "44054006",
                code={
                    **concept(SNOMED, "44054006"),
                    "text": "Type 2 diabetes without complications",
                },
            )
        ],
        {"diabetes": "present"},
    ),
    ("a class by ATC", [request()], {"diuretic": "thiazide"}),
    ("an ingredient by RxNorm", [statement("4603", RXNORM)], {"diuretic": "loop"}),
    ("a medicine in the bundle", [request(**REFERRED), ONE_INGREDIENT], {"diuretic": "thiazide"}),
    ("a contained medicine", [request(**INSIDE)], {"statin": "yes"}),
    (
        "a product with an ingredient not known",
        [request(**REFERRED), COMBINED],
        {"diuretic": eg.not_("none")},
    ),
    (
        "a product that bears the code of an ingredient",
        [
            request(
                medicationCodeableConcept={
                    "coding": [
                        {"system": RXNORM, "code": "198316"},
                        {"system": RXNORM, "code": "5487"},
                    ]
                }
            )
        ],
        {"diuretic": eg.not_("none")},
    ),
    ("the whole is refuted", [condition("73211009", None, "refuted")], {"diabetes": "absent"}),
    (
        "a specimen by its number",
        [observation(specimen={"display": "Specimen 26-294 C0123"})],
        {"serum_magnesium": 0.62},
    ),
    (
        "a specimen in words",
        [observation(specimen={"display": "Serum/Plasma"})],
        {"serum_magnesium": 0.62},
    ),
    ("two classes at once", [request(), request("C03CA01")], {"diuretic": "combination"}),
    (
        "started again after it was stopped",
        [request(status="stopped", authoredOn="2020-01-01", id="old"), request()],
        {"diuretic": "thiazide"},
    ),
    ("a year or more", [statement("A02BC01")], {"acid_suppressant": "long_term"}),
    ("some dose", [statement("A11CC05")], {"vitamin_d_dose": eg.not_("none")}),
    (
        "in the network's own codes",
        [
            observation(
                code=concept("urn:etiograph:leg_cramps", "night_waking"),
                valueQuantity=None,
                valueBoolean=True,
            )
        ],
        {"night_waking": "present"},
    ),
    (
        "a red flag in its own codes",
        [
            observation(
                code=concept("urn:etiograph:leg_cramps", "dark_urine"),
                valueQuantity=None,
                valueString="present",
            )
        ],
        {"dark_urine": "present"},
    ),
    (
        "a sample in two units, rounded",
        [observation(MAGNESIUM, 0.63), observation("19123-9", 1.5, "mg/dL")],
        {"serum_magnesium": 0.63},
    ),
]

NOT_USED: list[tuple[str, list[Any], str]] = [
    ("old", [observation(effectiveDateTime="2026-01-01")], "is older than 90 days"),
    ("a year only", [observation(effectiveDateTime="2026")], "is dated after 2026-11-01"),
    ("in the future", [observation(effectiveDateTime="2026-11-02")], "is dated after"),
    ("no date", [observation(effectiveDateTime=None)], "no date"),
    ("30 February", [observation(effectiveDateTime="2026-02-30")], "no date that is understood"),
    ("entered in error", [observation(status="entered-in-error")], "status 'entered-in-error'"),
    ("preliminary", [observation(status="preliminary")], "status 'preliminary'"),
    ("cancelled", [observation(status="cancelled")], "status 'cancelled'"),
    ("no status", [observation(status=None)], "has no status"),
    ("no unit", [observation(MAGNESIUM, 0.62, None)], "has no unit"),
    ("another unit", [observation(MAGNESIUM, 0.62, "mg/kg")], "which is no unit"),
    (
        "a code of units without a system",
        [observation(valueQuantity={"value": 0.62, "code": "mmol/L"})],
        "has no unit",
    ),
    (
        "code and text of units differ",
        [observation(valueQuantity=quantity(1.5, "mmol/L") | {"unit": "mg/dL"})],
        "has two units",
    ),
    ("megamol", [observation(MAGNESIUM, 0.62, "Mmol/dL")], "which is no unit"),
    ("no code", [observation(code=None)], "has no code"),
    ("only a text", [observation(code={"text": "Magnesium"})], "only a text"),
    (
        "only a display text",
        [observation(code={"coding": [{"system": LOINC, "display": "Mg"}]})],
        "has no code with a code system",
    ),
    (
        "the same digits in another system",
        [observation(code=concept("http://hospital.org/lab", MAGNESIUM))],
        "no variable",
    ),
    ("digits of SNOMED CT as LOINC", [condition(code=concept(LOINC, "38341003"))], "no variable"),
    ("total calcium, not adjusted", [observation("17861-6", 9.0, "mg/dL")], "no variable"),
    ("ionised calcium", [observation("1995-0", 1.2)], "no variable"),
    ("the value 0", [observation(MAGNESIUM, 0)], "outside the plausible range"),
    ("a number as text", [observation(MAGNESIUM, "0.62")], "a text, not a number"),
    ("true as a number", [observation(MAGNESIUM, True)], "no number"),
    ("a number without end", [observation(MAGNESIUM, float("inf"))], "too long"),
    ("no number", [observation(MAGNESIUM, float("nan"))], "too long"),
    ("a text without a unit", [observation(valueQuantity=None, valueString="0.62")], "unit"),
    ("words", [observation(valueQuantity=None, valueString="see note")], "no number with a unit"),
    (
        "another comparator",
        [observation(valueQuantity=quantity(0.62, comparator="ad"))],
        "comparator 'ad'",
    ),
    ("two values", [observation(valueString="0.62 mmol/L")], "several values"),
    (
        "none, with a reason",
        [observation(valueQuantity=None, dataAbsentReason=concept("x", "unknown"))],
        "no value: unknown",
    ),
    (
        "a value and a reason for none",
        [observation(dataAbsentReason=concept("x", "error"))],
        "a reason for having none",
    ),
    ("flag and value differ", [observation(**flagged("H"))], "contradicts its value"),
    ("mg/dL called mmol/L", [observation(MAGNESIUM, 1.9, **limits(1.6, 2.6))], "reference range"),
    ("urine", [observation(specimen={"reference": "Specimen/s"}), SPECIMEN], "another specimen"),
    ("urine in words", [observation(specimen={"display": "Urine, random"})], "another specimen"),
    (
        "urine by its code",
        [
            observation(specimen={"reference": "Specimen/s"}),
            {**SPECIMEN, "type": concept("http://terminology.hl7.org/CodeSystem/v2-0487", "UR")},
        ],
        "another specimen",
    ),
    (
        "a specimen that is not known",
        [observation(specimen={"reference": "Specimen/s"}), {**SPECIMEN, "type": {"text": "Nail"}}],
        "another specimen",
    ),
    ("of a fetus", [observation(focus=[{"reference": "Patient/f"}])], "something else"),
    ("of another person", [observation(subject={"reference": "Patient/q"})], "of another person"),
    ("of nobody", [observation(subject=None)], "does not say whose"),
    ("of a relative", [condition(subject={"reference": "RelatedPerson/p"})], "of another person"),
    (
        "an extension that changes it",
        [observation(modifierExtension=EXTENSION)],
        "modifierExtension",
    ),
    (
        "such an extension deep inside",
        [observation(valueQuantity=quantity(0.62) | {"modifierExtension": EXTENSION})],
        "modifierExtension",
    ),
    ("rules of its own", [observation(implicitRules="http://x.org")], "implicitRules"),
    (
        "two results of one time",
        [observation(), observation(MAGNESIUM, 0.9, id="b")],
        "results of one time differ",
    ),
    (
        "one id, two contents",
        [observation(), observation(MAGNESIUM, 0.9)],
        "twice, with different content",
    ),
    (
        "codes of two tests",
        [
            observation(
                code={
                    "coding": [
                        {"system": LOINC, "code": MAGNESIUM},
                        {"system": LOINC, "code": POTASSIUM},
                    ]
                }
            )
        ],
        "different things",
    ),
    (
        "a result of a report taken back",
        [
            observation(),
            {
                "resourceType": "DiagnosticReport",
                "id": "d",
                "status": "entered-in-error",
                "result": [{"reference": f"Observation/o-{MAGNESIUM}"}],
            },
        ],
        "belongs to DiagnosticReport/d",
    ),
    ("a number for a yes or no", [observation("48065-7", 900, "ug/L")], "is a number"),
    (
        "an answer in words",
        [observation("72166-2", valueQuantity=None, valueCodeableConcept={"text": "smokes"})],
        "not understood",
    ),
    ("unconfirmed", [condition("38341003", "active", "unconfirmed")], "is unconfirmed"),
    ("provisional", [condition("38341003", "active", "provisional")], "is provisional"),
    ("differential", [condition("38341003", "active", "differential")], "is differential"),
    (
        "a diagnosis entered in error",
        [condition("38341003", None, "entered-in-error")],
        "is entered-in-error",
    ),
    (
        "verified in another system",
        [condition(verificationStatus=concept("http://x.org", "confirmed"))],
        "not understood",
    ),
    ("inactive", [condition("38341003", "inactive")], "is inactive"),
    (
        "resolved",
        [condition("38341003", "resolved", abatementDateTime="2025-01-01")],
        "is resolved",
    ),
    ("active with an end", [condition(abatementDateTime="2025-01-01")], "has an end"),
    ("neither active nor not", [condition("38341003", None)], "whether it is active"),
    (
        "confirmed and refuted",
        [condition(), condition("38341003", None, "refuted", id="x")],
        "contradicts",
    ),
    (
        "active, later resolved",
        [condition(), condition("38341003", "resolved", id="x", abatementDateTime="2026-10-20")],
        "says 'resolved'",
    ),
    (
        "refuted long ago",
        [condition("38341003", None, "refuted", recordedDate="2015-01-01")],
        "is refuted, but is older",
    ),
    (
        "no type 2, maybe type 1",
        [condition("44054006", None, "refuted")],
        "does not rule out the other kinds",
    ),
    (
        "not stage 3, maybe stage 4",
        [condition("433144002", None, "refuted")],
        "does not rule out the other kinds",
    ),
    (
        "'No hypertension' under its code",
        [condition(code={**concept(SNOMED, "38341003"), "text": "No hypertension"})],
        "something else than its code",
    ),
    (
        "'Family history of' under its code",
        [condition(code=concept(SNOMED, "38341003", "Family history of hypertension"))],
        "something else than its code",
    ),
    (
        "an absence has a code of its own",
        [condition(code=concept(SNOMED, "160245001", "No current problems"))],
        "no variable",
    ),
    ("a clot in the arm", [condition("128053003", bodySite=[{"text": "arm"}])], "body site"),
    (
        "low potassium of 2019",
        [condition("43339004", recordedDate="2019-01-01")],
        "may have passed",
    ),
    (
        "pregnant since two years",
        [condition("77386006", onsetDateTime="2024-10-01")],
        "may have passed",
    ),
    ("chronic kidney disease without a stage", [condition("709044004")], "no variable"),
    ("hypothyroidism, perhaps treated", [condition("40930008")], "no variable"),
    ("an onset in the future", [condition(onsetDateTime="2027-01-01")], "is dated after"),
    ("stopped", [request(status="stopped")], "is stopped"),
    ("completed", [statement(status="completed")], "is completed"),
    ("not taken", [statement(status="not-taken")], "is not-taken"),
    ("intended", [statement(status="intended")], "status 'intended'"),
    ("on hold", [request(status="on-hold")], "status 'on-hold'"),
    ("a draft", [request(status="draft")], "status 'draft'"),
    ("a plan", [request(intent="plan")], "is not an order"),
    ("a proposal", [request(intent="proposal")], "is not an order"),
    ("no intent", [request(intent=None)], "is not an order"),
    ("not to be given", [request(doNotPerform=True)], "not to be given"),
    ("'false' as text", [request(doNotPerform="false")], "not to be given"),
    (
        "active and over",
        [statement(effectivePeriod={"start": "2024-01-01", "end": "2025-01-01"})],
        "ended before",
    ),
    (
        "its course is over",
        [
            request(
                dosageInstruction=[{"timing": {"repeat": {"boundsPeriod": {"end": "2026-08-14"}}}}]
            )
        ],
        "ended before",
    ),
    ("prescribed years ago", [request(authoredOn="2020-01-01")], "more than a year before"),
    ("prescribed tomorrow", [request(authoredOn="2026-11-02")], "is dated after"),
    ("prescribed without a date", [request(authoredOn=None)], "has no date"),
    (
        "prescribed and not taken",
        [request(), statement(status="not-taken", effectivePeriod=None, dateAsserted="2026-09-01")],
        "says 'not-taken'",
    ),
    ("two weeks of a proton pump inhibitor", [request("A02BC01")], "is not said to have begun"),
    ("vitamin B6 of some dose", [statement("A11HA02")], "the dose is not read"),
    ("calcitriol", [statement("A11CC04")], "no variable"),
    ("a drug product in RxNorm", [request("310798", RXNORM)], "no variable"),
    ("a medicine that is not there", [request(**REFERRED)], "not in the file"),
    (
        "a medicine out of use",
        [request(**REFERRED), {**ONE_INGREDIENT, "status": "entered-in-error"}],
        "status 'entered-in-error'",
    ),
    (
        "an allergy",
        [{"resourceType": "AllergyIntolerance", "id": "a", "patient": {"reference": "Patient/p"}}],
        "an allergy",
    ),
    (
        "a family history",
        [
            {
                "resourceType": "FamilyMemberHistory",
                "id": "f",
                "status": "completed",
                "condition": [{"code": concept(SNOMED, "38341003")}],
            }
        ],
        "about a relative",
    ),
    ("another type", [{"resourceType": "Procedure", "id": "x"}], "not read"),
    ("as needed", [request(dosageInstruction=[{"asNeededBoolean": True}])], "only as needed"),
    (
        "as needed for something",
        [statement(dosage=[{"asNeededCodeableConcept": {"text": "oedema"}}])],
        "only as needed",
    ),
    (
        "a short course",
        [
            request(
                courseOfTherapyType=concept(
                    "http://terminology.hl7.org/CodeSystem/medicationrequest-course-of-therapy",
                    "acute",
                )
            )
        ],
        "a course that is acute",
    ),
    (
        "two results of one time, the last digit apart",
        [observation(), observation(MAGNESIUM, 0.63, id="b")],
        "results of one time differ",
    ),
    (
        "two units that do not agree",
        [observation(), observation("19123-9", 1.7, "mg/dL")],
        "results of one time differ",
    ),
]


def values(findings: dict[str, Any]) -> dict[str, Any]:
    """Findings with measured values in the canonical unit."""
    out = {}
    for name, value in findings.items():
        reading = NETWORK.mechanisms.get(name)
        if isinstance(value, str) and value[0].isdigit():
            number, unit = value.split()
            value = pytest.approx(float(number) * reading.factor(unit, name), rel=1e-12)  # type: ignore[union-attr]
        out[name] = value
    return out


@pytest.mark.parametrize(("resources", "expected"), [u[1:] for u in USED], ids=[u[0] for u in USED])
def test_what_is_sure_is_used(resources: list[Any], expected: dict[str, Any]) -> None:
    record = read_fhir(NETWORK, bundle(patient(), *resources), at=AT)
    found = dict(record.findings)
    exact = {n: v for n, v in expected.items() if not isinstance(v, float)}
    assert {n: found[n] for n in exact} == exact
    assert values(found) == values(expected)
    assert {origin.variable for origin in record.origins} == set(expected)
    NETWORK.case(found)  # and a case takes it


@pytest.mark.parametrize(
    ("resources", "reason"), [n[1:] for n in NOT_USED], ids=[n[0] for n in NOT_USED]
)
def test_what_is_not_is_listed_with_the_reason(resources: list[Any], reason: str) -> None:
    record = read_fhir(NETWORK, bundle(patient(), *resources), at=AT)
    assert record.findings == {}
    assert record.origins == ()
    assert any(reason in each.reason for each in record.unused), record.unused
    spoken = {each.resource.partition(",")[0] for each in record.unused}
    told = {f"{r['resourceType']}/{r['id']}" for r in resources}
    assert told <= spoken
