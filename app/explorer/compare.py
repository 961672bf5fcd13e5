"""Scenarios of one person side by side: changes beside no change, or observations beside what is known."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import streamlit as st

from etiograph import Network
from etiograph.decision.rounding import of_counts
from etiograph.decision.speaking import cases, said_of

from . import (
    answers,
    changes as chosen,
    charts,
    current,
    graph,
    labels,
    late,
    results,
    sources,
    state,
    texts,
)
from .cases import Pairs
from .markup import md
from .place import Place

if TYPE_CHECKING:
    from etiograph.uncertainty.contrast import Contrast
    from etiograph.uncertainty.summary import Interval

MODES = ("after", "had", "see")
SHOWN = 8  # rows below the outcome
VISIBLE = 0.005  # half a person of 100


def mode(network: Network) -> str:
    """Which question the page asks."""
    modes = MODES + (("do",) if current.researcher() else ())
    chosen = st.segmented_control(
        texts.PAGE_COMPARE,
        modes,
        key="compare-mode",
        default="after",
        required=True,
        format_func=lambda m: f"{texts.COMPARE_ICONS[m]} {texts.COMPARE_MODES[m]}",
        label_visibility="collapsed",
        persist_state="session",
        on_change=state.stay,
    )
    said = said_of(cases(network), texts.COMPARE_HELP[chosen or "after"])
    st.html(charts.note(said))
    return chosen or "after"


@dataclass(frozen=True, slots=True)
class Scenario:
    """One column of the comparison: what is changed, in words, and the answer."""

    name: str
    changes: Pairs
    answer: answers.Answer


def scenarios(
    network: Network, kind: str, findings: Pairs, changes: Pairs
) -> tuple[answers.Answer, tuple[Scenario, ...]]:
    """No change, then every scenario, as the question demands."""
    if kind == "after":
        before = answers.world(network, "after", findings, ())
    else:
        before = answers.posterior(network, findings)
    sets = [*chosen.kept(network, kind), *([changes] if changes else [])]
    return before, tuple(
        Scenario(chosen.in_words(network, pairs), pairs, _answer(network, kind, findings, pairs))
        for pairs in sets
    )


def _answer(network: Network, kind: str, findings: Pairs, changes: Pairs) -> answers.Answer:
    if kind == "see":
        together = tuple({**dict(findings), **dict(changes)}.items())
        return answers.posterior(network, labels.in_order(network, together))
    return answers.world(network, kind, findings, changes)


def rows(
    network: Network, worlds: Sequence[answers.Answer], changed: set[str], known: Collection[str]
) -> list[labels.Row]:
    """The outcome, then possible causes, then signs, of each the largest change first.

    What is `changed` has no row, nor has what is `known` in every world.
    """
    target = labels.target(network)
    out = {*changed, *known}
    causes = [row for row in labels.cause_rows(network) if row.name not in out]
    head = []
    if target is not None and target not in known:
        event = labels.notable(network.variables[target])[0]
        head = [labels.Row(target, event, labels.describe(network, target, event))]
    named = {row.name for row in causes}
    signs = [row for row in _signs(network, target, changed) if row.name not in out | named]

    def moves(row: labels.Row) -> float:
        values = _values(row, worlds)
        return max(abs(p - values[0]) for p in values)

    rest = sorted([*causes, *signs], key=lambda row: -moves(row))
    if len(rest) > SHOWN:  # that few things do not change is worth seeing, of many it is not
        rest = [row for row in rest if _seen_to_move(_values(row, worlds))] or rest[:1]
    return head + sorted(rest[:SHOWN], key=lambda row: row.name not in named)


def _seen_to_move(values: Sequence[float]) -> bool:
    """Whether the numbers, as they are shown, are not all the same."""
    return len({texts.share(p) for p in values}) > 1


def _signs(network: Network, target: str | None, changed: Collection[str]) -> list[labels.Row]:
    """Signs of a person's state. None that follows from the outcome: unless that itself is set, such a
    sign only says again how many have it, so that with fewer cramps fewer of them "improve"."""
    if target is None:
        return []
    below = set() if target in changed else descendants(network, target)
    return [
        labels.Row(n, s, labels.describe(network, n, s))
        for n, v in network.variables.items()
        if (v.recurring or v.role == "finding") and n != target and n not in below
        for s in labels.notable(v)
    ]


def descendants(network: Network, name: str) -> set[str]:
    """All that follows from a variable."""
    found: set[str] = set()
    front = {name}
    while front:
        front = {child for each in front for child in network.children(each)} - found
        found |= front
    return found


def _values(row: labels.Row, worlds: Sequence[answers.Answer]) -> tuple[float, ...]:
    return tuple(world.p[row.name][row.state] for world in worlds)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison on the screen: numbers at once, how sure they are when it is known."""

    network: Network
    kind: str
    place: Place
    rows: tuple[labels.Row, ...]
    before: answers.Answer
    found: tuple[Scenario, ...]

    def draw(self, sure: Sequence[Sequence[Contrast]] | None) -> None:
        """Headline, how sure the difference is, and the bars; `sure` by scenario, None as yet."""
        parts, kind = [], cases(self.network)
        table = [self._compared(k, sure or ()) for k in range(len(self.rows))]
        first = table[0]
        if len(self.found) == 1 and labels.target(self.network) is not None:
            say = texts.compare_headline
            if self.rows[0].name != labels.target(self.network):  # that is known in every world
                say = texts.compare_largest
            sentence = said_of(kind, say(first.label, *first.values, self.kind))
            parts.append(charts.headline(sentence))
        if self.kind == "after" and self.network.horizon is not None:
            parts.append(charts.note(texts.ahead(str(self.network.horizon))))
        parts.append(charts.note(self._how_sure(sure)))
        heads = [texts.COMPARE_LEFT[self.kind], *(each.name for each in self.found)]
        what = said_of(kind, texts.COLUMN_WHAT)
        legend = self.network.has_ranges
        parts.append(charts.comparison(table, heads, self.kind, what, legend=legend))
        self.place.html("".join(parts))

    def finish(self) -> None:
        """Add how sure the numbers are, all from the same runs."""
        if not self.network.has_ranges:
            return
        events = tuple((row.name, row.state) for row in self.rows)
        known = current.seen()
        with late.turn():
            self.draw(
                [
                    late.contrasts(self.network, known, each.changes, self.kind, events)
                    for each in self.found
                ]
            )

    def _compared(self, k: int, sure: Sequence[Sequence[Contrast]]) -> charts.Compared:
        row, ranges, unclear = self.rows[k], [], []
        if sure and all(sure):
            cells = [sure[0][k].unchanged, *(each[k].changed for each in sure)]
            ranges = [(cell.low, cell.high) for cell in cells]
            unclear = [False, *(_may_be_none(each[k].difference) for each in sure)]
        values = _values(row, (self.before, *(each.answer for each in self.found)))
        return charts.Compared(row.label, values, tuple(ranges), tuple(unclear))

    def _how_sure(self, sure: Sequence[Sequence[Contrast]] | None) -> str:
        from etiograph.decision.words import difference_words

        if not self.network.has_ranges:
            return texts.RANGES_NONE
        if sure is None:
            return texts.RANGES_COMING
        lines = [
            texts.difference(
                each.name if len(self.found) > 1 else "",
                difference_words(self._as_shown(each, cells[0].difference)),
            )
            for each, cells in zip(self.found, sure, strict=True)
            if cells
        ]
        return texts.differences(self.rows[0].label, lines) if lines else texts.RANGES_FAILED

    def _as_shown(self, scenario: Scenario, difference: Interval) -> Interval:
        """The difference of the two numbers as they stand in the table."""
        row = self.rows[0]
        first, second = _values(row, (self.before, scenario.answer))
        return replace(difference, point=of_counts(first, second))


