"""What could not be read of a table of cases: the file of it beside the output, and the words for it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from etiograph.console import console
from etiograph.findings.cases import rows_of

if TYPE_CHECKING:
    import pyarrow as pa

    from etiograph.findings.cases import Fault
    from etiograph.learning.note import Note

COLUMNS = ("row", "where", "column", "cell", "what is wrong")
NAMED = 5
"""Of those that are written nowhere."""


def warn(notes: Sequence[Note]) -> None:
    """What is to be said of a table or a network before results are believed."""
    for note in notes:
        console().print(f"warning: {note.for_command}", soft_wrap=True, markup=False)


def errors_file(output: Path) -> Path:
    """Where what could not be read is written: beside the output."""
    return output.with_name(f"{output.stem}.errors.csv")


def texts_of(fault: Fault) -> tuple[str, ...]:
    """A row of that file."""
    cell = fault.cell if isinstance(fault.cell, str) else repr(fault.cell)
    shown = "" if fault.cell is None else cell[:200]
    return (str(fault.row), fault.place, fault.column or "", shown, str(fault.error))


def errors_table(errors: Sequence[Sequence[str]]) -> pa.Table:
    """What could not be read as a table of text."""
    import pyarrow as pa

    columns = list(zip(*errors, strict=True)) or [()] * len(COLUMNS)
    return pa.table([pa.array(list(c), pa.string()) for c in columns], names=list(COLUMNS))


def passed_over(rows: int, what: str, output: Path | None) -> str:
    """How many rows could not be read, what became of them (``not used``), and where they are listed."""
    one = rows == 1
    listed = f", and listed in {errors_file(output)}" if output else ""
    return (
        f"{rows:,} {'row' if one else 'rows'} could not be read; {'it is' if one else 'they are'} "
        f"{what}{listed}"
    )


def tell(faults: Sequence[Fault], on_error: str, output: Path | None) -> None:
    """Write what could not be read beside the output; without one, name the first of it."""
    if on_error != "skip":
        return
    if output is not None:
        from etiograph.commands.score_files import written

        table = errors_table([texts_of(fault) for fault in faults])
        with written(errors_file(output), table.schema) as write:
            write(table)
    if not faults:
        return
    typer.echo(passed_over(rows_of(faults), "not used", output), err=True)
    if output is None:
        for fault in faults[:NAMED]:
            column = "" if fault.column is None else f", column {fault.column!r}"
            typer.echo(f"  {fault.place}{column}: {fault.error}", err=True)
        if more := faults[NAMED:]:
            typer.echo(
                f"  and {len(more):,} more; with --output all are listed in a file", err=True
            )
