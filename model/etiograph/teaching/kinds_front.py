"""An effect found by the front door: what it goes through can be seen, what confounds it cannot."""

from __future__ import annotations

from collections.abc import Sequence

from etiograph.errors import NotIdentifiable, TooLarge
from etiograph.network.event import Event
from etiograph.query.identify import front_door_sets
from etiograph.teaching.posed import Posed
from etiograph.teaching.tutor import (
    ASIDE,
    GAP,
    Attempt,
    Tutor,
    Wrong,
    faithful,
    more_of_100,
    numbers_to_choose,
    plain,
)

FEW = 3
"""States of what the effect goes through."""


def by_front_door(tutor: Tutor, y: Event, on: Event, off: Event) -> Attempt | None:
    """By how much a change moves an outcome, in two steps (Pearl 2009, equation 3.29)."""
    network, x = tutor.network, on.variable
    try:
        sets = front_door_sets(network, x, y.variable)
    except (NotIdentifiable, TooLarge):
        return None
    single = [next(iter(s)) for s in sets if len(s) == 1]
    single = [z for z in single if z in tutor.names and network.variables[z].card <= FEW]
    if not single or network.variables[x].card != 2:
        return None  # the table has a column for each group there is
    z = tutor.one(single)
    size = tutor.p(on)
    lines = [Event.of(network.variables[z], state) for state in network.variables[z].states]
    moved = [tuple(tutor.p(e, {x: g.states[0]}) for g in (off, on)) for e in lines]
    inside = [tuple(tutor.p(y, {x: g.states[0], z: e.states[0]}) for g in (off, on)) for e in lines]
    level = [(1 - size) * without + size * with_ for without, with_ in inside]
    seen = [tutor.p(y, {x: g.states[0]}) for g in (off, on)]
    done = [tutor.p(y, {}, {x: g.states[0]}, "do") for g in (off, on)]
    right, plain_gap = done[1] - done[0], seen[1] - seen[0]
    if abs(right - plain_gap) < GAP:
        return None
    found = next(
        filter(None, (_sums(size, moved, inside, seen, right, digits) for digits in (0, 1))), None
    )
    if found is None:
        return None
    say, who, by = tutor.say, tutor.who, tutor.say.title(z)
    options = numbers_to_choose(
        tutor,
        right,
        (
            Wrong(plain_gap, "what is seen taken for what is done",
                  "So it is when the two groups are only looked at. But they differ in what cannot be seen, too."),
            Wrong(0.0, "what cannot be seen makes all unknowable",
                  f"It can be found: all that the one does to the other goes through {by}, which can be seen."),
            Wrong(-right, "the wrong way round", "The size is right, but it is the other way round: look who has more."),
            Wrong(sum(level), "one step only", f"That leaves out how far {by} moves: take both steps."),
        ),
        more_of_100,
    )  # fmt: skip
    if options is None:
        return None
    hidden = [n for n in tutor.part([x, y.variable]) if not network.variables[n].observable]
    digits, levels, total = found
    crowd, *of = (f"{100 * p:.{digits}f}" for p in (size, *seen))
    text = (
        f"Of 100 {who} {say.having(on)}, {say.count(of[1], y)}; of 100 {say.having(off)}, "
        f"{say.count(of[0], y)}. But these two groups differ in {tutor.titles(hidden)}, too, which nobody "
        f"can see. What can be seen is {by}: all that {say.title(x)} does to {say.title(y.variable)} goes through it. Of "
        f"100 {who}, {say.count(crowd, on)}. Now suppose you can decide whether {say.so(on)}. Take the same 100 {who} twice: first all "
        f"{say.having(on)}, then all {say.having(off)}. {say.many(y, how='how many more or fewer of them')} the first "
        "time than the second?"
    )
    label = network.variables[z].label
    told = [network.variables[z].state_label(e.states[0]) for e in lines]
    heads = (
        label,
        *(f"how many of those {say.having(g)}" for g in (off, on)),
        *(f"{say.short(y)}, of those {say.having(g)} in this line" for g in (off, on)),
    )
    rows = [
        (name, *(f"{100 * p:.{digits}f} of 100" for p in (*how, *ill)))
        for name, how, ill in zip(told, moved, inside, strict=True)
    ]
    steps = [f"{label}, {name}: {step} of 100." for name, step in zip(told, levels, strict=True)]
    return Attempt(
        Posed(text, "choice", options[0]),
        (
            f"First step: in each line of the table, take both groups together, each weighed by how many they are. "
            f"So it is with this {label}, whoever has it.",
            f"Second step: how far does each line of {label} grow or shrink from one world to the other? Multiply by "
            "the number of the first step, and add up.",
        ),
        (*steps, f"{total}, or {more_of_100(right)}."),
        options[1],
        {"cause": x, "on": on.states[0], "off": off.states[0], "outcome": str(y), "split": z},
        tutor.drawn({x, y.variable, z}, most=ASIDE),
        (heads, *rows),
    )


def _sums(
    size: float,
    moved: Sequence[Sequence[float]],
    inside: Sequence[Sequence[float]],
    seen: Sequence[float],
    right: float,
    digits: int,
) -> tuple[int, list[str], str] | None:
    """Both steps worked out with the numbers as they are printed; None where they say another thing."""
    numbers = [size, *seen, *(p for pair in (*moved, *inside) for p in pair)]
    if not all(faithful(p, digits) for p in numbers):
        return None
    on = f"{round(100 * size, digits) / 100:.{digits + 2}f}"
    off = f"{1 - float(on):.{digits + 2}f}"
    steps, terms, total = [], [], 0.0
    for pair, (without, with_) in zip(moved, inside, strict=True):
        a, b = (f"{100 * p:.{digits}f}" for p in (without, with_))
        level = float(off) * float(a) + float(on) * float(b)
        c, d = (f"{round(100 * p, digits) / 100:.{digits + 2}f}" for p in pair)
        steps.append(f"{off} x {a} + {on} x {b} = {plain(level)}")
        terms.append(f"({d} - {c}) x {plain(level)}")
        total += (float(d) - float(c)) * level
    if more_of_100(total / 100) != more_of_100(right):
        return None
    return digits, steps, f"{' + '.join(terms)} = {plain(total)}"
