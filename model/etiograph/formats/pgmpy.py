"""To and from pgmpy, the only place that imports it.

A pgmpy table has the child as its rows and the parents' states as its columns, the last parent fastest; a
table here has the axes ``(parents..., child)``. Both ways the orientation is checked, not assumed.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from etiograph.errors import InvalidNetwork
from etiograph.network.network import Network

if TYPE_CHECKING:
    from pgmpy.models import DiscreteBayesianNetwork

FloatArray = NDArray[np.float64]


def to_pgmpy(network: Network) -> DiscreteBayesianNetwork:
    """The network as a pgmpy model, each mechanism as its full table.

    Returns
    -------
    pgmpy.models.DiscreteBayesianNetwork
        With the states of every variable in their order. Roles, ranges and sources have no place in it.

    Raises
    ------
    TooLarge
        A table of more than 2**20 entries, such as a noisy-OR of thirty causes.
    """
    # Every table first: what is too large is refused before pgmpy's slow import.
    tables = {name: network.table(name) for name in network.variables}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pgmpy warns about its own future
        from pgmpy.factors.discrete import TabularCPD
        from pgmpy.models import DiscreteBayesianNetwork

        model = DiscreteBayesianNetwork()
        model.add_nodes_from(network.variables)
        for name, table in tables.items():
            parents = network.parents(name)
            model.add_edges_from((parent, name) for parent in parents)
            around = (name, *parents)
            model.add_cpds(
                TabularCPD(
                    name,
                    table.shape[-1],
                    np.ascontiguousarray(table.reshape(-1, table.shape[-1]).T),
                    evidence=list(parents) or None,
                    evidence_card=list(table.shape[:-1]) or None,
                    state_names={v: list(network.variables[v].states) for v in around},
                )
            )
    return model


def from_pgmpy(model: Any) -> Network:
    """The network in a discrete pgmpy model.

    Parameters
    ----------
    model : pgmpy.models.DiscreteBayesianNetwork
        Every variable with a table. States that are no text become text.

    Raises
    ------
    InvalidNetwork
        A missing or double table, a table whose parents, states or numbers do not fit the model.
    """
    names = [_text(node, "a variable") for node in model.nodes()]
    if len(set(names)) != len(names):
        raise InvalidNetwork("two variables of the pgmpy model have the same name as text")
    cpds: dict[str, Any] = {}
    for cpd in model.get_cpds():
        name = str(cpd.variable)
        if name in cpds:
            raise InvalidNetwork(f"variable {name!r} has two tables")
        cpds[name] = cpd
    if missing := [name for name in names if name not in cpds]:
        raise InvalidNetwork(f"variable {missing[0]!r} has no table")
    states = {name: _states(cpds[name], cpds[name].variable) for name in names}
    for name in names:
        rows = np.shape(cpds[name].values)[0]
        if rows != len(states[name]):
            raise InvalidNetwork(
                f"variable {name!r} has {len(states[name])} states, and {rows} numbers for them in "
                "each column of its table"
            )
    parents: dict[str, tuple[str, ...]] = {}
    tables: dict[str, FloatArray] = {}
    for name in names:
        cpd = cpds[name]
        parents[name] = tuple(str(v) for v in cpd.variables[1:])
        if set(parents[name]) != {str(p) for p in model.predecessors(cpd.variable)}:
            raise InvalidNetwork(f"variable {name!r}: the parents of its table are not its arrows'")
        tables[name] = _table(cpd, name, parents[name], states)
    return Network.from_tables(states, parents, tables)


def _text(value: Any, what: str) -> str:
    text = str(value)
    if not text:
        raise InvalidNetwork(f"the name of {what} of the pgmpy model is empty")
    return text


def _states(cpd: Any, variable: Any) -> tuple[str, ...]:
    states = tuple(_text(state, f"a state of {variable!r}") for state in cpd.state_names[variable])
    if len(set(states)) != len(states):
        raise InvalidNetwork(f"variable {variable!r}: two states are the same as text")
    return states


def _table(
    cpd: Any, name: str, parents: tuple[str, ...], states: dict[str, tuple[str, ...]]
) -> FloatArray:
    """The table with axes ``(parents..., child)``, each axis in the states' order of its own variable."""
    values = np.asarray(cpd.values, dtype=np.float64)
    for axis, (parent, variable) in enumerate(zip(parents, cpd.variables[1:], strict=True), 1):
        listed = _states(cpd, variable)
        if values.shape[axis] != len(listed):
            raise InvalidNetwork(
                f"variable {name!r}: its table lists {len(listed)} states of {parent!r}, and has "
                f"columns for {values.shape[axis]}"
            )
        if set(listed) != set(states[parent]):
            raise InvalidNetwork(
                f"variable {name!r}: its table knows other states of {parent!r} than {parent!r} has"
            )
    off = np.abs(values.sum(axis=0) - 1.0).max()
    if not off <= 1e-2:
        raise InvalidNetwork(f"variable {name!r}: a column of its table is off 1 by {off:.3g}")
    for axis, (parent, variable) in enumerate(zip(parents, cpd.variables[1:], strict=True), 1):
        listed = _states(cpd, variable)
        values = np.take(values, [listed.index(state) for state in states[parent]], axis=axis)
    return np.moveaxis(values, 0, -1)
