"""Units as records write them (UCUM), found among those that a network states for a reading.

UCUM (Schadow and McDonald, The Unified Code for Units of Measure) writes ``u[IU]/mL``, ``10*3/uL``
and remarks in braces. Units that differ by powers of ten only are turned into each other exactly; all
other factors, as from mass to amount, are those of the model file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from etiograph.errors import UnknownUnit
from etiograph.findings.fhir.record import shown

if TYPE_CHECKING:
    from etiograph.network.reading import Reading

LONGEST = 40
"""Characters of the longest unit that is read."""
UCUM = ("http://unitsofmeasure.org", "urn:oid:2.16.840.1.113883.6.8")
_REMARK = re.compile(r"\{[^{}]*\}")
_PREFIX = {"": 0, "d": -1, "c": -2, "m": -3, "u": -6, "\u00b5": -6, "\u03bc": -6, "n": -9, "p": -12, "f": -15, "k": 3}  # fmt: skip
_SPELLED = {"iu": "IU", "mol": "mol", "eq": "eq", "g": "g", "l": "L", "u": "U"}
_SCALED = re.compile(
    r"(?P<a>[dcmu\u00b5\u03bcnpfk]?)(?P<over>mol|eq|g|iu)/(?P<b>[dcmu\u00b5\u03bcnpf]?)(?P<under>l)",
    re.IGNORECASE,
)


def plain_ucum(code: str) -> str:
    """A UCUM code as laboratories print it: no brackets, no remarks; ``1`` if that leaves nothing."""
    text = _REMARK.sub("", code).strip()
    text = re.sub(r"\[(iU|IU)\]", "IU", text)
    return text or ("1" if code.strip() else "")


def unit_of(quantity: Mapping[str, object], reading: Reading, name: str) -> tuple[str, int]:
    """The unit of a quantity as the network spells it, and the power of ten to multiply by.

    Raises
    ------
    UnitProblem
        None is stated, none that is known, or code and text are different units.
    """
    code, text, system = quantity.get("code"), quantity.get("unit"), quantity.get("system")
    found: list[tuple[str, int]] = []
    if system in UCUM and isinstance(code, str) and code.strip():
        coded = _among(plain_ucum(code), reading, name)
        if coded is None:
            raise UnitProblem(f"is in {shown(code)!r}, which is no unit of {name!r} in the network")
        found.append(coded)
    if isinstance(text, str) and text.strip():
        printed = _among(plain_ucum(text), reading, name)
        if printed is None and not found:
            raise UnitProblem(f"is in {shown(text)!r}, which is no unit of {name!r} in the network")
        found += [printed] if printed else []
    if not found:
        if reading.dimensionless and not (code or text):
            return reading.unit, 0
        raise UnitProblem("has no unit")
    sizes = {reading.factor(unit, name) * 10.0**power for unit, power in found}
    if max(sizes) > min(sizes) * 1.000001:
        raise UnitProblem(f"has two units, {shown(code)!r} and {shown(text)!r}")
    return found[0]


class UnitProblem(Exception):
    """Why a number's unit is not certain."""


def _among(unit: str, reading: Reading, name: str) -> tuple[str, int] | None:
    """A unit among those of a reading, at a power of ten from one of them; None if it is none."""
    if len(unit) > LONGEST:
        return None
    if reading.dimensionless and unit in ("1", reading.unit):
        return reading.unit, 0
    try:
        return reading.spelled(unit, name), 0
    except UnknownUnit:
        pass
    asked = _parts(unit)
    if asked is None:
        return None
    for known in (reading.unit, *reading.units):
        own = _parts(known)
        if own is not None and own[:2] == asked[:2]:
            return known, asked[2] - own[2]
    return None


def _parts(unit: str) -> tuple[str, str, int] | None:
    """What is counted, per what, and the power of ten; None for units of another make."""
    found = _SCALED.fullmatch("".join(unit.split()))
    if found is None:
        return None
    # A capital M is mega, a thousand million times more than m: nothing here is measured in it.
    if "M" in (found["a"], found["b"]):
        return None
    power = _PREFIX[found["a"].lower()] - _PREFIX[found["b"].lower()]
    return _SPELLED[found["over"].lower()], _SPELLED[found["under"].lower()], power


def scaled(number: Decimal | int, power: int) -> str:
    """A number times a power of ten, exactly, as text without an exponent where that is short."""
    value = Decimal(number).scaleb(power) if power else Decimal(number)
    plain = format(value, "f")
    return plain if len(plain) <= 24 else str(value)
