"""Conditional tables from a file: their structure, size and sums judged by one rule for all formats.

What a reader found is a :class:`Declared` for each variable and a :class:`Head` for each table. The sums
of the rows are judged by :class:`Sums`, the order of the numbers in a table given as one list by
:func:`oriented`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from etiograph.errors import EtiographError, TooLarge
from etiograph.formats.names import NOTHING
from etiograph.formats.text import Source
from etiograph.formats.undefined import UndefinedRow, refused, settle
from etiograph.network.calling import warn
from etiograph.network.checks import SUM_EXACT
from etiograph.network.mechanism import SUM_ROUNDED, SUM_SLOPPY
from etiograph.network.network import Network

FloatArray = NDArray[np.float64]

MAX_STATES = 10_000
"""Most states a variable may declare."""
MAX_ENTRIES = 2**20
"""Most entries of one table."""
MAX_ALL_ENTRIES = 2**24
"""Most entries of all tables of a file."""


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
        self.name, self.rows = name, rows

    def __reduce__(self) -> tuple[Any, ...]:
        return (RowsNormalised, (self.name, self.rows))


@dataclass(frozen=True, slots=True)
class Declared:
    """The states of a variable and where it is declared."""

    states: tuple[str, ...]
    position: int


@dataclass(frozen=True, slots=True)
class Head:
    """Whose table it is, given which parents, and where each of them is named."""

    child: str
    position: int
    parents: tuple[str, ...]
    parent_positions: tuple[int, ...]


def check_heads(
    source: Source,
    variables: Mapping[str, Declared],
    heads: Mapping[str, Head],
    gates: Collection[str] = (),
) -> None:
    """Refuse tables of unknown variables, variables without a table, cycles and tables too large.

    What is a gate (``gates``) has no table and no size.

    Raises
    ------
    UnknownName, InvalidNetwork, TooLarge
        With the file and the line; before anything is allocated.
    """
    for head in heads.values():
        if head.child not in variables:
            raise source.unknown(head.position, head.child, "variable", variables)
        for position, parent in zip(head.parent_positions, head.parents, strict=True):
            if parent not in variables:
                raise source.unknown(position, parent, "variable", variables)
    for name, declared in variables.items():
        if name not in heads:
            raise source.invalid(declared.position, f"variable '{name}' has no table")
    cycle = _cycle({name: head.parents for name, head in heads.items()})
    if cycle:
        position = heads[cycle[0]].position
        raise source.invalid(position, "the arrows form a cycle: " + " -> ".join(cycle))
    # A file that states its numbers has a character or more for each; one that leaves most to defaults
    # must not grow without bound.
    most = min(MAX_ALL_ENTRIES, MAX_ENTRIES + 4 * len(source.text))
    total = 0
    for name in variables:
        total += 0 if name in gates else entries_of(source, variables, heads[name])
        if total > most:
            raise _too_large(source, heads[name], "the tables", total, most)


def entries_of(source: Source, variables: Mapping[str, Declared], head: Head) -> int:
    """The number of entries of a table; refused above :data:`MAX_ENTRIES`."""
    entries = math.prod(len(variables[v].states) for v in (*head.parents, head.child))
    if entries > MAX_ENTRIES:
        raise _too_large(source, head, f"the table of '{head.child}'", entries, MAX_ENTRIES)
    return entries


def _too_large(source: Source, head: Head, what: str, count: int, limit: int) -> EtiographError:
    message = (
        f"{source.name}, line {source.line(head.position)}: {what} would hold {count:,} entries "
        f"({8 * count:,} bytes); at most {limit:,} are read"
    )
    return TooLarge(message, entries=count, bytes=8 * count)


def row_label(variables: Mapping[str, Declared], head: Head, index: int) -> str:
    """The states a row of the table stands for, as a file writes them."""
    states: list[str] = []
    for parent in reversed(head.parents):
        known = variables[parent].states
        index, at = divmod(index, len(known))
        states.append(known[at])
    return f"({', '.join(reversed(states))})"


class Sums:
    """Judges the sums of rows; one of these a file.

    A row off 1 by up to 1e-9 is kept bit for bit, by up to 1e-6 normalised, by up to 1e-2 (two decimals)
    normalised and listed in a warning, by more refused.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self._listed: list[tuple[int, str]] = []
        self._undefined: list[UndefinedRow] = []

    def judged(
        self,
        child: str,
        table: FloatArray,
        place: Callable[[int], tuple[int, str]],
        fillable: bool = False,
    ) -> FloatArray:
        """The rows (rows, states) scaled to 1 where they must be.

        Parameters
        ----------
        child : str
            Whose table it is.
        table : ndarray (rows, states)
            Numbers between 0 and 1, or NaN.
        place : callable
            The position in the text and the label of a row by its number.
        fillable : bool
            Whether :meth:`filled` comes after: rows of NaN stay if the caller has a rule for them.

        Raises
        ------
        InvalidNetwork
            A row too far off, undefined without a rule, or undefined in part.
        """
        sums = table.sum(axis=1)
        if np.isnan(sums).any():
            self._check_undefined(child, table, place, fillable)
        off = np.abs(sums - 1)
        for i in np.flatnonzero(off > SUM_ROUNDED).tolist():
            position, label = place(i)
            where = f"'{child}'" + (f", row {label}" if label else "")
            if off[i] > SUM_SLOPPY:
                message = f"{where}: the probabilities sum to {float(sums[i]):.10g}, not 1"
                raise self.source.invalid(position, message)
            line = self.source.line(position)
            self._listed.append((position, f"line {line} {where} sums to {float(sums[i]):.10g}"))
        scaled = (off > SUM_EXACT) | (table.max(axis=1, initial=0.0) > 1.0)
        if scaled.any():
            table = np.where(scaled[:, None], table / np.where(sums > 0, sums, 1)[:, None], table)
        return table

    def _check_undefined(
        self, child: str, table: FloatArray, place: Callable[[int], tuple[int, str]], fillable: bool
    ) -> None:
        for i, missing in enumerate(np.isnan(table).tolist()):
            if not any(missing) or (all(missing) and fillable and not refused()):
                continue
            position, label = place(i)
            where = f"'{child}'" + (f", row {label}" if label else "")
            if all(missing) and fillable:
                message = (
                    f"{where}: the row is undefined (nan); undefined='uniform' makes it uniform, "
                    "undefined='forbid' shows that it is never met"
                )
                raise self.source.invalid(position, message)
            raise self.source.invalid(position, f"{where}: nan is no probability (expected 0 to 1)")

    def filled(
        self, variables: Mapping[str, Declared], head: Head, table: FloatArray
    ) -> FloatArray:
        """A judged table (parents..., child) with its undefined rows uniform; :meth:`settle` judges them."""
        undefined = np.isnan(table[..., 0])
        if not undefined.any():
            return table
        states = np.array([state != NOTHING for state in variables[head.child].states], float)
        for index in np.argwhere(undefined).tolist():
            given = {p: variables[p].states[i] for p, i in zip(head.parents, index, strict=True)}
            if NOTHING not in given.values():
                self._undefined.append(UndefinedRow(head.child, given, head.position))
        return np.where(undefined[..., None], states / states.sum(), table)

    def settle(self, network: Network) -> Network:
        """Warn of the undefined rows, or refuse those that can be met, by the rule of the caller."""
        return settle(self.source, network, self._undefined)

    def warn(self) -> None:
        """Say which rows were normalised, all in one warning."""
        if self._listed:
            rows = tuple(text for _, text in sorted(self._listed))
            warn(RowsNormalised(self.source.name, rows))