def _may_be_none(difference: Interval) -> bool:
    """Whether its range holds both signs, or nothing at all."""
    return difference.low < -VISIBLE / 10 and difference.high > VISIBLE / 10


def is_empty(network: Network, kind: str) -> bool:
    """Whether a change is asked for and none is chosen."""
    return kind != "see" and not chosen.used(network, kind) and not chosen.kept(network, kind)


def show(network: Network, kind: str) -> Comparison | None:
    """The comparison and its cautions; None where there is none."""
    case = current.case()
    findings, changes = current.seen(), chosen.used(network, kind)
    kept = chosen.kept(network, kind)
    if kind != "see":
        _warnings(network, case.findings, [*kept, *([changes] if changes else [])])
    if not changes and not kept:
        return None
    if kind == "do" and _contradicted(network, changes):
        return None
    with st.spinner(texts.WORKING):
        before, found = scenarios(network, kind, findings, changes)
    worlds = (before, *(each.answer for each in found))
    for answer in worlds:
        if answer.conflict:
            results.impossible(network, answer.conflict)
            return None
        if answer.problem:
            st.error(md(answer.problem), title=texts.UNANSWERED_TITLE)
            return None
    changed = {name for each in found for name, _ in each.changes}
    # In one world with its findings these are known; in another world they may turn out otherwise.
    known = dict(findings) if kind in ("see", "do") else ()
    shown = rows(network, worlds, changed, known)
    if not shown:
        return None
    comparison = Comparison(network, kind, Place(st.container()), tuple(shown), before, found)
    comparison.draw(None)
    for scenario in found if kind in ("had", "after") else ():
        if hanging := answers.order(network, kind, findings, scenario.changes):
            st.html(charts.caveat(said_of(cases(network), hanging)))
            break
    if changes and all(case.value(name) == value for name, value in changes):
        st.html(charts.note(texts.COMPARE_SAME))
    return comparison


def _warnings(network: Network, findings: Pairs, scenarios: Sequence[Pairs]) -> None:
    """What warns of each change, under its name where several are compared: none may hide another's."""
    for changes in scenarios:
        fired = answers.flags_of_change(network, findings, changes)
        if not fired:
            continue
        if len(scenarios) > 1:
            st.html(charts.part(chosen.in_words(network, changes)))
        st.html(charts.flags(fired, sources.addresses(fired)))


def _contradicted(network: Network, changes: Pairs) -> bool:
    """Say so, with two ways out, if something is entered otherwise than it is set by do( )."""
    case = current.case()
    for name, value in changes:
        found = case.value(name)
        if found in (None, value):
            continue
        entered = labels.show(network, name, found or "")
        st.error(md(texts.do_contradicted(entered)))
        with st.container(horizontal=True, gap="small"):
            st.button(
                md(texts.take_back(entered)),
                key=f"do-back.{name}",
                on_click=state.commit_finding,
                args=(name, None),
            )
            st.button(
                texts.COMPARE_MODES["had"],
                key=f"do-had.{name}",
                icon=texts.COMPARE_ICONS["had"],
                on_click=_ask_had,
            )
        return True
    return False


def _ask_had() -> None:
    st.session_state["compare-mode"] = "had"


def diagram(network: Network, kind: str) -> None:
    """The changed world as a diagram, with the arrows it cuts."""
    changes = chosen.used(network, kind)
    if kind == "see" or not changes:
        return
    before, found = scenarios(network, kind, current.seen(), changes)
    if before.ok and found[-1].answer.ok:
        st.html(charts.note(texts.CUT_NOTE))
        graph.show(
            network,
            found[-1].answer,
            before,
            changes=dict(changes),
            key="diagram-compare",
            fixed=True,
        )
