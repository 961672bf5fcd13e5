"""Networks that readers edit: the edits are kept in memory, so that a reload or a link finds them again.

Kept is only what was edited, for all sessions of this server, under a key made from all that the edited
network states; nothing is written to disk, and findings are no part of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from etiograph.network.edits import NetworkEdit
from etiograph.store import Store

from .cases import Numbers
from .opened import KEY

MEMORY = 2**24
"""Bytes that all of them take together, about."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A network that is edited: where it starts from, and what was done to it."""

    source: str
    own: str  # key of the reader's file it starts from, empty for one of ours
    edits: tuple[NetworkEdit, ...]
    numbers: Numbers


LINKED = 8
"""Letters of a digest that a link holds."""
_DRAFTS = Store(MEMORY)


def key_of(digest: str) -> str:
    """What a link calls an edited network by."""
    return digest[:KEY]


def keep(digest: str, draft: Draft) -> None:
    """Keep a draft under the digest of the network it makes."""
    _DRAFTS.get(key_of(digest), lambda: draft)


def keep_numbers(published: str, digest: str, numbers: Numbers) -> None:
    """Keep changed numbers of a network, by its own digest and that of what they make of it."""
    _DRAFTS.get((published, digest[:LINKED]), lambda: numbers)


def find_numbers(published: str, digest: str) -> Numbers:
    """The numbers that made a network of another, none if this server does not have them."""
    try:
        return _DRAFTS.get((published, digest[:LINKED]), _missing)
    except KeyError:
        return ()


def find(key: str) -> Draft | None:
    """A draft by its key, None if this server does not have it."""
    try:
        return _DRAFTS.get(key, _missing)
    except KeyError:
        return None


def _missing() -> Any:
    raise KeyError
