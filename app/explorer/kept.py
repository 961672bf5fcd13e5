"""Results that all sessions share, each worked out once and kept while it is among the latest asked for.

In place of Streamlit's own caches, which take longer to make the key of a case than most answers take,
and keep a pickled copy of what they hand out. Nobody changes what comes from here.
"""

from __future__ import annotations

import inspect
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from etiograph import Network

P = ParamSpec("P")
R = TypeVar("R")
MISSING = object()


class Kept:
    """The latest `most` results by key; one thread works a result out, others that want it wait."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._results: OrderedDict[Hashable, Any] = OrderedDict()
        self._working: dict[Hashable, threading.Event] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """How many results are kept."""
        return len(self._results)

    def get(self, key: Hashable, work: Callable[[], Any]) -> Any:
        """The result of a key; `work` makes it. An error is handed on and nothing is kept."""
        while True:
            with self._lock:
                found = self._results.get(key, MISSING)
                if found is not MISSING:
                    self._results.move_to_end(key)
                    return found
                other = self._working.get(key)
                if other is None:
                    mine = self._working[key] = threading.Event()
                    break
            other.wait()  # then look again: it may have failed
        try:
            found = work()
            with self._lock:
                self._results[key] = found
                while len(self._results) > self.most:
                    self._results.popitem(last=False)
            return found
        finally:
            with self._lock:
                del self._working[key]
            mine.set()

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._results.clear()


def kept(most: int) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Keep the latest `most` results of a function by its arguments, a network by its digest.

    An argument called ``_name`` is no part of the key.
    """

    def around(function: Callable[P, R]) -> Callable[P, R]:
        parameters = list(inspect.signature(function).parameters.values())
        keyed = [not each.name.startswith("_") for each in parameters]
        results = Kept(most)

        @wraps(function)
        def asked(*given: P.args, **named: P.kwargs) -> R:
            every = [*given, *(named.get(p.name, p.default) for p in parameters[len(given) :])]
            key = tuple(
                value.digest() if isinstance(value, Network) else value
                for value, counts in zip(every, keyed, strict=True)
                if counts
            )
            found: R = results.get(key, lambda: function(*given, **named))
            return found

        asked.results = results  # type: ignore[attr-defined]
        return asked

    return around
