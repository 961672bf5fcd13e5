"""Noisy-OR, noisy-MAX and two opposing noisy-ORs: causes that act independently of each other.

Noisy-OR (Pearl 1988; leak: Henrion 1989): each cause that is present produces the effect by itself
with its link's strength, ``P(Y = 0 | x) = (1 - leak) prod_i (1 - p_i(x_i))``. Preventers
act on all causes at once:
``P(Y = 1 | x) = (1 - prod_i (1 - p_i)) prod_j (1 - q_j)``. Noisy-MAX (Diez 1993) is the same for
graded effects: the largest of independent contributions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from etiograph.errors import InvalidNetwork
from etiograph.network.blocks import Builder, constant_block
from etiograph.network.checks import (
    SUM_EXACT,
    Variables,
    When,
    condition,
    known_parents,
    matched,
    name_tuple,
    number,
    numbers,
    require_probability,
)
from etiograph.network.frozen import FrozenMap, clean_name
from etiograph.network.mechanism import Mechanism, Row
from etiograph.network.model import Accumulation, Conditional, Link, maximum_join
from etiograph.network.noisy_blocks import max_block, or_block, require_strength, rows_of
from etiograph.network.parameter import Number, value_of
from etiograph.network.value import short_text
from etiograph.network.variable import Variable

Modifiers = Mapping[str, Mapping[str, Number]]


@short_text
@dataclass(frozen=True, slots=True)
class Rate:
    """One strength of a link and where it holds; ``when`` and ``p`` as in a table's row."""

    when: When
    p: Number

    def __post_init__(self) -> None:
        object.__setattr__(self, "when", condition(self.when))
        object.__setattr__(self, "p", number(self.p, "a strength"))


@short_text
@dataclass(frozen=True, slots=True)
class NoisyLink:
    """One cause, or several acting together, of a noisy-OR; also its leak and its preventers.

    Attributes
    ----------
    parents : tuple of str
        Usually one.
    rows : tuple of Rate
        The first that holds gives the strength; where none holds it is 0. A strength is a
        probability, or an odds or risk ratio against the parameter's baseline ``b``: with ``p1``
        the probability that ratio gives, the strength is ``max(0, 1 - (1 - p1) / (1 - b))``. In a
        preventer and in ``less_with`` it is the share prevented, ``max(0, 1 - p1 / b)``.
    less_with : mapping
        Modifier to its state to the share ``q`` by which it weakens the link: ``p (1 - q)``.
    """

    parents: tuple[str, ...]
    rows: tuple[Rate, ...] = ()
    less_with: Modifiers = FrozenMap()  # noqa: RUF009 - immutable

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "parents", name_tuple(self.parents, "the parents of a link"))
        given: tuple[Any, ...] = tuple(self.rows)
        put(self, "rows", tuple(r if isinstance(r, Rate) else Rate(*r) for r in given))
        put(
            self,
            "less_with",
            FrozenMap(
                {
                    clean_name(m, "a modifier"): numbers(states, f"less_with {m!r}")
                    for m, states in self.less_with.items()
                }
            ),
        )

    @classmethod
    def of(
        cls, parent: str, strength: Mapping[str, Number], less_with: Modifiers | None = None
    ) -> NoisyLink:
        """Return the link of one parent, with a strength per state; 0 where none is given."""
        rows = tuple(Rate({parent: (s,)}, p) for s, p in strength.items())
        return cls((parent,), rows, less_with or {})

    @property
    def all_parents(self) -> tuple[str, ...]:
        """The parents and the modifiers."""
        return tuple(dict.fromkeys((*self.parents, *self.less_with)))


