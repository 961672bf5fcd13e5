"""Necessity and sufficiency: was it the cause, and would it have been enough (Pearl 1999)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from etiograph.network.answer import Result
from etiograph.network.event import Asked, Event, two_states
from etiograph.network.likelihoods import encode
from etiograph.network.model import FloatArray
from etiograph.network.value import value_type
from etiograph.query.bounds import CausationBounds, causation_bounds, with_state
from etiograph.query.stated_changes import refuse_downstream, refuse_own
from etiograph.query.surgery import intervene
from etiograph.query.worlds import World, orders, world

if TYPE_CHECKING:
    import pandas as pd

    from etiograph.network.network import Network


@value_type
@dataclass(frozen=True, slots=True)
class Causation(Result):
    """Probabilities of causation (Pearl 1999) under the network's own coupling, with bounds.

    Attributes
    ----------
    cause, exposed, unexposed : str
        The cause and its two states.
    outcome, states : str, tuple of str
        The event.
    necessity : float
        PN: P(no event had the cause been ``unexposed`` | exposed, event).
    sufficiency : float
        PS: P(event had the cause been ``exposed`` | unexposed, no event).
    both : float
        PNS: P(event if exposed and no event if not).
    bounds : CausationBounds or None
        Over all couplings, where asked for.
    """

    cause: str
    exposed: str
    unexposed: str
    outcome: str
    states: tuple[str, ...]
    necessity: float
    sufficiency: float
    both: float
    bounds: CausationBounds | None = None

    def to_frame(self) -> pd.DataFrame:
        """One row a probability: its value, and the least and largest over all couplings."""
        import pandas as pd

        rows = [
            (
                what,
                getattr(self, what),
                *(getattr(self.bounds, what) if self.bounds else (None, None)),
            )
            for what in ("necessity", "sufficiency", "both")
        ]
        return pd.DataFrame(rows, columns=["what", "value", "least", "largest"])


def causation(
    network: Network,
    cause: str,
    outcome: Asked,
    exposed: str | None = None,
    unexposed: str | None = None,
    *,
    given: Mapping[str, Any] | None = None,
    bounds: bool = False,
) -> Causation:
    """Probability of necessity, of sufficiency, and of both.

    Parameters
    ----------
    network : Network
        What is asked.
    cause : str
        The cause.
    outcome : str or (str, state)
        The event.
    exposed, unexposed : str, optional
        States of the cause; by default the reference state against the only other one.
    given : mapping of str to finding, optional
        Who is asked about, by findings that the cause does not change.
    bounds : bool
        Add the bounds over all couplings.

    Raises
    ------
    InvalidFinding
        Something given lies downstream of the cause.
    InvalidChange, UnknownName
    """
    event = Event.parse(network, outcome)
    two, one = two_states(network, cause, unexposed, exposed)
    refuse_own(cause, event)
    model, x = network.model, network.model.index[cause]
    given = {name: value for name, value in (given or {}).items() if name not in network.flags}
    refuse_downstream(network, {cause}, given)
    row = encode(network, given)[0]
    e, u = (network.variables[cause].index(state) for state in (one, two))

    def crossed(actual: int, changed: int, event_holds: bool) -> float:
        """P(no event, or event, in the changed world | actual state, event or not)."""
        seen = event.added(model, with_state(model, row, x, actual), event_holds)
        asked = world(network, "had", {cause: network.variables[cause].states[changed]})
        return float(asked.p(seen, event, not event_holds)[0])

    return Causation(
        cause=cause,
        exposed=one,
        unexposed=two,
        outcome=event.variable,
        states=event.states,
        necessity=crossed(e, u, True),
        sufficiency=crossed(u, e, False),
        both=_both(network, row, x, e, u, event),
        bounds=causation_bounds(network, row, x, e, u, event) if bounds else None,
    )


def _both(
    network: Network, row: FloatArray, x: int, exposed: int, unexposed: int, event: Event
) -> float:
    """P(event if exposed, no event if not | findings), from the twin of the exposed world."""
    model = network.model
    surgery = intervene(model, {x: np.eye(model.cards[x])[exposed]})
    tables = surgery.stated(model)
    row = row.copy()
    row[model.slots_of(x)] = 1.0
    p_event = World(surgery.model, "see", {}).p(row, event, tables=tables)[0]
    if not p_event > 0:
        return 0.0
    imagined = World(surgery.model, "had", {x: unexposed}, orders=orders(network))
    return float(p_event * imagined.p(event.added(model, row), event, False, tables)[0])
