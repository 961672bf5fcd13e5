"""Exercises on rival causes: how one cause moves when the effect, the other cause, or both are found."""

from __future__ import annotations

from dataclasses import dataclass

from etiograph.network.event import Event
from etiograph.query.structure import Path, d_separated
from etiograph.teaching.kinds_arrows import open_ways, told_way
from etiograph.teaching.posed import Posed
from etiograph.teaching.tutor import ASIDE, GAP, Attempt, Tutor, begun, directions, in_100

FORMS = ("effect", "rival", "alone")
SAME = 0.004
"""Below this two numbers are the same to a student."""


def no_rivals(tutor: Tutor) -> str:
    """Why there is no explaining away: no effect with two causes."""
    return "" if _effects(tutor) else "no variable has two causes that can be spoken of"


def _effects(tutor: Tutor) -> list[str]:
    return [n for n in tutor.names if len(tutor.causes(n)) > 1]


@dataclass(frozen=True, slots=True)
class Given:
    """Numbers that an answer follows from, since arrows do not say which way they push.

    Attributes
    ----------
    text : str
        Before the question.
    hint, because : str
        The second hint; why the right answer is right.
    lines : tuple of tuple of str
        A table.
    says : str
        What the one way that is open says, beside what an effect that is known says.
    split : tuple of str
        How common what is new is with the cause asked for and without, of 100, as printed.
    """

    text: str
    hint: str
    because: str
    lines: tuple[tuple[str, ...], ...] = ()
    says: str = ""
    split: tuple[str, ...] = ()


def explaining_away(tutor: Tutor) -> Attempt | None:
    """How one cause moves when the effect, the other cause, or both are found."""
    effect = tutor.one(_effects(tutor))
    one, two = tutor.mixed(tutor.causes(effect))[:2]
    a, b, c = tutor.event(one), tutor.event(two), tutor.event(effect)
    form = tutor.one(FORMS)
    apart = d_separated(tutor.network, one, two)
    seen = {"effect": {}, "rival": {effect: c.states[0]}, "alone": {}}[form]
    new = c if form == "effect" else b
    first = tutor.p(a, seen)
    second = tutor.p(a, {**seen, new.variable: new.states[0]})
    gap = second - first
    if SAME < abs(gap) < GAP or not 0.001 < first < 0.999:
        return None
    right = "about the same" if abs(gap) <= SAME else "higher" if gap > 0 else "lower"
    if form == "effect" and right == "about the same":
        return None
    if form == "alone" and (right == "about the same") != apart:
        return None  # a way is open, but nearly nothing comes through: no arrow tells that
    other = None
    if form == "rival" and not apart:  # two ways: both numbers are told, where both pull one way
        other = (
            _alone(tutor, a, b, c, right) if tutor.p(a, {two: b.states[0]}) != tutor.p(a) else None
        )
        if other is None or (tutor.p(a, {two: b.states[0]}) > tutor.p(a)) != (right == "higher"):
            return None
    if form == "rival":
        given = _rival(tutor, a, b, c, right, other)
    else:
        given = (_effect if form == "effect" else _alone)(tutor, a, b, c, right)
    if given is None:
        return None
    say, who = tutor.say, tutor.who
    before = f"of 100 {who} {say.having(c)}" if form == "rival" else f"of 100 {who}"
    also = say.both(c, b) if form == "rival" else say.having(new)
    numbers = f" {given.text}" if given.text else ""
    text = (
        f"{say.title(one)} and {say.title(two)} both act on {say.title(effect)}.{numbers} {before}, "
        f"{say.count(in_100(first), a)}. Now take 100 {who} {also}: compared with {in_100(first)}, the number "
        f"of those {say.having(a)} is ..."
    )
    return Attempt(
        Posed(text, "choice", directions(right, _reasons(form, apart, right, given.because))),
        (_first_hint(tutor, form, a, b, c), given.hint),
        (
            f"{before}: {in_100(first)}.",
            f"Of 100 {who} {also}: {_after_news(first, second, given, form)}.",
            given.because,
        ),
        (first, second),
        {"form": form, "asked": str(a), "rival": str(b), "effect": str(c)},
        _diagram(tutor, form, one, two, effect),
        given.lines,
    )


def _after_news(first: float, second: float, given: Given, form: str) -> str:
    """The second number as the printed ones give it, beside the exact one where they give another."""
    exact = in_100(second)
    if not given.split:
        rounded = form == "alone" and given.text
        return f"{exact} (worked out from unrounded numbers)" if rounded else exact
    before = float(in_100(first)) / 100
    inside, outside = (before * float(given.split[0]), (1 - before) * float(given.split[1]))
    told = in_100(inside / (inside + outside))
    if told == exact:
        return exact
    return f"{told} (worked out from the numbers above; {exact} from unrounded numbers)"


