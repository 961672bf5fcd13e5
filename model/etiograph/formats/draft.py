"""What a reader of another program's file has found, until all of it is checked and made a network."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from etiograph.errors import EtiographError, InvalidNetwork, UnknownName
from etiograph.formats.names import NOTHING, escape, unescape
from etiograph.formats.tables import (
    MAX_STATES,
    Declared,
    Head,
    Listed,
    Sums,
    check_heads,
    entries_of,
    numbers_in,
    oriented,
    row_label,
)
from etiograph.formats.text import Source
from etiograph.network.frozen import clean_name
from etiograph.network.mechanism import Mechanism, Table
from etiograph.network.network import Network
from etiograph.network.variable import Variable

FloatArray = NDArray[np.float64]

_FILLING = escape(NOTHING)

Order = Literal["fastest", "slowest", "told by sums", "first fastest"]
"""How the child varies in a list of numbers; "first fastest": the child, then the parents as named."""


@dataclass(frozen=True, slots=True)
class _Given:
    """A table as its file gives it: the text of its numbers, or the numbers."""

    head: Head
    numbers: str | FloatArray


@dataclass(slots=True)
class Draft:
    """Variables, tables and gates of one file; checked together when all is known.

    Attributes
    ----------
    source : Source
        For errors with file and line.
    order : {"fastest", "slowest", "told by sums", "first fastest"}
        The order of the numbers in a table.
    escaped : bool
        Whether the names were escaped by :mod:`etiograph.formats.names`.
    turned : set of str
        Variables whose states the network shall have in the opposite order.
    """

    source: Source
    order: Order
    escaped: bool = False
    turned: set[str] = field(default_factory=set)
    variables: dict[str, Declared] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    heads: dict[str, Head] = field(default_factory=dict)
    _given: list[_Given] = field(default_factory=list)
    _gates: dict[str, Callable[[], Mechanism]] = field(default_factory=dict)

    def name(self, text: str, what: str, position: int) -> str:
        """A clean name; decoded if the file is escaped."""
        try:
            return clean_name(unescape(text) if self.escaped else text, what)
        except (InvalidNetwork, ValueError, OverflowError) as error:
            message = str(error) if isinstance(error, InvalidNetwork) else f"{text!r} is no name"
            raise self.source.unreadable(position, message) from None

    def variable(
        self, name: str, states: Iterable[str], position: int, label: str = ""
    ) -> tuple[str, ...]:
        """Declare a variable; its states."""
        name = self.name(name, "the name of a variable", position)
        if name in self.variables:
            first = self.source.line(self.variables[name].position)
            message = f"variable '{name}' is declared twice (line {first})"
            raise self.source.invalid(position, message)
        listed: dict[str, None] = {}
        for state in states:
            if self.escaped and listed and state == _FILLING:
                clean = NOTHING
            else:
                clean = self.name(state, f"a state of '{name}'", position)
            if clean in listed:
                message = f"variable '{name}' lists state '{clean}' twice"
                raise self.source.invalid(position, message)
            listed[clean] = None
        if not listed or len(listed) > MAX_STATES:
            message = f"variable '{name}' has {len(listed):,} states; 1 to {MAX_STATES:,} are read"
            raise self.source.invalid(position, message)
        self.variables[name] = Declared(tuple(listed), position)
        if label:
            self.labels[name] = label
        return tuple(listed)

    def table(
        self, child: str, parents: Iterable[str], numbers: str | FloatArray, position: int
    ) -> None:
        """Add a table by the text of its numbers."""
        self._given.append(_Given(self._head(child, parents, position), numbers))

    def gate(
        self, child: str, parents: Iterable[str], position: int, make: Callable[[], Mechanism]
    ) -> None:
        """Add a noisy gate, made when all variables are known."""
        head = self._head(child, parents, position)
        self._gates[head.child] = make

    def states(self, name: str, position: int) -> tuple[str, ...]:
        """The states of a variable as the file lists them."""
        if name not in self.variables:
            raise self.source.unknown(position, name, "variable", self.variables)
        return self.variables[name].states

    def _head(self, child: str, parents: Iterable[str], position: int) -> Head:
        child = self.name(child, "the variable of a table", position)
        listed: dict[str, None] = {}
        for each in parents:
            parent = self.name(each, f"a parent of '{child}'", position)
            if parent in listed or parent == child:
                what = "its own parent" if parent == child else f"given parent '{parent}' twice"
                raise self.source.invalid(position, f"'{child}' is {what}")
            listed[parent] = None
        if child in self.heads:
            first = self.source.line(self.heads[child].position)
            raise self.source.invalid(
                position, f"'{child}' has two tables (the other: line {first})"
            )
        self.heads[child] = Head(child, position, tuple(listed), (position,) * len(listed))
        return self.heads[child]

    def network(self, title: str = "") -> Network:
        """All of it, checked, as a network."""
        if not self.variables:
            raise self.source.unreadable(1, "no variable is declared")
        check_heads(self.source, self.variables, self.heads, self._gates)
        listed = [self._listed(each) for each in self._given]
        tables = self._arranged(listed)
        sums = Sums(self.source)
        mechanisms: dict[str, Mechanism] = {}
        for each in listed:
            name = each.head.child
            judged = sums.filled(self.variables, each.head, self._judged(sums, each, tables[name]))
            mechanisms[name] = Table(each.head.parents, array=self._straight(each.head, judged))
        sums.warn()
        mechanisms |= {name: make() for name, make in self._gates.items()}
        variables = {
            name: Variable(
                name,
                tuple(s for s in self._in_order(name) if s != NOTHING),
                label=self.labels.get(name, ""),
            )
            for name in self.variables
        }
        about = {"name": title} if _shown(title) else {}
        try:
            network = Network(variables, {n: mechanisms[n] for n in variables}, about=about)
        except UnknownName as error:
            raise self.source.unknown(1, str(error.name), error.kind, error.known) from error
        except InvalidNetwork as error:
            raise self.source.invalid(1, str(error)) from error
        return sums.settle(network)

    def _in_order(self, name: str) -> tuple[str, ...]:
        states = self.variables[name].states
        return states[::-1] if name in self.turned else states

    def _listed(self, given: _Given) -> Listed:
        head = given.head
        count = entries_of(self.source, self.variables, head)
        if isinstance(given.numbers, str):
            where = f"'{head.child}'"
            values = numbers_in(self.source, head.position, given.numbers, count, where)
        else:
            values = given.numbers
        shape = tuple(len(self.variables[v].states) for v in (*head.parents, head.child))
        return Listed(head, head.position, values, shape)

    def _arranged(self, tables: list[Listed]) -> dict[str, FloatArray]:
        """The tables with axes ``(parents..., child)``."""
        if self.order == "told by sums":
            return oriented(self.source, tables, "fastest")
        result: dict[str, FloatArray] = {}
        for table in tables:
            if self.order == "fastest":
                array = table.child_fastest()
            elif self.order == "slowest":
                array = table.child_slowest()
            else:
                *parents, child = table.shape
                array = table.values.reshape(*reversed(parents), child)
                axes = (*reversed(range(len(parents))), len(parents))
                array = np.ascontiguousarray(array.transpose(axes))
            result[table.head.child] = array
        return result

    def _judged(self, sums: Sums, table: Listed, values: FloatArray) -> FloatArray:
        head = table.head

        def place(row: int) -> tuple[int, str]:
            return table.position, row_label(self.variables, head, row) if head.parents else ""

        rows = values.reshape(math.prod(values.shape[:-1]), values.shape[-1])
        return sums.judged(head.child, rows, place, fillable=True).reshape(values.shape)

    def _straight(self, head: Head, table: FloatArray) -> FloatArray:
        """The table without filling states, and with the states of turned variables in their order."""
        for axis, name in enumerate((*head.parents, head.child)):
            states = self.variables[name].states
            if NOTHING in states:
                table = table.take([i for i, s in enumerate(states) if s != NOTHING], axis)
            if name in self.turned:
                table = np.flip(table, axis)
        return np.ascontiguousarray(table)


def _shown(title: str) -> bool:
    """Whether a title can be shown."""
    try:
        return bool(clean_name(title, "the name of the network"))
    except EtiographError:
        return False
