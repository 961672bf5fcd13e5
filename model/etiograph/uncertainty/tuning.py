"""Tuning: what must change in the numbers so that the network says what is believed of its outputs.

A belief is an interval for one answer of the network. The fit moves the parameters as little as
possible, each on the scale of its own uncertainty, until every belief is met: a constrained least
squares problem, with all derivatives taken from two sweeps a belief.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from etiograph.errors import InvalidFinding, UnknownName
from etiograph.network.answer import Result
from etiograph.network.event import Event
from etiograph.network.value import value_type
from etiograph.uncertainty.rows import (
    FloatArray,
    finding_row,
    require_open,
    require_possible,
    solve,
    stated,
)
from etiograph.uncertainty.slopes import Slopes
from etiograph.uncertainty.summary import NO_RANGES

if TYPE_CHECKING:
    import pandas as pd

    from etiograph.network.network import Network
    from etiograph.query.worlds import World

BoolArray = NDArray[np.bool_]

REACH = 1.96
"""Standard deviations a parameter may move: the ends of a 95 % range."""
STILL = 0.01
"""Standard deviations below which a parameter is left where it was."""
TIGHT = 400.0
"""How hard a belief pulls: a miss of 1/400 on the logit scale costs as much as one sd of one
parameter. Beliefs that cannot all be met are then missed as little as possible."""


@value_type
@dataclass(frozen=True, slots=True)
class Belief:
    """What is believed of one answer of the network.

    ``Belief("leg_cramps", 0.35, 0.5, given={"diuretic": "thiazide"})``

    Attributes
    ----------
    of : str
        A variable, or ``name=state``.
    low, high : float
        The answer should lie between these probabilities.
    given : mapping of str to finding
    do : mapping of str to state
    """

    of: str
    low: float
    high: float
    given: Mapping[str, object] = field(default_factory=dict)
    do: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 0.0 <= self.low <= self.high <= 1.0:
            raise InvalidFinding(
                f"a belief about {self.of!r} needs 0 <= low <= high <= 1, "
                f"found {self.low} and {self.high}"
            )


@value_type
@dataclass(frozen=True, slots=True)
class TunedParameter:
    """One parameter after the fit.

    Attributes
    ----------
    name : str
    before, after : float
    sds : float
        How far it moved, in standard deviations of its own uncertainty.
    evidence : tuple of str
    grade : str
    """

    name: str
    before: float
    after: float
    sds: float
    evidence: tuple[str, ...]
    grade: str


@value_type
@dataclass(frozen=True, slots=True)
class Tuned(Result):
    """The smallest change of the numbers that meets the beliefs best.

    Attributes
    ----------
    network : Network
        With the new values.
    moved : tuple of TunedParameter
        Parameters that moved, furthest first.
    beliefs : tuple of Belief
    before, after : ndarray (K,)
        What the network says of each belief.
    met : tuple of bool
        Whether each belief now holds (within 0.002).
    distance : float
        Length of the move in standard deviations, all parameters together.
    note : str
        That no number states a range, where none does: nothing can move then; or which beliefs the
        ranges do not reach.
    """

    network: Network
    moved: tuple[TunedParameter, ...]
    beliefs: tuple[Belief, ...]
    before: FloatArray
    after: FloatArray
    met: tuple[bool, ...]
    distance: float
    note: str = ""

    def to_frame(self) -> pd.DataFrame:
        """One row a moved parameter; before them one a belief out of reach, if any, with ``met`` False."""
        import pandas as pd

        names = TunedParameter.__slots__
        rows = [{n: getattr(m, n) for n in names} for m in self.moved]
        if all(self.met):
            return pd.DataFrame(rows, columns=names)
        stated = zip(self.beliefs, self.before.tolist(), self.after.tolist(), self.met, strict=True)
        missed = [
            {"name": b.of, "before": was, "after": now, "met": False}
            for b, was, now, met in stated
            if not met
        ]
        return pd.DataFrame([*missed, *rows], columns=[*names, "met"])


@dataclass(frozen=True, slots=True)
class _Scales:
    """Each free parameter as a function of a standard normal score."""

    columns: tuple[int, ...]
    grid: FloatArray
    values: FloatArray
    base: FloatArray
    start: FloatArray

    def parameters(self, scores: FloatArray) -> FloatArray:
        """(B, F) scores -> (B, P) values."""
        rows = np.tile(self.base, (len(scores), 1))
        for k, column in enumerate(self.columns):
            rows[:, column] = np.interp(scores[:, k], self.grid, self.values[k])
        return rows

    def only(self, kept: BoolArray) -> _Scales:
        """The scales of some of the parameters."""
        columns = tuple(c for c, keep in zip(self.columns, kept, strict=True) if keep)
        return _Scales(columns, self.grid, self.values[kept], self.base, self.start[kept])


def tune(
    network: Network, beliefs: Sequence[Belief], parameters: Sequence[str] | None = None
) -> Tuned:
    """Fit the parameters to stated beliefs about the network's answers.

    Minimises ``sum (moves in sd)^2`` subject to every belief, each parameter staying within its 95 %
    range. Contradictory beliefs are met as nearly as they can be; ``met`` says which hold.

    Parameters
    ----------
    network : Network
    beliefs : sequence of Belief
    parameters : sequence of str, optional
        Those that may move; default all that have a range.
    """
    from scipy.optimize import least_squares

    asked = [_BeliefRow.of(network, belief) for belief in beliefs]
    scales = _scales(network, parameters)
    low = np.array([b.low for b in beliefs])
    high = np.array([b.high for b in beliefs])

    def outputs(moves: FloatArray) -> FloatArray:
        row = scales.parameters((scales.start + moves)[None])
        return np.array([a.answers(network, row)[0] for a in asked])

    def misses(p: FloatArray) -> FloatArray:
        logit = _logit(p)
        over: FloatArray = np.maximum(logit - _logit(high), 0.0)
        under: FloatArray = np.minimum(logit - _logit(low), 0.0)
        return over + under

    def residuals(moves: FloatArray) -> FloatArray:
        return np.concatenate([TIGHT * misses(outputs(moves)), moves])

    def slopes(moves: FloatArray) -> FloatArray:
        # Stepping inwards, so that no bound is crossed.
        step = np.where(scales.start + moves > 0, -1e-4, 1e-4)
        stepped = np.stack([a.stepped(network, scales, moves, step) for a in asked], axis=1)
        missed = np.array([misses(p) for p in stepped])
        return np.concatenate([TIGHT * (missed[1:] - missed[0]).T / step, np.eye(len(moves))])

    before = outputs(np.zeros(len(scales.start)))
    scales = scales.only(_felt(network, scales, asked))
    moves = np.zeros(len(scales.start))
    if len(moves) and np.any(misses(before) != 0.0):
        reach = np.maximum(REACH, np.abs(scales.start) + 1e-6)
        bounds = (-reach - scales.start, reach - scales.start)
        moves = least_squares(residuals, moves, jac=slopes, bounds=bounds, max_nfev=100).x
        moves[np.abs(moves) < STILL] = 0.0
    return _tuned(network, beliefs, scales, moves, before, outputs(moves))


def _felt(network: Network, scales: _Scales, asked: Sequence[_BeliefRow]) -> BoolArray:
    """Which parameters any of the beliefs feels: the rest need not be moved."""
    n = len(scales.start)
    felt = np.zeros(n, dtype=bool)
    for step in (np.full(n, 0.1), np.full(n, -0.1)):
        for one in asked:
            p = one.stepped(network, scales, np.zeros(n), step)
            felt |= np.abs(p[1:] - p[0]) > 1e-12
    return felt


def _tuned(
    network: Network,
    beliefs: Sequence[Belief],
    scales: _Scales,
    moves: FloatArray,
    before: FloatArray,
    after: FloatArray,
) -> Tuned:
    listed = list(network.parameters.values())
    values = scales.parameters((scales.start + moves)[None])[0]
    moved = []
    for k, column in enumerate(scales.columns):
        sds = float(moves[k])
        p = listed[column]
        if sds != 0.0:
            moved.append(
                TunedParameter(
                    p.name, p.value, float(values[column]), sds, tuple(p.evidence), p.grade
                )
            )
    moved.sort(key=lambda m: -abs(m.sds))
    met = [b.low - 0.002 <= p <= b.high + 0.002 for b, p in zip(beliefs, after, strict=True)]
    return Tuned(
        network=network.with_parameters({m.name: m.after for m in moved}) if moved else network,
        moved=tuple(moved),
        beliefs=tuple(beliefs),
        before=before,
        after=after,
        met=tuple(bool(m) for m in met),
        distance=float(np.linalg.norm(moves)),
        note=_out_of_reach(beliefs, met) if network.has_ranges else NO_RANGES,
    )


def _out_of_reach(beliefs: Sequence[Belief], met: Sequence[bool]) -> str:
    """Which beliefs the numbers cannot meet within their ranges, in words; "" where all are met."""
    missed = [b for b, held in zip(beliefs, met, strict=True) if not held]
    told = ", ".join(f"{b.of} in {b.low:g} to {b.high:g}" for b in missed)
    return f"out of reach of the ranges of the numbers: {told}" if missed else ""


@dataclass(frozen=True, slots=True)
class _BeliefRow:
    """One belief as a question to the engine."""

    what: Event
    rows: FloatArray
    through: World | None
    findings: Mapping[str, object]

    @classmethod
    def of(cls, network: Network, belief: Belief) -> _BeliefRow:
        from etiograph.query.worlds import world

        what = Event.parse(network, belief.of)
        require_open(what, belief.given)
        row = finding_row(network, belief.given)
        through = world(network, "do", belief.do) if belief.do else None
        require_possible(network, solve(network, row, None, through).log_evidence, belief.given)
        return cls(what, row, through, belief.given)

    def answers(self, network: Network, parameters: FloatArray) -> FloatArray:
        rows = finding_row(network, self.findings, parameters)
        wanted = (self.what.variable,)
        answers = solve(network, rows, parameters, self.through, wanted)
        return answers.p(self.what.slots(network))

    def stepped(
        self, network: Network, scales: _Scales, moves: FloatArray, step: FloatArray
    ) -> FloatArray:
        """The answer where the fit stands, then with each parameter a step further, (1 + F,)."""
        here = scales.parameters((scales.start + moves)[None])[0]
        there = scales.parameters((scales.start + moves + step)[None])[0]
        if self.through is None:
            slopes = Slopes.of(network, self.findings, [self.what], here)
            steps = [{column: float(there[column])} for column in scales.columns]
            return np.concatenate([slopes.p, slopes.answers(steps)[:, 0]])
        rows = np.tile(here, (1 + len(step), 1))
        for k, column in enumerate(scales.columns, 1):
            rows[k, column] = there[column]
        return self.answers(network, rows)


def _scales(network: Network, names: Sequence[str] | None) -> _Scales:
    known = list(network.parameters)
    for name in names or ():
        if name not in known:
            raise UnknownName(name, "parameter", tuple(known))
    listed = list(network.priors.values())
    columns = tuple(
        i for i, p in enumerate(listed) if p.uncertain and (names is None or p.name in names)
    )
    from scipy.special import ndtr

    grid = np.linspace(-3.0, 3.0, 121)
    q = ndtr(grid)
    values = np.array([listed[i].distribution.ppf(q) for i in columns]).reshape(-1, len(grid))
    base = stated(network)
    start = np.array(
        [np.interp(listed[i].value, row, grid) for i, row in zip(columns, values, strict=True)]
    )
    return _Scales(columns, grid, values, base, start.reshape(-1))


def _logit(p: FloatArray) -> FloatArray:
    safe = np.clip(p, 1e-9, 1 - 1e-9)
    return np.asarray(np.log(safe / (1 - safe)))
