"""What a run of scores writes: its output, whole or not at all, and what it keeps to be resumed."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etiograph.errors import UnreadableFile

if TYPE_CHECKING:
    import pyarrow as pa

CSV, PARQUET = ".csv", ".parquet"
# A spreadsheet runs a cell that starts with one of these (OWASP, CSV injection) ...
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
# ... unless it is a number, or nothing but signs.
_NO_FORMULA = re.compile(r"[+-]+|[+-]?(?:\d+(?:[.,]\d*)*|[.,]\d+)(?:[eE][+-]?\d+)?\s?%?")


@dataclass(frozen=True, slots=True)
class ScoredRows:
    """The answers to one block of rows.

    Attributes
    ----------
    rows : pyarrow.Table
        Kept columns, probabilities and log P(findings).
    errors : tuple of tuple of str
        What could not be read, as the columns of :data:`~etiograph.commands.faults.COLUMNS`.
    themselves : tuple of str
        Variables asked about that are findings.
    """

    rows: pa.Table
    errors: tuple[tuple[str, ...], ...] = ()
    themselves: tuple[str, ...] = ()


def refuse_output(output: Path, table: Path, kinds: Sequence[str] = (CSV, PARQUET)) -> None:
    """Refuse an output of another kind, or one that cannot be written: before the work, not after it."""
    if output.suffix not in kinds:
        said = " or a ".join(kinds)
        raise UnreadableFile(f"the output is a {said} file", path=str(output))
    refuse_place(output, table)


def refuse_place(output: Path, table: Path) -> None:
    """Refuse an output that would take the place of the table itself, or for which there is no folder."""
    try:
        same = output.exists() and table.exists() and output.samefile(table)
        missing = not output.parent.is_dir()
        folder = output.is_dir()
    except (OSError, ValueError) as error:  # a name that no file can have
        said = error if isinstance(error, OSError) else OSError(str(error))
        raise _unwritten(output, said) from error
    if same:
        raise UnreadableFile("the output would take the place of the table", path=str(output))
    if missing or folder:
        why = "this is a folder" if folder else f"there is no folder {str(output.parent)!r}"
        raise UnreadableFile(f"it cannot be written: {why}", path=str(output))


def _unwritten(output: Path, error: OSError) -> UnreadableFile:
    return UnreadableFile(f"it cannot be written: {error.strerror or error}", path=str(output))


@contextmanager
def written(output: Path, schema: pa.Schema) -> Iterator[Callable[[pa.Table], None]]:
    """A function that appends rows to a file which takes its name only when all went well."""
    partial = output.with_name(f".{output.name}.partial")
    try:
        with (_csv if output.suffix == CSV else _parquet)(partial, schema) as write:
            yield write
        partial.replace(output)
    except OSError as error:
        raise _unwritten(output, error) from error
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


@contextmanager
def _csv(path: Path, schema: pa.Schema) -> Iterator[Callable[[pa.Table], None]]:
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.types as kinds

    comma = pa.scalar(",", pa.large_string())
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerow([plain_cell(name) for name in schema.names])

        def cells(column: pa.ChunkedArray) -> pa.ChunkedArray:
            if kinds.is_float64(
                column.type
            ):  # nearly all: made text and put into lines without Python
                return _numbers(column)
            texts = map(_quoted, _texts(column))
            return pa.chunked_array([pa.array(texts, pa.large_string())])

        def write(block: pa.Table) -> None:
            if block.num_rows:
                lines = pc.binary_join_element_wise(*map(cells, block.columns), comma)
                file.writelines(f"{line}\n" for line in lines.to_pylist())

        yield write


@contextmanager
def _parquet(path: Path, schema: pa.Schema) -> Iterator[Callable[[pa.Table], None]]:
    import pyarrow.parquet as pq

    with pq.ParquetWriter(path, schema) as file:
        yield file.write_table


def _texts(column: pa.ChunkedArray) -> list[Any]:
    """The cells of a column as they are written in CSV; what is not there is empty."""
    import numpy as np
    import pyarrow.types as kinds

    kind = column.type
    if kinds.is_dictionary(kind):
        return _texts(column.cast(kind.value_type))
    try:
        cells: list[Any] = column.to_pylist()
    except (OverflowError, ValueError):  # a time outside the years 1 to 9999
        cells = column.cast("string").to_pylist()
    if kinds.is_integer(kind):
        return cells
    if kinds.is_floating(kind):
        narrow = kind.to_pandas_dtype()
        return [
            None if c is None else np.format_float_positional(narrow(c), trim="0") for c in cells
        ]
    if kinds.is_nested(kind):
        cells = [
            None if c is None else json.dumps(c, default=str, ensure_ascii=False) for c in cells
        ]
    elif not (kinds.is_string(kind) or kinds.is_large_string(kind) or kinds.is_string_view(kind)):
        return [None if c is None else str(c) for c in cells]
    return [plain_cell(cell) for cell in cells]


def _numbers(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Numbers as the shortest text that gives the same number, with a point or an exponent; "" for none."""
    import pyarrow as pa
    import pyarrow.compute as pc

    text = column.cast("large_string")
    ending, none = (pa.scalar(word, pa.large_string()) for word in (".0", ""))
    whole = pc.binary_join_element_wise(text, ending, none)
    return pc.fill_null(pc.if_else(pc.match_substring_regex(text, "[.en]"), text, whole), none)


