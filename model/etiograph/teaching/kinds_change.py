"""Exercises on change: see or do, what would have been, and the comparison that turns over."""

from __future__ import annotations

from itertools import combinations, permutations

import numpy as np

from etiograph.engine.propagate import propagate
from etiograph.errors import NotIdentifiable, TooLarge
from etiograph.network.event import Event
from etiograph.network.finding import encode
from etiograph.query.graphs import between
from etiograph.query.structure import adjustment_sets, is_adjustment_set
from etiograph.teaching.kinds_front import by_front_door
from etiograph.teaching.posed import Option, Posed
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
"""States of a variable by which a comparison is split, and groups a student can add up."""
OPEN = 0.03
"""What would have been is neither certain nor ruled out."""
DIVIDED = 0.095
"""Numbers below this are divided by each other to a digit more."""
FELT = 0.02
"""A difference that is seen."""

SEARCHED = 9
"""Variables among which a comparison that turns over is looked for."""
MANY, FEWER = 40, 6
"""In a network of more variables fewer are looked through."""
NOT_TURNED = "no comparison in it is turned over by splitting it by a third variable"


def see_or_do(tutor: Tutor) -> Draft | None:
    """By how much a change moves an outcome, where the plain comparison misleads."""
    x = tutor.one(tutor.names)
    outcomes = tutor.below(x)
    if not outcomes:
        return None
    y = tutor.event(tutor.one(outcomes))
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
    plain = seen[1] - seen[0]
    rows, parts = _groups(tutor, z, x, on, off, y)
    if any(w > 1e-9 and (a != a or b != b) for w, a, b in parts):
        return None
    if abs(sum(w * (b - a) for w, a, b in parts if w > 1e-9) - plain) < GAP:
        return None  # before the changed worlds are asked, which is dearer
    done = [tutor.p(y, {}, {x: e.states[0]}, "do") for e in (off, on)]
    right = done[1] - done[0]
    say, who, by = tutor.say, tutor.who, tutor.say.title(z)
    options = numbers_to_choose(
        tutor,
        right,
        (
            Wrong(
                plain,
                "what is seen taken for what is done",
                f"So it is when the two groups are only looked at. But they differ in {by}, too, and that counts.",
            ),
            Wrong(
                0.0,
                "if it misleads, all of it is false",
                "To look at the groups only does mislead, but not all of it is false: a difference stays where all "
                f"are alike in {by}.",
            ),
            Wrong(
                -right,
                "the wrong way round",
                "The size is right, but it is the other way round: look who has more.",
            ),
            Wrong(
                sum(b - a for _, a, b in parts) / len(parts),
                "groups not weighted",
                "The groups are not equally large: a large group counts for more.",
            ),
            Wrong(
                (right + plain) / 2,
                "halfway between",
                "There is no meeting half way: weigh each group by its size.",
            ),
        ),
        more_of_100,
    )
    if options is None:
        return None
    text = (
        f"Of 100 {who} {say.having(on)}, {say.count(in_100(seen[1]), y)}; of 100 {say.having(off)}, "
        f"{say.count(in_100(seen[0]), y)}. But these two groups may differ in {by}, too; the table splits all {who} by "
        f"it. Now suppose you can decide. Take the same 100 {who} twice: first all {say.having(on)}, then all "
        f"{say.having(off)}. How many more or fewer of them are {who} {say.having(y)} the first time?"
    )
    sums = " + ".join(f"{w:.2f} x {100 * (b - a):.0f}" for w, a, b in parts if w > 0)
    return Draft(
        Posed(text, "choice", options[0]),
        (
            f"First compare within each line of the table, where all are alike in {by}.",
            "Then add up the differences, each multiplied by the share of all that its group is.",
        ),
        (
            *(f"{rows[0][0]}, {row[0]}: {more_of_100(b - a)}, and {row[1]} {who} are in this group."
              for row, (w, a, b) in zip(rows[1:], parts, strict=True) if w > 0),
            f"{sums} = {100 * right:.1f} of 100.",
            f"To look at the two groups only says {100 * plain:.0f} of 100.",
        ),
        options[1],
        {"cause": x, "on": on.states[0], "off": off.states[0], "outcome": str(y), "split": z},
        tutor.drawn({x, y.variable, z}),
        rows,
    )  # fmt: skip


