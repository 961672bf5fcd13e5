"""Whether a case lies outside what the model expects: P(findings) against simulated cases.

A conflict between findings may be explained by a rare cause; a case less probable than nearly all
cases the network itself brings forth says that the network may not fit this person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from etiograph.uncertainty.rows import Event, log_evidences, masked, require_possible

if TYPE_CHECKING:
    from etiograph.network.network import Network

ENOUGH = 200
"""Drawn cases of the same outcome that are enough to compare with."""
RARE = 0.005
"""Share of simulated cases below which a case is called unexpected."""


@dataclass(frozen=True, slots=True)
class Surprise:
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
    from etiograph.engine.sample import sample_states
    from etiograph.query.worlds import world

    model = network.model
    stated = _states(network, findings)
    fixed: dict[str, str] = {}
    for name in network.order:
        background = network.variables[name].role == "background"
        if name in stated and background and all(p in fixed for p in network.parents(name)):
            fixed[name] = stated[name]
    # Nothing above them is open, so that setting them is the same as seeing them.
    surgery = world(network, "do", fixed).surgery
    drawn = sample_states(
        model if surgery is None else surgery.model, 5 * cases, np.random.default_rng(seed)
    )
    drawn = _who_also_came(network, stated, drawn)[:cases]
    names = [name for name in stated if name not in fixed]
    columns = [model.index[name] for name in names]
    here = np.array([network.variables[name].index(stated[name]) for name in names], dtype=np.int64)
    distinct, where = np.unique(
        np.concatenate([here[None], drawn[:, columns]]), axis=0, return_inverse=True
    )
    rows = np.ones((len(distinct), model.n_states))
    for name, state in fixed.items():
        rows = masked(network, rows, Event(name, (state,)))
    for column, name in enumerate(names):
        start = model.offsets[model.index[name]]
        card = network.variables[name].card
        rows[:, start : start + card] = np.eye(card)[distinct[:, column]]
    log_p = log_evidences(network, rows)[where.reshape(-1)]
    require_possible(network, log_p[:1], stated)
    share = float(np.mean(log_p[1:] <= log_p[0] + 1e-9))
    return Surprise(share, share < RARE, float(log_p[0]), len(drawn), tuple(names), tuple(fixed))


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


def _states(network: Network, findings: Mapping[str, object]) -> dict[str, str]:
    """The findings that name one state, a measured value by the state it falls in."""
    from etiograph.network.finding import encode

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
