"""A lesson as a value: a network, and steps to read, look at, guess, understand and try."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from etiograph.errors import InvalidFinding
from etiograph.network.event import Event
from etiograph.network.frozen import FrozenMap
from etiograph.network.value import value_type
from etiograph.teaching.posed import DIRECTIONS, Number, Option, Posed, Unfair, fair
from etiograph.teaching.question import Question, ask_text, read_question

if TYPE_CHECKING:
    from etiograph.network.network import Network

SAME = 0.02
"""Closer than 2 of 100 counts as about the same."""
APART = 0.01
"""Answers of a choice or an order lie at least so far apart."""
SHARES = ("P", "present", "acted", "needed", "low", "high")
"""Questions whose answer is a share of people."""
LEVELS = ("first steps", "going on", "deep end")
HOLE = re.compile(r"\{([^{}]+)\}")


@value_type
@dataclass(frozen=True, slots=True)
class Choice:
    """One of several answers: its text, the question that is its measure, why it is wrong."""

    text: str
    ask: str = ""
    why: str = ""


@value_type
@dataclass(frozen=True, slots=True)
class Step:
    """One step of a lesson.

    Attributes
    ----------
    kind : {"read", "look", "guess", "why", "try", "exercise"}
    text : str
        Markdown; ``{P(a=b | c=d)}`` stands for what the engine answers.
    answer : {"direction", "number", "choice", "set", "order"} or ""
        Of a guess.
    asks : tuple of str
        Questions to the engine: the two numbers of a direction, the one of a number or a set.
    labels : tuple of str
        How those numbers are called when they are shown.
    choices : tuple of Choice
        Of a choice, a set or an order.
    wrong : mapping of str to str
        Of a direction: why each wrong one is wrong; else under "else": what is said to all others.
    largest : bool
        Whether the largest measure is right, or comes first.
    tolerance : float
        Of a number, in hundredths.
    findings, changes : mapping of str to str
        Of a look or a try: the case that is opened.
    draw : tuple of str
        The variables of the diagram; empty for all, or for those drawn before.
    exercise : str
        The kind of exercise.
    network : str
        The bundled network of an exercise, where it is not that of the lesson.
    seed : int
    """

    kind: str
    text: str = ""
    answer: Literal["", "direction", "number", "choice", "set", "order"] = ""
    asks: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    wrong: Mapping[str, str] = FrozenMap()
    largest: bool = True
    tolerance: float = 5.0
    findings: Mapping[str, str] = FrozenMap()
    changes: Mapping[str, str] = FrozenMap()
    draw: tuple[str, ...] = ()
    exercise: str = ""
    network: str = ""
    seed: int = 1


@value_type
@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson.

    Attributes
    ----------
    name : str
        Its file without the extension.
    title, network, level : str
    minutes : int
    needs : tuple of str
        Names of lessons that come before.
    steps : tuple of Step
    aim, before : str
        For the teacher: what students can do at the end, what they need to know.
    misconceptions : tuple of str
        What students often get wrong.
    """

    name: str
    title: str
    network: str
    level: str
    minutes: int
    steps: tuple[Step, ...]
    needs: tuple[str, ...] = ()
    aim: str = ""
    before: str = ""
    misconceptions: tuple[str, ...] = field(default=())

    @property
    def guesses(self) -> tuple[Step, ...]:
        """The steps that ask something."""
        return tuple(step for step in self.steps if step.kind == "guess")


def in_order(lessons: Sequence[Lesson]) -> tuple[Lesson, ...]:
    """As they stand on a shelf: by level, what comes before first, then the shorter first."""
    by_name = {lesson.name: lesson for lesson in lessons}

    def depth(lesson: Lesson, seen: frozenset[str] = frozenset()) -> int:
        before = [by_name[n] for n in lesson.needs if n in by_name and n not in seen]
        return 1 + max((depth(each, seen | {lesson.name}) for each in before), default=0)

    return tuple(
        sorted(
            lessons,
            key=lambda each: (LEVELS.index(each.level), depth(each), each.minutes, each.name),
        )
    )


def rendered(network: Network, text: str) -> str:
    """A text with what the engine answers in place of its questions: ``about 98 of 100``.

    ``{P(a=b); percent}`` gives ``98 %``, ``{P(a=b); number}`` ``98``, ``{P(a=b); of 1,000}``
    ``980 of 1,000``.

    Raises
    ------
    EtiographError
        A question that the network cannot answer.
    """
    return HOLE.sub(lambda hole: _told(network, hole[1]), text)


def _told(network: Network, hole: str) -> str:
    asked, _, form = (part.strip() for part in hole.partition(";"))
    p = measured(network, asked)
    if form == "percent":
        return f"{100 * p:.0f} %"
    if form == "number":
        return f"{100 * p:.0f}"
    if form.startswith("of "):
        return f"{p * int(form[3:].replace(',', '')):,.0f} of {form[3:]}"
    if form:
        raise InvalidFinding(f"{form!r} is no form of a number: percent, number or 'of 1,000'")
    return f"{100 * p:.0f} of 100" if p >= 0.01 or p == 0 else f"{1000 * p:.0f} of 1,000"


