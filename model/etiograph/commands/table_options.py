"""What commands that read a table of cases have in common: options, their meaning, word of the work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from etiograph.errors import InvalidFinding

if TYPE_CHECKING:
    from etiograph.findings.contract import Contract
    from etiograph.network.network import Network
    from etiograph.progress import Begun, Progress

Table = Annotated[
    Path,
    typer.Argument(
        metavar="TABLE", help=".csv, .csv.gz, .parquet or a folder of .parquet files, a row a case."
    ),
]
Missing = Annotated[
    list[str] | None, typer.Option(help="Cell that means unknown, beside the empty one.")
]
Unit = Annotated[
    list[str] | None, typer.Option(metavar="COLUMN=UNIT", help="Unit of the numbers of a column.")
]
Code = Annotated[
    list[str] | None,
    typer.Option(metavar="COLUMN:CELL=STATE", help="What a coded cell stands for."),
]
On = Annotated[
    str | None,
    typer.Option(
        metavar="dask[=ADDRESS]",
        help="Work on a Dask cluster: one on this machine, or the one at ADDRESS.",
    ),
]
Keep = Annotated[list[str] | None, typer.Option(help="Column that is no finding.")]
LeaveOut = Annotated[
    list[str] | None,
    typer.Option(help="Column that is no finding here, though a variable, as the target."),
]
OnError = Annotated[
    str,
    typer.Option(
        metavar="raise|skip",
        help="What a cell that cannot be read does: end all, or its row is passed over and listed in "
        "OUTPUT.errors.csv.",
    ),
]
Given = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME=STATE", help="How cases came into the table, e.g. cramps=present."),
]
Weights = Annotated[
    str | None, typer.Option(metavar="COLUMN", help="Column that says how often a row counts.")
]
Numbers = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE.csv",
        help="Write all numbers here, before and after, with what is said of each.",
    ),
]
Sep = Annotated[str | None, typer.Option(help="Separator, if not comma, semicolon or tab.")]
Encoding = Annotated[str, typer.Option(help="Encoding of a table of text.")]
CohortName = Annotated[str, typer.Option(help="What the new file calls these cases.")]
Date = Annotated[str, typer.Option(help="When they were seen, as the new file says.")]


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
    from etiograph.findings.contract import Contract

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


def said_of_table(
    leave_out: Sequence[str] | None,
    on_error: str,
    missing: Sequence[str] | None,
    unit: Sequence[str] | None,
    code: Sequence[str] | None,
    keep: Sequence[str] | None,
) -> dict[str, Any]:
    """What the options say of the table, as arguments of the library.

    Raises
    ------
    InvalidFinding, UnknownName
        An option that is not written as it should be.
    """
    said = contract(leave_out, on_error, missing, unit, code)
    return {
        "leave_out": said.leave_out, "on_error": said.on_error, "missing": said.missing,
        "units": said.units, "codes": said.codes, "keep": tuple(keep or ()),
    }  # fmt: skip


def given_of(network: Network, words: Sequence[str] | None) -> Mapping[str, Any] | None:
    """What all cases have in common because it is how they came into the table."""
    from etiograph.findings.text import read_words

    return read_words(network, words) if words else None


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


def table_of(
    network: Network, path: Path, sep: str | None, encoding: str, said: Mapping[str, Any]
) -> Any:
    """The table of a file: its path, or what is read of it where the options say how.

    Parameters
    ----------
    network : Network
    path : Path
    sep, encoding
        As on the command line.
    said : mapping of str to object
        What the options say of its columns; see :func:`said_of_table`.

    Raises
    ------
    InvalidFinding, UnreadableFile
    """
    if sep is None and encoding == "utf-8":
        return path
    from etiograph.findings.contract import Contract
    from etiograph.findings.files import whole

    known = Contract(**said).known
    return whole(
        path, separator=separator(sep), encoding=encoding, known=lambda name: known(network, name)
    )


def refuse_csv(output: Path | None, table: Path) -> None:
    """Refuse a .csv that cannot be written, before the work."""
    from etiograph.commands.score_files import refuse_output

    if output is not None:
        refuse_output(output, table, (".csv",))


def write_csv(found: Any, path: Path | None) -> None:
    """What was found as CSV, whole or not at all; before it is printed, which whoever reads may end."""
    from etiograph.figures.files import csv_of
    from etiograph.formats.saving import write_atomically

    if path is not None:
        write_atomically(path, csv_of(found))


def wrote(path: Path | None) -> None:
    """That a file was written, where there is one."""
    if path is not None:
        typer.echo(f"wrote {path}")


@contextmanager
def status_line() -> Iterator[Progress]:
    """What is being done, on stderr while it lasts and only on a terminal; a bar where its end is known."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

    columns = (
        SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(),
        TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task, at = bar.add_task("reading", total=None), ""

        def told(begun: Begun) -> None:
            nonlocal task, at
            if begun.noun != at:  # other work has an end of its own
                bar.remove_task(task)
                task, at = bar.add_task(str(begun), total=None), begun.noun
            # What is told of is begun, not done.
            done = max(begun.number - 1, 0)
            bar.update(task, description=str(begun), completed=done, total=begun.end)

        yield told
