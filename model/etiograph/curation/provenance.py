"""Every number of a network beside the rows of evidence it cites: what is refused, and what is warned of.

A row states a share (proportion), a ratio (odds ratio, hazard ratio...), or a quantity in a unit. It
*bears on* a number if one can be had from the other: a share from a baseline and a ratio, a ratio from
two shares, a mean from shares beyond a limit, but no share from mmol/L: for that the number is called
indirect (C) and the note says how. It *states* the number if both are the same kind of thing; then the
number lies in its range, or the note says why not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

from etiograph.curation.statistics import shown
from etiograph.network.cohort import learned
from etiograph.network.parameter import Parameter
from etiograph.network.reading import Reading

if TYPE_CHECKING:
    from etiograph.curation.statistics import Check, Compared
    from etiograph.network.network import Network

Row = Mapping[str, str]
Evidence = Mapping[str, Row]

GRADES = ("A", "B", "C", "D")
SHARES = {
    *("proportion", "proportion (Mg)", "fraction", "absolute risk", "absolute difference"),
    *("risk difference", "fraction change", "relative change", "relative difference"),
}
ODDS = {"odds ratio", "meta odds ratio", "prevalence odds ratio", "ratio", "sequence ratio"}
RISKS = {"risk ratio", "relative risk", "relative risk (hazard)", "hazard ratio", "rate ratio"}
STATED_BY = {"probability": SHARES - {"relative change", "relative difference", "fraction change"}}
STATED_BY |= {"odds_ratio": ODDS, "risk_ratio": RISKS}
"""Units in which a row says the very thing a number of that kind is."""
QUANTITIES = ("mean", "sd", "difference", "ratio")
GUESS = ("guess", "assum", "nothing published", "no row", "no rate", "no figure", "no number")
DERIVED = (
    *GUESS,
    "half",
    "third",
    "quarter",
    "share",
    "between",
    "solved",
    "less ",
    "as ",
    "with ",
)
"""Words of a note that say how a number follows although no row states it; a figure says it too."""
MARGIN = 0.25
"""A row without an interval is taken as a quarter either side, as among the published statistics."""
_AGAINST = re.compile(r"(?:contradict|conflict)\w*\s+(?:with\s+)?(E\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Complaint:
    """One sentence about one number.

    Attributes
    ----------
    rule : str
        ``unknown``, ``missing``, ``range``, ``unit``, ``grade``, ``set`` or ``contradicted``.
    name : str
        The number, or the rule or statistic.
    text : str
    """

    rule: str
    name: str
    text: str

    def at(self, places: Mapping[str, str]) -> str:
        """The sentence with the place (file and line, by name) in front."""
        where = f"{places[self.name]}: " if self.name in places else ""
        return f"{where}{self.name}: {self.text}"


def violations(network: Network, known: Evidence, checks: Sequence[Check] = ()) -> list[Complaint]:
    """What is wrong with the sources of a network that promises them.

    That a value lies in its own range is refused earlier, when the file is read. Numbers that a cohort
    moved are no longer what their sources say: the book of the network says what they were.
    """
    units = _units(network)
    cohorts = {entry.cohort for entry in learned(network)}
    found = [
        c
        for p in network.parameters.values()
        if not cohorts.intersection(p.evidence)
        for c in _of_number(p, known, units.get(p.name, {}))
    ]
    for rule in network.rules:
        name = f"rule {rule.get('id', '?')}"
        found += [_unknown(name, e) for e in rule.get("evidence", ()) if e not in known]
    cited = _cited(network)
    for check in checks:
        name = f"statistic {check.id}"
        found += [_unknown(name, e) for e in check.evidence if e not in known]
        used = [e for e in check.evidence if e in cited]
        if bool(used) != check.is_set:
            why = f"{cited[used[0]]} cites {used[0]}" if used else "no number cites its rows"
            found.append(Complaint("set", name, f"set = {str(check.is_set).lower()}, but {why}"))
    return found


def contradicted(network: Network, known: Evidence, rows: Sequence[Compared]) -> list[Complaint]:
    """Evidence that no number uses and that speaks against numbers that were set: a warning each.

    Such evidence is a published statistic the network's answer lies outside of, or a row whose note
    says that it contradicts one that is cited.
    """
    cited = _cited(network)
    found = []
    for row in rows:
        check = row.check
        if not row.inside and not set(check.evidence) & set(cited):
            given = ", ".join(f"{name} = {shown(weights)}" for name, weights in check.given.items())
            found.append(
                Complaint(
                    "contradicted",
                    check.variable,
                    f"{' '.join(check.evidence)}, which no number cites, says {check.low:g} to "
                    f"{check.high:g} ({check.statistic.replace('_', ' ')} of "
                    f"{' or '.join(check.weights)}{' given ' if given else ''}{given}); "
                    f"the numbers give {row.answer:.3g}",
                )
            )
    for e, source in known.items():
        for other in _AGAINST.findall(source.get("note", "")):
            if e not in cited and other in cited:
                text = f"{e}, which no number cites, contradicts {other}: {source.get('quantity')}"
                found.append(Complaint("contradicted", cited[other], text))
    return found


def _cited(network: Network) -> dict[str, str]:
    """Each cited row, and the first number that cites it (or the target of a calibration)."""
    cited = {e: p.name for p in reversed([*network.parameters.values()]) for e in p.evidence}
    for target in network.about.get("calibration", ()):
        for e in target.get("evidence", ()):
            cited.setdefault(e, str(target["solve"]))
    return cited


def _units(network: Network) -> dict[str, dict[str, float]]:
    """For each number of a reading the units it may be published in: canonical ones per one of them."""
    return {
        p.name: {**reading.units, reading.unit: 1.0}
        for reading in network.mechanisms.values()
        if isinstance(reading, Reading)
        for p in reading.inputs
        if isinstance(p, Parameter)
    }


def _unknown(name: str, e: str) -> Complaint:
    return Complaint("unknown", name, f"unknown evidence {e!r}")


def _of_number(p: Parameter, known: Evidence, units: Mapping[str, float]) -> Iterator[Complaint]:
    if p.grade not in GRADES:
        text = f"grade {p.grade or 'missing'}, not one of {', '.join(GRADES)}"
        yield Complaint("missing", p.name, text)
    if p.low is None:
        yield Complaint("missing", p.name, "no range")
    if not p.note.strip():
        text = "no note on how the number follows from its sources"
        yield Complaint("missing", p.name, text)
    for e in p.evidence:
        if e not in known:
            yield _unknown(p.name, e)
    rows = {e: known[e] for e in p.evidence if e in known}
    yield from _of_grade(p, rows)
    yield from _of_unit(p, rows, units)
    yield from _of_range(p, rows, units)


def _of_grade(p: Parameter, rows: Evidence) -> Iterator[Complaint]:
    """A number without a row is D. A number with rows is D only if its note says it is a guess still;
    it is neither A nor B if all its rows are expert opinion, or say that nothing was found."""
    if p.grade in GRADES[:3] and not p.evidence:
        yield Complaint("grade", p.name, f"graded {p.grade} without a row of evidence")
    if p.grade == "D" and p.evidence and p.note and not _says(p.note, GUESS):
        text = f"graded D (a guess) but cites {', '.join(p.evidence)}; the note does not say so"
        yield Complaint("grade", p.name, text)
    weak = [row.get("grade") == "D" or row.get("kind") == "none_found" for row in rows.values()]
    if p.grade in GRADES[:2] and weak and all(weak):
        text = f"graded {p.grade}, but {', '.join(rows)} hold no better than grade D"
        yield Complaint("grade", p.name, text)


def _of_unit(p: Parameter, rows: Evidence, units: Mapping[str, float]) -> Iterator[Complaint]:
    stating = {e: r for e, r in rows.items() if r.get("unit") and r.get("kind") != "none_found"}
    if p.grade not in GRADES[:3] or not stating:
        return
    if any(_bears(p, row, units) for row in stating.values()):
        return
    if p.grade != "C" or not _explained(p.note):
        listed = ", ".join(f"{e} ({row.get('unit')})" for e, row in stating.items())
        article = "an" if p.kind[0] in "aeiou" else "a"
        what = p.kind.replace("_", " ") + (f" in {_canonical(units)}" if units else "")
        yield Complaint("unit", p.name, f"{article} {what} does not follow from {listed}")


def _of_range(p: Parameter, rows: Evidence, units: Mapping[str, float]) -> Iterator[Complaint]:
    ranges = {}
    for e, row in rows.items():
        factor = _states(p, row, units)
        ends = limits(row)
        if factor and ends:
            ranges[e] = (factor * ends[0], factor * ends[1])
    if not ranges or any(low <= p.value <= high for low, high in ranges.values()):
        return
    if _explained(p.note):
        return
    listed = ", ".join(f"{e} ({low:.4g} to {high:.4g})" for e, (low, high) in ranges.items())
    text = f"value {p.value:g} is outside the range of {listed}, and the note does not say why"
    yield Complaint("range", p.name, text)


def _bears(p: Parameter, row: Row, units: Mapping[str, float]) -> bool:
    unit, kind = row.get("unit", ""), row.get("kind", "")
    share = unit in SHARES or "per" in unit.split() or kind in ("sensitivity", "specificity")
    if p.kind == "probability":
        share = share or kind == "reference_range"  # it says what share lies beyond its ends
    ratio = unit in ODDS | RISKS or kind in ("OR", "RR", "HR", "SR", "LR") or "fold" in unit
    if units:
        known = _factor(unit, units) is not None or (p.kind == "sd" and unit == "percent CV")
        return known or unit in SHARES
    return share or ratio or unit == "null" or p.kind in QUANTITIES


def _states(p: Parameter, row: Row, units: Mapping[str, float]) -> float | None:
    """What to multiply the row with to have the number's unit; None if it states another thing."""
    unit = row.get("unit", "")
    if p.kind in STATED_BY:
        return 1.0 if unit in STATED_BY[p.kind] else None
    if p.kind in ("mean", "difference"):
        return _factor(unit, units)
    return None


def _factor(unit: str, units: Mapping[str, float]) -> float | None:
    return units.get(unit.removesuffix(" difference").strip())


def _canonical(units: Mapping[str, float]) -> str:
    return [unit for unit, factor in units.items() if factor == 1.0][-1]


def limits(row: Row) -> tuple[float, float] | None:
    """The row's interval; a missing end is a quarter beyond the value."""
    value, low, high = (as_number(row.get(key, "")) for key in ("value", "ci_low", "ci_high"))
    if value is None:
        return None if low is None or high is None else (low, high)
    ends = sorted((value * (1 - MARGIN), value * (1 + MARGIN)))
    return (ends[0] if low is None else low, ends[1] if high is None else high)


def as_number(text: str) -> float | None:
    """A finite number from a cell of an evidence table, or None."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if -inf < number < inf else None


def _explained(note: str) -> bool:
    return bool(re.search(r"\d", note)) or _says(note, DERIVED)


def _says(note: str, words: Sequence[str]) -> bool:
    lowered = note.lower() + " "
    return any(word in lowered for word in words)
