"""The reader: a FHIR file in, findings with their origins out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etiograph.errors import InvalidFinding, InvalidNetwork
from etiograph.findings.fhir import condition, medication, observation, patient, questionnaire
from etiograph.findings.fhir.bundle import BundleEntry, File, from_values, read_file, subject_of
from etiograph.findings.fhir.claim import Asking, Claim
from etiograph.findings.fhir.codes import Codes, first_code
from etiograph.findings.fhir.combine import Combined
from etiograph.findings.fhir.record import Record, Unused
from etiograph.formats.text import read_text
from etiograph.network.duration import Duration, duration

if TYPE_CHECKING:
    from etiograph.network.network import Network

WINDOW = "90 days"
READERS: Mapping[str, Callable[[Asking, BundleEntry], Iterator[Claim | Unused]]] = {
    "Patient": patient.read,
    "Observation": observation.read,
    "Condition": condition.read,
    "MedicationStatement": medication.read,
    "MedicationRequest": medication.read,
    "QuestionnaireResponse": questionnaire.read,
}
SUPPORT = {
    "DiagnosticReport": "its results are read as Observations",
    "Medication": "is read where a prescription or statement refers to it",
    "Substance": "is read where a medicine refers to it",
    "Specimen": "is read where an Observation refers to it",
    "Questionnaire": "is read where a response refers to it",
    "FamilyMemberHistory": "is about a relative",
    "AllergyIntolerance": "an allergy is no finding of a network",
}


def read_fhir(
    network: Network,
    source: str | Path | Mapping[str, Any] | Sequence[Any],
    *,
    at: date | str | None = None,
    window: str | Duration = WINDOW,
    every: bool = False,
    patient: str | None = None,
) -> Record:
    """Read findings from a patient's record.

    Parameters
    ----------
    network : Network
        Its variables' codes say what is looked for.
    source : str, Path, mapping or list
        The path of a file: a Bundle, one resource, or a resource a line (NDJSON), gzip or not; or
        the same as values.
    at : date or str, optional
        The day at which the person is looked at, as "2026-05-01"; default today.
    window : str
        How long before that day a result counts.
    every : bool
        All readings within the window, as repeated readings of one quantity; default the latest.
    patient : str, optional
        Id of the patient, where the file holds several.

    Raises
    ------
    UnreadableFile
        No FHIR in JSON, too large, or a bundle that is no such collection.
    InvalidFinding
        Several patients, no date, no stretch of time.
    UnknownName
        No such patient.
    """
    if isinstance(source, str | Path):
        return read_text_of(
            network, read_text(source), str(source), at=at, window=window, every=every, patient=patient
        )  # fmt: skip
    return _read(network, from_values(source), at, window, every, patient)


def read_text_of(
    network: Network,
    text: str,
    name: str,
    *,
    at: date | str | None = None,
    window: str | Duration = WINDOW,
    every: bool = False,
    patient: str | None = None,
) -> Record:
    """The same from the text of a file; ``name`` stands in errors."""
    return _read(network, read_file(text, name), at, window, every, patient)


def _read(
    network: Network,
    file: File,
    at: date | str | None,
    window: str | Duration,
    every: bool,
    asked: str | None,
) -> Record:
    length = _window(window)
    asking = Asking(
        network, Codes.of(network), file, subject_of(file, asked), _day(at), length.days
    )
    combined = Combined(asking, every)
    claims: dict[str, list[Claim]] = {}
    unclear = {id(entry) for entry in file.twins()}
    for entry in file.entries:
        for said in _said(asking, entry, unclear):
            if isinstance(said, Claim):
                claims.setdefault(said.variable, []).append(said)
            else:
                combined.unused.append(said)
    for name, told in claims.items():
        combined.add(network.variable(name), told)
    combined.unused += [Unused(label, "", "holds no resource that is read") for label in file.odd]
    order = {name: n for n, name in enumerate((*network.variables, *network.flags))}
    findings = dict(sorted(combined.findings.items(), key=lambda pair: order[pair[0]]))
    origins = sorted(combined.origins, key=lambda origin: order[origin.variable])
    return Record(findings, tuple(origins), tuple(combined.unused), str(asking.at), str(length))


def _said(asking: Asking, entry: BundleEntry, unclear: set[int]) -> Iterator[Claim | Unused]:
    reader = READERS.get(entry.kind)
    if reader is None or (entry.container is not None and entry.kind == "Patient"):
        if entry.container is None:
            reason = SUPPORT.get(entry.kind, "resources of this type are not read")
            yield Unused(entry.label, first_code(entry.get("code")), reason)
    elif id(entry) in unclear:
        yield Unused(entry.label, "", "stands in the file twice, with different content")
    else:
        yield from reader(asking, entry)


def _day(at: date | str | None) -> date:
    if at is None:
        return date.today()
    try:
        return at if isinstance(at, date) else date.fromisoformat(at)
    except ValueError:
        raise InvalidFinding(f"{at!r} is no date; write it as 2026-05-01") from None


def _window(window: str | Duration) -> Duration:
    try:
        return (
            window if isinstance(window, Duration) else duration(window, "how old a result may be")
        )
    except InvalidNetwork as error:
        raise InvalidFinding(str(error)) from None
