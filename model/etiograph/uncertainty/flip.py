"""What would turn the answer: the smallest change of one or two published numbers, within their ranges.

The size of a change is the share of the way from the stated value to the end of its range, so that
a number known well counts for more than one that is a guess.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from etiograph.network.answer import Result
from etiograph.network.event import Asked, Event
from etiograph.network.value import value_type
from etiograph.query.causes import open_causes
from etiograph.uncertainty.moves import Move
from etiograph.uncertainty.rows import FloatArray, require_open, stated, stated_range
from etiograph.uncertainty.slopes import Slopes
from etiograph.uncertainty.summary import NO_RANGES

if TYPE_CHECKING:
    import pandas as pd

    from etiograph.network.network import Network

HALVINGS = 22
LISTED = 20
"""How many changes of two parameters are listed."""
PAIRED = 10
"""How many of the most moving parameters are tried in pairs."""
SIDES = ("below", "above")


@value_type
@dataclass(frozen=True, slots=True)
class Turn:
    """One change of parameters after which the answer is another.

    Attributes
    ----------
    values : mapping of parameter to new value
    share : float
        0 at the stated values, 1 at the ends of the ranges.
    becomes : Event or {"above", "below"}
        The new top cause; or the side of a threshold.
    """

    values: Mapping[str, float]
    share: float
    becomes: Event | str


@value_type
@dataclass(frozen=True, slots=True)
class Turns(Result):
    """The smallest changes that turn the answer.

    Attributes
    ----------
    question : str
        ``top cause``, or the event and its threshold.
    now : Event or {"above", "below"} or None
        The answer at the stated values.
    single, double : tuple of Turn
        By one number and by two numbers moved together, smallest first; empty: none within the
        stated ranges.
    note : str
        That no number states a range, where none does.
    """

    question: str
    now: Event | str | None
    single: tuple[Turn, ...]
    double: tuple[Turn, ...]
    note: str = ""

    @property
    def smallest(self) -> Turn | None:
        """The smallest single change, else the smallest double one, else None."""
        return next(iter((*self.single, *self.double)), None)

    def to_frame(self) -> pd.DataFrame:
        """One row a number that moves, smallest change first; two rows where two move together."""
        import pandas as pd

        rows = [
            (change, name, value, turn.share, str(turn.becomes))
            for change, turn in enumerate((*self.single, *self.double), 1)
            for name, value in turn.values.items()
        ]
        return pd.DataFrame(rows, columns=["change", "number", "value", "share", "becomes"])


def turning_points(
    network: Network,
    findings: Mapping[str, object],
    target: Asked | None = None,
    state: str | Sequence[str] | None = None,
    threshold: float | None = None,
    *,
    together: int = 2,
) -> Turns:
    """The smallest plausible change of one and of two parameters that turns the answer.

    Parameters
    ----------
    network : Network
    findings : mapping of str to finding
    target, state : str, optional
    threshold : float, optional
        With a target: P(target) crossing it. Without: another cause becoming the most probable.
    together : {1, 2}
        How many numbers may move at once.

    Notes
    -----
    Along one parameter, two posteriors that are ratios of linear functions with one denominator
    change places at most once, so looking at the ends of a range misses nothing; a mid-point is
    looked at as well for the parameters that enter through a curve.
    """
    note = "" if network.has_ranges else NO_RANGES
    events, threshold_of = _asked(network, findings, target, state, threshold)
    question = (
        "top cause" if threshold_of is None else f"{events[0].name(network)} at {threshold_of:g}"
    )
    if not events:
        return Turns(question, None, (), (), note)
    judge = _Judge(Slopes.of(network, findings, events), threshold_of)
    now = int(judge.sides(judge.slopes.p[None])[0])
    ends = [
        {i: end}
        for i, p in enumerate(network.priors.values())
        for end in stated_range(p)
        if end != p.value
    ]
    half, full = judge.answers(ends, 0.5), judge.answers(ends, 1.0)
    turned = judge.turned(half, now) | judge.turned(full, now)
    single = judge.search([m for m, t in zip(ends, turned, strict=True) if t], now)
    names = list(network.parameters)
    if together < 2:
        return Turns(question, judge.answer(now), _named(single, names, judge), (), note)
    moved = np.abs(np.nan_to_num(full - half)).sum(axis=1)
    strongest = np.argsort(-moved, kind="stable").tolist()
    chosen = list(dict.fromkeys(next(iter(ends[k])) for k in strongest))[:PAIRED]
    by_column: dict[int, list[float]] = {}
    for move in ends:
        for i, end in move.items():
            by_column.setdefault(i, []).append(end)
    pairs = [
        {i: a, j: b}
        for i, j in combinations(chosen, 2)
        for a, b in product(by_column[i], by_column[j])
    ]
    turned = judge.turned(judge.answers(pairs, 1.0), now)
    double = judge.search([m for m, t in zip(pairs, turned, strict=True) if t], now, LISTED)
    return Turns(
        question,
        judge.answer(now),
        _named(single, names, judge),
        _named(double, names, judge),
        note,
    )


def _asked(
    network: Network,
    findings: Mapping[str, object],
    target: Asked | None,
    state: str | Sequence[str] | None,
    threshold: float | None,
) -> tuple[tuple[Event, ...], float | None]:
    """The events looked at, and the threshold where there is one."""
    if target is not None and threshold is not None:
        what = Event.parse(network, target, state)
        require_open(what, findings)
        return (what,), threshold
    return open_causes(network, findings), None


@dataclass(frozen=True, slots=True)
class _Judge:
    """What is looked at after every move: the top cause, or the side of a threshold."""

    slopes: Slopes
    threshold: float | None

    def sides(self, p: FloatArray) -> NDArray[np.intp]:
        """Which answer every row of probabilities (M, E) gives: the number of a cause, or of a side."""
        if self.threshold is not None:
            return np.asarray(p[:, 0] >= self.threshold, dtype=np.intp)
        return np.asarray(np.argmax(np.nan_to_num(p), axis=1), dtype=np.intp)

    def answer(self, side: int) -> Event | str:
        """The answer with this number."""
        if self.threshold is not None:
            return SIDES[side]
        return self.slopes.events[side]

    def turned(self, p: FloatArray, now: int) -> NDArray[np.bool_]:
        """Where the answer is another; where the findings become impossible there is none."""
        if not len(p):
            return np.zeros(0, dtype=np.bool_)
        return np.asarray((self.sides(p) != now) & np.isfinite(p).all(axis=1))

    def moved(self, moves: Sequence[Move], shares: FloatArray) -> list[Move]:
        """The moves, each gone only a share of its way."""
        base = stated(self.slopes.network)
        return [
            {i: float(base[i] + share * (end - base[i])) for i, end in move.items()}
            for move, share in zip(moves, shares, strict=True)
        ]

    def answers(self, moves: Sequence[Move], share: float | FloatArray) -> FloatArray:
        """P of the events after a share of every move, (M, E)."""
        return self.slopes.answers(self.moved(moves, np.broadcast_to(share, len(moves))))

    def search(
        self, moves: Sequence[Move], now: int, wanted: int | None = None
    ) -> list[tuple[Move, float, int]]:
        """Halve the share of every move at once until it stands just beyond the turn.

        Where only some are wanted, moves that can no longer be among the smallest are dropped.
        """
        moves = list(moves)
        low, high = np.zeros(len(moves)), np.ones(len(moves))
        half = self.turned(self.answers(moves, 0.5), now)
        high[half] = 0.5
        for _ in range(HALVINGS):
            if wanted is not None and len(moves) > wanted:
                kept = np.flatnonzero(low <= np.sort(high)[wanted - 1])
                moves, low, high = [moves[k] for k in kept], low[kept], high[kept]
            middle = (low + high) / 2
            beyond = self.turned(self.answers(moves, middle), now)
            high, low = np.where(beyond, middle, high), np.where(beyond, low, middle)
        p = self.answers(moves, high)
        seen, turned = self.sides(p) if len(moves) else (), self.turned(p, now)
        found = [
            (move, float(share), int(side))
            for move, share, side, t in zip(
                self.moved(moves, high), high, seen, turned, strict=True
            )
            if t
        ]
        return sorted(found, key=lambda turn: turn[1])[:wanted]


def _named(
    found: Sequence[tuple[Move, float, int]], names: Sequence[str], judge: _Judge
) -> tuple[Turn, ...]:
    return tuple(
        Turn({names[i]: value for i, value in move.items()}, share, judge.answer(side))
        for move, share, side in found
    )
