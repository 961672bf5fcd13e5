"""How often each row of a table counts: an array beside the table, or a column of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from etiograph.errors import EtiographError, InvalidFinding
from etiograph.findings.cases import Cases, Fault
from etiograph.findings.columns import Columns, distinct, name_of
from etiograph.findings.contract import Contract
from etiograph.findings.table import first_error

FloatArray = NDArray[np.float64]

Weights = FloatArray | str | None
"""An array (B,), the name of a column of the table, or None: each row counts once."""


def with_weights(contract: Contract, weights: Any) -> Contract:
    """What is said of a table; a column of weights is no finding."""
    if not isinstance(weights, str):
        return contract
    return replace(contract, keep=tuple(dict.fromkeys((*contract.keep, name_of(weights)))))


def checked_weights(weights: Any, n: int) -> FloatArray:
    """Weights of n rows, ones if not given.

    Raises
    ------
    InvalidFinding
        They are none.
    """
    try:
        each = np.ones(n) if weights is None else np.asarray(weights, np.float64)
    except (TypeError, ValueError):
        each = np.zeros(0)
    if each.shape != (n,) or not np.isfinite(each).all() or (each < 0).any():
        raise InvalidFinding(f"weights must be {n} numbers of at least 0, one a row of the table")
    return each


@dataclass(frozen=True, slots=True)
class ColumnOfWeights:
    """A column of a table that says how often each row counts.

    Attributes
    ----------
    name : str
    """

    name: str

    def read(self, block: Columns, cases: Cases, contract: Contract) -> tuple[Cases, FloatArray]:
        """The weights (B,) of a block that was read, and its cases without rows whose weight is none.

        Raises
        ------
        InvalidFinding
            A cell that is no weight, where these are not passed over.
        """
        name = name_of(self.name)
        codes, values = distinct(block.cells[block.names.index(name)])
        each = np.array([*map(_number, values), np.nan])[codes]
        wrong = np.flatnonzero(np.isnan(each) & (cases.where >= 0)).tolist()
        if not wrong:
            return cases, np.where(np.isnan(each), 0.0, each)
        faults = [
            _fault(block, row, name, values[codes[row]] if codes[row] >= 0 else None)
            for row in wrong
        ]
        if contract.on_error == "raise":
            raise first_error(faults)
        each[np.isnan(each)] = 0.0
        where = cases.where.copy()
        where[wrong] = -1
        every = tuple(sorted((*cases.faults, *faults), key=lambda fault: fault.row))
        return replace(cases, where=where, faults=every), each


def _fault(block: Columns, row: int, name: str, cell: object) -> Fault:
    said = "is empty" if cell in (None, "") else f"is {str(cell)[:40]!r}"
    error: EtiographError = InvalidFinding(f"a weight is a number of at least 0, and this {said}")
    return Fault(block.before + row + 1, block.place(row), name, cell, error)


def _number(cell: object) -> float:
    """NaN for what is no weight."""
    try:
        number = float(cell) if not isinstance(cell, bool) else np.nan  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return float("nan")
    return number if 0.0 <= number < np.inf else float("nan")
