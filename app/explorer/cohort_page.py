"""Priors, "Use your own cases": the file, what is asked of it, the work in hand, what came of it."""

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
from etiograph.learning.effort import effort_of_tables, effort_of_update, plain
from etiograph.learning.table_update import TableRanges
from etiograph.learning.update import Update

from . import charts, cohort, judged, labels, state, texts
from .cohort import Learned, Table
from .jobs import Stage
from .markup import md
from .meaning import named
from .works import Choices, moving

SLOW, VERY_SLOW = 3e8, 3e9  # table entries from which work takes minutes, and many minutes
GIVEN, NAME, DATE, ONLY, WORTH = (
    "cohort-given",
    "cohort-name",
    "cohort-date",
    "cohort-only",
    "cohort-worth",
)


def page(network: eg.Network) -> None:
    """The whole of it."""
    _collect()
    st.html(charts.note(texts.COHORT_INTRO))
    table = _file(network)
    problem = st.session_state.pop("cohort-problem", None)
    if problem:
        st.error(md(problem[1]), title=problem[0])
    if table is None:
        return
    busy = cohort.job() is not None
    asked = st.segmented_control(
        texts.COHORT_QUESTION,
        list(texts.COHORT_QUESTIONS),
        key="cohort-question",
        default="numbers",
        required=True,
        format_func=texts.COHORT_QUESTIONS.__getitem__,
        label_visibility="collapsed",
        persist_state="session",
        on_change=state.stay,
    )
    if asked == "judged":
        if busy:
            _working()
        judged.section(network, table, _choices(), busy=busy)
    else:
        _numbers(network, table)


# -- the file -------------------------------------------------------------------------------------------


def _file(network: eg.Network) -> Table | None:
    """Where a file is handed over, and what it is; None where nothing can be done with it."""
    st.file_uploader(
        texts.COHORT_FILE,
        type=["csv", "tsv", "txt", "gz", "parquet", "pq"],
        key=_uploader(),
        max_upload_size=20,
        help=texts.COHORT_FILE_HELP,
        on_change=_given,
    )
    found = cohort.table(network)
    if found is None:
        return None
    if isinstance(found, str):
        st.error("\n\n".join(md(line) for line in found.splitlines()), title=texts.COHORT_REFUSED)
        return None
    with st.container(
        horizontal=True, vertical_alignment="center", gap="small", key="cohort-facts"
    ):
        size = len(found.content.data)
        line = texts.cohort_file(
            found.content.name, size, found.rows, len(found.used), len(found.unused)
        )
        st.html(charts.part(line), width="stretch")
        st.button(texts.COHORT_DROP, key="cohort-drop", icon=":material/close:", on_click=_put_away)
    if found.unused:
        names = (*network.variables, *network.flags)
        st.html(charts.note(texts.cohort_unused(found.unused, names), small=True))
    _marks()
    if found.faults:
        _faults(found)
    if found.alike:
        said = "; ".join(labels.show(network, *pair) for pair in found.alike[:3])
        st.html(charts.note(texts.cohort_alike(found.rows, said), small=True))
    return found if found.usable else None


def _given() -> None:
    state.stay()
    given = st.session_state.get(_uploader())
    if given is None:
        _put_away()
    else:
        cohort.given(given.name, given.getvalue())


def _uploader() -> str:
    """Key of the widget: another one after each file that was put away, for it can't be emptied."""
    return f"cohort-upload-{st.session_state.get('cohort-uploads', 0)}"


def _put_away() -> None:
    state.stay()
    cohort.stop()
    cohort.drop()
    st.session_state["cohort-uploads"] = st.session_state.get("cohort-uploads", 0) + 1


def _marks() -> None:
    if cohort.MARKS not in st.session_state:
        st.session_state[cohort.MARKS] = texts.COHORT_MARKS
    st.text_input(
        texts.COHORT_MARKS_LABEL,
        key=cohort.MARKS,
        help=texts.COHORT_MARKS_HELP,
        persist_state="session",
        width=320,
        on_change=state.stay,
    )


def _faults(table: Table) -> None:
    """What can't be read, by row and column, and the way on without it."""
    more = len(table.wrong) - len(table.faults)
    lines = [md(line) for line in table.faults] + (["..."] if more > 0 else [])
    st.warning(
        "\n".join(f"- {line}" for line in lines), title=texts.cohort_faults(len(table.wrong))
    )
    st.toggle(texts.COHORT_SKIP, key=cohort.SKIP, on_change=state.stay)


# -- the work -------------------------------------------------------------------------------------------


def _collect() -> None:
    """Take what a job has brought, if it is over."""
    job = cohort.job()
    if job is None or job.look() in (Stage.WAITING, Stage.RUNNING):
        return
    session = st.session_state
    about = session.pop("cohort-about", None)
    session.pop(cohort.JOB, None)
    if job.stage is Stage.DONE and job.work == "numbers":
        _learned(about, job.result)
    elif job.stage is Stage.DONE:
        session[judged.FOUND] = (*about, job.result)
    elif job.stage is Stage.REFUSED:
        session["cohort-problem"] = (texts.COHORT_ASKED_REFUSED, job.words)
    elif job.stage is Stage.FAILED:
        session["cohort-problem"] = (texts.BROKEN_TITLE, texts.COHORT_FAILED)


def _learned(about: tuple[str, Choices, str], update: object) -> None:
    """Keep an update; that a network without ranges was given some is a step of its own, to be undone."""
    key, choices, digest = about
    assert isinstance(update, Update)
    switched = digest == state.edited().digest() and plain(state.edited())
    if switched:
        state.commit_edits([TableRanges(choices.worth)])
        digest = state.edited().digest()
    cohort.keep(Learned(key, choices, digest, update))
    if switched:
        st.rerun()  # the address follows the network, and is written before a page is drawn


