"""From families to small factors: accumulations become chains that follow the elimination.

A noisy-OR of many causes is a product of steps, and the steps may be taken in any order and any
tree. Which tree is cheap depends on how the causes hang together, so it is read off an elimination
order of the *star* graph, in which the child is joined to each link's parents but the parents are
not joined to one another: whenever a variable is summed out, the contributions that meet in its
bucket are joined there and only their joint result travels on. No subtraction takes place, so a
rare effect loses no digits (unlike the multiplicative form of Diez & Galan 2003), and zeros stay
zeros.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..network.model import Accumulation, Conditional, Link, Model
from .order import elimination_order, primal_graph


@dataclass(frozen=True, slots=True)
class Piece:
    """A factor over free variables.

    Attributes
    ----------
    scope : tuple of int
        Its variables.
    start : int
        Entry of ``T`` at the first state of each; -1 for a fixed 0/1 table.
    strides : tuple of int
        Step in ``T`` a state, one a variable of the scope.
    join : tuple
        The join table of a 0/1 piece ``z_out = join(a, b)`` with scope (a, b, z_out); else empty.
    fixed_out : int
        For a join into an observed variable (scope (a, b)): the state that must come out; else -1.
    """

    scope: tuple[int, ...]
    start: int
    strides: tuple[int, ...]
    join: tuple[tuple[int, ...], ...] = ()
    fixed_out: int = -1


@dataclass(frozen=True, slots=True)
class Decomposition:
    """Small factors and an order that eliminates them.

    Attributes
    ----------
    cards : list of int
        States of the model's variables and, after them, of the chain's own.
    pieces : list of Piece
        The factors.
    order : list of int
        Elimination order of all free variables and chain variables.
    star_order : list of int
        The order over model variables alone, a hint for similar patterns.
    """

    cards: list[int]
    pieces: list[Piece]
    order: list[int]
    star_order: list[int]


@dataclass(slots=True)
class _Pending:
    """What is not yet joined of one accumulation."""

    child: int
    k: int
    join: tuple[tuple[int, ...], ...]
    unary: list[Link] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    partial: list[int] = field(default_factory=list)

    def left(self) -> int:
        return len(self.unary) + len(self.links) + len(self.partial)


def link_piece(model: Model, link: Link, k: int, fixed: Mapping[int, int]) -> tuple[
    tuple[int, ...], int, tuple[int, ...]
]:
    """Free parents of a link, its start in ``T`` given the fixed ones, and the parents' strides."""
    stride = k * k
    strides: list[int] = []
    for p in reversed(link.parents):
        strides.append(stride)
        stride *= model.cards[p]
    strides.reverse()
    start = link.start
    scope, kept = [], []
    for p, step in zip(link.parents, strides, strict=True):
        if p in fixed:
            start += fixed[p] * step
        else:
            scope.append(p)
            kept.append(step)
    return tuple(scope), start, tuple(kept)


def conditional_piece(model: Model, family: Conditional, fixed: Mapping[int, int]) -> Piece:
    """The factor of a dense family, observed variables sliced out."""
    stride = 1
    start = family.start
    scope: list[int] = []
    strides: list[int] = []
    for v in reversed((*family.parents, family.child)):
        if v in fixed:
            start += fixed[v] * stride
        else:
            scope.append(v)
            strides.append(stride)
        stride *= model.cards[v]
    return Piece(tuple(reversed(scope)), start, tuple(reversed(strides)))


