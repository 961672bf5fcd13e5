"""To and from pgmpy, and its questions answered by this package; the only place that imports it.

A pgmpy table has the child as its rows and the parents' states as its columns, the last parent fastest; a
table here has the axes ``(parents..., child)``. Both ways the orientation is checked, not assumed.
"""

from __future__ import annotations

import warnings
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from etiograph.errors import InvalidNetwork, UnknownName
from etiograph.network.finding import likelihood
from etiograph.network.mechanism import SUM_SLOPPY
from etiograph.network.network import Network

if TYPE_CHECKING:
    import pandas as pd
    from pgmpy.models import DiscreteBayesianNetwork

    from etiograph.case import Case

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


class Inference:
    """The exact answers of this package, asked and given in pgmpy's way.

    Takes the place of ``pgmpy.inference.VariableElimination``: same signatures, same factor objects. Findings
    that together are impossible are refused (:class:`~etiograph.errors.ImpossibleFindings`), not answered.

    Parameters
    ----------
    model : pgmpy.models.DiscreteBayesianNetwork or Network
        What :func:`from_pgmpy` takes; read once, later changes of the model are not seen.

    Raises
    ------
    InvalidNetwork
        As :func:`from_pgmpy`.
    """

    def __init__(self, model: Any) -> None:
        ours = isinstance(model, Network)
        self.model = model
        self.network: Network = model if ours else from_pgmpy(model)
        self._patterns: dict[tuple[str, ...], Any] = {}
        self._nodes: dict[str, Hashable] = {n: n for n in self.network.variables}
        self._states: dict[str, list[Any]] = {
            n: list(v.states) for n, v in self.network.variables.items()
        }
        if not ours:
            self._nodes = {str(node): node for node in model.nodes()}
            for cpd in model.get_cpds():
                self._states[str(cpd.variable)] = list(cpd.state_names[cpd.variable])

    def query(
        self,
        variables: Sequence[Hashable],
        evidence: Mapping[Hashable, Any] | None = None,
        virtual_evidence: Sequence[Any] | None = None,
        elimination_order: Any = None,
        joint: bool = True,
        show_progress: bool = False,
    ) -> Any:
        """The posterior of some variables.

        Parameters
        ----------
        variables : list
            Nodes of the model.
        evidence : dict, optional
            Node to its state.
        virtual_evidence : list of TabularCPD, optional
            Likelihoods, one table of one variable each; those of one variable multiply.
        elimination_order, show_progress
            Taken and not needed.
        joint : bool
            One factor over all variables, or a dict with one for each.

        Returns
        -------
        pgmpy.factors.discrete.DiscreteFactor, or dict of node to it

        Raises
        ------
        ImpossibleFindings, InvalidFinding, UnknownName
        """
        names = self._asked(variables, evidence)
        case = self._case(evidence, virtual_evidence)
        if joint and len(names) > 1:
            table = case.joint(*names).table
            return self._factor(names, table)
        posterior: Any = case.posterior()
        factors = {self._nodes[name]: self._factor([name], posterior.array(name)) for name in names}
        return factors[self._nodes[names[0]]] if joint else factors

    def map_query(
        self,
        variables: Sequence[Hashable] | None = None,
        evidence: Mapping[Hashable, Any] | None = None,
        virtual_evidence: Sequence[Any] | None = None,
        elimination_order: Any = None,
        show_progress: bool = False,
    ) -> dict[Hashable, Any]:
        """The most probable joint state of some variables, the others summed out.

        Without ``variables``, of every variable that is no evidence. Raises what :meth:`query` raises.
        """
        return self._best(variables, evidence, virtual_evidence)[0]

    def max_marginal(
        self,
        variables: Sequence[Hashable] | None = None,
        evidence: Mapping[Hashable, Any] | None = None,
        elimination_order: Any = None,
        show_progress: bool = False,
    ) -> float:
        """The probability of the state that :meth:`map_query` returns, given the evidence."""
        return self._best(variables, evidence, None)[1]

    def predict(self, data: pd.DataFrame, **options: Any) -> pd.DataFrame:
        """Each row with its missing variables filled in by their most probable joint state.

        Parameters
        ----------
        data : pandas.DataFrame
            A column a node, a row a case; nodes without a column, and empty cells, are predicted.
        **options
            Other options of ``DiscreteBayesianNetwork.predict``; only the prediction of the most
            probable state is offered, so ``stochastic`` must be false.

        Raises
        ------
        ImpossibleFindings, InvalidFinding, UnknownName
        """
        import pandas as pd

        if options.get("stochastic"):
            raise NotImplementedError("a stochastic prediction is not offered")
        for column in data.columns:
            self._name(column)
        missing = [node for node in self._nodes.values() if node not in set(data.columns)]
        known: dict[tuple[Any, ...], dict[Hashable, Any]] = {}
        rows = []
        for values in data.itertuples(index=False, name=None):
            key = tuple(None if pd.isna(v) else v for v in values)
            if key not in known:
                stated: dict[Hashable, Any] = {
                    c: v for c, v in zip(data.columns, key, strict=True) if v is not None
                }
                wanted = [node for node in self._nodes.values() if node not in stated]
                known[key] = {**stated, **(self.map_query(wanted, stated) if wanted else {})}
            rows.append(known[key])
        return pd.DataFrame(rows, index=data.index, columns=[*data.columns, *missing])

    def _best(
        self,
        variables: Sequence[Hashable] | None,
        evidence: Mapping[Hashable, Any] | None,
        virtual_evidence: Sequence[Any] | None,
    ) -> tuple[dict[Hashable, Any], float]:
        if variables is None:
            given = {self._name(node) for node in evidence or {}}
            names = [name for name in self._nodes if name not in given]
        else:
            names = self._asked(variables, evidence)
        best = self._case(evidence, virtual_evidence).most_probable(1, names)[0]
        states = self.network.variables
        found = {
            self._nodes[name]: self._states[name][states[name].index(best.states[name])]
            for name in names
        }
        return found, best.probability

    def _asked(
        self, variables: Iterable[Hashable], evidence: Mapping[Hashable, Any] | None
    ) -> list[str]:
        if isinstance(variables, str):
            raise TypeError("variables must be a list of nodes")
        listed = list(variables)
        if both := [v for v in listed if v in (evidence or {})]:
            raise ValueError(f"{both[0]!r} stands in both variables and evidence")
        if not listed:
            raise ValueError("no variable is asked for")
        return [self._name(node) for node in listed]

    def _name(self, node: Hashable) -> str:
        name = str(node)
        if name not in self._nodes:
            raise UnknownName(node, "variable", tuple(self._nodes))
        return name

    def _case(self, evidence: Mapping[Hashable, Any] | None, virtual: Sequence[Any] | None) -> Case:
        findings: dict[str, Any] = {}
        for node, state in (evidence or {}).items():
            name = self._name(node)
            if state not in self._states[name]:
                raise UnknownName(state, f"state of {name!r}", tuple(map(str, self._states[name])))
            findings[name] = self.network.variables[name].states[self._states[name].index(state)]
        for table in virtual or ():
            name = self._name(table.variables[0])
            values = np.asarray(table.values, dtype=np.float64).reshape(-1).tolist()
            states = self.network.variables[name].states
            earlier = findings.get(name, [])
            given = likelihood(dict(zip(states, values, strict=True)))
            findings[name] = [*(earlier if isinstance(earlier, list) else [earlier]), given]
        return self.network.case(findings)

    def _factor(self, names: Sequence[str], values: FloatArray) -> Any:
        """A factor of pgmpy's over some nodes; making one takes longer than copying one."""
        key = tuple(names)
        pattern = self._patterns.get(key)
        if pattern is None:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                from pgmpy.factors.discrete import DiscreteFactor

            nodes = [self._nodes[name] for name in names]
            cards = [len(self._states[name]) for name in names]
            states = {node: self._states[str(node)] for node in nodes}
            pattern = DiscreteFactor(nodes, cards, np.zeros(values.size), state_names=states)
            if len(names) == 1:  # of several nodes there are too many to keep
                self._patterns[key] = pattern
        if not isinstance(pattern.values, np.ndarray):  # pgmpy on another library's arrays
            return type(pattern)(
                pattern.variables, pattern.cardinality, values, pattern.state_names
            )
        factor = pattern.copy()
        factor.values = np.array(values.reshape(pattern.values.shape), pattern.values.dtype)
        return factor


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
    if not off <= SUM_SLOPPY:
        raise InvalidNetwork(f"variable {name!r}: a column of its table is off 1 by {off:.3g}")
    for axis, (parent, variable) in enumerate(zip(parents, cpd.variables[1:], strict=True), 1):
        listed = _states(cpd, variable)
        values = np.take(values, [listed.index(state) for state in states[parent]], axis=axis)
    return np.moveaxis(values, 0, -1)
