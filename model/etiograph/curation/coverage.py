"""Whether a network's own intervals are true: do they hold the published figures they predict?

Every parameter is drawn from its distribution, each draw answers the question as it stands, and the
interval is read off the answers. The draws are not weighted: the question is about the people whom a
survey looked at, not about a case that speaks about the parameters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from etiograph.curation.statistics import (
    Check,
    Group,
    asked_of,
    seen,
    set_outside,
    state_weights,
    statistic,
)
from etiograph.engine.propagate import propagate
from etiograph.network.likelihoods import encode
from etiograph.network.model import FloatArray, Tables
from etiograph.network.parameter import parameter_draws
from etiograph.network.value import value_type
from etiograph.uncertainty.rows import tables_of

if TYPE_CHECKING:
    from etiograph.network.network import Network

DRAWS = 200
LEVEL = 0.9


@value_type
@dataclass(frozen=True, slots=True)
class Span:
    """The network's own interval of the answer to one question, 5 to 95 per cent of the draws."""

    low: float
    high: float

    def holds(self, value: float) -> bool:
        """Whether a published value lies in it."""
        return self.low <= value <= self.high


def spans(
    network: Network, checks: Sequence[Check], draws: int = DRAWS, seed: int = 0
) -> dict[str, Span]:
    """The interval of every statistic, by its id. What asks the same is asked once.

    Parameters
    ----------
    network : Network
    checks : sequence of Check
    draws : int
        Draws of all parameters.
    seed : int

    Returns
    -------
    dict of str to Span
        In the unit of the statistic: a probability, a difference or a ratio.
    """
    parameters = parameter_draws(tuple(network.priors.values()), draws, seed)
    edges = (0.5 * (1 - LEVEL), 0.5 * (1 + LEVEL))
    answered: dict[object, Span] = {}
    found = {}
    for check in checks:
        if check.question not in answered:
            p = [_share(network, check, group, parameters) for group in check.groups]
            answers = [statistic(check.statistic, each) for each in zip(*p, strict=True)]
            low, high = np.quantile(answers, edges)
            answered[check.question] = Span(float(low), float(high))
        found[check.id] = answered[check.question]
    return found


def held(checks: Sequence[Check], known: Mapping[str, Span]) -> tuple[int, int]:
    """How many published figures lie in the interval that is known for them, and of how many."""
    asked = [check for check in checks if check.id in known]
    return sum(known[check.id].holds(check.value) for check in asked), len(asked)


def _share(network: Network, check: Check, group: Group, parameters: FloatArray) -> FloatArray:
    """Of one group what is checked, (draws,)."""
    model = network.model
    given, done = group
    tables: Tables = tables_of(network, parameters)
    row = encode(network, seen(network, given))[0]
    asked = model
    if done:
        world = set_outside(network, done)
        asked, tables = world.model, world.tables(tables)
    rows = np.ascontiguousarray(np.broadcast_to(row, (len(parameters), len(row))))
    target = asked_of(network, check)
    marginals = propagate(asked, rows, tables, wanted={target}).marginals
    weights = state_weights(network, check, parameters)
    first = model.offsets[target]
    return np.asarray((marginals[:, first : first + len(weights)] * weights.T).sum(axis=1))
