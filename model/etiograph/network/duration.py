"""A stretch of time as a model file states it: "3 months"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from etiograph.errors import InvalidNetwork

DAYS = {"day": 1.0, "week": 7.0, "month": 365.25 / 12, "year": 365.25}
"""Days in each unit."""
_STATED = re.compile(r"\s*(\d+(?:\.\d+)?)\s+(day|week|month|year)s?\s*")


@dataclass(frozen=True, slots=True)
class Duration:
    """So many of a unit of time.

    Attributes
    ----------
    amount : float
        Above 0.
    unit : str
        One of :data:`DAYS`.
    """

    amount: float
    unit: str

    @property
    def days(self) -> float:
        """Its length in days."""
        return self.amount * DAYS[self.unit]

    def __str__(self) -> str:
        return f"{self.amount:g} {self.unit}{'' if self.amount == 1.0 else 's'}"


def duration(text: object, where: str) -> Duration:
    """Read "3 months".

    Raises
    ------
    InvalidNetwork
        No such stretch of time; ``where`` says whose.
    """
    found = _STATED.fullmatch(text) if isinstance(text, str) else None
    if found is None or not float(found[1]) > 0.0:
        raise InvalidNetwork(
            f"{where}: {text!r} is no stretch of time; write a number and "
            f"{', '.join(f'{u}s' for u in DAYS)}, such as '3 months'"
        )
    return Duration(float(found[1]), found[2])
