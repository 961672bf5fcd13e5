"""Network -> model, and parameters -> tables as one vectorised function.

``expand`` asks every mechanism for its family and its blocks (see ``blocks.py``) and evaluates them
at the stated values. ``table_function`` evaluates the same blocks for many rows of parameters: the
distinct values of all blocks go into one matrix ``(K, B)``, which together with the place of each
entry in it is all the engine needs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from etiograph.errors import InvalidNetwork
from etiograph.network.blocks import Block, Builder, FloatArray, IntArray
from etiograph.network.model import BoolArray, Conditional, Model, TableRows
from etiograph.network.parameter import Number, Parameter, value_of
from etiograph.network.variable import Variable
from etiograph.threads import halves, in_pieces

if TYPE_CHECKING:
    from etiograph.network.network import Network

TableFunction = Callable[[FloatArray], TableRows]

ROWS_A_THREAD = 500
"""Rows below which a second thread costs more than it saves."""
TINY = (1e-3, 1e-9)
"""Stand-ins for an uncertain probability when looking for entries that may be positive."""


def expand(network: Network) -> Model:
    """Return what the engine sees of a network (use ``network.model``, which keeps it)."""
    return network.expansion.model


def table_function(network: Network) -> TableFunction:
    """Return the function from parameters to tables.

    Parameters
    ----------
    network : Network

    Returns
    -------
    function, ndarray (B, P) -> TableRows, which stand for an ndarray (B, T)
        Columns in the order of ``network.parameters``, entries as in ``network.model.tables``.
        Probabilities that would sum above 1 in a row are normalised. A parameter without a range
        that stands at exactly 0 or 1 is part of the structure; the function raises
        :class:`~etiograph.errors.InvalidNetwork` for another value of it (make a new network with
        ``with_parameters`` instead).
    """
    return network.expansion.tables


class Expansion:
    """A network's model together with the blocks it was made of."""

    def __init__(self, network: Network) -> None:
        builder = Builder(network.variables)
        for name, mechanism in network.mechanisms.items():
            mechanism.expand(builder, builder.index[name])
        coins = {name: _coin(builder, v) for name, v in network.variables.items() if _lasts(v)}
        self.blocks: tuple[Block, ...] = tuple(builder.blocks)
        self.parameters: tuple[Parameter, ...] = tuple(network.parameters.values())
        tables, support = self._evaluate()
        self.model = Model(
            names=tuple(builder.names),
            cards=tuple(builder.cards),
            families=tuple(builder.families[i] for i in range(len(builder.names))),
            n_network=len(network.variables),
            tables=tables,
            support=support,
        )
        self.coins: dict[int, int] = {builder.index[name]: coin for name, coin in coins.items()}
        """Recurring variable -> the hidden one that says whether its noise lasts (states: no, yes)."""

    def _evaluate(self) -> tuple[FloatArray, BoolArray]:
        """Evaluate all blocks at the stated values, and where their entries may be positive.

        An entry may be positive if it is so somewhere inside the ranges; a handful of places, small
        and large probabilities, ratios that harm and that protect, show them all.
        """
        tables: list[FloatArray] = [np.zeros(0)]
        support: list[BoolArray] = [np.zeros(0, dtype=np.bool_)]
        for block in self.blocks:
            if callable(block.values):
                distinct = block.values(_probes(block.inputs))
                tables.append(distinct[block.index, 0])
                possible = np.any(distinct > 0.0, axis=1, keepdims=True)[:, 0] | block.dense
                support.append(possible[block.index])
            else:
                tables.append(block.values[block.index])
                support.append(tables[-1] > 0.0)
        return np.concatenate(tables), np.concatenate(support)

    @cached_property
    def _plan(self) -> _Plan:
        return _Plan.of(self.blocks, self.parameters)

    @property
    def n_distinct(self) -> int:
        """K, how many distinct numbers the tables are made of."""
        return self._plan.n_computed + self._plan.fixed.size

    def tables(self, values: FloatArray, inside: Iterable[int] | None = None) -> TableRows:
        """Evaluate the tables for rows of parameters; see :func:`table_function`.

        ``inside``: variables whose families alone will be read; numbers of others may be NaN.
        """
        rows = np.asarray(values, dtype=np.float64)
        if rows.ndim != 2 or rows.shape[1] != len(self.parameters):
            raise InvalidNetwork(
                f"expected parameters of shape (rows, {len(self.parameters)}), found {rows.shape}"
            )
        read = None
        if inside is not None:
            read = np.zeros(self.model.n_entries, dtype=np.bool_)
            for entries in (own for i in inside for own in self.model.entries_of(i)):
                read[entries] = True
        return self._plan(rows, read)


def _lasts(variable: Variable) -> bool:
    """Whether some of the variable's noise may last."""
    return variable.persistence is not None and variable.persistence != 0.0


def _coin(builder: Builder, variable: Variable) -> int:
    """Add the hidden variable that says whether a recurring variable's noise lasts.

    Nothing in a network depends on it; a twin reads it (see ``query.doubling``).
    """
    share = variable.persistence
    assert share is not None
    coin = builder.hidden(f"{variable.name}~lasts", 2)
    block = Block(lambda values: np.concatenate([1.0 - values, values]), np.arange(2), (share,))
    builder.families[coin] = Conditional(coin, (), builder.add(block))
    return coin


