"""The resources of a FHIR file, how they refer to one another, and whose they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from etiograph.errors import InvalidFinding, UnknownName, UnreadableFile
from etiograph.findings.fhir.record import shown
from etiograph.formats.strict_json import parse_json

READ = ("collection", "searchset", "transaction", "batch", "document", "message")
ANSWERS = ("batch-response", "transaction-response")
VOID = ("entered-in-error", "cancelled")
_SHALLOW = 4
"""Bundles within bundles."""


@dataclass(frozen=True, slots=True, eq=False)
class BundleEntry:
    """A resource of a file.

    Attributes
    ----------
    resource : mapping
    kind : str
        Its type.
    url : str
        What the bundle says its address is; "".
    label : str
        What it is called in messages: type and id, or its place.
    container : BundleEntry or None
        The resource that it stands in.
    """

    resource: Mapping[str, Any]
    kind: str
    url: str
    label: str
    container: BundleEntry | None = None

    @property
    def base(self) -> str:
        """The server it comes from, "" if that is not known."""
        url = self.container.url if self.container else self.url
        if not url.startswith(("http://", "https://")) or url.count("/") < 4:
            return ""
        return url.rsplit("/", 2)[0] + "/"

    @property
    def owner(self) -> Any:
        """Whose it says it is: a reference, or None."""
        stated = self.get("subject")
        return self.get("patient") if stated is None else stated

    def get(self, key: str) -> Any:
        """A part of the resource, or None."""
        return self.resource.get(key)

    def listed(self, key: str) -> list[Mapping[str, Any]]:
        """The objects of a part that is a list."""
        return objects(self.resource.get(key))


def objects(value: object) -> list[Mapping[str, Any]]:
    """The objects of a list; none if it is no list."""
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def sniff(text: str) -> bool:
    """Whether a text looks like FHIR in JSON: a resource, or one on each line."""
    start = text.lstrip("\ufeff \t\r\n")
    return start.startswith("{") and '"resourceType"' in text


def read_file(text: str, name: str) -> File:
    """The resources of a bundle, of a single resource, or of a resource on each line.

    Raises
    ------
    UnreadableFile
        No JSON or no FHIR; a bundle of another kind.
    """
    lines = [(n, line.strip()) for n, line in enumerate(text.split("\n"), 1) if line.strip()]
    several = len(lines) > 1 and all(t.startswith("{") and t.endswith("}") for _, t in lines)
    if several:
        values = [parse_json(t, name, number=Decimal, first=n) for n, t in lines]
    else:
        values = [parse_json(text, name, number=Decimal)]
    return File.of(values, name)


def from_values(value: object, name: str = "<bundle>") -> File:
    """The same from values that were read elsewhere: a mapping, or a list of resources."""
    return File.of(value if isinstance(value, list | tuple) else [value], name)


@dataclass(slots=True, eq=False)
class File:
    """All resources of a file.

    Attributes
    ----------
    entries : list of BundleEntry
        Those that stand in the file itself and, after each, those it contains.
    odd : list of str
        Entries that hold no resource.
    """

    entries: list[BundleEntry] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)
    by_url: dict[str, list[BundleEntry]] = field(default_factory=dict)
    by_name: dict[str, list[BundleEntry]] = field(default_factory=dict)
    inside: dict[int, dict[str, BundleEntry]] = field(default_factory=dict)
    _void: dict[int, BundleEntry] | None = None
    _numbers: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, values: Any, name: str) -> File:
        """Collect the resources.

        Raises
        ------
        UnreadableFile
        """
        file = cls()
        for value in values:
            if not isinstance(value, Mapping) or not isinstance(value.get("resourceType"), str):
                raise UnreadableFile("no FHIR: an object with 'resourceType' was expected", name)
            file._take(value, "", name, 0)
        return file

    def _take(self, value: Mapping[str, Any], url: str, name: str, depth: int) -> None:
        if value["resourceType"] != "Bundle":
            self._add(value, url)
            return
        kind = value.get("type")
        if kind not in (*READ, *ANSWERS):
            raise UnreadableFile(
                f"a bundle of type {shown(kind)!r} is not read; read are {', '.join(READ)}", name
            )
        if depth > _SHALLOW or "implicitRules" in value:
            why = "nested too deep" if depth > _SHALLOW else "with rules of its own (implicitRules)"
            raise UnreadableFile(f"a bundle {why} is not read", name)
        for n, entry in enumerate(objects(value.get("entry")), 1):
            resource = entry.get("resource")
            if not isinstance(resource, Mapping) or not isinstance(
                resource.get("resourceType"), str
            ):
                self.odd.append(f"entry {n}")
            elif _withdrawn(entry):
                self.odd.append(f"entry {n} (a request to take it away)")
            elif "modifierExtension" in entry:
                self.odd.append(f"entry {n} (with an extension that changes its meaning)")
            else:
                own = entry.get("fullUrl")
                self._take(resource, own if isinstance(own, str) else "", name, depth + 1)

    def _add(self, value: Mapping[str, Any], url: str) -> None:
        kind, own = str(value["resourceType"]), value.get("id")
        self._numbers[kind] = self._numbers.get(kind, 0) + 1
        label = (
            f"{kind}/{own}" if isinstance(own, str) else f"{kind} (number {self._numbers[kind]})"
        )
        entry = BundleEntry(value, shown(kind), _unversioned(url), shown(label))
        self.entries.append(entry)
        self.by_url.setdefault(entry.url, []).append(entry)
        if isinstance(own, str):
            self.by_name.setdefault(f"{kind}/{own}", []).append(entry)
        for part in entry.listed("contained"):
            if isinstance(part.get("resourceType"), str):
                within = BundleEntry(
                    part, shown(part["resourceType"]), "",
                    shown(f"{part['resourceType']}/#{part.get('id')} in {label}"), entry,
                )  # fmt: skip
                self.entries.append(within)
                self.inside.setdefault(id(entry), {})[str(part.get("id"))] = within

    def resolve(self, reference: object, frm: BundleEntry) -> BundleEntry | None:
        """The resource that a reference means, None if it is not in the file or not sure."""
        text = reference.get("reference") if isinstance(reference, Mapping) else None
        if not isinstance(text, str) or not text:
            return None
        if text.startswith("#"):
            around = frm.container or frm
            return self.inside.get(id(around), {}).get(text[1:])
        text = _unversioned(text)
        if text.startswith(("http://", "https://", "urn:")):
            found = self.by_url.get(text, [])
            if not found:  # resources that do not say where they are from
                tail = "/".join(text.split("/")[-2:])
                found = [each for each in self.by_name.get(tail, []) if not each.url]
        else:
            found = self.by_url.get(frm.base + text, []) if frm.base else []
            if not found:
                found = [e for e in self.by_name.get(text, []) if not (frm.base and e.base)]
        return found[0] if found and all(_same(found[0], each) for each in found) else None

    def twins(self) -> Iterator[BundleEntry]:
        """Resources of one type and id that do not say the same: no one knows which holds."""
        for entries in self.by_name.values():
            servers: dict[str, list[BundleEntry]] = {}
            for entry in entries:
                servers.setdefault(entry.base, []).append(entry)
            for alike in servers.values():
                if not all(_same(alike[0], other) for other in alike):
                    yield from alike

    def void(self) -> dict[int, BundleEntry]:
        """By the id() of a result: the report it belongs to, where that was taken back."""
        if self._void is None:
            self._void = {
                id(target): report
                for report in self.entries
                if report.kind == "DiagnosticReport" and report.get("status") in VOID
                for reference in report.listed("result")
                if (target := self.resolve(reference, report)) is not None
            }
        return self._void


def _withdrawn(entry: Mapping[str, Any]) -> bool:
    """Whether an entry of a transaction does something else than to write its resource."""
    request = entry.get("request")
    return isinstance(request, Mapping) and request.get("method") in ("DELETE", "PATCH", "GET")


def _same(a: BundleEntry, b: BundleEntry) -> bool:
    return a is b or a.resource == b.resource


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """Whose record it is: a Patient of the file, or only the reference that all resources share."""

    file: File
    entry: BundleEntry | None
    reference: str

    def refusal(self, entry: BundleEntry) -> str | None:
        """Why a resource is not of this person; None if it is."""
        stated = entry.owner
        if stated is None and entry.container is not None:
            return self.refusal(entry.container)
        if not isinstance(stated, Mapping):
            return "does not say whose it is"
        text = stated.get("reference")
        if self.entry is None:
            same = isinstance(text, str) and _unversioned(text) == self.reference
            return None if same else "of another person"
        target = self.file.resolve(stated, entry)
        if target is not None:
            return None if _same(target, self.entry) else "of another person"
        if text is None and isinstance(stated.get("identifier"), Mapping):
            asked = _identity(stated["identifier"])
            if asked and asked in map(_identity, self.entry.listed("identifier")):
                return None
        return "of another person, or of one who is not in the file"


def _unversioned(reference: str) -> str:
    """An address without the version of the resource that it may name."""
    return reference.partition("/_history/")[0]


def _identity(identifier: Mapping[str, Any]) -> tuple[str, str] | None:
    system, value = identifier.get("system"), identifier.get("value")
    if isinstance(system, str) and isinstance(value, str) and system and value:
        return system, value
    return None


def subject_of(file: File, asked: str | None = None) -> Subject:
    """Whose record a file is.

    Parameters
    ----------
    file : File
    asked : str, optional
        Id or address of the patient, where there are several.

    Raises
    ------
    InvalidFinding
        Several persons, and none is asked for.
    UnknownName
        The one asked for is not in the file.
    """
    known: dict[tuple[str, str], BundleEntry] = {}
    for entry in file.entries:
        if entry.kind == "Patient":
            own = entry.get("id")
            where = entry.container.label if entry.container else entry.base
            key = (where, own) if isinstance(own, str) else (entry.label, entry.url)
            known.setdefault(key, entry)
    patients = list(known.values())
    names = [str(each.get("id") or each.url or each.label) for each in patients]
    references: list[str] = []
    if not patients:
        for entry in file.entries:
            stated = entry.owner
            text = stated.get("reference") if isinstance(stated, Mapping) else None
            if isinstance(text, str):
                references.append(_unversioned(text))
        names = list(dict.fromkeys(references))
    if asked is not None:
        found = [
            n
            for n, name in enumerate(names)
            if asked in (name, f"Patient/{name}")
            or (patients and asked == patients[n].url)
            or name == f"Patient/{asked}"
        ]
        if len(found) != 1:
            raise UnknownName(asked, "patient of the file", names)
        names, patients = [names[found[0]]], patients and [patients[found[0]]]
    if len(names) > 1:
        listed = ", ".join(map(shown, names[:5])) + (", ..." if len(names) > 5 else "")
        raise InvalidFinding(f"the file holds {len(names)} patients ({listed}): say which")
    if patients:
        return Subject(file, patients[0], "")
    return Subject(file, None, names[0] if names else "")
