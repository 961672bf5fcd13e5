"""Delimited text (CSV and its kin), read strictly: no cell is guessed at and no column shifted."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO, cast

from etiograph.errors import UnreadableFile
from etiograph.findings.columns import Columns, name_of, refuse_twins
from etiograph.findings.content import Source, size_of

SEPARATORS = (",", ";", "\t")
NO_SEPARATOR = "\0"
"""What separates the cells of a file of one column: it occurs in no text, so commas stay in cells."""
LONGEST_LINE = 1 << 24
"""Characters of a line; no table of cases has one as long, and a file of one line would fill memory."""
LONGEST_CELL = 131_072
"""Characters of a cell: the bound of Python's csv module, which is the whole process's to set."""
_GZIP = b"\x1f\x8b"


@dataclass(slots=True)
class _Lines:
    """The lines of a text file, checked as they are read."""

    file: io.TextIOBase
    source: Source
    encoding: str
    number: int = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        try:
            line = self.file.readline(LONGEST_LINE)
        except UnicodeError as error:
            byte = ""
            if isinstance(error, UnicodeDecodeError):
                byte = f": byte 0x{error.object[error.start]:02x}"
            raise UnreadableFile(
                f"not {self.encoding}{byte}. It may be Latin-1 or Windows-1252: save it as UTF-8, or "
                "name its encoding",
                str(self.source),
                _undecodable(self.source, self.encoding),
            ) from None
        except (EOFError, OSError, zlib.error) as error:
            raise UnreadableFile(f"it cannot be unpacked: {error}", str(self.source)) from None
        if not line:
            raise StopIteration
        self.number += 1
        if len(line) >= LONGEST_LINE:
            raise UnreadableFile(
                f"a line of over {LONGEST_LINE:,} characters", str(self.source), self.number
            )
        if "\0" in line:
            raise UnreadableFile(
                "not a table of text: it has zero bytes (a binary file, or UTF-16)",
                str(self.source),
                self.number,
            )
        return line


def read_delimited(
    path: Source,
    block: int,
    *,
    separator: str | None = None,
    encoding: str = "utf-8",
    known: Callable[[str], bool] = lambda name: False,
) -> Iterator[tuple[Columns, float]]:
    """Read a file of delimited text, gzipped or not, block by block.

    Parameters
    ----------
    path : Path or FileContent
    block : int
        Rows a block; the last, or that of a file of no rows, has less.
    separator : str, optional
        By default the one of comma, semicolon and tab that gives the header most names that are
        ``known``; of equals the first that the header holds.
    encoding : str
        UTF-8, with or without a byte-order mark, unless said otherwise.
    known : callable
        Whether a name is one that a column may have.

    Yields
    ------
    Columns
        Cells are text as it stands in the file. Rows longer or shorter than the header are ``broken``.
    float
        Share of the file that is read, 0 to 1.

    Raises
    ------
    UnreadableFile
        No text in that encoding, quotes that do not fit, no header.
    """
    size = max(size_of(path), 1)
    with path.open("rb") as raw:
        unpacked = gzip.GzipFile(fileobj=raw) if _is_gzip(raw) else raw
        file = _text(unpacked, str(path), encoding)
        lines = _Lines(file, path, encoding)
        try:
            first = next(lines, "")
            if not first.strip():
                raise UnreadableFile("it has no header", str(path), 1)
            sep = separator or _separator(first, known)
            rows = csv.reader(_after(first, lines), delimiter=sep, strict=True)
            header = tuple(name_of(name) for name in next(rows))
            refuse_twins(header)
            for columns in _blocks(rows, header, path.name, block):
                yield columns, min(raw.tell() / size, 1.0)
        except csv.Error as error:
            raise UnreadableFile(_plain(str(error)), str(path), max(lines.number, 1)) from None
        except TypeError:
            raise UnreadableFile(f"{separator!r} separates no cells: give one character") from None


def _undecodable(path: Source, encoding: str) -> int | None:
    """The first line that is not in an encoding; the text is decoded in pieces, not line by line."""
    with path.open("rb") as raw, suppress(EOFError, OSError, zlib.error):
        binary = gzip.GzipFile(fileobj=raw) if _is_gzip(raw) else raw
        for number, line in enumerate(iter(partial(binary.readline, LONGEST_LINE), b""), 1):
            try:
                line.decode(encoding)
            except UnicodeError:
                return number
    return None


def _is_gzip(raw: io.BufferedReader) -> bool:
    return raw.peek(2)[:2] == _GZIP


def _text(binary: io.BufferedIOBase, path: str, encoding: str) -> io.TextIOBase:
    """The text of a file; the marks of UTF-16 are looked for, as its bytes may pass for another's."""
    try:
        name = codecs.lookup(encoding).name
        start = binary.peek(4)[:4]  # type: ignore[attr-defined]
    except (LookupError, ValueError):  # a name that no encoding could have
        raise UnreadableFile(f"no encoding is called {encoding!r}", path) from None
    except (EOFError, OSError, zlib.error) as error:
        raise UnreadableFile(f"it cannot be unpacked: {error}", path) from None
    if name == "utf-8":
        for mark, found in (
            (codecs.BOM_UTF32_LE, "UTF-32"),
            (codecs.BOM_UTF16_LE, "UTF-16"),
            (codecs.BOM_UTF16_BE, "UTF-16"),
        ):
            if start.startswith(mark):
                raise UnreadableFile(f"it is {found}, not UTF-8: save it as UTF-8", path)
        name = "utf-8-sig"
    try:
        return io.TextIOWrapper(cast(BinaryIO, binary), encoding=name, newline="")
    except LookupError:  # such as base64
        raise UnreadableFile(f"{encoding!r} is no encoding of text", path) from None


