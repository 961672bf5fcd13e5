"""What a table of cases did to a network's numbers, and how good the network is on it, in plain sentences."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from etiograph.decision.speaking import cases, said_of
from etiograph.decision.words import upper
from etiograph.learning.conflict import MOVED

if TYPE_CHECKING:
    from etiograph.learning.conflict import Moved
    from etiograph.learning.update import Update
    from etiograph.learning.validation import Score, Validation
    from etiograph.network.network import Network

ENOUGH = 100
"""Cases with and without the target from which on calibration can be judged (Vergouwe, Steyerberg,
Eijkemans & Habbema 2005, Journal of Clinical Epidemiology 58; Collins, Ogundimu & Altman 2016)."""
FEWEST = 10
"""Cases of either sort below which nothing can be said of a single threshold."""


def in_order(update: Update) -> tuple[Moved, ...]:
    """Numbers the cases speak of: those they contradict first, then those that moved most for their range."""
    against = update.conflicts()
    rest = [m for m in update.numbers if m.informed and m not in against]
    return (*against, *sorted(rest, key=_still))


def _still(moved: Moved) -> float:
    before = moved.before
    wide = 0.0
    if before.low is not None and before.high is not None:
        wide = before.high - before.low
    return -abs(moved.value - before.value) / (wide or 1.0)


def update_words(network: Network, update: Update) -> str:
    """How many numbers the cases speak of, and how many they contradict."""
    told = sum(m.informed for m in update.numbers)
    against = len(update.conflicts())
    who = _who(network, update.cases)
    total = len(update.numbers)
    if not told:
        return f"{who} say next to nothing about any of the {total} numbers."
    of = f"{told} of {total} numbers" if total > 1 else "the one number that may move"
    if not against:
        return f"{who} say something about {of}, and contradict none of them."
    numbers = "one of them" if against == 1 else f"{against} of them"
    return f"{who} say something about {of}, and contradict {numbers}."


def _who(network: Network, count: float) -> str:
    kind = cases(network) or "people"
    return f"{count:,.0f} {kind}"


def conflict_words(moved: Moved) -> str:
    """That the cases contradict a number: which way, and how often chance alone gives as much."""
    way = "higher" if moved.z > 0 else "lower"
    return (
        f"These cases say it is {way} than stated. "
        f"Chance alone would put them so far apart {odds(moved.p)}."
    )


def method_words(update: Update) -> str:
    """How the posterior was come by, for who wants to know how far to rely on it."""
    told = update.diagnostics
    if told.method == "tables":
        how = "counted" if told.gradients == 1 else f"by EM, {told.gradients} passes"
        return f"Tables {how}; each row's posterior is a Dirichlet distribution."
    if told.method == "chain":
        left = len(update.untold)
        which = "one number" if left == 1 else f"{left} numbers"
        rest = f" What they do not agree about stays as published: {which}." if left else ""
        return (
            "Chains that follow the exact gradient, because a normal approximation does not hold or the "
            f"numbers are too many to check one: worth {told.ess:.0f} independent draws.{rest}"
        )
    return (
        f"A normal approximation at the maximum, compared with the exact posterior at {told.checked} draws: "
        f"Pareto k {told.pareto_k:.2f}, reliable up to 0.7."
    )


def odds(p: float) -> str:
    """How rarely something comes by chance: ``about once in 2,000 times``."""
    if p < 1e-6:
        return "less than once in a million times"
    times = 1.0 / p
    digits = max(0, math.floor(math.log10(times)) - 1)
    return f"about once in {round(times, -digits):,.0f} times"


def learned_words(moved: Moved) -> str:
    """How much of what is now known of a number these cases brought."""
    if not moved.informed:
        return "The cases say next to nothing about it."
    if moved.learned < MOVED:
        return "These cases moved it, and its range became no narrower."
    return f"{_percent(moved.learned)} of what is now known of it comes from these cases."


def judged_words(network: Network, found: Validation) -> tuple[str, ...]:
    """AUC, calibration, Brier score and log score in sentences, each with its interval.

    The first says of whom; the last, where they are few, what that forbids.
    """
    target, kind = found.event.label(network), cases(network) or "people"
    lines = [
        f"{upper(target)}: so in {found.events:,} of {found.cases:,} {kind} "
        f"({_percent(found.events / found.cases)}); the network said {_percent(float(found.p.mean()))} "
        "on average."
    ]
    lines += [told for told in (_auc(found, kind), *_calibrated(found)) if told]
    brier, plain = found["brier"], found["uncertainty"].value
    lines.append(
        f"Brier score (mean squared error, 0 is best): {_number(brier)}. Telling everybody the "
        f"overall share would have {plain:.3f}."
    )
    lines.append(
        "Log score (mean log of the probability given to what was so; 0 is best): "
        f"{_number(found['log_score'])}."
        if math.isfinite(found["log_score"].value)
        else "Log score: minus infinity, for something was so that the network calls impossible."
    )
    few = few_words(found)
    return (*(said_of(cases(network), line) for line in lines), *((few,) if few else ()))


def few_words(found: Validation) -> str:
    """What so few cases forbid; empty where there are enough."""
    least = min(found.events, found.cases - found.events)
    if least >= ENOUGH:
        return ""
    which = "with it" if found.events == least else "without it"
    hard = (
        "So few can show a gross fault, and nothing finer."
        if least < FEWEST
        else "The intervals are wide for that reason; a calibration that looks good here may not be."
    )
    return (
        f"Only {least} of these cases are {which}. To judge calibration takes at least {ENOUGH} with and "
        f"{ENOUGH} without (Vergouwe 2005; Collins 2016). {hard}"
    )


def _auc(found: Validation, kind: str) -> str:
    auc = found["auc"]
    if math.isnan(auc.value):
        return ""
    ends = "" if math.isnan(auc.low) else f" ({100 * auc.low:.0f} to {100 * auc.high:.0f})"
    return (
        f"AUC {_number(auc, 2)}: of two {kind}, one with and one without, the network "
        f"gives the higher probability to the right one {100 * auc.value:.0f}{ends} of 100 times."
    )


def _calibrated(found: Validation) -> tuple[str, ...]:
    slope, intercept = found["slope"], found["intercept"]
    lines = []
    if not math.isnan(intercept.value):
        way = _side(intercept, 0.0, ("too high", "too low"), "about right")
        lines.append(
            f"Overall its probabilities are {way}: calibration intercept {_number(intercept, 2)}, 0 is right."
        )
    if not math.isnan(slope.value):
        way = _side(slope, 1.0, ("too extreme", "too timid"), "about as bold as they should be")
        lines.append(f"They are {way}: calibration slope {_number(slope, 2)}, 1 is right.")
    return tuple(lines)


def _side(score: Score, right: float, ways: tuple[str, str], none: str) -> str:
    """On which side of what is right a score lies for sure."""
    if math.isnan(score.low):
        return f"{ways[score.value > right]} or not, which so few cases do not tell"
    return ways[0] if score.high < right else ways[1] if score.low > right else none


def _number(score: Score, digits: int = 3) -> str:
    text = f"{score.value:.{digits}f}"
    if math.isnan(score.low):
        return text
    return f"{text} ({score.low:.{digits}f} to {score.high:.{digits}f})"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
