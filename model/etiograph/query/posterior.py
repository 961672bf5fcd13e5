"""What is likely, given what is known: posteriors of one case and of a table of cases."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import TYPE_CHECKING, Any

import numpy as np

from etiograph.engine.ancestral import ancestral, informative
from etiograph.engine.maximum import most_probable_states
from etiograph.engine.propagate import evidence, propagate, propagate_one
from etiograph.errors import ImpossibleFindings, InvalidFinding, UnknownName
from etiograph.network.answer import Answer, Result
from etiograph.network.frozen import same_name
from etiograph.network.likelihoods import encode, settle_shown
from etiograph.network.model import FloatArray
from etiograph.network.value import TEXT, cut, value_type

if TYPE_CHECKING:
    import pandas as pd

    from etiograph.network.network import Network
    from etiograph.network.variable import Variable

Findings = Mapping[str, Any]
SHOWN = 4
"""Causes that the text of a posterior names."""
MAX_JOINT = 1 << 16
"""Entries a joint table may have."""
PAIRS_UP_TO = 80
"""Findings up to which every pair is tried for a conflict before any is left out."""


class StateProbabilities(dict[str, float]):
    """Probability of each state of one variable; a state it does not have is refused by name."""

    __slots__ = ("variable",)

    def __init__(self, variable: Variable, p: FloatArray) -> None:
        super().__init__(zip(variable.states, p.tolist(), strict=True))
        self.variable = variable

    def __missing__(self, state: object) -> float:
        return self[self.variable.states[self.variable.index(state)]]  # type: ignore[arg-type]

    def to_frame(self) -> pd.DataFrame:
        """Columns ``state`` and ``probability``, one row a state."""
        import pandas as pd

        return pd.DataFrame({"state": list(self), "probability": list(self.values())})

    def __reduce__(self) -> tuple[Any, ...]:
        return (StateProbabilities, (self.variable, np.array(list(self.values()))))


class Posterior(Mapping[str, StateProbabilities], Answer):
    """Probabilities of every state of every variable, and P(findings).

    ``posterior["magnesium_depletion"]["present"]``. A variable that is itself a finding has all its
    probability on what was found.

    Attributes
    ----------
    network : Network
        The network asked.
    marginals : ndarray (S,)
        All probabilities in network order, one slot a state (hidden variables behind).
    log_evidence : float
        Natural log of P(findings).
    """

    __slots__ = ("log_evidence", "marginals", "network")

    def __init__(self, network: Network, marginals: FloatArray, log_evidence: float) -> None:
        self.network = network
        self.marginals = marginals
        self.log_evidence = log_evidence

    def __getitem__(self, name: str) -> StateProbabilities:
        array = self.array(name)
        variable = self.network.variables[same_name(name, self.network.variables)]
        return StateProbabilities(variable, array)

    def __iter__(self) -> Iterator[str]:
        return iter(self.network.variables)

    def __len__(self) -> int:
        return len(self.network.variables)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, np.ndarray):
            return False  # an array would compare each of its entries
        if type(other) is not type(self):
            return NotImplemented
        assert isinstance(other, Posterior)
        return self._said() == other._said()

    def __hash__(self) -> int:
        return hash((self.network, self.log_evidence))

    def _said(self) -> tuple[object, ...]:
        """What two posteriors that are equal have in common."""
        return (self.network, self.log_evidence, self.marginals.tolist())

    def __repr__(self) -> str:
        return f"Posterior: {self._leading()}; log_evidence={self.log_evidence:.6g}"

    def _leading(self) -> str:
        """The most probable causes that are open, and how many variables there are besides."""
        from etiograph.query.causes import open_causes

        model = self.network.model
        settled = np.maximum.reduceat(self.marginals, model.offsets) == 1.0
        known = [model.names[i] for i in np.flatnonzero(settled)]
        events = open_causes(self.network, known)
        told = sorted(
            ((float(e.within(self)), e.name(self.network)) for e in events), key=lambda x: -x[0]
        )
        lines = [f"{cut(name, TEXT)} {p:.3g}" for p, name in told[:SHOWN]]
        more = len(self) - len(lines)
        return ", ".join([*lines, *[f"... {more} more variables"] * (more > 0)])

    def array(self, name: str) -> FloatArray:
        """Probabilities of one variable's states, ``(states,)``."""
        model = self.network.model
        name = same_name(name, self.network.variables)
        if name not in self.network.variables:
            raise UnknownName(name, "variable", tuple(self.network.variables))
        i = model.index[name]
        return self.marginals[model.slots_of(i)]

    def to_dict(self) -> dict[str, dict[str, float]]:
        """``{variable: {state: probability}}``."""
        return {name: dict(self[name]) for name in self}

    def to_frame(self) -> pd.DataFrame:
        """Columns ``variable``, ``state``, ``probability``, one row a state."""
        import pandas as pd

        variables = self.network.variables.values()
        names = [v.name for v in variables for _ in v.states]
        states = [s for v in variables for s in v.states]
        p = self.marginals[: len(names)]
        return pd.DataFrame({"variable": names, "state": states, "probability": p})