def _after(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def _separator(header: str, known: Callable[[str], bool]) -> str:
    """The separator of a header line."""

    def cells(sep: str) -> list[str]:
        try:
            return next(csv.reader([header], delimiter=sep))
        except csv.Error:
            return []

    split = {sep: cells(sep) for sep in SEPARATORS}

    def fit(sep: str) -> tuple[int, bool]:
        return sum(known(name_of(cell)) for cell in split[sep]), len(split[sep]) > 1

    best = max(SEPARATORS, key=fit)  # of equals the first
    return best if len(split[best]) > 1 else NO_SEPARATOR


def _blocks(
    rows: Iterator[list[str]], header: tuple[str, ...], file: str, block: int
) -> Iterator[Columns]:
    """Rows gathered into blocks; at least one, so that a file of no rows has its header."""
    wide, before, started = len(header), 0, rows.line_num  # type: ignore[attr-defined]
    taken: list[list[str]] = []
    lines: list[int] = []
    broken: dict[int, str] = {}
    blank: list[int] = []
    for row in rows:
        line, started = started + 1, rows.line_num  # type: ignore[attr-defined]
        if not row and wide > 1:  # at the end of a file blank lines are no rows
            blank.append(line)
            continue
        for earlier in blank:
            broken[len(taken)] = "an empty line"
            taken.append([""] * wide)
            lines.append(earlier)
        blank.clear()
        if len(row) != wide and (row or wide > 1):
            broken[len(taken)] = _misfit(row, wide)
            row = [""] * wide
        taken.append(row or [""])
        lines.append(line)
        if len(taken) >= block:
            yield _columns(header, taken, file, before, lines, broken)
            before += len(taken)
            taken, lines, broken = [], [], {}
    if taken or not before:
        yield _columns(header, taken, file, before, lines, broken)


def _columns(
    header: tuple[str, ...],
    rows: list[list[str]],
    file: str,
    before: int,
    lines: list[int],
    broken: dict[int, str],
) -> Columns:
    cells = tuple(zip(*rows, strict=True)) if rows else tuple(() for _ in header)
    return Columns(header, cells, len(rows), file=file, before=before, lines=lines, broken=broken)


def _misfit(row: list[str], wide: int) -> str:
    said = f"{len(row)} cells where the header has {wide}"
    if len(row) == wide + 1 and not row[-1]:
        said += ": the row ends in a separator and the header does not"
    return said


def _plain(message: str) -> str:
    """What Python's csv module says, in words for a reader."""
    if "field larger than field limit" in message:
        return f"a cell of over {LONGEST_CELL:,} characters"
    if "unexpected end of data" in message:
        return "a quotation mark is opened and never closed"
    if "expected after" in message:
        return 'text after a closing quotation mark (a quotation mark inside a cell is written "")'
    return message