def _quoted(cell: object) -> str:
    """A cell as a field of a line, in quotes where it needs them."""
    text = "" if cell is None else str(cell)
    if any(mark in text for mark in ',"\n\r'):
        return '"' + text.replace('"', '""') + '"'
    return text


def plain_cell(value: object) -> object:
    """A text cell that no spreadsheet takes for a formula; a number or anything else unchanged."""
    if (
        isinstance(value, str)
        and value.startswith(FORMULA_STARTS)
        and not _NO_FORMULA.fullmatch(value)
    ):
        return f"'{value}"
    return value


class Parts:
    """Answers kept in a folder beside the output until it is whole: a run that ends can be resumed.

    Parameters
    ----------
    output : Path
        What is being written.
    digest : str
        What the answers depend on; those of another digest are thrown away.
    """

    def __init__(self, output: Path, digest: str) -> None:
        self._output = output
        self._folder = output.with_name(f".{output.name}.parts")
        self._digest = digest

    def __enter__(self) -> Parts:
        try:
            about = self._folder / "digest"
            if not about.is_file() or about.read_text(encoding="utf-8") != self._digest:
                shutil.rmtree(self._folder, ignore_errors=True)
                self._folder.mkdir()
                about.write_text(self._digest, encoding="utf-8")
        except OSError as error:
            raise _unwritten(self._output, error) from error
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _file(self, before: int) -> Path:
        return self._folder / f"{before:015d}.arrow"

    def get(self, before: int) -> ScoredRows | None:
        """The answers to the block that follows so many rows, if they were kept whole."""
        import pyarrow as pa

        try:
            with pa.OSFile(str(self._file(before))) as file:
                rows = pa.ipc.open_file(file).read_all()
        except (OSError, pa.ArrowException):
            return None
        said = json.loads((rows.schema.metadata or {})[b"part"])
        errors = tuple(tuple(error) for error in said["errors"])
        return ScoredRows(rows.replace_schema_metadata(), errors, tuple(said["themselves"]))

    def put(self, before: int, part: ScoredRows) -> None:
        """Keep the answers to a block."""
        import pyarrow as pa

        said = json.dumps({"errors": part.errors, "themselves": part.themselves})
        rows = part.rows.replace_schema_metadata({b"part": said.encode()})
        file = self._file(before)
        partial = file.with_suffix(".partial")
        try:
            with pa.OSFile(str(partial), "wb") as sink, pa.ipc.new_file(sink, rows.schema) as out:
                out.write_table(rows)
            partial.replace(file)
        except OSError as error:
            raise _unwritten(self._output, error) from error
