"""Exercises on causes and doubt: responsibility, the next test, the number that matters most."""

from __future__ import annotations

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


def _acted(tutor: Tutor, y: Event, one: CauseShare) -> Draft | None:
    """Where causes act one by one: there, acted, needed."""
    both = one.fired - one.needed
    if abs(one.needed - one.only) > 1e-9 or min(one.needed, both) < LEAST:
        return None  # it also works by way of others: the plain sum does not hold
    known = {y.variable: y.states[0]}
    for asks, value in (("present", one.present), ("acted", one.fired), ("needed", one.needed)):
        tutor.note(asks, (one.cause, str(y)), value, known)
    a, b, who = tutor.title(one.cause), tutor.label(y), tutor.who
    options = numbers_to_choose(
        tutor,
        one.needed,
        (
            Wrong(one.present, "there means to blame", f"In so many {a} is there. It need not have acted."),
            Wrong(one.fired, "acted means needed", "In so many it acted. In some of these something else acted as well."),
            Wrong(both, "counted the others", "In so many something else acted as well: there it was not needed."),
            Wrong(one.present - one.needed, "counted the others", "In so many it was there and not needed."),
        ),
    )  # fmt: skip
    if options is None:
        return None
    text = (
        f"All of 100 {who} have {b}. In {100 * one.present:.0f} of them {a} is there as a possible cause. In "
        f"{100 * one.fired:.0f} it acted. In {100 * both:.0f} of these something else acted as well, enough "
        f"for {b}. In how many would there be no {b} without {a}?"
    )
    return Draft(
        Posed(text, "choice", options[0]),
        (
            "To be there, to act, and to be needed are three things.",
            "It was needed where it acted and nothing else did.",
        ),
        (f"It acted in {100 * one.fired:.1f}, and in {100 * both:.1f} of these something else did as well.",
         f"{100 * one.fired:.1f} - {100 * both:.1f} = {100 * one.needed:.1f} of 100."),
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
    a, b, who = tutor.label(cause), tutor.label(y), tutor.who
    options = numbers_to_choose(
        tutor,
        one.needed,
        (
            Wrong(one.present, "there means to blame", f"In so many {a} is there. {b} may have come all the same."),
            Wrong(anyway, "counted the others", f"In so many {b} would have come all the same: there it was not needed."),
            Wrong(tutor.p(cause), "how common it is", f"That is how many of all {who} have {a}, whether {b} came or not."),
            Wrong(1 - one.present, "counted those without it", f"In so many {a} is not there at all."),
        ),
    )  # fmt: skip
    if options is None:
        return None
    text = (
        f"All of 100 {who} have {b}. In {100 * one.present:.0f} of them there is {a}. In {100 * anyway:.0f} of "
        f"these, {b} would have come all the same without it. In how many of the 100 would there be no {b} "
        "without it?"
    )
    return Draft(
        Posed(text, "choice", options[0]),
        ("To be there and to be needed are two things.",
         f"Leave out those in whom {b} would have come all the same."),
        (f"It is there in {100 * one.present:.1f}.",
         f"{100 * one.present:.1f} - {100 * anyway:.1f} = {100 * one.needed:.1f} of 100."),
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
    gains = {n: tutor.ask("gain", (n, str(asked))) for n in rest[:FEW]}
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
    label = tutor.label(asked)
    for n in (best, *chosen):
        event = Event.of(network.variables[n], _likeliest_unusual(tutor, n))
        p, with_ = tutor.p(event), tutor.p(event, {asked.variable: asked.states[0]})
        without = (p - tutor.p(asked) * with_) / (1 - tutor.p(asked))
        lines.append(
            (
                tutor.label(event),
                share(min(1.0, max(0.0, with_))),
                share(min(1.0, max(0.0, without))),
            )
        )
        mistake, why = _telling(tutor, p, gains[n], gains[best], label)
        right = n == best
        options.append(
            Option(tutor.title(n), right, "" if right else mistake, "" if right else why)
        )
    mixed = tutor.mixed(list(zip(options, lines, (best, *chosen), strict=True)))
    text = (
        f"{share(tutor.p(asked))} {tutor.who} have {label}, and you want to know whether this one does. You may "
        "find out one thing. The table says how often each is found in those with and without. Which is "
        "expected to tell most?"
    )
    return Draft(
        Posed(text, "choice", tuple(o for o, _, _ in mixed)),
        (
            "A finding tells much where it is common on one side and rare on the other.",
            "A finding that is about as common on both sides tells nothing, however common it is.",
        ),
        tuple(f"{tutor.title(n)}: {gains[n]:.3f} bits." for n in (best, *chosen)),
        tuple(gains[n] for _, _, n in mixed),
        {"asked": str(asked), "options": "\n".join(n for _, _, n in mixed)},
        (),
        (
            ("finding", f"in those with {label}", "in those without"),
            *(line for _, line, _ in mixed),
        ),
    )


def _likeliest_unusual(tutor: Tutor, name: str) -> str:
    variable = tutor.network.variables[name]
    return max(variable.unusual, key=lambda s: tutor.p(Event.of(variable, s)))


def _telling(tutor: Tutor, p: float, gain: float, best: float, label: str) -> tuple[str, str]:
    """Mistake and reason of a test that tells less."""
    if gain < 1e-9:
        return "any finding tells", f"It tells nothing of {label}: it is as common with as without."
    if min(p, 1 - p) < 0.03:
        return (
            "a clear finding tells most",
            "Its result can nearly be foreseen, so on average it tells little.",
        )
    times = best / gain
    return (
        "linked means telling",
        f"It does tell something, but {times:.1f} times less than the best one.",
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
                "Its range is the widest here, but the answer hardly hangs on it."), bar))  # fmt: skip
        else:
            rows.append((Option(name, False, "every number counts alike",
                f"It moves the answer by {100 * bar.swing:.1f} of 100 only, the strongest by {100 * best.swing:.1f}."), bar))  # fmt: skip
    if len({option.text for option, _ in rows}) < len(rows):
        return None
    mixed = tutor.mixed(rows)
    told = (
        f" with {tutor.label(Event.of(network.variables[sign.variable], *sign.states))}"
        if known
        else ""
    )
    text = (
        f"At the stated numbers, {share(answer)} {tutor.who}{told} have {tutor.label(asked)}. Each number has a "
        "range (see the table). Which one, moved from the low to the high end of its range, moves this answer most?"
    )
    lines = (
        ("number", "from", "to"),
        *((o.text, f"{b.low:.3g}", f"{b.high:.3g}") for o, b in mixed),
    )
    return Draft(
        Posed(text, "choice", tuple(o for o, _ in mixed)),
        (
            "Which numbers stand on the way from what is asked to what is known?",
            "A number matters if its range is wide and the answer hangs on it: both.",
        ),
        tuple(
            f"{parameter_words(network, b.name)}: {100 * b.swing:.1f} of 100."
            for b in (best, *chosen)
        ),
        tuple(bar.swing for _, bar in mixed),
        {"asked": str(asked), "options": "\n".join(bar.name for _, bar in mixed)},
        (),
        lines,
    )
