"""Tables that are printed line by line and, where asked, written into a section of a page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Table:
    """A table in Markdown.

    Attributes
    ----------
    section : str
        Where it belongs in a page: between ``<!-- section: begin -->`` and ``<!-- section: end -->``.
    lines : list of str
    """

    section: str
    lines: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, section: str, columns: Sequence[str], words: int = 1) -> Table:
        """A table with its head; the first ``words`` columns are words, the others numbers."""
        table = cls(section)
        table.row(*columns)
        table._line("|" + "---|" * words + "---:|" * (len(columns) - words))
        return table

    def row(self, *cells: str) -> None:
        """Print one more line and keep it."""
        self._line("| " + " | ".join(cells) + " |")

    def _line(self, line: str) -> None:
        print(line, flush=True)
        self.lines.append(line)

    def write(self, page: Path) -> None:
        """Put it in the place of the table of its section; the words around stay."""
        text = page.read_text()
        begin, end = (f"<!-- {self.section}: {place} -->" for place in ("begin", "end"))
        before, rest = text.split(begin)
        inside, after = rest.split(end)
        table = "\n".join(self.lines) + "\n"
        # A function, since a replacement text has escapes of its own.
        inside, count = re.subn(r"(?m)(^\|.*\n)+", lambda _: table, inside, count=1)
        if not count:
            inside = f"{inside.rstrip()}\n\n{table}"
        page.write_text(before + begin + inside + end + after)
