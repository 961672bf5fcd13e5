"""Exercises on causes and doubt: responsibility, and the next test."""

from __future__ import annotations

from functools import partial

from etiograph.network.event import Event
from etiograph.query.attribution import CauseShare, attribution
from etiograph.teaching.posed import Option, Posed
from etiograph.teaching.tutor import ASIDE, Attempt, Tutor, Wrong, alike, numbers_to_choose, share

AHEAD = 1.3
"""The best test tells at least so many times what the next one does."""
LEAST = 0.02
"""In so many a cause is needed, and is not, at least."""
BITS = 0.01
"""What the best must reach at least."""
EYE = 1.15
"""So much further apart are the two numbers of the best line than those of another."""
HARDLY = 0.005
"""Shares below this read as none."""
FORESEEN = 0.03
"""A finding that is rarer than this on both sides, or nearly always there, can be foreseen."""
TIMES = dict(enumerate((
    "", "one and a half", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)))  # fmt: skip
MOST_TIMES = 20
"""What tells less than the best one by more than this tells almost nothing."""
FEW = 8
"""Tests that are weighed in one attempt."""


def responsibility(tutor: Tutor) -> Attempt | None:
    """In how many was the cause needed, where it is there in more and acted in more?"""
    name = tutor.one(tutor.names)
    parents = tutor.causes(name)
    if len(parents) < 2 or tutor.defined(name):
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


def _acted(tutor: Tutor, y: Event, one: CauseShare) -> Attempt | None:
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
    return Attempt(
        Posed(text, "choice", options[0]),
        (
            "To be there, to act, and to be needed are three things.",
            "It was needed where it acted and nothing else did.",
        ),
        (f"It acted in {acted}, and in {also} of these something else did as well.",
         f"{acted} - {also} = {left} of {crowd:,}."),
        options[1],
        {"cause": one.cause, "outcome": str(y), "form": "acted"},
        tutor.drawn({one.cause, y.variable}, most=ASIDE),
    )  # fmt: skip


def _needed(tutor: Tutor, y: Event, one: CauseShare) -> Attempt | None:
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
    return Attempt(
        Posed(text, "choice", options[0]),
        ("To be there and to be needed are two things.",
         f"Leave out those who are like this all the same: {say.would(f'{all_the_same} of them', y)} even {even}."),
        (f"{say.count(f'{there} of them', cause)}.",
         f"{say.would(f'{all_the_same} of these', y)} even {even}.",
         f"{there} - {all_the_same} = {left} of {crowd:,}."),
        options[1],
        {"cause": one.cause, "outcome": str(y), "form": "needed"},
        tutor.drawn({one.cause, y.variable}, most=ASIDE),
    )  # fmt: skip


# -- what tells most ------------------------------------------------------------------------------


