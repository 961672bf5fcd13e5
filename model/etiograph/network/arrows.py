"""A mechanism with one parent more, or one less, and a neutral first guess where a number is needed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np

from etiograph.errors import InvalidNetwork
from etiograph.network.checks import Variables, When
from etiograph.network.logit import CumulativeLogit, LevelOdds, Logit, OddsRatios
from etiograph.network.mechanism import Deterministic, Mechanism, Row, Rule, Table
from etiograph.network.noisy import MaxLink, NoisyLink, NoisyMax, NoisyOr, Opposing, Rate
from etiograph.network.parameter import Number, Parameter
from etiograph.network.parameter_names import dotted, row_labels, state_label
from etiograph.network.ranged import Ranged
from etiograph.network.reading import Reading
from etiograph.network.variable import Variable

GUESS = "entered as a first guess; no source"
"""Note of a number that an edit brought in."""
SIDES = ("lowering", "raising")
"""Ways in which a cause of opposing ones can pull."""
MAX_ROWS = 4096
"""Rows to which a table may grow by an arrow."""

Held = TypeVar("Held", Row, Rate, Rule)


def guess(name: str, ranged: Ranged, kind: str = "probability") -> Parameter:
    """A number somebody entered, graded D: a guess."""
    value, low, high = ranged
    return Parameter(name, kind, value, low, high, grade="D", note=GUESS)


# -- one parent more ------------------------------------------------------------------------------


def with_parent(
    mechanism: Mechanism,
    child: Variable,
    parent: Variable,
    variables: Variables,
    strengths: Mapping[str, Ranged],
    side: str = "",
) -> Mechanism:
    """A mechanism with an arrow from ``parent``.

    Parameters
    ----------
    mechanism : Mechanism
    child, parent : Variable
    variables : mapping
        All of the network.
    strengths : mapping
        State of the parent to the chance that it brings the child about by itself. A table without
        parents becomes a noisy-OR then, with what it said as the leak. Empty: a table grows by the
        states of the parent, its rows said for each of them; a noisy-OR, noisy-MAX or logit gets an arrow
        that does nothing yet.
    side : {"", "lowering", "raising"}
        Of opposing causes: which way this one pulls.

    Raises
    ------
    InvalidNetwork
        It has this parent already, or a mechanism of this kind takes no such arrow.
    """
    if parent.name in mechanism.parents:
        raise InvalidNetwork(f"{parent.name!r} is already a parent of {child.name!r}")
    for state in strengths:
        parent.index(state)
    if isinstance(mechanism, Table) and strengths:
        mechanism = _as_noisy_or(mechanism, child)
    if isinstance(mechanism, NoisyOr):
        return _one_cause_more(mechanism, child.name, parent, strengths)
    if isinstance(mechanism, Opposing):
        if side not in SIDES:
            raise InvalidNetwork(
                f"variable {child.name!r}: say whether {parent.name!r} is {' or '.join(SIDES)} it"
            )
        half: NoisyOr = getattr(mechanism, side)
        more = _one_cause_more(half, dotted(child.name, side), parent, strengths)
        pulled: Any = {side: more, "parents": _more(mechanism, parent.name)}
        return replace(mechanism, **pulled)
    if strengths:
        raise InvalidNetwork(
            f"variable {child.name!r}: only causes of a noisy-OR have a strength; this is a "
            f"{mechanism.kind.replace('_', ' ')}"
        )
    if isinstance(mechanism, Table):
        return _grown(mechanism, child, parent, variables)
    neutral = _neutral(mechanism, child, parent)
    if neutral is None:
        raise InvalidNetwork(
            f"variable {child.name!r}: an arrow into a {mechanism.kind.replace('_', ' ')} is stated in "
            "the model file"
        )
    return neutral


def _as_noisy_or(table: Table, child: Variable) -> NoisyOr:
    """A table without parents as the leak of a noisy-OR."""
    if table.parents or child.card != 2:
        why = "has parents already" if table.parents else f"has {child.card} states, not two"
        raise InvalidNetwork(
            f"variable {child.name!r} is a table that {why}: its causes cannot act one by one; "
            "add the arrow without a strength and state the rows"
        )
    leak = _second(table, child)
    if isinstance(leak, Parameter):
        leak = replace(leak, name=dotted(child.name, "leak"))
    return NoisyOr((), leak)


def _second(table: Table, child: Variable) -> Number:
    """The probability of the second of two states, of a table without parents."""
    if table.array is not None:
        return Parameter(child.name, "probability", float(table.array.reshape(-1)[1]))
    stated = table.rows[0].p
    first, second = child.states
    if second in stated:
        return stated[second]
    other = stated[first]
    if not isinstance(other, Parameter):
        return 1.0 - other
    low, high = (None if end is None else 1.0 - end for end in (other.high, other.low))
    return replace(other, value=1.0 - other.value, low=low, high=high)


def _one_cause_more(
    mechanism: NoisyOr, prefix: str, parent: Variable, strengths: Mapping[str, Ranged]
) -> NoisyOr:
    given = strengths or dict.fromkeys(parent.unusual or parent.states, (0.0, None, None))
    strength: dict[str, Number] = {
        state: guess(dotted(prefix, parent.name, state_label(parent, state)), ranged)
        for state, ranged in given.items()
    }
    links = (*mechanism.links, NoisyLink.of(parent.name, strength))
    return replace(mechanism, links=links, parents=_more(mechanism, parent.name))


def _more(mechanism: Any, name: str) -> tuple[str, ...]:
    """The parents with one more, () where they follow from the rest."""
    follow: bool = replace(mechanism, parents=()).parents == mechanism.parents
    return () if follow else (*mechanism.parents, name)


def _grown(table: Table, child: Variable, parent: Variable, variables: Variables) -> Table:
    """A table that says for each state of the new parent what it said for all."""
    parents = (*table.parents, parent.name)
    if table.array is not None:
        shape = [variables[p].card for p in table.parents]
        full = table.array.reshape((*shape, 1, child.card))
        array = np.broadcast_to(full, (*shape, parent.card, child.card))
        return Table(parents, array=np.ascontiguousarray(array))
    count = len(table.rows) * parent.card
    if count > MAX_ROWS:
        raise InvalidNetwork(
            f"variable {child.name!r}: its table would grow to {count:,} rows; at most {MAX_ROWS:,} are made"
        )
    rows = [
        Row({**row.when, parent.name: (state,)}, row.p)
        for row in table.rows
        for state in parent.states
    ]
    return Table(parents, renamed(rows, child, parents))


def renamed(rows: Iterable[Row], child: Variable, parents: tuple[str, ...]) -> tuple[Row, ...]:
    """Rows whose numbers are called after where they stand, as in a model file that gives no names."""
    listed = list(rows)
    labels = row_labels([row.when for row in listed], parents)
    return tuple(
        Row(
            row.when,
            {
                state: replace(p, name=dotted(child.name, label, state_label(child, state)))
                if isinstance(p, Parameter)
                else p
                for state, p in row.p.items()
            },
        )
        for row, label in zip(listed, labels, strict=True)
    )


def _neutral(mechanism: Mechanism, child: Variable, parent: Variable) -> Mechanism | None:
    """The mechanism with a parent that changes nothing yet; None for kinds that have no such arrow."""
    parents = (*mechanism.parents, parent.name)
    states = parent.unusual or parent.states
    names = {s: dotted(child.name, parent.name, state_label(parent, s)) for s in states}
    if isinstance(mechanism, NoisyMax):
        strength = {
            s: {
                graded: guess(dotted(names[s], state_label(child, graded)), (0.0, None, None))
                for graded in child.states[1:]
            }
            for s in states
        }
        links = (*mechanism.links, MaxLink.of(parent.name, strength))
        return replace(mechanism, links=links, parents=parents)
    none: Ranged = (1.0, None, None)
    if isinstance(mechanism, Logit):
        ratios: dict[str, Any] = {s: guess(names[s], none, "odds_ratio") for s in states}
        if child.card != 2:
            ratios = {
                s: {c: guess(dotted(names[s], c), none, "odds_ratio") for c in child.states[1:]}
                for s in states
            }
        effects = (*mechanism.effects, OddsRatios(parent.name, ratios))
        return replace(mechanism, effects=effects, parents=parents)
    if isinstance(mechanism, CumulativeLogit):
        higher = {s: guess(names[s], none, "odds_ratio") for s in states}
        shifts = (*mechanism.effects, LevelOdds(parent.name, higher=higher))
        return replace(mechanism, effects=shifts, parents=parents)
    if isinstance(mechanism, Deterministic):
        return replace(mechanism, parents=parents)
    return None


# -- one parent less ------------------------------------------------------------------------------


def without_parent(
    mechanism: Mechanism, child: Variable, parent: Variable, variables: Variables
) -> Mechanism:
    """A mechanism without the arrow from ``parent``.

    Of tables, rules and leaks, what holds where that parent is in its usual state is left; the links, odds
    ratios and shifts of that parent go.

    Raises
    ------
    InvalidNetwork
        There is no such arrow, or a mechanism of this kind cannot do without it.
    """
    if parent.name not in mechanism.parents:
        raise InvalidNetwork(f"there is no arrow from {parent.name!r} to {child.name!r}")
    gone, parents = parent.name, tuple(p for p in mechanism.parents if p != parent.name)
    cut = _Cut(parent, variables)
    if isinstance(mechanism, Table):
        if mechanism.array is not None:
            shape = [variables[p].card for p in mechanism.parents]
            array = mechanism.array.reshape((*shape, child.card))
            axis = mechanism.parents.index(gone)
            usual = [parent.index(parent.usual)]
            return Table(parents, array=np.take(array, usual, axis).squeeze(axis))
        rows = cut.rows(mechanism.rows, mechanism.parents)
        return Table(parents, renamed(rows, child, parents))
    if isinstance(mechanism, Opposing):
        halves: Any = {side: cut.noisy_or(getattr(mechanism, side)) for side in SIDES}
        return replace(mechanism, **halves, parents=parents)
    if isinstance(mechanism, NoisyOr):
        return cut.noisy_or(mechanism)
    if isinstance(mechanism, NoisyMax):
        leak = mechanism.leak
        if isinstance(leak, MaxLink):
            leak = cut.link(leak) or {}
        return NoisyMax(parents, leak, cut.links(mechanism.links))
    if isinstance(mechanism, Deterministic):
        return Deterministic(
            parents, cut.rows(mechanism.rows, mechanism.parents), mechanism.default
        )
    if isinstance(mechanism, Logit | CumulativeLogit):
        effects: Any = tuple(effect for effect in mechanism.effects if effect.parent != gone)
        return replace(mechanism, effects=effects, parents=parents)
    if isinstance(mechanism, Reading):
        shifts = tuple(
            replace(shift, when=_without(shift.when, gone))
            for shift in mechanism.shifts
            if shift.parent != gone and parent.usual in shift.when.get(gone, (parent.usual,))
        )
        return replace(mechanism, shifts=shifts, parents=parents)
    raise InvalidNetwork(f"variable {child.name!r}: its arrows are stated in the model file")


@dataclass(frozen=True, slots=True)
class _Cut:
    """Takes one parent out of conditions, links and noisy-ORs: it is in its usual state from now on."""

    gone: Variable
    variables: Variables

    def rows(self, rows: tuple[Held, ...], parents: tuple[str, ...]) -> tuple[Held, ...]:
        """The rows that can still hold, without that parent.

        Rows that others now stand before in all their cases are left out, as a model file has none such.
        """
        gone, variables = self.gone, self.variables
        named = [p for p in parents if p != gone.name and any(p in row.when for row in rows)]
        taken = np.zeros([variables[p].card for p in named], dtype=np.bool_)
        found: list[Held] = []
        for row in rows:
            if gone.usual not in row.when.get(gone.name, (gone.usual,)):
                continue
            places = [
                [variables[p].index(s) for s in row.when[p]]
                if p in row.when
                else range(variables[p].card)
                for p in named
            ]
            where = np.ix_(*places)
            if not taken[where].all():
                found.append(replace(row, when=_without(row.when, gone.name)))
                taken[where] = True
        return tuple(found)

    def link(self, link: Any) -> Any:
        """A link without that parent; None where nothing is left of it."""
        gone = self.gone.name
        if gone in link.parents:
            parents = tuple(p for p in link.parents if p != gone)
            rows = self.rows(link.rows, link.parents)
            if not parents or not rows:
                return None
            link = replace(link, parents=parents, rows=rows)
        if isinstance(link, NoisyLink) and gone in link.less_with:
            less = {m: shares for m, shares in link.less_with.items() if m != gone}
            link = replace(link, less_with=less)
        return link

    def links(self, links: tuple[Any, ...]) -> tuple[Any, ...]:
        """The links that are left."""
        return tuple(link for link in map(self.link, links) if link is not None)

    def noisy_or(self, mechanism: NoisyOr) -> NoisyOr:
        """A noisy-OR without that parent."""
        leak = mechanism.leak
        if isinstance(leak, NoisyLink) and self.gone.name in leak.parents:
            rows = self.rows(leak.rows, leak.parents)
            others = tuple(p for p in leak.parents if p != self.gone.name)
            leak = NoisyLink(others, rows) if others else rows[0].p if rows else 0.0
        parents = tuple(p for p in mechanism.parents if p != self.gone.name)
        links, preventers = self.links(mechanism.links), self.links(mechanism.preventers)
        return NoisyOr(parents, leak, links, preventers)


def _without(when: When, name: str) -> dict[str, tuple[str, ...]]:
    return {parent: states for parent, states in when.items() if parent != name}
