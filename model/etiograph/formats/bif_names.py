"""Names of any kind as BIF identifiers, and back.

BIF has no quoting that other programs agree on. A name of letters, digits and underscores is written as
it is; any other character becomes ``_xHEX_`` (its code point), and so does an underscore that would
otherwise be read as the start of such an escape. The file says so in a property, and only a file with that
property is decoded: another program's ``a_x20_b`` stays what it is.
"""

from __future__ import annotations

import re

MARKER = "etiograph names escaped"
"""The property that says the identifiers of a file are escaped."""

_ODD = re.compile(r"[^A-Za-z0-9_]|_(?=x[0-9A-F])")
_ESCAPE = re.compile(r"_x([0-9A-F]{1,6})_")


def escape(name: str) -> str:
    """The identifier that stands for ``name``.

    >>> escape("age (years) <5")
    'age_x20__x28_years_x29__x20__x3C_5'
    >>> escape("diuretic"), escape("a_x20_b")
    ('diuretic', 'a_x5F_x20_b')
    """
    return _ODD.sub(lambda match: f"_x{ord(match[0]):X}_", name)


def unescape(identifier: str) -> str:
    """The name an identifier of :func:`escape` stands for; raises ValueError for no character."""
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), identifier)


def is_plain(name: str) -> bool:
    """Whether :func:`escape` leaves the name as it is."""
    return not _ODD.search(name)