def _diagram(tutor: Tutor, form: str, one: str, two: str, effect: str) -> tuple[str, ...]:
    """What is drawn: the ways between the causes where they answer the question."""
    if form != "alone":
        return tutor.drawn([one, two, effect], most=ASIDE)
    return tutor.drawn([one, two, effect]) or tutor.drawn([one, two])


def _first_hint(tutor: Tutor, form: str, a: Event, b: Event, c: Event) -> str:
    say = tutor.say
    if form == "effect":
        return f"What is new is that {say.so(c)}. Where is that more common: {_where(tutor, a)}?"
    if form == "rival":
        return f"Is {say.fact(b)} enough to bring about {say.fact(c)}, or must there be something else?"
    return (
        f"Is there a way from {say.title(b.variable)} to {say.title(a.variable)}? It may run with the arrows or against "
        "them."
    )


def _where(tutor: Tutor, event: Event) -> str:
    """The two sides to compare: ``in people with rain or in the others``."""
    return f"in {tutor.who} {tutor.say.having(event)}, or in the others"


def _other(tutor: Tutor, event: Event) -> Event | None:
    """The other state of a variable of two."""
    variable = tutor.network.variables[event.variable]
    rest = [state for state in variable.states if state not in event.states]
    return Event.of(variable, rest[0]) if len(rest) == 1 else None


def _split(tutor: Tutor, event: Event, by: Event) -> tuple[str, str] | None:
    """Numbers of 100 with the event, among those with the other one and without; None where they read alike."""
    p_by = tutor.p(by)
    inside = tutor.p(event, {by.variable: by.states[0]})
    outside = (tutor.p(event) - p_by * inside) / (1 - p_by)
    told = in_100(inside), in_100(max(0.0, outside))
    return None if float(told[0]) == float(told[1]) else told


def _sentence(tutor: Tutor, event: Event, by: Event, told: tuple[str, str]) -> str:
    say = tutor.say
    return (
        f"of 100 {tutor.who} {say.having(by)}, {say.count(told[0], event)}; of 100 {say.having(by, but=True)}, "
        f"{say.count(told[1], event)}."
    )


def _effect(tutor: Tutor, a: Event, b: Event, c: Event, right: str) -> Given | None:
    """How common the effect is with the cause and without."""
    told = _split(tutor, c, a)
    if told is None:
        return None
    say = tutor.say
    way = "for" if right == "higher" else "against"
    common = "more" if right == "higher" else "less"
    return Given(
        _sentence(tutor, c, a, told),
        "An effect speaks for what makes it more common, and against what makes it less common.",
        f"In {tutor.who} {say.having(a)} it is {common} common that {say.so(c)}: in {told[0]} of 100, not in {told[1]}. So "
        f"that speaks {way} {say.fact(a)}.",
        split=told,
    )


def _rival(
    tutor: Tutor, a: Event, b: Event, c: Event, right: str, other: Given | None
) -> Given | None:
    """How common the effect is with both causes, with either, with none.

    With the effect known the odds ratio of the causes is multiplied by the cross ratio of this table, so
    that the table alone says which way that pulls.
    """
    not_a, not_b = _other(tutor, a), _other(tutor, b)
    if not_a is None or not_b is None:
        return None
    say = tutor.say
    lines = [("", f"{say.short(c)}: how many")]
    p, told = {}, {}
    for x in (a, not_a):
        for y in (b, not_b):
            p[x, y] = tutor.p(c, {x.variable: x.states[0], y.variable: y.states[0]})
            told[x, y] = in_100(p[x, y])
            lines.append((f"{say.short(x)}, {say.short(y)}", f"{told[x, y]} of 100"))
    pull = p[a, b] * p[not_a, not_b] - p[a, not_b] * p[not_a, b]
    if right == "about the same" and other is not None:
        return None
    if right != "about the same" and (pull > 0) != (right == "higher"):
        return None
    cause, rival_cause, effect = say.fact(a), say.fact(b), begun(say.fact(c))
    speaks = {"lower": "less for", "higher": "more for", "about the same": "as much for"}[right]
    speaking = say.verb(c, "speaks", "speak")
    than = "as" if right == "about the same" else "than"
    table = (
        f"{say.both(b)[0].upper()}{say.both(b)[1:]}, in {told[a, b]} of 100 {say.so(c)} {say.beside(a)} and in "
        f"{told[not_a, b]} {say.beside(not_a)}; {say.having(not_b)}, in {told[a, not_b]} and in {told[not_a, not_b]}. So "
        f"{say.fact(c)} {speaking} {speaks} {cause} if {say.so(b)} {than} if {say.so(not_b)}."
    )
    comes = p[not_a, b] > p[not_a, not_b]
    rival = f"{effect} {say.verb(c, 'has', 'have')} to come from something, and {rival_cause} is one thing it may come from. "
    because = (rival if right == "lower" and comes else "") + table
    if other is not None:
        because = f"{other.says} The other way goes through {say.title(c.variable)}, which is known. {because}"
    numbers = "The table says how common that is with both of them, with one, with none."
    return Given(
        f"{numbers} {other.text}" if other else numbers,
        f"{effect} {say.verb(c, 'has', 'have')} to come from something. What if it comes often without {cause} already?",
        because,
        tuple(lines),
    )


