"""Likelihoods: what findings say to the engine, a number for each state of every variable.

A row has S numbers in all: ones where nothing is known, a single one where the state is known. Two
findings on one variable multiply.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from etiograph.network.finding import Measured, Parsed, parse, unknown
from etiograph.network.parameter import Parameter, value_of
from etiograph.network.reading import Reading
from etiograph.network.variable import Variable

if TYPE_CHECKING:
    from etiograph.network.network import Network

FloatArray = NDArray[np.float64]

FLOOR = -600.0
"""A measured value so far from every level that all densities would underflow is scaled up to
this; otherwise densities are left as they are."""


def likelihood_row(network: Network, findings: Mapping[str, object]) -> FloatArray:
    """Return the likelihoods of the findings.

    Parameters
    ----------
    network : Network
    findings : mapping
        Variable to finding: a state, ``unknown`` or None, ``not_``, ``likelihood``, ``measured``,
        for a reading also text such as "0.62 mmol/L" or "<0.01 mIU/L" (a bare number if it has no unit); or a list of these, which multiply.

    Returns
    -------
    ndarray (S,)
        A measured value stands on the reading's hidden level; the reading's own states stay ones.
        All zeros on a variable where its findings contradict each other.

    Raises
    ------
    UnknownName
        Variable, state or unit, with the nearest one.
    InvalidFinding
        Anything that cannot be understood, and values outside the plausible range.
    """
    return encode(network, findings)[0]


def encode(
    network: Network, findings: Mapping[str, object]
) -> tuple[FloatArray, dict[int, int], list[tuple[int, int, int]]]:
    """Return the likelihoods together with what is plain in them.

    Parameters
    ----------
    network, findings
        As in :func:`likelihood_row`.

    Returns
    -------
    row : ndarray (S,)
        Likelihoods, writeable.
    known : dict of int to int
        Variables whose state is given, and that state.
    shown : list of (int, int, int)
        For each measured reading the slot of the bin its value falls in, and first and past-last
        slot of the reading: its posterior is a point mass there.
    """
    states = network.known_states
    buffer = bytearray(network.blank_row)
    row: FloatArray = np.frombuffer(buffer, dtype=np.float64)
    known: dict[int, int] = {}
    shown: list[tuple[int, int, int]] = []
    for name, value in findings.items():
        # The plain case first: it has to cost next to nothing.
        if type(value) is str and name in states and value in states[name]:
            first, end, one, variable, state = states[name][value]
            buffer[first:end] = one
            known[variable] = state
        elif value is not unknown and value is not None:
            parsed = parse(network, name, value)
            if parsed is not None:
                _place(network, parsed, row, known, shown)
        elif name not in states:
            network.variable(name)
    return row, known, shown


def likelihood_rows(
    network: Network, findings: Mapping[str, object], parameters: FloatArray
) -> FloatArray:
    """Return the likelihoods of the findings at many values of the parameters.

    Only measured values differ by row: the mean, sd and shifts of a reading are parameters.

    Parameters
    ----------
    network, findings
        As in :func:`likelihood_row`.
    parameters : ndarray (B, P)
        In the order of ``network.parameters``.

    Returns
    -------
    ndarray (B, S)
    """
    model = network.model
    rows = np.repeat(likelihood_row(network, findings)[None, :], len(parameters), axis=0)
    for name, value in findings.items():
        parsed = None if value is None or value is unknown else parse(network, name, value)
        if parsed is None or not (parsed.values or parsed.limits):
            continue
        mechanism = network.mechanisms[name]
        assert isinstance(mechanism, Reading)
        numbers = reading_numbers(network, mechanism, parameters)
        level = model.families[model.index[name]].parents[0]  # type: ignore[union-attr]
        first = model.offsets[level]
        dense = _densities(mechanism, parsed, network.variables[name], numbers)
        rows[:, first : first + model.cards[level]] = dense.T
    return rows


def reading_numbers(network: Network, reading: Reading, parameters: FloatArray) -> FloatArray:
    """The numbers of a reading (m, B), as its methods take them, at values of the parameters (B, P)."""
    column = {name: j for j, name in enumerate(network.parameters)}
    return np.stack(
        [
            parameters[:, column[n.name]]
            if isinstance(n, Parameter)
            else np.full(len(parameters), value_of(n))
            for n in reading.inputs
        ]
    )


def settle_shown(
    network: Network,
    findings: Mapping[str, object],
    shown: Sequence[tuple[int, int, int]],
    marginals: FloatArray,
) -> None:
    """Put measured readings in their place among the marginals (S,): where their value falls.

    Of one that is only known to lie beyond a limit, the states share what its levels leave of them:
    P(state) = sum over levels of P(level) P(state and beyond | level) / P(beyond | level).
    """
    for slot, begin, end in shown:
        marginals[begin:end] = 0.0
        marginals[slot] = 1.0
    model = network.model
    for name, value in findings.items():
        reading = network.mechanisms.get(name)
        if not isinstance(reading, Reading) or not isinstance(value, str | Measured):
            continue
        parsed = parse(network, name, value)
        if parsed is None or len(parsed.limits) != 1 or parsed.values:
            continue
        ((limit, side),) = parsed.limits
        i = model.index[name]
        level = model.families[i].parents[0]  # type: ignore[union-attr]
        at, own = model.offsets[level], model.offsets[i]
        cuts = sorted({*reading.cutpoints, limit})
        pieces = reading.p_bins(None, cuts)[:, :, 0]
        last = cuts.index(limit) + 1
        pieces[:, last:] = 0.0 if side == "<" else pieces[:, last:]
        pieces[:, :last] = 0.0 if side == ">" else pieces[:, :last]
        shares = np.zeros((len(pieces), parsed.variable.card))
        for n, cut in enumerate([-np.inf, *cuts]):
            state = reading.bins_of(parsed.variable)[bisect_right(reading.cutpoints, cut)]
            shares[:, parsed.variable.index(state)] += pieces[:, n]
        total = shares.sum(axis=1, keepdims=True)
        if (total > 0.0).all():
            p_level = marginals[at : at + len(pieces)]
            marginals[own : own + parsed.variable.card] = p_level @ (shares / total)


def has_values(network: Network, findings: Mapping[str, object]) -> bool:
    """Whether a measured value, or a limit of one, is among the findings."""
    for name, value in findings.items():
        if isinstance(network.mechanisms.get(name), Reading):
            parsed = parse(network, name, value)
            if parsed is not None and (parsed.values or parsed.limits):
                return True
    return False


def _place(
    network: Network,
    parsed: Parsed,
    row: FloatArray,
    known: dict[int, int],
    shown: list[tuple[int, int, int]],
) -> None:
    """Write the findings on one variable into the row."""
    model = network.model
    variable = parsed.variable
    i = model.index[variable.name]
    first = model.offsets[i]
    if not (parsed.values or parsed.limits):
        row[first : first + variable.card] = parsed.weights
        positive = np.flatnonzero(parsed.weights)
        if positive.size == 1 and parsed.weights[positive[0]] == 1.0:
            known[i] = int(positive[0])
        return
    mechanism = network.mechanisms[variable.name]
    assert isinstance(mechanism, Reading)
    level = model.families[i].parents[0]  # type: ignore[union-attr]
    at = model.offsets[level]
    row[at : at + model.cards[level]] = _densities(mechanism, parsed, variable, None)[:, 0]
    if parsed.values:
        state = variable.index(mechanism.bin_of(parsed.values[-1], variable))
        shown.append((first + state, first, first + variable.card))
    else:
        row[first : first + variable.card] = allowed_states(mechanism, parsed, variable)


def allowed_states(reading: Reading, parsed: Parsed, variable: Variable) -> FloatArray:
    """The weights of the states, none for those that lie on the other side of a limit."""
    weights = parsed.weights.copy()
    bins = [variable.index(state) for state in reading.bins_of(variable)]
    for value, side in parsed.limits:
        first = bisect_right(reading.cutpoints, value)
        beyond = bins[bisect_left(reading.cutpoints, value) + 1 :] if side == "<" else bins[:first]
        weights[beyond] = 0.0
    return weights


def _within(
    reading: Reading, parsed: Parsed, variable: Variable, values: FloatArray | None
) -> FloatArray:
    """Log of what makes a limit's likelihood of a level that of it and of the states together.

    The states allowed stand in the row beside the level. Together they shall say, of a level,
    P(the value is beyond the limit and in an allowed state); of the two alone they would say
    P(beyond) P(allowed).
    """
    allowed = allowed_states(reading, parsed, variable)
    order = [variable.index(state) for state in reading.bins_of(variable)]
    p_bins = reading.p_bins(values)  # (levels, bins, B)
    p_allowed = np.einsum("lkb,k->lb", p_bins, allowed[order])
    with np.errstate(divide="ignore", invalid="ignore"):
        if (parsed.weights == 1.0).all():
            return np.where(p_allowed > 0.0, -np.log(p_allowed), 0.0)
        both = np.ones_like(p_allowed)
        for value, side in parsed.limits:
            cuts = sorted({*reading.cutpoints, value})
            piece = [bisect_right(reading.cutpoints, c) for c in [*cuts[:1], *cuts]]
            piece[0] = 0
            inside = [
                allowed[order[k]]
                * (n <= cuts.index(value) if side == "<" else n > cuts.index(value))
                for n, k in enumerate(piece)
            ]
            both *= np.einsum("lkb,k->lb", reading.p_bins(values, cuts), np.array(inside))
        apart = sum(reading.log_mass(x, side, values) for x, side in parsed.limits)
        return np.where(both > 0.0, np.log(both) - np.log(p_allowed) - apart, -np.inf)


def level_likelihoods(reading: Reading, numbers: FloatArray) -> FloatArray:
    """Likelihoods (V, levels) of measured values (V,), each of another person.

    ``numbers`` are in the canonical unit. Each row is what :func:`likelihood_row` has of that value.
    """
    logs = reading.log_densities(numbers)[:, :, 0]
    top = logs.max(axis=1, keepdims=True)
    dense: FloatArray = np.exp(logs + np.maximum(FLOOR - top, 0.0))
    return dense


def _densities(
    reading: Reading, parsed: Parsed, variable: Variable, values: FloatArray | None
) -> FloatArray:
    """Return the likelihood of measured values at each level (levels, B).

    A finding on the state beside a measured value says something about the value's bin only: it
    is a factor, zero if the two contradict each other.
    """
    logs = sum(
        (reading.log_mass(x, side, values) for x, side in parsed.limits),
        start=reading.log_density(parsed.values, values) if parsed.values else np.zeros((1, 1)),
    )
    weight = 1.0
    for x in parsed.values:
        weight *= float(parsed.weights[variable.index(reading.bin_of(x, variable))])
    if not parsed.values:
        logs = logs + _within(reading, parsed, variable, values)
    top = np.max(logs, axis=0)
    dense: FloatArray = weight * np.exp(logs + np.maximum(FLOOR - top, 0.0))
    return dense
