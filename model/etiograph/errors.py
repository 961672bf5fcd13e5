"""Every error the package raises. One kind of mistake raises one kind of error."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any


class EtiographError(Exception):
    """Base of all errors of the package; its text is written for the user."""

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""


class InvalidNetwork(EtiographError):
    """A network, variable, parameter or mechanism that does not make sense."""


class UnreadableFile(EtiographError):
    """A file that is not what it should be.

    Parameters
    ----------
    message : str
        What was found and what was expected.
    path : str, optional
        The file.
    line : int, optional
        Line of the mistake, from 1.
    """

    def __init__(self, message: str, path: str | None = None, line: int | None = None) -> None:
        # All arguments go to args: exceptions are pickled by them.
        super().__init__(message, path, line)
        self.message = message
        self.path = path
        self.line = line

    def __str__(self) -> str:
        where = str(self.path) if self.path is not None else ""
        if self.line is not None:
            where = f"{where}:{self.line}" if where else f"line {self.line}"
        return f"{where}: {self.message}" if where else self.message


class UnknownName(EtiographError, KeyError):
    """A name that is not known, with the nearest one that is.

    Parameters
    ----------
    name : str
        What was asked for.
    kind : str
        What it should have been: "variable", "state of 'age'", ...
    known : iterable of str
        The names there are.
    """

    def __init__(self, name: object, kind: str, known: Iterable[str] = ()) -> None:
        self.name = name
        self.kind = kind
        self.known = tuple(known)
        self.suggestion = nearest(str(name), self.known)
        super().__init__(name, kind, self.known)

    def __str__(self) -> str:
        name = str(self.name)
        shown = name if len(name) <= 200 else f"{name[:200]}..."
        text = f"no {self.kind} is called {shown!r}"
        if self.suggestion is not None:
            return f"{text}; did you mean {self.suggestion!r}?"
        if 0 < len(self.known) <= 12:
            return f"{text}; there are: {', '.join(self.known)}"
        return text


class InvalidFinding(EtiographError):
    """A finding that cannot be understood or is not admissible."""


class Implausible(InvalidFinding):
    """A measured value outside the range that its test can physically have.

    Parameters
    ----------
    message : str
    limits : (float, float)
        The range, in the unit of the value.
    unit : str
    """

    def __init__(self, message: str, limits: tuple[float, float], unit: str) -> None:
        super().__init__(message)
        self.limits = limits
        self.unit = unit

    def __reduce__(self) -> tuple[Any, ...]:
        return (Implausible, (str(self), self.limits, self.unit))


class UnknownUnit(UnknownName, InvalidFinding):
    """A measured value in a unit its test does not have: a name not known, in a finding.

    Units spelled alike may lie ten times apart (mg/L, mg/dL): all are listed, none is proposed.
    """

    def __str__(self) -> str:
        return (
            f"no {self.kind} is called {str(self.name)[:200]!r}; there are: {', '.join(self.known)}"
        )


class ImpossibleFindings(EtiographError):
    """Findings that together have probability zero.

    Parameters
    ----------
    message : str
        The conflict in words.
    conflict : tuple of str
        A smallest set of variables whose findings contradict each other.
    """

    def __init__(self, message: str, conflict: tuple[str, ...] = ()) -> None:
        super().__init__(message, conflict)
        self.conflict = conflict


class InvalidChange(EtiographError):
    """A change that does not fit the network or the findings."""


class TooLarge(EtiographError):
    """A computation refused before any memory is taken.

    Parameters
    ----------
    message : str
        What was asked and what is allowed.
    entries : int
        Table entries needed.
    bytes : int
        Memory needed.
    """

    def __init__(self, message: str, entries: int = 0, bytes: int = 0) -> None:
        super().__init__(message, entries, bytes)
        self.entries = entries
        self.bytes = bytes


class NotInstalled(EtiographError, ImportError):
    """A question that needs a library which is not installed."""


class NotIdentifiable(EtiographError):
    """An effect that the observed variables do not determine."""


def refuse_unknown(names: Iterable[object], kind: str, known: Collection[str]) -> None:
    """Refuse the first of these names that is not known.

    Raises
    ------
    UnknownName
        With the nearest one.
    """
    for name in names:
        if not isinstance(name, str) or name not in known:
            raise UnknownName(name, kind, known)


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name most like ``name``, or None if none is near."""
    import difflib

    folded: dict[str, str] = {}
    for each in known:
        folded.setdefault(str(each).casefold().replace(" ", "_").replace("-", "_"), each)
    key = name.casefold().replace(" ", "_").replace("-", "_")
    if key in folded:
        return folded[key]
    found = difflib.get_close_matches(key[:200], folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else None
