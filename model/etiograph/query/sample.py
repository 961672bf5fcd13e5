"""Tables of people drawn from a network: with measured values, after findings, under a change, with holes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from etiograph.engine.ancestral import ancestors, informative
from etiograph.engine.propagate import evidence, propagate
from etiograph.engine.sample import draw_one, pick, sample_states, topological_order
from etiograph.errors import ImpossibleFindings, InvalidFinding, UnknownName
from etiograph.findings.table import read_cases
from etiograph.network.likelihoods import likelihood_row
from etiograph.network.normal import NormalLevels
from etiograph.network.reading import Reading
from etiograph.network.variable import Variable
from etiograph.query.change import changed_network

if TYPE_CHECKING:
    import pandas as pd

    from etiograph.network.model import Model
    from etiograph.network.network import Network

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

Rule = float | Callable[["pd.DataFrame"], Any]
"""The share of cells that are empty, or a function of the whole table to the chance of each row's."""
MOST_DRAWN = 400_000
"""People that are drawn, at most, to find those of whom findings are true."""
AT_ONCE = 20_000
"""Of them at once."""
ROUNDS = 200
"""Rounds of draws for a value within the limits of its state; what is left then is put on the limit."""


def sample(
    network: Network,
    n: int,
    rng: np.random.Generator,
    *,
    measured: bool = False,
    given: Mapping[str, Any] | None = None,
    do: Mapping[str, Any] | None = None,
    missing: Rule | Mapping[str, Rule] | None = None,
) -> pd.DataFrame:
    """Draw people from the network.

    Parameters
    ----------
    network : Network
    n : int
        How many.
    rng : numpy.random.Generator
        Source of randomness.
    measured : bool
        Readings as values in their canonical unit, as a laboratory gives them, instead of states.
    given : mapping of str to finding, optional
        Only people of whom this is so, drawn exactly; of a changed world with ``do``.
    do : mapping of str to state or {state: probability}, optional
        What is changed first.
    missing : float, function, or mapping of str to float or function, optional
        Which cells are left empty: a share of all (missing completely at random), or by column a
        share or a function that is given the whole table and returns the chance of each row (n,).
        Where it looks at columns that are never empty the holes are missing at random; where it looks
        at the column itself they are not.

    Returns
    -------
    pandas.DataFrame
        One row a person; one categorical column a variable, numbers for readings that are measured.

    Raises
    ------
    InvalidFinding, UnknownName, InvalidChange
        A number, name, finding or change that makes no sense.
    ImpossibleFindings
        Nobody is as given.
    """
    import pandas as pd

    if n < 0:
        raise InvalidFinding(f"the number of cases must not be negative, got {n}")
    changed = changed_network(network, do, given) if do else network
    model = changed.model
    row = likelihood_row(changed, given) if given else None
    if row is not None and not np.isfinite(evidence(model, row[None])[0]):
        raise ImpossibleFindings("nobody is as given: these findings contradict one another", ())
    states = sample_states(model, n, rng) if row is None else _states_given(model, n, rng, row)
    columns: dict[str, Any] = {}
    for i, v in enumerate(changed.variables.values()):
        mechanism = changed.mechanisms[v.name]
        if measured and isinstance(mechanism, Reading):
            level = model.level_of(i)
            columns[v.name] = _values(mechanism, v, states[:, level], states[:, i], rng)
        else:
            columns[v.name] = pd.Categorical.from_codes(states[:, i], categories=pd.Index(v.states))
    _keep_given(changed, given or {}, columns, n)
    frame = pd.DataFrame(columns)
    return frame if missing is None else _with_holes(frame, missing, rng)


def _states_given(model: Model, n: int, rng: np.random.Generator, row: FloatArray) -> IntArray:
    """States (n, variables) after findings (S,): by rejection where they are common, else one by one."""
    upstream = ancestors(model, informative(model, row[None]))
    top = np.maximum.reduceat(row, model.offsets)
    chance = float(np.exp(evidence(model, row[None])[0] - np.log(top).sum()))
    if n <= MOST_DRAWN * chance:
        return _by_rejection(model, n, rng, row / np.repeat(top, model.cards), upstream, chance)
    return _by_posterior(model, n, rng, row, upstream)


def _by_rejection(
    model: Model,
    n: int,
    rng: np.random.Generator,
    row: FloatArray,
    upstream: Collection[int],
    chance: float,
) -> IntArray:
    """People are drawn as they come, and stay with the likelihood of the findings in them.

    Only what is upstream of findings is drawn before that. ``chance`` is the share that stays.
    """
    order = topological_order(model)
    spoken = informative(model, row[None])
    found: list[IntArray] = [np.zeros((0, len(model.cards)), dtype=np.int64)]
    missing = n
    while missing > 0:
        count = min(AT_ONCE, int(1.1 * missing / chance) + 20)
        states = np.zeros((count, len(model.cards)), dtype=np.int64, order="F")
        for v in order:
            if v in upstream:
                draw_one(model, v, states, rng)
        stays = np.ones(count)
        for v in spoken:
            stays *= row[model.offsets[v] + states[:, v]]
        found.append(states[rng.random(count) < stays])
        missing -= len(found[-1])
    states = np.concatenate(found)[:n]
    for v in order:
        if v not in upstream:
            draw_one(model, v, states, rng)
    return states


