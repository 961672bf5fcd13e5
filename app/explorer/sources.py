"""Where the numbers of a network come from: rows of the evidence table beside its file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import streamlit as st

import etiograph as eg
from etiograph.decision.references import address

from . import answers, charts, downloads, texts
from .kept import kept


@kept
def _table(reference: str, stamp: float) -> dict[str, dict[str, str]]:
    from etiograph.curation.published import evidence_beside
    from etiograph.resources import network_path

    path = Path(reference) if stamp else network_path(reference)
    try:
        return evidence_beside(answers.network(reference), path)
    except eg.EtiographError:
        return {}


def table() -> dict[str, dict[str, str]]:
    """Evidence of the open network by id; none for a network a reader has opened from a file."""
    session = st.session_state
    if session["uploaded"] is not None:
        return {}
    path = Path(session["source"])
    try:
        return _table(session["source"], path.stat().st_mtime if path.is_file() else 0.0)
    except eg.EtiographError:
        return {}


def listed(ids: Iterable[str]) -> list[charts.Source]:
    """Sources by id, each with what it says, its grade and a link to it."""
    rows = table()
    return [_source(each, rows.get(each, {})) for each in ids]


def addresses(fired: Iterable[charts.Flag]) -> dict[str, str]:
    """Where the sources of warning signs can be read, by id."""
    named = [name for flag in fired for name in flag.source.split(", ")]
    return {source.name: source.address for source in listed(named) if source.address}


def _source(name: str, row: dict[str, str]) -> charts.Source:
    who = " ".join(filter(None, (row.get("first_author"), row.get("year"))))
    size = row.get("n") or ""
    what = [row.get("quantity"), row.get("population"), texts.people_asked(size) if size else ""]
    found = texts.figure(*(row.get(key) or "" for key in ("value", "ci_low", "ci_high", "unit")))
    grade = row.get("grade") or ""
    return charts.Source(name, who, "; ".join(filter(None, what)), grade, address(row), found)


def used(network: eg.Network) -> dict[str, int]:
    """Sources by id, in order, and how many numbers rest on each; 0 for those of warning signs only."""
    counts: dict[str, int] = {}
    rows = table()
    for parameter in network.parameters.values():
        for name in dict.fromkeys(parameter.evidence):
            counts[name] = counts.get(name, 0) + 1
    for rule in network.rules:
        for name in (each.strip() for each in str(rule.get("source") or "").split(",")):
            if name in rows:
                counts.setdefault(name, 0)
    return dict(sorted(counts.items()))


def listing(network: eg.Network) -> None:
    """Every source the network rests on as a table to sort and search, and as a file."""
    import pandas as pd

    counts, rows = used(network), table()
    if not counts:
        return
    st.subheader(texts.SOURCES_TITLE, anchor=False)
    st.html(charts.note(texts.sources_note(len(counts))))
    frame = pd.DataFrame(
        [
            (
                source.name,
                rows.get(source.name, {}).get("first_author") or "",
                rows.get(source.name, {}).get("year") or "",
                source.what,
                source.figure,
                source.grade,
                counts[source.name],
                source.address or None,
            )
            for source in listed(counts)
        ],
        columns=list(texts.SOURCES_COLUMNS),
    )
    what, link = texts.SOURCES_COLUMNS[3], texts.SOURCES_COLUMNS[-1]
    st.dataframe(
        frame,
        hide_index=True,
        height=420,
        row_height=60,  # long texts wrap
        alt=texts.SOURCES_ALT,
        column_config={
            link: st.column_config.LinkColumn(link, display_text=texts.SOURCES_OPEN),
            what: st.column_config.TextColumn(what, width="large"),
        },
    )
    downloads.table(texts.SOURCES_DOWNLOAD, lambda: frame, "sources.csv", "download-sources")
