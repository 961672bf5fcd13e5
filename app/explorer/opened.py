"""Networks that readers opened from files, kept in memory so that a reload or a link finds them again.

They are kept for all sessions of this server under a key made from all they state, which nobody can
guess who does not have the network; nothing is written to disk, and findings are no part of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from etiograph import Network
from etiograph.store import Store

MEMORY = 2**28
"""Bytes that all of them take together, about."""
KEY = 32  # letters of the digest


@dataclass(frozen=True, slots=True)
class Opened:
    """A network from a file: what it is, what it is called, and the text it was read from.

    `file` is the name of that file, empty for a network that was begun here.
    """

    network: Network
    name: str
    text: str
    file: str = ""

    @property
    def key(self) -> str:
        """What a link calls it by."""
        return self.network.digest()[:KEY]


_OPENED = Store(MEMORY)


def keep(opened: Opened) -> None:
    """Keep a network; the one opened longest ago may be dropped."""
    _OPENED.get(opened.key, lambda: opened)


def find(key: str) -> Opened | None:
    """A network by its key, None if this server does not have it."""
    try:
        return _OPENED.get(key, _missing)
    except KeyError:
        return None


def _missing() -> Opened:
    raise KeyError
