"""A network seen through a change: rows of findings in, beliefs about the changed world out.

The one place where see, do, had and after differ. Everything above - intervals, tornados, boards of
scenarios - asks a :class:`World` and need not know which of them it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from etiograph.engine.propagate import Beliefs, propagate
from etiograph.errors import ImpossibleFindings, InvalidChange, InvalidFinding, UnknownName
from etiograph.network.finding import encode
from etiograph.network.model import FloatArray, Model
from etiograph.network.reading import Reading
from etiograph.query.surgery import Extension, intervene
from etiograph.query.twin import Change, Twin, descendants, twin

if TYPE_CHECKING:
    from etiograph.network.network import Network

Kind = Literal["see", "do", "had", "after"]


@dataclass(frozen=True, slots=True)
class World:
    """A network under a change, ready to be asked.

    Attributes
    ----------
    model : Model
        The network as it is.
    kind : {"see", "do", "had", "after"}
        What the change means.
    changes : mapping of variable to state or distribution
        By number, as in the model.
    surgery : Extension or None
        The changed model, for ``do``.
    fresh : frozenset of int
        Variables that draw their noise again in the changed world.
    orders : mapping of int to tuple of int
        States from low to high where that is not the order of the states.
    """

    model: Model
    kind: Kind
    changes: Mapping[int, Change]
    surgery: Extension | None = None
    fresh: frozenset[int] = frozenset()
    orders: Mapping[int, tuple[int, ...]] = field(default_factory=dict)

    @property
    def is_twin(self) -> bool:
        """Whether two worlds are asked about at once."""
        return self.kind == "after" or (self.kind == "had" and bool(self.changes))

    @property
    def reached(self) -> frozenset[int]:
        """The variables that the change, or noise drawn afresh, can reach."""
        if not self.is_twin:
            return frozenset()
        return frozenset(descendants(self.model, (*self.changes, *self.fresh)))

    def twin_for(self, likelihoods: FloatArray) -> Twin:
        """The twin that serves these rows: only what has a finding below it needs coupling."""
        seen = informative(self.model, likelihoods)
        return twin(self.model, self.changes, fresh=self.fresh, orders=self.orders, seen=seen)

    def solve(self, likelihoods: FloatArray, tables: FloatArray | None = None) -> Beliefs:
        """Beliefs about the changed world.

        Parameters
        ----------
        likelihoods : ndarray (B, S) or (S,)
            Findings: seen in the changed world for ``do``, in the actual world for ``had`` and
            ``after``.
        tables : ndarray (T,) or (B, T), optional
            Values of the network's own tables.

        Returns
        -------
        Beliefs
            ``log_evidence (B,)`` of the findings and ``marginals (B, S)`` of the network's own
            states in the changed world.
        """
        return self.both(likelihoods, tables)[1]

    def both(
        self, likelihoods: FloatArray, tables: FloatArray | None = None
    ) -> tuple[Beliefs, Beliefs]:
        """Beliefs about the actual and about the changed world; for ``do`` both are the changed."""
        rows = np.atleast_2d(likelihoods)
        s = self.model.n_states
        if self.is_twin:
            both = self.twin_for(rows)
            model = both.extension.model
            t = self._tables(both.extension, tables)
            together = propagate(model, both.likelihoods(rows), t)
            actual = Beliefs(together.log_evidence, together.marginals[:, :s])
            changed = Beliefs(together.log_evidence, both.changed(together.marginals))
            return actual, changed
        if self.surgery is not None:
            found = propagate(self.surgery.model, rows, self._tables(self.surgery, tables))
        else:
            found = propagate(self.model, rows, tables)
        return found, found

    def evidence(self, likelihoods: FloatArray, tables: FloatArray | None = None) -> FloatArray:
        """log P(findings), (B,), in the world they were seen in."""
        rows = np.atleast_2d(likelihoods)
        if self.surgery is None:
            return propagate(self.model, rows, tables, marginals=False).log_evidence
        t = self._tables(self.surgery, tables)
        return propagate(self.surgery.model, rows, t, marginals=False).log_evidence

    def _tables(self, extension: Extension, tables: FloatArray | None) -> FloatArray:
        if tables is None:
            return extension.stated(self.model)
        if tables.ndim == 1:
            return np.asarray(extension.tables(tables[None])[0])
        return extension.tables(tables)


def world(network: Network, kind: Kind = "see", changes: Mapping[str, Any] | None = None) -> World:
    """The network under a change.

    Parameters
    ----------
    network : Network
        What is asked.
    kind : {"see", "do", "had", "after"}
        What the change means.
    changes : mapping of str to state or to {state: probability}
        What is set from outside.

    Raises
    ------
    UnknownName, InvalidChange, TooLarge
    """
    if kind not in ("see", "do", "had", "after"):
        raise UnknownName(kind, "kind of change", ("see", "do", "had", "after"))
    model = network.model
    parsed = parse_changes(network, changes or {})
    if kind == "see" and parsed:
        raise InvalidChange("to see is to change nothing: use do, had or after")
    if kind == "see" or (kind != "after" and not parsed):
        return World(model, kind, parsed)
    if kind == "do":
        return World(model, kind, parsed, surgery=intervene(model, distributions(model, parsed)))
    fresh = frozenset(recurring(network) if kind == "after" else ())
    return World(model, kind, parsed, fresh=fresh, orders=orders(network))


def informative(model: Model, likelihoods: FloatArray) -> list[int]:
    """Variables of which some row (B, S) favours one state over another."""
    differs = likelihoods != np.repeat(likelihoods[:, list(model.offsets)], model.cards, axis=1)
    found = np.logical_or.reduceat(differs.any(axis=0), model.offsets)
    return [int(i) for i in np.flatnonzero(found)]


def parse_changes(network: Network, changes: Mapping[str, Any]) -> dict[int, Change]:
    """Changes by number: a state, or a distribution over all states.

    Raises
    ------
    UnknownName
        Variable or state not known.
    InvalidChange
        Not a state, or probabilities that do not sum to 1.
    """
    parsed: dict[int, Change] = {}
    for name, value in changes.items():
        if name in network.flags:
            raise InvalidChange(
                f"'{name}' is a finding for the red-flag rules alone: it cannot be changed"
            )
        if name not in network.variables:
            raise UnknownName(name, "variable", tuple(network.variables))
        variable = network.variables[name]
        i = network.model.index[name]
        if isinstance(value, str):
            parsed[i] = variable.index(value)
        elif isinstance(value, Mapping):
            parsed[i] = _distribution(name, variable, value)
        else:
            raise InvalidChange(
                f"'{name}' must be set to one of its states ({', '.join(variable.states)}) or to "
                f"{{state: probability}}, not to {value!r}"
            )
    return parsed


def _distribution(name: str, variable: Any, value: Mapping[str, Any]) -> Change:
    p = [0.0] * variable.card
    for state, weight in value.items():
        number = float(weight)
        if not 0.0 <= number <= 1.0:
            raise InvalidChange(f"probability {weight!r} of '{name}' = '{state}' is not in 0 to 1")
        p[variable.index(state)] = number
    total = sum(p)
    if abs(total - 1.0) > 1e-9:
        raise InvalidChange(f"the probabilities given for '{name}' sum to {total:.12g}, not to 1")
    p = [x / total for x in p]
    return p.index(1.0) if 1.0 in p else tuple(p)


def distributions(model: Model, changes: Mapping[int, Change]) -> dict[int, FloatArray]:
    """Every change as a distribution (k,)."""
    return {
        i: np.asarray(c, dtype=np.float64) if isinstance(c, tuple) else np.eye(model.cards[i])[c]
        for i, c in changes.items()
    }


def refuse_contradictions(
    network: Network, findings: Mapping[str, Any], changes: Mapping[str, Any]
) -> None:
    """Refuse findings that say a changed variable is not what it was changed to.

    Raises
    ------
    InvalidChange
        The message names ``had``, which asks what was probably meant.
    """
    model = network.model
    for i, change in parse_changes(network, changes).items():
        name = model.names[i]
        if findings.get(name) is None:
            continue
        row = encode(network, {name: findings[name]})[0]
        own = slice(model.offsets[i], model.offsets[i] + model.cards[i])
        p = distributions(model, {i: change})[i]
        outside = np.delete(row, np.r_[own])
        if (outside != 1.0).any() or not (row[own] * p).any():
            raise InvalidChange(
                f"'{name}' is changed to {changes[name]!r} but found to be {findings[name]!r}: do() "
                f"reads findings in the changed world. To ask what would have been had '{name}' "
                f"been otherwise, use had()"
            )


def refuse_downstream(network: Network, causes: set[str], given: Mapping[str, Any]) -> None:
    """Refuse to average over people chosen by what the causes change."""
    model = network.model
    below = {model.names[i] for i in descendants(model, [model.index[c] for c in causes])}
    wrong = sorted(below.intersection(given))
    if wrong:
        raise InvalidFinding(
            f"the effect of {', '.join(sorted(causes))} cannot be taken among people chosen "
            f"by what it changes ({', '.join(wrong)}); ask one case with had() or do() instead"
        )


def orders(network: Network) -> dict[int, tuple[int, ...]]:
    """States from low to high, where that is not the order in which they are declared."""
    found = {}
    for name, variable in network.variables.items():
        mechanism = network.mechanisms[name]
        low_to_high = variable.ordered
        if isinstance(mechanism, Reading):
            low_to_high = mechanism.bins_of(variable)
        if low_to_high != variable.states:
            found[network.model.index[name]] = tuple(variable.index(s) for s in low_to_high)
    return found


def recurring(network: Network) -> tuple[int, ...]:
    """Variables marked recurring, and the hidden ones that belong to them."""
    names = {name for name, variable in network.variables.items() if variable.recurring}
    return tuple(
        i for i, name in enumerate(network.model.names) if name in names or _owner(name) in names
    )


def _owner(hidden: str) -> str:
    return hidden.partition("~")[0]


def raise_impossible(asked: World, network: Network, findings: Mapping[str, Any]) -> None:
    """Raise, naming a smallest set of findings that contradict each other in that world."""
    rows = {name: encode(network, {name: findings[name]})[0] for name in findings}
    kept = list(rows)
    # Leave out one after another for as long as the rest stays impossible.
    for name in rows:
        rest = [other for other in kept if other != name]
        if rest and not np.isfinite(asked.evidence(np.prod([rows[n] for n in rest], axis=0))[0]):
            kept = rest
    conflict = tuple(kept)
    where = "in the changed world " if asked.kind == "do" and asked.changes else ""
    raise ImpossibleFindings(
        f"these findings cannot occur together {where}: {', '.join(conflict)}".replace(" :", ":"),
        conflict,
    )
