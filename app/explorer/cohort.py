"""A reader's own table of cases: read in memory, learned from, judged on; gone with the session.

What is in a cell stays in the session: in no cache that sessions share, no link, no log and no file.
Numbers a reader takes from an update become steps of the one history; which file they came from, the
book, is read off the update again when a model file is written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

import etiograph as eg
from etiograph.findings.cases import Cases
from etiograph.findings.cell import spellings
from etiograph.findings.columns import columns_of
from etiograph.findings.content import FileContent
from etiograph.findings.contract import Contract, names_of
from etiograph.findings.table import read_cases
from etiograph.learning.glance import Glance, doubts as doubts_of
from etiograph.learning.met import Trace, counted_before, met_before
from etiograph.learning.update import Update
from etiograph.network.cohort import entered, learned as book
from etiograph.network.likelihoods import likelihood_row
from etiograph.network.parameter import Parameter

from . import current, state, texts
from .cases import Numbers
from .jobs import Job
from .works import Choices, Reading

MOST_ROWS = 200_000
MOST_FAULTS = 8  # cells that can't be read, named one by one
MOST_RESULTS = 6  # updates remembered for the book
FILE, MARKS, SKIP, JOB, RESULTS = (
    "cohort-file",
    "cohort-marks",
    "cohort-skip",
    "cohort-job",
    "cohort-results",
)


@dataclass(frozen=True, slots=True)
class Table:
    """A file of cases as this network reads it.

    Attributes
    ----------
    content : FileContent
    rows : int
        In the file.
    used, unused : tuple of str
        Headings of columns that are variables, and of those that are not.
    reading : Reading
        How the library is told to read it.
    faults : tuple of str
        Cells and rows that can't be read, in words, the first of them.
    wrong : tuple of int
        All rows with such a cell.
    glance : Glance
        What the library sees of the rows before anything is learned from them.
    different : int
        Rows that say different things.
    mark : str
        By which these rows are known again.
    """

    content: FileContent
    rows: int
    used: tuple[str, ...]
    unused: tuple[str, ...]
    reading: Reading
    faults: tuple[str, ...]
    wrong: tuple[int, ...]
    glance: Glance
    different: int
    mark: str

    @property
    def key(self) -> str:
        """What tells this file from another."""
        return hashlib.sha256(self.content.data).hexdigest()

    @property
    def count(self) -> int:
        """Rows that are used."""
        return self.rows - len(self.reading.without)

    @property
    def usable(self) -> bool:
        """Whether something may be learned from it."""
        return bool(self.count) and not (set(self.wrong) - set(self.reading.without))


@dataclass(frozen=True, slots=True)
class Learned:
    """An update, and what it was made of: the file, the choices, and the network before numbers are changed."""

    key: str
    choices: Choices
    digest: str
    update: Update


def given(name: str, data: bytes) -> None:
    """Take a file; the one before is dropped, what was learned from it stays."""
    st.session_state[FILE] = FileContent(name, data)
    st.session_state.pop(SKIP, None)
    forget_reading()


def drop() -> None:
    """Put the file away."""
    for key in (FILE, SKIP, "cohort-read"):
        st.session_state.pop(key, None)


def forget_reading() -> None:
    """Read the file again at the next look."""
    st.session_state.pop("cohort-read", None)


def table(network: eg.Network) -> Table | str | None:
    """The file of this session as the network reads it; why it can't be read; None if there is none."""
    session = st.session_state
    content: FileContent | None = session.get(FILE)
    if content is None:
        return None
    marks = str(session.get(MARKS, texts.COHORT_MARKS))
    key = (current.edited().digest(), marks, bool(session.get(SKIP)), content)
    known = session.get("cohort-read")
    if known is None or known[0] != key:
        try:
            found: Table | str = read(network, content, marks, skip=bool(session.get(SKIP)))
        except eg.EtiographError as error:
            found = "\n".join([str(error), *getattr(error, "__notes__", ())])
        known = session["cohort-read"] = (key, found)
    return known[1]  # type: ignore[no-any-return]


def read(network: eg.Network, content: FileContent, marks: str, *, skip: bool) -> Table:
    """Read a file.

    Raises
    ------
    EtiographError
        It is no table, too long, or has nothing to do with the network.
    """
    block = columns_of(content, lambda heading: Contract().known(network, heading))
    if block.count > MOST_ROWS:
        raise eg.InvalidFinding(texts.cohort_too_long(block.count, MOST_ROWS))
    used = tuple(h for h in block.names if Contract().known(network, h))
    unused = tuple(h for h in block.names if h and h not in used)
    if not used:
        raise eg.InvalidFinding(texts.cohort_no_column(block.names, tuple(network.variables)))
    if not block.count:
        raise eg.InvalidFinding(texts.COHORT_NO_ROWS)
    missing = tuple((h, _marks(network, h, marks)) for h in used)
    plain = Reading(missing, unused)
    cases = read_cases(network, block, plain.contract(on_error="skip"))
    wrong = tuple(sorted({fault.row - 1 for fault in cases.faults}))
    return Table(
        content,
        block.count,
        used,
        unused,
        replace(plain, without=wrong if skip else ()),
        _in_words(cases),
        wrong,
        Glance.of_cases(cases),
        cases.n_rows,
        Trace.of(cases).mark(cases.n_rows),
    )