def next_test(tutor: Tutor) -> Attempt | None:
    """Which finding is expected to tell most of an event."""
    network = tutor.network
    asked = tutor.event(tutor.one(tutor.names))
    if not 0.02 <= tutor.p(asked) <= 0.98:
        return None
    rest = [
        n
        for n in tutor.mixed(tutor.names)
        if n != asked.variable
        and network.variables[n].observable
        and network.variables[n].card == 2
    ]  # two states, so that one line of the table says all that the key uses
    # Without a finding a test tells what it and the event have in common, which the plain numbers give.
    gains = tutor.gains(rest[:FEW], asked)
    ranked = sorted(gains, key=lambda n: -gains[n])
    if len(ranked) < 3 or gains[ranked[0]] < BITS:
        return None
    best, *others = ranked
    found = {n: _found(tutor, asked, n) for n in ranked}
    wrong = [n for n in others if gains[n] * AHEAD <= gains[best] and _clear(found[best], found[n])]
    chosen = wrong[:2] + wrong[2:][-1:]
    if len(chosen) < 2:
        return None
    say = tutor.say
    rows = [(Option(say.title(best), True), best)]
    for n in chosen:
        mistake, why = _telling(tutor, asked, n, found[n], (gains[n], gains[best]))
        rows.append((Option(say.title(n), False, mistake, why), n))
    mixed = tutor.mixed(rows)
    there, not_there = say.having(asked), say.having(asked, but=True)
    text = (
        f"{say.count(share(tutor.p(asked)), asked, whose=tutor.who)}. Of one {say.it} you want to know whether it is so, and "
        f"you may find out one thing. The table says in how many each is found, of those {there} and of those "
        f"{not_there}. Which of them is expected to tell you most?"
    )
    return Attempt(
        Posed(text, "choice", tuple(o for o, _ in mixed)),
        (
            "A finding tells much where it is common on one side and rare on the other.",
            "A finding that is about as common on both sides tells nothing, however common it is.",
        ),
        (
            *(f"{say.title(n)}: expected to tell {gains[n]:.3f} bits." for n in (best, *chosen)),
            "A bit counts how much a finding tells: being told how a fair coin fell is one bit.",
        ),
        tuple(gains[n] for _, n in mixed),
        {"asked": str(asked), "options": "\n".join(n for _, n in mixed)},
        (),
        (
            ("what may be found", f"in those {there}", f"in those {not_there}"),
            *((say.short(_event(tutor, n)), *alike(*found[n])) for _, n in mixed),
        ),
    )


def _event(tutor: Tutor, name: str) -> Event:
    """What may be found in a variable of two states."""
    variable = tutor.network.variables[name]
    return Event.of(variable, variable.unusual[0])


def _found(tutor: Tutor, asked: Event, name: str) -> tuple[float, float]:
    """How common a finding is in those with the event, and in those without."""
    event = _event(tutor, name)
    inside = tutor.p(event, {asked.variable: asked.states[0]})
    outside = (tutor.p(event) - tutor.p(asked) * inside) / (1 - tutor.p(asked))
    return min(1.0, max(0.0, inside)), min(1.0, max(0.0, outside))


def _clear(best: tuple[float, float], other: tuple[float, float]) -> bool:
    """Whether one line of the table is ahead of another to the eye: by difference and by ratio."""

    def ratio(a: float, b: float) -> float:
        a, b = (min(1 - HARDLY, max(HARDLY, p)) for p in (a, b))
        return max(a / b, b / a, (1 - a) / (1 - b), (1 - b) / (1 - a))

    apart = abs(best[0] - best[1]) >= EYE * abs(other[0] - other[1])
    return apart and ratio(*best) >= ratio(*other)


def _telling(
    tutor: Tutor, asked: Event, name: str, p: tuple[float, float], gains: tuple[float, float]
) -> tuple[str, str]:
    """Mistake and reason of a test that tells less; `gains` are what it and the best one tell, in bits."""
    say, (gain, best) = tutor.say, gains
    title = say.title(name)
    tells = say.agree(name, "tells", "tell")
    if gain < 1e-9:
        return (
            "any finding tells",
            f"{title} {tells} nothing: it is as common in those {say.having(asked)} as in those "
            f"{say.having(asked, but=True)}.",
        )
    foreseen = max(p) < FORESEEN or min(p) > 1 - FORESEEN
    here, there = alike(*p)
    if here == there:
        return (
            "a clear finding tells most" if foreseen else "linked means telling",
            f"{title} {tells} almost nothing: the finding is about as common on both sides, {here} and {there}.",
        )
    if foreseen:
        return (
            "a clear finding tells most",
            f"How it is with {title} can nearly be foreseen, so on average it tells little.",
        )
    printed, most = round(gain, 3), round(best, 3)
    if printed * MOST_TIMES < most:
        return "linked means telling", f"{title} {tells} almost nothing."
    times = most / printed
    said = TIMES[round(times)] if times >= 1.75 else "one and a half"
    return (
        "linked means telling",
        f"{title} {say.agree(name, 'does', 'do')} tell something, but the best one tells about {said} times as much.",
    )
