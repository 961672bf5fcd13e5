"""The command ``etiograph``: ask, new, check, diff, convert, score, report, explore.

Thin: it reads words, calls the library, prints. Whatever the library refuses is a short message on
stderr and exit code 2.
"""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from etiograph import __version__
from etiograph.commands import author, cohort, diff, learn, teach
from etiograph.commands.table_options import Code, Missing, On, Table, Unit, contract
from etiograph.errors import EtiographError, InvalidNetwork, UnreadableFile

if TYPE_CHECKING:
    from etiograph.case import Case
    from etiograph.curation.statistics import Check, Compared
    from etiograph.network.network import Network

Evidence = Mapping[str, Mapping[str, str]]
NOTICE = "For research and teaching. Not a medical device; not validated for patient care."
USAGE_ERROR = 2
PAGES = ("doctor", "patient")
LOCAL = "127.0.0.1"
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


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help=f"Probabilistic causal models of symptoms. {NOTICE}",
)

NetworkName = Annotated[
    str, typer.Argument(metavar="NETWORK", help="A bundled network, or a .toml or .bif file.")
]
Words = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="FINDING=STATE...",
        help="What is known: diuretic=thiazide, age!=under_50, 'serum_magnesium=0.62 mmol/L'.",
    ),
]
Undefined = Annotated[
    str | None,
    typer.Option(metavar="uniform|forbid", help="How rows of NaN are read; refused if not given."),
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
    from etiograph.findings.line import read_line
    from etiograph.findings.text import read_words

    read = read_line(network, line or "")
    for each in read.rest:
        typer.echo(f"not entered: {each.text} ({each.why})", err=True)
    said = read.findings | read_words(network, findings or [])
    case = recorded.with_findings(said) if recorded else network.case(said)
    for change, words in ((case.do, do), (case.had, had), (case.after, after)):
        if words:
            case = change(read_words(network, words))
    return case


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


@app.command()
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
    top: Annotated[int, typer.Option(min=1, help="How many causes to print.")] = 15,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Red flags first, then the ranked possible causes with their baseline."""
    from etiograph import load
    from etiograph.commands import printing
    from etiograph.commands.helps import show_helps
    from etiograph.decision.next_steps import states_harms
    from etiograph.uncertainty.summary import NO_RANGES

    opened = load(network)
    recorded = read_record(opened, fhir, at, window, every, patient)
    case = make_case(opened, findings, do, had, after, recorded, line)
    answer = printing.answer(case, intervals=intervals)
    if as_json:
        typer.echo(answer.to_json())
        return
    printing.show_record(case)
    printing.show(answer, top)
    ranged = case.network.has_ranges
    if (intervals or tornado) and not ranged:
        typer.echo(NO_RANGES)
    steps = next_ and case.kind in ("see", "do") and states_harms(case.network)
    if steps:
        printing.show_steps(case)
    if helps:
        show_helps(case, intervals=intervals)
    for first in printing.still_open(case, answer)[:1]:  # none when everything is known
        if why:
            printing.show_why(case, first)
        if next_ and not steps:
            printing.show_next(case, first)
        if tornado and ranged:
            printing.show_tornado(case, first)


@app.command()
def check(
    file: Annotated[
        str,
        typer.Argument(metavar="FILE", help="A network file of any format, or a bundled network."),
    ],
    against: Annotated[
        str | None,
        typer.Option(
            metavar="evidence|FILE",
            help="Compare with published statistics: those beside the model file, or of FILE.",
        ),
    ] = None,
    into: Annotated[
        Path | None,
        typer.Option(help="Write the comparison between the marks 'checks' of this .md file."),
    ] = None,
    undefined: Undefined = None,
) -> None:
    """Read a network file, say what is in it, or where it is wrong.

    With an evidence table beside it every number is held against the rows it cites.
    """
    from etiograph import load
    from etiograph.commands import printing
    from etiograph.curation import agreement, published, statistics
    from etiograph.resources import model_path

    path, network = model_path(file), load(file, undefined=undefined)
    if into is not None and against is None:
        raise typer.BadParameter("--into goes with --against evidence")
    known = published.evidence_beside(network, path)
    beside = path.parent / published.CHECKS_FILE
    checks = published.read_checks(network, beside) if beside.is_file() else ()
    rows = check_sources(network, path, known, checks) if known else ()
    named = network.about.get("evidence")
    if named and not known:
        if path.suffix == ".toml":  # a model file that promises sources is held to that
            raise UnreadableFile("there is no such evidence table", path=str(path.parent / named))
        typer.echo(
            f"warning: {named} is not beside the file: no number was held against its sources",
            err=True,
        )
    if against is None:
        printing.show_contents(network, path.name)
        return
    if against != "evidence":
        checks = published.read_checks(network, Path(against))
    elif not beside.is_file():
        raise UnreadableFile("there are no published statistics", path=str(beside))
    if against != "evidence" or not rows:
        rows = statistics.compare(network, checks)
    later = path.parent / published.HELD_OUT_FILE
    aside: tuple[statistics.Compared, ...] = ()
    if against == "evidence" and later.is_file():
        aside = statistics.compare(network, published.read_checks(network, later))
    if into is None:
        agreement.show(network, rows, known, aside)
        return
    agreement.write(into, network, rows, known, aside)
    typer.echo(f"wrote {into}")


def check_sources(
    network: Network, path: Path, known: Evidence, checks: Sequence[Check]
) -> tuple[Compared, ...]:
    """Refuse numbers that do not agree with their sources; warn of unused evidence against them.

    Returns
    -------
    tuple of Compared
        The published statistics beside the network's answers.

    Raises
    ------
    InvalidNetwork
        One line for every disagreement, with file, line and number.
    """
    from etiograph.curation import between, provenance, statistics
    from etiograph.formats.native import places_native

    places = places_native(path) if path.suffix == ".toml" else {}
    wrong = [*provenance.violations(network, known, checks), *between.disagreements(network, known)]
    if wrong:
        lines = "\n".join(f"  {complaint.at(places)}" for complaint in wrong)
        raise InvalidNetwork(f"{len(wrong)} disagreements with the evidence in {path}:\n{lines}")
    rows = statistics.compare(network, checks)
    for complaint in provenance.contradicted(network, known, rows):
        typer.echo(f"warning: {complaint.at(places)}", err=True)
    return rows


@app.command("check-engine")
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


@app.command()
def calibrate(
    network: NetworkName,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write the model file here, comments kept."),
    ] = None,
) -> None:
    """Solve the numbers listed in the file so that the stated probabilities come out."""
    from etiograph import load
    from etiograph.curation import calibration
    from etiograph.formats.native import save_native
    from etiograph.formats.text import read_text
    from etiograph.resources import model_path

    path = model_path(network)
    calibrated, solved = calibration.calibrate(load(network))
    calibration.show(solved)
    if not all(one.met for one in solved):
        raise typer.Exit(1)
    if output is not None:
        save_native(calibrated, output, read_text(path))
        typer.echo(f"wrote {output}")


@app.command()
def project(
    full: Annotated[str, typer.Argument(metavar="FULL", help="A bundled network, or a file.")],
    skeleton: Annotated[
        Path, typer.Argument(metavar="SKELETON", help="Variables, states and arrows to keep.")
    ],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the small model file here.")
    ] = None,
    into: Annotated[
        Path | None,
        typer.Option(help="Write what is printed between the marks 'projection' of this .md file."),
    ] = None,
) -> None:
    """Compute a small network from a full one, and say what it loses."""
    from etiograph import load
    from etiograph.curation import projection, projection_report
    from etiograph.curation.skeleton import read_skeleton
    from etiograph.formats.saving import write_atomically
    from etiograph.formats.text import read_text

    network = load(full)
    drawn = read_skeleton(read_text(skeleton), str(skeleton), network)
    projected = projection.Projection(network, drawn)
    said = projection_report.markdown(projected)
    typer.echo(said)
    if output is not None:
        write_atomically(output, projected.text)
    if into is not None:
        projection_report.write(into, said)
    for path in filter(None, (output, into)):
        typer.echo(f"wrote {path}", err=True)


@app.command()
def convert(
    source: Annotated[
        str, typer.Argument(metavar="A", help="A file, or the name of a bundled network.")
    ],
    target: Annotated[
        Path,
        typer.Argument(
            metavar="B", help=".toml .json .bif .xmlbif .xdsl .net .dne .uai, or one of these .gz"
        ),
    ],
    undefined: Undefined = None,
) -> None:
    """Rewrite a network in the format of the extension; say what other programs find in it."""
    from etiograph import formats, load
    from etiograph.formats import remarks
    from etiograph.formats.registry import for_writing

    network, form = load(source, undefined=undefined), for_writing(target)
    formats.write(network, target)
    typer.echo(f"wrote {target}")
    typer.echo(f"other programs read: {'; '.join(remarks.kept(network, form))}")
    if only := remarks.carried(network, form):
        typer.echo(f"other programs skip, etiograph reads it back: {', '.join(only)}")
    typer.echo("nothing is lost for etiograph" if only else "nothing is left out")


@app.command()
def score(
    network: NetworkName,
    table: Table,
    output: Annotated[Path, typer.Option("--output", "-o", help=".csv or .parquet")],
    of: Annotated[
        list[str] | None, typer.Option(help="What to answer; default: the network's causes.")
    ] = None,
    keep: Annotated[list[str] | None, typer.Option(help="Column to copy, not a finding.")] = None,
    leave_out: Annotated[
        list[str] | None, typer.Option(help="Column that is no finding here, as the target.")
    ] = None,
    on_error: Annotated[
        str,
        typer.Option(
            metavar="raise|skip",
            help="What a cell that cannot be read does: end all, or its row is left empty and "
            "listed in OUTPUT.errors.csv.",
        ),
    ] = "raise",
    missing: Missing = None,
    unit: Unit = None,
    code: Code = None,
    sep: Annotated[
        str | None, typer.Option(help="Separator, if not comma, semicolon or tab.")
    ] = None,
    encoding: Annotated[str, typer.Option(help="Encoding of a table of text.")] = "utf-8",
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
    from etiograph.commands import score as scoring, score_options as options
    from etiograph.findings.text import read_words

    said = contract(leave_out, on_error, missing, unit, code)
    columns = (
        BarColumn(), TextColumn("{task.percentage:>3.0f} %, {task.fields[rows]:,} rows"),
        TimeRemainingColumn(),
    )  # fmt: skip
    opened = load(network)
    console = Console(stderr=True)
    with options.ended_by_signal(), Progress(*columns, console=console, transient=True) as bar:
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
            separator=options.separator(sep),
            encoding=encoding,
            resume=resume,
            on=on,
            progress=lambda n: bar.update(task, rows=bar.tasks[0].fields["rows"] + n),
            share=lambda read: bar.update(task, completed=read),
        )
    typer.echo(f"wrote {counts.rows:,} rows to {output}")
    for line in options.remarks(counts, output):
        typer.echo(line, err=True)


app.command()(learn.update)
for command in (cohort.fit, cohort.validate, cohort.criticise, cohort.compare):
    app.command()(command)
app.command()(diff.diff)
app.command()(author.new)
app.command()(author.schema)
app.command()(author.card)
app.add_typer(teach.lesson, name="lesson")
app.command()(teach.exercises)


@app.command()
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


@app.command()
def explore(
    network: Annotated[str, typer.Argument(metavar="NETWORK")] = "leg_cramps",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8501,
    browser: Annotated[bool, typer.Option(help="Open the page in a browser.")] = True,
    class_: Annotated[
        bool, typer.Option("--class", help="Serve a class: students join with a code.")
    ] = False,
    address: Annotated[
        str, typer.Option(help="With --class: the one address of this machine to serve it on.")
    ] = LOCAL,
    lesson: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE", help="With --class: a lesson of your own; may be given again."
        ),
    ] = None,
) -> None:
    """Open the explorer on this machine (127.0.0.1 only, no telemetry).

    With --class it serves a class instead, on the address named and no other. Exercises are made from NETWORK
    and from bundled ones; lessons are the bundled ones and those of your own.
    """
    from etiograph import load
    from etiograph.resources import networks

    load(network)  # a wrong name or file is refused here, not in the browser
    opened = network if network in networks() else str(Path(network).resolve())
    environment = {"ETIOGRAPH_NETWORK": opened}
    if class_:
        address = teach.class_address(address)
        environment |= teach.class_environment(address, port, lesson or ())
    elif address != LOCAL or lesson:
        given = "--lesson" if lesson else "--address"
        raise typer.BadParameter(f"{given} is for a class: add --class")
    become(explorer_command(port, browser=browser and not class_, address=address), environment)


def become(command: Sequence[str], environment: Mapping[str, str]) -> None:
    """Run another program in place of this one, so that whatever ends this process ends it.

    A server left behind by its parent would go on showing what somebody entered.
    """
    import os
    import subprocess

    sys.stdout.flush()
    sys.stderr.flush()
    given = {**os.environ, **environment}
    if sys.platform == "win32":  # a process can't be replaced there; Ctrl+C reaches both
        served = subprocess.run(command, env=given, check=False)  # noqa: S603
        raise typer.Exit(served.returncode)
    os.execve(command[0], list(command), given)  # noqa: S606  no shell, only our own words


def explorer_command(port: int, *, browser: bool, address: str = LOCAL) -> list[str]:
    """The program that serves the explorer: bound to one address, nothing sent anywhere."""
    from etiograph.resources import app_folder

    script = app_folder() / "streamlit_app.py"
    return [
        *(sys.executable, "-m", "streamlit", "run", str(script)),
        f"--server.address={address}",
        f"--browser.serverAddress={address}",
        f"--server.port={port}",
        "--server.showEmailPrompt=false",
        "--browser.gatherUsageStats=false",
        "--client.showErrorDetails=none",
        # Streamlit itself sees whether there is a screen to open a browser on.
        *([] if browser else ["--server.headless=true"]),
    ]


def main() -> None:
    """Entry point of the command."""
    app()


if __name__ == "__main__":
    main()