def _groups(
    tutor: Tutor, z: str, x: str, on: Event, off: Event, y: Event
) -> tuple[tuple[tuple[str, ...], ...], list[tuple[float, float, float]]]:
    """The table split by z: lines to print, and (size, share with off, share with on) of each group."""
    from etiograph.errors import ImpossibleFindings

    say = tutor.say
    heads = (
        tutor.network.variables[z].label,
        f"how many {tutor.who}",
        *(f"{say.short(y)}, of those {say.having(event)}" for event in (off, on)),
    )
    lines: list[tuple[str, ...]] = [heads]
    parts: list[tuple[float, float, float]] = []
    for state in tutor.network.variables[z].states:
        group = Event.of(tutor.network.variables[z], state)
        size = tutor.p(group)
        numbers = []
        for event in (off, on):
            try:
                numbers.append(tutor.p(y, {z: state, x: event.states[0]}))
            except ImpossibleFindings:
                numbers.append(float("nan"))
        parts.append((size, numbers[0], numbers[1]))
        shown = ["nobody" if p != p else share(p) for p in numbers]
        lines.append((tutor.network.variables[z].state_label(state), share(size), *shown))
    return tuple(lines), parts


# -- what would have been -------------------------------------------------------------------------


def had(tutor: Tutor) -> Draft | None:
    """Would it have happened without the cause?"""
    network = tutor.network
    y_name = tutor.one(tutor.names)
    causes = tutor.causes(y_name)
    if not causes or network.variables[y_name].card > 2:
        return None
    x = tutor.one(causes)
    way = between(tutor.graph, x, y_name)
    if any(network.variables[n].card > 2 for n in way - {x}):
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
    say, who = tutor.say, tutor.who
    other = Event.of(network.variables[x], off)
    a, b = say.fact(on), say.fact(y)
    options = numbers_to_choose(
        tutor,
        right,
        (
            Wrong(done, "forgot what is known",
                  f"So it would be for 100 {who} of {say.whom} nothing is known. But of these it is known that {say.so(y)}, which says more of them."),
            Wrong(1 - right, "counted the others", f"Those are the others, in {say.whom} it would not be so."),
            Wrong(seen, "looked at others", f"Those are other {who}: of 100 {say.having(other)}, {say.many(y)}?"),
            Wrong(0.0, "there means to blame", f"Here {say.so(on)}, but {b} can come from something else as well."),
            Wrong(1.0, "what happened had to happen", f"In some it came to {b} only by way of {a}."),
        ),
    )  # fmt: skip
    if options is None:
        return None
    alike = with_on * right
    many, both = in_100(with_on, DIVIDED), in_100(alike, DIVIDED)
    text = (
        f"Of 100 {who} {say.having(on)}, {say.count(many, y)}. In {both} of these {many} it would be so just as well "
        f"{say.had(other)}. Now take 100 {who} of {say.whom} both is known: {say.so(on)}, and {say.so(y)}. "
        f"{say.had(other)}, in how many of them {say.would(y)} all the same?"
    )
    return Draft(
        Posed(text, "choice", options[0]),
        (
            f"Look only at those {say.having(on)} of {say.whom} it is known, too, that {say.so(y)}.",
            "In which part of them would it be so anyway? Divide the second number by the first.",
        ),
        (
            f"Of 100 {who} {say.having(on)}, {say.count(f'{100 * with_on:.1f}', y)}.",
            f"In {100 * alike:.1f} of these it would be so either way.",
            f"{100 * alike:.1f} / {100 * with_on:.1f} = {100 * right:.0f} of 100.",
        ),
        options[1],
        {"cause": x, "on": on.states[0], "off": off, "outcome": str(y)},
        tutor.drawn({x, y_name}),
    )


# -- the comparison that turns over ---------------------------------------------------------------


