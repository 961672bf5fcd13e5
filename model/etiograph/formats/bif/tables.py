"""The tables of a BIF file: rows placed by label, numbers checked, sums judged."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from etiograph.formats.bif.rows import Rows, RowText, TableText
from etiograph.formats.tables import (
    Declared,
    Listed,
    Sums,
    check_heads,
    number_in,
    oriented,
    row_label,
)
from etiograph.formats.text import Source

FloatArray = NDArray[np.float64]


class TableReader:
    """Reads every block of a file, once its variables are known."""

    def __init__(
        self, source: Source, variables: Mapping[str, Declared], blocks: Mapping[str, TableText]
    ) -> None:
        self.source = source
        self.variables = variables
        self.blocks = blocks
        self.sums = Sums(source)

    def read(self) -> dict[str, FloatArray]:
        """Table of every variable, axes ``(parents..., child)``, in the order of the variables."""
        check_heads(self.source, self.variables, self.blocks)
        read = {name: self._table(self.blocks[name]) for name in self.variables}
        whole = [table for table in read.values() if isinstance(table, Listed)]
        found = oriented(self.source, whole, "slowest")
        tables: dict[str, FloatArray] = {}
        for name, table in read.items():
            if isinstance(table, Listed):
                tables[name] = self._judged_whole(table, found[name])
            else:
                tables[name] = table
            tables[name] = self.sums.filled(self.variables, self.blocks[name], tables[name])
        self.sums.warn()
        return tables

    def _table(self, block: TableText) -> FloatArray | Listed:
        k = len(self.variables[block.child].states)
        shape = tuple(len(self.variables[p].states) for p in block.parents)
        n_rows = math.prod(shape)
        rows = Rows(self.source, self.variables, block).read()
        whole = [row for row in rows if row.index == -1]
        if whole:
            if len(rows) > 1:
                other = rows[1] if rows[0] is whole[0] else rows[0]
                message = f"'{block.child}' states its table more than once"
                raise self.source.invalid(other.position, message)
            values = self._numbers(block, rows, n_rows * k).reshape(-1)
            return Listed(block, whole[0].position, values, (*shape, k))
        listed = [row for row in rows if row.index >= 0]
        default = [row for row in rows if row.index == -2]
        self._check_coverage(block, listed, default, shape)
        ordered = listed + default
        table = self._judged(block, ordered, self._numbers(block, ordered, k))
        result = np.empty((n_rows, k))
        if default:
            result[:] = table[-1]
        result[[row.index for row in listed]] = table[: len(listed)]
        return result.reshape(*shape, k)

    def _judged_whole(self, table: Listed, values: FloatArray) -> FloatArray:
        rows = values.reshape(-1, values.shape[-1])

        def place(row: int) -> tuple[int, str]:
            undefined = table.head.parents and np.isnan(rows[row]).all()
            return table.position, row_label(self.variables, table.head, row) * bool(undefined)

        judged = self.sums.judged(table.head.child, rows, place, fillable=True)
        return judged.reshape(values.shape)

    def _check_coverage(
        self,
        block: TableText,
        listed: list[RowText],
        default: list[RowText],
        shape: tuple[int, ...],
    ) -> None:
        n_rows = math.prod(shape)
        first: dict[int, RowText] = {}
        for row in listed:
            if row.index in first:
                line = self.source.line(first[row.index].position)
                what = f"row {row_label(self.variables, block, row.index)} stands twice (first: line {line})"
                raise self.source.invalid(row.position, f"table of '{block.child}': {what}")
            first[row.index] = row
        if len(default) > 1:
            message = f"table of '{block.child}': 'default' stands twice"
            raise self.source.invalid(default[1].position, message)
        if not default and len(first) < n_rows:
            missing = next(i for i in range(n_rows) if i not in first)
            what = (
                f"row {row_label(self.variables, block, missing)}"
                if shape
                else "the row 'table ...;'"
            )
            message = (
                f"table of '{block.child}': {n_rows - len(first)} of {n_rows} row(s) missing, "
                f"among them {what}"
            )
            raise self.source.invalid(block.position, message)

    # numbers

    def _numbers(self, block: TableText, rows: list[RowText], k: int) -> FloatArray:
        """The numbers of the rows, (rows, k), each between 0 and 1."""
        if all(row.values.count(",") == k - 1 for row in rows):
            joined = ",".join([row.values for row in rows])
            if joined.isascii() and "_" not in joined:
                try:
                    values = np.array(list(map(float, joined.split(","))))
                except ValueError:
                    pass
                else:
                    # NaN fails both comparisons, infinity and 1e400 the second.
                    if bool(((values >= 0) & (values <= 1)).all()):
                        return values.reshape(len(rows), k)
        return np.array([self._numbers_with_care(block, row, k) for row in rows])

    def _numbers_with_care(self, block: TableText, row: RowText, k: int) -> list[float]:
        text = row.values
        words = text.split(",") if "," in text else text.split()
        if len(words) != k:
            # As the format was published, a comma is white space.
            words = text.replace(",", " ").split()
        where = f"'{block.child}'" + (
            f", row {row_label(self.variables, block, row.index)}" * (row.index >= 0)
        )
        if len(words) != k:
            hint = ""
            if len(words) > k and any(w.strip() == "0" for w in words):
                hint = "; a decimal comma? numbers are written 0.5, commas part them"
            message = f"{where}: expected {k} number(s), found {len(words)}{hint}"
            raise self.source.invalid(row.position, message)
        return [number_in(self.source, row.position, word.strip(), where) for word in words]

    def _judged(self, block: TableText, rows: list[RowText], table: FloatArray) -> FloatArray:
        """The rows scaled to 1 where they must be; rows too far off are refused."""

        def place(i: int) -> tuple[int, str]:
            row = rows[i]
            label = row_label(self.variables, block, row.index) if row.index >= 0 else ""
            return row.position, label

        return self.sums.judged(block.child, table, place, fillable=True)
