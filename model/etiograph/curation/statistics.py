"""A network beside published statistics.

They are read by :mod:`etiograph.curation.published`. *Set* statistics are cited by some number of the model; *predicted* ones are
not, so that only these say something about the network. Where several sources answer one question, the
network, which gives one answer, is held against all of them together: from the lowest to the highest.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from etiograph.engine.propagate import propagate
from etiograph.errors import ImpossibleFindings, InvalidNetwork
from etiograph.network.finding import likelihood
from etiograph.network.likelihoods import encode, reading_numbers
from etiograph.network.model import FloatArray
from etiograph.network.value import value_type
from etiograph.query.surgery import Extension, intervene
from etiograph.uncertainty.expected import reading_named

if TYPE_CHECKING:
    from etiograph.network.network import Network

CONTRASTS = ("odds_ratio", "risk_ratio", "difference")
STATISTICS = ("probability", "mean", *CONTRASTS)

Weights = Mapping[str, float]
"""State to the share of the people in it that is meant: 1 all of them, 0.5 half, not named none."""
Findings = Mapping[str, Weights]
Group = tuple[Findings, Mapping[str, str]]
"""What is seen, and what is set from outside."""


@value_type
@dataclass(frozen=True, slots=True)
class Check:
    """One published statistic.

    Attributes
    ----------
    id : str
        Its name.
    statistic : str
        One of ``STATISTICS``.
    variable : str
        What it is about.
    weights : mapping of state to float
        1 for the states of an event; for a mean the number each state stands for. Empty where what
        is published is the mean of a measured test, or a difference of such means.
    given : mapping of str to mapping of state to float
        What is seen: of each state the share that is meant, so that people of 40 and over can be asked
        about where a state holds those under 50.
    do : mapping of str to str
        What is set from outside.
    against : mapping of str to str
        What is otherwise in the comparison group, in place of the same name in ``do`` or ``given``.
    value, low, high : float
        The published value and its range.
    evidence : tuple of str
        Rows of the evidence table; the first one is the statistic itself.
    is_set : bool
        Whether some number of the model cites the row.
    note : str
    """

    id: str
    statistic: str
    variable: str
    weights: Mapping[str, float]
    given: Findings
    do: Mapping[str, str]
    against: Mapping[str, str]
    value: float
    low: float
    high: float
    evidence: tuple[str, ...]
    is_set: bool
    note: str = ""

    @property
    def groups(self) -> tuple[Group, ...]:
        """(given, do) of the group asked about and, for a contrast, of the one it is compared with."""
        first = (self.given, self.do)
        if self.statistic not in CONTRASTS:
            return (first,)
        done = {name: self.against.get(name, state) for name, state in self.do.items()}
        seen = {
            name: {self.against[name]: 1.0}
            if name in self.against and name not in self.do
            else weights
            for name, weights in self.given.items()
        }
        return (first, (seen, done))

    @property
    def question(self) -> tuple[object, ...]:
        """What is asked of the network, the same for every source that asks it."""
        of = tuple(sorted(self.weights.items()))
        return (self.statistic, self.variable, of, *map(_key, self.groups))


@value_type
@dataclass(frozen=True, slots=True)
class Compared:
    """A published statistic with the network's value."""

    check: Check
    answer: float

    @property
    def inside(self) -> bool:
        """Whether the network's value lies in the published range."""
        return self.check.low <= self.answer <= self.check.high

    @property
    def is_set(self) -> bool:
        """Whether some number of the model cites it."""
        return self.check.is_set


@dataclass(frozen=True, slots=True)
class PublishedQuestion:
    """What one or several sources have published on one question, with the network's one answer.

    Attributes
    ----------
    checks : tuple of Check
        The same question, in the order of the file.
    answer : float
    """

    checks: tuple[Check, ...]
    answer: float

    @property
    def low(self) -> float:
        """Lowest end of the published ranges."""
        return min(check.low for check in self.checks)

    @property
    def high(self) -> float:
        """Highest end of the published ranges."""
        return max(check.high for check in self.checks)

    @property
    def inside(self) -> bool:
        """Whether the answer lies between what the sources give."""
        return self.low <= self.answer <= self.high

    @property
    def is_set(self) -> bool:
        """Whether some number of the model cites any of the sources."""
        return any(check.is_set for check in self.checks)


def questions(rows: Sequence[Compared]) -> tuple[PublishedQuestion, ...]:
    """Statistics put together by what they ask, in the order in which each is asked first."""
    found: dict[tuple[object, ...], list[Compared]] = {}
    for row in rows:
        found.setdefault(row.check.question, []).append(row)
    return tuple(
        PublishedQuestion(tuple(row.check for row in same), same[0].answer)
        for same in found.values()
    )


def count_inside(
    rows: Sequence[Compared] | Sequence[PublishedQuestion], *, is_set: bool
) -> tuple[int, int]:
    """How many of the set, or of the predicted, are inside, and how many there are."""
    chosen = [row for row in rows if row.is_set is is_set]
    return sum(row.inside for row in chosen), len(chosen)


