"""``etiograph update``: published ranges moved by a table of cases."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from etiograph.commands.faults import tell, warn
from etiograph.commands.network_options import NetworkName
from etiograph.commands.printing import show_rows
from etiograph.commands.table_options import (
    Code,
    CohortName,
    Date,
    Encoding,
    Given,
    Keep,
    LeaveOut,
    Missing,
    Numbers,
    On,
    OnError,
    Sep,
    Table,
    Unit,
    Weights,
    given_of,
    refuse_csv,
    said_of_table,
    status_line,
    table_of,
    write_csv,
    wrote,
)
from etiograph.console import console
from etiograph.errors import InvalidFinding, UnreadableFile

if TYPE_CHECKING:
    from etiograph.learning.conflict import Moved
    from etiograph.learning.update import Update


def update(
    network: NetworkName,
    table: Table,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the new model file here.")
    ] = None,
    numbers: Numbers = None,
    given: Given = None,
    weights: Weights = None,
    may_differ: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME[=FACTOR]",
            help="Variable or number that may differ here by more than its range says: twice as wide, or "
            "FACTOR times.",
        ),
    ] = None,
    parameter: Annotated[
        list[str] | None, typer.Option(help="Only these numbers may move.")
    ] = None,
    cohort: CohortName = "cohort",
    date: Date = "",
    leave_out: LeaveOut = None,
    on_error: OnError = "raise",
    missing: Missing = None,
    unit: Unit = None,
    code: Code = None,
    keep: Keep = None,
    sep: Sep = None,
    encoding: Encoding = "utf-8",
    draws: Annotated[int, typer.Option(min=100, help="Draws of the posterior.")] = 2000,
    seed: Annotated[int, typer.Option(help="Of the draws.")] = 0,
    on: On = None,
) -> None:
    """Move the ranges of a network by a table of cases, and say what the cases contradict.

    Nothing about single cases is stored: the new file says which numbers moved, by how many cases.
    """
    from etiograph import load
    from etiograph.commands.score_files import refuse_place
    from etiograph.formats.native import save_native
    from etiograph.formats.registry import suffix_of
    from etiograph.formats.text import read_text
    from etiograph.learning.update import update as updated
    from etiograph.resources import model_path

    if output is not None:
        refuse_place(output, table)
        if suffix_of(output) != ".toml":
            raise UnreadableFile("ranges are kept in a model file, a .toml", str(output))
    refuse_csv(numbers, table)
    opened = load(network)
    said = said_of_table(leave_out, on_error, missing, unit, code, keep)
    cases = table_of(opened, table, sep, encoding, said)
    with status_line() as progress:
        found = updated(
            opened,
            cases,
            given=given_of(opened, given),
            weights=weights,
            parameters=parameter or None,
            may_differ=_wider(may_differ),
            draws=draws,
            seed=seed,
            cohort=cohort,
            date=date,
            on=on,
            progress=progress,
            **said,
        )
    tell(found.faults, on_error, output or numbers)
    if output is not None:
        path = model_path(network)
        source = read_text(path) if path.suffix == ".toml" else None
        save_native(found.network, output, source)
    write_csv(found, numbers)
    show(found)  # last: whoever reads it may end it
    wrote(output)
    wrote(numbers)


TOP = 25


def _wider(words: Sequence[str] | None) -> dict[str, float] | None:
    """How many times as wide the numbers are that may differ."""
    from etiograph.learning.update import WIDER

    found: dict[str, float] = {}
    for word in words or ():
        name, equals, factor = word.rpartition("=")
        try:
            found[name if equals else word] = float(factor) if equals else WIDER
        except ValueError:
            raise InvalidFinding(
                f"--may-differ {word!r}: write it as NAME or NAME=FACTOR"
            ) from None
    return found or None


def show(found: Update) -> None:
    """Conflicts first, then the numbers that moved most, then how sure this is."""
    out = console()
    conflicts = found.conflicts()
    told = [each for each in found.numbers if each.informed]
    out.print(
        f"{found.cases:g} {'case informs' if found.cases == 1 else 'cases inform'} {len(told)} of "
        f"{len(found.numbers)} numbers with a range."
    )
    warn(found.notes)
    if conflicts:
        out.print("In conflict with what is published:")
        for each in conflicts:
            out.print(f"  {each.name}: {_range(each)}; {abs(each.z):.1f} standard errors off")
    else:
        out.print("None of them is in conflict with its published range.")
    if told:
        show_rows(
            "number", "published", "with these cases", "learned", "moved", "conflict",
            rows=[_row(each) for each in sorted(told, key=lambda m: -m.learned)[:TOP]],
        )  # fmt: skip
    if len(told) > TOP:
        out.print(f"and {len(told) - TOP} more.")
    if told:
        out.print(
            "learned: how much narrower the range became; moved: how far its middle went, in standard "
            "deviations of the prior; conflict: in standard errors. The prior of a number is its published "
            "range, widened by the spread between sources (grades B and C; D was guessed wide already) and by "
            "--may-differ."
        )
    told_of = found.diagnostics
    how = (
        f"normal approximation, Pareto k {told_of.pareto_k:.2f} over {told_of.checked} draws"
        if told_of.method == "laplace"
        else f"chains worth {told_of.ess:.0f} draws"
    )
    if found.untold:
        names = ", ".join(each.name for each in found.untold)
        out.print(
            f"Left as published, for the chains do not agree about them: {names}.", soft_wrap=True
        )
    out.print(
        f"Posterior: {how}. Empty cells were taken to say nothing; a test done because something was "
        "suspected needs a variable of its own."
    )


def _row(each: Moved) -> tuple[str, ...]:
    before = each.before
    return (
        each.name,
        f"{before.value:.3g} ({before.low:.3g} to {before.high:.3g})",
        f"{each.value:.3g} ({each.low:.3g} to {each.high:.3g})",
        f"{100 * each.learned:.0f} %",
        f"{round(each.shift, 1) + 0.0:+.1f}",
        "-" if each.z != each.z else f"{round(each.z, 1) + 0.0:+.1f}",
    )


def _range(each: Moved) -> str:
    before = each.before
    return (
        f"published {before.value:.3g} ({before.low:.3g} to {before.high:.3g}), with these cases "
        f"{each.value:.3g} ({each.low:.3g} to {each.high:.3g})"
    )
