"""From what single resources say to findings: the latest result, and nothing that is contradicted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from etiograph.findings.fhir.claim import Asking, Claim
from etiograph.findings.fhir.record import Origin, Unused
from etiograph.network.finding import not_
from etiograph.network.quantity import Quantity, read_quantity

if TYPE_CHECKING:
    from etiograph.network.variable import Variable

FACTORS = 0.001
"""Share by which the factors between units, as model files state them, may be off."""
MOST = 1000
"""Readings of one quantity that are used together."""


class Combined:
    """Findings on variables, their origins, and what is left over."""

    def __init__(self, asking: Asking, every: bool) -> None:
        self.asking = asking
        self.every = every
        self.findings: dict[str, Any] = {}
        self.origins: list[Origin] = []
        self.unused: list[Unused] = []

    def add(self, variable: Variable, claims: Sequence[Claim]) -> None:
        """Join all that is said of one variable."""
        told = self._undoubted(self._once(claims))
        others = [c for c in told if c.kind != "result"]
        results = self._latest([c for c in told if c.kind == "result"])
        if results is None:
            self._drop(others, "a result of the same is not clear")
            return
        if any(c.measured for c in results):
            self._drop(others, "a measured value says more")
            self._enter(variable, [c.measured for c in results], results)
            return
        told = [*results, *others]
        if not told:
            return
        states = set(told[0].states).intersection(*(c.states for c in told[1:]))
        if not states and all(c.kind == "medicine" for c in told):
            state = self.asking.codes.together(variable.name)
            states = {state} if state else states
        if not states:
            said = ", ".join(dict.fromkeys(" or ".join(c.states) for c in told))
            self._drop(told, f"contradicts another resource ({variable.name!r}: {said})")
            return
        chosen = [s for s in variable.states if s in states]
        rest = [s for s in variable.states if s not in states]
        if not rest:
            self._drop(told, f"rules out no state of {variable.name!r}")
        else:
            self._enter(variable, [chosen[0] if len(chosen) == 1 else not_(*rest)], told)

    def _enter(self, variable: Variable, values: list[Any], claims: Sequence[Claim]) -> None:
        self.findings[variable.name] = values[0] if len(values) == 1 else values
        for n, claim in enumerate(claims):
            value = values[n] if len(values) > 1 else values[0]
            text = value if isinstance(value, str) else f"not {' or '.join(value.states)}"
            date = claim.at.text if claim.at else ""
            self.origins.append(
                Origin(variable.name, text, claim.entry.label, claim.code, claim.said, date)
            )

    def _drop(self, claims: Sequence[Claim], reason: str) -> None:
        self.unused += [claim.unused(reason) for claim in claims]

    def _once(self, claims: Sequence[Claim]) -> list[Claim]:
        """Each resource once, though a file may hold it twice."""
        kept: dict[tuple[str, str, str], Claim] = {}
        others: list[Claim] = []
        for claim in claims:
            first = kept.setdefault((claim.entry.label, claim.code, claim.said), claim)
            if first is not claim and _same(claim, first):
                self._drop([claim], "stands in the file twice")
            else:
                others.append(claim)
        return others

    def _undoubted(self, claims: Sequence[Claim]) -> list[Claim]:
        """What no later word says is over or was never taken; the denials themselves say nothing."""
        denials: dict[tuple[str, tuple[str, ...]], list[Claim]] = {}
        for claim in claims:
            if claim.denied:
                denials.setdefault((claim.kind, claim.states), []).append(claim)
                self.unused.append(claim.unused(_denial(claim)))
        last = [one for group in denials.values() for one in _last(group)]
        kept = []
        for claim in claims:
            doubt = next((d for d in last if _denies(d, claim)), None)
            if doubt is not None and not claim.denied:
                self._drop([claim], f"{doubt.entry.label} says {doubt.said!r}")
            elif not claim.denied:
                kept.append(claim)
        return kept

    def _latest(self, results: list[Claim]) -> list[Claim] | None:
        """The latest result, or all readings; None where it can't be told which is the latest."""
        if len(results) < 2:
            return results
        if self.every and all(c.measured for c in results):
            return self._distinct(results)
        ends = _last(results)
        last = [c for c in results if not any(_later(end, c) for end in ends)]
        older = [c for c in results if any(_later(end, c) for end in ends)]
        self._drop(older, "is not the latest")
        if not all(_agree(last[0], other) for other in last):
            self._drop(last, "results of one time differ")
            return None
        self._drop(last[1:], "is the same reading again")
        return last[:1]

    def _distinct(self, results: list[Claim]) -> list[Claim]:
        """All readings, one that is given in two units once; refused where two of a moment differ."""
        if len(results) > MOST:
            self._drop(results, f"more than {MOST} readings: ask for a shorter time")
            return []
        kept: list[Claim] = []
        for claim in results:
            beside = [o for o in kept if not _later(o, claim) and not _later(claim, o)]
            if any(_agree(o, claim) for o in beside):
                self._drop([claim], "is the same reading again")
            else:
                kept.append(claim)
        return kept


def _last(claims: Sequence[Claim]) -> list[Claim]:
    """Those that any other is at most as late as: without a date, by day, by the moment."""
    dated = [c for c in claims if c.at is not None]
    timed = [c for c in dated if c.at is not None and c.at.instant is not None]
    return [
        *[c for c in claims if c.at is None][:1],
        *([max(dated, key=lambda c: c.at.first)] if dated else []),  # type: ignore[union-attr]
        *([max(dated, key=lambda c: c.at.last)] if dated else []),  # type: ignore[union-attr]
        *([max(timed, key=lambda c: c.at.instant)] if timed else []),  # type: ignore[union-attr,arg-type,return-value]
    ]


def _later(a: Claim, b: Claim) -> bool:
    return a.at is not None and b.at is not None and a.at.later_than(b.at)


def _agree(a: Claim, b: Claim) -> bool:
    """Whether two results of one moment are one."""
    if bool(a.measured) != bool(b.measured):
        return False
    if not a.measured:
        return a.states == b.states
    (one, step), (other, step_other) = (_printed(c) for c in (a, b))
    if one.side != other.side:
        return False
    if one.unit == other.unit:
        return one.values == other.values
    # A sample in two units, each rounded as its laboratory prints it.
    apart = abs(a.value - b.value)
    rounding = sum(
        0.5 * each * abs(c.value / q.values[0])
        for each, c, q in ((step, a, one), (step_other, b, other))
        if q.values[0]
    )
    return apart <= rounding + FACTORS * max(abs(a.value), abs(b.value))


def _printed(claim: Claim) -> tuple[Quantity, float]:
    """A measured value as it is printed, and the step of its last digit."""
    quantity = read_quantity(claim.measured)
    assert quantity is not None
    digits = claim.measured.split(" ")[0].partition(".")[2]
    return quantity, 10.0 ** -len(digits) if digits.isdigit() or not digits else 0.0


def _same(a: Claim, b: Claim) -> bool:
    return (
        a.entry is not b.entry
        and a.entry.label == b.entry.label
        and a.entry.get("id") is not None
        and a.entry.resource == b.entry.resource
        and (a.code, a.said) == (b.code, b.said)
    )


def _denies(denial: Claim, claim: Claim) -> bool:
    """Whether it says, later or without a date, that just this is not so."""
    if denial.kind != claim.kind or not set(denial.states) & set(claim.states):
        return False
    if denial.at is None or claim.at is None:
        return True
    return not claim.at.later_than(denial.at)


def _denial(claim: Claim) -> str:
    return f"is {claim.said}, which does not say that there is none"
