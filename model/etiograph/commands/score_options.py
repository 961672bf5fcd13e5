"""The words of the command ``score``, read and answered."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from etiograph.commands.score import Counts
from etiograph.commands.score_files import errors_file
from etiograph.errors import InvalidFinding
from etiograph.findings.table import Contract

ENDED = 128


def contract(
    leave_out: Sequence[str] | None,
    on_error: str,
    missing: Sequence[str] | None,
    units: Sequence[str] | None,
    codes: Sequence[str] | None,
) -> Contract:
    """What the options say of the table.

    Raises
    ------
    InvalidFinding, UnknownName
        An option that is not written as it should be.
    """
    given: dict[str, str] = {}
    for word in units or ():
        column, equals, unit = word.rpartition("=")
        if not equals or not column or not unit:
            raise InvalidFinding(f"--unit {word!r}: write it as COLUMN=UNIT")
        given[column.strip()] = unit.strip()
    coded: dict[str, dict[Any, Any]] = {}
    for word in codes or ():
        left, equals, state = word.partition("=")
        column, colon, cell = left.rpartition(":")
        if not (equals and colon and column and cell and state):
            raise InvalidFinding(f"--code {word!r}: write it as COLUMN:CELL=STATE")
        coded.setdefault(column.strip(), {})[cell] = state
    return Contract(
        missing=tuple(missing or ()),
        units=given,
        codes=coded,
        leave_out=tuple(leave_out or ()),
        on_error=on_error,  # type: ignore[arg-type]
    )


def separator(word: str | None) -> str | None:
    """The separator an option names; a tab is hard to type.

    Raises
    ------
    InvalidFinding
        Not one character.
    """
    named = {"tab": "\t", r"\t": "\t", "comma": ",", "semicolon": ";"}.get(word or "", word)
    if named is not None and (len(named) != 1 or named in '\r\n"'):
        raise InvalidFinding(f"--sep {word!r}: give one character, or 'tab'")
    return named


def remarks(counts: Counts, output: Path) -> list[str]:
    """What whoever asked should know beside the number of rows."""
    lines = []
    if counts.impossible:
        lines.append(f"{counts.impossible:,} rows have impossible findings; they are left empty")
    if counts.passed_over:
        lines.append(
            f"{counts.passed_over:,} rows could not be read; they are left empty, and listed in "
            f"{errors_file(output)}"
        )
    if counts.themselves:
        names = ", ".join(counts.themselves)
        lines.append(
            f"warning: asked about and found in the same table: {names}; where it was found the "
            "answer is what was found. To ask what the other findings say: "
            + " ".join(f"--leave-out {name}" for name in counts.themselves)
        )
    return lines


@contextmanager
def ended_by_signal() -> Iterator[None]:
    """SIGTERM ends what is inside as Ctrl+C does, so that nothing half written is left."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(number: int, frame: object) -> None:
        raise SystemExit(ENDED + number)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