@st.fragment(run_every=1.0)
def _working() -> None:
    """What the job is at, and the way to stop it. Looks by itself, and draws the page anew at the end."""
    job = cohort.job()
    if job is None:
        return
    job.look()
    if job.over:
        st.rerun()
    said = texts.COHORT_WAITING
    if job.stage is Stage.RUNNING:
        said = texts.cohort_at(job.said, job.seconds)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="cohort-busy"):
        st.html(f'<p class="eg-busy" role="status">{charts.esc(said)}</p>', width="stretch")
        if st.button(texts.COHORT_STOP, key="cohort-stop", icon=":material/stop_circle:"):
            cohort.stop()
            st.session_state["cohort-problem"] = None
            st.rerun()


# -- what the cases say of the numbers -------------------------------------------------------------------


def _choices() -> Choices:
    """What the reader says of the cases, read from the widgets whether they are drawn or not."""
    session = st.session_state
    given = tuple(tuple(pair) for pair in session.get(GIVEN) or ())
    return Choices(
        given=given,  # type: ignore[arg-type]
        name=str(session.get(NAME) or texts.COHORT_NAME_START).strip()[:80],
        date=str(session.get(DATE) or "").strip()[:40],
        worth=int(session.get(WORTH) or 100),
        only=tuple(session.get(ONLY) or ()),
    )


def _numbers(network: eg.Network, table: Table) -> None:
    """The choices, the button, and the latest result for this file."""
    found = cohort.of_file(table.key)
    tables = plain(network)
    if not tables and not network.has_ranges:
        st.info(texts.COHORT_NO_RANGES)
        return
    _asked(network, tables)
    start = cohort.before(table.key)
    choices = _choices()
    names = moving(network, choices.only)
    if tables:
        work = effort_of_tables(network, table.different)
    else:
        work = effort_of_update(network, table.different, names)
    used = {e for p in start.parameters.values() for e in p.evidence}
    if choices.name in used:
        st.warning(md(texts.cohort_same_name(choices.name)), icon=":material/info:")
    if cohort.job() is not None:
        _working()
    else:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.button(
                texts.COHORT_AGAIN if found else texts.COHORT_LEARN,
                key="cohort-learn",
                icon=":material/play_arrow:",
                on_click=_learn,
                args=(start, table, choices),
            )
            st.html(charts.note(_expected(work), small=True), width="stretch")
    if found is not None:
        _result(network, found)


def _expected(work: float) -> str:
    if work < SLOW:
        return texts.COHORT_QUICK
    return texts.COHORT_SLOW if work < VERY_SLOW else texts.COHORT_VERY_SLOW


def _learn(start: eg.Network, table: Table, choices: Choices) -> None:
    state.stay()
    about = (table.key, choices, state.edited().digest())
    cohort.begin("numbers", about, start, table.content, table.reading, choices)


def _asked(network: eg.Network, tables: bool) -> None:
    """What the reader may say of the cases, and of the network."""
    left, right = st.columns(2, gap="large")
    with left:
        if tables:
            st.number_input(
                texts.COHORT_WORTH,
                min_value=1,
                max_value=1_000_000,
                value=100,
                key=WORTH,
                help=texts.COHORT_WORTH_HELP,
                persist_state="session",
                on_change=state.stay,
            )
        else:
            _given_and_only(network)
    with right:
        names, dates = st.columns(2)
        names.text_input(
            texts.COHORT_NAME,
            value=texts.COHORT_NAME_START,
            max_chars=80,
            key=NAME,
            help=texts.COHORT_NAME_HELP,
            persist_state="session",
            on_change=state.stay,
        )
        dates.text_input(
            texts.COHORT_DATE,
            placeholder=texts.COHORT_DATE_HINT,
            max_chars=40,
            key=DATE,
            persist_state="session",
            on_change=state.stay,
        )
        st.html(charts.note(texts.COHORT_HOLES, small=True))


def _given_and_only(network: eg.Network) -> None:
    from etiograph.network.reading import Reading

    states = {
        (name, s): labels.show(network, name, s)
        for name, variable in network.variables.items()
        if not isinstance(network.mechanisms[name], Reading)
        for s in labels.options(variable)
    }
    st.multiselect(
        texts.COHORT_GIVEN,
        list(states),
        key=GIVEN,
        format_func=lambda pair: md(states.get(tuple(pair), "")),
        placeholder=texts.COHORT_GIVEN_HINT,
        help=texts.COHORT_GIVEN_HELP,
        persist_state="session",
        on_change=state.stay,
    )
    ranged = dict.fromkeys(n.split(".")[0] for n, p in network.parameters.items() if p.uncertain)
    st.multiselect(
        texts.COHORT_ONLY,
        [n for n in ranged if n in network.variables],
        key=ONLY,
        format_func=lambda n: md(labels.title(network.variables[n])),
        placeholder=texts.COHORT_ONLY_HINT,
        help=texts.COHORT_ONLY_HELP,
        persist_state="session",
        on_change=state.stay,
    )


def _result(network: eg.Network, found: Learned) -> None:
    """Before and after, conflicts first; each to take or to leave."""
    update = found.update
    ordered, against = in_order(update), update.conflicts()
    st.html(charts.headline(update_words(network, update)))
    if state.researcher():
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

    written, text = cohort.with_book(network), state.source_text()
    st.download_button(
        texts.COHORT_DOWNLOAD,
        lambda: edited(text(), written),
        file_name=state.model_file(),
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
    st.download_button(
        texts.COHORT_CSV,
        lambda: frame.to_csv(index=False),
        file_name="numbers.csv",
        mime="text/csv",
        key="cohort-csv",
        icon=":material/download:",
        on_click="ignore",
    )


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
