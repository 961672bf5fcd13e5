"""A small store of things built from a model's structure."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable

from etiograph.threads import lock


class Recent:
    """A bounded store, the least recently used dropped."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._store: OrderedDict[Hashable, object] = OrderedDict()
        self._lock = lock()

    def get(self, key: Hashable, build: Callable[[], object]) -> object:
        """What stands under the key, built if it is not there."""
        with self._lock:
            if key in self._store:
                self._store.move_to_end(key)
                return self._store[key]
        value = build()
        with self._lock:
            self._store[key] = value
            while len(self._store) > self._size:
                self._store.popitem(last=False)
        return value
