"""Numbers as plain sentences: the same text in the explorer, the command line and reports.

No HTML, no verdicts stronger than the numbers: counts of people instead of percent signs (natural
frequencies, Gigerenzer & Hoffrage 1995), rounded as far as the interval allows, short words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from etiograph.decision.rounding import (
    SETTLED,
    SMALL,
    count,
    difference_words,
    end,
    ends,
    natural_frequency,
    odds_words,
    of_counts,
    people,
    percent,
)
from etiograph.network.event import Event
from etiograph.network.variable import NOTHING

if TYPE_CHECKING:
    from etiograph.decision.also import Also
    from etiograph.decision.conflict import Conflict
    from etiograph.decision.explain import Explanation, Reversal, Weight
    from etiograph.decision.odd import Odd
    from etiograph.decision.ways import Ways
    from etiograph.network.network import Network
    from etiograph.query.posterior import Posterior
    from etiograph.uncertainty.contrast import Contrast
    from etiograph.uncertainty.intervals import Intervals
    from etiograph.uncertainty.summary import Interval

__all__ = [
    "ACT_FIRST",
    "FELT",
    "FLAG_LEVELS",
    "SETTLED",
    "SMALL",
    "TENSE",
    "WARNING_FIRST",
    "act_first",
    "alone_words",
    "conflict_words",
    "contrast_words",
    "count",
    "difference_words",
    "ends",
    "explanation_words",
    "few_runs_words",
    "finding_words",
    "findings_words",
    "headline",
    "intervals_words",
    "joined",
    "natural_frequency",
    "odd_words",
    "odds_words",
    "of_100",
    "order_words",
    "people",
    "percent",
    "source_words",
    "turn_words",
    "upper",
    "value_words",
]

FLAG_LEVELS = {
    "emergency": "Emergency",
    "urgent": "Urgent",
    "see": "See a professional",
    "caution": "Caution",
}
"""How a level of warning is called."""
ACT_FIRST = "Act on the warning first."
WARNING_FIRST = f"{ACT_FIRST} What to ask next comes after it."
TENSE = 1.0
"""Bits of conflict from which findings are said not to fit."""
FELT = 0.005
"""Change of an answer below which a number is not named."""


def act_first(outcome: str) -> str:
    """Above the numbers while a pressing warning stands; `outcome` is what they are about, as in a sentence."""
    if not outcome:
        return f"{ACT_FIRST} The numbers say nothing about it."
    return f"{ACT_FIRST} The numbers are about {outcome}, not about the danger it warns of."


def assumes_words(outcome: str) -> str:
    """The outcome is not entered, and the numbers are about people who have it."""
    return f"In people with {outcome}. Not entered: {outcome}."


def presence_words(outcome: str) -> str:
    """The numbers are about who has a cause, not about what it did."""
    return f"The numbers say how common each possible cause is, not how often it had a part in {outcome}."


def finding_words(network: Network, name: str, value: object) -> str:
    """A finding as it was given, in the network's own words."""
    variable = network.variables.get(name) or network.flags.get(name)
    if variable is None:
        return f"{name}: {value}"
    label, said = upper(variable.label), value_words(network, name, value)
    return label if named_by(label, said) else f"{label}: {said}"


def named_by(label: str, said: str) -> bool:
    """Whether the name of a variable says its state already: "acid suppressant, long-term": long term."""
    ends = (" ".join(text.casefold().replace("-", " ").split()) for text in (label, said))
    return next(ends).endswith(f" {next(ends)}")


def value_words(network: Network, name: str, value: object) -> str:
    """The value of a finding in words; a list of findings joined by "and"."""
    variable = network.variables.get(name) or network.flags.get(name)
    if isinstance(value, str):
        if variable is not None and value in variable.states:
            return variable.state_label(value)
        return value
    if isinstance(value, list | tuple):
        return " and ".join(value_words(network, name, each) for each in value)
    return str(value)


def source_words(source: str) -> str:
    """Where a warning comes from: ids as they stand, and what no study says as an opinion."""
    return "expert opinion" if source.startswith("expert") else source


