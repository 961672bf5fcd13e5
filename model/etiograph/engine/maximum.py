"""The most probable states of several variables at once, best first.

Hidden variables (and network variables that are not asked for) have to be summed out before the
maximum is taken, which no cheap elimination order allows. One sweep with sums and maxima in a cheap
order gives an upper bound instead, exact where nothing is summed; a best-first search over the
states of the variables, one at a time, then finds the true best (Park & Darwiche 2003).
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from etiograph.engine.compile import compile_pattern
from etiograph.engine.plans import hard_states
from etiograph.engine.program import DEFAULT_LIMIT, Program
from etiograph.engine.sample import topological_order
from etiograph.errors import TooLarge
from etiograph.network.model import FloatArray, Model

MAX_SWEEPS = 200_000
"""Bounds computed before a search is given up."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """States of the variables asked for.

    Attributes
    ----------
    states : tuple of int
        In the order of the variables.
    log_p : float
        log P(states, row).
    """

    states: tuple[int, ...]
    log_p: float


class _Bounds:
    """Upper bounds on P(row, best completion)."""

    def __init__(self, model: Model, program: Program, row: FloatArray, tables: FloatArray) -> None:
        self.model = model
        self.program = program
        self.row = row
        self.base = program.base(tables)[0]
        self.buffer = np.empty(program.n_buffer)
        self.sweeps = 0

    def __call__(self, variables: Sequence[int], states: Sequence[int]) -> float:
        from etiograph.engine.kernels import bound_one

        self.sweeps += 1
        if self.sweeps > MAX_SWEEPS:
            raise TooLarge(
                f"the most probable states were not found within {MAX_SWEEPS} sweeps; ask for fewer "
                "variables or add findings",
                entries=self.program.entries,
                bytes=self.program.bytes,
            )
        row = self.row.copy()
        for v, s in zip(variables, states, strict=False):
            begin = self.model.offsets[v]
            kept = row[begin + s]
            row[begin : begin + self.model.cards[v]] = 0.0
            row[begin + s] = kept
        p = self.program
        return float(
            bound_one(
                p.nodes, p.inputs, p.segments, p.group_starts, self.base, p.free,
                p.fixed_slots, row, self.buffer,
            )
        )  # fmt: skip


def most_probable_states(
    model: Model,
    row: FloatArray,
    variables: Sequence[int],
    k: int = 1,
    tables: FloatArray | None = None,
    limit: int = DEFAULT_LIMIT,
) -> list[Explanation]:
    """The k most probable joint states of some variables, best first.

    Parameters
    ----------
    model : Model
        The model.
    row : ndarray (S,)
        Likelihoods of the findings.
    variables : sequence of int
        What to explain; everything else is summed out.
    k : int
        How many; fewer are returned if fewer have a positive probability.
    tables : ndarray (T,), optional
        Numbers to use instead of the model's own.

    Raises
    ------
    TooLarge
        If the search needs more than ``MAX_SWEEPS`` sweeps, or a sweep too much memory.
    """
    known = hard_states(model, row)
    place = {v: i for i, v in enumerate(topological_order(model))}
    order = sorted(variables, key=place.__getitem__)
    back = [order.index(v) for v in variables]
    program = compile_pattern(
        model,
        known,
        limit=limit,
        maximised=frozenset(variables),
    )
    if program is None:
        return []
    bounds = _Bounds(model, program, row, model.tables if tables is None else tables)
    found: list[Explanation] = []
    heap: list[tuple[float, int, tuple[int, ...]]] = []
    start = bounds((), ())
    if start > -math.inf:
        heap.append((-start, 0, ()))
    while heap and len(found) < k:
        bound, _, states = heapq.heappop(heap)
        if len(states) == len(order):
            found.append(Explanation(tuple(states[i] for i in back), -bound))
            continue
        v = order[len(states)]
        for s in range(model.cards[v]):
            if row[model.offsets[v] + s] <= 0.0:
                continue
            longer = (*states, s)
            value = bounds(order, longer)
            if value > -math.inf:
                # Deeper first among equals, so that an exact bound leads straight down.
                heapq.heappush(heap, (-value, -len(longer), longer))
    return found
