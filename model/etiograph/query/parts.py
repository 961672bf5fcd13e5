"""One question about everything, asked in parts.

Every variable of the changed world in one tree of tables would tie together what no finding ties
together: each sign joins its causes. Asked in a few groups, each with only what it needs, the same
answers take a fraction of the table entries.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from etiograph.engine.ancestral import ancestors
from etiograph.engine.decompose import hubs
from etiograph.engine.order import elimination_order, order_cost, primal_graph
from etiograph.engine.sample import topological_order
from etiograph.network.model import Conditional, Model
from etiograph.query.doubling import Change
from etiograph.query.twin import Twin, reached, twin
from etiograph.store import STORE

PASS = 20_000.0
"""What one more pass costs beside its tables, in table entries."""


def twins(
    model: Model,
    changes: Mapping[int, Change],
    *,
    fresh: Collection[int],
    orders: Mapping[int, Sequence[int]],
    coins: Mapping[int, int],
    lasting: Mapping[int, Sequence[Sequence[int]]],
    seen: Collection[int],
    known: Collection[int],
) -> tuple[Twin, ...]:
    """Twins that together answer for every variable the change can reach.

    Parameters
    ----------
    model, changes, fresh, orders, coins, lasting, seen
        As for :func:`~etiograph.query.twin.twin`.
    known : collection of variables
        Those whose state the findings give, which costs nothing.
    """

    def build() -> tuple[Twin, ...]:
        asked = reached(model, changes, fresh)
        whole = twin(
            model, changes, fresh=fresh, orders=orders, coins=coins, lasting=lasting, seen=seen
        )
        of = {whole.counterpart[i]: i for i in asked}
        groups = _groups(_Costs(whole.extension.model, known), seen, list(of))
        return tuple(
            twin(
                model, changes, fresh=fresh, orders=orders, coins=coins, lasting=lasting,
                seen=seen, targets=[of[c] for c in group],
            )
            for group in groups
        )  # fmt: skip

    key = (
        model.key,
        tuple(sorted(changes.items())),
        frozenset(fresh),
        frozenset(orders.items()),
        frozenset(coins.items()),
        frozenset((i, tuple(map(tuple, t))) for i, t in lasting.items()),
        frozenset(seen),
        frozenset(known),
    )
    return STORE.get(("twins", key), build)


class _Costs:
    """What it costs to sum out parts of a model, by its star graph (see ``engine.decompose``)."""

    def __init__(self, model: Model, known: Collection[int]) -> None:
        self.model = model
        self.place = {v: n for n, v in enumerate(topological_order(model))}
        self.hub = hubs(model)
        cards = [*model.cards, *(model.cards[child] for child in self.hub)]
        self.cards = [1 if v in known else k for v, k in enumerate(cards)]
        self.logs = [math.log2(k) for k in self.cards]

    def _scopes(self, variables: Iterable[int]) -> list[tuple[int, ...]]:
        found: list[tuple[int, ...]] = []
        for v in variables:
            family = self.model.families[v]
            if isinstance(family, Conditional):
                found.append((*family.parents, v))
                continue
            hub = self.hub[v]
            found.append((v, hub))
            found.extend((*link.parents, hub) for link in family.links)
        # A known variable ties nothing together.
        return [tuple(v for v in scope if self.cards[v] > 1) for scope in found]

    def _vertices(self, variables: Iterable[int]) -> list[int]:
        """The variables, children before parents, each followed by its hub."""
        out: list[int] = []
        for v in sorted(variables, key=lambda v: -self.place[v]):
            out.extend((v, self.hub[v]) if v in self.hub else (v,))
        return [v for v in out if self.cards[v] > 1]

    def start(self, variables: Collection[int]) -> _Together:
        """A part with a good order of its own."""
        graph = primal_graph(len(self.cards), self._scopes(variables))
        vertices = self._vertices(variables)
        order, cost = elimination_order(graph, self.cards, vertices, restarts=0)
        return _Together(frozenset(variables), tuple(order), cost)

    def with_more(self, group: _Together, variable: int) -> _Together:
        """The part with one more variable and its ancestors, which are summed out first."""
        together = group.variables | ancestors(self.model, [variable])
        order = (*self._vertices(together - group.variables), *group.order)
        graph = primal_graph(len(self.cards), self._scopes(together))
        cost = order_cost(graph, self.logs, order)
        return _Together(together, order, cost, [*group.asked, variable])


@dataclass(frozen=True, slots=True)
class _Together:
    """Variables of a twin that are summed out together."""

    variables: frozenset[int]
    order: tuple[int, ...]
    cost: float
    asked: list[int] = field(default_factory=list)


def _groups(costs: _Costs, seen: Collection[int], asked: Sequence[int]) -> list[list[int]]:
    """The variables asked for, in groups that are cheap to ask together.

    Each in turn, signs first, joins the group in which it adds least, or starts one.
    """
    core = costs.start(ancestors(costs.model, seen))
    groups: list[_Together] = []
    for variable in sorted(asked, key=lambda v: -costs.place[v]):
        at = next((n for n, g in enumerate(groups) if variable in g.variables), None)
        if at is not None:
            groups[at].asked.append(variable)
            continue
        alone = costs.with_more(core, variable)
        options = [(alone.cost + PASS, len(groups), alone)]
        for n, group in enumerate(groups):
            joined = costs.with_more(group, variable)
            options.append((joined.cost - group.cost, n, joined))
        _, at, best = min(options, key=lambda option: option[:2])
        groups[at : at + 1] = [best]
    return [group.asked for group in groups]
