"""Measured values and units as laboratories print them: the one reader of such text.

A number has a decimal point or a decimal comma; a comma between thousands is never guessed at, nor is one
that leaves two possible numbers. A
reading below or above what a test can tell is printed with ``<`` or ``>``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from unicodedata import category, normalize

LONGEST = 100
"""Characters of the longest text that is read as a number and a unit."""
_QUANTITY = re.compile(
    r"\s*(?P<side>[<>]=?|[≤≥])?\s*"
    r"(?P<number>[+-]?(?:\d+(?:\.\d*|,\d+)?|[.,]\d+)(?:[eE][+-]?\d+)?)(?![\d.,])"
    r"\s*(?P<unit>.*?)\s*",
    re.S,
)
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
_MICRO = re.compile(r"(^|/)(?:u|mc)(?=(?:g|mol|iu|u|kat|eq|l|m)(?:$|[/·*^\d.-]))", re.I)
SIDES = {"<": "<", "<=": "<", "≤": "<", ">": ">", ">=": ">", "≥": ">"}


@dataclass(frozen=True, slots=True)
class Quantity:
    """What a text says of a measured value.

    Attributes
    ----------
    side : {"", "<", ">"}
        The value itself, or that it lies below or above it.
    values : tuple of float
        The number; where its comma may part thousands, first that with a decimal comma, then the other.
    unit : str
        As written; "" if there is none.
    """

    side: str
    values: tuple[float, ...]
    unit: str


def read_quantity(text: str) -> Quantity | None:
    """A number, perhaps with ``<`` or ``>`` before it and a unit behind it; None if it is none."""
    if not text or len(text) > LONGEST:
        return None
    found = _QUANTITY.fullmatch(_plain_text(text).replace("\u2212", "-"))
    if found is None:
        return None
    number = found["number"]
    values = [float(number.replace(",", "."))]
    if _THOUSANDS.fullmatch(number):
        values.append(float(number.replace(",", "")))
    return Quantity(SIDES.get(found["side"] or "", ""), tuple(values), found["unit"])


def figures(value: float) -> str:
    """A number in four figures as it is printed, without an exponent: 1000000, 249.6, 0.001."""
    rounded = float(f"{value:.4g}")
    return f"{rounded:.9f}".rstrip("0").rstrip(".") if abs(rounded) >= 1e-6 else f"{rounded:g}"


def _plain_text(text: str) -> str:
    """Text in its plain letters; raised and circled figures stay, as 10² and a footnote's 3.1² are not 102 and 3.12."""
    if text.isascii():
        return text
    return "".join(
        c if category(c) == "No" else normalize("NFKC", c) for c in normalize("NFC", text)
    )


def plain_unit(unit: str) -> str:
    """Spell a unit in one way: no spaces, one micro sign, also for u and mc that stand for it."""
    return _MICRO.sub("\\1\u03bc", normalize("NFKC", "".join(unit.split())))
