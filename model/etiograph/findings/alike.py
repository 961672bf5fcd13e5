"""Words of a line that are no finding: which findings have a name like them. To be offered, never entered."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from etiograph.findings.speech import SINCE, TIMES, YEARS
from etiograph.findings.vocabulary import names_of

if TYPE_CHECKING:
    from etiograph.network.network import Network

TELLING = 4
"""Variables whose names may share a word that still tells which of them may be meant."""


def alike(network: Network, text: str) -> tuple[str, ...]:
    """Variables a name of which shares a word with a text: what may have been meant by it.

    Those that share most words first, of these what is found rather than what is done. A word of time, or
    one in the names of many variables, tells nothing.
    """
    words = re.findall(r"[^\W\d_]{4,}", text.casefold())
    told = dict.fromkeys(_bare(word) for word in words if word not in SINCE | TIMES | YEARS)
    shared: dict[str, set[str]] = {}
    for word in told:
        named = dict.fromkeys(
            variable
            for name, variables in names_of(network).items()
            if word in {_bare(each) for each in re.findall(r"[^\W\d_]+", name)}
            for variable in variables
        )
        for variable in named if len(named) <= TELLING else ():
            shared.setdefault(variable, set()).add(word)

    def place(name: str) -> tuple[int, bool]:
        found = name in network.flags or network.variable(name).role == "finding"
        return -len(shared[name]), not found

    return tuple(sorted(shared, key=place))


def _bare(word: str) -> str:
    """A word without the ``s`` of the plural."""
    return word.removesuffix("s") if not word.endswith("ss") else word
