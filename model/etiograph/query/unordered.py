"""Counterfactuals that hang on the order in which a file happens to list its states.

The noise of a table is coupled by quantiles along the order of the states. Of two states there is
only one order that matters; of more, where the file states none (``order``), the answer may be any
that the tables allow, and that is said beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from etiograph.engine.ancestral import ancestors, descendants
from etiograph.engine.propagate import evidence
from etiograph.network.event import Event
from etiograph.network.likelihoods import encode
from etiograph.query.worlds import World

if TYPE_CHECKING:
    from etiograph.network.network import Network


def unordered(network: Network, asked: World, event: Event | None = None) -> tuple[str, ...]:
    """The variables whose noise is coupled along an order nobody stated, and that ``event`` hangs on."""
    if not asked.is_twin:
        return ()
    model = network.model
    reached = asked.reached.difference(asked.fresh, asked.changes)
    if event is not None:
        y = model.index[event.variable]
        reached = reached & (ancestors(model, [y]) | {y})
    found = []
    for name, variable in network.variables.items():
        if model.index[name] not in reached or variable.card < 3 or variable.order:
            continue
        if network.mechanisms[name].kind == "table":
            table = network.table(name)
            if ((table > 0.0) & (table < 1.0)).any():
                found.append(name)
    return tuple(found)


def said_unordered(network: Network, names: tuple[str, ...]) -> str:
    """The warning, in words; empty where there is nothing to warn of."""
    if not names:
        return ""
    labels = ", ".join(network.variables[name].label for name in names[:3])
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return (
        f"What would have been hangs on the order of the states of {labels}{more}, which this network "
        "does not state: other orders give other answers."
    )


def bounds_of(
    network: Network, findings: Mapping[str, Any], asked: World, event: Event
) -> tuple[float, float]:
    """Least and largest P(event in the changed world | findings) over all couplings of the noise.

    With C what is found of variables the change cannot reach, and F the rest of the findings,
    P(F | C) + P(event | do(change), C) - 1 <= P(event and F | C) <= P(event | do(change), C)
    (Frechet 1935). What is found of a cause whose own parents are all known belongs to C: given
    these it says nothing of what would have been (Pearl 2009, theorem 3.3.2). Valid, not always sharp.
    """
    if asked.lasting or asked.coins:
        return 0.0, 1.0
    model, changes = network.model, dict(asked.changes)
    below = descendants(model, changes)
    context, causes = {}, {}
    for name, value in findings.items():
        i = model.index.get(name)
        if i is None:
            continue
        if i in changes:
            causes[name] = value
        elif i not in below:
            context[name] = value
    row = encode(network, context)[0]
    exact = encode(network, context)[1]
    done = World(model, "do", changes, surgery=_surgery(model, changes))
    p_do = float(done.p(row, event)[0])
    if all(set(model.parents(i)) <= exact.keys() for i in changes):
        row = encode(network, {**context, **causes})[0]
    whole = encode(network, {n: v for n, v in findings.items() if n in network.variables})[0]
    logs = evidence(model, np.stack([whole, row]), model.tables)
    p_found = float(np.exp(logs[0] - logs[1]))
    low, high = max(0.0, (p_do + p_found - 1.0) / p_found), min(1.0, p_do / p_found)
    return low, max(low, high)


def _surgery(model: Any, changes: Mapping[int, Any]) -> Any:
    from etiograph.query.stated_changes import distributions
    from etiograph.query.surgery import intervene

    return intervene(model, distributions(model, dict(changes)))
