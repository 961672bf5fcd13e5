"""do: the world with something set from outside, and what that changes on average.

Surgery replaces the mechanism of each changed variable (truncated factorisation, Pearl 2009,
equation 3.10). Findings are read in the changed world, and every variable can be asked, ancestors
and non-descendants of the change included.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from etiograph.engine.ancestral import ancestors, descendants
from etiograph.errors import InvalidChange, InvalidFinding, refuse_unknown
from etiograph.network.answer import Answer, plain
from etiograph.network.closure import closure
from etiograph.network.event import Asked, Event, two_states
from etiograph.network.frozen import FrozenMap
from etiograph.network.likelihoods import encode, settle_shown
from etiograph.network.model import FloatArray, Model
from etiograph.network.value import value_type
from etiograph.query.forbidden import refuse_undefined
from etiograph.query.posterior import Posterior
from etiograph.query.stated_changes import (
    distributions,
    parse_changes,
    refuse_contradictions,
    refuse_downstream,
    refuse_own,
)
from etiograph.query.surgery import intervene
from etiograph.query.worlds import (
    World,
    orders,
    raise_impossible,
    world,
)

if TYPE_CHECKING:
    import pandas as pd

    from etiograph.network.network import Network
    from etiograph.uncertainty.summary import Interval


def do(network: Network, findings: Mapping[str, Any], changes: Mapping[str, Any]) -> Posterior:
    """P(every variable | do(changes), findings).

    Parameters
    ----------
    network : Network
        What is asked.
    findings : mapping of str to finding
        Seen in the changed world.
    changes : mapping of str to state or {state: probability}
        What is set from outside.

    Raises
    ------
    InvalidChange
        A finding contradicts a change; ``had`` is what was probably meant.
    ImpossibleFindings, UnknownName
    """
    asked = world(network, "do", changes)
    refuse_contradictions(network, findings, changes)
    row, _, shown = encode(network, findings)
    found = asked.solve(row)
    log_evidence = float(found.log_evidence[0])
    if not np.isfinite(log_evidence):
        raise_impossible(asked, network, findings)
    marginals = found.marginals[0].copy()
    settle_shown(network, findings, shown, marginals)
    return Posterior(network, marginals, log_evidence)


def changed_network(
    network: Network, changes: Mapping[str, Any], findings: Mapping[str, Any] | None = None
) -> Network:
    """The network after surgery: what is changed has no parents and the distribution it was given.

    Parameters
    ----------
    network : Network
    changes : mapping of str to state or {state: probability}
    findings : mapping of str to finding, optional
        What will be seen in the changed world; refused if it contradicts the changes.

    Raises
    ------
    InvalidChange, UnknownName
    """
    from etiograph.network.mechanism import Table
    from etiograph.network.network import Network

    refuse_contradictions(network, findings or {}, changes)
    parsed = parse_changes(network, changes)
    refuse_undefined(network, parsed)
    roots = {
        network.model.names[i]: Table((), array=np.asarray(p))
        for i, p in distributions(network.model, parsed).items()
    }
    mechanisms = {**network.mechanisms, **roots}
    return Network(network.variables, mechanisms, network.flags, network.rules, network.about)


MEASURES = ("p_from", "p_to", "risk_difference", "risk_ratio", "odds_ratio")
"""What an effect tells that can have an interval."""
FURTHER = (
    "number_needed", "attributable_fraction", "e_value", "natural_direct", "natural_indirect",
    "share_mediated",
)  # fmt: skip
"""What an effect tells besides."""
ROUNDING = 1e-14
"""A natural effect nearer to 0 than this is rounding."""


@value_type
@dataclass(frozen=True, slots=True)
class Effect(Answer):
    """What setting a cause to one state instead of another does to an event, on average.

    Attributes
    ----------
    cause, from_state, to_state : str
        The change.
    outcome : str
        The variable of the event.
    states : tuple of str
        The states that make the event.
    p_from, p_to : float
        P(event | do(cause = from_state), given) and the same for ``to_state``.
    p_now : float
        P(event | given) with nothing changed.
    held : mapping of str to str
        Variables set to a state in both worlds (controlled direct effect); empty for the total.
    mediators : tuple of str
        The variables that carry the indirect effect.
    natural_direct : float
        P(event if the cause were ``to_state`` but the mediators as under ``from_state``) - p_from.
    natural_indirect : float
        P(event if the cause stayed ``from_state`` but the mediators were as under ``to_state``) - p_from.
    hangs_on_coupling : bool
        The natural effects are not determined by the tables alone: something the cause changes
        affects both a mediator and the outcome (a recanting witness; Avin, Shpitser & Pearl 2005), so
        that the coupling of the noise matters.
    intervals : mapping of str to Interval
        Where draws were asked for: 90 % intervals, over the ranges of the parameters, of each of
        ``MEASURES``.
    note : str
        Where no directed path leads from the cause to the outcome: that.
    """

    cause: str
    from_state: str
    to_state: str
    outcome: str
    states: tuple[str, ...]
    p_from: float
    p_to: float
    p_now: float
    held: Mapping[str, str]
    mediators: tuple[str, ...] = ()
    natural_direct: float = float("nan")
    natural_indirect: float = float("nan")
    hangs_on_coupling: bool = False
    intervals: Mapping[str, Interval] = FrozenMap()
    note: str = ""

    @property
    def sentence(self) -> str:
        """The answer in words, with the interval of the difference where draws were asked for."""
        told = [f"P({self.outcome}={'|'.join(self.states)}) {self.p_from:.3g} -> {self.p_to:.3g}"]
        for name in MEASURES[2:]:
            sign = "+" if name == "risk_difference" else ""
            cell = self.intervals.get(name)
            ends = f" ({cell.low:{sign}.3g} to {cell.high:{sign}.3g})" if cell else ""
            told.append(f"{name.replace('_', ' ')} {getattr(self, name):{sign}.3g}{ends}")
        text = f"{self.cause} {self.from_state} -> {self.to_state}: {', '.join(told)}"
        return f"{text}; {self.note}" if self.note else text

    def to_frame(self) -> pd.DataFrame:
        """One row a measure of :data:`MEASURES` and :data:`FURTHER`; low and high where asked for."""
        import pandas as pd

        names = (*MEASURES, *FURTHER)
        cells = [self.intervals.get(name) for name in names]
        ends = [(c.low, c.high) if c else (None, None) for c in cells]
        rows = [(n, getattr(self, n), *own) for n, own in zip(names, ends, strict=True)]
        return pd.DataFrame(rows, columns=["measure", "value", "low", "high"])

    def to_dict(self) -> dict[str, Any]:
        """The fields and every measure, as plain data."""
        measures = {name: plain(getattr(self, name)) for name in (*MEASURES, *FURTHER)}
        return {**super(Effect, self).to_dict(), **measures}

    @property
    def risk_difference(self) -> float:
        """p_to - p_from."""
        return self.p_to - self.p_from

    @property
    def risk_ratio(self) -> float:
        """p_to / p_from; NaN if p_from is 0."""
        return self.p_to / self.p_from if self.p_from > 0 else float("nan")

    @property
    def odds_ratio(self) -> float:
        """Ratio of the odds; NaN where one of them is 0 or infinite."""
        if not (0 < self.p_from < 1 and 0 <= self.p_to < 1):
            return float("nan")
        return self.p_to / (1 - self.p_to) / (self.p_from / (1 - self.p_from))

    @property
    def number_needed(self) -> float:
        """People in whom the change must be made for one event more or less; inf without effect."""
        return 1 / abs(self.risk_difference) if self.risk_difference else float("inf")

    @property
    def attributable_fraction(self) -> float:
        """Share of the events that would not occur if all had ``from_state``: (now - p_from) / now.

        The population attributable fraction when ``from_state`` is the unexposed state (Levin 1953
        without confounding; Greenland & Robins 1988).
        """
        return (self.p_now - self.p_from) / self.p_now if self.p_now > 0 else float("nan")

    @property
    def e_value(self) -> float:
        """How strongly an unseen confounder would have to be tied to cause and outcome, both, as a risk
        ratio, to explain the whole risk ratio away; 1 without effect (VanderWeele & Ding 2017)."""
        ratio = _at_least_one(self.risk_ratio)
        return ratio + float(np.sqrt(ratio * (ratio - 1)))

    def tipping_point(self, tie: float) -> float:
        """How strongly an unseen confounder would have to act on the outcome to explain the effect away.

        Parameters
        ----------
        tie : float
            Risk ratio by which the confounder is tied to the cause, at least 1.

        Returns
        -------
        float
            The smallest risk ratio of confounder on outcome that could: R (tie - 1) / (tie - R) of the
            risk ratio R, its inverse below 1 (Ding & VanderWeele 2016). Infinite where no confounder
            with that tie could.

        Raises
        ------
        InvalidFinding
            A tie below 1.
        """
        if not tie >= 1:
            raise InvalidFinding(f"a tie is a risk ratio of at least 1, found {tie!r}")
        ratio = _at_least_one(self.risk_ratio)
        if ratio == 1:
            return 1.0
        return ratio * (tie - 1) / (tie - ratio) if tie > ratio else float("inf")

    @property
    def share_mediated(self) -> float:
        """1 - natural direct / total; NaN without a total effect."""
        total = self.risk_difference
        return 1 - self.natural_direct / total if total else float("nan")


def effect(
    network: Network,
    cause: str,
    outcome: Asked,
    from_: str | None = None,
    to: str | None = None,
    *,
    given: Mapping[str, Any] | None = None,
    holding: Mapping[str, str] | None = None,
    mediators: Collection[str] | None = None,
) -> Effect:
    """The average effect of a change on an event.

    Parameters
    ----------
    network : Network
        What is asked.
    cause : str
        The variable that is set.
    outcome : str or (str, state)
        The event; without a state every state but the reference one.
    from_, to : str, optional
        The two states of the cause. By default its reference state and, if there are only two, the
        other one.
    given : mapping of str to finding, optional
        Who is asked about: findings that the cause does not change.
    holding : mapping of str to state, optional
        Variables set in both worlds: the controlled direct effect.
    mediators : collection of str, optional
        What carries the indirect effect; by default everything between cause and outcome.

    Raises
    ------
    InvalidFinding
        Something given lies downstream of the cause: ask a case with ``had`` or ``do`` instead.
    InvalidChange, UnknownName, ImpossibleFindings
    """
    if given is not None and not isinstance(given, Mapping):
        raise TypeError(f"given must be a mapping of findings, not {given!r}")
    given, held = dict(given or {}), dict(holding or {})
    event = Event.parse(network, outcome)
    one, two = two_states(network, cause, from_, to)
    refuse_own(cause, event)
    refuse_unknown(
        (*held, *(() if mediators is None else mediators)), "variable", network.variables
    )
    for name in held:
        if name in (cause, event.variable):
            raise InvalidChange(f"'{name}' is what is asked about: it can't be held as well")
    model, x = network.model, _index(network, cause)
    refuse_downstream(network, {cause, *held}, given)
    row = encode(network, given)[0]
    p_from, p_to = (
        _probability(network, given, row, event, {**held, cause: s}) for s in (one, two)
    )
    y = model.index[event.variable]
    between = (descendants(model, [x]) & ancestors(model, [y])) - {x, y}
    if mediators is None:
        # Hidden parts of the outcome are its own mechanism, not something on the way.
        chosen = {i for i in between if i < model.n_network}
    else:
        chosen = {_index(network, name) for name in mediators}
    direct = indirect = float("nan")
    if not held:
        states = [network.variables[cause].index(s) for s in (one, two)]
        crossed = [
            _crossed(network, row, x, states[a], states[b], chosen, event)
            for a, b in ((0, 1), (1, 0))
        ]
        direct, indirect = (0.0 if abs(p - p_from) < ROUNDING else p - p_from for p in crossed)
    leads = y in descendants(model, [x])
    return Effect(
        cause=cause,
        from_state=one,
        to_state=two,
        outcome=event.variable,
        states=event.states,
        p_from=p_from,
        p_to=p_to,
        p_now=_probability(network, given, row, event, {}),
        held=held,
        mediators=tuple(model.names[i] for i in sorted(chosen) if i < model.n_network),
        natural_direct=direct,
        natural_indirect=indirect,
        hangs_on_coupling=_recanting_witness(model, x, y, chosen, between),
        note="" if leads else f"no directed path leads from {cause} to {event.variable}",
    )


def _at_least_one(ratio: float) -> float:
    """The ratio, or its inverse where it is below 1."""
    return 1 / ratio if 0 < ratio < 1 else float("inf") if ratio == 0 else ratio


def _index(network: Network, name: str) -> int:
    return network.model.index[Event.parse(network, name).variable]


def _probability(
    network: Network,
    given: Mapping[str, Any],
    row: FloatArray,
    event: Event,
    changes: Mapping[str, Any],
) -> float:
    asked = world(network, "do", changes)
    p = float(asked.p(row, event)[0])
    if np.isnan(p):
        raise_impossible(asked, network, given)
    return p


def _crossed(
    network: Network,
    row: FloatArray,
    x: int,
    mediators_under: int,
    outcome_under: int,
    hold: set[int],
    event: Event,
) -> float:
    """P(event if x were ``outcome_under`` and the mediators as under ``mediators_under``).

    The twin of the world in which x is set: the changed world sets it otherwise and holds the
    mediators at their state in the first.
    """
    model = network.model
    surgery = intervene(model, {x: np.eye(model.cards[x])[mediators_under]})
    both = World(
        surgery.model, "had", {x: outcome_under}, orders=orders(network), hold=frozenset(hold)
    )
    return float(both.p(row, event, tables=surgery.stated(model))[0])


def _recanting_witness(
    model: Model, x: int, y: int, mediators: Collection[int], between: Collection[int]
) -> bool:
    """Whether something x changes, itself no mediator, leads both to a mediator and past them to y."""
    rest = set(between) - set(mediators)
    to_mediators = ancestors(model, mediators)
    past = closure({y}, lambda v: [p for p in model.parents(v) if p not in mediators])
    return any(w in to_mediators and w in past for w in rest)


def attributable_fraction(
    network: Network,
    cause: str,
    outcome: Asked,
    unexposed: str | Sequence[str] | None = None,
    *,
    given: Mapping[str, Any] | None = None,
) -> float:
    """Share of the events that would not occur if no one were exposed (population attributable).

    Parameters
    ----------
    network : Network
        What is asked.
    cause : str
        The exposure.
    outcome : str or (str, state)
        The event.
    unexposed : str, optional
        State of no exposure, by default the reference state.
    given : mapping of str to finding, optional
        The population, by findings the cause does not change.
    """
    event = Event.parse(network, outcome)
    refuse_own(cause, event)
    state = unexposed if unexposed is not None else network.variables[cause].usual
    given = dict(given or {})
    parse_changes(network, {cause: state})
    refuse_downstream(network, {cause}, given)
    row = encode(network, given)[0]
    now = _probability(network, given, row, event, {})
    without = _probability(network, given, row, event, {cause: state})
    return (now - without) / now if now > 0 else float("nan")
