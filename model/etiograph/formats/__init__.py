"""Networks on disk: the model file (TOML), and BIF for interchange."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from etiograph.network.network import Network

FORMATS = (".toml", ".bif")

# A BIF file opens with one of three words, after comments in the style of C.
_BIF = re.compile(
    r"(?:\s++|//[^\n]*+|/\*(?:[^*]++|\*(?!/))*+\*/)*+(?:network|variable|probability)\s(?!\s*=)"
)


def read(path: str | Path) -> Network:
    """Read a network, its format told by its content; the file may be gzip-compressed.

    Raises
    ------
    UnreadableFile, UnknownName, InvalidNetwork, TooLarge
        With the file and the line.
    """
    from etiograph.formats.text import read_text

    return reads(read_text(path), str(path))


def reads(text: str, name: str = "<text>") -> Network:
    """Read a network from text; ``name`` stands in the errors and its extension is a hint."""
    if _BIF.match(text) or (name.endswith((".bif", ".bif.gz")) and "=" not in text[:200]):
        from etiograph.formats.bif import loads_bif

        return loads_bif(text, name)
    from etiograph.formats.native import loads_native

    return loads_native(text, name)


def write(network: Network, path: str | Path) -> None:
    """Write a network in the format of the extension, ``.toml`` or ``.bif``.

    The old file stays whole until the new one is; the comments of an old model file are kept.

    Raises
    ------
    UnknownName
        Another extension.
    TooLarge
        BIF, and a table of more than 2**20 entries.
    """
    from etiograph.errors import UnknownName

    suffix = Path(path).suffix.lower()
    if suffix == ".toml":
        from etiograph.formats.native import save_native

        save_native(network, path)
    elif suffix == ".bif":
        from etiograph.formats.bif import save_bif

        save_bif(network, path)
    else:
        raise UnknownName(suffix or str(path), "format of a network file", FORMATS)


__all__ = ["FORMATS", "read", "reads", "write"]
