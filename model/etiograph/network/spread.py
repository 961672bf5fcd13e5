"""The spread between sources that answer one question, and ranges widened by it.

A range says how well a source knows the people it looked at. Other people differ from these by more:
where several sources answer one question, their answers lie further apart than their intervals allow.
The sd of that difference, on the scale on which it is the same for small and large numbers (the logit of
a probability, the logarithm of a ratio), is stated once for the network and added to the range of every
number that was carried over from other people (DerSimonian & Laird 1986: the variance of what is found in
new people is that between peoples and that within them).

The spread keeps the mean. A probability that a network answers is a sum of products of numbers that are
drawn apart from one another, so the mean of its answers is the answer at their means: a spread that raised
the mean of every rare probability would raise all that is added up from them, and the point answer would
lie at the lower end of its own interval.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import exp, hypot, isfinite, log

from etiograph.errors import InvalidNetwork, UnknownName
from etiograph.network.parameter import GRADES, Parameter
from etiograph.network.value import value_type

KEY = "between_sources"
RATIOS = ("odds_ratio", "risk_ratio")


@value_type
@dataclass(frozen=True, slots=True)
class Spread:
    """How far numbers differ between populations by more than their ranges say.

    Attributes
    ----------
    grades : tuple of str
        The grades of the numbers that were carried over from other people.
    probability : float
        The sd of the logit of a probability; 0 for none.
    ratio : float
        The sd of the natural logarithm of an odds ratio or risk ratio; 0 for none.
    questions : tuple of tuple of str
        Rows of the evidence table, those that answer one question together: what both were estimated
        from.
    """

    grades: tuple[str, ...]
    probability: float = 0.0
    ratio: float = 0.0
    questions: tuple[tuple[str, ...], ...] = ()

    def __post_init__(self) -> None:
        if not self.grades or len(set(self.grades)) < len(self.grades):
            raise InvalidNetwork(f"{KEY}: 'grades' names each grade once, and at least one")
        for grade in self.grades:
            if grade not in GRADES[1:]:
                raise UnknownName(grade, f"grade of {KEY}", GRADES[1:])
        for name in ("probability", "ratio"):
            sd = getattr(self, name)
            if not (isfinite(sd) and sd >= 0.0):
                raise InvalidNetwork(f"{KEY}: {name} {sd:g} is an sd: 0 or more")
        if not self.probability and not self.ratio:
            raise InvalidNetwork(f"{KEY}: 'probability', 'ratio' or both must be above 0")
        for rows in self.questions:
            if len(set(rows)) < 2 or len(set(rows)) < len(rows):
                raise InvalidNetwork(
                    f"{KEY}: a question is answered by two rows or more, each named once; "
                    f"found [{', '.join(rows)}]"
                )

    @classmethod
    def of(cls, about: Mapping[str, object]) -> Spread | None:
        """What a network states; None where it states nothing."""
        stated = about.get(KEY)
        if not isinstance(stated, Mapping):
            return None
        return cls(
            tuple(stated.get("grades", ())),
            float(stated.get("probability", 0.0)),
            float(stated.get("ratio", 0.0)),
            tuple(tuple(rows) for rows in stated.get("questions", ())),
        )

    def sd(self, parameter: Parameter) -> float:
        """The sd that is added to the range of a number; 0 where it stays as it is."""
        if parameter.grade not in self.grades or parameter.local or parameter.low is None:
            return 0.0
        if parameter.kind == "probability":
            return self.probability
        return self.ratio if parameter.kind in RATIOS else 0.0

    def widened(self, parameter: Parameter) -> Parameter:
        """The number with its range as it is among other people than those it was found in.

        Each end moves away from the middle: its distance d from the value on the scale becomes
        sqrt(d^2 + (z sd)^2), with z the quantile of the range's coverage. The middle is the value moved by
        what keeps the mean: by -sd^2 / 2 on the logarithm (the mean of a log-normal), by
        -sd^2 / 2 (1 - 2 p) on the logit (to second order in sd). An end at 0 or 1 stays, and so does a
        number without a range or at 0 or 1 itself.
        """
        from statistics import NormalDist

        sd = self.sd(parameter)
        low, value, high = parameter.low, parameter.value, parameter.high
        if not sd or low is None or high is None:
            return parameter
        share = parameter.kind == "probability"
        if value <= 0.0 or (share and value >= 1.0):
            return parameter
        more = NormalDist().inv_cdf(0.5 * (1.0 + parameter.coverage)) * sd
        at = _scale(value, share)
        middle = at - 0.5 * sd**2 * (1.0 - 2.0 * value if share else 1.0)

        def moved(end: float, sign: float) -> float:
            if end <= 0.0 or (share and end >= 1.0):
                return end
            return _back(middle + sign * hypot(_scale(end, share) - at, more), share)

        ends = min(moved(low, -1.0), low), max(moved(high, 1.0), high)
        return replace(parameter, low=ends[0], high=ends[1])

    def ranges(self, parameters: Mapping[str, Parameter]) -> dict[str, Parameter]:
        """Every number by name, with the range it is drawn from."""
        return {name: self.widened(parameter) for name, parameter in parameters.items()}


def _scale(x: float, share: bool) -> float:
    return log(x / (1.0 - x)) if share else log(x)


def _back(y: float, share: bool) -> float:
    return 1.0 / (1.0 + exp(-y)) if share else exp(y)
