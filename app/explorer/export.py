"""Tables and pictures of the present page to take away, and the same view as Python and command line.

Nothing is worked out before it is asked for, and nothing is kept: a download makes its file when it is clicked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st

import etiograph as eg
from etiograph.curation.checked import checked
from etiograph.curation.revision import diff
from etiograph.decision.next_steps import states_harms
from etiograph.figures.files import FORMATS, picture_of
from etiograph.findings.text import as_command, as_python

from . import changes, charts, current, downloads, labels, parts, published, state, texts
from .model_edits import PICKED
from .model_tables import LISTED, full_size, numbers_frame, table_frame


@dataclass(frozen=True, slots=True)
class View:
    """One thing that a page shows: how it is called, how the library is asked for it, and by which words.

    `python` is what is asked of ``case``; `words` are the options of the command line, None where it has none.
    `changed` is what is changed in it, of the kind `kind`; what is observed in it, where that is "see".
    """

    title: str
    ask: Callable[[], Any]
    python: str
    words: tuple[str, ...] | None = ()
    picture: bool = True
    kind: str = "see"
    changed: Mapping[str, str] = field(default_factory=dict)
    table: bool = True


def views(network: eg.Network, page: str) -> list[View]:
    """What the page shows, the most asked for first."""
    found = dict(current.case().findings)
    case = network.case(found)
    if page == texts.PAGE_COMPARE:
        return _compared(network, case)
    if page == texts.PAGE_WHY:
        return _reasons(network, case)
    if page == texts.PAGE_PRIORS:
        return _numbers(network, case)
    if page == texts.PAGE_CHECKS:
        return _checks(network)
    if page == texts.PAGE_MODEL:
        return [*_model(network), *_answers(network, case)]
    return _answers(network, case)


def _diagram(case: Any, changed: Mapping[str, str] | None = None, kind: str = "see") -> View:
    return View(
        texts.EXPORT_DIAGRAM,
        lambda: case.plot(),
        "plot()",
        None,
        kind=kind,
        changed=changed or {},
        table=False,
    )


def _answers(network: eg.Network, case: Any) -> list[View]:
    found = [View(texts.EXPORT_ANSWERS, lambda: case.posterior(), "posterior()")]
    if network.has_ranges:
        draws = parts.runs(network, current.seen())
        asked = f"intervals(draws={draws}, causes_only=True)"
        found.append(
            View(
                texts.EXPORT_RANGES,
                lambda: case.intervals(draws=draws, causes_only=True),
                asked,
                ("--intervals",),
            )
        )
    if st.session_state.get("helps"):
        chosen = st.session_state.get("helps-outcome") if labels.target(network) is None else None
        asked = "what_helps()" if chosen is None else f"what_helps({chosen!r})"
        found.append(View(texts.HELPS_TITLE, lambda: case.what_helps(chosen), asked, ("--helps",)))
    return [*found, _diagram(case)]


def _compared(network: eg.Network, case: Any) -> list[View]:
    kind = str(st.session_state.get("compare-mode") or "after")
    present = changes.used(network, kind)
    columns = [*changes.kept(network, kind), *([present] if present else [])]
    if not columns:
        return _answers(network, case)
    found = []
    for pairs in reversed(columns):  # what is being worked on first
        named = changes.in_words(network, pairs) if len(columns) > 1 else ""
        found += _scenario(network, case, kind, dict(pairs), named)
    return found


def _scenario(
    network: eg.Network, case: Any, kind: str, changed: dict[str, str], named: str
) -> list[View]:
    """One column of the comparison; its name stands in the titles where there are several."""

    def titled(title: str) -> str:
        return texts.export_of(title, named)

    if kind == "see":
        seen = case.with_findings(changed)
        views = _answers(network, seen)
        return [replace(view, title=titled(view.title), changed=changed) for view in views]
    asked = getattr(case, kind)(changed)
    found = [
        View(titled(texts.EXPORT_CHANGED), asked.posterior, "posterior()", (), True, kind, changed)
    ]
    target = labels.target(network)
    if target is not None and target not in changed:
        question = f"contrast({target!r}, draws={parts.DRAWS[0]})"
        found.append(
            View(
                titled(texts.EXPORT_DIFFERENCE),
                lambda: asked.contrast(target, draws=parts.DRAWS[0]),
                question,
                (),
                True,
                kind,
                changed,
            )
        )
    drawn = _diagram(asked, changed, kind)
    return [*found, replace(drawn, title=titled(drawn.title))]


def _reasons(network: eg.Network, case: Any) -> list[View]:
    found = [View(texts.EXPORT_ANSWERS, lambda: case.posterior(), "posterior()")]
    key = st.session_state.get("why-cause")
    if key and key[0] not in case.findings and case.findings:
        found.insert(
            0,
            View(
                texts.EXPORT_WHY,
                lambda: case.explain(*key),
                f"explain({key[0]!r}, {key[1]!r})",
                ("--why",),
            ),
        )
    if states_harms(network):
        asked = View(
            texts.ASK_NEXT, lambda: case.next_steps(), "next_steps()", ("--next",), picture=False
        )
    else:
        asked = View(texts.ASK_NEXT, lambda: case.next_tests(), "next_tests()", ("--next",))
    return [*found, asked, _diagram(case)]


def _numbers(network: eg.Network, case: Any) -> list[View]:
    found = [View(texts.EXPORT_ANSWERS, lambda: case.posterior(), "posterior()")]
    key = st.session_state.get("why-cause")
    if network.parameters and key and key[0] not in case.findings:
        asked = f"tornado({key[0]!r}, {key[1]!r}, groups=False)"
        found.insert(
            0,
            View(
                texts.EXPORT_TORNADO,
                lambda: case.tornado(*key, groups=False),
                asked,
                ("--tornado",),
            ),
        )
    return found


def _checks(network: eg.Network) -> list[View]:
    if not published.reference():
        return []
    return [
        View(
            texts.PAGE_CHECKS,
            lambda: checked(network, published.reference()),
            "",
            None,
            picture=False,
        )
    ]


def _model(network: eg.Network) -> list[View]:
    """What stands on Model: numbers and table of the variable one looks at, all numbers, what differs."""
    name = str(st.session_state.get(PICKED) or "")
    own = [n for n, p in network.parameters.items() if n.partition(".")[0] == name]
    found = []
    if own:
        found.append(_table(texts.EXPORT_NUMBERS, lambda: numbers_frame(network, own)))
    if name in network.variables and full_size(network, name) <= LISTED:
        found.append(_table(texts.EXPORT_TABLE, lambda: table_frame(network, name)))
    if network.parameters:
        found.append(_table(texts.EXPORT_ALL, lambda: numbers_frame(network, network.parameters)))
    if current.is_corrected():
        original = current.shipped()
        found.append(_table(texts.MODEL_DIFFERENT, lambda: diff(original, network, ()).to_frame()))
    return found


def _table(title: str, ask: Callable[[], Any]) -> View:
    return View(title, ask, "", None, picture=False)


def section(network: eg.Network) -> None:
    """In the box Share: which table or picture, its files, and how to ask for the same elsewhere."""
    offered = {view.title: view for view in views(network, st.session_state["page"])}
    if not offered:
        return
    st.html(charts.part(texts.EXPORT_TITLE))
    title = st.selectbox(
        texts.EXPORT_WHAT, list(offered), key="export-what", on_change=state.stay,
        label_visibility="collapsed",
    )  # fmt: skip
    view = offered[title]
    name = f"{labels.file_name(current.identity())}-{labels.file_name(title.lower())}"
    with st.container(horizontal=True, gap="small", key="export-files"):
        if view.table:
            downloads.table("CSV", view.ask, f"{name}.csv", "export-csv")
        for form, mime in FORMATS.items() if view.picture else ():
            _file(form, f"{name}.{form}", mime, lambda form=form: picture_of(view.ask(), form))
    _as_code(view)


def _file(form: str, name: str, mime: str, make: Callable[[], str | bytes]) -> None:
    downloads.button(form.upper(), make, name, mime, f"export-{form}")


def _as_code(view: View) -> None:
    """The view as a command line and as Python, to copy."""
    found, name = dict(current.case().findings), current.file()
    if not view.python:
        return
    changed = dict(view.changed)
    if view.kind == "see":
        found, changed = found | changed, {}
    st.html(charts.note(texts.AS_CODE, small=True))
    if not name:
        name = current.model_file()
        st.html(charts.note(texts.as_code_of(name), small=True))
    if view.words is not None:
        command = as_command(name, found, changed, view.kind, view.words)
        st.code(command, language=None, wrap_lines=True)
    code = as_python(name, found, changed, view.kind, view.python)
    st.code(code, language=None, wrap_lines=True)
