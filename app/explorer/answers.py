"""Questions to etiograph, answered once and kept in memory by digest and findings.

Nothing here is written to disk, and no findings are logged.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import streamlit as st

import etiograph as eg

from . import labels
from .cases import Pairs, ordered
from .charts import Flag

Table = dict[str, dict[str, float]]
FIRING = ("noisy_or", "noisy_max")  # effects whose causes act or do not act, one by one


@dataclass(frozen=True, slots=True)
class Answer:
    """Posterior of every variable; or the findings that contradict each other; or why there is none."""

    p: Table = field(default_factory=dict)
    conflict: tuple[str, ...] = ()
    problem: str = ""

    @property
    def ok(self) -> bool:
        """Whether there is something to show."""
        return not self.conflict and not self.problem


@st.cache_resource(max_entries=16, show_spinner=False)
def _opened(reference: str, stamp: float) -> eg.Network:
    return eg.load(reference)


def network(reference: str) -> eg.Network:
    """A bundled network by name or a model file by path, read once for all sessions.

    Raises
    ------
    EtiographError
        There is no such network, or the file can't be read.
    """
    path = Path(reference)
    return _opened(reference, path.stat().st_mtime if path.is_file() else 0.0)


Edits = tuple[tuple[str, tuple[float, float | None, float | None]], ...]


def edited(network: eg.Network, edits: Edits) -> eg.Network:
    """The network with some of its numbers changed; the tables follow, nothing is compiled anew."""
    return _edited(network, network.digest(), edits)


@st.cache_resource(max_entries=32, show_spinner=False)
def _edited(_network: eg.Network, digest: str, edits: Edits) -> eg.Network:
    return _network.with_parameters(
        {
            name: replace(_network.parameters[name], value=value, low=low, high=high)
            for name, (value, low, high) in edits
        }
    )


def posterior(network: eg.Network, findings: Pairs) -> Answer:
    """Posterior of every variable given findings."""
    return world(network, "see", findings, ())


def world(network: eg.Network, kind: str, findings: Pairs, changes: Pairs) -> Answer:
    """Posterior of every variable in the world of `kind`: see, do, had or after."""
    return _world(network, network.digest(), kind, findings, changes)


@st.cache_data(max_entries=2000, show_spinner=False)
def _world(_network: eg.Network, digest: str, kind: str, findings: Pairs, changes: Pairs) -> Answer:
    case = _network.case(dict(findings))
    try:
        if kind != "see":
            case = getattr(case, kind)(dict(changes))
        beliefs = case.posterior()
        return Answer(
            p={
                name: {state: float(beliefs[name][state]) for state in variable.states}
                for name, variable in _network.variables.items()
            }
        )
    except eg.ImpossibleFindings as error:
        return Answer(conflict=tuple(error.conflict))
    except eg.EtiographError as error:
        return Answer(problem=str(error))


@st.cache_data(max_entries=500, show_spinner=False)
def _flags(_network: eg.Network, digest: str, findings: Pairs, changes: Pairs) -> list[Flag]:
    from etiograph.decision.red_flags import red_flags

    fired = red_flags(_network, dict(findings), dict(changes))
    return [Flag(f.level, f.message, f.source, f.because) for f in fired]


def flags(network: eg.Network, findings: Pairs, changes: Pairs = ()) -> list[Flag]:
    """Rules that fire on findings and changes, most pressing first."""
    return _flags(network, network.digest(), findings, changes) if network.rules else []


Ranges = dict[tuple[str, str], tuple[float, float]]
DRAWS = (120, 600)  # fewest and most runs over the published ranges
MANY, FEW = 30, 8  # rows, one a cause, that ask about everything; findings asked beyond that
WORK = 15e6  # table entries a part of the page that comes late may go through


@st.cache_data(max_entries=2000, show_spinner=False)
def _affordable(_network: eg.Network, digest: str, findings: Pairs, wanted: tuple[str, ...]) -> int:
    """How many rows of this case, asked about `wanted`, a late part of the page may ask for.

    Counted in table entries, not in seconds, so that a case has the same answer on every machine. Few
    findings leave large tables; with more of them the number grows quickly.
    """
    from etiograph.engine.plans import core_variables, hard_states, program_for
    from etiograph.query.relevant import part
    from etiograph.uncertainty.rows import finding_row

    model, row = _network.model, finding_row(_network, dict(findings))
    asked = [model.index[name] for name in (*wanted, *dict(findings))]
    needed = part(model, asked)
    known = hard_states(needed.model, row[:, needed.slots])
    core = core_variables(needed.model).variables
    program = program_for(needed.model, {v: known[v] for v in core if v in known})
    return int(WORK / max(program.entries, 1)) if program is not None else 0


def affordable(network: eg.Network, findings: Pairs, wanted: Iterable[str]) -> int:
    """The same, kept by case."""
    return _affordable(network, network.digest(), findings, tuple(wanted))


@dataclass(frozen=True, slots=True)
class Uncertain:
    """90 % range of every state of every variable, and how firm the order of the causes is."""

    ranges: Ranges
    verdict: str


@st.cache_data(max_entries=300, show_spinner=False)
def _ranges(_network: eg.Network, digest: str, findings: Pairs) -> Uncertain:
    try:
        causes = labels.cause_names(_network)
        draws = min(max(affordable(_network, findings, causes), DRAWS[0]), DRAWS[1])
        ranked = None if _network.about.get("causes") else causes
        found = _network.case(dict(findings)).intervals(
            draws=draws, ranked=ranked, causes_only=True
        )
    except eg.EtiographError:
        return Uncertain({}, "")
    cells = found.answers.items()
    return Uncertain(
        {(v, s): (cell.low, cell.high) for v, states in cells for s, cell in states.items()},
        found.verdict,
    )


def ranges(network: eg.Network, findings: Pairs) -> Uncertain:
    """How far the ranges of the published numbers let every answer move."""
    if not network.has_ranges:
        return Uncertain({}, "")
    return _ranges(network, network.digest(), findings)


@dataclass(frozen=True, slots=True)
class Share:
    """A cause: present, at work (its link fired), needed (but for it, no event), alone at work."""

    cause: str
    present: float
    fired: float
    needed: float
    only: float


@st.cache_data(max_entries=500, show_spinner=False)
def _shares(
    _network: eg.Network, digest: str, findings: Pairs, event: tuple[str, str], needed: bool
) -> list[Share]:
    from etiograph.query.attribution import attribution

    try:
        found = attribution(_network, dict(findings), *event, needed=needed)
    except eg.EtiographError:
        return []
    rows = [c for c in found.causes if c.cause != "leak"]
    rows += [found.idiopathic] if found.idiopathic else []
    return [Share(c.cause, c.present, c.fired, c.needed, c.only) for c in rows]


def shares(
    network: eg.Network, findings: Pairs, outcome: str, state: str, *, needed: bool
) -> list[Share]:
    """Which causes of an outcome are present and at work; `needed` takes a twin network a cause."""
    return _shares(network, network.digest(), findings, (outcome, state), needed)


@st.cache_data(max_entries=200, show_spinner=False)
def _why(
    _network: eg.Network, digest: str, findings: Pairs, name: str, state: str
) -> tuple[Any, tuple[str, ...]]:
    from etiograph.decision.words import explanation_words

    found = _network.case(dict(findings)).explain(name, state)
    return found, explanation_words(_network, found)


def why(network: eg.Network, findings: Pairs, name: str, state: str) -> tuple[Any, tuple[str, ...]]:
    """The ledger of findings for one answer, and the same in words."""
    return _why(network, network.digest(), findings, name, state)


@st.cache_data(max_entries=200, show_spinner=False)
def _next(
    _network: eg.Network, digest: str, findings: Pairs, target: str | tuple[str, ...] | None
) -> Any:
    known = dict(findings)
    asked = None
    if affordable(_network, findings, _network.variables) < MANY and findings != _start(_network):
        asked = [name for name in telling(_network, FEW) if name not in known]
    return _network.case(known).next_tests(target, candidates=asked, pairs=False)


def next_tests(network: eg.Network, findings: Pairs, target: str | None = None) -> Any:
    """What to ask next, about `target` or about all possible causes that are still open."""
    about: str | tuple[str, ...] | None = target
    if about is None and not network.about.get("causes"):
        known = dict(findings)
        about = tuple(name for name in labels.cause_names(network) if name not in known)
    return _next(network, network.digest(), findings, about)


def _start(network: eg.Network) -> Pairs:
    """What is known of everybody the network is about: that they have its outcome, if it has one."""
    outcome = labels.target(network)
    return ((outcome, labels.notable(network.variables[outcome])[0]),) if outcome else ()


def telling(network: eg.Network, number: int) -> tuple[str, ...]:
    """The findings that tell most of the causes before anything is known, the best first.

    In a network about one outcome, of people who have it.
    """
    known = _start(network)
    found = next_tests(network, known)
    free = labels.input_names(network)
    names = [test.names[0] for test in found.tests if test.gain > 0 and test.names[0] in free]
    first = [name for name, _ in known if name in free]
    return tuple(dict.fromkeys([*first, *names]))[:number]


@st.cache_data(max_entries=500, show_spinner=False)
def _none_of(_network: eg.Network, digest: str, findings: Pairs, causes: Pairs) -> float | None:
    try:
        log_all = _network.case(dict(findings) | dict(causes)).posterior().log_evidence
        return math.exp(log_all - _network.case(dict(findings)).posterior().log_evidence)
    except eg.ImpossibleFindings:
        return 0.0
    except eg.EtiographError:
        return None


@st.cache_data(max_entries=500, show_spinner=False)
def _unnamed(
    _network: eg.Network, digest: str, findings: Pairs, event: tuple[str, str]
) -> float | None:
    from etiograph.query.attribution import unnamed

    try:
        return unnamed(_network, dict(findings), *event)
    except eg.EtiographError:
        return None


def none_of(network: eg.Network, findings: Pairs) -> float | None:
    """Probability that a person has no named cause at work, or has none of the possible causes.

    Where causes act one by one on the outcome of the network: of those who have it, the share in whom
    only what has no name acted. Else: every possible cause is in its usual state.
    """
    outcome = labels.target(network)
    if outcome is not None and network.mechanisms[outcome].kind in FIRING:
        event = labels.notable(network.variables[outcome])[0]
        if dict(findings).get(outcome, event) != event:
            return None
        return _unnamed(network, network.digest(), findings, (outcome, event))
    usual = {n: labels.reference(network.variables[n]) for n in labels.cause_names(network)}
    known = dict(findings)
    if any(known.get(name, state) != state for name, state in usual.items()):
        return 0.0
    causes = tuple((n, s) for n, s in usual.items() if n not in known)
    return _none_of(network, network.digest(), findings, causes)


Previews = dict[str, dict[int, int]]
VISIBLE = 0.01  # a change of less than 1 of 100 is not drawn


@st.cache_data(max_entries=100, show_spinner=False)
def _previews(
    _network: eg.Network, digest: str, findings: Pairs, asked: Pairs, shown: Pairs
) -> Previews:
    import numpy as np

    from etiograph.uncertainty.rows import event, finding_row, solve

    slots = [event(_network, name, state).slots(_network)[0] for name, state in shown]
    row = finding_row(_network, dict(findings))
    rows = row.repeat(len(asked), axis=0)
    offsets, cards, index = _network.model.offsets, _network.model.cards, _network.model.index
    for k, (name, state) in enumerate(asked):
        start = offsets[index[name]]
        keep = np.zeros(cards[index[name]])
        keep[_network.variables[name].index(state)] = 1.0
        rows[k, start : start + len(keep)] *= keep
    before = solve(_network, row).marginals[0, slots]
    found = solve(_network, rows)
    after = found.marginals[:, slots]
    moved = np.isfinite(found.log_evidence)[:, None] & (np.abs(after - before) >= VISIBLE)
    return {
        f"{name}|{state}": {
            int(j): round(1000 * float(after[k, j])) for j in np.flatnonzero(moved[k])
        }
        for k, (name, state) in enumerate(asked)
    }


def previews(network: eg.Network, findings: Pairs, asked: Pairs, shown: Pairs) -> Previews:
    """What each of the findings `asked` would do to the events `shown`, all in one batch.

    Where that would take too long, only the first of `asked`: give the most wanted first.

    Returns
    -------
    dict
        For ``"name|state"``: place in `shown` -> probability in thousandths, where it would move.
    """
    digest = network.digest()
    try:
        asked = asked[: max(affordable(network, findings, network.variables), FEW)]
        return _previews(network, digest, findings, asked, shown) if asked else {}
    except eg.EtiographError:
        return {}


@st.cache_data(max_entries=100, show_spinner=False)
def _tornado(_network: eg.Network, digest: str, findings: Pairs, name: str, state: str) -> Any:
    return _network.case(dict(findings)).tornado(name, state)


def tornado(network: eg.Network, findings: Pairs, name: str, state: str) -> Any:
    """Which published number moves one answer most."""
    return _tornado(network, network.digest(), findings, name, state)


def report(network: eg.Network, findings: Pairs, form: str) -> str:
    """The report of a case as ``html``, ``json`` or ``text``; made when asked for, kept nowhere."""
    written = network.case(dict(findings)).report()
    return str(getattr(written, f"to_{form}")())
