"""A table of cases that was read: its different rows as likelihoods, and what could not be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from etiograph.errors import EtiographError
from etiograph.network.model import FloatArray
from etiograph.network.value import value_type

if TYPE_CHECKING:
    from etiograph.network.network import Network


@value_type
@dataclass(frozen=True, slots=True, eq=False)
class Fault:
    """A cell, or a whole row, that could not be read.

    Attributes
    ----------
    row : int
        Counted from 1 below the header.
    place : str
        The row in words, with the line of its file or its label.
    column : str or None
        Its heading; None for a row that is wrong as a whole.
    cell : object
        What stands there.
    error : EtiographError
        What is wrong.
    """

    row: int
    place: str
    column: str | None
    cell: object
    error: EtiographError

    def raised(self) -> EtiographError:
        """The error, with where it happened as a note."""
        column = "" if self.column is None else f", column {self.column!r}"
        self.error.add_note(f"in {self.place}{column}")
        return self.error


def rows_of(faults: Iterable[Fault]) -> int:
    """How many rows these are."""
    return len({fault.row for fault in faults})


E = TypeVar("E", bound=EtiographError)


def noting(error: E, faults: Sequence[Fault]) -> E:
    """An error about the rows that are left, with a note of those that could not be read."""
    if faults:
        n, first = rows_of(faults), faults[0]
        column = "" if first.column is None else f", column {first.column!r}"
        rows = "one row" if n == 1 else f"{n:,} rows"
        error.add_note(f"{rows} could not be read; the first, {first.place}{column}: {first.error}")
    return error


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """A column of findings, each different cell read once.

    ``tables`` holds for each stretch of slots that it speaks of their likelihoods (values + 1, slots);
    the last row, which code -1 picks, is all ones. ``limits`` has the codes of values that are only
    known to lie beyond a limit, as the findings they are.
    """

    name: str
    codes: NDArray[np.int64]
    tables: tuple[tuple[slice, FloatArray], ...]
    shown: NDArray[np.int64]
    values: FloatArray
    limits: Mapping[int, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Cases:
    """A table of cases, read.

    Attributes
    ----------
    network : Network
    where : ndarray of int (B,)
        Which of the different rows each row of the table is; -1 for one that was passed over.
    n_rows : int
        Number of different rows, D.
    found : tuple of str
        The variables of which some row says something.
    faults : tuple of Fault
        What could not be read, where rows are passed over.
    labels : object
        The table's own row labels, or None.
    """

    network: Network
    where: NDArray[np.int64]
    n_rows: int
    found: tuple[str, ...]
    faults: tuple[Fault, ...]
    labels: Any
    columns: tuple[Column, ...] = ()

    def likelihoods(self, members: slice = slice(None)) -> FloatArray:
        """Likelihoods of some of the different rows, (rows, S)."""
        count = len(range(*members.indices(self.n_rows)))
        rows = np.ones((count, self.network.model.n_states))
        for column in self.columns:
            codes = column.codes[members]
            for own, table in column.tables:
                rows[:, own] *= table[codes]
        return rows

    def shown(self, members: slice = slice(None)) -> dict[str, NDArray[np.int64]]:
        """By reading: the state (as its number) a measured value falls in, -1 where none is."""
        return {c.name: c.shown[c.codes[members]] for c in self.columns if (c.shown >= 0).any()}

    def values(self, members: slice = slice(None)) -> dict[str, FloatArray]:
        """By reading: the measured value in the canonical unit, NaN where there is none."""
        return {c.name: c.values[c.codes[members]] for c in self.columns if (c.shown >= 0).any()}

    def limits(self, members: slice = slice(None)) -> dict[str, dict[int, Any]]:
        """By reading: the rows whose value is only known to lie beyond a limit, and that finding."""
        found = {}
        for c in self.columns:
            if c.limits:
                codes = c.codes[members].tolist()
                found[c.name] = {
                    r: c.limits[code] for r, code in enumerate(codes) if code in c.limits
                }
        return found
