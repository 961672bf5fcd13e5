"""Exercises on causes and doubt: responsibility, the next test, the number that matters most."""

from __future__ import annotations

from functools import partial

from etiograph.decision.words import parameter_words
from etiograph.network.event import Event
from etiograph.query.attribution import CauseShare, attribution
from etiograph.teaching.posed import Option, Posed
from etiograph.teaching.tutor import Draft, Tutor, Wrong, numbers_to_choose, share

AHEAD = 1.3
"""The best test tells, the strongest number moves, at least so many times what the next one does."""
LEAST = 0.02
"""In so many a cause is needed, and is not, at least."""
BITS, SWING = 0.01, 0.01
"""What the best must reach at least."""
FEW = 8
"""Tests or numbers that are weighed in one attempt."""


def responsibility(tutor: Tutor) -> Draft | None:
    """In how many was the cause needed, where it is there in more and acted in more?"""
    name = tutor.one(tutor.names)
    parents = tutor.causes(name)
    if len(parents) < 2:
        return None
    y = tutor.event(name)
    known = {name: y.states[0]}
    tutor.p(y)
    found = attribution(tutor.network, known, y)
    shares = [s for s in found.causes if s.cause in parents and s.present > 0]
    if not shares:
        return None
    one: CauseShare = tutor.one(shares)
    if one.fired == one.fired:
        return _acted(tutor, y, one)
    return _needed(tutor, y, one)


def _crowd(all_: float, some: float, rest: float) -> int:
    """The smallest crowd in which the numbers, made whole, are one the difference of the others; 0 for none."""
    for crowd in (100, 1000):
        whole = [round(crowd * p) for p in (all_, some, rest)]
        if whole[0] - whole[1] == whole[2] and min(whole) > 0:
            return crowd
    return 0


def _of(crowd: int, p: float) -> str:
    return f"{round(crowd * p):,}"


def _about(crowd: int, p: float) -> str:
    return f"about {_of(crowd, p)} of {crowd:,}"


def _acted(tutor: Tutor, y: Event, one: CauseShare) -> Draft | None:
    """Where causes act one by one: there, acted, needed."""
    both = one.fired - one.needed
    if abs(one.needed - one.only) > 1e-9 or min(one.needed, both) < LEAST:
        return None  # it also works by way of others: the plain sum does not hold
    known = {y.variable: y.states[0]}
    for asks, value in (("present", one.present), ("acted", one.fired), ("needed", one.needed)):
        tutor.note(asks, (one.cause, str(y)), value, known)
    crowd = _crowd(one.fired, both, one.needed)
    if not crowd:
        return None
    there, acted, also, left = (_of(crowd, p) for p in (one.present, one.fired, both, one.needed))
    say, who = tutor.say, tutor.who
    a, b = say.title(one.cause), say.fact(y)
    options = numbers_to_choose(
        tutor,
        one.needed,
        (
            Wrong(one.present, "there means to blame", f"In so many {a} is there. It need not have acted."),
            Wrong(one.fired, "acted means needed", "In so many it acted. But in some of these something else acted as well, and would have been enough."),
            Wrong(both, "counted the others", "In so many something else acted as well: there it was not needed."),
            Wrong(one.present - one.needed, "counted the others", "In so many it was there and not needed."),
        ),
        partial(_about, crowd),
    )  # fmt: skip
    if options is None:
        return None
    cause = Event.of(tutor.network.variables[one.cause])
    without = Event.of(tutor.network.variables[one.cause], tutor.usual(one.cause))
    text = (
        f"Take {crowd:,} {who} {say.having(y)}. {say.count(f'{there} of them', cause)}: a possible cause. In {acted} of these "
        f"it acted: it was enough to bring about {b}. But in {also} of these {acted} something else acted as well, and was "
        f"enough, too. {say.how_many_would(y, but=True, whose=f'of the {crowd:,}')} {say.even(without)}?"
    )
    return Draft(
        Posed(text, "choice", options[0]),
        (
            "To be there, to act, and to be needed are three things.",
            "It was needed where it acted and nothing else did.",
        ),
        (f"It acted in {acted}, and in {also} of these something else did as well.",
         f"{acted} - {also} = {left} of {crowd:,}."),
        options[1],
        {"cause": one.cause, "outcome": str(y), "form": "acted"},
        tutor.drawn({one.cause, y.variable}),
    )  # fmt: skip


