"""A network seen through a change: rows of findings in, beliefs about the changed world out.

The one place where see, do, had and after differ. Everything above - intervals, tornados, boards of
scenarios - asks a :class:`World` and need not know which of them it is.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from etiograph.engine.ancestral import descendants, informative
from etiograph.engine.propagate import Beliefs, evidence, propagate
from etiograph.errors import ImpossibleFindings, InvalidChange, UnknownName
from etiograph.network.duration import duration
from etiograph.network.event import Event
from etiograph.network.likelihoods import encode
from etiograph.network.model import FloatArray, Model, Tables
from etiograph.network.reading import Reading
from etiograph.query.doubling import Change
from etiograph.query.forbidden import refuse_undefined
from etiograph.query.parts import twins
from etiograph.query.stated_changes import distributions, parse_changes
from etiograph.query.surgery import Extension, intervene
from etiograph.query.twin import Twin, twin
from etiograph.store import STORE

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
        The model rewritten: for ``do``, or with more variables that tell more.
    fresh : frozenset of int
        Variables that draw their noise again in the changed world.
    orders : mapping of int to tuple of int
        States from low to high where that is not the order of the states.
    coins : mapping of int to int
        For ``after``: the hidden variable that says whether a recurring variable's noise lasts.
    lasting : mapping of int to k x k
        For ``after``: ``[a][b]`` is the state of one that is ``a`` and would be ``b`` if nothing lasted.
    hold : frozenset of int
        Variables that keep their actual state whatever the change does to them.
    """

    model: Model
    kind: Kind
    changes: Mapping[int, Change]
    surgery: Extension | None = None
    fresh: frozenset[int] = frozenset()
    orders: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    coins: Mapping[int, int] = field(default_factory=dict)
    lasting: Mapping[int, tuple[tuple[int, ...], ...]] = field(default_factory=dict)
    hold: frozenset[int] = frozenset()

    @property
    def is_twin(self) -> bool:
        """Whether two worlds are asked about at once."""
        return self.kind == "after" or (self.kind == "had" and bool(self.changes))

    @property
    def rewritten(self) -> Model:
        """The model that rows are put to, where one world is asked about."""
        return self.surgery.model if self.surgery else self.model

    @property
    def reached(self) -> frozenset[int]:
        """The variables that the change, or noise drawn afresh, can reach."""
        if not self.is_twin:
            return frozenset()
        return frozenset(descendants(self.model, (*self.changes, *self.fresh)))

    def solve(
        self,
        likelihoods: FloatArray,
        tables: Tables | None = None,
        targets: Collection[int] | None = None,
        marginals: bool = True,
    ) -> Beliefs:
        """Beliefs about the changed world.

        Parameters
        ----------
        likelihoods : ndarray (B, S) or (S,)
            Findings: seen in the changed world for ``do``, in the actual world for ``had`` and
            ``after``.
        tables : ndarray (T,) or (B, T), optional
            Values of the network's own tables.
        targets : collection of variables, optional
            Only these are needed, which is cheaper by far where much lies below them.
        marginals : bool
            False: where one world is asked about, log P(findings) alone.

        Returns
        -------
        Beliefs
            ``log_evidence (B,)`` of the findings and ``marginals (B, S)`` of the network's own
            states in the changed world, and of those a rewritten one has more; NaN for some of those
            that are not needed.
        """
        rows = np.atleast_2d(likelihoods)
        if not self.is_twin:
            settled, numbers = self._settled(rows), self._numbers(tables)
            return propagate(self.rewritten, settled, numbers, wanted=targets, marginals=marginals)
        if targets is None:
            actual = propagate(self.model, rows, tables)
            changed = self.changed(rows, actual.marginals, tables)
            return Beliefs(actual.log_evidence, changed)
        both = self._twin(rows, targets)
        found = self._asked(both, rows, tables)
        return Beliefs(found.log_evidence, both.changed(found))

    def _asked(self, both: Twin, rows: FloatArray, tables: Tables | None) -> Beliefs:
        """What a twin says of the changed world."""
        numbers = self._numbers(tables, both.extension)
        return propagate(both.model, both.likelihoods(rows), numbers, wanted=both.wanted)

    def changed(
        self, likelihoods: FloatArray, marginals: FloatArray, tables: Tables | None = None
    ) -> FloatArray:
        """Marginals of the changed world of a twin (B, S), given those of the actual one."""
        rows, model = np.atleast_2d(likelihoods), self.model
        out = marginals.copy()
        if not self.is_twin:
            return out
        possible = marginals.any(axis=1, keepdims=True)
        for i, p in distributions(model, self.changes).items():
            out[:, model.offsets[i] : model.offsets[i] + len(p)] = possible * p
        for both in twins(
            model, self.changes, fresh=self.fresh, orders=self.orders, coins=self.coins,
            lasting=self.lasting, seen=informative(model, rows), known=known(model, rows),
        ):  # fmt: skip
            found = self._asked(both, rows, tables).marginals
            moved = np.repeat(np.arange(len(model.cards)) != both.counterpart, model.cards)
            there = np.flatnonzero(moved & (both.slots >= 0))
            out[:, there] = found[:, both.slots[there]]
        return out

    def p(
        self,
        likelihoods: FloatArray,
        event: Event,
        holds: bool = True,
        tables: Tables | None = None,
    ) -> FloatArray:
        """P(event, or its opposite, in the changed world | findings), (B,).

        P(both) / P(findings), each one sweep upward, so that no digit is lost where it is small;
        NaN where the findings are impossible.
        """
        log_p = self.log_p(likelihoods, event, holds, tables)
        log_f = self.evidence(likelihoods, tables)
        out = np.full(len(log_f), np.nan)
        possible = np.isfinite(log_f)
        out[possible] = np.exp(np.minimum(log_p[possible] - log_f[possible], 0.0))
        return out

    def log_p(
        self,
        likelihoods: FloatArray,
        event: Event,
        holds: bool = True,
        tables: Tables | None = None,
        *,
        once: bool = False,
    ) -> FloatArray:
        """log P(findings, and the event, or its opposite, in the changed world), (B,).

        ``once``: no like question follows, so that what serves a twin is not kept.
        """
        rows, y = np.atleast_2d(likelihoods), self.model.index[event.variable]
        if not self.is_twin:
            return self.evidence(event.added(self.model, rows, holds), tables)
        both = self._twin(rows, [y])
        inside = both.with_changed(rows, self.model.offsets[y], event.keep(self.model, holds))
        return evidence(both.model, inside, self._numbers(tables, both.extension), once=once)

    def pair(
        self, likelihoods: FloatArray, variable: int, tables: Tables | None = None
    ) -> FloatArray:
        """P(actual state, changed state | findings) of a variable of a twin, (B, k, k).

        The findings with each state added, one after another; zeros where they are impossible.
        """
        k, own = self.model.cards[variable], self.model.slots_of(variable)
        rows = np.atleast_2d(likelihoods)
        log_p, then = [], []
        for state in np.eye(k):
            with_state = rows.copy()
            with_state[:, own] *= state
            found = self.solve(with_state, tables, [variable])
            log_p.append(found.log_evidence)
            then.append(found.marginals[:, own])
        logs = np.stack(log_p, axis=1)
        top = logs.max(axis=1, keepdims=True)
        weight = np.exp(logs - np.where(np.isfinite(top), top, 0.0))
        weight /= np.maximum(weight.sum(axis=1, keepdims=True), 1.0)
        return np.asarray(weight[:, :, None] * np.stack(then, axis=1))

    def evidence(self, likelihoods: FloatArray, tables: Tables | None = None) -> FloatArray:
        """log P(findings), (B,), in the world they were seen in."""
        rows = self._settled(np.atleast_2d(likelihoods))
        return evidence(self.rewritten, rows, self._numbers(tables))

    def _settled(self, rows: FloatArray) -> FloatArray:
        """Rows of the rewritten model: what ``do`` sets to one state is known in it, and so sliced out."""
        if self.surgery is None:
            return rows
        out = np.ones((len(rows), self.rewritten.n_states))
        out[:, : rows.shape[1]] = rows
        for i, change in self.changes.items():
            if isinstance(change, int):
                own = self.model.slots_of(i)
                out[:, own] *= np.eye(self.model.cards[i])[change]
        return out

    def _twin(self, rows: FloatArray, targets: Collection[int]) -> Twin:
        return twin(
            self.model, self.changes, fresh=self.fresh, hold=self.hold, orders=self.orders,
            coins=self.coins, lasting=self.lasting, targets=targets, seen=informative(self.model, rows),
        )  # fmt: skip

    def _numbers(self, tables: Tables | None, extension: Extension | None = None) -> Tables | None:
        """The numbers of an extension, by default that of a surgery, at those of the network."""
        extension = extension or self.surgery
        if extension is None:
            return tables
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
    refuse_undefined(network, parsed)
    if kind == "do":
        return World(model, kind, parsed, surgery=intervene(model, distributions(model, parsed)))
    if kind == "had":
        return World(model, kind, parsed, orders=orders(network))
    fresh, order, coin, lasts = STORE.get(
        ("afterwards", network.digest()),
        lambda: (frozenset(recurring(network)), orders(network), coins(network), lasting(network)),
    )
    return World(model, kind, parsed, fresh=fresh, orders=order, coins=coin, lasting=lasts)


