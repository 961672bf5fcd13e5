"""How one noise drives two worlds: the arithmetic behind twin networks.

Two distributions over the same ordered states are coupled through one uniform number: both worlds
take the quantile of their own distribution at the same point (the monotone or quantile coupling).
For a link that fires or not this *is* the noise of a noisy-OR: the same draw decides in both
worlds (Balke & Pearl 1994; Pearl 2009, section 7.1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from etiograph.network.model import BoolArray, FloatArray


def quantile_coupling(p: FloatArray, q: FloatArray) -> FloatArray:
    """Joint distribution of the quantiles of two distributions at one uniform number.

    Parameters
    ----------
    p, q : ndarray (..., k)
        Two distributions over the same states, low to high; leading axes broadcast.

    Returns
    -------
    ndarray (..., k, k)
        ``[.., a, b]`` = P(first = a, second = b). Equal distributions give exactly the diagonal.

    Notes
    -----
    The north-west corner rule: mass is laid down from low to high and taken off both margins.
    No cumulative sums are subtracted, so an entry of 1e-300 stays right.
    """
    p, q = np.broadcast_arrays(p, q)
    k = p.shape[-1]
    joint = np.zeros((*p.shape, k))
    left = [p[..., a].copy() for a in range(k)]
    right = [q[..., b].copy() for b in range(k)]
    for a in range(k):
        for b in range(k):
            mass = np.minimum(left[a], right[b])
            joint[..., a, b] = mass
            left[a] = left[a] - mass
            right[b] = right[b] - mass
    # What rounding left over of a state stays with that state, paired with the highest possible
    # one: a finding of probability 1e-300 must not become impossible.
    top = k - 1 - np.argmax(q[..., ::-1] > 0, axis=-1)
    np.put_along_axis(
        joint,
        np.broadcast_to(top[..., None, None], (*p.shape, 1)),
        np.take_along_axis(joint, np.broadcast_to(top[..., None, None], (*p.shape, 1)), axis=-1)
        + np.stack(left, axis=-1)[..., None],
        axis=-1,
    )
    return joint


def pair_steps(join: Sequence[Sequence[int]]) -> FloatArray:
    """How a pair of contributions moves a pair of states.

    Parameters
    ----------
    join : k x k
        ``join[a][b]``: the state reached when ``a`` and ``b`` meet.

    Returns
    -------
    ndarray (k*k, k*k * k*k)
        Row (c, c'), columns ((a, a'), (join[a][c], join[a'][c'])): 1 where the step goes.
    """
    table = np.asarray(join, dtype=np.intp)
    k = len(table)
    steps = np.zeros((k, k, k, k, k, k))
    c, d, a, b = np.indices((k, k, k, k)).reshape(4, -1)
    steps[c, d, a, b, table[a, c], table[b, d]] = 1.0
    return steps.reshape(k * k, k**4)


@dataclass(frozen=True, slots=True)
class TwoWorlds:
    """How a block over parents is read in the actual and in the changed world.

    The pair block has one axis a parent and, after them, one axis for each parent that has a
    variable of its own in the changed world.

    Attributes
    ----------
    cards : tuple of int
        States of the parents.
    doubled : tuple of int
        Positions of the parents that have a counterpart.
    fixed : tuple of (position, state)
        Parents that the change sets to one state.
    """

    cards: tuple[int, ...]
    doubled: tuple[int, ...]
    fixed: tuple[tuple[int, int], ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """Axes of the pair block: parents, then counterparts."""
        return (*self.cards, *(self.cards[d] for d in self.doubled))

    def actual(self, block: FloatArray) -> FloatArray:
        """The block (B, parents..., tail...) with an axis of length 1 for each counterpart."""
        at = 1 + len(self.cards)
        return np.expand_dims(block, tuple(range(at, at + len(self.doubled))))

    def changed(self, block: FloatArray) -> FloatArray:
        """The block as the changed world reads it: counterparts in place of their parents."""
        for position, state in self.fixed:
            block = np.take(block, [state], axis=1 + position)
        at = 1 + len(self.cards)
        for n, position in enumerate(self.doubled):
            block = np.expand_dims(np.moveaxis(block, 1 + position, at + n - 1), 1 + position)
        return block

    def alone(self, block: FloatArray) -> FloatArray:
        """The block of the changed world on its own, fixed parents gone (axes in place)."""
        for position, state in sorted(self.fixed, reverse=True):
            block = np.take(block, state, axis=1 + position)
        return block

    def agree(self) -> BoolArray:
        """Where both worlds give the parents the same states, shape :attr:`shape`."""
        index = np.indices(self.shape, sparse=True)
        same = np.ones(self.shape, dtype=np.bool_)
        for position, state in self.fixed:
            same = same & (index[position] == state)
        for n, position in enumerate(self.doubled):
            same = same & (index[position] == index[len(self.cards) + n])
        return same

    def couple(self, p: FloatArray) -> FloatArray:
        """Couple the rows (B, parents..., k) of both worlds: (B, :attr:`shape`..., k, k)."""
        return quantile_coupling(self.actual(p), self.changed(p))

    def apart(self, p: FloatArray) -> FloatArray:
        """The rows of both worlds, each drawn for itself: (B, :attr:`shape`..., k, k)."""
        product: FloatArray = self.actual(p)[..., :, None] * self.changed(p)[..., None, :]
        return np.broadcast_to(product, (len(p), *self.shape, *product.shape[-2:]))

    def changed_support(self, support: BoolArray, k: int) -> BoolArray:
        """Which states the changed world may draw for itself: (:attr:`shape`..., k, k)."""
        possible = self.changed(support[None].astype(np.float64))[0] > 0
        return np.broadcast_to(possible[..., None, :], (*self.shape, k, k))

    def couple_support(self, support: BoolArray) -> BoolArray:
        """Which entries of :meth:`couple` may be positive: (:attr:`shape`..., k, k)."""
        one = self.actual(support[None].astype(np.float64))[0]
        two = self.changed(support[None].astype(np.float64))[0]
        both = (one[..., :, None] > 0) & (two[..., None, :] > 0)
        both = np.broadcast_to(both, (*self.shape, *both.shape[-2:]))
        diagonal = np.eye(both.shape[-1], dtype=np.bool_)
        return both & (diagonal | ~self.agree()[..., None, None])
