"""Mechanisms: how the parents of a variable make it what it is. Tables and rules; the rest nearby.

The other mechanisms are in ``noisy.py`` (noisy-OR, noisy-MAX, opposing), ``logit.py`` and
``reading.py``. A mechanism names parents and states; it meets the variables when the network is
made (``settled``) and becomes blocks of the model when the network is expanded (``expand``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Self

import numpy as np

from etiograph.errors import InvalidNetwork
from etiograph.network.blocks import Block, Builder, FloatArray, constant_block, joint_shape
from etiograph.network.calling import warn
from etiograph.network.checks import (
    SUM_EXACT,
    IntArray,
    Variables,
    When,
    combination,
    condition,
    known_parents,
    matched,
    name_tuple,
    numbers,
    require_probability,
)
from etiograph.network.frozen import clean_name, read_only, rebuilt, walk
from etiograph.network.model import Conditional
from etiograph.network.parameter import Number, Parameter, value_of
from etiograph.network.value import short_text
from etiograph.network.variable import Variable

SUM_ROUNDED = 1e-6
"""Rows this near to 1 are normalised."""
SUM_SLOPPY = 1e-2 + SUM_EXACT
"""Rows this near to 1 are normalised with a warning (thirds in two decimals, 0.33 0.33 0.33, are off by 1e-2
and the rounding of their sum); the others are refused."""


class Mechanism:
    """What all mechanisms share."""

    __slots__ = ()

    kind: ClassVar[str]
    parents: tuple[str, ...]

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Its parameters, each once, in declared order."""
        return tuple({p.name: p for p in walk(self, Parameter)}.values())

    def with_parameters(self, changed: Mapping[str, Parameter]) -> Self:
        """Return the mechanism with some parameters exchanged by name."""
        result: Self = rebuilt(self, Parameter, lambda p: changed.get(p.name, p))
        return result

    def settled(self, child: Variable, variables: Variables) -> Self:
        """Check the mechanism against the variables; return it in its settled form."""
        raise NotImplementedError

    def expand(self, builder: Builder, child: int) -> None:
        """Add the family of ``child``, with hidden variables where needed."""
        raise NotImplementedError


# -- tables ---------------------------------------------------------------------------------------


