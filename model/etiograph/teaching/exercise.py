"""Exercises made from any network, by a seed; each with its key, its reasons and a worked solution."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from etiograph.errors import EtiographError
from etiograph.network.frozen import FrozenMap
from etiograph.network.value import value_type
from etiograph.teaching.posed import Posed
from etiograph.teaching.question import Question

if TYPE_CHECKING:
    from etiograph.network.network import Network

ATTEMPTS = 120
"""Random choices of variables before a kind is taken not to apply to a network."""
MEMORY = "128MiB"
"""An attempt that needs more takes too long, too: another choice is made."""
LEAST_ATTEMPTS, EFFORT = 12, 1500
"""In a large network an attempt takes longer, so fewer are made: a teacher waits for the sheet."""


class NoExercise(EtiographError):
    """A kind of exercise that a network gives nothing for.

    Parameters
    ----------
    kind, reason : str
        What was asked for, and why it is not to be had.
    """

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(kind, reason)
        self.kind = kind
        self.reason = reason

    def __str__(self) -> str:
        return f"no exercise of kind '{self.kind}' from this network: {self.reason}"


@value_type
@dataclass(frozen=True, slots=True)
class Fact:
    """A number that an exercise rests on, and the question it answers."""

    question: Question
    value: float


@value_type
@dataclass(frozen=True, slots=True)
class Exercise:
    """One exercise.

    Attributes
    ----------
    kind : str
        One of :data:`etiograph.teaching.kinds.KINDS`.
    seed : tuple of int
        What it was made with.
    posed : Posed
        The question and its key.
    hints : (str, str)
        The first says where to look, the second begins the sum.
    solution : tuple of str
        The way to the answer, with the engine's own numbers in between.
    facts : tuple of Fact
        The numbers it rests on.
    values : tuple of float
        The exact number behind each option, where options are numbers.
    about : mapping of str to str
        The variables it speaks of, by their part in the exercise.
    drawn : tuple of str
        The variables of the diagram beside it.
    lines : tuple of tuple of str
        A table to work with: a row of heads, then rows.
    """

    kind: str
    seed: tuple[int, ...]
    posed: Posed
    hints: tuple[str, str]
    solution: tuple[str, ...]
    facts: tuple[Fact, ...] = ()
    values: tuple[float, ...] = ()
    about: Mapping[str, str] = FrozenMap()
    drawn: tuple[str, ...] = ()
    lines: tuple[tuple[str, ...], ...] = ()


def exercise(network: Network, kind: str, seed: int | Sequence[int] = 0) -> Exercise:
    """One exercise of a kind.

    Parameters
    ----------
    network : Network
        Any network.
    kind : str
        One of :data:`etiograph.teaching.kinds.KINDS`.
    seed : int or sequence of int
        The same seed gives the same exercise.

    Raises
    ------
    UnknownName
        There is no such kind.
    NoExercise
        The network gives none, with the reason.
    """
    import numpy as np

    from etiograph.engine.memory import memory_limit
    from etiograph.errors import ImpossibleFindings, TooLarge, UnknownName
    from etiograph.teaching.kinds import KINDS
    from etiograph.teaching.posed import Unfair, fair
    from etiograph.teaching.tutor import Tutor

    if kind not in KINDS:
        raise UnknownName(kind, "kind of exercise", tuple(KINDS))
    made = KINDS[kind]
    seeds = (seed,) if isinstance(seed, int) else tuple(seed)
    tutor = Tutor(network, np.random.default_rng([*seeds, *kind.encode()]))
    if reason := made.unfit(tutor):
        raise NoExercise(kind, reason)
    affordable = max(LEAST_ATTEMPTS, EFFORT // len(network.variables))
    for _ in range(ATTEMPTS if made.cheap else min(ATTEMPTS, affordable)):
        tutor.facts.clear()
        try:
            with memory_limit(MEMORY):
                found = made.attempt(tutor)
            if found is not None:
                fair(found.posed)
                return tutor.finished(kind, seeds, found)
        except (ImpossibleFindings, TooLarge, Unfair):
            continue
    raise NoExercise(kind, made.none)


def exercises(
    network: Network, kinds: Sequence[str] = (), seed: int = 0, count: int = 12
) -> tuple[tuple[Exercise, ...], tuple[NoExercise, ...]]:
    """Several exercises, the kinds in turn; and the kinds that this network gives none of.

    Raises
    ------
    NoExercise
        The network gives none of the kinds asked for.
    """
    from etiograph.teaching.kinds import KINDS

    asked = list(kinds or KINDS)
    refused: list[NoExercise] = []
    found: list[Exercise] = []
    seen: set[str] = set()
    for number, kind in _turns(asked, count, found):
        try:
            one = exercise(network, kind, (seed, number))
        except NoExercise as error:
            refused.append(error)
            asked.remove(kind)
            continue
        if one.posed.text not in seen:  # a small network gives some of them twice
            seen.add(one.posed.text)
            found.append(one)
    if not found:
        raise refused[0]
    return tuple(found), tuple(refused)


def _turns(asked: list[str], count: int, found: Sequence[Exercise]) -> Iterator[tuple[int, str]]:
    """Kinds in turn until there are enough, or until ever new seeds give nothing new."""
    number = 0
    while asked and len(found) < count and number < 12 * count:
        for kind in list(asked):
            if len(found) >= count:
                return
            yield number, kind
            number += 1
