"""Every form of a table as named columns of cells: frames, Arrow tables, dicts, lists of rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from unicodedata import normalize

import numpy as np
from numpy.typing import NDArray

from etiograph.errors import InvalidFinding
from etiograph.findings.content import FileContent
from etiograph.network.frozen import duplicates

SHORT = 2_000
"""Cells of text that are told apart sooner in Python than by pandas."""
FORMS = (
    "a pandas, polars or Arrow table, a dict of columns, a list of dicts, or the path of a .csv or "
    ".parquet file"
)
_LABELS = re.compile(r"__index_level_\d+__")


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """A table, or a block of one.

    Attributes
    ----------
    names : tuple of str
        In Unicode normal form C, each once.
    cells : tuple
        One sequence of cells a name.
    count : int
        Number of rows.
    labels : object
        The table's own row labels, or None.
    file : str
        Where it was read from; "" for a table in memory.
    before : int
        Rows of the table before this block.
    lines : sequence of int, optional
        The line of the file on which each row begins.
    broken : mapping of int to str
        Rows (from 0, in this block) none of whose cells can be trusted, and why.
    """

    names: tuple[str, ...]
    cells: tuple[Any, ...]
    count: int
    labels: Any = None
    file: str = ""
    before: int = 0
    lines: Sequence[int] | None = None
    broken: Mapping[int, str] = field(default_factory=dict)

    def some(self, rows: NDArray[np.int64]) -> Columns:
        """Some of the rows, in the order of their numbers (n,)."""
        place = {int(row): i for i, row in enumerate(rows)}
        return replace(
            self,
            cells=tuple(_taken(column, rows) for column in self.cells),
            count=len(rows),
            labels=None if self.labels is None else _taken(self.labels, rows),
            lines=None if self.lines is None else [self.lines[i] for i in rows],
            broken={place[row]: why for row, why in self.broken.items() if row in place},
        )

    def without(self, rows: Collection[int]) -> Columns:
        """All but some of the rows."""
        return self.some(
            np.setdiff1d(np.arange(self.count), np.array(sorted(rows), dtype=np.int64))
        )

    def place(self, row: int) -> str:
        """A row in words, counted from 1 below the header; with its line or its label, too."""
        number = f"row {self.before + row + 1:d} of {self.file or 'the table'}"
        if self.lines is not None:
            return f"{number} (line {self.lines[row]})"
        if self.labels is not None:
            return f"{number} (labelled {self.labels[row]!r})"
        return number


def _taken(cells: Any, rows: NDArray[np.int64]) -> Any:
    """Some of the cells of a column."""
    if hasattr(cells, "iloc"):
        return cells.iloc[rows]
    if hasattr(cells, "to_pylist"):
        return cells.take(rows)
    if hasattr(cells, "dtype") and hasattr(cells, "shape"):
        return cells[rows]
    return [cells[i] for i in rows.tolist()]


def columns_of(table: Any, known: Callable[[str], bool] = lambda name: False) -> Columns:
    """The columns of a table in any of its forms.

    ``known`` says whether a column may be called so, which tells the separator of a file of text.

    Raises
    ------
    InvalidFinding
        No table, two columns of one name, columns of different lengths, an index that is called
        like a column.
    UnreadableFile
        A file that is no table.
    """
    if isinstance(table, Columns):
        return table
    if isinstance(table, str | Path | FileContent):
        from etiograph.findings.files import whole

        return whole(Path(table) if isinstance(table, str) else table, known=known)
    if hasattr(table, "iloc") and hasattr(table, "columns"):
        _refuse_index(table, known)
        cells = [table.iloc[:, i] for i in range(table.shape[1])]
        return checked(list(table.columns), cells, len(table), table.index)
    if type(table).__module__.partition(".")[0] == "polars" and hasattr(table, "get_columns"):
        return checked(list(table.columns), list(table.get_columns()), table.height)
    if hasattr(table, "num_rows") and hasattr(table, "schema"):
        places = columns_in(table.schema.names)
        names = [table.schema.names[i] for i in places]
        return checked(names, [table.column(i) for i in places], table.num_rows)
    if hasattr(table, "__arrow_c_stream__") and getattr(table, "ndim", 2) == 2:
        import pyarrow as pa

        return columns_of(pa.table(table), known)
    if isinstance(table, Mapping):
        return checked(list(table), [_cells(n, c) for n, c in table.items()])
    if isinstance(table, list | tuple) and all(isinstance(row, Mapping) for row in table):
        names = list(dict.fromkeys(name for row in table for name in row))
        return checked(names, [[row.get(n) for row in table] for n in names], len(table))
    hint = ""
    if hasattr(table, "index") and hasattr(table, "items"):
        hint = "; for one row: network.case(row)"
    elif hasattr(table, "collect"):
        hint = "; call collect() first"
    raise InvalidFinding(f"a table of cases is {FORMS}, not {_article(type(table).__name__)}{hint}")


def columns_in(names: Sequence[str]) -> list[int]:
    """Places of the columns of an Arrow table, without row labels of pandas that have no name."""
    return [i for i, name in enumerate(names) if not _LABELS.fullmatch(name)]


def _refuse_index(table: Any, known: Callable[[str], bool]) -> None:
    """Refuse a pandas frame whose index is called like a column of findings that it does not have."""
    named = [name for name in table.index.names if name is not None]
    for name in named:
        if isinstance(name, str) and known(name_of(name)) and name not in table.columns:
            raise InvalidFinding(
                f"the index of the table is called {name!r}, which may stand for a column of it: "
                "reset_index() makes it one, rename_axis() gives it another name"
            )


def checked(
    names: Sequence[object], cells: Sequence[Any], count: int | None = None, labels: Any = None
) -> Columns:
    """Columns with their names in one form; refused if two are called alike or lengths differ."""
    spelled = tuple(name_of(name) for name in names)
    refuse_twins(spelled)
    lengths = {name: len(column) for name, column in zip(spelled, cells, strict=True)}
    if len(set(lengths.values())) > 1:
        said = ", ".join(f"{name!r} has {n}" for name, n in lengths.items())
        raise InvalidFinding(f"columns of different lengths: {said[:500]}")
    rows = count if count is not None else next(iter(lengths.values()), 0)
    return Columns(spelled, tuple(cells), rows, labels)


def refuse_twins(names: Sequence[str]) -> None:
    """Refuse a name that two columns bear."""
    if twins := duplicates(names):
        places = ", ".join(str(i + 1) for i, name in enumerate(names) if name == twins[0])
        shown = repr(twins[0]) if twins[0] else "'' (without a name)"
        raise InvalidFinding(f"the columns {places} of the table are all called {shown}")


def name_of(name: object) -> str:
    """The name of a column as text in Unicode normal form C."""
    if isinstance(name, tuple):
        raise InvalidFinding(f"a column has one name, not the {len(name)} of {name!r}")
    return normalize("NFC", str(name))


def _cells(name: object, column: Any) -> Any:
    """The cells of a column of a dict."""
    if isinstance(column, str | bytes | Mapping | set | frozenset) or not hasattr(
        column, "__iter__"
    ):
        raise InvalidFinding(
            f"column {str(name)!r} is {_article(type(column).__name__)}, not a list of cells"
        )
    if getattr(column, "ndim", 1) != 1:
        raise InvalidFinding(f"column {str(name)!r} has {column.ndim} dimensions, not one")
    return column if hasattr(column, "__len__") else list(column)


def _article(word: str) -> str:
    return f"{'an' if word[:1].lower() in 'aeiou' else 'a'} {word}"


def distinct(cells: Any) -> tuple[NDArray[np.int64], list[Any]]:
    """The different cells of a column, and which of them each row holds.

    Returns
    -------
    codes : ndarray of int (rows,)
        -1 where the column itself says there is nothing.
    values : list
        Equal cells of one type are one value; what cannot be compared, such as a list, is one each.
    """
    if type(cells).__module__.partition(".")[0] == "polars":
        cells = _of_polars(cells)
    if hasattr(cells, "to_pylist"):
        return _of_arrow(cells)
    if str(getattr(cells, "dtype", "object")) == "object":
        return _of_objects(cells)
    import pandas as pd

    series = pd.Series(cells)
    if isinstance(series.dtype, pd.CategoricalDtype):
        return np.asarray(series.cat.codes, dtype=np.int64), list(series.dtype.categories)
    if isinstance(series.dtype, pd.StringDtype) and len(series) < SHORT:
        return _of_objects(series.tolist())
    codes, values = pd.factorize(series, use_na_sentinel=True)
    return np.asarray(codes, dtype=np.int64), list(values)


def _of_polars(series: Any) -> Any:
    """A polars column as Arrow's; where it holds Python objects, as a list."""
    return series.to_list() if str(series.dtype).startswith("Object") else series.to_arrow()


