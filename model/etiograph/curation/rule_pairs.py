"""Which rules and cautions can stand beside each other: for a table that is read by eye."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import inf
from typing import TYPE_CHECKING, Any

from etiograph.decision.red_flags import fires, red_flags
from etiograph.network.finding import measured
from etiograph.network.reading import Reading
from etiograph.network.rules import Alternative, Band, Rule, conditions, names, ways

if TYPE_CHECKING:
    from etiograph.network.network import Network

BEGIN, END = "<!-- rule pairs: begin -->", "<!-- rule pairs: end -->"


@dataclass(frozen=True, slots=True)
class Pair:
    """A rule and a caution that one case can set off.

    Attributes
    ----------
    rule, caution : str
        Their ids.
    together : bool
        Both are said in some case; False: wherever both hold, one silences the other.
    related : bool
        They look at one variable, or the caution is about a variable that the rule looks at.
    """

    rule: str
    caution: str
    together: bool
    related: bool


def pairs(network: Network) -> tuple[Pair, ...]:
    """Every rule and caution that one case can set off, in the order of the file."""
    rules = [rule for rule in network.rules if rule["level"] != "caution"]
    cautions = [rule for rule in network.rules if rule["level"] == "caution"]
    found = []
    for caution in cautions:
        for rule in rules:
            together = _together(network, rule, caution)
            if together is not None:
                spoken = {*names(caution), *caution.get("change", {})}
                related = not spoken.isdisjoint(names(rule))
                found.append(Pair(rule["id"], caution["id"], together, related))
    return tuple(found)


def _together(network: Network, rule: Rule, caution: Rule) -> bool | None:
    """Whether both are said in some case; None if no case sets off both."""
    silent = None
    for case, changes in _cases(network, rule, caution):
        ids = {flag.id for flag in red_flags(network, case, changes)}
        if {rule["id"], caution["id"]} <= ids:
            return True
        silent = False
    return silent


def markdown(network: Network) -> str:
    """The pairs as a table, a line a caution; rules that have nothing in common with it are counted."""
    lines = ["| caution | silent beside | stands beside, about the same | and beside |"]
    lines.append("|---|---|---|---:|")
    found = pairs(network)
    for caution in dict.fromkeys(pair.caution for pair in found):
        own = [pair for pair in found if pair.caution == caution]
        silent = [f"`{pair.rule}`" for pair in own if not pair.together]
        beside = [f"`{pair.rule}`" for pair in own if pair.together and pair.related]
        others = sum(pair.together and not pair.related for pair in own)
        lines.append(f"| `{caution}` | {_list(silent)} | {_list(beside)} | {others} others |")
    return "\n".join(lines)


def _list(items: Sequence[str]) -> str:
    return ", ".join(items) or "-"


def _cases(
    network: Network, rule: Rule, caution: Rule
) -> Iterator[tuple[dict[str, Any], dict[str, str]]]:
    """Cases with as little in them as can be that meet both, before anything is silenced.

    What is changed is left open, and then tried in every state it may have been in.
    """
    for one, other in product(_ways(rule), _ways(caution)):
        for case in _found(network, (*one.found, *other.found)):
            for changes in _changes(caution, case):
                for was in _before(network, case, changes):
                    if fires(network, (rule, caution), was, changes):
                        yield was, changes


def _before(
    network: Network, case: dict[str, Any], changes: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    yield case
    for name, to in changes.items():
        if name not in case:
            yield from ({**case, name: s} for s in network.variable(name).states if s != to)


def _ways(rule: Rule) -> list[Alternative]:
    return [way for each in conditions(rule) for way in ways(each)] or [Alternative((), ())]


def _changes(caution: Rule, case: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    change = caution.get("change", {})
    listed = [[to] if isinstance(to, str) else list(to) for to in change.values()]
    for states in product(*listed):
        changes = dict(zip(change, states, strict=True))
        if all(case.get(name) != state for name, state in changes.items()):
            yield changes


def _found(network: Network, found: Sequence[tuple[str, Any]]) -> Iterator[dict[str, Any]]:
    """Cases that meet all of these, with values near either end of their bands."""
    states: dict[str, set[str]] = {}
    bands: dict[str, Band] = {}
    for name, wanted in found:
        if isinstance(wanted, Mapping):
            bands[name] = bands.get(name, Band()).meets(Band.of(wanted))
        else:
            allowed = {wanted} if isinstance(wanted, str) else set(wanted)
            states[name] = states.get(name, allowed) & allowed
    if not all(states.values()):
        return
    case = {
        name: next(s for s in network.variable(name).states if s in allowed)
        for name, allowed in states.items()
    }
    values = [_inside(network.mechanisms[name], band) for name, band in bands.items()]
    for chosen in product(*values):
        yield {**case, **{n: measured(x) for n, x in zip(bands, chosen, strict=True)}}


def _inside(mechanism: object, band: Band) -> tuple[float, ...]:
    """Plausible values near the ends of a band, none if there is none."""
    assert isinstance(mechanism, Reading)
    low, high = mechanism.plausible
    within = band.meets(Band(low, high, low_included=True, high_included=True))
    if within.empty:
        return ()
    step = 0.001 * (within.high - within.low)
    ends = (within.low + step, within.high - step)
    # An end that the plausible range sets says nothing of the rule.
    return tuple(
        x for x, open_ in zip(ends, (band.low, band.high), strict=True) if abs(open_) < inf
    )