@dataclass(frozen=True, slots=True)
class Listed:
    """A table given as one list of numbers, in one of two orders."""

    head: Head
    position: int
    values: FloatArray
    """All numbers of the list, (parents x states,)."""
    shape: tuple[int, ...]
    """Numbers of states of the parents, then of the child."""

    def child_slowest(self) -> FloatArray:
        """Read with the child varying slowest: axes ``(parents..., child)``."""
        moved = np.moveaxis(self.values.reshape(self.shape[-1], *self.shape[:-1]), 0, -1)
        return np.ascontiguousarray(moved)

    def child_fastest(self) -> FloatArray:
        """Read with the child varying fastest: axes ``(parents..., child)``."""
        return self.values.reshape(self.shape)


def oriented(source: Source, tables: Sequence[Listed], usual: str) -> dict[str, FloatArray]:
    """The tables of a file that gives each as one list, with the axes ``(parents..., child)``.

    Dialects differ in whether the child varies slowest or fastest. The sums tell: of a table that could
    be read both ways, by the other tables of the file.

    Parameters
    ----------
    usual : {"slowest", "fastest"}
        How the format says it should be; taken where neither fits, so that the error speaks of it.

    Raises
    ------
    InvalidNetwork
        A table that reads well in both orders, differently, and no other table tells.
    """
    fits = {t.head.child: (_fits(t.child_slowest()), _fits(t.child_fastest())) for t in tables}
    orders = {slow for slow, fast in fits.values() if slow != fast}
    agreed = orders.pop() if len(orders) == 1 else None
    result: dict[str, FloatArray] = {}
    for table in tables:
        slow, fast = fits[table.head.child]
        if slow and fast and agreed is None:
            slowest, fastest = table.child_slowest(), table.child_fastest()
            if not np.array_equal(slowest, fastest, equal_nan=True):
                message = (
                    f"'{table.head.child}': this list could be read with the child varying slowest "
                    "or fastest, and no other table of the file tells which"
                )
                raise source.invalid(table.position, message)
        elif slow and fast:
            slow = bool(agreed)
        elif not slow and not fast:
            slow = usual == "slowest"
        result[table.head.child] = table.child_slowest() if slow else table.child_fastest()
    return result


