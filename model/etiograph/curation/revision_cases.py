"""What two networks say of the same cases: answers that moved, causes that changed places, rules that fire."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from etiograph.curation.vignettes import Vignette
from etiograph.decision.red_flags import red_flags
from etiograph.engine.propagate import propagate
from etiograph.errors import EtiographError, ImpossibleFindings
from etiograph.findings.cell import findings_of
from etiograph.network.event import Event
from etiograph.network.frozen import FrozenMap
from etiograph.network.likelihoods import encode
from etiograph.network.value import value_type
from etiograph.query.causes import causes
from etiograph.uncertainty.acted import Acting

if TYPE_CHECKING:
    from etiograph.network.network import Network

ROUNDING = 1e-9
"""Answers nearer to each other than this are the same."""
IMPOSSIBLE = "these findings contradict one another"


@value_type
@dataclass(frozen=True, slots=True)
class AnswerEdit:
    """One answer on a case that is another.

    Attributes
    ----------
    name, label : str
        The event, as it is asked for and in words.
    before, after : float
        Its probability.
    behind_before, behind_after : float or None
        The probability that it acted, where the outcome is found and both networks tell it.
    place_before, place_after : int or None
        Where it stands among the possible causes, from 1; None of what is no cause.
    """

    name: str
    label: str
    before: float
    after: float
    behind_before: float | None = None
    behind_after: float | None = None
    place_before: int | None = None
    place_after: int | None = None

    @property
    def moved(self) -> float:
        """By how much the probability, or that of having acted, differs at most."""
        acted = abs((self.behind_after or 0.0) - (self.behind_before or 0.0))
        return max(abs(self.after - self.before), acted)


@value_type
@dataclass(frozen=True, slots=True)
class CaseEdit:
    """What two networks say of one case, where they differ.

    Attributes
    ----------
    id, title : str
    answers : tuple of AnswerEdit
        Those that moved or changed places, the largest moves first.
    fires, silent : tuple of (level, message)
        Rules that fire only in the second network, and only in the first.
    problem_before, problem_after : str
        Why a network gives no answer; "" where it does.
    """

    id: str
    title: str
    answers: tuple[AnswerEdit, ...] = ()
    fires: tuple[tuple[str, str], ...] = ()
    silent: tuple[tuple[str, str], ...] = ()
    problem_before: str = ""
    problem_after: str = ""

    def __bool__(self) -> bool:
        problems = self.problem_before != self.problem_after
        return bool(self.answers or self.fires or self.silent or problems)


@dataclass(slots=True)
class _Answers:
    """What one network says of one case: of each event its probability, and that of having acted.

    ``rules`` is None where the findings cannot be read.
    """

    p: Mapping[Event, float] = FrozenMap()
    behind: Mapping[str, float] | None = None
    rules: Mapping[str, tuple[str, str]] | None = None
    problem: str = ""
    findings: Mapping[str, Any] = FrozenMap()


def compare_cases(
    before: Network,
    after: Network,
    cases: Sequence[Vignette],
    known: dict[Any, Any] | None = None,
) -> tuple[CaseEdit, ...]:
    """The cases on which two networks differ.

    ``known`` keeps the answers of the first network for another second one. Asked are the possible causes of both networks and their outcomes, as far as both have them. A case
    that a network cannot be asked, or whose findings it excludes, is no error but an answer.
    """
    events = _shared(before, after)
    old_answers = (known or {}).get(tuple(events)) or _answered(before, cases, events)
    if known is not None:
        known[tuple(events)] = old_answers
    both = (old_answers, _answered(after, cases, events))
    edits = []
    for case, old, new in zip(cases, *both, strict=True):
        was, now = old.rules, new.rules
        if was is None or now is None:  # findings that one of them cannot read
            was = now = {}
        # Why findings are impossible is worked out only where that is news.
        problems = [
            _why(network, answers) if old.problem != new.problem else ""
            for network, answers in ((before, old), (after, new))
        ]
        edit = CaseEdit(
            case.id,
            case.title,
            () if old.problem or new.problem else _moved(after, case, events, old, new),
            tuple(now[i] for i in now if i not in was),
            tuple(was[i] for i in was if i not in now),
            *problems,
        )
        if edit:
            edits.append(edit)
    return tuple(edits)


def _why(network: Network, answers: _Answers) -> str:
    """Why there is no answer: of impossible findings the smallest set that is."""
    if answers.problem != IMPOSSIBLE:
        return answers.problem
    from etiograph.query.posterior import refuse

    try:
        refuse(network, answers.findings)
    except ImpossibleFindings as error:
        return str(error)
    return IMPOSSIBLE  # pragma: no cover - refuse always raises


def _shared(before: Network, after: Network) -> dict[Event, bool]:
    """Events that both networks know, and whether each is one of the possible causes."""
    found: dict[tuple[str, frozenset[str]], tuple[Event, bool]] = {}
    for network in (after, before):
        listed = [(event, True) for event in causes(network)]
        if (target := str(network.about.get("target", ""))) in network.variables:
            listed.append((Event.parse(network, target), False))
        for event, is_cause in listed:  # the states may stand in another order there
            found.setdefault((event.variable, frozenset(event.states)), (event, is_cause))
    return {event: is_cause for event, is_cause in found.values() if _known(event, before, after)}


def _known(event: Event, *networks: Network) -> bool:
    return all(
        event.variable in network.variables
        and set(event.states) <= set(network.variables[event.variable].states)
        for network in networks
    )


def _answered(
    network: Network, cases: Sequence[Vignette], events: Collection[Event]
) -> list[_Answers]:
    """The answers of a network on all cases; those that are only seen in one batch."""
    found, seen = [], []
    for case in cases:
        answers = _Answers()
        found.append(answers)
        try:
            findings = findings_of(network, case.findings)
            flags = red_flags(network, findings, case.changes)
            answers.rules = {flag.id: (flag.level, flag.message) for flag in flags}
            known = {name: v for name, v in findings.items() if name not in network.flags}
            answers.findings = known
            if case.kind == "see":
                encode(network, known)
                seen.append(answers)
            else:
                _changed(network, case, answers, events)
        except ImpossibleFindings:
            answers.problem = IMPOSSIBLE
        except EtiographError as error:
            answers.problem = str(error)
    if seen:
        _seen(network, seen, events)
    return found


def _changed(
    network: Network, case: Vignette, answers: _Answers, events: Collection[Event]
) -> None:
    """The answers on a case with a change."""
    from etiograph.query.change import do
    from etiograph.query.imagine import after, had

    ask = {"do": do, "had": had, "after": after}[case.kind]
    posterior: Any = ask(network, answers.findings, case.changes)
    answers.p = {e: float(sum(posterior[e.variable][s] for s in e.states)) for e in events}


def _seen(network: Network, cases: Sequence[_Answers], events: Collection[Event]) -> None:
    """The answers on cases that are only seen."""
    model = network.model
    own = {event: Event.of(network.variables[event.variable], *event.states) for event in events}
    slots = {event: each.slots(network) for event, each in own.items()}
    rows = np.stack([encode(network, case.findings)[0] for case in cases])
    wanted = {model.index[event.variable] for event in events}
    found = propagate(model, rows, wanted=wanted)
    acted: list[int] = []
    for i, case in enumerate(cases):
        if not np.isfinite(found.log_evidence[i]):
            case.problem = IMPOSSIBLE
            continue
        case.p = {event: float(found.marginals[i, at].sum()) for event, at in slots.items()}
        if Acting.of(network, case.findings) is not None:
            acted.append(i)
    if acted:
        # The outcome is found in all of these, so one question serves.
        asking = Acting.of(network, cases[acted[0]].findings)
        assert asking is not None
        p, _ = asking.draws(rows[acted], None)
        for i, row in zip(acted, p.tolist(), strict=True):
            cases[i].behind = dict(zip(asking.causes, row, strict=True))


def _moved(
    network: Network, case: Vignette, events: Mapping[Event, bool], old: _Answers, new: _Answers
) -> tuple[AnswerEdit, ...]:
    both = old.behind is not None and new.behind is not None
    known = {*case.findings, *case.changes}
    open_ = [e for e, is_cause in events.items() if is_cause and e.variable not in known]
    places = [_places(open_, answers, acted=both) for answers in (old, new)]
    edits = []
    for event in events:
        before, after = (_behind(answers, event) if both else None for answers in (old, new))
        edit = AnswerEdit(
            event.name(network),
            event.label(network),
            old.p[event],
            new.p[event],
            before,
            after,
            places[0].get(event),
            places[1].get(event),
        )
        if edit.moved > ROUNDING or edit.place_before != edit.place_after:
            edits.append(edit)
    return tuple(sorted(edits, key=lambda edit: -edit.moved))


def _behind(answers: _Answers, event: Event) -> float | None:
    return (answers.behind or {}).get(event.variable)


def _places(events: Sequence[Event], answers: _Answers, *, acted: bool) -> dict[Event, int]:
    """Where each cause stands, from 1: by what acted where that is told, else by what is there."""

    def rank(event: Event) -> tuple[float, float]:
        behind = (_behind(answers, event) or 0.0) if acted else 0.0
        return -round(behind, 9), -round(answers.p[event], 9)

    return {event: place for place, event in enumerate(sorted(events, key=rank), 1)}
