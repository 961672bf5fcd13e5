"""Present is not responsible: which cause is there, which one acted, which one was needed.

For an effect that comes about as a noisy-OR every link is a coin that is tossed where its cause is
present. "The link fired" is an event like any other, and its probability is the same row of findings
with one link's numbers replaced: P(link silent, findings) / P(findings).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from etiograph.engine.propagate import propagate_one
from etiograph.network.finding import encode
from etiograph.network.model import Accumulation, FloatArray, Link, Model
from etiograph.query.posterior import refuse
from etiograph.query.relevant import ancestors, descendants
from etiograph.query.targets import Event, Target, parse_target, reference_state
from etiograph.query.worlds import World, world

if TYPE_CHECKING:
    import pandas as pd

    from etiograph.network.network import Network

IDIOPATHIC = "idiopathic"
LEAK = "leak"


@dataclass(frozen=True, slots=True)
class CauseShare:
    """What one cause has to do with the event, all given the findings.

    Attributes
    ----------
    cause : str
        The variable; ``"leak"`` for what the network does not name; ``"idiopathic"`` for the leak
        and the variables that stand for it.
    present : float
        P(the cause is in a state that can produce the event).
    fired : float
        P(its link fired): it was there and acted. NaN if the effect is no noisy-OR.
    only : float
        P(its link fired and no other did). NaN if the effect is no noisy-OR.
    needed : float
        P(event, and none had the cause been in its reference state): the effect on the way through
        other variables counted. NaN if it was not asked.
    """

    cause: str
    present: float
    fired: float
    only: float
    needed: float


@dataclass(frozen=True, slots=True)
class Attribution:
    """Every cause's share in an event.

    Attributes
    ----------
    variable, states : str, tuple of str
        The event.
    p_event : float
        P(event | findings).
    causes : tuple of CauseShare
        Most often fired first.
    idiopathic : CauseShare or None
        The leak and the variables that stand for it, together; None if there is no leak.
    none_fired, several_fired : float
        P(no link fired) and P(links of more than one cause fired). With the ``only`` shares of all
        causes (and the leak) they sum to 1.
    """

    variable: str
    states: tuple[str, ...]
    p_event: float
    causes: tuple[CauseShare, ...]
    idiopathic: CauseShare | None
    none_fired: float
    several_fired: float

    def __getitem__(self, cause: str) -> CauseShare:
        if cause == IDIOPATHIC and self.idiopathic is not None:
            return self.idiopathic
        return next(share for share in self.causes if share.cause == cause)

    def to_frame(self) -> pd.DataFrame:
        """One row a cause: cause, present, fired, only, needed."""
        import pandas as pd

        rows = [*self.causes, *([self.idiopathic] if self.idiopathic else [])]
        names = ("cause", "present", "fired", "only", "needed")
        return pd.DataFrame([{n: getattr(row, n) for n in names} for row in rows])

    @property
    def sentence(self) -> str:
        """The main result in words."""
        named = [share for share in self.causes if share.cause != LEAK]
        if not named:
            return "The network names no cause of it."
        nan = np.isnan(named[0].fired)
        top = max(named, key=lambda share: share.needed if nan else share.fired)
        label = top.cause.replace("_", " ")
        parts = [f"{label} is present in {_of_100(top.present)}"]
        if not nan:
            parts.append(f"acted in {_of_100(top.fired)}")
        if not np.isnan(top.needed):
            parts.append(f"without it there would be no event in {_of_100(top.needed)}")
        text = f"Of 100 people like this, {', '.join(parts)}"
        if not nan:
            text += f"; more than one cause acted in {_of_100(self.several_fired)}"
        if self.idiopathic is not None:
            text += f"; what has no named cause acted in {_of_100(self.idiopathic.fired)}"
        return text + "."


def _of_100(p: float) -> str:
    if 0 < p < 0.005:
        return "fewer than 1"
    return f"about {100 * p:.0f}"


@dataclass(frozen=True, slots=True)
class _Group:
    """The links of one cause."""

    name: str
    variable: int | None
    links: tuple[int, ...]


def attribution(
    network: Network,
    findings: Mapping[str, Any],
    target: str | Target,
    state: str | Sequence[str] | None = None,
    *,
    needed: bool = True,
) -> Attribution:
    """Which cause is present, which acted, and without which there would be no event.

    Parameters
    ----------
    network : Network
        What is asked.
    findings : mapping of str to finding
        What is known; usually the event itself among it.
    target : str or (str, state)
        The event.
    state : str or sequence of str, optional
        Its state or states, if not given with the target.
    needed : bool
        Also ask what would have been without each cause (one twin network a cause).

    Raises
    ------
    ImpossibleFindings, UnknownName

    Notes
    -----
    The idiopathic share is the leak together with the causes listed in the network's
    ``about["idiopathic"]``, or else its unobservable background causes.
    """
    event = parse_target(network, target, state)
    row = encode(network, findings)[0]
    model = network.model
    log_evidence, marginals = propagate_one(model, row)
    if not np.isfinite(log_evidence):
        refuse(network, findings)
    found = _accumulation(network, event)
    if found is None:
        return _by_parents(network, event, row, marginals, needed)
    family, groups = found
    idiopathic = _idiopathic(network, groups)
    asked = (*groups, *([idiopathic] if idiopathic else []))
    fired, only, none = _firing(model, row, family, asked)
    p_needed = [np.nan] * len(asked)
    if needed:
        p_needed = _needed(network, event, row, family, asked, marginals)
    shares = [
        CauseShare(group.name, _present(network, family, group, marginals), *numbers)
        for group, *numbers in zip(asked, fired, only, p_needed, strict=True)
    ]
    causes = shares[: len(groups)]
    return Attribution(
        variable=event.variable,
        states=event.states,
        p_event=float(marginals[event.slots(network)].sum()),
        causes=tuple(sorted(causes, key=lambda share: -share.fired)),
        idiopathic=shares[-1] if idiopathic else None,
        none_fired=none,
        several_fired=max(0.0, 1.0 - none - sum(share.only for share in causes)),
    )


def unnamed(
    network: Network,
    findings: Mapping[str, Any],
    target: str | Target,
    state: str | Sequence[str] | None = None,
) -> float | None:
    """P(no named cause acted | findings, event): the idiopathic share's ``only``, by one sweep.

    The network in which every named link is silent is the same for all cases, so it is made once.

    Returns
    -------
    float or None
        None if the effect is no noisy-OR, or has neither leak nor a cause that stands for it.

    Raises
    ------
    ImpossibleFindings, UnknownName
        The findings contradict each other or the event.
    """
    event = parse_target(network, target, state)
    model = network.model
    row = event.added(model, encode(network, findings)[0])
    log_p = propagate_one(model, row)[0]
    if not np.isfinite(log_p):
        refuse(network, dict(findings) | {event.variable: event.states[0]})
    models = model.memo.get(("unnamed", event), ())
    if models == ():
        models = model.memo["unnamed", event] = _unnamed_models(network, event)
    if models is None:
        return None
    only, none = (propagate_one(each, row)[0] if each else -np.inf for each in models)
    return float(max(0.0, np.exp(min(only - log_p, 0.0)) - np.exp(min(none - log_p, 0.0))))


def _unnamed_models(network: Network, event: Event) -> tuple[Model, Model | None] | None:
    """The network with every named link silent; with all links silent, if the event can be then."""
    found = _accumulation(network, event)
    group = _idiopathic(network, found[1]) if found else None
    if found is None or group is None:
        return None
    model, family = network.model, found[0]

    def silent(links: Iterable[int]) -> Model:
        tables = model.tables.copy()
        for n in links:
            _silence(model, family, family.links[n], tables)
        return replace(model, tables=tables)

    every = range(len(family.links))
    idle = reference_state(network, event.variable) in event.states
    named = [n for n in every if n not in group.links]
    return silent(named), silent(every) if idle else None


def _accumulation(network: Network, event: Event) -> tuple[Accumulation, tuple[_Group, ...]] | None:
    """The accumulation behind the event and its links by cause; None if there is none."""
    from etiograph.network.noisy import NoisyMax, NoisyOr, Opposing

    mechanism: Any = network.mechanisms[event.variable]
    name = event.variable
    if isinstance(mechanism, Opposing) and len(event.states) == 1:
        sides = {mechanism.low: "lowering", mechanism.high: "raising"}
        side = sides.get(event.states[0])
        if side is None:
            return None
        name, mechanism = f"{name}~{side}", getattr(mechanism, side)
    if not isinstance(mechanism, NoisyOr | NoisyMax):
        return None
    model = network.model
    family = model.families[model.index.get(f"{name}~causes", model.index[name])]
    if not isinstance(family, Accumulation):
        return None
    leaks = len(family.links) - len(mechanism.links)
    by_cause: dict[str, list[int]] = {}
    for n in range(leaks):
        by_cause.setdefault(LEAK, []).append(n)
    for n in range(leaks, len(family.links)):
        parents = mechanism.links[n - leaks].parents
        by_cause.setdefault(parents[0], []).append(n)
    groups = tuple(
        _Group(cause, None if cause == LEAK else model.index[cause], tuple(links))
        for cause, links in by_cause.items()
    )
    return family, groups


def _idiopathic(network: Network, groups: Sequence[_Group]) -> _Group | None:
    """The leak and the causes that stand for what has no name, as one."""
    stated = network.about.get("idiopathic")
    members = []
    for group in groups:
        if group.name == LEAK:
            members.append(group)
        elif stated is not None:
            if group.name in stated:
                members.append(group)
        else:
            variable = network.variables[group.name]
            if not variable.observable and variable.role == "background":
                members.append(group)
    if not members:
        return None
    variables = [group.variable for group in members if group.variable is not None]
    return _Group(
        IDIOPATHIC,
        variables[0] if len(variables) == 1 else None,
        tuple(n for group in members for n in group.links),
    )


def _firing(
    model: Model, row: FloatArray, family: Accumulation, groups: Sequence[_Group]
) -> tuple[list[float], list[float], float]:
    """P(some link of the group fired), P(only links of the group fired), P(none fired).

    Each is a row of tables in which some links are silent.
    """
    every = set(range(len(family.links)))
    silent = [set(), *(set(group.links) for group in groups)]
    silent += [every - set(group.links) for group in groups]
    silent.append(every)
    tables = np.repeat(model.tables[None], len(silent), axis=0)
    for own, quiet in zip(tables, silent, strict=True):
        for n in quiet:
            _silence(model, family, family.links[n], own)
    log_p = World(model, "see", {}).evidence(row, tables)
    p = np.exp(np.minimum(log_p[1:] - log_p[0], 0.0))
    g = len(groups)
    none = float(p[-1])
    return (
        [float(1.0 - x) for x in p[:g]],
        [float(max(0.0, x - none)) for x in p[g : 2 * g]],
        none,
    )


def _block(model: Model, family: Accumulation, link: Link) -> tuple[slice, tuple[int, ...]]:
    k = model.cards[family.child]
    shape = (*(model.cards[p] for p in link.parents), k, k)
    return slice(link.start, link.start + int(np.prod(shape))), shape


def _silence(model: Model, family: Accumulation, link: Link, tables: FloatArray) -> None:
    """Keep, of one link, only the chance that it does nothing."""
    where, shape = _block(model, family, link)
    steps = tables[where].reshape(shape)
    tables[where] = (steps[..., :1, :1] * np.eye(shape[-1])).reshape(-1)


def _strength(model: Model, family: Accumulation, link: Link) -> FloatArray:
    """P(the link fires | its parents), (parents...)."""
    where, shape = _block(model, family, link)
    return np.asarray(model.tables[where].reshape(shape)[..., 0, 1:].sum(axis=-1))


def _able(model: Model, family: Accumulation, group: _Group) -> list[int]:
    """States of the group's variable in which one of its links can fire."""
    assert group.variable is not None
    able: set[int] = set()
    for n in group.links:
        link = family.links[n]
        if group.variable in link.parents:
            axis = link.parents.index(group.variable)
            strength = np.moveaxis(_strength(model, family, link), axis, 0)
            able.update(np.flatnonzero(strength.reshape(len(strength), -1).any(axis=1)).tolist())
    return sorted(able)


