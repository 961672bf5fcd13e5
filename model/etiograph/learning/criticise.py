"""Which independences that the arrows of a network imply do not hold in a table of cases.

A variable is independent of all that comes before it, given its parents. Each pair without an arrow is
tested once in this way, among the cases in which both and the parents are known: Pearson's statistic,
summed over the states of the parents, against its exact mean and variance with all margins fixed
(Haldane 1940; Lewis, Saunders & Westcott 1984), so that thin tables do no harm and the numbers of the
network do not enter. How small the smallest of many such p values is by chance alone is told by tables
simulated from the network with the same cells empty (Westfall & Young 1993).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from etiograph.cluster import in_order, workers
from etiograph.engine.sample import sample_states
from etiograph.errors import InvalidFinding
from etiograph.findings.cases import Cases, Fault, noting, rows_of
from etiograph.findings.contract import Contract, OnError
from etiograph.findings.table import read_cases
from etiograph.learning.glance import alike
from etiograph.network.answer import Result
from etiograph.network.value import value_type
from etiograph.progress import Begun, Progress, silent

if TYPE_CHECKING:
    import pandas as pd
    from distributed import Client

    from etiograph.network.network import Network

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

NAMED = 8
"""Variables without a known cell that are named."""
FEWEST = 30
"""Cases that know all three, from which a pair is tested."""
SMALLEST = 5
"""Cases that a combination of the parents' states needs to say something."""
AT_ONCE = 1_000_000
"""Cells of the tables of several pairs that are held together."""
Z = 1.959963984540054


@value_type
@dataclass(frozen=True, slots=True)
class Independence:
    """One independence that the arrows imply, held against the cases.

    Attributes
    ----------
    x, y : str
        The pair; an arrow ``x`` -> ``y`` is what one would look at.
    given : tuple of str
        The parents of ``y``.
    cases : int
        That know all of them.
    effect, low, high : float
        Dependence that is left, about the conditional mutual information in nats, less what chance
        alone gives; with its 95 % interval.
    p : float
        Of this test alone.
    p_all : float
        Chance that any of all tests gives as small a p where all independences hold.
    """

    x: str
    y: str
    given: tuple[str, ...]
    cases: int
    effect: float
    low: float
    high: float
    p: float
    p_all: float


@value_type
@dataclass(frozen=True, eq=False, slots=True)
class Criticism(Result):
    """What a table of cases says of the arrows that a network does not have.

    Attributes
    ----------
    tests : tuple of Independence
        The largest lower end of the effect first.
    p : float
        One for the whole network: the chance of a table that speaks as loudly against some
        independence where all of them hold.
    untested : int
        Pairs too few cases know together with the parents, or whose parents nobody knows.
    cases, draws : int
    faults : tuple of Fault
        What could not be read, where its rows are passed over.
    alike : tuple of str
        Variables that have one state in all cases, though by the network hardly by chance: if cases were chosen
        by them, independences do not hold among the chosen that hold among all.
    """

    tests: tuple[Independence, ...]
    p: float
    untested: int
    cases: int
    draws: int
    faults: tuple[Fault, ...] = ()
    alike: tuple[str, ...] = ()

    @property
    def passed_over(self) -> int:
        """Rows that could not be read."""
        return rows_of(self.faults)

    def rejected(self, level: float = 0.05) -> tuple[Independence, ...]:
        """Independences that do not hold; ``level`` is the chance of naming any where all do."""
        return tuple(test for test in self.tests if test.p_all <= level)

    def to_frame(self) -> pd.DataFrame:
        """One row a pair: effect with its interval, cases, p alone and among all."""
        import pandas as pd

        names = ("x", "y", "given", "effect", "low", "high", "cases", "p", "p_all")
        rows = [{n: getattr(t, n) for n in names} for t in self.tests]
        frame = pd.DataFrame(rows, columns=list(names))
        frame["given"] = [", ".join(given) for given in frame["given"]]
        return frame


