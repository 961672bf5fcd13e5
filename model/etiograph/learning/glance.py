"""A look at a table before anything is learned from it: what would make the numbers learned wrong.

All rows alike in what the network expects to differ: then they were chosen by it. Half of a column of
measured values where next to none is expected: then its unit may be another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from etiograph.engine.propagate import propagate_one
from etiograph.errors import TooLarge
from etiograph.findings.cases import Cases
from etiograph.learning.cohort import Cohort
from etiograph.learning.note import Note
from etiograph.network.network import Network
from etiograph.network.reading import Reading

FloatArray = NDArray[np.float64]

SELECTED = 1e-3
"""Chance of all rows to be alike below which they were hardly left to chance."""
ODD = 0.005
"""Share of the values that the network expects beyond the median of a column, below which that is said."""
FEWEST = 5
"""Measured values of a column from which its median is looked at."""
BLOCK = 4096
"""Rows that are looked at together."""
NAMED = 3
"""Variables that are named in one sentence."""


@dataclass(frozen=True, eq=False, slots=True)
class Glance:
    """What is seen of some rows.

    Attributes
    ----------
    known : ndarray (S,)
        Weight of the rows that know each state for certain.
    values : mapping of str to (ndarray, ndarray)
        Of each reading, measured values and their weights.
    """

    known: FloatArray
    values: Mapping[str, tuple[FloatArray, FloatArray]]

    @classmethod
    def of(cls, cohort: Cohort) -> Glance:
        """Of the rows of a cohort."""
        values = {m.name: (m.distinct[m.which], cohort.weights[m.rows]) for m in cohort.measured}
        return cls(_known(cohort.network, cohort.rows, cohort.weights), values)

    @classmethod
    def of_cases(cls, cases: Cases) -> Glance:
        """Of a table that was read; some rows at a time, so that a long one takes little memory."""
        network = cases.network
        counts = np.bincount(cases.where[cases.where >= 0], minlength=cases.n_rows).astype(float)
        seen = cls(np.zeros(network.model.n_states), {})
        for first in range(0, cases.n_rows, BLOCK):
            members = slice(first, first + BLOCK)
            own = counts[members]
            values = {
                name: (column[there], own[there])
                for name, column in cases.values(members).items()
                if (there := ~np.isnan(column)).any()
            }
            seen += cls(_known(network, cases.likelihoods(members), own), values)
        return seen

    def __add__(self, other: Glance) -> Glance:
        values = dict(self.values)
        for name, own in other.values.items():
            both = (values[name], own) if name in values else (own,)
            value, weight = zip(*both, strict=True)
            values[name] = np.concatenate(value), np.concatenate(weight)
        return Glance(self.known + other.known, values)


def _known(network: Network, rows: FloatArray, weights: FloatArray) -> FloatArray:
    """Weight of the rows (D, S) that know each state for certain, (S,)."""
    model = network.model
    possible = rows > 0.0
    alone = np.add.reduceat(possible, model.offsets, axis=1, dtype=np.int64) == 1
    found: FloatArray = weights @ (possible & np.repeat(alone, model.cards, axis=1))
    return found


def alike(network: Network, known: FloatArray) -> dict[str, str]:
    """Variables of which all rows have one state, which chance makes less often than ``SELECTED``.

    Parameters
    ----------
    network : Network
    known : ndarray (S,)
        Number of rows that know each state for certain.
    """
    same = _same(network, known)
    if not same:
        return {}
    return _chosen(network, same, propagate_one(network.model, np.ones(network.model.n_states))[1])


def _same(network: Network, known: FloatArray) -> dict[str, tuple[int, float]]:
    """Variables of which all rows that say it have one state: that, and how many do."""
    same: dict[str, tuple[int, float]] = {}
    for i, name in enumerate(network.variables):
        own = known[network.model.slots_of(i)]
        if np.count_nonzero(own) == 1:
            same[name] = int(own.argmax()), float(own.sum())
    return same


def _chosen(
    network: Network, same: Mapping[str, tuple[int, float]], prior: FloatArray
) -> dict[str, str]:
    """Those of them that are hardly so by chance, where all rows are of one prior (S,)."""
    model = network.model
    prior = np.maximum(prior, np.finfo(float).tiny)
    return {
        name: network.variables[name].states[state]
        for name, (state, n) in same.items()
        if n * np.log(prior[model.slots_of(model.index[name])][state]) < np.log(SELECTED)
    }


def doubts(network: Network, seen: Glance, given: FloatArray | None = None) -> tuple[Note, ...]:
    """What is to be said of a table before its numbers are believed.

    Parameters
    ----------
    network : Network
    seen : Glance
    given : ndarray (1, S), optional
        Likelihoods of what is given of all rows.
    """
    same = _same(network, seen.known)
    enough = {n: v for n, v in seen.values.items() if v[1].sum() >= FEWEST}
    if not (same or enough):
        return ()
    model = network.model
    try:
        prior = propagate_one(model, np.ones(model.n_states) if given is None else given[0])[1]
    except TooLarge:  # rows that know much may be learned from all the same
        return ()
    return (*_selected(_chosen(network, same, prior)), *_units(network, enough, prior))


def _selected(same: Mapping[str, str]) -> Iterable[Note]:
    if not same:
        return
    named = [f"{name} = {state}" for name, state in list(same.items())[:NAMED]]
    more = f" and {len(same) - NAMED} more" if len(same) > NAMED else ""
    name, state = next(iter(same.items()))
    yield Note(
        f"all rows that say it have {', '.join(named)}{more}, of which the network expects more than one "
        "state. If the rows were chosen by it, say so, for else what is learned is how common it is among "
        "them.",
        f'given={{"{name}": "{state}"}}',
        f"--given {name}={state}",
    )


def _units(
    network: Network, columns: Mapping[str, tuple[FloatArray, FloatArray]], prior: FloatArray
) -> Iterable[Note]:
    model = network.model
    for name, (values, weights) in columns.items():
        reading = network.mechanisms[name]
        assert isinstance(reading, Reading)
        order = np.argsort(values)
        passed = np.cumsum(weights[order])
        median = float(values[order][np.searchsorted(passed, 0.5 * passed[-1])])
        if reading.lognormal and median <= 0.0:
            continue
        level = model.level_of(model.index[name])
        low, high = prior[model.slots_of(level)] @ reading.p_bins(None, (median,))[:, :, 0]
        if min(low, high) < ODD:
            side = "above" if high < ODD else "below"
            yield Note(
                f"column {name!r}: half of its values are {median:.3g} {reading.unit} or {side}, where the "
                f"network expects fewer than 1 in {round(1 / ODD)}. Are they in another unit?",
                f'units={{"{name}": UNIT}}',
                f"--unit {name}=UNIT",
            )
