"""``etiograph fit``, ``validate``, ``criticise`` and ``compare``: a network and a table of cases."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from etiograph.commands.curate import told_of
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
from etiograph.errors import InvalidFinding

if TYPE_CHECKING:
    from etiograph.learning.validation import Score

Folds = Annotated[
    int | None,
    typer.Option(
        help="Learn the network again, out of so many parts, for each part of the cases; 0: the network as "
        "it is."
    ),
]
Seed = Annotated[int, typer.Option(min=0, help="Of what is drawn.")]
TOP = 25


def fit(
    network: NetworkName,
    table: Table,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write the network here; .toml keeps its ranges."),
    ] = None,
    numbers: Numbers = None,
    prior: Annotated[
        float, typer.Option(help="Cases seen before in every entry of every table.")
    ] = 1.0,
    variable: Annotated[
        list[str] | None, typer.Option(help="Only the tables of these variables.")
    ] = None,
    zeros: Annotated[
        str,
        typer.Option(metavar="keep|learn", help="Whether an entry that is 0 may become more."),
    ] = "keep",
    weights: Weights = None,
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
    on: On = None,
) -> None:
    """Learn the tables of a plain network from cases, and give its numbers ranges."""
    from etiograph import load
    from etiograph.commands.score_files import refuse_place
    from etiograph.formats import write
    from etiograph.formats.registry import for_writing
    from etiograph.learning.fit import fit as fitted

    if output is not None:
        for_writing(output)
        refuse_place(output, table)
    refuse_csv(numbers, table)
    opened = load(network)
    said = said_of_table(leave_out, on_error, missing, unit, code, keep)
    cases = table_of(opened, table, sep, encoding, said)
    with status_line() as progress:
        found = fitted(
            opened, cases, prior=prior, variables=variable, zeros=zeros,  # type: ignore[arg-type]
            weights=weights, cohort=cohort, date=date, on=on, progress=progress, **said,
        )  # fmt: skip
    tell(found.faults, on_error, output or numbers)
    if output is not None:
        write(found.network, output)
    write_csv(found, numbers)
    out = console()
    warn(found.notes)
    how = "counted" if found.passes == 1 else f"EM, {found.passes} passes"
    out.print(
        f"{found.cases:g} cases ({how}): log likelihood {found.log_likelihood:.6g}, "
        f"{len(found.names)} numbers."
    )
    if not found.converged:
        out.print("The search was stopped before it came to its end.")
    if found.kept:
        out.print(
            f"{len(found.kept)} tables are as they were, since the cases say nothing of the variable or of "
            f"one of its parents: {', '.join(found.kept)}."
        )
    if not found.alpha:
        out.print("Without a prior there is no posterior, and the numbers have no ranges.")
    least = found.to_frame().sort_values("cases", kind="stable").to_dict("records")
    rows = [
        (str(r["name"]), f"{r['value']:.3g}", _between(r["low"], r["high"]), f"{r['cases']:.0f}")
        for r in least[:TOP]
    ]
    if found.alpha:
        show_rows("number", "value", "95 % range", "cases it is worth", rows=rows)
        if len(least) > TOP:
            out.print(f"and {len(least) - TOP} more, worth as many cases or more.")
    if output is not None:
        told_of(found.network, output)
    wrote(numbers)


def validate(
    network: NetworkName,
    table: Table,
    target: Annotated[str, typer.Option(help="What is to be told: a variable, or VARIABLE=STATE.")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write all scores here, as .csv."),
    ] = None,
    by: Annotated[list[str] | None, typer.Option(help="Column that makes subgroups.")] = None,
    folds: Folds = None,
    boot: Annotated[int, typer.Option(min=0, help="Samples of the bootstrap.")] = 500,
    seed: Seed = 0,
    given: Given = None,
    leave_out: LeaveOut = None,
    on_error: OnError = "raise",
    missing: Missing = None,
    unit: Unit = None,
    code: Code = None,
    keep: Keep = None,
    sep: Sep = None,
    encoding: Encoding = "utf-8",
    on: On = None,
) -> None:
    """Hold what a network says of a target against what was found."""
    from etiograph import load
    from etiograph.learning.validate import validate as validated

    refuse_csv(output, table)
    opened = load(network)
    said = said_of_table(leave_out, on_error, missing, unit, code, keep)
    cases = table_of(opened, table, sep, encoding, said)
    with status_line() as progress:
        found = validated(
            opened, cases, target, by=by or None, folds=folds, boot=boot, seed=seed,
            given=given_of(opened, given), on=on, progress=progress, **said,
        )  # fmt: skip
    tell(found.faults, on_error, output)
    write_csv(found, output)
    out = console()
    how = f"out of fold, {found.folds} parts" if found.folds else "the network as it is"
    out.print(f"{found.event}: {found.events} of {found.cases} cases; {how}.")
    warn(found.notes)
    for number, what in (
        (found.unknown, "do not say it"),
        (found.impossible, "cannot be by this network"),
    ):
        if number:
            out.print(f"{number} more rows {what}; they are not used.")
    show_rows(
        "score", "value", "95 % interval",
        rows=[(name, f"{s.value:.4g}", _interval(s)) for name, s in found.scores.items()],
    )  # fmt: skip
    curve = found.calibration
    show_rows(
        "said", "was so", "95 % interval", "cases",
        rows=[
            (f"{p:.3f}", f"{y:.3f}", _between(low, high), f"{n:.0f}")
            for p, y, low, high, n in zip(
                *(curve[c] for c in ("p", "observed", "low", "high", "cases")), strict=True
            )
        ],
    )  # fmt: skip
    if found.groups:
        show_rows(
            "group", "cases", "said", "was so", "auc", "brier",
            rows=[
                (label, str(g.cases), f"{g.mean:.3f}", f"{g.observed:.3f}",
                 f"{g['auc'].value:.3g}", f"{g['brier'].value:.3g}")
                for label, g in found.groups.items()
            ],
        )  # fmt: skip
    wrote(output)


def criticise(
    network: NetworkName,
    table: Table,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write all pairs here, as .csv.")
    ] = None,
    draws: Annotated[int, typer.Option(min=1, help="Tables that are simulated.")] = 99,
    seed: Seed = 0,
    leave_out: LeaveOut = None,
    on_error: OnError = "raise",
    missing: Missing = None,
    unit: Unit = None,
    code: Code = None,
    keep: Keep = None,
    sep: Sep = None,
    encoding: Encoding = "utf-8",
    on: On = None,
) -> None:
    """Say which independences that the arrows imply do not hold in a table of cases."""
    from etiograph import load
    from etiograph.learning.criticise import criticise as criticised
    from etiograph.learning.note import Note

    refuse_csv(output, table)
    opened = load(network)
    said = said_of_table(leave_out, on_error, missing, unit, code, keep)
    cases = table_of(opened, table, sep, encoding, said)
    with status_line() as progress:
        found = criticised(
            opened, cases, draws=draws, seed=seed, on=on, progress=progress, **said,
        )  # fmt: skip
    tell(found.faults, on_error, output)
    write_csv(found, output)
    out = console()
    if found.alike:
        note = Note(
            f"all cases agree about {', '.join(found.alike)}, of which the network expects more than one "
            "state. If they came into the table by it, the arrows do not imply these independences."
        )
        warn((note,))
    out.print(
        f"{found.cases} cases, {len(found.tests)} pair{'s' * (len(found.tests) != 1)} without an arrow "
        f"tested, {found.untested} known "
        f"in too few cases. Chance of a table that speaks as loudly where all hold: {found.p:.2g}."
    )
    shown = found.rejected() or found.tests[:3]
    out.print("Arrows to look at:" if found.rejected() else "None is rejected; the nearest to it:")
    show_rows(
        "arrow", "nats left", "95 % interval", "p among all", "given",
        rows=[
            (f"{t.x} -> {t.y}", f"{t.effect:.4f}", _between(t.low, t.high), f"{t.p_all:.2g}",
             ", ".join(t.given) or "-")
            for t in shown[:TOP]
        ],
        words=True,
    )  # fmt: skip
    wrote(output)


def compare(
    networks: Annotated[
        list[str], typer.Argument(metavar="NETWORK NETWORK... TABLE", help="The table comes last.")
    ],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the comparison here, as .csv.")
    ] = None,
    folds: Annotated[
        int, typer.Option(help="Parts of the cases; 0: the networks as they are.")
    ] = 5,
    seed: Seed = 0,
    given: Given = None,
    leave_out: LeaveOut = None,
    on_error: OnError = "raise",
    missing: Missing = None,
    unit: Unit = None,
    code: Code = None,
    keep: Keep = None,
    sep: Sep = None,
    encoding: Encoding = "utf-8",
    on: On = None,
) -> None:
    """Compare networks by the probability they give to cases they have not seen."""
    from etiograph import load
    from etiograph.learning.compare import compare as compared

    *names, table = networks
    if len(names) < 2:
        raise InvalidFinding("give at least two networks, then the table of cases")
    refuse_csv(output, Path(table))
    opened = {name: load(name) for name in names}
    said = said_of_table(leave_out, on_error, missing, unit, code, keep)
    first = opened[names[0]]
    cases = table_of(first, Path(table), sep, encoding, said)
    with status_line() as progress:
        found = compared(
            opened, cases, folds=folds, seed=seed, given=given_of(first, given), on=on,
            progress=progress, **said,
        )  # fmt: skip
    tell(found.faults, on_error, output)
    write_csv(found, output)
    told = (
        f"each told by what {found.folds - 1} of {found.folds} parts teach."
        if found.folds
        else "networks as they are."
    )
    console().print(f"{found.cases} cases, {told}")
    warn(found.notes)
    show_rows(
        "network", "log score a case", "to the best", "its error", "numbers", "BIC",
        rows=[
            (e.name, f"{e.log_score:.4f}", f"{e.difference:.4f}", f"{e.error:.4f}",
             str(e.parameters), f"{e.bic:.1f}" if found.folds else "-")
            for e in found.entries
        ],
    )  # fmt: skip
    wrote(output)


def _between(low: Any, high: Any) -> str:
    return f"{low:.3g} to {high:.3g}" if low is not None and low == low else "-"


def _interval(score: Score) -> str:
    return _between(score.low, score.high)
