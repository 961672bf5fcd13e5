"""Priors: one number at a time, what is believed of it, and what follows if it were otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

import etiograph as eg
from etiograph.decision.speaking import cases, said_of
from etiograph.network.diff import difference
from etiograph.network.parameter import POSITIVE

from . import answers, behind, charts, cohort, current, labels, late, results, sources, state, texts
from .cases import Pairs
from .markup import md
from .meaning import meaning, named
from .model_tables import numbers_frame
from .place import Place

TORNADO_ROWS = 8
FELT = 0.01  # a number that moves the answer by less than 1 of 100 has no bar to be seen
QUANTILES = (5, 25, 50, 75, 95)
MIDDLE = "#7a8594"  # a grey that is seen on white and on black


def picked(network: eg.Network) -> Any:
    """The parameter a reader looks at, found by search."""
    query = st.text_input(
        texts.PRIORS_SEARCH,
        key="prior-search",
        placeholder=texts.PRIORS_SEARCH_HINT,
        icon=":material/search:",
        persist_state="session",
        on_change=state.stay,
    )
    names = [n for n, p in network.parameters.items() if _matches(network, p, query or "")]
    if not names:
        st.html(charts.note(texts.NO_MATCH))
        return None
    if st.session_state.get("prior") not in names:
        st.session_state["prior"] = _telling(network, names)
    name = st.selectbox(
        texts.PRIORS_PICK,
        names,
        key="prior",
        format_func=lambda n: named(network, n),
        persist_state="session",
        on_change=state.stay,
    )
    return network.parameters[name] if name else None


def _telling(network: eg.Network, names: list[str]) -> str:
    """The number to start with: how strongly the first cause of the ranking brings on the outcome."""
    rows = behind.first(network, current.seen(), labels.cause_rows(network))
    cause = rows[0].name if rows else ""
    wanted = (f"{labels.target(network)}.{cause}", f"{cause}.", "")
    return next(n for start in wanted for n in names if n.startswith(start))


def _matches(network: eg.Network, parameter: Any, query: str) -> bool:
    said = named(network, parameter.name)
    where = f"{parameter.name} {said} {parameter.note} {' '.join(parameter.evidence)}".casefold()
    words = query.casefold().split()
    return all(w in where or w == parameter.grade.casefold() for w in words)


def editor(network: eg.Network, parameter: Any) -> None:
    """What the number is, value and range to change, why it is what it is, and the sources."""
    said = meaning(network, parameter.name)
    if said:
        st.html(charts.headline(said))
    st.html(
        charts.note(
            texts.number_facts(
                parameter.kind, parameter.grade, bool(parameter.evidence), parameter.held
            )
        )
    )
    prior = network.priors[parameter.name]
    if prior != parameter:
        st.html(charts.note(texts.number_drawn(prior.low, prior.high)))
    _fields(parameter)


def grounds(parameter: Any) -> None:
    """Why a number is what it is: its note, and what its sources found."""
    if parameter.note:
        st.html(charts.part(texts.PRIORS_WHY, texts.sentence(parameter.note)))
    if parameter.evidence:
        st.html(charts.part(texts.PRIORS_SOURCES))
        st.html(charts.sources(sources.listed(parameter.evidence)))


def _fields(parameter: Any) -> None:
    """Value, low and high, and the two buttons."""
    session, columns = st.session_state, st.columns(3)
    stated = (parameter.name, parameter.value, parameter.low, parameter.high)
    # A number that Undo or the like has changed is shown anew; what is being typed stays.
    fresh = session.get("prior-stated") != stated
    session["prior-stated"] = stated
    fields = (("value", texts.PRIORS_VALUE), ("low", texts.PRIORS_LOW), ("high", texts.PRIORS_HIGH))
    for column, (field, label) in zip(columns, fields, strict=True):
        key = f"p.{field}.{parameter.name}"
        if fresh or key not in session:
            session[key] = getattr(parameter, field)
        column.number_input(
            label,
            value=None,
            key=key,
            format="%.4g",
            step=_step(parameter),
            on_change=state.stay,
        )
    with st.container(horizontal=True, gap="small"):
        st.button(
            texts.PRIORS_APPLY,
            key="prior-apply",
            on_click=_apply,
            args=(parameter.name,),
        )
        st.button(
            texts.PRIORS_RESET,
            key="prior-reset",
            disabled=parameter.name not in dict(current.numbers()),
            on_click=state.commit_number,
            args=(parameter.name, None),
        )
    problem = st.session_state.pop("prior-problem", None)
    if problem:
        st.error(md(problem))


def _step(parameter: Any) -> float:
    return 0.01 if parameter.kind == "probability" else max(abs(parameter.value) / 20, 0.01)


def _apply(name: str) -> None:
    session = st.session_state
    number = tuple(session[f"p.{field}.{name}"] for field in ("value", "low", "high"))
    problem = refusal(current.network().parameters[name].kind, *number)
    if not problem:
        try:
            current.with_numbers(current.case().with_number(name, number).numbers)
        except eg.EtiographError as error:
            problem = str(error)
    if problem:
        session["prior-problem"] = problem
        return
    state.commit_number(name, number)


def refusal(kind: str, value: float | None, low: float | None, high: float | None) -> str:
    """Why a number can't be used, in words; empty if nothing speaks against it here."""
    if value is None:
        return texts.NUMBER_MISSING
    if (low is None) != (high is None):
        return texts.NUMBER_HALF_RANGE
    given = [x for x in (value, low, high) if x is not None]
    if kind == "probability" and not all(0.0 <= x <= 1.0 for x in given):
        return texts.NUMBER_NO_PROBABILITY
    if kind in POSITIVE and min(given) <= 0.0:
        return texts.NUMBER_NOT_POSITIVE
    if low is None or high is None:
        return ""
    if low > high:
        return texts.NUMBER_TURNED
    return "" if low <= value <= high else texts.number_outside(low, high)


