"""Exercises on change: see or do, and what would have been."""

from __future__ import annotations

from collections.abc import Sequence

from etiograph.errors import NotIdentifiable, TooLarge
from etiograph.network.event import Event
from etiograph.query.graphs import between
from etiograph.query.structure import adjustment_sets
from etiograph.teaching.groups import EMPTY, Group, group_table, groups, weighed
from etiograph.teaching.kinds_front import by_front_door
from etiograph.teaching.posed import Posed
from etiograph.teaching.tutor import (
    ASIDE,
    GAP,
    Attempt,
    Tutor,
    Wrong,
    more_of_100,
    numbers_to_choose,
    of_100,
)

FEW = 3
"""States of a variable by which a comparison is split, and groups a student can add up."""
OPEN = 0.03
"""What would have been is neither certain nor ruled out."""


def see_or_do(tutor: Tutor) -> Attempt | None:
    """By how much a change moves an outcome, where the plain comparison misleads."""
    x = tutor.one(tutor.names)
    outcomes = tutor.below(x)
    if not outcomes:
        return None
    y = tutor.event(tutor.one(outcomes))
    if tutor.defined(y.variable):
        return None
    on = tutor.event(x)
    off = Event.of(tutor.network.variables[x], tutor.usual(x))
    try:
        sets = adjustment_sets(tutor.network, x, y.variable)
    except NotIdentifiable:
        return by_front_door(tutor, y, on, off)
    except TooLarge:
        return None
    single = [next(iter(s)) for s in sets if len(s) == 1]
    single = [
        z for z in single if z in tutor.names and tutor.network.variables[z].card <= FEW and z != x
    ]
    if not single or on.states == off.states:
        return None
    z = tutor.one(single)
    seen = [tutor.p(y, {x: e.states[0]}) for e in (off, on)]
    plain_gap = seen[1] - seen[0]
    parts = groups(tutor, z, x, on, off, y)
    if any(w > EMPTY and (a != a or b != b) for w, a, b in parts):
        return None
    if abs(sum(w * (b - a) for w, a, b in parts if w > EMPTY) - plain_gap) < GAP:
        return None  # before the changed worlds are asked, which is dearer
    done = [tutor.p(y, {}, {x: e.states[0]}, "do") for e in (off, on)]
    right = done[1] - done[0]
    found = next(filter(None, (weighed(parts, seen, right, digits) for digits in (0, 1))), None)
    if found is None:
        return None
    options = numbers_to_choose(
        tutor, right, _mistakes(parts, plain_gap, right, tutor.say.title(z)), more_of_100
    )
    if options is None:
        return None
    say, who, by = tutor.say, tutor.who, tutor.say.title(z)
    before, after = found.seen
    text = (
        f"Of 100 {who} {say.having(on)}, {say.count(after, y)}; of 100 {say.having(off)}, "
        f"{say.count(before, y)}. But these two groups may differ in {by}, too; the table splits all {who} by "
        f"it. Now suppose you can decide whether {say.so(on)}. Take the same 100 {who} twice: first all "
        f"{say.having(on)}, then all {say.having(off)}. {say.many(y, how='how many more or fewer of them')} the first "
        "time than the second?"
    )
    rows = group_table(tutor, z, on, off, y, parts, found.digits)
    used = [row[0] for row, (size, _, _) in zip(rows[1:], parts, strict=True) if size > EMPTY]
    return Attempt(
        Posed(text, "choice", options[0]),
        (
            f"First compare within each line of the table, where all are alike in {by}.",
            f"Multiply each difference by the size of its group ({found.sizes[0]} of 100 is {found.shares[0]}), then add.",
        ),
        (
            *(f"{rows[0][0]}, {name}: {step}. Of 100 {who}, {size} are in this group."
              for name, step, size in zip(used, found.steps, found.sizes, strict=True)),
            f"{found.total}, or {more_of_100(right)}.",
            f"Only looking at the two groups would say: {after} - {before} = {found.plain}, or {more_of_100(plain_gap)}.",
        ),
        options[1],
        {"cause": x, "on": on.states[0], "off": off.states[0], "outcome": str(y), "split": z},
        tutor.drawn({x, y.variable, z}, most=ASIDE),
        rows,
    )  # fmt: skip


