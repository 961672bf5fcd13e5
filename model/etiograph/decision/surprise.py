"""Whether a case lies outside what the model expects: P(findings) against simulated cases.

A conflict between findings may be explained by a rare cause; a case less probable than nearly all
cases the network itself brings forth says that the network may not fit this person.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from etiograph.network.answer import Result
from etiograph.network.event import Event
from etiograph.network.value import value_type
from etiograph.store import STORE
from etiograph.uncertainty.rows import FloatArray, log_evidences, require_possible

if TYPE_CHECKING:
    from etiograph.network.network import Network

ENOUGH = 200
"""Answer cases of the same outcome that are enough to compare with."""
RARE = 0.005
"""Share of simulated cases below which a case is called unexpected."""
SAME = 1e-9
"""Log P of two cases may differ by so much and be the same."""
AT_A_TIME = 8
"""Distinct drawn cases that are looked at together at first."""


@value_type
@dataclass(frozen=True, slots=True)
class Surprise(Result):
    """How a case compares with cases drawn from the network, on the same variables.

    Attributes
    ----------
    share : float
        Share of the drawn cases that are at most as probable as this one.
    unexpected : bool
        The share is below ``RARE``.
    log_p : float
        Natural log of P(findings); readings by the state they fall in.
    cases : int
        How many there were, of the same outcome where the outcome is known.
    compared : tuple of str
        Findings that were compared: those that say which state a variable is in.
    fixed : tuple of str
        Findings held fixed in all drawn cases (age, sex).
    """

    share: float
    unexpected: bool
    log_p: float
    cases: int
    compared: tuple[str, ...]
    fixed: tuple[str, ...]


def surprise(
    network: Network, findings: Mapping[str, object], cases: int = 1000, seed: int = 0
) -> Surprise:
    """Compare P(findings) with that of simulated cases of the same background.

    Parameters
    ----------
    network : Network
    findings : mapping of str to finding
        Uncertain findings are left out: they name no state to compare.
    cases, seed : int

    Raises
    ------
    ImpossibleFindings
    """
    asked = _Compared.of(network, findings, cases, seed)
    log_p = asked.log_p(np.arange(len(asked.states)))
    return asked.surprise(log_p[0], int(asked.times[log_p <= log_p[0] + SAME].sum()))


def unexpected(
    network: Network,
    findings: Mapping[str, object],
    cases: int = 1000,
    seed: int = 0,
    also: Collection[str] = (),
) -> Surprise | None:
    """The surprise of a case that is unexpected; None for any other, which mostly shows soon.

    The same answer as :func:`surprise`. Of the drawn cases those that came up least are looked at
    first, only until so many are at most as probable that the share can't be below ``RARE`` any more.

    Parameters
    ----------
    network, findings, cases, seed
        As for :func:`surprise`.
    also : collection of str
        Other variables to keep beside the findings: cases that keep the same ones share what the
        engine works out once.

    Raises
    ------
    ImpossibleFindings
    """
    asked = _Compared.of(network, findings, cases, seed, also)
    others = 1 + np.argsort(asked.times[1:], kind="stable")
    here, below = asked.log_p(np.zeros(1, dtype=np.int64))[0], int(asked.times[0])
    start, end = 0, AT_A_TIME
    while start < len(others):
        if below / asked.count >= RARE:
            return None
        some = others[start:end]
        start, end = end, 3 * end  # the longer it takes, the more likely it takes all of them
        below += int(asked.times[some][asked.log_p(some) <= here + SAME].sum())
    found = asked.surprise(here, below)
    return found if found.unexpected else None


@dataclass(frozen=True, slots=True)
class _Compared:
    """A case beside cases drawn from the network.

    Attributes
    ----------
    network : Network
    fixed : dict of str to str
        Findings held fixed in all drawn cases.
    names : tuple of str
        The other findings.
    states : ndarray of int (D, names)
        Distinct states of these, the case first.
    times : ndarray of int (D,)
        How often each was drawn.
    also : tuple of str
        Other variables of the part of the network that is asked.
    """

    network: Network
    fixed: dict[str, str]
    names: tuple[str, ...]
    states: NDArray[np.int64]
    times: NDArray[np.int64]
    also: tuple[str, ...]

    @classmethod
    def of(
        cls,
        network: Network,
        findings: Mapping[str, object],
        cases: int,
        seed: int,
        also: Collection[str] = (),
    ) -> _Compared:
        """The case, and as many others of the same background, drawn and told apart."""
        model = network.model
        stated = stated_states(network, findings)
        fixed: dict[str, str] = {}
        for name in network.order:
            background = network.variables[name].role == "background"
            if name in stated and background and all(p in fixed for p in network.parents(name)):
                fixed[name] = stated[name]
        drawn = _drawn(network, stated, fixed, cases, seed)
        names = tuple(name for name in stated if name not in fixed)
        columns = [model.index[name] for name in names]
        here = [network.variables[name].index(stated[name]) for name in names]
        every = np.concatenate([np.array([here], dtype=np.int64), drawn[:, columns]])
        states, where = np.unique(every, axis=0, return_inverse=True)
        where = where.reshape(-1)
        order = np.argsort(np.arange(len(states)) != where[0], kind="stable")  # the case first
        times = np.bincount(where[1:], minlength=len(states))
        return cls(network, fixed, names, states[order], times[order], tuple(also))

    @property
    def count(self) -> int:
        """How many cases were drawn."""
        return int(self.times.sum())

    def log_p(self, which: NDArray[np.int64]) -> FloatArray:
        """Log P of some of the distinct cases; the first has to be possible."""
        network, model = self.network, self.network.model
        rows = np.ones((len(which), model.n_states))
        for name, state in self.fixed.items():
            rows = Event.of(network.variables[name], state).added(network.model, rows)
        for name, states in zip(self.names, self.states[which].T, strict=True):
            card = network.variables[name].card
            rows[:, model.slots_of(model.index[name])] = np.eye(card)[states]
        found = log_evidences(network, rows, (*self.names, *self.fixed, *self.also))
        if which[0] == 0:
            own = zip(self.names, self.states[0], strict=True)
            stated = {name: network.variables[name].states[state] for name, state in own}
            require_possible(network, found[:1], self.fixed | stated)
        return found

    def surprise(self, log_p: float, below: int) -> Surprise:
        """What comes of it, with so many drawn cases at most as probable."""
        share = below / self.count
        return Surprise(
            share, share < RARE, float(log_p), self.count, self.names, tuple(self.fixed)
        )


def _drawn(
    network: Network, stated: Mapping[str, str], fixed: dict[str, str], cases: int, seed: int
) -> NDArray[np.int64]:
    """States of all variables of so many cases, of the same background and outcome; kept for others."""
    from etiograph.engine.sample import sample_states
    from etiograph.query.worlds import world

    def build() -> NDArray[np.int16]:
        # Nothing above them is open, so that setting them is the same as seeing them.
        surgery = world(network, "do", fixed).surgery
        model = network.model if surgery is None else surgery.model
        drawn = sample_states(model, 5 * cases, np.random.default_rng(seed))
        return _who_also_came(network, stated, drawn)[:cases].astype(np.int16)

    outcome = stated.get(str(network.about.get("target", "")))
    key = (network.digest(), tuple(fixed.items()), outcome, cases, seed)
    return STORE.get(("drawn", key), build).astype(np.int64)


def _who_also_came(
    network: Network, stated: Mapping[str, str], drawn: NDArray[np.int64]
) -> NDArray[np.int64]:
    """The drawn cases with the same outcome: whoever asks about cramps has them.

    Without this every patient would look unusual beside the healthy. All cases where too few match.
    """
    target = str(network.about.get("target", ""))
    if target not in stated:
        return drawn
    state = network.variables[target].index(stated[target])
    same = drawn[drawn[:, network.model.index[target]] == state]
    return same if len(same) >= ENOUGH else drawn


def stated_states(network: Network, findings: Mapping[str, object]) -> dict[str, str]:
    """The findings that name one state, a measured value by the state it falls in."""
    from etiograph.network.likelihoods import encode

    found: dict[str, str] = {}
    for name, value in findings.items():
        if name in network.flags:
            continue
        _, known, shown = encode(network, {name: value})
        states = network.variables[name].states
        for variable, state in known.items():
            if network.model.names[variable] == name:
                found[name] = states[state]
        for slot, first, _ in shown:
            found[name] = states[slot - first]
    return found
