"""How far sources that answer one question lie apart: the variance between them, and what a file says of it.

Of each row y is the logit of a proportion or the logarithm of a ratio and v its variance, from the interval
of the row or, for a proportion p of n people, 1 / (n p (1 - p)). With weights 1 / (v + t) the weighted
squares around the mean of each question, summed over all questions, are expected to be the number of rows
less that of questions; the t at which they are is the variance between sources (Paule & Mandel 1982,
pooled over questions).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log, sqrt

from etiograph.curation.provenance import ODDS, RISKS, Complaint, Evidence, Row, as_number
from etiograph.network.network import Network
from etiograph.network.spread import KEY, RATIOS, Spread

SCALES = ("probability", "ratio")
Z = 1.959963984540054
"""Intervals of the evidence table are of 95 %."""
NEAR = 0.01
"""What is stated agrees with what is estimated to this, as it is stated to two digits."""

Measured = tuple[float, float]
"""An answer on its scale, and its variance."""


@dataclass(frozen=True, slots=True)
class Between:
    """The spread between sources on one scale.

    Attributes
    ----------
    scale : {"probability", "ratio"}
    sd : float
        Of the logit of a probability or the logarithm of a ratio.
    questions, rows : int
        How many questions have several answers, and how many answers there are.
    """

    scale: str
    sd: float
    questions: int
    rows: int


def variance_between(questions: Sequence[Sequence[Measured]]) -> float:
    """The variance between sources, the same for all questions; 0 if their variances explain it all.

    Parameters
    ----------
    questions : sequence of sequences of (y, v)
        The answers to each question with their variances, all above 0.
    """
    several = [answers for answers in questions if len(answers) > 1]
    expected = sum(len(answers) - 1 for answers in several)

    def squares(t: float) -> float:
        return sum(_squares(answers, t) for answers in several)

    if not several or squares(0.0) <= expected:
        return 0.0
    low, high = 0.0, 1.0
    while squares(high) > expected:
        low, high = high, 2.0 * high
    for _ in range(100):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if squares(middle) > expected else (low, middle)
    return 0.5 * (low + high)


def _squares(answers: Sequence[Measured], t: float) -> float:
    weights = [1.0 / (v + t) for _, v in answers]
    mean = sum(w * y for w, (y, _) in zip(weights, answers, strict=True)) / sum(weights)
    return sum(w * (y - mean) ** 2 for w, (y, _) in zip(weights, answers, strict=True))


def measured(row: Row) -> tuple[str, Measured] | None:
    """The scale of a row, its answer and variance there; None where the row does not give them."""
    unit, value = row.get("unit", ""), as_number(row.get("value", ""))
    low, high = (as_number(row.get(key, "")) for key in ("ci_low", "ci_high"))
    if value is None or value <= 0.0:
        return None
    if unit in ODDS | RISKS:
        if low is None or high is None or not 0.0 < low < high:
            return None
        return "ratio", (log(value), (log(high / low) / (2.0 * Z)) ** 2)
    if unit != "proportion" or value >= 1.0:
        return None
    y = log(value / (1.0 - value))
    if low is not None and high is not None and 0.0 < low < high < 1.0:
        return "probability", (y, ((_logit(high) - _logit(low)) / (2.0 * Z)) ** 2)
    n = as_number(row.get("n", ""))
    return ("probability", (y, 1.0 / (n * value * (1.0 - value)))) if n and n > 0 else None


def _logit(p: float) -> float:
    return log(p / (1.0 - p))


def estimated(spread: Spread, known: Evidence) -> dict[str, Between]:
    """The spread of each scale from the rows that a network names; rows that give nothing are left out."""
    groups: dict[str, list[list[Measured]]] = {scale: [] for scale in SCALES}
    for rows in spread.questions:
        answers = [measured(known[e]) for e in rows if e in known]
        for scale in SCALES:
            own = [answer[1] for answer in answers if answer is not None and answer[0] == scale]
            if len(own) > 1:
                groups[scale].append(own)
    return {
        scale: Between(scale, sqrt(variance_between(own)), len(own), sum(map(len, own)))
        for scale, own in groups.items()
        if own
    }


def disagreements(network: Network, known: Evidence) -> list[Complaint]:
    """Where what a network states of the spread does not follow from the rows that it names."""
    spread = network.spread
    if spread is None:
        return []
    found = []
    for rows in spread.questions:
        told = {e: measured(known[e]) for e in rows if e in known}
        found += [
            Complaint("unknown", KEY, f"unknown evidence {e!r}") for e in rows if e not in known
        ]
        found += [
            Complaint(
                "spread",
                KEY,
                f"{e} states no share or ratio with an interval or a number of people",
            )
            for e, answer in told.items()
            if answer is None
        ]
        if len({answer[0] for answer in told.values() if answer}) > 1:
            text = f"{', '.join(rows)} answer one question, some with a share and some with a ratio"
            found.append(Complaint("spread", KEY, text))
    if found:
        return found
    at = estimated(spread, known)
    for scale in SCALES:
        stated = getattr(spread, scale)
        if stated and scale not in at:
            found.append(
                Complaint("spread", KEY, f"{scale} = {stated:g}, but no question tells it")
            )
        elif scale in at and abs(at[scale].sd - stated) > NEAR:
            text = f"{scale} = {stated:g}, but the rows of its questions give {at[scale].sd:.2f}"
            found.append(Complaint("spread", KEY, text))
    return found


def sentences(network: Network, known: Mapping[str, Row]) -> list[str]:
    """What the spread is, what it was estimated from and how many numbers it widens."""
    spread = network.spread
    if spread is None:
        return []
    widened = [p for p in network.parameters.values() if spread.sd(p)]
    on = {"probability": "of the logit of a share", "ratio": "of the logarithm of a ratio"}
    parts = []
    for scale, each in estimated(spread, known).items():
        of = sum((p.kind in RATIOS) == (scale == "ratio") for p in widened)
        parts.append(
            f"sd {each.sd:.2f} {on[scale]} (questions {each.questions}, sources {each.rows}; "
            f"numbers widened {of})"
        )
    if not parts:
        return []
    return [f"between sources that answer one question: {', '.join(parts)}"]