def distribution(parameter: Any, name: str) -> None:
    """The implied distribution as a curve or a table; none for a number without a range."""
    if parameter.low is None or parameter.low == parameter.high:
        return
    import altair as alt
    import pandas as pd

    believed = parameter.distribution
    frame = pd.DataFrame(believed.curve(), columns=["x", "y"])
    ink = "#eef2f7" if st.context.theme.type == "dark" else "#0b1220"
    axis = alt.Axis(labelColor=ink, titleColor=ink, labelFontSize=13, titleFontSize=13, grid=False)
    curve = (
        alt.Chart(frame)
        .mark_area(opacity=0.35, line=True)
        .encode(
            x=alt.X("x:Q", title=texts.DISTRIBUTION_X, axis=axis),
            y=alt.Y("y:Q", axis=None),
        )
    )
    stated = (parameter.low, parameter.value, parameter.high)
    marks = pd.DataFrame({"x": stated, "what": texts.PRIORS_MARKS})
    named = " : ".join(
        f"datum.value == {value!r} ? {what!r}"
        for value, what in zip(stated, texts.PRIORS_MARKS, strict=True)
    )
    above = alt.Axis(
        orient="top",
        values=list(stated),
        labelExpr=f"{named} : ''",
        labelColor=ink,
        labelFontSize=13,
        labelOverlap="greedy",
        title=None,
        grid=False,
        ticks=False,
        domain=False,
    )
    lines = (
        alt.Chart(marks)
        .mark_rule(color=MIDDLE, strokeDash=[4, 3])
        .encode(x=alt.X("x:Q", axis=above))
    )
    chart = alt.layer(curve, lines).resolve_axis(x="independent").properties(height=190)
    if st.toggle(texts.AS_TABLE, key="curve-table", persist_state="session", on_change=state.stay):
        points = believed.ppf([k / 100 for k in QUANTILES])
        rows = [
            (texts.quantile(k), f"{value:.3g}") for k, value in zip(QUANTILES, points, strict=True)
        ]
        st.html(charts.facts(rows))
        return
    alt_text = texts.distribution_alt(name, parameter.low, parameter.high)
    st.altair_chart(chart, alt=alt_text)


@dataclass(frozen=True, slots=True)
class Effect:
    """The ranking with the file's numbers and with the reader's: numbers at once, ranges when known."""

    network: eg.Network
    original: eg.Network
    place: Place

    def draw(self, *, ranged: bool) -> None:
        """Both on one scale; one alone where nothing is changed."""
        ways = (self.original, self.network) if current.numbers() else (self.original,)
        heads = (texts.PRIORS_EFFECT_LEFT, texts.PRIORS_EFFECT_RIGHT)[: len(ways)]
        table = compared(ways, heads, ranged=ranged)
        note = "" if len(ways) > 1 else charts.note(texts.PRIORS_EFFECT_NONE)
        self.place.html(note + table if table else charts.note(texts.WHY_KNOWN))

    def finish(self) -> None:
        """Add how sure the numbers are."""
        if self.network.has_ranges:
            with late.turn():
                self.draw(ranged=True)


def compared(ways: Sequence[eg.Network], heads: Sequence[str], *, ranged: bool) -> str:
    """The possible causes by networks that differ in their numbers, on one scale; empty without a cause."""
    sides, network = [_side(way, ranged) for way in ways], ways[-1]
    rows = [
        charts.Compared(
            bar.label,
            tuple(side[key].p or 0.0 for side in sides),
            tuple(side[key].range for side in sides),
        )
        for key, bar in sides[-1].items()
        if all(key in side for side in sides)
    ]
    if not rows:
        return ""
    rows.sort(key=lambda row: -row.values[-1])
    outcome = labels.target(network)
    what = said_of(cases(network), texts.COLUMN_WHAT)
    if outcome is not None and behind.found(network, current.seen()):
        title = labels.title(network.variables[outcome])
        what = said_of(cases(network), texts.compared_behind(title))
    return charts.comparison(rows[: results.SHOWN], heads, "had", what, legend=network.has_ranges)


