"""Which subsets of the findings an explanation asks of, each once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from etiograph.decision.shapley import (
    all_subsets,
    chains,
    random_orders,
    shapley_exact,
    shapley_from_orders,
)

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

EXACT = 12
"""Up to this many findings the Shapley shares come from all subsets."""
ORDERS = 400
"""Random orders of the findings beyond that."""

Orders = tuple[IntArray, IntArray]


@dataclass(frozen=True, slots=True)
class Plan:
    """Every subset of the findings that is asked of, each once, and which one serves what.

    Attributes
    ----------
    members : ndarray of bool (B, F)
    none, context, full : int
        Rows of the empty set, the context and all findings.
    before, alone : ndarray of int (F,)
        What comes before each finding, and that with the finding.
    single, without : ndarray of int (F,)
        Each finding by itself, and all but it.
    early, late : ndarray of int
        Subsets of the context, and of the others on top of the context: all of them, or the
        growing subsets of random orders.
    """

    members: BoolArray
    none: int
    context: int
    full: int
    before: IntArray
    alone: IntArray
    single: IntArray
    without: IntArray
    early: IntArray
    late: IntArray

    @classmethod
    def make(cls, first: BoolArray, seed: int) -> tuple[Plan, tuple[Orders | None, Orders | None]]:
        n = len(first)
        one = np.eye(n, dtype=bool)
        head = np.stack([np.zeros(n, bool), first, np.ones(n, bool)])
        early, early_orders = _games(first, np.zeros(n, bool), seed)
        late, late_orders = _games(~first, first, seed)
        wanted = [head, one, one | (first & ~first[:, None]), ~one, early, late]
        members, where = np.unique(np.concatenate(wanted), axis=0, return_inverse=True)
        ends = np.cumsum([len(part) for part in wanted])[:-1]
        heads, single, alone, without, first_game, second_game = np.split(where.reshape(-1), ends)
        none, context, full = (int(i) for i in heads)
        before = np.where(first, none, context)
        plan = cls(
            members, none, context, full, before, alone, single, without, first_game, second_game
        )
        return plan, (early_orders, late_orders)


def _games(players: BoolArray, known: BoolArray, seed: int) -> tuple[BoolArray, Orders | None]:
    """Subsets of the players on top of what is known, and the orders they come from if drawn."""
    n = int(players.sum())
    orders: Orders | None = None
    if n <= EXACT:
        own = all_subsets(n)
    else:
        drawn = random_orders(n, ORDERS, np.random.default_rng(seed))
        own, place = chains(drawn)
        orders = (drawn, place)
    members = np.tile(known, (len(own), 1))
    members[:, players] = own
    return members, orders


def shares_of(
    plan: Plan, orders: tuple[Orders | None, Orders | None], odds: FloatArray, first: BoolArray
) -> tuple[FloatArray, FloatArray]:
    """Shares of the context among itself, then of the others once the context is known."""
    shares, errors = np.zeros(len(first)), np.zeros(len(first))
    for players, rows, drawn in ((first, plan.early, orders[0]), (~first, plan.late, orders[1])):
        if not players.any():
            continue
        if drawn is None:
            shares[players] = shapley_exact(odds[rows])
        else:
            shares[players], errors[players] = shapley_from_orders(drawn[0], odds[rows][drawn[1]])
    return shares, errors
