"""Rows that speak of different variables, in groups that are each worth a program of their own.

One program serves rows of any pattern, every variable soft, but goes through all its table entries
for each of them. Rows that know the same states, or leave the same variables out, share a smaller
one. Groups are made as a decision tree is grown: a group is split by the variable that saves most,
for as long as what is saved is more than what the new programs cost to compile.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from etiograph.engine.ancestral import ancestors
from etiograph.engine.costs import A_CELL, A_CUT, A_PROGRAM, A_SWEEP, AGAIN, TRIED
from etiograph.engine.decompose import hubs
from etiograph.engine.plans import Core, core_variables, estimate
from etiograph.engine.program import LANES
from etiograph.network.model import FloatArray, Model

IntArray = NDArray[np.int64]

SOFT, SILENT = -2, -1
"""Codes of a variable that a row leaves several states of, or says nothing of; else its state."""


def row_groups(costs: RowCosts) -> list[IntArray]:
    """Rows in groups, by number."""
    every = np.arange(costs.count)
    if -(-costs.count // LANES) * LANES * estimate(costs.model) < 2 * costs.a_program:
        return [every]
    if (costs.codes == costs.codes[0]).all():  # one pattern has nothing to be split by
        return [every]
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


def row_by_row(costs: RowCosts, groups: Sequence[IntArray]) -> bool:
    """Whether a program of each row's own, cut from a shared tree, is cheaper than those of groups.

    Parameters
    ----------
    costs : RowCosts
    groups : sequence of ndarray of int
        See :func:`row_groups`.
    """
    if len(groups) == 1 and costs.count < LANES:
        return False
    if A_CUT / costs.passes > 2 * estimate(costs.model) + A_PROGRAM * len(groups) / costs.count:
        return False  # to cut them is dearer than to go through everything for each
    together = sum(costs.of_group(g) for g in groups)
    entries = costs.of_rows()
    return bool(
        (A_CUT + A_CELL * entries).sum() / costs.passes + A_SWEEP * entries.sum() < together
    )


def what_rows_say(model: Model, rows: FloatArray) -> IntArray:
    """What each row says of each variable, (B, variables): its state, ``SOFT`` or ``SILENT``."""
    from etiograph.engine.kernels_rows import read_rows

    said = np.empty((len(rows), len(model.cards)), dtype=np.int64)
    read_rows(rows, np.asarray(model.offsets), np.asarray(model.cards), SOFT, SILENT, said)
    return said


class RowCosts:
    """Estimated table entries of a program for some of the rows of a table.

    Parameters
    ----------
    model : Model
    rows : ndarray (B, S)
        Likelihoods.
    wanted : variables, optional
        What is asked; None: everything, so that nothing is left out.
    again : bool
        Whether the same rows will be asked many times, so that a program is compiled for them all.
    """

    def __init__(
        self,
        model: Model,
        rows: FloatArray,
        wanted: Iterable[int] | None = None,
        again: bool = False,
    ) -> None:
        self.model = model
        self.count = len(rows)
        self.passes = AGAIN if again else 1
        self.a_program = A_PROGRAM / self.passes
        self.wanted = None if wanted is None else tuple(wanted)
        self._rows = rows

    @cached_property
    def codes(self) -> IntArray:
        """What each row says of each variable, (B, variables)."""
        return what_rows_say(self.model, self._rows)

    @cached_property
    def hub(self) -> IntArray:
        """The hub of each variable, (variables,); -1 if it has none."""
        hub = np.full(len(self.model.cards), -1)
        for child, own in hubs(self.model).items():
            hub[child] = own
        return hub

    @cached_property
    def core(self) -> Core:
        """The cliques of a good order of the whole model, and the states of their variables and hubs."""
        return core_variables(self.model)

    def left(self, group: IntArray) -> FloatArray:
        """Log of the states that stay open of each vertex in a program for a group of rows."""
        left = self.core.log_cards.copy()
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
            self.left(np.arange(len(codes))), (len(codes), len(self.core.log_cards))
        ).copy()
        left[:, :n][codes >= 0] = 0.0
        hub = np.flatnonzero(self.hub >= 0)
        row, child = (codes[:, hub] == 0).nonzero()
        left[row, self.hub[hub[child]]] = 0.0
        found: FloatArray = np.exp(left @ self.core.members.T).sum(axis=1)
        return found

    def of_group(self, group: IntArray) -> float:
        """What the sweep of a group costs, and its program."""
        entries = float(np.exp(self.core.members @ self.left(group)).sum())
        return -(-len(group) // LANES) * LANES * entries + self.a_program

    def split(self, group: IntArray) -> Sequence[IntArray]:
        """The group by the states of the variable that saves most, or as it is."""
        left = self.left(group)
        sizes = np.exp(self.core.members @ left)
        best = self.of_group(group)
        parts = [group]
        if len(group) <= LANES or best < 2 * self.a_program:
            return parts
        count = len(self.model.cards)
        codes = self.codes[group]
        saved = (sizes @ self.core.members)[:count] * (1.0 - np.exp(-left[:count]))
        saved *= (codes != SOFT).mean(axis=0) * (codes != codes[0]).any(axis=0)
        for v in np.argsort(-saved, kind="stable")[:TRIED].tolist():
            if saved[v] <= 0.0:
                break
            found = [group[codes[:, v] == code] for code in np.unique(codes[:, v])]
            cost = sum(self.of_group(part) for part in found)
            if cost < best:
                best, parts = cost, found
        return parts
