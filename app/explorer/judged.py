"""How good is the network on a reader's cases: scores in words, and three curves, each with its table."""

from __future__ import annotations

from typing import Any

import streamlit as st

import etiograph as eg
from etiograph.decision.cohort_words import judged_words
from etiograph.findings.contract import names_of
from etiograph.learning.validation import Validation

from . import charts, cohort, current, downloads, labels, state, texts
from .cohort import Table
from .markup import md
from .works import Choices, Question

FOUND = "cohort-judged"
TARGET, OUT, BY, ANEW = "judge-target", "judge-out", "judge-by", "judge-anew"
WIDE = 460


def section(network: eg.Network, table: Table, choices: Choices, *, busy: bool) -> None:
    """What is asked, the button unless something is in hand, the latest result for this file and question."""
    names = _columns(network, table)
    if not names:
        st.info(texts.JUDGE_NONE)
        return
    question = _question(network, table, names)
    now = current.network()
    learned = cohort.of_file(table.key)
    if learned is not None and cohort.taken(learned) and not question.anew:
        st.warning(texts.JUDGE_SEEN, icon=":material/info:")
    start = cohort.before(table.key) if question.anew else now
    if not busy:
        st.button(
            texts.JUDGE_GO,
            key="judge-go",
            icon=":material/play_arrow:",
            on_click=_go,
            args=(start, table, choices, question),
        )
    found = st.session_state.get(FOUND)
    if found is not None and found[:3] == (table.key, start.digest(), question):
        _result(network, found[3])


def _go(start: eg.Network, table: Table, choices: Choices, question: Question) -> None:
    state.stay()
    about = (table.key, start.digest(), question)
    cohort.begin("judged", about, start, table.content, table.reading, choices, question)


def _columns(network: eg.Network, table: Table) -> tuple[str, ...]:
    """Variables of the table, the outcome and the possible causes first."""
    there = [
        next(n for n in names_of(heading) if n in network.variables)
        for heading in table.used
        if any(n in network.variables for n in names_of(heading))
    ]
    first = [labels.target(network), *labels.cause_names(network)]
    return tuple(dict.fromkeys([*(n for n in first if n in there), *there]))


def _question(network: eg.Network, table: Table, names: tuple[str, ...]) -> Question:
    """Target, columns left out, subgroups, and whether the network learns first."""
    events = [(name, s) for name in names for s in labels.notable(network.variables[name])]
    left, right = st.columns(2, gap="large")
    with left:
        chosen = st.selectbox(
            texts.JUDGE_TARGET,
            events,
            key=TARGET,
            format_func=lambda pair: md(labels.describe(network, *pair)),
            help=texts.JUDGE_TARGET_HELP,
            persist_state="session",
            on_change=state.stay,
        )
        target = tuple(chosen or events[0])
        others = [n for n in names if n != target[0]]

        def titled(name: str) -> str:
            return md(labels.title(network.variables[name])) if name in names else md(name)

        out = st.multiselect(
            texts.JUDGE_OUT,
            others,
            key=OUT,
            format_func=titled,
            placeholder=texts.JUDGE_OUT_HINT,
            help=texts.JUDGE_OUT_HELP,
            persist_state="session",
            on_change=state.stay,
        )
    with right:
        by = st.multiselect(
            texts.JUDGE_BY,
            [*others, *table.unused],
            key=BY,
            format_func=titled,
            placeholder=texts.JUDGE_BY_HINT,
            max_selections=2,
            persist_state="session",
            on_change=state.stay,
        )
        anew = st.toggle(
            texts.JUDGE_ANEW,
            key=ANEW,
            help=texts.JUDGE_ANEW_HELP,
            persist_state="session",
            on_change=state.stay,
        )
    return Question(f"{target[0]}={target[1]}", tuple(out), tuple(by), bool(anew))


def _result(network: eg.Network, found: Validation) -> None:
    """Sentences first, then the curves."""
    first, *rest = judged_words(network, found)
    st.html(charts.headline(first))
    st.html(
        charts.note(texts.JUDGE_NETWORK_ANEW if found.folds else texts.JUDGE_NETWORK, small=True)
    )
    left_over = texts.judge_used(found.unknown, found.impossible)
    st.markdown("\n".join(f"- {md(line)}" for line in [*rest, *filter(None, [left_over])]))
    for place, kind in zip(st.columns(3, gap="medium"), texts.JUDGE_CHARTS, strict=True):
        with place:
            _curve(found, kind)
    if found.groups:
        _groups(found)
    downloads.table(texts.JUDGE_CSV, lambda: found, "scores.csv", "judge-csv")


def _curve(found: Validation, kind: str) -> None:
    """One curve, as a picture or as its table."""
    from etiograph.figures import judged
    from etiograph.figures.chart import DARK, LIGHT

    title = texts.JUDGE_CHARTS[kind]
    st.html(charts.part(title))
    curve = getattr(found, kind)
    if st.toggle(
        texts.AS_TABLE, key=f"judge-table-{kind}", persist_state="session", on_change=state.stay
    ):
        st.dataframe(_points(curve.to_frame(), kind), hide_index=True, alt=title, height=320)
        return
    look = DARK if st.context.theme.type == "dark" else LIGHT
    draw: Any = judged.CURVES[kind]
    st.altair_chart(draw(curve, " ", WIDE, look), alt=title, theme=None)


def _points(frame: Any, kind: str) -> Any:
    """The points of a curve under readable headings."""
    if kind == "calibration":
        columns, heads = ("p", "observed", "low", "high", "cases"), texts.JUDGE_CALIBRATION_COLUMNS
    elif kind == "roc":
        columns, heads = ("threshold", "true_positive", "false_positive"), texts.JUDGE_ROC_COLUMNS
    else:
        columns = ("threshold", "model", "low", "high", "all", "none")
        heads = texts.JUDGE_DECISION_COLUMNS
    return frame[list(columns)].round(3).set_axis(list(heads), axis=1)


def _groups(found: Validation) -> None:
    import pandas as pd

    st.subheader(texts.JUDGE_GROUPS, anchor=False)
    rows = [
        (label, g.cases, g.observed, g.mean, g["auc"].value, g["auc"].low, g["auc"].high)
        for label, g in found.groups.items()
    ]
    frame = pd.DataFrame(rows, columns=list(texts.JUDGE_GROUP_COLUMNS))
    st.dataframe(frame.round(3), hide_index=True, alt=texts.JUDGE_GROUPS)
