"""Text from a file nobody has vouched for: bounded, decoded, and able to say where it went wrong."""

from __future__ import annotations

import re
import stat
import zlib
from bisect import bisect_right
from collections.abc import Iterable
from pathlib import Path

from etiograph.errors import InvalidNetwork, UnknownName, UnreadableFile

MAX_BYTES = 20_000_000
"""Largest text read, after decompression."""
MAX_RATIO = 200
"""Largest growth of a compressed file; beyond it the file is taken for a bomb."""
_CHUNK = 1 << 16
_MAX_MEMBERS = 100
_STATED = re.compile(
    rb"""\s*+<\?xml\b[^>]*?\bencoding\s*+=\s*+["'](iso-8859-1|windows-1252)["']""", re.IGNORECASE
)
_NEWLINE = re.compile("\n")


def read_text(path: str | Path, *, max_bytes: int = MAX_BYTES) -> str:
    """The text of a file, plain or gzip-compressed (told by its content, not its name).

    Parameters
    ----------
    path : str or Path
        The file.
    max_bytes : int
        Largest size accepted, before and after decompression.

    Raises
    ------
    UnreadableFile
        The file is missing, too large, binary, not UTF-8, cut short, or grows more than
        :data:`MAX_RATIO` times when decompressed.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            data = file.read(max_bytes + 1)
    except OSError as error:
        raise UnreadableFile(error.strerror or str(error), path=str(path)) from error
    return decode(data, str(path), max_bytes=max_bytes)


def check_file(path: str | Path, missing: str = "there is no such file") -> None:
    """Refuse a path that is not that of a file.

    Raises
    ------
    UnreadableFile
        It is a folder or a device, nothing is there (``missing`` says so), or no file can be called so.
    """
    try:
        mode = Path(path).stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        raise UnreadableFile(missing, path=str(path)) from None
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or str(error)
        raise UnreadableFile(said[:200], path=str(path)[:200]) from None
    if stat.S_ISDIR(mode):
        raise UnreadableFile("this is a folder, not a file", path=str(path))
    if not stat.S_ISREG(mode):
        raise UnreadableFile("this is no file", path=str(path))


def is_folder(path: Path) -> bool:
    """Whether a folder is there. What no file can be called is none: :func:`check_file` says why."""
    try:
        return path.is_dir()
    except OSError:
        return False


def decode(data: bytes, name: str, *, max_bytes: int = MAX_BYTES) -> str:
    """The text in ``data``, as :func:`read_text` reads it; ``name`` stands in the errors."""
    if len(data) > max_bytes:
        raise UnreadableFile(f"larger than the limit of {max_bytes:,} bytes", path=name)
    if data[:2] == b"\x1f\x8b":
        data = _inflate(data, name, max_bytes)
    if not data.strip():
        raise UnreadableFile("the file is empty", path=name, line=1)
    zero = data.find(b"\0")
    if zero >= 0:
        line = data.count(b"\n", 0, zero) + 1
        raise UnreadableFile("a binary file, not text (a zero byte)", path=name, line=line)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if stated := _STATED.match(data):
            # Older XML names the encoding it is written in; these two have a letter for (nearly) every byte.
            latin = stated[1].lower().startswith(b"iso")
            return data.decode("latin-1" if latin else "cp1252", "replace").replace("\r\n", "\n")
        line = data.count(b"\n", 0, error.start) + 1
        message = f"not UTF-8 text: byte 0x{data[error.start]:02x}"
        raise UnreadableFile(message, path=name, line=line) from error
    return text.replace("\r\n", "\n")


def _inflate(data: bytes, name: str, max_bytes: int) -> bytes:
    limit = min(max_bytes, MAX_RATIO * len(data))
    parts: list[bytes] = []
    size = members = 0
    rest = data
    while rest[:1].strip(b"\0"):  # a gzip file may hold several members, and zero padding
        members += 1
        if members > _MAX_MEMBERS:
            raise UnreadableFile("the gzip data is in too many pieces", path=name)
        inflater = zlib.decompressobj(wbits=31)
        while not inflater.eof:
            try:
                part = inflater.decompress(rest, _CHUNK)
            except zlib.error as error:
                raise UnreadableFile(f"damaged gzip data: {error}", path=name) from error
            rest = inflater.unconsumed_tail
            size += len(part)
            if size > limit:
                message = (
                    f"decompresses to more than {limit:,} bytes "
                    f"(limits: {max_bytes:,} bytes, {MAX_RATIO} times its size)"
                )
                raise UnreadableFile(message, path=name)
            parts.append(part)
            if not part and not rest and not inflater.eof:
                raise UnreadableFile("the gzip data is cut short", path=name)
        rest = inflater.unused_data
    return b"".join(parts)


class Tolerated(UserWarning):
    """Something in a file that is against the grammar and was read all the same; with its line."""


class Source:
    """A text and the name it is known by, to make errors that point into it."""

    def __init__(self, text: str, name: str) -> None:
        self.text = text
        self.name = name
        self._starts: list[int] = []

    def line(self, position: int) -> int:
        """The line, from 1, of a character position."""
        if not self._starts:
            # Made once: a file may have as many warnings as rows.
            self._starts = [0, *(match.end() for match in _NEWLINE.finditer(self.text))]
        return bisect_right(self._starts, position)

    def unreadable(self, position: int, message: str) -> UnreadableFile:
        """The text breaks the grammar at ``position``."""
        return UnreadableFile(message, self.name, self.line(position))

    def invalid(self, position: int, message: str) -> InvalidNetwork:
        """The text reads well but states no valid network."""
        return InvalidNetworkFile(message, self.name, self.line(position))

    def unknown(self, position: int, name: str, kind: str, known: Iterable[str]) -> UnknownName:
        """A name nothing in the text declares."""
        return UnknownNameInFile(name, kind, known, self.name, self.line(position))


class Lined(Source):
    """A source whose positions are lines, as an XML parser gives them."""

    def line(self, position: int) -> int:
        return position


class InvalidNetworkFile(InvalidNetwork):
    """`InvalidNetwork`, and where in a file the mistake stands.

    Attributes
    ----------
    message : str
        What was found and what was expected.
    path : str
        The file.
    line : int or None
        The line, from 1.
    """

    def __init__(self, message: str, path: str, line: int | None = None) -> None:
        super().__init__(message, path, line)
        self.message = message
        self.path = path
        self.line = line

    def __str__(self) -> str:
        return _placed(self.path, self.line, self.message)


class UnknownNameInFile(UnknownName):
    """`UnknownName`, and where in a file the name stands (``path``, ``line``)."""

    def __init__(
        self, name: str, kind: str, known: Iterable[str], path: str, line: int | None = None
    ) -> None:
        super().__init__(name, kind, known)
        self.args = (name, kind, self.known, path, line)
        self.path = path
        self.line = line

    def __str__(self) -> str:
        return _placed(self.path, self.line, super().__str__())


def _placed(path: str, line: int | None, message: str) -> str:
    return f"{path}: {message}" if line is None else f"{path}:{line}: {message}"
