"""``etiograph lesson`` and ``etiograph exercises``: what a teacher needs, on the command line."""

from __future__ import annotations

from typing import Annotated

import typer

lesson = typer.Typer(no_args_is_help=True, help="Lessons: check the keys of a file.")

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
