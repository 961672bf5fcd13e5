"""What one resource says of one variable."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from etiograph.findings.fhir.bundle import BundleEntry, File, Subject
from etiograph.findings.fhir.record import Unused

if TYPE_CHECKING:
    from etiograph.findings.fhir.codes import Codes
    from etiograph.findings.fhir.when import When
    from etiograph.network.network import Network

Kind = Literal["result", "condition", "medicine", "patient"]


@dataclass(frozen=True, slots=True)
class Claim:
    """What one resource, or a part of one, says of one variable.

    Attributes
    ----------
    variable : str
    kind : {"result", "condition", "medicine", "patient"}
        Of results the latest counts, of all else each.
    entry : BundleEntry
        The resource.
    code, said : str
        What it is about, and what it says, for the reader.
    states : tuple of str
        The states of which the variable is in one; () for a measured value.
    measured : str
        A measured value as text with a unit; "".
    value : float
        It in the canonical unit.
    at : When or None
        When that was so.
    denied : bool
        That it is not, or no longer so, which only puts in doubt what says it is.
    """

    variable: str
    kind: Kind
    entry: BundleEntry
    code: str
    said: str
    states: tuple[str, ...] = ()
    measured: str = ""
    value: float = 0.0
    at: When | None = None
    denied: bool = False

    def unused(self, reason: str) -> Unused:
        """It, not used."""
        return Unused(self.entry.label, self.code, reason)


@dataclass(frozen=True, slots=True)
class Asking:
    """What all readers of resources need to know.

    Attributes
    ----------
    network, codes, file, subject
    at : date
        The day at which the person is looked at.
    window : float
        Days before it in which a result counts.
    """

    network: Network
    codes: Codes
    file: File
    subject: Subject
    at: date
    window: float

    def untouchable(self, entry: BundleEntry) -> str | None:
        """Why a resource may not be used whatever it says, or None."""
        if entry.get("implicitRules") is not None:
            return "has rules of its own (implicitRules)"
        if entry.container is not None and (why := self.untouchable(entry.container)):
            return f"stands in a resource that {why}"
        if _modified(entry.resource):
            return "has an extension that changes its meaning (modifierExtension)"
        return self.subject.refusal(entry)

    def stale(self, at: When | None) -> str | None:
        """Why a result of that time is not used, or None."""
        if at is None:
            return "has no date that is understood"
        if at.in_future(self.at):
            return f"is dated after {self.at} ({at.text})"
        if not at.within(self.window, self.at):
            return f"is older than {self.window:g} days on {self.at} ({at.text})"
        return None


def _modified(value: object) -> bool:
    if isinstance(value, dict):
        return "modifierExtension" in value or any(
            _modified(part) for key, part in value.items() if key != "contained"
        )
    return isinstance(value, list) and any(map(_modified, value))
