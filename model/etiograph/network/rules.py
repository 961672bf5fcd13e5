"""Rules of a network: what a condition is made of, and which rule stands for which.

A condition names variables, each with the states or the limits it has to be found in; all of them must
hold. ``all`` and ``any`` hold lists of conditions, ``not`` one. Limits are ``below`` (<), ``up_to`` (<=),
``from`` (>=) and ``above`` (>), in the canonical unit of the reading; all of them must hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from itertools import product
from math import inf
from typing import Any

LEVELS = ("emergency", "urgent", "see", "caution")
"""Most pressing first: now, today, soon, and cautions on a change."""
WORDS = ("all", "any", "not")
"""Keys of a condition that are no variables."""
LIMITS = ("below", "up_to", "from", "above")

Rule = Mapping[str, Any]
Condition = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Band:
    """The values of a reading between two limits, in its canonical unit."""

    low: float = -inf
    high: float = inf
    low_included: bool = False
    high_included: bool = False

    @classmethod
    def of(cls, limits: Mapping[str, float]) -> Band:
        """The band of the limits of a condition."""
        low, low_included = _tighter(limits, "above", "from", sign=1.0)
        high, high_included = _tighter(limits, "below", "up_to", sign=-1.0)
        return cls(low, high, low_included, high_included)

    def holds(self, value: float) -> bool:
        """Whether a value lies in it."""
        above = value >= self.low if self.low_included else value > self.low
        return above and (value <= self.high if self.high_included else value < self.high)

    def covers(self, low: float, high: float) -> bool:
        """Whether every value from ``low`` to just under ``high`` lies in it."""
        above = low >= self.low if self.low_included else low > self.low
        return (above or (self.low == low == -inf)) and high <= self.high

    def meets(self, other: Band) -> Band:
        """The values that lie in both."""
        low = max((self.low, not self.low_included), (other.low, not other.low_included))
        high = min((self.high, self.high_included), (other.high, other.high_included))
        return Band(low[0], high[0], not low[1], high[1])

    @property
    def empty(self) -> bool:
        """Whether no value lies in it."""
        return self.low > self.high or (
            self.low == self.high and not (self.low_included and self.high_included)
        )


def _tighter(
    limits: Mapping[str, float], open_: str, closed: str, sign: float
) -> tuple[float, bool]:
    """The tighter of an open and a closed limit on one side, and whether it is included."""
    given = [(sign * limits[key], key) for key in (open_, closed) if key in limits]
    if not given:
        return -sign * inf, False
    value, key = max(given, key=lambda each: (each[0], each[1] == open_))
    return sign * value, key == closed


def conditions(rule: Rule) -> tuple[Condition, ...]:
    """The conditions of a rule, one of which has to hold; () for a rule on a change alone."""
    either: Sequence[Condition] = rule.get("any", ())
    if "when" in rule:
        return tuple({"all": [rule["when"], each]} for each in either) or (rule["when"],)
    return tuple(either)


def parts(condition: Condition) -> Iterator[tuple[str, Any]]:
    """The conditions on single variables inside a condition, wherever they stand."""
    for name, wanted in condition.items():
        if name not in WORDS:
            yield name, wanted
        else:
            for each in (wanted,) if name == "not" else wanted:
                yield from parts(each)


def names(rule: Rule) -> tuple[str, ...]:
    """The variables and flags that the conditions of a rule look at, each once."""
    found = (name for each in conditions(rule) for name, _ in parts(each))
    return tuple(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way in which a condition can be met: what is found, and what must not be."""

    found: tuple[tuple[str, Any], ...]
    absent: tuple[Condition, ...]


def ways(condition: Condition) -> Iterator[Alternative]:
    """All ways in which a condition can be met."""
    simple = tuple((n, w) for n, w in condition.items() if n not in WORDS)
    absent = (condition["not"],) if "not" in condition else ()
    nested = [[w for each in condition["any"] for w in ways(each)]] if "any" in condition else []
    nested += [list(ways(each)) for each in condition.get("all", ())]
    for chosen in product(*nested):
        yield Alternative(
            simple + tuple(each for way in chosen for each in way.found),
            absent + tuple(each for way in chosen for each in way.absent),
        )


def cycle(rules: Sequence[Rule]) -> tuple[str, ...]:
    """Rules that silence one another in a circle, () if none do."""
    silenced = {rule["id"]: rule.get("silences", ()) for rule in rules}
    try:
        TopologicalSorter(silenced).prepare()
    except CycleError as error:
        return tuple(error.args[1])
    return ()
