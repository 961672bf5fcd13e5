"""A card of the gallery."""

from __future__ import annotations

from .. import texts
from ..markup import esc
from .phrases import data_address


def card(svg: str, title: str, address: str, said: str, small: str) -> str:
    """A picture, a title that leads there, one sentence, and a quiet line.

    The picture is our own SVG.
    """
    picture = f'<img src="{data_address(svg)}" alt="{esc(texts.gallery_alt(title))}">'
    return (
        f'<figure class="eg-card"><div class="eg-picture">{picture}</div><figcaption>'
        f'<a href="{esc(address)}" target="_blank" rel="noopener">{esc(title)}</a>'
        f"<p>{esc(said)}</p><small>{esc(small)}</small></figcaption></figure>"
    )
