"""MedicationStatements and MedicationRequests: what the person takes, or is prescribed, now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from etiograph.findings.fhir.bundle import BundleEntry
from etiograph.findings.fhir.claim import Asking, Claim
from etiograph.findings.fhir.codes import SYSTEMS, Coded, Named, codings, concept, status, together
from etiograph.findings.fhir.condition import too_old
from etiograph.findings.fhir.record import Unused, shown
from etiograph.findings.fhir.when import When, effective, when

ORDERS = ("order", "original-order", "reflex-order", "filler-order", "instance-order")
COURSES = ("http://terminology.hl7.org/CodeSystem/medicationrequest-course-of-therapy",)
LASTS = 366.0
"""Days for which a prescription, or a word that something was taken, counts."""
NO_LONGER = ("stopped", "completed", "not-taken", "cancelled")


def read(asking: Asking, entry: BundleEntry) -> Iterator[Claim | Unused]:
    """What a MedicationStatement or a MedicationRequest says."""
    medicine = _product(asking, entry)
    if isinstance(medicine, str):
        yield Unused(entry.label, "", medicine)
        return
    for named in _contents(asking, medicine):
        if named.coded is None:
            yield Unused(entry.label, named.text, named.why)
            continue
        found = _claim(asking, entry, named.coded, named.text)
        yield found if isinstance(found, Claim) else Unused(entry.label, named.text, found)


Product = tuple[Any, list[Mapping[str, Any]], BundleEntry]
"""The code of a product, its ingredients, and the resource they stand in."""


def _product(asking: Asking, entry: BundleEntry) -> Product | str:
    if "medicationCodeableConcept" in entry.resource:
        return entry.get("medicationCodeableConcept"), [], entry
    found = asking.file.resolve(entry.get("medicationReference"), entry)
    if found is None or found.kind != "Medication":
        return "does not say which medicine, or refers to one that is not in the file"
    if found.get("status") not in (None, "active"):
        return f"refers to a medicine with the status {shown(found.get('status'))!r}"
    if "modifierExtension" in found.resource:
        return "refers to a medicine with an extension that changes its meaning"
    return found.get("code"), found.listed("ingredient"), found


def _contents(asking: Asking, product: Product) -> Iterator[Named]:
    """What a product is, one for each variable: by its own code and by those of its ingredients."""
    code, ingredients, at = product
    whole = concept(asking.codes, code)
    parts = [
        _ingredient(asking, each, at) for each in ingredients if each.get("isActive") is not False
    ]
    known = [each for each in (whole, *parts) if each.coded is not None]
    if not known:
        yield whole if whole.text or not parts else parts[0]
        return
    # A second ingredient that is not known may be another of the same group.
    open_end = whole.coded is None and len(parts) > 1 and any(p.coded is None for p in parts)
    open_end = open_end or (whole.coded is not None and _beside(asking, code))
    for variable in dict.fromkeys(each.coded.variable for each in known if each.coded):
        own = [each for each in known if each.coded and each.coded.variable == variable]
        joined = together([each.coded for each in own if each.coded])
        text = "; ".join(dict.fromkeys(each.text for each in own))
        if joined is None:
            state = asking.codes.together(variable)
            first = own[0].coded
            assert first is not None
            if state is None:
                yield Named(text, None, f"holds two of the states of {variable!r} at once")
                continue
            joined = Coded(variable, first.system, first.code, (state,), True)
        elif open_end:
            unusual = asking.network.variable(variable).unusual
            joined = Coded(variable, joined.system, joined.code, unusual, since=joined.since)
        yield Named(text, joined)


def _beside(asking: Asking, code: object) -> bool:
    """Whether a product bears RxNorm codes of which some are not known: it may hold several ingredients."""
    own = [
        str(c.get("code")) for c in codings(code) if SYSTEMS.get(str(c.get("system"))) == "RxNorm"
    ]
    known = [asking.codes.find("RxNorm", each) for each in own]
    return any(known) and not all(known)


def _ingredient(asking: Asking, part: Mapping[str, Any], at: BundleEntry) -> Named:
    if "itemCodeableConcept" in part:
        return concept(asking.codes, part["itemCodeableConcept"])
    found = asking.file.resolve(part.get("itemReference"), at)
    return concept(asking.codes, found.get("code") if found is not None else None)


def _claim(asking: Asking, entry: BundleEntry, coded: Coded, code: str) -> Claim | str:
    if why := asking.untouchable(entry):
        return why
    prescribed = entry.kind == "MedicationRequest"
    state = entry.get("status")
    if prescribed and entry.get("intent") not in ORDERS:
        return f"is not an order but {shown(entry.get('intent') or 'without intent')!r}"
    if entry.get("doNotPerform") is not None and entry.get("doNotPerform") is not False:
        return "says that it is not to be given"
    if why := _now_and_then(entry):
        return why
    begun, ends, stated = _times(entry)
    if not coded.states:
        return f"does not say which of the states of {coded.variable!r} (the dose is not read)"
    if state in NO_LONGER:
        over = max((d for d in (*ends, begun, stated) if d), key=lambda d: d.last, default=None)
        return Claim(
            coded.variable, "medicine", entry, code, str(state), coded.states, at=over, denied=True
        )  # fmt: skip
    if state != "active":
        return f"has the status {shown(state)!r}" if state else "has no status"
    if any(d.last < asking.at for d in ends):
        return f"is called active and ended before {asking.at}"
    dates = [d for d in (begun, stated) if d]
    if not dates:
        return "has no date"
    if any(d.in_future(asking.at) for d in dates):
        return f"is dated after {asking.at}"
    if not _goes_on(entry, asking.at, dates):
        return f"is of {dates[-1].text}, more than a year before {asking.at}"
    if why := too_old(asking, coded, dates):
        return why
    said = "prescribed" if prescribed else "taken"
    return Claim(coded.variable, "medicine", entry, code, said, coded.states, at=dates[0])


def _now_and_then(entry: BundleEntry) -> str | None:
    """Why a medicine is not taken on most days, or None."""
    for dose in (*entry.listed("dosage"), *entry.listed("dosageInstruction")):
        if dose.get("asNeededBoolean") not in (None, False) or "asNeededCodeableConcept" in dose:
            return "is taken only as needed"
    course = status(entry.get("courseOfTherapyType"), COURSES)
    return f"is a course that is {course}" if course in ("acute", "seasonal") else None


def _times(entry: BundleEntry) -> tuple[When | None, list[When], When | None]:
    """When it began, when it ends (by any of the places that say so), when that was written."""
    period = entry.get("effectivePeriod")
    begun = effective(entry.resource)
    ends = []
    if isinstance(period, Mapping):
        begun = when(period.get("start"))
        ends.append(when(period.get("end")))
    dispensed = entry.get("dispenseRequest")
    if isinstance(dispensed, Mapping) and isinstance(dispensed.get("validityPeriod"), Mapping):
        ends.append(when(dispensed["validityPeriod"].get("end")))
    for dose in (*entry.listed("dosage"), *entry.listed("dosageInstruction")):
        timing = dose.get("timing")
        repeat = timing.get("repeat") if isinstance(timing, Mapping) else None
        bounds = repeat.get("boundsPeriod") if isinstance(repeat, Mapping) else None
        if isinstance(bounds, Mapping):
            ends.append(when(bounds.get("end")))
    stated = when(entry.get("authoredOn") or entry.get("dateAsserted"))
    return begun, [d for d in ends if d is not None], stated


def _goes_on(entry: BundleEntry, at: date, dates: list[When]) -> bool:
    """Whether it still counts: an open period does, else what was written within a year."""
    period = entry.get("effectivePeriod")
    if isinstance(period, Mapping) and when(period.get("start")) is not None:
        return True
    return any(d.within(LASTS, at) for d in dates)
