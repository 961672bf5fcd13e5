"""``etiograph check``, ``calibrate``, ``project`` and ``convert``: what keeps a network file true."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from etiograph.commands.network_options import NetworkName, Undefined
from etiograph.errors import InvalidNetwork, UnreadableFile

if TYPE_CHECKING:
    from etiograph.curation.statistics import Check, Compared
    from etiograph.network.network import Network

Evidence = Mapping[str, Mapping[str, str]]


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
    from etiograph.network import cohort
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
        # A model file that promises sources is held to that; one that has learned was saved by its user.
        if path.suffix == ".toml" and not cohort.learned(network):
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
    from etiograph import load

    written(load(source, undefined=undefined), target)


def written(network: Network, target: Path) -> None:
    """Write a network in the format of the extension; say what other programs find in it."""
    from etiograph import formats

    formats.write(network, target)
    told_of(network, target)


def told_of(network: Network, target: Path) -> None:
    """Say of a network that was written what other programs find in it."""
    from etiograph.formats import remarks
    from etiograph.formats.registry import for_writing

    form = for_writing(target)
    typer.echo(f"wrote {target}")
    typer.echo(f"other programs read: {'; '.join(remarks.kept(network, form))}")
    if only := remarks.carried(network, form):
        typer.echo(f"other programs skip, etiograph reads it back: {', '.join(only)}")
    typer.echo("nothing is lost for etiograph" if only else "nothing is left out")