def _alone(tutor: Tutor, a: Event, b: Event, c: Event, right: str) -> Given | None:
    """Nothing where every way is shut; else how common things are along the one way that is open."""
    say, who = tutor.say, tutor.who
    effect = say.title(c.variable)
    if right == "about the same":
        if not tutor.drawn([a.variable, b.variable, c.variable]):
            return None
        return Given(
            "",
            "Where two arrows meet, the way is shut as long as nothing is known there.",
            f"Every way between the two goes through a common effect, such as {effect}. As long as nothing is known of "
            "that, the way is shut.",
        )
    ways = open_ways(tutor, a.variable, b.variable)
    if len(ways) != 1:
        return None  # two ways may pull against each other
    way = ways[0]
    if way.arrows == ("->",):
        told = _split(tutor, b, a)
        if told is None:
            return None
        speaks = "for" if right == "higher" else "against"
        says = (
            f"There is an arrow: {told_way(tutor, way)}. One tells of the other. That {say.so(b)} is "
            f"{'more' if right == 'higher' else 'less'} common in {who} {say.having(a)}, so it speaks {speaks} {say.fact(a)}."
        )
        return Given(
            _sentence(tutor, b, a, told),
            f"What is new is that {say.so(b)}. Where is that more common: {_where(tutor, a)}?",
            says,
            says=says,
            split=told,
        )
    return _common_cause(tutor, a, b, way, effect) if way.arrows == ("<-", "->") else None


def _common_cause(tutor: Tutor, a: Event, b: Event, way: Path, effect: str) -> Given | None:
    """How common both are with their common cause and without."""
    say, variable = tutor.say, tutor.network.variables[way.nodes[1]]
    if variable.name not in tutor.names or variable.card != 2:
        return None
    z = Event.of(variable, variable.unusual[0])
    of_a, of_b = _split(tutor, a, z), _split(tutor, b, z)
    if of_a is None or of_b is None:
        return None
    for_z = float(of_b[0]) > float(of_b[1])
    for_a = (float(of_a[0]) > float(of_a[1])) == for_z
    told = (
        f"of 100 {tutor.who} {say.having(z)}, {say.count(of_a[0], a)} and {say.count(of_b[0], b)}; of 100 "
        f"{say.having(z, but=True)}, {say.count(of_a[1], a)} and {say.count(of_b[1], b)}."
    )
    shown = told_way(tutor, way)
    says = (
        f"That {say.so(b)} speaks {'for' if for_z else 'against'} {say.fact(z)}, and so {'for' if for_a else 'against'} "
        f"{say.fact(a)}."
    )
    return Given(
        told,
        f"Does it speak for or against {say.fact(z)} that {say.so(b)}? And what does that say of {say.title(a.variable)}?",
        f"One tells of the other even though {effect} is not known: the way {shown} is open. {says}",
        says=f"The way {shown} is open. {says}",
    )


def _reasons(form: str, apart: bool, right: str, because: str) -> dict[str, tuple[str, str]]:
    """Mistake and reason of each answer, should it be wrong."""
    if form == "rival":
        links = "makes them rivals" if right == "lower" else "joins them"
        no = f"No arrow need join two causes: an effect that is known {links}. {because}"
        return {
            "higher": ("more of everything", f"More findings do not make everything more common. {because}"),
            "lower": ("always explained away", f"One cause does not always push the other aside. {because}"),
            "about the same": ("no arrow, no news", no),
        }  # fmt: skip
    if form == "effect":
        return {
            "higher": ("every finding speaks for it", f"Not every finding speaks for a cause. {because}"),
            "lower": ("every finding speaks against it", f"A finding need not speak against a cause. {because}"),
            "about the same": ("effects do not tell of causes", f"News runs against the arrows, too: an effect tells of its causes. {because}"),
        }  # fmt: skip
    compete = (
        "Causes compete only once their effect is known." if apart else "Not all causes compete."
    )
    return {
        "higher": ("more of everything", f"To find one cause does not make every other more common. {because}"),
        "lower": ("causes always compete", f"{compete} {because}"),
        "about the same": ("no arrow, no news", because),
    }  # fmt: skip
