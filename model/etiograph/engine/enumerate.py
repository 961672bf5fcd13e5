"""Brute force: every world written out, one by one.

The oracle of the tests and the honest explanation of the lessons. Nothing here is clever: a
posterior is a sum over worlds, and a counterfactual is a sum over settings of the noise, each of
which fixes both the world that was and the world that would have been.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from etiograph.engine.sample import topological_order
from etiograph.errors import TooLarge
from etiograph.network.model import Accumulation, Conditional, FloatArray, Link, Model

IntArray = NDArray[np.intp]

MAX_WORLDS = 2**22
"""Worlds, or settings of the noise, written out before :class:`TooLarge` is raised."""


@dataclass(frozen=True, slots=True)
class Enumerated:
    """Exact beliefs from brute force.

    Attributes
    ----------
    log_evidence : ndarray (B,)
        log P(findings); minus infinity where they are impossible.
    marginals : ndarray (B, S)
        Posterior of every state; zeros where the findings are impossible.
    """

    log_evidence: FloatArray
    marginals: FloatArray


@dataclass(frozen=True, slots=True)
class NoiseWorlds:
    """Every setting of the noise that agrees with the findings, and what follows from it.

    Attributes
    ----------
    weight : ndarray (N,)
        P(setting) times the likelihood of the findings in the actual world.
    actual, changed : ndarray (N, n)
        State of each variable in the two worlds.
    model : Model
        The model they belong to.
    """

    weight: FloatArray
    actual: IntArray
    changed: IntArray
    model: Model

    @property
    def log_evidence(self) -> float:
        """log P(findings) in the actual world."""
        total = float(self.weight.sum())
        return float(np.log(total)) if total > 0 else float("-inf")

    def marginals(self, changed: bool = True) -> FloatArray:
        """Posterior (S,) of every state in the changed (or the actual) world."""
        states = self.changed if changed else self.actual
        return _marginals(self.model, states, self.weight)

    def joint(self, variable: int) -> FloatArray:
        """P(state in the actual world, state in the changed world | findings), (k, k)."""
        k = self.model.cards[variable]
        pair = self.actual[:, variable] * k + self.changed[:, variable]
        counts = np.bincount(pair, weights=self.weight, minlength=k * k).reshape(k, k)
        total = counts.sum()
        return np.asarray(counts / total if total > 0 else counts)


def family_table(model: Model, i: int, tables: FloatArray | None = None) -> FloatArray:
    """P(variable i | its parents), dense, axes ``(model.parents(i)..., child)``."""
    t = model.tables if tables is None else tables
    family, parents, k = model.families[i], model.parents(i), model.cards[i]
    shape = tuple(model.cards[p] for p in parents)
    if isinstance(family, Conditional):
        size = int(np.prod((*shape, k)))
        return np.asarray(t[family.start : family.start + size]).reshape(*shape, k)
    p_child = np.zeros((*shape, 1, k))
    p_child[..., 0] = 1.0
    for link in family.links:
        cards = [model.cards[p] for p in link.parents]
        size = int(np.prod([*cards, k, k]))
        block = np.asarray(t[link.start : link.start + size]).reshape(*cards, k, k)
        p_child = p_child @ _spread(block, link.parents, parents)
    return p_child[..., 0, :]


def worlds(
    model: Model, tables: FloatArray | None = None, limit: int = MAX_WORLDS
) -> tuple[IntArray, FloatArray]:
    """Every world of positive probability.

    Returns
    -------
    states : ndarray (N, n)
        State of each variable.
    p : ndarray (N,)
        Probability of each world.

    Raises
    ------
    TooLarge
        If more than ``limit`` worlds would have to be written out.
    """
    states = np.zeros((1, len(model.names)), dtype=np.intp)
    p = np.ones(1)
    for i in topological_order(model):
        k = model.cards[i]
        _refuse(len(p) * k, limit, "worlds")
        rows = family_table(model, i, tables)[tuple(states[:, q] for q in model.parents(i))]
        rows = np.broadcast_to(rows, (len(p), k))
        p_next = p[:, None] * rows
        keep, state = np.nonzero(p_next)
        states = states[keep]
        states[:, i] = state
        p = p_next[keep, state]
    return states, p


def posterior(
    model: Model,
    likelihoods: FloatArray,
    tables: FloatArray | None = None,
    limit: int = MAX_WORLDS,
) -> Enumerated:
    """Posterior of every state and P(findings), by summing over all worlds.

    Parameters
    ----------
    model : Model
        What is asked.
    likelihoods : ndarray (B, S) or (S,)
        One row a case.
    tables : ndarray (T,) or (B, T), optional
        Values of the tables; the model's own if not given.
    limit : int
        Most worlds to write out.
    """
    rows = np.atleast_2d(likelihoods)
    log_evidence = np.full(len(rows), -np.inf)
    marginals = np.zeros((len(rows), model.n_states))
    shared = None if tables is not None and tables.ndim == 2 else worlds(model, tables, limit)
    for b, row in enumerate(rows):
        if shared is None:
            assert tables is not None
            states, p = worlds(model, tables[b], limit)
        else:
            states, p = shared
        weight = p * _weights(model, states, row)
        total = weight.sum()
        if total > 0:
            log_evidence[b] = np.log(total)
            marginals[b] = _marginals(model, states, weight)
    return Enumerated(log_evidence, marginals)


def expected_counts(
    model: Model,
    likelihoods: FloatArray,
    tables: FloatArray | None = None,
    weights: FloatArray | None = None,
    limit: int = MAX_WORLDS,
) -> FloatArray:
    """Expected counts (T,) of every number, summed over rows, by summing over all worlds.

    Of an entry of a table the weight of the worlds in which child and parents are so. Of a link's
    contribution, in row 0 of its step matrices, the share of the ways in which the contributions of
    all links come to the child's state that have this one so.

    Parameters
    ----------
    model : Model
    likelihoods : ndarray (B, S) or (S,)
    tables : ndarray (T,), optional
    weights : ndarray (B,), optional
        How often each row counts.
    limit : int
        Most worlds to write out.
    """
    t = model.tables if tables is None else tables
    states, p = worlds(model, t, limit)
    out = np.zeros(model.n_entries)
    mass = np.zeros(len(p))
    rows = np.atleast_2d(likelihoods)
    for row, weight in zip(rows, np.ones(len(rows)) if weights is None else weights, strict=True):
        own = p * _weights(model, states, row)
        if own.sum() > 0:
            mass += weight * own / own.sum()
    for family in model.families:
        k = model.cards[family.child]
        if isinstance(family, Conditional):
            scope = (*family.parents, family.child)
            at = np.ravel_multi_index(
                [states[:, v] for v in scope], [model.cards[v] for v in scope]
            )
            out += np.bincount(family.start + at, mass, model.n_entries)
            continue
        for n, link in enumerate(family.links):
            rest = np.zeros((len(p), k))
            rest[:, 0] = 1.0
            for m, other in enumerate(family.links):
                if m != n:
                    at, block = _rows_of(model, other, states, k)
                    rest = np.einsum("na,nab->nb", rest, t[at[:, None, None] + block])
            at, block = _rows_of(model, link, states, k)
            ways = np.zeros((len(p), k))
            for a in range(k):
                for c in range(k):
                    hit = states[:, family.child] == family.join[a][c]
                    ways[:, c] += hit * rest[:, a] * t[at + c]
            total = ways.sum(axis=1, keepdims=True)
            share = np.divide(ways, total, out=np.zeros_like(ways), where=total > 0)
            for c in range(k):
                out += np.bincount(at + c, mass * share[:, c], model.n_entries)
    return out


def _rows_of(model: Model, link: Link, states: IntArray, k: int) -> tuple[IntArray, IntArray]:
    """Where the step matrix (k, k) of a link begins in each world, and its entries from there."""
    at = np.zeros(len(states), dtype=np.intp)
    for v in link.parents:
        at = at * model.cards[v] + states[:, v]
    return link.start + at * k * k, np.arange(k * k).reshape(k, k)


def counterfactual(
    model: Model,
    likelihood: FloatArray,
    changes: Mapping[int, int],
    *,
    fresh: Collection[int] = (),
    hold: Collection[int] = (),
    orders: Mapping[int, Sequence[int]] | None = None,
    coins: Mapping[int, int] | None = None,
    lasting: Mapping[int, Sequence[Sequence[int]]] | None = None,
    tables: FloatArray | None = None,
    limit: int = MAX_WORLDS,
) -> NoiseWorlds:
    """Two worlds that share their noise, by enumerating every setting of the noise.

    Each link of an accumulation, and each conditional table, is driven by one uniform number
    through its quantile function (states in the order given by ``orders``). The uniform is cut at
    every point where the response to some parents' states changes, which leaves finitely many
    settings, each with a probability. A setting fixes every variable of both worlds.

    Parameters
    ----------
    model : Model
        What is asked.
    likelihood : ndarray (S,)
        Findings, seen in the actual world.
    changes : mapping of variable to state
        What is set in the changed world.
    fresh : collection of variables
        Those that draw their noise again in the changed world.
    hold : collection of variables
        Those that keep their actual state in the changed world.
    orders : mapping of variable to states from low to high, optional
        Order of the quantile coupling where it is not the order of the states.
    coins : mapping of variable to variable, optional
        Where a variable of ``fresh`` has a coin that shows state 1, its noise is the same in both
        worlds after all.
    lasting : mapping of variable to k x k, optional
        ``[a][b]``: the state in the changed world where the actual one is ``a`` and it would be ``b``.
    tables : ndarray (T,), optional
        Values of the tables.
    limit : int
        Most settings to write out.
    """
    n = len(model.names)
    actual = np.zeros((1, n), dtype=np.intp)
    changed = np.zeros((1, n), dtype=np.intp)
    weight = np.ones(1)
    coins, lasting = coins or {}, lasting or {}
    # Coins have no parents, and those whose noise they tell of come after them.
    first = set(coins.values())
    for i in sorted(topological_order(model), key=lambda i: i not in first):
        order = None if orders is None else orders.get(i)
        start = np.zeros(len(weight), dtype=np.intp)
        one, two = start, start
        for parents, p, response in _noises(model, i, tables, order):
            drawn_before = start
            for world in (0, 1) if i in fresh else (None,):
                _refuse(len(weight) * len(p), limit, "settings of the noise")
                keep = np.repeat(np.arange(len(weight)), len(p))
                noise = np.tile(np.arange(len(p)), len(weight))
                weight = weight[keep] * p[noise]
                actual, changed, one, two = actual[keep], changed[keep], one[keep], two[keep]
                if world == 1 and i in coins:
                    noise = np.where(actual[:, coins[i]] == 1, drawn_before[keep], noise)
                drawn_before = noise
                if world in (None, 0):
                    drawn = response[(noise, *(actual[:, q] for q in parents))]
                    one = _joined(model, i, one, drawn)
                if world in (None, 1):
                    drawn = response[(noise, *(changed[:, q] for q in parents))]
                    two = _joined(model, i, two, drawn)
        actual[:, i] = one
        if i in lasting:
            two = np.asarray(lasting[i], dtype=np.intp)[one, two]
        changed[:, i] = changes.get(i, one if i in hold else two)
        weight = weight * likelihood[model.offsets[i] + one]
        alive = weight > 0
        weight, actual, changed = weight[alive], actual[alive], changed[alive]
    return NoiseWorlds(weight, actual, changed, model)


def _noises(
    model: Model, i: int, tables: FloatArray | None, order: Sequence[int] | None
) -> list[tuple[tuple[int, ...], FloatArray, IntArray]]:
    """The independent noises of family i: parents, P(setting), response (setting, parents...)."""
    family, k = model.families[i], model.cards[i]
    if isinstance(family, Conditional):
        states = np.arange(k) if order is None else np.asarray(order)
        p, response = quantile_settings(family_table(model, i, tables)[..., states])
        return [(family.parents, p, states[response])]
    t = model.tables if tables is None else tables
    out = []
    for link in family.links:
        cards = [model.cards[q] for q in link.parents]
        size = int(np.prod([*cards, k, k]))
        block = np.asarray(t[link.start : link.start + size]).reshape(*cards, k, k)
        out.append((link.parents, *quantile_settings(block[..., 0, :])))
    return out


def quantile_settings(rows: FloatArray) -> tuple[FloatArray, IntArray]:
    """Cut one uniform number wherever the quantile function of some row jumps.

    Parameters
    ----------
    rows : ndarray (..., k)
        One distribution for each configuration of the parents.

    Returns
    -------
    p : ndarray (M,)
        Length of each piece.
    response : ndarray (M, ...)
        State that each row gives on that piece.
    """
    k = rows.shape[-1]
    cumulative = np.cumsum(rows, axis=-1)[..., : k - 1]
    cuts = np.unique(np.clip(np.concatenate([[0.0], cumulative.ravel(), [1.0]]), 0.0, 1.0))
    # Two sums that differ by rounding alone are one cut.
    cuts = cuts[np.concatenate([[True], np.diff(cuts) > 1e-15])]
    cuts[-1] = 1.0
    middle = (cuts[1:] + cuts[:-1]) / 2
    above = middle.reshape(-1, *([1] * rows.ndim)) > cumulative[None]
    return np.diff(cuts), above.sum(axis=-1).astype(np.intp)


def _joined(model: Model, i: int, state: IntArray, drawn: IntArray) -> IntArray:
    family = model.families[i]
    if isinstance(family, Accumulation):
        return np.asarray(family.join, dtype=np.intp)[state, drawn]
    return drawn


def _spread(block: FloatArray, own: tuple[int, ...], parents: tuple[int, ...]) -> FloatArray:
    """Move the axes of a link's block (own parents..., k, k) to their place among all parents."""
    wanted = sorted(range(len(own)), key=lambda axis: parents.index(own[axis]))
    block = block.transpose(*wanted, len(own), len(own) + 1)
    at = [axis for axis, parent in enumerate(parents) if parent not in own]
    return np.expand_dims(block, tuple(at)) if at else block


def _weights(model: Model, states: IntArray, likelihood: FloatArray) -> FloatArray:
    slots = states + np.asarray(model.offsets, dtype=np.intp)
    return np.asarray(likelihood[slots].prod(axis=1))


def _marginals(model: Model, states: IntArray, weight: FloatArray) -> FloatArray:
    total = weight.sum()
    out = np.zeros(model.n_states)
    if total <= 0:
        return out
    for i, offset in enumerate(model.offsets):
        k = model.cards[i]
        out[offset : offset + k] = np.bincount(states[:, i], weights=weight, minlength=k) / total
    return out


def _refuse(entries: int, limit: int, what: str) -> None:
    if entries > limit:
        raise TooLarge(f"{entries:,} {what} to write out, at most {limit:,}", entries, entries * 8)