class _Chains:
    """Simulates the elimination and writes down the steps of every accumulation on the way."""

    def __init__(self, model: Model, fixed: Mapping[int, int]) -> None:
        self.model = model
        self.fixed = fixed
        self.cards = list(model.cards)
        self.pieces: list[Piece] = []
        self.order: list[int] = []
        self.active: list[set[int]] = []
        self.pending: dict[int, _Pending] = {}
        self.owner: dict[int, int] = {}
        for family in model.families:
            if isinstance(family, Conditional):
                piece = conditional_piece(model, family, fixed)
                self.pieces.append(piece)
                self.active.append(set(piece.scope))
            else:
                self._enter(family)

    def _enter(self, family: Accumulation) -> None:
        state = _Pending(family.child, self.model.cards[family.child], family.join)
        for link in family.links:
            free = any(p not in self.fixed for p in link.parents)
            (state.links if free else state.unary).append(link)
        self.pending[family.child] = state

    def _new(self, state: _Pending) -> int | None:
        """The variable an operation writes to: the child when nothing else is left, else fresh.

        None stands for an observed child.
        """
        if state.left() == 0:
            return None if state.child in self.fixed else state.child
        self.cards.append(state.k)
        z = len(self.cards) - 1
        self.owner[z] = state.child
        return z

    def _sum_out(self, z: int) -> None:
        scope = {z}
        rest = []
        for factor in self.active:
            if z in factor:
                scope |= factor
            else:
                rest.append(factor)
        scope.discard(z)
        rest.append(scope)
        self.active = rest
        self.order.append(z)

    def _emit(self, scope: tuple[int, ...], start: int, strides: tuple[int, ...]) -> None:
        self.pieces.append(Piece(scope, start, strides))
        self.active.append(set(scope))

    def _finish(self, state: _Pending, out: int | None, consumed_z: Sequence[int]) -> None:
        if out is not None and out != state.child:
            state.partial.append(out)
        for z in consumed_z:
            self._sum_out(z)

    def _step(self, state: _Pending, link: Link, z_in: int | None) -> int | None:
        """Take one link: from nothing (``z_in`` None) or from a partial result."""
        scope, start, strides = link_piece(self.model, link, state.k, self.fixed)
        (state.unary if link in state.unary else state.links).remove(link)
        if z_in is not None:
            state.partial.remove(z_in)
        out = self._new(state)
        if z_in is not None:
            scope, strides = (*scope, z_in), (*strides, state.k)
        if out is None:
            start += self.fixed[state.child]
        else:
            scope, strides = (*scope, out), (*strides, 1)
        self._emit(scope, start, strides)
        self._finish(state, out, () if z_in is None else (z_in,))
        return out

    def _join(self, state: _Pending, a: int, b: int) -> int | None:
        state.partial.remove(a)
        state.partial.remove(b)
        out = self._new(state)
        scope = (a, b) if out is None else (a, b, out)
        fixed_out = self.fixed[state.child] if out is None else -1
        self.pieces.append(Piece(scope, -1, (), state.join, fixed_out))
        self.active.append(set(scope))
        self._finish(state, out, (a, b))
        return out

    def _merge(self, state: _Pending, links: Sequence[Link], partial: Sequence[int]) -> None:
        """Join what met in one bucket."""
        current: int | None = None
        todo = sorted(partial, key=self._spread)
        if todo:
            current = todo[0]
        for z in todo[1:]:
            assert current is not None
            current = self._join(state, current, z)
        for link in [*(state.unary if current is None else []), *links]:
            current = self._step(state, link, current)

    def _spread(self, z: int) -> int:
        return len(set().union(*(f for f in self.active if z in f)))

    def eliminate(self, v: int) -> None:
        """Sum out a model variable, joining first what its bucket holds."""
        own = self.pending.get(v)
        if own is not None and own.left():
            self._merge(own, list(own.links), list(own.partial))
            if own.left():  # only unary links beside one partial result
                self._drain(own)
        bucket = [f for f in self.active if v in f]
        met: dict[int, list[int]] = {}
        for z in set().union(*bucket) if bucket else ():
            if z in self.owner:
                met.setdefault(self.owner[z], []).append(z)
        for child, state in list(self.pending.items()):
            if child == v:
                continue
            links = [link for link in state.links if v in link.parents]
            partial = met.get(child, [])
            if len(links) + len(partial) > 1 or links:
                self._merge(state, links, partial)
        self._sum_out(v)

    def _drain(self, state: _Pending) -> None:
        while state.left():
            if len(state.partial) > 1:
                self._join(state, state.partial[0], state.partial[1])
                continue
            link = (state.unary or state.links)[0]
            self._step(state, link, state.partial[0] if state.partial else None)

    def finish(self) -> None:
        """Join what is left of observed children."""
        for state in self.pending.values():
            if state.left():
                self._drain(state)


def star_scopes(model: Model, fixed: Mapping[int, int]) -> list[tuple[int, ...]]:
    """Scopes of the star graph: a link joins its parents and its child, nothing more."""
    scopes: list[tuple[int, ...]] = []
    for family in model.families:
        if isinstance(family, Conditional):
            scopes.append((*family.parents, family.child))
        else:
            scopes.append((family.child,))
            scopes.extend((*link.parents, family.child) for link in family.links)
    return [tuple(v for v in scope if v not in fixed) for scope in scopes]


def decompose(
    model: Model, fixed: Mapping[int, int], cards: Sequence[int], hint: Sequence[int] = ()
) -> Decomposition:
    """Break the families of a model into pieces, given which variables are observed.

    Parameters
    ----------
    model : Model
        The model.
    fixed : mapping of int to int
        Observed variables and their states.
    cards : sequence of int
        Number of states still possible of each variable (for the cost of an order).
    hint : sequence of int
        An order that was good for a similar pattern.
    """
    free = [v for v in range(len(model.cards)) if v not in fixed]
    graph = primal_graph(len(model.cards), star_scopes(model, fixed))
    star, _ = elimination_order(
        graph, cards, free, hints=(hint,) if hint else (), restarts=6 if hint else None
    )
    chains = _Chains(model, fixed)
    for v in star:
        chains.eliminate(v)
    chains.finish()
    return Decomposition(chains.cards, chains.pieces, chains.order, star)
