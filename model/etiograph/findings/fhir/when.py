"""Dates and times of a record, which may be known to the year, the month, the day or the second."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

_STATED = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?)?)?)?"
)


@dataclass(frozen=True, slots=True)
class When:
    """A time in a record.

    Attributes
    ----------
    text : str
        As written.
    first, last : date
        The days it may be, as written there.
    instant : datetime or None
        The moment, where time and time zone are stated.
    """

    text: str
    first: date
    last: date
    instant: datetime | None = None

    def later_than(self, other: When) -> bool:
        """Whether it certainly is later: by the moment if both have one, else by the day."""
        if self.instant is not None and other.instant is not None:
            return self.instant > other.instant
        return self.first > other.last

    def within(self, days: float, at: date) -> bool:
        """Whether it certainly lies in the days before a date, that day included."""
        return self.first >= at - timedelta(days=days) and not self.in_future(at)

    def in_future(self, at: date) -> bool:
        """Whether it may lie after a date."""
        return self.last > at


def when(text: object) -> When | None:
    """Understand a date or a time; None if it is none."""
    found = _STATED.fullmatch(text) if isinstance(text, str) else None
    if found is None or not isinstance(text, str):
        return None
    year, month, day, hour, minute, second, _, zone = found.groups()
    try:
        first = date(int(year), int(month or 1), int(day or 1))
        if day:
            last = first
        elif month:
            last = date(first.year + first.month // 12, first.month % 12 + 1, 1)
            last -= timedelta(days=1)
        else:
            last = date(first.year, 12, 31)
        instant = None
        if zone:
            plain = f"{text[:10]}T{hour}:{minute}:{second or '00'}"
            offset = "+00:00" if zone == "Z" else zone
            instant = datetime.fromisoformat(plain + offset).astimezone(UTC)
        elif hour and not (int(hour) < 24 and int(minute) < 60 and int(second or 0) < 60):
            return None
    except (ValueError, OverflowError):  # there is no such day
        return None
    return When(text, first, last, instant)


def of_period(period: object) -> When | None:
    """When something happened that is stated with a beginning and an end; None without both."""
    if not isinstance(period, Mapping):
        return None
    start, end = when(period.get("start")), when(period.get("end"))
    if start is None or end is None or start.later_than(end):
        return None
    return When(f"{start.text} to {end.text}", start.first, end.last)


def effective(resource: Mapping[str, Any], prefix: str = "effective") -> When | None:
    """When what a resource speaks of was so."""
    for key in (f"{prefix}DateTime", f"{prefix}Instant", f"{prefix}Date"):
        if key in resource:
            return when(resource[key])
    return of_period(resource.get(f"{prefix}Period"))
