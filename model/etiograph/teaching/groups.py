"""The groups that a third variable makes: a comparison inside each of them, weighed and printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from etiograph.errors import ImpossibleFindings
from etiograph.network.event import Event
from etiograph.teaching.tutor import Tutor, factor, faithful, more_of_100, plain, share

EMPTY = 1e-9
"""A group below this has nobody in it."""
Group = tuple[float, float, float]
"""Size, share with a cause off, share with it on."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """Differences of groups, weighed by their sizes, with the numbers as they are printed.

    Attributes
    ----------
    digits : int
        Of every number of 100.
    seen : (str, str)
        Numbers of 100 without the cause and with it, as people are.
    sizes, shares, steps : tuple of str
        Size of each group, of 100 and of one; its difference worked out.
    total, plain : str
        The sum worked out; the difference of what is seen.
    """

    digits: int
    seen: tuple[str, str]
    sizes: tuple[str, ...]
    shares: tuple[str, ...]
    steps: tuple[str, ...]
    total: str
    plain: str


def weighed(
    parts: Sequence[Group], seen: Sequence[float], right: float, digits: int
) -> Weighed | None:
    """The sum with printed numbers; None where it would say another thing than the exact one."""
    used = [part for part in parts if part[0] > EMPTY]
    if not all(faithful(p, digits) for p in (*seen, *(p for part in used for p in part))):
        return None
    (before, after), *rows = (
        [f"{100 * p:.{digits}f}" for p in numbers] for numbers in (seen, *used)
    )
    sizes = [size for size, _, _ in rows]
    moved = [round(float(b) - float(a), 6) for _, a, b in rows]
    shares = [f"{float(size) / 100:.{digits + 2}f}" for size in sizes]
    total = sum(float(w) * m for w, m in zip(shares, moved, strict=True))
    plainly = round(float(after) - float(before), 6)
    agrees = more_of_100(total / 100) == more_of_100(right)
    agrees &= more_of_100(plainly / 100) == more_of_100(seen[1] - seen[0])
    if not agrees or round(sum(map(float, sizes)), 6) != 100:
        return None
    sums = " + ".join(f"{w} x {factor(m)}" for w, m in zip(shares, moved, strict=True))
    steps = [f"{b} - {a} = {plain(m)}" for (_, a, b), m in zip(rows, moved, strict=True)]
    return Weighed(
        digits, (before, after), tuple(sizes), tuple(shares), tuple(steps),
        f"{sums} = {plain(total)}", plain(plainly),
    )  # fmt: skip


def groups(tutor: Tutor, z: str, x: str, on: Event, off: Event, y: Event) -> list[Group]:
    """Size, share with off and share with on of each group that z makes; nan where there is nobody."""
    parts: list[Group] = []
    for state in tutor.network.variables[z].states:
        size = tutor.p(Event.of(tutor.network.variables[z], state))
        numbers = []
        for event in (off, on):
            try:
                numbers.append(tutor.p(y, {z: state, x: event.states[0]}))
            except ImpossibleFindings:
                numbers.append(float("nan"))
        parts.append((size, numbers[0], numbers[1]))
    return parts


def group_table(
    tutor: Tutor, z: str, on: Event, off: Event, y: Event, parts: Sequence[Group], digits: int | None = None,
) -> tuple[tuple[str, ...], ...]:  # fmt: skip
    """The lines of the groups to print, in numbers of 100 with so many digits if they are given."""
    say, split = tutor.say, tutor.network.variables[z]

    def told(p: float) -> str:
        if p != p:
            return "nobody"
        return share(p) if digits is None else f"{100 * p:.{digits}f} of 100"

    heads = (
        split.label,
        f"how many {tutor.who}",
        *(f"{say.short(y)}, of those {say.having(event)}" for event in (off, on)),
    )
    rows = zip(split.states, parts, strict=True)
    return (heads, *((split.state_label(s), *map(told, part)) for s, part in rows))