def _probes(inputs: Sequence[Number]) -> FloatArray:
    """Return values of a block's numbers (m, B): the stated ones first, then inside the ranges."""
    stated = [value_of(n) for n in inputs]
    columns = [stated]
    if any(isinstance(n, Parameter) and n.uncertain for n in inputs):
        places = product(TINY, (1.5, 0.5))
        columns += [[_inside(n, small, ratio) for n in inputs] for small, ratio in places]
    return np.array(columns, dtype=np.float64).T


def _inside(number: Number, probability: float, ratio: float) -> float:
    """Return a value inside the range of an uncertain number, else its stated value."""
    if not isinstance(number, Parameter) or not number.uncertain:
        return value_of(number)
    if number.kind == "probability":
        return probability
    return ratio if number.kind in ("odds_ratio", "risk_ratio") else number.value


@dataclass(frozen=True, eq=False)
class _Plan:
    """The blocks of a network, arranged for evaluation over many rows at once."""

    n_parameters: int
    constants: FloatArray
    """Numbers of the blocks that are no parameters, (C,)."""
    work: tuple[tuple[Callable[[FloatArray], FloatArray], IntArray, int, int], ...]
    """Per computed block: function, rows of its inputs, first and past-last distinct value."""
    fixed: FloatArray
    """Distinct constant entries; they stand after the computed ones."""
    n_computed: int
    index: IntArray
    """Which distinct value each of the T entries takes."""
    pinned: IntArray
    pinned_values: FloatArray
    names: tuple[str, ...]

    @classmethod
    def of(cls, blocks: Sequence[Block], parameters: Sequence[Parameter]) -> _Plan:
        column = {p.name: j for j, p in enumerate(parameters)}
        constants: list[float] = []
        work = []
        indices: list[IntArray] = []
        entries = [b.values[b.index] for b in blocks if not callable(b.values)]
        fixed, where = np.unique(np.concatenate([np.zeros(0), *entries]), return_inverse=True)
        computed, used = 0, 0
        for block in blocks:
            if not callable(block.values):
                # Counted from the end for now: how many are computed is not known yet.
                indices.append(-1 - where[used : used + block.index.size])
                used += block.index.size
                continue
            rows = []
            for number in block.inputs:
                if isinstance(number, Parameter):
                    rows.append(column[number.name])
                else:
                    rows.append(len(parameters) + len(constants))
                    constants.append(float(number))
            stated = np.array([value_of(n) for n in block.inputs], dtype=np.float64)
            count = block.values(stated[:, None]).shape[0]
            work.append((block.values, np.array(rows, dtype=np.intp), computed, computed + count))
            indices.append(block.index + computed)
            computed += count
        index = np.concatenate([np.zeros(0, dtype=np.intp), *indices])
        index = np.where(index < 0, computed - 1 - index, index).astype(np.intp)
        pinned = [j for j, p in enumerate(parameters) if not p.uncertain and p.value in (0.0, 1.0)]
        return cls(
            len(parameters),
            np.array(constants, dtype=np.float64),
            tuple(work),
            fixed,
            computed,
            index,
            np.array(pinned, dtype=np.intp),
            np.array([parameters[j].value for j in pinned], dtype=np.float64),
            tuple(p.name for p in parameters),
        )

    def __call__(self, rows: FloatArray, read: BoolArray | None = None) -> TableRows:
        wrong = (rows[:, self.pinned] != self.pinned_values).any(axis=0)
        if wrong.any():
            j = int(self.pinned[np.argmax(wrong)])
            raise InvalidNetwork(
                f"parameter {self.names[j]!r} has no range and is part of the structure at 0 or 1; "
                "use with_parameters to change it"
            )
        draws = rows.shape[0]
        numbers = np.empty((self.n_parameters + self.constants.size, draws))
        numbers[: self.n_parameters] = rows.T
        numbers[self.n_parameters :] = self.constants[:, None]
        distinct = np.empty((self.n_computed + self.fixed.size, draws))
        distinct[self.n_computed :] = self.fixed[:, None]
        work = self.work
        if read is not None:
            used = np.zeros(len(distinct), dtype=np.bool_)
            used[self.index[read]] = True
            work = tuple(block for block in work if used[block[2] : block[3]].any())
            if len(work) < len(self.work):
                distinct[: self.n_computed] = np.nan

        def some(first: int, end: int) -> None:
            own = numbers[:, first:end]
            for compute, inputs, start, stop in work:
                distinct[start:stop, first:end] = compute(own[inputs])

        if draws:
            in_pieces(some, halves(draws, ROWS_A_THREAD))
        return TableRows(distinct, self.index)


def with_values(network: Network, values: FloatArray) -> Network:
    """Return the network at one row of parameters (P,), ranges kept: for tests and displays."""
    changed = {}
    for parameter, value in zip(network.parameters.values(), values.tolist(), strict=True):
        low, high = parameter.low, parameter.high
        if low is not None and high is not None:
            low, high = min(low, value), max(high, value)
        changed[parameter.name] = replace(parameter, value=value, low=low, high=high)
    return network.with_parameters(changed)
