"""``etiograph score``: a table of cases, answered block by block."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from etiograph.commands.case_options import After, Do
from etiograph.commands.faults import passed_over
from etiograph.commands.network_options import NetworkName
from etiograph.commands.table_options import (
    Code,
    Encoding,
    LeaveOut,
    Missing,
    On,
    OnError,
    Sep,
    Table,
    Unit,
    contract,
    separator,
)

if TYPE_CHECKING:
    from etiograph.commands.score import Counts

ENDED = 128


def remarks(counts: Counts, output: Path) -> list[str]:
    """What whoever asked should know beside the number of rows."""
    lines = []
    if counts.impossible:
        lines.append(f"{counts.impossible:,} rows have impossible findings; they are left empty")
    if counts.passed_over:
        lines.append(passed_over(counts.passed_over, "left empty", output))
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


def score(
    network: NetworkName,
    table: Table,
    output: Annotated[Path, typer.Option("--output", "-o", help=".csv or .parquet")],
    of: Annotated[
        list[str] | None, typer.Option(help="What to answer; default: the network's causes.")
    ] = None,
    keep: Annotated[
        list[str] | None, typer.Option(help="Column that is no finding, copied.")
    ] = None,
    leave_out: LeaveOut = None,
    on_error: OnError = "raise",
    missing: Missing = None,
    unit: Unit = None,
    code: Code = None,
    sep: Sep = None,
    encoding: Encoding = "utf-8",
    do: Do = None,
    after: After = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Keep what is done when stopped, and go on from it.")
    ] = False,
    on: On = None,
) -> None:
    """Score a table of cases, block by block."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from etiograph import load
    from etiograph.commands import score as scoring
    from etiograph.findings.text import read_words

    said = contract(leave_out, on_error, missing, unit, code)
    columns = (
        BarColumn(), TextColumn("{task.percentage:>3.0f} %, {task.fields[rows]:,} rows"),
        TimeRemainingColumn(),
    )  # fmt: skip
    opened = load(network)
    console = Console(stderr=True)
    with ended_by_signal(), Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("score", total=1.0, rows=0)
        counts = scoring.score(
            opened,
            table,
            output,
            variables=of or (),
            keep=keep or (),
            contract=said,
            do=read_words(opened, do) if do else None,
            after=read_words(opened, after) if after else None,
            separator=separator(sep),
            encoding=encoding,
            resume=resume,
            on=on,
            progress=lambda n: bar.update(task, rows=bar.tasks[0].fields["rows"] + n),
            share=lambda read: bar.update(task, completed=read),
        )
    typer.echo(f"wrote {counts.rows:,} rows to {output}")
    for line in remarks(counts, output):
        typer.echo(line, err=True)
