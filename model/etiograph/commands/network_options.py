"""Options of commands that take a network."""

from __future__ import annotations

from typing import Annotated

import typer

NetworkName = Annotated[
    str,
    typer.Argument(
        metavar="NETWORK", help="A bundled network, or a file of any format that is read."
    ),
]
Undefined = Annotated[
    str | None,
    typer.Option(metavar="uniform|forbid", help="How rows of NaN are read; refused if not given."),
]
