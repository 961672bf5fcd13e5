"""A file that is held in memory: read as the file on disk would be, and written nowhere."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class FileContent:
    """What a file holds, under the name it had.

    Attributes
    ----------
    name : str
        Its ending says what it is, and errors call it so.
    data : bytes
    """

    name: str
    data: bytes = field(repr=False)

    @property
    def suffix(self) -> str:
        """The ending of its name."""
        return PurePath(self.name).suffix

    def open(self, mode: str = "rb") -> io.BufferedReader:
        """The bytes, to be read."""
        return io.BufferedReader(io.BytesIO(self.data))

    def __str__(self) -> str:
        return self.name


Source: TypeAlias = Path | FileContent
"""Where a table of cases is read from."""


def size_of(source: Source) -> int:
    """Its size in bytes."""
    return len(source.data) if isinstance(source, FileContent) else source.stat().st_size
