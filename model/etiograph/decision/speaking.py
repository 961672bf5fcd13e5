"""Of whom a network speaks: people, or the cases its file names where it is not about people."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from etiograph.network.network import Network

CASES = "cases"
"""What a file that says nothing of itself is taken to be about."""

_SAID = (
    ("Of 100 people like this", "In 100 {} like this"),
    ("people like this", "{} like this"),
    ("of 100 people", "of 100 {}"),
    ("in 100 people", "in 100 {}"),
    ("everybody with", "all with"),
    ("people with", "{} with"),
    ("people whose", "{} whose"),
    ("of people of whom", "of {} of which"),
    ("everybody the network describes", "all {} the network describes"),
    ("the person has the cause", "the cause is there"),
    ("Many people get better", "Much gets better"),
    ("same person", "same case"),
    ("this person", "this case"),
    ("the person", "the case"),
)


def cases(network: Network) -> str:
    """What a network speaks of where that is not people: as its file says, else "cases"; or nothing.

    A file that states no population says nothing about itself, so nothing is taken for granted.
    """
    stated = str(network.about.get("cases") or "")
    return stated or ("" if network.about.get("population") else CASES)


def said_of(kind: str, sentence: str) -> str:
    """A sentence on people, said of a ``kind`` of cases; as it is where that is empty."""
    if not kind:
        return sentence
    for people, other in _SAID:
        sentence = sentence.replace(people, other.format(kind))
    counted = f"In 100 {kind} like this" in sentence
    return re.sub(" (has|have) ", " with ", sentence) if counted else sentence
