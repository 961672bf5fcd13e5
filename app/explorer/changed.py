"""Numbers that are changed: said on every page, so that no result is taken for a published one."""

from __future__ import annotations

from typing import Any

import streamlit as st

from . import state, texts
from .charts import changed_numbers

OWN_NETWORKS = (texts.PAGE_LEARN,)  # its lessons open networks of their own, as published


def strip(priors: Any, page: str) -> None:
    """One standing line with the way to the changes and the way back; nothing if there are none."""
    numbers = state.numbers()
    if not numbers or page in OWN_NETWORKS:
        return
    with st.container(
        horizontal=True, vertical_alignment="center", gap="small", key="numbers-changed"
    ):
        st.html(changed_numbers(texts.numbers_changed(len(numbers))), width="stretch")
        if page != texts.PAGE_PRIORS:
            st.page_link(
                priors,
                label=texts.CHANGED_SEE,
                icon=":material/tune:",
                help=texts.CHANGED_SEE_HELP,
                width="content",
                query_params=state.address(),
            )
        st.button(
            texts.CHANGED_UNDO,
            key="numbers-undo",
            icon=":material/undo:",
            help=texts.PRIORS_RESET_ALL,
            on_click=state.publish,
        )
