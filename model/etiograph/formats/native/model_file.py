"""The model file: a network as TOML, written for people, read strictly, saved without losing a comment.

The keys are listed in `schema`, the names of parameters in `network.parameter_names`.
"""

from __future__ import annotations

from pathlib import Path

from etiograph.errors import EtiographError, InvalidNetwork, UnreadableFile
from etiograph.formats.native.places import Places
from etiograph.formats.native.read import NetworkReader
from etiograph.formats.native.schema import checked
from etiograph.formats.native.toml_text import Path as Keys, read_toml
from etiograph.formats.saving import write_atomically
from etiograph.formats.text import read_text
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


def places_native(path: str | Path) -> dict[str, str]:
    """File and line of every parameter, variable and rule ("rule x") of a model file, by name."""
    text, name = read_text(path), str(path)
    places = Places(text, name)
    reader = NetworkReader(checked(read_toml(text, name), places), places)
    reader.read()
    paths: dict[str, Keys] = {variable: ("variables", variable) for variable in reader.variables}
    paths |= {f"rule {r['id']}": ("rules", i) for i, r in enumerate(reader.data.get("rules", ()))}
    paths |= reader.parameter_paths
    return {of: f"{name}:{places.line(path)}" for of, path in paths.items()}


def dumps_native(network: Network) -> str:
    """The network as the text of a model file; reading it back gives an equal network, bit for bit.

    Raises
    ------
    InvalidNetwork
        Something a model file has no place for, such as an unknown key in ``about``.
    """
    from etiograph.formats.native.toml_write import document_text
    from etiograph.formats.native.write import document

    return document_text(document(network))


def save_native(network: Network, path: str | Path, source_text: str | None = None) -> None:
    """Write a model file; the old file stays whole until the new one is.

    Parameters
    ----------
    network : Network
        What to write.
    path : str or Path
        Where to.
    source_text : str, optional
        The text the network was read from: its comments, order and spelling are kept wherever the
        network still says the same. By default the text of the file that is replaced.

    Raises
    ------
    InvalidNetwork
        Something a model file has no place for.
    """
    if source_text is None:
        source_text = _old_text(path)
    text = edited(source_text, network) if source_text else dumps_native(network)
    if (written := loads_native(text, str(path))) != network:
        raise InvalidNetwork(
            f"a model file cannot hold all of this network: {_lost(network, written)}"
        )
    write_atomically(path, text)


def edited(source_text: str, network: Network) -> str:
    """The source with only what differs changed; written anew if that cannot be done.

    It cannot if the source is no model file, or its variables stand in another order.
    """
    from etiograph.formats.native.toml_merge import merged
    from etiograph.formats.native.write import document

    try:
        old = loads_native(source_text)
    except EtiographError:
        return dumps_native(network)
    if old == network:
        return source_text
    text = merged(source_text, document(old), document(network))
    try:
        same = loads_native(text) == network
    except EtiographError:
        same = False
    # Variables in another order, or a text that tomlkit could not edit.
    return text if same else dumps_native(network)


def _lost(network: Network, written: Network) -> str:
    """Names of what a model file does not give back."""
    from etiograph.network.diff import difference

    found = difference(network, written)
    names = [
        *(f"{edit.subject} {edit.name} {edit.field}".strip() for edit in found.edits),
        *(number.name for number in found.numbers),
        *(table.name for table in found.tables),
    ]
    return ", ".join(names[:5])


def _old_text(path: str | Path) -> str | None:
    try:
        return read_text(path)
    except UnreadableFile:
        return None
