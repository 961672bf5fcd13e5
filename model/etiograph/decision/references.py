"""Sources by id, as somebody who does not know the ids needs them: author, year, what was asked, where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Evidence = Mapping[str, Mapping[str, str]]
"""Rows of an evidence table by id."""


@dataclass(frozen=True, slots=True)
class Reference:
    """One source: its id, first author and year, what was asked of whom, and where it can be read."""

    id: str
    who: str = ""
    what: str = ""
    address: str = ""

    def line(self) -> str:
        """The source in one line, without the address."""
        return f"{self.id}: {'. '.join(filter(None, (self.who, self.what)))}".rstrip(": ")


def references(ids: Iterable[str], evidence: Evidence) -> tuple[Reference, ...]:
    """The sources of these ids, each once; ids without a row are left out.

    Parameters
    ----------
    ids : iterable of str
    evidence : mapping of str to row
        See :func:`etiograph.curation.published.read_evidence`.
    """
    known = (each for each in dict.fromkeys(ids) if each in evidence)
    return tuple(_reference(each, evidence[each]) for each in known)


def _reference(name: str, row: Mapping[str, str]) -> Reference:
    who = " ".join(filter(None, (row.get("first_author"), row.get("year"))))
    what = "; ".join(filter(None, (row.get("quantity"), row.get("population"))))
    return Reference(name, who, what, address(row))


def address(row: Mapping[str, str]) -> str:
    """Where a source can be read: its DOI, its place in PubMed, or the page that was read."""
    number, read = row.get("doi_or_pmid") or "", row.get("url_read") or ""
    if number.startswith("10.") and " " not in number:
        return f"https://doi.org/{number}"
    if number.isdigit():
        return f"https://pubmed.ncbi.nlm.nih.gov/{number}/"
    return read if read.startswith(("https://", "http://")) else ""
