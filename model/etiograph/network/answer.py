"""What every answer can do: be a table and plain data, and many a picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from html import escape
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from etiograph.network.event import Event
from etiograph.network.value import LONGEST, brief, cut

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

T = TypeVar("T")
SHOWN = 60
"""Rows of a table that a notebook shows."""


class Result:
    """An answer: a value that can be shown."""

    __slots__ = ()

    def to_frame(self) -> pd.DataFrame:
        """The answer as a table; here one row for each thing it says."""
        import pandas as pd

        rows = [(name, _cell(value)) for name, value in self.to_dict().items()]
        return pd.DataFrame(rows, columns=["what", "value"])

    def to_dict(self) -> dict[str, Any]:
        """The answer as plain dicts, lists, texts and numbers; a network by name and digest."""
        return {name: plain(getattr(self, name)) for name in _names(self)}

    def _repr_html_(self) -> str:
        frame = self.to_frame()
        more = f"<p>{len(frame) - SHOWN:,} more rows</p>" if len(frame) > SHOWN else ""
        table: str = frame.head(SHOWN).to_html(index=False, float_format="{:.4g}".format)
        return table + more


class Answer(Result):
    """An answer with a picture: what is drawn is in :mod:`etiograph.figures`."""

    __slots__ = ()

    def plot(self, *, most: int = 12, title: str = "", width: int = 460) -> alt.LayerChart:
        """A picture of the answer, which shows in a notebook; ``.save("name.svg")`` keeps it.

        Parameters
        ----------
        most : int
            Rows at most, where there are many: the largest first.
        title : str
            Above the picture; by default what is shown.
        width : int
            Pixels of the drawn area.

        Notes
        -----
        SVG and PNG need ``pip install 'etiograph[figures]'``; ``.save("name.html")`` does not.
        """
        from etiograph.figures.draw import draw

        return draw(self, most, title, width)


class Several(tuple[T, ...], Result):
    """Several answers to one question: a tuple that can be shown, as each of them can."""

    __slots__ = ()

    def to_frame(self) -> pd.DataFrame:
        """The rows of each answer, with its ``number`` from 1; of sets of variables one row a set."""
        import pandas as pd

        rows = [
            {"number": number, **row} for number, each in enumerate(self, 1) for row in _rows(each)
        ]
        return pd.DataFrame(rows, columns=None if rows else ["number"])

    def to_dict(self) -> dict[str, Any]:
        """``{"answers": [...]}``, each as plain data."""
        return {"answers": [plain(each) for each in self]}

    def __repr__(self) -> str:
        each = [_text(one) for one in self]
        text = f"({', '.join(each)}{',' * (len(each) == 1)})"
        if len(text) <= LONGEST:
            return text
        return cut(text, LONGEST) if isinstance(self[0], frozenset) else brief(tuple(self))


def _text(answer: Any) -> str:
    """Of a set, which has no order of its own: its text would be another one in another process."""
    if isinstance(answer, frozenset):
        return f"{{{', '.join(map(repr, sorted(answer)))}}}"
    return repr(answer)


def _rows(answer: Any) -> list[dict[str, Any]]:
    """One answer of several as rows of a table."""
    if not isinstance(answer, Result):
        return [{"variables": ", ".join(sorted(answer))}]
    if type(answer).to_frame is Result.to_frame:
        return [{name: _cell(value) for name, value in answer.to_dict().items()}]
    return [
        {str(name): cell for name, cell in row.items()}
        for row in answer.to_frame().to_dict("records")
    ]


def preformatted(text: str) -> str:
    """A text as a notebook shows it, lines kept."""
    return f"<pre>{escape(text)}</pre>"


def _cell(value: Any) -> Any:
    """Plain data as one cell of a table."""
    if isinstance(value, list):
        return ", ".join(map(str, map(_cell, value)))
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_cell(each)}" for key, each in value.items())
    return value


def _names(obj: Any) -> list[str]:
    return [f.name for f in fields(obj) if not f.name.startswith("_")]


def plain(obj: Any) -> Any:
    """A value as dicts, lists, texts, numbers and None."""
    if obj is None or isinstance(obj, str | bool | int | float):
        return obj
    if isinstance(obj, np.generic):
        return obj.item()
    if isinstance(obj, np.ndarray):
        return obj.tolist()
    if hasattr(obj, "digest") and hasattr(obj, "mechanisms"):
        return {"name": obj.about.get("name", ""), "digest": obj.digest()}
    if isinstance(obj, Result):
        return obj.to_dict()
    if isinstance(obj, Mapping):
        return {str(key): plain(obj[key]) for key in obj}
    if isinstance(obj, Event):
        return str(obj)
    if is_dataclass(obj):
        return {name: plain(getattr(obj, name)) for name in _names(obj)}
    if isinstance(obj, tuple | list | set | frozenset):
        return [plain(x) for x in obj]
    return str(obj)