def posterior(network: Network, findings: Findings) -> Posterior:
    """Posterior of every variable, exact, in one pass.

    Parameters
    ----------
    network : Network
        The network asked.
    findings : mapping of str to finding
        What is known.

    Raises
    ------
    ImpossibleFindings
        If P(findings) = 0, naming a smallest set that contradicts itself.
    UnknownName, InvalidFinding
        If a name, state, unit or number is not acceptable.
    TooLarge
        If exact inference needs too much memory.
    """
    row, known, shown = encode(network, findings)
    model = network.model
    log_p, marginals = propagate_one(model, row, known)
    if log_p == -math.inf:
        refuse(network, findings)
    settle_shown(network, findings, shown, marginals)
    return Posterior(network, marginals, log_p)


def refuse(network: Network, findings: Findings) -> None:
    """Raise ``ImpossibleFindings`` with a smallest set of findings that contradict one another."""
    conflict = smallest_conflict(network, findings)
    listed = ", ".join(f"{name}={_shown(findings[name])}" for name in conflict)
    raise ImpossibleFindings(f"these findings cannot all be true: {listed}", conflict)


def _shown(finding: object) -> str:
    return finding if isinstance(finding, str) else repr(finding)


def _subsets_possible(
    network: Network, rows: Mapping[str, FloatArray], subsets: Sequence[Sequence[str]]
) -> list[bool]:
    model = network.model
    stack = np.ones((len(subsets), model.n_states))
    for row, names in zip(stack, subsets, strict=True):
        for name in names:
            row *= rows[name]
    return [bool(x) for x in evidence(model, stack) > -math.inf]


def smallest_conflict(network: Network, findings: Findings) -> tuple[str, ...]:
    """A set of findings that is impossible while each proper subset is possible.

    One finding, else a pair, is returned where there is one; else findings are left out one by one
    for as long as the rest stays impossible (deletion filter, Chinneck & Dravnieks 1991).
    """
    names = [n for n in findings if n in network.variables]
    rows = {n: encode(network, {n: findings[n]})[0] for n in names}
    for size in (1, 2):
        if size == 2 and len(names) > PAIRS_UP_TO:
            break
        subsets = list(combinations(names, size))
        for subset, possible in zip(
            subsets, _subsets_possible(network, rows, subsets), strict=True
        ):
            if not possible:
                return subset
    kept = list(names)
    for name in names:
        rest = [n for n in kept if n != name]
        if not _subsets_possible(network, rows, [rest])[0]:
            kept = rest
    return tuple(kept)


@value_type
@dataclass(frozen=True, slots=True)
class Joint(Answer):
    """Joint posterior of several variables.

    Attributes
    ----------
    variables : tuple of str
        The axes.
    states : tuple of tuple of str
        Labels along each axis.
    table : ndarray
        Probabilities, one axis a variable.
    """

    variables: tuple[str, ...]
    states: tuple[tuple[str, ...], ...]
    table: FloatArray

    def __getitem__(self, states: tuple[str, ...] | str) -> float:
        wanted = (states,) if isinstance(states, str) else tuple(states)
        if len(wanted) != len(self.variables):
            raise InvalidFinding(
                f"a state of each of {', '.join(self.variables)} is needed, in this order"
            )
        for name, known, state in zip(self.variables, self.states, wanted, strict=True):
            if state not in known:
                raise UnknownName(state, f"state of {name!r}", known)
        return float(
            self.table[tuple(s.index(w) for s, w in zip(self.states, wanted, strict=True))]
        )

    def to_frame(self) -> pd.DataFrame:
        """One row a combination, a column a variable, and ``probability``."""
        import pandas as pd

        rows = list(product(*self.states))
        frame = pd.DataFrame(rows, columns=list(self.variables))
        frame["probability"] = self.table.reshape(-1)
        return frame


