"""A table of cases, in whatever form it comes, as rows of likelihoods. The contract: docs/tables.md.

A column is a variable (or a red-flag-only finding), a row a case, a cell a finding; an empty cell
says nothing. Each different cell is read once, and rows that say the same are one row for the engine.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from etiograph.errors import EtiographError, InvalidFinding, UnreadableFile
from etiograph.findings.cases import Cases, Column, Fault
from etiograph.findings.cell import finding_of, says_nothing, spellings
from etiograph.findings.columns import Columns, columns_of, distinct
from etiograph.findings.contract import Contract, targets_of
from etiograph.network.finding import Measured, measured_text, understood, unknown
from etiograph.network.frozen import same_name
from etiograph.network.likelihoods import encode, level_likelihoods
from etiograph.network.model import FloatArray
from etiograph.network.reading import Reading

if TYPE_CHECKING:
    from etiograph.network.network import Network


MOST_CODES = 2**62
"""Numbers for rows of cells that a whole number has room for."""
_MARK = re.compile(r"(?i)nan?|n/a|none|null|nil|missing|unknown|[?.]|-+|[-]?9{2,4}(\.0)?")
"""What often stands for a value that is not known."""
NAMED = 5
"""Cells beside the first that cannot be read which are named."""


def read_cases(
    network: Network,
    table: Any,
    contract: Contract | None = None,
    check: Callable[[str, Any], None] = lambda name, finding: None,
) -> Cases:
    """Read a table of cases.

    Parameters
    ----------
    network : Network
        Its variables and red-flag-only findings are the columns.
    table : object
        In any of the forms of :func:`~etiograph.findings.columns.columns_of`.
    contract : Contract, optional
        What the caller says of it.
    check : callable
        Called with each variable and each different finding on it; may refuse it.

    Raises
    ------
    UnknownName, InvalidFinding
        A column that is no variable, two columns of one name, a cell that is no finding: the first
        of the table, a note naming its row and column.
    UnreadableFile
        A file that is no table, a row longer or shorter than the header.
    """
    contract = contract or Contract()
    block = columns_of(table, lambda heading: contract.known(network, heading))
    try:
        targets = targets_of(network, block, contract)
    except EtiographError as error:
        if block.file:
            error.add_note(f"in the header of {block.file}")
        raise
    faults = [
        Fault(block.before + i + 1, block.place(i), None, None, UnreadableFile(why))
        for i, why in block.broken.items()
    ]
    columns: list[Column] = []
    for cells, (heading, name, unit) in zip(block.cells, targets, strict=True):
        if name is None:
            continue
        reader = _ColumnReader(network, contract, heading, name, unit, check)
        column, wrong = reader.read(cells, block)
        faults += wrong
        if column is not None:
            columns.append(column)
    faults.sort(key=lambda fault: fault.row)
    if faults and contract.on_error == "raise":
        raise first_error(faults)
    skipped = np.zeros(block.count, dtype=np.bool_)
    skipped[[fault.row - block.before - 1 for fault in faults]] = True
    return _together(network, block, columns, skipped, tuple(faults))


def first_error(faults: Sequence[Fault]) -> EtiographError:
    """The first error of a table, which also names the others: they are put right in one go."""
    error = faults[0].raised()
    others = [
        f"row {each.row}" if each.column is None
        else f"{str(each.cell)[:40]!r} in column {each.column!r} (row {each.row})"
        for each in faults[1:]
    ]  # fmt: skip
    if others:
        more = f" and {len(others) - NAMED} more" if len(others) > NAMED else ""
        error.add_note(f"nor can be read {', '.join(others[:NAMED])}{more}")
    shown = next((str(each.cell) for each in faults if _MARK.fullmatch(str(each.cell))), None)
    if shown is not None:
        error.add_note(f"if {shown!r} means unknown: missing=[{shown!r}] (--missing {shown})")
    return error


Encoded = tuple[FloatArray, list[tuple[int, int, int]], float, Any]
"""Likelihoods (S,); a measured value as :func:`~etiograph.network.likelihoods.encode` shows it, and the value
itself; the finding, where it is only known to lie beyond a limit."""


@dataclass(frozen=True, slots=True)
class _ColumnReader:
    """Reads one column, each different cell once."""

    network: Network
    contract: Contract
    heading: str
    name: str
    unit: str | None
    check: Callable[[str, Any], None]

    def read(self, cells: Any, block: Columns) -> tuple[Column | None, list[Fault]]:
        """The column, None if it says nothing to the engine; and what could not be read."""
        codes, values = distinct(cells)
        faults: list[Fault] = []
        usable = np.ones(block.count, dtype=np.bool_)
        usable[list(block.broken)] = False
        marks = self.contract.marks(self.heading) | self.contract.marks(self.name)
        encoded: dict[int, Encoded] = {}
        plain: dict[int, float] = {}
        for i, value in enumerate(values):
            try:
                finding = self._finding(value, marks)
                number = self._plain(finding)
                if number is not None:
                    plain[i] = number
                elif finding is not unknown:
                    encoded[i] = self._encoded(finding)
            except EtiographError as error:
                rows = np.flatnonzero((codes == i) & usable)
                if self.contract.on_error == "raise":
                    rows = rows[:1]
                faults += [
                    Fault(block.before + row + 1, block.place(row), self.heading, value, error)
                    for row in rows.tolist()
                ]
        if not (encoded or plain) or self.name not in self.network.variables:
            return None, faults
        return self._column(codes, len(values), encoded, plain), faults

    def _plain(self, finding: Any) -> float | None:
        """A measured value in the canonical unit, where that is all a cell says; else None.

        A laboratory's column has as many as rows: what the engine makes of them is worked out together.
        """
        reading = self.network.mechanisms.get(self.name)
        if not isinstance(reading, Reading):
            return None
        variable = self.network.variable(self.name)
        if isinstance(finding, str) and same_name(finding, variable.states) not in variable.states:
            finding = measured_text(finding, variable, reading)
        if not isinstance(finding, Measured) or finding.side:
            return None
        return reading.canonical(finding.value, finding.unit, self.name)

    def _finding(self, cell: Any, marks: frozenset[str]) -> Any:
        """What a cell says; a finding on a variable is still to be encoded, which checks it."""
        if not self.name:
            if says_nothing(cell, marks):
                return unknown
            error = InvalidFinding(f"{str(cell)[:200]!r} stands in a column without a name")
            error.add_note('if it is no finding, as the number of a row: keep=[""] (--keep "")')
            raise error
        codes = self.contract.codes.get(self.heading) or self.contract.codes.get(self.name)
        if codes:
            spelled = {text: f for code, f in codes.items() for text in spellings(code)}
            cell = next((spelled[t] for t in spellings(cell) if t in spelled), cell)
        finding = finding_of(self.network, self.name, cell, marks=marks, unit=self.unit, bare=True)
        if finding is not unknown:
            self.check(self.name, finding)
            if self.name in self.network.flags:
                understood(self.network, self.name, finding)
        return finding

    def _encoded(self, finding: Any) -> Encoded:
        row, _, shown = encode(self.network, {self.name: finding})
        reading = self.network.mechanisms.get(self.name)
        if not isinstance(reading, Reading):
            return row, shown, float("nan"), None
        if shown and isinstance(finding, Measured):
            value = reading.canonical(finding.value, finding.unit, self.name)
            return row, shown, value, None
        parsed = understood(self.network, self.name, finding)
        assert parsed is not None
        limit = finding if parsed.limits and not parsed.values else None
        return row, shown, parsed.values[-1] if parsed.values else float("nan"), limit

    def _column(
        self,
        codes: NDArray[np.int64],
        count: int,
        encoded: dict[int, Encoded],
        plain: dict[int, float],
    ) -> Column:
        model = self.network.model
        i = model.index[self.name]
        spoken = [i]
        reading = self.network.mechanisms[self.name]
        if isinstance(reading, Reading):
            spoken += model.parents(i)
        tables = []
        for variable in spoken:
            own = model.slots_of(variable)
            table = np.ones((count + 1, model.cards[variable]))
            for code, (row, *_) in encoded.items():
                table[code] = row[own]
            if plain and variable != i:
                assert isinstance(reading, Reading)
                table[list(plain)] = level_likelihoods(reading, np.array(list(plain.values())))
            if (table != 1.0).any():
                tables.append((own, table))
        shown, values = np.full(count + 1, -1), np.full(count + 1, np.nan)
        for code, (_, seen, value, _) in encoded.items():
            for slot, begin, _ in seen:
                shown[code], values[code] = slot - begin, value
        if plain:
            assert isinstance(reading, Reading)
            own_states = self.network.variables[self.name]
            values[list(plain)] = list(plain.values())
            shown[list(plain)] = [
                own_states.index(reading.bin_of(number, own_states)) for number in plain.values()
            ]
        # Cells that say nothing are one: a code of their own would make rows differ that do not.
        said = np.full(count + 1, -1)
        spoken_of = [*encoded, *plain]
        said[spoken_of] = spoken_of
        limits = {code: limit for code, (*_, limit) in encoded.items() if limit is not None}
        return Column(self.name, said[codes], tuple(tables), shown, values, limits)


def _together(
    network: Network,
    block: Columns,
    columns: Sequence[Column],
    skipped: NDArray[np.bool_],
    faults: tuple[Fault, ...],
) -> Cases:
    """The different rows of a table, from the different cells of its columns."""
    where, most = np.zeros(block.count, dtype=np.int64), 1
    for column in columns:
        size = len(column.shown) + 1
        if most * size > MOST_CODES:  # numbered anew: no more different rows than rows
            where = np.unique(where, return_inverse=True)[1].reshape(-1)
            most = block.count
        where, most = where * size + column.codes + 1, most * size
    where[skipped] = -1
    _, first, numbers = np.unique(where, return_index=True, return_inverse=True)
    where, kept = numbers.reshape(-1), first
    if skipped.any():
        where, kept = where - 1, first[1:]
    taken = tuple(replace(c, codes=c.codes[kept]) for c in columns)
    found = tuple(c.name for c in taken if (c.codes >= 0).any())
    return Cases(network, where, len(kept), found, faults, block.labels, taken)