def criticise(
    network: Network,
    table: Any,
    *,
    draws: int = 99,
    seed: int = 0,
    leave_out: Collection[str] = (),
    on_error: OnError = "raise",
    missing: Any = ("",),
    units: Mapping[str, str] | None = None,
    codes: Mapping[str, Mapping[Any, Any]] | None = None,
    keep: Collection[str] = (),
    on: str | Client | None = None,
    progress: Progress = silent,
) -> Criticism:
    """Look for arrows that a network lacks.

    Parameters
    ----------
    network : Network
        With numbers that fit the cases: after an update or a fit.
    table : pandas, polars or Arrow table, dict of columns, list of dicts, or path of a file
        A measured value counts by the state it falls in; what is not known to be one state is unknown.
        Empty cells are taken to say nothing.
    draws : int
        Tables that are simulated: p values go down to 1 / (draws + 1).
    seed : int
    leave_out, on_error, missing, units, codes, keep
        What is said of the table; see :meth:`Network.posteriors`.
    on : str or Client, optional
        Where simulated tables are tested, if not here (:func:`~etiograph.cluster.workers`); the answer is
        the same.
    progress : callable
        Told what is being done.

    Returns
    -------
    Criticism

    Raises
    ------
    InvalidFinding, UnknownName
        A cell that is no finding, a column that is no variable; too few cases for any test.
    """
    contract = Contract(missing, units or {}, codes or {}, leave_out, keep, on_error)
    cases = read_cases(network, table, contract)
    states = known_states(cases)[cases.where >= 0]
    pairs = _pairs(network)
    found = _tested(network, _statistics(network, states, pairs))
    if not found:
        unseen = [name for i, name in enumerate(network.variables) if (states[:, i] < 0).all()]
        few = f"of no pair of variables without an arrow are {FEWEST} of the {len(states)} cases known "
        if unseen and len(states) >= FEWEST:
            few = (
                f"columns are missing: {few}together with the parents; no case knows "
                f"{', '.join(unseen[:NAMED])}{', ...' * (len(unseen) > NAMED)}"
            )
        else:
            few = f"too few cases: {few}together with the parents"
        raise noting(InvalidFinding(few), cases.faults)
    # Not the stream of Network.sample: of people drawn with this seed the first table would be a copy.
    rng = np.random.default_rng([seed, draws])
    holes = states < 0
    least = np.empty(draws)

    def simulated() -> Iterator[tuple[int, IntArray]]:
        for k in range(draws):
            progress(Begun("table", k + 1, draws))
            drawn = sample_states(network.model, len(states), rng)[:, : states.shape[1]]
            drawn[holes] = -1
            yield k, drawn

    with workers(on) as client:
        for k, p in in_order(client, _least, (network, pairs), simulated()):
            least[k] = p
    told = [
        replace(t, p_all=float((1 + np.count_nonzero(least <= t.p)) / (draws + 1))) for t in found
    ]
    told.sort(key=lambda t: (-t.low, -t.effect))
    whole = min(t.p_all for t in told)
    untested = sum(map(len, pairs.values())) - len(told)
    return Criticism(
        tuple(told), whole, untested, len(states), draws, cases.faults, _alike(network, states)
    )


def _alike(network: Network, states: IntArray) -> tuple[str, ...]:
    """Variables with causes that have one state in all cases, though by the network hardly by chance."""
    model = network.model
    known = np.zeros(model.n_states)
    for i in range(states.shape[1]):
        own = states[states[:, i] >= 0, i]
        known[model.slots_of(i)] = np.bincount(own, minlength=model.cards[i])
    return tuple(name for name in alike(network, known) if network.parents(name))


def known_states(cases: Cases) -> IntArray:
    """State of every variable for every row of a table (B, variables), -1 where it is not known."""
    possible = possible_states(cases)
    out = np.full((cases.n_rows + 1, len(possible)), -1, dtype=np.int64)
    for i, own in enumerate(possible.values()):
        sure = (own.sum(axis=1) == 1) & (own.shape[1] > 1)
        out[:-1][sure, i] = own[sure].argmax(axis=1)
    return out[cases.where]


def possible_states(cases: Cases) -> dict[str, BoolArray]:
    """Of each variable, whether each different row of a table leaves a state possible, (D, states).

    A measured value is in the state it falls in.
    """
    network, shown = cases.network, cases.shown()
    rows = cases.likelihoods() > 0.0
    found = {}
    for i, v in enumerate(network.variables.values()):
        first = network.model.offsets[i]
        own = rows[:, first : first + v.card]
        if v.name in shown:
            states = shown[v.name]
            own = np.where((states >= 0)[:, None], np.eye(v.card, dtype=np.bool_)[states], own)
        found[v.name] = own
    return found


def _pairs(network: Network) -> dict[int, IntArray]:
    """Pairs without an arrow, each once: by what comes after, all that come before."""
    place = {name: i for i, name in enumerate(network.variables)}
    order = network.order
    found = {
        place[y]: [place[x] for x in order[:k] if x not in network.parents(y)]
        for k, y in enumerate(order)
    }
    return {y: np.array(before, dtype=np.int64) for y, before in found.items() if before}


@dataclass(frozen=True, eq=False, slots=True)
class _Statistics:
    """Of all pairs that enough cases know.

    Attributes
    ----------
    x, y, n : ndarray of int (pairs,)
        Places of the variables, and cases that know both and the parents.
    statistic, mean, variance : ndarray (pairs,)
    """

    x: IntArray
    y: IntArray
    n: IntArray
    statistic: FloatArray
    mean: FloatArray
    variance: FloatArray

    @property
    def p(self) -> FloatArray:
        """Chance of at least as much, by the gamma distribution of that mean and variance."""
        from scipy.special import gammaincc

        mean, variance = self.mean, self.variance
        return np.asarray(gammaincc(mean**2 / variance, self.statistic * mean / variance))


