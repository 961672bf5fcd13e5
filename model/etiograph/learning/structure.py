"""The arrows of a network learned from a table, in the order that time allows.

The search is pyAgrum's (greedy over arrows, by BIC); what is ours is the table it gets, what it may not
do, and the network that comes back, with parameters that have ranges. Cases alone cannot tell cause
from effect: tiers, required and forbidden arrows say what is known of that.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Collection, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from etiograph.errors import InvalidChange, InvalidFinding, InvalidNetwork, UnknownName
from etiograph.findings.cell import says_nothing, spellings
from etiograph.findings.columns import columns_of, distinct, name_of
from etiograph.learning.fit import fit
from etiograph.network.arguments import checked
from etiograph.network.network import Network

Arrow = tuple[str, str]
MOST_STATES = 20
"""Different cells of a column up to which they are taken for states."""
FEWEST = 10
"""Complete rows without which no arrow is looked for."""


@checked
def learn_structure(
    table: Any,
    *,
    tiers: Sequence[Sequence[str]] = (),
    required: Collection[Arrow] = (),
    forbidden: Collection[Arrow] = (),
    states: Mapping[str, Sequence[str]] | None = None,
    leave_out: Collection[str] = (),
    missing: Any = ("",),
    prior: float = 1.0,
    cohort: str = "cohort",
) -> Network:
    """Learn a network from a table of cases: its arrows, then its tables with ranges.

    Arrows are looked for in the rows without a hole, the tables are fitted to all rows
    (:meth:`Network.fit`). Needs ``pip install 'etiograph[learn]'``.

    Parameters
    ----------
    table : pandas, polars or Arrow table, dict of columns, list of dicts, or path of a file
        A column is a variable, a cell one of its states.
    tiers : sequence of sequences of str
        Columns in the order of time: no arrow leads from a later tier to an earlier one. Columns in
        none of them are free.
    required, forbidden : collection of (str, str)
        Arrows, cause first, that must and must not be there.
    states : mapping of str to sequence of str, optional
        The states of a column in their order; by default its different cells, sorted.
    leave_out : collection of str
        Columns that are no variables.
    missing : sequence of cells
        What stands for "not known" beside the empty cell.
    prior : float
        Cases seen before in every entry of the tables; see :meth:`Network.fit`.
    cohort : str
        What the cohort is called among the evidence.

    Returns
    -------
    Network

    Raises
    ------
    InvalidFinding
        A column of measured values, or of one state; too few rows without a hole.
    UnknownName
        A tier or arrow with a name that is no column.
    InvalidChange
        Arrows that are required and forbidden, against the tiers, or in a circle.
    """
    read = _read(table, states or {}, leave_out, missing)
    names = tuple(read)
    wanted, banned = _arrows(required, names), _arrows(forbidden, names)
    level = _levels(tiers, names)
    for a, b in wanted:
        if (a, b) in banned:
            raise InvalidChange(f"{a} -> {b} is both required and forbidden")
        if level.get(a, -1) > level.get(b, len(names)):
            raise InvalidChange(
                f"{a} -> {b} is required, but leads from a later tier to an earlier"
            )
    banned |= {(a, b) for a in level for b in level if level[a] > level[b] and (a, b) not in banned}
    parents = _search(read, wanted, banned)
    spoken = {name: list(own) for name, (own, _) in read.items()}
    shapes = {n: [len(spoken[p]) for p in parents[n]] + [len(spoken[n])] for n in names}
    uniform = {n: np.full(shape, 1.0 / shape[-1]) for n, shape in shapes.items()}
    plain = Network.from_tables(spoken, parents, uniform)
    cells = {
        name: [own[c] if c >= 0 else None for c in codes.tolist()]
        for name, (own, codes) in read.items()
    }
    return fit(plain, cells, prior=prior, cohort=cohort).network


Read = dict[str, tuple[tuple[str, ...], NDArray[np.int64]]]
"""By column its states, and the state of each row, -1 for a hole."""


def _read(
    table: Any, states: Mapping[str, Sequence[str]], leave_out: Collection[str], missing: Any
) -> Read:
    block = columns_of(table)
    for name in (*states, *leave_out):
        if name not in block.names:
            raise UnknownName(name, "column of the table", block.names)
    listed = (missing,) if isinstance(missing, str) else tuple(missing)
    marks = frozenset(text for mark in listed for text in spellings(mark))
    found: Read = {}
    for name, cells in zip(block.names, block.cells, strict=True):
        if name in leave_out:
            continue
        codes, values = distinct(cells)
        said = [None if says_nothing(value, marks) else str(value) for value in values]
        own = tuple(map(str, states.get(name, sorted({s for s in said if s is not None}))))
        if len(own) > MOST_STATES:
            raise InvalidFinding(
                f"column {name!r} has {len(own)} different cells: cut measured values into a few states "
                "first, or leave the column out"
            )
        for text in said:
            if text is not None and text not in own:
                raise UnknownName(text, f"state of {name}", own)
        if len(own) < 2:
            raise InvalidFinding(
                f"column {name!r} has {'one state' if own else 'no cell'}: nothing can be learned of "
                "it; leave it out"
            )
        place = np.array([*(-1 if s is None else own.index(s) for s in said), -1], dtype=np.int64)
        found[name] = (own, place[codes])
    if len(found) < 2:
        raise InvalidFinding("arrows are between variables: the table needs two columns at least")
    return found


def _levels(tiers: Sequence[Sequence[str]], names: Sequence[str]) -> dict[str, int]:
    """The tier of each column that is in one."""
    level: dict[str, int] = {}
    for k, tier in enumerate(tiers):
        for name in (tier,) if isinstance(tier, str) else tier:
            if name_of(name) not in names:
                raise UnknownName(str(name), "column of the table", names)
            if level.setdefault(name_of(name), k) != k:
                raise InvalidChange(f"{name} stands in two tiers")
    return level


def _arrows(given: Collection[Arrow], names: Sequence[str]) -> set[Arrow]:
    found: set[Arrow] = set()
    for arrow in given:
        if isinstance(arrow, str) or len(arrow) != 2:
            raise InvalidChange(f"an arrow is a pair of columns, cause first, not {arrow!r}")
        for name in arrow:
            if name not in names:
                raise UnknownName(str(name), "column of the table", names)
        found.add((arrow[0], arrow[1]))
    return found


def _search(read: Read, wanted: set[Arrow], banned: set[Arrow]) -> dict[str, list[str]]:
    """The parents of each column."""
    import networkx as nx

    if wanted and not nx.is_directed_acyclic_graph(nx.DiGraph(sorted(wanted))):
        raise InvalidChange("the required arrows go in a circle")
    if find_spec("pyagrum") is None:
        raise InvalidNetwork(
            "arrows are learned by pyAgrum, which is not installed: pip install 'etiograph[learn]'"
        )
    names = list(read)
    codes = np.column_stack([own for _, own in read.values()])
    whole = (codes >= 0).all(axis=1)
    if whole.sum() < FEWEST:
        holes = {n: int((own < 0).sum()) for n, (_, own) in read.items()}
        most = max(holes, key=lambda n: holes[n])
        raise InvalidFinding(
            f"{int(whole.sum())} of {len(codes)} rows have no empty cell, and arrows are looked for in "
            f"these: too few; leave out the columns with most holes ({most!r} has {holes[most]})"
        )
    place = {name: k for k, name in enumerate(names)}
    task = {
        "cards": [len(own) for own, _ in read.values()],
        "rows": codes[whole].tolist(),
        "required": sorted((place[a], place[b]) for a, b in wanted),
        "forbidden": sorted((place[a], place[b]) for a, b in banned),
    }
    program = Path(__file__).with_name("arrows.py")
    done = subprocess.run(  # noqa: S603 (our own program)
        [sys.executable, "-P", str(program)], input=json.dumps(task), capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or [f"exit code {done.returncode}"]
        raise InvalidNetwork(f"pyAgrum's search for arrows failed: {last[0]}")
    parents: dict[str, list[str]] = {name: [] for name in names}
    for a, b in json.loads(done.stdout):
        parents[names[b]].append(names[a])
    return parents
