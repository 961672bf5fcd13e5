"""A file of cases, a row each, scored in blocks: CSV or Parquet in, CSV or Parquet out.

Memory is that of one block, whatever the length of the file. The output appears whole or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etiograph.errors import UnknownName, UnreadableFile

if TYPE_CHECKING:
    import pandas as pd

    from etiograph.network.network import Network

BLOCK = 4096
CSV, PARQUET = ".csv", ".parquet"
# A spreadsheet runs a cell that starts with one of these (OWASP, CSV injection).
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def score(
    network: Network,
    table: Path,
    output: Path,
    *,
    variables: Sequence[str] = (),
    keep: Sequence[str] = (),
    progress: Callable[[int], object] = lambda rows: None,
) -> tuple[int, int]:
    """Score every row of ``table`` and write the probabilities to ``output``.

    Parameters
    ----------
    network : Network
        The network asked.
    table : Path
        ``.csv`` or ``.parquet``; one column a variable, cells are findings, an empty cell is unknown.
    output : Path
        ``.csv`` or ``.parquet``; columns ``variable=state``, ``log_evidence``, one row an input row.
        A row of impossible findings has empty probabilities and ``log_evidence`` -inf.
    variables : sequence of str
        What to answer; by default the causes the network names, else all its variables.
    keep : sequence of str
        Columns to copy that are no findings, such as a row number.
    progress : callable
        Called with the number of rows after each block.

    Returns
    -------
    rows, impossible : int
        How many rows there were, and how many of them have impossible findings.

    Raises
    ------
    UnknownName
        A column is neither a variable nor kept, a column to keep is not there, or a cell is no
        state; a note names its row, the first below the header being row 1.
    UnreadableFile
        Not a table that can be read.
    """
    import pandas as pd

    for name in variables:
        network.variables[name] if name in network.variables else _unknown(name, network)
    asked = tuple(variables) or tuple(network.about.get("causes", ())) or tuple(network.variables)
    rows = impossible = 0
    with _writer(output) as write:
        for block in _blocks(table):
            block.index = pd.RangeIndex(rows + 1, rows + len(block) + 1)  # as errors count rows
            scored, refused = _score_block(network, block, asked, keep)
            write(scored)
            rows += len(block)
            impossible += refused
            progress(len(block))
    return rows, impossible


def _unknown(name: str, network: Network) -> None:
    raise UnknownName(name, "variable", tuple(network.variables))


def _score_block(
    network: Network, block: pd.DataFrame, asked: Sequence[str], keep: Sequence[str]
) -> tuple[pd.DataFrame, int]:
    import numpy as np
    import pandas as pd

    for name in keep:
        if name not in block.columns:
            raise UnknownName(name, "column of the table", map(str, block.columns))
    kept = list(keep)
    findings = block.drop(columns=kept)
    for name in findings.columns:
        if name not in network.variables and name not in network.flags:
            _unknown(str(name), network)
    answers = network.posteriors(findings)
    possible = np.isfinite(answers.log_evidence)
    columns: dict[str, Any] = {name: block[name].to_numpy() for name in kept}
    for name in asked:
        states = network.variables[name].states
        p = answers[name]
        for i, state in enumerate(states):
            columns[f"{name}={state}"] = np.where(possible, p[:, i], np.nan)
    columns["log_evidence"] = answers.log_evidence
    return pd.DataFrame(columns), int((~possible).sum())


def _blocks(table: Path) -> Iterator[pd.DataFrame]:
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

    if not table.is_file():
        raise UnreadableFile("there is no such file", path=str(table))
    try:
        if table.suffix == PARQUET:
            with pq.ParquetFile(table) as file:
                for batch in file.iter_batches(batch_size=BLOCK):
                    yield batch.to_pandas()
        elif table.suffix == CSV:
            with pd.read_csv(table, chunksize=BLOCK, dtype=str) as chunks:
                yield from chunks
        else:
            raise UnreadableFile("a table is a .csv or a .parquet file", path=str(table))
    except (
        pd.errors.ParserError,
        pd.errors.EmptyDataError,
        UnicodeDecodeError,
        pa.ArrowException,
    ) as error:
        raise UnreadableFile(str(error).strip(), path=str(table)) from error


@contextmanager
def _writer(output: Path) -> Iterator[Callable[[pd.DataFrame], None]]:
    """A function that appends blocks to a file which takes its name only when all went well."""
    if output.suffix not in (CSV, PARQUET):
        raise UnreadableFile("the output is a .csv or a .parquet file", path=str(output))
    partial = output.with_name(f".{output.name}.partial")
    try:
        with (_csv if output.suffix == CSV else _parquet)(partial) as write:
            yield write
        partial.replace(output)
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def _csv(path: Path) -> Iterator[Callable[[pd.DataFrame], None]]:
    with path.open("w", encoding="utf-8", newline="") as file:

        def write(block: pd.DataFrame) -> None:
            plain = block.copy()
            for name in plain.columns:
                if plain[name].dtype.kind not in "fiub":
                    plain[name] = plain[name].map(plain_cell)
            plain.columns = [plain_cell(name) for name in plain.columns]
            plain.to_csv(file, index=False, header=file.tell() == 0)

        yield write


@contextmanager
def _parquet(path: Path) -> Iterator[Callable[[pd.DataFrame], None]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    writer: pq.ParquetWriter | None = None

    def write(block: pd.DataFrame) -> None:
        nonlocal writer
        rows = pa.Table.from_pandas(block, preserve_index=False)
        if writer is None:
            writer = pq.ParquetWriter(path, rows.schema)
        writer.write_table(rows)

    try:
        yield write
    finally:
        if writer is not None:
            writer.close()


def plain_cell(value: object) -> object:
    """A text cell that no spreadsheet takes for a formula; anything else unchanged."""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value
