"""How far published ranges let an average effect move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from etiograph.network.event import Event
from etiograph.network.parameter import parameter_draws
from etiograph.query.change import MEASURES
from etiograph.uncertainty.rows import (
    FloatArray,
    finding_row,
    require_possible,
    seen_through,
    solve,
)
from etiograph.uncertainty.summary import Interval, importance, interval, summarise

if TYPE_CHECKING:
    from etiograph.network.network import Network
    from etiograph.query.change import Effect


def with_intervals(
    network: Network, found: Effect, given: Mapping[str, object], draws: int, seed: int = 0
) -> Effect:
    """The effect with its intervals: both worlds share every draw, so the difference is its own.

    Parameters
    ----------
    network : Network
    found : Effect
        At the stated values.
    given : mapping of str to finding
        Who was asked about: each draw weighs P(given | draw).
    draws, seed : int
        Draws of all parameters.

    Returns
    -------
    Effect
        A ratio whose denominator is 0 in a draw leaves that draw out. Without intervals where the
        network's numbers state no ranges.

    Raises
    ------
    ImpossibleFindings
        No draw allows what is given.
    """
    if not network.has_ranges:
        return found
    parameters = parameter_draws(tuple(network.priors.values()), draws, seed)
    rows = finding_row(network, given, parameters)
    event = Event.parse(network, found.outcome, found.states)
    slots = event.slots(network)
    drawn = []
    for state in (found.from_state, found.to_state):
        through = seen_through(network, given, "do", {**found.held, found.cause: state})
        answers = solve(network, rows, parameters, through, (event.variable,))
        require_possible(network, answers.log_evidence, given)
        drawn.append(answers.p(slots))
        weights = importance(answers.log_evidence)
    low, high = drawn
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = high / low
        odds = ratio * (1 - low) / (1 - high)
    values = (low, high, high - low, ratio, odds)
    points = (getattr(found, name) for name in MEASURES)
    cells = {
        name: _summarised(point, value, weights)
        for name, point, value in zip(MEASURES, points, values, strict=True)
    }
    return replace(found, intervals=cells)


def _summarised(point: float, values: FloatArray, weights: FloatArray) -> Interval:
    """One interval, over the draws in which the value is a number."""
    sound = np.isfinite(values) & (weights > 0)
    if not sound.any():
        return Interval(point, *[float("nan")] * 8)
    own = weights[sound] / weights[sound].sum()
    return interval(summarise(np.array([point]), values[sound][:, None], own), 0)
