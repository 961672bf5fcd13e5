"""A network beside published statistics, and its numbers beside their sources.

The statistics live in ``checks.toml`` beside the model file, the sources in the evidence table that
the model file names. *Set* statistics are cited by some number of the model; *predicted* ones are
not, so that only these say something about the network.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from etiograph.engine.propagate import propagate
from etiograph.errors import ImpossibleFindings, InvalidNetwork, UnreadableFile
from etiograph.network.finding import encode, likelihood
from etiograph.network.model import FloatArray
from etiograph.query.surgery import intervene

if TYPE_CHECKING:
    from etiograph.network.network import Network

CHECKS_FILE = "checks.toml"
EVIDENCE_FILE = "evidence.csv"
CONTRASTS = ("odds_ratio", "risk_ratio", "difference")
STATISTICS = ("probability", "mean", *CONTRASTS)

Findings = Mapping[str, str | tuple[str, ...]]
"""Variable to its state, or to several of which it is in one."""
Group = tuple[Findings, Mapping[str, str]]
"""What is seen, and what is set from outside."""


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
    given, do : mapping of str to str
        What is seen (one of several states, if there are several), and what is set from outside.
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
            name: state if name in self.do else self.against.get(name, state)
            for name, state in self.given.items()
        }
        return (first, (seen, done))


@dataclass(frozen=True, slots=True)
class Compared:
    """A published statistic with the network's value."""

    check: Check
    answer: float

    @property
    def inside(self) -> bool:
        """Whether the network's value lies in the published range."""
        return self.check.low <= self.answer <= self.check.high


def count_inside(rows: Sequence[Compared], *, is_set: bool) -> tuple[int, int]:
    """How many of the set, or of the predicted, statistics are inside, and how many there are."""
    chosen = [row for row in rows if row.check.is_set is is_set]
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

    from etiograph.formats.text import read_text

    if not path.is_file():
        raise UnreadableFile("there are no published statistics", path=str(path))
    try:
        entries = tomllib.loads(read_text(path)).get("checks", [])
    except tomllib.TOMLDecodeError as error:
        raise UnreadableFile(str(error), path=str(path)) from None
    if not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
        raise InvalidNetwork(f"{path.name}: expected [[checks]]")
    return tuple(_check(network, entry) for entry in entries)


def _check(network: Network, entry: Mapping[str, Any]) -> Check:
    name = str(entry.get("id", "?"))
    try:
        (variable, states), *more = entry["of"].items()
        if isinstance(states, dict):
            weights = {state: float(x) for state, x in states.items()}
        else:
            weights = dict.fromkeys([states] if isinstance(states, str) else states, 1.0)
        check = Check(
            id=entry["id"],
            statistic=entry["statistic"],
            variable=variable,
            weights=weights,
            given={
                name: tuple(states) if isinstance(states, list) else states
                for name, states in entry.get("given", {}).items()
            },
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
    _refuse(network, check)
    return check


def _refuse(network: Network, check: Check) -> None:
    """Refuse a statistic that no question to the network answers."""
    what = f"statistic {check.id!r}"
    if check.statistic not in STATISTICS:
        raise InvalidNetwork(
            f"{what}: {check.statistic!r} is none of {', '.join(map(repr, STATISTICS))}"
        )
    if not check.low <= check.value <= check.high:
        raise InvalidNetwork(f"{what}: {check.value:g} lies outside its range")
    for state in check.weights:
        network.variable(check.variable).index(state)
    for part in (check.given, check.do, check.against):
        for name, states in part.items():
            for state in states_of(states):
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
        marginals = _marginals(network, groups, [checks[i].id for i, _ in members])
        for (i, which), row in zip(members, marginals, strict=True):
            answers[i, which] = _expected(network, checks[i], row)
    compared = []
    for i, check in enumerate(checks):
        p = [answers[i, which] for which in range(len(check.groups))]
        compared.append(Compared(check, _statistic(check.statistic, p)))
    return tuple(compared)


def _marginals(network: Network, groups: Sequence[Group], names: Sequence[str]) -> FloatArray:
    """Posteriors (B, S) of groups in which the same variables are set from outside."""
    model = network.model
    distinct = {_key(group): group for group in groups}
    rows = np.stack([encode(network, _seen(network, s))[0] for s, _ in distinct.values()])
    asked, tables = model, None
    if groups[0][1]:
        worlds = [
            intervene(
                model,
                {
                    model.index[name]: np.eye(model.cards[model.index[name]])[
                        network.variables[name].index(state)
                    ]
                    for name, state in done.items()
                },
            )
            for _, done in distinct.values()
        ]
        asked = worlds[0].model
        tables = np.stack([world.stated(model) for world in worlds])
    found = propagate(asked, rows, tables)
    place = {key: i for i, key in enumerate(distinct)}
    where = [place[_key(group)] for group in groups]
    for name, i in zip(names, where, strict=True):
        if not np.isfinite(found.log_evidence[i]):
            raise ImpossibleFindings(f"statistic {name!r}: its group is impossible", ())
    return found.marginals[where]


def states_of(states: str | tuple[str, ...]) -> tuple[str, ...]:
    """The states of a condition, one or several."""
    return (states,) if isinstance(states, str) else states


def _seen(network: Network, given: Findings) -> dict[str, object]:
    """Findings as the engine takes them: several states are all but the others."""
    return {
        name: states
        if isinstance(states, str)
        else likelihood({s: float(s in states) for s in network.variables[name].states})
        for name, states in given.items()
    }


def _key(group: Group) -> tuple[tuple[tuple[str, tuple[str, ...]], ...], ...]:
    seen, done = (tuple(sorted((n, states_of(s)) for n, s in part.items())) for part in group)
    return seen, done


def _expected(network: Network, check: Check, marginals: FloatArray) -> float:
    """Sum of weight times probability over the states."""
    model, variable = network.model, network.variables[check.variable]
    first = model.offsets[model.index[check.variable]]
    return float(
        sum(w * marginals[first + variable.index(state)] for state, w in check.weights.items())
    )


def _statistic(statistic: str, p: Sequence[float]) -> float:
    """The statistic from its one or two groups; a ratio to nothing is infinite."""
    if statistic not in CONTRASTS:
        return p[0]
    if statistic == "difference":
        return p[0] - p[1]
    over, under = p
    if statistic == "odds_ratio":
        over, under = p[0] * (1 - p[1]), p[1] * (1 - p[0])
    return over / under if under else float("inf")


# -- numbers and their sources -------------------------------------------------------------------


def evidence_beside(network: Network, path: Path) -> dict[str, dict[str, str]]:
    """The evidence table that a model file names, or ``evidence.csv`` beside it; {} if there is none."""
    if named := network.about.get("evidence"):
        return read_evidence(path.parent / str(named))
    beside = path.parent / EVIDENCE_FILE
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

    from etiograph.formats.text import read_text

    if not path.is_file():
        raise UnreadableFile("there is no such evidence table", path=str(path))
    rows = list(csv.DictReader(StringIO(read_text(path))))
    if rows and "id" not in rows[0]:
        raise UnreadableFile("an evidence table needs a column 'id'", path=str(path))
    return {row["id"]: row for row in rows}


def grades(network: Network) -> dict[str, int]:
    """How many numbers have each grade."""
    counts = Counter(p.grade or "none" for p in network.parameters.values())
    return {grade: counts[grade] for grade in sorted(counts)}
