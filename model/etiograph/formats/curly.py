"""The shape that Hugin NET and Netica DNE share: named blocks in braces, attributes that end in ';'."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from etiograph.formats.text import Source

MAX_DEPTH = 32


class Token(NamedTuple):
    """A word, a quoted text (without its quotes) or one of ``(){}=;|,``, and where it stands."""

    text: str
    position: int
    quoted: bool


@dataclass(slots=True)
class Section:
    """One block: the words before its brace, its attributes and the blocks inside."""

    head: list[Token]
    position: int
    attributes: dict[str, list[Token]] = field(default_factory=dict)
    inside: list[Section] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """The first word."""
        return self.head[0].text if self.head else ""

    def words(self, key: str) -> list[str]:
        """The words of an attribute, brackets and commas left out."""
        return [t.text for t in self.attributes.get(key, ()) if t.quoted or t.text not in "(),"]


def tokens(source: Source, comment: str) -> list[Token]:
    """The tokens of a text.

    Parameters
    ----------
    comment : str
        Pattern of a comment.

    Raises
    ------
    UnreadableFile
        A quote that is never closed.
    """
    pattern = re.compile(
        rf'\s++|(?:{comment})|"((?:[^"\\]++|\\.)*+)"|([(){{}}=;|,])|([^\s(){{}}=;|,"]++)', re.DOTALL
    )
    text, position, found = source.text, 0, []
    while position < len(text):
        match = pattern.match(text, position)
        if match is None:
            raise source.unreadable(position, "this quote is never closed")
        start = position
        position = match.end()
        if match.lastindex == 1:
            found.append(Token(re.sub(r"\\(.)", r"\1", match[1], flags=re.DOTALL), start, True))
        elif match.lastindex:
            found.append(Token(match[match.lastindex], start, False))
    return found


def sections(source: Source, found: list[Token]) -> list[Section]:
    """The blocks of a text.

    Raises
    ------
    UnreadableFile
        A brace that is never closed or opened, or blocks nested too deep.
    """
    root = Section([], 0)
    stack = [root]
    head: list[Token] = []
    i = 0
    while i < len(found):
        token = found[i]
        mark = "" if token.quoted else token.text
        if mark == "{":
            if len(stack) > MAX_DEPTH or not head:
                what = "blocks nested too deep" if head else "a block without a name"
                raise source.unreadable(token.position, what)
            stack[-1].inside.append(Section(head, head[0].position))
            stack.append(stack[-1].inside[-1])
            head = []
        elif mark == "}":
            if len(stack) == 1 or head:
                what = f"'{head[0].text[:40]}' ends in no ';'" if head else "'}' closes nothing"
                raise source.unreadable((head or [token])[0].position, what)
            stack.pop()
        elif mark == "=":
            if len(head) != 1:
                raise source.unreadable(token.position, "expected one name before '='")
            i = _attribute(source, found, i + 1, stack[-1], head[0])
            head = []
        elif mark == ";":
            head = []
        else:
            head.append(token)
        i += 1
    if len(stack) > 1 or head:
        at = stack[-1].position if len(stack) > 1 else head[0].position
        raise source.unreadable(at, "the file ends inside what starts here")
    return root.inside


def _attribute(source: Source, found: list[Token], i: int, section: Section, key: Token) -> int:
    """Store the tokens up to the semicolon; its place."""
    end = i
    while end < len(found) and (found[end].quoted or found[end].text not in (";", "{", "}")):
        end += 1
    if end == len(found) or found[end].text != ";":
        raise source.unreadable(key.position, f"'{key.text[:40]}' ends in no ';'")
    if key.text in section.attributes:
        raise source.unreadable(key.position, f"'{key.text[:40]}' is stated twice")
    section.attributes[key.text] = found[i:end]
    return end
