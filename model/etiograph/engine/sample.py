"""Ancestral draws: every variable from its family, parents first."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from etiograph.network.model import Accumulation, Conditional, FloatArray, Model

StateArray = NDArray[np.int64]


def topological_order(model: Model) -> list[int]:
    """The variables of a model, parents before children."""
    done: list[int] = []
    seen = [False] * len(model.cards)
    for start in range(len(model.cards)):
        stack = [(start, False)]
        while stack:
            v, ready = stack.pop()
            if ready:
                done.append(v)
            elif not seen[v]:
                seen[v] = True
                stack.append((v, True))
                stack.extend((p, False) for p in model.parents(v) if not seen[p])
    return done


def pick(
    p: FloatArray, rng: np.random.Generator, rows: StateArray | slice = slice(None)
) -> StateArray:
    """One state a case from distributions (n, k); a state of probability 0 is never drawn.

    ``rows`` says, where many cases share a few distributions, which of them each has.
    """
    cumulative = np.cumsum(p, axis=1).T
    last = cumulative[-1, rows]
    u = rng.random(len(last)) * last
    drawn = np.zeros(len(u), dtype=np.int64)
    for below in cumulative[:-1]:
        drawn += u >= below[rows]
    return drawn


def sample_states(model: Model, n: int, rng: np.random.Generator) -> StateArray:
    """Draw cases.

    Parameters
    ----------
    model : Model
        The model.
    n : int
        Number of cases.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    ndarray of int (n, variables)
        State of every variable, hidden ones included.
    """
    states = np.zeros((n, len(model.cards)), dtype=np.int64, order="F")  # read by variable
    for v in topological_order(model):
        draw_one(model, v, states, rng)
    return states


def draw_one(model: Model, v: int, states: StateArray, rng: np.random.Generator) -> None:
    """Draw variable ``v`` of every case (n, variables) by its parents' states; in place."""
    family = model.families[v]
    k = model.cards[v]
    if isinstance(family, Conditional):
        row = _row_index(model, family.parents, states)
        size = int(np.prod([model.cards[p] for p in family.parents], dtype=np.int64)) * k
        table = model.tables[family.start : family.start + size].reshape(-1, k)
        states[:, v] = pick(table, rng, row)
        return
    assert isinstance(family, Accumulation)
    states[:, v] = 0
    for link in family.links:
        row = _row_index(model, link.parents, states)
        size = int(np.prod([model.cards[p] for p in link.parents], dtype=np.int64)) * k * k
        steps = model.tables[link.start : link.start + size].reshape(-1, k)
        states[:, v] = pick(steps, rng, row * k + states[:, v])


def _row_index(model: Model, parents: tuple[int, ...], states: StateArray) -> StateArray:
    row = np.zeros(len(states), dtype=np.int64)
    for p in parents:
        row = row * model.cards[p] + states[:, p]
    return row
