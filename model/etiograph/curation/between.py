"""How far sources that answer one question lie apart: the variance between them, and what a file says of it.

Of each row y is the logit of a proportion or the logarithm of a ratio and v its variance, from the interval
of the row or, for a proportion p of n people, 1 / (n p (1 - p)); a row with neither is taken as a quarter
either side, as everywhere in the project. "E1/E2" is the odds ratio of two groups, each with its share in a
row of its own: y1 - y2 with v1 + v2. With weights 1 / (v + t) the weighted
squares around the mean of each question, summed over all questions, are expected to be the number of rows
less that of questions; the t at which they are is the variance between sources (Paule & Mandel 1982,
pooled over questions).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log, sqrt

from etiograph.curation.provenance import ODDS, RISKS, Complaint, Evidence, Row, as_number, limits
from etiograph.network.network import Network
from etiograph.network.spread import KEY, RATIOS, Spread

SCALES = ("probability", "ratio")
Z = 1.959963984540054
"""Intervals of the evidence table are of 95 %."""
PER = "/"
"""Between two rows: the odds ratio of the share in the first and that in the second."""
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
    """The scale of a row, its answer and variance there; None where it states no share or ratio."""
    unit, value = row.get("unit", ""), as_number(row.get("value", ""))
    ratio = unit in ODDS | RISKS
    if value is None or value <= 0.0 or not (ratio or (unit == "proportion" and value < 1.0)):
        return None
    n = as_number(row.get("n", ""))
    stated = all(as_number(row.get(key, "")) is not None for key in ("ci_low", "ci_high"))
    if not ratio and not stated and n:
        return (
            ("probability", (_logit(value), 1.0 / (n * value * (1.0 - value)))) if n > 0 else None
        )
    low, high = limits(row) or (value, value)
    if not (0.0 < low < high and (ratio or high < 1.0)):
        return None
    scaled = log if ratio else _logit
    v = ((scaled(high) - scaled(low)) / (2.0 * Z)) ** 2
    return "ratio" if ratio else "probability", (scaled(value), v)


def answered(answer: str, known: Evidence) -> tuple[str, Measured] | None:
    """What one answer to a question says: a row, or "E1/E2", the odds ratio of two shares."""
    each = [measured(known[e]) for e in answer.split(PER) if e in known]
    told = [scale_and_value for scale_and_value in each if scale_and_value is not None]
    if len(told) < len(answer.split(PER)):
        return None
    if len(told) == 1:
        return told[0]
    if len(told) != 2 or any(scale != "probability" for scale, _ in told):
        return None
    (_, (y1, v1)), (_, (y2, v2)) = told
    return "ratio", (y1 - y2, v1 + v2)


def _logit(p: float) -> float:
    return log(p / (1.0 - p))


def estimated(spread: Spread, known: Evidence) -> dict[str, Between]:
    """The spread of each scale from the rows that a network names; rows that give nothing are left out."""
    groups: dict[str, list[list[Measured]]] = {scale: [] for scale in SCALES}
    for rows in spread.questions:
        answers = [answered(e, known) for e in rows]
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
        absent = [e for answer in rows for e in answer.split(PER) if e not in known]
        found += [Complaint("unknown", KEY, f"unknown evidence {e!r}") for e in absent]
        told = {
            answer: answered(answer, known)
            for answer in rows
            if not set(answer.split(PER)) & set(absent)
        }
        found += [
            Complaint(
                "spread",
                KEY,
                f"{e} states no share or ratio",
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
