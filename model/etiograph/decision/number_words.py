"""The numbers of a network in words: what they are, which of them matter, and what would turn an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from etiograph.decision.words import FELT, joined, of_100, upper
from etiograph.network.event import Event

if TYPE_CHECKING:
    from etiograph.network.network import Network
    from etiograph.uncertainty.flip import Turns
    from etiograph.uncertainty.sensitivity import Tornado

KINDS = {
    "probability": "chance",
    "odds_ratio": "odds ratio",
    "risk_ratio": "risk ratio",
    "mean": "mean",
    "sd": "spread",
    "difference": "shift",
}


def parameter_words(network: Network, name: str) -> str:
    """A published number in words: ``odds ratio of magnesium depletion (diuretic, thiazide)``."""
    head, *rest = name.split(".")
    if head not in network.variables:
        return name
    kind = network.parameters[name].kind
    said = {"leak": "no known cause", "mean": "", "sd": "", "baseline": "to start from"}
    told, speaker = [], network.variables[head]
    for part in rest:
        if part in network.variables:
            speaker = network.variables[part]
            told.append(speaker.label)
        elif part in speaker.states:
            told.append(speaker.state_label(part))
        else:
            told.append(said.get(part, part.replace("_", " ")))
    bracket = ", ".join(part for part in told if part)
    text = f"{KINDS.get(kind, kind.replace('_', ' '))} of {network.variables[head].label}"
    return f"{text} ({bracket})" if bracket else text


def tornado_words(network: Network, found: Tornado, top: int = 3) -> tuple[str, ...]:
    """The numbers that move the answer most, and where they come from."""
    if found.note:
        return (found.note,)
    if not found.bars or found.bars[0].swing < FELT:
        return ("No number moves this answer by more than 1 in 100 within its range.",)
    lines = []
    if found.acted:
        outcome = network.variables[str(network.about["target"])].label
        label = found.target.label(network)
        lines.append(f"These move how often {label} has a part in the {outcome}.")
    for bar in found.bars[:top]:
        if bar.swing < FELT:
            break
        source = ", ".join(bar.evidence) or "no source"
        grade = f", grade {bar.grade}" if bar.grade else ""
        lines.append(
            f"{upper(parameter_words(network, bar.name))}: from {of_100(bar.at_low)} of 100 at "
            f"{bar.low:.3g} to {of_100(bar.at_high)} of 100 at {bar.high:.3g} ({source}{grade})."
        )
    guesses = [bar for bar in found.by_grade if bar.name == "D"]
    if guesses and guesses[0].swing >= 0.1:
        lines.append(
            "Much of this answer rests on expert guesses: taken together they could move it "
            f"from {of_100(guesses[0].at_low)} to {of_100(guesses[0].at_high)} of 100."
        )
    return tuple(lines)


def turns_words(network: Network, found: Turns) -> str:
    """What would turn the answer."""
    turn = found.smallest
    if found.note:
        return found.note
    if turn is None:
        return "No change of one or two numbers within their stated ranges turns this answer."
    moved = joined(
        [
            f"{parameter_words(network, name)} at {value:.3g} instead of "
            f"{network.parameters[name].value:.3g}"
            for name, value in turn.values.items()
        ]
    )
    if isinstance(turn.becomes, Event):
        becomes = f"{turn.becomes.label(network)} would be the likeliest to be there"
    else:
        becomes = f"the answer would be {turn.becomes} the threshold"
    whose = "its stated range" if len(turn.values) == 1 else "their stated ranges"
    way = max(1, round(100 * turn.share))
    return f"With {moved}, {becomes}. That is {way} % of the way to the end of {whose}."
