"""A value with its range as people write it: ``0.3 (0.2 to 0.4)``, ``30 % (20-40)``, ``0,3``."""

from __future__ import annotations

import re

from etiograph.errors import InvalidNetwork

Ranged = tuple[float, float | None, float | None]
"""(value, low, high); the range is two numbers or two None."""
_NUMBER = r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d+)?"
_RANGED = re.compile(
    rf"(?P<value>{_NUMBER})\s*(?P<percent>%)?"
    rf"(?:\s*(?:\(|\[|from\s|:)?\s*(?P<low>{_NUMBER})\s*%?\s*(?:-|to|\.\.|;)\s*"
    rf"(?P<high>{_NUMBER})\s*(?P<also>%)?\s*(?:\)|\])?)?",
    re.I,
)
SHORT = 3
"""Digits in which a number is shown to be changed."""
LONGEST = 80
"""Characters of the longest text that is read."""


def read_ranged(text: str) -> Ranged:
    """Read a value and, where one is stated, its range; numbers in percent are taken by a hundred.

    Raises
    ------
    InvalidNetwork
        The text is no number, or no number with a range.
    """
    plain = " ".join(text.split()).replace("\u2013", "-").replace("\u2212", "-")
    found = _RANGED.fullmatch(plain) if len(plain) <= LONGEST else None
    if found is None:
        raise InvalidNetwork(
            f"{text.strip()[:40]!r} is no number; write 0.3, or 0.3 (0.2 to 0.4) with its range"
        )
    by = 0.01 if found["percent"] or found["also"] else 1.0
    value, low, high = (
        None if found[key] is None else _scaled(found[key], by) for key in ("value", "low", "high")
    )
    assert value is not None
    return value, low, high


def _scaled(number: str, by: float) -> float:
    read = float(number.replace(",", "."))
    return read if by == 1.0 else round(read * by, 15)


def ranged_text(
    value: float, low: float | None = None, high: float | None = None, digits: int = 12
) -> str:
    """A value and its range as :func:`read_ranged` reads them, in so many digits at most."""
    if low is None or high is None:
        return _shown(value, digits)
    return f"{_shown(value, digits)} ({_shown(low, digits)} to {_shown(high, digits)})"


def _shown(number: float, digits: int) -> str:
    return f"{number:.{max(digits, len(str(int(abs(number)))))}g}"


def reread_ranged(text: str, present: Ranged) -> Ranged:
    """What a text says that may not have been changed: each present number to the bit where it was not.

    Not changed is what stands there as the present number is shown, in whatever digits.
    """
    read = read_ranged(text)
    found = _RANGED.fullmatch(" ".join(text.split()))
    if found is None or found["percent"] or found["also"]:
        return read
    value, low, high = (
        stated
        if stated is not None and (found[key] or "").replace(",", ".") in _forms(stated)
        else new
        for key, stated, new in zip(("value", "low", "high"), present, read, strict=True)
    )
    assert value is not None
    return value, low, high


def _forms(number: float) -> set[str]:
    return {_shown(number, digits) for digits in (SHORT, 12)}
