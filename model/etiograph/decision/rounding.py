"""Numbers as text: one rule of rounding for the command line, reports and the explorer.

Counts of people instead of percent signs where there is room (natural frequencies, Gigerenzer &
Hoffrage 1995). Whole numbers of 100 everywhere, so that one number reads the same in a sentence, a bar, a
table and a report: how little it is to be trusted is said by the interval beside it, not by coarser steps.
Never 0 or 100 for what is not certain.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from etiograph.uncertainty.summary import Interval

SMALL = 1.0
"""Decibans below which a finding is said to make little difference."""
SURE = 1.0 - 1e-12
"""From here on a probability is 1 but for rounding in sums."""
SETTLED = 100.0
"""Decibans from which a finding is said to settle the question."""


def count(p: float) -> str:
    """How many of 100, e.g. ``23``.

    Never 0 or 100: a probability that is not exact is ``less than 1`` or ``more than 99``.
    """
    if p == 0.0:
        return "none"
    if p >= SURE:
        return "all"
    if p < 0.01:
        return "less than 1"
    if p > 0.99:
        return "more than 99"
    return str(min(99, max(1, round(100 * p))))


def natural_frequency(p: float, low: float | None = None, high: float | None = None) -> str:
    """A probability as people.

    Examples
    --------
    >>> natural_frequency(0.23)
    'about 23 in 100'
    >>> natural_frequency(0.231, 0.10, 0.38)
    'about 23 in 100 (10 to 38)'
    >>> natural_frequency(0.004)
    'less than 1 in 100'
    """
    if low is None or high is None:
        return people(p)
    first, last = end(low), end(high)
    text = people(p)
    return text if first == last else f"{text} ({first} to {last})"


def people(p: float) -> str:
    """The same without the interval: ``about 23 in 100``."""
    number = count(p)
    if number in ("none", "all"):
        return f"{number} of 100"
    return f"{number} in 100" if " " in number else f"about {number} in 100"


def end(p: float) -> str:
    """One end of an interval."""
    return "under 1" if 0.0 < p < 0.01 else "over 99" if 0.99 < p < SURE else str(round(100 * p))


def percent(p: float) -> str:
    """For tables: ``23 %``, ``< 1 %``, ``> 99 %``."""
    if 0.0 < p < 0.01:
        return "< 1 %"
    if 0.99 < p < SURE:
        return "> 99 %"
    return f"{100 * p:.0f} %"


def ends(low: float, high: float) -> str:
    """The ends of an interval for tables: ``75 to > 99``."""
    first, last = (
        "< 1" if 0.0 < x < 0.01 else "> 99" if 0.99 < x < SURE else f"{100 * x:.0f}"
        for x in (low, high)
    )
    return first if first == last else f"{first} to {last}"


def odds_words(decibans: float) -> str:
    """A weight of evidence as what it does to the odds.

    Examples
    --------
    >>> odds_words(6.0)
    'makes the odds about 4 times higher'
    >>> odds_words(-3.0)
    'makes the odds about 2 times lower'
    """
    if decibans >= SETTLED:
        return "makes it certain in this model"
    if decibans <= -SETTLED:
        return "rules it out in this model"
    if abs(decibans) < SMALL:
        return "makes little difference"
    factor = 10 ** (abs(decibans) / 10)
    shown = f"{factor:.1f}" if factor < 1.95 else f"{_two_digits(factor):,.0f}"
    return f"makes the odds about {shown} times {'higher' if decibans > 0 else 'lower'}"


def _two_digits(x: float) -> float:
    return round(x) if x < 10 else float(f"{x:.2g}")


def of_counts(before: float, after: float) -> float:
    """The difference of two probabilities as their counts of 100 stand side by side.

    So that nobody reads that of 95 and 84 the difference is 10, though of 0.946 and 0.844 it is.

    Examples
    --------
    >>> of_counts(0.946, 0.844)
    -0.11
    """
    return (round(100 * after) - round(100 * before)) / 100


def difference_words(found: Interval) -> str:
    """A difference of probabilities as people: ``about 5 in 100 fewer (12 fewer to 1 more)``."""
    p, low, high = (round(100 * x) for x in (found.point, found.low, found.high))

    def signed(x: int) -> str:
        return f"{-x} fewer" if x < 0 else f"{x} more" if x > 0 else "none"

    if max(abs(found.point), abs(found.low), abs(found.high)) < 1e-12:
        return "none"
    start = f"about {abs(p)} in 100 {'fewer' if p < 0 else 'more'}" if p else "less than 1 in 100"
    return start if low == high else f"{start} ({signed(low)} to {signed(high)})"
