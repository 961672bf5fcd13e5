"""How much memory one exact answer may take, and how a user allows more.

The limit belongs to the context that asks, so that two visitors, or two threads, do not share it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from etiograph.errors import InvalidFinding

DEFAULT_LIMIT = 2 << 30
"""Bytes a program may take before it is refused."""

_UNITS = {"": 1, "B": 1, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30, "TIB": 2**40,
          "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}  # fmt: skip
_allowed: ContextVar[int] = ContextVar("etiograph_memory_limit", default=DEFAULT_LIMIT)


def allowed() -> int:
    """Bytes that one program may take here."""
    return _allowed.get()


@contextmanager
def memory_limit(most: int | str) -> Iterator[None]:
    """Allow exact inference another amount of memory than 2 GiB, within a ``with`` block.

    ``with etiograph.memory_limit("8 GiB"): case.posterior()``. Searches may take as many times longer.

    Parameters
    ----------
    most : int or str
        Bytes, or a number with a unit: "500 MB", "8GiB".

    Raises
    ------
    InvalidFinding
        If that is no amount of memory.
    """
    token = _allowed.set(amount(most))
    try:
        yield
    finally:
        _allowed.reset(token)


def amount(most: int | str) -> int:
    """Bytes of an amount of memory."""
    text = str(most).strip()
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([A-Za-z]*)", text)
    unit = _UNITS.get(found[2].upper()) if found else None
    size = float(found[1]) * unit if found and unit is not None else 0.0
    if isinstance(most, bool) or not 2**20 <= size < float("inf"):
        raise InvalidFinding(
            f"an amount of memory is written like 8GiB or 500MB, not {text[:60]!r}"
        )
    return int(size)


def told(size: float) -> str:
    """An amount of memory in words."""
    for unit, bytes_ in (("TiB", 2**40), ("GiB", 2**30), ("MiB", 2**20)):
        if size >= bytes_:
            return f"{size / bytes_:.3g} {unit}"
    return f"{size / 2**10:.3g} KiB"