def _fits(table: FloatArray) -> bool:
    off = np.abs(table.sum(axis=-1) - 1)
    # A row undefined as a whole fits; one in part (NaN) does not.
    return bool((np.isnan(table).all(axis=-1) | (off <= SUM_SLOPPY)).all())


def number_in(source: Source, position: int, word: str, where: str) -> float:
    """A probability from its text, or NaN if it says so; :class:`Sums` judges those.

    Raises
    ------
    UnreadableFile
        No number.
    InvalidNetwork
        A number outside 0 to 1.
    """
    try:
        value = float(word) if word.isascii() and "_" not in word else math.nan
    except ValueError:
        raise source.unreadable(position, f"{where}: '{word[:40]}' is no number") from None
    if word.lower() in ("nan", "-nan"):
        return math.nan
    if not 0 <= value <= 1 + SUM_ROUNDED:
        message = f"{where}: {word[:40]} is no probability (expected 0 to 1)"
        raise source.invalid(position, message)
    return value


def numbers_in(source: Source, position: int, text: str, expected: int, where: str) -> FloatArray:
    """Probabilities parted by white space or commas, as many as expected.

    Raises
    ------
    UnreadableFile, InvalidNetwork
        Too few, too many, no numbers, or outside 0 to 1.
    """
    words = text.replace(",", " ").split()
    if len(words) != expected:
        message = f"{where}: expected {expected:,} number(s), found {len(words):,}"
        raise source.invalid(position, message)
    if text.isascii() and "_" not in text:
        try:
            values = np.array(list(map(float, words)))
        except ValueError:
            pass
        else:
            # NaN fails both comparisons, infinity and 1e400 the second.
            if bool(((values >= 0) & (values <= 1 + SUM_ROUNDED)).all()):
                return values
    return np.array([number_in(source, position, word, where) for word in words])


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
