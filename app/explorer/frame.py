"""What every page shares: navigation, title, disclaimer, toolbar, notices, warning signs."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

import etiograph as eg

from . import (
    behind,
    changed,
    charts,
    classroom,
    current,
    export,
    files,
    labels,
    late,
    opening,
    present,
    progress,
    state,
    texts,
)
from .cases import CaseValue
from .markup import esc, md, style

HERE = Path(__file__).resolve().parent
WITHOUT_CASE = (
    texts.PAGE_LEARN,
    texts.PAGE_GALLERY,
    texts.PAGE_ABOUT,
)  # pages that show nothing of the case
FIRST = ("explore", "compare", "why", "learn")  # pages in the bar; the others are behind one button
LOGGER = "streamlit.error_util"  # where Streamlit writes what goes wrong in a script


def navigate() -> None:
    """The whole run: set up the session, draw the frame and the page, write the address."""
    keep_findings_out_of_logs()
    st.set_page_config(page_title=texts.NAME, page_icon=str(HERE / "icon.svg"), layout="wide")
    if classroom.serves():
        _class()
        return
    pages = _pages()
    # Streamlit's own menu would open a page without the case in its address, which reads as an empty case.
    page = st.navigation(list(pages.values()), position="hidden")
    _turn(pages, page)
    name = page.url_path or "explore"
    try:
        opening.start(page.title)
        network = current.network()
    except eg.EtiographError as error:
        st.html(style(HERE / "style.css"))
        st.error(md(str(error)), title=texts.NO_NETWORK)
        return
    opening.finish()  # before the page: a step is always a callback, never a part of drawing
    # Later runs have something on the screen: the answer is what they wait for, and what the browser
    # is sent before it would be drawn before it.
    at_once = name == "explore" and "runs" in st.session_state
    if at_once:
        _answer(network)
    head = st.session_state["head"] = Head(network, pages, name, st.container(key="head"))
    if name != "explore":
        head.draw()
    try:
        page.run()
    except Exception as error:
        logging.getLogger(LOGGER).error("page", exc_info=error)
        st.error(texts.BROKEN, title=texts.UNANSWERED_TITLE)
    head.draw()
    present.bar(pages, name)
    _drawn(page.title)


def _answer(network: eg.Network) -> None:
    """Work out what Explore shows first."""
    with late.answering():
        behind.work_out(network, current.seen())


@dataclass
class Head:
    """What stands above a page, in its place; drawn when the page says so, at the latest after it."""

    network: eg.Network
    pages: dict[str, st.Page]
    page: str
    place: DeltaGenerator
    drawn: bool = False

    def draw(self) -> None:
        """Draw it once."""
        if self.drawn:
            return
        self.drawn = True
        with self.place:
            st.html(style(HERE / "style.css"))
            _links(self.pages, self.page)
            _head(self.network)
            way = self.pages["model" if current.case().edits else "priors"]
            changed.strip(way, st.session_state["page"])


def begin(network: eg.Network) -> None:
    """Begin Explore: where nothing is on the screen yet, first what stands above it.

    There the head is always drawn by the page. Streamlit tells the widgets of a page from those of
    the script around it: one that changed sides from one run to the next would be another widget,
    with its first value.
    """
    if "runs" not in st.session_state:
        head()
        _answer(network)


def head() -> None:
    """Draw what stands above the page now, if it is not there yet."""
    present_head: Head = st.session_state["head"]
    present_head.draw()


def _class() -> None:
    """A server that holds a class shows nothing else: no pages, no files, no cases."""
    st.html(style(HERE / "style.css"))
    opening.start(texts.PAGE_LEARN)
    progress.start(lambda name: False)
    title = f'<h1 class="eg-title">{esc(texts.NAME)} <span>· {esc(texts.LEARN_TITLE)}</span></h1>'
    st.html(f'{title}<p class="eg-disclaimer">{esc(texts.DISCLAIMER)}</p>')
    try:
        classroom.page()
    except Exception as error:
        logging.getLogger(LOGGER).error("class", exc_info=error)
        st.error(texts.BROKEN, title=texts.UNANSWERED_TITLE)
    _drawn(texts.PAGE_LEARN)


def _drawn(page: str) -> None:
    """All is drawn, for the how manyth time: who watches a page knows that it shows the last step."""
    runs = st.session_state["runs"] = st.session_state.get("runs", 0) + 1
    st.html(f'<span class="eg-done" data-page="{esc(page)}" data-run="{runs}"></span>')


def _turn(pages: dict[str, st.Page], open_: st.Page) -> None:
    """Go to the page that a button or an opened address names (see `streamlit_app.py`)."""
    asked = st.session_state.pop("turn-to", None)  # by a button
    if asked in pages and pages[asked].url_path != open_.url_path:
        st.switch_page(pages[asked], query_params=opening.address())
    wanted = st.query_params.get(opening.PAGE)
    if wanted is None:
        return
    address = st.query_params.get(opening.PARAMETER)
    st.query_params.pop(opening.PAGE)
    if wanted in pages and wanted != "explore":
        stays = {
            opening.PARAMETER: address,
            progress.PARAMETER: st.query_params.get(progress.PARAMETER),
        }
        st.switch_page(pages[wanted], query_params={k: v for k, v in stays.items() if v} or None)


class _WithoutValues(logging.Filter):
    """Error and place only: the message of an error, and its source lines, may hold findings."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            trace, place = error.__traceback__, ""
            while trace is not None:
                place = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
                trace = trace.tb_next
            record.msg, record.args = f"{type(error).__name__} at {place}", ()
            record.exc_info = record.exc_text = None
        return True


