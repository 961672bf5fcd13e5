"""The tables of a BIF file: rows placed by label, numbers checked, sums judged."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from etiograph.errors import EtiographError, TooLarge
from etiograph.formats.bif_rows import Block, Declaration, Row, Rows, row_label
from etiograph.formats.text import Source

FloatArray = NDArray[np.float64]

MAX_ENTRIES = 2**20
"""Most entries of one table."""
MAX_ALL_ENTRIES = 2**24
"""Most entries of all tables of a file."""
EXACT = 1e-9
"""A row whose sum is off by no more is kept bit for bit."""
SILENT = 1e-6
"""Off by no more than this: normalised."""
WARNED = 1e-2
"""Off by no more than this: normalised with a warning; beyond it, refused."""


class RowsNormalised(UserWarning):
    """Rows of a file did not sum to 1 and were scaled.

    Attributes
    ----------
    rows : tuple of str
        One text a row: its line, variable and sum.
    """

    def __init__(self, name: str, rows: tuple[str, ...]) -> None:
        shown = "; ".join(rows[:10]) + ("; ..." if len(rows) > 10 else "")
        super().__init__(
            f"{name}: {len(rows)} row(s) did not sum to 1 and were normalised: {shown}"
        )
        self.rows = rows


class Tables:
    """Reads every block of a file, once its variables are known."""

    def __init__(
        self, source: Source, variables: Mapping[str, Declaration], blocks: Mapping[str, Block]
    ) -> None:
        self.source = source
        self.variables = variables
        self.blocks = blocks
        self.normalised: list[tuple[int, str]] = []

    def read(self) -> dict[str, FloatArray]:
        """Table of every variable, axes ``(parents..., child)``, in the order of the variables."""
        self._check_structure()
        self._check_size()
        tables = {name: self._table(self.blocks[name]) for name in self.variables}
        if self.normalised:
            rows = tuple(text for _, text in sorted(self.normalised))
            warnings.warn(RowsNormalised(self.source.name, rows), stacklevel=4)
        return tables

    def _check_structure(self) -> None:
        for block in self.blocks.values():
            if block.child not in self.variables:
                raise self._unknown_variable(block.position, block.child)
            for position, parent in zip(block.parent_positions, block.parents, strict=True):
                if parent not in self.variables:
                    raise self._unknown_variable(position, parent)
        for name, declared in self.variables.items():
            if name not in self.blocks:
                raise self.source.invalid(declared.position, f"variable '{name}' has no table")
        cycle = _cycle({name: block.parents for name, block in self.blocks.items()})
        if cycle:
            position = self.blocks[cycle[0]].position
            raise self.source.invalid(position, "the arrows form a cycle: " + " -> ".join(cycle))

    def _check_size(self) -> None:
        total = 0
        for name in self.variables:
            block = self.blocks[name]
            entries = math.prod(len(self.variables[v].states) for v in (*block.parents, name))
            total += entries
            if entries > MAX_ENTRIES or total > MAX_ALL_ENTRIES:
                line = self.source.line(block.position)
                what = f"the table of '{name}'" if entries > MAX_ENTRIES else "the tables"
                count = entries if entries > MAX_ENTRIES else total
                limit = MAX_ENTRIES if entries > MAX_ENTRIES else MAX_ALL_ENTRIES
                message = (
                    f"{self.source.name}, line {line}: {what} would hold {count:,} entries "
                    f"({8 * count:,} bytes); at most {limit:,} are read"
                )
                raise TooLarge(message, entries=count, bytes=8 * count)

    def _unknown_variable(self, position: int, name: str) -> EtiographError:
        return self.source.unknown(position, name, "variable", self.variables)

    def _table(self, block: Block) -> FloatArray:
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
            return self._from_whole(block, whole[0], values.reshape(k, *shape))
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

    def _from_whole(self, block: Block, row: Row, p_child_first: FloatArray) -> FloatArray:
        """A table given in one list: the child varies slowest (Cozman 1998), the last parent fastest."""
        k = p_child_first.shape[0]
        table = np.ascontiguousarray(np.moveaxis(p_child_first, 0, -1))
        rows = [row] * (table.size // k)
        if block.parents:
            other = p_child_first.reshape(table.shape)
            off = np.abs(other.sum(axis=-1) - 1).max()
            fits = np.abs(table.sum(axis=-1) - 1).max() <= WARNED
            if fits and off <= WARNED and not np.array_equal(other, table):
                message = (
                    f"'{block.child}': this list could be read with the child varying slowest or "
                    "fastest; write one labelled row for each state of the parents"
                )
                raise self.source.invalid(row.position, message)
        return self._judged(block, rows, table.reshape(-1, k)).reshape(table.shape)

    def _check_coverage(
        self, block: Block, listed: list[Row], default: list[Row], shape: tuple[int, ...]
    ) -> None:
        n_rows = math.prod(shape)
        first: dict[int, Row] = {}
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

    def _numbers(self, block: Block, rows: list[Row], k: int) -> FloatArray:
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

    def _numbers_with_care(self, block: Block, row: Row, k: int) -> list[float]:
        text = row.values
        words = text.split(",") if "," in text else text.split()
        where = f"'{block.child}'" + (
            f", row {row_label(self.variables, block, row.index)}" * (row.index >= 0)
        )
        if len(words) != k:
            hint = ""
            if len(words) > k and any(w.strip() == "0" for w in words):
                hint = "; a decimal comma? numbers are written 0.5, commas part them"
            message = f"{where}: expected {k} number(s), found {len(words)}{hint}"
            raise self.source.invalid(row.position, message)
        values: list[float] = []
        for word in map(str.strip, words):
            try:
                value = float(word) if word.isascii() and "_" not in word else math.nan
            except ValueError:
                message = f"{where}: '{word[:40]}' is no number"
                raise self.source.unreadable(row.position, message) from None
            if not 0 <= value <= 1:
                message = f"{where}: {word[:40]} is no probability (expected 0 to 1)"
                raise self.source.invalid(row.position, message)
            values.append(value)
        return values

    def _judged(self, block: Block, rows: list[Row], table: FloatArray) -> FloatArray:
        """The rows scaled to 1 where they must be; rows too far off are refused."""
        sums = table.sum(axis=1)
        off = np.abs(sums - 1)
        for i in np.flatnonzero(off > SILENT).tolist():
            row = rows[i]
            label = f", row {row_label(self.variables, block, row.index)}" if row.index >= 0 else ""
            if off[i] > WARNED:
                message = (
                    f"'{block.child}'{label}: the probabilities sum to {float(sums[i]):.10g}, not 1"
                )
                raise self.source.invalid(row.position, message)
            line = self.source.line(row.position)
            text = f"line {line} '{block.child}'{label} sums to {float(sums[i]):.10g}"
            self.normalised.append((row.position, text))
        scaled = off > EXACT
        if scaled.any():
            table = np.where(scaled[:, None], table / np.where(sums > 0, sums, 1)[:, None], table)
        return table


def _cycle(parents: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Some cycle of arrows, cause first and repeated at the end; empty if there is none."""
    children: dict[str, list[str]] = {name: [] for name in parents}
    waiting = {name: len(given) for name, given in parents.items()}
    for name, given in parents.items():
        for parent in given:
            children[parent].append(name)
    ready = [name for name, count in waiting.items() if not count]
    while ready:
        name = ready.pop()
        del waiting[name]
        for child in children[name]:
            waiting[child] -= 1
            if not waiting[child]:
                ready.append(child)
    if not waiting:
        return []
    # Every variable left has a parent that is left: walking up must come round.
    name = next(iter(waiting))
    seen: dict[str, None] = {}
    while name not in seen:
        seen[name] = None
        name = next(parent for parent in parents[name] if parent in waiting)
    walk = list(seen)
    loop = walk[walk.index(name) :]
    return [name, *reversed(loop)]
