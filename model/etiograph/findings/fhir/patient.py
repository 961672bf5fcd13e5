"""The Patient: sex and age."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from etiograph.findings.fhir.bundle import BundleEntry
from etiograph.findings.fhir.claim import Asking, Claim
from etiograph.findings.fhir.codes import Coded
from etiograph.findings.fhir.record import Unused, shown
from etiograph.findings.fhir.when import when

OLDEST = 125
_AGE = re.compile(r"age (\d+)-(\d+)")
_BIRTH_SEX = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex"
_SEXES = {"M": "male", "F": "female"}


def read(asking: Asking, entry: BundleEntry) -> Iterator[Claim | Unused]:
    """What the Patient resource says of the variables that the network has for it."""
    if why := _odd(asking, entry):
        yield Unused(entry.label, "", why)
        return
    coded = list(asking.codes.patient())
    yield from _sex(entry, [c for c in coded if c.code.startswith("gender ")])
    yield from _age(asking, entry, [c for c in coded if _AGE.fullmatch(c.code)])


def _odd(asking: Asking, entry: BundleEntry) -> str | None:
    if "modifierExtension" in entry.resource or entry.get("implicitRules") is not None:
        return "has an extension that changes its meaning, or rules of its own"
    if entry.get("active") is False:
        return "is a record that is no longer in use"
    if any(link.get("type") == "replaced-by" for link in entry.listed("link")):
        return "was replaced by another record"
    if asking.subject.entry is None or asking.subject.entry.resource != entry.resource:
        return "is another person"
    return None


def _sex(entry: BundleEntry, coded: list[Coded]) -> Iterator[Claim | Unused]:
    gender = entry.get("gender")
    matching = [c for c in coded if c.code == f"gender {gender}"]
    if not coded:
        return
    birth = {
        _SEXES.get(str(extension.get("valueCode")), str(extension.get("valueCode")))
        for extension in entry.listed("extension")
        if extension.get("url") == _BIRTH_SEX
    }
    if not matching:
        said = f"is {shown(gender)!r}" if gender else "is not stated"
        yield Unused(entry.label, "gender", f"{said}, which is no state of {coded[0].variable!r}")
    elif birth - {gender}:
        yield Unused(entry.label, "gender", "gender and sex at birth are not the same")
    else:
        for one in matching:
            yield Claim(one.variable, "patient", entry, "gender", str(gender), one.states)


def _age(asking: Asking, entry: BundleEntry, coded: list[Coded]) -> Iterator[Claim | Unused]:
    if not coded:
        return
    born = when(entry.get("birthDate"))
    if born is None or born.instant is not None:
        yield Unused(entry.label, "birthDate", "is not stated or no date")
        return
    oldest, youngest = years(born.first, asking.at), years(born.last, asking.at)
    if youngest < 0 or oldest > OLDEST:
        yield Unused(entry.label, "birthDate", f"makes no age on {asking.at}")
        return
    for one in coded:
        low, high = (int(n) for n in _AGE.fullmatch(one.code).groups())  # type: ignore[union-attr]
        if low <= youngest and oldest <= high:
            said = f"{youngest} years" if youngest == oldest else f"{youngest} or {oldest} years"
            # The date of birth itself is left where it is.
            yield Claim(one.variable, "patient", entry, f"age on {asking.at}", said, one.states)
            return
    yield Unused(
        entry.label, "birthDate", f"does not say in which state of {coded[0].variable!r} the age is"
    )


def years(born: date, at: date) -> int:
    """Completed years at a date."""
    return at.year - born.year - ((at.month, at.day) < (born.month, born.day))
