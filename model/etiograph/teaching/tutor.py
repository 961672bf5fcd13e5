"""What all kinds of exercise share: random choices, answers that are noted, and words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from etiograph.network.event import Event
from etiograph.network.frozen import FrozenMap
from etiograph.query.graphs import Dag, ancestral, below
from etiograph.query.structure import dag
from etiograph.teaching.exercise import Exercise, Fact
from etiograph.teaching.phrases import Phrases
from etiograph.teaching.posed import DIRECTIONS, Option, Posed
from etiograph.teaching.question import Question, ask, beliefs

if TYPE_CHECKING:
    from collections.abc import Collection

    from etiograph.network.network import Network

GAP = 0.04
"""Numbers to choose from lie at least so far apart."""
BEGINNING = re.compile(r'(?:^|(?<=[.?!] ))"?[a-z](?=[a-z])')
ONE_WORD = (("people who are female", "women"), ("people who are male", "men"))
FEW_PARENTS = 5
"""A table over more parents is an effect of chance in any network."""
ASIDE = 6
"""Variables of a diagram beside an exercise that can be solved without it, at most."""
MOST_DRAWN = 14
"""Variables of a diagram that a student can follow."""
Pairs = Mapping[str, str]


class Tutor:
    """One network and one stream of random choices; notes every number it asks for.

    Attributes
    ----------
    network : Network
    rng : Generator
    names : tuple of str
        The variables that exercises speak of: more than one state, no measured values.
    graph : mapping of str to tuple of str
        Each variable with its parents.
    facts : list of Fact
        What was asked since the last attempt began.
    say : Phrases
        The words of the network.
    who : str
        "people", or the cases the network speaks of.
    """

    def __init__(self, network: Network, rng: np.random.Generator) -> None:
        self.network = network
        self.rng = rng
        self.graph: Dag = dag(network)
        self.names = tuple(
            name
            for name, variable in network.variables.items()
            if variable.card > 1 and network.mechanisms[name].kind != "reading"
        )
        self.facts: list[Fact] = []
        self.say = Phrases(network)
        self.who = self.say.who
        self.memo: dict[str, Any] = {}  # what a kind works out once
        self._known: dict[object, Mapping[str, Mapping[str, float]]] = {}

    # -- numbers ----------------------------------------------------------------------------------

    def p(
        self,
        event: Event,
        given: Pairs | None = None,
        change: Pairs | None = None,
        kind: str = "see",
    ) -> float:
        """P(event | given) in a world; noted."""
        known, changed = dict(given or {}), dict(change or {})
        found = self._beliefs(known, changed, kind)
        value = sum(found[event.variable][state] for state in event.states)
        self.note("P", (str(event),), value, known, changed, kind)
        return value

    def _beliefs(
        self, known: Pairs, changed: Pairs, kind: str = "see"
    ) -> Mapping[str, Mapping[str, float]]:
        key = (frozenset(known.items()), frozenset(changed.items()), kind)
        if key not in self._known:
            self._known[key] = beliefs(self.network, known, changed, kind)
        return self._known[key]

    def gains(self, names: Sequence[str], event: Event) -> dict[str, float]:
        """Expected information of each variable about an event of one state, in bits; noted.

        What two variables have in common is the same from either side, so that the network is asked
        twice, whatever the number of variables: as it is, and with the event entered.
        """
        (state,) = event.states
        p = self._beliefs({}, {})[event.variable][state]
        found = {}
        for name in names:
            every = np.array(list(self._beliefs({}, {})[name].values()))
            inside = p * np.array(list(self._beliefs({event.variable: state}, {})[name].values()))
            outside = np.maximum(every - inside, 0.0)  # below zero by rounding
            both = np.stack([inside, outside])
            apart = np.outer([p, 1.0 - p], every)
            seen = both > 0
            found[name] = max(0.0, float(both[seen] @ np.log2(both[seen] / apart[seen])))
            self.note("gain", (name, str(event)), found[name], {})
        return found

    def ask(self, asks: str, terms: tuple[str, ...], given: Pairs | None = None) -> float:
        """Another question of the kinds that lessons ask; noted."""
        value = ask(self.network, Question(asks, terms, FrozenMap(given or {})))
        assert isinstance(value, float)
        self.note(asks, terms, value, given or {})
        return value

    def note(
        self,
        asks: str,
        terms: tuple[str, ...],
        value: float,
        given: Pairs,
        change: Pairs | None = None,
        kind: str = "see",
    ) -> None:
        """Note a number that the exercise rests on."""
        question = Question(asks, terms, FrozenMap(given), FrozenMap(change or {}), kind)
        self.facts.append(Fact(question, value))

    # -- choices ----------------------------------------------------------------------------------

    def one(self, options: Sequence[Any]) -> Any:
        """One of several."""
        return options[int(self.rng.integers(len(options)))]

    def mixed(self, options: Sequence[Any]) -> list[Any]:
        """All of them in random order."""
        return [options[k] for k in self.rng.permutation(len(options))]

    def event(self, name: str) -> Event:
        """A variable in one of its unusual states."""
        variable = self.network.variables[name]
        return Event.of(variable, self.one(variable.unusual))

    def usual(self, name: str) -> str:
        """The usual state of a variable."""
        return self.network.variables[name].usual

    def below(self, name: str) -> list[str]:
        """What lies downstream and can be spoken of."""
        down = below(self.graph, name)
        return [each for each in self.names if each in down]

    def causes(self, name: str) -> list[str]:
        """Parents that can be spoken of."""
        return [each for each in self.graph[name] if each in self.names]

    def part(self, names: Collection[str]) -> tuple[str, ...]:
        """The variables and all upstream of them, in order; what a diagram needs to show."""
        shown = ancestral(self.graph, names)
        return tuple(name for name in self.network.order if name in shown)

    def core(
        self, names: Collection[str], through: Collection[str] = ()
    ) -> dict[str, tuple[str, ...]]:
        """What matters to how some variables hang together: each with its parents.

        Upstream of them (and of what a way to be shown goes through), without loose ends: a variable with
        one arrow lies on no way between two others, nor opens one.
        """
        shown = set(self.part({*names, *through}))
        joined: dict[str, set[str]] = {name: set() for name in shown}
        for name in shown:
            for parent in shown.intersection(self.graph[name]):
                joined[name].add(parent)
                joined[parent].add(name)
        loose = [name for name in shown if len(joined[name]) < 2 and name not in names]
        while loose:
            name = loose.pop()
            shown.discard(name)
            for other in joined.pop(name):
                joined[other].discard(name)
                if len(joined[other]) == 1 and other not in names:
                    loose.append(other)
        order = [name for name in self.network.order if name in shown]
        return {name: tuple(p for p in self.graph[name] if p in shown) for name in order}

    def drawn(
        self, names: Collection[str], through: Collection[str] = (), most: int = MOST_DRAWN
    ) -> tuple[str, ...]:
        """The variables of that; empty where it is more than a student can follow."""
        shown = self.core(names, through)
        return tuple(shown) if len(shown) <= most else ()

    def defined(self, name: str) -> bool:
        """Whether a variable follows from its parents for sure: a definition, not an effect."""
        if not self.graph[name] or len(self.graph[name]) > FEW_PARENTS:
            return False
        return set(np.unique(self.network.table(name))) <= {0.0, 1.0}

    # -- words ------------------------------------------------------------------------------------

    def titles(self, names: Collection[str]) -> str:
        """Several variables in the order of the network; "nothing" for none."""
        return self.say.titles([name for name in self.network.order if name in names])

    def finished(self, kind: str, seed: tuple[int, ...], draft: Attempt) -> Exercise:
        """The exercise of a draft, with the numbers that were noted."""
        facts = tuple({f.question: f for f in self.facts}.values())
        first, second = (sentences(hint) for hint in draft.hints)
        posed = replace(
            draft.posed,
            text=sentences(draft.posed.text),
            options=tuple(replace(o, reason=sentences(o.reason)) for o in draft.posed.options),
        )
        return Exercise(
            kind, seed, posed, (first, second), tuple(map(sentences, draft.solution)), facts, draft.values,
            FrozenMap(draft.about), draft.drawn, draft.lines,
        )  # fmt: skip


def sentences(text: str) -> str:
    """The text with a large letter where a sentence begins, as labels begin with small ones."""
    for said, word in ONE_WORD:
        text = text.replace(said, word)
    return BEGINNING.sub(lambda m: m[0].upper(), text)


def begun(words: str) -> str:
    """Words as the beginning of a sentence, where they begin with "a": that may be a name elsewhere."""
    return f"A{words[1:]}" if words.startswith("a ") else words


@dataclass(frozen=True)
class Attempt:
    """What a kind makes in one attempt."""

    posed: Posed
    hints: tuple[str, str]
    solution: tuple[str, ...]
    values: tuple[float, ...] = ()
    about: Mapping[str, str] = field(default_factory=dict)
    drawn: tuple[str, ...] = ()
    lines: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Wrong:
    """A wrong number: the mistake that leads to it, and why it is one."""

    value: float
    misconception: str
    reason: str


def share(p: float) -> str:
    """A probability as a count: ``23 of 100``, ``5 of 1,000``; whole and never 0 for what can be."""
    if p in (0.0, 1.0):
        return f"{100 * p:.0f} of 100"
    for total in (100, 1000, 10_000, 100_000):
        least = min(p, 1 - p) * total
        if least >= 0.995:
            return f"{p * total:,.0f} of {total:,}"
    return "fewer than 1 of 100,000" if p < 0.5 else "more than 99,999 of 100,000"


def alike(*shares: float) -> tuple[str, ...]:
    """Probabilities as counts of one crowd, so large that what can be is at least one: ``5 of 1,000``."""
    for total in (100, 1000, 10_000, 100_000):
        if all(p in (0.0, 1.0) or 0.995 <= p * total <= total - 0.995 for p in shares):
            break
    return tuple(f"{p * total:,.0f} of {total:,}" for p in shares)


def ends(low: float, high: float) -> str:
    """Two probabilities as counts of one crowd in which they differ: ``from 5 of 100 to 7 of 100``."""
    for total in (100, 1000, 10_000):
        if round(low * total) != round(high * total):
            return f"from {low * total:,.0f} of {total:,} to {high * total:,.0f} of {total:,}"
    return "hardly at all"


def in_100(p: float, fine: float = 0.025) -> str:
    """A number of 100: ``23``, ``1.4``; with a digit behind the point where it is below ``fine``."""
    return f"{100 * p:.1f}".removesuffix(".0") if 0 < p < fine or 0.99 < p < 1 else f"{100 * p:.0f}"


def of_100(p: float) -> str:
    """An answer to choose: ``about 23 of 100``."""
    if p in (0.0, 1.0):
        return "all of them" if p else "none of them"
    return f"about {100 * p:.0f} of 100"


def more_of_100(difference: float) -> str:
    """A difference to choose: ``about 5 more of 100``."""
    n = 100 * abs(difference)
    if n < 0.5:
        return "about the same number"
    told = f"{n:.1f}" if abs(n % 1 - 0.5) < 0.05 else f"{n:.0f}"  # halfway: as it is worked out
    return f"about {told} {'more' if difference > 0 else 'fewer'} of 100"


def faithful(p: float, digits: int = 0) -> bool:
    """Whether a number of 100, printed so, is not 0 or 100 where it is neither in truth."""
    return p in (0.0, 1.0) or 10**-digits / 2 < 100 * p < 100 - 10**-digits / 2


def plain(number: float) -> str:
    """A product or sum of printed numbers, with all its digits: ``5.02``."""
    return f"{number:.6f}".rstrip("0").rstrip(".")


def factor(number: float) -> str:
    """The same, to be multiplied: in brackets below zero."""
    return f"({plain(number)})" if number < 0 else plain(number)


def numbers_to_choose(
    tutor: Tutor,
    right: float,
    wrong: Sequence[Wrong],
    said: Any = of_100,
    reason: str = "",
    least: int = 3,
    most: int = 4,
) -> tuple[tuple[Option, ...], tuple[float, ...]] | None:
    """Options of which one is right and all lie apart; None where too few do.

    Parameters
    ----------
    right : float
    wrong : sequence of Wrong
        The most telling mistake first.
    said : callable
        How a number reads.
    reason : str
        What is said to the right one.
    least, most : int
        Options.
    """
    chosen: list[Wrong] = []
    for each in wrong:
        others = [right, *(one.value for one in chosen)]
        if all(abs(each.value - other) >= GAP for other in others) and len(chosen) < most - 1:
            chosen.append(each)
    if len(chosen) < least - 1:
        return None
    rows = [(Option(said(right), True, "", reason), right)]
    rows += [(Option(said(w.value), False, w.misconception, w.reason), w.value) for w in chosen]
    rows = tutor.mixed(rows)
    return tuple(option for option, _ in rows), tuple(value for _, value in rows)


def directions(right: str, reasons: Mapping[str, tuple[str, str]]) -> tuple[Option, ...]:
    """Higher, lower, about the same; ``reasons`` holds mistake and reason of the wrong ones."""
    return tuple(
        Option(text, text == right, *(("", "") if text == right else reasons[text]))
        for text in DIRECTIONS
    )
