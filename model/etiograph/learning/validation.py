"""What a validation says: scores with intervals, calibration, decision curve, ROC, subgroups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from etiograph.errors import refuse_unknown
from etiograph.findings.cases import Fault, rows_of
from etiograph.learning import scores
from etiograph.learning.note import Note
from etiograph.network.answer import Answer
from etiograph.network.event import Event
from etiograph.network.value import value_type

if TYPE_CHECKING:
    import pandas as pd

FloatArray = NDArray[np.float64]

GROUPS = 10
"""Groups of a calibration curve, at most."""
A_GROUP = 10
"""Cases that a group of a calibration curve should have at least."""
THRESHOLDS = np.arange(1, 100) / 100.0
"""Where a decision curve is read."""
AT_ONCE = 4_000_000
"""Cells of weights of the bootstrap held together."""
COVERAGE = 0.95
CHIEF = ("auc", "brier", "intercept", "slope")
"""Scores that the text of a validation tells."""


@value_type
@dataclass(frozen=True, slots=True)
class Score:
    """A score with its interval.

    Attributes
    ----------
    value : float
        NaN where it cannot be told.
    low, high : float
        95 % interval, by the percentiles of the bootstrap; NaN without, and for scores that noise adds
        to (:data:`~etiograph.learning.scores.PULLED`).
    """

    value: float
    low: float
    high: float


@value_type
@dataclass(frozen=True, eq=False, slots=True)
class Curve(Answer):
    """Points of a curve, a column each; ``plot()`` draws it.

    Attributes
    ----------
    kind : {"calibration", "recalibration", "roc", "decision"}
        What it is.
    columns : mapping of str to ndarray (points,)
    """

    kind: str
    columns: Mapping[str, FloatArray]

    def __getitem__(self, name: str) -> FloatArray:
        return self.columns[name]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))

    def to_frame(self) -> pd.DataFrame:
        """One row a point."""
        import pandas as pd

        return pd.DataFrame(dict(self.columns))


@value_type
@dataclass(frozen=True, eq=False, slots=True)
class Group:
    """The scores of some of the cases.

    Attributes
    ----------
    cases, events : int
    mean : float
        Mean probability, to be held against the share of events.
    scores : mapping of str to Score
    """

    cases: int
    events: int
    mean: float
    scores: Mapping[str, Score]

    def __getitem__(self, name: str) -> Score:
        refuse_unknown((name,), "score", self.scores)
        return self.scores[name]

    @property
    def observed(self) -> float:
        """Share of the cases in which it was so."""
        return self.events / self.cases


@value_type
@dataclass(frozen=True, eq=False, slots=True)
class Validation(Answer):
    """How good a network is on a table of cases: what it says of a target that it was not told.

    ``validation["auc"]`` is a :class:`Score`; ``validation.plot()`` draws the calibration, and each curve
    draws itself: ``validation.decision.plot()``.

    Attributes
    ----------
    event : Event
        What the probabilities are of.
    p, y : ndarray (n,)
        Probability of the event for each case used, and 1 where it was so.
    rows : ndarray of int (n,)
        The row of the table of each, from 0.
    scores : mapping of str to Score
        ``brier`` = ``miscalibration`` - ``discrimination`` + ``uncertainty``; ``brier_skill``,
        ``log_score``, ``auc``, ``intercept``, ``slope``: see :func:`etiograph.learning.scores.scores`.
    calibration : Curve
        About equally large groups by probability: ``cases``, ``p`` (mean), ``observed`` (share), ``low``
        and ``high`` (95 %, Wilson 1927).
    recalibration : Curve
        Each probability ``p`` and the share ``observed`` of the best monotone recalibration.
    decision : Curve
        By ``threshold`` the net benefit of acting on the network's ``model``, with ``low`` and
        ``high``, on ``all`` and on ``none`` (Vickers & Elkin 2006).
    roc : Curve
        ``threshold``, ``false_positive``, ``true_positive``.
    groups : mapping of str to Group
        Subgroups, as ``sex=female``.
    left_out : tuple of str
        Columns that were not used as findings.
    unknown, impossible : int
        Rows not used: the target is empty, the other findings contradict the network.
    folds : int
        How often the network was learned again without the cases it was asked about; 0: as it is.
    boot : int
        Samples of the bootstrap.
    faults : tuple of Fault
        What could not be read, where its rows are passed over.
    notes : tuple of Note
        What is to be said before the scores are believed: cohorts the network learned from before.
    """

    event: Event
    p: FloatArray
    y: FloatArray
    rows: NDArray[np.int64]
    scores: Mapping[str, Score]
    calibration: Curve
    recalibration: Curve
    decision: Curve
    roc: Curve
    groups: Mapping[str, Group]
    left_out: tuple[str, ...]
    unknown: int
    impossible: int
    folds: int
    boot: int
    faults: tuple[Fault, ...] = ()
    notes: tuple[Note, ...] = ()

    def __getitem__(self, name: str) -> Score:
        refuse_unknown((name,), "score", self.scores)
        return self.scores[name]

    @property
    def sentence(self) -> str:
        """The answer in words: how many cases, and the chief scores with their 95 % intervals."""
        chief = [(name, self.scores[name]) for name in CHIEF if name in self.scores]
        told = [f"{name} {s.value:.3g} ({s.low:.3g} to {s.high:.3g})" for name, s in chief]
        return f"{self.event}, {self.events} of {self.cases} cases: {', '.join(told)}"

    @property
    def passed_over(self) -> int:
        """Rows that could not be read."""
        return rows_of(self.faults)

    @property
    def cases(self) -> int:
        """Cases that were used."""
        return len(self.y)

    @property
    def events(self) -> int:
        """Those of them in which it was so."""
        return int(self.y.sum())

    def to_frame(self) -> pd.DataFrame:
        """One row a score and group, ``all`` first: value, low, high, cases and events."""
        import pandas as pd

        whole = Group(self.cases, self.events, float(self.p.mean()), self.scores)
        rows = [
            {
                "group": label, "score": name, "value": score.value, "low": score.low,
                "high": score.high, "cases": group.cases, "events": group.events,
            }
            for label, group in (("all", whole), *self.groups.items())
            for name, score in group.scores.items()
        ]  # fmt: skip
        return pd.DataFrame(rows)


def judged(
    event: Event,
    y: FloatArray,
    p: FloatArray,
    rows: NDArray[np.int64],
    members: Mapping[str, NDArray[np.bool_]],
    boot: int,
    seed: int,
    **told: Any,
) -> Validation:
    """All that is said of probabilities p (n,) and outcomes y (n,).

    Parameters
    ----------
    event : Event
    y, p, rows : ndarray (n,)
    members : mapping of str to ndarray of bool (n,)
        The subgroups.
    boot, seed : int
    **told
        Other attributes of the validation.
    """
    rng = np.random.default_rng(seed)
    p = scores.without_roundings(p)
    all_scores, benefit = _with_intervals(y, p, boot, rng, THRESHOLDS)
    rate = float(y.mean())
    thresholds, false, true = scores.roc(y, p)
    monotone = scores.recalibrated(y, p, np.ones(len(y)))
    return Validation(
        event=event,
        p=p,
        y=y,
        rows=rows,
        scores=all_scores,
        calibration=_calibration(y, p),
        recalibration=Curve("recalibration", {"p": monotone[0], "observed": monotone[1]}),
        decision=Curve(
            "decision",
            {
                "threshold": THRESHOLDS.copy(),
                "model": benefit[0],
                "low": benefit[1],
                "high": benefit[2],
                "all": rate - (1.0 - rate) * THRESHOLDS / (1.0 - THRESHOLDS),
                "none": np.zeros(len(THRESHOLDS)),
            }
        ),
        roc=Curve("roc", {"threshold": thresholds, "false_positive": false, "true_positive": true}),
        groups={
            label: Group(
                int(own.sum()), int(y[own].sum()), float(p[own].mean()),
                _with_intervals(y[own], p[own], boot, rng, THRESHOLDS[:0])[0],
            )
            for label, own in members.items()
            if own.any()
        },
        boot=boot,
        **told,
    )  # fmt: skip


def _with_intervals(
    y: FloatArray, p: FloatArray, boot: int, rng: np.random.Generator, thresholds: FloatArray
) -> tuple[dict[str, Score], FloatArray]:
    """The scores, and the net benefit with its interval (3, thresholds)."""
    n = len(y)
    value = scores.scores(y, p, np.ones((1, n)))[0]
    benefit = scores.net_benefit(y, p, np.ones((1, n)), thresholds)[0]
    drawn, net = [], []
    left = boot
    while left > 0:
        some = min(left, max(1, AT_ONCE // n))
        w = rng.multinomial(n, np.full(n, 1.0 / n), size=some).astype(np.float64)
        drawn.append(scores.scores(y, p, w))
        net.append(scores.net_benefit(y, p, w, thresholds))
        left -= some
    ends = np.full((2, len(value)), np.nan)
    benefits = np.full((2, len(thresholds)), np.nan)
    tail = 0.5 * (1.0 - COVERAGE)
    if boot > 1:
        sample = np.concatenate(drawn)
        for k in range(len(value)):
            told = sample[~np.isnan(sample[:, k]), k]
            # A sample that cannot be scored says nothing; where most cannot, there is no interval.
            if scores.NAMES[k] in scores.PULLED or len(told) <= boot / 2 or np.isinf(told).any():
                continue
            ends[:, k] = np.quantile(told, (tail, 1.0 - tail))
        benefits = np.quantile(np.concatenate(net), (tail, 1.0 - tail), axis=0)
    found = {
        name: Score(float(value[k]), float(ends[0, k]), float(ends[1, k]))
        for k, name in enumerate(scores.NAMES)
    }
    return found, np.stack([benefit, *benefits])


def _calibration(y: FloatArray, p: FloatArray) -> Curve:
    at = scores.groups(p, max(1, min(GROUPS, len(y) // A_GROUP)))
    _, at = np.unique(at, return_inverse=True)
    n = np.bincount(at).astype(np.float64)
    observed, mean = np.bincount(at, y) / n, np.bincount(at, p) / n
    z = 1.959963984540054
    middle = (observed + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(observed * (1 - observed) / n + z**2 / (4 * n**2))
    columns = {"cases": n, "p": mean, "observed": observed}
    # At 0 and 1 the ends are there, up to rounding.
    columns["low"] = np.clip(np.minimum(middle - half, observed), 0.0, 1.0)
    columns["high"] = np.clip(np.maximum(middle + half, observed), 0.0, 1.0)
    return Curve("calibration", columns)
