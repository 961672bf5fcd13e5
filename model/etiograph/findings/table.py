"""A table of cases, in whatever form it comes, as rows of likelihoods. The contract: docs/tables.md.

A column is a variable (or a red-flag-only finding), a row a case, a cell a finding; an empty cell
says nothing. Each different cell is read once, and rows that say the same are one row for the engine.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from etiograph.errors import EtiographError, InvalidFinding, UnknownName, UnreadableFile
from etiograph.findings.cell import finding_of, says_nothing, spellings
from etiograph.findings.columns import Columns, columns_of, distinct, name_of
from etiograph.network.finding import (
    Measured,
    encode,
    level_likelihoods,
    measured_text,
    understood,
    unknown,
)
from etiograph.network.frozen import duplicates, same_name
from etiograph.network.model import FloatArray
from etiograph.network.reading import Reading
from etiograph.network.value import value_type

if TYPE_CHECKING:
    from etiograph.network.network import Network

Marks = Sequence[object] | str | Mapping[str, Sequence[object] | str]
OnError = Literal["raise", "skip"]
_LONGEST = 1000
"""Characters of a heading that may hold a unit."""
_WITH_UNIT = re.compile(r"(.*?)\s*\[([^\[\]]+)\]\s*", re.S)


@dataclass(frozen=True, slots=True)
class Contract:
    """What the caller says of a table.

    Attributes
    ----------
    missing : sequence of cells, or mapping of column to such a sequence
        What stands for "not known" beside the empty cell, None and NaN; also where it is the name
        of a state, as the caller says so.
    units : mapping of str to str
        Unit of the bare numbers of a column; otherwise the reading's canonical unit.
    codes : mapping of str to mapping of cell to finding
        What the cells of a column stand for, as ``{"smoking": {1: "yes", 2: "no"}}``; other cells are
        read as usual.
    leave_out : collection of str
        Columns that are variables but no findings here, such as the target of a cohort.
    keep : collection of str
        Columns that are no findings at all and may be called anything.
    on_error : {"raise", "skip"}
        A cell or row that cannot be read ends everything, or its row alone is passed over.
    """

    missing: Marks = ()
    units: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, Mapping[Any, Any]] = field(default_factory=dict)
    leave_out: Collection[str] = ()
    keep: Collection[str] = ()
    on_error: OnError = "raise"

    def __post_init__(self) -> None:
        for name in ("leave_out", "keep"):
            given = getattr(self, name)
            listed = (given,) if isinstance(given, str) else tuple(given)
            object.__setattr__(self, name, tuple(name_of(n) for n in listed))
        for name in ("units", "codes"):
            given = {name_of(n): v for n, v in (getattr(self, name) or {}).items()}
            object.__setattr__(self, name, given)
        if self.on_error not in ("raise", "skip"):
            raise UnknownName(self.on_error, "way with errors (on_error)", ("raise", "skip"))

    def known(self, network: Network, heading: str) -> bool:
        """Whether a column may be called so."""
        places = (network.variables, network.flags, self.keep, self.leave_out)
        return any(name in place for name in names_of(heading) for place in places)

    def marks(self, column: str) -> frozenset[str]:
        """What stands for "not known" in a column, in all its spellings."""
        given = self.missing
        if isinstance(given, Mapping):
            given = {name_of(n): v for n, v in given.items()}.get(column, ())
        listed = (given,) if isinstance(given, str) or not isinstance(given, Collection) else given
        return frozenset(text for mark in listed for text in spellings(mark))


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


@dataclass(frozen=True, slots=True, eq=False)
class _Column:
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
    columns: tuple[_Column, ...] = ()

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
        targets = _targets(network, block, contract)
    except EtiographError as error:
        if block.file:
            error.add_note(f"in the header of {block.file}")
        raise
    faults = [
        Fault(block.before + i + 1, block.place(i), None, None, UnreadableFile(why))
        for i, why in block.broken.items()
    ]
    columns: list[_Column] = []
    for cells, (heading, name, unit) in zip(block.cells, targets, strict=True):
        if name is None:
            continue
        reader = _Reader(network, contract, heading, name, unit, check)
        column, wrong = reader.read(cells, block)
        faults += wrong
        if column is not None:
            columns.append(column)
    faults.sort(key=lambda fault: fault.row)
    if faults and contract.on_error == "raise":
        raise faults[0].raised()
    skipped = np.zeros(block.count, dtype=np.bool_)
    skipped[[fault.row - block.before - 1 for fault in faults]] = True
    return _together(network, block, columns, skipped, tuple(faults))


Target = tuple[str, str | None, str | None]
"""The heading of a column, the variable it is (None: not a finding), and the unit of its numbers."""


def _targets(network: Network, block: Columns, contract: Contract) -> list[Target]:
    """What each column of a table is.

    Raises
    ------
    UnknownName
        It is neither a variable nor kept; or something is said of a column that is not there.
    InvalidFinding
        Two columns are one variable.
    """
    for name in contract.keep:
        if name not in block.names:
            raise UnknownName(name, "column of the table", block.names)
    targets = [_target(network, heading, contract) for heading in block.names]
    variables = [name for _, name, _ in targets if name]
    if twins := duplicates(variables):
        both = [heading for heading, name, _ in targets if name == twins[0]]
        raise InvalidFinding(f"columns {' and '.join(map(repr, both))} are the same variable")
    known = {*block.names, *variables, *network.variables, *network.flags}
    spoken = {*contract.leave_out, *contract.units, *contract.codes}
    if isinstance(contract.missing, Mapping):
        spoken |= {name_of(n) for n in contract.missing}
    for name in sorted(spoken - known):
        raise UnknownName(name, "column of the table", block.names)
    return targets


def names_of(heading: str) -> tuple[str, ...]:
    """What a column may be called: its heading, and the heading without the unit it states."""
    split = _with_unit(heading)
    return (heading, split[1]) if split else (heading,)


def _with_unit(heading: str) -> re.Match[str] | None:
    return _WITH_UNIT.fullmatch(heading) if len(heading) <= _LONGEST else None


def _target(network: Network, heading: str, contract: Contract) -> Target:
    if heading in contract.keep or heading in contract.leave_out:
        return heading, None, None
    if not heading:  # a comma at the end of the header: nothing may stand below it
        return heading, "", None
    name, unit = heading, None
    if heading not in network.variables and heading not in network.flags:
        split = _with_unit(heading)
        if split is None or split[1] not in network.variables:
            known = (*network.variables, *network.flags)
            error = UnknownName(heading, "variable", known)
            error.add_note("a column of the table that is no finding is kept or left out")
            raise error
        name, unit = split[1], split[2].strip()
        if name in contract.leave_out:
            return heading, None, None
    given = contract.units.get(heading, contract.units.get(name))
    if given is not None and unit is not None and given != unit:
        raise InvalidFinding(f"column {heading!r} is said to be in {given!r}")
    unit = given if unit is None else unit
    if unit is not None:
        mechanism = network.mechanisms.get(name)
        if not isinstance(mechanism, Reading):
            raise InvalidFinding(f"{name!r} is not a reading: its cells have no unit ({unit!r})")
        mechanism.factor(unit, name)
    return heading, name, unit


Encoded = tuple[FloatArray, list[tuple[int, int, int]], float, Any]
"""Likelihoods (S,); a measured value as :func:`~etiograph.network.finding.encode` shows it, and the value
itself; the finding, where it is only known to lie beyond a limit."""


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one column, each different cell once."""

    network: Network
    contract: Contract
    heading: str
    name: str
    unit: str | None
    check: Callable[[str, Any], None]

    def read(self, cells: Any, block: Columns) -> tuple[_Column | None, list[Fault]]:
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
            raise InvalidFinding(f"{str(cell)[:200]!r} stands in a column without a name")
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
    ) -> _Column:
        model = self.network.model
        i = model.index[self.name]
        spoken = [i]
        reading = self.network.mechanisms[self.name]
        if isinstance(reading, Reading):
            spoken += model.parents(i)
        tables = []
        for variable in spoken:
            own = slice(model.offsets[variable], model.offsets[variable] + model.cards[variable])
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
        return _Column(self.name, said[codes], tuple(tables), shown, values, limits)


def _together(
    network: Network,
    block: Columns,
    columns: Sequence[_Column],
    skipped: NDArray[np.bool_],
    faults: tuple[Fault, ...],
) -> Cases:
    """The different rows of a table, from the different cells of its columns."""
    where = np.zeros(block.count, dtype=np.int64)
    for column in columns:
        # At most as many different rows as rows: the product stays far below 2**63.
        pairs = where * (len(column.shown) + 1) + column.codes + 1
        where = np.unique(pairs, return_inverse=True)[1].reshape(-1)
    where[skipped] = -1
    _, first, numbers = np.unique(where, return_index=True, return_inverse=True)
    where, kept = numbers.reshape(-1), first
    if skipped.any():
        where, kept = where - 1, first[1:]
    taken = tuple(replace(c, codes=c.codes[kept]) for c in columns)
    found = tuple(c.name for c in taken if (c.codes >= 0).any())
    return Cases(network, where, len(kept), found, faults, block.labels, taken)
