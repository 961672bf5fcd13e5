"""Networks on disk: the model file (TOML), and the formats of other programs for interchange."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from etiograph.network.network import Network


def read(path: str | Path, *, undefined: str | None = None) -> Network:
    """Read a network, its format told by its content; the file may be gzip-compressed.

    Parameters
    ----------
    undefined : {"uniform", "forbid"}, optional
        How rows of a table are read that another program left undefined (NaN), as for states of the
        parents that were never met; by default they are refused. "uniform": uniform, with a warning.
        "forbid": only where the zeros of the other tables show that the row is never met; findings
        that need it are impossible, and a change that could force the parents there is refused.

    Raises
    ------
    UnreadableFile, UnknownName, InvalidNetwork, TooLarge
        With the file and the line.

    Warns
    -----
    UndefinedRows
        Rows made uniform.
    """
    from etiograph.formats.text import read_text

    return reads(read_text(path), str(path), undefined=undefined)


def reads(text: str, name: str = "<text>", *, undefined: str | None = None) -> Network:
    """Read a network from text; ``name`` stands in the errors and its extension is a hint."""
    from etiograph.formats.registry import sniffed
    from etiograph.formats.undefined import undefined_rows

    with undefined_rows(undefined):
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
    from etiograph.network.value import brief

    if not hasattr(network, "mechanisms"):
        raise TypeError(f"write(network, path): the network comes first, not {brief(network)}")
    chosen = for_writing(path)
    if Path(path).suffix.lower() == ".toml":
        from etiograph.formats.native.model_file import save_native

        save_native(network, path)
        return
    from etiograph.formats.saving import write_atomically

    write_atomically(path, chosen.write(network))


__all__ = ["read", "reads", "write"]
