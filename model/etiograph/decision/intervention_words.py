"""What could help, in plain words: a change, what it makes of the outcome, and its cautions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from etiograph.decision.interventions import CHANGEABLE
from etiograph.decision.rounding import of_counts
from etiograph.decision.words import FELT, FLAG_LEVELS, count, finding_words, upper
from etiograph.network.event import Event

if TYPE_CHECKING:
    from etiograph.decision.interventions import Intervention, Interventions
    from etiograph.network.network import Network


def change_words(network: Network, change: Intervention) -> str:
    """A change in a few words: ``Stop: diuretic (thiazide)``, ``Put right: magnesium depletion``."""
    variable = network.variables[change.variable]
    there = change.found not in ("", variable.usual)
    what = variable.label
    if there and variable.card > 2:
        what = f"{what} ({variable.state_label(change.found)})"
    if change.is_cause:
        return f"Put right: {what}"
    if variable.role not in CHANGEABLE or variable.named_usual is None:
        return upper(finding_words(network, change.variable, change.state))
    if change.state == variable.usual:
        return f"{'Stop' if there else 'Without'}: {what}"
    if variable.card == 2:
        return f"Start: {variable.label}"
    if there:
        return f"Change: {what} to {variable.state_label(change.state)}"
    return f"Start: {Event.of(variable, change.state).label(network)}"


def helps_words(network: Network, found: Interventions, top: int = 5) -> tuple[str, ...]:
    """What could help most, a line a change with its cautions behind it; that nothing does, if so."""
    lines = []
    for change in found.helping()[:top]:
        said = f"{upper(effect_words(change))}. {change_words(network, change)}."
        said += "".join(f" {FLAG_LEVELS[flag.level]}: {flag.message}" for flag in change.cautions)
        lines.append(said)
    outcome = found.event.label(network)
    ahead = "From now on" if network.horizon is None else f"Over the next {network.horizon}"
    first = f"{ahead} with no change: {outcome} in {_people(found.p)} of 100 people like this."
    return (first, *(lines or (f"No single change would make it visibly less: {outcome}.",)))


def effect_words(change: Intervention) -> str:
    """The effect of a change with its range: ``about 13 fewer of 100 (2 to 14 fewer)``."""
    less, size = change.difference < 0, abs(change.difference)
    if size < FELT:
        return "no visible difference"
    size = abs(of_counts(change.p - change.difference, change.p)) or size
    said = f"{_people(size)} {'fewer' if less else 'more'} of 100"
    if change.low is None or change.high is None:
        return said
    near, far = sorted((abs(change.low), abs(change.high)))
    if change.low < -FELT and change.high > FELT:
        return f"{said} ({count(-change.low)} fewer to {count(change.high)} more)"
    return f"{said} ({count(near) if near >= FELT else '0'} to {count(far)})"


def _people(p: float) -> str:
    number = count(p)
    return f"about {number}" if number.isdigit() else number
