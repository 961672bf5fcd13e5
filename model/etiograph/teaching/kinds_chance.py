"""Exercises on chances: how common it is anyway, and one cause that explains another away."""

from __future__ import annotations

from etiograph.network.event import Event
from etiograph.query.structure import d_separated
from etiograph.teaching.kinds_arrows import open_way
from etiograph.teaching.posed import Posed
from etiograph.teaching.tutor import (
    GAP,
    Draft,
    Tutor,
    Wrong,
    directions,
    in_100,
    numbers_to_choose,
    of_100,
)

CROWDS = ((100, 100), (1000, 100), (1000, 1000))
"""Of how many the condition is counted, and of how many the finding: the first that rounds well."""
RARE, COMMON = 0.002, 0.4
SURE = 0.995
"""Beyond this a finding belongs to the condition by definition, and there is no test to speak of."""
TURNED = 0.12
"""So far apart are a finding in the ill and the illness in those with the finding."""
SAME = 0.004
"""Below this two numbers are the same to a student."""


def no_arrows(tutor: Tutor) -> str:
    """Why a network without arrows gives no exercise on what tells of what."""
    some = any(map(tutor.causes, tutor.names))
    return "" if some else "no variable with states has an arrow to another one"


def base_rate(tutor: Tutor) -> Draft | None:
    """Of 100 people with a finding, how many have the condition?"""
    name = tutor.one(tutor.names)
    signs = tutor.below(name)
    if not signs:
        return None
    ill, sign = tutor.event(name), tutor.event(tutor.one(signs))
    p_ill, p_sign = tutor.p(ill), tutor.p(sign)
    if not RARE <= p_ill <= COMMON or not 1e-3 <= p_sign <= 0.999:
        return None
    hit = tutor.p(sign, {ill.variable: ill.states[0]})
    right = p_ill * hit / p_sign
    alarm = (p_sign - p_ill * hit) / (1 - p_ill)
    if abs(hit - right) < TURNED or not 0.02 <= right <= 0.97 or alarm <= 0 or hit > SURE:
        return None
    if in_100(hit, 0) == in_100(alarm, 0):
        return None  # as common with the condition as without, for all that is printed
    right = tutor.p(ill, {sign.variable: sign.states[0]})
    counted = next(
        filter(None, (_counted(p_ill, hit, alarm, right, *each) for each in CROWDS)), None
    )
    if counted is None:
        return None
    common, found, false, n_ill, n_found, n_false = counted
    crowd = n_ill[1]
    say, who = tutor.say, tutor.who
    options = numbers_to_choose(
        tutor,
        right,
        (
            Wrong(
                hit,
                "turned around",
                "That answers the question the other way around: "
                f"of 100 {who} {say.having(ill)}, {say.many(sign)}?",
            ),
            Wrong(
                p_ill,
                "left out the finding",
                f"So it is in all {who}. Those {say.having(sign)} are not like all of them.",
            ),
            Wrong(
                1 - alarm,
                "counted those without a false alarm",
                "That answers another question: "
                f"of 100 {who} {say.having(ill, but=True)}, {say.many(sign, but=True)}?",
            ),
            Wrong(
                1 - right,
                "counted the others",
                f"Those are the others: of 100 {who} {say.having(sign)}, {say.many(ill, but=True)}?",
            ),
        ),
    )
    if options is None:
        return None
    both, all_found = f"{n_found:,}", f"{n_found + n_false:,}"
    text = (
        f"{say.count(common, ill, whose=who)}. Of those {say.having(ill)}, {say.count(found, sign)}. "
        f"Of those {say.having(ill, but=True)}, {say.count(false, sign)}. Now take 100 {who} "
        f"{say.having(sign)}: {say.many(ill)}?"
    )
    return Draft(
        Posed(text, "choice", options[0]),
        (
            f"Think of {crowd:,} {who}: {say.many(ill)}? And of these, {say.many(sign)}?",
            f"Then take the others, those {say.having(ill, but=True)}: {say.many(sign)}? Of all {who} {say.having(sign)}, "
            f"are more {_alike(say.having(ill))} or {_alike(say.having(ill, but=True))}?",
        ),
        (
            f"Of {crowd:,} {who}, {say.count(f'{n_ill[0]:,}', ill)}; of these, {say.count(both, sign)}.",
            f"{crowd:,} - {n_ill[0]:,} = {crowd - n_ill[0]:,} are those {say.having(ill, but=True)}; of these, "
            f"{say.count(f'{n_false:,}', sign)}.",
            f"{both} + {n_false:,} = {all_found} {who} {say.having(sign)}, {both} of them {say.having(ill)}: "
            f"{both} / {all_found} = {n_found / (n_found + n_false):.4f}, or {of_100(right)}.",
        ),
        options[1],
        {"condition": str(ill), "finding": str(sign)},
    )


def _alike(having: str) -> str:
    """Those who are so, after "are more": "with lung cancer", "those whose X-ray is abnormal"."""
    return having if having.startswith("with") else f"those {having}"