def _present(network: Network, family: Accumulation, group: _Group, marginals: FloatArray) -> float:
    if group.variable is None or group.name == IDIOPATHIC:
        return 1.0
    offset = network.model.offsets[group.variable]
    slots = [offset + s for s in _able(network.model, family, group)]
    return float(np.sum(marginals[slots]))


def _needed(
    network: Network,
    event: Event,
    row: FloatArray,
    family: Accumulation,
    groups: Sequence[_Group],
    marginals: FloatArray,
) -> list[float]:
    """P(event, and none without the cause | findings), for each group."""
    model = network.model
    y = model.index[event.variable]
    with_event = event.added(model, row)
    p_event = float(marginals[event.slots(network)].sum())
    out = [0.0] * len(groups)
    by_links: list[int] = []
    for n, group in enumerate(groups):
        x = group.variable
        if x is None or group.name == IDIOPATHIC:
            by_links.append(n)
            continue
        state = _without(network, x, able := _able(model, family, group))
        if marginals[model.offsets[x] + state] >= 1.0:
            continue
        on_the_way = (descendants(model, [x]) & ancestors(model, [y])) - {x, y, family.child}
        if state in able or on_the_way:
            out[n] = _but_for(network, event, with_event, p_event, x, state)
        else:
            by_links.append(n)
    # Nothing but its own links leads from it to the event: it was needed where it alone acted.
    if by_links and p_event > 0:
        only = _firing(model, with_event, family, [groups[n] for n in by_links])[1]
        for n, p_only in zip(by_links, only, strict=True):
            out[n] = p_event * p_only
    return out


