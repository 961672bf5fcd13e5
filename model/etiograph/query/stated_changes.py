"""What is set from outside, as the caller states it: read, checked, held against the findings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from etiograph.engine.ancestral import descendants
from etiograph.errors import InvalidChange, InvalidFinding, UnknownName
from etiograph.network.frozen import same_name
from etiograph.network.likelihoods import encode
from etiograph.network.model import FloatArray, Model
from etiograph.query.doubling import Change

if TYPE_CHECKING:
    from etiograph.network.event import Event
    from etiograph.network.network import Network


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


def checked_changes(network: Network, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Changes as they are stated, names in Unicode normal form C; refused as by :func:`parse_changes`."""
    named = {same_name(name, network.variables): value for name, value in changes.items()}
    parse_changes(network, named)
    return {
        name: network.variables[name].states[network.variables[name].index(value)]
        if isinstance(value, str)
        else value
        for name, value in named.items()
    }


def _distribution(name: str, variable: Any, value: Mapping[str, Any]) -> Change:
    p = [0.0] * variable.card
    for state, weight in value.items():
        if isinstance(weight, bool) or not isinstance(weight, int | float | np.number):
            raise InvalidChange(
                f"'{name}' = '{state}' needs a probability, a number from 0 to 1, not {weight!r}"
            )
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
        own = model.slots_of(i)
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


def refuse_own(cause: str, event: Event) -> None:
    """Refuse to ask what a variable does to itself.

    Raises
    ------
    InvalidChange
    """
    if event.variable == cause:
        raise InvalidChange(f"'{cause}' is asked about as its own cause: name another outcome")
