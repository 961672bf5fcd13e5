"""Files to take away and to open: report, case, network. Nothing is written to disk here."""

from __future__ import annotations

import json
from pathlib import PurePath

import streamlit as st

import etiograph as eg
from etiograph.decision.speaking import cases as speaks_of
from etiograph.formats.registry import readable

from . import answers, current, labels, opening, records, sources, texts
from .cases import MAX_SCENARIOS, CaseValue, Link
from .markup import md

FORMAT = "etiograph case 1"


def case_json(network: eg.Network, identity: str, case: CaseValue, own: str = "") -> str:
    """A case as a file: findings, changes, and which network and software it was made with."""
    return json.dumps(
        {
            "format": FORMAT,
            "network": identity,
            **({"own": own} if own else {}),
            "digest": network.digest(),
            "software": f"etiograph {eg.__version__}",
            "findings": dict(case.findings),
            "changes": dict(case.changes),
            "scenarios": [dict(pairs) for pairs in case.scenarios],
            "notice": texts.CASE_NOTICE,
        },
        indent=2,
        ensure_ascii=False,
    )


def is_case(text: str) -> bool:
    """Whether a file says that it is a case; a network may be JSON, too."""
    return text.lstrip().startswith("{") and '"etiograph case ' in text[:1000]


def read_case(text: str) -> Link:
    """What a case file says: network, digest and case.

    Raises
    ------
    ValueError
        It is no case file.
    """
    try:
        read = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"{texts.UPLOAD_NOT_CASE}\n{error}.") from error
    except RecursionError as error:
        raise ValueError(texts.UPLOAD_NOT_CASE) from error
    if not isinstance(read, dict) or read.get("format") != FORMAT:
        raise ValueError(texts.UPLOAD_NOT_CASE)
    scenarios = read.get("scenarios", [])
    if not isinstance(scenarios, list):
        raise ValueError(texts.UPLOAD_NOT_CASE)
    parts = [read.get("findings"), read.get("changes", {}), *scenarios]
    for part in parts:
        if not isinstance(part, dict) or not all(isinstance(v, str) for v in part.values()):
            raise ValueError(texts.UPLOAD_NOT_CASE)
    findings, changes, *others = (tuple(part.items()) for part in parts)
    case = CaseValue(findings, changes, tuple(filter(None, others))[:MAX_SCENARIOS])
    own = str(read.get("own") or "")
    return Link(str(read.get("network")), str(read.get("digest")), case, own)


def full_link() -> str:
    """The address that opens the present case; empty where nothing is entered."""
    address = opening.link()
    base = (st.context.url or "").partition("?")[0]
    return f"{base}?{opening.PARAMETER}={address}" if address else ""


def downloads(network: eg.Network) -> None:
    """Report and case as files; the report is made only when it is asked for."""
    name, own = labels.file_name(current.identity()), current.uploaded()
    now = answers.posterior(network, current.seen())
    if now.ok:
        # The case of this moment: the function runs later, outside the session.
        case, detail, rows = current.case(), current.researcher(), sources.table()
        scenarios = tuple(filter(None, dict.fromkeys((*case.scenarios, case.changes))))
        original, record = current.published(), records.present()
        helps, address = bool(st.session_state.get("helps")), full_link()
        people = not speaks_of(network)
        forms = (("html", texts.REPORT_FILE, "report"), ("page", texts.PAGE_FILE, "one-page"))
        forms += (("patient", texts.PATIENT_FILE, "for-the-patient"),) if people else ()
        for form, title, ending in forms:
            st.download_button(
                title,
                lambda form=form: answers.report(
                    network, case.findings, form, original, rows, detail, scenarios, record,
                    helps, address,
                ),
                file_name=f"{name}-{ending}.html",
                mime="text/html",
                key="download-report" if form == "html" else f"download-{form}",
                icon=":material/description:",
                on_click="ignore",
            )  # fmt: skip
    st.download_button(
        texts.CASE_FILE,
        case_json(network, current.identity(), current.case(), own.key if own else ""),
        file_name=f"{name}-case.json",
        mime="application/json",
        key="download-case",
        icon=":material/download:",
        on_click="ignore",
    )


def upload() -> None:
    """Open a case, a patient's record or a network of the reader's own; a bad file leaves everything as it is."""
    st.file_uploader(
        texts.UPLOAD,
        type=["ndjson", *(suffix.removeprefix(".") for suffix in readable())],
        key="upload",
        max_upload_size=20,
        help=texts.UPLOAD_HELP,
        on_change=_given,
    )
    problem = st.session_state.pop("upload-problem", None)
    if problem:
        # First what it means, under it the reader's own words, with file and line.
        st.error("\n\n".join(md(each) for each in problem if each), title=texts.UPLOAD_REFUSED)
    records.show()


def _given() -> None:
    given = st.session_state.get("upload")
    if given is not None:  # None: taken away again
        _open(given.name, given.getvalue())


def _open(name: str, content: bytes) -> None:
    from etiograph.formats import reads
    from etiograph.formats.text import decode

    try:
        text = decode(content, name)
        if records.is_record(text):
            records.open_record(name, text)
        elif is_case(text):
            _open_case(text)
        else:  # what it is is seen from the content; the name stands in messages
            stem = PurePath(name.removesuffix(".gz")).stem
            opening.open_network(reads(text, name), stem, text, name)
    except (eg.EtiographError, ValueError) as error:
        st.session_state["upload-problem"] = in_words(error)


def in_words(error: Exception) -> tuple[str, str]:
    """Why a file could not be opened: in plain words, and in the words of what read it."""
    if not isinstance(error, eg.EtiographError):
        meant, _, said = str(error).partition("\n")
        return meant, said
    if isinstance(error, eg.UnreadableFile):
        return texts.unreadable(error.line), str(error)
    return texts.no_network(getattr(error, "line", None)), str(error)


def _open_case(text: str) -> None:
    if not opening.adopt(read_case(text)):
        raise ValueError(texts.UPLOAD_OTHER)
