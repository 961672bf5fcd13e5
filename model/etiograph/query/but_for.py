"""But for one cause: how probable is it that there is the event, and none had the cause been otherwise.

P(event now, none then) is P(none then) less P(none in either world). A noisy-OR that comes to nothing
is a product over its causes and ties none of them to another, so that these two are far cheaper than
the one asked for, and sums without signs. To speak of "event or not" while the findings downstream keep
to the event that is known, those read the state of a variable set to it, and the event itself
comes about in a copy of the effect.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from etiograph.network.event import Event
from etiograph.network.model import Conditional, FloatArray, Model
from etiograph.query.forbidden import undefined_row
from etiograph.query.surgery import ModelDraft
from etiograph.query.worlds import World, orders, world
from etiograph.store import STORE, digest_of

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
    log_event : float
        Log P(findings, event).
    """

    network: Network
    event: Event
    row: FloatArray
    apart: Model | None
    copied: FloatArray
    log_event: float

    @classmethod
    def of(cls, network: Network, event: Event, row: FloatArray) -> ButFor:
        """The question, by the cheaper of the two ways where it is exact."""
        model = network.model
        copied = np.concatenate([row, np.ones(model.cards[model.index[event.variable]])])
        if len(event.indices) == 1:
            apart = _apart(model, event)
            seen = World(apart, "see", {})
            log_event = float(seen.log_p(copied, _copy(event))[0])
            if log_event - float(seen.evidence(copied)[0]) >= math.log(LEAST):
                return cls(network, event, row, apart, copied, log_event)
        log_event = float(World(model, "see", {}).evidence(row)[0])
        return cls(network, event, row, None, copied, log_event)

    def p(self, x: int, state: int) -> float:
        """P(none had a cause been in that state | findings, event); NaN where nobody says what then.

        Where it is in that state there would have been no less: only the others are gone through.
        The answer is kept, not the programs of up to millions of table entries that give it.
        """
        if undefined_row(self.network, {x: state}):
            return np.nan
        coupled = orders(self.network)
        model, said = self.network.model, digest_of(self.row)
        key = ("but for", model, tuple(coupled.items()), self.event, said, x, state)
        return STORE.get(key, lambda: self._p(x, state, coupled))

    def _p(self, x: int, state: int, coupled: Mapping[int, tuple[int, ...]]) -> float:
        otherwise = np.ones(self.network.model.cards[x])
        otherwise[state] = 0.0
        own = self.network.model.slots_of(x)
        if self.apart is None:
            name = self.network.model.names[x]
            asked = world(self.network, "had", {name: self.network.variables[name].states[state]})
            row = self.row.copy()
            row[own] *= otherwise
            return self._share(asked.log_p(row, self.event, holds=False, once=True))
        event = _copy(self.event)
        y = self.network.model.index[self.event.variable]
        if y in coupled:
            coupled = {**coupled, self.apart.index[event.variable]: coupled[y]}
        asked = World(self.apart, "had", {x: state}, orders=coupled)
        row = self.copied.copy()
        row[own] *= otherwise
        none_then = self._share(asked.log_p(row, event, holds=False, once=True))
        none_now = event.added(self.apart, row, holds=False)
        none_ever = self._share(asked.log_p(none_now, event, holds=False, once=True))
        return min(max(none_then - none_ever, 0.0), 1.0)

    def _share(self, log_p: FloatArray) -> float:
        """What this is to P(findings, event)."""
        return math.exp(float(log_p[0]) - self.log_event)


def _copy(event: Event) -> Event:
    return replace(event, variable=f"{event.variable}~copy")


def _apart(model: Model, event: Event) -> Model:
    """The model in which the effect is set to the event and comes about in a copy."""

    def build() -> Model:
        y = model.index[event.variable]
        draft = ModelDraft(model)
        copy = draft.add_variable(_copy(event).variable, model.cards[y])
        draft.families.append(replace(model.families[y], child=copy))
        draft.families[y] = Conditional(y, (), draft.add_constant(event.keep(model)))
        return draft.finish().model

    return STORE.get(("apart", model, event), build)
