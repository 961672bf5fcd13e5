"""A button that hands a reader a file, made when it is pressed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from etiograph.figures.files import csv_of

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


def table(label: str, ask: Callable[[], Any], file_name: str, key: str) -> None:
    """The same for a table, or an answer that has one, as CSV."""
    button(label, lambda: csv_of(ask()), file_name, CSV, key)
