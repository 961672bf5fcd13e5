"""A button that hands a reader a file, made when it is pressed."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

CSV = "text/csv"


def button(
    label: str, make: Callable[[], str | bytes], file_name: str, mime: str, key: str
) -> None:
    """The button; pressing it draws nothing anew."""
    st.download_button(
        label,
        make,
        file_name=file_name,
        mime=mime,
        key=key,
        icon=":material/download:",
        on_click="ignore",
    )
