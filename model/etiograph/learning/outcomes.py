"""What was found of a target, row by row, and the subgroups that rows are in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from etiograph.cluster import in_order
from etiograph.errors import InvalidFinding
from etiograph.findings.cases import Fault
from etiograph.findings.columns import Columns, distinct
from etiograph.findings.contract import Contract, names_of
from etiograph.findings.table import read_cases
from etiograph.learning.criticise import possible_states
from etiograph.learning.source import Source
from etiograph.network.event import Event

if TYPE_CHECKING:
    from distributed import Client

    from etiograph.network.network import Network

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

MOST_GROUPS = 100


@dataclass(frozen=True, slots=True, eq=False)
class Outcomes:
    """What rows say of the target and of subgroups.

    Attributes
    ----------
    y : ndarray (B,)
        1 or 0, NaN where it is not told.
    faults : tuple of Fault
    groups : mapping of str to (ndarray of int (B,), sequence of str)
        By subgrouping column the value of each row, -1 for none, and the values.
    """

    y: FloatArray
    faults: tuple[Fault, ...]
    groups: Mapping[str, tuple[IntArray, Sequence[str]]]

    def members(self, rows: IntArray) -> dict[str, NDArray[np.bool_]]:
        """Which of some rows are in each subgroup, by ``column=value``."""
        found: dict[str, NDArray[np.bool_]] = {}
        for name, (codes, values) in self.groups.items():
            own = codes[rows]
            for k in np.unique(own[own >= 0]).tolist():
                found[f"{name}={values[k]}"] = own == k
        if len(found) > MOST_GROUPS:
            raise InvalidFinding(
                f"by: {', '.join(self.groups)} make {len(found)} subgroups; at most {MOST_GROUPS} are told"
            )
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """What is asked of every block."""

    network: Network
    event: Event
    contract: Contract
    subgroups: tuple[str, ...]

    def of(self, block: Columns) -> Outcomes:
        """What the rows of a block say."""
        event = self.event
        cases = read_cases(self.network, block, self.contract)
        there = any(event.variable in names_of(heading) for heading in block.names)
        if not there or event.variable in self.contract.leave_out:
            raise InvalidFinding(
                f"the table has no column {event.variable!r}, so there is nothing to hold the network's "
                "answers against"
            )
        inside = event.keep(cases.network.model)
        possible = possible_states(cases)
        y = np.full(cases.n_rows + 1, np.nan)
        rows = possible[event.variable]
        certain = rows.any(axis=1)
        y[:-1][certain & ~(rows & (inside == 0.0)).any(axis=1)] = 1.0
        y[:-1][certain & ~(rows & (inside > 0.0)).any(axis=1)] = 0.0
        groups: dict[str, tuple[IntArray, Sequence[str]]] = {}
        for name in self.subgroups:
            if name in self.network.variables:
                own = possible[name]
                sure = np.append(np.where(own.sum(axis=1) == 1, own.argmax(axis=1), -1), -1)
                groups[name] = sure[cases.where], self.network.variables[name].states
            else:
                groups[name] = _labelled(block, name, self.contract)
        return Outcomes(y[cases.where], cases.faults, groups)


def _labelled(block: Columns, name: str, contract: Contract) -> tuple[IntArray, list[str]]:
    """The texts of a column's cells, and which each row has; -1 where it has none."""
    codes, values = distinct(block.cells[block.names.index(name)])
    marks, texts = contract.marks(name), list(map(str, values))
    empty = [k for k, text in enumerate(texts) if not text or text in marks]
    return np.where(np.isin(codes, empty), -1, codes), texts


def outcomes(client: Client | None, asked: Target, source: Source) -> Outcomes:
    """What all rows say, block by block."""
    parts = [part for _, part in in_order(client, _of, asked, source.every())]
    groups: dict[str, tuple[IntArray, Sequence[str]]] = {}
    for name in asked.subgroups:
        places: dict[str, int] = {}
        codes = []
        for own, values in (part.groups[name] for part in parts):
            new = np.array([*(places.setdefault(v, len(places)) for v in values), -1])
            codes.append(new[own])
        groups[name] = np.concatenate(codes), tuple(places)
    y = np.concatenate([part.y for part in parts])
    return Outcomes(y, tuple(f for part in parts for f in part.faults), groups)


def _of(asked: Target, block: Columns) -> Outcomes:
    return asked.of(block)
