"""The words of the command ``score``, read and answered."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from etiograph.commands.score import Counts
from etiograph.commands.score_files import errors_file
from etiograph.errors import InvalidFinding

ENDED = 128


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
