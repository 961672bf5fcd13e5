"""Where the explorer and the bundled networks are.

A wheel carries them inside the package (``_app``, ``_data``); a clone and an editable install use the
folders ``app`` and ``data`` beside ``model``.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from etiograph.errors import UnknownName

if TYPE_CHECKING:
    from etiograph.network.network import Network

PACKAGE = Path(__file__).resolve().parent
MODEL_FILE = "model.toml"


def folder(name: str) -> Path:
    """The folder ``app`` or ``data``: the shipped one if it is there, else the clone's."""
    shipped = PACKAGE / f"_{name}"
    return shipped if shipped.is_dir() else PACKAGE.parent.parent / name


def app_folder() -> Path:
    """Folder of the explorer."""
    return folder("app")


def data_folder() -> Path:
    """Folder of the bundled networks."""
    return folder("data")


def networks() -> dict[str, Path]:
    """Model file of every bundled network by name, sorted by name.

    A network is a folder with a ``model.toml`` or a single ``.toml`` file of ``teaching``.
    """
    data = data_folder()
    found = {path.parent.name: path for path in data.glob(f"**/{MODEL_FILE}")}
    found |= {path.stem: path for path in data.glob("teaching/*.toml")}
    return dict(sorted(found.items()))


def lessons() -> dict[str, Path]:
    """File of every bundled lesson by name, sorted by name."""
    return {path.stem: path for path in sorted(data_folder().glob("lessons/*.toml"))}


def lesson_path(name_or_path: str | Path) -> Path:
    """The lesson file that a name or a path stands for.

    Raises
    ------
    UnknownName
        No bundled lesson has this name.
    """
    path, known = Path(name_or_path), lessons()
    if path.suffix:
        return path
    if str(name_or_path) not in known:
        raise UnknownName(str(name_or_path), "lesson", tuple(known))
    return known[str(name_or_path)]


def network_path(name: str) -> Path:
    """Model file of a bundled network.

    Raises
    ------
    UnknownName
        No bundled network has this name; the nearest one is suggested.
    """
    known = networks()
    if name not in known:
        raise UnknownName(name, "network", tuple(known))
    return known[name]


def model_path(name_or_path: str | Path) -> Path:
    """The model file that a name or a path stands for.

    Raises
    ------
    UnknownName
        No bundled network has this name.
    UnreadableFile
        There is no such file, or it is a folder.
    """
    from etiograph.formats.text import check_file

    path = Path(name_or_path)
    if isinstance(name_or_path, str) and path.name == name_or_path and not path.suffix:
        return network_path(name_or_path)
    check_file(path)
    return path


def load(name_or_path: str | Path, *, undefined: str | None = None) -> Network:
    """A bundled network by its name, or the network in a model file.

    Parameters
    ----------
    name_or_path : str or Path
        ``"leg_cramps"``, or the path of a file in any format that is read (see ``formats.registry``). A
        name is anything without a folder and without an extension.
    undefined : {"uniform", "forbid"}, optional
        How rows that another program left undefined are read, see :func:`etiograph.formats.read`; by
        default they are refused.

    Raises
    ------
    UnknownName
        No bundled network has this name.
    UnreadableFile
        There is no such file, or it is no network file.
    InvalidNetwork
        The file describes no valid network.
    """
    from etiograph import formats

    given: object = name_or_path
    if not isinstance(given, str | os.PathLike):
        how = "from_pgmpy(model)" if hasattr(given, "get_cpds") else "Network.from_tables(...)"
        raise TypeError(
            f"a network is loaded by its name or the path of a file, not from a {type(given).__name__}: "
            f"use etiograph.{how}"
        )
    return formats.read(model_path(name_or_path), undefined=undefined)
