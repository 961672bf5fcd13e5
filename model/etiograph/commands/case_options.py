"""What commands about one person have in common: options, and the case they describe."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from etiograph.case import Case
    from etiograph.network.network import Network

Words = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="FINDING=STATE...",
        help="What is known: diuretic=thiazide, age!=under_50, 'serum_magnesium=0.62 mmol/L'.",
    ),
]
Change = list[str] | None
Fhir = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="A patient's record in FHIR R4: a bundle, NDJSON, one resource."
    ),
]
At = Annotated[
    str | None, typer.Option(metavar="DATE", help="The day the record is read for; default today.")
]
Window = Annotated[
    str, typer.Option(metavar="TIME", help="How long before that day a result counts.")
]
Every = Annotated[
    bool, typer.Option("--every-reading", help="All readings of that time; default the latest.")
]
PatientId = Annotated[
    str | None, typer.Option("--patient", metavar="ID", help="Whom, if the record holds several.")
]
Do = Annotated[Change, typer.Option(metavar="NAME=STATE", help="Findings seen after a change.")]
Had = Annotated[Change, typer.Option(metavar="NAME=STATE", help="Had this been otherwise.")]
After = Annotated[Change, typer.Option(metavar="NAME=STATE", help="Changed from now on.")]


def make_case(
    network: Network,
    findings: list[str] | None,
    do: list[str] | None = None,
    had: list[str] | None = None,
    after: list[str] | None = None,
    recorded: Case | None = None,
    line: str | None = None,
) -> Case:
    """The case that the words on the command line describe, on top of what was read from a record.

    What of a line is not understood is said, and nothing else is done about it.
    """
    from etiograph.findings.text import read_words

    said = (_said(network, line) if line else {}) | read_words(network, findings or [])
    case = recorded.with_findings(said) if recorded else network.case(said)
    for change, words in ((case.do, do), (case.had, had), (case.after, after)):
        if words:
            case = change(read_words(network, words))
    return case


def _said(network: Network, line: str) -> dict[str, Any]:
    """The findings of a line as they are said; what is not understood is printed."""
    from etiograph.findings.alike import alike
    from etiograph.findings.line import read_line

    read = read_line(network, line)
    for each in read.rest:
        near = ", ".join(alike(network, each.text))
        meant = f"; perhaps {near}" if near else ""
        typer.echo(f"not entered: {each.text} ({each.why}{meant})", err=True)
    return dict(read.findings)


def read_record(
    network: Network,
    file: Path | None,
    at: str | None,
    window: str,
    every: bool,
    patient: str | None,
) -> Case | None:
    """The case that a patient's record describes; None without one."""
    from etiograph.case import Case

    if file is None:
        if at is not None or every or patient is not None:
            raise typer.BadParameter("--at, --every-reading and --patient go with --fhir")
        return None
    return Case.from_fhir(network, file, at=at, window=window, every=every, patient=patient)