def _of_arrow(array: Any) -> tuple[NDArray[np.int64], list[Any]]:
    import pyarrow as pa

    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
        if isinstance(array, pa.ChunkedArray):  # of no or of several chunks that do not fit in one
            return _of_objects(_python(array))
    try:
        coded = array if pa.types.is_dictionary(array.type) else array.dictionary_encode()
    except pa.ArrowNotImplementedError:  # lists and records
        return _of_objects(_python(array))
    if not isinstance(coded, pa.DictionaryArray):
        return _of_objects(_python(array))
    codes = coded.indices.cast(pa.int64()).fill_null(-1).to_numpy(zero_copy_only=False)
    values = _python(coded.dictionary)
    if len(codes) and not -1 <= codes.min() <= codes.max() < len(values):
        raise InvalidFinding("the table is broken: a cell is a value that its column does not list")
    return np.asarray(codes, dtype=np.int64), values


def _python(array: Any) -> list[Any]:
    """The values of an Arrow array; what Python has no value for as text or bytes."""
    try:
        values: list[Any] = array.to_pylist()
    except UnicodeDecodeError:
        values = array.view("binary").to_pylist()
    except (OverflowError, ValueError):  # a time outside the years 1 to 9999
        values = array.cast("string").to_pylist()
    return values


def _there(cell: object) -> bool:
    return cell is not None


def _of_objects(cells: Any) -> tuple[NDArray[np.int64], list[Any]]:
    if set(map(type, cells)) <= {str, type(None)}:  # of a file of text: at the speed of a dict
        texts: dict[Any, int] = {
            text: i for i, text in enumerate(dict.fromkeys(filter(_there, cells)))
        }
        values = list(texts)
        texts[None] = -1
        return np.fromiter(map(texts.__getitem__, cells), np.int64, len(cells)), values
    places: dict[Any, int] = {}
    values = []
    codes = np.empty(len(cells), dtype=np.int64)
    for row, cell in enumerate(cells):
        if cell is None or (type(cell) is float and cell != cell):
            codes[row] = -1
            continue
        # True, 1 and 1.0 are equal, but name different states.
        key = cell if type(cell) is str else (type(cell), cell)
        try:
            code = places.setdefault(key, len(values))
        except TypeError:  # a list or a dict: not to be compared by its hash
            code = len(values)
        if code == len(values):
            values.append(cell)
        codes[row] = code
    return codes, values
