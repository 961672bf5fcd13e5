"""Exercises on change: see or do, what would have been, and the comparison that turns over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
    ASIDE,
    GAP,
    Draft,
    Tutor,
    Wrong,
    factor,
    faithful,
    in_100,
    more_of_100,
    numbers_to_choose,
    of_100,
    plain,
    share,
)

FEW = 3
"""States of a variable by which a comparison is split, and groups a student can add up."""
OPEN = 0.03
"""What would have been is neither certain nor ruled out."""
FELT = 0.02
"""A difference that is seen."""
EMPTY = 1e-9
"""A group below this has nobody in it."""
Group = tuple[float, float, float]
"""Size, share with a cause off, share with it on."""

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
    parts = _groups(tutor, z, x, on, off, y)
    if any(w > EMPTY and (a != a or b != b) for w, a, b in parts):
        return None
    if abs(sum(w * (b - a) for w, a, b in parts if w > EMPTY) - plain_gap) < GAP:
        return None  # before the changed worlds are asked, which is dearer
    done = [tutor.p(y, {}, {x: e.states[0]}, "do") for e in (off, on)]
    right = done[1] - done[0]
    found = next(filter(None, (_weighed(parts, seen, right, digits) for digits in (0, 1))), None)
    if found is None:
        return None
    say, who, by = tutor.say, tutor.who, tutor.say.title(z)
    options = numbers_to_choose(
        tutor,
        right,
        (
            Wrong(
                plain_gap,
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
                sum(b - a for w, a, b in parts if w > EMPTY) / sum(w > EMPTY for w, _, _ in parts),
                "groups not weighted",
                "The groups are not equally large: a large group counts for more.",
            ),
            Wrong(
                (right + plain_gap) / 2,
                "halfway between",
                "There is no meeting half way: weigh each group by its size.",
            ),
        ),
        more_of_100,
    )
    if options is None:
        return None
    before, after = found.seen
    text = (
        f"Of 100 {who} {say.having(on)}, {say.count(after, y)}; of 100 {say.having(off)}, "
        f"{say.count(before, y)}. But these two groups may differ in {by}, too; the table splits all {who} by "
        f"it. Now suppose you can decide whether {say.so(on)}. Take the same 100 {who} twice: first all "
        f"{say.having(on)}, then all {say.having(off)}. {say.many(y, how='how many more or fewer of them')} the first "
        "time than the second?"
    )
    rows = _table(tutor, z, on, off, y, parts, found.digits)
    used = [row[0] for row, (size, _, _) in zip(rows[1:], parts, strict=True) if size > EMPTY]
    return Draft(
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


def _weighed(
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


def _groups(tutor: Tutor, z: str, x: str, on: Event, off: Event, y: Event) -> list[Group]:
    """Size, share with off and share with on of each group that z makes; nan where there is nobody."""
    from etiograph.errors import ImpossibleFindings

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


def _table(
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


# -- what would have been -------------------------------------------------------------------------


def had(tutor: Tutor) -> Draft | None:
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
    return Draft(
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


# -- the comparison that turns over ---------------------------------------------------------------


def simpson(tutor: Tutor) -> Draft | None:
    """Which of two is better, where the groups say one thing and the whole another."""
    x, outcome, z = tutor.one(tutor.memo["turned"])
    y = tutor.event(outcome)
    variable = tutor.network.variables[x]
    off, on = (Event.of(variable, s) for s in variable.states)
    rows = _table(tutor, z, on, off, y, _groups(tutor, z, x, on, off, y))
    seen = [tutor.p(y, {x: e.states[0]}) for e in (off, on)]
    done = [tutor.p(y, {}, {x: e.states[0]}, "do") for e in (off, on)]
    gap, plain_gap = done[1] - done[0], seen[1] - seen[0]
    if abs(gap) < FELT:
        return None
    say, who, by, what = tutor.say, tutor.who, tutor.say.title(z), tutor.say.title(x)
    best = on if gap > 0 else off
    fair, after = is_adjustment_set(tutor.network, x, y.variable, {z}), z in tutor.below(x)
    turned = (gap > 0) != (plain_gap > 0)
    drawn = tutor.drawn({x, y.variable, z})
    if not drawn or not (fair if turned else after):
        return None  # the arrows would not say which one to go by
    why = (
        f"To split by {by} shuts the way into {what}: like is compared with like, so go by the groups."
        if turned
        else f"{by} {say.agree(z, 'comes', 'come')} after {what}. Part of what {what} {say.agree(x, 'does', 'do')} may go "
        "through it, and to split by it leaves that out: go by all."
    )
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
    everyone = "everybody" if who == "people" else f"every {say.it}"
    text = (
        f"Of 100 {who} {say.having(off)}, {say.count(in_100(seen[0]), y)}; of 100 {say.having(on)}, "
        f"{say.count(in_100(seen[1]), y)}. Split by {by}, it is the other way round in every group: see the table and the "
        f"arrows. You decide on {what} for {everyone}. With which choice would there be more {who} {say.having(y)}?"
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
        drawn,
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