def simpson(tutor: Tutor) -> Draft | None:
    """Which of two is better, where the groups say one thing and the whole another."""
    x, outcome, z = tutor.one(tutor.memo["turned"])
    y = tutor.event(outcome)
    variable = tutor.network.variables[x]
    off, on = (Event.of(variable, s) for s in variable.states)
    rows, _ = _groups(tutor, z, x, on, off, y)
    seen = [tutor.p(y, {x: e.states[0]}) for e in (off, on)]
    done = [tutor.p(y, {}, {x: e.states[0]}, "do") for e in (off, on)]
    gap, plain = done[1] - done[0], seen[1] - seen[0]
    if abs(gap) < FELT:
        return None
    say, who, by, what = tutor.say, tutor.who, tutor.say.title(z), tutor.say.title(x)
    best = on if gap > 0 else off
    fair = is_adjustment_set(tutor.network, x, y.variable, {z})
    why = (
        f"To split by {by} shuts the way into {what}: like is compared with like, so go by the groups."
        if fair
        else f"{by} comes after {what}, or does not shut a way into it. To split by it spoils the comparison: go by all."
    )
    turned = (gap > 0) != (plain > 0)
    mistake = "the larger table is the truer" if turned else "splitting is always right"
    wrong = (
        f"That is how it looks among all, where the groups are not alike. {why}"
        if turned
        else f"That is how it looks in the groups. {why}"
    )
    options = [
        Option(say.short(e), e is best, "" if e is best else mistake, "" if e is best else wrong)
        for e in (off, on)
    ]
    options.append(
        Option(
            "it makes no difference",
            False,
            "two tables that disagree say nothing",
            f"The two comparisons disagree, but the arrows say which one answers the question. {why}",
        )
    )
    text = (
        f"Of 100 {who} {say.having(off)}, {say.count(in_100(seen[0]), y)}; of 100 {say.having(on)}, "
        f"{say.count(in_100(seen[1]), y)}. Split by {by}, it is the other way round in every group: see the table and the "
        f"arrows. You decide on {what} for everybody. With which choice would there be more {who} {say.having(y)}?"
    )
    return Draft(
        Posed(text, "choice", tuple(tutor.mixed(options))),
        (
            f"Is {by} there before {what}, or does it come after it?",
            "If it comes before and acts on both, compare within the groups. If it comes after, do not split.",
        ),
        (
            why,
            f"If all were {who} {say.having(off)}: {share(done[0])}; if all were {who} {say.having(on)}: {share(done[1])}.",
        ),
        (),
        {"cause": x, "on": on.states[0], "off": off.states[0], "outcome": str(y), "split": z},
        tutor.drawn({x, y.variable, z}),
        rows,
    )


def turned_over(tutor: Tutor) -> str:
    """Why nothing turns over; looked for once, among some of the variables of a large network."""
    if len(tutor.names) < 3:
        return "it has too few variables"
    tutor.memo["turned"] = _turned(tutor)
    return "" if tutor.memo["turned"] else NOT_TURNED


def _turned(tutor: Tutor) -> list[tuple[str, str, str]]:
    """Cause, outcome and split of every comparison that turns over: one batch of rows for all of them."""
    network, model = tutor.network, tutor.network.model
    small = [n for n in tutor.names if network.variables[n].card == 2]
    names = tutor.mixed(small)[: SEARCHED if len(tutor.names) <= MANY else FEWER]
    cells: list[dict[str, str]] = [{x: s} for x in names for s in network.variables[x].states]
    cells += [
        {x: s, z: t}
        for x, z in combinations(names, 2)
        for s in network.variables[x].states
        for t in network.variables[z].states
    ]
    if not cells:
        return []
    beliefs = propagate(
        model,
        np.stack([encode(network, cell)[0] for cell in cells]),
        wanted=[model.index[n] for n in names],
    )
    sound = np.isfinite(beliefs.log_evidence)
    place = {frozenset(cell.items()): k for k, cell in enumerate(cells)}

    def gap(x: str, y: str, *fixed: tuple[str, str]) -> float:
        """P(y in its last state | x in its last state) less the same for its first."""
        at = model.offsets[model.index[y]] + 1
        rows = [place[frozenset({(x, s), *fixed})] for s in network.variables[x].states]
        if not sound[rows].all():
            return 0.0
        return float(beliefs.marginals[rows[1], at] - beliefs.marginals[rows[0], at])

    found = []
    for x, y in permutations(names, 2):
        plain = gap(x, y)
        if abs(plain) < FELT or y not in tutor.below(x):
            continue
        for z in (n for n in names if n not in (x, y)):
            parts = [gap(x, y, (z, t)) for t in network.variables[z].states]
            if all(part * plain < 0 and abs(part) >= FELT for part in parts):
                found.append((x, y, z))
    return found
