"""A network beside published statistics, and its numbers beside their sources.

The statistics live in ``checks.toml`` beside the model file, the sources in the evidence table that
the model file names. *Set* statistics are cited by some number of the model; *predicted* ones are
not, so that only these say something about the network. Where several sources answer one question, the
network, which gives one answer, is held against all of them together: from the lowest to the highest.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from etiograph.curation.keys import CHECKS
from etiograph.engine.propagate import propagate
from etiograph.errors import ImpossibleFindings, InvalidNetwork, UnknownName, UnreadableFile
from etiograph.network.finding import encode, likelihood
from etiograph.network.model import FloatArray
from etiograph.network.value import value_type
from etiograph.query.surgery import Extension, intervene

if TYPE_CHECKING:
    from etiograph.network.network import Network

CHECKS_FILE = "checks.toml"
EVIDENCE_FILE = "evidence.csv"
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
        1 for the states of an event; for a mean the number each state stands for.
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
class Question:
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


def questions(rows: Sequence[Compared]) -> tuple[Question, ...]:
    """Statistics put together by what they ask, in the order in which each is asked first."""
    found: dict[tuple[object, ...], list[Compared]] = {}
    for row in rows:
        found.setdefault(row.check.question, []).append(row)
    return tuple(
        Question(tuple(row.check for row in same), same[0].answer) for same in found.values()
    )


def count_inside(rows: Sequence[Compared] | Sequence[Question], *, is_set: bool) -> tuple[int, int]:
    """How many of the set, or of the predicted, are inside, and how many there are."""
    chosen = [row for row in rows if row.is_set is is_set]
    return sum(row.inside for row in chosen), len(chosen)


def read_checks(network: Network, path: Path) -> tuple[Check, ...]:
    """Published statistics from a file, checked against the network.

    Raises
    ------
    UnreadableFile
        There is no such file, or it is not TOML.
    InvalidNetwork, UnknownName
        A statistic is not well formed, or names what the network does not have.
    """
    import tomllib

    from etiograph.formats.text import check_file, read_text

    check_file(path, "there are no published statistics")
    try:
        entries = tomllib.loads(read_text(path)).get("checks", [])
    except tomllib.TOMLDecodeError as error:
        raise UnreadableFile(str(error), path=str(path)) from None
    if not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
        raise InvalidNetwork(f"{path.name}: expected [[checks]]")
    return tuple(_check(network, entry) for entry in entries)


def _check(network: Network, entry: Mapping[str, Any]) -> Check:
    name = str(entry.get("id", "?"))
    for key in entry:
        if key not in CHECKS:
            raise UnknownName(key, f"key of statistic {name!r}", tuple(CHECKS))
    try:
        (variable, states), *more = entry["of"].items()
        check = Check(
            id=entry["id"],
            statistic=entry["statistic"],
            variable=variable,
            weights=_weights(states),
            given={name: _weights(states) for name, states in entry.get("given", {}).items()},
            do=dict(entry.get("do", {})),
            against=dict(entry.get("against", {})),
            value=float(entry["value"]),
            low=float(entry["low"]),
            high=float(entry["high"]),
            evidence=tuple(entry["evidence"]),
            is_set=bool(entry["set"]),
            note=str(entry.get("note", "")),
        )
    except KeyError as error:
        raise InvalidNetwork(f"statistic {name!r}: {error.args[0]!r} is missing") from None
    except (TypeError, ValueError, AttributeError) as error:
        raise InvalidNetwork(f"statistic {name!r}: {error}") from None
    if more:
        raise InvalidNetwork(f"statistic {name!r}: 'of' names more than one variable")
    refuse(network, check)
    return check


def _weights(states: Any) -> Weights:
    """One state, a list of states, or a table of states with their weights."""
    if isinstance(states, dict):
        return {state: float(x) for state, x in states.items()}
    return dict.fromkeys([states] if isinstance(states, str) else states, 1.0)


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
    wanted = {model.index[check.variable] for check in checks}
    found = propagate(asked, rows, tables, wanted=wanted)
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


def _expected(network: Network, check: Check, marginals: FloatArray) -> float:
    """Sum of weight times probability over the states."""
    model, variable = network.model, network.variables[check.variable]
    first = model.offsets[model.index[check.variable]]
    return float(
        sum(w * marginals[first + variable.index(state)] for state, w in check.weights.items())
    )


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


# -- numbers and their sources -------------------------------------------------------------------


def evidence_beside(network: Network, path: Path) -> dict[str, dict[str, str]]:
    """The evidence table that a model file names, or ``evidence.csv`` beside it; {} if it is not there."""
    beside = path.parent / str(network.about.get("evidence") or EVIDENCE_FILE)
    return read_evidence(beside) if beside.is_file() else {}


def read_evidence(path: Path) -> dict[str, dict[str, str]]:
    """Rows of an evidence table by id.

    Raises
    ------
    UnreadableFile
        There is no such file, or it has no column ``id``.
    """
    import csv
    from io import StringIO

    from etiograph.formats.text import check_file, read_text

    check_file(path, "there is no such evidence table")
    rows = list(csv.DictReader(StringIO(read_text(path))))
    if rows and "id" not in rows[0]:
        raise UnreadableFile("an evidence table needs a column 'id'", path=str(path))
    return {row["id"]: row for row in rows}


def grades(network: Network) -> dict[str, int]:
    """How many numbers have each grade."""
    counts = Counter(p.grade or "none" for p in network.parameters.values())
    return {grade: counts[grade] for grade in sorted(counts)}
