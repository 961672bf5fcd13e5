"""Questions as rows: what intervals, tornados, explanations and next tests share.

Nothing here is an algorithm of its own. Each function turns a question into rows of likelihoods (and
rows of tables) and hands them to the one engine, in blocks so that memory stays bounded.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from etiograph.engine.propagate import Beliefs
from etiograph.errors import ImpossibleFindings, InvalidFinding
from etiograph.store import STORE, digest_of

if TYPE_CHECKING:
    from etiograph.network.event import Event
    from etiograph.network.model import TableRows, Tables
    from etiograph.network.network import Network
    from etiograph.network.parameter import Parameter
    from etiograph.query.worlds import Kind, World

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

BLOCK_BYTES = 96 * 2**20
"""Memory of the rows and numbers that are worked out at a time; tables of draws within it are kept."""


def blocks(n: int, row_bytes: int) -> Iterator[slice]:
    """Slices of at most ``BLOCK_BYTES`` a block, about equally long, that cover n rows."""
    most = max(1, BLOCK_BYTES // max(1, row_bytes))
    count = -(-n // most)
    for i in range(count):
        yield slice(n * i // count, n * (i + 1) // count)


def solve(
    network: Network,
    likelihoods: FloatArray,
    parameters: FloatArray | TableRows | None = None,
    through: World | None = None,
    wanted: Collection[str] | None = None,
    marginals: bool = True,
) -> Beliefs:
    """Exact posteriors of many rows.

    Parameters
    ----------
    network : Network
    likelihoods : ndarray (B, S) or (1, S)
        One row stands for all when parameters have more rows.
    parameters : ndarray (B, P) or TableRows, optional
        Values of the network's parameters, row by row, or the tables made of them; None: the stated
        values.
    through : World, optional
        The change the rows are seen through; None: nothing is changed.
    wanted : collection of str, optional
        Only the marginals of these variables, of the network or of what it is rewritten to, are read;
        others may be NaN.
    marginals : bool
        False: the log evidence alone is read, which is less than half the work.
    """
    from etiograph.query.worlds import world

    through = through or world(network)
    model = through.rewritten
    targets = None if wanted is None else [model.index[name] for name in wanted]
    n = len(likelihoods) if parameters is None else len(parameters)
    log_evidence = np.empty(n)
    found = np.full((n, model.n_states), np.nan)
    inside = None if wanted is None else read_for(network, likelihoods, wanted, through)
    for part, rows, tables in _parts(network, likelihoods, parameters, n, inside):
        beliefs = through.solve(rows, tables, targets, marginals)
        log_evidence[part] = beliefs.log_evidence
        if beliefs.marginals.size:
            found[part] = beliefs.marginals
    return Beliefs(log_evidence, found)


def log_evidences(network: Network, likelihoods: FloatArray, inside: Collection[str]) -> FloatArray:
    """Log P(findings) of many rows, (B,): half the work of :func:`solve`.

    By the part of the network that the variables ``inside`` need; all that the rows speak of are there.
    """
    from etiograph.engine.ancestral import ancestral
    from etiograph.engine.propagate import evidence

    needed = ancestral(network.model, [network.model.index[name] for name in inside])
    log_evidence = np.empty(len(likelihoods))
    for some, rows, _ in _parts(network, likelihoods, None, len(likelihoods)):
        own = np.ascontiguousarray(rows[:, needed.slots])
        log_evidence[some] = evidence(needed.model, own, network.model.tables)
    return log_evidence


def read_for(
    network: Network, likelihoods: FloatArray, wanted: Iterable[str], through: World | None = None
) -> frozenset[int] | None:
    """The variables whose tables are read where these are asked of the rows (B, S); None: any.

    A twin reads more: the copies of what a change reaches, and what says how much of them lasts.
    """
    from etiograph.engine.ancestral import ancestors, informative

    if through is not None and through.is_twin:
        return None
    model = network.model if through is None else through.rewritten
    asked = [model.index[name] for name in wanted]
    spoken = informative(network.model, likelihoods)
    upstream = ancestors(model, [*asked, *spoken])
    return frozenset(upstream & set(range(len(network.model.names))))


def _parts(
    network: Network,
    likelihoods: FloatArray,
    parameters: FloatArray | TableRows | None,
    n: int,
    inside: Collection[int] | None = None,
) -> Iterator[tuple[slice, FloatArray, Tables | None]]:
    row_bytes = 8 * 4 * network.model.n_states
    if isinstance(parameters, np.ndarray) and _lasting(network, parameters):
        parameters = tables_of(network, parameters)
    if isinstance(parameters, np.ndarray):
        row_bytes += 8 * 2 * network.expansion.n_distinct
    for part in blocks(n, row_bytes):
        # One row of likelihoods serves all numbers there are, and the other way round.
        rows = likelihoods[part] if len(likelihoods) == n else likelihoods[:1]
        numbers: Tables | None = None
        if isinstance(parameters, np.ndarray):
            whole = part == slice(0, n)
            numbers = tables_of(network, parameters if whole else parameters[part], inside)
        elif parameters is not None:
            numbers = parameters.rows(part) if part != slice(0, n) else parameters
        yield part, np.ascontiguousarray(rows), numbers


def _lasting(network: Network, parameters: FloatArray) -> bool:
    """Whether the tables of rows of parameters are kept: draws that cannot change, and not too many."""
    size = 8 * len(parameters) * network.expansion.n_distinct
    return not parameters.flags.writeable and parameters.base is None and size <= BLOCK_BYTES


def tables_of(
    network: Network, parameters: FloatArray, inside: Collection[int] | None = None
) -> TableRows:
    """The tables of rows of parameters. Those of a seed's draws serve every case: the last are kept.

    Where they are not kept, those of the variables ``inside`` may be all.
    """
    expansion = network.expansion
    if not _lasting(network, parameters):
        return expansion.tables(parameters, inside)
    key = ("tables", network.model, digest_of(parameters))
    return STORE.get(key, lambda: expansion.tables(parameters))


def table_rows(network: Network) -> Callable[[FloatArray], FloatArray]:
    """The vectorised map from parameters (B, P) to an array of tables (B, T)."""
    tables = network.expansion.tables
    return lambda parameters: np.asarray(tables(parameters))


def stated(network: Network) -> FloatArray:
    """The stated value of every parameter, (P,), in the network's order."""
    return np.array([p.value for p in network.parameters.values()], dtype=np.float64)