@short_text
@dataclass(frozen=True, slots=True)
class NoisyOr(Mechanism):
    """A binary effect of independent causes.

    The model holds it as an accumulation with the leak first (unless it is the constant 0), then the
    links in declared order. With preventers the accumulation of the causes is the hidden variable
    ``Y~causes``, that of the preventers ``Y~prevented``, and Y is one without the other.

    Attributes
    ----------
    parents : tuple of str
        () = all parents of the leak, links and preventers in order of first use.
    leak : Number or NoisyLink
        The probability of the effect without any of the causes; may depend on parents.
    links, preventers : tuple of NoisyLink

    Examples
    --------
    >>> import etiograph as eg
    >>> pain = eg.NoisyOr(leak=0.1, links=[eg.NoisyLink.of("work", {"yes": 0.5})])
    >>> work, ache = (eg.Variable(name, ("no", "yes")) for name in ("work", "ache"))
    >>> net = eg.Network([work, ache], {"work": eg.Table(array=[0.5, 0.5]), "ache": pain})
    >>> net.table("ache")[:, 1].round(4).tolist()  # 1 - 0.9 x 0.5
    [0.1, 0.55]
    """

    kind: ClassVar[str] = "noisy_or"
    parents: tuple[str, ...] = ()
    leak: Number | NoisyLink = 0.0
    links: tuple[NoisyLink, ...] = ()
    preventers: tuple[NoisyLink, ...] = ()

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "links", tuple(self.links))
        put(self, "preventers", tuple(self.preventers))
        for link in (*self.links, *self.preventers):
            if not isinstance(link, NoisyLink):
                raise TypeError(f"a link of a noisy-OR must be a NoisyLink, not {link!r}")
        if not isinstance(self.leak, NoisyLink):
            put(self, "leak", number(self.leak, "the leak"))
        used = _used((*self._leak_links(), *self.links, *self.preventers))
        put(self, "parents", _all_parents(self.parents, used))

    def _leak_links(self) -> tuple[NoisyLink, ...]:
        if isinstance(self.leak, NoisyLink):
            return (self.leak,)
        if isinstance(self.leak, float) and self.leak == 0.0:
            return ()
        return (NoisyLink((), (Rate({}, self.leak),)),)

    def settled(self, child: Variable, variables: Variables) -> Self:
        if child.card != 2:
            raise InvalidNetwork(
                f"variable {child.name!r}: a noisy-OR needs two states, found {child.card}; "
                "for graded effects there is noisy_max"
            )
        self.check(child, variables)
        return self

    def check(self, child: Variable, variables: Variables) -> None:
        """Check the parents, states and numbers, whatever the number of the child's states."""
        known_parents(self.parents, child, variables)
        where = f"variable {child.name!r}"
        for link in self._leak_links():
            if link.less_with:
                raise InvalidNetwork(f"{where}: a leak has no less_with")
            for rate in link.rows:
                require_probability(rate.p, f"{where}, leak")
        for links, prevents in ((self.links, False), (self.preventers, True)):
            for link in links:
                name = f"{where}, link of {' and '.join(link.parents)}"
                if not link.parents:
                    raise InvalidNetwork(f"{where}: a link without parents; is it the leak?")
                for rate in link.rows:
                    require_strength(rate.p, name, prevents)
                for modifier, states in link.less_with.items():
                    for state, q in states.items():
                        variables[modifier].index(state)
                        require_strength(q, f"{name}, less_with {modifier!r}", True)
                rows_of(link, variables, child.name)

    def expand(self, builder: Builder, child: int) -> None:
        name = builder.names[child]
        causes = (*self._leak_links(), *self.links)
        if not self.preventers:
            _accumulate(builder, child, name, causes, prevents=False)
            return
        caused = builder.hidden(f"{name}~causes", 2)
        prevented = builder.hidden(f"{name}~prevented", 2)
        _accumulate(builder, caused, name, causes, prevents=False)
        _accumulate(builder, prevented, name, self.preventers, prevents=True)
        and_not = np.array([[[1, 0], [1, 0]], [[0, 1], [1, 0]]], dtype=np.float64)
        start = builder.add(constant_block(and_not))
        builder.families[child] = Conditional(child, (caused, prevented), start)


