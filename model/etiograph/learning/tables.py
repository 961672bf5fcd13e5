"""Plain tables as distributions to be learned, and as named numbers with ranges.

A number of a row is the marginal of that row's Dirichlet distribution, a Beta (Johnson, Kotz &
Balakrishnan 2000, section 49.1).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from etiograph.errors import InvalidFinding, InvalidNetwork, UnknownName
from etiograph.network.checks import When, matched
from etiograph.network.mechanism import Deterministic, Row, Table
from etiograph.network.model import Conditional
from etiograph.network.network import Network
from etiograph.network.parameter import Number, Parameter
from etiograph.network.parameter_names import dotted, row_labels, state_label

if TYPE_CHECKING:
    from etiograph.network.variable import Variable

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

RAREST = 0.5
"""Cases that an entry is taken to have been counted at least: the range of a rare one has an end."""


@dataclass(frozen=True, eq=False, slots=True)
class Tables:
    """The tables of a network that are learned, as one vector of cells.

    A cell is one probability of one row of a table; the entries of the full table that a row stands
    for share its cells.

    Attributes
    ----------
    network : Network
    names : tuple of str
        Variables whose tables these are.
    whens : mapping of str to tuple of When
        Where each row of a table holds.
    entries, cells : ndarray of int (E,)
        Places of their entries among the T of the model, and the cell of each.
    rows : ndarray of int (C,)
        Row of each cell, all tables counted through.
    variables : ndarray of int (C,)
        Which of ``names`` a cell belongs to.
    stated : ndarray (C,)
        The probabilities as the network has them.
    """

    network: Network
    names: tuple[str, ...]
    whens: Mapping[str, tuple[When, ...]]
    entries: IntArray
    cells: IntArray
    rows: IntArray
    variables: IntArray
    stated: FloatArray

    @classmethod
    def of(cls, network: Network, names: Collection[str] | None = None) -> Tables:
        """The plain tables of a network.

        Parameters
        ----------
        network : Network
        names : collection of str, optional
            Only these variables; by default all, and then all must be tables or rules.

        Raises
        ------
        UnknownName, InvalidNetwork
            A variable that is not there, or is no plain table.
        """
        chosen = _chosen(network, names)
        model = network.model
        whens: dict[str, tuple[When, ...]] = {}
        entries, cells, rows, owners, stated = [], [], [], [], []
        n_cells = n_rows = 0
        for v, name in enumerate(chosen):
            mechanism, k = network.mechanisms[name], network.variables[name].card
            assert isinstance(mechanism, Table)
            whens[name], row_of = _rows(network, name, mechanism)
            family = model.families[model.index[name]]
            assert isinstance(family, Conditional)
            size, count = len(row_of) * k, len(whens[name])
            own = np.arange(family.start, family.start + size)
            local = (row_of[:, None] * k + np.arange(k)).reshape(-1)
            values = np.zeros(count * k)
            values[local] = model.tables[own]
            entries.append(own)
            cells.append(n_cells + local)
            rows.append(n_rows + np.repeat(np.arange(count), k))
            owners.append(np.full(count * k, v))
            stated.append(values)
            n_cells, n_rows = n_cells + count * k, n_rows + count
        return cls(
            network, tuple(chosen), whens, np.concatenate(entries), np.concatenate(cells),
            np.concatenate(rows), np.concatenate(owners), np.concatenate(stated),
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.rows)

    def full(self, cells: FloatArray) -> FloatArray:
        """All T numbers of the model with these cells (C,) in their places."""
        out = self.network.model.tables.copy()
        out[self.entries] = cells[self.cells]
        return out

    def summed(self, counts: FloatArray) -> FloatArray:
        """Counts of the model's numbers (T,) added up by cell, (C,)."""
        return np.bincount(self.cells, counts[self.entries], len(self)).astype(np.float64)

    def by_row(self, cells: FloatArray) -> FloatArray:
        """Sum of the cells of each row, (R,)."""
        return np.bincount(self.rows, cells).astype(np.float64)

    def of_variable(self, name: str, cells: FloatArray) -> FloatArray:
        """Cells (C,) of one variable, (rows, states)."""
        own: FloatArray = cells[self.variables == self.names.index(name)]
        return own.reshape(-1, self.network.variables[name].card)

    def shaped(self, name: str, cells: FloatArray) -> FloatArray:
        """The same, (parents..., states) where the table has a row for all its parents' states."""
        own = self.of_variable(name, cells)
        parents = self.network.parents(name)
        shape = tuple(self.network.variables[p].card for p in parents)
        return own.reshape(*shape, -1) if len(own) == int(np.prod(shape, dtype=int)) else own


