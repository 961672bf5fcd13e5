"""Comments in the style of C, blanked so that every other character keeps its place."""

from __future__ import annotations

import re

from etiograph.formats.text import Source

_COMMENT_OR_QUOTE = re.compile(r'"|//|/\*')
_DELIMITERS = frozenset('{}[]()|;,"')


def without_comments(text: str, name: str) -> str:
    """The text with comments blanked, every other character at its old position.

    A comment starts a token: ``http://x`` and ``a//b`` are not comments.
    """
    if "//" not in text and "/*" not in text:
        return text
    kept: list[str] = []
    done = position = 0
    while found := _COMMENT_OR_QUOTE.search(text, position):
        start = found.start()
        if found[0] == '"':
            position = text.find('"', start + 1) + 1
            if not position:
                break
            continue
        if start and not (text[start - 1].isspace() or text[start - 1] in _DELIMITERS):
            position = start + 2
            continue
        if found[0] == "//":
            end = text.find("\n", start)
            end = len(text) if end < 0 else end
        else:
            end = text.find("*/", start + 2) + 2
            if end < 2:
                raise Source(text, name).unreadable(start, "this comment is never closed")
        kept.append(text[done:start])
        kept.append("".join("\n" if c == "\n" else " " for c in text[start:end]))
        done = position = end
    return "".join(kept) + text[done:]
