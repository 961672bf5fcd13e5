"""What a case costs to answer, and what is answered beside the question for next to nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from etiograph.engine.ancestral import ancestors, ancestral
from etiograph.engine.plans import estimate, hard_states
from etiograph.network.likelihoods import encode

if TYPE_CHECKING:
    from etiograph.network.network import Network

BESIDE = 0.08
"""By how much what is near may make every answer dearer."""


def row_cost(network: Network, findings: Mapping[str, object], wanted: Iterable[str]) -> float:
    """Table entries, about, that one row of a case takes to answer for some variables.

    Counted, not timed: the same on every machine. Rough (see :func:`~etiograph.engine.plans.estimate`).

    Raises
    ------
    UnknownName, InvalidFinding
    """
    model, row = network.model, encode(network, findings)[0][None, :]
    needed = ancestral(model, [model.index[name] for name in (*wanted, *findings)])
    return estimate(needed.model, hard_states(needed.model, row[:, needed.slots]))


def near(network: Network, first: Collection[str]) -> tuple[str, ...]:
    """Some variables, and whatever is answered beside them for next to nothing, in network order.

    What follows from one variable alone never makes a table larger than its own; more that is near
    comes along for as long as all of it together costs little more. The same for every case, so that
    cases share what the engine works out once for it.
    """
    model, variables = network.model, network.variables

    def with_ancestors(names: Iterable[str]) -> set[str]:
        found = ancestors(model, [model.index[name] for name in names])
        return {model.names[i] for i in found} & variables.keys()

    inside, more = with_ancestors(first), list(first)
    while more:
        inside.update(more)
        more = [
            name
            for name in variables
            if name not in inside and inside.issuperset(network.parents(name))
            if len(network.parents(name)) == 1
        ]
    most = (1 + BESIDE) * row_cost(network, {}, inside)
    rest = [name for name in network.order if name not in inside]
    alone = {name: row_cost(network, {}, (*inside, name)) for name in rest}
    for name in sorted(rest, key=alone.__getitem__):
        together = inside | with_ancestors([name])
        if alone[name] <= most and row_cost(network, {}, together) <= most:
            inside = together
    return tuple(name for name in variables if name in inside)
