"""Work on many rows, shared between two threads where it leaves Python's lock alone.

A forked process has one thread only, the one that forked, and every lock as it stood at that moment.
So the threads of the pool end before a fork, and whoever forks holds the locks of the package
meanwhile: the child finds whole stores, free locks, and no pool whose threads are gone.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Protocol
from weakref import ref

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

THREADS = 1 if os.environ.get("ETIOGRAPH_THREADS") == "1" else 2
"""Threads to use at most; a worker of a cluster (:mod:`etiograph.cluster`) has one."""


class _Lock(Protocol):
    def acquire(self) -> Any: ...
    def release(self) -> None: ...


class _Forks:
    """What must be in order at the moment a process forks."""

    def __init__(self) -> None:
        self._one_at_a_time = threading.Lock()
        self._locks: list[ref[_Lock]] = []
        self._held: list[_Lock] = []
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(
                before=self._before, after_in_parent=self._after, after_in_child=self._after
            )

    def hold(self, lock: _Lock) -> None:
        """Have a lock held while a process forks."""
        self._locks = [each for each in self._locks if each() is not None]
        self._locks.append(ref(lock))

    def _before(self) -> None:
        self._one_at_a_time.acquire()
        _workers.end()
        locks = [lock for lock in (each() for each in self._locks) if lock is not None]
        for lock in locks:
            lock.acquire()
        self._held = locks

    def _after(self) -> None:
        held, self._held = self._held, []
        for lock in reversed(held):
            lock.release()
        _workers.allow()
        self._one_at_a_time.release()


class _Workers:
    """Threads that start with the first work and end before a fork."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._pool: ThreadPoolExecutor | None = None
        self._lock = threading.Lock()

    def run(self, work: Callable[[int, int], object], edges: Sequence[int]) -> None:
        from concurrent.futures import ThreadPoolExecutor

        done: Iterator[object]
        with self._lock:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(self._count, thread_name_prefix="etiograph")
            try:
                done = self._pool.map(lambda piece: work(*piece), pairwise(edges))
            except RuntimeError:  # Python is ending and starts no more threads
                done = (work(*piece) for piece in pairwise(edges))
        for _ in done:
            pass

    def end(self) -> None:
        """Let what was begun be finished, end the threads, and begin nothing until it is allowed."""
        self._lock.acquire()
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=True)

    def allow(self) -> None:
        self._lock.release()


_workers = _Workers(THREADS)
_forks = _Forks()


def lock() -> threading.Lock:
    """A lock that no thread holds in a process just forked.

    For short sections that take no other lock of the package: who forks waits for all of them.
    """
    made = threading.Lock()
    _forks.hold(made)
    return made


def held_across_forks(of_others: _Lock) -> None:
    """Treat the lock of a library that does not see to it itself in the same way."""
    _forks.hold(of_others)


def in_pieces(work: Callable[[int, int], object], edges: Sequence[int]) -> None:
    """Call ``work(first, end)`` for each pair of neighbouring edges, two at a time.

    ``work`` must not call this function itself: all threads could be waiting then.
    """
    if len(edges) == 2:
        work(edges[0], edges[1])
    else:
        _workers.run(work, edges)


def halves(n: int, at_least: int) -> list[int]:
    """Edges of two halves of n rows, or of the whole where the halves would be too small."""
    return [0, n // 2, n] if n >= 2 * at_least else [0, n]
