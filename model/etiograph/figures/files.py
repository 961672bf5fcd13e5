"""Answers as files: tables as CSV, pictures as SVG or PNG, in memory."""

from __future__ import annotations

from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Any

from etiograph.errors import UnknownName
from etiograph.figures.drawing import Drawing

if TYPE_CHECKING:
    import pandas as pd

    from etiograph.network.answer import Answer

FORMATS = {"svg": "image/svg+xml", "png": "image/png"}
"""Formats of pictures, and how they are called on the web."""
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet take a text for a formula."""


def csv_of(answer: Answer | pd.DataFrame) -> str:
    """The table of an answer as CSV, numbers in full.

    A text, of a heading too, that a spreadsheet would run as a formula gets an apostrophe before it.
    """
    given: Any = answer
    frame = given.to_frame() if hasattr(given, "to_frame") else given
    shown = frame.map(_harmless).rename(columns=_harmless)
    return str(shown.to_csv(index=False, lineterminator="\n"))


def _harmless(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(DANGEROUS) else cell


def picture_of(answer: Answer | Drawing, form: str) -> bytes:
    """The picture of an answer, or a diagram, as the bytes of a file.

    Parameters
    ----------
    answer : Answer or Drawing
    form : {"svg", "png"}

    Raises
    ------
    UnknownName
        Another format.
    ImportError
        ``etiograph[figures]`` is not installed, and it takes that.
    """
    if form not in FORMATS:
        raise UnknownName(form, "format of a picture", tuple(FORMATS))
    if isinstance(answer, Drawing):
        return answer.svg.encode() if form == "svg" else answer.png()
    chart = answer.plot()
    if form == "svg":
        written = StringIO()
        chart.save(written, format="svg")
        return written.getvalue().encode()
    out = BytesIO()
    chart.save(out, format="png", scale_factor=2)
    return out.getvalue()
