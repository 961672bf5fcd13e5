"""What is reached from some nodes step by step: upstream, downstream, or along any other arrows."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

Node = TypeVar("Node", bound=Hashable)


def closure(start: Iterable[Node], near: Callable[[Node], Iterable[Node]]) -> set[Node]:
    """Some nodes and all that is reached from them by steps of ``near``."""
    found = set(start)
    waiting = list(found)
    while waiting:
        for node in near(waiting.pop()):
            if node not in found:
                found.add(node)
                waiting.append(node)
    return found
