"""From families to small factors: a noisy-OR of many causes never becomes one table.

Both ways start from an elimination order of the *star* graph, in which every accumulation has a hub
that is joined to its child and to each link's parents, but the parents are not joined to one another.

*Chain.* The links are steps, and steps may be taken in any order and any tree. Whenever a variable
is summed out, the contributions that meet in its bucket are joined there and only their joint result
travels on. Nothing is subtracted: rare effects lose no digits, zeros stay zeros, maxima stay valid.
But where the contributions to c children travel together, joining two tables costs 4^c.

*Multiplicative* (Diez & Galan 2003). A hidden variable stands for "no contribution above this state";
each link multiplies P(contribution <= a) onto it and the child is its Moebius inverse, with signs.
It costs what the star graph costs, and loses digits where a child's state is rare: the sweeps watch
for that and such rows are computed again by the chain.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from etiograph.engine.costs import CHAIN_AT_MOST, CHEAP
from etiograph.engine.order import (
    HOPELESS,
    bits,
    elimination_order,
    fill_order,
    logs_of,
    mask_of,
    order_cost,
    primal_graph,
)
from etiograph.network.model import Accumulation, Conditional, Link, Model


@dataclass(frozen=True, slots=True)
class Piece:
    """A factor over free variables.

    Attributes
    ----------
    scope : tuple of int
        Its variables.
    start : int
        Entry of ``T`` at the first state of each; -1 for a fixed table.
    strides : tuple of int
        Step in ``T`` a state, one a variable of the scope.
    values : tuple of float
        The entries of a fixed table, row-major over the states of the scope; else empty.
    """

    scope: tuple[int, ...]
    start: int
    strides: tuple[int, ...]
    values: tuple[float, ...] = ()


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
    signed : bool
        Whether pieces have negative entries.
    """

    cards: list[int]
    pieces: list[Piece]
    order: list[int]
    signed: bool


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


def link_piece(
    model: Model, link: Link, k: int, fixed: Mapping[int, int]
) -> tuple[tuple[int, ...], int, tuple[int, ...]]:
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
    """Simulates the elimination and writes down the steps of every accumulation on the way.

    ``cost`` is the sum of the sizes of the maximal cliques so far, in entries.
    """

    def __init__(self, model: Model, fixed: Mapping[int, int], cards: Sequence[int]) -> None:
        self.model = model
        self.fixed = fixed
        self.possible = list(cards)
        self.cards = list(model.cards)
        self.cost = 0.0
        self.separators: set[int] = set()
        self.pieces: list[Piece] = []
        self.order: list[int] = []
        self.active: list[int] = []
        self.pending: dict[int, _Pending] = {}
        self.owner: dict[int, int] = {}
        self.children: dict[int, list[int]] = {}
        for family in model.families:
            if isinstance(family, Conditional):
                piece = conditional_piece(model, family, fixed)
                self.pieces.append(piece)
                self.active.append(mask_of(piece.scope))
            else:
                self._enter(family)

    def _enter(self, family: Accumulation) -> None:
        state = _Pending(family.child, self.model.cards[family.child], family.join)
        for link in family.links:
            free = [p for p in link.parents if p not in self.fixed]
            (state.links if free else state.unary).append(link)
            for p in free:
                self.children.setdefault(p, []).append(family.child)
        self.pending[family.child] = state

    def _new(self, state: _Pending) -> int | None:
        """The variable an operation writes to: the child when nothing else is left, else fresh.

        None stands for an observed child.
        """
        if state.left() == 0:
            return None if state.child in self.fixed else state.child
        self.cards.append(state.k)
        self.possible.append(state.k)
        z = len(self.cards) - 1
        self.owner[z] = state.child
        return z

    def _sum_out(self, z: int) -> None:
        own = 1 << z
        clique = own
        rest = []
        for factor in self.active:
            if factor & own:
                clique |= factor
            else:
                rest.append(factor)
        rest.append(clique ^ own)
        self.active = rest
        self.order.append(z)
        # A clique that is what an earlier one sends on is part of that one.
        if clique not in self.separators:
            self.cost += math.prod([self.possible[u] for u in bits(clique)])
        self.separators.add(clique ^ own)

    def _emit(self, scope: tuple[int, ...], start: int, strides: tuple[int, ...]) -> None:
        self.pieces.append(Piece(scope, start, strides))
        self.active.append(mask_of(scope))

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
        wanted = range(state.k) if out is not None else (self.fixed[state.child],)
        values = [float(joined == c) for row in state.join for joined in row for c in wanted]
        self.pieces.append(Piece(scope, -1, (), tuple(values)))
        self.active.append(mask_of(scope))
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
        spread = 0
        for factor in self.active:
            if factor >> z & 1:
                spread |= factor
        return spread.bit_count()

    def eliminate(self, v: int) -> None:
        """Sum out a model variable, joining first what its bucket holds."""
        own = self.pending.get(v)
        if own is not None and own.left():
            self._merge(own, list(own.links), list(own.partial))
            if own.left():  # only unary links beside one partial result
                self._drain(own)
        bucket = 0
        for factor in self.active:
            if factor >> v & 1:
                bucket |= factor
        met: dict[int, list[int]] = {}
        for z in bits(bucket >> len(self.model.cards)):
            z += len(self.model.cards)
            met.setdefault(self.owner[z], []).append(z)
        for child in sorted({*self.children.get(v, ()), *met}):
            if child == v:
                continue
            state = self.pending[child]
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


