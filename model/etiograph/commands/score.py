"""A file of cases, a row each, scored in blocks: CSV or Parquet in, CSV or Parquet out.

Memory is that of one block, whatever the length of the file. The output appears whole or not at all.
How a table is read: docs/tables.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etiograph.cluster import in_order, workers
from etiograph.commands.faults import errors_file, errors_table, texts_of
from etiograph.commands.score_files import Parts, ScoredRows, refuse_output, written
from etiograph.errors import InvalidFinding, UnknownName
from etiograph.findings.columns import Columns
from etiograph.findings.contract import Contract
from etiograph.findings.files import blocks, files_of
from etiograph.network.frozen import duplicates
from etiograph.query.causes import causes

if TYPE_CHECKING:
    import pyarrow as pa
    from distributed import Client

    from etiograph.network.network import Network

BLOCK = 4096


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the rows of a file.

    Attributes
    ----------
    rows, impossible, passed_over : int
        All of them, those whose findings contradict one another, those that could not be read.
    themselves : tuple of str
        Variables asked about that are findings, too, and so answer themselves.
    """

    rows: int
    impossible: int
    passed_over: int = 0
    themselves: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RowQuestion:
    """What is asked of every row of a file.

    Attributes
    ----------
    network : Network
    asked : tuple of str
        The variables to answer.
    contract : Contract
        What is said of the table.
    do, after : mapping of str to state, or None
        What is changed.
    """

    network: Network
    asked: tuple[str, ...]
    contract: Contract
    do: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None

    def known(self, name: str) -> bool:
        """Whether a column may be called so."""
        return self.contract.known(self.network, name)

    def digest(self, table: Path) -> str:
        """What the answers depend on, in hexadecimal: parts of one digest may be joined."""
        from etiograph import __version__

        files = [(f.name, f.stat().st_size, f.stat().st_mtime_ns) for f in files_of(table)]
        said = (
            __version__, self.network.digest(), self.asked, self.contract, self.do, self.after,
            BLOCK, str(table.resolve()), files,
        )  # fmt: skip
        return sha256(repr(said).encode()).hexdigest()

    def answer(self, block: Columns) -> ScoredRows:
        """The answers to a block of rows."""
        import numpy as np
        import pyarrow as pa

        from etiograph.query.table import answer

        network = self.network
        found = answer(network, block, self.contract, of=self.asked, do=self.do, after=self.after)
        names = list(self.contract.keep)
        arrays = [_kept(block, name) for name in names]
        for name in self.asked:
            states = network.variables[name].states
            names += [f"{name}={state}" for state in states]
            arrays += [pa.array(p, from_pandas=True) for p in np.ascontiguousarray(found[name].T)]
        names.append("log_evidence")
        arrays.append(pa.array(found.log_evidence, from_pandas=True))
        if twins := duplicates(names):
            raise InvalidFinding(f"a kept column is called {twins[0]!r}, as a column of answers is")
        errors = tuple(texts_of(fault) for fault in found.faults)
        return ScoredRows(pa.table(arrays, names=names), errors, found.themselves)


def _kept(block: Columns, name: str) -> pa.Array:
    """A column as it came: text of a file of text, the array of a Parquet file."""
    import pyarrow as pa

    cells = block.cells[block.names.index(name)]
    return cells if hasattr(cells, "to_pylist") else pa.array(list(cells), pa.string())