def _chosen(network: Network, names: Collection[str] | None) -> list[str]:
    if names is not None:
        if isinstance(names, str | bytes) or not isinstance(names, Collection):
            raise TypeError(f"variables must be a collection of names, not {names!r}")
        for name in names:
            if name not in network.variables:
                raise UnknownName(name, "variable", tuple(network.variables))
    chosen = [n for n in network.variables if names is None or n in names]
    kinds = {n: network.mechanisms[n] for n in chosen}
    other = [
        n for n, m in kinds.items()
        if not isinstance(m, Table) and not (names is None and isinstance(m, Deterministic))
    ]  # fmt: skip
    if other:
        raise InvalidNetwork(
            f"{other[0]!r} is no plain table ({kinds[other[0]].kind}): its numbers are learned by an "
            "update, from their ranges"
            + ("" if network.has_ranges else " (which this network has to state first: low, high)")
            + "; name the tables that are to be learned here (variables=, --variable)"
        )
    tables = [n for n in chosen if isinstance(kinds[n], Table)]
    if not tables:
        raise InvalidNetwork("no table to be learned")
    return tables


def _rows(network: Network, name: str, table: Table) -> tuple[tuple[When, ...], IntArray]:
    """Where each row holds, and the row of each combination of the parents' states."""
    parents = table.parents
    if table.array is not None:
        states = [network.variables[p].states for p in parents]
        each = product(*states)
        full: list[When] = [{p: (s,) for p, s in zip(parents, at, strict=True)} for at in each]
        return tuple(full), np.arange(len(full))
    seen: dict[str, int] = {}
    for r, row in enumerate(table.rows):
        for number in row.p.values():
            if isinstance(number, Parameter) and seen.setdefault(number.name, r) != r:
                raise InvalidNetwork(
                    f"{name!r}: the number {number.name!r} stands in several rows of its table, which "
                    "are learned row by row here; use an update"
                )
    whens = tuple(row.when for row in table.rows)
    return whens, matched(whens, parents, network.variables, name).reshape(-1).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Book:
    """What is said of every number that is written.

    Attributes
    ----------
    coverage : float
        Of its range.
    grade, note : str
    evidence : tuple of str
    """

    coverage: float = 0.95
    grade: str = ""
    note: str = ""
    evidence: tuple[str, ...] = ()


def written(
    tables: Tables, p: FloatArray, alpha: FloatArray | None, beta: FloatArray | None, book: Book
) -> Network:
    """The network with these tables, each number a parameter.

    Of every row one state is left the rest: the first of two, the most probable of several, so that
    draws of the others rarely pass 1.

    Parameters
    ----------
    tables : Tables
    p : ndarray (C,)
    alpha, beta : ndarray (C,) or None
        Of the Beta distribution of each cell; None: no ranges. What is 0 or 1 stays part of the
        structure.
    book : Book
    """
    network = tables.network
    low = high = p
    if alpha is not None and beta is not None:
        from scipy.special import betaincinv

        tail = 0.5 * (1.0 - book.coverage)
        a, b = np.maximum(alpha, 1e-9), np.maximum(beta, 1e-9)
        low = np.minimum(betaincinv(a, b, tail), p)
        high = np.minimum(np.maximum(betaincinv(a, b, 1.0 - tail), p), 1.0)
    taken: set[str] = set()
    mechanisms = dict(network.mechanisms)
    for name in tables.names:
        variable, whens = network.variables[name], tables.whens[name]
        if variable.card < 2:
            continue
        parents = network.parents(name)
        values = [tables.of_variable(name, x) for x in (p, low, high)]
        labels = row_labels(whens, parents)
        if any(_called(variable, x, s) in taken for x in labels for s in variable.states):
            labels = row_labels(whens, parents, named=True)
        rows = []
        for r, (when, label) in enumerate(zip(whens, labels, strict=True)):
            p_row, *ends = (x[r] for x in values)
            numbers = _numbers(variable, label, p_row, ends if alpha is not None else None, book)
            taken |= {x.name for x in numbers.values() if isinstance(x, Parameter)}
            rows.append(Row(when, numbers))
        mechanisms[name] = Table(parents, tuple(rows))
    return Network(network.variables, mechanisms, network.flags, network.rules, network.about)