def keep_findings_out_of_logs() -> None:
    """Errors are logged by kind and place, without their words."""
    logger = logging.getLogger(LOGGER)
    if not any(isinstance(each, _WithoutValues) for each in logger.filters):
        logger.addFilter(_WithoutValues())


def _pages() -> dict[str, st.Page]:
    """All pages by the last part of their address, Explore first."""
    views = HERE / "views"
    pages = (
        ("explore", texts.PAGE_EXPLORE, texts.HELP_EXPLORE, "query_stats"),
        ("compare", texts.PAGE_COMPARE, texts.HELP_COMPARE, "compare_arrows"),
        ("why", texts.PAGE_WHY, texts.HELP_WHY, "balance"),
        ("learn", texts.PAGE_LEARN, texts.HELP_LEARN, "school"),
        ("gallery", texts.PAGE_GALLERY, texts.HELP_GALLERY, "grid_view"),
        ("priors", texts.PAGE_PRIORS, texts.HELP_PRIORS, "tune"),
        ("model", texts.PAGE_MODEL, texts.HELP_MODEL, "account_tree"),
        ("checks", texts.PAGE_CHECKS, texts.HELP_CHECKS, "fact_check"),
        ("about", texts.PAGE_ABOUT, texts.HELP_ABOUT, "info"),
    )
    return {
        name: st.Page(
            views / f"{name}.py",
            title=title,
            icon=f":material/{icon}:",
            help=text,
            url_path=name,
            default=name == "explore",
        )
        for name, title, text, icon in pages
    }


def _links(pages: dict[str, st.Page], open_: str) -> None:
    """The pages as a row of links, each with the case in its address, so that no way loses it.

    What is asked at every case stands in the row, the rest behind one button that says where one is.
    """
    address = opening.address()
    with st.container(horizontal=True, gap="xsmall", key="pages"):
        for name in FIRST:
            st.page_link(pages[name], width="content", query_params=address)
        here = open_ not in FIRST
        label = texts.more_pages(str(pages[open_].title) if here else "")
        # Another key on another page: an open box does not stay open over what it led to.
        key = f"more-{'here-' if here else ''}{open_}"
        with st.popover(label, type="tertiary", icon=":material/more_horiz:", key=key):
            for name, page in pages.items():
                if name not in FIRST:
                    st.page_link(page, query_params=address)
                    st.html(charts.note(getattr(texts, f"HELP_{name.upper()}"), small=True))


def _head(network: eg.Network) -> None:
    left, right = st.columns([5, 7], vertical_alignment="center")
    page = st.session_state["page"]
    name = str(network.about.get("title") or current.identity())
    if page == texts.PAGE_LEARN:
        name = texts.LEARN_TITLE  # each on a network of its own
    left.html(
        f'<h1 class="eg-title">{esc(texts.NAME)} <span>· {esc(name)}</span></h1>'
        f'<p class="eg-disclaimer">{esc(texts.DISCLAIMER)}</p>'
    )
    with right:
        if page in WITHOUT_CASE:
            with st.container(horizontal=True, horizontal_alignment="right", key="switch"):
                present.toggle()
        else:
            toolbar(network)
    for note in () if page in WITHOUT_CASE else state.notices():
        st.warning(md(note), icon=":material/info:")


