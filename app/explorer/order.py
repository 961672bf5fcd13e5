"""In which order rows are shown, so that they do not jump at every step. No Streamlit here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

Key = TypeVar("Key", bound=Any)


def steady(shown: Sequence[Key], p: Mapping[Key, float]) -> tuple[Key, ...]:
    """Keys by falling probability, but a row passes another only if its number of 100 is larger.

    Parameters
    ----------
    shown : sequence
        The order on the screen; names that are not in `p` are left out, new ones are sorted in.
    p : mapping to float

    Returns
    -------
    tuple
        No name comes before one with a larger number of 100, as numbers are shown; of those with the
        same number, what was shown before keeps its order.
    """
    known = [name for name in shown if name in p]
    new = sorted(p.keys() - set(known), key=lambda name: (-p[name], name))
    if not known:
        return tuple(new)
    rows: list[Key] = []
    for name in [*known, *new]:
        mine = _number(p[name])
        place = next((k for k, other in enumerate(rows) if _number(p[other]) < mine), len(rows))
        rows.insert(place, name)
    return tuple(rows)


def _number(p: float) -> float:
    """A probability as its number of 100 is told apart: under 1, whole numbers, over 99."""
    return 0.5 if 0.0 < p < 0.01 else 99.5 if 0.99 < p < 1.0 else round(100 * p)
