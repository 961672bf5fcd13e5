"""Names of any kind as plain identifiers, and back.

Few formats have a quoting that other programs agree on. A name that every reader takes is written as it
is; any other character becomes ``_xHEX_`` (its code point), and so does an underscore that would
otherwise be read as the start of such an escape, the first letter of a keyword, and a digit that starts a
name. The file says so in a property, and only a file with that property is decoded: another program's
``a_x20_b`` stays what it is.
"""

from __future__ import annotations

import re

MARKER = "etiograph_names_escaped"
"""The property, with the value ``yes``, that says the identifiers of a file are escaped."""

NOTHING = "\0"
"""An impossible state, no name at all, that fills up a variable of one state where a format wants two."""

_KEYWORDS = frozenset(
    [
        "network",
        "variable",
        "probability",
        "property",
        "type",
        "discrete",
        "table",
        "default",
        "net",
        "node",
        "potential",
        "data",
        "class",
        "continuous",
        "decision",
        "utility",
        "bnet",
    ]
)
_ODD = re.compile(r"[^A-Za-z0-9_]|_(?=x[0-9A-F])")
_ESCAPE = re.compile(r"_x([0-9A-F]{1,6})_")


def escape(name: str) -> str:
    """The identifier that stands for ``name``.

    >>> escape("age (years) <5")
    'age_x20__x28_years_x29__x20__x3C_5'
    >>> escape("diuretic"), escape("a_x20_b"), escape("Table"), escape("2a"), escape("12")
    ('diuretic', 'a_x5F_x20_b', '_x54_able', '_x32_a', '12')
    """
    first = name[:1]
    hidden = name.casefold() in _KEYWORDS or (
        first.isascii() and first.isdigit() and not (name.isascii() and name.isdigit())
    )
    rest = name[1:] if hidden else name
    escaped = _ODD.sub(lambda match: f"_x{ord(match[0]):X}_", rest)
    return f"_x{ord(first):X}_{escaped}" if hidden else escaped


def identifier(name: str) -> str:
    """The identifier for the name of a variable: as :func:`escape`, and it starts with no digit."""
    escaped = escape(name)
    if escaped[:1].isdigit():
        return f"_x{ord(escaped[0]):X}_{escaped[1:]}"
    return escaped


def unescape(identifier: str) -> str:
    """The name an identifier of :func:`escape` stands for; raises ValueError for no character."""
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), identifier)
