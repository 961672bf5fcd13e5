"""Exercises on chances: how common it is anyway."""

from __future__ import annotations

from etiograph.teaching.posed import Posed
from etiograph.teaching.tutor import (
    Attempt,
    Tutor,
    Wrong,
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


def no_arrows(tutor: Tutor) -> str:
    """Why a network without arrows gives no exercise on what tells of what."""
    some = any(map(tutor.causes, tutor.names))
    return "" if some else "no variable with states has an arrow to another one"


def base_rate(tutor: Tutor) -> Attempt | None:
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
    return Attempt(
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
            f"{both} + {n_false:,} = {all_found} {who} {say.having(sign)}; of these, {say.count(both, ill)}: "
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