def _mistakes(parts: Sequence[Group], plain_gap: float, right: float, by: str) -> tuple[Wrong, ...]:
    """What is answered by those who go wrong, and what to tell them."""
    used = [(size, b - a) for size, a, b in parts if size > EMPTY]
    return (
        Wrong(plain_gap, "what is seen taken for what is done",
              f"So it is when the two groups are only looked at. But they differ in {by}, too, and that counts."),
        Wrong(0.0, "if it misleads, all of it is false",
              "To look at the groups only does mislead, but not all of it is false: a difference stays where all "
              f"are alike in {by}."),
        Wrong(-right, "the wrong way round",
              "The size is right, but it is the other way round: look who has more."),
        Wrong(sum(gap for _, gap in used) / len(used), "groups not weighted",
              "The groups are not equally large: a large group counts for more."),
        Wrong((right + plain_gap) / 2, "halfway between",
              "There is no meeting half way: weigh each group by its size."),
    )  # fmt: skip


def had(tutor: Tutor) -> Attempt | None:
    """Would it have happened without the cause?"""
    network = tutor.network
    y_name = tutor.one(tutor.names)
    causes = tutor.causes(y_name)
    if not causes or network.variables[y_name].card > 2 or tutor.defined(y_name):
        return None
    x = tutor.one(causes)
    between_them = between(tutor.graph, x, y_name) - {x}
    if any(network.variables[n].card > 2 for n in between_them):
        return None
    y, on, off = tutor.event(y_name), tutor.event(x), tutor.usual(x)
    known = {x: on.states[0], y_name: y.states[0]}
    with_on = tutor.p(y, {x: on.states[0]})
    if not 0.02 <= with_on <= 0.999:
        return None
    right = tutor.p(y, known, {x: off}, "had")
    if not OPEN <= right <= 1 - OPEN:
        return None
    done, seen = tutor.p(y, {}, {x: off}, "do"), tutor.p(y, {x: off})
    many, both, crowd = _whole(with_on, with_on * right, right)
    if not crowd:
        return None
    say, who = tutor.say, tutor.who
    other = Event.of(network.variables[x], off)
    even = f"even {say.even(other)}"
    way = "more" if right > done else "fewer"
    options = numbers_to_choose(
        tutor,
        right,
        (
            Wrong(done, "forgot what is known",
                  f"That counts all {who}, as they would be {say.even(other)}. But of these it is known that {say.so(y)}, "
                  f"so it would be so in {way} of them."),
            Wrong(1 - right, "counted the others", f"Those are the others, in {say.whom} it would not be so."),
            Wrong(seen, "looked at others", f"Those are other {who}: of 100 {say.having(other)}, {say.many(y)}?"),
            Wrong(0.0, "there means to blame", f"In all of them {say.so(on)}. But in some {say.so(y)} for another reason as well."),
            Wrong(1.0, "what happened had to happen", f"In some of them {say.so(y)} only {say.because(on)}."),
        ),
    )  # fmt: skip
    if options is None:
        return None
    text = (
        f"Of {crowd:,} {who} {say.having(on)}, {say.count(many, y)}. {say.would(f'{both} of these {many}', y)} {even}. "
        f"Now take 100 {who} {say.both(on, y)}. {say.how_many_would(y)} {even}?"
    )
    return Attempt(
        Posed(text, "choice", options[0]),
        (
            f"Look only at the {many} {say.having(y)}: {say.would(f'{both} of these', y)} anyway.",
            f"Divide {both} by {many}, then multiply by 100: so many of 100.",
        ),
        (
            f"Of {crowd:,} {who} {say.having(on)}, {say.count(many, y)}.",
            f"{say.would(f'{both} of these {many}', y)} {even}.",
            f"{both} / {many} = {_number(both) / _number(many):.4f}, or {of_100(right)}.",
        ),
        options[1],
        {"cause": x, "on": on.states[0], "off": off, "outcome": str(y)},
        tutor.drawn({x, y_name}, most=ASIDE),
    )


def _whole(all_: float, some: float, right: float) -> tuple[str, str, int]:
    """Both as whole numbers of one crowd, the smallest in which their ratio says what is right; 0 for none."""
    for crowd in (100, 1000, 10_000):
        many, both = round(crowd * all_), round(crowd * some)
        if 0 < both < many <= crowd and of_100(both / many) == of_100(right):
            return f"{many:,}", f"{both:,}", crowd
    return "", "", 0


def _number(text: str) -> int:
    return int(text.replace(",", ""))
