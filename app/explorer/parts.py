"""The late parts worked out: ranges, what to ask next, what each finding or change would do.

Each costs many rows of the engine. How many a case may have is counted in table entries, not in
seconds, so that it has the same answer on every machine. No Streamlit here: see `late` for when a part
is worked out, and `beside` for where.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import etiograph as eg

from . import labels
from .cases import Pairs
from .kept import kept

DRAWS = (120, 480)  # runs over the published ranges: where a run is dear, and else
FEW = 8  # findings asked about in any case
BEHIND = 2  # rows a run takes, about, where it is also asked which cause took part
NEARBY = 2  # times the table entries, up to which cases are asked so that they share programs
WORK = 6e6  # table entries one part may go through
SIMULATED = 1000  # cases the network brings forth itself at most, to compare a case with
RARITY = 60e6  # table entries that may go through: it is one look at the case, not one an answer


@kept
def near(network: eg.Network) -> tuple[str, ...]:
    """The causes, what tells most of them, and whatever is answered beside these for next to nothing."""
    from etiograph.query.reach import near

    return near(network, (*labels.cause_names(network), *telling(network, FEW)))


def reach_of(network: eg.Network, findings: Pairs, rows: int) -> tuple[str, ...]:
    """As many variables as so many rows may answer: all, those near the causes, or the fewest."""
    from etiograph.query.reach import row_cost

    everything, some = tuple(network.variables), near(network)
    known = dict(labels.in_order(network, findings))
    for names in (everything, some):
        if rows * row_cost(network, known, names) <= WORK:
            return names
    return tuple(dict.fromkeys([*labels.cause_names(network), *telling(network, FEW)]))


@dataclass(frozen=True, slots=True)
class Uncertain:
    """90 % range of every state of the causes, how firm their order is, from how many runs.

    Where it was asked how often each took part in the outcome, and that can be said, `behind` has the
    ranges of that, `alone` of how often none with a name did, and `ranges` is empty. `rivals` are the
    causes that compete for the first place.
    """

    ranges: dict[tuple[str, str], tuple[float, float]]
    verdict: str
    draws: int = 0
    behind: dict[str, tuple[float, float]] = field(default_factory=dict)
    alone: tuple[float, float] | None = None
    rivals: tuple[str, ...] = ()


def runs(network: eg.Network, findings: Pairs) -> int:
    """Over how many draws of the numbers the ranges of a case are worked out, whatever is shown of it."""
    from etiograph.query.reach import row_cost

    found = start(network)
    price = row_cost(network, dict(findings), labels.cause_names(network))
    price *= BEHIND if found and set(found) <= set(findings) else 1
    return DRAWS[1] if DRAWS[1] * price <= WORK else DRAWS[0]


def ranges(network: eg.Network, findings: Pairs, behind: bool) -> Uncertain:
    """How far the ranges of the published numbers let every answer move; empty if that can't be said."""
    from etiograph.decision.words import few_runs_words
    from etiograph.query.reach import row_cost

    known = dict(findings)
    try:
        causes = labels.cause_names(network)
        draws = runs(network, findings)
        beside = near(network)
        if row_cost(network, known, beside) > NEARBY * row_cost(network, known, causes):
            beside = ()
        found = network.case(known).intervals(
            draws=draws, causes_only=True, also=beside, acted=behind, acted_only=behind
        )
    except eg.EtiographError:
        return Uncertain({}, "")
    return Uncertain(
        {
            (name, state): (cell.low, cell.high)
            for name in causes
            if name not in known
            for state, cell in found.answers.get(name, {}).items()
        },
        " ".join((found.verdict, *few_runs_words(found))),
        draws,
        {event.variable: (cell.low, cell.high) for event, cell in found.acted.items()},
        (found.alone.low, found.alone.high) if found.alone else None,
        tuple(event.variable for event in found.rivals),
    )


def rarity(network: eg.Network, findings: Pairs) -> str:
    """Which finding does not go with the others, in words; empty where all do."""
    from etiograph.decision.reasons import unexpected
    from etiograph.decision.speaking import cases, said_of
    from etiograph.query.reach import row_cost

    try:
        ways = math.prod(network.variables[name].card for name, _ in findings)
        if min(SIMULATED, ways) * row_cost(network, dict(findings), ()) > RARITY:
            return ""
        said = " ".join(unexpected(network, dict(findings), "see", near(network)))
        return said_of(cases(network), said)
    except eg.EtiographError:
        return ""


def contrasts(
    network: eg.Network, findings: Pairs, changes: Pairs, kind: Any, events: Pairs
) -> tuple[Any, ...]:
    """Events without and with a change, and the difference, each with its range; none if there are none."""
    from etiograph.network.event import Event
    from etiograph.uncertainty.contrast import contrasts as worked_out

    asked = [Event.parse(network, *pair) for pair in events]
    try:
        return worked_out(
            network, dict(findings), asked, changes=dict(changes), kind=kind, draws=DRAWS[0]
        )
    except eg.EtiographError:
        return ()


def next_tests(network: eg.Network, findings: Pairs, target: str | None) -> Any:
    """What to ask next, about `target` or about all possible causes that are still open."""
    from etiograph.decision.next_test import askable

    known = dict(findings)
    asked = None
    if findings != start(network):
        reach = set(reach_of(network, findings, len(labels.cause_rows(network))))
        if len(reach) < len(network.variables):
            asked = [name for name in askable(network) if name in reach and name not in known]
    # Where the outcome is found: about what is behind it, not about what merely is there.
    return network.case(known).next_tests(target, candidates=asked, pairs=False, acted=True)


def start(network: eg.Network) -> Pairs:
    """What is known of everybody the network is about: that they have its outcome, if it has one."""
    outcome = labels.target(network)
    return ((outcome, labels.notable(network.variables[outcome])[0]),) if outcome else ()


