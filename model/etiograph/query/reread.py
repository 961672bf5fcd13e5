"""Measured values in a changed world.

What was read is what it is, unless the change reaches the reading. Then its deviation from its level
is the noise that both worlds share: the level moves, and the value with it. A reading that is drawn
afresh, or set by the change, has lost its value.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from etiograph.network.finding import parse
from etiograph.network.likelihoods import encode
from etiograph.network.model import Conditional, FloatArray
from etiograph.network.parameter import Parameter
from etiograph.network.reading import Reading
from etiograph.query.worlds import World

if TYPE_CHECKING:
    from etiograph.network.network import Network

DRAWS_AT_ONCE = 512


def moved_values(
    network: Network, findings: Mapping[str, object], asked: World
) -> dict[str, float]:
    """Measured values (canonical unit) that the change moves without drawing them afresh."""
    moved = asked.reached.difference(asked.fresh, asked.changes)
    values: dict[str, float] = {}
    for name, finding in findings.items():
        if isinstance(network.mechanisms.get(name), Reading) and network.model.index[name] in moved:
            parsed = parse(network, name, finding)
            if parsed is not None and parsed.values:
                values[name] = parsed.values[-1]
    return values


def read_again(
    network: Network,
    asked: World,
    rows: FloatArray,
    name: str,
    value: float | FloatArray,
    parameters: FloatArray | None = None,
) -> FloatArray:
    """The states that a measured value would fall in, had the change been made.

    Parameters
    ----------
    network, asked
        The network and the change.
    rows : ndarray (B, S)
        All findings; one row may stand for all parameters.
    name, value : str, float or ndarray (B,)
        The reading and its value in the canonical unit, of all rows or row by row.
    parameters : ndarray (B, P), optional
        Values of the parameters, row by row; by default the stated ones.

    Returns
    -------
    ndarray (B, states)
    """
    from etiograph.network.expand import table_function

    model, variable, reading = network.model, network.variables[name], network.mechanisms[name]
    assert isinstance(reading, Reading)
    level = model.level_of(model.index[name])
    if parameters is None:
        p_levels = asked.pair(rows, level)
        parameters = network.parameter_values()[None]
    else:
        tables = table_function(network)
        parts = [
            slice(first, first + DRAWS_AT_ONCE)
            for first in range(0, len(parameters), DRAWS_AT_ONCE)
        ]
        p_levels = np.concatenate(
            [
                asked.pair(rows if len(rows) == 1 else rows[part], level, tables(parameters[part]))
                for part in parts
            ]
        )
    column = {each: j for j, each in enumerate(network.parameters)}
    numbers = np.stack(
        [
            parameters[:, column[n.name]]
            if isinstance(n, Parameter)
            else np.full(len(parameters), n)
            for n in reading.inputs
        ]
    )
    mean = reading.location(numbers)[0].T
    step = mean[:, None, :] - mean[:, :, None]
    if reading.defined:
        return _read_anew(network, reading, name, value, p_levels, parameters)
    factors = reading.lognormal
    read = np.asarray(value, dtype=np.float64).reshape(-1, 1, 1)
    seen = read * np.exp(step) if factors else read + step
    bins = np.searchsorted(reading.cutpoints, seen, side="right")
    out = np.zeros((len(p_levels), variable.card))
    for n, state in enumerate(reading.bins_of(variable)):
        out[:, variable.index(state)] = np.where(bins == n, p_levels, 0.0).sum(axis=(1, 2))
    return out


def _read_anew(
    network: Network,
    reading: Reading,
    name: str,
    value: float | FloatArray,
    p_levels: FloatArray,
    parameters: FloatArray,
) -> FloatArray:
    """Where the level defines a state: one that stays keeps its value, one that moves is read anew."""
    from etiograph.network.expand import table_function

    model, variable = network.model, network.variables[name]
    family = model.families[model.index[name]]
    assert isinstance(family, Conditional)
    k, levels = variable.card, p_levels.shape[1]
    entries = table_function(network)(parameters)[:, family.start : family.start + levels * k]
    states = np.broadcast_to(np.asarray(entries).reshape(-1, levels, k), (len(p_levels), levels, k))
    moves = p_levels * (1.0 - np.eye(levels))
    out = np.einsum("bnm,bmk->bk", moves, states)
    stays = np.einsum("bnn->b", p_levels)
    for row, read in enumerate(np.broadcast_to(value, len(out)).tolist()):
        out[row, variable.index(reading.bin_of(read, variable))] += stays[row]
    return np.asarray(out)


def settle(
    network: Network,
    findings: Mapping[str, object],
    asked: World,
    rows: FloatArray,
    marginals: FloatArray,
    parameters: FloatArray | None = None,
) -> FloatArray:
    """Marginals of the changed world (B, S) with every measured reading in its place; in place."""
    model = network.model
    reached = {model.offsets[i] for i in asked.reached}
    for slot, first, end in encode(network, findings)[2]:
        if first not in reached:
            marginals[:, first:end] = 0.0
            marginals[:, slot] = 1.0
    for name, value in moved_values(network, findings, asked).items():
        first = model.offsets[model.index[name]]
        end = first + network.variables[name].card
        marginals[:, first:end] = read_again(network, asked, rows, name, value, parameters)
    return marginals
