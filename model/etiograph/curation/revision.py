"""Two versions of a network: what differs, and what that means for cases and published statistics."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from etiograph.curation.statistics import (
    CHECKS_FILE,
    Check,
    Compared,
    compare,
    evidence_beside,
    read_checks,
    refuse,
)
from etiograph.curation.vignettes import CASES_FILE, Vignette, read_vignettes
from etiograph.decision.red_flags import red_flags
from etiograph.engine.propagate import propagate
from etiograph.errors import EtiographError, ImpossibleFindings, InvalidNetwork, UnknownName
from etiograph.findings.cell import findings_of
from etiograph.network.diff import Difference, Edit, difference
from etiograph.network.event import Event
from etiograph.network.finding import encode
from etiograph.network.frozen import FrozenMap
from etiograph.network.value import value_type
from etiograph.query.causes import causes
from etiograph.uncertainty.acted import Acting

if TYPE_CHECKING:
    from etiograph.network.network import Network

Evidence = Mapping[str, Mapping[str, str]]
ROUNDING = 1e-9
"""Answers nearer to each other than this are the same."""
IMPOSSIBLE = "these findings contradict one another"
NOTHING_KNOWN = Vignette("nothing known", "Before any finding")
"""Asked where no cases are given."""


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


@value_type
@dataclass(frozen=True, slots=True)
class StatisticEdit:
    """One published statistic that a network met and the other does not, or that only one is held against.

    Attributes
    ----------
    id : str
    before, after : Compared or None
        With the answer of each network; None where it is not asked, or cannot be.
    """

    id: str
    before: Compared | None
    after: Compared | None

    @property
    def came_in(self) -> bool:
        """Whether only the second network's answer lies in the published range."""
        return bool(self.after and self.after.inside and self.before and not self.before.inside)

    @property
    def went_out(self) -> bool:
        """Whether only the first network's answer lies in the published range."""
        return bool(self.before and self.before.inside and self.after and not self.after.inside)


@value_type
@dataclass(frozen=True, slots=True)
class Revision:
    """Two networks side by side; false if they, their sources and their statistics are the same.

    Attributes
    ----------
    before, after : str
        What the networks are called: name, version and digest.
    network : Network
        The second one, in whose words things are said; ``original`` the first.
    difference : Difference
        What the networks state.
    sources : tuple of Edit
        Rows of the evidence tables.
    asked : int
        How many cases both were asked about.
    cases : tuple of CaseEdit
        Those on which they differ.
    statistics : tuple of StatisticEdit
    """

    before: str
    after: str
    network: Network
    original: Network
    difference: Difference
    sources: tuple[Edit, ...] = ()
    asked: int = 0
    cases: tuple[CaseEdit, ...] = ()
    statistics: tuple[StatisticEdit, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.difference or self.sources or self.cases or self.statistics)

    def to_text(self, most: int = 25) -> str:
        """As plain text, at most so many lines a section."""
        from etiograph.curation.revision_report import text

        return text(self, most)

    def to_html(self) -> str:
        """As one page without any outside file."""
        from etiograph.curation.revision_report import page

        return page(self)

    def to_json(self) -> str:
        """As JSON text, everything in it."""
        from etiograph.curation.revision_report import to_json

        return to_json(self)


Cases = str | Path | Sequence[Vignette | Mapping[str, Any]] | None


def diff(
    before: Network | str | Path, after: Network | str | Path, cases: Cases = None
) -> Revision:
    """What differs between two networks, and what it means.

    Parameters
    ----------
    before, after : Network, str or Path
        Networks, names of bundled ones, or files of any format. Beside a model file its table of
        evidence, its published statistics (``checks.toml``) and its ``vignettes.toml`` are compared or
        asked, too.
    cases : path, or sequence of Vignette or of mappings of findings, optional
        The cases both are asked about; default: those beside the files, else one of whom nothing is
        known. ``()``: none.

    Raises
    ------
    UnreadableFile, UnknownName, InvalidNetwork
        A file cannot be read.
    """
    first, second = _Side.of(before), _Side.of(after)
    asked = _vignettes(cases, first, second)
    found = difference(first.network, second.network)
    return Revision(
        before=called(first.network, first.name),
        after=called(second.network, second.name),
        network=second.network,
        original=first.network,
        difference=found,
        sources=tuple(_rows(first.evidence, second.evidence)),
        asked=len(asked),
        cases=compare_cases(first.network, second.network, asked) if found else (),
        statistics=_statistics(first, second),
    )