def refuse(network: Network, check: Check) -> None:
    """Refuse a statistic that no question to the network answers.

    Raises
    ------
    InvalidNetwork, UnknownName
    """
    what = f"statistic {check.id!r}"
    if check.statistic not in STATISTICS:
        raise InvalidNetwork(
            f"{what}: {check.statistic!r} is none of {', '.join(map(repr, STATISTICS))}"
        )
    if not check.low <= check.value <= check.high:
        raise InvalidNetwork(f"{what}: {check.value:g} lies outside its range")
    for state in check.weights:
        network.variable(check.variable).index(state)
    if not check.weights:
        reading_named(network, check.variable)
        if check.statistic not in ("mean", "difference"):
            raise InvalidNetwork(f"{what}: of a measured test, 'mean' or 'difference' of means")
    for name, weights in check.given.items():
        for state, share in weights.items():
            network.variable(name).index(state)
            if not 0 < share <= 1:
                raise InvalidNetwork(f"{what}: {share:g} of {name} = {state} is no share")
    for part in (check.do, check.against):
        for name, state in part.items():
            network.variable(name).index(state)
    if (check.statistic in CONTRASTS) != bool(check.against):
        raise InvalidNetwork(
            f"{what}: 'against' goes with {', '.join(CONTRASTS)}, and they with it"
        )
    for name in check.against:
        if name not in check.do and name not in check.given:
            raise InvalidNetwork(f"{what}: {name!r} of 'against' is in neither 'do' nor 'given'")


def compare(network: Network, checks: Sequence[Check]) -> tuple[Compared, ...]:
    """The network's value of every statistic, in a few batches.

    Groups with the same *variables* set from outside share one program, whatever their states.

    Raises
    ------
    ImpossibleFindings
        A group does not exist in the network.
    """
    batches: dict[tuple[str, ...], list[tuple[int, int]]] = defaultdict(list)
    for i, check in enumerate(checks):
        for which, (_, done) in enumerate(check.groups):
            batches[tuple(sorted(done))].append((i, which))
    answers: dict[tuple[int, int], float] = {}
    for members in batches.values():
        groups = [checks[i].groups[which] for i, which in members]
        marginals = _marginals(network, groups, [checks[i] for i, _ in members])
        for (i, which), row in zip(members, marginals, strict=True):
            answers[i, which] = _expected(network, checks[i], row)
    compared = []
    for i, check in enumerate(checks):
        p = [answers[i, which] for which in range(len(check.groups))]
        compared.append(Compared(check, statistic(check.statistic, p)))
    return tuple(compared)


def _marginals(network: Network, groups: Sequence[Group], checks: Sequence[Check]) -> FloatArray:
    """Posteriors (B, S) of what is checked in groups in which the same variables are set from outside."""
    model = network.model
    distinct = {_key(group): group for group in groups}
    rows = np.stack([encode(network, seen(network, s))[0] for s, _ in distinct.values()])
    asked, tables = model, None
    if groups[0][1]:
        worlds = [set_outside(network, done) for _, done in distinct.values()]
        asked = worlds[0].model
        tables = np.stack([world.stated(model) for world in worlds])
    found = propagate(asked, rows, tables, wanted={asked_of(network, c) for c in checks})
    place = {key: i for i, key in enumerate(distinct)}
    where = [place[_key(group)] for group in groups]
    for check, i in zip(checks, where, strict=True):
        if not np.isfinite(found.log_evidence[i]):
            raise ImpossibleFindings(f"statistic {check.id!r}: its group is impossible", ())
    return found.marginals[where]


def set_outside(network: Network, done: Mapping[str, str]) -> Extension:
    """The model in which variables are set to states from outside."""
    model = network.model
    fixed = {}
    for name, state in done.items():
        v = model.index[name]
        fixed[v] = np.eye(model.cards[v])[network.variables[name].index(state)]
    return intervene(model, fixed)


def shown(weights: Weights) -> str:
    """The states of a condition in words."""
    return " or ".join(
        state if share == 1 else f"{100 * share:.0f} % of {state}"
        for state, share in weights.items()
    )


def seen(network: Network, given: Findings) -> dict[str, object]:
    """Findings as the engine takes them: several states, in part or whole, as a likelihood."""
    return {
        name: next(iter(weights))
        if list(weights.values()) == [1.0]
        else likelihood({s: weights.get(s, 0.0) for s in network.variables[name].states})
        for name, weights in given.items()
    }


def _key(group: Group) -> tuple[object, ...]:
    seen, done = group
    return (
        tuple(sorted((n, tuple(sorted(w.items()))) for n, w in seen.items())),
        tuple(sorted(done.items())),
    )


def asked_of(network: Network, check: Check) -> int:
    """The variable of the model whose posterior answers it: of a measured mean, the level of the test."""
    own = network.model.index[check.variable]
    return own if check.weights else network.model.parents(own)[0]


def state_weights(
    network: Network, check: Check, parameters: FloatArray | None = None
) -> FloatArray:
    """What each state of that variable counts, (states, 1): a share, or the mean that is read at it.

    At values of the parameters (B, P) the latter are (states, B).
    """
    if check.weights:
        variable = network.variables[check.variable]
        return np.array([[check.weights.get(state, 0.0)] for state in variable.states])
    reading = reading_named(network, check.variable)
    return reading.means(
        None if parameters is None else reading_numbers(network, reading, parameters)
    )


def _expected(network: Network, check: Check, marginals: FloatArray) -> float:
    """Sum of weight times probability over the states."""
    weights = state_weights(network, check)[:, 0]
    first = network.model.offsets[asked_of(network, check)]
    return float(marginals[first : first + len(weights)] @ weights)


def statistic(kind: str, p: Sequence[float]) -> float:
    """The statistic from its one or two groups; a ratio to nothing is infinite."""
    if kind not in CONTRASTS:
        return p[0]
    if kind == "difference":
        return p[0] - p[1]
    over, under = p
    if kind == "odds_ratio":
        over, under = p[0] * (1 - p[1]), p[1] * (1 - p[0])
    return over / under if under else float("inf")


def grades(network: Network) -> dict[str, int]:
    """How many numbers have each grade."""
    counts = Counter(p.grade or "none" for p in network.parameters.values())
    return {grade: counts[grade] for grade in sorted(counts)}
