"""Which causes are behind the outcome: not who has a cause, but in whom it took part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from etiograph import Network
from etiograph.decision.also import in_which
from etiograph.decision.behind import causes_behind, with_outcome as with_it
from etiograph.network.event import Event
from etiograph.query.links import stand_ins

from . import answers, charts, labels, parts, texts
from .cases import Pairs
from .kept import kept


def asked(network: Network) -> bool:
    """Whether causes act one by one on the outcome of the network."""
    return answers.acting_on(network) is not None


def with_outcome(network: Network, findings: Pairs) -> Pairs | None:
    """The findings in a person who has the outcome; None if it is found not to be there."""
    known = with_it(network, dict(findings))
    if known is None:
        return None
    return labels.in_order(network, tuple((name, str(value)) for name, value in known.items()))


def found(network: Network, findings: Pairs) -> bool:
    """Whether the outcome is among the findings."""
    return asked(network) and with_outcome(network, findings) == findings


@kept
def events(network: Network) -> dict[str, Event]:
    """What counts as having each of the causes behind the outcome, by variable."""
    return causes_behind(network)


def label(network: Network, what: Event, findings: Pairs) -> str:
    """A cause as a reader sees it; one that is entered in the state it is in: ``Diuretic (thiazide)``."""
    variable = network.variables[what.variable]
    state = dict(findings).get(what.variable)
    if state in variable.states and len(variable.states) > 2:
        shown = texts.lower_first(labels.state_title(variable, state))
        return f"{labels.title(variable)} ({shown})"
    beliefs = answers.posterior(network, with_outcome(network, findings) or findings).p
    text = (in_which(network, what, beliefs) if beliefs else what).label(network)
    return text[:1].upper() + text[1:]


def chain(network: Network, names: Sequence[str]) -> tuple[str, ...]:
    """The first of some causes that works by way of another of them, and that other; none if none does."""
    from etiograph.decision.diagram import ancestors

    for first in names:
        for last in names:
            if first != last and first in ancestors(network, last):
                return first, last
    return ()


def work_out(network: Network, findings: Pairs) -> None:
    """Answer what the ranking rests on, so that it can be drawn at once."""
    now = answers.posterior(network, findings)
    answers.posterior(network, labels.baseline(network, findings))
    known = with_outcome(network, findings)
    if now.ok and known is not None and asked(network):
        answers.posterior(network, known)
        answers.behind(network, known)


def bars(
    network: Network,
    findings: Pairs,
    before: Pairs | None,
    ranges: Mapping[str, tuple[float, float]],
) -> dict[labels.Key, charts.Bar]:
    """A bar for each named cause that can be behind the outcome, known ones among them.

    `before` are the findings one step ago, None if there was no such step.
    """
    known, seen = with_outcome(network, findings), dict(findings)
    if known is None:
        return {}
    now = answers.behind(network, known).causes
    everybody = (*parts.start(network), *labels.baseline(network, findings))
    base = answers.behind(network, labels.in_order(network, everybody)).causes
    earlier = None if before is None else with_outcome(network, before)
    past = answers.behind(network, earlier).causes if earlier is not None else now
    beliefs = answers.posterior(network, known).p
    without_name = stand_ins(network)
    rows: dict[labels.Key, charts.Bar] = {}
    for name, what in events(network).items():
        if name in without_name or name not in now:
            continue
        if name in seen and now[name] == 0.0:
            continue  # known not to be there
        low, high = ranges.get(name, (None, None))
        there = what.within(beliefs) if beliefs else 0.0
        rows[name, ""] = charts.Bar(
            label=label(network, what, findings),
            p=now[name],
            base=base.get(name),
            before=past.get(name),
            low=low,
            high=high,
            help=network.variables[name].definition,
            second=texts.IS_ENTERED if name in seen else texts.share(there),
        )
    return rows


def first(network: Network, findings: Pairs, rows: tuple[labels.Row, ...]) -> list[labels.Row]:
    """Causes still open, the one a reader asks about first in front.

    By how often it is behind the outcome where that is found, else by how probable it is.
    """
    now = answers.posterior(network, findings)
    acts = answers.behind(network, findings).causes if now.ok and found(network, findings) else {}
    without_name = stand_ins(network) if acts else frozenset()

    def place(row: labels.Row) -> tuple[float, float]:
        share = -1.0 if row.name in without_name else acts.get(row.name, 0.0)
        return -share, -now.p[row.name][row.state]

    seen = dict(findings)
    return sorted((row for row in rows if row.name not in seen), key=place)
