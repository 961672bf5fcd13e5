"""Edits a TOML text so that it says something else, leaving every comment and every other line alone."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import Any

from etiograph.formats.native.toml_write import document_text, value_text

_ABSENT = object()


def merged(text: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """The text changed where two documents differ.

    Parameters
    ----------
    text : str
        TOML, maybe more explicit than ``old``: only what differs between the documents is touched.
    old, new : mapping
        What the text says, and what it shall say, in the same canonical form.
    """
    import tomlkit

    source = tomlkit.parse(text)
    # New variables and flags go to the end, in the layout of a file written anew.
    added = {
        part: {name: value for name, value in new[part].items() if name not in old[part]}
        for part in ("variables", "flags")
        if part in old and part in new
    }
    kept = {part: {n: v for n, v in new[part].items() if n not in added[part]} for part in added}
    _merge(source, old, {**new, **kept})
    result = tomlkit.dumps(source)
    if any(added.values()):
        result = result.rstrip("\n") + "\n" + document_text(added)
    return result


def _merge(node: MutableMapping[str, Any], old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
    for key in [key for key in old if key not in new]:
        node.pop(key, None)
    for key, value in new.items():
        before = old.get(key, _ABSENT)
        if before == value and key in node:
            continue
        if before is not _ABSENT and key in node and _descended(node[key], before, value):
            continue
        _put(node, key, value)


def _descended(node: Any, old: Any, new: Any) -> bool:
    """Merge inside a table or list where the text has the same one; whether that could be done."""
    if isinstance(old, Mapping) and isinstance(new, Mapping) and isinstance(node, MutableMapping):
        _merge(node, old, new)
        return True
    same = isinstance(old, list) and isinstance(new, list) and isinstance(node, list)
    if not same or not len(old) == len(new) == len(node):
        return False
    for i, (before, after) in enumerate(zip(old, new, strict=True)):
        if before != after and not _descended(node[i], before, after):
            node[i] = _item(after)
    return True


def _put(node: MutableMapping[str, Any], key: str, value: Any) -> None:
    """Set a value, keeping the comment behind the old one."""
    item = _item(value)
    if key in node:
        trivia = getattr(node[key], "trivia", None)
        if trivia is not None and hasattr(item, "trivia"):
            item.trivia.comment, item.trivia.comment_ws = trivia.comment, trivia.comment_ws
    node[key] = item


def _item(value: Any) -> Any:
    import tomlkit

    # Through text, so that a value is spelt as in a file written anew.
    return tomlkit.parse(f"x = {value_text(value)}")["x"]