def score(
    network: Network,
    table: Path,
    output: Path,
    *,
    variables: Sequence[str] = (),
    keep: Sequence[str] = (),
    contract: Contract | None = None,
    do: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    separator: str | None = None,
    encoding: str = "utf-8",
    resume: bool = False,
    on: str | None = None,
    progress: Callable[[int], object] = lambda rows: None,
    share: Callable[[float], object] = lambda read: None,
) -> Counts:
    """Score every row of ``table`` and write the probabilities to ``output``.

    Parameters
    ----------
    network : Network
        The network asked.
    table : Path
        ``.csv`` (comma, semicolon or tab; ``.gz``), ``.parquet`` or a folder of Parquet files; one column
        a variable, cells are findings, an empty cell is unknown.
    output : Path
        ``.csv`` or ``.parquet``; the kept columns, columns ``variable=state``, ``log_evidence``, one
        row an input row. A row of impossible findings has empty probabilities and ``log_evidence``
        -inf; one that was passed over has neither.
    variables : sequence of str
        What to answer; by default the possible causes of the network (see :func:`causes`).
    keep : sequence of str
        Columns to copy that are no findings, such as a row number.
    contract : Contract, optional
        What is said of the table. With ``on_error="skip"`` what could not be read is written beside
        the output, as ``.errors.csv``.
    do, after : mapping of str to state, optional
        What is changed, as in ``Network.posteriors``.
    separator, encoding : str
        Of delimited text, where they are not as usual.
    resume : bool
        Keep what is done when stopped, and go on from what an earlier run kept.
    on : str, optional
        ``dask`` or ``dask=ADDRESS``: where blocks are answered, if not here
        (:func:`~etiograph.cluster.workers`). The output is the same, byte for byte.
    progress, share : callable
        Called after each block with its number of rows, and with the share of the file that is read.

    Raises
    ------
    UnknownName, InvalidFinding
        A column is neither a variable nor kept, a column to keep is not there, or a cell is no
        finding; a note names file, row and column, the first row below the header being row 1.
    UnreadableFile
        Not a table that can be read, a row longer or shorter than the header, or an output that
        cannot be written.
    """
    for name in variables:
        if name not in network.variables:
            raise UnknownName(name, "variable", tuple(network.variables))
    refuse_output(output, table)
    files_of(table)
    about = contract or Contract()
    about = replace(about, keep=tuple(dict.fromkeys((*about.keep, *keep))))
    by_rule = dict.fromkeys(cause.variable for cause in causes(network))
    asked = variables or by_rule or network.variables
    question = RowQuestion(network, tuple(dict.fromkeys(asked)), about, do, after)
    read = blocks(table, block=BLOCK, separator=separator, encoding=encoding, known=question.known)
    tally = _Tally()
    with ExitStack() as stack:
        parts = stack.enter_context(Parts(output, question.digest(table))) if resume else None
        write = write_errors = None
        client = stack.enter_context(workers(on))
        for (count, done), part in _answered(question, read, parts, client):
            if write is None:
                write = stack.enter_context(written(output, part.rows.schema))
                if about.on_error == "skip":
                    errors = written(errors_file(output), errors_table(()).schema)
                    write_errors = stack.enter_context(errors)
            write(part.rows)
            if write_errors is not None:
                write_errors(errors_table(part.errors))
            tally.add(part)
            progress(count)
            share(done)
    return tally.counts()


Place = tuple[int, float]
"""Rows of a block, and the share of the file that is read."""


def _answered(
    question: RowQuestion,
    read: Iterable[tuple[Columns, float]],
    parts: Parts | None,
    client: Client | None,
) -> Iterator[tuple[Place, ScoredRows]]:
    """The blocks of a file with their answers, those kept by an earlier run as they were."""

    def asked() -> Iterator[tuple[tuple[int, Place], Columns | ScoredRows]]:
        for block, done in read:
            part = parts.get(block.before) if parts else None
            yield (block.before, (block.count, done)), block if part is None else part

    for (before, place), part in in_order(client, _answer, question, asked()):
        if parts:
            parts.put(before, part)
        yield place, part


def _answer(question: RowQuestion, block: Columns | ScoredRows) -> ScoredRows:
    """The answers to a block; a part that is known stays."""
    return block if isinstance(block, ScoredRows) else question.answer(block)


class _Tally:
    """Counts rows, block by block."""

    def __init__(self) -> None:
        self.rows = self.impossible = self.passed_over = 0
        self.themselves: dict[str, None] = {}

    def add(self, part: ScoredRows) -> None:
        import numpy as np

        self.rows += part.rows.num_rows
        log_p = part.rows.column("log_evidence").to_numpy()
        self.impossible += int(np.isneginf(log_p).sum())
        self.passed_over += len({error[0] for error in part.errors})
        self.themselves |= dict.fromkeys(part.themselves)

    def counts(self) -> Counts:
        return Counts(self.rows, self.impossible, self.passed_over, tuple(self.themselves))