def joint(network: Network, findings: Findings, *variables: str) -> Joint:
    """Joint posterior of a few variables: one row a combination of all but the last.

    Raises
    ------
    InvalidFinding
        If the table would have more than 2^16 entries, or a variable is named twice.
    """
    for name in variables:
        if not isinstance(name, str):
            raise TypeError(f"variables are named one by one, joint('a', 'b'), not {name!r}")
        if name not in network.variables:
            raise UnknownName(name, "variable", tuple(network.variables))
    if not variables or len(set(variables)) != len(variables):
        raise InvalidFinding("a joint needs at least one variable, each named once")
    states = tuple(network.variables[v].states for v in variables)
    if math.prod(len(s) for s in states) > MAX_JOINT:
        raise InvalidFinding(f"a joint of {variables} has more than {MAX_JOINT} entries")
    row, _, shown = encode(network, findings)
    model = network.model
    # A measured reading's own state is where its value falls; the density is on its level.
    measured = {begin: slot - begin for slot, begin, _ in shown}
    combinations_ = list(product(*(range(len(s)) for s in states[:-1])))
    rows = np.repeat(row[None, :], len(combinations_), axis=0)
    for own, combination in zip(rows, combinations_, strict=True):
        for name, state in zip(variables[:-1], combination, strict=True):
            i = model.index[name]
            begin = model.offsets[i]
            if measured.get(begin) == state:
                continue
            keep = own[begin + state]
            own[model.slots_of(i)] = 0.0
            own[begin + state] = keep if begin not in measured else 0.0
    last = model.index[variables[-1]]
    beliefs = propagate(model, rows, wanted=[last])
    top = beliefs.log_evidence.max()
    if top == -math.inf:
        refuse(network, findings)
    weight = np.exp(beliefs.log_evidence - top)
    p_last = beliefs.marginals[:, model.slots_of(last)]
    if model.offsets[last] in measured:
        p_last = np.eye(model.cards[last])[measured[model.offsets[last]]]
    table = weight[:, None] * p_last
    table = (table / table.sum()).reshape([len(s) for s in states])
    return Joint(tuple(variables), states, table)


@value_type
@dataclass(frozen=True, slots=True)
class Explained(Result):
    """One joint state of the variables asked for.

    Attributes
    ----------
    states : dict of str to str
        Variable to state.
    probability : float
        P(states | findings).
    """

    states: dict[str, str]
    probability: float

    def to_frame(self) -> pd.DataFrame:
        """One row a variable: ``variable``, ``state``, and ``probability`` of all these states together."""
        import pandas as pd

        rows = [(name, state, self.probability) for name, state in self.states.items()]
        return pd.DataFrame(rows, columns=["variable", "state", "probability"])


def most_probable(
    network: Network, findings: Findings, k: int = 1, variables: Sequence[str] | None = None
) -> tuple[Explained, ...]:
    """The k most probable joint states, best first.

    Parameters
    ----------
    network : Network
        The network asked.
    findings : mapping of str to finding
        What is known.
    k : int
        How many.
    variables : sequence of str, optional
        What to explain; the rest is summed out. By default every variable without a finding.

    Raises
    ------
    ImpossibleFindings
        If P(findings) = 0.
    TooLarge
        If the exact search takes too long; ask for fewer variables.
    """
    if k < 1:
        raise InvalidFinding(f"k must be at least 1, got {k}")
    asked = tuple(network.variables) if variables is None else tuple(variables)
    for name in asked:
        if name not in network.variables:
            raise UnknownName(name, "variable", tuple(network.variables))
    row, known, shown = encode(network, findings)
    model = network.model
    measured = {begin: slot - begin for slot, begin, _ in shown}
    log_p = float(evidence(model, row[None, :])[0])
    if log_p == -math.inf:
        refuse(network, findings)
    wanted = [model.index[name] for name in asked]
    if variables is None:
        wanted = [v for v in wanted if v not in known]
        measured_names = {}
    else:
        measured_names = {
            n: network.variables[n].states[measured[model.offsets[model.index[n]]]]
            for n in asked
            if model.offsets[model.index[n]] in measured
        }
    wanted = [v for v in wanted if model.offsets[v] not in measured]
    names = [model.names[v] for v in wanted]
    # What none of them and no finding needs sums to 1.
    needed = ancestral(model, {*wanted, *informative(model, row[None])})
    kept = [needed.place[v] for v in wanted]
    best = most_probable_states(needed.model, row[needed.slots], kept, k, tables=model.tables)
    return tuple(
        Explained(
            {n: network.variables[n].states[s] for n, s in zip(names, e.states, strict=True)}
            | measured_names,
            math.exp(e.log_p - log_p),
        )
        for e in best
    )
