"""Rows of a table that a file leaves undefined (NaN): refused, or read by a rule the caller names.

Programs that learn tables write such a row for states of the parents that were never met together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from etiograph.errors import TooLarge, UnknownName
from etiograph.network.calling import warn
from etiograph.network.closure import closure

if TYPE_CHECKING:
    from etiograph.formats.text import Source
    from etiograph.network.network import Network

UNIFORM = "uniform"
FORBID = "forbid"
RULES = (UNIFORM, FORBID)
MAX_JOINT = 2**24
"""Most combinations of states looked at to show that a row is never met."""

_rule: ContextVar[str | None] = ContextVar("etiograph_undefined_rows", default=None)


class UndefinedRows(UserWarning):
    """Rows of a file were undefined and have been made uniform.

    Attributes
    ----------
    rows : tuple of str
        One text a row: its line, variable and the states of the parents.
    """

    def __init__(self, name: str, rows: tuple[str, ...]) -> None:
        shown = "; ".join(rows[:10]) + ("; ..." if len(rows) > 10 else "")
        super().__init__(f"{name}: {len(rows)} undefined row(s) were made uniform: {shown}")
        self.name, self.rows = name, rows

    def __reduce__(self) -> tuple[Any, ...]:
        return (UndefinedRows, (self.name, self.rows))


@dataclass(frozen=True, slots=True)
class UndefinedRow:
    """A row without numbers: whose, for which states of the parents, and where it stands."""

    child: str
    given: Mapping[str, str]
    position: int

    def __str__(self) -> str:
        return f"'{self.child}'" + (f", row ({', '.join(self.given.values())})" * bool(self.given))


@contextmanager
def undefined_rows(rule: str | None) -> Iterator[None]:
    """Read files by a rule for undefined rows; None refuses them.

    Raises
    ------
    UnknownName
        Another rule than "uniform" or "forbid".
    """
    if rule is not None and rule not in RULES:
        raise UnknownName(str(rule), "rule for undefined rows", RULES)
    token = _rule.set(rule)
    try:
        yield
    finally:
        _rule.reset(token)


def refused() -> bool:
    """Whether undefined rows are refused."""
    return _rule.get() is None


def settle(source: Source, network: Network, rows: Sequence[UndefinedRow]) -> Network:
    """Warn of rows made uniform; where they are forbidden, show that none of them is ever met.

    A row that no possible states of the ancestors lead to has probability 0 whatever is found, and its
    numbers never matter to an answer. A change may still force its parents there: the network that
    comes back names the rows (``about["forbidden"]``), so that such a change is refused.

    Raises
    ------
    InvalidNetwork
        A row is forbidden that the other tables allow.
    TooLarge
        More than :data:`MAX_JOINT` combinations would have to be looked at.
    """
    if not rows:
        return network
    if _rule.get() == UNIFORM:
        texts = tuple(f"line {source.line(row.position)} {row}" for row in rows)
        warn(UndefinedRows(source.name, texts))
        return network
    # Causes first: a row shown never to be met gives its own children no state to be in.
    of: dict[str, list[UndefinedRow]] = {}
    for row in rows:
        of.setdefault(row.child, []).append(row)
    for child in network.order:
        if child not in of:
            continue
        parents = tuple(of[child][0].given)
        possible = _possible(network, parents)
        for row in of[child]:
            index = tuple(network.variable(p).index(s) for p, s in row.given.items())
            if possible[index]:
                message = (
                    f"{row} is undefined, and the other tables allow these states of its parents: "
                    "it cannot be forbidden; undefined='uniform' reads it"
                )
                raise source.invalid(row.position, message)
    named = {c: [[row.given[p] for p in network.parents(c)] for row in of[c]] for c in of}
    about = {**network.about, "forbidden": named}
    return type(network)(network.variables, network.mechanisms, network.flags, network.rules, about)


def _possible(network: Network, names: tuple[str, ...]) -> NDArray[np.bool_]:
    """Which states of some variables can occur together, axes ``names``, by the zeros of the tables.

    Goes through the ancestors, causes first, and drops each once nothing to come depends on it.
    """
    needed = closure(names, network.parents)
    order = [name for name in network.order if name in needed]
    last = {p: i for i, name in enumerate(order) for p in network.parents(name)}
    joint: NDArray[np.bool_] = np.ones((), bool)
    axes: list[str] = []
    for i, name in enumerate(order):
        table = network.table(name) > 0
        if joint.size * table.shape[-1] > MAX_JOINT:
            message = (
                f"to show that the undefined rows are never met needs more than {MAX_JOINT:,} "
                "combinations of states"
            )
            raise TooLarge(message, entries=joint.size * table.shape[-1], bytes=joint.size)
        parents = network.parents(name)
        by_axis = [a for a in axes if a in parents]
        table = table.transpose([*(parents.index(a) for a in by_axis), len(parents)])
        shape = [len(network.variable(a).states) if a in parents else 1 for a in axes]
        joint = joint[..., None] & table.reshape(*shape, table.shape[-1])
        axes.append(name)
        gone = [a for a in axes if a not in names and last.get(a, i) <= i]
        joint = np.asarray(joint.any(axis=tuple(axes.index(a) for a in gone)))
        axes = [a for a in axes if a not in gone]
    return joint.transpose([axes.index(a) for a in names])
