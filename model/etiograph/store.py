"""What is worked out once and needed again: programs, parts and worlds of a model, draws.

One store for all of it, bounded in bytes, the least recently used dropped first. Two threads that ask
for the same thing wait for one worker; a process just forked starts with what its parent had and
waits for nobody. Whatever stands in it can be worked out again: nothing is lost when it is dropped.
"""

from __future__ import annotations

import os
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from etiograph.threads import lock

MEMORY = 3 * 2**27
"""Bytes that all of it may take together."""

Value = TypeVar("Value")


@dataclass(slots=True)
class _Worker:
    """Who is at work on something: a thread of a process."""

    process: int = field(default_factory=os.getpid)
    thread: int = field(default_factory=threading.get_ident)
    done: threading.Event = field(default_factory=threading.Event)


class Store:
    """Things by key."""

    def __init__(self, memory: int = MEMORY) -> None:
        self._memory = memory
        self._kept: OrderedDict[Hashable, tuple[object, int]] = OrderedDict()
        self._bytes = 0
        self._at_work: dict[Hashable, _Worker] = {}
        self._lock = lock()

    @property
    def memory(self) -> int:
        """Bytes that all of it may take."""
        return self._memory

    @memory.setter
    def memory(self, most: int) -> None:
        with self._lock:
            self._memory = most
            self._drop()

    @property
    def bytes(self) -> int:
        """Bytes of what is kept, about."""
        return self._bytes

    def __contains__(self, key: Hashable) -> bool:
        return key in self._kept

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Hashable, build: Callable[[], Value]) -> Value:
        """What stands under a key, built if it is not there.

        Parameters
        ----------
        key : hashable
            Its first part says what kind of thing it is; the rest is all that the thing depends on.
        build : callable
            Makes it; what it raises is raised here, and nothing is kept then.
        """
        while True:
            with self._lock:
                there = self._kept.get(key)
                if there is not None:
                    self._kept.move_to_end(key)
                    found: Value = there[0]  # type: ignore[assignment]
                    return found
                other = self._at_work.get(key)
                mine = other is None or other.process != os.getpid()
                if mine:
                    own = self._at_work[key] = _Worker()
            if mine:
                return self._work(key, build, own)
            assert other is not None
            if other.thread == threading.get_ident():
                raise RuntimeError(f"what stands under {key!r} is needed to make it")
            other.done.wait()

    def _work(self, key: Hashable, build: Callable[[], Value], own: _Worker) -> Value:
        try:
            value = build()
            size = bytes_of(value) + bytes_of(key)
            with self._lock:
                self._kept[key] = value, size
                self._bytes += size
                self._drop()
            return value
        finally:
            with self._lock:
                if self._at_work.get(key) is own:
                    del self._at_work[key]
            own.done.set()

    def _drop(self) -> None:
        """Drop the least recently used until the rest fits.

        What takes all of the memory alone stands beside small things; else these would drive it out,
        and each question about a large network would work it out again.
        """
        if self._bytes <= self._memory:
            return
        largest = max(size for _, size in self._kept.values())
        most = max(self._memory, largest + self._memory // 8)
        while self._bytes > most and len(self._kept) > 1:
            self._bytes -= self._kept.popitem(last=False)[1][1]

    def clear(self) -> None:
        """Drop everything."""
        with self._lock:
            self._kept.clear()
            self._bytes = 0


def digest_of(array: NDArray[Any]) -> bytes:
    """Digest of an array's shape and numbers, for the key of what was worked out from them.

    Rows of no numbers are told apart by how many they are.
    """
    digest = blake2b(repr(array.shape).encode(), digest_size=16)
    digest.update(np.ascontiguousarray(array).data)
    return digest.digest()


def bytes_of(value: object) -> int:
    """Bytes a value takes, about: its arrays, and what it is made of.

    A value that says itself what it ``held`` is believed.
    """
    total = 0
    stack = [value]
    seen: set[int] = set()
    while stack:
        item = stack.pop()
        if id(item) in seen or item is None or isinstance(item, (type, bool)):
            continue
        seen.add(id(item))
        held = getattr(item, "held", None)
        if isinstance(held, int):
            total += held
        elif isinstance(item, np.ndarray):
            total += item.nbytes + 112
        elif isinstance(item, Mapping):
            total += sys.getsizeof(item)
            stack += [*item.keys(), *item.values()]
        elif isinstance(item, (tuple, list, set, frozenset)):
            total += sys.getsizeof(item)
            stack += item
        else:
            total += sys.getsizeof(item)
            stack += [getattr(item, name, None) for name in _fields(type(item))]
    return total


def _fields(kind: type) -> tuple[str, ...]:
    return tuple(getattr(kind, "__dataclass_fields__", ()))


STORE = Store()
"""The one store of the library."""
