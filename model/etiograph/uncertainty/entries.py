"""Single entries of conditional tables, moved with the rest of their row in proportion.

For networks whose tables state no parameters (interchange files): every entry of a table is a number
one may doubt. When it moves, the other entries of its row keep their proportions, so that the row
still sums to 1 (proportional co-variation, Coupe & van der Gaag 2002).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from etiograph.errors import InvalidFinding, InvalidNetwork, UnknownName
from etiograph.network.event import cuts
from etiograph.network.model import Conditional
from etiograph.uncertainty.rows import FloatArray

if TYPE_CHECKING:
    from etiograph.network.network import Network


@dataclass(frozen=True, slots=True)
class TableEntry:
    """P(variable = state | parents in these states).

    Attributes
    ----------
    variable, state : str
    given : mapping of str to str
        The state of every parent.
    row : ndarray of int (states,)
        Where the row stands among the T entries.
    at : int
        Which of the row it is.
    value : float
        As stated.
    """

    variable: str
    state: str
    given: Mapping[str, str]
    row: NDArray[np.int64]
    at: int
    value: float

    @property
    def name(self) -> str:
        """``variable=state | parent=state, ...``."""
        told = ", ".join(f"{parent}={state}" for parent, state in self.given.items())
        return f"{self.variable}={self.state}" + (f" | {told}" if told else "")

    @property
    def others(self) -> NDArray[np.int64]:
        """The rest of the row."""
        return np.delete(self.row, self.at)

    def direction(self, tables: FloatArray) -> FloatArray:
        """How the row (states,) moves when the entry grows by 1."""
        # Of what the others sum to: 1 - value has few digits where the value is all but 1.
        change: FloatArray = -tables[self.row] / tables[self.others].sum()
        change[self.at] = 1.0
        return change

    def moved(self, tables: FloatArray, values: FloatArray) -> FloatArray:
        """Tables (B, T) with the entry at each of the values (B,) and the row in proportion."""
        out = tables.copy()
        rest = out[:, self.others].sum(axis=1)
        out[:, self.others] *= ((1.0 - values) / rest)[:, None]
        out[:, self.row[self.at]] = values
        return out


def is_entry(network: Network, name: str) -> bool:
    """Whether a name is that of a table entry rather than of a parameter."""
    return name not in network.parameters and "=" in name


def entry(network: Network, name: str) -> TableEntry:
    """The entry ``variable=state | parent=state, ...``.

    Raises
    ------
    UnknownName
        A variable, a state, or a parent that is none.
    InvalidFinding
        The name is not written like this, or leaves out a parent.
    InvalidNetwork
        The entry cannot move: it is part of the structure, or the variable has no table.
    """
    variable, state, given = _written(network, name)
    at = network.variables[variable].index(state)
    family = network.model.families[network.model.index[variable]]
    if not isinstance(family, Conditional) or _hidden_parent(network, family):
        raise InvalidNetwork(
            f"{variable!r} is not stated as a table: ask about one of its parameters instead"
        )
    parents = [network.model.names[i] for i in family.parents]
    for parent in given:
        if parent not in parents:
            raise UnknownName(parent, f"parent of {variable}", tuple(parents))
    missing = [parent for parent in parents if parent not in given]
    if missing:
        raise InvalidFinding(f"{name!r} does not say the state of {', '.join(missing)}")
    number = 0
    for parent in parents:
        card = network.variables[parent].card
        number = number * card + network.variables[parent].index(given[parent])
    return _at(network, variable, family, number, at)


def _hidden_parent(network: Network, family: Conditional) -> bool:
    return any(i >= network.model.n_network for i in family.parents)


def _written(network: Network, name: str) -> tuple[str, str, dict[str, str]]:
    """Variable, state and the parents' states; names and states may hold any of the marks between.

    Raises
    ------
    UnknownName, InvalidFinding
        It cannot be read so: told of what the first marks part.
    """
    for head, tail in (*cuts(name, "|"), (name, "")):
        for variable, state in cuts(head, "="):
            if variable in network.variables and state in network.variables[variable].states:
                given = _conditions(network, tail, frozenset(network.parents(variable)))
                if given is not None:
                    return variable, state, given
    head, _, tail = name.partition("|")
    variable, state = _pair(head, name)
    if variable not in network.variables:
        raise UnknownName(variable, "variable", tuple(network.variables))
    network.variables[variable].index(state)
    return variable, state, dict(_pair(part, name) for part in tail.split(",") if part.strip())


def _conditions(network: Network, text: str, parents: frozenset[str]) -> dict[str, str] | None:
    """The states of all parents in ``parent=state, ...``; None if the text is no such list of them."""
    if not text or not parents:
        return None if text or parents else {}
    for first, tail in (*cuts(text, ","), (text, "")):
        for parent, state in cuts(first, "="):
            if parent in parents and state in network.variables[parent].states:
                rest = _conditions(network, tail, parents - {parent})
                if rest is not None:
                    return {parent: state, **rest}
    return None


def _pair(text: str, whole: str) -> tuple[str, str]:
    name, equals, state = (part.strip() for part in text.partition("="))
    if not (name and equals and state):
        raise InvalidFinding(f"{whole!r}: write a table entry as 'name=state | parent=state, ...'")
    return name, state


def _at(network: Network, variable: str, family: Conditional, number: int, at: int) -> TableEntry:
    """The entry of one row of a family; refused where it cannot move."""
    model = network.model
    card = network.variables[variable].card
    start = family.start + number * card
    row = np.arange(start, start + card)
    shape = [model.cards[i] for i in family.parents]
    states = np.unravel_index(number, shape) if shape else ()
    given = {
        model.names[i]: network.variables[model.names[i]].states[int(s)]
        for i, s in zip(family.parents, states, strict=True)
    }
    value = float(model.tables[row[at]])
    state = network.variables[variable].states[at]
    found = TableEntry(variable, state, given, row, at, value)
    if not 0.0 < value < 1.0:
        raise InvalidNetwork(
            f"{found.name!r} stands at exactly {value:g} and is part of the structure: "
            "for another value make another network"
        )
    return found


def all_entries(network: Network) -> list[TableEntry]:
    """Every entry that can move, in the order of the tables.

    Variables stated as noisy-OR or noisy-MAX, and hidden ones, have no table of this kind.
    """
    model = network.model
    found = []
    for variable in network.variables.values():
        family = model.families[model.index[variable.name]]
        if not isinstance(family, Conditional) or _hidden_parent(network, family):
            continue
        rows = int(np.prod([model.cards[i] for i in family.parents]))
        for number in range(rows):
            for at in range(variable.card):
                if 0.0 < model.tables[family.start + number * variable.card + at] < 1.0:
                    found.append(_at(network, variable.name, family, number, at))
    return found
