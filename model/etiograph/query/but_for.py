"""But for one cause: how probable is it that there is the event, and none had the cause been otherwise.

P(event now, none then) is P(none then) less P(none in either world). A noisy-OR that comes to nothing
is a product over its causes and ties none of them to another, so that these two are far cheaper than
the one asked for, and sums without signs. To speak of "event or not" while the findings downstream keep
to the event that is known, those read the state of a variable set to it, and the event itself
comes about in a copy of the effect.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from etiograph.network.event import Event
from etiograph.network.model import Conditional, FloatArray, Model
from etiograph.query.forbidden import undefined_row
from etiograph.query.surgery import Draft
from etiograph.query.worlds import World, orders, world
from etiograph.store import STORE

if TYPE_CHECKING:
    from etiograph.network.network import Network

LEAST = 0.01
"""P(event) below which the difference would cost too many digits."""


@dataclass(frozen=True, eq=False, slots=True)
class ButFor:
    """A question to be asked of one cause after another.

    Attributes
    ----------
    network : Network
    event : Event
    row : ndarray (S,)
        Findings, the event among them.
    apart : Model or None
        The network with the effect copied, where the difference may be taken.
    copied : ndarray (S of that,)
        The findings for it, without the event.
    p_event : float
        P(event | findings elsewhere).
    """

    network: Network
    event: Event
    row: FloatArray
    apart: Model | None
    copied: FloatArray
    p_event: float

    @classmethod
    def of(cls, network: Network, event: Event, row: FloatArray) -> ButFor:
        """The question, by the cheaper of the two ways where it is exact."""
        model = network.model
        copied = np.concatenate([row, np.ones(model.cards[model.index[event.variable]])])
        if len(event.indices) == 1:
            apart = _apart(model, event)
            p = float(World(apart, "see", {}).p(copied, _copy(event))[0])
            if p >= LEAST:
                return cls(network, event, row, apart, copied, p)
        return cls(network, event, row, None, copied, np.nan)

    def p(self, x: int, state: int) -> float:
        """P(none had a cause been in that state | findings, event); NaN where nobody says what then."""
        if undefined_row(self.network, {x: state}):
            return np.nan
        if self.apart is None:
            name = self.network.model.names[x]
            asked = world(self.network, "had", {name: self.network.variables[name].states[state]})
            return float(asked.p(self.row, self.event, holds=False)[0])
        event = _copy(self.event)
        coupled = orders(self.network)
        y = self.network.model.index[self.event.variable]
        if y in coupled:
            coupled[self.apart.index[event.variable]] = coupled[y]
        asked = World(self.apart, "had", {x: state}, orders=coupled)
        none_then = float(asked.p(self.copied, event, holds=False)[0])
        none_now = event.added(self.apart, self.copied, holds=False)
        none = 1.0 - self.p_event
        if none > 0:
            none_then -= none * float(np.nan_to_num(asked.p(none_now, event, holds=False)[0]))
        return float(np.clip(none_then / self.p_event, 0.0, 1.0))


def _copy(event: Event) -> Event:
    return replace(event, variable=f"{event.variable}~copy")


def _apart(model: Model, event: Event) -> Model:
    """The model in which the effect is set to the event and comes about in a copy."""

    def build() -> Model:
        y = model.index[event.variable]
        draft = Draft(model)
        copy = draft.add_variable(_copy(event).variable, model.cards[y])
        draft.families.append(replace(model.families[y], child=copy))
        draft.families[y] = Conditional(y, (), draft.add_constant(event.keep(model)))
        return draft.finish().model

    return STORE.get(("apart", model, event), build)