def _by_posterior(
    model: Model, n: int, rng: np.random.Generator, row: FloatArray, upstream: Collection[int]
) -> IntArray:
    """What is upstream of findings is drawn parents first, from its posterior given them and what was
    drawn before; all else as it comes about."""
    states = np.zeros((n, len(model.cards)), dtype=np.int64, order="F")
    rows = np.tile(row, (n, 1))
    for v in topological_order(model):
        if v not in upstream or not n:
            draw_one(model, v, states, rng)
            continue
        own = model.slots_of(v)
        p = propagate(model, rows, wanted=(v,)).marginals[:, own]
        states[:, v] = pick(p, rng)
        rows[:, own] *= np.eye(model.cards[v])[states[:, v]]
    return states


def _values(
    reading: Reading,
    variable: Variable,
    levels: IntArray,
    states: IntArray,
    rng: np.random.Generator,
) -> FloatArray:
    """A value for each person (n,), by the level it is drawn from and the state it falls in."""
    stated = np.array([getattr(x, "value", x) for x in reading.inputs], dtype=np.float64)[:, None]
    bins = reading.bins_of(variable)
    cuts = np.array([-np.inf, *reading.cutpoints, np.inf])
    place = np.array([bins.index(s) for s in variable.states])[states]
    low = np.maximum(cuts[place], reading.plausible[0])
    high = np.minimum(cuts[place + 1], reading.plausible[1])
    if reading.lognormal:
        low, high = (np.log(np.maximum(x, 1e-300)) for x in (low, high))
    told = reading.levels(stated)
    if isinstance(told, NormalLevels):
        out = _within(told.mean[levels, 0], np.full(len(levels), told.sd[0]), low, high, rng)
    else:
        out = np.full(len(levels), np.nan)
        waiting = np.arange(len(levels))
        for _ in range(ROUNDS):
            own = levels[waiting]
            level = _within(
                told.mean[own, 0], np.full(len(own), told.sd[0]), told.low[own, 0],
                told.high[own, 0], rng,
            )  # fmt: skip
            value = level + told.error[0] * rng.standard_normal(len(own))
            inside = (value >= low[waiting]) & (value < high[waiting])
            out[waiting[inside]] = value[inside]
            waiting = waiting[~inside]
            if not waiting.size:
                break
        out[waiting] = np.where(np.isfinite(low[waiting]), low[waiting], high[waiting])
    return np.exp(out) if reading.lognormal else out


def _within(
    mean: FloatArray, sd: FloatArray, low: FloatArray, high: FloatArray, rng: np.random.Generator
) -> FloatArray:
    """Normal draws within limits, by the inverse of the distribution function, in the nearer tail."""
    from scipy.special import ndtr, ndtri

    a, b = (low - mean) / sd, (high - mean) / sd
    flip = a > 0
    a, b = np.where(flip, -b, a), np.where(flip, -a, b)
    first, last = ndtr(a), ndtr(b)
    z = ndtri(first + rng.random(len(mean)) * (last - first))
    z = np.clip(np.where(flip, -z, z), (low - mean) / sd, (high - mean) / sd)
    return np.asarray(mean + sd * z, dtype=np.float64)


def _keep_given(
    network: Network, given: Mapping[str, Any], columns: dict[str, Any], n: int
) -> None:
    """A measured value that was given is everybody's; in place."""
    import pandas as pd

    readings = {k: x for k, x in given.items() if isinstance(network.mechanisms.get(k), Reading)}
    if not readings:
        return
    cases = read_cases(network, [readings])
    for name, values in cases.values().items():
        if np.isnan(values[0]):
            continue
        if isinstance(columns[name], pd.Categorical):
            codes = np.full(n, cases.shown()[name][0])
            columns[name] = pd.Categorical.from_codes(codes, dtype=columns[name].dtype)
        else:
            columns[name] = np.full(n, values[0])


def _with_holes(
    frame: pd.DataFrame, missing: Rule | Mapping[str, Rule], rng: np.random.Generator
) -> pd.DataFrame:
    """The table with some cells empty."""
    rules = missing if isinstance(missing, Mapping) else dict.fromkeys(frame.columns, missing)
    out = frame.copy()
    for name, rule in rules.items():
        if name not in frame.columns:
            raise UnknownName(str(name), "variable", tuple(frame.columns))
        if not callable(rule) and (
            isinstance(rule, bool) or not isinstance(rule, int | float | np.number)
        ):
            raise TypeError(f"missing: {name!r} must be a share or a function, not {rule!r}")
        chance = rule(frame) if callable(rule) else rule
        try:
            p = np.broadcast_to(np.asarray(chance, dtype=np.float64), (len(frame),))
        except (TypeError, ValueError):
            p = np.full(1, np.nan)
        if not ((p >= 0.0) & (p <= 1.0)).all():
            raise InvalidFinding(
                f"missing: {name!r} must be shares from 0 to 1, one or one a row ({len(frame)})"
            )
        out.loc[rng.random(len(frame)) < p, name] = None if frame[name].dtype != float else np.nan
    return out
