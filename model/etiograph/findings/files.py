"""Files of cases, read block by block in bounded memory: delimited text or Parquet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from etiograph.errors import UnreadableFile
from etiograph.findings.columns import Columns, columns_of, name_of, refuse_twins
from etiograph.findings.content import FileContent, Source
from etiograph.findings.delimited import read_delimited
from etiograph.formats.text import check_file

BLOCK = 4096
DELIMITED = (".csv", ".tsv", ".tab", ".txt", ".gz")
PARQUET = (".parquet", ".pq")
_MAGIC = b"PAR1"
_ZIP = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"


def blocks(
    path: Source,
    *,
    block: int = BLOCK,
    separator: str | None = None,
    encoding: str = "utf-8",
    known: Callable[[str], bool] = lambda name: False,
) -> Iterator[tuple[Columns, float]]:
    """Read a file of cases, block by block.

    Parameters
    ----------
    path, block, separator, encoding, known
        As in :func:`~etiograph.findings.delimited.read_delimited`; the last three are for text.

    Yields
    ------
    Columns, float
        A block, and the share of the file that is read. A file of no rows is one block.

    Raises
    ------
    UnreadableFile
        Not there, of another kind, or broken.
    """
    try:
        if not isinstance(path, FileContent):
            check_file(path)
        with path.open("rb") as file:
            start = file.read(4)
        if start == _MAGIC:
            yield from _parquet(path, block)
        elif start in (_ZIP, _OLD_OFFICE):
            raise UnreadableFile(
                "this is a spreadsheet or an archive: save the table as CSV (UTF-8)", str(path)
            )
        elif path.suffix.lower() in PARQUET:
            raise UnreadableFile("not a Parquet file", str(path))
        elif path.suffix.lower() in DELIMITED:
            yield from read_delimited(
                path, block, separator=separator, encoding=encoding, known=known
            )
        else:
            raise UnreadableFile(
                "a table of cases is a .csv, .tsv, .csv.gz or .parquet file", str(path)
            )
    except OSError as error:
        raise UnreadableFile(f"it cannot be read: {error.strerror or error}", str(path)) from error


def blocks_of(
    table: Any, known: Callable[[str], bool] = lambda name: False, block: int = BLOCK
) -> Iterator[Columns]:
    """Any table, block by block: a file as it is read, what is in memory in slices.

    Parameters and errors as of :func:`~etiograph.findings.columns.columns_of`.
    """
    if isinstance(table, str | Path | FileContent):
        path = Path(table) if isinstance(table, str) else table
        yield from (part for part, _ in blocks(path, block=block, known=known))
        return
    held = columns_of(table, known)
    for first in range(0, max(held.count, 1), block):
        rows = np.arange(first, min(first + block, held.count))
        yield replace(held.some(rows), before=held.before + first)


def _parquet(path: Source, block: int) -> Iterator[tuple[Columns, float]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        whole = pa.BufferReader(path.data) if isinstance(path, FileContent) else path
        with pq.ParquetFile(whole) as file:
            total = max(file.metadata.num_rows, 1)
            schema = file.schema_arrow
            names = tuple(name_of(name) for name in schema.names)
            refuse_twins(names)
            before = 0
            for batch in file.iter_batches(batch_size=block):
                cells = tuple(batch.columns)
                yield (
                    Columns(names, cells, batch.num_rows, file=path.name, before=before),
                    min((before + batch.num_rows) / total, 1.0),
                )
                before += batch.num_rows
            if not before:
                empty = schema.empty_table()
                cells = tuple(empty.column(i) for i in range(len(names)))
                yield Columns(names, cells, 0, file=path.name), 1.0
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        said = str(error).strip().splitlines() or ["it cannot be read"]
        raise UnreadableFile(
            f"not a Parquet file that can be read: {said[0][:300]}", str(path)
        ) from error


def whole(path: Source, **options: Any) -> Columns:
    """A whole file of cases in memory; options as of :func:`blocks`."""
    parts = [part for part, _ in blocks(path, **options)]
    first = parts[0]
    if len(parts) == 1:
        return first
    cells = tuple(_joined([part.cells[i] for part in parts]) for i in range(len(first.names)))
    lines = None if first.lines is None else [n for part in parts for n in part.lines or ()]
    broken = {part.before + row: why for part in parts for row, why in part.broken.items()}
    count = int(np.sum([part.count for part in parts]))
    return replace(first, cells=cells, count=count, lines=lines, broken=broken)


def _joined(cells: list[Any]) -> Any:
    """The cells of one column in all blocks."""
    if hasattr(cells[0], "to_pylist"):
        import pyarrow as pa

        return pa.chunked_array(cells)
    return [cell for block in cells for cell in block]
