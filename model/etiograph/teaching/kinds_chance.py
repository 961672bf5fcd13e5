"""Exercises on chances: how common it is anyway, and one cause that explains another away."""

from __future__ import annotations

from etiograph.network.event import Event
from etiograph.teaching.posed import Posed
from etiograph.teaching.tutor import (
    GAP,
    Draft,
    Tutor,
    Wrong,
    directions,
    numbers_to_choose,
    share,
)

CROWD = 10_000
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
    right = tutor.p(ill, {sign.variable: sign.states[0]})
    alarm = (p_sign - p_ill * hit) / (1 - p_ill)
    if abs(hit - right) < TURNED or not 0.02 <= right <= 0.97 or alarm <= 0 or hit > SURE:
        return None
    a, b, who = tutor.label(ill), tutor.label(sign), tutor.who
    options = numbers_to_choose(
        tutor,
        right,
        (
            Wrong(
                hit,
                "turned around",
                f"That is how many {who} with {a} have {b}. The question is the other way around.",
            ),
            Wrong(
                p_ill,
                "left out the finding",
                f"That is how common {a} is before anything is found. The finding changes it.",
            ),
            Wrong(
                1 - alarm,
                "counted the false alarms that did not come",
                f"That is how many {who} without {a} do not have {b}.",
            ),
            Wrong(
                1 - right,
                "counted the others",
                f"That is how many {who} with {b} do not have {a}.",
            ),
        ),
    )
    if options is None:
        return None
    with_a, with_b = CROWD * p_ill * hit, CROWD * (1 - p_ill) * alarm
    text = (
        f"{share(p_ill)} {who} have {a}. Of those with {a}, {share(hit)} have {b}. Of those without "
        f"{a}, {share(alarm)} have {b}. Of 100 {who} with {b}, how many have {a}?"
    )
    return Draft(
        Posed(text, "choice", options[0]),
        (
            f"Think of {CROWD:,} {who}. How many have {a}? How many of these have {b}?",
            f"Now count those without {a} who have {b} all the same. Which group is larger?",
        ),
        (
            f"Of {CROWD:,} {who}, {CROWD * p_ill:,.0f} have {a}, and {with_a:,.0f} of these have {b}.",
            f"{CROWD * (1 - p_ill):,.0f} do not have {a}, and {with_b:,.0f} of these have {b}.",
            f"So {with_a + with_b:,.0f} have {b}, and {with_a:,.0f} of them have {a}: "
            f"{with_a:,.0f} / {with_a + with_b:,.0f}, or {share(right)}.",
        ),
        options[1],
        {"condition": str(ill), "finding": str(sign)},
    )


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
    told = (
        f"You know {tutor.label(c)}. Then you find {tutor.label(b)} as well."
        if form == "rival"
        else f"Nothing is known. Then you find {tutor.label(new)}."
    )
    text = (
        f"{tutor.title(one)} and {tutor.title(two)} both act on {tutor.title(effect)}. {told} "
        f"Before that, {share(first)} {tutor.who} have {tutor.label(a)}. Now this number is ..."
    )
    return Draft(
        Posed(text, "choice", directions(right, _reasons(tutor, form, a, b, c, right))),
        (
            "Is there a way along the arrows from what you found to what is asked?",
            _hint(tutor, form, c),
        ),
        (
            f"Before: {share(first)}.",
            f"After: {share(second)}.",
            _because(tutor, form, a, b, c, right),
        ),
        (first, second),
        {"form": form, "asked": str(a), "rival": str(b), "effect": str(c)},
        tutor.drawn([one, two, effect]),
    )


def _hint(tutor: Tutor, form: str, c: Event) -> str:
    return {
        "effect": "An effect speaks for what makes it more common.",
        "rival": f"{tutor.label(c)} asks for a cause. Does what you found answer that, or does it need company?",
        "alone": f"Nothing is known of {tutor.title(c.variable)}. Is there another way between the two?",
    }[form]


def _because(tutor: Tutor, form: str, a: Event, b: Event, c: Event, right: str) -> str:
    """Why the right answer is right."""
    x, y, z = tutor.label(a), tutor.label(b), tutor.label(c)
    if form == "effect":
        way, now = ("more", "likelier") if right == "higher" else ("less", "less likely")
        return f"{z} is {way} common with {x} than without, so finding {z} makes {x} {now}."
    if form == "rival":
        if right == "lower":
            return f"{z} asked for a cause. {y} is one, so less is left that speaks for {x}."
        if right == "higher":
            return (
                f"Here {y} needs {x} beside it to bring about {z}, or the two come together anyhow."
            )
        return f"What {y} explains takes nothing away from {x} here."
    if right == "about the same":
        return f"Only {tutor.title(c.variable)} joins the two, and as long as nothing is known of it that way is shut."
    return "They have a cause in common, or one lies upstream of the other: that way is open."


def _reasons(
    tutor: Tutor, form: str, a: Event, b: Event, c: Event, right: str
) -> dict[str, tuple[str, str]]:
    """Mistake and reason of each answer, should it be wrong."""
    because = _because(tutor, form, a, b, c, right)
    if form == "rival":
        return {
            "higher": ("more of everything", f"More findings do not make everything likelier. {because}"),
            "lower": ("always explained away", f"One cause does not always push the other aside. {because}"),
            "about the same": ("no arrow, no news", f"No arrow need join two causes: a known effect makes them rivals. {because}"),
        }  # fmt: skip
    if form == "effect":
        return {
            "higher": ("every finding speaks for it", because),
            "lower": ("every finding speaks against it", because),
            "about the same": ("effects do not tell of causes", f"An effect tells of its causes. {because}"),
        }  # fmt: skip
    return {
        "higher": ("more of everything", because),
        "lower": ("causes always compete", f"Causes compete only once their effect is known. {because}"),
        "about the same": ("no arrow, no news", because),
    }  # fmt: skip