@short_text
@dataclass(frozen=True, slots=True)
class Opposing(Mechanism):
    """Two noisy-ORs that pull a three-state variable in opposite directions.

    Where only ``lowering`` fires the state is ``low``, where only ``raising`` does it is ``high``,
    where both or neither do it is the third. The model holds them as the hidden variables
    ``Y~lowering`` and ``Y~raising``.

    Attributes
    ----------
    lowering, raising : NoisyOr
    low, high : str
        States of the child.
    parents : tuple of str
        () = those of both in order of first use.

    Examples
    --------
    >>> import etiograph as eg
    >>> level = eg.Opposing(
    ...     eg.NoisyOr(links=[eg.NoisyLink.of("drug", {"yes": 0.4})]), eg.NoisyOr(leak=0.1)
    ... )
    >>> drug, salt = eg.Variable("drug", ("no", "yes")), eg.Variable("salt", ("low", "normal", "high"))
    >>> net = eg.Network([drug, salt], {"drug": eg.Table(array=[0.5, 0.5]), "salt": level})
    >>> net.table("salt")[1].round(4).tolist()  # low 0.4 x 0.9, high 0.6 x 0.1
    [0.36, 0.58, 0.06]
    """

    kind: ClassVar[str] = "opposing"
    lowering: NoisyOr
    raising: NoisyOr
    low: str = "low"
    high: str = "high"
    parents: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        used = tuple(dict.fromkeys((*self.lowering.parents, *self.raising.parents)))
        object.__setattr__(self, "parents", _all_parents(self.parents, used))

    def settled(self, child: Variable, variables: Variables) -> Self:
        child.index(self.low)
        child.index(self.high)
        if child.card != 3 or self.low == self.high:
            raise InvalidNetwork(
                f"variable {child.name!r}: opposing causes need three states, one low, one high and "
                f"one between; found {', '.join(child.states)}"
            )
        self.lowering.check(child, variables)
        self.raising.check(child, variables)
        return self

    def expand(self, builder: Builder, child: int) -> None:
        name = builder.names[child]
        variable = builder.variables[name]
        low, high = variable.index(self.low), variable.index(self.high)
        lowering = builder.hidden(f"{name}~lowering", 2)
        raising = builder.hidden(f"{name}~raising", 2)
        self.lowering.expand(builder, lowering)
        self.raising.expand(builder, raising)
        between = 3 - low - high
        outcome = np.array([[between, high], [low, between]])
        start = builder.add(constant_block(np.eye(3)[outcome]))
        builder.families[child] = Conditional(child, (lowering, raising), start)


@short_text
@dataclass(frozen=True, slots=True)
class MaxLink:
    """One cause of a noisy-MAX.

    Attributes
    ----------
    parents : tuple of str
    rows : tuple of Row
        The first that holds gives the distribution of the cause's own contribution over the child's
        states; the child's first state has the rest, and all where no row holds.
    """

    parents: tuple[str, ...]
    rows: tuple[Row, ...] = ()

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "parents", name_tuple(self.parents, "the parents of a link"))
        given: tuple[Any, ...] = tuple(self.rows)
        put(self, "rows", tuple(r if isinstance(r, Row) else Row(*r) for r in given))

    @classmethod
    def of(cls, parent: str, strength: Mapping[str, Mapping[str, Number]]) -> MaxLink:
        """Return the link of one parent: its state to the contribution's distribution."""
        return cls((parent,), tuple(Row({parent: (s,)}, p) for s, p in strength.items()))


