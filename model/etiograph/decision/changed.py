"""What of a network's numbers is not as published: a result of other numbers must say so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from etiograph.decision.number_words import parameter_words
from etiograph.decision.words import upper
from etiograph.network.diff import NumberEdit, difference
from etiograph.network.value import value_type

if TYPE_CHECKING:
    from etiograph.network.network import Network
    from etiograph.network.parameter import Parameter

LISTED = 5
"""Changes listed in the box at the head of a report; more are a section of their own."""
NOWHERE = "not there"
BESIDE = ("kind", "coverage", "baseline", "unit")
"""Fields of a number that seldom change, said by their names."""


@value_type
@dataclass(frozen=True, slots=True)
class ChangedNumber:
    """One number that is not as published, or not as in another version.

    Attributes
    ----------
    name, words : str
        As in the model file, and in words.
    before, after : float or None
        None where there is no such number.
    before_low, before_high, after_low, after_high : float or None
        The ranges.
    others : tuple of str
        What else of it differs: its grade, sources, note, each in a few words.
    """

    name: str
    words: str
    before: float | None
    after: float | None
    before_low: float | None = None
    before_high: float | None = None
    after_low: float | None = None
    after_high: float | None = None
    others: tuple[str, ...] = ()

    def line(self) -> str:
        """``Chance of leg cramps (magnesium depletion): 0.2 (0 to 0.48) -> 0.4 (0 to 0.48)``."""
        before = _stated(self.before, self.before_low, self.before_high)
        after = _stated(self.after, self.after_low, self.after_high)
        if self.before_low is not None and self.after is not None and self.after_low is None:
            after += " (no range)"  # a number outside its range has none
        stated = before if before == after and self.others else f"{before} -> {after}"
        return "; ".join((f"{self.words}: {stated}", *self.others))


def _stated(value: float | None, low: float | None, high: float | None) -> str:
    if value is None:
        return NOWHERE
    return (
        f"{value:.4g}" if low is None or high is None else f"{value:.4g} ({low:.4g} to {high:.4g})"
    )


def changed_numbers(network: Network, original: Network) -> tuple[ChangedNumber, ...]:
    """The numbers of a network that differ from those of the original, in the order of the network.

    Parameters
    ----------
    network : Network
        With changed numbers, as :meth:`Network.with_parameters` makes it.
    original : Network
        As published.
    """
    return tuple(
        changed_number(network, edit)
        for edit in difference(original, network).numbers
        if edit.how == "changed"
    )


def changed_number(network: Network, edit: NumberEdit) -> ChangedNumber:
    """One number that differs, in the words of a network that has it."""
    before, after = edit.before, edit.after
    return ChangedNumber(
        edit.name,
        upper(parameter_words(network, edit.name)),
        before.value if before else None,
        after.value if after else None,
        before.low if before else None,
        before.high if before else None,
        after.low if after else None,
        after.high if after else None,
        _others(edit, before, after) if before and after else (),
    )


def _others(edit: NumberEdit, before: Parameter, after: Parameter) -> tuple[str, ...]:
    """What differs beside value and range."""
    said = []
    if before.grade != after.grade:
        said.append(f"grade {before.grade or 'none'} -> {after.grade or 'none'}")
    came, went = edit.sources
    if came or went:
        marked = [*(f"+ {e}" for e in came), *(f"- {e}" for e in went)]
        said.append(f"sources {', '.join(marked)}")
    elif before.evidence != after.evidence:
        said.append("sources in another order")
    for field in BESIDE:
        old, new = getattr(before, field), getattr(after, field)
        if old != new:
            said.append(f"{field} {old or 'none'} -> {new or 'none'}")
    if before.note != after.note:
        said.append(f"note {apart(before.note, after.note)}")
    return tuple(said)


SHOWN = 70
"""Characters of a text that are shown from where it differs."""


def apart(before: str, after: str) -> str:
    """Two texts from the word on in which they differ: ``"... 3 of 40" -> "... 5 of 40"``."""
    if not before or not after:
        return f"{_quoted(before, 0)} -> {_quoted(after, 0)}"
    same = next(
        (i for i, (x, y) in enumerate(zip(before, after, strict=False)) if x != y),
        min(len(before), len(after)),
    )
    start = before.rfind(" ", 0, same) + 1 if same > SHOWN // 2 else 0
    return f"{_quoted(before, start)} -> {_quoted(after, start)}"


def _quoted(text: str, start: int) -> str:
    if not text:
        return "none"
    rest = " ".join(text[start:].split())
    shown = rest if len(rest) <= SHOWN else rest[: SHOWN - 3] + "..."
    return f'"{"... " if start else ""}{shown}"'


def changed_words(changed: tuple[ChangedNumber, ...]) -> str:
    """The one sentence above everything else."""
    return f"Numbers changed: {len(changed)}. These results are not those of the published network."
