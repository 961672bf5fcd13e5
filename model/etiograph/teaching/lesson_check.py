"""Every key of a lesson worked out: what is right in it, and whether it can be taught as it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etiograph.errors import EtiographError, UnknownName
from etiograph.formats.native.places import Places, find, relocated
from etiograph.formats.native.toml_text import Path as Place, read_toml
from etiograph.formats.text import read_text
from etiograph.network.event import Event
from etiograph.network.value import value_type
from etiograph.resources import load
from etiograph.teaching.exercise import Exercise, exercise
from etiograph.teaching.lesson import Lesson, Step, pose, rendered
from etiograph.teaching.lesson_file import reads_lesson
from etiograph.teaching.posed import Unfair
from etiograph.teaching.question import ASKED, ask_text

if TYPE_CHECKING:
    from etiograph.network.network import Network


@value_type
@dataclass(frozen=True, slots=True)
class AnswerKey:
    """The right answer of one step.

    Attributes
    ----------
    step : int
        From 1.
    text, key : str
        What is asked, and what is right.
    numbers : tuple of (str, float)
        What the engine said.
    """

    step: int
    text: str
    key: str
    numbers: tuple[tuple[str, float], ...] = ()


@value_type
@dataclass(frozen=True, slots=True)
class CheckedLesson:
    """A lesson and the keys of its questions."""

    lesson: Lesson
    keys: tuple[AnswerKey, ...]


def network_of(lesson: Lesson, beside: Path | None = None) -> Network:
    """The network a lesson is on: a bundled one, or a file beside the lesson."""
    if beside is not None and Path(lesson.network).suffix:
        return load(beside / lesson.network)
    return load(lesson.network)


def check_lesson(path: str | Path) -> CheckedLesson:
    """Read a lesson and answer every question in it.

    Raises
    ------
    EtiographError
        With file and line: it cannot be read, its network is not to be had, a question cannot be
        answered, or a guess has no right answer or two.
    """
    path = Path(path)
    text = read_text(path)
    lesson = reads_lesson(text, str(path), path.stem)
    places = Places(text, str(path))
    try:
        network = network_of(lesson, path.parent)
    except EtiographError as error:
        raise relocated(error, places, ("network",)) from error
    return CheckedLesson(lesson, tuple(_keys(network, lesson, places)))


def _keys(network: Network, lesson: Lesson, places: Places) -> Iterator[AnswerKey]:
    for k, step in enumerate(lesson.steps):
        try:
            key = check_step(network, step, k + 1)
        except Unfair as error:
            raise places.invalid(("step", k), str(error)) from error
        except EtiographError as error:
            raise _placed(error, network, places, k) from error
        if key is not None:
            yield key


def _placed(error: EtiographError, network: Network, places: Places, k: int) -> EtiographError:
    """The error at the line of the text that cannot be answered, else of the step."""
    given = read_toml(places.text, places.name)["step"][k]
    for path, text in _texts(given, ("step", k)):
        try:
            rendered(network, text)
            if text.partition("(")[0] in ASKED and text.endswith(")"):
                ask_text(network, text)
        except EtiographError as own:
            return relocated(own, places, path)
    spoken = find(given, str(error.name)) if isinstance(error, UnknownName) else ()
    return relocated(error, places, ("step", k, *spoken))


def _texts(given: Any, path: Place) -> Iterator[tuple[Place, str]]:
    """Every text in the data of a file, with its path."""
    if isinstance(given, str):
        yield path, given
    items = given.items() if isinstance(given, dict) else ()
    for key, value in items or (enumerate(given) if isinstance(given, list) else ()):
        yield from _texts(value, (*path, key))


def last_exercise(network: Network, step: Step) -> tuple[Network, Exercise]:
    """The exercise of a step and its network: that of the lesson, or the one it names."""
    on = load(step.network) if step.network else network
    return on, exercise(on, step.exercise, step.seed)


def check_step(network: Network, step: Step, number: int) -> AnswerKey | None:
    """What is right in a step; None where it asks nothing."""
    for said in (step.text, *(choice.why for choice in step.choices), *step.wrong.values()):
        rendered(network, said)
    for name in step.draw:
        if name not in network.variables:
            raise UnknownName(name, "variable", tuple(network.variables))
    for name, state in (*step.findings.items(), *step.changes.items()):
        Event.parse(network, (name, state))
    if step.kind == "guess":
        posed = pose(network, step)
        return AnswerKey(number, posed.text, posed.key, posed.shown)
    if step.kind == "exercise":
        _, made = last_exercise(network, step)
        return AnswerKey(number, made.posed.text, made.posed.key)
    return None
