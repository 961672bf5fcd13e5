"""Findings from patients' records in FHIR R4, read from JSON and offline.

Every finding says which resource it came from, and everything else is listed with the reason it was not
used; nothing is guessed. docs/fhir.md says what is read.
"""

from etiograph.findings.fhir.bundle import sniff
from etiograph.findings.fhir.read import read_fhir, read_text_of
from etiograph.findings.fhir.record import Origin, Record, Unused

__all__ = ["Origin", "Record", "Unused", "read_fhir", "read_text_of", "sniff"]
