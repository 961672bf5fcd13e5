"""What could help: every change that can be made, by what it would make of the outcome from now on.

Each change is a world of its own, beside the same person with no change (kind ``after``): twins that
share every number and all noise that lasts (Balke and Pearl 1994). So the difference of a change is
exact, and its interval is that of the difference, not of its two sides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from etiograph.decision.red_flags import Flag, added_by
from etiograph.decision.surprise import stated_states
from etiograph.engine.ancestral import ancestors
from etiograph.engine.propagate import Beliefs
from etiograph.errors import EtiographError, InvalidChange, InvalidFinding
from etiograph.network.answer import Answer
from etiograph.network.event import Asked, Event
from etiograph.network.value import value_type
from etiograph.query.causes import CAUSE_ROLES, causes
from etiograph.uncertainty.rows import (
    FloatArray,
    finding_row,
    require_possible,
    seen_through,
    solve,
    stated,
)
from etiograph.uncertainty.summary import importance, interval, summarise

if TYPE_CHECKING:
    import pandas as pd

    from etiograph.network.model import TableRows
    from etiograph.network.network import Network

CHANGEABLE = ("medicine", "remedy", "habit")
"""Roles of what a person can start or stop."""
HABIT = "habit"
FELT = 0.005
"""A difference smaller than this is not seen: half a person of 100."""


@value_type
@dataclass(frozen=True, slots=True)
class Intervention:
    """One change, and what it would make of the outcome.

    Attributes
    ----------
    variable, state : str
        What is set from now on.
    found : str
        The state in which it was found; "" where that is not known.
    is_cause : bool
        A body state or condition put right, by whatever does that; else something started or stopped.
    p : float
        P(outcome | findings) from now on with the change.
    difference : float
        p minus the same with no change: below 0 it helps.
    low, high : float or None
        Ends of the 90 % interval of the difference, over the ranges of the numbers; None without draws.
    cautions : tuple of Flag
        The warnings that stand only because of this change.
    """

    variable: str
    state: str
    found: str
    is_cause: bool
    p: float
    difference: float
    low: float | None = None
    high: float | None = None
    cautions: tuple[Flag, ...] = ()


@value_type
@dataclass(frozen=True, slots=True)
class Interventions(Answer):
    """All changes that can be made, what helps most first.

    Attributes
    ----------
    event : Event
        The outcome that is asked about.
    p : float
        P(outcome | findings) from now on with no change.
    changes : tuple of Intervention
        Sorted by their difference, the largest fall first.
    refused : tuple of (str, str, str)
        Changes that can't be answered: variable, state, and why.
    """

    event: Event
    p: float
    changes: tuple[Intervention, ...]
    refused: tuple[tuple[str, str, str], ...] = ()

    def helping(self) -> tuple[Intervention, ...]:
        """The changes that lower the outcome visibly, by half a person of 100 or more."""
        return tuple(each for each in self.changes if each.difference <= -FELT)

    def harming(self) -> tuple[Intervention, ...]:
        """The changes that raise it visibly, the worst first."""
        return tuple(each for each in reversed(self.changes) if each.difference >= FELT)

    def to_frame(self) -> pd.DataFrame:
        """A row a change; its cautions, with their levels, in the last column."""
        import pandas as pd

        names = ("variable", "state", "found", "is_cause", "p", "difference", "low", "high")
        rows = [
            (
                *(getattr(each, n) for n in names),
                " ".join(f"{f.level}: {f.message}" for f in each.cautions),
            )
            for each in self.changes
        ]
        return pd.DataFrame(rows, columns=[*names, "cautions"])


def states_changes(network: Network) -> bool:
    """Whether the file says of anything, by its role, that it can be changed."""
    return bool(curable(network)) or any(v.role in CHANGEABLE for v in network.variables.values())


def changeable(network: Network) -> tuple[str, ...]:
    """What a person can start or stop; in a network without such roles, anything with an effect."""
    named = tuple(n for n, v in network.variables.items() if v.role in CHANGEABLE)
    return named or tuple(n for n in network.variables if network.children(n))


def curable(network: Network) -> tuple[str, ...]:
    """Possible causes that could be put right: body states and conditions that heal."""
    return tuple(
        dict.fromkeys(
            cause.variable
            for cause in causes(network)
            for variable in (network.variables[cause.variable],)
            if variable.role in CAUSE_ROLES and not any(not time for _, time in variable.lasting)
        )
    )


def outcome_of(network: Network, findings: Mapping[str, object]) -> Event:
    """The outcome that changes are held against: the network's own, else what was found.

    That is the finding, not as usual, on which most else acts; where nothing was found, the last
    variable on which most else acts.

    Raises
    ------
    InvalidFinding
        Nothing acts on anything.
    """
    return _outcome(network, stated_states(network, findings))


def _outcome(network: Network, named: Mapping[str, str]) -> Event:
    """The outcome, where the findings name these states."""
    if (target := network.about.get("target")) in network.variables:
        return _event(network, named, str(target))
    able = outcomes(network)
    if not able:
        raise InvalidFinding("nothing acts on anything in this network: there is nothing to change")
    found = [n for n in able if named.get(n) in network.variables[n].unusual]
    ends = [name for name in able if not network.children(name)]
    reach = {name: len(_above(network, name)) for name in able}
    return _event(network, named, max(found or ends, key=lambda each: reach[each]))


def outcomes(network: Network) -> tuple[str, ...]:
    """The variables that something acts on, in the order of the file."""
    return tuple(
        name for name, v in network.variables.items() if v.card > 1 and network.parents(name)
    )


def event_of(network: Network, findings: Mapping[str, object], name: str) -> Event:
    """A variable in the state in which it was found, or in every state but the usual one."""
    return _event(network, stated_states(network, findings), name)


def _event(network: Network, named: Mapping[str, str], name: str) -> Event:
    found = named.get(name)
    own = [found] if found in network.variable(name).unusual else []
    return Event.of(network.variables[name], *own)


def _above(network: Network, name: str) -> frozenset[int]:
    """The variables that act on one, by number."""
    model = network.model
    return frozenset(ancestors(model, [model.index[name]])) - {model.index[name]}


def offered(
    network: Network, findings: Mapping[str, object], event: Event
) -> tuple[tuple[str, str], ...]:
    """The changes that can act on the outcome: (variable, state), none that was found to be so already.

    What can be started or stopped, in each of its states; causes that heal, put right. Of several
    kinds of a thing, while it is not known which one is taken, only to take none: another kind would
    be held against an average of all.
    """
    return _offered(network, stated_states(network, findings), event)


def _offered(
    network: Network, named: Mapping[str, str], event: Event
) -> tuple[tuple[str, str], ...]:
    """The same, where the findings name these states."""
    model, above = network.model, _above(network, event.variable)
    pairs = [
        (name, state)
        for name in changeable(network)
        for variable in (network.variables[name],)
        for state in variable.states
        if name in named
        or variable.card == 2
        or state == variable.named_usual
        or variable.named_usual is None
    ]
    pairs += [(n, network.variables[n].usual) for n in curable(network)]
    return tuple(
        (name, state)
        for name, state in dict.fromkeys(pairs)
        if model.index[name] in above and network.variables[name].card > 1
        if named.get(name) != state
    )


def what_helps(
    network: Network,
    findings: Mapping[str, object],
    target: Asked | None = None,
    state: str | Sequence[str] | None = None,
    *,
    among: Sequence[Asked] | None = None,
    draws: int = 0,
    seed: int = 0,
) -> Interventions:
    """Every change that can be made, by what it would make of the outcome from now on.

    Parameters
    ----------
    network : Network
    findings : mapping of str to finding
    target : str, (str, state) or Event, optional
        The outcome; by default :func:`outcome_of`.
    state : str or sequence of str, optional
        By default every state but the usual one.
    among : sequence of (str, str), "name=state" or Event, optional
        Which changes to weigh, a variable and one state each; by default all of :func:`offered`.
    draws, seed : int
        Draws of all parameters, the same for all worlds, each weighted by P(findings | draw). 0: no
        intervals.

    Raises
    ------
    ImpossibleFindings, UnknownName, InvalidFinding, InvalidChange
    """
    named = stated_states(network, findings)
    event = _outcome(network, named) if target is None else Event.parse(network, target, state)
    asked = _Unchanged.of(network, findings, event, draws, seed)
    base, weights = asked.unchanged()
    weighed: list[Intervention] = []
    refused: list[tuple[str, str, str]] = []
    for name, to in _offered(network, named, event) if among is None else _named(network, among):
        try:
            p = asked.under({name: to})
        except EtiographError as error:
            refused.append((name, to, str(error)))
            continue
        if among is None and p[0] < base[0] and _taken_up(network, name, to):
            continue
        weighed.append(
            Intervention(
                name,
                to,
                named.get(name, ""),
                network.variables[name].role in CAUSE_ROLES,
                float(p[0]),
                float(p[0] - base[0]),
                *_ends(p - base, weights),
                added_by(network, findings, {name: to}),
            )
        )
    # Python's sort is stable: of equal ones the order of the file stands.
    ranked = sorted(weighed, key=lambda each: round(each.difference, 12))
    return Interventions(event, float(base[0]), tuple(ranked), tuple(refused))


def _taken_up(network: Network, name: str, state: str) -> bool:
    """Whether a habit would be taken up: it is named for what is bad in it (little sun), so that taking
    it up is no advice, whatever else it might do."""
    variable = network.variables[name]
    return variable.role == HABIT and variable.named_usual not in (None, state)


def _named(network: Network, among: Sequence[Asked]) -> list[tuple[str, str]]:
    """The changes that a caller names."""
    events = [Event.parse(network, each) for each in among]
    for event in events:
        if len(event.states) > 1:
            raise InvalidChange(f"a change sets one state, not several: {event}")
    return [(event.variable, event.states[0]) for event in events]


def _ends(differences: FloatArray, weights: FloatArray) -> tuple[float | None, float | None]:
    """Of differences (1 + B,), the stated values first, the ends of their interval."""
    if not weights.size:
        return None, None
    sound = np.where(
        np.isfinite(differences[1:]), differences[1:], 0.0
    )  # impossible: weigh nothing
    cell = interval(summarise(differences[:1], sound[:, None], weights), 0)
    return cell.low, cell.high


@dataclass(frozen=True, slots=True)
class _Unchanged:
    """One outcome at the stated numbers and at every draw, ready to be asked in changed worlds."""

    network: Network
    findings: Mapping[str, object]
    event: Event
    rows: FloatArray
    tables: TableRows | None

    @classmethod
    def of(
        cls, network: Network, findings: Mapping[str, Any], event: Event, draws: int, seed: int
    ) -> _Unchanged:
        if not draws or not network.has_ranges:
            return cls(network, findings, event, finding_row(network, findings), None)
        from etiograph.network.parameter import parameter_draws

        drawn = parameter_draws(tuple(network.priors.values()), draws, seed)
        numbers = np.concatenate([stated(network)[None], drawn])
        rows = finding_row(network, findings, numbers)
        return cls(network, findings, event, rows, network.expansion.tables(numbers))

    def unchanged(self) -> tuple[FloatArray, FloatArray]:
        """P(outcome) from now on with no change, (1 + B,), and what each draw weighs, (B,)."""
        found = self._solved({})
        require_possible(self.network, found.log_evidence[:1], self.findings)
        weights = importance(found.log_evidence[1:]) if self.tables is not None else np.zeros(0)
        return found.p(self.event.slots(self.network)), weights

    def under(self, changes: Mapping[str, str]) -> FloatArray:
        """P(outcome) from now on under a change, (1 + B,)."""
        return self._solved(changes).p(self.event.slots(self.network))

    def _solved(self, changes: Mapping[str, str]) -> Beliefs:
        through = seen_through(self.network, self.findings, "after", changes)
        return solve(self.network, self.rows, self.tables, through, (self.event.variable,))
