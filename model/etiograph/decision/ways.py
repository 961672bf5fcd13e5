"""What a suspected cause does, and by which ways: the question of somebody who blames a tablet.

A network marks such variables under ``about.blamed``, each with a sentence of its author. The effect of
one in the state that was found, against its usual state, is asked in people like this one: those who share
the findings that it does not change. By one way alone it acts through one arrow, while all its other
effects see it in its usual state (an intervention on an edge: Shpitser & Tchetgen Tchetgen 2016).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from etiograph.decision.surprise import stated_states
from etiograph.engine.ancestral import ancestors, descendants
from etiograph.network.arrows import without_parent
from etiograph.network.event import Event
from etiograph.network.parameter import parameter_draws
from etiograph.network.value import value_type
from etiograph.uncertainty.rows import FloatArray, finding_row, seen_through, solve, stated
from etiograph.uncertainty.summary import Interval, importance, interval, summarise

if TYPE_CHECKING:
    from etiograph.network.network import Network

DRAWS = 200


@value_type
@dataclass(frozen=True, slots=True)
class Way:
    """What goes by one arrow out of a suspected cause.

    Attributes
    ----------
    variable : str
        Where the arrow leads; the outcome itself for what is direct.
    change : Interval
        Of the probability of the outcome, by this way alone; with its 90 % interval.
    """

    variable: str
    change: Interval


@value_type
@dataclass(frozen=True, slots=True)
class Ways:
    """What a suspected cause does to the outcome.

    Attributes
    ----------
    cause, state, usual : str
        As it was found, and what it is compared with.
    outcome : Event
    said : str
        The sentence of the network's author.
    p_with, p_without : float
        The outcome in people like this one, set to either.
    change : Interval
        The difference, by all ways together.
    ways : tuple of Way
        The arrows that lead on to the outcome, what does most first; empty if none does.
    """

    cause: str
    state: str
    usual: str
    outcome: Event
    said: str
    p_with: float
    p_without: float
    change: Interval
    ways: tuple[Way, ...]


def blamed(
    network: Network, findings: Mapping[str, object], draws: int = DRAWS
) -> tuple[Ways, ...]:
    """Of each variable that the network marks and that was found in another state than the usual one.

    Parameters
    ----------
    network : Network
    findings : mapping of str to finding
    draws : int
        Draws of all parameters for the intervals.

    Returns
    -------
    tuple of Ways
        In the order of the file; empty where nothing is marked or found.
    """
    target = str(network.about.get("target", ""))
    marked = network.about.get("blamed", {})
    if target not in network.variables:
        return ()
    named = stated_states(network, findings)
    found = []
    for name, said in marked.items():
        state = named.get(name)
        if state is not None and state in network.variables[name].unusual:
            found.append(_ways(network, name, state, target, str(said), findings, draws))
    return tuple(found)


def _ways(
    network: Network,
    cause: str,
    state: str,
    target: str,
    said: str,
    findings: Mapping[str, object],
    draws: int,
) -> Ways:
    model, usual = network.model, network.variables[cause].usual
    below = {model.names[i] for i in descendants(model, [model.index[cause]])}
    given = {
        name: value
        for name, value in findings.items()
        if name not in below and name != cause and name not in network.flags
    }
    event = Event.parse(network, target)
    above = {model.names[i] for i in ancestors(model, [model.index[target]])} | {target}
    arrows = tuple(child for child in network.children(cause) if child in above)
    parameters = np.concatenate(
        [stated(network)[None], parameter_draws(tuple(network.priors.values()), draws, 0)]
    )
    weights, without = _asked(network, network, given, {cause: usual}, event, parameters)
    _, together = _asked(network, network, given, {cause: state}, event, parameters)
    ways = []
    for child in arrows:
        alone = network if len(arrows) == 1 else _one_arrow(network, cause, arrows, child)
        _, p = _asked(network, alone, given, {cause: state}, event, parameters)
        ways.append(Way(child, _change(p - without, weights)))
    ways.sort(key=lambda way: -abs(way.change.point))
    return Ways(
        cause, state, usual, event, said, float(together[0]), float(without[0]),
        _change(together - without, weights), tuple(ways),
    )  # fmt: skip


def _asked(
    network: Network,
    world: Network,
    given: Mapping[str, object],
    changes: Mapping[str, str],
    event: Event,
    parameters: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Weight of each draw, and P(event) in it, (1 + draws,), in a world with the network's numbers."""
    column = {name: i for i, name in enumerate(network.parameters)}
    own = stated(world)[None].repeat(len(parameters), axis=0)
    for i, name in enumerate(world.parameters):
        if name in column:
            own[:, i] = parameters[:, column[name]]
    rows = finding_row(world, given, own)
    through = seen_through(world, given, "do", changes)
    answers = solve(world, rows, own, through, (event.variable,))
    p: FloatArray = answers.p(event.slots(world))
    return importance(answers.log_evidence[1:]), p


def _change(values: FloatArray, weights: FloatArray) -> Interval:
    """The stated value and its interval over the draws."""
    return interval(summarise(values[:1], values[1:, None], weights), 0)


@lru_cache(maxsize=32)
def _one_arrow(network: Network, cause: str, arrows: tuple[str, ...], kept: str) -> Network:
    """The network in which one arrow of a cause is left and the others see its usual state."""
    from etiograph.network.network import Network

    variables, mechanisms = network.variables, dict(network.mechanisms)
    for child in arrows:
        if child != kept:
            mechanisms[child] = without_parent(
                mechanisms[child], variables[child], variables[cause], variables
            )
    return Network(variables, mechanisms)
