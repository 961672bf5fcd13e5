"""Resources for tests, written as records write them."""

from __future__ import annotations

from typing import Any

AT = "2026-11-01"
LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
ATC = "http://www.whocc.no/atc"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
UCUM = "http://unitsofmeasure.org"
CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
VERIFIED = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
FLAG = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
MAGNESIUM, POTASSIUM, VITAMIN_D, TSH = "2601-3", "2823-3", "62292-8", "3016-3"
CALCIUM = "29265-6"

Resource = dict[str, Any]


def concept(system: str, code: str, text: str = "") -> Resource:
    return {"coding": [{"system": system, "code": code, **({"display": text} if text else {})}]}


def quantity(value: Any, unit: str | None = "mmol/L", **more: Any) -> Resource:
    units = {"unit": unit, "system": UCUM, "code": unit} if unit else {}
    return {"value": value, **units, **more}


def resource(kind: str, own: str, /, **parts: Any) -> Resource:
    """A resource of the person; what is given as None is left out."""
    whole = {"resourceType": kind, "id": own, "subject": {"reference": "Patient/p"}, **parts}
    return {key: each for key, each in whole.items() if each is not None}


def observation(code: str = MAGNESIUM, value: Any = 0.62, unit: str | None = "mmol/L", /, **more: Any) -> Resource:  # fmt: skip
    parts = {
        "status": "final",
        "code": concept(LOINC, code),
        "effectiveDateTime": "2026-10-20",
        "valueQuantity": quantity(value, unit),
    }
    return resource("Observation", f"o-{code}", **{**parts, **more})


def condition(code: str = "38341003", clinical: str | None = "active", verified: str | None = "confirmed", /, **more: Any) -> Resource:  # fmt: skip
    parts = {
        "clinicalStatus": concept(CLINICAL, clinical) if clinical else None,
        "verificationStatus": concept(VERIFIED, verified) if verified else None,
        "code": concept(SNOMED, code),
        "recordedDate": "2026-10-01",
    }
    return resource("Condition", f"c-{code}", **{**parts, **more})


def request(code: str = "C03AA03", system: str = ATC, /, **more: Any) -> Resource:
    parts = {
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": concept(system, code),
        "authoredOn": "2026-08-01",
    }
    return resource("MedicationRequest", f"r-{code}", **{**parts, **more})


def statement(code: str = "C03AA03", system: str = ATC, /, **more: Any) -> Resource:
    parts = {
        "status": "active",
        "medicationCodeableConcept": concept(system, code),
        "effectivePeriod": {"start": "2024-01-01"},
    }
    return resource("MedicationStatement", f"s-{code}", **{**parts, **more})


def patient(**more: Any) -> Resource:
    return {"resourceType": "Patient", "id": "p", **more}


def bundle(*resources: Resource, kind: str = "collection") -> Resource:
    return {
        "resourceType": "Bundle",
        "type": kind,
        "entry": [{"resource": each} for each in resources],
    }
