"""The model file: a network as TOML, written for people, read strictly, saved without losing a comment.

The keys are listed in `native_schema`, the names of parameters in `parameter_names`.
"""

from __future__ import annotations

from pathlib import Path

from etiograph.formats.native_read import NetworkReader
from etiograph.formats.native_schema import checked
from etiograph.formats.places import Places
from etiograph.formats.text import read_text
from etiograph.formats.toml_text import read_toml
from etiograph.network.network import Network


def load_native(path: str | Path) -> Network:
    """Read a model file.

    Raises
    ------
    UnreadableFile
        No TOML, or a value of another kind than its place asks for; with the line.
    UnknownName
        A key, variable, state, level, group or parameter that is not known; with the line and the nearest name.
    InvalidNetwork
        What is stated is no network: a number out of range, a row that does not sum to 1, a cycle.
    TooLarge
        A table too large to be built.
    """
    return loads_native(read_text(path), str(path))


def loads_native(text: str, name: str = "<text>") -> Network:
    """Read the text of a model file; ``name`` stands in the errors. Raises what :func:`load_native` does."""
    places = Places(text, name)
    return NetworkReader(checked(read_toml(text, name), places), places).read()