def hubs(model: Model) -> dict[int, int]:
    """The star graph's own vertex for each accumulation, by child: numbered behind the variables."""
    children = [f.child for f in model.families if isinstance(f, Accumulation)]
    return {child: len(model.cards) + i for i, child in enumerate(children)}


def star_graph(
    model: Model, fixed: Mapping[int, int], cards: Sequence[int]
) -> tuple[list[int], list[int], list[int]]:
    """The graph in which links join their parents to a hub, and the hub to the child.

    Parameters
    ----------
    model : Model
        The model.
    fixed : mapping of int to int
        Observed variables. An observed child still couples its causes, unless it is in its lowest
        state: then its hub is known, too.
    cards : sequence of int
        Number of states still possible of each variable.

    Returns
    -------
    (list of int, list of int, list of int)
        Neighbour masks, states of each vertex, and the vertices to eliminate.
    """
    hub_of = hubs(model)
    scopes: list[tuple[int, ...]] = []
    vertices = [v for v in range(len(model.cards)) if v not in fixed]
    for family in model.families:
        child = family.child
        if isinstance(family, Conditional):
            scopes.append((*family.parents, child))
            continue
        hub = () if fixed.get(child) == 0 else (hub_of[child],)
        vertices.extend(hub)
        scopes.append((child, *hub))
        scopes.extend((*link.parents, *hub) for link in family.links)
    free = [tuple(v for v in scope if v not in fixed) for scope in scopes]
    sizes = [*cards, *(model.cards[child] for child in hub_of)]
    return primal_graph(len(sizes), free), sizes, vertices


def moebius(join: tuple[tuple[int, ...], ...]) -> list[list[float]]:
    """``[y][a]``: P(child = y) = sum over a of this times P(no contribution above a)."""
    k = len(join)
    below = [[join[a][b] == b for b in range(k)] for a in range(k)]
    result = [[0.0] * k for _ in range(k)]
    for y in range(k):
        # States between a and y, nearest to y first: mu(a, y) = -sum of mu(b, y), a < b <= y.
        lower = sorted(
            (a for a in range(k) if below[a][y]), key=lambda a: -sum(below[b][a] for b in range(k))
        )
        for a in lower:
            above = (b for b in lower if b != a and below[a][b])
            result[y][a] = 1.0 if a == y else -sum(result[y][b] for b in above)
    return result


def multiplicative(model: Model, fixed: Mapping[int, int], star: Sequence[int]) -> Decomposition:
    """Every accumulation as a product over its hub."""
    hub_of = hubs(model)
    cards = [*model.cards, *(model.cards[child] for child in hub_of)]
    pieces: list[Piece] = []
    for family in model.families:
        if isinstance(family, Conditional):
            pieces.append(conditional_piece(model, family, fixed))
            continue
        child, k, hub = family.child, model.cards[family.child], hub_of[family.child]
        lowest = fixed.get(child) == 0
        for link in family.links:
            scope, start, strides = link_piece(model, link, k, fixed)
            # The diagonal of the step matrix: P(join(a, contribution) = a).
            if lowest:
                pieces.append(Piece(scope, start, strides))
            else:
                pieces.append(Piece((*scope, hub), start, (*strides, k + 1)))
        inverse = moebius(family.join)
        if child not in fixed:
            pieces.append(Piece((child, hub), -1, (), tuple(x for row in inverse for x in row)))
        elif not lowest:
            pieces.append(Piece((hub,), -1, (), tuple(inverse[fixed[child]])))
    return Decomposition(cards, pieces, list(star), signed=bool(hub_of))


def decompose(
    model: Model,
    fixed: Mapping[int, int],
    cards: Sequence[int],
    *,
    signs: bool = True,
    searched: bool = True,
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
    signs : bool
        Whether the multiplicative form, with its signs, may be used.
    searched : bool
        Whether to search for a good order; else one plain rule has to do, without a compiled kernel.
    """
    graph, star_cards, vertices = star_graph(model, fixed, cards)
    if searched:
        star, cost = elimination_order(graph, star_cards, vertices)
    else:
        star = fill_order(graph, star_cards, vertices)
        cost = order_cost(graph, logs_of(star_cards), star)
    if cost > HOPELESS or not hubs(model) or (signs and cost > CHEAP):
        # Of what costs much the chain costs many times more, and to look takes as long as the search.
        return multiplicative(model, fixed, star)
    too_much = max(CHEAP, CHAIN_AT_MOST * cost)
    chains = _Chains(model, fixed, cards)
    for v in star:
        if v < len(model.cards):
            chains.eliminate(v)
        if signs and chains.cost > too_much:
            return multiplicative(model, fixed, star)
    chains.finish()
    chain = Decomposition(chains.cards, chains.pieces, chains.order, signed=False)
    if chains.cost <= too_much:
        return chain
    if signs:
        return multiplicative(model, fixed, star)
    graph = primal_graph(len(chain.cards), (p.scope for p in chain.pieces))
    order, greedy_cost = elimination_order(graph, chains.possible, chain.order, restarts=0)
    if greedy_cost < chains.cost:
        chain = replace(chain, order=order)
    return chain
