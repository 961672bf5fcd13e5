"""A few rows answered in plain numpy: no kernel is loaded and no program compiled.

For a process that asks one question and ends. Loading compiled kernels and laying out index arrays
takes longer than its answer; here the clique tree is swept with whole dense tables instead (Shafer &
Shenoy 1990). Whatever is too large or in doubt is left to :func:`~etiograph.engine.propagate.propagate`:
what the compiled sweep would ask again by another arithmetic is in doubt here, by the same bounds.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from etiograph.engine.costs import DENSE_ENTRIES
from etiograph.engine.decompose import decompose
from etiograph.engine.live import narrow, piece_values, spread
from etiograph.engine.memory import allowed
from etiograph.engine.plans import hard_states
from etiograph.engine.precision import CANCELLED, SMALL
from etiograph.engine.tree import Node, build_tree
from etiograph.network.model import FloatArray, Model

Domains = Sequence[NDArray[np.int64]]
Message = tuple[FloatArray, tuple[int, ...]]
"""Numbers (B, states...) and the variables of the axes after the first."""


def propagate_dense(
    model: Model, rows: FloatArray, limit: int | None = None
) -> tuple[FloatArray, FloatArray] | None:
    """Exact posteriors of a few rows.

    Parameters
    ----------
    model : Model
        The model, at its own numbers.
    rows : ndarray (B, S)
        Likelihoods.
    limit : int, optional
        Bytes the tables may take; else :func:`~etiograph.engine.memory.allowed`.

    Returns
    -------
    log_evidence, marginals : ndarray (B,), ndarray (B, S)
        None where a row is impossible, the tables are too large, or digits may have been lost.
    """
    domains = narrow(model, hard_states(model, rows))
    if any(len(d) == 0 for d in domains):
        return None
    free = [v for v, d in enumerate(domains) if len(d) > 1]
    fixed = {v: int(d[0]) for v, d in enumerate(domains) if len(d) == 1}
    parts = decompose(model, fixed, [len(d) for d in domains], searched=False)
    domains += [np.arange(parts.cards[v]) for v in range(len(domains), len(parts.cards))]
    cards = [len(d) for d in domains]
    nodes, _ = build_tree(parts, free, cards)
    entries = float(sum(np.prod([float(cards[v]) for v in node.scope]) for node in nodes))
    entries *= len(rows)
    if entries > DENSE_ENTRIES or 8 * entries > (allowed() if limit is None else limit):
        return None
    # Digits cancel where a hub is summed out, nowhere else.
    hubs = range(len(model.cards), len(cards)) if parts.signed else range(0)
    try:
        tree = [_Table(model, node, domains, hubs) for node in nodes]
    except _Doubt:
        return None
    place = {id(node): i for i, node in enumerate(nodes)}
    below = [[tree[place[id(c)]] for c in node.children] for node in nodes]
    log_evidence = np.zeros(len(rows))
    with np.errstate(divide="ignore"):  # one row may rule out what the others leave
        for piece in parts.pieces:
            if not piece.scope:
                log_evidence += np.log(piece_values(piece, model.tables, domains))
        for v, state in fixed.items():
            log_evidence += np.log(rows[:, model.offsets[v] + state])
    marginals = np.zeros_like(rows)
    for v, state in fixed.items():
        marginals[:, model.offsets[v] + state] = 1.0
    likelihoods = {}
    for v in free:
        own = rows[:, model.offsets[v] + domains[v]]
        top = own.max(axis=1, keepdims=True)
        if not top.all():
            return None
        likelihoods[v] = own / top
        log_evidence += np.log(top[:, 0])
    if not np.isfinite(log_evidence).all():
        return None
    try:
        with np.errstate(divide="raise", invalid="raise", under="ignore"):
            for table, children in zip(tree, below, strict=True):
                log_evidence += table.send(children, likelihoods)
            for table, children in zip(reversed(tree), reversed(below), strict=True):
                for v, p in table.spread_down(children):
                    marginals[:, model.offsets[v] + domains[v]] = p
    except (_Doubt, FloatingPointError):
        return None
    return log_evidence, marginals


class _Doubt(Exception):
    """Digits may have been lost, or a row is impossible."""


class _Table:
    """One node of the tree with its numbers and the messages that came in."""

    def __init__(self, model: Model, node: Node, domains: Domains, hubs: range) -> None:
        self.node = node
        self.separator = tuple(sorted(node.separator))
        self.scope = (*self.separator, *sorted(node.scope - node.separator))
        self.signed = any(v in hubs for v in node.scope - node.separator)
        self.base: FloatArray = np.ones([len(domains[v]) for v in self.scope])
        for piece in node.pieces:
            values = piece_values(piece, model.tables, domains)
            self.base = self.base * spread(values, piece.scope, self.scope)
            # Looked at after every factor: the next one might take it to 0.
            if ((self.base != 0) & (abs(self.base) < SMALL)).any():
                raise _Doubt
        self.base = self.base[None]
        self.inputs: list[Message] = []
        self.up: FloatArray = np.ones(1)
        self.down: FloatArray | None = None
        self.sizes: FloatArray | None = None
        """Of each number of the message to the parent, the sum of the sizes of its terms."""

    def send(self, children: Sequence[_Table], likelihoods: dict[int, FloatArray]) -> FloatArray:
        """Make the message to the parent; returns the log of what was scaled out of it, (B,)."""
        self.inputs = [(child.up, child.separator) for child in children]
        self.inputs += [(likelihoods[v], (v,)) for v in self.node.slots]
        product = self.base
        for numbers, scope in self.inputs:
            product = product * self._over(numbers, scope)
        axes = tuple(range(1 + len(self.separator), 1 + len(self.scope)))
        message = product.sum(axis=axes)
        top = _tops(message)
        self.up = message / top
        if self.signed:
            self.sizes = np.abs(product).sum(axis=axes) / top
        logs: FloatArray = np.log(top.reshape(-1))
        return logs

    def spread_down(self, children: Sequence[_Table]) -> list[tuple[int, FloatArray]]:
        """Messages to the children; the posteriors (B, states) of the variables hosted here."""
        above = self.base
        if self.down is not None:
            above = above * self._over(self.down, self.separator)
        if self.sizes is not None:
            # What a rounding of the terms can do to the answers: sum of sizes over size of sum.
            weight = np.ones(1) if self.down is None else self.down
            axes = tuple(range(1, 1 + len(self.separator)))
            net = (weight * self.up).sum(axis=axes)
            if (abs(net) < CANCELLED * (abs(weight) * self.sizes).sum(axis=axes)).any():
                raise _Doubt
        found = []
        for i, (numbers, scope) in enumerate(self.inputs):
            product = above
            for j, (others, over) in enumerate(self.inputs):
                if j != i:
                    product = product * self._over(others, over)
            gone = tuple(1 + a for a, v in enumerate(self.scope) if v not in scope)
            kept = [v for v in self.scope if v in scope]
            message = product.sum(axis=gone)
            message = message.transpose([0, *(1 + kept.index(v) for v in scope)])
            message = message / _tops(message)
            if i < len(children):
                children[i].down = message
            else:
                # A signed sum that should be 0 may come out a rounding below it.
                p = np.maximum(message * numbers, 0.0)
                found.append((scope[0], p / p.sum(axis=1, keepdims=True)))
        return found

    def _over(self, numbers: FloatArray, scope: Sequence[int]) -> FloatArray:
        """Numbers (B, states of the scope...) with an axis for every variable of the table."""
        return spread(numbers, (-1, *scope), (-1, *self.scope))


def _tops(message: FloatArray) -> FloatArray:
    """The largest number of each row of a message (B, ...), axes kept.

    Raises
    ------
    _Doubt
        A row has none above 0, or others so small against it that digits may be lost further on.
    """
    top: FloatArray = message.max(axis=tuple(range(1, message.ndim)), keepdims=True)
    if not top.min() > 0 or ((message > 0) & (message < SMALL * top)).any():
        raise _Doubt
    return top