@dataclass(frozen=True, slots=True)
class _Side:
    """A network with what stands beside its file."""

    network: Network
    name: str
    folder: Path | None = None
    evidence: Evidence = FrozenMap()  # noqa: RUF009 - immutable
    checks: tuple[Check, ...] = ()

    @classmethod
    def of(cls, given: Network | str | Path) -> _Side:
        from etiograph.network.network import Network
        from etiograph.resources import load, model_path

        if isinstance(given, Network):
            return cls(given, "")
        if not isinstance(given, str | Path):
            raise TypeError(f"a network must be a Network, a name or a path, not {given!r}")
        path, network = model_path(given), load(given)
        beside = path.parent / CHECKS_FILE
        # A file of another program may stand in any folder: what lies there is not of it.
        own = path.suffix == ".toml"
        return cls(
            network,
            path.name,
            path.parent if own else None,
            evidence_beside(network, path) if own else {},
            read_checks(network, beside) if own and beside.is_file() else (),
        )


def called(network: Network, file: str = "") -> str:
    """Name and version of a network, else the file it is from, with the start of its digest."""
    about = network.about
    name = " ".join(str(about.get(key) or "") for key in ("name", "version")).strip()
    said = f"{name} ({file})" if name and file else name or file or "a network"
    return f"{said}, digest {network.digest()[:12]}"


def _vignettes(cases: Cases, *sides: _Side) -> tuple[Vignette, ...]:
    if cases is None:
        found = [s.folder / CASES_FILE for s in sides if s.folder]
        beside = next((path for path in reversed(found) if path.is_file()), None)
        return (NOTHING_KNOWN,) if beside is None else (NOTHING_KNOWN, *read_vignettes(beside))
    if isinstance(cases, str | Path):
        return read_vignettes(Path(cases))
    given: list[Vignette] = []
    for i, case in enumerate(cases, 1):
        if not isinstance(case, Vignette | Mapping):
            raise TypeError(f"a case must be a Vignette or a mapping of findings, not {case!r}")
        vignette = case if isinstance(case, Vignette) else Vignette(str(i), "", FrozenMap(case))
        given.append(vignette)
    return tuple(given)


def _rows(before: Evidence, after: Evidence) -> list[Edit]:
    """Rows of two evidence tables that differ, by id and column."""
    if not before or not after:
        return []
    edits = []
    for name in {**before, **after}:
        old, new = before.get(name), after.get(name)
        if old is None or new is None:
            edits.append(Edit("sources", name, "", _said(old), _said(new)))
            continue
        for column in {**old, **new}:
            if (x := old.get(column, "")) != (y := new.get(column, "")):
                edits.append(Edit("sources", name, column, x, y))
    return edits


def _said(row: Mapping[str, str] | None) -> str | None:
    return None if row is None else row.get("quantity") or "a row"


# -- cases ----------------------------------------------------------------------------------------


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
    before: Network, after: Network, cases: Sequence[Vignette]
) -> tuple[CaseEdit, ...]:
    """The cases on which two networks differ.

    Asked are the possible causes of both networks and their outcomes, as far as both have them. A case
    that a network cannot be asked, or whose findings it excludes, is no error but an answer.
    """
    events = _shared(before, after)
    both = (_answered(network, cases, events) for network in (before, after))
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
        p, _ = asking.draws(rows[acted], None, found.log_evidence[acted])
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


# -- published statistics -------------------------------------------------------------------------


def _statistics(before: _Side, after: _Side) -> tuple[StatisticEdit, ...]:
    """Published statistics that came in, went out, or are held against one of the networks only."""
    if before.network == after.network and before.checks == after.checks:
        return ()
    # A network without a file of its own is held against that of the other.
    old = _compared(before.network, before.checks or after.checks)
    new = _compared(after.network, after.checks or before.checks)
    edits = []
    for name in {**old, **new}:
        edit = StatisticEdit(name, old.get(name), new.get(name))
        if edit.came_in or edit.went_out or edit.before is None or edit.after is None:
            edits.append(edit)
    return tuple(edits)


def _compared(network: Network, checks: Sequence[Check]) -> dict[str, Compared]:
    """The network's value of each statistic it can be asked."""
    askable = [check for check in checks if _askable(network, check)]
    try:
        return {row.check.id: row for row in compare(network, askable)}
    except ImpossibleFindings:
        pass
    found = {}
    for check in askable:
        with suppress(ImpossibleFindings):  # a group that this network excludes
            found[check.id] = compare(network, (check,))[0]
    return found


def _askable(network: Network, check: Check) -> bool:
    """Whether a network has all that a statistic speaks of."""
    try:
        refuse(network, check)
    except (UnknownName, InvalidNetwork):
        return False
    return all(
        name in network.variables
        for name in (check.variable, *check.given, *check.do, *check.against)
    )
