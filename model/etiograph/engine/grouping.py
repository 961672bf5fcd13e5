"""Rows that speak of different variables, in groups that are each worth a program of their own.

One program serves rows of any pattern, every variable soft, but goes through all its table entries
for each of them. Rows that know the same states, or leave the same variables out, share a smaller
one. Groups are made as a decision tree is grown: a group is split by the variable that saves most,
for as long as what is saved is more than what the new programs cost to compile.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from etiograph.engine.ancestral import ancestors
from etiograph.engine.decompose import hubs
from etiograph.engine.plans import core_variables, estimate
from etiograph.network.model import BoolArray, FloatArray, Model

IntArray = NDArray[np.int64]

A_PROGRAM = 5_000_000
"""Table entries that a sweep over many rows goes through in the time a program takes to compile, about."""
A_BLOCK = 32
"""Rows that are swept in the time of one."""
WORTH = 0.75
"""A split has to bring the cost of a group down to this share: estimates are rough."""
A_CUT, A_CELL = 40_000, 100
"""The same for cutting a row's own program from a shared tree: alone, and for each of its entries."""
A_SWEEP = 10
"""Table entries that are swept in a block in the time of one of a row's own."""
AGAIN = 20
"""Passes that rows are taken for when they are counted: who counts comes again with other numbers."""
TRIED = 3
"""Variables tried at each split: those that promise most."""
SOFT, SILENT = -2, -1
"""Codes of a variable that a row leaves several states of, or says nothing of; else its state."""


def row_groups(
    model: Model, rows: FloatArray, wanted: Iterable[int] | None = None
) -> list[IntArray]:
    """Rows (B, S) in groups, by number.

    Parameters
    ----------
    model : Model
    rows : ndarray (B, S)
        Likelihoods.
    wanted : variables, optional
        What is asked; None: everything, so that nothing is left out.
    """
    every = np.arange(len(rows))
    if -(-len(rows) // A_BLOCK) * A_BLOCK * estimate(model) < 2 * A_PROGRAM:
        return [every]
    codes = what_rows_say(model, rows)
    if (codes == codes[0]).all():  # one pattern has nothing to be split by
        return [every]
    costs = _Costs.of(model, codes, None if wanted is None else tuple(wanted))
    done: list[IntArray] = []
    waiting = [every]
    while waiting:
        members = waiting.pop()
        parts = costs.split(members)
        if len(parts) == 1:
            done.append(members)
        else:
            waiting.extend(parts)
    return done


def row_by_row(
    model: Model,
    rows: FloatArray,
    groups: Sequence[IntArray],
    wanted: Iterable[int] | None = None,
    again: bool = False,
) -> bool:
    """Whether a program of each row's own, cut from a shared tree, is cheaper than those of groups.

    Parameters
    ----------
    model : Model
    rows : ndarray (B, S)
    groups : sequence of ndarray of int
        See :func:`row_groups`.
    wanted : variables, optional
        What is asked.
    again : bool
        Whether the same rows will be asked many times.
    """
    passes = AGAIN if again else 1
    if len(groups) == 1 and len(rows) < A_BLOCK:
        return False
    if A_CUT / passes > 2 * estimate(model) + A_PROGRAM * len(groups) / len(rows):
        return False  # to cut them is dearer than to go through everything for each
    costs = _Costs.of(model, what_rows_say(model, rows), None if wanted is None else tuple(wanted))
    together = sum(costs.of_group(g) - A_PROGRAM * (1.0 - 1.0 / passes) for g in groups)
    entries = costs.of_rows()
    return bool((A_CUT + A_CELL * entries).sum() / passes + A_SWEEP * entries.sum() < together)


def what_rows_say(model: Model, rows: FloatArray) -> IntArray:
    """What each row says of each variable, (B, variables): its state, ``SOFT`` or ``SILENT``."""
    from etiograph.engine.kernels_rows import read_rows

    said = np.empty((len(rows), len(model.cards)), dtype=np.int64)
    read_rows(rows, np.asarray(model.offsets), np.asarray(model.cards), SOFT, SILENT, said)
    return said


@dataclass(frozen=True, eq=False, slots=True)
class _Costs:
    """Estimated table entries of a program for some of the rows.

    Attributes
    ----------
    model : Model
    codes : ndarray (B, variables)
    wanted : tuple of int or None
    members : ndarray of bool (cliques, vertices)
        The variables and hubs of every clique, by a good order of the whole model.
    logs : ndarray (vertices,)
        Log of the states of each.
    hub : ndarray (variables,)
        The hub of each variable; -1 if it has none.
    """

    model: Model
    codes: IntArray
    wanted: tuple[int, ...] | None
    members: BoolArray
    logs: FloatArray
    hub: IntArray

    @classmethod
    def of(cls, model: Model, codes: IntArray, wanted: tuple[int, ...] | None) -> _Costs:
        hub = np.full(len(model.cards), -1)
        for child, own in hubs(model).items():
            hub[child] = own
        core = core_variables(model)
        return cls(model, codes, wanted, core.members, core.log_cards, hub)

    def left(self, group: IntArray) -> FloatArray:
        """Log of the states that stay open of each vertex in a program for a group of rows."""
        left = self.logs.copy()
        codes = self.codes[group]
        first = codes[0]
        known = (codes == first).all(axis=0) & (first >= 0)
        left[: len(known)][known] = 0.0
        # A child that is known to be in its lowest state ties none of its causes together.
        untied = known & (first == 0)
        if self.wanted is not None:
            spoken = np.flatnonzero((codes != SILENT).any(axis=0)).tolist()
            barren = np.ones(len(known), dtype=np.bool_)
            barren[list(ancestors(self.model, (*self.wanted, *spoken)))] = False
            left[: len(known)][barren] = 0.0
            untied |= barren
        left[self.hub[untied & (self.hub >= 0)]] = 0.0
        return left

    def of_rows(self) -> FloatArray:
        """Table entries (B,) of a program of each row's own."""
        codes = self.codes
        n = codes.shape[1]
        left = np.broadcast_to(
            self.left(np.arange(len(codes))), (len(codes), len(self.logs))
        ).copy()
        left[:, :n][codes >= 0] = 0.0
        hub = np.flatnonzero(self.hub >= 0)
        row, child = (codes[:, hub] == 0).nonzero()
        left[row, self.hub[hub[child]]] = 0.0
        found: FloatArray = np.exp(left @ self.members.T).sum(axis=1)
        return found

    def of_group(self, group: IntArray) -> float:
        """What the sweep of a group costs, and its program."""
        entries = float(np.exp(self.members @ self.left(group)).sum())
        return -(-len(group) // A_BLOCK) * A_BLOCK * entries + A_PROGRAM

    def split(self, group: IntArray) -> Sequence[IntArray]:
        """The group by the states of the variable that saves most, or as it is."""
        left = self.left(group)
        sizes = np.exp(self.members @ left)
        best = whole = self.of_group(group)
        parts = [group]
        if len(group) <= A_BLOCK or best < 2 * A_PROGRAM:
            return parts
        count = len(self.model.cards)
        codes = self.codes[group]
        saved = (sizes @ self.members)[:count] * (1.0 - np.exp(-left[:count]))
        saved *= (codes != SOFT).mean(axis=0) * (codes != codes[0]).any(axis=0)
        for v in np.argsort(-saved, kind="stable")[:TRIED].tolist():
            if saved[v] <= 0.0:
                break
            found = [group[codes[:, v] == code] for code in np.unique(codes[:, v])]
            cost = sum(self.of_group(part) for part in found)
            if cost < best * (WORTH if best == whole else 1.0):
                best, parts = cost, found
        return parts
