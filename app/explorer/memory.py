"""Memory that is free again goes back to the machine: the C library likes to keep it for later."""

from __future__ import annotations

import ctypes
import os

from etiograph.store import STORE

ANSWERS, LATE = 2**28, 5 * 2**25
"""Bytes that the process of the pages, and the one beside it, keep of what the engine has worked out."""


def bound(most: int) -> None:
    """Keep no more than that in this process."""
    STORE.memory = most


def give_back() -> None:
    """Return what is free; nothing where the C library has no word for that."""
    if os.name != "posix":
        return
    try:
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    except OSError:  # linked into one file
        return
    if trim is not None:
        trim(0)
