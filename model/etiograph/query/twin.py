"""Twin networks: the world that was and the world that would have been, sharing their noise.

Balke & Pearl (1994). Only what the change can reach is doubled, only what a finding speaks about is
coupled, and only what the question needs is kept.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from etiograph.engine.ancestral import ancestors
from etiograph.engine.propagate import Beliefs
from etiograph.engine.sample import topological_order
from etiograph.network.model import FloatArray, Model
from etiograph.query.doubling import Change, Writer
from etiograph.query.surgery import Extension
from etiograph.store import STORE


@dataclass(frozen=True, eq=False, slots=True)
class Twin:
    """A model of both worlds.

    Attributes
    ----------
    extension : Extension
        The twin model; its first S states are those of the actual world.
    slots : ndarray of int (S,)
        Where the changed world's value of each state stands in the twin model; -1 where it is not
        asked.
    fixed : ndarray (S,)
        1 or 0 for the states of variables set by the change, NaN for all others.
    counterpart : tuple of int
        For each variable its number in the changed world; itself if the change cannot reach it.
    """

    extension: Extension
    slots: NDArray[np.intp]
    fixed: FloatArray
    counterpart: tuple[int, ...]

    @property
    def model(self) -> Model:
        """What the engine is asked; the numbers it reads are those of the extension."""
        return self.extension.model

    @property
    def wanted(self) -> frozenset[int]:
        """Variables of :attr:`model` in which the changed world is read."""
        there = self.slots[self.slots >= 0]
        found = np.searchsorted(self.model.offsets, there, side="right") - 1
        return frozenset(found.tolist())

    def likelihoods(self, rows: FloatArray) -> FloatArray:
        """Findings (B, S), seen in the actual world, for :attr:`model`."""
        out = np.ones((len(rows), self.model.n_states))
        out[:, : rows.shape[1]] = rows
        return out

    def with_changed(self, rows: FloatArray, first: int, keep: FloatArray) -> FloatArray:
        """:meth:`likelihoods` with a finding on the changed world added.

        ``keep`` weighs the states of one variable from slot ``first`` of the S on.
        """
        out = self.likelihoods(rows)
        own = slice(first, first + len(keep))
        if self.slots[first] < 0:
            return out * float((self.fixed[own] * keep).sum())
        out[:, self.slots[own]] *= keep
        return out

    def changed(self, beliefs: Beliefs) -> FloatArray:
        """Marginals of the changed world (B, S), from beliefs of :attr:`model`; NaN where not asked."""
        out = np.full((len(beliefs.log_evidence), len(self.slots)), np.nan)
        there = np.flatnonzero(self.slots >= 0)
        if there.size:
            out[:, there] = beliefs.marginals[:, self.slots[there]]
        known = ~np.isnan(self.fixed)
        possible = np.isfinite(beliefs.log_evidence)[:, None]
        out[:, known] = np.where(possible, self.fixed[known], 0.0)
        return out


def twin(
    model: Model,
    changes: Mapping[int, Change],
    *,
    fresh: Collection[int] = (),
    hold: Collection[int] = (),
    orders: Mapping[int, Sequence[int]] | None = None,
    coins: Mapping[int, int] | None = None,
    lasting: Mapping[int, Sequence[Sequence[int]]] | None = None,
    targets: Collection[int] | None = None,
    seen: Collection[int] | None = None,
) -> Twin:
    """The twin of a model under a change.

    Parameters
    ----------
    model : Model
        The actual world.
    changes : mapping of variable to state or distribution
        What is set in the changed world.
    fresh : collection of variables
        Those that draw their noise again in the changed world.
    hold : collection of variables
        Those that keep their actual state whatever the change does to them (for natural effects).
    orders : mapping of variable to states from low to high, optional
        Order of the quantile coupling where it is not the order of the states.
    coins : mapping of variable to variable, optional
        For some of those that draw their noise again the hidden variable (states: no, yes) that
        says whether all of it is the same as before.
    lasting : mapping of variable to k x k, optional
        ``[a][b]``: the state in the changed world of one that is ``a`` and would be ``b`` if nothing
        lasted.
    targets : collection of variables, optional
        Only these are asked, and only in the changed world; what they do not need is not doubled.
    seen : collection of variables, optional
        Those there may be findings on. What is not upstream of a finding tells nothing of its
        noise, so its counterpart needs no coupling: a copy gives the same answers at a fraction of
        the cost. By default everything is coupled.

    Raises
    ------
    TooLarge
        If a coupled table is too wide.
    """
    doubled = reached(model, changes, fresh, hold, targets)
    orders, coins, lasting = orders or {}, coins or {}, lasting or {}
    # What is held or lasts carries its actual noise into the changed world, like a finding does.
    everything = range(len(model.names))
    carried = {*hold, *(i for i in doubled if i in lasting)}
    informed = everything if seen is None else ancestors(model, {*seen, *carried})
    anew = frozenset(doubled).intersection(fresh).difference(coins)
    alone = anew | frozenset(doubled).difference(informed)
    key = (
        model.key,
        tuple(sorted(changes.items())),
        doubled,
        tuple(sorted(alone)),
        tuple(sorted((i, tuple(o)) for i, o in orders.items())),
        tuple(sorted((i, c) for i, c in coins.items() if i in doubled)),
        tuple(sorted((i, tuple(map(tuple, t))) for i, t in lasting.items() if i in doubled)),
        None if targets is None else frozenset(targets),
    )

    def build() -> Twin:
        writer = Writer(model, changes, doubled, alone, orders, coins, lasting)
        extension, twin_of = writer.write()
        # Others were not asked after: that they have no counterpart means nothing.
        asked = range(len(model.names)) if targets is None else targets
        return _placed(model, changes, extension, twin_of, asked)

    return STORE.get(("twin", key), build)


def reached(
    model: Model,
    changes: Collection[int],
    fresh: Collection[int] = (),
    hold: Collection[int] = (),
    targets: Collection[int] | None = None,
) -> tuple[int, ...]:
    """Variables that need a counterpart, parents before children."""
    wanted = set(range(len(model.names))) if targets is None else ancestors(model, targets)
    found: dict[int, None] = {}
    for i in topological_order(model):
        if i in changes or i in hold or i not in wanted:
            continue
        moved = any(parent in found or parent in changes for parent in model.parents(i))
        if moved or i in fresh:
            found[i] = None
    return tuple(found)


def _placed(
    model: Model,
    changes: Mapping[int, Change],
    extension: Extension,
    twin_of: Mapping[int, int],
    asked: Collection[int],
) -> Twin:
    """Where each variable of the changed world is to be read."""
    slots = np.full(model.n_states, -1)
    fixed = np.full(model.n_states, np.nan)
    counterpart = tuple(twin_of.get(i, i) for i in range(len(model.names)))
    for i, (offset, k) in enumerate(zip(model.offsets, model.cards, strict=True)):
        if i in changes and i not in twin_of:
            fixed[offset : offset + k] = np.arange(k) == changes[i]
        elif i in asked:
            slots[offset : offset + k] = extension.model.offsets[counterpart[i]] + np.arange(k)
    return Twin(extension, slots, fixed, counterpart)


__all__ = ["Change", "Twin", "reached", "twin"]
