"""Timing that survives a noisy machine: medians of many short runs, ratios within one process."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any


def median_seconds(work: Callable[[Any], object], items: Sequence[Any], repeats: int) -> float:
    """Median wall seconds of ``work(item)`` over ``repeats`` calls that cycle through the items."""
    taken = []
    for i in range(repeats):
        item = items[i % len(items)]
        start = time.perf_counter()
        work(item)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def best_seconds(work: Callable[[], object], repeats: int) -> float:
    """Smallest wall seconds of ``work()``."""
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)


def geometric_mean(values: Sequence[float]) -> float:
    """Geometric mean."""
    return statistics.geometric_mean(values)
