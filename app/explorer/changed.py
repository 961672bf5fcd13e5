"""Numbers that are changed: said on every page, so that no result is taken for a published one."""

from __future__ import annotations

from typing import Any

import streamlit as st

from etiograph import Network
from etiograph.network.diff import difference
from etiograph.resources import networks

from . import answers, current, opening, state, texts
from .charts import changed_numbers
from .kept import kept

OWN_NETWORKS = (texts.PAGE_LEARN,)  # its lessons open networks of their own, as published


def strip(place: Any, page: str) -> None:
    """One standing line with the way to the changes and the way back; nothing if there are none."""
    if page in OWN_NETWORKS:
        return
    copy = _copy()
    if copy:
        st.html(changed_numbers(copy))
    if not current.is_corrected():
        return
    edited = bool(current.case().edits)
    said = texts.MODEL_CHANGED if edited else texts.numbers_changed(len(current.numbers()))
    with st.container(
        horizontal=True, vertical_alignment="center", gap="small", key="numbers-changed"
    ):
        st.html(changed_numbers(said), width="stretch")
        if page != (texts.PAGE_MODEL if edited else texts.PAGE_PRIORS):
            st.page_link(
                place,
                label=texts.MODEL_SEE if edited else texts.CHANGED_SEE,
                icon=":material/tune:",
                help=texts.CHANGED_SEE_HELP,
                width="content",
                query_params=opening.address(),
            )
        st.button(
            texts.CHANGED_UNDO,
            key="numbers-undo",
            icon=":material/undo:",
            help=texts.PRIORS_RESET_ALL,
            on_click=state.publish,
        )


def _copy() -> str:
    """What differs between the file that is open and the bundled network of its name; else nothing."""
    own = current.uploaded()
    if own is None or current.identity() not in networks():
        return ""
    return _differs(own.network, answers.network(current.identity()))


@kept
def _differs(network: Network, original: Network) -> str:
    if network.digest() == original.digest():
        return ""
    found = difference(original, network)
    count = sum(edit.how == "changed" for edit in found.numbers)
    others = not found.numbers_only
    name = " ".join(str(original.about.get(key) or "") for key in ("name", "version")).strip()
    return texts.changed_copy(name, count, others)
