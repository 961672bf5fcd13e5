"""A few rows answered in plain numpy: no kernel is loaded and no program compiled.

For a process that asks one question and ends. Loading compiled kernels and laying out index arrays
takes longer than its answer; here the clique tree is swept with whole dense tables instead (Shafer &
Shenoy 1990). Whatever is too large or in doubt is left to :func:`~etiograph.engine.propagate.propagate`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from etiograph.engine.decompose import Piece, decompose
from etiograph.engine.live import narrow
from etiograph.engine.plans import hard_states
from etiograph.engine.tree import Node, build_tree
from etiograph.network.model import FloatArray, Model

MOST_ENTRIES = 8_000_000
"""Dense table entries of all rows together beyond which the compiled engine is quicker."""
DOUBT = 1e-9
"""Sums that should agree and differ by more than this share are not answered here."""

Domains = Sequence[NDArray[np.int64]]
Message = tuple[FloatArray, tuple[int, ...]]
"""Numbers (B, states...) and the variables of the axes after the first."""


def propagate_plain(model: Model, rows: FloatArray) -> tuple[FloatArray, FloatArray] | None:
    """Exact posteriors of a few rows.

    Parameters
    ----------
    model : Model
        The model, at its own numbers.
    rows : ndarray (B, S)
        Likelihoods.

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
    entries = sum(np.prod([float(cards[v]) for v in node.scope]) for node in nodes)
    if entries * len(rows) > MOST_ENTRIES:
        return None
    tree = [_Table(model, node, domains) for node in nodes]
    place = {id(node): i for i, node in enumerate(nodes)}
    log_evidence = np.zeros(len(rows))
    for piece in parts.pieces:
        if not piece.scope:
            log_evidence += np.log(_values(model, piece, domains))
    for v, state in fixed.items():
        with np.errstate(divide="ignore"):  # one row may rule out what the others leave
            log_evidence += np.log(rows[:, model.offsets[v] + state])
    marginals = np.zeros_like(rows)
    for v, state in fixed.items():
        marginals[:, model.offsets[v] + state] = 1.0
    with np.errstate(divide="ignore", invalid="ignore"):
        for table in tree:
            table.take([tree[place[id(c)]].up for c in table.node.children], model, rows, domains)
            log_evidence += table.send()
        for table in reversed(tree):
            children = [tree[place[id(c)]] for c in table.node.children]
            for v, p in table.spread_down(children):
                marginals[:, model.offsets[v] + domains[v]] = p
    sound = np.isfinite(log_evidence).all() and np.isfinite(marginals).all()
    if not sound or marginals.min() < -DOUBT:
        return None
    return log_evidence, np.clip(marginals, 0.0, 1.0)


def _values(model: Model, piece: Piece, domains: Domains) -> FloatArray:
    """A piece as a dense array over the states still possible of its scope."""
    shape = tuple(len(domains[v]) for v in piece.scope)
    if piece.start < 0:
        return np.asarray(piece.values, dtype=np.float64).reshape(shape)
    index = np.asarray(piece.start)
    for v, stride in zip(piece.scope, piece.strides, strict=True):
        index = index[..., None] + domains[v] * stride
    values: FloatArray = model.tables[index]
    return values


def _place(array: FloatArray, scope: Sequence[int], over: Sequence[int]) -> FloatArray:
    """Axes of ``scope``, after the first, put where they stand in ``over``."""
    where = {v: i for i, v in enumerate(over)}
    source = sorted(range(len(scope)), key=lambda a: where[scope[a]])
    shape = [len(array)] + [1] * len(over)
    for a in source:
        shape[1 + where[scope[a]]] = array.shape[1 + a]
    return array.transpose([0, *(1 + a for a in source)]).reshape(shape)


class _Table:
    """One node of the tree with its numbers and the messages that came in."""

    def __init__(self, model: Model, node: Node, domains: Domains) -> None:
        self.node = node
        self.separator = tuple(sorted(node.separator))
        self.scope = (*self.separator, *sorted(node.scope - node.separator))
        self.base: FloatArray = np.ones([1, *(len(domains[v]) for v in self.scope)])
        for piece in node.pieces:
            self.base = self.base * _place(
                _values(model, piece, domains)[None], piece.scope, self.scope
            )
        self.inputs: list[Message] = []
        self.up: Message = (np.ones(1), ())
        self.down: FloatArray | None = None

    def take(
        self, messages: Sequence[Message], model: Model, rows: FloatArray, domains: Domains
    ) -> None:
        """Messages of the children, and the likelihoods that enter here."""
        self.inputs = list(messages)
        for v in self.node.slots:
            self.inputs.append((rows[:, model.offsets[v] + domains[v]], (v,)))

    def _product(self, leave_out: int) -> FloatArray:
        product = self.base
        for i, (numbers, scope) in enumerate(self.inputs):
            if i != leave_out:
                product = product * _place(numbers, scope, self.scope)
        return product

    def send(self) -> FloatArray:
        """Make the message to the parent; returns the log of what was scaled out of it, (B,)."""
        axes = tuple(range(1 + len(self.separator), 1 + len(self.scope)))
        message, logs = _scaled(self._product(-1).sum(axis=axes))
        self.up = (message, self.separator)
        return logs

    def spread_down(self, children: Sequence[_Table]) -> list[tuple[int, FloatArray]]:
        """Messages to the children; the posteriors (B, states) of the variables hosted here."""
        above = self.base
        if self.down is not None:
            above = above * _place(self.down, self.separator, self.scope)
        found = []
        for i, (numbers, scope) in enumerate(self.inputs):
            product = above
            for j, (others, over) in enumerate(self.inputs):
                if j != i:
                    product = product * _place(others, over, self.scope)
            gone = tuple(1 + a for a, v in enumerate(self.scope) if v not in scope)
            kept = [v for v in self.scope if v in scope]
            message, _ = _scaled(product.sum(axis=gone))
            message = message.transpose([0, *(1 + kept.index(v) for v in scope)])
            if i < len(children):
                children[i].down = message
            else:
                p = message * numbers
                found.append((scope[0], p / p.sum(axis=1, keepdims=True)))
        return found


def _scaled(message: FloatArray) -> tuple[FloatArray, FloatArray]:
    """A message (B, ...) with its largest entry brought to 1, and the logs of the factors, (B,)."""
    top = np.abs(message).max(axis=tuple(range(1, message.ndim)), keepdims=True)
    logs = np.log(top.reshape(len(top)))
    signed: FloatArray = message / top
    # A root sends one number; its sign is the sign of P(findings).
    return signed, logs if message.ndim > 1 else np.where(message > 0, logs, np.nan)
