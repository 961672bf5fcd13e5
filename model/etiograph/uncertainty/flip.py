"""What would turn the answer: the smallest change of one or two published numbers, within their ranges.

The size of a change is the share of the way from the stated value to the end of its range, so that
a number known well counts for more than one that is a guess.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from etiograph.uncertainty.rows import (
    Answers,
    FloatArray,
    event,
    finding_row,
    open_causes,
    require_possible,
    solve,
    stated,
    stated_range,
)

if TYPE_CHECKING:
    from etiograph.network.network import Network

HALVINGS = 24
PAIRED = 10
"""How many of the most moving parameters are tried in pairs."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One change of parameters after which the answer is another.

    Attributes
    ----------
    values : mapping of parameter to new value
    share : float
        0 at the stated values, 1 at the ends of the ranges.
    becomes : str
        The new top cause; or ``above`` / ``below`` a threshold.
    """

    values: Mapping[str, float]
    share: float
    becomes: str


@dataclass(frozen=True, slots=True)
class Turns:
    """The smallest changes that turn the answer.

    Attributes
    ----------
    question : str
        ``top cause``, or the event and its threshold.
    now : str
        The answer at the stated values.
    single, double : tuple of Turn
        By one number and by two numbers moved together, smallest first; empty: none within the
        stated ranges.
    """

    question: str
    now: str
    single: tuple[Turn, ...]
    double: tuple[Turn, ...]

    @property
    def smallest(self) -> Turn | None:
        """The smallest single change, else the smallest double one, else None."""
        return next(iter((*self.single, *self.double)), None)


def turning_points(
    network: Network,
    findings: Mapping[str, object],
    target: str | None = None,
    state: str | Sequence[str] | None = None,
    threshold: float | None = None,
) -> Turns:
    """The smallest plausible change of one and of two parameters that turns the answer.

    Parameters
    ----------
    network : Network
    findings : mapping of str to finding
    target, state : str, optional
    threshold : float, optional
        With a target: P(target) crossing it. Without: another cause becoming the most probable.

    Notes
    -----
    Along one parameter, two posteriors that are ratios of linear functions with one denominator
    change places at most once, so looking at the ends of a range misses nothing; a mid-point is
    looked at as well for the parameters that enter through a curve.
    """
    judge, question = _judge(network, findings, target, state, threshold)
    base = solve(network, finding_row(network, findings))
    require_possible(network, base.log_evidence, findings)
    now = judge(base)[0]
    parameters = list(network.parameters.values())
    moves: list[dict[int, float]] = []
    for i, p in enumerate(parameters):
        moves += [{i: end} for end in stated_range(p) if end != p.value]
    middle, reach = _seen(network, findings, judge, moves)
    turned = [
        (a not in (now, "")) or (b not in (now, ""))
        for a, b in zip(middle[0], reach[0], strict=True)
    ]
    names = list(network.parameters)
    single = _search(
        network, findings, judge, now, [m for m, t in zip(moves, turned, strict=True) if t]
    )
    moved = np.abs(reach[1] - middle[1]).sum(axis=1)
    strongest = np.argsort(-moved, kind="stable").tolist()
    chosen = list(dict.fromkeys(next(iter(moves[k])) for k in strongest))[:PAIRED]
    by_column: dict[int, list[float]] = {}
    for move in moves:
        for i, end in move.items():
            by_column.setdefault(i, []).append(end)
    pairs = [
        {i: a, j: b}
        for i, j in combinations(chosen, 2)
        for a, b in product(by_column[i], by_column[j])
    ]
    _, far = _seen(network, findings, judge, pairs)
    double = _search(
        network, findings, judge, now, [m for m, t in zip(pairs, far[0] != now, strict=True) if t]
    )
    return Turns(question, now, _named(single, names), _named(double, names)[:20])


Judge = Callable[[Answers], NDArray[np.str_]]
Move = dict[int, float]


def _judge(
    network: Network,
    findings: Mapping[str, object],
    target: str | None,
    state: str | Sequence[str] | None,
    threshold: float | None,
) -> tuple[Judge, str]:
    """What is looked at in every row, as a word."""
    if target is not None and threshold is not None:
        what = event(network, target, state)
        slots = what.slots(network)
        return (
            lambda a: np.where(a.p(slots) >= threshold, "above", "below"),
            f"{what.name} at {threshold:g}",
        )
    events = open_causes(network, findings)
    names = np.array([e.name for e in events])
    columns = [e.slots(network) for e in events]
    return lambda a: names[np.argmax([a.p(s) for s in columns], axis=0)], "top cause"


def _rows(network: Network, moves: list[Move], share: FloatArray) -> FloatArray:
    base = stated(network)
    rows = np.tile(base, (len(moves), 1))
    for k, move in enumerate(moves):
        for i, end in move.items():
            rows[k, i] = base[i] + share[k] * (end - base[i])
    return rows


def _judged(
    network: Network, findings: Mapping[str, object], judge: Judge, rows: FloatArray
) -> tuple[NDArray[np.str_], FloatArray]:
    answers = solve(network, finding_row(network, findings, rows), rows)
    seen = judge(answers)
    # Where the findings become impossible there is no answer, hence no other answer.
    return np.where(np.isfinite(answers.log_evidence), seen, ""), answers.marginals


def _seen(
    network: Network, findings: Mapping[str, object], judge: Judge, moves: list[Move]
) -> tuple[tuple[NDArray[np.str_], FloatArray], tuple[NDArray[np.str_], FloatArray]]:
    """The answer half way to and at the end of every move."""
    half = _judged(network, findings, judge, _rows(network, moves, np.full(len(moves), 0.5)))
    full = _judged(network, findings, judge, _rows(network, moves, np.ones(len(moves))))
    return half, full


def _search(
    network: Network, findings: Mapping[str, object], judge: Judge, now: str, moves: list[Move]
) -> list[tuple[Move, float, str]]:
    """Halve the share of every move at once until it stands just beyond the turn."""
    if not moves:
        return []
    low, high = np.zeros(len(moves)), np.ones(len(moves))
    half, _ = _judged(network, findings, judge, _rows(network, moves, np.full(len(moves), 0.5)))
    high = np.where((half != now) & (half != ""), 0.5, high)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        seen, _m = _judged(network, findings, judge, _rows(network, moves, middle))
        turned = (seen != now) & (seen != "")
        high, low = np.where(turned, middle, high), np.where(turned, low, middle)
    rows = _rows(network, moves, high)
    seen, _m = _judged(network, findings, judge, rows)
    found = [
        ({i: float(rows[k, i]) for i in move}, float(high[k]), str(seen[k]))
        for k, move in enumerate(moves)
        if seen[k] not in (now, "")
    ]
    return sorted(found, key=lambda turn: turn[1])


def _named(found: list[tuple[Move, float, str]], names: list[str]) -> tuple[Turn, ...]:
    return tuple(
        Turn({names[i]: value for i, value in move.items()}, share, becomes)
        for move, share, becomes in found
    )
