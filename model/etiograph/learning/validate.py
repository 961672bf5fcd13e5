"""How good a network is on a table of cases whose target is known, and was not told to it.

With ``folds`` the network is learned again for each part of the cases from all others, and asked about
those it has not seen.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from etiograph.cluster import in_order, workers
from etiograph.errors import ImpossibleFindings, InvalidFinding, UnknownName
from etiograph.findings.cases import noting, rows_of
from etiograph.findings.cell import says_nothing
from etiograph.findings.columns import Columns, columns_of, distinct
from etiograph.findings.contract import Contract, OnError, names_of
from etiograph.learning.fit import fit
from etiograph.learning.note import Note
from etiograph.learning.outcomes import Outcomes, Target, outcomes
from etiograph.learning.source import Source
from etiograph.learning.update import update
from etiograph.learning.validation import Validation, judged
from etiograph.network.cohort import learned as book_of
from etiograph.network.event import Asked, Event
from etiograph.network.likelihoods import likelihood_row
from etiograph.network.mechanism import Deterministic, Table
from etiograph.network.reading import Reading
from etiograph.progress import Begun, Progress, silent
from etiograph.query.table import answer

if TYPE_CHECKING:
    from distributed import Client

    from etiograph.network.network import Network

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

Learn = Literal["update", "fit"]
SMALLEST = 20
"""Cases a validation needs at least."""


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
    given: Mapping[str, object] | None = None,
    on_error: OnError = "raise",
    missing: Any = ("",),
    units: Mapping[str, str] | None = None,
    codes: Mapping[str, Mapping[Any, Any]] | None = None,
    keep: Collection[str] = (),
    on: str | Client | None = None,
    progress: Progress = silent,
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
        Learn the network again out of so many parts of the cases. None or 0: the network as it is.
    boot, seed : int
        Samples of the bootstrap for the intervals, 0 for none.
    learn : {"update", "fit"}, optional
        How; by default a network of plain tables without ranges is fitted, any other updated.
    options : mapping, optional
        More arguments for that, as ``{"may_differ": ["age"]}``.
    given : mapping of str to state, optional
        How cases came into the table, as of an update: what is so of all of them, known of each and taken
        into account where the network is learned again.
    on_error, missing, units, codes, keep
        What is said of the table; see :meth:`Network.posteriors`.
    on : str or Client, optional
        Where cases are asked about and learned from, if not here: ``dask``, ``dask=ADDRESS`` or a
        ``distributed.Client``. The parts are the same. Without ``folds`` a file is read block by block,
        and only outcomes and probabilities are kept.
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
    folds = parts_asked(folds)
    refused(boot, seed, learn)
    refuse_given(network, given)
    common = dict(given or {})
    if event.variable in common:
        raise InvalidFinding(f"{event.variable!r} is given of all cases: there is nothing to tell")
    subgroups = (by,) if isinstance(by, str) else tuple(by or ())
    also = tuple(name for name in subgroups if name not in network.variables)
    left_out = tuple(leave_out or ())
    contract = Contract(
        missing, units or {}, codes or {}, left_out, tuple(dict.fromkeys((*keep, *also))), on_error
    )
    asked = replace(contract, leave_out=tuple(dict.fromkeys((*left_out, event.variable))))
    with workers(on) as client:
        source = Source.of(table, network, contract, client, whole=folds is not None)
        seen = outcomes(client, Target(network, event, contract, subgroups), source)
        used = np.flatnonzero(~np.isnan(seen.y))
        _require_both(seen.y[used], event, seen)
        if folds is not None and folds > len(used):
            raise InvalidFinding(f"folds: {len(used)} cases cannot be divided into {folds} parts")
        p = np.full(len(seen.y), np.nan)
        parts = fold_numbers(len(used), folds, seed)
        for k in range(parts.max() + 1):
            own = used[parts == k]
            known = network
            if folds:
                progress(Begun("part", k + 1, folds))
                others = columns_of(source.table).some(used[parts != k])
                known = learned(network, others, contract, learn, options or {}, common, client)
            shared = (known, asked, event, common)
            for rows, found in in_order(client, _probability, shared, source.blocks(own)):
                p[rows] = found
    told = used[~np.isnan(p[used])]
    if not len(told):
        raise ImpossibleFindings(
            f"none of the {len(used)} cases can be, by the zeros of the network alone", ()
        )
    _require_both(seen.y[told], event, seen)
    progress(Begun("intervals"))
    return judged(
        event, seen.y[told], np.clip(p[told], 0.0, 1.0), told, seen.members(told), boot, seed,
        left_out=tuple(asked.leave_out),
        unknown=int(np.isnan(seen.y).sum()) - rows_of(seen.faults),
        impossible=len(used) - len(told),
        faults=seen.faults,
        folds=folds or 0,
        notes=what_they_saw({"this network": network}),
    )  # fmt: skip


def _probability(
    shared: tuple[Network, Contract, Event, Mapping[str, object]], block: Columns
) -> FloatArray:
    """Of the event, for each row; NaN for those that cannot be."""
    network, contract, event, given = shared
    block = _knowing(block, given, contract)
    found = answer(network, block, contract, of=(event.variable,))[event.variable]
    return np.asarray(found[:, list(event.indices)].sum(axis=1), dtype=np.float64)


def _knowing(block: Columns, given: Mapping[str, object], contract: Contract) -> Columns:
    """A block whose rows all know what is given of them, where they say nothing of it themselves."""
    for name, finding in given.items():
        if name in contract.leave_out:
            continue
        heading = next((h for h in block.names if name in names_of(h)), None)
        if heading is None:
            names, cells = (*block.names, name), (*block.cells, [finding] * block.count)
        else:
            i, marks = block.names.index(heading), contract.marks(heading) | contract.marks(name)
            codes, values = distinct(block.cells[i])
            told = [finding if says_nothing(value, marks) else value for value in values]
            own = [*told, finding]
            names, cells = (
                block.names,
                tuple([own[c] for c in codes] if j == i else c for j, c in enumerate(block.cells)),
            )
        block = replace(block, names=names, cells=cells)
    return block


def parts_asked(folds: Any) -> int | None:
    """Into how many parts cases are divided; None where a network is taken as it is.

    Raises
    ------
    TypeError, InvalidFinding
        Not a whole number; less than 0, or 1.
    """
    if folds is None:
        return None
    _refuse_number("folds", folds)
    if folds < 0 or folds == 1:
        raise InvalidFinding(
            f"folds must be at least 2, or 0 for the network as it is, got {folds}"
        )
    return int(folds) or None


def refused(boot: Any, seed: Any, learn: Any) -> None:
    """Refuse plain mistakes by name."""
    for name, number in (("boot", boot), ("seed", seed)):
        _refuse_number(name, number)
        if number < 0:
            raise InvalidFinding(f"{name} must be at least 0, got {number}")
    if learn not in (None, "update", "fit"):
        raise UnknownName(learn, "way to learn", ("update", "fit"))


def _refuse_number(name: str, number: Any) -> None:
    if isinstance(number, bool) or not isinstance(number, int | np.integer):
        raise TypeError(f"{name} must be a whole number, not {number!r}")


def refuse_given(network: Network, given: Any) -> None:
    """Refuse what cannot be given of all cases."""
    if given is not None and not isinstance(given, Mapping):
        raise TypeError(f"given must be a mapping of names to states, not {given!r}")
    for name in given or ():
        if isinstance(network.mechanisms.get(name), Reading):
            raise InvalidFinding("what is given must be states, not measured values")
    likelihood_row(network, dict(given or {}))


def fold_numbers(n: int, folds: int | None, seed: int) -> IntArray:
    """Which part each of n cases is in, (n,): at random, sizes differing by at most one."""
    parts = np.arange(n, dtype=np.int64) % (folds or 1)
    return parts if folds is None else np.random.default_rng([seed, folds]).permutation(parts)


def what_they_saw(networks: Mapping[str, Network]) -> tuple[Note, ...]:
    """What the books of networks say: scores on cases that one learned from flatter it."""
    return tuple(
        Note(
            f"{name} has learned from {' and '.join(map(str, book))}. If these cases are among them, its "
            "scores are of what it has seen, in folds as well: take the network as it was before."
        )
        for name, network in networks.items()
        if (book := book_of(network))
    )


def learned(
    network: Network,
    block: Columns,
    contract: Contract,
    learn: Learn | None,
    options: Mapping[str, Any],
    given: Mapping[str, object],
    client: Client | None = None,
) -> Network:
    """The network after it has learned from some cases, all of which can be read."""
    if not isinstance(options, Mapping):
        raise TypeError(f"options must be a mapping of arguments, not {options!r}")
    said: dict[str, Any] = {
        "missing": contract.missing, "units": contract.units, "codes": contract.codes,
        "keep": contract.keep, "leave_out": contract.leave_out, "on": client,
        "cohort": "the other parts", **options,
    }  # fmt: skip
    plain = all(isinstance(m, Table | Deterministic) for m in network.mechanisms.values())
    way = learn or ("fit" if plain and not network.has_ranges else "update")
    if given:
        said["given"] = given
    if way == "fit":
        if "given" in said:
            raise InvalidFinding(
                "given: a fit counts cases as they came, so it cannot heed how they came into the table; "
                "give the network ranges and have it updated (with_table_parameters)"
            )
        return fit(network, block, **said).network
    return update(network, block, **{"draws": 200, **said}).network


def _require_both(y: FloatArray, event: Event, seen: Outcomes) -> None:
    """Refuse what no score can be made of."""
    if len(y) < SMALLEST:
        raise noting(InvalidFinding(
            f"too few cases: {event} is known and can be asked about in {len(y)} of {len(seen.y)} rows; "
            f"at least {SMALLEST} are needed"
        ), seen.faults)  # fmt: skip
    if y.min() == y.max():
        said = "so" if y[0] else "not so"
        raise noting(InvalidFinding(
            f"in all {len(y)} cases {event} is {said}: nothing can be told apart here"
        ), seen.faults)  # fmt: skip
