"""Exercises on the numbers that an answer is worked out from: which of them matters most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from etiograph.network.event import Event
from etiograph.network.noisy import NoisyOr
from etiograph.teaching.posed import Option, Posed
from etiograph.teaching.tutor import Attempt, Tutor, alike, ends, share

if TYPE_CHECKING:
    from etiograph.uncertainty.sensitivity import Bar

AHEAD = 1.3
"""The strongest number moves the answer at least so many times what the next one does."""
SWING = 0.01
"""What the strongest must move at least."""
WEIGHED = 16
"""Numbers that are weighed in one attempt."""
FEW_OF_THEM = 0.2
"""A cause that fewer than this have can hardly move an answer on all of them."""


def no_ranges(tutor: Tutor) -> str:
    """Why no number can be moved across its range."""
    return "" if tutor.network.has_ranges else "no number in it states a range"


@dataclass(frozen=True, slots=True)
class Told:
    """A number in words.

    Attributes
    ----------
    text : str
        What it counts: ``how many of 100 people are 65 or over``.
    unit : {"count", "times"}
    low, high : str
        The ends of its range.
    arrow : str
        The arrow it belongs to.
    cause : Event
        The cause at the beginning of that arrow.
    """

    text: str
    unit: str
    low: str
    high: str
    arrow: str
    cause: Event


def sensitivity(tutor: Tutor) -> Attempt | None:
    """Which number, moved across its range, moves an answer most."""
    from etiograph.uncertainty.sensitivity import tornado

    network, say = tutor.network, tutor.say
    asked = tutor.event(tutor.one(tutor.names))
    known: dict[str, str] = {}
    if tutor.rng.random() < 0.5 and (signs := tutor.below(asked.variable)):
        sign = tutor.event(tutor.one(signs))
        known = {sign.variable: sign.states[0]}
    answer = tutor.p(asked, known)
    bars = sorted(tornado(network, known, asked, groups=False).bars, key=lambda bar: -bar.swing)
    if len(bars) < 3 or bars[0].swing < SWING:
        return None
    words = {bar.name: told for bar in bars[:WEIGHED] if (told := _told(tutor, bar))}
    best = next((bar for bar in bars if bar.name in words), None)
    if best is None or best.swing < SWING:
        return None
    wrong = [
        bar
        for bar in bars[:WEIGHED]
        if bar is not best
        and bar.swing * AHEAD <= best.swing
        and bar.swing > 0
        and bar.name in words
    ]
    chosen = wrong[:1] + tutor.mixed(wrong[1:])[:2]
    if len(chosen) < 2:
        return None
    used = (best, *chosen)
    if len({words[bar.name].text for bar in used}) < len(used):
        return None
    of = f"{tutor.who} {say.having(sign)}" if known else tutor.who
    rows = []
    for bar in used:
        tutor.note("swing", (bar.name, str(asked)), bar.swing, known)
        mistake, why = _reason(tutor, bar, used, words, known)
        right = bar is best
        rows.append(
            (
                Option(words[bar.name].text, right, "" if right else mistake, "" if right else why),
                bar,
            )
        )
    mixed = tutor.mixed(rows)
    text = (
        f"{say.count(share(answer), asked, whose=of)}. The answer is worked out from many numbers. None is known exactly: "
        'each lies somewhere between "from" and "to" in the table. Change one number from "from" to "to" and leave '
        "the others. Which one changes the answer most?"
    )
    lines = (
        ("number", "from", "to", "its arrow", f"how many of these {tutor.who} have that cause"),
        *(_line(tutor, words[bar.name], known) for _, bar in mixed),
    )
    return Attempt(
        Posed(text, "choice", tuple(o for o, _ in mixed)),
        (
            "A number matters if its range is wide and the answer hangs on it: both.",
            f"The answer hangs little on a number that speaks of few of these {tutor.who}.",
        ),
        tuple(
            f"{words[bar.name].text}: moves the answer {ends(*sorted((bar.at_low, bar.at_high)))}."
            for bar in used
        ),
        tuple(bar.swing for _, bar in mixed),
        {"asked": str(asked), "options": "\n".join(bar.name for _, bar in mixed)},
        (),
        lines,
    )  # fmt: skip


def _line(tutor: Tutor, told: Told, known: dict[str, str]) -> tuple[str, ...]:
    return told.text, told.low, told.high, told.arrow, share(tutor.p(told.cause, known))


def _reason(
    tutor: Tutor, bar: Bar, used: tuple[Bar, ...], words: dict[str, Told], known: dict[str, str]
) -> tuple[str, str]:
    """Mistake and reason of a number that moves the answer less."""
    told = words[bar.name]
    like = [each for each in used if words[each.name].unit == told.unit]
    apart = max(like, key=lambda each: abs(each.high - each.low)) is bar
    if apart and len(like) > 1 and max(used, key=_ratio) is bar:
        few = tutor.p(told.cause, known) < FEW_OF_THEM
        why = (
            f"few of these {tutor.who} have that cause" if few else "the answer hangs little on it"
        )
        return "the widest range matters most", f"Its two numbers lie furthest apart, but {why}."
    moved, best = (ends(*sorted((each.at_low, each.at_high))) for each in (bar, used[0]))
    return "every number counts alike", (
        f'With "{told.text}" the answer moves {moved} only; with the one that matters most, {best}.'
    )


def _ratio(bar: Bar) -> float:
    return bar.high / bar.low if bar.low > 0 else float("inf")


def _told(tutor: Tutor, bar: Bar) -> Told | None:
    """A number of an arrow in words; None where it is no plain count or ratio."""
    network = tutor.network
    head, *rest = bar.name.split(".")
    if head not in tutor.names:
        return None
    kind, variable = network.parameters[bar.name].kind, network.variables[head]
    if kind == "probability":
        found = _count(tutor, head, rest)
        low, high = alike(bar.low, bar.high)
        return found and Told(found[0], "count", low, high, _arrow(tutor, found[1], head), found[1])
    if kind != "odds_ratio" or variable.card > 2 or not rest or bar.low <= 0:
        return None
    cause = _cause(tutor, head, rest)
    if cause is None:
        return None
    say, outcome = tutor.say, Event.of(variable)
    usual = Event.of(network.variables[cause.variable], tutor.usual(cause.variable))
    text = (
        f"how many times higher the odds of {say.fact(outcome)} are in {tutor.who} {say.having(cause)} than in "
        f"{tutor.who} {say.having(usual)}"
    )
    low, high = (f"{value:.2g} times" for value in (bar.low, bar.high))
    return Told(text, "times", low, high, _arrow(tutor, cause, head), cause)


def _count(tutor: Tutor, head: str, rest: list[str]) -> tuple[str, Event] | None:
    """What a probability counts, and the cause it speaks of."""
    network, say, who = tutor.network, tutor.say, tutor.who
    variable, parents = network.variables[head], network.parents(head)
    mechanism = network.mechanisms[head]
    if not parents or variable.card > 2:
        return None  # a number of no arrow
    event = Event.of(variable)
    cause = _cause(tutor, head, rest)
    if isinstance(mechanism, NoisyOr) and cause is not None:
        return (
            f"of 100 {who} {say.having(cause)}: in how many that alone brings about {say.fact(event)}",
            cause,
        )
    if mechanism.kind == "table" and len(parents) == 1 and len(rest) == 1:
        parent = network.variables[parents[0]]
        if parent.name in tutor.names and rest[0] in parent.states:
            cause = Event.of(parent, rest[0])
            return f"of 100 {who} {say.having(cause)}: {say.many(event)}", cause
    return None


def _cause(tutor: Tutor, head: str, rest: list[str]) -> Event | None:
    """The cause that a number speaks of: a parent, or a parent in a state."""
    network = tutor.network
    if not rest or rest[0] not in network.parents(head) or rest[0] not in tutor.names:
        return None
    parent = network.variables[rest[0]]
    if len(rest) == 1:
        return Event.of(parent) if parent.card == 2 else None
    return Event.of(parent, rest[1]) if len(rest) == 2 and rest[1] in parent.states else None


def _arrow(tutor: Tutor, cause: Event, head: str) -> str:
    variables = tutor.network.variables
    return f"{variables[cause.variable].label} → {variables[head].label}"
