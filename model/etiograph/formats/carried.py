"""What a format has no place for, carried in comments that other programs skip.

The whole model file, compressed, stands in marked comments, with the digest of what the rest of the file
says to a reader. As long as the digest fits, reading gives back the network bit for bit; where another
program has changed a number since, the file is read as it stands, and a warning says what was left out.
"""

from __future__ import annotations

import base64
import re
import warnings
import zlib
from collections.abc import Callable

from etiograph.errors import EtiographError
from etiograph.formats.plain import joined
from etiograph.formats.text import Tolerated, decode
from etiograph.network.calling import warn
from etiograph.network.network import Network

_MARK = "etiograph model file:"
_LINE = re.compile(rf"{_MARK} ([A-Za-z0-9+/=]++)")
_WIDTH = 120


def with_model(
    network: Network,
    text: str,
    name: str,
    tidied: Callable[[Network], Network] = joined,
) -> Network:
    """What was read, or the network of the model file that its text carries.

    Parameters
    ----------
    network : Network
        What the text says to any reader.
    text, name : str
        The text, and what stands in a warning.
    tidied : callable
        Takes helper variables out where no model file is carried.

    Warns
    -----
    Tolerated
        The text no longer says what it said when it was written.
    """
    lines = _LINE.findall(text) if _MARK in text else []
    if not lines:
        return tidied(network)
    try:
        digest, packed = base64.b64decode("".join(lines), validate=True).split(b" ", 1)
        if digest.decode() == network.digest():
            from etiograph.formats.native.model_file import loads_native

            return loads_native(decode(packed, name), name)
    except (EtiographError, ValueError):
        pass
    message = (
        f"{name}: the network was changed after it was written; the ranges, sources and texts that the "
        "file carries for the former one are left out"
    )
    warn(Tolerated(message))
    return tidied(network)


def carrying(
    network: Network,
    text: str,
    loads: Callable[[str, str], Network],
    before: str,
    after: str = "",
    tidied: Callable[[Network], Network] = joined,
) -> str:
    """The text with the model file in marked comments, if reading the text gives less than the network.

    Parameters
    ----------
    loads : callable
        What reads the format and heeds no marked comment.
    before, after : str
        Around each comment line.
    tidied : callable
        Takes helper variables out, as the reader does where no model file is carried.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Tolerated)
        bare = loads(text, "<text>")
    if tidied(bare) == network:
        return text
    from etiograph.formats.native.model_file import dumps_native

    deflate = zlib.compressobj(9, wbits=31)
    packed = deflate.compress(dumps_native(network).encode()) + deflate.flush()
    data = base64.b64encode(bare.digest().encode() + b" " + packed).decode()
    lines = [
        "What this format has no place for is kept below, for etiograph; other programs skip it."
    ]
    lines += [f"{_MARK} {data[i : i + _WIDTH]}" for i in range(0, len(data), _WIDTH)]
    return text + "".join(f"{before}{line}{after}\n" for line in lines)
