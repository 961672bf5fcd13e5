"""Present is not responsible: which cause is there, which one acted, which one was needed.

For an effect that comes about as a noisy-OR every link is a coin that is tossed where its cause is
present. "The link fired" is an event like any other, and its probability is the same row of findings
with one link's numbers replaced: P(link silent, findings) / P(findings).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from etiograph.engine.ancestral import ancestors, descendants
from etiograph.engine.propagate import propagate
from etiograph.errors import InvalidFinding
from etiograph.network.answer import Answer
from etiograph.network.event import Asked, Event
from etiograph.network.likelihoods import encode
from etiograph.network.model import FloatArray
from etiograph.network.value import value_type
from etiograph.query.but_for import ButFor
from etiograph.query.links import IDIOPATHIC, LEAK, CauseLinks, Links
from etiograph.query.posterior import refuse

if TYPE_CHECKING:
    import pandas as pd

    from etiograph.network.network import Network


@value_type
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
        other variables counted; of the leak and the idiopathic share, had its links not fired. NaN
        if it was not asked.
    """

    cause: str
    present: float
    fired: float
    only: float
    needed: float


@value_type
@dataclass(frozen=True, slots=True)
class Attribution(Answer):
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
        """One row a cause: ``cause`` and four probabilities given the findings.

        ``present``: it is there. ``fired``: it is there and acted; the same is said as "had a part"
        and "acted" in sentences, ``behind`` in the intervals. ``only``: it acted and no other did.
        ``needed``: but for it there would be no event.
        """
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


def attribution(
    network: Network,
    findings: Mapping[str, Any],
    target: Asked,
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
    InvalidFinding
        The event has no causes in the network.
    ImpossibleFindings, UnknownName

    Notes
    -----
    The idiopathic share is the leak together with the causes listed in the network's
    ``about["idiopathic"]``, or else its unobservable background causes.

    Intervals of ``present`` and ``fired`` are rows of parameter draws: ``case.intervals()``.
    There are none of ``needed``: every draw would go through one twin network a cause, of up to
    millions of table entries each.
    """
    event = Event.parse(network, target, state)
    if not network.parents(event.variable):
        raise InvalidFinding(f"{event.variable!r} has no causes in this network to attribute it to")
    row = encode(network, findings)[0]
    model = network.model
    wanted = [model.index[name] for name in (event.variable, *network.parents(event.variable))]
    beliefs = propagate(model, row, wanted=wanted)
    if not np.isfinite(beliefs.log_evidence[0]):
        refuse(network, findings)
    marginals = beliefs.marginals[0]
    links = Links.of(network, event)
    if links is None:
        return _by_parents(network, event, row, marginals, needed)
    fired, only, none = links.firing(row)
    p_needed = [np.nan] * len(fired)
    if needed:
        p_needed = _needed(network, event, row, links, marginals)
    shares = [
        CauseShare(group.name, _present(links, group, marginals), *numbers)
        for group, *numbers in zip(links.asked, fired, only, p_needed, strict=True)
    ]
    causes = shares[: len(links.groups)]
    return Attribution(
        variable=event.variable,
        states=event.states,
        p_event=float(marginals[event.slots(network)].sum()),
        causes=tuple(sorted(causes, key=lambda share: -share.fired)),
        idiopathic=shares[-1] if links.idiopathic else None,
        none_fired=none,
        several_fired=max(0.0, 1.0 - none - sum(share.only for share in causes)),
    )


def _present(links: Links, group: CauseLinks, marginals: FloatArray) -> float:
    if group.variable is None:
        return 1.0
    offset = links.model.offsets[group.variable]
    return float(np.sum(marginals[[offset + s for s in links.able(group)]]))


def _needed(
    network: Network, event: Event, row: FloatArray, links: Links, marginals: FloatArray
) -> list[float]:
    """P(event, and none without the cause | findings), for each group."""
    model = network.model
    y = model.index[event.variable]
    with_event = event.added(model, row)
    p_event = float(marginals[event.slots(network)].sum())
    out = [0.0] * len(links.asked)
    by_links: list[int] = []
    but_for: ButFor | None = None
    if not p_event > 0:
        return out
    for n, group in enumerate(links.asked):
        x = group.variable
        if x is None:
            by_links.append(n)
            continue
        state = _without(network, x, able := links.able(group))
        if marginals[model.offsets[x] + state] >= 1.0:
            continue
        between = (descendants(model, [x]) & ancestors(model, [y])) - {x, y, links.family.child}
        if state in able or between or links.level is None or links.in_others(group):
            but_for = but_for or ButFor.of(network, event, with_event)
            out[n] = p_event * but_for.p(x, state)
        else:
            by_links.append(n)
    # Nothing but its own links leads from it to the event: it was needed where without them there
    # would be none.
    if by_links:
        groups = [links.asked[n] for n in by_links]
        alone = _without_links(event, with_event, links, groups)
        for n, p_alone in zip(by_links, alone, strict=True):
            out[n] = p_event * p_alone
    return out


def _without_links(
    event: Event, with_event: FloatArray, links: Links, groups: Sequence[CauseLinks]
) -> list[float]:
    """P(no event had the links of a group not fired | findings, event), for each group."""
    if links.level is not None:
        return links.alone(with_event, groups, links.level)
    # There is the event, too, when less comes together than now: never a cause of it, or unclear.
    lower = sorted(event.indices) == list(range(len(event.indices)))
    return [0.0 if lower else np.nan] * len(groups)


def _without(network: Network, x: int, able: Sequence[int]) -> int:
    """The state of a cause that stands for its absence."""
    name = network.model.names[x]
    reference = network.variables[name].index(network.variables[name].usual)
    if reference not in able:
        return reference
    idle = [s for s in range(network.model.cards[x]) if s not in able]
    return idle[0] if idle else reference


def _by_parents(
    network: Network, event: Event, row: FloatArray, marginals: FloatArray, needed: bool
) -> Attribution:
    """For an effect that is no noisy-OR: what would have been without each direct cause."""
    model = network.model
    with_event = event.added(model, row)
    p_event = float(marginals[event.slots(network)].sum())
    but_for = ButFor.of(network, event, with_event) if needed and p_event > 0 else None
    shares = []
    for name in network.parents(event.variable):
        x = model.index[name]
        reference = network.variables[name].index(network.variables[name].usual)
        absent = float(marginals[model.offsets[x] + reference])
        p_needed = np.nan
        if needed:
            p_needed = p_event * but_for.p(x, reference) if but_for else 0.0
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
