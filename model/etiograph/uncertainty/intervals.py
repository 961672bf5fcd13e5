"""How sure an answer is: the published ranges of the parameters, carried through to the posterior.

Every parameter is drawn from its distribution; each draw is one row with its own tables; the engine
answers all rows exactly. Rows are weighted by P(findings | draw), because the findings also speak
about the parameters (importance sampling from the prior of the parameters).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from etiograph.engine.propagate import Beliefs
from etiograph.errors import InvalidFinding, refuse_unknown
from etiograph.network.answer import Answer
from etiograph.network.event import Asked, ByEvent, Event
from etiograph.network.value import value_type
from etiograph.query.causes import open_causes
from etiograph.query.reread import settle
from etiograph.uncertainty.acted import Acting
from etiograph.uncertainty.rows import (
    FloatArray,
    finding_row,
    require_possible,
    seen_through,
    solve,
)
from etiograph.uncertainty.summary import (
    NEARLY,
    NO_RANGES,
    Interval,
    Ranking,
    importance,
    interval,
    interval_frame,
    least_worth,
    rivals,
    summarise,
    verdict,
    worth,
)

if TYPE_CHECKING:
    import pandas as pd

    from etiograph.network.network import Network
    from etiograph.query.worlds import Kind


@value_type
@dataclass(frozen=True, slots=True)
class Intervals(Answer):
    """Credible intervals of every posterior, and how firm the ranking is.

    ``intervals["magnesium_depletion"]["present"]`` is an :class:`Interval`.

    Attributes
    ----------
    answers : mapping of variable to mapping of state to Interval
    causes : mapping of Event to Interval
        The ranked causes, by event or by what a user calls it (see :class:`ByEvent`); most probable at the stated values first.
    p_first : mapping of Event to float
        Share of the (weighted) draws in which the cause is the most probable one.
    p_top3 : float
        Share in which the first three stay first, second and third, in this order.
    ess : float
        Effective sample size, ``(sum w)^2 / sum w^2`` (Kish 1965); a twentieth of the draws and 50 at
        least (a quarter of fewer than 200), as weights that would leave less are flattened
        (:func:`~etiograph.uncertainty.summary.importance`).
    draws, seed : int
    weighted : bool
        Whether draws were weighted by P(findings | draw).
    verdict : str
        One plain sentence on the ranking; of what acted where that was asked.
    acted : mapping of Event to Interval
        P(it had a part in the outcome) of every named cause, most often first, known ones among them.
        Empty unless the outcome is among the findings of a case that is seen, and its causes act one
        by one; or if it was not to be asked.
    p_acts_first : mapping of Event to float
        Share of the draws in which this cause acted most often of all.
    ranged : bool
        Whether any number states a range; otherwise all intervals are points and say nothing.
    alone : Interval or None
        P(no named cause had a part in the outcome): what has no name did it alone.
    """

    answers: Mapping[str, Mapping[str, Interval]]
    causes: Mapping[Event, Interval]
    p_first: Mapping[Event, float]
    p_top3: float
    ess: float
    draws: int
    seed: int
    weighted: bool
    verdict: str
    acted: Mapping[Event, Interval] = field(default_factory=lambda: ByEvent({}))
    p_acts_first: Mapping[Event, float] = field(default_factory=lambda: ByEvent({}))
    alone: Interval | None = None
    ranged: bool = True

    def __getitem__(self, variable: str) -> Mapping[str, Interval]:
        return self.answers[variable]

    @property
    def on_few_draws(self) -> bool:
        """Whether the findings are so rare for the network that hardly any draw carries the ranges."""
        return self.ranged and self.weighted and self.ess < NEARLY * least_worth(self.draws)

    @property
    def rivals(self) -> tuple[Event, ...]:
        """The causes that compete for the first place, one if it stands out; of what acted if asked."""
        return rivals(dict(self.p_acts_first or self.p_first))

    def to_frame(self) -> pd.DataFrame:
        """One row a state: variable, state, point, mean, median, low, high and the errors.

        All but the points are NaN where the network's numbers state no ranges.
        """
        rows = [
            ((variable, state), cell)
            for variable, cells in self.answers.items()
            for state, cell in cells.items()
        ]
        return interval_frame(["variable", "state"], rows, self.ranged)


def intervals(
    network: Network,
    findings: Mapping[str, object],
    draws: int = 2000,
    seed: int = 0,
    *,
    changes: Mapping[str, object] | None = None,
    kind: Kind = "see",
    weighted: bool = True,
    ranked: Sequence[Asked] | None = None,
    causes_only: bool = False,
    also: Sequence[str] = (),
    acted: bool | None = None,
    acted_only: bool = False,
    drawn: FloatArray | None = None,
) -> Intervals:
    """Credible interval of every posterior over the ranges of the parameters.

    Parameters
    ----------
    network : Network
    findings : mapping of str to finding
    draws : int
        Draws of all parameters; each is one row.
    seed : int
    changes : mapping of str to state, optional
    kind : {"see", "do", "had", "after"}
        What the changes mean.
    weighted : bool
        Weight each draw by P(findings | draw). False: the parameters as stated, before the case.
    ranked : sequence of str or Event, optional
        The causes to rank, default the network's own.
    causes_only : bool
        Result the ranked causes alone: the same numbers, and much sooner where few findings are
        known and much lies below the causes.
    also : sequence of str
        Other variables to answer beside the causes alone. Cases asked for the same ones share what
        the engine works out once.
    acted : bool, optional
        Also how sure it is which cause had a part in the outcome; the verdict is then of that. None:
        where it is a question (see :meth:`Acting.of`).
    acted_only : bool
        Where that is a question, nothing else is answered: the same numbers at half the work.
    drawn : ndarray (n, P), optional
        Draws of all parameters, in the order of ``network.parameters``, instead of draws from their
        ranges one by one: those of an update or a fit, which know what goes with what.

    Raises
    ------
    ImpossibleFindings
        No draw allows the findings.
    InvalidFinding
        Draws that are not of these parameters.
    """
    refuse_unknown(also, "variable", network.variables)
    if acted_only and (alone_asked := Acting.of(network, findings, kind)) and alone_asked.causes:
        return _acted_only(alone_asked, draws, seed, drawn, weighted, also)
    parameters = _parameters(network, draws, seed, drawn)
    through = seen_through(network, findings, kind, changes)
    row, rows = finding_row(network, findings), finding_row(network, findings, parameters)
    events = open_causes(network, findings if kind in ("see", "do") else {}, ranked)
    wanted = tuple(dict.fromkeys([*(e.variable for e in events), *also])) if causes_only else None
    asked = None if acted is False else Acting.of(network, findings, kind)
    behind: Ranking[Event] = Ranking((), {}, {}, 1.0)
    alone = None
    if asked is None:
        # The draws first: for a single row a new process would begin with another way to answer.
        answers = solve(network, rows, parameters, through, wanted)
        base = solve(network, row, None, through, wanted)
        require_possible(network, base.log_evidence, findings)
        weights = importance(answers.log_evidence, weighted)
    else:
        names = None if wanted is None else (*wanted, *asked.causes)
        base, answers, weights, behind, alone = _acting(asked, parameters, names, weighted)
    settle(network, findings, through, row, base.marginals)
    settle(network, findings, through, rows, answers.marginals, parameters)
    summary = summarise(base.marginals[0], answers.marginals, weights)
    cells: dict[str, dict[str, Interval]] = {}
    for name in network.variables if wanted is None else wanted:
        start = network.model.offsets[network.model.index[name]]
        cells[name] = {
            state: interval(summary, start + i)
            for i, state in enumerate(network.variables[name].states)
        }
    points = np.array([base.p(e.slots(network))[0] for e in events])
    events = tuple(events[i] for i in np.argsort(-points, kind="stable"))
    columns = np.zeros((1 + len(answers.log_evidence), len(events)))
    for k, e in enumerate(events):
        columns[0, k], columns[1:, k] = base.p(e.slots(network))[0], answers.p(e.slots(network))
    ranking = Ranking.of(events, columns, weights)
    return _intervals(network, cells, (ranking, behind, alone), weights, seed, weighted)


def _acted_only(
    asked: Acting,
    draws: int,
    seed: int,
    drawn: FloatArray | None,
    weighted: bool,
    also: Sequence[str],
) -> Intervals:
    """What acted, alone."""
    network = asked.network
    parameters = _parameters(network, draws, seed, drawn)
    names = (*asked.causes, *also)
    _, _, weights, behind, alone = _acting(asked, parameters, names, weighted)
    ranking: Ranking[Event] = Ranking((), {}, {}, 1.0)
    return _intervals(network, {}, (ranking, behind, alone), weights, seed, weighted)


def _intervals(
    network: Network,
    answers: Mapping[str, Mapping[str, Interval]],
    causes: tuple[Ranking[Event], Ranking[Event], Interval | None],
    weights: FloatArray,
    seed: int,
    weighted: bool,
) -> Intervals:
    """The result: the causes ranked by presence, by what acted, and what none of these did."""
    ranking, behind, alone = causes
    best = behind if behind.names else ranking
    labels = {event: event.label(network) for event in best.p_first}
    said = verdict(labels, best.p_first, best.p_top3) if network.has_ranges else NO_RANGES
    return Intervals(
        answers=answers,
        causes=ByEvent(ranking.cells),
        p_first=ByEvent(ranking.p_first),
        p_top3=ranking.p_top3,
        ess=worth(weights),
        draws=len(weights),
        seed=seed,
        weighted=weighted,
        verdict=said,
        ranged=network.has_ranges,
        acted=ByEvent(behind.cells),
        p_acts_first=ByEvent(behind.p_first),
        alone=alone,
    )


def _parameters(network: Network, draws: int, seed: int, drawn: FloatArray | None) -> FloatArray:
    """Draws of all parameters (n, P): those given, or from their ranges."""
    from etiograph.network.parameter import parameter_draws

    if drawn is None:
        return parameter_draws(tuple(network.priors.values()), draws, seed)
    if not isinstance(drawn, np.ndarray) or drawn.dtype.kind not in "fiu":
        raise TypeError(f"drawn must be an array of numbers, not {type(drawn).__name__}")
    width = len(network.parameters)
    if drawn.ndim != 2 or drawn.shape[1] != width or not len(drawn):
        raise InvalidFinding(
            f"drawn must have a column for each of the {width} parameters, not the shape {drawn.shape}"
        )
    if not np.isfinite(drawn).all():
        raise InvalidFinding("drawn must be finite numbers")
    return np.ascontiguousarray(drawn, dtype=np.float64)


def _acting(
    asked: Acting, parameters: FloatArray, wanted: tuple[str, ...] | None, weighted: bool
) -> tuple[Beliefs, Beliefs, FloatArray, Ranking[Event], Interval | None]:
    """A case of which it is asked what acted, by the same sweeps.

    The answers at the stated values and in every draw, the weights of the draws, what acted, and how
    often nothing with a name did.
    """
    network, findings = asked.network, asked.findings
    row, rows = finding_row(network, findings), finding_row(network, findings, parameters)
    answers, drawn, none = asked.solve(rows, parameters, wanted)
    base, point, nothing = asked.solve(row, None, wanted)
    require_possible(network, base.log_evidence, findings)
    weights = importance(answers.log_evidence, weighted)
    columns = np.concatenate([point, drawn])
    order = np.argsort(-point[0], kind="stable")
    events = asked.events
    ranking = Ranking.of([events[i] for i in order], columns[:, order], weights)
    alone = interval(summarise(nothing, none[:, None], weights), 0) if asked.nameless else None
    return base, answers, weights, ranking, alone
