"""Observations: numbers with a unit, and answers that name a state."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from etiograph.errors import EtiographError, InvalidFinding
from etiograph.findings.cell import state_named
from etiograph.findings.fhir.bundle import BundleEntry, objects
from etiograph.findings.fhir.claim import Asking, Claim
from etiograph.findings.fhir.codes import SYSTEMS, Coded, codings, concept, first_code
from etiograph.findings.fhir.record import Unused, shown
from etiograph.findings.fhir.units import UnitProblem, scaled, unit_of
from etiograph.findings.fhir.when import When, effective
from etiograph.network.finding import measured_text, understood
from etiograph.network.quantity import read_quantity
from etiograph.network.reading import Reading
from etiograph.network.variable import Variable

FINAL = ("final", "amended", "corrected")
NUMBERS = ("Quantity", "String", "Integer", "Decimal")
FLAGS = (
    "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation",
    "http://hl7.org/fhir/v2/0078",
    "http://terminology.hl7.org/CodeSystem/v2-0078",
)
LOW, HIGH = ("L", "LL", "LU"), ("H", "HH", "HU")
FLAGGED = {
    **dict.fromkeys((*HIGH, "POS", "A", "AA"), "positive"),
    "NEG": "negative",
    "N": "negative",
}
"""What a laboratory's flag says of a test that is positive or negative."""
ANSWERS = {
    ("SNOMED CT", "10828004"): "positive",
    ("SNOMED CT", "260385009"): "negative",
    ("SNOMED CT", "52101004"): "present",
    ("SNOMED CT", "2667000"): "absent",
    ("SNOMED CT", "373066001"): "yes",
    ("SNOMED CT", "373067005"): "no",
    ("LOINC", "LA6576-8"): "positive",
    ("LOINC", "LA6577-6"): "negative",
    ("LOINC", "LA9633-4"): "present",
    ("LOINC", "LA9634-2"): "absent",
    ("LOINC", "LA33-6"): "yes",
    ("LOINC", "LA32-8"): "no",
    ("http://terminology.hl7.org/CodeSystem/v2-0136", "Y"): "yes",
    ("http://terminology.hl7.org/CodeSystem/v2-0136", "N"): "no",
}
YES = ("positive", "present", "yes")
MATERIALS = {
    **dict.fromkeys(("blood", "serum", "plasma", "venou", "arterial", "capillary"), "blood"),
    **{
        w: w
        for w in ("urine", "saliva", "stool", "feces", "sweat", "sputum", "swab", "tissue", "hair")
    },
    **dict.fromkeys(("csf", "cerebrospinal", "spinal"), "spinal fluid"),
    **dict.fromkeys(("dialysate", "fluid", "effusion", "aspirate", "amniotic", "ascite"), "fluid"),
}
"""Words for what a specimen is of, without a plural."""
SPECIMENS = {
    **dict.fromkeys(("SER", "PLAS", "BLD", "BLDV", "BLDA", "119364003", "119361006"), "blood"),
    **dict.fromkeys(("119297000", "122555007"), "blood"),
    **dict.fromkeys(("UR", "122575003", "78014005"), "urine"),
}
"""Codes of HL7 and SNOMED CT for specimens."""
_WORD = re.compile(r"[a-z]+")
_DIGITS = 18


class NotUsed(Exception):
    """Why a resource says nothing."""


def read(asking: Asking, entry: BundleEntry) -> Iterator[Claim | Unused]:
    """What an Observation and its components say."""
    parts: list[Mapping[str, Any]] = [entry.resource, *entry.listed("component")]
    for n, part in enumerate(parts):
        panel = n == 0 and (len(parts) > 1 or entry.get("hasMember")) and not _values(part)
        named = concept(asking.codes, part.get("code"))
        if panel and "dataAbsentReason" not in part:
            if len(parts) == 1:
                yield Unused(entry.label, named.text, "is a panel: its members are read")
            continue
        if named.coded is None:
            yield Unused(entry.label, named.text, named.why)
            continue
        try:
            at = _usable(asking, entry)
            yield from claims(asking, entry, part, named.coded, named.text, at)
        except NotUsed as why:
            yield Unused(entry.label, named.text, str(why))


def _usable(asking: Asking, entry: BundleEntry) -> When | None:
    """When it was, if the Observation as a whole may be used."""
    if why := asking.untouchable(entry):
        raise NotUsed(why)
    if entry.get("focus"):
        raise NotUsed("is about something else than the person (focus)")
    state = entry.get("status")
    if state not in FINAL:
        raise NotUsed(f"has the status {shown(state)!r}" if state else "has no status")
    if report := asking.file.void().get(id(entry)):
        raise NotUsed(f"belongs to {report.label}, which has the status {report.get('status')!r}")
    at = effective(entry.resource)
    if why := asking.stale(at):
        raise NotUsed(why)
    return at


def _values(part: Mapping[str, Any]) -> list[str]:
    return [key for key in part if key.startswith("value") and part[key] is not None]


