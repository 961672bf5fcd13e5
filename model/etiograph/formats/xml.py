"""XML from a file nobody has vouched for: no document type, no entity, no deep nesting, and lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from etiograph.errors import UnreadableFile
from etiograph.formats.text import Lined, Source

MAX_DEPTH = 32

# The document type that XMLBIF was published with: elements and attributes only, nothing that expands.
_HARMLESS = re.compile(
    r"<!DOCTYPE\s++[A-Za-z]++\s*+\[(?:\s++|<!--(?:[^-]++|-(?!->))*+-->"
    r"|<!(?:ELEMENT|ATTLIST)\b[^<>\[\]%&]*+>)*+\]\s*+>"
)
_REFUSED = re.compile(r"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_COMMENT = re.compile(r"<!--(?:[^-]++|-(?!->))*+-->")


@dataclass(slots=True)
class Element:
    """One element: its attributes, text, children and the line it starts on."""

    tag: str
    line: int
    attributes: dict[str, str]
    children: list[Element] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The text inside, comments left out."""
        return "".join(self.texts).strip()

    def all(self, *tags: str) -> Iterator[Element]:
        """The children of these tags."""
        return (each for each in self.children if each.tag in tags)

    def first(self, tag: str) -> Element | None:
        """The first child of a tag."""
        return next(self.all(tag), None)

    def text_of(self, tag: str) -> str:
        """The text of the first child of a tag; empty if there is none."""
        found = self.first(tag)
        return found.text if found is not None else ""

    def every(self, tag: str) -> Iterator[Element]:
        """All elements of a tag below this one."""
        for each in self.children:
            if each.tag == tag:
                yield each
            yield from each.every(tag)


def parsed(text: str, name: str) -> tuple[Element, Source]:
    """The root element of an XML text, and the source whose positions are lines.

    Raises
    ------
    UnreadableFile
        No well-formed XML, a document type or entity (refused before parsing; but for one that only
        lists elements, which is skipped), or elements nested too deep.
    """
    source = Lined(text, name)
    harmless = _HARMLESS.search(text)
    if harmless:
        blank = "\n" * harmless[0].count("\n")
        text = text[: harmless.start()] + blank + text[harmless.end() :]
    hidden = _COMMENT.sub(lambda m: " " * len(m[0]), text) if "<!--" in text else text
    refused = _REFUSED.search(hidden)
    if refused:
        line = text.count("\n", 0, refused.start()) + 1
        raise source.unreadable(line, "an XML document type or entity, which is not read")
    return _Builder(source).built(text), source


class _Builder:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.open: list[Element] = []
        self.root: Element | None = None
        self.parser = expat.ParserCreate("utf-8")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters
        self.parser.StartDoctypeDeclHandler = self.refuse
        self.parser.EntityDeclHandler = self.refuse

    def built(self, text: str) -> Element:
        try:
            self.parser.Parse(text.encode("utf-8", "surrogatepass"), True)
        except expat.ExpatError as error:
            said = expat.errors.messages.get(error.code, str(error))
            raise self.source.unreadable(error.lineno, f"no XML: {said}") from None
        if self.root is None:
            raise self.source.unreadable(1, "no XML: there is no element")
        return self.root

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        line = self.parser.CurrentLineNumber
        if len(self.open) >= MAX_DEPTH:
            raise UnreadableFile(f"elements nested deeper than {MAX_DEPTH}", self.source.name, line)
        element = Element(tag, line, attributes)
        if self.open:
            self.open[-1].children.append(element)
        else:
            self.root = element
        self.open.append(element)

    def end(self, tag: str) -> None:
        self.open.pop()

    def characters(self, data: str) -> None:
        self.open[-1].texts.append(data)

    def refuse(self, *_: object) -> None:
        line = self.parser.CurrentLineNumber
        raise self.source.unreadable(line, "an XML document type or entity, which is not read")


def loads_unknown(text: str, name: str) -> NoReturn:
    """Refuse XML that is no network of a kind that is known."""
    root, source = parsed(text, name)
    raise source.unreadable(root.line, f"XML of a kind that is not known: <{root.tag[:40]}>")


def tagged(tag: str, text: str) -> str:
    """An element that holds text."""
    return f"<{tag}>{escape(text)}</{tag}>"


def attribute(text: str) -> str:
    """A quoted attribute."""
    return quoteattr(text)
