"""A whole table of cases at once, and tables drawn from the network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from etiograph.engine.propagate import propagate
from etiograph.engine.sample import sample_states
from etiograph.errors import EtiographError, InvalidFinding, UnknownName
from etiograph.network.finding import encode
from etiograph.network.model import FloatArray

if TYPE_CHECKING:
    import pandas as pd

    from etiograph.network.network import Network

_MISSING = ("", None)


@dataclass(frozen=True, slots=True, eq=False)
class Posteriors(Mapping[str, FloatArray]):
    """Posteriors of a table of cases.

    ``posteriors["magnesium_depletion"]`` is an array ``(rows, states)``. Rows whose findings
    contradict one another hold NaN and are False in ``possible``.

    Attributes
    ----------
    network : Network
        The network asked.
    marginals : ndarray (B, S)
        All probabilities in network order.
    log_evidence : ndarray (B,)
        Natural log of P(findings) of each row; -inf where they are impossible.
    index : object
        The table's own row labels, or None.
    """

    network: Network
    marginals: FloatArray
    log_evidence: FloatArray
    index: Any = None

    @property
    def possible(self) -> NDArray[np.bool_]:
        """Which rows have findings that can be true together, ``(B,)``."""
        out: NDArray[np.bool_] = self.log_evidence > -np.inf
        return out

    def __getitem__(self, name: str) -> FloatArray:
        network = self.network
        if name not in network.variables:
            raise UnknownName(name, "variable", tuple(network.variables))
        model = network.model
        i = model.index[name]
        return self.marginals[:, model.offsets[i] : model.offsets[i] + model.cards[i]]

    def __iter__(self) -> Iterator[str]:
        return iter(self.network.variables)

    def __len__(self) -> int:
        return len(self.network.variables)

    def to_frame(self) -> pd.DataFrame:
        """One row a case, columns (variable, state) and ``log_evidence`` last."""
        import pandas as pd

        variables = self.network.variables.values()
        labels = [(v.name, s) for v in variables for s in v.states]
        frame = pd.DataFrame(
            self.marginals[:, : len(labels)],
            columns=pd.MultiIndex.from_tuples(labels, names=("variable", "state")),
            index=self.index,
        )
        frame[("log_evidence", "")] = self.log_evidence
        return frame


def _columns(table: Any) -> tuple[dict[str, Any], Any]:
    """The columns of a mapping, a pandas or an Arrow table, and the row labels if it has any."""
    if hasattr(table, "to_pandas"):
        table = table.to_pandas()
    if hasattr(table, "columns") and hasattr(table, "index"):
        return {str(name): table[name] for name in table.columns}, table.index
    if isinstance(table, Mapping):
        return {str(name): column for name, column in table.items()}, None
    raise InvalidFinding("a table of cases is a pandas or Arrow table or a mapping of columns")


def _distinct(column: Any) -> tuple[NDArray[np.int64], list[Any]]:
    """Code of each cell (-1: missing) and the distinct values."""
    import pandas as pd

    values = column if hasattr(column, "dtype") else pd.Series(list(column), dtype=object)
    if isinstance(values, np.ndarray):
        values = pd.Series(values)
    if values.dtype == object and any(isinstance(v, list | dict | set) for v in values):
        cells = list(values)
        return np.arange(len(cells)), cells
    codes, distinct = pd.factorize(values, use_na_sentinel=True)
    return np.asarray(codes, dtype=np.int64), list(distinct)


def likelihood_rows(network: Network, table: Any) -> tuple[FloatArray, list[Any], Any]:
    """Rows of likelihoods of a table, what readings show, and the row labels.

    Returns
    -------
    rows : ndarray (B, S)
        One row a case.
    shown : list of (codes (B,), ndarray (values,) of slots, begin, end)
        For each column of readings: which state its values fall in.
    index : object
        Row labels or None.
    """
    columns, index = _columns(table)
    model = network.model
    lengths = {len(c) for c in columns.values()}
    if len(lengths) > 1:
        raise InvalidFinding(f"columns of different lengths: {sorted(lengths)}")
    count = lengths.pop() if lengths else (0 if index is None else len(index))
    rows = np.ones((count, model.n_states))
    shown: list[Any] = []
    for name, column in columns.items():
        if name not in network.variables:
            if name in network.flags:
                continue
            raise UnknownName(name, "variable", (*network.variables, *network.flags))
        codes, values = _distinct(column)
        lookup = np.ones((len(values) + 1, model.n_states))
        slots = np.full(len(values) + 1, -1)
        span = (0, 0)
        for i, value in enumerate(values):
            if value in _MISSING:
                continue
            try:
                lookup[i], _, seen = encode(network, {name: value})
            except EtiographError as error:
                first = int(np.flatnonzero(codes == i)[0])
                label = first if index is None else index[first]
                error.add_note(f"in row {label} of the table, column {name!r}")
                raise
            for slot, begin, end in seen:
                slots[i], span = slot, (begin, end)
        touched = np.flatnonzero((lookup != 1.0).any(axis=0))
        if touched.size:
            begin, end = int(touched[0]), int(touched[-1]) + 1
            if end - begin == touched.size:
                rows[:, begin:end] *= lookup[codes, begin:end]
            else:
                rows[:, touched] *= lookup[codes][:, touched]
        if (slots >= 0).any():
            shown.append((slots[codes], span[0], span[1]))
    return rows, shown, index


def posteriors(network: Network, table: Any, *, threads: int = 2) -> Posteriors:
    """Posteriors of every variable for every row of a table.

    Parameters
    ----------
    network : Network
        The network asked.
    table : pandas.DataFrame, pyarrow.Table or mapping of str to sequence
        One column a variable; cells are findings, missing cells (None, NaN, "") are unknown.
    threads : int
        Threads to use at most.

    Raises
    ------
    UnknownName, InvalidFinding
        If a column is no variable or a cell no finding.
    """
    rows, shown, index = likelihood_rows(network, table)
    if not len(rows):
        return Posteriors(network, rows, np.zeros(0), index)
    beliefs = propagate(network.model, rows, threads=threads)
    marginals = beliefs.marginals
    for slots, begin, end in shown:
        measured = np.flatnonzero(slots >= 0)
        marginals[measured, begin:end] = 0.0
        marginals[measured, slots[measured]] = 1.0
    marginals[beliefs.log_evidence == -np.inf] = np.nan
    return Posteriors(network, marginals, beliefs.log_evidence, index)


def sample(network: Network, n: int, rng: np.random.Generator) -> pd.DataFrame:
    """Draw cases from the network.

    Parameters
    ----------
    network : Network
        The network.
    n : int
        Number of cases.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    pandas.DataFrame
        One row a case, one categorical column a variable.
    """
    import pandas as pd

    if n < 0:
        raise InvalidFinding(f"the number of cases must not be negative, got {n}")
    states = sample_states(network.model, n, rng)
    return pd.DataFrame(
        {
            v.name: pd.Categorical.from_codes(states[:, i], categories=pd.Index(v.states))
            for i, v in enumerate(network.variables.values())
        }
    )
