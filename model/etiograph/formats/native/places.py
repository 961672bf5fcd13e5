"""Where the values of a model file stand, so that every error can say it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from etiograph.errors import EtiographError, TooLarge, UnknownName, UnreadableFile
from etiograph.formats.native.toml_text import Path, key_lines, line_of
from etiograph.formats.text import InvalidNetworkFile, UnknownNameInFile

Data = Mapping[str, Any]


class Places:
    """Where the values of one file stand: errors by path, the line found only when one is raised."""

    def __init__(self, text: str, name: str) -> None:
        self.text = text
        self.name = name
        self._lines: dict[Path, int] | None = None

    def line(self, path: Path) -> int | None:
        """The line of a value, or of the nearest thing around it."""
        if self._lines is None:
            self._lines = key_lines(self.text)
        return line_of(self._lines, path)

    def invalid(self, path: Path, message: str) -> InvalidNetworkFile:
        """The value means nothing admissible."""
        return InvalidNetworkFile(message, self.name, self.line(path))

    def unreadable(self, path: Path, message: str) -> UnreadableFile:
        """The value is of another kind than its place asks for."""
        return UnreadableFile(message, path=self.name, line=self.line(path))

    def unknown(self, path: Path, name: str, kind: str, known: Any) -> UnknownNameInFile:
        """A key or value that names nothing."""
        return UnknownNameInFile(name, kind, tuple(known), self.name, self.line(path))


class At:
    """Gives the errors raised inside it their place in the file."""

    __slots__ = ("given", "path", "places")

    def __init__(self, places: Places, path: Path, given: Data) -> None:
        self.places, self.path, self.given = places, path, given

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if not isinstance(error, EtiographError) or hasattr(error, "line"):
            return
        path = self.path
        if isinstance(error, UnknownName):
            path = (*path, *find(self.given, str(error.name)))
        else:
            spoken = (k for k in ("order", "cost", "states") if k in self.given)
            path = (*path, *[k for k in spoken if k.rstrip("s") in str(error)][:1])
        raise relocated(error, self.places, path) from error


def relocated(error: Exception, places: Places, path: Path) -> EtiographError:
    """The same error, with the file and line."""
    if isinstance(error, EtiographError) and hasattr(error, "line"):
        return error
    if isinstance(error, UnknownName):
        return places.unknown(path, str(error.name), error.kind, error.known)
    if isinstance(error, TooLarge):
        line = places.line(path)
        return TooLarge(f"{places.name}:{line}: {error}", error.entries, error.bytes)
    return places.invalid(path, str(error))


def find(given: Any, name: str) -> Path:
    """The path of the first key or text that is ``name``; empty if there is none."""
    waiting: list[tuple[Path, Any]] = [((), given)]
    while waiting:
        path, value = waiting.pop()
        if value == name:
            return path
        if isinstance(value, Mapping):
            if name in value:
                return (*path, name)
            waiting.extend(((*path, key), each) for key, each in reversed(list(value.items())))
        elif isinstance(value, list):
            waiting.extend(((*path, i), each) for i, each in reversed(list(enumerate(value))))
    return ()


def in_words(path: Path) -> str:
    """A path for a reader: ``in variable 'age', mechanism.rows[2].p.present`` (counted from 1)."""
    if not path:
        return ""
    kinds = {"variables": "variable", "flags": "flag"}
    if path[0] in kinds and len(path) > 1:
        rest = _joined(path[2:])
        return f"in {kinds[str(path[0])]} '{path[1]}'" + (f", {rest}" if rest else "")
    return f"in {_joined(path)}"


def _joined(path: Path) -> str:
    def parts() -> Iterator[str]:
        for i, step in enumerate(path):
            if isinstance(step, int):
                yield f"[{step + 1}]"
            else:
                yield f".{step}" if i else step

    return "".join(parts())
