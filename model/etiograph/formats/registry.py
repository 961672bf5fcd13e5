"""The formats of network files: how each is told by its content, what reads and what writes it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import import_module
from pathlib import PurePath
from typing import TYPE_CHECKING

from etiograph.errors import UnknownName, UnreadableFile

if TYPE_CHECKING:
    from etiograph.network.network import Network

# Comments of any format and white space before what tells it.
_BEFORE = (
    r"(?:\s++|//[^\n]*+|%[^\n]*+|#[^\n]*+|/\*(?:[^*]++|\*(?!/))*+\*/|<!--(?:[^-]++|-(?!->))*+-->)*+"
)
_HEAD = 20_000
"""Characters looked at where the first word does not tell."""


@dataclass(frozen=True, slots=True)
class Format:
    """One format of network files.

    Attributes
    ----------
    name : str
        As its users call it.
    suffixes : tuple of str
        The first is the usual one.
    opening : str
        Pattern that the content starts with, after comments.
    anywhere : str
        Pattern near the start of a line that tells the format where the opening does not; "" = none.
    reader, writer : str
        ``module:function`` of ``(text, name) -> Network`` and ``(network) -> text``; "" = there is none.
    """

    name: str
    suffixes: tuple[str, ...]
    opening: str
    anywhere: str = ""
    reader: str = ""
    writer: str = ""

    def sniff(self, text: str, starts: tuple[int, ...]) -> bool:
        """Whether a text is of this format, by what stands where it starts, or else near there."""
        opening = re.compile(self.opening)
        if any(opening.match(text, start) for start in starts):
            return True
        return bool(self.anywhere and re.search(self.anywhere, text[:_HEAD], re.MULTILINE))

    def read(self, text: str, name: str) -> Network:
        """The network in a text.

        Raises
        ------
        UnreadableFile
            Also where the format is known and cannot be read.
        """
        if not self.reader:
            raise UnreadableFile(
                f"this is a file of the format {self.name}, which is not read; readable are: "
                + ", ".join(f.name for f in FORMATS if f.reader and f.suffixes),
                path=name,
                line=1,
            )
        network: Network = _function(self.reader)(text, name)
        return network

    def write(self, network: Network) -> str:
        """The network as text."""
        text: str = _function(self.writer)(network)
        return text


def _function(place: str):  # type: ignore[no-untyped-def]
    module, _, name = place.partition(":")
    return getattr(import_module(f"etiograph.formats.{module}"), name)


def _starts(text: str) -> tuple[int, ...]:
    """Where the content starts: after comments, and after the declaration of XML and more comments."""
    before = re.compile(_BEFORE)
    first = _end(before, text, 0)
    declared = _end(re.compile(r"(?:<\?xml[^>]*+>)?+"), text, first)
    return (first,) if declared == first else (first, _end(before, text, declared))


def _end(pattern: re.Pattern[str], text: str, start: int) -> int:
    """Where what a pattern matches, if only nothing, ends."""
    found = pattern.match(text, start)
    assert found is not None
    return found.end()


def _xml(root: str) -> str:
    return rf"<(?:!DOCTYPE\s++)?{root}\b"


FORMATS = (
    Format(
        "XMLBIF",
        (".xmlbif", ".bifxml"),
        _xml("BIF"),
        "",
        "xmlbif:loads_xmlbif",
        "xmlbif:dumps_xmlbif",
    ),
    Format("GeNIe XDSL", (".xdsl",), _xml("smile"), "", "xdsl:loads_xdsl", "xdsl:dumps_xdsl"),
    Format("PGMX", (".pgmx",), _xml("ProbModelXML"), "", "pgmx:loads_pgmx"),
    Format("MSBN XBN", (".xbn",), _xml("ANALYSISNOTEBOOK")),
    Format("other XML", (), r"<", "", "xml:loads_unknown"),
    Format("UAI", (".uai",), r"(?:BAYES|MARKOV)\s", "", "uai:loads_uai", "uai:dumps_uai"),
    Format(
        "Hugin NET",
        (".net", ".hugin", ".oobn"),
        r"(?:net|class\s++\w++)\s*+\{",
        "",
        "net:loads_net",
        "net:dumps_net",
    ),
    Format("GeNIe DSL", (".dsl",), r"net\s++\w++\s*+\{"),
    Format(
        "Netica DNE", (".dne", ".dnet"), r"bnet\s++\S++\s*+\{", "", "dne:loads_dne", "dne:dumps_dne"
    ),
    Format("MSBN DSC", (".dsc",), r"belief\s++network\b"),
    Format("JSON", (".json",), r"\{", "", "json_file:loads_json", "json_file:dumps_json"),
    Format(
        "BIF",
        (".bif",),
        r"(?:network|variable|probability)\s(?!\s*=)",
        r"^[ \t]*+(?:network\b[^{}\n=]{0,200}\{|variable\s++[^\s{}=]++\s*+\{|probability\s*+\()",
        "bif.read:loads_bif",
        "bif.write:dumps_bif",
    ),
    Format(
        "model file (TOML)",
        (".toml",),
        r"format\s*+=",
        r"^[ \t]*+(?:\[{1,2}[^\[\]\n]++\]{1,2}[ \t]*+(?:#|$)|[\w.\"'-]++[ \t]*+=)",
        "native.model_file:loads_native",
        "native.model_file:dumps_native",
    ),
)
"""Looked through in this order: what opens with a word of its own first."""

BY_SUFFIX = {suffix: each for each in FORMATS for suffix in each.suffixes}


def readable() -> tuple[str, ...]:
    """The extensions of files that are read, ``.gz`` among them, for a dialogue that opens one."""
    return (*(suffix for suffix, each in BY_SUFFIX.items() if each.reader), ".gz")


def suffix_of(path: str | PurePath) -> str:
    """The extension that says the format, in lower case; ``.gz`` is looked through."""
    path = PurePath(path)
    if path.suffix.lower() == ".gz":
        path = path.with_suffix("")
    return path.suffix.lower()


def sniffed(text: str, name: str) -> Format:
    """The format of a text: by its content, and where that does not tell by the extension.

    Raises
    ------
    UnreadableFile
        Neither tells.
    """
    starts = _starts(text)
    for each in FORMATS:
        if each.sniff(text, starts):
            return each
    hinted = BY_SUFFIX.get(suffix_of(name))
    if hinted is not None:
        return hinted
    found = " ".join(text[:200].split())[:40]
    kinds = ", ".join(each.name for each in FORMATS if each.reader and each.suffixes)
    raise UnreadableFile(
        f"of no format that is known, so no network file: it starts with {found!r}; readable are: {kinds}",
        name,
        1,
    )


class UnwritableFormat(UnknownName):
    """A format that no network is written in; ``read_as`` names it where it is one that is read."""

    def __init__(self, suffix: str, read_as: str = "") -> None:
        known = [suffix for suffix, each in BY_SUFFIX.items() if each.writer]
        super().__init__(suffix, "format of a network file", known)
        self.read_as = read_as
        self.args = (suffix, read_as)

    def __str__(self) -> str:
        # Extensions that are spelled alike have nothing to do with one another: all are listed.
        told = (
            f"{self.read_as} ({self.name}) is read and not written"
            if self.read_as
            else f"no format of a network file has the extension {str(self.name)[:200]!r}"
        )
        return f"{told}; written are: {', '.join(self.known)}"


def for_writing(path: str | PurePath) -> Format:
    """The format that the extension of a path asks for.

    Raises
    ------
    UnknownName
        No format that is written has this extension.
    """
    suffix = suffix_of(path)
    found = BY_SUFFIX.get(suffix)
    if found is None or not found.writer:
        raise UnwritableFormat(suffix or str(path), found.name if found else "")
    return found