def _counted(
    p_ill: float, hit: float, alarm: float, right: float, of: int, per: int
) -> tuple[str, str, str, tuple[int, int], int, int] | None:
    """Shares as they are printed, and people counted from these; None where they say another thing.

    The crowd is so large that every count is whole.
    """
    ill, found, false = round(p_ill * of), round(hit * per), round(alarm * per)
    crowd = of * per
    n_ill = ill * per
    n_found, n_false = ill * found, (of - ill) * false
    if not 0 < ill < of or not 0 < found <= per or not 0 < false < per:
        return None
    if of_100(n_found / (n_found + n_false)) != of_100(right):
        return None
    shares = f"{ill:,} of {of:,}", f"{found:,} of {per:,}", f"{false:,} of {per:,}"
    return *shares, (n_ill, crowd), n_found, n_false


def no_rivals(tutor: Tutor) -> str:
    """Why there is no explaining away: no effect with two causes."""
    return "" if _effects(tutor) else "no variable has two causes that can be spoken of"


def _effects(tutor: Tutor) -> list[str]:
    return [n for n in tutor.names if len(tutor.causes(n)) > 1]


def explaining_away(tutor: Tutor) -> Draft | None:
    """How one cause moves when the effect, the other cause, or both are found."""
    effect = tutor.one(_effects(tutor))
    one, two = tutor.mixed(tutor.causes(effect))[:2]
    a, b, c = tutor.event(one), tutor.event(two), tutor.event(effect)
    form = tutor.one(("effect", "rival", "alone"))
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
    if form == "alone" and (right == "about the same") != d_separated(tutor.network, one, two):
        return None  # a way is open, but nearly nothing comes through: no arrow tells that
    say, who = tutor.say, tutor.who
    before = f"of 100 {who} {say.having(c)}" if form == "rival" else f"of 100 {who}"
    also = f"{say.having(c)} and {say.having(b)}" if form == "rival" else say.having(new)
    text = (
        f"{say.title(one)} and {say.title(two)} both act on {say.title(effect)}. {before}, "
        f"{say.count(in_100(first), a)}. Now take 100 {who} {also}: compared with {in_100(first)}, the number "
        f"of those {say.having(a)} is ..."
    )
    return Draft(
        Posed(text, "choice", directions(right, _reasons(tutor, form, a, b, c, right))),
        (
            f"What is new is that {say.so(new)}. Along the arrows, is there a way from there to {say.title(one)}?",
            _hint(tutor, form, c),
        ),
        (
            f"{before}: {in_100(first)}.",
            f"Of 100 {who} {also}: {in_100(second)}.",
            _because(tutor, form, a, b, c, right),
        ),
        (first, second),
        {"form": form, "asked": str(a), "rival": str(b), "effect": str(c)},
        tutor.drawn([one, two, effect]),
    )


def _hint(tutor: Tutor, form: str, c: Event) -> str:
    say = tutor.say
    return {
        "effect": "An effect speaks for what makes it more common.",
        "rival": f"{say.fact(c)} has to come from something. Does what is new answer that, or does it need help?",
        "alone": f"Nothing is known of {say.title(c.variable)}. Is there another way between the two?",
    }[form]


def _because(tutor: Tutor, form: str, a: Event, b: Event, c: Event, right: str) -> str:
    """Why the right answer is right."""
    say, who = tutor.say, tutor.who
    x, y, z = say.fact(a), say.fact(b), say.fact(c)
    if form == "effect":
        way, speaks = ("more", "for") if right == "higher" else ("less", "against")
        return f"{z} is {way} common in {who} {say.having(a)}, so it speaks {speaks} {x}."
    if form == "rival":
        if right == "higher":
            return f"Here the two are no rivals: beside {y}, {z} speaks more for {x} than alone."
        if right == "about the same":
            return f"Here the two are no rivals: beside {y}, {z} speaks as much for {x} as alone."
        if tutor.p(c, {b.variable: b.states[0]}) > tutor.p(c):
            return f"{z} has to come from something, and {y} is one thing it may come from. So it speaks less for {x}."
        return f"Beside {y}, {z} speaks less for {x} than alone."
    if right == "about the same":
        return (
            f"Every way between the two goes through a common effect, such as {tutor.say.title(c.variable)}. As "
            "long as nothing is known of that, the way is shut."
        )
    shown = open_way(tutor, b.variable, a.variable)
    way = f"the way {shown}" if shown else "a way by a common cause, or from one to the other,"
    return f"They need no known effect for that: {way} is open."


def _reasons(
    tutor: Tutor, form: str, a: Event, b: Event, c: Event, right: str
) -> dict[str, tuple[str, str]]:
    """Mistake and reason of each answer, should it be wrong."""
    because = _because(tutor, form, a, b, c, right)
    if form == "rival":
        return {
            "higher": ("more of everything", f"More findings do not make everything more common. {because}"),
            "lower": ("always explained away", f"One cause does not always push the other aside. {because}"),
            "about the same": ("no arrow, no news", f"No arrow need join two causes: a known effect makes them rivals. {because}"),
        }  # fmt: skip
    if form == "effect":
        return {
            "higher": ("every finding speaks for it", f"Not every finding speaks for a cause. {because}"),
            "lower": ("every finding speaks against it", f"A finding need not speak against a cause. {because}"),
            "about the same": ("effects do not tell of causes", f"News runs against the arrows, too: an effect tells of its causes. {because}"),
        }  # fmt: skip
    return {
        "higher": ("more of everything", f"To find one cause does not make every other more common. {because}"),
        "lower": ("causes always compete", f"Causes compete only once their effect is known. {because}"),
        "about the same": ("no arrow, no news", f"It takes no arrow between the two for one to tell of the other. {because}"),
    }  # fmt: skip
