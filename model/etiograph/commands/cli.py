"""The command ``etiograph``: its subcommands, and what all of them share.

Thin: each reads words, calls the library, prints. Whatever the library refuses is a short message on
stderr and exit code 2.
"""

from __future__ import annotations

import re
import warnings
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from etiograph import __version__
from etiograph.commands import (
    author,
    cohort,
    curate,
    diff,
    engines,
    explore,
    learn,
    one_case,
    score_command,
    teach,
)
from etiograph.errors import EtiographError

NOTICE = "For research and teaching. Not a medical device; not validated for patient care."
USAGE_ERROR = 2
_LONG_WORD = re.compile(r"(\S{200})\S{100,}")
"""What somebody wrote comes back in messages, but not all of it."""


def _say(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: Any = None,
    line: str | None = None,
) -> None:
    """A warning as a line of its own: where in the code it arose is of no use here."""
    typer.echo(f"warning: {message}", err=True)


class Commands(TyperGroup):
    """Turns every refusal of the library into one message and exit code 2."""

    def invoke(self, ctx: Any) -> Any:
        try:
            with warnings.catch_warnings():
                warnings.showwarning = _say
                return super().invoke(ctx)
        except EtiographError as error:
            notes = "".join(f" ({note})" for note in getattr(error, "__notes__", ()))
            text = _LONG_WORD.sub(r"\g<1>...", f"etiograph: {error}{notes}")
            typer.echo(text, err=True)
            raise typer.Exit(USAGE_ERROR) from None
        except ValueError as error:
            if "null byte" not in str(error):
                raise
            typer.echo("etiograph: no file is called so: a null byte stands in its name", err=True)
            raise typer.Exit(USAGE_ERROR) from None


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help=f"Probabilistic causal models of symptoms. {NOTICE}",
)


@app.callback(invoke_without_command=True)
def options(
    ctx: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and leave.")
    ] = False,
    limit: Annotated[
        str, typer.Option("--limit", help="Memory an exact answer may take, such as 8GiB.")
    ] = "2GiB",
) -> None:
    """Options that stand before a command."""
    from etiograph.engine.memory import memory_limit

    ctx.with_resource(memory_limit(limit))
    if version:
        typer.echo(f"etiograph {__version__}")
        raise typer.Exit


for command in (
    *(one_case.ask, one_case.report, explore.explore, explore.networks),
    *(author.new, curate.check, curate.convert, diff.diff, author.card, author.schema),
    *(score_command.score, learn.update),
    *(cohort.fit, cohort.validate, cohort.criticise, cohort.compare),
    *(curate.calibrate, curate.project, teach.exercises),
):
    app.command()(command)
app.add_typer(teach.lesson, name="lesson")
app.command("check-engine")(engines.check_engine)


def main() -> None:
    """Entry point of the command."""
    app()


if __name__ == "__main__":
    main()