def _statistics(network: Network, states: IntArray, pairs: Mapping[int, IntArray]) -> _Statistics:
    """Hold all pairs against the cases, those with one variable after them together."""
    names = tuple(network.variables)
    cards = np.array([v.card for v in network.variables.values()])
    place = {name: i for i, name in enumerate(names)}
    out = []
    for y, before in pairs.items():
        parents = [place[p] for p in network.parents(names[y])]
        there = states[np.all(states[:, [y, *parents]] >= 0, axis=1)]
        at = np.zeros(len(there), dtype=np.int64)
        for p in parents:
            at = np.unique(at * cards[p] + there[:, p], return_inverse=True)[1].reshape(-1)
        strata = int(at.max(initial=0)) + 1
        n = np.count_nonzero(there[:, before] >= 0, axis=0)
        before, n = before[n >= FEWEST], n[n >= FEWEST]
        wide = int(cards[before].max(initial=1))
        most = max(1, AT_ONCE // max(strata * wide * int(cards[y]), len(there)))
        for first in range(0, len(before), most):
            xs = before[first : first + most]
            shape = (len(xs), strata, wide, int(cards[y]))
            cells = np.ravel_multi_index(
                (np.arange(len(xs))[None], at[:, None], np.maximum(there[:, xs], 0), there[:, [y]]),
                shape,
            )
            counts = np.bincount(cells[there[:, xs] >= 0], minlength=int(np.prod(shape)))
            own = moments(counts.reshape(shape).astype(np.float64))
            out.append((xs, np.full(len(xs), y), n[first : first + most], *own))
    if not out:
        out.append((*np.zeros((3, 0), dtype=np.int64), *np.zeros((3, 0))))
    found = [np.concatenate(each) for each in zip(*out, strict=True)]
    used = found[-1] > 0.0
    return _Statistics(*(each[used] for each in found))


def _tested(network: Network, found: _Statistics) -> list[Independence]:
    """What the statistics say of each pair."""
    names = tuple(network.variables)
    gap = found.statistic - found.mean
    effect = gap / (2.0 * found.n)
    error = Z * np.sqrt(found.variance + 4.0 * np.maximum(gap, 0.0)) / (2.0 * found.n)
    columns = (found.x, found.y, found.n, effect, effect - error, effect + error, found.p)
    return [
        Independence(names[x], names[y], network.parents(names[y]), n, middle, low, high, p, 1.0)
        for x, y, n, middle, low, high, p in zip(*(c.tolist() for c in columns), strict=True)
    ]


def _least(shared: tuple[Network, Mapping[int, IntArray]], states: IntArray) -> float:
    """The smallest p value of all tests."""
    network, pairs = shared
    return float(_statistics(network, states, pairs).p.min(initial=1.0))


def moments(counts: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Pearson's statistic of tables (..., strata, r, c), its mean and variance with all margins fixed, (...).

    Lewis, Saunders & Westcott 1984, equations 1.2 and 1.3; summed over strata that say something.
    """
    *first, _, _ = counts.shape
    counts = counts.reshape(-1, *counts.shape[-2:])
    n = counts.sum(axis=(1, 2))
    rows, columns = counts.sum(axis=2), counts.sum(axis=1)
    r, c = (rows > 0).sum(axis=1), (columns > 0).sum(axis=1)
    used = np.flatnonzero((n >= SMALLEST) & (r > 1) & (c > 1))
    counts, n, rows, columns = counts[used], n[used], rows[used], columns[used]
    r, c = r[used].astype(np.float64), c[used].astype(np.float64)
    expected = rows[:, :, None] * columns[:, None, :] / n[:, None, None]
    gap = np.divide(
        (counts - expected) ** 2, expected, out=np.zeros_like(counts), where=expected > 0
    )
    mean = n * (r - 1.0) * (c - 1.0) / (n - 1.0)

    def parts(margin: FloatArray, k: FloatArray) -> tuple[FloatArray, FloatArray]:
        inverse = np.divide(1.0, margin, out=np.zeros_like(margin), where=margin > 0).sum(axis=1)
        return (k - 1.0) * (n - k) / (n - 1.0), (n * inverse - k**2) / (n - 2.0)

    (v1, w1), (v2, w2) = parts(rows, r), parts(columns, c)
    variance = 2.0 * n / (n - 3.0) * (v1 - w1) * (v2 - w2) + n**2 / (n - 1.0) * w1 * w2

    def summed(each: FloatArray) -> FloatArray:
        whole = np.zeros(first)
        whole.reshape(-1)[used] = each
        return np.asarray(whole.sum(axis=-1))

    return summed(gap.sum(axis=(1, 2))), summed(mean), summed(variance)
