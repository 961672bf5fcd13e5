"""What was read from a patient's record: findings, where each came from, and what was not used."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from etiograph.network.frozen import FrozenMap
from etiograph.network.value import value_type

LONGEST = 120
"""Characters of a text of a record that are shown."""
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


def shown(text: object) -> str:
    """A text of a record on one line: bounded, without control characters and half characters."""
    plain = " ".join(_UNPRINTABLE.sub(" ", str(text)[: 4 * LONGEST]).split())
    return plain if len(plain) <= LONGEST else plain[: LONGEST - 3] + "..."


@value_type
@dataclass(frozen=True, slots=True)
class Origin:
    """Where a finding came from.

    Attributes
    ----------
    variable, value : str
        The finding, as it was entered.
    resource : str
        Type and id of the resource.
    code : str
        Code system, code and display text that say what it is about.
    said : str
        What the resource says, in its own words.
    date : str
        When, as written; "" if that does not matter.
    """

    variable: str
    value: str
    resource: str
    code: str
    said: str
    date: str = ""

    def line(self) -> str:
        """In one line."""
        when = f" of {self.date}" if self.date else ""
        return f"{self.variable} = {self.value}: {self.resource}{when}, {self.code}, {self.said}"


@value_type
@dataclass(frozen=True, slots=True)
class Unused:
    """A resource, or a part of one, that no finding came from, and why.

    Attributes
    ----------
    resource, code : str
        As of an origin; no code where there is none.
    reason : str
    """

    resource: str
    code: str
    reason: str

    def line(self) -> str:
        """In one line."""
        return f"{', '.join(filter(None, (self.resource, self.code)))}: {self.reason}"


@value_type
@dataclass(frozen=True, slots=True)
class Record:
    """Findings from a patient's record.

    Attributes
    ----------
    findings : mapping of str to finding
        As a case takes them.
    origins : tuple of Origin
        At least one a finding.
    unused : tuple of Unused
        Everything else in the record, with the reason.
    at : str
        The date at which the person is looked at.
    window : str
        How far back results were used.
    """

    findings: Mapping[str, Any]
    origins: tuple[Origin, ...]
    unused: tuple[Unused, ...]
    at: str
    window: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "findings", FrozenMap(self.findings))

    def of(self, findings: Mapping[str, Any]) -> tuple[Origin, ...]:
        """The origins of those findings that are still as they were read."""
        same = {name for name, value in self.findings.items() if findings.get(name) == value}
        return tuple(origin for origin in self.origins if origin.variable in same)

    def as_dict(self, findings: Mapping[str, Any]) -> dict[str, Any]:
        """Provenance of findings as plain values."""
        return {
            "at": self.at,
            "window": self.window,
            "origins": [asdict(origin) for origin in self.of(findings)],
            "unused": [asdict(each) for each in self.unused],
        }

    def unused_lines(self, most: int = 3) -> tuple[str, ...]:
        """What was not used, a line a reason; of many resources the first few."""
        groups: dict[tuple[str, str], list[Unused]] = {}
        for each in self.unused:
            groups.setdefault((each.resource.partition("/")[0], each.reason), []).append(each)
        lines = []
        for (kind, reason), members in groups.items():
            if len(members) == 1:
                lines.append(members[0].line())
                continue
            named = dict.fromkeys(each.code or each.resource for each in members)
            listed = "; ".join(list(named)[:most]) + ("; ..." if len(named) > most else "")
            lines.append(f"{len(members)} x {kind} ({listed}): {reason}")
        return tuple(lines)
