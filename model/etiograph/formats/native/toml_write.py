"""Plain values to TOML text: numbers bit for bit, one line a row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from etiograph.errors import InvalidNetwork

_BARE = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_ESCAPED = re.compile(r'[\x00-\x1f"\\\x7f]')
_SHORT = {"\n": "\\n", "\t": "\\t", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
WIDE = ("rows", "any", "array")
"""Keys of lists that are written one item a line where they hold tables or are long."""
_WIDE = 96
"""Characters of a list above which it is long."""


def key_text(key: str) -> str:
    """A key, quoted if it must be."""
    return key if _BARE.fullmatch(key) else string_text(key)


def string_text(text: str) -> str:
    """A basic string."""
    if any("\ud800" <= c <= "\udfff" for c in text):
        raise InvalidNetwork(
            f"the text {text[:40]!r} has half a surrogate pair and cannot be written"
        )
    escaped = _ESCAPED.sub(lambda m: _SHORT.get(m[0]) or f"\\u{ord(m[0]):04X}", text)
    return f'"{escaped}"'


def value_text(value: Any, *, wide: bool = False) -> str:
    """A value on one line; a long list, if ``wide``, one item a line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return string_text(value)
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, Mapping):
        pairs = (f"{key_text(str(k))} = {value_text(v)}" for k, v in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list | tuple):
        items = [value_text(v) for v in value]
        if wide and (sum(map(len, items)) > _WIDE or any(isinstance(v, Mapping) for v in value)):
            return "[\n" + "".join(f"  {item},\n" for item in items) + "]"
        return "[" + ", ".join(items) + "]"
    raise InvalidNetwork(f"a model file cannot hold {value!r}")


def document_text(document: Mapping[str, Any]) -> str:
    """A document as `write` makes it: tables, arrays of tables for links, effects and rules."""
    return "\n".join(_lines(document)) + "\n"


def _lines(document: Mapping[str, Any]) -> Iterator[str]:
    for key, value in document.items():
        if not isinstance(value, Mapping | list):
            yield f"{key} = {value_text(value)}"
    for key, value in document.items():
        if key in ("variables", "flags"):
            for name, fields in value.items():
                yield ""
                yield from _table((key, name), fields)
        elif isinstance(value, Mapping):
            yield ""
            yield from _table((key,), value)
        elif isinstance(value, list):
            for item in value:
                yield ""
                yield f"[[{key}]]"
                yield from _pairs(item)


def _table(path: tuple[str, ...], fields: Mapping[str, Any]) -> Iterator[str]:
    """A table; then its sub-tables (a mechanism, the sides of opposing causes) and arrays of tables."""
    yield f"[{'.'.join(map(key_text, path))}]"
    yield from _pairs({key: value for key, value in fields.items() if not _own_header(key)})
    for key, value in fields.items():
        if not _own_header(key):
            continue
        if isinstance(value, Mapping):
            yield from _table((*path, key), value)
        else:
            for item in value:
                yield f"[[{'.'.join(map(key_text, (*path, key)))}]]"
                yield from _pairs(item)


def _own_header(key: str) -> bool:
    return key in ("mechanism", "lowering", "raising", "links", "preventers", "effects", "shifts")


def _pairs(fields: Mapping[str, Any]) -> Iterator[str]:
    for key, value in fields.items():
        yield f"{key_text(key)} = {value_text(value, wide=key in WIDE)}"
