"""A question to the engine as a line of text, so that a lesson states no number of its own.

``P(tuberculosis=present | x_ray=abnormal)``, ``P(clouds=yes | do(sprinkler=on))``,
``P(wet=yes | wet=yes, had(sprinkler=off))``, ``adjustment(smoking, cancer)``,
``separated(rain, sprinkler | cloudy)``, ``needed(diuretic, leg_cramps=present | age=under_50)``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from etiograph.errors import InvalidFinding, UnknownName
from etiograph.findings.text import read_words
from etiograph.network.event import Event
from etiograph.network.frozen import FrozenMap
from etiograph.network.value import value_type

if TYPE_CHECKING:
    from etiograph.network.network import Network

WORLDS = ("do", "had", "after")
DRAWS, SEED = 1000, 0
"""Of the parameters, for the ends of a range."""
Sets = tuple[frozenset[str], ...]
Answer = float | Sets
"""A probability, a count, 1 or 0 for yes or no; or the sets that would be right."""


@value_type
@dataclass(frozen=True, slots=True)
class Question:
    """One question.

    Attributes
    ----------
    asks : str
        One of :data:`ASKED`.
    terms : tuple of str
        What stands before the bar.
    findings, changes : mapping of str to finding, mapping of str to state
        What stands behind it.
    kind : {"see", "do", "had", "after"}
        What the changes mean.
    """

    asks: str
    terms: tuple[str, ...]
    findings: Mapping[str, Any] = FrozenMap()
    changes: Mapping[str, str] = FrozenMap()
    kind: str = "see"


def read_question(network: Network, text: str) -> Question:
    """The question that a line of text asks of a network.

    Raises
    ------
    InvalidFinding
        It is no question.
    UnknownName
        It asks something unknown, or names a variable or state the network does not have.
    """
    asks, opened, rest = text.strip().partition("(")
    if not opened or not rest.endswith(")"):
        raise InvalidFinding(f"{text!r} is no question: write P(event | findings)")
    asks = asks.strip()
    if asks not in ASKED:
        raise UnknownName(asks, "question", tuple(ASKED))
    before, _, behind = rest[:-1].partition(" | ")  # without spaces, a bar joins states
    terms = tuple(_pieces(before))
    changes: dict[str, Any] = {}
    kind = "see"
    plain = []
    for clause in _pieces(behind):
        world, inside, _ = clause.partition("(")
        if inside and world in WORLDS and clause.endswith(")"):
            if kind not in ("see", world):
                raise InvalidFinding(f"{text!r} mixes {kind} and {world}")
            kind = world
            changes |= read_words(network, _pieces(clause[len(world) + 1 : -1]))
        else:
            plain.append(clause)
    named = [term for term in plain if term in network.variables]
    findings = read_words(network, [clause for clause in plain if clause not in named])
    for name in (*findings, *changes):
        if name not in network.variables:
            raise UnknownName(name, "variable", tuple(network.variables))
    known = FrozenMap(findings | dict.fromkeys(named, ""))
    return Question(asks, terms, known, FrozenMap(changes), kind)


def ask(network: Network, question: Question) -> Answer:
    """What the engine answers.

    Raises
    ------
    EtiographError
        The network cannot answer it; with the reason.
    """
    return ASKED[question.asks](network, question)


def ask_text(network: Network, text: str) -> Answer:
    """What the engine answers to a line of text."""
    return ask(network, read_question(network, text))


def beliefs(
    network: Network, findings: Mapping[str, Any], changes: Mapping[str, str], kind: str
) -> Mapping[str, Mapping[str, float]]:
    """Probabilities of every variable, given the findings, in the world that the changes describe."""
    from etiograph.query import change, imagine
    from etiograph.query.posterior import posterior

    if kind == "see":
        return posterior(network, findings)
    if kind == "do":
        return change.do(network, findings, changes)
    imagined = imagine.had if kind == "had" else imagine.after
    return imagined(network, findings, changes)


# -- what may be asked ----------------------------------------------------------------------------


def _p(network: Network, q: Question) -> float:
    (event,) = _terms(q, 1)
    asked = Event.parse(network, event)
    found = beliefs(network, q.findings, q.changes, q.kind)
    return sum(found[asked.variable][state] for state in asked.states)


def _adjustment(network: Network, q: Question) -> Sets:
    from etiograph.query.structure import adjustment_sets

    x, y = _terms(q, 2)
    return adjustment_sets(network, x, y)


def _front_door(network: Network, q: Question) -> Sets:
    from etiograph.query.identify import front_door_sets

    x, y = _terms(q, 2)
    return front_door_sets(network, x, y)


def _separated(network: Network, q: Question) -> float:
    from etiograph.query.structure import d_separated

    x, y = _terms(q, 2)
    return float(d_separated(network, x, y, tuple(q.findings)))


def _share(network: Network, q: Question, of: str) -> float:
    from etiograph.query.attribution import attribution

    cause, outcome = _terms(q, 2)
    found = attribution(network, q.findings, outcome, needed=of == "needed")
    return float(getattr(found[cause], of))


def _gain(network: Network, q: Question) -> float:
    from etiograph.decision.next_test import next_tests

    test, target = _terms(q, 2)
    event = Event.parse(network, target)
    found = next_tests(network, q.findings, event, candidates=[test], pairs=False)
    return found.tests[0].gain


def _swing(network: Network, q: Question) -> float:
    from etiograph.uncertainty.sensitivity import tornado

    number, target = _terms(q, 2)
    if number not in network.parameters:
        raise UnknownName(number, "number", tuple(network.parameters))
    found = tornado(network, q.findings, target, groups=False)
    return next((bar.swing for bar in found.bars if bar.name == number), 0.0)


def _end(network: Network, q: Question, which: str) -> float:
    from etiograph.uncertainty.intervals import intervals

    (target,) = _terms(q, 1)
    event = Event.parse(network, target)
    found = intervals(network, q.findings, DRAWS, SEED, ranked=[event], causes_only=True)
    return float(getattr(found.causes[event], which))


ASKED: dict[str, Callable[[Network, Question], Answer]] = {
    "P": _p,
    "adjustment": _adjustment,
    "front_door": _front_door,
    "separated": _separated,
    "present": lambda network, q: _share(network, q, "present"),
    "acted": lambda network, q: _share(network, q, "fired"),
    "needed": lambda network, q: _share(network, q, "needed"),
    "gain": _gain,
    "swing": _swing,
    "low": lambda network, q: _end(network, q, "low"),
    "high": lambda network, q: _end(network, q, "high"),
}
"""By name: a probability, the sets to adjust for, the sets of a front door, whether two variables are
separated, how often a cause is there, acted, was needed, the bits a test tells of an event, how far a
number moves an answer, the ends of a 90 % range."""


def _terms(question: Question, count: int) -> tuple[str, ...]:
    if len(question.terms) != count:
        raise InvalidFinding(
            f"{question.asks}(...) takes {count} before the bar, not {len(question.terms)}"
        )
    return question.terms


def _pieces(text: str) -> list[str]:
    """Parts between commas that stand in no brackets."""
    found, depth, last = [], 0, 0
    for at, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            found.append(text[last:at])
            last = at + 1
    return [piece.strip() for piece in (*found, text[last:]) if piece.strip()]