def claims(
    asking: Asking,
    entry: BundleEntry,
    part: Mapping[str, Any],
    coded: Coded,
    code: str,
    at: When | None,
) -> Iterator[Claim]:
    """What a value says of a variable.

    Raises
    ------
    NotUsed
    """
    keys = _values(part)
    if absent := part.get("dataAbsentReason"):
        why = first_code(absent) or "no reason stated"
        raise NotUsed("has a value and a reason for having none" if keys else f"no value: {why}")
    if len(keys) != 1:
        raise NotUsed("has several values" if keys else "has no value")
    kind, value = keys[0].removeprefix("value"), part[keys[0]]
    variable = asking.network.variable(coded.variable)
    mechanism = asking.network.mechanisms.get(coded.variable)
    if isinstance(mechanism, Reading) and kind in NUMBERS:
        _check_specimen(asking, entry, variable)
        text, said = number(kind, value, variable, mechanism)
        claim = _measured(asking, entry, code, at, coded, text, said)
        _check_limits(part, claim, variable, mechanism)
        yield claim
        return
    if kind == "Quantity":
        state, said = _flag(part, variable), _quantity_text(value)
        said = f"{said}, flagged {_interpretation(part)[0]}"
    else:
        state, said = answer(asking, kind, value, variable, coded)
    yield Claim(coded.variable, "result", entry, code, said, states=state, at=at)


def _measured(
    asking: Asking,
    entry: BundleEntry,
    code: str,
    at: When | None,
    coded: Coded,
    text: str,
    said: str,
) -> Claim:
    try:
        parsed = understood(asking.network, coded.variable, text)
    except EtiographError as error:
        raise NotUsed(str(error)) from None
    assert parsed is not None
    value = parsed.values[0] if parsed.values else parsed.limits[0][0]
    return Claim(coded.variable, "result", entry, code, said, (), text, value, at)


def number(kind: str, value: Any, variable: Variable, reading: Reading) -> tuple[str, str]:
    """A measured value as text with a unit of the network, and as the resource writes it.

    Raises
    ------
    NotUsed
    """
    if kind == "String":
        if not isinstance(value, str) or read_quantity(value) is None:
            raise NotUsed("has a text that is no number with a unit")
        try:
            measured_text(value, variable, reading)
        except InvalidFinding as error:
            raise NotUsed(str(error)) from None
        return " ".join(value.split()), shown(value)
    if kind != "Quantity":
        value = {"value": value}
    if not isinstance(value, Mapping):
        raise NotUsed("has no number")
    amount, side = value.get("value"), value.get("comparator")
    if isinstance(amount, bool) or not isinstance(amount, int | float | Decimal):
        written = "a text, not a number" if isinstance(amount, str) else "no number"
        raise NotUsed(f"has {written} as its value")
    if side not in (None, "<", "<=", ">", ">="):
        raise NotUsed(f"has the comparator {shown(side)!r}, which is not understood")
    exact = Decimal(str(amount))
    if (
        not exact.is_finite()
        or abs(exact.adjusted()) > _DIGITS
        or len(exact.as_tuple().digits) > 40
    ):
        raise NotUsed("has a number too long to be measured")
    try:
        unit, power = unit_of(value, reading, variable.name)
    except UnitProblem as why:
        raise NotUsed(str(why)) from None
    text = f"{side or ''}{scaled(exact, power)} {unit}".strip()
    return text, _quantity_text(value)


def _quantity_text(value: Any) -> str:
    if not isinstance(value, Mapping):
        return ""
    amount = value.get("value")
    parts = (
        value.get("comparator") or "",
        amount,
        " ",
        value.get("unit") or value.get("code") or "",
    )
    return shown("".join("" if p is None else str(p) for p in parts).strip())


def _interpretation(part: Mapping[str, Any]) -> list[str]:
    """The laboratory's flags."""
    return [
        str(coding.get("code"))
        for one in objects(part.get("interpretation"))
        for coding in codings(one)
        if coding.get("system") in FLAGS
    ]


def _flag(part: Mapping[str, Any], variable: Variable) -> tuple[str, ...]:
    """The state that the laboratory's flag names, of a test that is positive or negative."""
    flags = _interpretation(part)
    named = {FLAGGED.get(flag) for flag in flags}
    if set(variable.states) != {"positive", "negative"} or not named:
        raise NotUsed(f"is a number; {variable.name!r} is one of {', '.join(variable.states)}")
    if len(named) != 1 or None in named:
        raise NotUsed(f"has flags that are not understood ({shown(', '.join(flags))})")
    return (str(named.pop()),)


