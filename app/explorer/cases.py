"""A case as a value, its history, and its form in a link. No Streamlit here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from etiograph.network.edits import NetworkEdit

Pairs = tuple[tuple[str, str], ...]
Numbers = tuple[tuple[str, tuple[float, float | None, float | None]], ...]
Correction = tuple[tuple[NetworkEdit, ...], Numbers]

_PLAIN = re.compile(r"[A-Za-z0-9_]")
_ESCAPED = re.compile(r"((?:-[0-9A-F]{2})+)")
MAX_LINK = 8000  # characters; longer than any bundled network with everything entered
MAX_STEPS = 200
MAX_SCENARIOS = 3  # beside the present changes


@dataclass(frozen=True, slots=True)
class CaseValue:
    """What is known of one person, what is changed in thought, and which numbers of the network.

    A value is a state, or a number with its unit for a measured variable. All parts are kept in the
    order of entry. Scenarios are changes put aside, to be compared with the present ones. Edits of the
    network, and after them numbers of it (parameter -> value, low, high), are no part of a link.
    """

    findings: Pairs = ()
    changes: Pairs = ()
    scenarios: tuple[Pairs, ...] = ()
    numbers: Numbers = ()
    edits: tuple[NetworkEdit, ...] = ()

    @property
    def correction(self) -> Correction:
        """What is changed of the network."""
        return self.edits, self.numbers

    def emptied(self) -> CaseValue:
        """Nothing known and nothing changed in thought, of the same network."""
        return CaseValue(numbers=self.numbers, edits=self.edits)

    def value(self, name: str) -> str | None:
        """The finding on a variable, None if unknown."""
        return dict(self.findings).get(name)

    def with_finding(self, name: str, value: str | None) -> CaseValue:
        """With one finding set, or taken back if `value` is None."""
        return replace(self, findings=_with(self.findings, name, value))

    def with_change(self, name: str, value: str | None) -> CaseValue:
        """With one change set, or taken back if `value` is None."""
        return replace(self, changes=_with(self.changes, name, value))

    def with_scenario(self, pairs: Pairs) -> CaseValue:
        """With changes put aside, the oldest dropped where there are too many."""
        others = (each for each in self.scenarios if each != pairs)
        return replace(self, scenarios=(*others, pairs)[-MAX_SCENARIOS:])

    def without_scenario(self, pairs: Pairs) -> CaseValue:
        """With a scenario taken away."""
        return replace(self, scenarios=tuple(each for each in self.scenarios if each != pairs))

    def with_number(
        self, name: str, number: tuple[float, float | None, float | None] | None
    ) -> CaseValue:
        """With one number of the network changed, or as published again if it is None."""
        kept = {**dict(self.numbers), name: number}
        return replace(self, numbers=tuple((n, v) for n, v in kept.items() if v is not None))

    def __bool__(self) -> bool:
        return bool(self.findings or self.changes or self.scenarios)


def _with(pairs: Pairs, name: str, value: str | None) -> Pairs:
    """Pairs with one entry replaced in place, added at the end, or removed."""
    if value is None:
        return tuple(pair for pair in pairs if pair[0] != name)
    if name not in dict(pairs):
        return (*pairs, (name, value))
    return tuple((known, value if known == name else old) for known, old in pairs)


@dataclass(frozen=True, slots=True)
class History:
    """The present case, and the steps before and after it."""

    present: CaseValue = CaseValue()
    past: tuple[CaseValue, ...] = ()
    future: tuple[CaseValue, ...] = ()

    def to(self, case: CaseValue) -> History:
        """A new step; nothing happens if the case is the present one."""
        if case == self.present:
            return self
        return History(case, (*self.past, self.present)[-MAX_STEPS:])

    def undo(self) -> History:
        """One step back."""
        if not self.past:
            return self
        return History(self.past[-1], self.past[:-1], (self.present, *self.future))

    def redo(self) -> History:
        """One step forward again."""
        if not self.future:
            return self
        return History(self.future[0], (*self.past, self.present), self.future[1:])


@dataclass(frozen=True, slots=True)
class Link:
    """What the one URL parameter holds: a network's name, the start of its digest, a case.

    `own` is the key of a network that came from a reader's file (see `opened`), else empty.
    """

    network: str
    digest: str
    case: CaseValue
    own: str = ""


def _quote(text: str, *, number: bool = False) -> str:
    """Letters, digits and underscores stay; every other byte becomes ``-XX``.

    A URL needs no further escaping of the result, so a link stays readable. In a value the decimal
    point stays, too, unless it is the first character, where further points mark a change.
    """
    parts = []
    for index, character in enumerate(text):
        if _PLAIN.match(character) or (number and character == "." and index):
            parts.append(character)
        else:
            parts.extend(f"-{byte:02X}" for byte in character.encode())
    return "".join(parts)


def _unquote(text: str) -> str:
    """Inverse of `_quote`.

    Raises
    ------
    ValueError
        The bytes are no UTF-8.
    """

    def decoded(match: re.Match[str]) -> str:
        return bytes.fromhex(match[1].replace("-", "")).decode()

    return _ESCAPED.sub(decoded, text)


def encode(link: Link) -> str:
    """The link parameter of a case, ``""`` if there is nothing in it that is not so without a link."""
    if not link.case and not link.own:
        return ""
    own = f".{_quote(link.own)}" if link.own else ""
    parts = [_quote(link.network) + own, _quote(link.digest)]
    parts += [f"{_quote(name)}.{_quote(value, number=True)}" for name, value in link.case.findings]
    # Two points are a change; each point more is a scenario more that was put aside.
    for points, changes in enumerate((link.case.changes, *link.case.scenarios), start=2):
        mark = "." * points
        parts += [f"{_quote(name)}{mark}{_quote(value, number=True)}" for name, value in changes]
    return "~".join(parts)


def bare(network: str, digest: str) -> str:
    """The link parameter of a network alone, of which nothing is known."""
    return f"{_quote(network)}~{_quote(digest[:8])}"


def decode(text: str) -> Link | None:
    """The link a parameter holds, None if it is none of ours."""
    if not text or len(text) > MAX_LINK:
        return None
    try:
        network, digest, *entries = text.split("~")
        parts: list[dict[str, str]] = [{} for _ in range(2 + MAX_SCENARIOS)]
        for entry in entries:
            name, _, rest = entry.partition(".")
            value = rest.lstrip(".")
            parts[len(rest) - len(value)][_unquote(name)] = _unquote(value)
        findings, changes, *scenarios = (tuple(part.items()) for part in parts)
        named, _, own = network.partition(".")
        case = CaseValue(findings, changes, tuple(filter(None, scenarios)))
        return Link(_unquote(named), _unquote(digest), case, _unquote(own))
    except (ValueError, IndexError):
        return None


def ordered(findings: Mapping[str, str], names: Iterable[str]) -> Pairs:
    """Findings in the order of `names`: the same case gives the same key however it was entered."""
    return tuple((name, findings[name]) for name in names if name in findings)