def of_100(p: float) -> str:
    """A probability for a column headed "of 100": ``23``, ``< 1``."""
    return percent(p).removesuffix(" %")


def joined(parts: Sequence[str], last: str = "and") -> str:
    """``a, b and c``."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def upper(text: str) -> str:
    """The text with its first letter large."""
    return text[:1].upper() + text[1:]


# -- intervals ------------------------------------------------------------------------------------


def headline(network: Network, what: Event, interval: Interval) -> str:
    """Of 100 people like this, how many."""
    number = natural_frequency(interval.point, interval.low, interval.high)
    share, bracket, rest = number.partition(" (")
    return f"{upper(what.label(network))}: {share} people like this{bracket}{rest}."


def intervals_words(network: Network, found: Intervals, top: int = 3) -> tuple[str, ...]:
    """The first causes with their ranges, overlaps, and how firm the order is.

    Where the outcome is found and it was asked, the causes that most often acted.
    """
    cells, say = found.causes, headline
    if found.acted:
        cells, say = found.acted, _acted_headline
    named = list(cells.items())[:top]
    lines = [say(network, event, interval) for event, interval in named]
    if len(named) > 1 and named[0][1].low < named[1][1].high:
        first, second = (event.label(network) for event, _ in named[:2])
        lines.append(f"The ranges of {first} and {second} overlap.")
    lines.append(found.verdict)
    if found.alone is not None:
        lines.append(alone_words(network, found.alone))
    return (*lines, *few_runs_words(found))


def few_runs_words(found: Intervals) -> tuple[str, ...]:
    """That the findings are hardly allowed for by the numbers, where they are."""
    if not found.on_few_draws:
        return ()
    return (
        "These findings are rare for this model, so the ranges rest on few "
        f"runs (about {found.ess:.0f}). Read them with care.",
    )


def _acted_headline(network: Network, what: Event, interval: Interval) -> str:
    outcome = network.variables[str(network.about["target"])].label
    number = natural_frequency(interval.point, interval.low, interval.high)
    share, bracket, rest = number.partition(" (")
    label = upper(what.label(network))
    return f"{label}: has a part in the {outcome} of {share} people like this{bracket}{rest}."


def alone_words(network: Network, interval: Interval) -> str:
    """How often no named cause had a part in the outcome."""
    outcome = network.variables[str(network.about["target"])].label
    number = natural_frequency(interval.point, interval.low, interval.high)
    share, bracket, rest = number.partition(" (")
    return f"No known cause has a part in the {outcome} of {share} people like this{bracket}{rest}."


# -- why ------------------------------------------------------------------------------------------


def explanation_words(
    network: Network,
    found: Explanation,
    top: int = 4,
    interval: Interval | None = None,
    *,
    reversals: bool = True,
) -> tuple[str, ...]:
    """Why the answer is what it is: for, against, through what, conflict, what would turn it."""
    label = found.target.label(network)
    if not found.weights:
        return (f"Nothing is known yet. {upper(label)}: {people(found.after)} people.",)
    before, after = people(found.before), people(found.after)
    lines = [f"{upper(label)}: {before} before any finding, {after} with all of them."]
    if found.context and len(found.context) < len(found.weights):
        named = joined([network.variables[name].label for name in found.context])
        lines.append(f"With {named} alone: {people(found.given_context)}.")
    if found.against is not None:
        lines.append(f"Here it is weighed against {found.against.label(network)}.")
    speaks = [w for w in found.weights if w.share >= SMALL][:top]
    denies = [w for w in found.weights if w.share <= -SMALL][:top]
    lines += [f"For: {_weight_words(network, w)}." for w in speaks]
    lines += [f"Against: {_weight_words(network, w)}." for w in denies]
    if not speaks and not denies:
        lines.append("No finding makes much difference to it.")
    lines += _conflict_words(network, found)
    if reversals:
        lines.append(_reversal_words(network, found))
    return tuple(lines)


def _weight_words(network: Network, weight: Weight) -> str:
    text = f"{finding_words(network, weight.finding, weight.value)} {odds_words(weight.share)}"
    if weight.through:
        steps = [
            Event.of(network.variables[s.variable], s.state).label(network)
            for s in weight.through
            if s.after > s.before
        ]
        if steps:
            text += f", by way of {joined(steps)}"
    return text


def _conflict_words(network: Network, found: Explanation) -> list[str]:
    if found.conflict <= 3.0:
        return []
    worst = max(found.weights, key=lambda w: w.conflict)
    if worst.conflict <= 3.0:
        return ["The findings do not fit together well."]
    name = finding_words(network, worst.finding, worst.value)
    return [f"The findings do not fit together well. The one that fits least is {name}."]


def _reversal_words(network: Network, found: Explanation) -> str:
    """The likeliest finding to be otherwise; that the outcome is there is what the question is."""
    outcome = network.about.get("target")
    turn = next((turn for turn in found.reversals if turn.finding != outcome), None)
    if turn is None:
        most = "put another cause first" if found.acted else "make another cause likelier"
        return f"No single finding, had it been otherwise, would {most}."
    return turn_words(network, turn)


def turn_words(network: Network, turn: Reversal) -> str:
    """What would come first, had one finding been otherwise."""
    variable = network.variables[turn.finding]
    # A finding may be a clause; what a person has or takes is a noun.
    noun = variable.role not in ("finding", "test", "outcome", "variable")
    if noun and turn.state.casefold() in NOTHING:
        told = f"Without the {variable.label}"
    else:
        told = f'With "{finding_words(network, turn.finding, turn.state)}" instead'
    return f"{told}, {turn.top_cause.label(network)} would come first."


def conflict_words(network: Network, found: Conflict) -> tuple[str, ...]:
    """Which findings do not fit together, and what might lie behind it; nothing where they fit."""
    worst = next((p for p in found.parts if p.own >= TENSE), None)
    if found.value < TENSE or worst is None:
        return ()
    named = joined([network.variables[name].label for name in worst.findings])
    lines = [f"What does not fit together: {named}."]
    if found.explained_by:
        labels = [event.label(network) for event, _ in found.explained_by[:2]]
        lines.append(f"{upper(joined(labels, 'or'))} would explain it.")
    return tuple(lines)


def odd_words(network: Network, found: Sequence[Odd]) -> tuple[str, ...]:
    """Which finding does not go with the others, and what that may mean; nothing where all do."""
    if not found:
        return ()
    told = finding_words(network, found[0].finding, found[0].state)
    how_many = natural_frequency(found[0].p)
    lines = [
        f'"{told}" does not go with the rest: {how_many} people with the other findings have it.'
    ]
    rest = [finding_words(network, each.finding, each.state) for each in found[1:3]]
    if rest:
        lines.append(f"Odd, too: {joined(rest)}.")
    lines.append(
        "No named cause explains it: it may be wrong, or this model may not fit this person."
    )
    return (" ".join(lines),)


# -- a change -------------------------------------------------------------------------------------


def contrast_words(
    network: Network, found: Contrast, changes: Mapping[str, object], kind: str
) -> tuple[str, ...]:
    """What a change makes of an answer, what it would be without, and the difference."""
    told = joined([finding_words(network, name, value) for name, value in changes.items()])
    told = f'"{told}"'
    whole = {
        "do": f"If this is set from outside, {told}",
        "had": f"Had it been otherwise, {told}",
        "after": f"{_ahead(network)} with {told}"
        if changes
        else f"{_ahead(network)}, with no change",
    }[kind]
    label = found.event.label(network)
    lines = [f"{whole}: {label} in {_of_people(found.changed)}."]
    if not changes:
        return tuple(lines)
    plain = {"do": "As seen", "had": "As it is", "after": "With no change"}[kind]
    if found.against:
        other = [finding_words(network, name, value) for name, value in found.against.items()]
        plain = f'With "{joined(other)}" instead'
    lines.append(f"{plain}: {_of_people(found.unchanged)}.")
    shown = of_counts(found.unchanged.point, found.changed.point)
    lines.append(f"The difference: {difference_words(replace(found.difference, point=shown))}.")
    return tuple(lines)


def _ahead(network: Network) -> str:
    """What ``after`` looks at."""
    return "From now on" if network.horizon is None else f"Over the next {network.horizon}"


def order_words(network: Network, world: Posterior, events: Sequence[Event]) -> tuple[str, ...]:
    """That answers hang on an order of states nobody stated, and what the tables alone allow; or nothing.

    Only answers to what would have been can hang on one.
    """
    from etiograph.query.imagine import Imagined

    if not isinstance(world, Imagined):
        return ()
    hanging = [event for event in events if world.warning(event)]
    hanging = hanging or [Event.of(network.variables[name]) for name in world.unordered()]
    if not hanging:
        return ()
    told = []
    for event in hanging[:3]:
        low, high = world.bounds(event)
        told.append(f"{event.label(network)} {of_100(low)} to {of_100(high)} of 100")
    return (world.warning(), f"By the tables alone: {'; '.join(told)}.")


def _of_people(interval: Interval) -> str:
    """To the whole number, however wide the range: a difference is told beside it."""
    number = natural_frequency(interval.point)
    first, last = end(interval.low), end(interval.high)
    return f"{number} people like this" + (f" ({first} to {last})" if first != last else "")


def findings_words(network: Network, findings: Mapping[str, object]) -> tuple[str, ...]:
    """All findings, one line each."""
    return tuple(finding_words(network, name, value) for name, value in findings.items())


# -- what a suspected cause does --------------------------------------------------------------------

LEAST_SAID = 0.0005
"""Change of the outcome below which a way is not named: under 0.1 of 100."""


def ways_words(network: Network, found: Ways) -> tuple[str, ...]:
    """What a suspected cause does to the outcome, and at most by which way; three sentences."""
    cause = network.variables[found.cause]
    label = Event.of(cause, found.state).label(network)
    outcome = found.outcome.label(network)
    lines = [found.said] if found.said else []
    if not found.ways:
        return (*lines, f"In the network nothing leads from it to {outcome}.")
    lines.append(
        f"{upper(outcome)} in {of_100(found.p_with)} of 100 people like this with {label}, in "
        f"{of_100(found.p_without)} without: {_of_100_at_most(found.change)}."
    )
    told = [way for way in found.ways if _most(way.change) >= LEAST_SAID]
    parts = [f"{_way(network, found, way.variable)} {_of_100_at_most(way.change)}" for way in told]
    if len(told) < len(found.ways):
        parts.append("by any other way under 0.1 of 100")
    lines.append(f"Alone {'; '.join(parts)}.")
    return tuple(lines)


def _way(network: Network, found: Ways, variable: str) -> str:
    if variable == found.outcome.variable:
        return "directly"
    return f"through {network.variables[variable].label}"


def _most(change: Interval) -> float:
    return max(abs(change.low), abs(change.high), abs(change.point))


def _of_100_at_most(change: Interval) -> str:
    """The larger end of a change, as people of 100."""
    end = max((change.low, change.high, change.point), key=abs)
    if abs(end) < LEAST_SAID:
        return "a difference under 0.1 of 100"
    return f"at most {100 * abs(end):.1f} of 100 {'more' if end > 0 else 'fewer'}"


def also_words(network: Network, found: Sequence[Also]) -> tuple[str, ...]:
    """Likely conditions that are no possible causes, in a sentence; or nothing."""
    if not found:
        return ()
    told = [f"{each.event.label(network)} ({of_100(each.p)} of 100)" for each in found]
    return (f"Also likely, though no cause that is ranked: {joined(told)}.",)


def assumed_words(network: Network) -> str:
    """That the outcome is not entered, so that nothing has to be explained."""
    outcome = network.variables[str(network.about["target"])].label
    return (
        f"{upper(outcome)}: not entered, so nothing has to be explained. How often a cause has a part is "
        f"said of people like this who have {outcome}."
    )
