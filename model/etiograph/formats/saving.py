"""Saving a text so that a crash leaves the old file or the new one, never a piece of either."""

from __future__ import annotations

import gzip
import os
import tempfile
from contextlib import suppress
from pathlib import Path

from etiograph.errors import UnreadableFile
from etiograph.formats.text import MAX_RATIO, read_text


def write_atomically(path: str | Path, text: str) -> None:
    """Write ``text`` as UTF-8, compressed where the name ends in ``.gz``, through a temporary file.

    The file is flushed to the disk before it takes the place of the old one, and the folder after;
    permissions of an old file are kept, a link is followed.

    Raises
    ------
    UnreadableFile
        The folder is missing or may not be written to, or there is a folder in its place.
    """
    target = Path(path).resolve()
    data = text.encode("utf-8")
    if target.suffix.lower() == ".gz":
        data = _deflated(data)
    try:
        # The name is cut: a file system bounds the length of a name.
        handle, temporary = tempfile.mkstemp(
            dir=target.parent, prefix=f".{target.name[:50]}.", suffix=".tmp"
        )
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        try:
            mode = target.stat().st_mode & 0o7777
        except FileNotFoundError:
            mask = os.umask(0)
            os.umask(mask)
            mode = 0o666 & ~mask
        Path(temporary).chmod(mode)
        Path(temporary).replace(target)
    except BaseException as error:
        with suppress(OSError):
            Path(temporary).unlink()
        if isinstance(error, OSError):  # it is a folder; the disk is full
            raise _unwritable(path, error) from error
        raise
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _unwritable(path: str | Path, error: OSError) -> UnreadableFile:
    return UnreadableFile(f"cannot be written: {error.strerror or error}", path=str(path))


def _deflated(data: bytes) -> bytes:
    """The data compressed, and not so far that a reader would take it for a bomb."""
    for level in (9, 1):
        packed = gzip.compress(data, level, mtime=0)
        if len(data) < MAX_RATIO * len(packed):
            return packed
    return gzip.compress(data, 0, mtime=0)


def write_between(path: Path, begin: str, end: str, inside: str) -> None:
    """Replace what stands between two marks of a text file.

    Raises
    ------
    UnreadableFile
        The file or a mark is missing.
    """
    before, first, rest = read_text(path).partition(begin)
    _, last, after = rest.partition(end)
    if not first or not last:
        raise UnreadableFile(f"there is no place between {begin} and {end}", path=str(path))
    write_atomically(path, f"{before}{begin}\n{inside}\n{end}{after}")
