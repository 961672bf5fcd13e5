"""Text of a model file made safe for HTML, SVG and Markdown."""

from __future__ import annotations

import html
import re
from functools import cache, lru_cache
from pathlib import Path

_MARKDOWN = re.compile(r"([\\`*_\[\]<>~$:#|!&{}])")


def esc(text: object) -> str:
    """Escape for HTML and SVG, inside elements and inside quoted attributes."""
    return html.escape(str(text), quote=True)


def md(text: object) -> str:
    """Escape for Markdown, so that a name is shown and never interpreted."""
    return _md(str(text))


@lru_cache(2048)
def _md(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))


@cache
def style(sheet: Path) -> str:
    """A style sheet as an element, in one line: Streamlit takes the indents out of many, at every step."""
    lines = sheet.read_text(encoding="utf-8").splitlines()
    return f"<style>{' '.join(line.strip() for line in lines)}</style>"
