"""Priors, "Use your own cases": the file, what is asked of it, the work in hand."""

from __future__ import annotations

import streamlit as st

import etiograph as eg
from etiograph.learning.effort import effort_of_tables, effort_of_update, plain
from etiograph.learning.table_update import TableRanges
from etiograph.learning.update import Update

from . import charts, cohort, cohort_result, current, judged, labels, state, texts
from .cohort import Learned, Table
from .jobs import Stage
from .markup import md
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
    switched = digest == current.edited().digest() and plain(current.edited())
    if switched:
        state.commit_edits([TableRanges(choices.worth)])
        digest = current.edited().digest()
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
    doubts = cohort.doubts(start, table, choices, found)
    if doubts:
        st.warning("\n".join(f"- {md(each)}" for each in doubts), title=texts.COHORT_DOUBTS)
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
        cohort_result.show(network, found)


def _expected(work: float) -> str:
    if work < SLOW:
        return texts.COHORT_QUICK
    return texts.COHORT_SLOW if work < VERY_SLOW else texts.COHORT_VERY_SLOW


def _learn(start: eg.Network, table: Table, choices: Choices) -> None:
    state.stay()
    about = (table.key, choices, current.edited().digest())
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
