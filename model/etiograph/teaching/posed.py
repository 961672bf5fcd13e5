"""A question put to a student, with its key: what is right, and why each wrong answer is wrong.

Lessons and exercises make the same thing, so that page, sheet and class grade in one way.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from etiograph.errors import EtiographError
from etiograph.network.value import value_type

DIRECTIONS = ("higher", "lower", "about the same")
Form = Literal["choice", "number", "set", "order"]
Given = int | float | Collection[str] | Sequence[int]
"""A choice by its place, a number of 100, members of a set, places of options in order."""


@value_type
@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose.

    Attributes
    ----------
    text : str
    right : bool
    misconception : str
        Name of the mistake that leads to it; empty for the right one.
    reason : str
        Why it is wrong, or why it is right.
    """

    text: str
    right: bool = False
    misconception: str = ""
    reason: str = ""


@value_type
@dataclass(frozen=True, slots=True)
class Number:
    """A number of 100 to be typed, and wrong numbers that are known.

    Attributes
    ----------
    value, tolerance : float
        In hundredths: 23.4 of 100, give or take 2.
    wrong : tuple of (float, str, str)
        A number, the mistake that leads to it, the reason.
    """

    value: float
    tolerance: float
    wrong: tuple[tuple[float, str, str], ...] = ()


@value_type
@dataclass(frozen=True, slots=True)
class Posed:
    """A question with its key.

    Attributes
    ----------
    text : str
    form : {"choice", "number", "set", "order"}
    options : tuple of Option
        To choose from, to pick a set from, or to put in order.
    number : Number or None
    sets : tuple of frozenset of int
        Every set of options that is right.
    order : tuple of int
        The options from first to last.
    shown : tuple of (str, float)
        Numbers that are told after the answer, as probabilities.
    reason : str
        What is said to any wrong set, order or number that has no reason of its own.
    """

    text: str
    form: Form
    options: tuple[Option, ...] = ()
    number: Number | None = None
    sets: tuple[frozenset[int], ...] = ()
    order: tuple[int, ...] = ()
    shown: tuple[tuple[str, float], ...] = ()
    reason: str = ""

    @property
    def key(self) -> str:
        """The right answer in words."""
        if self.form == "choice":
            return next(option.text for option in self.options if option.right)
        if self.form == "number":
            assert self.number is not None
            return f"about {self.number.value:.0f} of 100"
        if self.form == "order":
            return ", then ".join(self.options[k].text for k in self.order)
        named = [
            ", ".join(self.options[k].text for k in sorted(one)) or "nothing" for one in self.sets
        ]
        return "; or ".join(named)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an answer was right, and the reason."""

    right: bool
    reason: str
    misconception: str = ""


class Unfair(EtiographError):
    """A question with no right answer, with two, or with answers too close to be told apart."""


def grade(posed: Posed, given: Given) -> Verdict:
    """Grade an answer: a wrong one gets the reason of its own mistake.

    Raises
    ------
    ValueError
        It is no answer to this question.
    """
    if posed.form == "choice":
        option = posed.options[_place(posed, given)]
        return Verdict(option.right, option.reason, option.misconception)
    if posed.form == "number":
        return _number(posed, given)
    if isinstance(given, int | float):
        raise ValueError(f"{given!r} is no answer to a question of form {posed.form!r}")
    places = [_place(posed, each) for each in given]
    if posed.form == "order":
        right = tuple(places) == posed.order
    else:
        right = frozenset(places) in posed.sets
    if right:
        return Verdict(True, "")
    own = next(
        (
            o
            for k, o in enumerate(posed.options)
            if posed.form == "set" and k in places and o.reason
        ),
        None,
    )
    if own is not None and all(posed.options.index(own) not in one for one in posed.sets):
        return Verdict(False, own.reason, own.misconception)
    return Verdict(False, posed.reason)


def _place(posed: Posed, given: object) -> int:
    if not isinstance(given, int) or not 0 <= given < len(posed.options):
        raise ValueError(f"{given!r} is none of the {len(posed.options)} options")
    return given


def _number(posed: Posed, given: object) -> Verdict:
    if not isinstance(given, int | float) or isinstance(given, bool):
        raise ValueError(f"{given!r} is no number")
    assert posed.number is not None
    if abs(given - posed.number.value) <= posed.number.tolerance:
        return Verdict(True, "")
    for value, misconception, reason in posed.number.wrong:
        if abs(given - value) <= posed.number.tolerance:
            return Verdict(False, reason, misconception)
    way = "too high" if given > posed.number.value else "too low"
    return Verdict(False, f"That is {way}. {posed.reason}".rstrip())


def fair(posed: Posed) -> Posed:
    """The question itself, if it has exactly one right answer.

    Raises
    ------
    Unfair
        It has none or two, two options read alike, or a known wrong number would be taken for right.
    """
    if posed.form == "choice":
        if sum(option.right for option in posed.options) != 1:
            raise Unfair("a choice needs exactly one right answer")
        if len({option.text for option in posed.options}) < len(posed.options):
            raise Unfair("two of the options read alike")
    if posed.form == "number":
        assert posed.number is not None
        for value, misconception, _ in posed.number.wrong:
            if abs(value - posed.number.value) <= 2 * posed.number.tolerance:
                raise Unfair(f"the answer of '{misconception}' is too near the right one")
    if posed.form == "set" and not posed.sets:
        raise Unfair("no set of the options is right")
    return posed
