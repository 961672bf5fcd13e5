"""An effect found by the front door: what it goes through can be seen, what confounds it cannot."""

from __future__ import annotations

from etiograph.errors import NotIdentifiable, TooLarge
from etiograph.network.event import Event
from etiograph.query.identify import front_door_sets
from etiograph.teaching.posed import Posed
from etiograph.teaching.tutor import (
    GAP,
    Draft,
    Tutor,
    Wrong,
    in_100,
    more_of_100,
    numbers_to_choose,
    share,
)

FEW = 3
"""States of what the effect goes through."""


def by_front_door(tutor: Tutor, y: Event, on: Event, off: Event) -> Draft | None:
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
    right, plain = done[1] - done[0], seen[1] - seen[0]
    if abs(right - plain) < GAP:
        return None
    say, who, by = tutor.say, tutor.who, tutor.say.title(z)
    options = numbers_to_choose(
        tutor,
        right,
        (
            Wrong(plain, "what is seen taken for what is done",
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
    text = (
        f"Of 100 {who} {say.having(on)}, {say.count(in_100(seen[1]), y)}; of 100 {say.having(off)}, "
        f"{say.count(in_100(seen[0]), y)}. But these two groups differ in {tutor.titles(hidden)}, too, which nobody "
        f"can see. What can be seen is {by}: all that {say.title(x)} does to {say.title(y.variable)} goes through it. Of "
        f"100 {who}, {say.count(in_100(size), on)}. Now suppose you can decide. Take the same 100 {who} twice: first all "
        f"{say.having(on)}, then all {say.having(off)}. How many more or fewer of them are {who} {say.having(y)} the "
        "first time?"
    )
    label = network.variables[z].label
    told = [network.variables[z].state_label(e.states[0]) for e in lines]
    heads = (
        label,
        *(f"how many of those {say.having(g)}" for g in (off, on)),
        *(f"{say.short(y)}, of those {say.having(g)} in this line" for g in (off, on)),
    )
    rows = [
        (name, *map(share, how), *map(share, ill))
        for name, how, ill in zip(told, moved, inside, strict=True)
    ]
    steps = [
        f"{label}, {name}: {1 - size:.2f} x {100 * a:.1f} + {size:.2f} x {100 * b:.1f} = {100 * each:.1f} of 100."
        for name, (a, b), each in zip(told, inside, level, strict=True)
    ]
    sums = " + ".join(
        f"({b - a:.2f}) x {100 * each:.1f}" for (a, b), each in zip(moved, level, strict=True)
    )
    return Draft(
        Posed(text, "choice", options[0]),
        (
            f"First step: in each line of the table, take both groups together, each weighed by how many they are. "
            f"So it is with this {label}, whoever has it.",
            f"Second step: how far does each line of {label} grow or shrink from one world to the other? Multiply by "
            "the number of the first step, and add up.",
        ),
        (*steps, f"{sums} = {100 * right:.1f} of 100."),
        options[1],
        {"cause": x, "on": on.states[0], "off": off.states[0], "outcome": str(y), "split": z},
        tutor.drawn({x, y.variable, z}),
        (heads, *rows),
    )
