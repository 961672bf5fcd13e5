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


def ranged_text(value: float, low: float | None = None, high: float | None = None) -> str:
    """A value and its range as :func:`read_ranged` reads them, in twelve digits at most."""
    if low is None or high is None:
        return f"{value:.12g}"
    return f"{value:.12g} ({low:.12g} to {high:.12g})"


def reread_ranged(text: str, present: Ranged) -> Ranged:
    """What a text says that may not have been changed: the present numbers to the bit where it was not."""
    return present if text.strip() == ranged_text(*present) else read_ranged(text)
