"""The rows of a BIF table: found in the text and placed by the states they name."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from etiograph.formats.names import escape, unescape
from etiograph.formats.tables import Declared, Head
from etiograph.formats.text import Source

# Possessive quantifiers: a match never goes back over the text.
_LABELLED = re.compile(r"\s*+\(([^();]*+)\)([^;(){}]*+);")
_UNLABELLED = re.compile(r"\s*+(table|default)(\s[^;(){}]*+);")
_PROPERTY = re.compile(r'\s*+property\b(?:[^;"]++|"[^"]*+")*+;')
_QUOTED_OR_BARE = re.compile(r'\s*+(?:"([^"]*+)"|([^\s",]++))\s*+')
_SPACE = re.compile(r"\s*+")


@dataclass(frozen=True, slots=True)
class TableText(Head):
    """The head of a table and where its body stands in the text."""

    start: int
    end: int
    escaped: bool


@dataclass(frozen=True, slots=True)
class RowText:
    position: int
    index: int
    """Row of the table; -1 for all of it (``table``), -2 for the rows not listed (``default``)."""
    values: str


class Rows:
    """Reads the rows of one block."""

    def __init__(self, source: Source, variables: Mapping[str, Declared], block: TableText) -> None:
        self.source = source
        self.variables = variables
        self.block = block
        shape = [len(variables[p].states) for p in block.parents]
        self.strides = [math.prod(shape[i + 1 :]) for i in range(len(shape))]
        spelt = escape if block.escaped else str
        self.offsets = [
            {spelt(state): i * stride for i, state in enumerate(variables[parent].states)}
            for parent, stride in zip(block.parents, self.strides, strict=True)
        ]

    def read(self) -> list[RowText]:
        """Every row of the block, in the order of the text."""
        block = self.block
        text, position, end = self.source.text, block.start, block.end
        place = self._place
        rows: list[RowText] = []
        while True:
            if match := _LABELLED.match(text, position, end):
                start = match.start(1)
                rows.append(RowText(start, place(match[1], start), match[2]))
            elif match := _UNLABELLED.match(text, position, end):
                rows.append(RowText(match.start(1), -1 if match[1] == "table" else -2, match[2]))
            elif row := self._quoted(position, end):
                rows.append(RowText(row[0], place(row[1], row[0]), row[2]))
                position = row[3]
                continue
            elif not (match := _PROPERTY.match(text, position, end)):
                break
            position = match.end()
        rest = _SPACE.match(text, position, end)
        position = rest.end() if rest else position
        if position < end:
            found = text[position:end].split("\n")[0][:40].rstrip()
            message = (
                f"table of '{block.child}': expected '(states) numbers;', 'table numbers;' or "
                f"'default numbers;', found '{found}'"
            )
            raise self.source.unreadable(position, message)
        return rows

    def _quoted(self, position: int, end: int) -> tuple[int, str, str, int] | None:
        """A row whose labels hold brackets or semicolons in quotes: start, labels, numbers, end."""
        text = self.source.text
        space = _SPACE.match(text, position, end)
        position = space.end() if space else position
        if not text.startswith("(", position):
            return None
        start = position + 1
        close = start
        while text[close] != ")":
            close = text.find('"', close + 1, end) if text[close] == '"' else close
            close += 1
            if close <= 0 or close >= end:
                return None
        stop = text.find(";", close, end)
        return None if stop < 0 else (start, text[start:close], text[close + 1 : stop], stop + 1)

    def _place(self, labels: str, position: int) -> int:
        """The row of the table that some labels name."""
        words = labels.split(",") if '"' not in labels else self._unquoted(labels, position)
        if len(words) != len(self.offsets):
            # As the format was published, a comma is white space.
            words = labels.replace(",", " ").split() if '"' not in labels else words
        if len(words) != len(self.offsets):
            message = (
                f"table of '{self.block.child}': this row names {len(words)} state(s); "
                f"expected {len(self.offsets)}, one for each parent"
            )
            raise self.source.invalid(position, message)
        try:
            return sum([table[w.strip()] for table, w in zip(self.offsets, words, strict=True)])
        except KeyError:
            return self._place_with_care(words, position)

    def _place_with_care(self, words: list[str], position: int) -> int:
        block = self.block
        index = 0
        for parent, stride, word in zip(block.parents, self.strides, words, strict=True):
            states = self.variables[parent].states
            name = word.strip()
            if block.escaped:
                try:
                    name = unescape(name)
                except (ValueError, OverflowError):
                    message = f"'{name}' escapes no Unicode character"
                    raise self.source.unreadable(position, message) from None
            name = unicodedata.normalize("NFC", name)
            if name not in states:
                raise self.source.unknown(position, name, f"state of '{parent}'", states)
            index += stride * states.index(name)
        return index

    def _unquoted(self, labels: str, position: int) -> list[str]:
        words: list[str] = []
        at = 0
        while True:
            match = _QUOTED_OR_BARE.match(labels, at)
            if not match:
                raise self.source.unreadable(position, f"unreadable states '{labels[:40]}'")
            words.append(match[2] if match[1] is None else match[1])
            at = match.end()
            if at == len(labels):
                break
            at += labels.startswith(",", at)
        return words
