"""Cases in a file: what is known of each, and what is changed, to ask two networks the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etiograph.errors import InvalidNetwork, UnreadableFile
from etiograph.network.frozen import FrozenMap
from etiograph.network.value import value_type

if TYPE_CHECKING:
    from etiograph.query.worlds import Kind

CASES_FILE = "vignettes.toml"
CHANGES: tuple[Kind, ...] = ("do", "had", "after")
"""Keys that say what is changed, and what the change means."""


@value_type
@dataclass(frozen=True, slots=True)
class Vignette:
    """One case as a file states it.

    Attributes
    ----------
    id, title : str
    findings : mapping of str to finding
    changes : mapping of str to state
    kind : {"see", "do", "had", "after"}
        What the changes mean.
    """

    id: str
    title: str = ""
    findings: Mapping[str, Any] = FrozenMap()
    changes: Mapping[str, Any] = FrozenMap()
    kind: Kind = "see"


def read_vignettes(path: Path) -> tuple[Vignette, ...]:
    """The cases of a file: ``[[cases]]`` of TOML, or one case that the explorer saved (JSON).

    A case has ``findings``, and may have an ``id``, a ``title`` and one of ``do``, ``had``, ``after``;
    whatever else it says is for others.

    Raises
    ------
    UnreadableFile
        There is no such file, or it holds no cases.
    """
    from etiograph.formats.text import check_file, read_text

    check_file(path, "there is no such file of cases")
    text = read_text(path)
    if text.lstrip().startswith("{"):
        return (_saved(text, path),)
    import tomllib

    try:
        entries = tomllib.loads(text).get("cases")
    except tomllib.TOMLDecodeError as error:
        raise UnreadableFile(str(error), path=str(path)) from None
    if not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
        raise UnreadableFile("a file of cases holds [[cases]]", path=str(path), line=1)
    return tuple(_vignette(entry, i, path) for i, entry in enumerate(entries, 1))


def _vignette(entry: Mapping[str, Any], number: int, path: Path) -> Vignette:
    name = str(entry.get("id", number))
    where = f"{path.name}: case {name!r}"
    findings = entry.get("findings")
    if not isinstance(findings, dict):
        raise InvalidNetwork(f"{where}: 'findings' must be a table of names and states")
    stated = [key for key in CHANGES if key in entry]
    if len(stated) > 1:
        raise InvalidNetwork(f"{where}: only one of {', '.join(stated)} can be meant")
    changes = entry[stated[0]] if stated else {}
    if not isinstance(changes, dict):
        raise InvalidNetwork(f"{where}: {stated[0]!r} must be a table of names and states")
    kind = stated[0] if stated else "see"
    title = str(entry.get("title", ""))
    return Vignette(name, title, FrozenMap(findings), FrozenMap(changes), kind)


def _saved(text: str, path: Path) -> Vignette:
    """A case that was taken away from the explorer; its change is one from now on."""
    try:
        data = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise UnreadableFile(f"no case: {error}", path=str(path)) from None
    findings, changes = data.get("findings"), data.get("changes", {})
    for part in (findings, changes):
        if not isinstance(part, dict) or not all(isinstance(v, str) for v in part.values()):
            raise UnreadableFile("no case: it has no 'findings' in words", path=str(path), line=1)
    kind: Kind = "after" if changes else "see"
    return Vignette(path.stem, "", FrozenMap(findings), FrozenMap(changes), kind)