def _called(variable: Variable, label: str, state: str) -> str:
    return dotted(variable.name, label, state_label(variable, state))


def _numbers(
    variable: Variable,
    label: str,
    p: FloatArray,
    ends: Sequence[FloatArray] | None,
    book: Book,
) -> dict[str, Number]:
    """The numbers of one row, one state left out; ``ends`` of their ranges, low and high."""
    rest = 0 if variable.card == 2 else int(np.argmax(p))
    found: dict[str, Number] = {}
    for i, state in enumerate(variable.states):
        if i == rest:
            continue
        value = float(p[i])
        if value in (0.0, 1.0):
            found[state] = value
            continue
        low, high = (None, None) if ends is None else (float(ends[0][i]), float(ends[1][i]))
        found[state] = Parameter(
            _called(variable, label, state), "probability", value, low, high,
            coverage=book.coverage, grade=book.grade, evidence=book.evidence, note=book.note,
        )  # fmt: skip
    return found


def with_table_parameters(
    network: Network,
    cases: int = 100,
    *,
    variables: Collection[str] | None = None,
    coverage: float = 0.95,
    grade: str = "D",
    sources: Sequence[str] = (),
    note: str = "",
) -> Network:
    """Give the numbers of plain tables names and ranges, as if each row had been counted from cases.

    A number p of a row gets the central interval of Beta(p n, (1 - p) n), n cases: what counting n
    cases would tell. A number so rare that it would have been counted less than half a time gets the
    range of one that was (n = 0.5 / p), so that its range has an end. Zeros and ones stay as they are.

    Parameters
    ----------
    network : Network
    cases : int
        How many cases each row is taken to rest on: the more, the narrower its ranges.
    variables : collection of str, optional
        Only these tables; by default all, and then every variable must be a table or a rule.
    coverage : float
        Share of the distribution between the ends of a range.
    grade, sources, note
        Of every number; see :class:`Parameter`, which calls sources its evidence. A range that was assumed has grade D.

    Returns
    -------
    Network
        The same tables, each number a parameter with a range.

    Raises
    ------
    InvalidFinding
        A number of cases that is none, a coverage that is no share.
    InvalidNetwork, UnknownName
        A variable that is no plain table, or is not there.
    """
    if isinstance(coverage, bool) or not isinstance(coverage, int | float):
        raise TypeError(f"coverage must be a number, not {coverage!r}")
    if not 0.0 < coverage < 1.0:
        raise InvalidFinding(f"coverage must lie between 0 and 1, not {coverage!r}")
    tables = Tables.of(network, variables)
    p = tables.stated
    some = (p > 0.0) & (p < 1.0)
    least = np.where(some, np.minimum(p, 1.0 - p), 1.0)
    own = np.maximum(cases, RAREST / least)
    said = note or f"Range assumed: as if each row had been counted from {cases} cases."
    book = Book(float(coverage), grade, said, tuple(sources))
    return written(
        tables, p, np.where(some, own * p, 1.0), np.where(some, own * (1 - p), 1.0), book
    )
