"""``etiograph ask`` and ``etiograph report``: one person, on the screen or as a document."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from etiograph.commands.case_options import (
    After,
    At,
    Do,
    Every,
    Fhir,
    Had,
    PatientId,
    Window,
    Words,
    make_case,
    read_record,
)
from etiograph.commands.network_options import NetworkName

PAGES = ("doctor", "patient")


def ask(
    network: NetworkName,
    findings: Words = None,
    do: Do = None,
    had: Had = None,
    after: After = None,
    fhir: Fhir = None,
    at: At = None,
    window: Window = "90 days",
    every: Every = False,
    patient: PatientId = None,
    line: Annotated[
        str | None,
        typer.Option("--line", help='Findings as said: "82 f furosemide omeprazole K 3,1".'),
    ] = None,
    intervals: Annotated[
        bool, typer.Option("--intervals", help="90 % credible intervals.")
    ] = False,
    why: Annotated[
        bool, typer.Option("--why", help="What speaks for and against the first cause.")
    ] = False,
    next_: Annotated[bool, typer.Option("--next", help="What to ask or test next.")] = False,
    helps: Annotated[
        bool, typer.Option("--helps", help="What could help: every change by its effect.")
    ] = False,
    tornado: Annotated[
        bool, typer.Option("--tornado", help="Which published numbers matter most.")
    ] = False,
    of: Annotated[
        list[str] | None,
        typer.Option(
            "--of",
            help="Also this variable: every state, and what a test is expected to read; may be repeated.",
        ),
    ] = None,
    top: Annotated[int, typer.Option(min=1, help="How many causes to print.")] = 15,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Red flags first, then the ranked possible causes with their baseline."""
    from etiograph import load
    from etiograph.commands import printing
    from etiograph.commands.answer import answer, still_open
    from etiograph.commands.helps import show_helps
    from etiograph.decision.next_steps import states_harms
    from etiograph.network.reading import Reading
    from etiograph.uncertainty.summary import NO_RANGES

    opened = load(network)
    recorded = read_record(opened, fhir, at, window, every, patient)
    case = make_case(opened, findings, do, had, after, recorded, line)
    answered = answer(case, intervals=intervals, of=of or ())
    if as_json:
        typer.echo(answered.to_json())
        return
    printing.show_record(case)
    printing.show(answered, top)
    known = {*case.findings, *case.changes}  # a value that is known is not to be expected
    for name in of or ():
        if isinstance(case.network.mechanisms[name], Reading) and name not in known:
            label = case.network.variables[name].label
            typer.echo(f"Expected of {label}: {case.expected(name).sentence}")
    ranged = case.network.has_ranges
    if (intervals or tornado) and not ranged:
        typer.echo(NO_RANGES)
    steps = next_ and case.kind in ("see", "do") and states_harms(case.network)
    if steps:
        printing.show_steps(case)
    if helps:
        show_helps(case, intervals=intervals)
    for first in still_open(case, answered)[:1]:  # none when everything is known
        if why:
            printing.show_why(case, first)
        if next_ and not steps:
            printing.show_next(case, first)
        if tornado and ranged:
            printing.show_tornado(case, first)


def report(
    network: NetworkName,
    findings: Words = None,
    do: Do = None,
    had: Had = None,
    after: After = None,
    fhir: Fhir = None,
    at: At = None,
    window: Window = "90 days",
    every: Every = False,
    patient: PatientId = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help=".html, .json or .txt; default: print.")
    ] = None,
    detail: Annotated[
        bool, typer.Option("--detail", help="Also which numbers would turn the answer.")
    ] = False,
    helps: Annotated[bool, typer.Option("--helps", help="Also which changes could help.")] = False,
    page: Annotated[
        str | None,
        typer.Option(
            metavar="doctor|patient", help="One sheet of A4 (.html), for who treats or is treated."
        ),
    ] = None,
) -> None:
    """One report of a case: findings, answers, sources, version and digest."""
    if page not in (None, *PAGES):
        raise typer.BadParameter(f"--page is {' or '.join(PAGES)}, not {page!r}")
    if page is not None and (output is None or output.suffix != ".html"):
        raise typer.BadParameter("--page goes with --output FILE.html")
    from etiograph import load
    from etiograph.curation.published import evidence_beside
    from etiograph.formats.saving import write_atomically
    from etiograph.resources import model_path

    opened = load(network)
    recorded = read_record(opened, fhir, at, window, every, patient)
    case = make_case(opened, findings, do, had, after, recorded)
    known = evidence_beside(opened, model_path(network))
    written = case.report(evidence=known, detail=detail, helps=helps or page is not None)
    if page is not None:
        today = f"{date.today():%d %B %Y}"
        sheet = written.to_page(today) if page == PAGES[0] else written.to_patient(today)
        assert output is not None
        write_atomically(output, sheet)
        typer.echo(f"wrote {output}")
        return
    if output is None:
        typer.echo(written.to_text())
        return
    forms = {".html": written.to_html, ".json": written.to_json, ".txt": written.to_text}
    if output.suffix not in forms:
        raise typer.BadParameter(f"{output.suffix or 'no extension'}: use {', '.join(forms)}")
    write_atomically(output, forms[output.suffix]())
    typer.echo(f"wrote {output}")