@short_text
@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: where it holds, and the probability of the child's states.

    Attributes
    ----------
    when : mapping
        Parent to the state, or states, it may be in; a parent not named may be in any.
    p : mapping
        State of the child to its probability. One state may be left out: it has the rest.
    """

    when: When
    p: Mapping[str, Number]

    def __post_init__(self) -> None:
        object.__setattr__(self, "when", condition(self.when))
        object.__setattr__(self, "p", numbers(self.p, "a row"))


@short_text
@dataclass(frozen=True, slots=True, eq=False)
class Table(Mechanism):
    """A conditional table, from rows with parameters or from an array of constants.

    Attributes
    ----------
    parents : tuple of str
        The parents, in the order of the array's axes.
    rows : tuple of Row
        The first row that holds wins.
    array : ndarray (parents..., states) or None
        Constant entries instead of rows.

    Examples
    --------
    >>> import etiograph as eg
    >>> rain = eg.Parameter("rain", "probability", 0.2, low=0.1, high=0.3)
    >>> mechanisms = {
    ...     "rain": eg.Table(rows=[eg.Row({}, {"yes": rain})]),
    ...     "wet": eg.Table(("rain",), array=[[0.9, 0.1], [0.2, 0.8]]),
    ... }
    >>> net = eg.Network([eg.Variable(name, ("no", "yes")) for name in mechanisms], mechanisms)
    >>> round(net.case(wet="yes").posterior()["rain"]["yes"], 4), net.has_ranges
    (0.6667, True)
    """

    kind: ClassVar[str] = "table"
    parents: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    array: FloatArray | None = field(default=None)

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "parents", name_tuple(self.parents, "the parents of a table"))
        put(self, "rows", tuple(self.rows))
        if (self.array is None) != bool(self.rows):
            raise InvalidNetwork("a table needs either rows or an array")
        if self.array is not None:
            try:
                put(self, "array", read_only(self.array))
            except (TypeError, ValueError):
                raise InvalidNetwork("a table's array must be regular and all numbers") from None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Table):
            return NotImplemented
        if (self.parents, self.rows) != (other.parents, other.rows):
            return False
        if self.array is None or other.array is None:
            return self.array is other.array
        return np.array_equal(self.array, other.array)

    def __hash__(self) -> int:
        return hash((self.parents, self.rows, None if self.array is None else self.array.tobytes()))

    def settled(self, child: Variable, variables: Variables) -> Self:
        known_parents(self.parents, child, variables)
        if self.array is not None:
            array = checked_array(self.array, child, self.parents, variables)
            return self if array is self.array else replace(self, array=array)
        for r, row in enumerate(self.rows, 1):
            where = f"variable {child.name!r}, row {r}"
            for state, p in row.p.items():
                child.index(state)
                require_probability(p, f"{where}, state {state!r}")
            total = sum(value_of(p) for p in row.p.values())
            unnamed = [s for s in child.states if s not in row.p]
            if total > 1.0 + SUM_EXACT:
                raise InvalidNetwork(f"{where}: probabilities sum to {total:.12g}, above 1")
            if len(unnamed) != 1 and abs(total - 1.0) > SUM_EXACT:
                raise InvalidNetwork(
                    f"{where}: probabilities sum to {total:.12g}, not 1"
                    + (f"; {', '.join(unnamed)} are not stated" if unnamed else "")
                )
        self._row_of(child.name, variables)
        return self

    def _row_of(self, child: str, variables: Variables) -> IntArray:
        found = matched([r.when for r in self.rows], self.parents, variables, child)
        if found.min() < 0:  # allocates nothing
            at = combination(self.parents, variables, np.argwhere(found < 0)[0].tolist())
            raise InvalidNetwork(f"variable {child!r}: no row of its table holds for {at}")
        return found

    def expand(self, builder: Builder, child: int) -> None:
        name = builder.names[child]
        if self.array is not None:
            block = constant_block(self.array)
        else:
            block = _row_block(
                self.rows, builder.variables[name], self._row_of(name, builder.variables)
            )
        parents = builder.numbers(self.parents)
        builder.families[child] = Conditional(child, parents, builder.add(block))


def checked_array(
    array: FloatArray, child: Variable, parents: Sequence[str], variables: Variables
) -> FloatArray:
    """Return a table's array in its full shape, each row a distribution.

    Rows off by up to 1e-6 are normalised, up to 1e-2 normalised with a warning.

    Raises
    ------
    InvalidNetwork
        Wrong shape, an entry that is no probability, or a row further off.
    """
    shape = joint_shape(parents, variables, child.card)
    flat = (int(np.prod(shape[:-1])), child.card)
    if array.shape not in (shape, flat, flat[1:] if flat[0] == 1 else flat):
        raise InvalidNetwork(
            f"variable {child.name!r}: its table has shape {array.shape}, expected {shape} "
            f"for ({', '.join((*parents, child.name))})"
        )
    full = array.reshape(shape)
    # Written so that NaN counts as bad.
    bad = ~((full >= 0.0) & (full <= 1.0 + SUM_ROUNDED))
    if bad.any():
        at = np.argwhere(bad)[0].tolist()
        where = f"{combination(parents, variables, at[:-1])}, " if parents else ""
        raise InvalidNetwork(
            f"variable {child.name!r}: the entry for {where}"
            f"state {child.states[at[-1]]!r} is {float(full[tuple(at)]):g}, not a probability from 0 to 1"
        )
    off = np.abs(full.sum(axis=-1) - 1.0)
    worst = float(off.max())
    if worst <= SUM_EXACT and float(full.max()) <= 1.0:
        return array if array.shape == shape else read_only(full)
    if worst > SUM_SLOPPY:
        at = np.argwhere(off > SUM_SLOPPY)[0].tolist()
        raise InvalidNetwork(
            f"variable {child.name!r}: the row for {combination(parents, variables, at)} sums to "
            f"{float(full[tuple(at)].sum()):.12g}, not 1"
        )
    if worst > SUM_ROUNDED:
        rows = [combination(parents, variables, at) for at in np.argwhere(off > SUM_ROUNDED)[:5]]
        warn(
            f"variable {child.name!r}: {int((off > SUM_ROUNDED).sum())} rows do not sum to 1 and "
            f"were normalised: {'; '.join(rows)}",
        )
    uneven = (off > SUM_EXACT) | (full.max(axis=-1) > 1.0)
    return read_only(np.where(uneven[..., None], full / full.sum(axis=-1, keepdims=True), full))


def _row_block(rows: Sequence[Row], child: Variable, row_of: IntArray) -> Block:
    """Return the block of a table of rows: distinct values are the cells of its rows."""
    k = child.card
    inputs = tuple(p for row in rows for p in row.p.values())
    at = [r * k + child.index(s) for r, row in enumerate(rows) for s in row.p]
    position = np.array(at, dtype=np.intp)
    rest = [
        next((r * k + i for i, s in enumerate(child.states) if s not in row.p), -1)
        if len(row.p) == k - 1
        else -1
        for r, row in enumerate(rows)
    ]
    has_rest = np.array([x >= 0 for x in rest])
    rest_at = np.array([x for x in rest if x >= 0], dtype=np.intp)
    # Where several numbers add up, what is left of 1 may be nothing but rounding.
    dust = np.array([2e-16 * len(row.p) * (len(row.p) > 1) for row in rows])[has_rest, None]

    def compute(values: FloatArray) -> FloatArray:
        draws = values.shape[1]
        cells = np.zeros((len(rows) * k, draws))
        cells[position] = values
        total = cells.reshape(len(rows), k, draws).sum(axis=1)
        left = 1.0 - total[has_rest]
        cells[rest_at] = np.where(left > dust, left, 0.0)
        excess = total - 1.0
        wrong = np.where(has_rest[:, None], excess > 0.0, np.abs(excess) > SUM_EXACT)
        if wrong.any():
            cells /= np.repeat(np.where(wrong & (total > 0.0), total, 1.0), k, axis=0)
        return cells

    index = (row_of.reshape(-1, 1) * k + np.arange(k)).reshape(-1)
    return Block(compute, index, inputs)


# -- rules ----------------------------------------------------------------------------------------


@short_text
@dataclass(frozen=True, slots=True)
class Rule:
    """One line of a deterministic mechanism: where it holds, and the state it gives."""

    when: When
    state: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "when", condition(self.when))
        object.__setattr__(self, "state", clean_name(self.state, "a state"))


@short_text
@dataclass(frozen=True, slots=True)
class Deterministic(Mechanism):
    """The child's state follows from its parents' without any noise.

    Attributes
    ----------
    parents : tuple of str
    rows : tuple of Rule
        The first that holds wins; ``(when, state)`` pairs are accepted.
    default : str
        The state where none holds; "" if the rows must cover everything.

    Examples
    --------
    >>> import etiograph as eg
    >>> either = eg.Deterministic(("a", "b"), [({"a": "yes"}, "yes"), ({"b": "yes"}, "yes")], "no")
    >>> variables = [eg.Variable(name, ("no", "yes")) for name in ("a", "b", "either")]
    >>> half = eg.Table(array=[0.5, 0.5])
    >>> eg.Network(variables, {"a": half, "b": half, "either": either}).table("either")[..., 1].tolist()
    [[0.0, 1.0], [1.0, 1.0]]
    """

    kind: ClassVar[str] = "deterministic"
    parents: tuple[str, ...]
    rows: tuple[Rule, ...] = ()
    default: str = ""

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "parents", name_tuple(self.parents, "the parents of a rule"))
        given: tuple[Any, ...] = tuple(self.rows)
        put(self, "rows", tuple(r if isinstance(r, Rule) else Rule(*r) for r in given))

    def settled(self, child: Variable, variables: Variables) -> Self:
        known_parents(self.parents, child, variables)
        self._rule_of(child, variables)
        return self

    def _rule_of(self, child: Variable, variables: Variables) -> IntArray:
        """Return which rule holds for each combination of its parents' states, -1 the default."""
        found = matched([r.when for r in self.rows], self.parents, variables, child.name)
        for state in (*(r.state for r in self.rows), *filter(None, (self.default,))):
            child.index(state)
        if not self.default and found.min() < 0:  # allocates nothing
            at = combination(self.parents, variables, np.argwhere(found < 0)[0].tolist())
            raise InvalidNetwork(f"variable {child.name!r}: no rule holds for {at}, and no default")
        return found

    def states_of(self, child: Variable, variables: Variables) -> IntArray:
        """Return the child's state for each combination of its parents' (parents...,)."""
        # -1, where no rule holds, picks the default at the end.
        named = [*(r.state for r in self.rows), *filter(None, (self.default,))]
        states = np.array([child.index(state) for state in named], dtype=np.intp)
        return states[self._rule_of(child, variables)]

    def expand(self, builder: Builder, child: int) -> None:
        variable = builder.variables[builder.names[child]]
        entries = np.eye(variable.card)[self.states_of(variable, builder.variables)]
        parents = builder.numbers(self.parents)
        builder.families[child] = Conditional(child, parents, builder.add(constant_block(entries)))