def _needed(tutor: Tutor, y: Event, one: CauseShare) -> Draft | None:
    """Where causes act together in one table: there, and needed."""
    if tutor.network.variables[y.variable].card > 2 or one.needed < LEAST:
        return None
    anyway = one.present - one.needed
    if anyway < LEAST:
        return None
    known = {y.variable: y.states[0]}
    for asks, value in (("present", one.present), ("needed", one.needed)):
        tutor.note(asks, (one.cause, str(y)), value, known)
    cause = Event.of(tutor.network.variables[one.cause])
    crowd = _crowd(one.present, anyway, one.needed)
    if not crowd:
        return None
    say, who = tutor.say, tutor.who
    options = numbers_to_choose(
        tutor,
        one.needed,
        (
            Wrong(one.present, "there means to blame", f"In so many {say.so(cause)}. But some of them would be like this even without that."),
            Wrong(anyway, "counted the others", "In so many it would have been so all the same: there the cause was not needed."),
            Wrong(tutor.p(cause), "how common it is", f"That is of all {who}: of {crowd:,}, {say.many(cause)}? But these are {who} {say.having(y)}."),
            Wrong(1 - one.present, "counted those without it", f"Those are the others, {who} {say.having(cause, but=True)}."),
        ),
        partial(_about, crowd),
    )  # fmt: skip
    if options is None:
        return None
    there, all_the_same, left = (_of(crowd, p) for p in (one.present, anyway, one.needed))
    even = say.even(Event.of(tutor.network.variables[one.cause], tutor.usual(one.cause)))
    text = (
        f"Take {crowd:,} {who} {say.having(y)}. {say.count(f'{there} of them', cause)}. "
        f"{say.would(f'{all_the_same} of these {there}', y)} even {even}. "
        f"{say.how_many_would(y, but=True, whose=f'of the {crowd:,}')} {even}?"
    )
    return Draft(
        Posed(text, "choice", options[0]),
        ("To be there and to be needed are two things.",
         f"Leave out those who are like this all the same: {say.would(f'{all_the_same} of them', y)} even {even}."),
        (f"{say.count(f'{there} of them', cause)}.",
         f"{say.would(f'{all_the_same} of these', y)} even {even}.",
         f"{there} - {all_the_same} = {left} of {crowd:,}."),
        options[1],
        {"cause": one.cause, "outcome": str(y), "form": "needed"},
        tutor.drawn({one.cause, y.variable}),
    )  # fmt: skip


# -- what tells most ------------------------------------------------------------------------------


def next_test(tutor: Tutor) -> Draft | None:
    """Which finding is expected to tell most of an event."""
    network = tutor.network
    asked = tutor.event(tutor.one(tutor.names))
    if not 0.02 <= tutor.p(asked) <= 0.98:
        return None
    rest = [
        n
        for n in tutor.mixed(tutor.names)
        if n != asked.variable and network.variables[n].observable
    ]
    # Without a finding a test tells what it and the event have in common, which the plain numbers give.
    gains = tutor.gains(rest[:FEW], asked)
    ranked = sorted(gains, key=lambda n: -gains[n])
    if len(ranked) < 3 or gains[ranked[0]] < BITS:
        return None
    best = ranked[0]
    wrong = [n for n in ranked[1:] if gains[n] * AHEAD <= gains[best]]
    chosen = wrong[:2] + wrong[2:][-1:]
    if len(chosen) < 2:
        return None
    lines: list[tuple[str, ...]] = []
    options = []
    say = tutor.say
    for n in (best, *chosen):
        p, line = _found(tutor, asked, n)
        lines.append(line)
        mistake, why = _telling(tutor, asked, n, p, (gains[n], gains[best]))
        right = n == best
        options.append(Option(say.title(n), right, "" if right else mistake, "" if right else why))
    mixed = tutor.mixed(list(zip(options, lines, (best, *chosen), strict=True)))
    there, not_there = say.having(asked), say.having(asked, but=True)
    text = (
        f"{say.count(share(tutor.p(asked)), asked, whose=tutor.who)}. Of one {say.it} you want to know whether it is "
        f"so, and you may find out one thing. The table says in how many each is found, of those {there} and of "
        f"those {not_there}. Which of them is expected to tell you most?"
    )
    return Draft(
        Posed(text, "choice", tuple(o for o, _, _ in mixed)),
        (
            "A finding tells much where it is common on one side and rare on the other.",
            "A finding that is about as common on both sides tells nothing, however common it is.",
        ),
        tuple(f"{say.title(n)} is expected to tell {gains[n]:.3f} bits." for n in (best, *chosen)),
        tuple(gains[n] for _, _, n in mixed),
        {"asked": str(asked), "options": "\n".join(n for _, _, n in mixed)},
        (),
        (
            ("what may be found", f"in those {there}", f"in those {not_there}"),
            *(line for _, line, _ in mixed),
        ),
    )


