"""``etiograph lesson`` and ``etiograph exercises``: what a teacher needs, on the command line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from etiograph.teaching.sheet import Block

lesson = typer.Typer(
    no_args_is_help=True, help="Lessons: check the keys of a file, write the teacher's page."
)

LessonName = Annotated[
    str, typer.Argument(metavar="FILE|NAME|all", help="A lesson file, a bundled lesson, or all.")
]


@lesson.command()
def check(file: LessonName) -> None:
    """Run every key of a lesson and print it; a mistake is told with file and line."""
    from etiograph.resources import lesson_path, lessons
    from etiograph.teaching.lesson_check import check_lesson

    for path in lessons().values() if file == "all" else (lesson_path(file),):
        checked = check_lesson(path)
        found = checked.lesson
        typer.echo(
            f"{path.name}: {found.title} ({found.level}, {found.minutes} minutes, {found.network})"
        )
        for key in checked.keys:
            typer.echo(f"  step {key.step}: {key.text}")
            typer.echo(f"    right: {key.key}")
            for label, value in key.numbers:
                typer.echo(f"    {100 * value:5.1f} of 100  {label}")


Output = Annotated[
    Path | None, typer.Option("--output", "-o", help=".html or .md; default: print Markdown.")
]


@lesson.command("sheet")
def lesson_sheet(file: LessonName, output: Output = None) -> None:
    """Write the teacher's page of a lesson: aim, prerequisites, misconceptions, answers."""
    from etiograph.resources import lesson_path, lessons
    from etiograph.teaching.lesson_check import check_lesson, network_of
    from etiograph.teaching.sheet import lesson_blocks

    blocks: list[Block] = []
    for path in lessons().values() if file == "all" else (lesson_path(file),):
        found = check_lesson(path).lesson
        blocks += lesson_blocks(network_of(found, path.parent), found)
    write(blocks, output)


def exercises(
    network: Annotated[
        str, typer.Argument(metavar="NETWORK", help="A bundled network, or a file of any format.")
    ],
    kinds: Annotated[
        str, typer.Option(help="Kinds, with commas between them; default: all that apply.")
    ] = "",
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same sheet.")] = 0,
    count: Annotated[int, typer.Option("-n", min=1, max=200, help="How many exercises.")] = 12,
    output: Output = None,
    hints: Annotated[bool, typer.Option(help="A page of hints before the keys.")] = True,
) -> None:
    """Write exercises from any network, with hints, and keys on a page of their own.

    A kind that does not apply to the network is left out, with the reason.
    """
    from etiograph import load
    from etiograph.teaching.exercise import exercises as made
    from etiograph.teaching.sheet import exercise_blocks

    opened = load(network)
    asked = [kind.strip() for kind in kinds.split(",") if kind.strip()]
    found, refused = made(opened, asked, seed, count)
    for error in refused:
        typer.echo(f"left out: {error}", err=True)
    if len(found) < count:
        typer.echo(f"{len(found)} exercises: this network gives no more", err=True)
    blocks = exercise_blocks(
        opened, found, refused, hints=hints, seed=seed, called=Path(network).stem
    )
    write(blocks, output)


def write(blocks: Sequence[Block], output: Path | None) -> None:
    """A sheet in a file, in the form of its extension, or on the screen."""
    from etiograph.formats.saving import write_atomically
    from etiograph.teaching.sheet import html, markdown

    if output is None:
        typer.echo(markdown(blocks), nl=False)
        return
    forms = {".html": html, ".md": markdown}
    if output.suffix not in forms:
        raise typer.BadParameter(f"{output.suffix or 'no extension'}: use {', '.join(forms)}")
    write_atomically(output, forms[output.suffix](blocks))
    typer.echo(f"wrote {output}")


LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Of a code that is read from a wall: none that looks like another."""


def class_code() -> str:
    """A code to join a class, read aloud or from a wall."""
    import secrets

    return "".join(secrets.choice(LETTERS) for _ in range(6))


def class_address(address: str) -> str:
    """The one address a class is served on, checked.

    Raises
    ------
    BadParameter
        It is no address, or stands for every network this machine is in.
    """
    from ipaddress import ip_address

    try:
        found = ip_address(address)
    except ValueError:
        raise typer.BadParameter(f"{address!r} is no address such as 192.168.1.20") from None
    if found.is_unspecified or found.is_multicast:
        raise typer.BadParameter(
            f"{address} stands for every network of this machine: name its address in the class's network"
        )
    return str(found)


def class_lessons(files: Sequence[Path]) -> str:
    """Lessons of the teacher's own, every key worked out, as the server of a class is told of them.

    Raises
    ------
    EtiographError
        With file and line: a lesson cannot be read or cannot be taught.
    BadParameter
        Two files have one name, by which results tell them apart.
    """
    import os

    from etiograph.network.frozen import duplicates
    from etiograph.teaching.lesson_check import check_lesson

    if twice := duplicates(file.name for file in files):
        raise typer.BadParameter(f"two lessons are called {twice[0]}: rename one")
    for file in files:
        check_lesson(file)
    return os.pathsep.join(str(file.resolve()) for file in files)


def class_environment(address: str, port: int, lessons: Sequence[Path] = ()) -> dict[str, str]:
    """What the server of a class is told, after saying how to join."""
    import secrets

    own = class_lessons(lessons)

    code, secret = class_code(), secrets.token_urlsafe(16)
    host = f"[{address}]" if ":" in address else address
    typer.echo(f"class open on {address} only, until this program ends; nothing is stored")
    typer.echo(f"students: http://{host}:{port}/   code {code}")
    typer.echo(f"teacher:  http://{host}:{port}/?teacher={secret}   (keep this link to yourself)")
    if not address.startswith("127."):
        typer.echo("the connection is not encrypted: whoever is in this network can read along")
    return {
        "ETIOGRAPH_CLASS": code,
        "ETIOGRAPH_CLASS_TEACHER": secret,
        "ETIOGRAPH_CLASS_ADDRESS": f"http://{host}:{port}/",
        "ETIOGRAPH_CLASS_LESSONS": own,
    }