def toolbar(network: eg.Network) -> None:
    """Cases, steps back and forward, link."""
    history = st.session_state["history"]
    with st.container(
        horizontal=True,
        horizontal_alignment="right",
        vertical_alignment="center",
        gap="xsmall",
        key="toolbar",
    ):
        _cases_menu(network)
        st.button(
            texts.UNDO,
            key="undo",
            icon=":material/undo:",
            shortcut="Ctrl+Z",
            disabled=not history.past,
            on_click=state.undo,
        )
        st.button(
            texts.REDO,
            key="redo",
            icon=":material/redo:",
            shortcut="Ctrl+Y",
            disabled=not history.future,
            on_click=state.redo,
        )
        st.button(
            texts.RESET,
            key="reset",
            icon=":material/restart_alt:",
            help=texts.RESET_HELP,
            disabled=current.case() == CaseValue(),
            on_click=state.reset,
        )
        with st.popover(
            texts.SHARE, icon=":material/ios_share:", key="share", on_change=state.stay
        ) as box:
            if box.open:
                _share(network)
        st.toggle(
            texts.RESEARCHER,
            key="researcher",
            help=texts.RESEARCHER_HELP,
            persist_state="session",
            on_change=state.stay,
        )
        present.toggle()


def _share(network: eg.Network) -> None:
    """Link, files to take away, files to open. Drawn only while open."""
    address = opening.link()
    st.markdown(f"**{texts.SHARE_TITLE}**")
    if address:
        st.code(files.full_link(), language=None, wrap_lines=True)
        st.html(charts.note(texts.SHARE_NOTE, small=True))
        if current.is_corrected():
            said = texts.MODEL_SHARE if current.case().edits else texts.SHARE_NUMBERS
            st.html(charts.note(said, small=True))
        if current.uploaded() is not None:
            st.html(charts.note(texts.SHARE_OWN, small=True))
        files.downloads(network)
    else:
        st.html(charts.note(texts.SHARE_EMPTY, small=True))
    export.section(network)
    files.upload()


def _cases_menu(network: eg.Network) -> None:
    """Example patients, the cases kept in this session, and the way to a file."""
    entries = {title: (state.open_example, (case,)) for title, case in examples(network)}
    if current.case():
        entries[texts.KEEP_CASE] = (opening.keep_case, ())
    for number, kept in opening.kept_cases():
        entries[texts.kept_case(number, len(kept.case.findings))] = (opening.open_kept, (kept,))
    entries[texts.OPEN_FILE] = (_open_share, ())
    st.menu_button(
        texts.CASES,
        list(entries),
        key="cases",
        format_func=md,
        on_click=_choose_case,
        args=(entries,),
    )


def _open_share() -> None:
    st.session_state["share"] = True  # files are opened where they are taken away


def _choose_case(entries: dict[str, tuple[Callable[..., None], tuple[Any, ...]]]) -> None:
    action, arguments = entries.get(st.session_state["cases"], (None, ()))
    if action is not None:
        action(*arguments)


def examples(network: eg.Network) -> tuple[tuple[str, dict[str, str]], ...]:
    """Example patients of a network, none if it has none; only findings it knows."""
    found = []
    for title, findings in texts.EXAMPLE_PATIENTS.get(current.identity(), ()):
        known = {n: v for n, v in findings.items() if not labels.refusal(network, n, v)}
        if known:
            found.append((title, known))
    return tuple(found)


def example_buttons(network: eg.Network) -> None:
    """The example patients as buttons, for an empty case."""
    patients = examples(network)
    if not patients:
        return
    with st.container(
        horizontal=True, gap="small", vertical_alignment="center", key="example-buttons"
    ):
        st.html(charts.note(texts.TRY), width="content")
        for index, (title, findings) in enumerate(patients):
            st.button(
                md(title),
                key=f"example.{index}",
                icon=":material/person:",
                on_click=state.open_example,
                args=(findings,),
            )
