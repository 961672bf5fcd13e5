"""Ancestral parts of a model: some variables and everything upstream of them.

What lies neither upstream of a finding nor upstream of what is asked is barren: summed out it gives
1 (Shachter 1986). Leaving it out changes no answer; on a network with many possible findings it
makes the tables many times smaller.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from etiograph.engine.order import bits
from etiograph.engine.sample import topological_order
from etiograph.network.model import Conditional, Family, FloatArray, Link, Model
from etiograph.store import STORE


@dataclass(frozen=True, eq=False, slots=True)
class Ancestral:
    """Some variables of a model, every parent of each among them.

    Attributes
    ----------
    model : Model
        The part as a model of its own. It reads the same vector of numbers as the whole, which has
        to be handed over: one part serves all models of one structure.
    slots : ndarray of int (S of the part,)
        Where each of its states stands among the states of the whole.
    place : dict of int to int
        Variable of the whole to its number in the part.
    """

    model: Model
    slots: NDArray[np.intp]
    place: dict[int, int]

    def own(self, variable: int) -> slice:
        """The part's states of a variable, which is numbered as in the whole."""
        return self.model.slots_of(self.place[variable])


def ancestral(model: Model, variables: Iterable[int]) -> Ancestral:
    """The variables and all that is upstream of them, as a model of its own."""
    kept = tuple(sorted(ancestors(model, variables)))
    return STORE.get(("ancestral", model.key, kept), lambda: _cut(model, kept))


def _cut(model: Model, kept: tuple[int, ...]) -> Ancestral:
    place = {i: n for n, i in enumerate(kept)}

    def moved(parents: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(place[p] for p in parents)

    families: list[Family] = []
    for i in kept:
        family = model.families[i]
        if isinstance(family, Conditional):
            families.append(Conditional(place[i], moved(family.parents), family.start))
        else:
            links = tuple(Link(moved(x.parents), x.start) for x in family.links)
            families.append(type(family)(place[i], links, family.join))
    cards = tuple(model.cards[i] for i in kept)
    cut = Model(
        names=tuple(model.names[i] for i in kept),
        cards=cards,
        families=tuple(families),
        n_network=sum(i < model.n_network for i in kept),
        tables=model.tables,
        support=model.support,
    )
    slots = np.repeat(np.array([model.offsets[i] for i in kept], dtype=np.intp), cards)
    slots += np.arange(len(slots)) - np.repeat(np.array(cut.offsets, dtype=np.intp), cards)
    return Ancestral(cut, slots, place)


def ancestors(model: Model, variables: Iterable[int]) -> set[int]:
    """The variables and everything upstream of them."""
    upstream = STORE.get(("upstream", model.key), lambda: _upstream(model))
    found = 0
    for i in variables:
        found |= upstream[i]
    return set(bits(found))


def _upstream(model: Model) -> tuple[int, ...]:
    """Each variable with everything upstream of it, a bit a variable."""
    found = [0] * len(model.cards)
    for i in topological_order(model):
        found[i] = 1 << i
        for parent in model.parents(i):
            found[i] |= found[parent]
    return tuple(found)


def descendants(model: Model, variables: Iterable[int]) -> set[int]:
    """The variables and everything downstream of them."""
    found = set(variables)
    for i in topological_order(model):
        if any(parent in found for parent in model.parents(i)):
            found.add(i)
    return found


def informative(model: Model, likelihoods: FloatArray) -> list[int]:
    """Variables of which some row (B, S) says something."""
    found = np.logical_or.reduceat((likelihoods != 1.0).any(axis=0), model.offsets)
    return [int(i) for i in np.flatnonzero(found)]
