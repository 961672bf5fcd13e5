"""Edits a TOML text so that it says something else, leaving every comment and every other line alone."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any

from etiograph.formats.native.toml_write import WIDE, document_text, value_text

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
    if not same or len(old) != len(node):
        return False
    pairs = _aligned(old, new)
    if pairs is None:
        return False
    for i, j in pairs:
        if old[i] != new[j] and not _descended(node[i], old[i], new[j]):
            node[i] = _item(new[j])
    left = {i for i, _ in pairs}
    for i in reversed(range(len(old))):
        if i not in left:
            del node[i]
    for item in new[len(pairs) :]:
        node.append(_table(item) if _has_headers(node) else _item(item))
    return True


def _aligned(old: Sequence[Any], new: Sequence[Any]) -> list[tuple[int, int]] | None:
    """Which items of two lists are the same thing; None where what is new stands between the others."""
    pairs: list[tuple[int, int]] = []
    for i, item in enumerate(old):
        if len(pairs) < len(new) and _subject(new[len(pairs)]) == _subject(item):
            pairs.append((i, len(pairs)))
    subjects = [_subject(item) for item in old]
    late = any(_subject(item) in subjects for item in new[len(pairs) :])
    if pairs and not late:
        return pairs
    return [(i, i) for i in range(len(old))] if len(old) == len(new) else None


def _subject(item: Any) -> Any:
    """What an item of a list is about: a cause, or a row's condition; of a plain value the value."""
    if not isinstance(item, Mapping):
        return item
    named = {key: item[key] for key in ("id", "parent", "parents", "when") if key in item}
    return named or item


def _has_headers(node: Any) -> bool:
    """Whether each item of a list stands under a header of its own (``[[...]]``)."""
    from tomlkit.items import AoT

    return isinstance(node, AoT)


def _table(value: Mapping[str, Any]) -> Any:
    """A table for a list of tables, each key on a line."""
    import tomlkit

    table = tomlkit.table()
    for key, each in value.items():
        table.append(key, _item(each))
    return table


def _put(node: MutableMapping[str, Any], key: str, value: Any) -> None:
    """Set a value, keeping the comment behind the old one."""
    from tomlkit.items import InlineTable

    item = _item(value, wide=key in WIDE and not isinstance(node, InlineTable))
    if key in node:
        trivia = getattr(node[key], "trivia", None)
        if trivia is not None and hasattr(item, "trivia"):
            item.trivia.comment, item.trivia.comment_ws = trivia.comment, trivia.comment_ws
    node[key] = item


def _item(value: Any, *, wide: bool = False) -> Any:
    import tomlkit

    # Through text, so that a value is spelt as in a file written anew.
    return tomlkit.parse(f"x = {value_text(value, wide=wide)}")["x"]
