"""``etiograph check-engine``: questions with known answers to an inference engine."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer


def check_engine(
    engines: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="ENGINE...",
            help="ours (the default), pgmpy, pyagrum, nbn, bayesian-cpp, bnlearn-port, pybbn; "
            "ENGINE@PYTHON: where it is installed in another environment; MODULE:ADAPTOR: one of your own, "
            "with the methods of check_engine.Engine.",
        ),
    ] = None,
    into: Annotated[
        Path | None,
        typer.Option(help="Write the table between the marks 'conformance' of this .md file."),
    ] = None,
) -> None:
    """Put questions with known answers to an inference engine, and print its score card.

    Leaves with code 1 if an answer was wrong, undefined or refused; what an engine does not offer
    is no fault.
    """
    from etiograph.conformance import check_engine as suite
    from etiograph.formats.saving import write_between

    sys.path.insert(0, "")  # somebody's own adaptor is looked for here first
    asked = [suite.adaptor(name) for name in engines or (suite.OURS,)]
    cards = []
    for engine in asked:
        cards.append(suite.check_engine(engine))
        typer.echo(cards[-1])
    if into is not None:
        write_between(into, suite.BEGIN, suite.END, suite.side_by_side(cards))
        typer.echo(f"wrote {into}")
    elif len(cards) > 1:
        typer.echo(suite.side_by_side(cards))
    if any(card.faults for card in cards):
        raise typer.Exit(1)
