"""``etiograph diff``: what differs between two networks, and what it means."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

DIFFERENT = 1


def diff(
    before: Annotated[
        str, typer.Argument(metavar="A", help="A bundled network, or a file of any format.")
    ],
    after: Annotated[str, typer.Argument(metavar="B", help="The network it is compared with.")],
    cases: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Cases both are asked about: [[cases]] with findings (.toml), or a case saved in the "
            "explorer (.json); default: vignettes.toml beside the files.",
        ),
    ] = None,
    no_cases: Annotated[
        bool, typer.Option("--no-cases", help="Ask no case: only what the files state.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, with everything.")] = False,
    as_html: Annotated[bool, typer.Option("--html", help="Print one page.")] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help=".html, .json or .txt; default: print.")
    ] = None,
    lines: Annotated[int, typer.Option(min=1, help="Lines of a section that are printed.")] = 25,
) -> None:
    """Say what differs between two networks, and what that means for cases and statistics.

    Leaves with code 0 if they are equal, 1 if they differ, 2 if one cannot be read.
    """
    from etiograph.curation.revision import diff as compared
    from etiograph.formats.saving import write_atomically

    if as_json + as_html + (output is not None) > 1:
        raise typer.BadParameter("--json, --html and --output exclude one another")
    if no_cases and cases is not None:
        raise typer.BadParameter("--cases and --no-cases exclude one another")
    forms = {".html": "to_html", ".json": "to_json", ".txt": "to_text"}
    if output is not None and output.suffix not in forms:
        raise typer.BadParameter(f"{output.suffix or 'no extension'}: use {', '.join(forms)}")
    found = compared(before, after, () if no_cases else cases)
    if output is not None:
        write_atomically(output, getattr(found, forms[output.suffix])())
        typer.echo(f"wrote {output}")
    elif as_json or as_html:
        typer.echo(found.to_json() if as_json else found.to_html())
    else:
        typer.echo(found.to_text(lines), nl=False)
    if found:
        raise typer.Exit(DIFFERENT)
