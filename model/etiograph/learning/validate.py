"""How good a network is on a table of cases whose target is known, and was not told to it.

With ``folds`` the network is learned again for each part of the cases from all others, and asked about
those it has not seen.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from etiograph.cluster import in_order, workers
from etiograph.errors import ImpossibleFindings, InvalidFinding, UnknownName
from etiograph.findings.cases import Cases
from etiograph.findings.columns import Columns, columns_of, distinct
from etiograph.findings.contract import Contract, OnError, names_of
from etiograph.findings.files import BLOCK
from etiograph.findings.table import read_cases
from etiograph.learning.criticise import possible_states
from etiograph.learning.fit import fit
from etiograph.learning.update import update
from etiograph.learning.validation import Validation, judged
from etiograph.network.event import Asked, Event
from etiograph.network.mechanism import Deterministic, Table
from etiograph.query.table import answer

if TYPE_CHECKING:
    from distributed import Client

    from etiograph.network.network import Network

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

Learn = Literal["update", "fit"]
SMALLEST = 20
"""Cases a validation needs at least."""
MOST_GROUPS = 100


def validate(
    network: Network,
    table: Any,
    target: Asked,
    *,
    leave_out: Collection[str] | None = None,
    by: str | Collection[str] | None = None,
    folds: int | None = None,
    boot: int = 500,
    seed: int = 0,
    learn: Learn | None = None,
    options: Mapping[str, Any] | None = None,
    on_error: OnError = "raise",
    missing: Any = ("",),
    units: Mapping[str, str] | None = None,
    codes: Mapping[str, Mapping[Any, Any]] | None = None,
    keep: Collection[str] = (),
    on: str | Client | None = None,
    progress: Callable[[str], None] = lambda what: None,
) -> Validation:
    """Hold what a network says of a target against what was found.

    Parameters
    ----------
    network : Network
    table : pandas, polars or Arrow table, dict of columns, list of dicts, or path of a file
        A row a case; a cell of the target's column says what it was, the others are findings
        (docs/tables.md). Rows in which the target is unknown are counted, and not used.
    target : str, (str, state) or Event
        What is to be told: a variable that is not as usual, or ``"variable=state"``.
    leave_out : collection of str, optional
        Columns that are no findings beside the target, such as what follows from it or is only known
        with it.
    by : str or collection of str, optional
        Columns whose values make subgroups; variables or kept columns.
    folds : int, optional
        Learn the network again out of so many parts of the cases. None: the network as it is.
    boot, seed : int
        Samples of the bootstrap for the intervals, 0 for none.
    learn : {"update", "fit"}, optional
        How; by default a network of plain tables without ranges is fitted, any other updated.
    options : mapping, optional
        More arguments for that, as ``{"may_differ": ["age"]}``.
    on_error, missing, units, codes, keep
        What is said of the table; see :meth:`Network.posteriors`.
    on : str or Client, optional
        Where cases are asked about and learned from, if not here: ``dask``, ``dask=ADDRESS`` or a
        ``distributed.Client``. The parts are the same.
    progress : callable
        Told what is being done.

    Returns
    -------
    Validation

    Raises
    ------
    UnknownName, InvalidFinding
        A column that is not there or no variable, a cell that is no finding, a target without a column;
        too few cases, or all of one outcome.
    ImpossibleFindings
        No case at all is possible.
    """
    if not hasattr(network, "mechanisms"):
        raise TypeError(
            f"validate(network, table, target): the network comes first, not {type(network).__name__}"
        )
    event = Event.parse(network, target)
    refused(folds, boot, seed, learn)
    given = tuple(leave_out or ())
    subgroups = (by,) if isinstance(by, str) else tuple(by or ())
    also = tuple(name for name in subgroups if name not in network.variables)
    contract = Contract(
        missing, units or {}, codes or {}, given, tuple(dict.fromkeys((*keep, *also))), on_error
    )
    block = columns_of(table, lambda heading: contract.known(network, heading))
    cases = read_cases(network, block, contract)
    y, passed_over = _outcomes(cases, block, event, contract)
    used = np.flatnonzero(~np.isnan(y))
    _require_both(y[used], event, len(y), len(passed_over))
    if folds is not None and folds > len(used):
        raise InvalidFinding(f"folds: {len(used)} cases cannot be divided into {folds} parts")
    asked = replace(contract, leave_out=tuple(dict.fromkeys((*given, event.variable))))
    p = np.full(len(y), np.nan)
    parts = fold_numbers(len(used), folds, seed)
    with workers(on) as client:
        for k in range(parts.max() + 1):
            own = used[parts == k]
            known = network
            if folds:
                progress(f"part {k + 1} of {folds}")
                others = block.some(used[parts != k])
                known = learned(network, others, contract, learn, options or {}, client)
            pieces = in_blocks(block, own)
            for rows, found in in_order(client, _probability, (known, asked, event), pieces):
                p[rows] = found
    told = used[~np.isnan(p[used])]
    if not len(told):
        raise ImpossibleFindings(
            f"none of the {len(used)} cases can be, by the zeros of the network alone", ()
        )
    _require_both(y[told], event, len(y), len(passed_over))
    progress("intervals")
    members = _members(cases, block, subgroups, told, contract)
    return judged(
        event, y[told], np.clip(p[told], 0.0, 1.0), told, members, boot, seed,
        left_out=tuple(asked.leave_out),
        unknown=int(np.isnan(y).sum()) - len(passed_over),
        impossible=len(used) - len(told),
        passed_over=len(passed_over),
        folds=folds or 0,
    )  # fmt: skip


def in_blocks(block: Columns, rows: IntArray) -> Iterator[tuple[IntArray, Columns]]:
    """Some rows of a table, so many at a time: their numbers, and what stands there."""
    for first in range(0, len(rows), BLOCK):
        some = rows[first : first + BLOCK]
        yield some, block.some(some)


def _probability(shared: tuple[Network, Contract, Event], block: Columns) -> FloatArray:
    """Of the event, for each row; NaN for those that cannot be."""
    network, contract, event = shared
    found = answer(network, block, contract, of=(event.variable,))[event.variable]
    return np.asarray(found[:, list(event.indices)].sum(axis=1), dtype=np.float64)


def refused(folds: Any, boot: Any, seed: Any, learn: Any) -> None:
    """Refuse plain mistakes by name."""
    for name, number, least in (("folds", folds, 2), ("boot", boot, 0), ("seed", seed, 0)):
        if name == "folds" and number is None:
            continue
        if isinstance(number, bool) or not isinstance(number, int | np.integer):
            raise TypeError(f"{name} must be a whole number, not {number!r}")
        if number < least:
            raise InvalidFinding(f"{name} must be at least {least}, got {number}")
    if learn not in (None, "update", "fit"):
        raise UnknownName(learn, "way to learn", ("update", "fit"))


def fold_numbers(n: int, folds: int | None, seed: int) -> IntArray:
    """Which part each of n cases is in, (n,): at random, sizes differing by at most one."""
    parts = np.arange(n, dtype=np.int64) % (folds or 1)
    return parts if folds is None else np.random.default_rng([seed, folds]).permutation(parts)


def learned(
    network: Network,
    block: Columns,
    contract: Contract,
    learn: Learn | None,
    options: Mapping[str, Any],
    client: Client | None = None,
) -> Network:
    """The network after it has learned from some cases, all of which can be read."""
    if not isinstance(options, Mapping):
        raise TypeError(f"options must be a mapping of arguments, not {options!r}")
    said: dict[str, Any] = {
        "missing": contract.missing, "units": contract.units, "codes": contract.codes,
        "keep": contract.keep, "leave_out": contract.leave_out, "on": client, **options,
    }  # fmt: skip
    plain = all(isinstance(m, Table | Deterministic) for m in network.mechanisms.values())
    way = learn or ("fit" if plain and not network.has_ranges else "update")
    if way == "fit":
        return fit(network, block, **said).network
    return update(network, block, **{"draws": 200, **said}).network


def _outcomes(
    cases: Cases, block: Columns, event: Event, contract: Contract
) -> tuple[FloatArray, set[int]]:
    """1 or 0 for every row (B,), NaN where it is not told; and the rows that could not be read."""
    there = any(event.variable in names_of(heading) for heading in block.names)
    if not there or event.variable in contract.leave_out:
        raise InvalidFinding(
            f"the table has no column {event.variable!r}, so there is nothing to hold the network's "
            "answers against"
        )
    inside = event.keep(cases.network.model)
    y = np.full(cases.n_rows + 1, np.nan)
    rows = possible_states(cases)[event.variable]
    certain = rows.any(axis=1)
    y[:-1][certain & ~(rows & (inside == 0.0)).any(axis=1)] = 1.0
    y[:-1][certain & ~(rows & (inside > 0.0)).any(axis=1)] = 0.0
    return y[cases.where], set(np.flatnonzero(cases.where < 0).tolist())


def _require_both(y: FloatArray, event: Event, rows: int, passed_over: int) -> None:
    """Refuse what no score can be made of."""
    over = f", {passed_over} could not be read" if passed_over else ""
    if len(y) < SMALLEST:
        raise InvalidFinding(
            f"too few cases: {event} is known and can be asked about in {len(y)} of {rows} rows{over}; "
            f"at least {SMALLEST} are needed"
        )
    if y.min() == y.max():
        said = "so" if y[0] else "not so"
        raise InvalidFinding(
            f"in all {len(y)} cases {event} is {said}: nothing can be told apart here{over}"
        )


def _members(
    cases: Cases,
    block: Columns,
    subgroups: Sequence[str],
    told: IntArray,
    contract: Contract,
) -> dict[str, NDArray[np.bool_]]:
    """The cases of each subgroup, by ``column=value``."""
    found: dict[str, NDArray[np.bool_]] = {}
    network, possible = cases.network, possible_states(cases)
    for name in subgroups:
        if name in network.variables:
            rows = possible[name]
            sure = np.append(np.where(rows.sum(axis=1) == 1, rows.argmax(axis=1), -1), -1)
            states = sure[cases.where][told]
            for k, state in enumerate(network.variables[name].states):
                found[f"{name}={state}"] = states == k
            continue
        codes, values = distinct(block.cells[block.names.index(name)])
        marks = contract.marks(name)
        for k, value in enumerate(values):
            if str(value) and str(value) not in marks:
                found[f"{name}={value}"] = codes[told] == k
    if len(found) > MOST_GROUPS:
        raise InvalidFinding(
            f"by: {', '.join(subgroups)} make {len(found)} subgroups; at most {MOST_GROUPS} are told"
        )
    return {label: own for label, own in found.items() if own.sum() >= 1}