def telling(network: eg.Network, number: int) -> tuple[str, ...]:
    """The findings that tell most of the causes before anything is known, the best first.

    In a network about one outcome, of people who have it.
    """
    return _telling(network)[:number]


@kept
def at_start(network: eg.Network) -> Any:
    """What to ask of somebody of whom nothing else is known."""
    return next_tests(network, start(network), None)


@kept
def _telling(network: eg.Network) -> tuple[str, ...]:
    known, found = start(network), at_start(network)
    free = labels.input_names(network)
    names = [test.names[0] for test in found.tests if test.gain > 0 and test.names[0] in free]
    first = [name for name, _ in known if name in free]
    return tuple(dict.fromkeys([*first, *names]))


@dataclass(frozen=True, slots=True)
class Previews:
    """What single findings would do to some events.

    Attributes
    ----------
    moved : dict
        For a finding, (name, state): place of an event -> its probability, where it would move.
    worked : tuple of int
        Places of the events that were looked at: of all others nothing is known.
    """

    moved: dict[tuple[str, str], dict[int, float]] = field(default_factory=dict)
    worked: tuple[int, ...] = ()

    @property
    def held(self) -> int:
        """Bytes it takes, about; counted one by one that takes longer than an answer."""
        return 512 + sum(320 + 72 * len(each) for each in self.moved.values())


def previews(
    network: eg.Network, findings: Pairs, asked: Pairs, shown: tuple[eg.Event, ...]
) -> Previews:
    """What each of the findings `asked` would do to the events `shown`; both follow from the case.

    Where everything would take too long, to the outcome, what acts on it and the causes alone, and of
    findings near them.
    """
    try:
        return _previews(network, findings, asked, shown)
    except eg.EtiographError:
        return Previews()


def _previews(
    network: eg.Network, findings: Pairs, candidates: Pairs, shown: tuple[eg.Event, ...]
) -> Previews:
    from etiograph.decision.previews import moved

    known = dict(findings)
    places = [k for k, event in enumerate(shown) if event.variable not in known]
    inside = set(reach_of(network, findings, len(places)))
    wanted = inside if len(inside) < len(network.variables) else None
    if wanted is not None:
        outcome = labels.target(network)
        question = {outcome, *network.parents(outcome)} if outcome else set()
        first = question.union(labels.cause_names(network))
        places = [k for k in places if shown[k].variable in first]
        wanted = inside = inside | question
    asked = tuple(pair for pair in candidates if pair[0] in inside and pair[0] not in known)
    if not places or not asked:
        return Previews()
    found = moved(
        network,
        known,
        [eg.Event.of(network.variables[name], state) for name, state in asked],
        [shown[k] for k in places],
        wanted,
    )
    return Previews(
        {
            pair: {places[k]: p for k, p in each.items()}
            for pair, each in zip(asked, found, strict=True)
        },
        tuple(places),
    )


def next_steps(network: eg.Network, findings: Pairs) -> Any:
    """What to rule out now, to ask and to test, in a network that states what harms if missed."""
    return network.case(dict(findings)).next_steps(_weighed(network, findings))


def _weighed(network: eg.Network, findings: Pairs) -> tuple[str, ...]:
    """The questions and tests that are weighed."""
    from etiograph.decision.next_steps import conditions
    from etiograph.decision.next_test import askable

    reach = set(reach_of(network, findings, len(conditions(network))))
    return tuple(name for name in askable(network) if name in reach)


@kept
def _yardstick(reference: str) -> Any:
    from etiograph.curation.revision import Yardstick

    return Yardstick.of(reference)


def judged(network: eg.Network, reference: str) -> Any:
    """What differs from the file a network comes from, and what that means.

    The cases and published statistics beside that file are asked again.
    """
    return _yardstick(reference).judged(network)


def what_helps(network: eg.Network, findings: Pairs, outcome: str) -> Any:
    """Every change by its effect on an outcome, in the state in which it was found if that is unusual.

    Why not, in words, where that can't be said.
    """
    from etiograph.decision.interventions import event_of

    try:
        return network.case(dict(findings)).what_helps(event_of(network, dict(findings), outcome))
    except eg.EtiographError as error:
        return str(error)


def consequences(network: eg.Network, findings: Pairs, asked: Pairs) -> dict[str, str]:
    """What each result of some questions and tests would mean, in words; `asked` are names and conditions."""
    from etiograph.decision.consequences import (
        condition,
        consequence_words,
        consequences as worked_out,
    )
    from etiograph.decision.next_steps import conditions, states_harms

    about = {name: condition(network, of) for name, of in asked}
    # As the next steps were weighed: one program of the engine serves both.
    also = {*_weighed(network, findings), *conditions(network)} if states_harms(network) else ()
    try:
        found = worked_out(network, dict(findings), about, also)
    except eg.EtiographError:
        return {}
    return {name: consequence_words(network, results) for name, results in found.items()}


def checked(network: eg.Network, reference: str) -> Any:
    """The network beside what stands with a file; why not, in words, where that can't be said."""
    from etiograph.curation.checked import checked as held

    try:
        return held(network, reference)
    except eg.EtiographError as error:
        return str(error)


# What there is of a part that would take too long: nothing, said as such. All others have their time.
ABSENT: dict[str, Any] = {"ranges": Uncertain({}, ""), "contrasts": (), "rarity": ""}
# What `beside` can be asked for, by name.
PARTS: dict[str, Callable[..., Any]] = {
    part.__name__: part
    for part in (
        *(ranges, rarity, contrasts, next_tests, next_steps, previews),
        *(judged, what_helps, checked, consequences),
    )
}