def known(model: Model, likelihoods: FloatArray) -> list[int]:
    """Variables of which every row (B, S) leaves one state possible."""
    counts = np.add.reduceat(likelihoods > 0, model.offsets, axis=1)
    return [int(i) for i in np.flatnonzero((counts == 1).all(axis=0))]


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
    coins = set(network.expansion.coins.values())
    return tuple(
        i for i in range(len(network.model.names)) if _owner(network, i) in names and i not in coins
    )


def coins(network: Network) -> dict[int, int]:
    """For each variable whose noise may last, and the hidden ones that belong to it, its coin."""
    names, found = network.model.names, network.expansion.coins
    by_name = {names[i]: coin for i, coin in found.items()}
    return {
        i: by_name[_owner(network, i)]
        for i in range(len(names))
        if _owner(network, i) in by_name and i not in found.values()
    }


def lasting(network: Network) -> dict[int, tuple[tuple[int, ...], ...]]:
    """For each variable with states that last beyond the horizon, what becomes of each pair.

    ``[a][b]``: where ``a`` lasts and ``b`` is not further from the reference state on the same
    side of the order, ``a``; else ``b``.
    """
    found = {}
    ahead = network.horizon
    for name, variable in network.variables.items():
        kept = {
            variable.index(state)
            for state, time in variable.lasting
            if not time or (ahead is not None and duration(time, name).days > ahead.days)
        }
        if not kept:
            continue
        place = [variable.ordered.index(s) for s in variable.states]
        depth = [p - place[variable.index(variable.usual)] for p in place]

        def settled(a: int, b: int, kept: set[int] = kept, depth: list[int] = depth) -> int:
            worse = depth[a] * depth[b] > 0 and abs(depth[b]) >= abs(depth[a])
            return a if a in kept and not worse else b

        states = range(variable.card)
        found[network.model.index[name]] = tuple(
            tuple(settled(a, b) for b in states) for a in states
        )
    return found


def _owner(network: Network, i: int) -> str:
    """The variable that a variable of the model is, or belongs to; its name may hold the mark itself."""
    name = network.model.names[i]
    if i < network.model.n_network:
        return name
    return max((v for v in network.variables if name.startswith(f"{v}~")), key=len, default="")


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
