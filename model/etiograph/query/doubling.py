"""Twin networks: the world that was and the world that would have been, sharing their noise.

Balke & Pearl (1994). Only what the change can reach has a counterpart. What is shared depends on
the mechanism:

- an accumulation (noisy-OR, noisy-MAX) shares every link's draw. The pair (actual, changed) is an
  accumulation itself, over k*k states with the join taken in each world, so a noisy-OR of thirty
  causes stays thirty small blocks;
- a deterministic table has no noise, its counterpart is its copy;
- any other table is coupled by quantiles in the declared order of its states, which is one choice
  among many (:mod:`etiograph.query.bounds` says how much hangs on it).

Variables that draw their noise afresh in the changed world are copied without coupling. Where a
share of the noise lasts, a hidden coin says whether it is the same noise or another; where a state
lasts, what the changed world would make of the variable is settled against what it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from etiograph.network.model import (
    Accumulation,
    BoolArray,
    Conditional,
    FloatArray,
    Link,
    Model,
)
from etiograph.query.coupling import TwoWorlds, pair_steps
from etiograph.query.surgery import Extension, ModelDraft

Change = int | tuple[float, ...]
"""A state, or a distribution drawn independently of everything else."""


class Writer:
    """Writes a twin, variable by variable.

    Parameters
    ----------
    model : Model
        The actual world.
    changes : mapping of variable to state or distribution
        What is set in the changed world.
    doubled : tuple of int
        Variables that get a counterpart, parents before children.
    alone : frozenset of int
        Those of them whose counterpart shares no noise.
    orders : mapping of variable to states from low to high
        Order of the quantile coupling where it is not the order of the states.
    coins : mapping of variable to variable
        The coin (states: other noise, same noise) of those whose noise may last.
    lasting : mapping of variable to k x k
        ``[a][b]``: the state in the changed world where the actual one is ``a`` and it would be
        ``b`` if nothing lasted.
    """

    def __init__(
        self,
        model: Model,
        changes: Mapping[int, Change],
        doubled: tuple[int, ...],
        alone: frozenset[int],
        orders: Mapping[int, Sequence[int]],
        coins: Mapping[int, int],
        lasting: Mapping[int, Sequence[Sequence[int]]],
    ) -> None:
        self.coins = coins
        self.lasting = lasting
        self.model = model
        self.doubled = doubled
        self.alone = alone
        self.orders = orders
        self.draft = ModelDraft(model)
        self.fixed = {i: c for i, c in changes.items() if isinstance(c, int | np.integer)}
        self.soft = {i: c for i, c in changes.items() if not isinstance(c, int | np.integer)}
        self.twin_of: dict[int, int] = {}
        self.origin = list(range(len(model.names)))

    def write(self) -> tuple[Extension, dict[int, int]]:
        """The twin model, and the number in it of each variable's counterpart."""
        for i, p in self.soft.items():
            self.twin_of[i] = self._counterpart(i)
            start = self.draft.add_constant(np.asarray(p))
            self.draft.families.append(Conditional(self.twin_of[i], (), start))
        for i in self.doubled:
            self._double(i)
        return self.draft.finish(), self.twin_of

    def _counterpart(self, i: int) -> int:
        return self._new(i, "changed", self.model.cards[i])

    def _new(self, i: int, what: str, card: int) -> int:
        """A variable that stems from variable i."""
        self.origin.append(i)
        return self.draft.add_variable(f"{self.model.names[i]}~{what}", card)

    def _double(self, i: int) -> None:
        family = self.model.families[i]
        if i in self.alone or self._no_noise(i):
            self._copy(i)
        elif isinstance(family, Conditional):
            self._couple_table(i, family)
        else:
            self._couple_links(i, family)
        if i in self.lasting:
            self._settle(i)

    def _settle(self, i: int) -> None:
        """What does not heal stays: the counterpart as it would be gives way to the actual state."""
        k = self.model.cards[i]
        block = np.eye(k)[np.asarray(self.lasting[i], dtype=np.intp)]
        parents = (i, self.twin_of[i])
        settled = self.twin_of[i] = self._new(i, "settled", k)
        start = self.draft.add_constant(block)
        self.draft.families.append(Conditional(settled, parents, start))

    # -- reading blocks -------------------------------------------------------------------------

    def _worlds(self, parents: tuple[int, ...]) -> TwoWorlds:
        return TwoWorlds(
            cards=tuple(self.model.cards[p] for p in parents),
            doubled=tuple(n for n, p in enumerate(parents) if p in self.twin_of),
            fixed=tuple((n, self.fixed[p]) for n, p in enumerate(parents) if p in self.fixed),
        )

    def _counterparts(self, parents: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(self.twin_of[p] for p in parents if p in self.twin_of)

    def _support(self, start: int, shape: tuple[int, ...]) -> BoolArray:
        size = int(np.prod(shape))
        return self.model.support[start : start + size].reshape(shape)

    def _no_noise(self, i: int) -> bool:
        family = self.model.families[i]
        if isinstance(family, Accumulation):
            return False
        shape = (*(self.model.cards[p] for p in family.parents), self.model.cards[i])
        return bool((self._support(family.start, shape).sum(axis=-1) <= 1).all())

    # -- the kinds of counterpart ---------------------------------------------------------------

    def _copy(self, i: int) -> None:
        """The same mechanism over the changed world's parents, with noise of its own or none."""
        twin_i = self.twin_of[i] = self._counterpart(i)
        family, k = self.model.families[i], self.model.cards[i]
        if isinstance(family, Conditional):
            parents, start = self._changed_block(family.parents, family.start, (k,))
            self.draft.families.append(Conditional(twin_i, parents, start))
        else:
            moved = (self._changed_block(x.parents, x.start, (k, k)) for x in family.links)
            links = tuple(Link(*link) for link in moved)
            self.draft.families.append(Accumulation(twin_i, links, family.join))

    def _changed_block(
        self, parents: tuple[int, ...], start: int, tail: tuple[int, ...]
    ) -> tuple[tuple[int, ...], int]:
        """Parents and start of a block as the changed world reads it."""
        kept = tuple(self.twin_of.get(p, p) for p in parents if p not in self.fixed)
        if len(kept) == len(parents):
            return kept, start
        worlds = self._worlds(parents)
        shape = (*worlds.cards, *tail)
        size = int(np.prod(shape))
        new_shape = (*(self.draft.cards[p] for p in kept), *tail)

        def block(rows: FloatArray) -> FloatArray:
            return worlds.alone(rows[:, start : start + size].reshape(-1, *shape))

        def support() -> BoolArray:
            possible = self._support(start, shape)[None].astype(np.float64)
            return worlds.alone(possible) > 0

        return kept, self.draft.add_block(new_shape, block, support)

    def _couple_table(self, i: int, family: Conditional) -> None:
        """P(changed state | actual state, parents, counterparts) under the quantile coupling."""
        k = self.model.cards[i]
        worlds = self._worlds(family.parents)
        shape, start = (*worlds.cards, k), family.start
        size = int(np.prod(shape))
        order = np.asarray(self.orders.get(i, range(k)), dtype=np.intp)
        back = np.argsort(order)
        coin = self._coin(i)

        def block(rows: FloatArray) -> FloatArray:
            p = rows[:, start : start + size].reshape(-1, *shape)
            joint = worlds.couple(p[..., order])[..., back[:, None], back]
            one = joint.sum(axis=-1, keepdims=True)
            given = np.divide(joint, one, out=np.zeros_like(joint), where=one > 0)
            if coin:
                other = np.broadcast_to(worlds.changed(p)[..., None, :], given.shape)
                given = np.stack([other, given], axis=1)
            return np.moveaxis(given, -2, 1)

        def support() -> BoolArray:
            possible = self._support(start, shape)
            given = worlds.couple_support(possible)
            if coin:
                given = np.stack([worlds.changed_support(possible, k), given])
            return np.moveaxis(given, -2, 0)

        new = self.draft.add_block((k, *[2] * len(coin), *worlds.shape, k), block, support)
        counterparts = self._counterparts(family.parents)
        twin_i = self.twin_of[i] = self._counterpart(i)
        parents = (i, *coin, *family.parents, *counterparts)
        self.draft.families.append(Conditional(twin_i, parents, new))

    def _coin(self, i: int) -> tuple[int, ...]:
        """The coin of a variable, if some of its noise lasts."""
        return (self.coins[i],) if i in self.coins else ()

    def _couple_links(self, i: int, family: Accumulation) -> None:
        """The pair of both worlds as an accumulation over k*k states, and its two projections."""
        k = self.model.cards[i]
        moved = {*self.fixed, *self.twin_of}
        same = tuple(x for x in family.links if not moved.intersection(x.parents))
        rest = tuple(x for x in family.links if moved.intersection(x.parents))
        links = []
        coin = self._coin(i)
        if len(same) > 1:
            # What both worlds share accumulates once, over k states instead of k*k; and once more
            # as it is drawn afresh, if it may be.
            shared = []
            for what in ("shared", "other")[: 1 + len(coin)]:
                shared.append(self._new(i, what, k))
                self.draft.families.append(Accumulation(shared[-1], same, family.join))
            links.append(self._reads_shared(shared, coin, k, family))
        else:
            links.extend(self._pair_link(x, k, family, coin) for x in same)
        links.extend(self._pair_link(x, k, family, coin) for x in rest)
        pair = self._new(i, "both", k * k)
        join = np.asarray(family.join, dtype=np.intp)
        a, b = np.divmod(np.arange(k * k), k)
        both = join[a[:, None], a] * k + join[b[:, None], b]
        self.draft.families.append(
            Accumulation(pair, tuple(links), tuple(tuple(map(int, row)) for row in both))
        )
        twin_i = self.twin_of[i] = self._counterpart(i)
        self.draft.families[i] = Conditional(i, (pair,), self.draft.add_constant(np.eye(k)[a]))
        self.draft.families.append(
            Conditional(twin_i, (pair,), self.draft.add_constant(np.eye(k)[b]))
        )

    def _pair_link(self, link: Link, k: int, family: Accumulation, coin: tuple[int, ...]) -> Link:
        worlds = self._worlds(link.parents)
        shape, start = (*worlds.cards, k, k), link.start
        size = int(np.prod(shape))
        steps = pair_steps(family.join)

        def spread(joint: FloatArray) -> FloatArray:
            return joint.reshape(-1, k * k) @ steps

        def block(rows: FloatArray) -> FloatArray:
            p = rows[:, start : start + size].reshape(-1, *shape)[..., 0, :]
            joint = worlds.couple(p)
            if coin:
                joint = np.stack([worlds.apart(p), joint], axis=1)
            return spread(joint).reshape(len(rows), -1)

        def support() -> BoolArray:
            possible = self._support(start, shape)[..., 0, :]
            joint = worlds.couple_support(possible)
            if coin:
                joint = np.stack([worlds.apart(possible[None].astype(np.float64))[0] > 0, joint])
            return spread(joint.astype(np.float64)) > 0

        axes = (*[2] * len(coin), *worlds.shape)
        new = self.draft.add_block((*axes, k * k, k * k), block, support)
        return Link((*coin, *link.parents, *self._counterparts(link.parents)), new)

    def _reads_shared(
        self, shared: Sequence[int], coin: tuple[int, ...], k: int, family: Accumulation
    ) -> Link:
        """The pair of what both worlds share: twice the same, or two draws where the coin says so."""
        states = np.arange(k)
        pairs = np.zeros((*[k] * len(shared), k, k))
        if not coin:
            pairs[states, states, states] = 1.0
        else:
            both = np.zeros((2, k, k, k, k))
            one, other = states[:, None], states
            both[1, one, other, one, one] = 1.0
            both[0, one, other, one, other] = 1.0
            pairs = both
        block = pairs.reshape(-1, k * k) @ pair_steps(family.join)
        return Link((*coin, *shared), self.draft.add_constant(block))