def _without(network: Network, x: int, able: Sequence[int]) -> int:
    """The state of a cause that stands for its absence."""
    name = network.model.names[x]
    reference = network.variables[name].index(reference_state(network, name))
    if reference not in able:
        return reference
    idle = [s for s in range(network.model.cards[x]) if s not in able]
    return idle[0] if idle else reference


def _but_for(
    network: Network, event: Event, with_event: FloatArray, p_event: float, x: int, state: int
) -> float:
    """P(event, and none had x been in that state | findings)."""
    if not p_event > 0:
        return 0.0
    name = network.model.names[x]
    asked = world(network, "had", {name: network.variables[name].states[state]})
    return p_event * float(asked.p(with_event, event, holds=False)[0])


def _by_parents(
    network: Network, event: Event, row: FloatArray, marginals: FloatArray, needed: bool
) -> Attribution:
    """For an effect that is no noisy-OR: what would have been without each direct cause."""
    model = network.model
    with_event = event.added(model, row)
    p_event = float(marginals[event.slots(network)].sum())
    shares = []
    for name in network.parents(event.variable):
        x = model.index[name]
        reference = network.variables[name].index(reference_state(network, name))
        absent = float(marginals[model.offsets[x] + reference])
        p_needed = _but_for(network, event, with_event, p_event, x, reference) if needed else np.nan
        shares.append(CauseShare(name, 1.0 - absent, np.nan, np.nan, p_needed))
    return Attribution(
        variable=event.variable,
        states=event.states,
        p_event=p_event,
        causes=tuple(sorted(shares, key=lambda s: -(s.needed if needed else s.present))),
        idiopathic=None,
        none_fired=np.nan,
        several_fired=np.nan,
    )
