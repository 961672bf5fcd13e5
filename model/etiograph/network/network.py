"""The network: variables and mechanisms, checked once, never changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from etiograph.errors import InvalidNetwork, TooLarge, UnknownName
from etiograph.network.arguments import checked
from etiograph.network.checks import by_name
from etiograph.network.duration import Duration, duration
from etiograph.network.expand import Expansion
from etiograph.network.frozen import (
    FrozenMap,
    canonical,
    clean_name,
    frozen,
    rebuilt,
    same_name,
)
from etiograph.network.mechanism import Mechanism, Table
from etiograph.network.model import Model
from etiograph.network.parameter import Parameter
from etiograph.network.spread import Spread
from etiograph.network.variable import Variable
from etiograph.questions.network import NetworkQuestions

if TYPE_CHECKING:
    import networkx as nx


FloatArray = NDArray[np.float64]

MAX_TABLE = 2**20
"""Entries of the largest full table that ``Network.table`` builds."""


@dataclass(frozen=True, eq=False)
class Network(NetworkQuestions):
    """A causal network: variables, how each comes about, and what is said about the whole.

    Values never change; every edit returns a new network. Two networks are equal when their
    digests are.

    Parameters
    ----------
    variables : mapping of name to Variable, or iterable of Variable
        In declared order.
    mechanisms : mapping of name to Mechanism
        One for every variable.
    flags : mapping or iterable of Variable
        Findings that only raise a flag: accepted as findings, never seen by the engine.
    rules : tuple
        Rules on findings that come before any probability.
    about : mapping
        name, title, version, purpose, users, population, cases, exclusions, literature_search,
        validated_on, weaknesses, target, causes, baseline, blamed, groups, calibration, next_steps; horizon, the time that
        ``after`` looks ahead ("3 months"); between_sources, how far numbers differ between populations.

    Raises
    ------
    InvalidNetwork, UnknownName
        With the variable and what is wrong; a cycle is printed.
    """

    variables: Mapping[str, Variable]
    mechanisms: Mapping[str, Mechanism]
    flags: Mapping[str, Variable] = FrozenMap()
    rules: tuple[Any, ...] = ()
    about: Mapping[str, Any] = FrozenMap()

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "variables", by_name(self.variables, "variable"))
        put(self, "flags", by_name(self.flags, "flag"))
        for name in self.flags:
            if name in self.variables:
                raise InvalidNetwork(f"{name!r} is both a variable and a flag")
        put(self, "rules", frozen(tuple(self.rules)))
        put(self, "about", frozen(self.about))
        if not isinstance(self.mechanisms, Mapping):
            raise TypeError("mechanisms must be a mapping of the names of variables to mechanisms")
        given = {clean_name(n, "the name of a variable"): m for n, m in self.mechanisms.items()}
        for name in given:
            if name not in self.variables:
                raise UnknownName(name, "variable", self.variables)
        if missing := [n for n in self.variables if n not in given]:
            raise InvalidNetwork(f"variable {missing[0]!r} has no table or other mechanism")
        settled = {n: given[n].settled(v, self.variables) for n, v in self.variables.items()}
        put(self, "mechanisms", FrozenMap(settled))
        self._check_time()
        self.spread  # noqa: B018 - refuses what is no spread
        self.order  # noqa: B018 - refuses cycles
        self.parameters  # noqa: B018 - refuses two parameters of one name

    def _check_time(self) -> None:
        """Check what variables say of the next period against the network as a whole."""
        ahead = self.horizon
        for name, variable in self.variables.items():
            for state, time in variable.lasting:
                if time and ahead is None:
                    raise InvalidNetwork(
                        f"variable {name!r}: {state!r} lasts {time}, but the network states no "
                        "horizon to hold that against"
                    )
            if variable.persistence is not None and self.mechanisms[name].kind == "reading":
                raise InvalidNetwork(f"variable {name!r}: a reading has no persistence")

    @property
    def horizon(self) -> Duration | None:
        """How far ahead ``after`` looks; None where the network does not say."""
        stated = self.about.get("horizon")
        return None if stated is None else duration(stated, "horizon")

    @classmethod
    def from_tables(
        cls,
        states: Mapping[str, Sequence[str]],
        parents: Mapping[str, Sequence[str]],
        tables: Mapping[str, ArrayLike],
        **metadata: Any,
    ) -> Network:
        """Make a network from plain arrays.

        Parameters
        ----------
        states : mapping
            Name to its states.
        parents : mapping
            Name to its parents; a root may be left out.
        tables : mapping
            Name to its conditional table, axes ``(parents..., states)``.
        **metadata
            ``flags``, ``rules``, ``about``.
        """
        for given in (parents, tables):
            for name in given:
                if name not in states:
                    raise UnknownName(name, "variable", states)
        for name, own in parents.items():
            if isinstance(own, str):
                raise InvalidNetwork(
                    f"the parents of {name!r} are listed: write ({own!r},), not {own!r}"
                )
        for name in states:
            if name not in tables:
                raise InvalidNetwork(f"variable {name!r} has no table")
        variables = {name: Variable(name, tuple(s)) for name, s in states.items()}
        mechanisms = {
            name: Table(tuple(parents.get(name, ())), array=tables[name])  # type: ignore[arg-type]
            for name in states
        }
        return cls(variables, mechanisms, **metadata)

    # -- structure --------------------------------------------------------------------------------

    def variable(self, name: str) -> Variable:
        """Return a variable or flag by name.

        Raises
        ------
        UnknownName
            With the nearest name.
        """
        found = self.variables.get(name) or self.flags.get(name)
        if found is None:
            name = same_name(name, (*self.variables, *self.flags))
            found = self.variables.get(name) or self.flags.get(name)
        if found is None:
            raise UnknownName(name, "variable", (*self.variables, *self.flags))
        return found

    def _mechanism(self, name: str) -> Mechanism:
        if name not in self.mechanisms:
            raise UnknownName(name, "variable", self.variables)
        return self.mechanisms[name]

    def parents(self, name: str) -> tuple[str, ...]:
        """Return the parents of a variable, in the order of its table's axes."""
        return self._mechanism(name).parents

    def children(self, name: str) -> tuple[str, ...]:
        """Return the children of a variable, in declared order."""
        self._mechanism(name)
        return self._children[name]

    @cached_property
    def _children(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {name: [] for name in self.variables}
        for name, mechanism in self.mechanisms.items():
            for parent in mechanism.parents:
                found[parent].append(name)
        return {name: tuple(children) for name, children in found.items()}

    @cached_property
    def order(self) -> tuple[str, ...]:
        """All variables, parents before children, as near to the declared order as can be."""
        waiting = {n: len(m.parents) for n, m in self.mechanisms.items()}
        position = {name: i for i, name in enumerate(self.variables)}
        from heapq import heapify, heappop, heappush

        names = tuple(self.variables)
        ready = [position[n] for n, count in waiting.items() if count == 0]
        heapify(ready)
        result: list[str] = []
        while ready:
            name = names[heappop(ready)]
            result.append(name)
            for child in self._children[name]:
                waiting[child] -= 1
                if waiting[child] == 0:
                    heappush(ready, position[child])
        if len(result) < len(names):
            raise InvalidNetwork(f"the arrows form a cycle: {' -> '.join(self._cycle(result))}")
        return tuple(result)

    def _cycle(self, done: Iterable[str]) -> list[str]:
        """Return a cycle among the variables that could not be ordered."""
        finished = set(done)
        at = next(n for n in self.variables if n not in finished)
        path: list[str] = []
        while at not in path:
            path.append(at)
            at = next(p for p in self.mechanisms[at].parents if p not in finished)
        cycle = [*path[path.index(at) :], at]
        return cycle[::-1]

    def graph(self) -> nx.DiGraph[str]:
        """Return the arrows as a networkx DiGraph."""
        import networkx

        result: nx.DiGraph[str] = networkx.DiGraph()
        result.add_nodes_from(self.variables)
        result.add_edges_from((p, n) for n, m in self.mechanisms.items() for p in m.parents)
        return result

    # -- numbers ----------------------------------------------------------------------------------

    @cached_property
    def parameters(self) -> Mapping[str, Parameter]:
        """All parameters by name, in declared order: the columns of every table of parameters."""
        found: dict[str, Parameter] = {}
        for name, mechanism in self.mechanisms.items():
            share = self.variables[name].persistence
            own = (share,) if isinstance(share, Parameter) else ()
            for parameter in (*mechanism.parameters, *own):
                if found.setdefault(parameter.name, parameter) != parameter:
                    raise InvalidNetwork(
                        f"variable {name!r}: parameter {parameter.name!r} is stated twice "
                        "with different content"
                    )
        return FrozenMap(found)

    def parameter_values(self) -> FloatArray:
        """Return the stated values, (P,), in the order of ``parameters``."""
        return np.array([p.value for p in self.parameters.values()], dtype=np.float64)

    @cached_property
    def spread(self) -> Spread | None:
        """How far numbers differ between populations; None where the network does not say."""
        return Spread.of(self.about)

    @cached_property
    def priors(self) -> Mapping[str, Parameter]:
        """``parameters`` with the ranges they are drawn from: as stated, widened by ``spread``."""
        spread = self.spread
        return self.parameters if spread is None else FrozenMap(spread.ranges(self.parameters))

    @checked
    def with_parameters(self, changes: Mapping[str, float | Parameter]) -> Network:
        """Return a new network with other numbers.

        Parameters
        ----------
        changes : mapping
            Name to a value, or to a whole Parameter. A value inside the stated range leaves the
            range as it is; a value outside it drops the range.

        Raises
        ------
        UnknownName
            With the nearest parameter.
        InvalidNetwork
            A number out of its domain, or rows that no longer sum to 1.
        """
        changed: dict[str, Parameter] = {}
        for name, change in changes.items():
            if name not in self.parameters:
                raise UnknownName(name, "parameter", self.parameters)
            if isinstance(change, Parameter):
                if change.name != name:
                    raise InvalidNetwork(
                        f"parameter {name!r} cannot be exchanged for {change.name!r}"
                    )
                changed[name] = change
            else:
                changed[name] = self.parameters[name].at(change)
        mechanisms = {n: m.with_parameters(changed) for n, m in self.mechanisms.items()}
        variables = rebuilt(self.variables, Parameter, lambda p: changed.get(p.name, p))
        return Network(variables, mechanisms, self.flags, self.rules, self.about)

    def table(self, name: str) -> FloatArray:
        """Return the full conditional table of a variable.

        Parameters
        ----------
        name : str

        Returns
        -------
        ndarray (parents..., states)

        Raises
        ------
        TooLarge
            Over 2^20 entries; nothing is allocated.
        """
        from etiograph.network.full_table import full_table

        shape = (*(self.variables[p].card for p in self.parents(name)), self.variables[name].card)
        entries = prod(shape)
        if entries > MAX_TABLE:
            raise TooLarge(
                f"the full table of {name!r} has {entries:,} entries ({entries * 8:,} bytes); "
                f"at most {MAX_TABLE:,} are built",
                entries,
                entries * 8,
            )
        index = self.model.index
        return full_table(self.model, index[name], [index[p] for p in self.parents(name)])

    @cached_property
    def expansion(self) -> Expansion:
        """The model with the blocks it was made of."""
        return Expansion(self)

    @property
    def model(self) -> Model:
        """What the engine sees."""
        return self.expansion.model

    @cached_property
    def known_states(self) -> Mapping[str, Mapping[str, tuple[int, int, bytes, int, int]]]:
        """Per variable and state what a plain finding needs.

        First and past-last byte of the variable in a row of likelihoods, the bytes to put there,
        and the numbers of variable and state. Bytes, as a copy of bytes is a fraction of the cost
        of the smallest numpy call.
        """
        offsets = self.model.offsets
        return {
            v.name: {
                s: (8 * o, 8 * (o + v.card), np.eye(v.card)[i].tobytes(), n, i)
                for i, s in enumerate(v.states)
            }
            for n, (v, o) in enumerate(zip(self.variables.values(), offsets, strict=False))
        }

    @cached_property
    def blank_row(self) -> bytes:
        """The bytes of a row of likelihoods where nothing is known: ones (S,)."""
        return np.ones(self.model.n_states).tobytes()

    # -- identity ---------------------------------------------------------------------------------

    @property
    def has_ranges(self) -> bool:
        """Whether any parameter states how far it may be off; without one there are no intervals."""
        return any(p.low is not None for p in self.parameters.values())

    def digest(self) -> str:
        """Return the SHA-256 of everything the network says, in hexadecimal."""
        return self._digest

    @cached_property
    def _digest(self) -> str:
        digest = sha256(b"etiograph network 1;")
        for part in (self.variables, self.mechanisms, self.flags, self.rules, self.about):
            canonical(part, digest.update)
        return digest.hexdigest()

    def __eq__(self, other: object) -> bool:
        return self.digest() == other.digest() if isinstance(other, Network) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.digest())

    def __reduce__(self) -> tuple[Any, ...]:
        # What is cached is rebuilt on demand.
        return (Network, (self.variables, self.mechanisms, self.flags, self.rules, self.about))

    def __repr__(self) -> str:
        name = self.about.get("name", "")
        arrows = sum(len(m.parents) for m in self.mechanisms.values())
        title = f"{name!r}, " if name else ""
        return f"<Network {title}{len(self.variables)} variables, {arrows} arrows>"
