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
from etiograph.engine.memory import DEFAULT_LIMIT, allowed
from etiograph.engine.plans import hard_states
from etiograph.engine.program import Program
from etiograph.engine.sample import topological_order
from etiograph.errors import TooLarge
from etiograph.network.model import FloatArray, Model

MAX_SWEEPS = 200_000
"""Bounds computed before a search is given up."""
MAX_WORK = 200_000_000
"""Table entries gone through before that: seconds, on a machine of 2024."""


@dataclass(frozen=True, slots=True)
class JointState:
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
        work = MAX_WORK * (allowed() / DEFAULT_LIMIT)
        self.most = int(min(MAX_SWEEPS, work / max(1, program.entries)))

    def refuse_if_hopeless(self, variables: Sequence[int]) -> None:
        """Refuse a search that cannot end: it asks for each state of each variable at least once."""
        least = sum(self.model.cards[v] for v in variables)
        if least > self.most:
            raise self.too_large(f"need at least {least:,} sweeps, of at most {self.most:,}, over")

    def too_large(self, why: str) -> TooLarge:
        """The refusal, with what is needed and what may be done."""
        return TooLarge(
            f"the most probable states {why} {self.program.entries:,} table entries each; name the few "
            "variables that matter, most_probable(variables=[...]), which is much less work, add "
            "findings, or allow more by etiograph.memory_limit(...), or by --limit before the command",
            entries=self.program.entries,
            bytes=self.program.bytes,
        )

    def __call__(self, variables: Sequence[int], states: Sequence[int]) -> float:
        from etiograph.engine.kernels import bound_one

        self.sweeps += 1
        if self.sweeps > self.most:
            raise self.too_large(f"were not found within {self.most:,} sweeps over")
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
    limit: int | None = None,
) -> list[JointState]:
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
    bounds.refuse_if_hopeless([v for v in order if v not in known])
    found: list[JointState] = []
    heap: list[tuple[float, int, tuple[int, ...]]] = []
    start = bounds((), ())
    if start > -math.inf:
        heap.append((-start, 0, ()))
    while heap and len(found) < k:
        bound, _, states = heapq.heappop(heap)
        if len(states) == len(order):
            found.append(JointState(tuple(states[i] for i in back), -bound))
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
