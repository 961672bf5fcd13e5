"""Files of cases, read block by block in bounded memory: delimited text, Parquet, a folder of Parquet files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from etiograph.errors import UnreadableFile
from etiograph.findings.columns import Columns, columns_in, columns_of, name_of, refuse_twins
from etiograph.findings.content import FileContent, Source
from etiograph.findings.delimited import read_delimited
from etiograph.formats.text import check_file, is_folder

if TYPE_CHECKING:
    import pyarrow as pa

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
        if not isinstance(path, FileContent) and is_folder(path):
            yield from _folder(path, block)
            return
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


def files_of(table: Path) -> tuple[Path, ...]:
    """The files a table lies in: itself, or the Parquet files of a folder in the order of their names.

    Raises
    ------
    UnreadableFile
        Nothing is there, or no Parquet file in the folder itself.
    """
    if not is_folder(table):
        check_file(table)
        return (table,)
    found = sorted(
        file
        for file in table.iterdir()
        if file.suffix.lower() in PARQUET
        and not file.name.startswith(("_", "."))
        and file.is_file()
    )
    if not found:
        raise UnreadableFile("this is a folder, without a .parquet file in it", str(table))
    return tuple(found)


def _folder(folder: Path, block: int) -> Iterator[tuple[Columns, float]]:
    """All files of a folder as one table, each column of one type."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    files = files_of(folder)
    facts = []
    for file in files:
        with _as_unreadable(file):
            facts.append((pq.read_schema(file), pq.read_metadata(file).num_rows))
    names, *others = (_named(schema) for schema, _ in facts)
    for file, own in zip(files[1:], others, strict=True):
        if sorted(own) != sorted(names):
            raise UnreadableFile(f"its columns are not those of {files[0].name}", str(file))
    try:
        kinds = _one_schema([schema for schema, _ in facts])
    except pa.ArrowException as error:
        raise UnreadableFile(
            f"a column is of one type in one file and of another elsewhere: {error}", str(folder)
        ) from error
    total, before = max(sum(n for _, n in facts), 1), 0
    empty = not any(n for _, n in facts)
    for file, (_, n) in zip(files, facts, strict=True):
        for part, done in _parquet(file, block):
            if not part.count and not empty:
                continue
            cells = dict(zip(part.names, part.cells, strict=True))
            yield (
                replace(
                    part,
                    names=tuple(map(name_of, names)),
                    cells=tuple(cells[name_of(c)].cast(kinds.field(c).type) for c in names),
                    file=folder.name,
                    before=before + part.before,
                ),
                min((before + done * n) / total, 1.0),
            )
            empty = False
        before += n


def _named(schema: pa.Schema) -> list[str]:
    return [schema.names[i] for i in columns_in(schema.names)]


def _one_schema(schemas: Sequence[pa.Schema]) -> pa.Schema:
    """The types that hold the columns of all files; a coded column is text where it is text elsewhere."""
    import pyarrow as pa

    if all(schema.equals(schemas[0]) for schema in schemas):
        return schemas[0]
    plain = [
        pa.schema(
            (f.name, f.type.value_type if pa.types.is_dictionary(f.type) else f.type)
            for f in schema
        )
        for schema in schemas
    ]
    return pa.unify_schemas(plain, promote_options="permissive")


def _parquet(path: Source, block: int) -> Iterator[tuple[Columns, float]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    with _as_unreadable(path):
        whole = pa.BufferReader(path.data) if isinstance(path, FileContent) else path
        with pq.ParquetFile(whole) as file:
            total = max(file.metadata.num_rows, 1)
            schema = file.schema_arrow
            places = columns_in(schema.names)
            names = tuple(map(name_of, _named(schema)))
            refuse_twins(names)
            before = 0
            for batch in file.iter_batches(batch_size=block):
                cells = tuple(batch.column(i) for i in places)
                yield (
                    Columns(names, cells, batch.num_rows, file=path.name, before=before),
                    min((before + batch.num_rows) / total, 1.0),
                )
                before += batch.num_rows
            if not before:
                empty = schema.empty_table()
                cells = tuple(empty.column(i) for i in places)
                yield Columns(names, cells, 0, file=path.name), 1.0


@contextmanager
def _as_unreadable(path: Source) -> Iterator[None]:
    """What is wrong with a Parquet file, as an error of our own."""
    import pyarrow as pa

    try:
        yield
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
