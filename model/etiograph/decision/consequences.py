"""What each result of a question or test would mean: "if positive ..., if negative ...".

For each result how likely it is, what it would make of the condition that the step is about (else of the
possible cause that it moves most), and which pressing warning it would set off.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from etiograph.decision.red_flags import PRESSING, Flag, Standing
from etiograph.decision.rounding import count
from etiograph.decision.words import FLAG_LEVELS, value_words
from etiograph.network.event import Event
from etiograph.network.value import value_type
from etiograph.query.causes import open_causes
from etiograph.uncertainty.rows import finding_row, require_possible, solve

if TYPE_CHECKING:
    from etiograph.network.network import Network


@value_type
@dataclass(frozen=True, slots=True)
class Consequence:
    """One result of a question or test.

    Attributes
    ----------
    name, state : str
        The finding.
    p : float or None
        How likely the result is; None for a sign that the network has no variable for.
    event : Event or None
        What it would tell of; None where there is nothing.
    before, after : float
        P(event) now, and with the result; NaN without an event, or where the result is impossible.
    flags : tuple of Flag
        Pressing warnings that the result would set off.
    """

    name: str
    state: str
    p: float | None
    event: Event | None
    before: float
    after: float
    flags: tuple[Flag, ...] = ()


def condition(network: Network, key: str) -> Event | None:
    """The event of a condition that harms if missed, by its id in the model file; None without a variable."""
    for stated in network.about.get("next_steps", {}).get("harms", ()):
        if stated["id"] == key and "of" in stated:
            ((name, states),) = stated["of"].items()
            return Event.parse(network, name, states)
    return None


def telling(network: Network, names: Sequence[str], about: Event | None) -> str:
    """Of the readings of a panel the one that measures what it is about, else the first."""
    measures = (n for n in names if about and n in network.variables
                and about.variable in network.parents(n))  # fmt: skip
    return next(measures, names[0])


def consequences(
    network: Network,
    findings: Mapping[str, object],
    asked: Mapping[str, Event | None],
    also: Collection[str] = (),
) -> dict[str, tuple[Consequence, ...]]:
    """What the results of some questions and tests would mean, all in one batch.

    Parameters
    ----------
    network : Network
    findings : mapping of str to finding
    asked : mapping of str to Event or None
        Each question or test, and what it is about; None: the open cause that it moves most.
    also : collection of str
        Other variables to keep beside these: questions that keep the same ones share what the engine
        works out once.

    Raises
    ------
    ImpossibleFindings, UnknownName
    """
    rows, model = finding_row(network, findings), network.model
    known = [name for name in asked if name in network.variables]
    results = [
        Event.of(network.variables[n], s) for n in known for s in network.variables[n].states
    ]
    open_ = open_causes(network, findings)
    wanted = {*known, *also}
    for name in known:
        about = asked[name]
        apart = about is not None and about.variable != name
        wanted.update(e.variable for e in ((about,) if apart and about else open_))
    base = solve(network, rows, wanted=wanted)
    require_possible(network, base.log_evidence, findings)
    answers = None
    if results:
        each_row = np.concatenate([each.added(model, rows) for each in results])
        answers = solve(network, each_row, wanted=wanted)
    standing = Standing.of(network, findings)
    there = {flag.id for flag in standing.flags}
    found: dict[str, tuple[Consequence, ...]] = {}
    at = 0
    for name in asked:
        if name not in network.variables:
            states = network.variable(name).states
            found[name] = tuple(
                Consequence(name, s, None, None, np.nan, np.nan, _set_off(standing, there, name, s))
                for s in states
            )
            continue
        states = network.variables[name].states
        own = slice(at, at + len(states))
        at += len(states)
        assert answers is not None
        p = np.array([float(base.p(each.slots(network))[0]) for each in results[own]])
        possible = np.isfinite(answers.log_evidence[own])

        def of(event: Event, own: slice = own) -> np.ndarray:
            """P(event) with each result, (states,)."""
            return answers.p(event.slots(network))[own]

        about = asked[name]
        if about is None or about.variable == name:
            moves = [
                (float(p[possible] @ np.abs(of(e) - base.p(e.slots(network))[0])[possible]), e)
                for e in open_
                if e.variable != name
            ]
            about = max(moves, key=lambda move: move[0])[1] if moves else None
        before = float(base.p(about.slots(network))[0]) if about is not None else np.nan
        after = of(about) if about is not None else np.full(len(states), np.nan)
        found[name] = tuple(
            Consequence(
                name,
                state,
                float(p[k]),
                about,
                before,
                float(after[k]) if possible[k] else np.nan,
                _set_off(standing, there, name, state),
            )
            for k, state in enumerate(states)
        )
    return found


def _set_off(standing: Standing, there: Collection[str], name: str, state: str) -> tuple[Flag, ...]:
    """Pressing warnings that a result would set off, beside those that are `there`."""
    flags = standing.with_finding(name, state).flags
    return tuple(f for f in flags if f.level in PRESSING and f.id not in there)


def consequence_words(network: Network, results: Sequence[Consequence]) -> str:
    """All results in one line: ``If positive (about 20 of 100): deep vein thrombosis in 72 of 100, now 23.``"""
    lines = []
    for each in results:
        if each.p == 0.0:
            continue
        said = f"If {value_words(network, each.name, each.state)}"
        if each.p is not None:
            said += f" ({count(each.p)} of 100)"
        means = []
        if each.flags:
            means.append(f"{FLAG_LEVELS[each.flags[0].level].lower()} warning")
        if each.event is not None and each.after == each.after:
            means.append(
                f"{each.event.label(network)} in {count(each.after)} of 100, now {count(each.before)}"
            )
        if means:
            lines.append(f"{said}: {'; '.join(means)}.")
    return " ".join(lines)
