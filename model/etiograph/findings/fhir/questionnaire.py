"""QuestionnaireResponses: answers to items whose code the network knows.

An item's code stands in the Questionnaire, which must be in the file; or its ``linkId`` is the code
itself, ``urn:etiograph:NETWORK|VARIABLE``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from etiograph.findings.fhir.bundle import BundleEntry, objects
from etiograph.findings.fhir.claim import Asking, Claim
from etiograph.findings.fhir.codes import OWN, Named, concept
from etiograph.findings.fhir.observation import NotUsed, claims
from etiograph.findings.fhir.record import Unused, shown
from etiograph.findings.fhir.when import when

FINISHED = ("completed", "amended")


def read(asking: Asking, entry: BundleEntry) -> Iterator[Claim | Unused]:
    """What the answers say."""
    asked = _questions(asking, entry)
    for item in _items(entry.listed("item")):
        answers = objects(item.get("answer"))
        if not answers:
            continue
        link = str(item.get("linkId"))
        named = _named(asking, link, asked)
        label = f"{entry.label}, item {shown(link)}"
        if named.coded is None:
            yield Unused(label, named.text, named.why)
            continue
        try:
            if why := _unusable(asking, entry):
                raise NotUsed(why)
            if len(answers) > 1:
                raise NotUsed("has several answers")
            at = when(entry.get("authored"))
            yield from claims(asking, entry, answers[0], named.coded, named.text, at)
        except NotUsed as why:
            yield Unused(label, named.text, str(why))


def _unusable(asking: Asking, entry: BundleEntry) -> str | None:
    if why := asking.untouchable(entry):
        return why
    if entry.get("status") not in FINISHED:
        return f"has the status {shown(entry.get('status'))!r}"
    return asking.stale(when(entry.get("authored")))


def _items(items: list[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Every item, those within items and within answers, too."""
    for item in items:
        yield item
        yield from _items(objects(item.get("item")))
        for answer in objects(item.get("answer")):
            yield from _items(objects(answer.get("item")))


def _questions(asking: Asking, entry: BundleEntry) -> dict[str, Any]:
    """The codes of each linkId, from the Questionnaire if the file has it."""
    address = entry.get("questionnaire")
    if not isinstance(address, str):
        return {}
    found = (
        asking.file.resolve({"reference": address}, entry)
        if address.startswith("#")
        else next(
            (
                each
                for each in asking.file.entries
                if each.kind == "Questionnaire"
                and str(each.get("url")) in (address, address.partition("|")[0])
            ),
            None,
        )
    )
    if found is None:
        return {}
    return {str(i.get("linkId")): i.get("code") for i in _items(found.listed("item"))}


def _named(asking: Asking, link: str, asked: Mapping[str, Any]) -> Named:
    if link.startswith(OWN):
        system, _, code = link.partition("|")
        return concept(asking.codes, {"coding": [{"system": system, "code": code}]})
    if asked.get(link):
        return concept(asking.codes, {"coding": asked[link]})
    return Named(
        "", None, "is an item without a code: the Questionnaire is not in the file or has none"
    )
