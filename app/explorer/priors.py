"""Priors: one number at a time, what is believed of it, and what follows if it were otherwise."""

from __future__ import annotations

from typing import Any

import streamlit as st

import etiograph as eg

from . import answers, charts, labels, results, state, texts
from .markup import md

TORNADO_ROWS = 8


def picked(network: eg.Network) -> Any:
    """The parameter a reader looks at, found by search."""
    query = st.text_input(
        texts.PRIORS_SEARCH,
        key="prior-search",
        placeholder=texts.PRIORS_SEARCH_HINT,
        icon=":material/search:",
        persist_state="session",
    )
    names = [n for n, p in network.parameters.items() if _matches(p, query or "")]
    if not names:
        st.html(charts.note(texts.NO_MATCH))
        return None
    if st.session_state.get("prior") not in names:
        st.session_state["prior"] = names[0]
    name = st.selectbox(texts.PRIORS_PICK, names, key="prior", persist_state="session")
    return network.parameters[name] if name else None


def _matches(parameter: Any, query: str) -> bool:
    where = f"{parameter.name} {parameter.note} {' '.join(parameter.evidence)}".casefold()
    words = query.casefold().split()
    return all(w in where or w == parameter.grade.casefold() for w in words)


def editor(parameter: Any) -> None:
    """Value and range as numbers, note and source beside."""
    st.html(
        charts.note(
            texts.number_facts(
                parameter.kind, parameter.grade, parameter.evidence, parameter.coverage
            )
        )
    )
    if parameter.note:
        st.markdown(md(parameter.note))
    columns = st.columns(3)
    fields = (("value", texts.PRIORS_VALUE), ("low", texts.PRIORS_LOW), ("high", texts.PRIORS_HIGH))
    for column, (field, label) in zip(columns, fields, strict=True):
        key = f"p.{field}.{parameter.name}"
        if key not in st.session_state:
            st.session_state[key] = getattr(parameter, field)
        column.number_input(label, value=None, key=key, format="%.4g", step=_step(parameter))
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
            disabled=parameter.name not in st.session_state["edits"],
            on_click=_reset,
            args=(parameter.name,),
        )
    problem = st.session_state.pop("prior-problem", None)
    if problem:
        st.error(md(problem))


def _step(parameter: Any) -> float:
    return 0.01 if parameter.kind == "probability" else max(abs(parameter.value) / 20, 0.01)


def _apply(name: str) -> None:
    session = st.session_state
    value, low, high = (session[f"p.{field}.{name}"] for field in ("value", "low", "high"))
    if value is None:
        return
    edits = {**session["edits"], name: (value, low, high)}
    try:
        answers.edited(state.shipped(), tuple(sorted(edits.items())))
    except eg.EtiographError as error:
        session["prior-problem"] = str(error)
        return
    session["edits"] = edits


def _reset(name: str | None) -> None:
    """Back to the file: one number, or all."""
    session = st.session_state
    names = list(session["edits"]) if name is None else [name]
    session["edits"] = (
        {} if name is None else {k: v for k, v in session["edits"].items() if k != name}
    )
    for each in names:
        for field in ("value", "low", "high"):
            session.pop(f"p.{field}.{each}", None)


def distribution(parameter: Any) -> None:
    """The implied distribution as a curve; none for a number without a range."""
    if parameter.low is None or parameter.low == parameter.high:
        return
    import altair as alt
    import numpy as np
    import pandas as pd

    believed = parameter.distribution
    ends = believed.ppf(np.array([0.001, 0.999]))
    x = np.linspace(float(ends[0]), float(ends[1]), 160)
    frame = pd.DataFrame({"x": x, "y": believed.pdf(x)})
    chart = (
        alt.Chart(frame)
        .mark_area(opacity=0.35, line=True)
        .encode(
            x=alt.X("x:Q", title=texts.DISTRIBUTION_X),
            y=alt.Y("y:Q", axis=None),
        )
        .properties(height=160)
    )
    alt_text = texts.distribution_alt(parameter.name, parameter.low, parameter.high)
    st.altair_chart(chart, alt=alt_text)


def effect(network: eg.Network, original: eg.Network) -> None:
    """Ranking with the file's numbers and with the reader's, on one scale."""
    findings = state.seen()
    before, after = answers.posterior(original, findings), answers.posterior(network, findings)
    st.subheader(texts.PRIORS_EFFECT, anchor=False)
    if not (before.ok and after.ok):
        results.impossible(network, after.conflict or before.conflict)
        return
    pairs = [
        charts.Compared(row.label, (before.p[row.name][row.state], after.p[row.name][row.state]))
        for row in labels.cause_rows(network)
        if state.case().value(row.name) is None
    ]
    pairs.sort(key=lambda pair: -pair.values[1])
    heads = (texts.PRIORS_EFFECT_LEFT, texts.PRIORS_EFFECT_RIGHT)
    st.html(charts.comparison(pairs[: results.SHOWN], heads, "had"))


def differences(network: eg.Network, original: eg.Network) -> None:
    """What differs from the file, with a way back and a file to take away."""
    from etiograph.formats.native import dumps_native

    edits = st.session_state["edits"]
    st.subheader(texts.PRIORS_DIFFERENT, anchor=False)
    if not edits:
        st.html(charts.note(texts.PRIORS_SAME))
        return
    lines = [texts.edited_line(n, original.parameters[n].value, v[0]) for n, v in edits.items()]
    st.markdown("\n".join(f"- {md(line)}" for line in lines))
    with st.container(horizontal=True, gap="small"):
        st.button(texts.PRIORS_RESET_ALL, key="prior-reset-all", on_click=_reset, args=(None,))
        st.download_button(
            texts.PRIORS_DOWNLOAD,
            lambda: dumps_native(network),
            file_name=f"{labels.file_name(state.identity())}-changed.toml",
            mime="application/toml",
            key="download-network",
            icon=":material/download:",
            on_click="ignore",
        )


def tornado(network: eg.Network) -> None:
    """The numbers that move the first possible cause most, with their sources."""
    findings = state.seen()
    now = answers.posterior(network, findings)
    rows = [r for r in labels.cause_rows(network) if state.case().value(r.name) is None]
    if not now.ok or not rows:
        return
    first = max(rows, key=lambda row: now.p[row.name][row.state])
    st.subheader(texts.PRIORS_TORNADO, anchor=False)
    if not st.toggle(texts.PRIORS_TORNADO_NOTE, key="tornado-on", persist_state="session"):
        return
    found = answers.tornado(network, findings, first.name, first.state)
    st.html(
        charts.tornado(
            [
                charts.Swing(b.name, b.at_low, b.at_high, found.answer, ", ".join(b.evidence))
                for b in found.bars[:TORNADO_ROWS]
            ],
            first.label,
        )
    )


def table(network: eg.Network) -> None:
    """All numbers as a table, to sort and to copy."""
    if not st.toggle(texts.PRIORS_TABLE, key="numbers-on", persist_state="session"):
        return
    rows = [
        (
            p.name,
            p.value,
            p.low,
            p.high,
            p.grade,
            ", ".join(p.evidence),
            texts.KIND_WORDS.get(p.kind, p.kind),
        )
        for p in network.parameters.values()
    ]
    import pandas as pd

    st.dataframe(
        pd.DataFrame(rows, columns=list(texts.PRIORS_COLUMNS)),
        hide_index=True,
        alt=texts.PRIORS_TABLE_ALT,
    )
