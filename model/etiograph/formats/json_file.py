"""The model file as JSON: the same keys, the same values, for programs that read no TOML."""

from __future__ import annotations

import json
import re

from etiograph.errors import UnreadableFile
from etiograph.formats.native.places import Places
from etiograph.formats.native.read import NetworkReader
from etiograph.formats.native.schema import checked
from etiograph.formats.native.toml_text import Path
from etiograph.formats.strict_json import parse_json
from etiograph.network.network import Network

_ENDLESS = re.compile(r'"(?:[^"\\]++|\\.)*+"|(-?Infinity)', re.DOTALL)


def loads_json(text: str, name: str = "<text>") -> Network:
    """Read a model file in JSON.

    Raises
    ------
    UnreadableFile
        No JSON, a key that stands twice, NaN or Infinity, nested deeper than 32, or no model file.
    InvalidNetwork, UnknownName, TooLarge
        As for a model file.
    """
    places = _Places(text, name)
    data = parse_json(text, name)
    if not isinstance(data, dict):
        raise UnreadableFile("expected an object", name, 1)
    if "format" not in data:
        found = ", ".join(map(repr, list(data)[:5]))
        message = (
            f"a JSON file of a kind that is not known (with {found[:80]}); read is the model file as "
            "JSON, with 'format': 1"
        )
        raise UnreadableFile(message, name, 1)
    return NetworkReader(checked(data, places), places).read()


class _Places(Places):
    """Where the values of a JSON text stand: each key is looked for behind the one around it."""

    def line(self, path: Path) -> int | None:
        at = 0
        for step in path:
            if isinstance(step, str):
                found = self.text.find(json.dumps(step, ensure_ascii=False), at)
                at = found if found >= 0 else at
        return self.text.count("\n", 0, at) + 1


def dumps_json(network: Network) -> str:
    """The network as a model file in JSON; reading it back gives an equal network, bit for bit.

    Raises
    ------
    InvalidNetwork
        Something a model file has no place for.
    """
    from etiograph.formats.native.write import document

    text = json.dumps(document(network), indent=1, ensure_ascii=False)
    return _ENDLESS.sub(_finite, text) + "\n"


def _finite(match: re.Match[str]) -> str:
    """Infinity as a number beyond all that JSON has; a text as it is."""
    return match[0].replace("Infinity", "1e999") if match[1] else match[0]
