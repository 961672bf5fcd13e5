"""Random records with a known truth, some with a trap in them.

The truth is drawn first and then written as FHIR in one of the many ways that say the same; nothing of
the reader is used, and units are converted by molar masses. A trap is a resource or a change that
looks like a finding and is none: what the truth then is, is stated by the trap.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from tests.findings.fhir_records import (
    ATC,
    CLINICAL,
    FLAG,
    LOINC,
    RXNORM,
    SNOMED,
    UCUM,
    VERIFIED,
    Resource,
    bundle,
    concept,
)

AT = date(2026, 11, 1)
GRAMS = {"serum_magnesium": 24.305, "serum_potassium": 39.0983, "serum_calcium": 40.078}
VALENCE = {"serum_magnesium": 2, "serum_potassium": 1, "serum_calcium": 2}
"""Molar mass and charge: mmol/L times mass / 10 is mg/dL, times charge is mEq/L."""
RANGES = {"serum_magnesium": (0.5, 1.1), "serum_potassium": (2.8, 5.6), "serum_calcium": (1.9, 2.9)}
LAB_CODES = {
    "serum_magnesium": ("2601-3", "19123-9"),
    "serum_potassium": ("2823-3", "2823-3"),
    "serum_calcium": ("29265-6", "29265-6"),
}
CONDITIONS = {
    "hypertension": "38341003",
    "heart_failure": "84114007",
    "restless_legs": "32914008",
    "chronic_diarrhoea": "236071009",
}
MEDICINES = {
    ("diuretic", "thiazide"): [(ATC, "C03AA03"), (ATC, "C03BA11"), (RXNORM, "5487")],
    ("diuretic", "loop"): [(ATC, "C03CA01"), (RXNORM, "4603")],
    ("statin", "yes"): [(ATC, "C10AA05"), (RXNORM, "83367"), (RXNORM, "36567")],
    ("magnesium_supplement", "yes"): [(ATC, "A12CC04")],
    ("potassium_supplement", "yes"): [(ATC, "A12BA01"), (RXNORM, "8591")],
}


@dataclass
class Written:
    """A record, and what must come out of it.

    Attributes
    ----------
    resources : list
    truth : dict of str to (value, resource id)
        A state, or a number in the canonical unit.
    unused : set of str
        Ids of resources that must be listed as not used.
    trap : str
        The name of the trap; "".
    patient : dict
    """

    resources: list[Resource] = field(default_factory=list)
    truth: dict[str, tuple[Any, str]] = field(default_factory=dict)
    unused: set[str] = field(default_factory=set)
    trap: str = ""
    patient: Resource = field(default_factory=dict)

    def bundle(self, rng: Random) -> Resource:
        order = self.resources[:]
        rng.shuffle(order)
        whole = bundle(*order, kind=rng.choice(["collection", "searchset", "transaction"]))
        for entry in whole["entry"]:
            if rng.random() < 0.3:
                entry["fullUrl"] = f"urn:uuid:{entry['resource']['id']}"
        return whole

    def lost(self, resource: Resource) -> None:
        """A resource is spoilt: it must be listed, and its finding must be gone."""
        self.unused.add(resource["id"])
        for name, (_, own) in list(self.truth.items()):
            if own == resource["id"]:
                del self.truth[name]


def days_ago(rng: Random, most: int, least: int = 0) -> str:
    day = AT - timedelta(days=rng.randint(least, most))
    form = rng.choice(["{}", "{}T08:15:00Z", "{}T08:15:00.123+01:00"])
    return form.format(day)


def subject() -> Resource:
    return {"reference": "Patient/p"}


def lab(rng: Random, name: str, value: float, own: str) -> Resource:
    """A result of a known amount, in any unit."""
    molar, mass = LAB_CODES[name]
    form = rng.choice(["mmol/L", "meq/L", "mg/dL"])
    factor = {"mmol/L": 1.0, "meq/L": VALENCE[name], "mg/dL": GRAMS[name] / 10}[form]
    shown = form if rng.random() < 0.7 else rng.choice([form.upper(), form.replace("/L", "/l")])
    quantity: Resource = {"value": round(value * factor, 6)}
    quantity |= rng.choice(
        [
            {"unit": shown, "system": UCUM, "code": form},
            {"unit": shown},
            {"system": UCUM, "code": form},
        ]
    )
    code = concept(LOINC, mass if form == "mg/dL" else molar)
    if rng.random() < 0.3:
        code["coding"].insert(0, {"system": "urn:oid:1.2.3.4", "code": str(rng.randint(1, 99999))})
    return {
        "resourceType": "Observation",
        "id": own,
        "status": rng.choice(["final", "final", "amended", "corrected"]),
        "code": code,
        "subject": subject(),
        "effectiveDateTime": days_ago(rng, 80),
        "valueQuantity": quantity,
    }


def diagnosis(rng: Random, code: str, own: str) -> Resource:
    written: Resource = {
        "resourceType": "Condition",
        "id": own,
        "clinicalStatus": concept(CLINICAL, rng.choice(["active", "recurrence", "relapse"])),
        "code": concept(SNOMED, code),
        "subject": subject(),
    }
    if rng.random() < 0.8:
        written["verificationStatus"] = concept(VERIFIED, "confirmed")
    if rng.random() < 0.6:
        written["onsetDateTime"] = str(2026 - rng.randint(1, 20))
    return written


def medicine(rng: Random, pair: tuple[str, str], own: str) -> list[Resource]:
    system, code = rng.choice(MEDICINES[pair])
    what: Resource = {"medicationCodeableConcept": concept(system, code)}
    extra: list[Resource] = []
    form = rng.random()
    if form < 0.25:
        extra = [{"resourceType": "Medication", "id": f"{own}-m", "code": concept(system, code)}]
        what = {"medicationReference": {"reference": f"Medication/{own}-m"}}
    elif form < 0.5:
        inside = {
            "resourceType": "Medication",
            "id": "in",
            "ingredient": [{"itemCodeableConcept": concept(system, code)}],
        }
        what = {"medicationReference": {"reference": "#in"}, "contained": [inside]}
    if rng.random() < 0.5:
        when: Resource = {"effectivePeriod": {"start": str(2026 - rng.randint(1, 9))}}
        base: Resource = {"resourceType": "MedicationStatement", "status": "active"}
    else:
        when = {"authoredOn": days_ago(rng, 300)}
        base = {"resourceType": "MedicationRequest", "status": "active", "intent": "order"}
    return [{**base, "id": own, "subject": subject(), **what, **when}, *extra]


def record(rng: Random) -> Written:
    """A record without a trap."""
    written = Written()
    age = rng.randint(20, 95)
    born = date(AT.year - age, rng.randint(1, 10), rng.randint(1, 28))
    sex = rng.choice(["female", "male"])
    written.patient = {"resourceType": "Patient", "id": "p", "gender": sex, "birthDate": str(born)}
    written.resources.append(written.patient)
    group = "under_50" if age < 50 else "50_to_64" if age < 65 else "65_and_over"
    written.truth = {"sex": (sex, "p"), "age": (group, "p")}
    for name, (low, high) in RANGES.items():
        if rng.random() < 0.7:
            value = rng.uniform(low, high)
            written.resources.append(lab(rng, name, value, f"lab-{name}"))
            written.truth[name] = (value, f"lab-{name}")
            if rng.random() < 0.4:  # an earlier one, which the latest makes of no account
                older = lab(rng, name, rng.uniform(low, high), f"older-{name}")
                older["effectiveDateTime"] = days_ago(rng, 89, 82)
                written.resources.append(older)
                written.unused.add(older["id"])
    for name, code in CONDITIONS.items():
        if rng.random() < 0.4:
            written.resources.append(diagnosis(rng, code, f"dx-{name}"))
            written.truth[name] = ("present", f"dx-{name}")
    taken = [pair for pair in MEDICINES if rng.random() < 0.4]
    if {("diuretic", "thiazide"), ("diuretic", "loop")} <= set(taken):
        taken.remove(("diuretic", "loop"))
    for name, state in taken:
        written.resources += medicine(rng, (name, state), f"rx-{name}")
        written.truth[name] = (state, f"rx-{name}")
    for kind in ("Encounter", "Claim", "Procedure", "Immunization"):
        if rng.random() < 0.5:
            noise = {"resourceType": kind, "id": f"n-{kind}", "status": "finished"}
            written.resources.append(noise)
            written.unused.add(noise["id"])
    return written


# -- traps: each spoils one resource, or adds one ---------------------------------------------------


def _result(written: Written, rng: Random) -> Resource:
    """A result to spoil; one is written if there is none, and no older one may take its place."""
    name = rng.choice(list(RANGES))
    own = f"lab-{name}"
    for resource in [r for r in written.resources if r["id"] == f"older-{name}"]:
        written.resources.remove(resource)
        written.unused.discard(resource["id"])
    found = [r for r in written.resources if r["id"] == own]
    if not found:
        value = rng.uniform(*RANGES[name])
        found = [lab(rng, name, value, own)]
        written.resources += found
        written.truth[name] = (value, own)
    return found[0]


def _diagnosis(written: Written, rng: Random) -> Resource:
    name = rng.choice(list(CONDITIONS))
    found = [r for r in written.resources if r["id"] == f"dx-{name}"]
    if not found:
        found = [diagnosis(rng, CONDITIONS[name], f"dx-{name}")]
        written.resources += found
        written.truth[name] = ("present", f"dx-{name}")
    return found[0]


def _medicine(written: Written, rng: Random) -> Resource:
    found = [r for r in written.resources if r["id"] == "rx-statin"]
    if not found:
        found = medicine(rng, ("statin", "yes"), "rx-statin")
        written.resources += found
        written.truth["statin"] = ("yes", "rx-statin")
    return found[0]


Spoil = Callable[[Resource, Random], None]


def _putting(**parts: Any) -> Spoil:
    def spoil(resource: Resource, rng: Random) -> None:
        for key, value in parts.items():
            if value is None:
                resource.pop(key, None)
            else:
                resource[key] = value

    return spoil


def _value(**parts: Any) -> Spoil:
    def spoil(resource: Resource, rng: Random) -> None:
        quantity = resource["valueQuantity"]
        for key, value in parts.items():
            quantity.pop(key, None)
            if value is not None:
                quantity[key] = value

    return spoil


def _number_as_text(resource: Resource, rng: Random) -> None:
    resource["valueQuantity"]["value"] = str(resource["valueQuantity"]["value"])


def _far_too_low(resource: Resource, rng: Random) -> None:
    resource["valueQuantity"] = {"value": 0.05, "unit": "mmol/L"}


def _wrong_flag(resource: Resource, rng: Random) -> None:
    code = resource["code"]["coding"][-1]["code"]
    low = {"2601-3": 0.5, "19123-9": 0.5, "2823-3": 2.9, "29265-6": 1.9}[code]
    resource["valueQuantity"] = {"value": low, "unit": "mmol/L"}
    resource["interpretation"] = [concept(FLAG, "H")]


def _text_says_no(resource: Resource, rng: Random) -> None:
    resource["code"]["text"] = rng.choice(
        ["No evidence of it", "Family history of it", "H/o it", "Suspected"]
    )


def _another_system(resource: Resource, rng: Random) -> None:
    for coding in resource["code"]["coding"]:
        coding["system"] = "http://hospital.example/codes"


def _display_only(resource: Resource, rng: Random) -> None:
    resource["code"] = {"coding": [{"display": "Magnesium"}], "text": "Magnesium"}


_EXTENSION = [{"url": "http://x.example/negated", "valueBoolean": True}]
_URINE = {"reference": "#u"}
_CONTAINED = [{"resourceType": "Specimen", "id": "u", "type": {"text": "24 hour urine"}}]
OF_RESULTS: dict[str, Spoil] = {
    "entered in error": _putting(status="entered-in-error"),
    "preliminary": _putting(status="preliminary"),
    "cancelled": _putting(status="cancelled"),
    "no status": _putting(status=None),
    "old": _putting(effectiveDateTime="2026-06-01"),
    "future": _putting(effectiveDateTime="2026-12-01T00:00:00Z"),
    "no date": _putting(effectiveDateTime=None),
    "a year": _putting(effectiveDateTime="2026"),
    "another person": _putting(subject={"reference": "Patient/q"}),
    "nobody": _putting(subject=None),
    "of the fetus": _putting(focus=[{"reference": "Patient/f"}]),
    "changed meaning": _putting(modifierExtension=_EXTENSION),
    "no unit": _value(unit=None, code=None),
    "unknown unit": _value(unit="mg/kg", code="mg/kg", system=UCUM),
    "two units": _value(unit="umol/L", code="mg/dL", system=UCUM),
    "zero": _value(value=0),
    "true": _value(value=True),
    "comparator": _value(comparator="ad"),
    "number as text": _number_as_text,
    "no value": _putting(valueQuantity=None),
    "absent reason": _putting(dataAbsentReason=concept("x", "error")),
    "two values": _putting(valueString="see comment"),
    "another system": _another_system,
    "display only": _display_only,
    "urine": _putting(specimen=_URINE, contained=_CONTAINED),
    "implausible": _far_too_low,
    "wrong flag": _wrong_flag,
}
OF_DIAGNOSES: dict[str, Spoil] = {
    "unconfirmed": _putting(verificationStatus=concept(VERIFIED, "unconfirmed")),
    "provisional": _putting(verificationStatus=concept(VERIFIED, "provisional")),
    "differential": _putting(verificationStatus=concept(VERIFIED, "differential")),
    "in error": _putting(verificationStatus=concept(VERIFIED, "entered-in-error")),
    "resolved": _putting(clinicalStatus=concept(CLINICAL, "resolved")),
    "inactive": _putting(clinicalStatus=concept(CLINICAL, "inactive")),
    "no clinical status": _putting(clinicalStatus=None),
    "ended": _putting(abatementDateTime="2025-01-01"),
    "a relative": _putting(subject={"reference": "RelatedPerson/p"}),
    "text says no": _text_says_no,
    "SNOMED digits in LOINC": _another_system,
    "begins later": _putting(onsetDateTime="2027-01-01"),
}
OF_MEDICINES: dict[str, Spoil] = {
    "stopped": _putting(status="stopped"),
    "not taken": _putting(status="not-taken"),
    "on hold": _putting(status="on-hold"),
    "error": _putting(status="entered-in-error"),
    "of another": _putting(subject={"reference": "Patient/q"}),
    "extension": _putting(modifierExtension=_EXTENSION),
    "a medicine that is not there": _putting(
        medicationCodeableConcept=None,
        medicationReference={"reference": "Medication/none"},
    ),
}


def _contradicted(written: Written, rng: Random) -> None:
    one = _diagnosis(written, rng)
    other = {
        **one,
        "id": one["id"] + "-no",
        "verificationStatus": concept(VERIFIED, "refuted"),
        "recordedDate": "2026-10-15",
    }
    written.resources.append(other)
    written.lost(one)
    written.lost(other)


def _at_one_time(written: Written, rng: Random) -> None:
    one = _result(written, rng)
    other = {**one, "id": one["id"] + "-b", "valueQuantity": {**one["valueQuantity"]}}
    other["valueQuantity"]["value"] = round(one["valueQuantity"]["value"] * 1.04, 6)
    written.resources.append(other)
    written.lost(one)
    written.lost(other)


def _family(written: Written, rng: Random) -> None:
    own = {
        "resourceType": "FamilyMemberHistory",
        "id": "fam",
        "patient": subject(),
        "condition": [{"code": concept(SNOMED, "73211009")}],
    }
    written.resources.append(own)
    written.lost(own)


def _allergy(written: Written, rng: Random) -> None:
    own = {
        "resourceType": "AllergyIntolerance",
        "id": "all",
        "patient": subject(),
        "code": concept(RXNORM, "5487"),
    }
    written.resources.append(own)
    written.lost(own)


def _prescribed_not_taken(written: Written, rng: Random) -> None:
    one = _medicine(written, rng)
    other = {
        "resourceType": "MedicationStatement",
        "id": "denial",
        "status": "not-taken",
        "dateAsserted": "2026-11-01",
        "medicationCodeableConcept": concept(ATC, "C10AA01"),
        "subject": subject(),
    }
    written.resources.append(other)
    written.lost(one)
    written.lost(other)


def _total_calcium(written: Written, rng: Random) -> None:
    own = lab(rng, "serum_calcium", 2.0, "total")
    own["code"] = concept(LOINC, rng.choice(["17861-6", "2000-8", "1995-0"]))
    own["effectiveDateTime"] = "2026-11-01"
    written.resources.append(own)
    written.lost(own)


def _birth_year(written: Written, rng: Random) -> None:
    written.patient["birthDate"] = rng.choice(["1976", "1961", "2030-01-01", "1880-01-01"])
    written.truth.pop("age")


WHOLE: dict[str, Callable[[Written, Random], None]] = {
    "contradicted": _contradicted,
    "at one time": _at_one_time,
    "family": _family,
    "allergy": _allergy,
    "prescribed and not taken": _prescribed_not_taken,
    "another calcium": _total_calcium,
    "birth not sure": _birth_year,
}
TRAPS = (*OF_RESULTS, *OF_DIAGNOSES, *OF_MEDICINES, *WHOLE)


def trapped(rng: Random, trap: str) -> Written:
    """A record with one trap."""
    written = record(rng)
    written.trap = trap
    if trap in WHOLE:
        WHOLE[trap](written, rng)
        return written
    for finder, spoils in (
        (_result, OF_RESULTS),
        (_diagnosis, OF_DIAGNOSES),
        (_medicine, OF_MEDICINES),
    ):
        if trap in spoils:
            resource = finder(written, rng)
            spoils[trap](resource, rng)
            written.lost(resource)
    return written