@short_text
@dataclass(frozen=True, slots=True)
class NoisyMax(Mechanism):
    """A graded effect: the largest of independent contributions, states in declared order.

    Attributes
    ----------
    parents : tuple of str
        () = all parents of the leak and links in order of first use.
    leak : MaxLink, or mapping of the child's states to probabilities
    links : tuple of MaxLink

    Examples
    --------
    >>> import etiograph as eg
    >>> pain = eg.NoisyMax(
    ...     leak={"mild": 0.1}, links=[eg.MaxLink.of("fall", {"yes": {"mild": 0.3, "severe": 0.2}})]
    ... )
    >>> fall, ache = eg.Variable("fall", ("no", "yes")), eg.Variable("ache", ("none", "mild", "severe"))
    >>> net = eg.Network([fall, ache], {"fall": eg.Table(array=[0.9, 0.1]), "ache": pain})
    >>> net.table("ache")[1].round(4).tolist()  # none 0.9 x 0.5, severe 0.2
    [0.45, 0.35, 0.2]
    """

    kind: ClassVar[str] = "noisy_max"
    parents: tuple[str, ...] = ()
    leak: MaxLink | Mapping[str, Number] = FrozenMap()  # noqa: RUF009 - immutable
    links: tuple[MaxLink, ...] = ()

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "links", tuple(self.links))
        if not isinstance(self.leak, MaxLink):
            put(self, "leak", numbers(self.leak, "the leak"))
        used = dict.fromkeys(p for link in self._all_links() for p in link.parents)
        put(self, "parents", _all_parents(self.parents, tuple(used)))

    def _all_links(self) -> tuple[MaxLink, ...]:
        if isinstance(self.leak, MaxLink):
            return (self.leak, *self.links)
        leak = (MaxLink((), (Row({}, self.leak),)),) if self.leak else ()
        return (*leak, *self.links)

    def settled(self, child: Variable, variables: Variables) -> Self:
        known_parents(self.parents, child, variables)
        if child.ordered != child.states:
            raise InvalidNetwork(
                f"variable {child.name!r}: a noisy-MAX needs its states in order of size; "
                f"{', '.join(child.states)} are ordered {', '.join(child.order)}"
            )
        for link in self._all_links():
            where = f"variable {child.name!r}, link of {' and '.join(link.parents) or 'the leak'}"
            for row in link.rows:
                for state, p in row.p.items():
                    child.index(state)
                    require_probability(p, where)
                total = sum(value_of(p) for p in row.p.values())
                if total > 1.0 + SUM_EXACT or (
                    child.states[0] in row.p and abs(total - 1.0) > SUM_EXACT
                ):
                    raise InvalidNetwork(f"{where}: probabilities sum to {total:.12g}, not 1")
            matched([r.when for r in link.rows], link.parents, variables, child.name)
        return self

    def expand(self, builder: Builder, child: int) -> None:
        variable = builder.variables[builder.names[child]]
        steps = []
        for link in self._all_links():
            row_of = matched(
                [r.when for r in link.rows], link.parents, builder.variables, variable.name
            )
            block = max_block(link.rows, variable, row_of.reshape(-1))
            steps.append(Link(builder.numbers(link.parents), builder.add(block)))
        _add_family(builder, child, variable.card, steps)


def _accumulate(
    builder: Builder, child: int, name: str, links: Iterable[NoisyLink], *, prevents: bool
) -> None:
    """Add the accumulation of a noisy-OR."""
    steps = []
    for link in links:
        block = or_block(link, builder.variables, name, prevents)
        steps.append(Link(builder.numbers(link.all_parents), builder.add(block)))
    _add_family(builder, child, 2, steps)


def _add_family(builder: Builder, child: int, k: int, steps: Sequence[Link]) -> None:
    """Add the maximum of some contributions; without any, the lowest state and no other."""
    if steps:
        builder.families[child] = Accumulation(child, tuple(steps), maximum_join(k))
    else:
        start = builder.add(constant_block(np.eye(k)[0]))
        builder.families[child] = Conditional(child, (), start)


def _used(links: Iterable[NoisyLink]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(p for link in links for p in link.all_parents))


def _all_parents(given: Iterable[str], used: tuple[str, ...]) -> tuple[str, ...]:
    """Return the parents in the order given, checked against those used."""
    stated = name_tuple(given, "the parents")
    if not stated:
        return used
    if missing := [p for p in used if p not in stated]:
        raise InvalidNetwork(f"a link names {missing[0]!r}, which is not among the parents")
    if idle := [p for p in stated if p not in used]:
        raise InvalidNetwork(f"parent {idle[0]!r} has no link")
    return stated
