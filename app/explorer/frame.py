"""What every page shares: navigation, title, disclaimer, toolbar, notices, warning signs."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import streamlit as st

import etiograph as eg

from . import charts, files, labels, state, texts
from .markup import esc, md

HERE = Path(__file__).resolve().parent


def navigate() -> None:
    """The whole run: set up the session, draw the frame and the page, write the address."""
    st.set_page_config(page_title=texts.NAME, page_icon=str(HERE / "icon.svg"), layout="wide")
    page = st.navigation(_pages(), position="top")
    st.html(f"<style>{_style()}</style>")
    try:
        state.start(page.title)
        network = state.network()
    except eg.EtiographError as error:
        st.error(md(str(error)), title=texts.NO_NETWORK)
        return
    state.finish()  # before the page: a step is always a callback, never a part of drawing
    _head(network)
    page.run()
    st.html(f'<span class="eg-done" data-page="{esc(page.title)}"></span>')  # all is drawn


def _pages() -> list[st.Page]:
    """All pages, Explore first."""
    views = HERE / "views"
    pages = (
        ("explore", texts.PAGE_EXPLORE, texts.HELP_EXPLORE, "query_stats"),
        ("compare", texts.PAGE_COMPARE, texts.HELP_COMPARE, "compare_arrows"),
        ("why", texts.PAGE_WHY, texts.HELP_WHY, "balance"),
        ("priors", texts.PAGE_PRIORS, texts.HELP_PRIORS, "tune"),
        ("learn", texts.PAGE_LEARN, texts.HELP_LEARN, "school"),
        ("about", texts.PAGE_ABOUT, texts.HELP_ABOUT, "info"),
    )
    return [
        st.Page(
            views / f"{name}.py",
            title=title,
            icon=f":material/{icon}:",
            help=text,
            url_path=name,
            default=name == "explore",
        )
        for name, title, text, icon in pages
    ]


@cache
def _style() -> str:
    return (HERE / "style.css").read_text(encoding="utf-8")


def _head(network: eg.Network) -> None:
    left, right = st.columns([5, 6], vertical_alignment="center")
    name = str(network.about.get("title") or state.identity())
    left.html(f'<h1 class="eg-title">{esc(texts.NAME)} <span>· {esc(name)}</span></h1>')
    with right:
        toolbar(network)
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        st.html(f'<p class="eg-disclaimer">{esc(texts.DISCLAIMER)}</p>', width="content")
        st.toggle(
            texts.RESEARCHER, key="researcher", help=texts.RESEARCHER_HELP, persist_state="session"
        )
    for note in state.notices():
        st.warning(md(note), icon=":material/info:")


def toolbar(network: eg.Network) -> None:
    """Examples, steps back and forward, link."""
    history = st.session_state["history"]
    with st.container(
        horizontal=True,
        horizontal_alignment="right",
        vertical_alignment="center",
        gap="xsmall",
        key="toolbar",
    ):
        patients = dict(examples(network))
        if patients:
            st.menu_button(
                texts.EXAMPLES,
                list(patients),
                key="examples",
                format_func=md,
                on_click=_open_from_menu,
                args=(patients,),
            )
        st.button(
            texts.UNDO,
            key="undo",
            icon=":material/undo:",
            help=texts.UNDO_HELP,
            shortcut="Ctrl+Z",
            disabled=not history.past,
            on_click=state.undo,
        )
        st.button(
            texts.REDO,
            key="redo",
            icon=":material/redo:",
            help=texts.REDO_HELP,
            shortcut="Ctrl+Y",
            disabled=not history.future,
            on_click=state.redo,
        )
        st.button(
            texts.RESET,
            key="reset",
            icon=":material/restart_alt:",
            help=texts.RESET_HELP,
            disabled=not state.case(),
            on_click=state.reset,
        )
        with st.popover(
            texts.SHARE, icon=":material/ios_share:", key="share", on_change="rerun"
        ) as box:
            if box.open:
                _share(network)


def _share(network: eg.Network) -> None:
    """Link, files to take away, files to open. Drawn only while open."""
    address = state.link()
    st.markdown(f"**{texts.SHARE_TITLE}**")
    if address:
        base = (st.context.url or "").partition("?")[0]
        st.code(f"{base}?{state.PARAMETER}={address}", language=None, wrap_lines=True)
        st.html(charts.note(texts.SHARE_NOTE, small=True))
        files.downloads(network)
    else:
        st.html(charts.note(texts.SHARE_EMPTY, small=True))
    files.upload()


def _open_from_menu(patients: dict[str, dict[str, str]]) -> None:
    chosen = st.session_state["examples"]
    if chosen in patients:
        state.open_example(patients[chosen])


def examples(network: eg.Network) -> tuple[tuple[str, dict[str, str]], ...]:
    """Example patients of a network, none if it has none; only findings it knows."""
    found = []
    for title, findings in texts.EXAMPLE_PATIENTS.get(state.identity(), ()):
        known = {n: v for n, v in findings.items() if not labels.refusal(network, n, v)}
        if known:
            found.append((title, known))
    return tuple(found)


def example_buttons(network: eg.Network) -> None:
    """The example patients as buttons, for an empty case."""
    patients = examples(network)
    if not patients:
        return
    with st.container(horizontal=True, gap="small", key="example-buttons"):
        for index, (title, findings) in enumerate(patients):
            st.button(
                md(title),
                key=f"example.{index}",
                icon=":material/person:",
                on_click=state.open_example,
                args=(findings,),
            )
