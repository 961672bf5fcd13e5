"""TOML text to plain values, and the line each value stands on.

`tomllib` gives values without places, so when something is wrong with a value the text is gone through
once more (:func:`key_lines`) to say where. That walk trusts the text to be TOML: `tomllib` has read it.
"""

from __future__ import annotations

import re
import tomllib
from typing import Any

from etiograph.errors import UnreadableFile

Path = tuple[str | int, ...]

MAX_DEPTH = 32
"""Deepest nesting, and longest dotted key, that is read."""

_AT_LINE = re.compile(r"^(.*) \(at (?:line (\d+), column \d+|end of document)\)$", re.DOTALL)
_DOTTED = re.compile(
    r"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){32}""", re.ASCII
)
_BLANK = re.compile(r"(?:[ \t\r\n]++|#[^\n]*+)*+")
_BARE = re.compile(r"[A-Za-z0-9_-]++")
_SCALAR = re.compile(r"[^,\]}#\n]++")


def read_toml(text: str, name: str) -> dict[str, Any]:
    """The values in TOML text.

    Raises
    ------
    UnreadableFile
        With the line, if the text is no TOML or is nested too deep.
    """
    for number, line in enumerate(text.split("\n"), 1):
        # tomllib takes quadratic time over a long dotted key.
        if line.count(".") > MAX_DEPTH and _DOTTED.search(line):
            raise UnreadableFile(f"a key of more than {MAX_DEPTH} parts", path=name, line=number)
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise UnreadableFile("values nested too deep", path=name) from None
    except tomllib.TOMLDecodeError as error:
        match = _AT_LINE.match(str(error))
        last = text.rstrip().count("\n") + 1
        if not match:
            raise UnreadableFile(f"no TOML: {error}", path=name) from error
        line_number = int(match[2]) if match[2] else last
        raise UnreadableFile(f"no TOML: {match[1]}", path=name, line=line_number) from error
    except (ValueError, OverflowError) as error:
        # A number of thousands of digits, or an impossible date.
        raise UnreadableFile(f"no TOML: {error}", path=name) from error


def line_of(lines: dict[Path, int], path: Path) -> int | None:
    """The line of the value at a path, or of the nearest thing around it that has one."""
    for end in range(len(path), 0, -1):
        if path[:end] in lines:
            return lines[path[:end]]
    return None


def key_lines(text: str) -> dict[Path, int]:
    """The line of every key and array item of a TOML text, by its path; in linear time.

    >>> key_lines("[a]\\nb = 1\\n[[c.d]]\\ne = [\\n 1,\\n {f = 2}]")[("c", "d", 0, "e", 1, "f")]
    6
    """
    return _Walk(text).lines


class _Walk:
    def __init__(self, text: str) -> None:
        self.text = text
        self.lines: dict[Path, int] = {}
        self.counts: dict[Path, int] = {}
        self.position = 0
        self.line = 1
        self.counted = 0
        self.document()

    def here(self) -> int:
        self.line += self.text.count("\n", self.counted, self.position)
        self.counted = self.position
        return self.line

    def blank(self) -> str:
        """Skip space, newlines and comments; the next character."""
        match = _BLANK.match(self.text, self.position)
        self.position = match.end() if match else self.position
        return self.text[self.position : self.position + 1]

    def mark(self, path: Path) -> None:
        self.lines.setdefault(path, self.here())

    def document(self) -> None:
        table: Path = ()
        while char := self.blank():
            if char == "[":
                many = self.text.startswith("[[", self.position)
                start = self.position
                self.position += 1 + many
                table = self.header(self.key(), many, start)
                self.position = self.text.find("]", self.position) + 1 + many
            else:
                self.pair(table)

    def header(self, parts: list[str], many: bool, start: int) -> Path:
        """The path a table header opens; the last item of each array of tables on the way."""
        end, self.position = self.position, start
        path: Path = ()
        for i, part in enumerate(parts):
            path = (*path, part)
            self.mark(path)
            if many and i == len(parts) - 1:
                self.counts[path] = self.counts.get(path, -1) + 1
            if path in self.counts:
                path = (*path, self.counts[path])
                self.mark(path)
        self.position = end
        return path

    def pair(self, table: Path) -> None:
        path = table
        start = self.position
        parts = self.key()
        end, self.position = self.position, start
        for part in parts:
            path = (*path, part)
            self.mark(path)
        self.position = self.text.find("=", end) + 1
        if not self.position:
            self.position = len(self.text)
            return
        self.value(path)

    def key(self) -> list[str]:
        parts: list[str] = []
        while True:
            char = self.blank()
            if char and char in "\"'":
                parts.append(self.string())
            elif match := _BARE.match(self.text, self.position):
                parts.append(match[0])
                self.position = match.end()
            if self.blank() != ".":
                return parts
            self.position += 1

    def value(self, path: Path) -> None:
        char = self.blank()
        if char and char in "\"'":
            self.string()
        elif char == "[":
            self.position += 1
            item = 0
            while (char := self.blank()) and char != "]":
                if char == ",":
                    self.position += 1
                    continue
                self.mark((*path, item))
                self.value((*path, item))
                item += 1
            self.position += 1
        elif char == "{":
            self.position += 1
            while (char := self.blank()) and char != "}":
                if char == ",":
                    self.position += 1
                else:
                    self.pair(path)
            self.position += 1
        else:
            match = _SCALAR.match(self.text, self.position)
            self.position = match.end() if match else self.position + 1

    def string(self) -> str:
        """Skip a string; its text, with escapes decoded."""
        text, start = self.text, self.position
        quote = text[start]
        fence = quote * 3 if text.startswith(quote * 3, start) else quote
        position = start + len(fence)
        while True:
            end = text.find(fence, position)
            if end < 0:
                self.position = len(text)
                return text[start:]
            if quote == "'":
                break
            # An escaped quote has an odd number of backslashes before it.
            back = end
            while back > position and text[back - 1] == "\\":
                back -= 1
            if (end - back) % 2 == 0:
                break
            position = end + 1
        end += len(fence)
        while len(fence) == 3 and text.startswith(quote, end):  # """a"""" ends in a quote
            end += 1
        self.position = end
        raw = text[start:end]
        if "\\" not in raw or quote == "'":
            return raw[len(fence) : -len(fence)]
        return str(tomllib.loads(f"s = {raw}")["s"])