def _marks(network: eg.Network, heading: str, marks: str) -> tuple[str, ...]:
    """What stands for "not known" in a column: the reader's marks that name none of its states."""
    name = next((n for n in names_of(heading) if n in network.variables), "")
    states = network.variables[name].states if name else ()
    named = {text for own in states for text in spellings(own)}
    return tuple(m for m in (each.strip() for each in marks.split(",")) if m and m not in named)


def _in_words(cases: Cases) -> tuple[str, ...]:
    lines = []
    for fault in cases.faults[:MOST_FAULTS]:
        where = fault.place if fault.column is None else f"{fault.place}, column {fault.column!r}"
        lines.append(texts.cohort_fault(where, str(fault.error)))
    return tuple(lines)


def doubts(
    network: eg.Network, table: Table, choices: Choices, found: Learned | None
) -> tuple[str, ...]:
    """What the library says against learning from a file, or against what was learned from it.

    `network` is what the file is to teach, `found` what it taught by the same choices, if it has.
    """
    if found is not None and found.choices == choices:
        notes = found.update.notes
    else:
        given = likelihood_row(network, dict(choices.given))[None] if choices.given else None
        known = (network, choices.name, table.count, table.mark)
        again = counted_before(*known)  # then the work is refused, too
        met = met_before(*known) if again is None else (again,)
        notes = (*met, *doubts_of(network, table.glance, given))
    return tuple(_as_sentence(each.words) for each in notes)


def _as_sentence(note: str) -> str:
    return note[:1].upper() + note[1:]


# -- what was learned -----------------------------------------------------------------------------------


def results() -> tuple[Learned, ...]:
    """Updates of this session, the latest last."""
    found: tuple[Learned, ...] = st.session_state.get(RESULTS, ())
    return found


def keep(found: Learned) -> None:
    """Remember an update; one of the same file and choices is replaced."""
    others = [r for r in results() if (r.key, r.digest) != (found.key, found.digest)]
    st.session_state[RESULTS] = (*others, found)[-MOST_RESULTS:]


def of_file(key: str) -> Learned | None:
    """The latest update by a file of the network that is open."""
    digest = current.edited().digest()
    return next((r for r in reversed(results()) if (r.key, r.digest) == (key, digest)), None)


def number(parameter: Parameter) -> tuple[float, float | None, float | None]:
    """Value, low and high."""
    return parameter.value, parameter.low, parameter.high


def taken(found: Learned) -> tuple[str, ...]:
    """The numbers that are now as this update has them."""
    now, parameters = dict(current.numbers()), found.update.network.parameters
    return tuple(n for n, own in now.items() if n in parameters and own == number(parameters[n]))


def without(key: str) -> Numbers:
    """The changed numbers of this session but for those that came from a file, which must not count twice."""
    now = dict(current.numbers())
    for found in results():
        if found.key == key:
            for name in taken(found):
                now.pop(name, None)
    return tuple(now.items())


def before(key: str) -> eg.Network:
    """The network that a file is to teach: with the reader's numbers, without what the file taught already."""
    return with_book(current.with_numbers(without(key)))


def with_book(network: eg.Network) -> eg.Network:
    """The network, its numbers from own cases with what is said of them: cohort, size, date, value before."""
    return booked(network, results())


def booked(network: eg.Network, updates: tuple[Learned, ...]) -> eg.Network:
    """A network whose numbers are as updates have them, with the book of these."""
    changed: dict[str, float | Parameter] = {}
    entries = []
    for found in updates:
        new = found.update.network
        names = [
            name
            for name, present in network.parameters.items()
            if name in new.parameters and number(present) == number(new.parameters[name])
        ]
        entry = next(reversed(book(new)), None)
        moved = {n: entry.before[n] for n in names if n in entry.before} if entry else {}
        if entry and moved:
            changed |= {name: new.parameters[name] for name in moved}
            entries.append(replace(entry, before=moved))
    written = network.with_parameters(changed) if changed else network
    for entry in entries:
        written = entered(written, entry)
    return written


def take(found: Learned, names: Iterable[str], *, leave: bool = False) -> str:
    """Take numbers over from an update, or give them back, as one step; why not, if that can't be."""
    stands, value = current.edited(), current.case()
    new: Mapping[str, Parameter] = found.update.network.parameters
    for name in names:
        back = number(found.update.prior.parameters[name])
        own = back if leave else number(new[name])
        stated = number(stands.parameters[name])
        value = value.with_number(name, None if own == stated else own)
    try:
        current.with_numbers(value.numbers)
    except eg.EtiographError as error:
        return f"{texts.COHORT_NOT_ALONE} {error}"
    state.commit(value)
    return ""


# -- the work in hand -----------------------------------------------------------------------------------


def job() -> Job | None:
    """The work that is in hand."""
    found: Job | None = st.session_state.get(JOB)
    return found


def begin(work: str, about: Any, *given_to: Any) -> None:
    """Start a work; `about` is what its result is kept with."""
    stop()
    st.session_state[JOB] = Job(work, *given_to)
    st.session_state["cohort-about"] = about


def stop() -> None:
    """Stop what is in hand."""
    present = st.session_state.pop(JOB, None)
    if present is not None:
        present.stop()