def _check_limits(
    part: Mapping[str, Any], claim: Claim, variable: Variable, reading: Reading
) -> None:
    """Refuse a value that its own flag, or its reference range in its own unit, contradicts.

    A unit that was confused shows so: 1.9 "mmol/L" of magnesium, reference 1.6 to 2.6.
    """
    bins = reading.bins_of(variable)
    if variable.usual not in bins:
        return
    own = bins.index(variable.usual)
    edges = (reading.plausible[0], *reading.cutpoints, reading.plausible[1])
    low, high = edges[own], edges[own + 1]
    sided = read_quantity(claim.measured)
    flags = _interpretation(part)
    too_high = claim.value > high and set(flags) & set(LOW)
    too_low = claim.value < low and set(flags) & set(HIGH)
    if sided is not None and not sided.side and (too_high or too_low):
        raise NotUsed(f"is flagged {flags[0]!r}, which contradicts its value: check the unit")
    for limits in objects(part.get("referenceRange")):
        ends = []
        for side in ("low", "high"):
            try:
                text, _ = number("Quantity", _with_unit(limits.get(side), part), variable, reading)
            except NotUsed:
                continue
            quantity = read_quantity(text)
            if quantity is not None:
                value, name = quantity.values[0], variable.name
                ends.append((side, reading.converted(value, quantity.unit, reading.unit, name)))
        stated = dict(ends)
        if stated.get("low", low) > high or stated.get("high", high) < low:
            raise NotUsed("has a reference range far from that of the network: check the unit")


def _with_unit(limit: object, part: Mapping[str, Any]) -> Any:
    """An end of a reference range; without a unit it is in that of the value."""
    own = part.get("valueQuantity")
    if not isinstance(limit, Mapping) or not isinstance(own, Mapping):
        return limit
    if limit.get("unit") or limit.get("code"):
        return limit
    return {**own, "comparator": None, "value": limit.get("value")}


def _check_specimen(asking: Asking, entry: BundleEntry, variable: Variable) -> None:
    """Refuse a specimen that is not the one the variable speaks of, such as urine."""
    stated = entry.get("specimen")
    if stated is None:
        return
    found = asking.file.resolve(stated, entry)
    kind = found.get("type") if found is not None else None
    text = stated.get("display", "") if isinstance(stated, Mapping) else ""
    if isinstance(kind, Mapping):
        parts = [first_code(kind), *(str(c.get("display", "")) for c in codings(kind))]
        parts += [SPECIMENS.get(str(c.get("code")), "") for c in codings(kind)]
        text = " ".join(filter(None, parts))
    named = _materials(str(text))
    if not named and not (isinstance(kind, Mapping) and text):
        return  # a reference, or a laboratory's number, says nothing of the kind
    own = _materials(f"{variable.label} {variable.definition} {variable.group}")
    if not named & own or named - own - {"blood"}:
        raise NotUsed(f"is of another specimen ({shown(text).strip()!r})")


def _materials(text: str) -> set[str]:
    """The materials that a text names; serum and plasma are of blood."""
    words = {word.rstrip("s") for word in _WORD.findall(text.casefold())}
    return {MATERIALS[word] for word in words if word in MATERIALS}


def answer(
    asking: Asking, kind: str, value: Any, variable: Variable, coded: Coded
) -> tuple[tuple[str, ...], str]:
    """The states that an answer names, and the answer in words.

    Raises
    ------
    NotUsed
    """
    if kind == "Boolean" and isinstance(value, bool):
        return _sided(asking, variable, coded, value), "yes" if value else "no"
    if kind in ("String", "Integer", "Decimal"):
        try:
            state = state_named(variable, value)
        except InvalidFinding as error:
            raise NotUsed(str(error)) from None
        if state is None:
            raise NotUsed(f"says {shown(value)!r}, which is no state of {variable.name!r}")
        return (state,), shown(value)
    found: list[tuple[str, ...]] = []
    for coding in [value] if kind == "Coding" else codings(value):
        if not isinstance(coding, Mapping):
            continue
        system, code = str(coding.get("system")), str(coding.get("code"))
        pair = (SYSTEMS.get(system, system), code)
        found += [
            one.states
            for one in asking.codes.answers.get(pair, [])
            if one.variable == variable.name
        ]
        if system == coded.system and system.startswith("urn:etiograph:"):
            found += [(code,)] if code in variable.states else []
        elif pair in ANSWERS:
            found.append(_named(asking, variable, coded, ANSWERS[pair]))
    said = first_code(value) if kind != "Coding" else first_code({"coding": [value]})
    if not found:
        raise NotUsed(
            f"has an answer that is not understood ({said!r})" if said else "has no answer"
        )
    states = set(found[0]).intersection(*found[1:])
    if not states:
        raise NotUsed("has codes that say different things as its answer")
    return tuple(s for s in variable.states if s in states), said


def _named(asking: Asking, variable: Variable, coded: Coded, word: str) -> tuple[str, ...]:
    """The states that a plain answer means: the state of that name, else there or not."""
    there = word in YES
    if there and word in variable.states and not coded.stated:
        return (word,)
    return _sided(asking, variable, coded, there)


def _sided(asking: Asking, variable: Variable, coded: Coded, there: bool) -> tuple[str, ...]:
    """The states if what a code names is there, or is not."""
    if not coded.states:
        raise NotUsed(f"does not say which of the states of {variable.name!r}")
    if there:
        return coded.states
    rest = asking.codes.opposite(coded)
    if rest is None:
        raise NotUsed(f"is denied, which does not rule out the other kinds of {variable.name!r}")
    return rest
