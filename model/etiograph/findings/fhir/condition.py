"""Conditions: what was diagnosed, and whether it is held to be so now."""

from __future__ import annotations

import re
from collections.abc import Iterator

from etiograph.findings.fhir.bundle import BundleEntry
from etiograph.findings.fhir.claim import Asking, Claim
from etiograph.findings.fhir.codes import Coded, codings, concept, status
from etiograph.findings.fhir.record import Unused, shown
from etiograph.findings.fhir.when import When, effective, when

VERIFIED = ("http://terminology.hl7.org/CodeSystem/condition-ver-status",)
CLINICAL = ("http://terminology.hl7.org/CodeSystem/condition-clinical",)
PRESENT = ("active", "recurrence", "relapse")
OVER = ("inactive", "remission", "resolved")
_OTHERWISE = re.compile(
    r"\W*(?:no|not|absence of|absent|without|denies|negative for|never|family history|fh|fhx|"
    r"history of|h/o|hx of|past|suspected|susp|query|rule out|r/o|possible|probable|likely|"
    r"at risk|risk of|risk for|screening|exposure to|vaccination)\b",
    re.IGNORECASE,
)


def read(asking: Asking, entry: BundleEntry) -> Iterator[Claim | Unused]:
    """What a Condition says."""
    named = concept(asking.codes, entry.get("code"))
    if named.coded is None:
        yield Unused(entry.label, named.text, named.why)
        return
    found = _claim(asking, entry, named.coded, named.text)
    yield found if isinstance(found, Claim) else Unused(entry.label, named.text, found)


def _claim(asking: Asking, entry: BundleEntry, coded: Coded, code: str) -> Claim | str:
    if why := asking.untouchable(entry):
        return why
    verified = status(entry.get("verificationStatus"), VERIFIED)
    if entry.get("verificationStatus") is not None and verified not in ("confirmed", "refuted"):
        return f"is {shown(verified)}" if verified else "has a verification that is not understood"
    if said := _said_otherwise(entry):
        return f"has a text that says something else than its code ({said!r})"
    if entry.get("bodySite"):
        return "names a body site, which the code in the network does not"
    if not coded.states:
        return f"does not say which of the states of {coded.variable!r}"
    if verified == "refuted":
        return _refuted(asking, entry, coded, code)
    clinical = status(entry.get("clinicalStatus"), CLINICAL)
    dates = [d for d in (effective(entry.resource, "onset"), when(entry.get("recordedDate"))) if d]
    ended = effective(entry.resource, "abatement")
    if clinical in OVER:
        over = ended or when(entry.get("recordedDate"))
        return Claim(
            coded.variable, "condition", entry, code, str(clinical), coded.states, at=over, denied=True
        )  # fmt: skip
    if clinical not in PRESENT:
        return "does not say whether it is active" if clinical is None else f"is {shown(clinical)}"
    if any(key.startswith("abatement") for key in entry.resource):
        return "is called active and has an end"
    if any(d.in_future(asking.at) for d in dates):
        return f"is dated after {asking.at}"
    if why := too_old(asking, coded, dates):
        return why
    said = f"{clinical}, {verified or 'verification not stated'}"
    first = min(dates, key=lambda d: d.first, default=None)
    return Claim(coded.variable, "condition", entry, code, said, coded.states, at=first)


def too_old(asking: Asking, coded: Coded, dates: list[When]) -> str | None:
    """Why a condition that passes, or that must have lasted, is not used; None if it is."""
    if coded.within is not None:
        if not dates:
            return "has no date, and may have passed"
        if not all(d.within(coded.within, asking.at) for d in dates):
            return f"is older than {coded.within:.0f} days on {asking.at}, and may have passed"
    began = any((asking.at - d.last).days >= (coded.since or 0.0) for d in dates)
    if coded.since is not None and not began:
        return f"is not said to have begun {coded.since:.0f} days ago or earlier"
    return None


def _refuted(asking: Asking, entry: BundleEntry, coded: Coded, code: str) -> Claim | str:
    """It is not there: as far as the code is the only one for it, and that was said lately."""
    at = when(entry.get("recordedDate"))
    if why := asking.stale(at):
        return f"is refuted, but {why}"
    rest = asking.codes.opposite(coded)
    if rest is None:
        return f"is refuted, which does not rule out the other kinds of {coded.variable!r}"
    return Claim(coded.variable, "condition", entry, code, "refuted", rest, at=at)


def _said_otherwise(entry: BundleEntry) -> str:
    """A text that begins with words which turn the meaning round; "" if none does."""
    code = entry.get("code")
    texts = [code.get("text"), *(c.get("display") for c in codings(code))]
    return next((shown(t) for t in texts if isinstance(t, str) and _OTHERWISE.match(t)), "")