def stated_range(parameter: Parameter) -> tuple[float, float]:
    """Its low and high; the value itself twice where no range is stated."""
    if parameter.low is None or parameter.high is None:
        return parameter.value, parameter.value
    return parameter.low, parameter.high


def finding_rows(
    network: Network, findings: Mapping[str, object]
) -> tuple[tuple[str, ...], FloatArray]:
    """Each finding as its own likelihood row.

    Returns
    -------
    names : tuple of str, length F
        Findings the engine sees (not the red-flag-only ones, not unknown ones).
    rows : ndarray (F, S)
    """
    from etiograph.network.likelihoods import likelihood_row

    names: list[str] = []
    rows: list[FloatArray] = []
    for name, value in findings.items():
        if name in network.flags:
            continue
        row = likelihood_row(network, {name: value})
        if not np.all(row == 1.0):
            names.append(name)
            rows.append(row)
    if not rows:
        return (), np.ones((0, network.model.n_states))
    return tuple(names), np.array(rows)


def finding_row(
    network: Network, findings: Mapping[str, object], parameters: FloatArray | None = None
) -> FloatArray:
    """All findings as one row (1, S); a row a draw (B, S) where a measured value meets a drawn mean.

    A measured value is the density of its distribution, and its mean and sd are parameters too.
    """
    from etiograph.network.likelihoods import encode, has_values, likelihood_rows

    if parameters is not None and has_values(network, findings):
        return likelihood_rows(network, findings, parameters)
    return encode(network, findings)[0][None, :]


def subset_rows(rows: FloatArray, members: NDArray[np.bool_]) -> FloatArray:
    """Likelihood rows of subsets of findings.

    Parameters
    ----------
    rows : ndarray (F, S)
    members : ndarray of bool (B, F)

    Returns
    -------
    ndarray (B, S)
        Product of the member rows; ones for the empty subset.
    """
    out = np.ones((len(members), rows.shape[1]))
    for j, row in enumerate(rows):
        touched = np.flatnonzero(row != 1.0)
        out[np.ix_(members[:, j], touched)] *= row[touched]
    return out


def require_possible(
    network: Network, log_evidence: FloatArray, findings: Mapping[str, object]
) -> None:
    """Refuse when no row is possible, naming a smallest conflict.

    Raises
    ------
    ImpossibleFindings
    """
    if not np.any(np.isfinite(log_evidence)):
        from etiograph.query.posterior import refuse

        refuse(network, findings)
        # Possible at the stated values, but in none of the rows that were asked.
        names = tuple(findings)
        raise ImpossibleFindings(f"these findings cannot occur together: {', '.join(names)}", names)


def seen_through(
    network: Network,
    findings: Mapping[str, object],
    kind: Kind,
    changes: Mapping[str, object] | None,
) -> World:
    """The change that findings are seen through.

    Raises
    ------
    InvalidChange
        Under ``do``, a finding contradicts what is set.
    """
    from etiograph.query.stated_changes import refuse_contradictions
    from etiograph.query.worlds import world

    if kind == "do":
        refuse_contradictions(network, findings, changes or {})
    return world(network, kind, changes)


def require_open(target: Event, findings: Mapping[str, object]) -> None:
    """Refuse a question whose target is itself a finding."""
    if target.variable in findings:
        raise InvalidFinding(f"{target.variable!r} is a finding: its answer is already given")
