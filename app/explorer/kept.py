"""Results that all sessions share, each worked out once and kept while it is among the latest asked for.

In place of Streamlit's own caches, which take longer to make the key of a case than most answers take,
and keep a pickled copy of what they hand out. Nobody changes what comes from here.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from etiograph import Network
from etiograph.store import Store

MEMORY = 2**26
"""Bytes that all results take together, about."""

P = ParamSpec("P")
R = TypeVar("R")

RESULTS = Store(MEMORY)
"""The one store of the explorer."""


def kept(function: Callable[P, R]) -> Callable[P, R]:
    """Keep the results of a function by its arguments, a network by its digest."""
    parameters = list(inspect.signature(function).parameters.values())
    name = f"{function.__module__}.{function.__qualname__}"

    @wraps(function)
    def asked(*given: P.args, **named: P.kwargs) -> R:
        every = [*given, *(named.get(p.name, p.default) for p in parameters[len(given) :])]
        key = tuple(value.digest() if isinstance(value, Network) else value for value in every)
        return RESULTS.get((name, key), lambda: function(*given, **named))

    return asked
