"""Priors, "Use your own cases": what the cases moved and contradict, what of it is taken, and the new model file."""

from __future__ import annotations

import streamlit as st

import etiograph as eg
from etiograph.decision.cohort_words import (
    conflict_words,
    in_order,
    learned_words,
    method_words,
    update_words,
)
from etiograph.learning.conflict import Moved

from . import charts, cohort, current, downloads, state, texts
from .cohort import Learned
from .meaning import named


def show(network: eg.Network, found: Learned) -> None:
    """Before and after, conflicts first; each to take or to leave."""
    update = found.update
    ordered, against = in_order(update), update.conflicts()
    st.html(charts.headline(update_words(network, update)))
    if current.researcher():
        st.html(charts.note(method_words(update), small=True))
    if not ordered:
        return
    _actions(network, found, ordered, against)
    chosen = set(cohort.taken(found))
    if st.toggle(
        texts.COHORT_TABLE, key="cohort-table", persist_state="session", on_change=state.stay
    ):
        _as_table(network, found)
    else:
        st.html(charts.shift_legend())
        if against:
            st.subheader(texts.COHORT_CONFLICTS, anchor=False)
            for moved in against:
                _row(network, found, moved, moved.name in chosen, against=True)
        rest = [m for m in ordered if m not in against]
        if rest:
            st.subheader(texts.COHORT_MOVED, anchor=False)
        whole = len(rest) <= texts.COHORT_SHOWN + 1 or st.toggle(
            texts.cohort_all(len(rest)),
            key="cohort-all",
            persist_state="session",
            on_change=state.stay,
        )
        for moved in rest if whole else rest[: texts.COHORT_SHOWN]:
            _row(network, found, moved, moved.name in chosen, against=False)
    silent = len(update.numbers) - len(ordered)
    if silent:
        st.html(charts.note(texts.cohort_silent(silent), small=True))
    _by_source(found)


def _actions(
    network: eg.Network, found: Learned, ordered: tuple[Moved, ...], against: tuple[Moved, ...]
) -> None:
    """Take all, all but the conflicts, or none; and the new model file."""
    names = tuple(m.name for m in ordered)
    agreed = tuple(m.name for m in ordered if m not in against)
    chosen = cohort.taken(found)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="cohort-take"):
        for key, label, which in (
            ("all", texts.COHORT_TAKE_ALL, names),
            ("agreed", texts.COHORT_TAKE_AGREED, agreed if against else ()),
        ):
            if which:
                st.button(
                    label,
                    key=f"cohort-take-{key}",
                    disabled=set(which) <= set(chosen),
                    on_click=_take,
                    args=(found, which),
                )
        st.button(
            texts.COHORT_LEAVE_ALL,
            key="cohort-leave-all",
            disabled=not chosen,
            on_click=_take,
            args=(found, chosen),
            kwargs={"leave": True},
        )
        if chosen:
            download(network, "download-learned")
        said = texts.cohort_taken(len(chosen), len(names)) if chosen else texts.COHORT_NOTHING_TAKEN
        st.html(charts.note(said, small=True), width="stretch")


def download(network: eg.Network, key: str) -> None:
    """The model file with the numbers as they now stand, and its book."""
    from etiograph.formats.native import edited

    written, text = cohort.with_book(network), current.source_text()
    st.download_button(
        texts.COHORT_DOWNLOAD,
        lambda: edited(text(), written),
        file_name=current.model_file(),
        mime="application/toml",
        key=key,
        help=texts.COHORT_DOWNLOAD_HELP,
        icon=":material/download:",
        on_click="ignore",
    )


def _take(found: Learned, names: tuple[str, ...], *, leave: bool = False) -> None:
    state.stay()
    problem = cohort.take(found, names, leave=leave)
    if problem:
        st.session_state["cohort-problem"] = (texts.COHORT_ASKED_REFUSED, problem)


def _switched(found: Learned, name: str, key: str) -> None:
    _take(found, (name,), leave=not st.session_state[key])


def _row(network: eg.Network, found: Learned, moved: Moved, taken: bool, *, against: bool) -> None:
    before, key = moved.before, f"cohort-take.{moved.name}"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        label = named(network, moved.name)
        row = charts.Shift(
            label,
            (before.low, before.value, before.high),
            (moved.low, moved.value, moved.high),
            conflict_words(moved) if against else learned_words(moved),
            against=against,
        )
        st.html(charts.shift(row), width="stretch")
        state.view(key, taken)
        st.toggle(
            texts.COHORT_TAKE,
            key=key,
            help=label,
            on_change=_switched,
            args=(found, moved.name, key),
        )


def _as_table(network: eg.Network, found: Learned) -> None:
    """All numbers, to sort, to copy and to take away."""
    frame = found.update.to_frame()
    columns = texts.COHORT_COLUMNS
    shown = frame.assign(
        title=[named(network, name) for name in frame["name"]],
        prior=[_between(*ends) for ends in zip(frame["prior_low"], frame["prior_high"], strict=True)],
        after=[_between(*ends) for ends in zip(frame["low"], frame["high"], strict=True)],
    )[
        ["title", "prior_value", "prior", "value", "after", "learned", "z", "p", "grade", "evidence",
         "name"]
    ].set_axis(list(columns), axis=1)  # fmt: skip
    st.dataframe(shown, hide_index=True, alt=texts.COHORT_TABLE_ALT)
    downloads.table(texts.COHORT_CSV, lambda: frame, "numbers.csv", "cohort-csv")


def _between(low: float, high: float) -> str:
    return f"{low:.3g} to {high:.3g}"


def _by_source(found: Learned) -> None:
    """Which source the cases speak against as a whole."""
    if not any(m.before.evidence for m in found.update.numbers):
        return
    if st.toggle(
        texts.COHORT_SOURCES, key="cohort-sources", persist_state="session", on_change=state.stay
    ):
        frame = found.update.by_source().set_axis(list(texts.COHORT_SOURCE_COLUMNS), axis=1)
        st.dataframe(frame, hide_index=True, alt=texts.COHORT_SOURCES)
