"""Checks: what the open network says beside what was published, and beside what clinicians expect of cases."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import streamlit as st

import etiograph as eg
from etiograph.curation.agreement import number, quantity, question_words
from etiograph.curation.checked import Checked
from etiograph.curation.statistics import PublishedQuestion

from . import charts, current, late, sources, texts
from .place import Place

MANY = 4  # rows from which a sentence is said above them


def page(network: eg.Network) -> Place | None:
    """The heading and how to add checks; where the rest will stand, None if there is none."""
    st.html(charts.note(texts.CHECKS_INTRO))
    if not reference():
        st.info(texts.CHECKS_OWN)
        _how()
        return None
    return Place(st.container(key="checks"))


def _how() -> None:
    """How to give a network something it can be held against."""
    st.html(charts.part(texts.CHECKS_HOW))
    for said, code in (
        (texts.CHECKS_HOW_FIGURES, texts.CHECKS_FILE),
        (texts.CHECKS_HOW_CASES, texts.CASES_FILE),
        (texts.CHECKS_HOW_COMMAND, texts.CHECKS_COMMAND),
    ):
        st.html(charts.note(said))
        st.code(code, language=None, wrap_lines=True)


def reference() -> str:
    """Name or path of the open network's file; empty where it came without a folder."""
    return "" if current.uploaded() is not None else str(st.session_state["source"])


def finish(network: eg.Network, place: Place | None) -> None:
    """Ask the network, and draw."""
    if place is None:
        return
    place.html(charts.note(texts.CHECKS_WORKING))
    with late.turn():
        found = late.checked(network, reference())
    if isinstance(found, str):
        place.html(charts.caveat(found))
        return
    if not found.questions and not found.cases:
        place.html(charts.note(texts.CHECKS_NONE))
        _how()
        return
    place.html("".join([*_statistics(network, found), *_cases(network, found)]))


def _statistics(network: eg.Network, found: Checked) -> list[str]:
    """The published statistics: counts, then a row a question, those that are missed first."""
    if not found.questions:
        return []
    evidence = sources.table()
    rows, often = [], _often(found)
    for each in sorted(found.questions, key=lambda q: (q.inside, q.is_set)):
        first = each.checks[0]
        asked = question_words(network, first)
        titles = [_title(network, quantity(check, evidence), asked) for check in each.checks]
        said, marks = _noted(each, often)
        rows.append(
            charts.CheckRow(
                "; ".join(dict.fromkeys(titles)),
                asked if asked not in titles else "",
                "; ".join(number(first, check.value) for check in each.checks),
                f"{number(first, each.low)} {texts.TO} {number(first, each.high)}{marks}",
                number(first, each.answer),
                each.inside,
                each.is_set,
                sources.listed(dict.fromkeys(e for check in each.checks for e in check.evidence)),
                " ".join(said),
            )
        )
    counts = [texts.checks_count(*found.count(is_set), is_set) for is_set in (False, True)]
    parts = [charts.part(texts.CHECKS_STATISTICS), charts.headline(" ".join(filter(None, counts)))]
    parts.append(charts.note(texts.CHECKS_NOTE, small=True))
    parts += [charts.note(texts.checks_said(k, s), small=True) for k, s in enumerate(often)]
    return [*parts, charts.checks(rows)]


def _sentences(each: PublishedQuestion) -> list[str]:
    """What is noted of a question, each sentence once."""
    notes = " ".join(check.note for check in each.checks if check.note)
    return list(dict.fromkeys(s for s in re.split(r"(?<=\.)\s+", notes) if s))


def _often(found: Checked) -> list[str]:
    """Sentences that many rows share, the most frequent first: they are said once, above."""
    counts = Counter(s for each in found.questions for s in _sentences(each))
    shared = [sentence for sentence, count in counts.most_common() if count >= MANY]
    return shared[: len(texts.CHECKS_MARKS)]


def _noted(each: PublishedQuestion, often: Sequence[str]) -> tuple[list[str], str]:
    """What is noted of one question alone, and the marks of what many share."""
    said = _sentences(each)
    marks = [texts.checks_see(often.index(s)) for s in said if s in often]
    return [s for s in said if s not in often], "".join(f" {mark}" for mark in marks)


def _title(network: eg.Network, published: str, asked: str) -> str:
    """What was published, in words: the question asked where the table has it in names of the file."""
    names = "|".join(map(re.escape, network.variables))
    if re.search(rf"\b(?:{names})=\w", published):
        return asked
    return published.replace(">=", "≥").replace("<=", "≤")


def _cases(network: eg.Network, found: Checked) -> list[str]:
    """The cases: how many come out as expected, then those that do not, then the rest."""
    if not found.cases:
        return []
    met = sum(each.met for each in found.cases)
    rows = [
        (each.met, each.case.title or each.case.id, "; ".join(each.failures) or each.case.reasoning)
        for each in sorted(found.cases, key=lambda each: each.met)
    ]
    return [
        charts.part(texts.CHECKS_CASES),
        charts.headline(texts.cases_count(met, len(found.cases))),
        charts.note(texts.CHECKS_CASES_NOTE, small=True),
        charts.judged_cases(rows),
    ]
