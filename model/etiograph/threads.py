"""Work on many rows, shared between two threads where it leaves Python's lock alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

THREADS = 2


@lru_cache(maxsize=1)
def _pool() -> ThreadPoolExecutor:
    from concurrent.futures import ThreadPoolExecutor

    return ThreadPoolExecutor(THREADS, thread_name_prefix="etiograph")


def in_pieces(work: Callable[[int, int], object], edges: Sequence[int]) -> None:
    """Call ``work(first, end)`` for each pair of neighbouring edges, two at a time.

    ``work`` must not call this function itself: all threads could be waiting then.
    """
    if len(edges) == 2:
        work(edges[0], edges[1])
    else:
        list(_pool().map(lambda piece: work(*piece), pairwise(edges)))


def halves(n: int, at_least: int) -> list[int]:
    """Edges of two halves of n rows, or of the whole where the halves would be too small."""
    return [0, n // 2, n] if n >= 2 * at_least else [0, n]