def effect(network: eg.Network, original: eg.Network) -> Effect | None:
    """What follows for the possible causes; None where there is no answer."""
    findings = current.seen()
    before, after = answers.posterior(original, findings), answers.posterior(network, findings)
    st.subheader(texts.PRIORS_EFFECT, anchor=False)
    if not (before.ok and after.ok):
        results.impossible(network, after.conflict or before.conflict)
        return None
    shown = Effect(network, original, Place(st.container()))
    shown.draw(ranged=False)
    return shown


def _side(network: eg.Network, ranged: bool) -> dict[labels.Key, charts.Bar]:
    """A bar for each possible cause: the ranking of the page Explore."""
    findings = current.seen()
    if behind.found(network, findings):
        found = late.ranges(network, findings, behind=True).behind if ranged else {}
        return behind.bars(network, findings, None, found)
    now = answers.posterior(network, findings)
    ranges = late.ranges(network, findings).ranges if ranged else {}
    none = (None, None)
    return {
        (row.name, row.state): charts.Bar(
            row.label,
            now.p[row.name][row.state],
            None,
            None,
            *ranges.get((row.name, row.state), none),
        )
        for row in labels.cause_rows(network)
        if current.case().value(row.name) is None
    }


def differences(network: eg.Network, original: eg.Network) -> None:
    """What differs from the file, with a way back and a file to take away."""
    from etiograph.formats.native import edited

    numbers = current.numbers()
    st.subheader(texts.PRIORS_DIFFERENT, anchor=False)
    if not numbers:
        st.html(charts.note(texts.PRIORS_SAME))
        return
    for edit in difference(original, network).numbers:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            ends = ((p.value, p.low, p.high) for p in (edit.before, edit.after) if p)
            st.markdown(md(texts.edited_line(named(network, edit.name), *ends)))
            st.button(
                texts.PRIORS_RESET,
                key=f"prior-undo.{edit.name}",
                help=texts.PRIORS_UNDO,
                on_click=state.commit_number,
                args=(edit.name, None),
            )
    written, text = cohort.with_book(network), current.source_text()
    with st.container(horizontal=True, gap="small"):
        st.button(texts.PRIORS_RESET_ALL, key="prior-reset-all", on_click=state.publish)
        st.download_button(
            texts.PRIORS_DOWNLOAD,
            lambda: edited(text(), written),
            file_name=current.model_file(),
            mime="application/toml",
            key="download-network",
            icon=":material/download:",
            on_click="ignore",
        )


def _first(network: eg.Network, findings: Pairs) -> tuple[labels.Row | None, bool]:
    """The first row of the table of effects, and whether that is ranked by what acted."""
    now = answers.posterior(network, findings)
    if not now.ok:
        return None, False
    if behind.found(network, findings) and answers.acts(network, findings):
        bars = behind.bars(network, findings, None, {})
        if bars:
            leading = max(bars, key=lambda key: bars[key].p or 0.0)
            name, _ = leading
            state_of = behind.events(network)[name].states[0]
            return labels.Row(name, state_of, bars[leading].label), True
    rows = behind.first(network, findings, labels.cause_rows(network))
    return (rows[0] if rows else None), False


def tornado(network: eg.Network) -> None:
    """The numbers that move the first possible cause of the table above most, with their sources."""
    findings = current.seen()
    first, acted = _first(network, findings)
    if first is None:
        return
    st.subheader(texts.PRIORS_TORNADO, anchor=False)
    note = texts.tornado_note(first.label)
    if acted:
        outcome = network.variables[labels.target(network) or ""]
        note = texts.tornado_behind(first.label, labels.title(outcome))
    st.html(charts.note(note))
    if not st.toggle(
        texts.TORNADO_SHOW, key="tornado-on", persist_state="session", on_change=state.stay
    ):
        return
    found = answers.tornado(network, findings, first.name, first.state, acted=acted)
    felt = [b for b in found.bars if b.swing >= FELT][:TORNADO_ROWS]
    if not felt:
        st.html(charts.note(texts.TORNADO_NONE if found.bars else texts.TORNADO_NO_RANGES))
        return
    st.html(
        charts.tornado(
            [
                charts.Swing(
                    named(network, b.name),
                    b.at_low,
                    b.at_high,
                    found.answer,
                    b.grade,
                    tuple(sources.listed(b.evidence)),
                )
                for b in felt
            ],
            note,
        )
    )


def table(network: eg.Network) -> None:
    """All numbers as a table, to sort and to copy."""
    if not st.toggle(
        texts.PRIORS_TABLE, key="numbers-on", persist_state="session", on_change=state.stay
    ):
        return
    st.dataframe(
        numbers_frame(network, network.parameters),
        hide_index=True,
        alt=texts.PRIORS_TABLE_ALT,
    )
