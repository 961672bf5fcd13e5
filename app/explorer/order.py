"""In which order rows are shown, so that they do not jump at every step. No Streamlit here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

NEAR = 0.01  # rows closer than 1 of 100 (or a fifth of the smaller number) keep their places


def steady(shown: Sequence[str], p: Mapping[str, float]) -> tuple[str, ...]:
    """Names by falling probability, but a row passes another only if it is clearly more probable.

    Parameters
    ----------
    shown : sequence of str
        The order on the screen; names that are not in `p` are left out, new ones are sorted in.
    p : mapping of str to float

    Returns
    -------
    tuple of str
        No name comes before one that exceeds it by more than 0.01 and by more than a fifth.
    """
    known = [name for name in shown if name in p]
    new = sorted(p.keys() - set(known), key=lambda name: (-p[name], name))
    if not known:
        return tuple(new)
    rows: list[str] = []
    for name in [*known, *new]:
        needed = p[name] if name in new else p[name] - min(NEAR, 0.2 * p[name])
        place = next((k for k, other in enumerate(rows) if p[other] < needed), len(rows))
        rows.insert(place, name)
    return tuple(rows)