def _found(tutor: Tutor, asked: Event, name: str) -> tuple[float, tuple[str, str, str]]:
    """How common a finding is, and its line of the table: in those with the event, in those without."""
    event = Event.of(tutor.network.variables[name], _likeliest_unusual(tutor, name))
    p, inside = tutor.p(event), tutor.p(event, {asked.variable: asked.states[0]})
    outside = (p - tutor.p(asked) * inside) / (1 - tutor.p(asked))
    told = [share(min(1.0, max(0.0, each))) for each in (inside, outside)]
    return p, (tutor.say.short(event), told[0], told[1])


def _likeliest_unusual(tutor: Tutor, name: str) -> str:
    variable = tutor.network.variables[name]
    return max(variable.unusual, key=lambda s: tutor.p(Event.of(variable, s)))


def _telling(
    tutor: Tutor, asked: Event, name: str, p: float, shares: tuple[float, float]
) -> tuple[str, str]:
    """Mistake and reason of a test that tells less; `shares` are what it and the best one tell, in bits."""
    title, gain, best = tutor.say.title(name), *shares
    if gain < 1e-9:
        with_, without = tutor.say.having(asked), tutor.say.having(asked, but=True)
        return (
            "any finding tells",
            f"{title} tells nothing: it is as common in those {with_} as in those {without}.",
        )
    if min(p, 1 - p) < 0.03:
        return (
            "a clear finding tells most",
            f"How it is with {title} can nearly be foreseen, so on average it tells little.",
        )
    return (
        "linked means telling",
        f"{title} does tell something, but the best one tells {best / gain:.1f} times as much.",
    )


# -- which number matters -------------------------------------------------------------------------


def no_ranges(tutor: Tutor) -> str:
    """Why no number can be moved across its range."""
    return "" if tutor.network.has_ranges else "no number in it states a range"


def sensitivity(tutor: Tutor) -> Draft | None:
    """Which number, moved across its range, moves an answer most."""
    from etiograph.uncertainty.sensitivity import tornado

    network = tutor.network
    asked = tutor.event(tutor.one(tutor.names))
    known: dict[str, str] = {}
    if tutor.rng.random() < 0.5 and (signs := tutor.below(asked.variable)):
        sign = tutor.event(tutor.one(signs))
        known = {sign.variable: sign.states[0]}
    answer = tutor.p(asked, known)
    found = tornado(network, known, asked, groups=False)
    bars = sorted(found.bars, key=lambda bar: -bar.swing)
    if len(bars) < 3 or bars[0].swing < SWING:
        return None
    best = bars[0]
    wrong = [bar for bar in bars[1:] if bar.swing * AHEAD <= best.swing and bar.swing > 0]
    chosen = wrong[:1] + tutor.mixed(wrong[1 : 2 * FEW])[:2]
    if len(chosen) < 2:
        return None
    widest = max((best, *chosen), key=lambda bar: abs(bar.high - bar.low))
    rows = []
    for bar in (best, *chosen):
        name = parameter_words(network, bar.name)
        tutor.note("swing", (bar.name, str(asked)), bar.swing, known)
        if bar is best:
            rows.append((Option(name, True), bar))
        elif bar is widest:
            rows.append((Option(name, False, "the widest range matters most",
                f"The range of the {name} is the widest here, but the answer hardly hangs on it."), bar))  # fmt: skip
        else:
            rows.append((Option(name, False, "every number counts alike",
                f"The {name} moves the answer by {100 * bar.swing:.1f} of 100 only; the one that matters most, by {100 * best.swing:.1f}."), bar))  # fmt: skip
    if len({option.text for option, _ in rows}) < len(rows):
        return None
    mixed = tutor.mixed(rows)
    say = tutor.say
    of = f"{tutor.who} {say.having(sign)}" if known else tutor.who
    text = (
        f"By the best guesses, {say.count(share(answer), asked, whose=of)}. This answer rests on many numbers, and each "
        "of them may be off: it has a range (see the table). Which one, moved from the low to the high end of its "
        "range, moves the answer most?"
    )
    lines = (
        ("number", "from", "to"),
        *((o.text, f"{b.low:.3g}", f"{b.high:.3g}") for o, b in mixed),
    )
    return Draft(
        Posed(text, "choice", tuple(o for o, _ in mixed)),
        (
            "Which of these numbers stand close to what is asked, or between it and what is known?",
            "A number matters if its range is wide and the answer hangs on it: both.",
        ),
        tuple(
            f"{parameter_words(network, b.name)}: moves the answer by {100 * b.swing:.1f} of 100."
            for b in (best, *chosen)
        ),
        tuple(bar.swing for _, bar in mixed),
        {"asked": str(asked), "options": "\n".join(bar.name for _, bar in mixed)},
        (),
        lines,
    )
