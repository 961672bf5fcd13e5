"""Scenarios of one person side by side: changes beside no change, or observations beside what is known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from etiograph import Network

from . import answers, charts, graph, labels, late, results, sources, state, texts
from .cases import CaseValue, Pairs
from .markup import md

if TYPE_CHECKING:
    from etiograph.uncertainty.contrast import Contrast
    from etiograph.uncertainty.summary import Interval

CHANGEABLE = ("medicine", "remedy", "habit")
MAX_KEPT = 3  # scenarios beside the present one
MODES = ("after", "had", "see")
SHOWN = 8  # rows below the outcome
VISIBLE = 0.005  # what moves by less than half a person of 100 is not listed


def changeable(network: Network) -> tuple[str, ...]:
    """What a person could change; in a network without such roles, anything with an effect."""
    named = tuple(n for n, v in network.variables.items() if v.role in CHANGEABLE)
    return named or tuple(n for n in network.variables if network.children(n))


def mode() -> str:
    """Which question the page asks."""
    modes = MODES + (("do",) if state.researcher() else ())
    chosen = st.segmented_control(
        texts.PAGE_COMPARE,
        modes,
        key="compare-mode",
        default="after",
        required=True,
        format_func=lambda m: f"{texts.COMPARE_ICONS[m]} {texts.COMPARE_MODES[m]}",
        label_visibility="collapsed",
        persist_state="session",
    )
    st.html(charts.note(texts.COMPARE_HELP[chosen or "after"]))
    return chosen or "after"


def panel(network: Network) -> None:
    """Which variables are changed, and to what."""
    st.subheader(texts.CHANGE_WHAT, anchor=False)
    variables = network.variables
    changes = dict(state.case().changes)
    names = [n for n in changeable(network) if n not in changes]
    st.session_state["change-pick"] = None
    st.selectbox(
        texts.CHANGE_PICK,
        names,
        key="change-pick",
        index=None,
        format_func=lambda n: labels.title(variables[n]),
        placeholder=texts.CHANGE_PICK,
        label_visibility="collapsed",
        on_change=_picked,
    )
    with st.container(key="findings-changes", gap="small"):
        for name, value in changes.items():
            key = f"c.{name}"
            state.view(key, value)
            shown = {s: labels.state_title(variables[name], s) for s in variables[name].states}
            st.pills(
                md(labels.title(variables[name])),
                list(variables[name].states),
                key=key,
                format_func=lambda s, shown=shown: md(shown[s]),
                help=md(variables[name].definition) or None,
                on_change=_committed,
                args=(name,),
            )
    if not changes:
        st.html(charts.note(texts.COMPARE_NOTHING))
    aside(network)


def _picked() -> None:
    """A variable was chosen: change it to something else than it is."""
    name = st.session_state["change-pick"]
    if name is None:
        return
    variable = state.network().variables[name]
    now = state.case().value(name)
    usual = labels.reference(variable)
    value = usual if now not in (None, usual) else labels.notable(variable)[0]
    state.commit(state.case().with_change(name, value))


def _committed(name: str) -> None:
    state.commit(state.case().with_change(name, st.session_state[f"c.{name}"]))


@dataclass(frozen=True, slots=True)
class Scenario:
    """One column of the comparison: what is changed, in words, and the answer."""

    name: str
    changes: Pairs
    answer: answers.Answer


def kept(network: Network) -> tuple[Pairs, ...]:
    """Scenarios put aside in this session that fit the open network and are not the present one."""
    found: tuple[Pairs, ...] = st.session_state.get("scenarios", ())
    known = network.variables
    return tuple(
        pairs
        for pairs in found
        if pairs != state.case().changes
        and all(n in known and v in known[n].states for n, v in pairs)
    )


def _keep() -> None:
    """Put the present changes aside, and start another scenario from no change."""
    found: tuple[Pairs, ...] = st.session_state.get("scenarios", ())
    present = state.case().changes
    st.session_state["scenarios"] = (*(p for p in found if p != present), present)[-MAX_KEPT:]
    state.commit(CaseValue(state.case().findings))


def _forget(pairs: Pairs) -> None:
    found: tuple[Pairs, ...] = st.session_state.get("scenarios", ())
    st.session_state["scenarios"] = tuple(p for p in found if p != pairs)


def aside(network: Network) -> None:
    """Scenarios put aside, each with a way to take it away, and the button that adds one."""
    present = state.case().changes
    for number, pairs in enumerate(kept(network)):
        st.button(
            md(_name(network, pairs)),
            key=f"scenario.{number}",
            icon=":material/close:",
            icon_position="right",
            help=texts.SCENARIO_FORGET,
            on_click=_forget,
            args=(pairs,),
        )
    if present and len(kept(network)) < MAX_KEPT:
        st.button(
            texts.SCENARIO_KEEP,
            key="scenario-keep",
            icon=":material/add:",
            help=texts.SCENARIO_KEEP_HELP,
            on_click=_keep,
        )


def _name(network: Network, changes: Pairs) -> str:
    return "; ".join(labels.show(network, n, v) for n, v in changes)


def scenarios(
    network: Network, kind: str, findings: Pairs, changes: Pairs
) -> tuple[answers.Answer, tuple[Scenario, ...]]:
    """No change, then every scenario, as the question demands."""
    if kind == "after":
        before = answers.world(network, "after", findings, ())
    else:
        before = answers.posterior(network, findings)
    sets = [*kept(network), *([changes] if changes else [])]
    return before, tuple(
        Scenario(_name(network, pairs), pairs, _answer(network, kind, findings, pairs))
        for pairs in sets
    )


def _answer(network: Network, kind: str, findings: Pairs, changes: Pairs) -> answers.Answer:
    if kind == "see":
        together = tuple({**dict(findings), **dict(changes)}.items())
        return answers.posterior(network, labels.in_order(network, together))
    return answers.world(network, kind, findings, changes)


def rows(network: Network, worlds: Sequence[answers.Answer], changed: set[str]) -> list[labels.Row]:
    """The outcome first, then whatever else a reader may want to compare, largest change first."""
    target = labels.target(network)
    wanted: Iterable[labels.Row] = labels.cause_rows(network)
    head = []
    if target is not None:
        event = labels.notable(network.variables[target])[0]
        head = [labels.Row(target, event, labels.describe(network, target, event))]
        recurring = [n for n, v in network.variables.items() if v.recurring and n != target]
        signs = [
            labels.Row(n, s, labels.describe(network, n, s))
            for n in recurring
            for s in labels.notable(network.variables[n])
        ]
        wanted = [*wanted, *signs]

    def moves(row: labels.Row) -> float:
        values = _values(row, worlds)
        return max(abs(p - values[0]) for p in values)

    rest = sorted((row for row in wanted if row.name not in changed), key=lambda row: -moves(row))
    if len(rest) > SHOWN:  # that few things do not change is worth seeing, of many it is not
        rest = [row for row in rest if moves(row) >= VISIBLE] or rest[:1]
    return head + rest[:SHOWN]


def _values(row: labels.Row, worlds: Sequence[answers.Answer]) -> tuple[float, ...]:
    return tuple(world.p[row.name][row.state] for world in worlds)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison on the screen: numbers at once, how sure they are when it is known."""

    network: Network
    kind: str
    place: DeltaGenerator
    rows: tuple[labels.Row, ...]
    before: answers.Answer
    found: tuple[Scenario, ...]

    def draw(self, sure: Sequence[Sequence[Contrast]] | None) -> None:
        """Headline, how sure the difference is, and the bars; `sure` by scenario, None as yet."""
        parts = []
        table = [self._compared(k, sure or ()) for k in range(len(self.rows))]
        first = table[0]
        if len(self.found) == 1 and labels.target(self.network) is not None:
            sentence = texts.compare_headline(first.label, *first.values, self.kind)
            parts.append(charts.headline(sentence))
        parts.append(charts.note(self._how_sure(sure)))
        heads = [texts.COMPARE_LEFT[self.kind], *(each.name for each in self.found)]
        parts.append(charts.comparison(table, heads, self.kind, legend=self.network.has_ranges))
        self.place.html("".join(parts))

    def finish(self) -> None:
        """Add how sure the numbers are, all from the same runs."""
        if not self.network.has_ranges:
            return
        events = tuple((row.name, row.state) for row in self.rows)
        known = state.seen()
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
        return replace(difference, point=round(second, 2) - round(first, 2))


def _may_be_none(difference: Interval) -> bool:
    """Whether its range holds both signs, or nothing at all."""
    return difference.low < -VISIBLE / 10 and difference.high > VISIBLE / 10


def show(network: Network, kind: str) -> Comparison | None:
    """The comparison and its cautions; None where there is none."""
    case = state.case()
    findings, changes = state.seen(), case.changes
    fired = answers.flags(network, case.findings, changes) if kind != "see" else []
    cautions = [flag for flag in fired if flag.level == "caution"]
    if cautions:
        st.html(charts.flags(cautions, sources.addresses(cautions)))
    if not changes and not kept(network):
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
    shown = rows(network, worlds, {name for each in found for name, _ in each.changes})
    if not shown:
        return None
    comparison = Comparison(network, kind, st.empty(), tuple(shown), before, found)
    comparison.draw(None)
    if changes and all(case.value(name) == value for name, value in changes):
        st.html(charts.note(texts.COMPARE_SAME))
    return comparison


def diagram(network: Network, kind: str) -> None:
    """The changed world as a diagram, with the arrows it cuts."""
    changes = state.case().changes
    if kind == "see" or not changes:
        return
    before, found = scenarios(network, kind, state.seen(), changes)
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
