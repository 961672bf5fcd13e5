"""How far necessity and sufficiency could move under another coupling of the noise.

A table says how often an effect follows in each world, not who is who in both. The quantile
coupling is one choice; the bounds hold for every choice. They are the optima of linear programs
over response functions: how the outcome would answer to the exposed and to the unexposed state (Balke
& Pearl 1994). Within a stratum in which the exposure is as good as random the optima are those of
Frechet, and the strata add up; without strata they are the closed forms of Tian & Pearl (2000).

They are sharp where the cause reaches the outcome by one arrow and all else that the outcome depends
on is held in the strata. Where something lies in between, what is between would have to be coupled,
too, independently at every variable: a multilinear program, exact only for a handful of variables.
The bounds given then are those of the network seen as strata, cause and outcome alone: valid, reached
by some model of these three, and at most a little wider than need be (Dawid, Musio & Murtas 2017 on
how much a mediator may tell).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from etiograph.engine.ancestral import ancestors, descendants
from etiograph.errors import InvalidChange, InvalidFinding
from etiograph.network.event import Event
from etiograph.network.model import FloatArray, Model
from etiograph.network.value import value_type
from etiograph.query.stated_changes import parse_changes
from etiograph.query.worlds import world

if TYPE_CHECKING:
    from etiograph.network.network import Network

MAX_STRATA = 1024
Range = tuple[float, float]

# Response types: (outcome when exposed, outcome when not); the second is the one that is "needed".
TYPES = ((1, 1), (1, 0), (0, 1), (0, 0))
CAUSED = 1


@value_type
@dataclass(frozen=True, slots=True)
class CausationBounds:
    """Least and largest value over all couplings of the noise.

    Attributes
    ----------
    necessity, sufficiency, both : (float, float)
        Bounds of PN, PS and PNS (:class:`~etiograph.query.causation.Causation`); NaN where the condition is impossible.
    strata : tuple of str
        The variables within whose states the bounds were taken; empty where there are none, or
        too many: then the closed forms of Tian & Pearl (2000).
    sharp : bool
        Whether each bound is reached by a model with the same tables: the cause reaches the outcome
        by one arrow and the strata hold everything else the outcome depends on. Otherwise the
        bounds are valid and may be wider than need be (see the module).
    """

    necessity: Range
    sufficiency: Range
    both: Range
    strata: tuple[str, ...]
    sharp: bool


def bounds_of_change(
    network: Network, row: FloatArray, changes: Mapping[str, Any], event: Event
) -> CausationBounds:
    """Bounds for a ``had`` with one hard change, among people like those the findings describe.

    What is found of the cause and of the event is the condition of necessity and sufficiency; the
    other findings must not lie downstream of the cause.
    """
    parsed = parse_changes(network, changes)
    if len(parsed) != 1 or not isinstance(next(iter(parsed.values())), int):
        raise InvalidChange("bounds are taken for one cause set to one state")
    ((x, change),) = parsed.items()
    assert isinstance(change, int)
    model = network.model
    own = model.slots_of(x)
    possible = [int(s) for s in np.flatnonzero(row[own]) if s != change]
    if len(possible) != 1:
        raise InvalidChange(
            f"bounds compare two states of '{model.names[x]}': add as a finding which one it was"
        )
    context = row.copy()
    context[own] = 1.0
    y = model.index[event.variable]
    context[model.slots_of(y)] = 1.0
    for i in sorted(descendants(model, [x])):
        part = context[model.slots_of(i)]
        if (part != part[0]).any():
            raise InvalidFinding(
                f"bounds cannot use a finding downstream of the cause ('{model.names[i]}')"
            )
    return causation_bounds(network, context, x, possible[0], change, event)


def causation_bounds(
    network: Network, row: FloatArray, x: int, exposed: int, unexposed: int, event: Event
) -> CausationBounds:
    """Bounds of PN, PS and PNS over all couplings, by linear programs over response functions.

    Parameters
    ----------
    network : Network
        What is asked.
    row : ndarray (S,)
        Findings upstream of, or beside, the cause.
    x, exposed, unexposed : int
        Cause and states.
    event : Event
        The outcome.
    """
    model = network.model
    y = model.index[event.variable]
    moved = ({y} | (descendants(model, [x]) & ancestors(model, [y]))) - {x}
    around = {p for i in moved for p in model.parents(i)} - moved - {x}
    strata = _strata(model, row, x, y, around)
    cause, names = model.names[x], network.variables[model.names[x]].states
    p_event = [world(network, "do", {cause: names[s]}) for s in (exposed, unexposed)]
    if strata is None:
        joint = _joint(network, row, x, (exposed, unexposed), event)
        p_do = [float(asked.p(row, event)[0]) for asked in p_event]
        return CausationBounds(*crude_bounds(joint, *p_do), strata=(), sharp=False)
    rows = _strata_rows(model, row, strata)
    seen = world(network).solve(rows, targets=[x])
    possible = np.isfinite(seen.log_evidence)
    weight = np.exp(seen.log_evidence[possible] - seen.log_evidence[possible].max())
    p_x = seen.marginals[possible, model.slots_of(x)]
    found = stratified_bounds(
        weight / weight.sum(),
        p_x[:, [exposed, unexposed]],
        *(asked.p(rows[possible], event) for asked in p_event),
    )
    visible = [i for i in moved if i < model.n_network]
    return CausationBounds(
        *found,
        strata=tuple(model.names[i] for i in strata),
        sharp=visible == [y] and around.issubset(strata),
    )


def _strata(
    model: Model, row: FloatArray, x: int, y: int, around: Collection[int]
) -> tuple[int, ...] | None:
    """Variables within whose states the cause is as good as random; None if there are too many.

    Everything that has a say between cause and outcome, if there are few enough states; else the
    parents of the cause, which no cause downstream of them can confound, and as much of the rest as
    there is room for: the finer the strata, the tighter the bounds.
    """

    def states(i: int) -> int:
        return int(np.count_nonzero(row[model.slots_of(i)]))

    if prod(states(i) for i in around) <= MAX_STRATA:
        return tuple(sorted(around))
    chosen = list(model.parents(x))
    size = prod(states(i) for i in chosen)
    if size > MAX_STRATA:
        return None
    direct = model.parents(y)
    for i in sorted(around, key=lambda i: (i not in direct, states(i), i)):
        if i not in chosen and size * states(i) <= MAX_STRATA:
            chosen.append(i)
            size *= states(i)
    return tuple(sorted(chosen))


def stratified_bounds(
    p_stratum: FloatArray, p_x: FloatArray, p_exposed: FloatArray, p_unexposed: FloatArray
) -> tuple[Range, Range, Range]:
    """Bounds of PN, PS, PNS where the cause is as good as random within each stratum.

    Parameters
    ----------
    p_stratum : ndarray (W,)
        P(stratum).
    p_x : ndarray (W, 2)
        P(exposed | stratum), P(unexposed | stratum).
    p_exposed, p_unexposed : ndarray (W,)
        P(event | do(exposed), stratum) and the same unexposed.
    """
    # One linear program a stratum: given both probabilities of the event, the share that the cause
    # makes the difference to lies between these (Frechet 1935).
    low = np.maximum(0.0, p_exposed - p_unexposed)
    high = np.minimum(p_exposed, 1.0 - p_unexposed)

    def among(weight: FloatArray, condition: FloatArray | float) -> Range:
        over = float(np.sum(weight * condition))
        if over <= 0:
            return float("nan"), float("nan")
        ends = np.array([weight @ low, weight @ high]) / over
        return float(min(ends[0], 1.0)), float(min(ends[1], 1.0))

    return (
        among(p_stratum * p_x[:, 0], p_exposed),
        among(p_stratum * p_x[:, 1], 1.0 - p_unexposed),
        among(p_stratum, 1.0),
    )


def crude_bounds(
    joint: FloatArray, p_exposed: float, p_unexposed: float
) -> tuple[Range, Range, Range]:
    """Bounds of PN, PS, PNS from what is seen and what is done alone (Tian & Pearl 2000).

    Parameters
    ----------
    joint : ndarray (3, 2)
        P(cause, event): rows exposed, unexposed, any other state; columns no event, event.
    p_exposed, p_unexposed : float
        P(event | do(exposed)), P(event | do(unexposed)).
    """
    constraints, totals = [], []
    grid = list(product(range(3), range(4)))
    for x, y in product(range(2), range(2)):
        constraints.append([float(a == x and TYPES[t][x] == y) for a, t in grid])
        totals.append(float(joint[x, y]))
    constraints.append([float(a == 2) for a, _ in grid])
    totals.append(float(joint[2].sum()))
    for x, p in ((0, p_exposed), (1, p_unexposed)):
        constraints.append([float(TYPES[t][x]) for _, t in grid])
        totals.append(p)
    a, b = np.array(constraints), np.array(totals)

    def caused(*among: int) -> FloatArray:
        return np.array([float(t == CAUSED and x in among) for x, t in grid])

    return (
        _range(caused(0), a, b, float(joint[0, 1])),
        _range(caused(1), a, b, float(joint[1, 0])),
        _range(caused(0, 1, 2), a, b, 1.0),
    )


def _range(objective: FloatArray, a: FloatArray, b: FloatArray, over: float) -> Range:
    """Least and largest value of a linear program, divided by the probability of its condition."""
    from scipy.optimize import linprog

    if over <= 0:
        return float("nan"), float("nan")
    ends = []
    for sign in (1.0, -1.0):
        found = linprog(sign * objective.reshape(-1), A_eq=a, b_eq=b, bounds=(0, None))
        if found.status != 0 or found.fun is None:
            raise InvalidChange(f"the bounds could not be computed: {found.message}")
        ends.append(float(np.clip(sign * found.fun / over, 0.0, 1.0)))
    return ends[0], ends[1]


# -- rows -----------------------------------------------------------------------------------------


def with_state(model: Model, row: FloatArray, variable: int, state: int) -> FloatArray:
    """The findings with one more: a variable in a state."""
    out = row.copy()
    out[model.slots_of(variable)] *= np.eye(model.cards[variable])[state]
    return out


def _strata_rows(model: Model, row: FloatArray, strata: tuple[int, ...]) -> FloatArray:
    """The findings with every combination of states of some variables added, (W, S)."""
    rows = row[None]
    for i in strata:
        own = model.slots_of(i)
        states = np.flatnonzero(row[own])
        rows = np.repeat(rows, len(states), axis=0)
        rows[:, own] *= np.tile(np.eye(model.cards[i])[states], (len(rows) // len(states), 1))
    return rows


def _joint(
    network: Network, row: FloatArray, x: int, states: tuple[int, int], event: Event
) -> FloatArray:
    """P(cause, event | findings): exposed, unexposed, other by no event, event."""
    rows = np.array(
        [
            event.added(network.model, with_state(network.model, row, x, s), holds)
            for s in range(network.model.cards[x])
            for holds in (False, True)
        ]
    )
    log_p = world(network).evidence(rows)
    p = np.exp(log_p - np.max(log_p)).reshape(-1, 2)
    p = p / p.sum()
    rest = p.sum(axis=0) - p[states[0]] - p[states[1]]
    return np.array([p[states[0]], p[states[1]], np.maximum(rest, 0.0)])
