"""JSON from a file nobody has vouched for: no key twice, no NaN, no tower of brackets."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, NoReturn

from etiograph.errors import UnreadableFile
from etiograph.formats.text import Source

MAX_DEPTH = 32

_OUTSIDE = re.compile(r'"(?:[^"\\]++|\\.)*+"|[\[{]|[\]}]', re.DOTALL)


def parse_json(
    text: str, name: str = "<text>", *, number: Callable[[str], Any] = float, first: int = 1
) -> Any:
    """The value of a JSON text.

    Parameters
    ----------
    text, name : str
        The text, and what it is called in errors.
    number : callable
        What a number with a point or an exponent becomes.
    first : int
        Line of the file on which the text begins.

    Raises
    ------
    UnreadableFile
        No JSON, a key that stands twice, NaN or Infinity, nested deeper than 32.
    """
    _check_depth(text, name, first)

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        result = dict(found)
        if len(result) < len(found):
            seen: set[str] = set()
            twice = next(key for key, _ in found if key in seen or seen.add(key))  # type: ignore[func-returns-value]
            raise UnreadableFile(f"no JSON: the key {twice[:40]!r} stands twice", path=name)
        return result

    def constant(word: str) -> NoReturn:
        raise UnreadableFile(f"no JSON: {word} is no number", path=name)

    try:
        return json.loads(
            text, object_pairs_hook=pairs, parse_constant=constant, parse_float=number
        )
    except json.JSONDecodeError as error:
        raise UnreadableFile(f"no JSON: {error.msg}", name, first + error.lineno - 1) from None
    except ValueError as error:  # an integer of thousands of digits
        raise UnreadableFile(f"no JSON: {error}", path=name) from None


def _check_depth(text: str, name: str, first: int) -> None:
    depth = 0
    for match in _OUTSIDE.finditer(text):
        mark = match[0][0]
        depth += (mark in "[{") - (mark in "]}")
        if depth > MAX_DEPTH:
            line = first + Source(text, name).line(match.start()) - 1
            raise UnreadableFile(
                f"no JSON that is read: nested deeper than {MAX_DEPTH}", name, line
            )