def pose(network: Network, step: Step) -> Posed:
    """A guess with its key worked out by the engine.

    Raises
    ------
    Unfair
        No answer is right, or two are, or they lie too close.
    """
    makers = {
        "direction": _direction,
        "number": _number,
        "choice": _choice,
        "set": _set,
        "order": _order,
    }
    return fair(makers[step.answer](network, step))


def last_world(network: Network, step: Step) -> Question | None:
    """The last world that a guess speaks of, for the diagram beside it."""
    # What a set is picked from are no questions.
    told = step.choices if step.answer != "set" else ()
    texts = [*step.asks, *(choice.ask for choice in told if choice.ask)]
    asked = [read_question(network, text) for text in texts]
    return next((q for q in reversed(asked) if q.asks == "P"), None)


def measured(network: Network, text: str) -> float:
    """A question whose answer is a number."""
    value = ask_text(network, text)
    if not isinstance(value, float | int):
        raise InvalidFinding(f"{text!r} is answered by sets, not by a number")
    return float(value)


def _shown(
    network: Network, labels: Sequence[str], asks: Sequence[str], values: Sequence[float]
) -> tuple[tuple[str, float], ...]:
    """Label and number of what is a share of people; bits and swings are not drawn as one."""
    if not all(read_question(network, text).asks in SHARES for text in asks):
        return ()
    return tuple(zip(labels, values, strict=True))


def _shown_choices(
    network: Network, step: Step, values: Sequence[float]
) -> tuple[tuple[str, float], ...]:
    asks = [choice.ask for choice in step.choices]
    return _shown(network, [choice.text for choice in step.choices], asks, values)


def _why(network: Network, step: Step, wrong: str) -> str:
    return rendered(network, step.wrong.get(wrong, ""))


def _direction(network: Network, step: Step) -> Posed:
    first, second = (measured(network, text) for text in step.asks)
    gap = second - first
    if SAME / 2 < abs(gap) < SAME:
        raise Unfair(
            f"{100 * first:.1f} and {100 * second:.1f} of 100 are neither apart nor the same"
        )
    right = "about the same" if abs(gap) < SAME else "higher" if gap > 0 else "lower"
    options = tuple(
        Option(text, text == right, "" if text == right else text, _why(network, step, text))
        for text in DIRECTIONS
    )
    shown = _shown(network, step.labels, step.asks, (first, second))
    return Posed(rendered(network, step.text), "choice", options, shown=shown)


def _number(network: Network, step: Step) -> Posed:
    value = measured(network, step.asks[0])
    wrong = tuple(
        (100 * measured(network, choice.ask), choice.text, rendered(network, choice.why))
        for choice in step.choices
    )
    number = Number(100 * value, step.tolerance, wrong)
    shown = ((step.labels[0], value),) if step.labels else ()
    return Posed(
        rendered(network, step.text),
        "number",
        number=number,
        shown=shown,
        reason=_why(network, step, "else"),
    )


def _choice(network: Network, step: Step) -> Posed:
    values = [measured(network, choice.ask) for choice in step.choices]
    ranked = sorted(values, reverse=step.largest)
    if abs(ranked[0] - ranked[1]) < APART:
        raise Unfair(f"two answers lie too close: {ranked[0]:.3f} and {ranked[1]:.3f}")
    options = tuple(
        Option(
            choice.text,
            value == ranked[0],
            "" if value == ranked[0] else choice.text,
            rendered(network, choice.why),
        )
        for choice, value in zip(step.choices, values, strict=True)
    )
    shown = _shown_choices(network, step, values)
    return Posed(rendered(network, step.text), "choice", options, shown=shown)


def _set(network: Network, step: Step) -> Posed:
    sets = ask_text(network, step.asks[0])
    if isinstance(sets, float):
        raise InvalidFinding(f"{step.asks[0]!r} is answered by a number, not by sets")
    names = [choice.ask for choice in step.choices]
    for name in names:
        Event.parse(network, name)
    found = tuple(
        frozenset(names.index(n) for n in one) for one in sets if all(n in names for n in one)
    )
    options = tuple(
        Option(
            choice.text,
            misconception=choice.text if choice.why else "",
            reason=rendered(network, choice.why),
        )
        for choice in step.choices
    )
    return Posed(
        rendered(network, step.text), "set", options, sets=found, reason=_why(network, step, "else")
    )


def _order(network: Network, step: Step) -> Posed:
    values = [measured(network, choice.ask) for choice in step.choices]
    order = sorted(range(len(values)), key=lambda k: values[k], reverse=step.largest)
    for a, b in pairwise(order):
        if abs(values[a] - values[b]) < APART:
            raise Unfair(f"two answers lie too close: {values[a]:.3f} and {values[b]:.3f}")
    options = tuple(
        Option(choice.text, reason=rendered(network, choice.why)) for choice in step.choices
    )
    shown = _shown_choices(network, step, values)
    return Posed(
        rendered(network, step.text), "order", options, order=tuple(order), shown=shown,
        reason=_why(network, step, "else"),
    )  # fmt: skip
