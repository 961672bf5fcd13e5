"""``etiograph new`` and ``etiograph schema``: a network of one's own."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Annotated

import typer

from etiograph.errors import InvalidNetwork, UnreadableFile

NAME = re.compile(r"[^\W_][\w.-]*")


def new(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="What it is called, or the path of its file.")
    ],
) -> None:
    """Write a small commented model file to start a network of your own from.

    A file that is there is never overwritten.
    """
    from etiograph.formats.native.starter import starter

    path = Path(name if name.endswith(".toml") else f"{name}.toml")
    if not NAME.fullmatch(path.stem):
        raise InvalidNetwork(
            f"{path.stem!r} is no name for a network: use letters, digits, '_', '-' and '.'"
        )
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(starter(path.stem))
    except FileExistsError:
        raise UnreadableFile("is there already; it was left as it is", path=str(path)) from None
    except OSError as error:
        raise UnreadableFile(f"cannot be written: {error.strerror}", path=str(path)) from error
    typer.echo(f"wrote {path}: two causes and an outcome, with made-up numbers. Next:")
    typer.echo(f"  etiograph check {path}")
    typer.echo(f"  etiograph ask {path} headache=present --why")


def card(
    network: Annotated[
        str, typer.Argument(metavar="NETWORK", help="A bundled network, or the path of a file.")
    ],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write here; default: print.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of Markdown.")] = False,
) -> None:
    """The card of a network: what a reader must be told of it, in the order of TRIPOD+AI, or "not done"."""
    from etiograph import load
    from etiograph.curation import published, statistics
    from etiograph.curation.card import card
    from etiograph.formats.saving import write_atomically
    from etiograph.resources import model_path

    opened, path = load(network), model_path(network)
    checks = published.all_checks(opened, path.parent) if opened.about.get("evidence") else {}
    compared = [row for read in checks.values() for row in statistics.compare(opened, read)]
    made = card(opened, published.evidence_beside(opened, path), compared)
    text = json.dumps(made.to_dict(), indent=2) + "\n" if as_json else made.markdown()
    if output is None:
        typer.echo(text, nl=False)
        return
    write_atomically(output, text)
    typer.echo(f"wrote {output}; not done or not stated: {', '.join(made.undone) or 'nothing'}")


def schema(
    page: Annotated[
        bool, typer.Option("--page", help="The reference of all keys (Markdown) instead.")
    ] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write here; default: print.")
    ] = None,
) -> None:
    """The JSON Schema of the model file, for editors, or the reference page of its keys."""
    from etiograph.curation import reference
    from etiograph.formats.native.reference import json_schema
    from etiograph.formats.saving import write_atomically

    text = reference.page() if page else json.dumps(json_schema(), indent=2) + "\n"
    if output is None:
        typer.echo(text, nl=False)
        return
    write_atomically(output, text)
    typer.echo(f"wrote {output}")
