"""Networks on disk: the model file (TOML), and the formats of other programs for interchange."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from etiograph.network.network import Network


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
    from etiograph.formats.registry import sniffed

    return sniffed(text, name).read(text, name)


def write(network: Network, path: str | Path) -> None:
    """Write a network in the format of the extension, compressed if it ends in ``.gz``.

    The old file stays whole until the new one is; the comments of an old model file are kept.

    Raises
    ------
    UnknownName
        Another extension.
    TooLarge
        A table of more than 2**20 entries in a format that has tables only.
    """
    from etiograph.formats.registry import for_writing

    chosen = for_writing(path)
    if Path(path).suffix.lower() == ".toml":
        from etiograph.formats.native.model_file import save_native

        save_native(network, path)
        return
    from etiograph.formats.saving import write_atomically

    write_atomically(path, chosen.write(network))


__all__ = ["read", "reads", "write"]
